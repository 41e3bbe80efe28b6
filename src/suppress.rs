//! Findings that a source itself allows: `<!-- deckc allow: number-gap -- question 7 was withdrawn -->`.
//!
//! A comment on a line of its own is for the next block; where that is a heading, for all that stands below it; between two
//! items of a list, for the one below. A comment within a line is for the block it stands in. `allow-section` is for the
//! section around the comment, `allow-file` for the whole file. What is behind `--` is the reason. A comment that allows
//! nothing is a finding itself.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use crate::check::stamp;
use crate::diagnostic::{About, Diagnostic, Edit, Finding, Findings, Level};
use crate::lints::{self, Lint, gathered, own};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::parsed::Parsed;
use crate::settings::levels;
use crate::source::{Source, SourceId, Sources, Span};

/// The lint whose findings are made here.
pub(crate) const UNUSED: &str = "unused-suppression";

static COMMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<!--\s*deckc\s+([A-Za-z][\w-]*)\s*:(.*?)-->").ok());

/// One comment.
#[derive(Debug)]
struct Suppression {
    comment: Span,
    /// The word that should be `allow`.
    verb: Span,
    covers: Option<Span>,
    names: Vec<Name>,
}

/// A lint or a group of lints in a comment.
#[derive(Debug)]
struct Name {
    span: Span,
    is_used: bool,
}

/// Takes out what the sources allow, and puts in what they allow in vain.
pub(crate) fn apply(sources: &Sources, files: &[Parsed], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all: HashMap<SourceId, (&Parsed, Suppressions)> = HashMap::new();
    for file in files {
        let suppressions = suppressions(sources.get(file.deck.source), &file.document);
        if !suppressions.is_empty() {
            all.insert(file.deck.source, (file, Suppressions::new(sources, suppressions)));
        }
    }
    if all.is_empty() {
        return found;
    }
    let is_allowed = |finding: &Diagnostic| {
        let here = finding.primary().and_then(|label| Some((all.get_mut(&label.span.source)?, label.span)));
        here.is_some_and(|((_, here), place)| here.allow(finding, place))
    };
    let (_, mut left): (Vec<_>, Vec<_>) = found.into_iter().partition(is_allowed);
    for (file, suppressions) in all.into_values() {
        let judged = suppressions.judged();
        left.extend(judged.iter().flat_map(|suppression| in_vain(sources, file, suppression)));
    }
    left
}

/// The comments of a file.
struct Suppressions {
    each: Vec<Suppression>,
    /// What they cover, by where it begins; the longest first where several begin at one place.
    covers: Vec<Cover>,
}

/// What one comment or several cover.
struct Cover {
    span: Span,
    /// The cover that was open last where this one begins: those around a place are this one and those it leads to.
    around: Option<usize>,
    names: HashMap<String, Named>,
}

/// A name in comments that cover the same.
#[derive(Default)]
struct Named {
    is_used: bool,
    /// Where it stands: which comment, and which of its names.
    places: Vec<(usize, usize)>,
}

impl Suppressions {
    fn new(sources: &Sources, each: Vec<Suppression>) -> Self {
        let placed = each.iter().enumerate().filter_map(|(index, suppression)| Some((suppression.covers?, index)));
        let mut placed: Vec<(Span, usize)> = placed.collect();
        placed.sort_unstable_by_key(|(span, index)| (span.start, Reverse(span.end), *index));
        let mut covers: Vec<Cover> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (span, index) in placed {
            if covers.last().is_none_or(|last| last.span != span) {
                while open.last().and_then(|&at| covers.get(at)).is_some_and(|cover| cover.span.end <= span.start) {
                    open.pop();
                }
                let around = open.last().copied();
                open.push(covers.len());
                covers.push(Cover { span, around, names: HashMap::new() });
            }
            let Some(cover) = covers.last_mut() else { continue };
            let names = each.get(index).map(|suppression| &*suppression.names).unwrap_or_default();
            for (at, name) in names.iter().enumerate() {
                let named = cover.names.entry(sources.slice(name.span).to_owned()).or_default();
                named.places.push((index, at));
            }
        }
        Self { each, covers }
    }

    /// Whether a finding is allowed; every comment that does so is of use.
    fn allow(&mut self, finding: &Diagnostic, place: Span) -> bool {
        let lint = lints::find(&finding.lint);
        if lint.is_some_and(Lint::is_fixed) {
            return false;
        }
        let group = lint.map_or(own::GROUP, |lint| lint.group.name());
        let behind = self.covers.partition_point(|cover| cover.span.start <= place.start);
        let mut next = behind.checked_sub(1);
        let mut is_allowed = false;
        while let Some(cover) = next.and_then(|at| self.covers.get_mut(at)) {
            next = cover.around;
            if !cover.span.holds(place.start) {
                continue;
            }
            for name in [&*finding.lint, group, levels::ALL] {
                if let Some(named) = cover.names.get_mut(name) {
                    named.is_used = true;
                    is_allowed = true;
                }
            }
        }
        is_allowed
    }

    /// The comments, once all findings are known.
    fn judged(mut self) -> Vec<Suppression> {
        for named in self.covers.iter().flat_map(|cover| cover.names.values()).filter(|named| named.is_used) {
            for &(index, at) in &named.places {
                let name = self.each.get_mut(index).and_then(|suppression| suppression.names.get_mut(at));
                name.into_iter().for_each(|name| name.is_used = true);
            }
        }
        self.each
    }
}

/// A text without such comments, and with one space where there are more. A line of comments alone is no line.
pub(crate) fn without_comments(text: &str) -> String {
    let bare = COMMENT.as_ref().map_or(Cow::Borrowed(text), |comment| comment.replace_all(text, ""));
    let lines = bare.lines().map(|line| {
        let lead = line.len() - line.trim_start().len();
        let (lead, words) = line.split_at_checked(lead).unwrap_or_default();
        format!("{lead}{}", words.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

fn suppressions(source: &Source, document: &Document) -> Vec<Suppression> {
    if memmem::find(source.text().as_bytes(), b"deckc").is_none() {
        return Vec::new();
    }
    let Some(comment) = COMMENT.as_ref() else { return Vec::new() };
    let places = Places::new(document, source);
    let mut found = Vec::new();
    let mut open: Vec<NodeId> = Vec::new();
    for id in document.all() {
        while open.last().is_some_and(|&block| !document.holds(block, id)) {
            open.pop();
        }
        let is_html = matches!(document.kind(id), NodeKind::HtmlBlock | NodeKind::InlineHtml);
        if document.kind(id).is_block() && !is_html {
            open.push(id);
        }
        if !is_html {
            continue;
        }
        let html = document.span(id);
        for captures in comment.captures_iter(source.slice(html)) {
            let (Some(whole), Some(verb), Some(names)) = (captures.get(0), captures.get(1), captures.get(2)) else {
                continue;
            };
            let at = |start: usize, end: usize| source.span(html.start as usize + start..html.start as usize + end);
            let covers = match verb.as_str() {
                "allow" if document.kind(id) == NodeKind::InlineHtml => Some(places.around(&open, html)),
                "allow" => Some(places.in_html(id, at(whole.start(), whole.end()))),
                "allow-section" => Some(places.section_around(html)),
                "allow-file" => Some(source.span(0..source.text().len())),
                _ => None,
            };
            found.push(Suppression {
                comment: at(whole.start(), whole.end()),
                verb: at(verb.start(), verb.end()),
                covers,
                names: listed(names.as_str())
                    .map(|name| Name { span: at(names.start() + name.start, names.start() + name.end), is_used: false })
                    .collect(),
            });
        }
    }
    found
}

/// Where the names in a list stand, up to the reason.
fn listed(text: &str) -> impl Iterator<Item = Range<usize>> {
    let names = text.split_once("--").map_or(text, |(names, _)| names);
    let mut from = 0;
    names.split([',', ' ', '\t', '\n', '\r']).filter_map(move |name| {
        let start = from;
        from += name.len() + 1;
        (!name.is_empty()).then(|| start..start + name.len())
    })
}

/// Where the blocks and sections of a file lie that a comment may be for.
struct Places<'a> {
    document: &'a Document,
    source: &'a Source,
    /// For each block of comments the first block behind it that is none, in the order of the file.
    behind: Vec<(NodeId, Option<NodeId>)>,
    /// Headings and where what stands below them ends, in the order of the file.
    sections: Vec<(NodeId, Span)>,
}

impl<'a> Places<'a> {
    fn new(document: &'a Document, source: &'a Source) -> Self {
        let is_comment = |id: NodeId| {
            document.kind(id) == NodeKind::HtmlBlock && source.slice(document.span(id)).trim_start().starts_with("<!--")
        };
        let blocks: Vec<NodeId> = document.all().filter(|&id| document.kind(id).is_block()).collect();
        let mut behind = Vec::new();
        let mut next = None;
        let mut sections = Vec::new();
        // The nearest heading behind of each level or a higher one.
        let mut ends = [source.text().len(); 7];
        for &id in blocks.iter().rev() {
            if is_comment(id) {
                behind.push((id, next));
            } else {
                next = Some(id);
            }
            if let Some(level) = document.heading_level(id) {
                let start = document.span(id).start as usize;
                let end = ends.get(usize::from(level)).copied().unwrap_or(start);
                sections.push((id, source.span(start..end)));
                ends.iter_mut().skip(usize::from(level)).for_each(|end| *end = start);
            }
        }
        behind.reverse();
        sections.reverse();
        Self { document, source, behind, sections }
    }

    /// The block that a comment within a line stands in. In the first line of an item it is for the item, in a cell for
    /// the row.
    fn around(&self, open: &[NodeId], comment: Span) -> Span {
        let line = self.source.line_span(self.source.line(comment.start));
        let holds = |&&id: &&NodeId| match self.document.kind(id) {
            NodeKind::Item => line.holds(self.document.span(id).start),
            NodeKind::TableRow => true,
            _ => false,
        };
        let outer = open.iter().rev().find(holds);
        match (outer, open.last()) {
            (Some(&outer), _) => self.document.span(outer),
            (None, Some(&block)) => self.extent(block),
            (None, None) => line,
        }
    }

    /// What a comment in a block of HTML is for: where other words stand before it in its line, that line; else the block
    /// behind it.
    fn in_html(&self, html: NodeId, comment: Span) -> Span {
        let line = self.source.line_span(self.source.line(comment.start));
        let before = self.source.text().get(line.start as usize..comment.start as usize).unwrap_or_default();
        if before.trim().is_empty() { self.behind(html) } else { line }
    }

    /// The block behind a comment, other comments apart.
    fn behind(&self, comment: NodeId) -> Span {
        let (document, source) = (self.document, self.source);
        let found = self.behind.binary_search_by_key(&comment, |(id, _)| *id).ok();
        let next = found.and_then(|at| self.behind.get(at)?.1);
        let Some(next) = next else { return source.span(document.span(comment).end as usize..source.text().len()) };
        // Between two items it is for the one below.
        let above = source.line(document.span(comment).start).saturating_sub(1);
        let is_between = above > 0 && !source.line_text(above).trim().is_empty();
        let item = document.children(next).next().filter(|&id| is_between && document.kind(id) == NodeKind::Item);
        self.extent(item.unwrap_or(next))
    }

    /// A block, or what stands below a heading with it.
    fn extent(&self, block: NodeId) -> Span {
        let section = self.sections.binary_search_by_key(&block, |(id, _)| *id).ok();
        section.and_then(|at| self.sections.get(at)).map_or(self.document.span(block), |(_, span)| *span)
    }

    /// From the heading above a comment to the next one that is not below it.
    fn section_around(&self, comment: Span) -> Span {
        let above = self.sections.partition_point(|(_, span)| span.start < comment.start);
        match above.checked_sub(1).and_then(|at| self.sections.get(at)) {
            Some((_, span)) => *span,
            None => {
                let first = self.sections.first().map_or(self.source.text().len(), |(_, span)| span.start as usize);
                self.source.span(0..first)
            }
        }
    }
}

/// What is wrong with a comment: it is misspelt, or nothing is there to allow.
fn in_vain(sources: &Sources, file: &Parsed, suppression: &Suppression) -> Vec<Diagnostic> {
    let Some(lint) = lints::find(UNUSED) else { return Vec::new() };
    let level = file.settings.level_of(lint);
    if level == Level::Allow {
        return Vec::new();
    }
    let source = sources.get(suppression.comment.source);
    let findings = if suppression.covers.is_none() {
        let message = format!("`deckc {}` allows nothing", sources.slice(suppression.verb));
        vec![
            Finding::new(message, suppression.verb, "not known").help("write `allow`, `allow-section` or `allow-file`"),
        ]
    } else if suppression.names.is_empty() {
        let finding = Finding::new("this comment names no lint", suppression.comment, "allows nothing");
        vec![finding.help("name the lint behind the colon, as in `<!-- deckc allow: number-gap -->`")]
    } else {
        let unused: Vec<&Name> = suppression.names.iter().filter(|name| !name.is_used).collect();
        let all = unused.len() == suppression.names.len();
        let of_name = |name: &Name| unused_name(source, file, suppression, name, all);
        unused.into_iter().filter_map(of_name).collect()
    };
    let Findings { gather, .. } = gathered(Vec::new(), |count| format!("{count} comments allow findings in vain"));
    findings.into_iter().map(|finding| stamp(UNUSED, level, finding, gather.clone())).collect()
}

fn unused_name(
    source: &Source,
    file: &Parsed,
    suppression: &Suppression,
    name: &Name,
    is_all: bool,
) -> Option<Finding> {
    let text = source.slice(name.span);
    let own = file.settings.own_lints();
    if let Err(unknown) = levels::lint_or_group(text, own) {
        let finding =
            Finding::new(unknown.to_string(), name.span, "no lint and no group of lints").help(unknown.help());
        return Some(match unknown.nearest {
            Some(text) => finding.unsafe_fix(vec![Edit { span: name.span, text }]),
            None => finding,
        });
    }
    let lint = lints::find(text);
    if lint.is_some_and(Lint::is_fixed) {
        let finding = Finding::new(format!("`{text}` can't be allowed"), name.span, "allows nothing");
        return Some(finding.help("mend what it finds: a build that goes on would lose learners' reviews"));
    }
    if text == UNUSED {
        let finding = Finding::new(format!("`{text}` can't be allowed by a comment"), name.span, "allows nothing");
        return Some(finding.help("delete what is of no use, or set its level in `deckc.toml`"));
    }
    // What is not looked for is not found.
    let level = lint.map(|lint| file.settings.level_of(lint));
    if level.or_else(|| own.find(text).map(|lint| file.settings.level_of_own(lint))) == Some(Level::Allow) {
        return None;
    }
    let looks_beyond = lints::looks_beyond_its_file(text);
    // Files that were not looked at may go into the same deck.
    if looks_beyond && file.settings.deck.is_some() {
        return None;
    }
    let finding = Finding::new(format!("there is nothing of `{text}` to allow here"), name.span, "allows nothing");
    if looks_beyond {
        // A fix is proven by its file alone, where there is nothing to find.
        return Some(finding.help("delete it"));
    }
    let edit = if is_all { without_comment(source, suppression.comment) } else { without_name(source, name.span) };
    Some(finding.help("delete it").safe_fix(About::Comments, vec![edit]))
}

/// A comment with its line, if nothing else stands there.
fn without_comment(source: &Source, comment: Span) -> Edit {
    let (first, last) = (source.line_range(source.line(comment.start)), source.line_range(source.line(comment.end)));
    let before = source.text().get(first.start..comment.start as usize).unwrap_or_default();
    let behind = source.text().get(comment.end as usize..last.end).unwrap_or_default();
    let span = if before.trim().is_empty() && behind.trim().is_empty() {
        let rest = source.text().get(last.end..).unwrap_or_default();
        let line_end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        source.span(first.start..last.end + line_end)
    } else {
        let blank = before.len() - before.trim_end().len();
        source.span(comment.start as usize - blank..comment.end as usize)
    };
    Edit { span, text: String::new() }
}

/// A name with what parts it from the next one, or from the one before.
fn without_name(source: &Source, name: Span) -> Edit {
    let parts = |c: char| c == ',' || c.is_whitespace();
    let behind = source.text().get(name.end as usize..).unwrap_or_default();
    let next = behind.trim_start_matches(parts);
    let span = if next.starts_with('-') {
        let before = source.text().get(..name.start as usize).unwrap_or_default();
        source.span(before.trim_end_matches(parts).len()..name.end as usize)
    } else {
        source.span(name.start as usize..name.end as usize + behind.len() - next.len())
    };
    Edit { span, text: String::new() }
}

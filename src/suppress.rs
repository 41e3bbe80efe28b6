//! Findings that a source itself allows: `<!-- deckc allow: number-gap -- question 7 was withdrawn -->`.
//!
//! A comment on a line of its own is for the next block; where that is a heading, for all that stands below it; between two
//! items of a list, for the one below. A comment within a line is for the block it stands in. `allow-section` is for the section around the comment, `allow-file` for the
//! whole file. What is behind `--` is the reason. A comment that allows nothing is a finding itself.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::stamp;
use crate::diagnostic::{About, Diagnostic, Edit, Finding, Level};
use crate::lints::{self, Lint};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::parsed::Parsed;
use crate::settings::levels;
use crate::source::{Source, Sources, Span};

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
    let mut all: Vec<(&Parsed, Vec<Suppression>)> = Vec::new();
    for file in files {
        let suppressions = suppressions(sources.get(file.deck.source), &file.document);
        if !suppressions.is_empty() {
            all.push((file, suppressions));
        }
    }
    if all.is_empty() {
        return found;
    }
    let mut left: Vec<Diagnostic> =
        found.into_iter().filter(|finding| !all.iter_mut().any(|(_, here)| allows(sources, here, finding))).collect();
    for (file, suppressions) in &all {
        left.extend(suppressions.iter().flat_map(|suppression| in_vain(sources, file, suppression)));
    }
    left
}

fn allows(sources: &Sources, suppressions: &mut [Suppression], finding: &Diagnostic) -> bool {
    let lint = lints::find(&finding.lint);
    if lint.is_some_and(Lint::is_fixed) {
        return false;
    }
    let group = lint.map(|lint| lint.group.name());
    let Some(place) = finding.primary().map(|label| label.span) else { return false };
    let mut is_allowed = false;
    for suppression in suppressions {
        let is_covered = |covers: Span| place.source == covers.source && covers.holds(place.start);
        let is_covered = suppression.covers.is_some_and(is_covered);
        for name in suppression.names.iter_mut().filter(|_| is_covered) {
            let text = sources.slice(name.span);
            if text == finding.lint || Some(text) == group {
                name.is_used = true;
                is_allowed = true;
            }
        }
    }
    is_allowed
}

fn suppressions(source: &Source, document: &Document) -> Vec<Suppression> {
    let Some(comment) = COMMENT.as_ref().filter(|_| source.text().contains("deckc")) else { return Vec::new() };
    let mut found = Vec::new();
    for id in document.all().filter(|&id| matches!(document.kind(id), NodeKind::HtmlBlock | NodeKind::InlineHtml)) {
        let html = document.span(id);
        for captures in comment.captures_iter(source.slice(html)) {
            let (Some(whole), Some(verb), Some(names)) = (captures.get(0), captures.get(1), captures.get(2)) else {
                continue;
            };
            let at = |start: usize, end: usize| source.span(html.start as usize + start..html.start as usize + end);
            let listed = names.as_str().split_once("--").map_or(names.as_str(), |(listed, _)| listed);
            let mut from = 0;
            let mut each = Vec::new();
            for name in listed.split([',', ' ', '\t', '\n', '\r']) {
                if !name.is_empty() {
                    let start = names.start() + from;
                    each.push(Name { span: at(start, start + name.len()), is_used: false });
                }
                from += name.len() + 1;
            }
            let covers = match verb.as_str() {
                "allow" if document.kind(id) == NodeKind::InlineHtml => Some(around(document, source, id)),
                "allow" => Some(behind(document, source, id)),
                "allow-section" => Some(section_around(document, source, html)),
                "allow-file" => Some(source.span(0..source.text().len())),
                _ => None,
            };
            found.push(Suppression {
                comment: at(whole.start(), whole.end()),
                verb: at(verb.start(), verb.end()),
                covers,
                names: each,
            });
        }
    }
    found
}

/// The block that a comment within a line stands in.
fn around(document: &Document, source: &Source, comment: NodeId) -> Span {
    let inside = document.span(comment);
    let holds = |id: &NodeId| {
        let span = document.span(*id);
        document.kind(*id).is_block() && span.start <= inside.start && inside.end <= span.end
    };
    match document.all().take_while(|&id| id < comment).filter(holds).last() {
        Some(block) => extent(document, source, block),
        None => source.line_span(source.line(inside.start)),
    }
}

/// The block behind a comment, other comments apart.
fn behind(document: &Document, source: &Source, comment: NodeId) -> Span {
    let end = document.span(comment).end;
    let is_comment = |id: NodeId| {
        document.kind(id) == NodeKind::HtmlBlock && source.slice(document.span(id)).trim_start().starts_with("<!--")
    };
    let next = document
        .all()
        .find(|&id| id > comment && document.kind(id).is_block() && document.span(id).start >= end && !is_comment(id));
    let Some(next) = next else { return source.span(end as usize..source.text().len()) };
    // Between two items it is for the one below.
    let above = source.line(document.span(comment).start).saturating_sub(1);
    let is_between = above > 0 && !source.line_text(above).trim().is_empty();
    let item = document.children(next).next().filter(|&id| is_between && document.kind(id) == NodeKind::Item);
    extent(document, source, item.unwrap_or(next))
}

/// A block, or what stands below a heading with it.
fn extent(document: &Document, source: &Source, block: NodeId) -> Span {
    let span = document.span(block);
    match document.heading_level(block) {
        Some(level) => span.to(section_of(document, source, span, level)),
        None => span,
    }
}

/// From a heading to the next one that is not below it.
fn section_of(document: &Document, source: &Source, heading: Span, level: u8) -> Span {
    let next = headings(document).find(|(other, other_level)| other.start > heading.start && *other_level <= level);
    let end = next.map_or(source.text().len(), |(next, _)| next.start as usize);
    source.span(heading.start as usize..end)
}

fn section_around(document: &Document, source: &Source, comment: Span) -> Span {
    match headings(document).take_while(|(heading, _)| heading.start < comment.start).last() {
        Some((heading, level)) => section_of(document, source, heading, level),
        None => {
            let first = headings(document).next().map_or(source.text().len(), |(first, _)| first.start as usize);
            source.span(0..first)
        }
    }
}

fn headings(document: &Document) -> impl Iterator<Item = (Span, u8)> {
    document.all().filter_map(|id| Some((document.span(id), document.heading_level(id)?)))
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
    findings.into_iter().map(|finding| stamp(UNUSED, level, finding, None)).collect()
}

fn unused_name(
    source: &Source,
    file: &Parsed,
    suppression: &Suppression,
    name: &Name,
    is_all: bool,
) -> Option<Finding> {
    let text = source.slice(name.span);
    if let Err(unknown) = levels::lint_or_group(text) {
        let finding = Finding::new(format!("there is no lint `{text}`"), name.span, "no lint and no group of lints");
        return Some(match unknown.nearest {
            Some(nearest) => finding
                .help(format!("did you mean `{nearest}`?"))
                .unsafe_fix(vec![Edit { span: name.span, text: nearest.to_owned() }]),
            None => finding.help("see `deckc lints` for all of them and their groups"),
        });
    }
    let lint = lints::find(text);
    if lint.is_some_and(Lint::is_fixed) {
        let finding = Finding::new(format!("`{text}` can't be allowed"), name.span, "allows nothing");
        return Some(finding.help("mend what it finds: a build that goes on would lose learners' reviews"));
    }
    // What is not looked for is not found.
    if lint.is_some_and(|lint| file.settings.level_of(lint) == Level::Allow) {
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
    Some(finding.help("delete it").safe_fix(About::Source, vec![edit]))
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

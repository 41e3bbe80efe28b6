//! A document as a flat run of units: what one shape or another may take as a question, or as a part of an answer.
//!
//! Most units are top blocks. Lists are taken apart into their items and what stands in them, raw HTML at the tags of
//! `<details>`, and paragraphs at lines that say what they are: `Q:`, `A:`, a lone `%`.

use foldhash::HashMap;

use super::labels::{self, LineLabel};
use super::tags::{self, DetailsTag};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::{Source, Span};

/// A run of text that is not taken apart further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) kind: UnitKind,
    /// The block it is, or is a part of.
    pub(super) node: NodeId,
    /// The top block it stands in.
    pub(super) block: Index,
    /// From the start of its first line where it begins one.
    pub(super) span: Span,
    /// The column where the text of the list item around it begins.
    pub(super) indent: u16,
    /// The unit that begins the list item around it.
    pub(super) item: Option<Index>,
}

/// Which block or unit: a number in four bytes, for a large file has a great many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index(u32);

impl Index {
    fn new(at: usize) -> Self {
        // A text has fewer bytes than that.
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(super) fn get(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnitKind {
    Heading,
    /// A paragraph, or some lines of one.
    Paragraph(Option<LineLabel>),
    /// The marker of a list item with the text on its lines.
    ItemHead {
        ordered: bool,
    },
    Code,
    Quote,
    Html,
    /// Raw HTML that shows nothing by itself, as `<p>` and `</div>`.
    Markup,
    Table,
    Rule,
    /// A list in a list item.
    List,
    /// Terms with their definitions.
    Definitions,
    /// What a footnote says.
    Footnote,
    Details(DetailsTag),
}

impl UnitKind {
    /// Whether it is a line with nothing but a sign that parts two texts.
    fn is_sign(self) -> bool {
        matches!(self, Self::Paragraph(Some(LineLabel::Percent | LineLabel::Mark { .. })))
    }
}

impl Unit {
    pub(super) fn label(&self) -> Option<LineLabel> {
        match self.kind {
            UnitKind::Paragraph(label) => label,
            _ => None,
        }
    }
}

/// All units of a document, in order.
pub(super) fn of(document: &Document, source: &Source, blocks: &[NodeId]) -> Vec<Unit> {
    let tags = tags::details(document, source);
    let mark = source.text().len() - source.text().trim_start_matches('\u{feff}').len();
    let mut units =
        Units { document, source, mark, tags: &tags, units: Vec::new(), runs: Vec::new(), taken: 0, line: 1 };
    for (block, &node) in blocks.iter().enumerate() {
        match document.kind(node) {
            NodeKind::List { ordered } => units.list(node, block, ordered),
            _ => units.block(node, block, 0, None),
        }
    }
    // Those of a large file are looked at as long as it is read, and so are many other things.
    units.units.shrink_to_fit();
    units.units
}

/// A block of a list item, or text that stands in it as it is.
#[derive(Clone, Copy)]
struct Run {
    node: Option<NodeId>,
    span: Span,
    is_text: bool,
}

struct Units<'a> {
    document: &'a Document,
    source: &'a Source,
    /// Bytes of the byte order mark.
    mark: usize,
    tags: &'a [tags::Tag],
    units: Vec<Unit>,
    /// The blocks of the item that is read; one list for all of them.
    runs: Vec<Run>,
    /// The byte up to which a tag has been read.
    taken: u32,
    /// The line that was looked for last: the next one is near it.
    line: u32,
}

impl Units<'_> {
    fn list(&mut self, list: NodeId, block: usize, ordered: bool) {
        let items: Vec<NodeId> = self.document.children(list).collect();
        for item in items {
            self.item(item, block, ordered);
        }
    }

    fn item(&mut self, item: NodeId, block: usize, ordered: bool) {
        let runs = self.runs(item);
        let span = self.document.span(item);
        let line = self.line(span.start);
        let is_on_line = |run: &Run| (run.span.start as usize) < self.source.line_start(line + 1);
        let first = runs.first().copied().filter(|run| run.is_text && is_on_line(run));
        let marker_end = self.marker_end(span);
        let indent = self.content_column(span, self.source.line_start(line), marker_end);
        let head_end = first.map_or(marker_end, |run| run.span.end as usize);
        let span = self.whole_lines(span);
        let head = self.source.span(span.start as usize..head_end.max(span.start as usize));
        let index = self.units.len();
        let unit = Unit {
            kind: UnitKind::ItemHead { ordered },
            node: item,
            block: Index::new(block),
            span: head,
            indent,
            item: None,
        };
        self.push_lines(unit, Some(index));
        for &run in runs.iter().skip(usize::from(first.is_some())) {
            match run.node {
                Some(child) => self.block(child, block, indent, Some(index)),
                None => {
                    let span = self.whole_lines(run.span);
                    let kind = UnitKind::Paragraph(None);
                    let (block, item_head) = (Index::new(block), Some(Index::new(index)));
                    self.push_lines(Unit { kind, node: item, block, span, indent, item: item_head }, Some(index));
                }
            }
        }
        self.runs = runs;
    }

    /// The blocks of an item; text of a tight list stands in it without a paragraph around it.
    fn runs(&mut self, item: NodeId) -> Vec<Run> {
        let mut runs = std::mem::take(&mut self.runs);
        runs.clear();
        let mut alone = None;
        for child in self.document.children(item) {
            let (kind, span) = (self.document.kind(child), self.document.span(child));
            // In a loose list the box stands before the paragraph.
            if kind == NodeKind::TaskBox && runs.is_empty() {
                alone = Some(Run { node: None, span, is_text: true });
                continue;
            }
            if kind.is_block() {
                let is_text = matches!(kind, NodeKind::Paragraph | NodeKind::Heading(_));
                runs.push(Run { node: Some(child), span, is_text });
                continue;
            }
            match runs.last_mut().filter(|run| run.node.is_none()) {
                Some(run) => run.span = run.span.to(span),
                None => runs.push(Run { node: None, span, is_text: true }),
            }
        }
        // A box with code below it has no text of its own.
        let begins_with_text = runs.first().is_some_and(|run| run.is_text);
        if let Some(alone) = alone.filter(|_| !begins_with_text) {
            runs.insert(0, alone);
        }
        runs
    }

    fn block(&mut self, node: NodeId, block: usize, indent: u16, item: Option<usize>) {
        let span = self.document.span(node);
        let kind = match self.document.kind(node) {
            NodeKind::Heading(_) => UnitKind::Heading,
            NodeKind::List { .. } => UnitKind::List,
            NodeKind::FencedCode(_) | NodeKind::IndentedCode => UnitKind::Code,
            NodeKind::BlockQuote => UnitKind::Quote,
            NodeKind::HtmlBlock => UnitKind::Html,
            NodeKind::Table => UnitKind::Table,
            NodeKind::Rule => UnitKind::Rule,
            NodeKind::DefinitionList => UnitKind::Definitions,
            NodeKind::FootnoteDefinition(_) => UnitKind::Footnote,
            _ => UnitKind::Paragraph(None),
        };
        let (place, item_head) = (Index::new(block), item.map(Index::new));
        let unit = Unit { kind, node, block: place, span: self.whole_lines(span), indent, item: item_head };
        if kind == UnitKind::Paragraph(None) { self.push_lines(unit, item) } else { self.push_tags(unit) }
    }

    /// A paragraph or the head of an item, taken apart at lines that say what they are.
    fn push_lines(&mut self, unit: Unit, item: Option<usize>) {
        let mut start = unit.span.start as usize;
        let mut kind = unit.kind;
        let mut opened = None;
        let end = unit.span.end.max(unit.span.start) as usize;
        let first = self.line(unit.span.start);
        if matches!(unit.kind, UnitKind::ItemHead { .. }) && self.source.line_start(first.saturating_add(1)) > end {
            // It is the head of the item, whatever it says.
            return self.push_tags(unit);
        }
        let lines = first..=self.source.line_count() + 1;
        for line in lines.take_while(|&line| self.source.line_start(line) <= end) {
            let range = self.source.line_range(line);
            let range = range.start.max(unit.span.start as usize)..range.end.min(unit.span.end as usize);
            let text = self.source.text().get(range.clone()).unwrap_or_default();
            let next = || self.source.line_text(line.saturating_add(1));
            let found = labels::of_line(text, next, opened);
            // A sign that parts two texts stands alone on its line.
            let behind_sign = range.start > start && kind.is_sign();
            if found.is_none() && !behind_sign {
                continue;
            }
            opened = found.or(opened);
            let is_head = matches!(unit.kind, UnitKind::ItemHead { .. });
            let is_first = range.start == unit.span.start as usize;
            if is_head && is_first {
                continue;
            }
            if range.start > start {
                self.push_tags(Unit {
                    kind,
                    span: self.source.span(start..range.start),
                    ..self.part(unit, start, item)
                });
            }
            (start, kind) = (range.start, UnitKind::Paragraph(found));
        }
        let last = Unit { kind, span: self.source.span(start..unit.span.end as usize), ..self.part(unit, start, item) };
        self.push_tags(last);
    }

    /// What of a unit begins at `start`: only its first part begins the item.
    fn part(&self, unit: Unit, start: usize, item: Option<usize>) -> Unit {
        let item = if start == unit.span.start as usize { unit.item } else { item.map(Index::new) };
        Unit { item, ..unit }
    }

    /// A unit, taken apart at the tags of `<details>` that do not end where they begin.
    fn push_tags(&mut self, unit: Unit) {
        // A summary may go on over the blocks that follow.
        let Some(unit) = self.without_taken(unit) else { return };
        if self.tags.is_empty() {
            return self.push(unit);
        }
        let first = self.tags.partition_point(|tag| tag.span.start < unit.span.start);
        let inside = self.tags.iter().skip(first).take_while(|tag| tag.span.start < unit.span.end);
        let inside: Vec<tags::Tag> = inside.copied().collect();
        let tags = match unit.kind {
            UnitKind::Html => inside,
            // A row ends with its line, whatever it opens.
            UnitKind::Table => Vec::new(),
            _ => crossing(inside),
        };
        let mut rest = unit;
        for tag in tags {
            self.push(Unit { span: self.source.span(rest.span.start as usize..tag.span.start as usize), ..rest });
            if let UnitKind::ItemHead { .. } = rest.kind {
                // The marker is in the first part.
                (rest.kind, rest.item) = (UnitKind::Paragraph(None), self.units.len().checked_sub(1).map(Index::new));
            }
            self.units.push(Unit { kind: UnitKind::Details(tag.kind), span: tag.span, ..rest });
            rest.span = self.source.span(tag.span.end as usize..(unit.span.end as usize).max(tag.span.end as usize));
            self.taken = self.taken.max(tag.span.end);
        }
        self.push(rest);
    }

    fn without_taken(&self, unit: Unit) -> Option<Unit> {
        if unit.span.end <= self.taken && unit.span.end > unit.span.start {
            return None;
        }
        let start = unit.span.start.max(self.taken);
        Some(Unit { span: self.source.span(start as usize..unit.span.end as usize), ..unit })
    }

    fn push(&mut self, unit: Unit) {
        if matches!(unit.kind, UnitKind::ItemHead { .. }) {
            return self.units.push(unit);
        }
        let text = self.source.slice(unit.span);
        if text.trim_start().is_empty() {
            return;
        }
        if unit.kind != UnitKind::Html {
            return self.units.push(unit);
        }
        let lead = tags::wrapping_lead(text);
        let tail = text.len() - tags::wrapping_tail(text).max(lead).min(text.len());
        let (start, end) = (unit.span.start as usize, unit.span.end as usize);
        for (kind, range) in [
            (UnitKind::Markup, start..start + lead),
            (UnitKind::Html, start + lead..end - tail),
            (UnitKind::Markup, end - tail..end),
        ] {
            if !self.source.text().get(range.clone()).unwrap_or_default().trim().is_empty() {
                self.units.push(Unit { kind, span: self.source.span(range), ..unit });
            }
        }
    }

    /// The 1-based line that holds a byte.
    fn line(&mut self, byte: u32) -> u32 {
        self.line = self.source.line_near(byte, self.line);
        self.line
    }

    /// A span with the indentation of its first line, which is part of how it reads.
    fn whole_lines(&mut self, span: Span) -> Span {
        let line = self.line(span.start);
        let line = self.source.line_start(line).max(self.mark);
        if line == span.start as usize {
            return span;
        }
        let indentation = self.source.text().get(line..span.start as usize).unwrap_or_default();
        let start = if indentation.trim().is_empty() { line } else { span.start as usize };
        self.source.span(start..span.end as usize)
    }

    fn marker_end(&self, span: Span) -> usize {
        let text = self.source.slice(span);
        let lead = text.len() - text.trim_start().len();
        let marker = text.trim_start().find(char::is_whitespace).unwrap_or(text.trim_start().len());
        span.start as usize + lead + marker
    }

    /// Where the text of an item begins, counted from the start of its line (CommonMark section 5.2).
    fn content_column(&self, item: Span, line_start: usize, marker_end: usize) -> u16 {
        let text = self.source.text().get(line_start..marker_end).unwrap_or_default();
        let marker =
            text.chars().fold(0_usize, |column, c| if c == '\t' { column + 4 - column % 4 } else { column + 1 });
        let after = self.source.text().get(marker_end..item.end as usize).unwrap_or_default();
        let bare = after.trim_start_matches(' ');
        let spaces = after.len() - bare.len();
        let is_blank = matches!(bare.chars().find(|&c| !c.is_whitespace() || c == '\n'), None | Some('\n'));
        let column = if (1..=4).contains(&spaces) && !is_blank { marker + spaces } else { marker + 1 };
        u16::try_from(column).unwrap_or(u16::MAX)
    }
}

/// Those tags whose other end stands elsewhere.
fn crossing(tags: Vec<tags::Tag>) -> Vec<tags::Tag> {
    let mut open: Vec<usize> = Vec::new();
    let mut crosses = vec![true; tags.len()];
    for (at, tag) in tags.iter().enumerate() {
        match tag.kind {
            DetailsTag::Open => open.push(at),
            DetailsTag::Summary(_) => {}
            DetailsTag::Close => {
                if let Some(opened) = open.pop() {
                    crosses.iter_mut().take(at + 1).skip(opened).for_each(|crosses| *crosses = false);
                }
            }
        }
    }
    tags.into_iter().zip(crosses).filter_map(|(tag, crosses)| crosses.then_some(tag)).collect()
}

/// For each block its first unit, and one more for the end.
pub(super) fn firsts(units: &[Unit], blocks: usize) -> Vec<usize> {
    let mut firsts = Vec::with_capacity(blocks + 1);
    for (at, unit) in units.iter().enumerate() {
        firsts.resize(firsts.len().max(unit.block.get() + 1), at);
    }
    firsts.resize(blocks + 1, units.len());
    firsts
}

/// Of each unit that opens details the one that closes them.
pub(super) fn closers(units: &[Unit]) -> HashMap<usize, usize> {
    let mut closers = HashMap::default();
    let mut open: Vec<usize> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        match unit.kind {
            UnitKind::Details(DetailsTag::Open) => open.push(at),
            UnitKind::Details(DetailsTag::Close) => closers.extend(open.pop().map(|opened| (opened, at))),
            _ => {}
        }
    }
    closers
}

/// The inline nodes of a unit.
pub(super) fn inline(document: &Document, unit: &Unit) -> Vec<NodeId> {
    let first_child = document.children(unit.node).find(|&child| document.kind(child) != NodeKind::TaskBox);
    let holds_text = |child: &NodeId| matches!(document.kind(*child), NodeKind::Paragraph | NodeKind::Heading(_));
    let is_head = matches!(unit.kind, UnitKind::ItemHead { .. });
    let block = first_child.filter(|child| is_head && holds_text(child)).unwrap_or(unit.node);
    let within = |id: &NodeId| {
        let span = document.span(*id);
        unit.span.start <= span.start && span.end <= unit.span.end && !document.kind(*id).is_block()
    };
    document.children(block).filter(within).collect()
}

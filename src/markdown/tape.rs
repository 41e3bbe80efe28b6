//! pulldown-cmark's events to a [`Document`], with restarts behind broken fences.

use std::ops::Range;

use foldhash::HashMap;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::fence::{self, Fence, FenceLines};
use super::formulas::Masked;
use super::html_lines;
use super::{Document, FrontMatter, Index, Node, NodeId, NodeKind, options, pieces, reference_key};
use crate::source::Source;

/// Restarts parse the rest of the file again. This bounds how many bytes they may read in all, as a multiple of the
/// file's size, so that a file full of broken fences costs no more than linear time.
const RESTART_BUDGET: usize = 16;
/// Small files may restart as often as they like.
const SMALL_FILE: usize = 1 << 20;

/// `body` is where the text behind the front matter begins.
pub(super) fn parse(source: &Source, front_matter: Option<FrontMatter>, body: usize) -> Document {
    let lines = FenceLines::new(source);
    let mut document = pieces::parse(source, &lines, body).unwrap_or_else(|| whole(source, &lines, body));
    document.front_matter = front_matter;
    document
}

/// A document in which nothing stands yet.
pub(super) fn empty(source: &Source) -> Document {
    Document {
        source: source.id(),
        nodes: Vec::new(),
        decoded: String::new(),
        decoded_ends: Vec::new(),
        fences: Vec::new(),
        breaks: Vec::new(),
        front_matter: None,
        references: HashMap::default(),
        footnotes: HashMap::default(),
    }
}

fn whole(source: &Source, lines: &FenceLines<'_>, body: usize) -> Document {
    let mut document = empty(source);
    let mut budget = source.text().len() * RESTART_BUDGET + SMALL_FILE;
    let mut from = body;
    loop {
        let may_restart = budget > source.text().len() - from;
        budget = budget.saturating_sub(source.text().len() - from);
        match Pass::new(source, lines, &mut document, from..source.text().len()).run(may_restart) {
            Some(next) if next > from => from = next,
            _ => {
                // A run keeps the documents of all files.
                fit(&mut document.nodes);
                fit(&mut document.decoded_ends);
                fit(&mut document.fences);
                document.decoded = document.decoded.as_str().to_owned();
                return document;
            }
        }
    }
}

/// Gives back what a list has room for and does not hold. Allocators let `shrink_to_fit` keep up to half of it.
fn fit<T: Clone>(list: &mut Vec<T>) {
    *list = list.as_slice().to_vec();
}

/// A Markdown parser's events, with the formulas in them.
trait Events<'event>: Iterator<Item = (Event<'event>, Range<usize>)> {}

impl<'event, I: Iterator<Item = (Event<'event>, Range<usize>)>> Events<'event> for I {}

/// One run of the Markdown parser from some line to the end of the file, or to where a broken fence was meant to end.
pub(super) struct Pass<'a> {
    source: &'a Source,
    lines: &'a FenceLines<'a>,
    document: &'a mut Document,
    base: usize,
    end: usize,
    open: Vec<usize>,
    items: usize,
}

impl<'a> Pass<'a> {
    /// Over some bytes of a source that begin a line.
    pub(super) fn new(
        source: &'a Source,
        lines: &'a FenceLines<'a>,
        document: &'a mut Document,
        range: Range<usize>,
    ) -> Self {
        Self { source, lines, document, base: range.start, end: range.end, open: Vec::new(), items: 0 }
    }

    /// Fills the tape; gives the byte to go on from if a broken fence ended the pass.
    pub(super) fn run(&mut self, may_restart: bool) -> Option<usize> {
        let text = self.source.text().get(self.base..self.end)?;
        let text = html_lines::without_lone_breaks(text);
        let masked = Masked::new(&text, options());
        let parser = Parser::new_ext(masked.as_ref().map_or(&*text, Masked::text), options());
        let definitions = parser.reference_definitions();
        for (label, definition) in definitions.iter() {
            let title = definition.title.as_deref().unwrap_or_default().to_owned();
            let target = (definition.dest.to_string(), title);
            self.document.references.entry(reference_key(label)).or_insert(target);
        }
        match &masked {
            Some(masked) => self.events(masked.restore(parser.into_offset_iter()).into_iter(), may_restart),
            None => self.events(parser.into_offset_iter(), may_restart),
        }
    }

    fn events<'event>(&mut self, mut events: impl Events<'event>, may_restart: bool) -> Option<usize> {
        while let Some((event, range)) = events.next() {
            let range = range.start + self.base..range.end + self.base;
            if let Event::Start(Tag::CodeBlock(kind)) = &event {
                skip_to_end(&mut events);
                if let Some(resume) = self.code_block(kind, range, may_restart) {
                    self.close_all(resume);
                    return Some(resume);
                }
                continue;
            }
            if let Event::Start(Tag::HtmlBlock) = &event
                && let Some(resume) = self.html_end(range.clone()).filter(|_| may_restart)
            {
                self.leaf(NodeKind::HtmlBlock, range.start..resume);
                return Some(resume);
            }
            self.event(event, range, &mut events);
        }
        None
    }

    /// Where a block of HTML at the top was meant to end, if it hides Markdown that follows an end tag.
    fn html_end(&self, range: Range<usize>) -> Option<usize> {
        let html = self.source.text().get(range.clone()).filter(|_| self.open.is_empty())?;
        html_lines::hidden(html).map(|at| range.start + at)
    }

    fn event<'event>(&mut self, event: Event<'event>, range: Range<usize>, events: &mut impl Events<'event>) {
        match event {
            Event::Start(tag) => self.start(tag, range, events),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(text, range),
            Event::Code(text) => {
                let kind = self.decode(&text).map_or(NodeKind::Text, NodeKind::Code);
                self.leaf(kind, range);
            }
            Event::SoftBreak | Event::HardBreak => self.leaf(NodeKind::Break, range),
            Event::Rule => self.leaf(NodeKind::Rule, range),
            Event::TaskListMarker(_) => self.leaf(NodeKind::TaskBox, range),
            Event::Html(_) | Event::InlineHtml(_) => self.leaf(NodeKind::InlineHtml, range),
            Event::InlineMath(_) => self.leaf(NodeKind::Formula { display: false }, range),
            Event::DisplayMath(_) => self.leaf(NodeKind::Formula { display: true }, range),
            Event::FootnoteReference(label) => {
                let kind = self.decode(&label).map_or(NodeKind::InlineHtml, NodeKind::FootnoteReference);
                self.leaf(kind, range);
            }
        }
    }

    fn start<'event>(&mut self, tag: Tag<'event>, range: Range<usize>, events: &mut impl Events<'event>) {
        let kind = match tag {
            Tag::Heading { level, .. } => NodeKind::Heading(level as u8),
            Tag::List(first) => NodeKind::List { ordered: first.is_some() },
            Tag::Item => NodeKind::Item,
            Tag::BlockQuote(_) => NodeKind::BlockQuote,
            Tag::HtmlBlock => {
                skip_to_end(events);
                return self.leaf(NodeKind::HtmlBlock, range);
            }
            Tag::Table(_) => NodeKind::Table,
            Tag::TableHead | Tag::TableRow => NodeKind::TableRow,
            Tag::TableCell => NodeKind::TableCell,
            Tag::Emphasis => NodeKind::Emphasis,
            Tag::Strong => NodeKind::Strong,
            Tag::Strikethrough => NodeKind::Strikethrough,
            Tag::Link { dest_url, .. } => self.decode(&dest_url).map_or(NodeKind::Emphasis, NodeKind::Link),
            Tag::Image { dest_url, .. } => self.decode(&dest_url).map_or(NodeKind::Emphasis, NodeKind::Image),
            Tag::FootnoteDefinition(label) => self.footnote(&label),
            Tag::DefinitionList => NodeKind::DefinitionList,
            Tag::DefinitionListTitle => NodeKind::DefinitionTerm,
            Tag::DefinitionListDefinition => NodeKind::Definition,
            // Code blocks are taken in `events`; the others are not in the dialect.
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {
                NodeKind::Paragraph
            }
        };
        let range = match kind {
            NodeKind::Heading(_)
            | NodeKind::Paragraph
            | NodeKind::FootnoteDefinition(_)
            | NodeKind::DefinitionList
            | NodeKind::DefinitionTerm
            | NodeKind::Definition => self.without_line_end(range),
            _ => range,
        };
        self.items += usize::from(kind == NodeKind::Item);
        self.open.push(self.document.nodes.len());
        self.leaf(kind, range);
    }

    fn footnote(&mut self, label: &str) -> NodeKind {
        let id = NodeId(u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX));
        self.document.footnotes.entry(reference_key(label)).or_insert(id);
        self.decode(label).map_or(NodeKind::BlockQuote, NodeKind::FootnoteDefinition)
    }

    fn without_line_end(&self, range: Range<usize>) -> Range<usize> {
        let text = self.source.text().get(range.clone()).unwrap_or_default();
        range.start..range.start + text.trim_end_matches(['\n', '\r']).len()
    }

    fn end(&mut self, end: TagEnd) {
        self.items -= usize::from(end == TagEnd::Item);
        if let Some(opened) = self.open.pop() {
            let end = (end == TagEnd::DefinitionList).then(|| self.end_of_last_child(opened)).flatten();
            self.close(opened, end);
        }
    }

    /// The parser may let a list of definitions reach over the block behind it.
    fn end_of_last_child(&self, opened: usize) -> Option<u32> {
        let mut last = None;
        let mut at = opened + 1;
        while let Some(child) = self.document.nodes.get(at) {
            last = Some(child.end);
            at = (child.after as usize).max(at + 1);
        }
        last
    }

    fn text(&mut self, text: CowStr<'_>, range: Range<usize>) {
        if self.source.text().get(range.clone()) == Some(&*text) {
            self.leaf(NodeKind::Text, range);
        } else {
            let kind = self.decode(&text).map_or(NodeKind::Text, NodeKind::Decoded);
            self.leaf(kind, range);
        }
    }

    /// Puts a code block on the tape. Gives where to go on if its fence is broken and hides what follows it.
    fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>, may_restart: bool) -> Option<usize> {
        if matches!(kind, CodeBlockKind::Indented) {
            self.leaf(NodeKind::IndentedCode, range);
            return None;
        }
        let mut fence = Fence::read(self.source, range.clone(), self.items > 0);
        let found = fence::find_break(self.source, self.lines, &fence).or_else(|| {
            let knows_items = self.items > 0 || self.document.breaks.is_empty();
            let find = || fence::find_outdented_closer(self.source, self.lines, &fence, self.base);
            if knows_items { None } else { find() }
        });
        fence.broken = found.is_some();
        let resume = found.as_ref().and_then(|found| found.resume).filter(|_| may_restart);
        let kind = Index::new(self.document.fences.len()).map_or(NodeKind::IndentedCode, NodeKind::FencedCode);
        let end = resume.map_or(range.end, |resume| resume.min(range.end).max(range.start));
        self.leaf(kind, range.start..end);
        self.document.fences.push(fence);
        self.document.breaks.extend(found);
        resume
    }

    fn leaf(&mut self, kind: NodeKind, range: Range<usize>) {
        let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let after = at(self.document.nodes.len() + 1);
        self.document.nodes.push(Node { kind, start: at(range.start), end: at(range.end), after });
    }

    /// Keeps a text. None behind the last that can be: what has it is then taken for something of its kind that has none.
    fn decode(&mut self, text: &str) -> Option<Index> {
        let document = &mut *self.document;
        let index = Index::new(document.decoded_ends.len())?;
        document.decoded.push_str(text);
        document.decoded_ends.push(u32::try_from(document.decoded.len()).unwrap_or(u32::MAX));
        Some(index)
    }

    fn close(&mut self, opened: usize, end: Option<u32>) {
        let after = u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.document.nodes.get_mut(opened) {
            node.after = after;
            node.end = end.map_or(node.end, |end| node.end.min(end).max(node.start));
        }
    }

    /// Ends every open block at `byte`: the pass stops inside them.
    fn close_all(&mut self, byte: usize) {
        let end = u32::try_from(byte).unwrap_or(u32::MAX);
        while let Some(opened) = self.open.pop() {
            self.close(opened, Some(end));
        }
    }
}

/// Passes over the text events of a code or HTML block: the source holds the same text.
fn skip_to_end<'event>(events: &mut impl Events<'event>) {
    for (event, _) in events.by_ref() {
        if matches!(event, Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock)) {
            return;
        }
    }
}

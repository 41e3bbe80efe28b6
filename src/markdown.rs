//! A source's text to its blocks. Parsing never fails; a broken fence is recorded, and parsing goes on behind it.
//!
//! A [`Document`] is a tape: all nodes in the order they open, each with the index behind its subtree. Walking it needs
//! no recursion, however deep the input nests.

pub mod anchors;
mod fence;
pub(crate) mod formulas;
pub(crate) mod front_matter;
mod html_lines;
mod kept;
pub(crate) mod links;
mod pieces;
mod tape;

use foldhash::HashMap;
use pulldown_cmark::Options;
use serde::{Deserialize, Serialize};

use crate::source::{Source, SourceId, Span};

pub use fence::{BreakKind, Fence, FenceBreak};
pub use front_matter::FrontMatter;

/// The dialect: CommonMark with GitHub's tables, strikethrough, task lists and footnotes, and with definition lists.
/// Formulas are found by [`Document::parse`] itself.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_DEFINITION_LIST
}

/// What a node is. Block kinds first, then inline kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A heading and its level, 1 to 6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list, ordered or not.
    List {
        /// Whether its markers are numbers.
        ordered: bool,
    },
    /// A list item.
    Item,
    /// A fenced code block: index into [`Document::fences`].
    FencedCode(Index),
    /// An indented code block.
    IndentedCode,
    /// A block quote.
    BlockQuote,
    /// A block of raw HTML.
    HtmlBlock,
    /// A table; its rows and cells are below it.
    Table,
    /// The head or a row of a table.
    TableRow,
    /// A cell of a table.
    TableCell,
    /// A thematic break.
    Rule,
    /// What a footnote says: index of its label in the decoded texts.
    FootnoteDefinition(Index),
    /// A list of terms and their definitions.
    DefinitionList,
    /// A term.
    DefinitionTerm,
    /// A definition of the term before it.
    Definition,
    /// Text as it stands in the source.
    Text,
    /// Text that differs from the source (an entity, an escape, a code span's content): index into the decoded texts.
    Decoded(Index),
    /// A code span: index of its content in the decoded texts.
    Code(Index),
    /// A line break inside a paragraph.
    Break,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck text.
    Strikethrough,
    /// A link: index of its destination in the decoded texts.
    Link(Index),
    /// An image: index of its destination in the decoded texts.
    Image(Index),
    /// Raw HTML within text.
    InlineHtml,
    /// The box of a task list item.
    TaskBox,
    /// A formula, with the signs around it.
    Formula {
        /// Whether it stands on a line of its own.
        display: bool,
    },
    /// The mark of a footnote: index of its label in the decoded texts.
    FootnoteReference(Index),
}

impl NodeKind {
    /// Whether it is a block that holds text, blocks, or stands alone; everything else is inline.
    #[must_use]
    pub fn is_block(self) -> bool {
        match self {
            Self::Heading(_)
            | Self::Paragraph
            | Self::List { .. }
            | Self::Item
            | Self::FencedCode(_)
            | Self::IndentedCode
            | Self::BlockQuote
            | Self::HtmlBlock
            | Self::Table
            | Self::TableRow
            | Self::TableCell
            | Self::Rule
            | Self::FootnoteDefinition(_)
            | Self::DefinitionList
            | Self::DefinitionTerm
            | Self::Definition => true,
            Self::Text
            | Self::Decoded(_)
            | Self::Code(_)
            | Self::Break
            | Self::Emphasis
            | Self::Strong
            | Self::Strikethrough
            | Self::Link(_)
            | Self::Image(_)
            | Self::InlineHtml
            | Self::TaskBox
            | Self::Formula { .. }
            | Self::FootnoteReference(_) => false,
        }
    }
}

/// Index of one of a document's texts or fences. Three bytes, so that a node has 16: a run keeps the nodes of all files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index([u8; 3]);

impl Index {
    /// How many there can be.
    const MOST: usize = 1 << 24;

    /// None behind the last that can be.
    fn new(at: usize) -> Option<Self> {
        let [first, second, third, ..] = at.to_le_bytes();
        (at < Self::MOST).then_some(Self([first, second, third]))
    }

    fn get(self) -> usize {
        let [first, second, third] = self.0.map(usize::from);
        first | second << 8 | third << 16
    }
}

const _: () = assert!(size_of::<Node>() == 16);

/// One node of the tape.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// First byte in the source.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Index of the first node behind its subtree.
    pub after: u32,
}

/// A node's place on its document's tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(u32);

/// A file's blocks with their spans.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    source: SourceId,
    #[serde(with = "kept")]
    nodes: Vec<Node>,
    /// One behind the other: a text of its own for each would cost more than it holds.
    decoded: String,
    /// Where each ends.
    decoded_ends: Vec<u32>,
    fences: Vec<Fence>,
    breaks: Vec<FenceBreak>,
    /// Read anew where a document is taken from the cache: few have some, and it is short.
    #[serde(skip)]
    front_matter: Option<FrontMatter>,
    references: HashMap<String, (String, String)>,
    footnotes: HashMap<String, NodeId>,
}

impl Document {
    /// Parses a source.
    #[must_use]
    pub fn parse(source: &Source) -> Self {
        let (front_matter, body) = front_matter::read(source);
        Self::parse_behind(source, front_matter, body)
    }

    /// Parses a source whose front matter is known. `body` is the byte behind it.
    pub(crate) fn parse_behind(source: &Source, front_matter: Option<FrontMatter>, body: usize) -> Self {
        tape::parse(source, front_matter, body)
    }

    /// The same document with the front matter of its source, which is not kept with it.
    pub(crate) fn behind(self, front_matter: Option<FrontMatter>) -> Self {
        Self { front_matter, ..self }
    }

    /// The source it was parsed from.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The top blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.siblings(0, u32::try_from(self.nodes.len()).unwrap_or(u32::MAX))
    }

    /// The children of a node, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.siblings(id.0 + 1, self.node(id).after)
    }

    /// Every node below a node, in the order they open.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        (id.0 + 1..self.node(id).after).map(NodeId)
    }

    /// Whether a node lies below another one.
    #[must_use]
    pub fn holds(&self, outer: NodeId, inner: NodeId) -> bool {
        outer < inner && inner.0 < self.node(outer).after
    }

    /// Every node, in the order they open.
    pub fn all(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Every node that opens within a span, in order.
    pub fn within(&self, span: Span) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.nodes.partition_point(|node| node.start < span.start);
        let inside = self.nodes.iter().skip(first).take_while(move |node| node.start < span.end).count();
        let at = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        (at(first)..at(first + inside)).map(NodeId)
    }

    fn siblings(&self, first: u32, end: u32) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = first;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let id = NodeId(at);
            at = self.node(id).after.max(at + 1);
            Some(id)
        })
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Node {
        const NOTHING: Node = Node { kind: NodeKind::Rule, start: 0, end: 0, after: u32::MAX };
        self.nodes.get(id.0 as usize).copied().unwrap_or(NOTHING)
    }

    /// What a node is.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> NodeKind {
        self.node(id).kind
    }

    /// A node's bytes.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span { source: self.source, start: node.start, end: node.end }
    }

    /// The level of a heading, 1 to 6.
    #[must_use]
    pub fn heading_level(&self, id: NodeId) -> Option<u8> {
        match self.kind(id) {
            NodeKind::Heading(level) => Some(level),
            _ => None,
        }
    }

    /// A text of which the source shows another form: a decoded entity, a code span's content, a link's destination.
    #[must_use]
    pub fn decoded(&self, index: Index) -> &str {
        self.decoded_at(index.get())
    }

    fn decoded_at(&self, index: usize) -> &str {
        let end = |index: usize| self.decoded_ends.get(index).copied().unwrap_or(0) as usize;
        let start = index.checked_sub(1).map_or(0, end);
        self.decoded.get(start..end(index)).unwrap_or_default()
    }

    /// All such texts, in the order of the source.
    pub fn all_decoded(&self) -> impl Iterator<Item = &str> {
        (0..self.decoded_ends.len()).map(|index| self.decoded_at(index))
    }

    /// Fenced code blocks, in source order.
    #[must_use]
    pub fn fences(&self) -> &[Fence] {
        &self.fences
    }

    /// Fences that are not what their author meant.
    #[must_use]
    pub fn fence_breaks(&self) -> &[FenceBreak] {
        &self.breaks
    }

    /// The front matter at the top.
    #[must_use]
    pub fn front_matter(&self) -> Option<&FrontMatter> {
        self.front_matter.as_ref()
    }

    /// Destination and title of a link reference definition, by its label.
    #[must_use]
    pub fn reference(&self, label: &str) -> Option<&(String, String)> {
        self.references.get(&reference_key(label))
    }

    /// The definition of a footnote, by its label: the first, where there are several.
    #[must_use]
    pub fn footnote(&self, label: &str) -> Option<NodeId> {
        self.footnotes.get(&reference_key(label)).copied()
    }

    /// Gives back what only recognising and checking look at: no block is left but what footnotes say.
    pub(crate) fn forget_blocks(&mut self) {
        let mut kept = Vec::with_capacity(self.footnotes.len());
        for id in self.footnotes.values_mut() {
            if let Some(node) = self.nodes.get(id.0 as usize) {
                *id = NodeId(u32::try_from(kept.len()).unwrap_or(u32::MAX));
                kept.push(Node { after: id.0 + 1, ..*node });
            }
        }
        self.nodes = kept;
        self.fences = Vec::new();
        self.breaks = Vec::new();
    }

    /// Whether links and footnotes of the same labels lead to the same in both texts.
    #[must_use]
    pub fn defines_the_same(&self, source: &Source, other: &Self, other_source: &Source) -> bool {
        let is_same = |(label, id): (&String, &NodeId)| {
            let others = other.footnotes.get(label);
            others.is_some_and(|other_id| source.slice(self.span(*id)) == other_source.slice(other.span(*other_id)))
        };
        self.references == other.references
            && self.footnotes.len() == other.footnotes.len()
            && self.footnotes.iter().all(is_same)
    }

    /// The label of a footnote's definition or of a mark that leads to one.
    #[must_use]
    pub fn footnote_label(&self, id: NodeId) -> Option<&str> {
        match self.kind(id) {
            NodeKind::FootnoteDefinition(label) | NodeKind::FootnoteReference(label) => Some(self.decoded(label)),
            _ => None,
        }
    }

    /// Whether any footnote is defined.
    #[must_use]
    pub fn has_footnotes(&self) -> bool {
        !self.footnotes.is_empty()
    }

    /// The text of a node without markup: what a reader sees. Line breaks become spaces, raw HTML and
    /// marks of footnotes are left out, formulas stand as typed.
    #[must_use]
    pub fn plain_text(&self, id: NodeId, source: &Source) -> String {
        let node = self.node(id);
        let first = if node.kind.is_block() { id.0 + 1 } else { id.0 };
        self.text_between(first, node.after, source, "")
    }

    /// The text of a run of sibling inline nodes without markup; code spans stand between two `code_mark`s.
    #[must_use]
    pub fn text_of(&self, inline: &[NodeId], source: &Source, code_mark: &str) -> String {
        match (inline.first(), inline.last()) {
            (Some(first), Some(last)) => self.text_between(first.0, self.node(*last).after, source, code_mark),
            _ => String::new(),
        }
    }

    fn text_between(&self, first: u32, end: u32, source: &Source, code_mark: &str) -> String {
        let last = end.checked_sub(1).map_or(0, |last| self.node(NodeId(last)).end);
        let mut text = String::with_capacity(last.saturating_sub(self.node(NodeId(first)).start) as usize);
        for id in (first..end).map(NodeId) {
            match self.kind(id) {
                NodeKind::Text => text.push_str(source.slice(self.span(id))),
                NodeKind::Decoded(index) => text.push_str(self.decoded(index)),
                NodeKind::Code(index) => text.extend([code_mark, self.decoded(index), code_mark]),
                NodeKind::Formula { .. } => {
                    // As typed: the same words as before anybody saw a formula in it.
                    let lines = source.slice(self.span(id)).split_whitespace();
                    text.push_str(&lines.collect::<Vec<_>>().join(" "));
                }
                NodeKind::Break
                | NodeKind::Paragraph
                | NodeKind::Item
                | NodeKind::TableCell
                | NodeKind::DefinitionTerm
                | NodeKind::Definition => text.push(' '),
                _ => {}
            }
        }
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return text.trim().to_owned();
        }
        text
    }

    /// The inline nodes a block begins with: those of a heading or paragraph, or of an item's first paragraph.
    #[must_use]
    pub fn leading_inline(&self, id: NodeId) -> Vec<NodeId> {
        let mut children = self.children(id).peekable();
        // In a loose list the box stands before the paragraph.
        if self.kind(id) == NodeKind::Item {
            children.next_if(|child| self.kind(*child) == NodeKind::TaskBox);
        }
        if self.kind(id) == NodeKind::Item
            && let Some(first) = children.peek()
            && self.kind(*first) == NodeKind::Paragraph
        {
            return self.children(*first).collect();
        }
        children.take_while(|child| !self.kind(*child).is_block()).collect()
    }
}

/// Labels match by case folding and collapsed white space (CommonMark section 4.7).
fn reference_key(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

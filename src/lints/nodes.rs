//! The nodes of a document that lints look for: one walk for all of them.

use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::Span;

/// Some kinds of nodes, each in order.
#[derive(Default)]
pub(super) struct Nodes {
    pub(super) headings: Vec<NodeId>,
    pub(super) links: Vec<NodeId>,
    /// Blocks of HTML and HTML within text.
    pub(super) html: Vec<NodeId>,
    /// Code spans.
    pub(super) code: Vec<NodeId>,
}

impl Nodes {
    pub(super) fn of(document: &Document) -> Self {
        let mut nodes = Self::default();
        for id in document.all() {
            match document.kind(id) {
                NodeKind::Heading(_) => nodes.headings.push(id),
                NodeKind::Link(_) => nodes.links.push(id),
                NodeKind::HtmlBlock | NodeKind::InlineHtml => nodes.html.push(id),
                NodeKind::Code(_) => nodes.code.push(id),
                _ => {}
            }
        }
        nodes
    }
}

/// Those of some nodes that open within a span.
pub(super) fn within<'n>(document: &Document, nodes: &'n [NodeId], span: Span) -> &'n [NodeId] {
    let before = |at: u32| nodes.partition_point(|&id| document.span(id).start < at);
    nodes.get(before(span.start)..before(span.end)).unwrap_or_default()
}

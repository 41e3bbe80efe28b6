//! The headings of a document and what lies between them.

use super::title::Title;
use crate::markdown::{Document, NodeId};
use crate::source::Source;

/// A top-level heading.
pub(super) struct Heading {
    pub(super) node: NodeId,
    /// Its index among the top blocks.
    pub(super) block: usize,
    pub(super) level: u8,
    pub(super) title: Title,
    /// Index of the nearest heading above it with a lower level.
    pub(super) parent: Option<usize>,
}

/// All headings at the top of a document, in order.
pub(super) struct Outline {
    headings: Vec<Heading>,
    blocks: usize,
}

impl Outline {
    pub(super) fn new(document: &Document, source: &Source, blocks: &[NodeId]) -> Self {
        let mut headings: Vec<Heading> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (block, &node) in blocks.iter().enumerate() {
            let Some(level) = document.heading_level(node) else { continue };
            while open.last().and_then(|&last| headings.get(last)).is_some_and(|above| above.level >= level) {
                open.pop();
            }
            let title = Title::of(document, source, node);
            let parent = open.last().copied();
            open.push(headings.len());
            headings.push(Heading { node, block, level, title, parent });
        }
        Self { headings, blocks: blocks.len() }
    }

    pub(super) fn get(&self, heading: usize) -> Option<&Heading> {
        self.headings.get(heading)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &Heading)> {
        self.headings.iter().enumerate()
    }

    /// The heading that a block stands under.
    pub(super) fn above(&self, block: usize) -> Option<usize> {
        self.headings.partition_point(|heading| heading.block < block).checked_sub(1)
    }

    /// The first heading behind `heading` for which `ends` holds, as the end of a range of blocks.
    pub(super) fn end_of(&self, heading: usize, ends: impl Fn(usize, &Heading) -> bool) -> usize {
        self.iter()
            .skip(heading + 1)
            .find(|(index, next)| ends(*index, next))
            .map_or(self.blocks, |(_, next)| next.block)
    }
}

//! The headings of a document and what lies between them.

use rayon::prelude::*;

use super::FEWEST_SHARED;
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
    /// Index of the next heading that does not stand below it.
    pub(super) end: usize,
}

/// All headings at the top of a document, in order.
pub(super) struct Outline {
    headings: Vec<Heading>,
    blocks: usize,
}

impl Outline {
    pub(super) fn new(document: &Document, source: &Source, blocks: &[NodeId]) -> Self {
        let found = blocks.iter().enumerate().filter_map(|(block, &node)| {
            let level = document.heading_level(node)?;
            Some((block, node, level))
        });
        let found: Vec<(usize, NodeId, u8)> = found.collect();
        let titles = found.par_iter().with_min_len(FEWEST_SHARED).map(|&(_, node, _)| {
            let title = Title::of(document, source, node);
            // Here, where all threads are at work, and not when it is asked for.
            title.key();
            title
        });
        let titles: Vec<Title> = titles.collect();
        let mut headings: Vec<Heading> = Vec::with_capacity(found.len());
        let mut open: Vec<usize> = Vec::new();
        for ((block, node, level), title) in found.into_iter().zip(titles) {
            let index = headings.len();
            close(&mut headings, &mut open, level, index);
            let parent = open.last().copied();
            open.push(index);
            headings.push(Heading { node, block, level, title, parent, end: 0 });
        }
        let count = headings.len();
        close(&mut headings, &mut open, 0, count);
        Self { headings, blocks: blocks.len() }
    }

    pub(super) fn len(&self) -> usize {
        self.headings.len()
    }

    pub(super) fn get(&self, heading: usize) -> Option<&Heading> {
        self.headings.get(heading)
    }

    /// The block of a heading, or the number of blocks behind the last one.
    pub(super) fn block_of(&self, heading: usize) -> usize {
        self.get(heading).map_or(self.blocks, |heading| heading.block)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Heading)> {
        self.headings.iter().enumerate()
    }

    /// The headings below a heading, down to any level.
    pub(super) fn below(&self, heading: usize) -> impl Iterator<Item = (usize, &Heading)> {
        let end = self.get(heading).map_or(0, |heading| heading.end);
        self.iter().take(end).skip(heading + 1)
    }

    /// The heading that a block is.
    pub(super) fn at_block(&self, block: usize) -> Option<usize> {
        let at = self.headings.partition_point(|heading| heading.block < block);
        self.get(at).filter(|heading| heading.block == block).map(|_| at)
    }

    /// The heading that a block stands under.
    pub(super) fn above(&self, block: usize) -> Option<usize> {
        self.headings.partition_point(|heading| heading.block < block).checked_sub(1)
    }

    /// The block of the first heading behind `heading` for which `ends` holds, or the number of blocks.
    pub(super) fn end_of(&self, heading: usize, ends: impl Fn(usize, &Heading) -> bool) -> usize {
        self.iter()
            .skip(heading + 1)
            .find(|(index, next)| ends(*index, next))
            .map_or(self.blocks, |(_, next)| next.block)
    }
}

/// Ends the open headings that one of this level does not stand below.
fn close(headings: &mut [Heading], open: &mut Vec<usize>, level: u8, end: usize) {
    while let Some(last) = open.last().and_then(|&last| headings.get_mut(last)).filter(|last| last.level >= level) {
        last.end = end;
        open.pop();
    }
}

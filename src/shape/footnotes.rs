//! Definitions of footnotes. They stand where their author put them, often below an answer they have nothing to do with;
//! each is shown with the notes that refer to it.

use foldhash::HashSet;

use super::{Builder, Owner};
use crate::deck::{LeftoverKind, Note};
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;

/// Keeps definitions out of answers.
pub(super) fn claim(builder: &mut Builder<'_>) {
    for block in 0..builder.blocks.len() {
        if matches!(builder.kind(block), NodeKind::FootnoteDefinition(_)) {
            builder.claim(block, Owner::Leftover(LeftoverKind::Footnote));
        }
    }
}

/// Gives up the definitions that no note refers to.
pub(super) fn release(builder: &mut Builder<'_>) {
    if !builder.document.has_footnotes() {
        return;
    }
    let shown = shown(builder);
    for block in 0..builder.blocks.len() {
        let is_shown = builder.blocks.get(block).is_some_and(|id| shown.contains(id));
        if builder.owner(block) == Owner::Leftover(LeftoverKind::Footnote) && !is_shown {
            builder.claim(block, Owner::Nobody);
        }
    }
}

/// The definitions that notes refer to, or that those refer to.
fn shown(builder: &Builder<'_>) -> HashSet<NodeId> {
    let document = builder.document;
    let marked = |span: Span| {
        let marks = document.within(span).filter(|&id| matches!(document.kind(id), NodeKind::FootnoteReference(_)));
        marks.filter_map(|id| document.footnote(document.footnote_label(id)?)).collect::<Vec<_>>()
    };
    let pieces = builder.notes.iter().flat_map(Note::passages).flat_map(|passage| &passage.pieces);
    let mut wanted: Vec<NodeId> = pieces.flat_map(|piece| marked(piece.span)).collect();
    let mut shown = HashSet::default();
    while let Some(definition) = wanted.pop() {
        if shown.insert(definition) {
            wanted.extend(marked(document.span(definition)));
        }
    }
    shown
}

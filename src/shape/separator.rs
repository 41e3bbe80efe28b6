//! Shape L: a heading is the front, a lone `%` begins the back. And a lone `?` between the lines of one paragraph.

use super::labels::LineLabel;
use super::title::Title;
use super::units::{self, UnitKind};
use super::{Builder, Owner, body};
use crate::deck::{NoteKind, ShapeName};

pub(super) fn claim(builder: &mut Builder<'_>) {
    claim_percents(builder);
    claim_marks(builder);
}

/// In a file with lone `%` every heading of their level is a card, whether it asks or not.
fn claim_percents(builder: &mut Builder<'_>) {
    let is_percent = |at: &usize| {
        builder.is_free(*at) && builder.unit(*at).is_some_and(|unit| unit.label() == Some(LineLabel::Percent))
    };
    let percents: Vec<usize> = (0..builder.units.len()).filter(is_percent).collect();
    let above = |at: usize| builder.unit(at).and_then(|unit| builder.outline.above(unit.block.get()));
    let levels: Vec<u8> = percents.iter().filter_map(|&at| Some(builder.outline.get(above(at)?)?.level)).collect();
    let Some(level) = levels.iter().copied().min() else { return };
    let headings: Vec<usize> = builder
        .outline
        .iter()
        .filter(|(_, heading)| heading.level == level && builder.owner(heading.block) == Owner::Nobody)
        .map(|(index, _)| index)
        .collect();
    if levels.len() < 2 && levels.len() * 2 < headings.len() {
        return;
    }
    for index in headings {
        let Some(heading) = builder.outline.get(index) else { continue };
        let (block, parent) = (heading.block, heading.parent);
        let (title, span) = (heading.title.clone(), builder.document.span(heading.node));
        let end = builder.outline.end_of(index, |_, other| other.level <= level);
        builder.claim(block, Owner::Note);
        let below = body::read(builder, builder.units_of(block + 1..end), None);
        let section = builder.section_of(parent, ShapeName::Separator);
        let note = builder.add_note(section, &title, span, title.number);
        body::give(note, below);
    }
}

/// Obsidian's cards of several lines: the lines before a lone `?` ask, those behind it answer, up to a blank line.
fn claim_marks(builder: &mut Builder<'_>) {
    for at in 1..builder.units.len() {
        let Some(unit) = builder.unit(at).copied() else { continue };
        let Some(LineLabel::Mark { reversed }) = unit.label() else { continue };
        let question = builder.unit(at - 1).copied().filter(|before| {
            matches!(before.kind, UnitKind::Paragraph(_)) && builder.is_free(at - 1) && builder.is_free(at)
        });
        let Some(question) = question else { continue };
        let inline = units::inline(builder.document, &question);
        let title = Title::of_inline(builder.document, builder.source, inline, (question.span.start as usize, false));
        if !title.has_words() {
            continue;
        }
        let end = answer_end(builder, at);
        builder.claim_unit(at - 1, Owner::Note);
        builder.claim_unit(at, Owner::Note);
        let below = body::read(builder, at + 1..end, None);
        let section = builder.section_under(at, ShapeName::Separator);
        let note = builder.add_note(section, &title, question.span, title.number);
        body::give(note, below);
        if reversed {
            note.kind = NoteKind::Reversed;
        }
    }
}

/// The answer ends with its paragraph; where the sign stands alone, before the next sign, heading or rule.
fn answer_end(builder: &Builder<'_>, mark: usize) -> usize {
    let node = builder.unit(mark).map(|unit| unit.node);
    let mut end = mark + 1;
    let same = |at: usize| builder.unit(at).is_some_and(|unit| Some(unit.node) == node);
    if same(end) {
        while same(end) {
            end += 1;
        }
        return end;
    }
    let stops = |at: usize| {
        builder.unit(at).is_none_or(|unit| matches!(unit.kind, UnitKind::Rule | UnitKind::Heading))
            || builder.unit(at + 1).is_some_and(|next| matches!(next.label(), Some(LineLabel::Mark { .. })))
    };
    while end < builder.units.len() && !stops(end) {
        end += 1;
    }
    end
}

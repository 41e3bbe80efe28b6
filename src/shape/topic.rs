//! Shape J: a heading names a topic, and the text below it asks; there is no answer.

use super::units::UnitKind;
use super::{Builder, Owner, body};
use crate::deck::{Passage, ShapeName};

/// Fewer headings make no list of questions.
const FEWEST: usize = 4;
/// Most words below a heading that is a question: what has more is an answer.
const LONGEST: usize = 150;

/// What stands below the headings of one level.
#[derive(Default)]
struct Count {
    bodies: usize,
    asking: usize,
    titles_asking: usize,
}

/// `others` is how many questions stand there that are written in another way.
pub(super) fn claim(builder: &mut Builder<'_>, others: usize) {
    let Some(level) = (1..=6).find(|&level| is_level(builder, level, others)) else { return };
    let of_level = builder.outline.iter().filter(|(_, heading)| heading.level == level);
    let headings: Vec<usize> =
        of_level.filter(|(_, heading)| builder.owner(heading.block) == Owner::Nobody).map(|(index, _)| index).collect();
    for index in headings {
        if !has_body(builder, index) {
            continue;
        }
        let Some(heading) = builder.outline.get(index) else { continue };
        let (block, title, span) = (heading.block, heading.title.clone(), builder.document.span(heading.node));
        let end = builder.outline.block_of(index + 1);
        let section = builder.section_of(heading.parent, ShapeName::QuestionList);
        builder.claim(block, Owner::Note);
        let mut below = body::read(builder, builder.units_of(block + 1..end), None);
        if below.question == Passage::default() && below.options.is_empty() {
            below.question = below.answer.take().map(|answer| answer.body).unwrap_or_default();
        }
        let note = builder.add_note(section, &title, span, title.number);
        body::give(note, below);
    }
}

/// Whether most headings of a level have a short text below them that asks, and ask nothing themselves.
fn is_level(builder: &Builder<'_>, level: u8, others: usize) -> bool {
    let mut count = Count::default();
    for (index, heading) in builder.outline.iter().filter(|(_, heading)| heading.level == level) {
        if !has_body(builder, index) {
            continue;
        }
        count.bodies += 1;
        count.asking += usize::from(asks(builder, index));
        count.titles_asking += usize::from(heading.title.asks_surely());
    }
    count.asking > others
        && count.bodies >= FEWEST
        && count.asking * 5 >= count.bodies * 3
        && count.titles_asking * 10 <= count.bodies * 3
}

fn below<'b>(builder: &'b Builder<'_>, heading: usize) -> impl Iterator<Item = usize> + 'b {
    let start = builder.outline.block_of(heading) + 1;
    builder.units_of(start..builder.outline.block_of(heading + 1)).filter(|&at| builder.is_free(at))
}

fn has_body(builder: &Builder<'_>, heading: usize) -> bool {
    below(builder, heading)
        .any(|at| builder.unit(at).is_some_and(|unit| !matches!(unit.kind, UnitKind::Rule | UnitKind::Markup)))
}

/// Short, and a sentence in it ends in a question mark, or asks for something.
fn asks(builder: &Builder<'_>, heading: usize) -> bool {
    let mut words = 0;
    let mut asks = false;
    for unit in below(builder, heading).filter_map(|at| builder.unit(at)) {
        let text = builder.source.slice(unit.span);
        words += text.split_whitespace().count();
        let is_text = matches!(unit.kind, UnitKind::Paragraph(_) | UnitKind::Quote | UnitKind::ItemHead { .. });
        asks |= is_text && text.contains(['?', '？', '؟']);
    }
    asks && words <= LONGEST
}

//! Answers that are long.

use super::{Context, Finding, Findings, first_line, gathered, quoted};
use crate::deck::Note;
use crate::markdown::{NodeId, NodeKind};
use crate::words::is_ideograph;

/// Words of prose: about what is read in a minute.
const MOST_WORDS: usize = 200;
/// Items of a list: about what is kept in mind at once.
const MOST_ITEMS: usize = 7;

pub(in crate::lints) fn long_answer(context: &Context<'_>) -> Findings {
    let found = context.deck.studied().filter_map(|note| {
        let words: usize = nodes(context, note).map(|id| words_of(context, id)).sum();
        let answer = first_line(context.source, note.answer_span()?);
        (words > MOST_WORDS).then(|| {
            let message = format!("the answer to {} has {words} words", quoted(&note.title));
            let finding = Finding::new(message, answer, format!("more than {MOST_WORDS} words to recall"));
            let finding = finding.and(note.question_span, "asked here");
            finding.help("ask for less at a time: make several cards of it, or keep what must be known by heart")
        })
    });
    gathered(found.collect(), |count| format!("{count} answers have more than {MOST_WORDS} words"))
}

pub(in crate::lints) fn long_enumeration(context: &Context<'_>) -> Findings {
    let found = context.deck.studied().filter_map(|note| {
        let mut behind = 0;
        // A list within an item is a part of that item.
        let lists = nodes(context, note).filter(|&id| {
            let is_outer =
                matches!(context.document.kind(id), NodeKind::List { .. }) && context.document.span(id).start >= behind;
            if is_outer {
                behind = context.document.span(id).end;
            }
            is_outer
        });
        let counted = lists.map(|id| (context.document.children(id).count(), id));
        let (items, list) = counted.max_by_key(|&(items, id)| (items, std::cmp::Reverse(id)))?;
        (items > MOST_ITEMS).then(|| {
            let message = format!("the answer to {} lists {items} things", quoted(&note.title));
            let place = first_line(context.source, context.document.span(list));
            let finding = Finding::new(message, place, format!("a list of {items} items begins here"));
            let finding = finding.and(note.question_span, "asked here");
            finding.help("make a card of each item, or several of a few, or a text with gaps")
        })
    });
    gathered(found.collect(), |count| format!("{count} answers list more than {MOST_ITEMS} things"))
}

/// The nodes of the body of an answer.
fn nodes<'c>(context: &'c Context<'_>, note: &'c Note) -> impl Iterator<Item = NodeId> + 'c {
    let pieces = note.answer.iter().flat_map(|answer| &answer.body.pieces);
    pieces.flat_map(|piece| context.document.within(piece.span))
}

/// The words of a piece of text; code has none.
fn words_of(context: &Context<'_>, id: NodeId) -> usize {
    let text = match context.document.kind(id) {
        NodeKind::Text => context.source.slice(context.document.span(id)),
        NodeKind::Decoded(index) => context.document.decoded(index),
        _ => return 0,
    };
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    words + text.chars().filter(|character| is_ideograph(*character)).count() / 2
}

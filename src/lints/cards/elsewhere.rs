//! Words that lean on what is not on the card.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, Finding, Findings, gathered, quoted};
use crate::deck::{Note, Passage};
use crate::markdown::NodeKind;
use crate::source::Span;

/// Another part of the text, wherever on the card it is named.
static ANOTHER_PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let parts = "questions?|answers?|sections?|chapters?|cards?|lessons?";
    Regex::new(&format!(
        r"(?i)\b(?:(?:the|our|my) next (?:{parts})|(?:previous|preceding) (?:{parts})|(?:in|from|see|to) (?:question|card) #?\d+)\b"
    ))
    .ok()
});

/// What stands before these words: only where nothing of the card does.
static ABOVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let said = "mentioned|described|discussed|explained|shown|stated|noted|seen|said|listed";
    Regex::new(&format!(
        r"(?i)\b(?:as|(?:{said})) (?:(?:we )?(?:{said}) )?(?:above|earlier|previously)\b|\bsee above\b|\bthe above (?:question|answer|section|example|statement)\b|\babove[- ](?:{said})\b"
    ))
    .ok()
});

/// Code that is spoken of: only where the card has none.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let code = "code|snippet|program|query|function|script";
    Regex::new(&format!(
        r"(?i)\b(?:(?:{code}) (?:snippet )?(?:above|below)|(?:above|below|following|previous|preceding) (?:{code}))\b"
    ))
    .ok()
});

pub(in crate::lints) fn context_reference(context: &Context<'_>) -> Findings {
    let found = context.deck.studied().filter_map(|note| {
        let place = reference(context, note)?;
        let words = quoted(context.source.slice(place));
        let finding = Finding::new(format!("{words} leads away from the card"), place, "not on this card");
        let finding = if note.question_span.holds(place.start) {
            finding
        } else {
            finding.and(note.question_span, "the card that is shown")
        };
        Some(finding.help("say here what is meant: cards are shown one by one, in any order"))
    });
    gathered(found.collect(), |count| format!("{count} cards lean on what is not on them"))
}

/// The first place where a card leads away from it.
fn reference(context: &Context<'_>, note: &Note) -> Option<Span> {
    let anywhere = note.passages().find_map(|passage| find(context, passage, &ANOTHER_PART));
    let above = || find(context, &note.question, &ABOVE);
    let code = || {
        let asked = [&note.question, &note.question_body];
        if shows_code(context, note) {
            None
        } else {
            asked.into_iter().find_map(|passage| find(context, passage, &CODE))
        }
    };
    anywhere.or_else(above).or_else(|| above_answer(context, note)).or_else(code)
}

/// In an answer's first words, for nothing stands before them but the question.
fn above_answer(context: &Context<'_>, note: &Note) -> Option<Span> {
    let body = &note.answer.as_ref()?.body;
    let place = find(context, body, &ABOVE)?;
    let begin = body.span()?;
    let before = context.source.span(begin.start as usize..place.start as usize);
    let said = context.source.slice(before);
    let is_first = !said.trim().contains('\n') && !said.contains(['.', ':', '?', '!', '`']);
    is_first.then_some(place)
}

/// The first match of a passage outside of code.
fn find(context: &Context<'_>, passage: &Passage, wanted: &LazyLock<Option<Regex>>) -> Option<Span> {
    let wanted = wanted.as_ref()?;
    passage.pieces.iter().find_map(|piece| {
        let start = piece.span.start as usize;
        let places = wanted.find_iter(context.source.slice(piece.span));
        let mut places = places.map(|found| context.source.span(start + found.start()..start + found.end())).peekable();
        places.peek()?;
        let code: Vec<Span> = code_within(context, piece.span).collect();
        let mut at = 0;
        places.find(|place| {
            while code.get(at).is_some_and(|code| code.end <= place.start) {
                at += 1;
            }
            code.get(at).is_none_or(|code| code.start > place.start)
        })
    })
}

fn code_within<'c>(context: &'c Context<'_>, span: Span) -> impl Iterator<Item = Span> + 'c {
    let is_code = |kind| matches!(kind, NodeKind::FencedCode(_) | NodeKind::IndentedCode | NodeKind::Code(_));
    let nodes = context.document.within(span).filter(move |&id| is_code(context.document.kind(id)));
    nodes.map(|id| context.document.span(id))
}

/// Whether there is code on a card, or a picture, which may show some.
fn shows_code(context: &Context<'_>, note: &Note) -> bool {
    let spans = note.passages().flat_map(|passage| &passage.pieces).map(|piece| piece.span);
    let mut nodes = spans.flat_map(|span| context.document.within(span));
    nodes.any(|id| {
        let kind = context.document.kind(id);
        let is_code = matches!(kind, NodeKind::FencedCode(_) | NodeKind::IndentedCode | NodeKind::Code(_));
        is_code || matches!(kind, NodeKind::Image(_) | NodeKind::HtmlBlock | NodeKind::InlineHtml | NodeKind::Table)
    })
}

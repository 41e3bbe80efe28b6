//! Numbering a series anew, in the order of its questions.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::longest_run;
use crate::deck::{Note, Number};
use crate::diagnostic::{Edit, Safety};
use crate::lints::Context;
use crate::markdown::NodeKind;
use crate::source::Span;

/// How prose refers to a question by its number.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:questions?|frage|pregunta|pergunta|вопрос\w*|q|nr\.?|no\.|see|#)\s*#?(\d+)\b|第\s*\d+\s*[题問问]",
    )
    .ok()
});

/// Edits that number a series anew, and whether they can be made without a look. None where a number is not written in
/// plain digits.
pub(super) fn renumber(context: &Context<'_>, series: &[Number], starts_late: bool) -> Option<(Safety, Vec<Edit>)> {
    let kept = longest_run(series);
    let first_kept = kept.iter().position(|kept| *kept)?;
    let first = series.get(first_kept)?.value.saturating_sub(first_kept as u64);
    let first = if starts_late { 1 } else { first.max(u64::from(series.first()?.value > 0)) };
    let notes = context.deck.notes.iter().filter_map(|note| Some((note.number?.span, note)));
    let notes: HashMap<Span, &Note> = notes.collect();
    let mut edits = Vec::new();
    for (number, value) in series.iter().zip(first..) {
        if number.value != value {
            let note = notes.get(&number.span).copied();
            edits.extend(edits_of(context, *number, note, value)?);
        }
    }
    let safety = if is_referred_to(context, series) { Safety::Unsafe } else { Safety::Safe };
    Some((safety, edits))
}

/// The number itself, and where it stands again: before the heading of its answer and in `A1:`.
fn edits_of(context: &Context<'_>, number: Number, note: Option<&Note>, value: u64) -> Option<Vec<Edit>> {
    let old = context.source.slice(number.span);
    let is_plain = old.bytes().all(|byte| byte.is_ascii_digit()) && old.parse::<u64>().ok()? == number.value;
    let width = if old.starts_with('0') { old.len() } else { 0 };
    let new = is_plain.then(|| format!("{value:0width$}"))?;
    let mut edits = vec![Edit { span: number.span, text: new.clone() }];
    let again = note.into_iter().flat_map(|note| {
        let heading = note.pairing.as_ref().map(|pairing| pairing.heading);
        let label = note.answer.as_ref().and_then(|answer| answer.label);
        [heading, label].into_iter().flatten()
    });
    edits.extend(again.filter_map(|span| Some(Edit { span: leading_digits(context, span, old)?, text: new.clone() })));
    let grows = new.len().saturating_sub(old.len());
    edits.extend(deeper(context, number.span, grows));
    edits.sort_by_key(|edit| edit.span);
    edits.dedup_by_key(|edit| edit.span);
    Some(edits)
}

/// The number that a heading or a label begins with, if it is this one.
fn leading_digits(context: &Context<'_>, span: Span, digits: &str) -> Option<Span> {
    let text = context.source.slice(span);
    let is_mark = |c: char| matches!(c, '#' | '*' | '_' | ' ' | '\t' | '>' | '-');
    let bare = text.trim_start_matches(is_mark);
    let words = ["Question", "question", "Answer", "answer", "Ans", "Q", "A"];
    let bare = words.iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare).trim_start();
    let behind = bare.strip_prefix(digits)?;
    let start = span.start as usize + text.len() - bare.len();
    (!behind.starts_with(|c: char| c.is_ascii_digit())).then(|| context.source.span(start..start + digits.len()))
}

/// Where the number of a list item takes more room, the lines of the item must stand further in (CommonMark section 5.2).
fn deeper(context: &Context<'_>, number: Span, columns: usize) -> Vec<Edit> {
    let line = context.source.line(number.start);
    let mut around = context.document.within(context.source.line_span(line));
    let item = around
        .find(|&id| context.document.kind(id) == NodeKind::Item && context.document.span(id).start == number.start);
    let Some(item) = item.filter(|_| columns > 0) else { return Vec::new() };
    let (_, last) = context.source.lines(context.document.span(item));
    let indent = number.start as usize - context.source.line_range(line).start + number.len() as usize + 1;
    let lines = (line + 1..=last).filter_map(|line| {
        let text = context.source.line_text(line);
        let is_inside = text.len() - text.trim_start_matches(' ').len() > indent || text.starts_with('\t');
        let start = context.source.line_range(line).start;
        is_inside.then(|| Edit { span: context.source.span(start..start), text: " ".repeat(columns) })
    });
    lines.collect()
}

/// Whether a text of the file names a question by its number, or a link leads to a heading that holds one.
fn is_referred_to(context: &Context<'_>, series: &[Number]) -> bool {
    let starts: Vec<u32> = series.iter().map(|number| number.span.start).collect();
    let in_headings = || {
        let has_links = ["](#", "href=\"#"].iter().any(|link| context.source.text().contains(link));
        let is_heading = |note: &Note| context.source.slice(note.question_span).trim_start().starts_with('#');
        has_links && context.deck.notes.iter().any(|note| note.number.is_some() && is_heading(note))
    };
    let Some(reference) = REFERENCE.as_ref() else { return true };
    let mut texts = context.deck.notes.iter().flat_map(Note::passages).flat_map(|passage| &passage.pieces);
    let names_one = texts.any(|piece| {
        reference.captures_iter(context.source.slice(piece.span)).any(|found| {
            let at = |range: std::ops::Range<usize>| piece.span.start + u32::try_from(range.start).unwrap_or(u32::MAX);
            let own = found.get(1).is_some_and(|digits| starts.contains(&at(digits.range())));
            let value = found.get(1).and_then(|digits| digits.as_str().parse::<u64>().ok());
            let is_of_series = value.is_none_or(|value| series.iter().any(|number| number.value == value));
            !own && is_of_series
        })
    });
    names_one || in_headings()
}

//! Numbering a series anew, in the order of its questions.

use std::collections::{HashMap, HashSet};
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

/// What stands around the numbers of a file.
#[derive(Debug)]
pub(super) struct Around {
    /// The note that each number stands before.
    notes: HashMap<Span, usize>,
    /// Where texts name a question by its number; `None` holds those of an unknown one.
    references: HashMap<Option<u64>, Vec<u32>>,
    /// Any number may be referred to: a link leads to a heading that holds one, say.
    refers_to_all: bool,
}

impl Around {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let notes = context.deck.notes.iter().enumerate();
        let notes = notes.filter_map(|(index, note)| Some((note.number?.span, index))).collect();
        let has_links = ["](#", "href=\"#"].iter().any(|link| context.source.text().contains(link));
        let is_heading = |note: &Note| context.source.slice(note.question_span).trim_start().starts_with('#');
        let in_headings = has_links && context.deck.notes.iter().any(|note| note.number.is_some() && is_heading(note));
        let mut references: HashMap<Option<u64>, Vec<u32>> = HashMap::new();
        let pieces = context.deck.notes.iter().flat_map(Note::passages).flat_map(|passage| &passage.pieces);
        let pieces = pieces.filter(|piece| may_refer(context.source.slice(piece.span)));
        let mut refers_to_all = in_headings;
        for piece in pieces {
            let Some(reference) = REFERENCE.as_ref() else {
                refers_to_all = true;
                break;
            };
            for found in reference.captures_iter(context.source.slice(piece.span)) {
                let Some(place) = found.get(1).or_else(|| found.get(0)) else { continue };
                let at = piece.span.start + u32::try_from(place.start()).unwrap_or(u32::MAX);
                let value = found.get(1).and_then(|digits| digits.as_str().parse().ok());
                references.entry(value).or_default().push(at);
            }
        }
        Self { notes, references, refers_to_all }
    }

    /// Whether a text of the file names a question of the series by its number, or may do so.
    fn refers_to(&self, series: &[Number]) -> bool {
        let own: HashSet<u32> = series.iter().map(|number| number.span.start).collect();
        let values: HashSet<Option<u64>> = series.iter().map(|number| Some(number.value)).chain([None]).collect();
        let mut named = values.iter().filter_map(|value| self.references.get(value)).flatten();
        self.refers_to_all || named.any(|at| !own.contains(at))
    }
}

/// Whether a word of [`REFERENCE`] stands before some digits. Most texts say nothing of the kind, and the pattern takes
/// longer to make than such a text to look at.
fn may_refer(text: &str) -> bool {
    const WORDS: [&str; 9] = ["question", "questions", "frage", "pregunta", "pergunta", "q", "nr", "no", "see"];
    let begins_number = |(at, byte): &(usize, u8)| {
        let behind_digit = || at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
        let is_numeric = || text.get(*at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_numeric);
        if byte.is_ascii() { byte.is_ascii_digit() && !behind_digit() } else { is_numeric() }
    };
    text.bytes().enumerate().filter(begins_number).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let before = before.strip_suffix('.').unwrap_or(before);
        if before.ends_with(['#', '第']) {
            return true;
        }
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        !word.is_ascii() || WORDS.iter().any(|other| other.eq_ignore_ascii_case(word))
    })
}

/// Edits that number a series anew, and whether they can be made without a look. None where a number is not written in
/// plain digits.
pub(super) fn renumber(
    context: &Context<'_>,
    around: &Around,
    series: &[Number],
    starts_late: bool,
) -> Option<(Safety, Vec<Edit>)> {
    let kept = longest_run(series);
    let first_kept = kept.iter().position(|kept| *kept)?;
    let first = series.get(first_kept)?.value.saturating_sub(first_kept as u64);
    let first = if starts_late { 1 } else { first.max(u64::from(series.first()?.value > 0)) };
    let mut edits = Vec::new();
    for (number, value) in series.iter().zip(first..) {
        if number.value != value {
            let note = around.notes.get(&number.span).and_then(|&note| context.deck.notes.get(note));
            edits.extend(edits_of(context, *number, note, value)?);
        }
    }
    let safety = if around.refers_to(series) { Safety::Unsafe } else { Safety::Safe };
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

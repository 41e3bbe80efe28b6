//! Two questions with one answer: most likely it was copied to be changed, and was not.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::near::{Near, repeated};
use super::{Context, Finding, Findings, gathered, quoted};
use crate::deck::{Note, NoteKind};
use crate::lints::first_line;
use crate::source::Source;

/// Words of an answer below which two questions may well share it.
const FEWEST_WORDS: usize = 8;
/// Lines of code that count for as much, with the two of the fence.
const FEWEST_CODE_LINES: usize = 5;

/// Bytes at the beginning of an answer and at its end by which most answers are told apart.
const END: usize = 24;

pub(in crate::lints) fn duplicate_answer(context: &Context<'_>) -> Findings {
    let mut firsts: HashMap<blake3::Hash, (&Note, OnceCell<Near<'_>>)> = HashMap::new();
    let mut found = Vec::new();
    // Where there is a choice the options make the answer, and gaps are their own.
    let asked = || context.deck.studied().filter(|note| !matches!(note.kind, NoteKind::Choice | NoteKind::Cloze));
    let ends: Vec<[u8; 2 * END]> = asked().map(|note| ends_of(context.source, note)).collect();
    let repeated = repeated(ends.clone());
    for (note, ends) in asked().zip(&ends) {
        if repeated.binary_search(ends).is_err() {
            continue;
        }
        let Some(answer) = answer_of(context.source, note) else { continue };
        let (first, near) = firsts.entry(answer).or_insert_with(|| (note, OnceCell::new()));
        // A long question may share its answer with many.
        if std::ptr::eq(*first, note) || near.get_or_init(|| Near::new(first)).is(&Near::new(note)) {
            continue;
        }
        let place = |note: &Note| first_line(context.source, note.answer_span().unwrap_or(note.question_span));
        let message = format!("{} has the answer of {}", quoted(&note.title), quoted(&first.title));
        let finding =
            Finding::new(message, place(note), "word for word the same").and(place(first), "stands here first");
        found.push(finding.help("write what answers this question, or make one card of the two"));
    }
    gathered(found, |count| format!("{count} answers stand below two questions"))
}

fn pieces<'a>(source: &'a Source, note: &'a Note) -> impl DoubleEndedIterator<Item = &'a str> {
    note.answer.iter().flat_map(|answer| &answer.body.pieces).map(|piece| source.slice(piece.span))
}

/// The first and the last bytes of an answer that are no white space.
fn ends_of(source: &Source, note: &Note) -> [u8; 2 * END] {
    let bytes = || pieces(source, note).flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace());
    let mut ends = [0; 2 * END];
    let (first, last) = ends.split_at_mut(END);
    first.iter_mut().zip(bytes()).for_each(|(end, byte)| *end = byte);
    last.iter_mut().zip(bytes().rev()).for_each(|(end, byte)| *end = byte);
    ends
}

/// What an answer of substance comes to: its words and signs, wherever its lines end.
fn answer_of(source: &Source, note: &Note) -> Option<blake3::Hash> {
    if !has_words(source, note) && code_lines(pieces(source, note)) < FEWEST_CODE_LINES {
        return None;
    }
    let mut words = Vec::new();
    for word in pieces(source, note).flat_map(str::split_ascii_whitespace) {
        words.extend_from_slice(word.as_bytes());
        words.push(0xff);
    }
    Some(blake3::hash(&words))
}

fn code_lines<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    let of_code = texts.filter(|text| text.contains("```") || text.contains("~~~"));
    of_code.map(|text| text.lines().filter(|line| !line.trim().is_empty()).count()).sum()
}

/// Whether an answer has words of some number. Two characters of a script without spaces are about a word.
fn has_words(source: &Source, note: &Note) -> bool {
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    let words = pieces(source, note).flat_map(str::split_whitespace).filter(is_word).take(FEWEST_WORDS).count();
    let ideographs = |text: &str| text.chars().filter(|character| crate::words::is_ideograph(*character)).count();
    words == FEWEST_WORDS
        || words + pieces(source, note).map(|text| ideographs(text) / 2).sum::<usize>() >= FEWEST_WORDS
}

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
const END: usize = 16;

pub(in crate::lints) fn duplicate_answer(context: &Context<'_>) -> Findings {
    let source = context.source;
    let mut of_ends: HashMap<[u8; 2 * END], SameEnds<'_>> = HashMap::new();
    let mut found = Vec::new();
    // Where there is a choice the options make the answer, and gaps are their own.
    let asked = || context.deck.studied().filter(|note| !matches!(note.kind, NoteKind::Choice | NoteKind::Cloze));
    let ends: Vec<[u8; 2 * END]> = asked().map(|note| ends_of(source, note)).collect();
    let repeated = repeated(ends.clone());
    for (note, ends) in asked().zip(ends) {
        if repeated.binary_search(&ends).is_err() || !is_of_substance(source, note) {
            continue;
        }
        let same_ends = of_ends.entry(ends).or_insert_with(|| SameEnds::new(note));
        let (first, near) = same_ends.first_like(source, note);
        // A long question may share its answer with many.
        if std::ptr::eq(*first, note) || near.get_or_init(|| Near::new(first)).is(&Near::new(note)) {
            continue;
        }
        let place = |note: &Note| first_line(source, note.answer_span().unwrap_or(note.question_span));
        let message = format!("{} has the answer of {}", quoted(&note.title), quoted(&first.title));
        let finding =
            Finding::new(message, place(note), "word for word the same").and(place(first), "stands here first");
        found.push(finding.help("write what answers this question, or make one card of the two"));
    }
    gathered(found, |count| format!("{count} answers stand below two questions"))
}

/// The first note with an answer, and what it is compared by.
type First<'a> = (&'a Note, OnceCell<Near<'a>>);

/// Notes whose answers begin and end alike.
struct SameEnds<'a> {
    first: First<'a>,
    words_of_first: Option<blake3::Hash>,
    /// By the words of those that differ from the first.
    others: HashMap<blake3::Hash, First<'a>>,
}

impl<'a> SameEnds<'a> {
    fn new(first: &'a Note) -> Self {
        Self { first: (first, OnceCell::new()), words_of_first: None, others: HashMap::new() }
    }

    /// The first note with the words of this one's answer.
    fn first_like(&mut self, source: &Source, note: &'a Note) -> &First<'a> {
        let (first, _) = &self.first;
        // What was copied is nearly always the same to the byte.
        if pieces(source, first).eq(pieces(source, note)) {
            return &self.first;
        }
        let words = words_of(source, note);
        if words == *self.words_of_first.get_or_insert_with(|| words_of(source, first)) {
            return &self.first;
        }
        self.others.entry(words).or_insert_with(|| (note, OnceCell::new()))
    }
}

fn pieces<'a>(source: &'a Source, note: &'a Note) -> impl DoubleEndedIterator<Item = &'a str> {
    note.answer.iter().flat_map(|answer| &answer.body.pieces).map(|piece| source.slice(piece.span))
}

/// The first and the last bytes of an answer that are no white space.
fn ends_of(source: &Source, note: &Note) -> [u8; 2 * END] {
    fn fill(end: &mut [u8], bytes: impl Iterator<Item = u8>) {
        let mut end = end.iter_mut();
        let mut visible = bytes.filter(|byte| !byte.is_ascii_whitespace());
        // It ends where there is no more room.
        let _ = visible.try_for_each(|byte| end.next().map(|slot| *slot = byte));
    }
    let mut ends = [0; 2 * END];
    let (first, last) = ends.split_at_mut(END);
    fill(first, pieces(source, note).flat_map(str::bytes));
    fill(last, pieces(source, note).flat_map(str::bytes).rev());
    ends
}

/// No byte of a text.
const BETWEEN: u8 = 0xff;

/// Whether an answer says so much that two questions hardly share it by chance.
fn is_of_substance(source: &Source, note: &Note) -> bool {
    has_words(source, note) || code_lines(pieces(source, note)) >= FEWEST_CODE_LINES
}

/// What an answer comes to: its words and signs, wherever its lines end.
fn words_of(source: &Source, note: &Note) -> blake3::Hash {
    let mut words = Vec::with_capacity(pieces(source, note).map(|text| text.len() + 1).sum());
    for text in pieces(source, note) {
        for byte in text.bytes().chain([b' ']) {
            if !byte.is_ascii_whitespace() {
                words.push(byte);
            } else if words.last().is_some_and(|&last| last != BETWEEN) {
                words.push(BETWEEN);
            }
        }
    }
    blake3::hash(&words)
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

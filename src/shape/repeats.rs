//! The same card in two places of a file: the same question with the same answer.

use std::collections::hash_map::Entry;

use foldhash::HashMap;

use crate::deck::{Deck, Note, Passage};
use crate::source::Source;
use crate::words;

/// Tells of each note whether it repeats an earlier one. Where only the questions are the same, the two are a question
/// asked twice, which is for its author to mend.
pub(super) fn find(deck: &mut Deck, source: &Source) {
    let mut firsts: HashMap<&str, usize> = HashMap::default();
    // By the first of them: most questions are asked once.
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::default();
    for (index, note) in deck.notes.iter().enumerate().filter(|(_, note)| note.has_answer()) {
        match firsts.entry(&note.question_key) {
            Entry::Vacant(free) => _ = free.insert(index),
            Entry::Occupied(first) => groups.entry(*first.get()).or_insert_with(|| vec![*first.get()]).push(index),
        }
    }
    drop(firsts);
    let same: Vec<(usize, usize)> = groups.into_values().flat_map(|group| of_group(deck, source, &group)).collect();
    let mut also_in: HashMap<usize, Vec<usize>> = HashMap::default();
    for (index, first) in same {
        let Some(note) = deck.notes.get_mut(index) else { continue };
        note.same_as = Some(first);
        also_in.entry(first).or_default().push(note.section);
        let tags = note.tags.clone();
        if let Some(first) = deck.notes.get_mut(first) {
            first.tags.extend(tags);
        }
    }
    for (first, sections) in also_in {
        if let Some(first) = deck.notes.get_mut(first) {
            first.also_in = sections.into();
        }
    }
}

fn of_group(deck: &Deck, source: &Source, group: &[usize]) -> Vec<(usize, usize)> {
    let mut firsts: HashMap<(String, bool), usize> = HashMap::default();
    let mut same = Vec::new();
    for &index in group {
        let Some(note) = deck.notes.get(index) else { continue };
        let key = (words_below(source, note), note.pin.is_some());
        match firsts.get(&key) {
            Some(&first) if note.pin.is_none() => same.push((index, first)),
            _ => _ = firsts.entry(key).or_insert(index),
        }
    }
    same
}

/// The words of everything below a question, code to the letter.
pub(crate) fn words_below(source: &Source, note: &Note) -> String {
    let options = note.options.iter().map(|option| &option.text);
    let answer = note.answer.iter().map(|answer| &answer.body);
    let passages: Vec<&Passage> = std::iter::once(&note.question_body).chain(options).chain(answer).collect();
    let texts = passages.iter().flat_map(|passage| &passage.pieces).map(|piece| source.slice(piece.span));
    let words: Vec<String> = texts.map(words::key).collect();
    let right: String = note.options.iter().map(|option| if option.is_right { '1' } else { '0' }).collect();
    format!("{:?} {right} {}", note.kind, words.join(" "))
}

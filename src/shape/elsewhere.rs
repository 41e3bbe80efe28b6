//! Shape A over two files: the list stands in one, its answers in another file of the same deck.
//!
//! The notes are those of the file with the answers; a listed question that is answered there is no question without an
//! answer. It gives the number it has in the list to a note without one.

use std::collections::BTreeMap;

use super::pairing::{self, Title};
use crate::deck::{Note, Number};
use crate::parsed::Parsed;
use crate::source::Sources;
use crate::words;

/// Looks for the answers of questions that have none in other files of their deck.
pub(crate) fn find(sources: &Sources, files: &mut [Parsed]) {
    let mut decks: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        decks.entry(&file.deck.name).or_default().push(index);
    }
    let decks: Vec<Vec<usize>> = decks.into_values().filter(|files| files.len() > 1).collect();
    for of_deck in decks {
        // Most files are none, and a deck may be of thousands.
        let lists: Vec<usize> = of_deck.iter().copied().filter(|&at| files.get(at).is_some_and(is_list)).collect();
        for list in lists {
            for &answers in of_deck.iter().filter(|&&answers| answers != list) {
                pair(sources, files, list, answers);
            }
        }
    }
}

fn pair(sources: &Sources, files: &mut [Parsed], list: usize, answers: usize) {
    let (Some(listing), Some(answering)) = (files.get(list), files.get(answers)) else { return };
    let answered: Vec<usize> = places(answering, |note| note.answer.is_some());
    if !is_list(listing) || answered.is_empty() {
        return;
    }
    let open = places(listing, is_open);
    let questions: Vec<Texts> = open.iter().filter_map(|&at| Texts::of(sources, listing, at)).collect();
    let titles: Vec<Texts> = answered.iter().filter_map(|&at| Texts::of(sources, answering, at)).collect();
    let pairs = pairing::pair(&side(&questions, 0), &side(&titles, 1));
    let found: Vec<(usize, usize)> = open
        .iter()
        .zip(&pairs.answers)
        .filter_map(|(&question, answer)| Some((question, *answered.get(answer.as_ref()?.0)?)))
        .collect();
    for (question, answer) in found {
        let place = files.get(answers).and_then(|file| file.deck.notes.get(answer)).map(|note| note.question_span);
        let listed = files.get_mut(list).and_then(|file| file.deck.notes.get_mut(question));
        let number = listed.and_then(|note| {
            note.answered_at = place;
            note.number
        });
        give_number(files.get_mut(answers).and_then(|file| file.deck.notes.get_mut(answer)), number);
    }
}

/// A few questions without an answer in a file of answers are no list.
fn is_list(file: &Parsed) -> bool {
    let open = file.deck.notes.iter().filter(|note| is_open(note)).count();
    open > 0 && open * 2 >= file.deck.notes.len()
}

fn is_open(note: &Note) -> bool {
    !note.has_answer() && note.placeholder.is_none() && note.answered_at.is_none()
}

/// A list stands before the answers, whichever file comes first.
fn side(texts: &[Texts], block: usize) -> Vec<Title<'_>> {
    texts.iter().map(|text| text.title(block)).collect()
}

fn give_number(note: Option<&mut Note>, number: Option<Number>) {
    if let (Some(note), Some(number)) = (note, number)
        && note.number.is_none()
    {
        note.listed_number = Some(number.value);
    }
}

fn places(file: &Parsed, fits: impl Fn(&Note) -> bool) -> Vec<usize> {
    file.deck.notes.iter().enumerate().filter(|(_, note)| fits(note)).map(|(at, _)| at).collect()
}

/// What is compared of a question.
struct Texts {
    markdown: String,
    plain: String,
    key: String,
    words: Vec<String>,
    number: Option<u64>,
    section: String,
}

impl Texts {
    fn of(sources: &Sources, file: &Parsed, note: usize) -> Option<Self> {
        let note = file.deck.notes.get(note)?;
        let section = file.deck.sections.get(note.section).map(|section| words::key(&section.title));
        Some(Self {
            markdown: note.question.markdown(sources),
            plain: note.title.clone(),
            key: words::key(&note.title),
            words: words::content_words(&note.title),
            number: note.number.map(|number| number.value),
            section: section.unwrap_or_default(),
        })
    }

    fn title(&self, block: usize) -> Title<'_> {
        Title {
            markdown: &self.markdown,
            plain: &self.plain,
            key: &self.key,
            words: self.words.clone(),
            number: self.number,
            section: Some(self.section.as_str()).filter(|section| !section.is_empty()),
            region: 0,
            block,
            usual: true,
        }
    }
}

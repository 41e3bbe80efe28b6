//! Questions of a deck that are asked in two of its files. Files of one deck are those whose notes go into the deck of
//! one name in Anki; elsewhere the same question may be meant for other learners, or be in another language.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::{Group, NearKey, firsts, leading_code, look, near_firsts, repeated};
use crate::deck::Note;
use crate::parsed::Parsed;
use crate::shape;
use crate::source::{SourceId, Sources};

/// For each file of a deck with several the earlier questions that its notes repeat.
#[derive(Default)]
pub(crate) struct AcrossFiles<'a> {
    of_file: HashMap<SourceId, Vec<Option<Earlier<'a>>>>,
}

/// A note in an earlier file of the deck.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Earlier<'a> {
    pub(super) note: &'a Note,
    pub(super) likeness: Likeness,
}

/// What two notes have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Question and answer.
    Card,
    /// The words of the question.
    Words,
    /// Its words but for those of no weight.
    NearlyWords,
}

/// What is compared of a note.
struct Keys<'a> {
    question: &'a str,
    look: u64,
    code: Option<&'a str>,
}

/// A file with its place among those of its deck.
type Place = (usize, usize);

impl<'a> AcrossFiles<'a> {
    /// Compares the files of each deck, in their order.
    pub(crate) fn find(sources: &'a Sources, files: &'a [Parsed]) -> Self {
        let mut decks: BTreeMap<&str, Vec<&Parsed>> = BTreeMap::new();
        for file in files {
            decks.entry(&file.deck.name).or_default().push(file);
        }
        let decks: Vec<Vec<&Parsed>> = decks.into_values().filter(|files| files.len() > 1).collect();
        let found = decks.par_iter().flat_map_iter(|files| of_deck(sources, files));
        Self { of_file: found.collect() }
    }

    /// The earlier questions of a file's notes, each with the note that repeats it.
    pub(super) fn of<'s>(
        &'s self,
        source: SourceId,
        notes: &'a [Note],
    ) -> impl Iterator<Item = (&'a Note, Earlier<'a>)> + 's {
        let earlier = self.of_file.get(&source).map(Vec::as_slice).unwrap_or_default();
        notes.iter().zip(earlier).filter_map(|(note, earlier)| Some((note, (*earlier)?)))
    }
}

fn of_deck<'a>(sources: &'a Sources, files: &[&'a Parsed]) -> Vec<(SourceId, Vec<Option<Earlier<'a>>>)> {
    let keys: Vec<Vec<Option<Keys<'a>>>> = files.par_iter().map(|file| keys_of(sources, file)).collect();
    let near_keys = near_keys(files, &keys);
    let mut same: HashMap<&str, Group<'_, Place>> = HashMap::new();
    let mut near: HashMap<&NearKey, Group<'_, Place>> = HashMap::new();
    let mut cards = Cards { sources, files, below: HashMap::new() };
    let of_file = keys.iter().zip(&near_keys).enumerate().zip(files).map(|((file, (keys, near_keys)), parsed)| {
        let of_note = keys.iter().zip(near_keys).enumerate().map(|(note, (keys, near_key))| {
            let place = (file, note);
            let Keys { question, code, .. } = keys.as_ref()?;
            let same = same.entry(question).or_default().add(place, *code);
            let near = near_key.as_ref().and_then(|key| near.entry(key).or_default().add(place, *code));
            let likeness = match same {
                Some(first) if cards.is_same(first, place) => Likeness::Card,
                Some(_) => Likeness::Words,
                None => Likeness::NearlyWords,
            };
            Some(Earlier { note: cards.note(same.or(near)?)?, likeness })
        });
        (parsed.deck.source, of_note.collect())
    });
    of_file.collect()
}

/// For each note the words of weight in which others may ask nearly the same.
fn near_keys(files: &[&Parsed], keys: &[Vec<Option<Keys<'_>>>]) -> Vec<Vec<Option<NearKey>>> {
    let repeated = repeated(keys.iter().flatten().flatten().map(|keys| keys.look).collect());
    let of_file = files.par_iter().zip(keys).map(|(file, keys)| {
        let of_note = file.deck.notes.iter().zip(keys).map(|(note, keys)| {
            repeated.binary_search(&keys.as_ref()?.look).ok()?;
            Some(NearKey::of(note)).filter(|key| !key.is_empty())
        });
        of_note.collect()
    });
    of_file.collect()
}

/// Of each note that makes a card. Where a file asks twice itself, that is what is wrong with it.
fn keys_of<'a>(sources: &'a Sources, file: &'a Parsed) -> Vec<Option<Keys<'a>>> {
    let source = sources.get(file.deck.source);
    let firsts = firsts(&file.deck, source);
    let near_firsts = near_firsts(&file.deck, source, &firsts);
    let notes = file.deck.notes.iter().zip(firsts.iter().zip(near_firsts));
    let keys = notes.map(|(note, (first, near_first))| {
        let is_first = first.is_none() && near_first.is_none();
        (is_first && note.is_studied()).then(|| Keys {
            question: &note.question_key,
            look: look(note),
            code: leading_code(source, note),
        })
    });
    keys.collect()
}

/// Compares whole cards.
struct Cards<'a, 'f> {
    sources: &'a Sources,
    files: &'f [&'a Parsed],
    /// The words below the questions that were repeated so far: one may be repeated in many files.
    below: HashMap<Place, Option<String>>,
}

impl<'a> Cards<'a, '_> {
    fn note(&self, (file, note): Place) -> Option<&'a Note> {
        self.files.get(file)?.deck.notes.get(note)
    }

    fn is_same(&mut self, first: Place, again: Place) -> bool {
        let Self { sources, files, below: known } = self;
        let below = |(file, note): Place| {
            let file = files.get(file)?;
            Some(shape::words_below(sources.get(file.deck.source), file.deck.notes.get(note)?))
        };
        let again = below(again);
        *known.entry(first).or_insert_with(|| below(first)) == again
    }
}

//! A learner who has a deck, reviews it and imports later builds of it, in the real Anki.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "each test file uses a part of it, and unit tests may do so anyway"
)]
#![expect(unreachable_pub, reason = "support of tests, which say what they expect")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::anki::{self, Log};

/// What the learner does between the first import and the next.
#[derive(Debug, Clone, Default)]
pub struct Learner {
    /// How many cards are answered, from the first on; then as many as are given a date.
    pub reviews: (usize, usize),
    /// Question and the tag its note gets.
    pub tag: Option<(&'static str, &'static str)>,
    /// Question, and field and text that are written into its note.
    pub edit: Option<(&'static str, &'static str, &'static str)>,
}

/// A note as the collection has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Held {
    pub question: String,
    pub answer: String,
    pub section: String,
    pub tags: Vec<String>,
}

/// A collection after an import.
#[derive(Debug, serde::Deserialize)]
pub struct State {
    /// What Anki said of the import; nothing of the first.
    pub log: Log,
    /// The rows of the review log.
    pub reviews: Vec<Value>,
    /// By the card's number: guid, deck, ordinal and everything its scheduling consists of.
    pub cards: BTreeMap<String, Value>,
    /// By guid.
    pub notes: BTreeMap<String, Held>,
    /// Style sheets of the note types, by name.
    pub looks: BTreeMap<String, String>,
    /// The bytes of each picture the collection has, in hexadecimal, by its name.
    pub media: BTreeMap<String, String>,
    /// Guids of the new cards in the order they come.
    pub study_order: Vec<String>,
}

/// What became of the collection.
#[derive(Debug, serde::Deserialize)]
pub struct Reimported {
    /// After the learner had the first build, and after each later import.
    pub states: Vec<State>,
    /// The guids each search finds in the end.
    pub found: Vec<Vec<String>>,
}

/// Imports the packages of each build, the learner at work after the first. None where Anki can't be had.
pub fn reimport(imports: &[Vec<PathBuf>], learner: &Learner, searches: &[String]) -> Option<Reimported> {
    let (answer, due) = learner.reviews;
    let tag: BTreeMap<_, _> = learner.tag.into_iter().collect();
    let edit: BTreeMap<_, _> =
        learner.edit.into_iter().map(|(question, field, text)| (question, (field, text))).collect();
    let learner = json!({"answer": answer, "due": due, "tag": tag, "edit": edit});
    let plan = json!({"imports": imports, "learner": learner, "searches": searches});
    Some(serde_json::from_slice(&anki::ask("reimport.py", &[plan.to_string().into()])?).unwrap())
}

impl Reimported {
    /// What the learner had before a later build came.
    pub fn learned(&self) -> &State {
        &self.states[0]
    }

    /// The collection after the later build of this number: 1 is the second build.
    pub fn after(&self, build: usize) -> &State {
        &self.states[build]
    }

    /// Whether the learner reviewed a card of this note.
    pub fn was_reviewed(&self, guid: &str) -> bool {
        // A card that was never shown is of type 0.
        self.learned().cards.values().any(|card| card[0] == guid && card[3] != 0)
    }

    /// Nothing the learner did is lost or moved: every review and every card is as it was, with the same note.
    #[track_caller]
    pub fn reviews_are_kept(&self) {
        let (before, last) = (self.learned(), self.states.last().unwrap());
        assert!(!before.reviews.is_empty(), "nothing was reviewed");
        assert_eq!(before.reviews, last.reviews);
        for (card, scheduled) in &before.cards {
            assert_eq!(Some(scheduled), last.cards.get(card), "card {card}");
        }
    }

    /// Every note asks what it asked before.
    #[track_caller]
    pub fn questions_are_kept(&self) {
        for (guid, note) in &self.learned().notes {
            let later = self.states.last().unwrap().notes.get(guid);
            assert_eq!(Some(&note.question), later.map(|note| &note.question), "{guid}");
        }
    }
}

//! What a learner would see change from one build to another: notes that are new, changed, moved or gone.
//!
//! Both sides are [`View`]s of notes, from a lock, a package or sources; how the difference looks is the business of the
//! command.

pub mod package;

use std::collections::BTreeSet;

use foldhash::HashMap;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::emit::Faces;
use crate::identity::lock::{Entry, Lock};
use crate::identity::sketch::Sketch;
use crate::render::{RenderedDeck, plain_text};

/// A note as a learner has it, or would get it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// What Anki knows it by.
    pub guid: String,
    /// Name of its deck.
    pub deck: String,
    /// Title of its section.
    pub section: String,
    /// Path of its source; empty where that is not known.
    pub source: String,
    /// 1-based line of its question, where it stands in a source.
    pub line: Option<u32>,
    /// Plain text of its question.
    pub question: String,
    /// Plain text of its answer, where it is known.
    pub answer: Option<String>,
    /// What its answer comes to, where only that is known.
    pub sketch: Option<Sketch>,
    /// What all of it comes to; see [`crate::emit::content`].
    pub content: String,
    /// Its tags, where they are known.
    pub tags: Option<BTreeSet<String>>,
    /// By this it stands in order among its deck's notes.
    pub order: i64,
    /// Anki's numbers for it, where they are known.
    pub ids: Vec<i64>,
}

/// A note that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened to it.
    pub kind: ChangeKind,
    /// As it was; none if it is new.
    pub before: Option<View>,
    /// As it is; none if it is gone.
    pub after: Option<View>,
}

/// What can happen to a note. In the order of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was not there before.
    New,
    /// It says something else.
    Changed,
    /// It says the same at another place.
    Moved,
    /// It is gone from the sources.
    Retired,
}

impl ChangeKind {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 4] = [Self::New, Self::Changed, Self::Moved, Self::Retired];

    /// Its name in a report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Retired => "retired",
        }
    }
}

/// What differs between two builds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// By kind, each in the order of its source.
    pub changes: Vec<Change>,
    /// How many notes are as they were.
    pub unchanged: usize,
}

impl Differences {
    /// Compares two builds.
    #[must_use]
    pub fn between(before: &[View], after: &[View]) -> Self {
        let known: HashMap<&str, &View> = before.iter().map(|view| (view.guid.as_str(), view)).collect();
        let reordered = reordered(&known, after);
        let mut changes = Vec::new();
        let mut unchanged = 0;
        for view in after {
            let Some(old) = known.get(view.guid.as_str()) else {
                changes.push(Change { kind: ChangeKind::New, before: None, after: Some(view.clone()) });
                continue;
            };
            let kind = match (says_the_same(old, view), is_elsewhere(old, view)) {
                (false, _) => ChangeKind::Changed,
                (true, true) => ChangeKind::Moved,
                (true, false) if reordered.contains(view.guid.as_str()) => ChangeKind::Moved,
                (true, false) => {
                    unchanged += 1;
                    continue;
                }
            };
            changes.push(Change { kind, before: Some((*old).clone()), after: Some(view.clone()) });
        }
        let kept: BTreeSet<&str> = after.iter().map(|view| view.guid.as_str()).collect();
        let gone = before.iter().filter(|view| !kept.contains(view.guid.as_str()));
        changes.extend(gone.map(|view| Change { kind: ChangeKind::Retired, before: Some(view.clone()), after: None }));
        changes.sort_by_key(|change| change.kind);
        Self { changes, unchanged }
    }

    /// Those of one kind.
    pub fn of(&self, kind: ChangeKind) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }
}

/// Whether the words are the same, at whatever place.
fn says_the_same(old: &View, new: &View) -> bool {
    if old.content == new.content {
        return true;
    }
    let answers = match (&old.answer, &new.answer) {
        (Some(old), Some(new)) => old == new,
        _ => old.sketch.is_some() && old.sketch == new.sketch,
    };
    // The section stands on the card and is a tag: it moves with the note.
    answers && same_words(&old.question, &new.question) && old.section != new.section
}

fn same_words(old: &str, new: &str) -> bool {
    old.split_whitespace().eq(new.split_whitespace())
}

fn is_elsewhere(old: &View, new: &View) -> bool {
    let other_source = !old.source.is_empty() && !new.source.is_empty() && old.source != new.source;
    old.deck != new.deck || old.section != new.section || other_source
}

/// The notes that stand in another order than before: as few as can be moved to make one order of the other.
fn reordered<'a>(known: &HashMap<&str, &View>, after: &'a [View]) -> BTreeSet<&'a str> {
    let mut by_deck: HashMap<&str, Vec<(&'a str, i64)>> = HashMap::default();
    for view in after {
        let old = known.get(view.guid.as_str()).filter(|old| old.deck == view.deck);
        if let Some(old) = old {
            by_deck.entry(&view.deck).or_default().push((&view.guid, old.order));
        }
    }
    let mut moved = BTreeSet::new();
    for notes in by_deck.into_values() {
        let orders: Vec<Option<i64>> = notes.iter().map(|(_, order)| Some(*order)).collect();
        let kept = crate::identity::places::longest_rising(&orders);
        moved.extend(notes.iter().zip(kept).filter(|(_, kept)| kept.is_none()).map(|((guid, _), _)| *guid));
    }
    moved
}

/// The notes of decks, as a learner would get them.
#[must_use]
pub fn views_of_decks<'a>(decks: impl IntoIterator<Item = (String, &'a RenderedDeck)>) -> Vec<View> {
    let mut views = Vec::new();
    for (source, deck) in decks {
        for (note, order) in deck.notes.iter().zip(0..) {
            let faces = Faces::of(note);
            views.push(View {
                guid: note.guid.clone(),
                deck: deck.deck_of(note).to_owned(),
                section: note.section.clone(),
                source: source.clone(),
                line: Some(note.question_line),
                question: plain_text(&faces.question),
                answer: Some(plain_text(&faces.answer)),
                sketch: Some(Sketch::of(&note.below)),
                content: crate::emit::content(note),
                tags: Some(note.tags.iter().cloned().collect()),
                order,
                ids: vec![note.id],
            });
        }
    }
    views
}

/// The notes of a lock. It has no answers; `built` has those of packages made with it.
#[must_use]
pub fn views_of_lock(lock: &Lock, built: &[View]) -> Vec<View> {
    let built: HashMap<(&str, &str), &View> =
        built.iter().map(|view| ((view.guid.as_str(), view.content.as_str()), view)).collect();
    let view = |entry: &Entry| {
        let packed = built.get(&(entry.guid.as_str(), &*entry.content));
        View {
            guid: entry.guid.clone(),
            deck: entry.deck.to_string(),
            section: entry.section.to_string(),
            source: entry.source.to_string(),
            line: None,
            question: packed.map_or_else(|| entry.question.replace('`', ""), |view| view.question.clone()),
            answer: packed.and_then(|view| view.answer.clone()),
            sketch: Some(entry.answer.clone()),
            content: entry.content.to_string(),
            tags: packed.and_then(|view| view.tags.clone()),
            order: entry.id(),
            ids: entry.ids.to_vec(),
        }
    };
    lock.live().map(view).collect()
}

/// A run of words of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Whether it was taken out, put in, or stands in both.
    pub op: Op,
    /// The words, with the white space between them.
    pub text: String,
}

/// What became of a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// It stands in both.
    Equal,
    /// It was taken out.
    Delete,
    /// It was put in.
    Insert,
}

/// Compares two texts word by word.
#[must_use]
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    let diff = TextDiff::from_unicode_words(old, new);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let op = match change.tag() {
            ChangeTag::Equal => Op::Equal,
            ChangeTag::Delete => Op::Delete,
            ChangeTag::Insert => Op::Insert,
        };
        match pieces.last_mut().filter(|last| last.op == op) {
            Some(last) => last.text.push_str(change.value()),
            None => pieces.push(Piece { op, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(guid: &str, section: &str, question: &str, answer: &str, order: i64) -> View {
        View {
            guid: guid.to_owned(),
            deck: "d".to_owned(),
            section: section.to_owned(),
            question: question.to_owned(),
            answer: Some(answer.to_owned()),
            content: format!("{section}{question}{answer}"),
            order,
            ..View::default()
        }
    }

    fn kinds(before: &[View], after: &[View]) -> (Vec<(ChangeKind, String)>, usize) {
        let found = Differences::between(before, after);
        let guid = |change: &Change| change.after.as_ref().or(change.before.as_ref()).map(|view| view.guid.clone());
        (found.changes.iter().map(|change| (change.kind, guid(change).unwrap())).collect(), found.unchanged)
    }

    #[test]
    fn every_note_is_one_of_five_kinds() {
        let before = [
            view("gone", "s", "q0", "a", 0),
            view("same", "s", "q1", "a", 1),
            view("edited", "s", "q2", "a", 2),
            view("elsewhere", "s", "q3", "a", 3),
        ];
        let after = [
            view("same", "s", "q1", "a", 0),
            view("fresh", "s", "q9", "a", 1),
            view("edited", "s", "q2", "b", 2),
            view("elsewhere", "t", "q3", "a", 3),
        ];
        let expected = [
            (ChangeKind::New, "fresh"),
            (ChangeKind::Changed, "edited"),
            (ChangeKind::Moved, "elsewhere"),
            (ChangeKind::Retired, "gone"),
        ];
        let expected = expected.map(|(kind, guid)| (kind, guid.to_owned())).to_vec();
        assert_eq!(kinds(&before, &after), (expected, 1));
    }

    #[test]
    fn of_a_new_order_only_what_moved_is_told() {
        let notes: Vec<View> = (0..5).map(|at| view(&format!("n{at}"), "s", "q", "a", at)).collect();
        let mut after = notes.clone();
        after.rotate_left(1);
        assert_eq!(kinds(&notes, &after), (vec![(ChangeKind::Moved, "n0".to_owned())], 4));
    }

    #[test]
    fn texts_are_compared_word_by_word() {
        let pieces = words("one task at a time", "one job at a time");
        let shown: Vec<(Op, &str)> = pieces.iter().map(|piece| (piece.op, piece.text.as_str())).collect();
        let expected = [(Op::Equal, "one "), (Op::Delete, "task"), (Op::Insert, "job"), (Op::Equal, " at a time")];
        assert_eq!(shown, expected);
    }
}

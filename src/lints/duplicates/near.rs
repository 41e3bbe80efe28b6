//! Questions that ask nearly the same: in the same words, but for those of no weight.

use std::cell::OnceCell;

use crate::deck::Note;
use crate::words;

/// A note to compare with others.
pub(super) struct Near<'a> {
    note: &'a Note,
    look: u64,
    /// Made where the look is not enough: it takes ten times as long.
    key: OnceCell<NearKey>,
}

impl<'a> Near<'a> {
    pub(super) fn new(note: &'a Note) -> Self {
        Self { note, look: look(note), key: OnceCell::new() }
    }

    fn key(&self) -> &NearKey {
        self.key.get_or_init(|| NearKey::of(self.note))
    }

    /// Whether the two notes ask nearly the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.look == other.look && self.key() == other.key()
    }
}

/// The same number for all notes with one [`NearKey`], and nearly always another one for other notes.
pub(super) fn look(note: &Note) -> u64 {
    // A text with gaps may ask nearly the same as a question.
    let key = note.question_key.strip_prefix("{{}} ").unwrap_or(&note.question_key);
    // What has no words has its signs for a key.
    if key == note.marked_title() && NearKey::of(note).is_empty() { 0 } else { words::look(key) }
}

/// What comes twice or more, in order.
pub(super) fn repeated<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    let mut repeated: Vec<T> = Vec::new();
    let mut rest = all.into_iter().peekable();
    while let Some(one) = rest.next() {
        if rest.peek() == Some(&one) && repeated.last() != Some(&one) {
            repeated.push(one);
        }
    }
    repeated
}

/// What two notes have in common when they ask nearly the same.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct NearKey {
    /// With a line end behind each.
    words: String,
    is_comparison: bool,
}

impl NearKey {
    pub(super) fn of(note: &Note) -> Self {
        let mut key = Self { words: String::with_capacity(note.marked_title().len()), is_comparison: false };
        words::each_content_word(note.marked_title(), |word| {
            key.is_comparison |= matches!(&*word, "vs" | "versus" | "difference" | "between" | "compare");
            key.words.push_str(&word);
            key.words.push('\n');
        });
        if key.is_comparison { key.of_comparison() } else { key }
    }

    /// What is compared may stand in either order, and be compared in any of these words.
    fn of_comparison(self) -> Self {
        let is_difference = self.words.lines().any(|word| word == "difference");
        let mut words: Vec<&str> = self.words.lines().collect();
        words.retain(|word| match *word {
            "vs" | "versus" | "difference" | "compare" => false,
            "between" => !is_difference,
            _ => true,
        });
        words.sort_unstable();
        let words = words.iter().flat_map(|word| [word, "\n"]).collect();
        Self { words, is_comparison: true }
    }

    /// Whether all its words are of no weight.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

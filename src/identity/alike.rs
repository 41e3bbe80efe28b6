//! Notes that were edited: what no question word by word accounts for, compared by the words of the question, the answer
//! and the place. The best of all pairs wins; where two are as good, nothing is guessed.
//!
//! One differing word of weight tells two questions apart (`slice`, `splice`), unless the answers are mostly the same.
//! How much two answers have in common counts only as far as it is more than other answers of the file have: the frame
//! that all of them share tells nothing.

mod question;
mod settle;

use foldhash::HashMap;
use rayon::prelude::*;

use super::follow::{Age, Matches, Seen, Sides};
use super::lock::Entry;
use super::sketch::Sketch;
use question::{Comparison, Question};
pub(super) use settle::Edited;

/// Answers that share so much beyond what others share are one answer, edited.
const SAME_ANSWER: f64 = 0.5;

/// An answer that shares less has nothing to do with the other.
const SOMEWHAT: f64 = 0.4;

/// From here on nobody would take the answers for two.
const SURELY_SAME: f64 = 0.75;

/// What any two answers of one subject share.
const ALWAYS_SHARED: f64 = 0.15;

/// An answer that so many others nearly equal is none of its own.
const EVERYBODYS: f64 = 0.9;

/// Fewer different words make no answer of one's own: "yes" and "see above" answer much.
pub(super) const OWN_ANSWER: u32 = 8;

/// Of the entries that share something with a note, so many are compared, those with the rarest in common first.
const MOST_COMPARED: usize = 16;

/// What more notes than this have in common tells none of them.
const COMMONPLACE: usize = 64;

/// So many answers of a file are looked at for what all of them share.
const SAMPLE: usize = 64;

/// So many different words make an answer that is known again by itself.
const LONG_ANSWER: u32 = 25;

/// What is compared of a note or an entry.
struct Side {
    question: Question,
    answer: Option<Sketch>,
    /// What the code below the question comes to.
    code: Option<Box<str>>,
    /// Others ask in the same words.
    shares_title: bool,
}

/// Something two sides may have in common.
#[derive(PartialEq, Eq, Hash)]
enum Trait {
    Word(String),
    /// Words that stand together.
    Words(String, String),
    /// The whole question without white space.
    Letters(String),
    Answer(usize, [u16; 2]),
    Place(String, String, u64),
}

/// A note and an entry that have something in common.
struct Pair {
    note: usize,
    entry: usize,
    score: f64,
    kind: Kind,
}

/// What a pair comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The two are one note, and no other can be meant.
    Sure,
    /// The two are one note if no other pair says otherwise.
    Likely,
    /// A part of one may be the other: enough to doubt a likely pair, not to make one.
    Part,
    /// They read much alike, but are two notes.
    Alike,
}

/// Finds edited notes with their entries, and says where it can't be told.
pub(super) fn edited(sides: &Sides<'_>, matches: &mut Matches, age: Age) -> Edited {
    // Whoever writes an id of their own says which note it is.
    let notes: Vec<(usize, &Seen<'_>)> =
        sides.open_notes(matches).into_iter().filter(|(_, seen)| seen.pin_of_its_own().is_none()).collect();
    let entries = sides.open_entries(matches, age);
    if notes.is_empty() || entries.is_empty() {
        return Edited::default();
    }
    let counts = sides.once();
    let shares_title = |key: &str| counts.get(key).is_some_and(|&(notes, entries)| notes.max(entries) > 1);
    let of_entries: Vec<Side> =
        entries.par_iter().map(|&(at, entry)| Side::of_entry(entry, shares_title(sides.key(at)))).collect();
    let of_notes: Vec<Side> =
        notes.par_iter().map(|&(at, seen)| Side::of_note(sides, at, seen, shares_title(&seen.key))).collect();
    let index = Index::new(&entries, &of_entries);
    let answers = Answers::new(sides, &of_notes);
    let of_note = |(&(note, seen), side): (&(usize, &Seen<'_>), &Side)| -> Vec<Pair> {
        let others = answers.near(seen, side);
        let pair = |at: usize| {
            let (&(entry, known), other) = (entries.get(at)?, of_entries.get(at)?);
            if seen.is_cloze != known.is_cloze {
                return None;
            }
            let place = Place::of(seen, known);
            let answer = answers.compare(side, other, entry, &others);
            let question = Comparison::of(&side.question, &other.question);
            let kind = judge(&question, answer, place, is_told_by_answer(side, other))?;
            Some(Pair { note, entry, score: question.shared + answer.shared + place.score(), kind })
        };
        index.candidates(seen, side).into_iter().filter_map(pair).collect()
    };
    let pairs = notes.par_iter().zip(&of_notes).flat_map_iter(of_note).collect();
    settle::settle(pairs, matches, age)
}

impl Side {
    fn of_entry(entry: &Entry, shares_title: bool) -> Self {
        let question = Question::of(&entry.question);
        Self { question, answer: Some(entry.answer.clone()), code: entry.code.clone(), shares_title }
    }

    fn of_note(sides: &Sides<'_>, note: usize, seen: &Seen<'_>, shares_title: bool) -> Self {
        let question = Question::of(seen.question);
        Self { question, answer: (sides.sketch)(note), code: seen.code.clone(), shares_title }
    }

    fn traits(&self, source: &str, section: &str, number: Option<u64>) -> Vec<Trait> {
        let words = &self.question.words;
        let mut traits: Vec<Trait> = words.iter().cloned().map(Trait::Word).collect();
        traits.extend(words.windows(2).filter_map(|pair| match pair {
            [first, second] => Some(Trait::Words(first.clone(), second.clone())),
            _ => None,
        }));
        traits.push(Trait::Letters(self.question.letters.clone()));
        let answer = self.answer.iter().flat_map(Sketch::pairs);
        traits.extend(answer.map(|(slot, values)| Trait::Answer(slot, values)));
        traits.extend(number.map(|number| Trait::Place(source.to_owned(), section.to_owned(), number)));
        traits
    }
}

/// Several questions read the same, or ask about code: only the answer can tell which is which.
fn is_told_by_answer(note: &Side, entry: &Side) -> bool {
    note.shares_title || entry.shares_title || note.code != entry.code
}

/// The entries by what they may have in common with a note.
struct Index {
    by_trait: HashMap<Trait, Vec<usize>>,
}

impl Index {
    fn new(entries: &[(usize, &Entry)], sides: &[Side]) -> Self {
        let mut by_trait: HashMap<Trait, Vec<usize>> = HashMap::default();
        for (at, ((_, entry), side)) in entries.iter().zip(sides).enumerate() {
            for of_entry in side.traits(&entry.source, &entry.section, entry.number) {
                let having = by_trait.entry(of_entry).or_default();
                if having.last() != Some(&at) && having.len() <= COMMONPLACE {
                    having.push(at);
                }
            }
        }
        Self { by_trait }
    }

    /// The entries most worth a comparison.
    fn candidates(&self, seen: &Seen<'_>, side: &Side) -> Vec<usize> {
        let mut weights: HashMap<usize, f64> = HashMap::default();
        for of_note in side.traits(seen.source, seen.section, seen.number) {
            let Some(having) = self.by_trait.get(&of_note).filter(|having| having.len() <= COMMONPLACE) else {
                continue;
            };
            #[expect(clippy::cast_precision_loss, reason = "64 at most")]
            let weight = 1.0 / having.len() as f64;
            for &at in having {
                *weights.entry(at).or_default() += weight;
            }
        }
        let mut found: Vec<(usize, f64)> = weights.into_iter().collect();
        found.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        found.truncate(MOST_COMPARED);
        found.into_iter().map(|(at, _)| at).collect()
    }
}

/// What two answers have in common.
#[derive(Debug, Clone, Copy)]
struct Answer {
    /// Beyond what answers of the file share anyway: 0 to 1.
    shared: f64,
    /// Of all their words.
    raw: f64,
    /// They are the same, word by word.
    is_same: bool,
    /// They have words enough to be an answer to this question and no other.
    is_own: bool,
    /// They are so long that an edited one is known without its question.
    is_long: bool,
    /// They are the same, and no other answer is.
    is_unique: bool,
}

/// The answers of a lock: how much those of a file have in common, and which come more than once.
struct Answers<'a> {
    entries: &'a [Entry],
    by_source: HashMap<&'a str, Vec<usize>>,
    /// How many entries and open notes have an answer.
    counts: HashMap<&'a Sketch, (usize, usize)>,
}

impl<'a> Answers<'a> {
    fn new(sides: &Sides<'a>, notes: &'a [Side]) -> Self {
        let mut by_source: HashMap<&str, Vec<usize>> = HashMap::default();
        let mut counts: HashMap<&Sketch, (usize, usize)> = HashMap::default();
        for (at, entry) in sides.entries.iter().enumerate() {
            by_source.entry(&entry.source).or_default().push(at);
            counts.entry(&entry.answer).or_default().0 += 1;
        }
        for answer in notes.iter().filter_map(|note| note.answer.as_ref()) {
            counts.entry(answer).or_default().1 += 1;
        }
        Self { entries: sides.entries, by_source, counts }
    }

    /// How much an answer has in common with others of its file, the most first.
    fn near(&self, seen: &Seen<'_>, side: &Side) -> Vec<(usize, f64)> {
        let of_source = self.by_source.get(seen.source).filter(|of_source| of_source.len() > 1);
        let all = of_source.map_or(self.entries.len(), Vec::len);
        let step = all.div_ceil(SAMPLE).max(1);
        let sample =
            (0..all).step_by(step).map(|at| of_source.and_then(|of_source| of_source.get(at)).copied().unwrap_or(at));
        let likeness = |at: usize| Some((at, side.answer.as_ref()?.likeness(&self.entries.get(at)?.answer)));
        let mut near: Vec<(usize, f64)> = sample.filter_map(likeness).collect();
        near.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        near
    }

    fn compare(&self, note: &Side, entry: &Side, index: usize, near: &[(usize, f64)]) -> Answer {
        // An answer without a word, as one that is a picture, is like no other.
        let both = note.answer.as_ref().zip(entry.answer.as_ref());
        let Some((new, old)) = both.filter(|(new, old)| new.words().min(old.words()) > 0) else {
            return Answer { shared: 0.0, raw: 0.0, is_same: false, is_own: false, is_long: false, is_unique: false };
        };
        let raw = new.likeness(old);
        // A near twin or two do not make a frame.
        let mut others = near.iter().filter(|(at, _)| *at != index).map(|(_, likeness)| *likeness);
        let frame = others.nth(near.len() / 10).unwrap_or(0.0).max(ALWAYS_SHARED);
        let is_same = new == old;
        let is_unique = is_same && self.counts.get(new) == Some(&(1, 1));
        let words = new.words().min(old.words());
        let is_own = words >= OWN_ANSWER && (frame < EVERYBODYS || is_unique);
        let shared = if is_same { 1.0 } else { ((raw - frame) / (1.0 - frame).max(0.01)).max(0.0) };
        Answer { shared, raw, is_same, is_own, is_long: words >= LONG_ANSWER, is_unique }
    }
}

/// How near the place of a note is to that of an entry.
#[derive(Clone, Copy)]
struct Place {
    same_source: bool,
    same_section: bool,
    same_number: bool,
}

impl Place {
    fn of(seen: &Seen<'_>, entry: &Entry) -> Self {
        let same_source = *seen.source == *entry.source;
        let same_section = same_source && *seen.section == *entry.section;
        let same_number = same_section && seen.number.is_some() && seen.number == entry.number;
        Self { same_source, same_section, same_number }
    }

    fn score(self) -> f64 {
        let of = |is_so: bool, score: f64| if is_so { score } else { 0.0 };
        of(self.same_source, 0.05) + of(self.same_section, 0.1) + of(self.same_number, 0.15)
    }
}

/// What the two come to; `None` if they have too little in common.
fn judge(question: &Comparison, answer: Answer, place: Place, told_by_answer: bool) -> Option<Kind> {
    // Questions that read much alike are worth a word where one is gone and the other new.
    let is_alike = question.common >= 2 && question.shared >= 0.5
        || place.same_number && question.common >= 1 && question.shared >= 0.3;
    let alike = is_alike.then_some(Kind::Alike);
    if answer.is_same {
        let one = answer.is_own && !question.other_numbers
            || !question.other_signs && question.common > 0 && (answer.is_unique || question.replaced == 0);
        return if one { Some(Kind::Sure) } else { alike };
    }
    if told_by_answer && answer.shared < SAME_ANSWER || question.other_signs {
        return alike.filter(|_| !told_by_answer);
    }
    let sure = if answer.shared >= SURELY_SAME { Kind::Sure } else { Kind::Likely };
    match (question.replaced, question.added) {
        // The same words of weight, or no more than typing slips.
        (0, 0) if question.common > 0 && (question.in_order || answer.shared >= SOMEWHAT) => Some(Kind::Sure),
        (0, _) if question.common > 0 && answer.shared >= SOMEWHAT => Some(sure),
        (0, _) if question.common > 0 && answer.raw >= ALWAYS_SHARED => Some(Kind::Part),
        _ if answer.shared >= SAME_ANSWER && answer.is_own => {
            let near = question.shared >= 0.3
                || question.common > 0 && (place.same_number || answer.shared >= SURELY_SAME)
                || answer.is_long && answer.shared >= SURELY_SAME;
            if near { Some(sure) } else { alike }
        }
        _ => alike,
    }
}

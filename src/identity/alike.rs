//! Notes that were edited: what no question word by word accounts for, compared by the words of the question, the answer
//! and the place. The best of all pairs wins; where two are as good, nothing is guessed.
//!
//! One differing word of weight tells two questions apart (`slice`, `splice`), unless the answers are mostly the same.

use std::collections::HashMap;

use super::follow::{Age, Ambiguity, Matches, Seen, Sides};
use super::lock::Entry;
use super::sketch::Sketch;
use crate::words::{self, Likeness};

/// Answers that share so much of their words are one answer, edited. Answers to different questions of one subject share
/// a third; with 32 slots an estimate of this height comes of a true half only one time in ten.
const SAME_ANSWER: f64 = 0.6;

/// An answer that shares less has nothing to do with the other.
const SOMEWHAT: f64 = 0.4;

/// Fewer different words make no answer of one's own: "yes" and "see above" answer much.
const OWN_ANSWER: u32 = 8;

/// A pair that is no better than another by this much is not surely the right one.
const MARGIN: f64 = 0.06;

/// Of the entries that share something with a note, so many are compared, those with the rarest in common first.
const MOST_COMPARED: usize = 16;

/// What more notes than this have in common tells none of them.
const COMMONPLACE: usize = 64;

/// What is compared of a note or an entry.
struct Side {
    words: Vec<String>,
    answer: Option<Sketch>,
    /// What the code below the question comes to.
    code: Option<String>,
    /// Others ask in the same words.
    shares_title: bool,
}

/// Something two sides may have in common.
#[derive(PartialEq, Eq, Hash)]
enum Trait {
    Word(String),
    /// Words that stand together.
    Words(String, String),
    Answer(usize, [u16; 2]),
    Place(String, String, u64),
}

struct Pair {
    note: usize,
    entry: usize,
    score: f64,
}

/// Matches edited notes with their entries, and says where it can't be told.
pub(super) fn edited(sides: &Sides<'_>, matches: &mut Matches, age: Age) -> Vec<Ambiguity> {
    // Whoever writes an id of their own says which note it is.
    let notes: Vec<(usize, &Seen<'_>)> =
        sides.open_notes(matches).into_iter().filter(|(_, seen)| seen.pin.is_none()).collect();
    let entries = sides.open_entries(matches, age);
    if notes.is_empty() || entries.is_empty() {
        return Vec::new();
    }
    let counts = sides.once();
    let shares_title = |key: &str| counts.get(key).is_some_and(|&(notes, entries)| notes.max(entries) > 1);
    let of_entries: Vec<Side> =
        entries.iter().map(|&(at, entry)| Side::of_entry(entry, shares_title(sides.key(at)))).collect();
    let index = Index::new(&entries, &of_entries);
    let mut pairs: Vec<Pair> = Vec::new();
    for &(note, seen) in &notes {
        let side = Side {
            words: words::content_words(seen.question),
            answer: (sides.sketch)(note),
            code: seen.code.clone(),
            shares_title: shares_title(&seen.key),
        };
        for at in index.candidates(seen, &side) {
            let (Some(&(entry, known)), Some(other)) = (entries.get(at), of_entries.get(at)) else { continue };
            let place = Place::of(seen, known);
            if let Some(score) = score(&side, other, place, age) {
                pairs.push(Pair { note, entry, score });
            }
        }
    }
    settle(pairs, matches)
}

impl Side {
    fn of_entry(entry: &Entry, shares_title: bool) -> Self {
        let words = words::content_words(&entry.question);
        Self { words, answer: Some(entry.answer.clone()), code: entry.code.clone(), shares_title }
    }

    fn traits(&self, source: &str, section: &str, number: Option<u64>) -> Vec<Trait> {
        let mut traits: Vec<Trait> = self.words.iter().cloned().map(Trait::Word).collect();
        traits.extend(self.words.windows(2).filter_map(|pair| match pair {
            [first, second] => Some(Trait::Words(first.clone(), second.clone())),
            _ => None,
        }));
        let answer = self.answer.iter().flat_map(Sketch::pairs);
        traits.extend(answer.map(|(slot, values)| Trait::Answer(slot, values)));
        traits.extend(number.map(|number| Trait::Place(source.to_owned(), section.to_owned(), number)));
        traits
    }
}

/// The entries by what they may have in common with a note.
struct Index {
    by_trait: HashMap<Trait, Vec<usize>>,
}

impl Index {
    fn new(entries: &[(usize, &Entry)], sides: &[Side]) -> Self {
        let mut by_trait: HashMap<Trait, Vec<usize>> = HashMap::new();
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
        let mut weights: HashMap<usize, f64> = HashMap::new();
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

/// How near the place of a note is to that of an entry.
#[derive(Clone, Copy)]
struct Place {
    same_source: bool,
    same_section: bool,
    same_number: bool,
}

impl Place {
    fn of(seen: &Seen<'_>, entry: &Entry) -> Self {
        let same_source = seen.source == entry.source;
        let same_section = same_source && seen.section == entry.section;
        let same_number = same_section && seen.number.is_some() && seen.number == entry.number;
        Self { same_source, same_section, same_number }
    }

    fn score(self) -> f64 {
        let of = |is_so: bool, score: f64| if is_so { score } else { 0.0 };
        of(self.same_source, 0.05) + of(self.same_section, 0.1) + of(self.same_number, 0.15)
    }
}

/// How surely the two are one note; `None` if they are not.
fn score(note: &Side, entry: &Side, place: Place, age: Age) -> Option<f64> {
    let question = words::likeness(&note.words, &entry.words);
    let answers = note.answer.as_ref().zip(entry.answer.as_ref());
    let answer = answers.map_or(0.0, |(new, old)| new.likeness(old));
    let own = answers.is_some_and(|(new, old)| new.words().min(old.words()) >= OWN_ANSWER);
    let is_one = if answer >= 1.0 {
        same_answer(question, own, place, age)
    } else {
        let told_by_answer = note.shares_title || entry.shares_title || note.code != entry.code;
        (!told_by_answer || answer >= SOMEWHAT)
            && !have_other_numbers(&note.words, &entry.words)
            && other_answer(question, answer, own, place)
    };
    is_one.then(|| question.shared + answer + place.score())
}

/// React 18 and 19, L1 and L2, 301 and 302 are never the same, however much their answers have in common.
fn have_other_numbers(left: &[String], right: &[String]) -> bool {
    let has_number = |word: &&String| word.contains(|letter: char| letter.is_ascii_digit());
    let lacks = |words: &[String], of: &[String]| of.iter().filter(has_number).any(|word| !words.contains(word));
    lacks(left, right) && lacks(right, left)
}

/// The answer is the same: the question may say what it likes, if the answer is one that answers nothing else.
fn same_answer(question: Likeness, own: bool, place: Place, age: Age) -> bool {
    let near = place.same_number && age == Age::Live;
    own || question.shared >= 0.5 || near && question.common > 0
}

/// The answer was edited, or is another one.
fn other_answer(question: Likeness, answer: f64, own: bool, place: Place) -> bool {
    let replaced = question.only_left.min(question.only_right);
    let added = question.only_left.max(question.only_right) - replaced;
    match (replaced, added) {
        // The same words of weight, or no more than typing slips.
        (0, 0) if question.common > 0 => true,
        (0, _) if question.common > 0 => answer >= SOMEWHAT,
        _ => answer >= SAME_ANSWER && own && (question.shared >= 0.3 || place.same_number || answer >= 0.9),
    }
}

/// The best pairs first. A pair with a rival that is nearly as good, and has nothing better itself, decides nothing.
fn settle(mut pairs: Vec<Pair>, matches: &mut Matches) -> Vec<Ambiguity> {
    pairs.sort_by(|left, right| {
        right.score.total_cmp(&left.score).then((left.note, left.entry).cmp(&(right.note, right.entry)))
    });
    let mut of_note: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut of_entry: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, pair) in pairs.iter().enumerate() {
        of_note.entry(pair.note).or_default().push(at);
        of_entry.entry(pair.entry).or_default().push(at);
    }
    let mut given_up = GivenUp::default();
    let mut ambiguous = Vec::new();
    for pair in &pairs {
        let open = |other: &Pair| {
            matches.is_open_note(other.note) && matches.is_open_entry(other.entry) && !given_up.has(other)
        };
        if !open(pair) {
            continue;
        }
        let others = |list: Option<&Vec<usize>>| {
            let all = list.into_iter().flatten().filter_map(|&at| pairs.get(at));
            all.filter(|other| open(other)).collect::<Vec<_>>()
        };
        let same_note = others(of_note.get(&pair.note));
        let same_entry = others(of_entry.get(&pair.entry));
        let close = |other: &&&Pair| other.score > pair.score - MARGIN;
        // Whether the far side of a rival is better off elsewhere.
        let has_better = |rival: &Pair, list: Option<&Vec<usize>>| {
            others(list).iter().any(|other| other.score > rival.score && !std::ptr::eq(*other, pair))
        };
        let rival_entries = same_note.iter().filter(close).filter(|rival| rival.entry != pair.entry);
        let rival_entries: Vec<usize> = rival_entries
            .filter(|rival| !has_better(rival, of_entry.get(&rival.entry)))
            .map(|rival| rival.entry)
            .collect();
        let rival_notes = same_entry.iter().filter(close).filter(|rival| rival.note != pair.note);
        let rival_notes: Vec<usize> =
            rival_notes.filter(|rival| !has_better(rival, of_note.get(&rival.note))).map(|rival| rival.note).collect();
        if rival_entries.is_empty() && rival_notes.is_empty() {
            matches.take(pair.note, pair.entry);
            continue;
        }
        let sorted = |first: usize, mut rest: Vec<usize>| {
            rest.push(first);
            rest.sort_unstable();
            rest
        };
        let unclear = Ambiguity { notes: sorted(pair.note, rival_notes), entries: sorted(pair.entry, rival_entries) };
        given_up.add(&unclear);
        ambiguous.push(unclear);
    }
    ambiguous
}

/// What is part of an ambiguity takes part in nothing else.
#[derive(Default)]
struct GivenUp {
    notes: std::collections::HashSet<usize>,
    entries: std::collections::HashSet<usize>,
}

impl GivenUp {
    fn has(&self, pair: &Pair) -> bool {
        self.notes.contains(&pair.note) || self.entries.contains(&pair.entry)
    }

    fn add(&mut self, ambiguity: &Ambiguity) {
        self.notes.extend(&ambiguity.notes);
        self.entries.extend(&ambiguity.entries);
    }
}

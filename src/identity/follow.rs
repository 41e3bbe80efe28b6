//! Which note is which of the last build. First by what a note surely is: an id its author wrote, the same question in
//! the same place or elsewhere. What is then left on both sides may have been edited: see `alike`.
//!
//! Every step joins by hash, so that the time grows with the number of notes, not with its square.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use hashbrown::{HashTable, hash_table};
use rayon::prelude::*;

use super::alike;
use super::lock::Entry;
use super::sketch::Sketch;

/// A note of the sources, as far as it is needed to tell which one it is.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The id its author wrote beside it.
    pub pin: Option<Cow<'a, str>>,
    /// Path of its source from the folder of the lock, with forward slashes.
    pub source: &'a str,
    /// Title of its section.
    pub section: &'a str,
    /// The number before its question.
    pub number: Option<u64>,
    /// Its question as plain text, code between backticks.
    pub question: &'a str,
    /// What its question has in common with another that asks the same.
    pub key: Cow<'a, str>,
    /// What the code below its question comes to.
    pub code: Option<Box<str>>,
    /// Whether it is a text with gaps, which is never a note that was none, whatever else the two have in common.
    pub is_cloze: bool,
}

impl Seen<'_> {
    /// The id that says of it that it is no other note; the attribute of a heading does not, it is named for its place.
    pub(super) fn pin_of_its_own(&self) -> Option<&str> {
        self.pin.as_deref().filter(|pin| !pin.starts_with('#'))
    }
}

/// What became of the notes of a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// For each note seen, the entry it is; none if it is new.
    pub entries: Vec<Option<usize>>,
    /// Where it could not be told.
    pub ambiguous: Vec<Ambiguity>,
    /// A note that is new, and an entry that is gone, which read much alike.
    pub alike: Vec<(usize, usize)>,
}

/// Notes and entries that may belong together in more than one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// Indices of notes seen, rising.
    pub notes: Vec<usize>,
    /// Indices of entries, rising.
    pub entries: Vec<usize>,
}

/// Both sides, and what is needed to compare them.
pub(super) struct Sides<'a> {
    pub(super) entries: &'a [Entry],
    /// Of each entry's question; most are those of notes.
    keys: Vec<Cow<'a, str>>,
    pub(super) seen: &'a [Seen<'a>],
    /// What a note's answer comes to; none where it has none.
    pub(super) sketch: &'a (dyn Fn(usize) -> Option<Sketch> + Sync),
}

/// What is decided so far.
pub(super) struct Matches {
    of_note: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Matches {
    pub(super) fn is_open_note(&self, note: usize) -> bool {
        self.of_note.get(note) == Some(&None)
    }

    /// How many notes are open.
    fn open_notes(&self) -> usize {
        self.of_note.iter().filter(|entry| entry.is_none()).count()
    }

    pub(super) fn is_open_entry(&self, entry: usize) -> bool {
        self.taken.get(entry) == Some(&false)
    }

    pub(super) fn take(&mut self, note: usize, entry: usize) {
        if let (Some(slot), Some(taken)) = (self.of_note.get_mut(note), self.taken.get_mut(entry)) {
            *slot = Some(entry);
            *taken = true;
        }
    }
}

/// Says of each note which entry it is. `sketch` gives what a note's answer comes to; it is asked only where needed.
#[must_use]
pub fn follow(entries: &[Entry], seen: &[Seen<'_>], sketch: &(dyn Fn(usize) -> Option<Sketch> + Sync)) -> Followed {
    let sides = Sides { entries, keys: keys(entries, seen), seen, sketch };
    let mut matches = Matches { of_note: vec![None; seen.len()], taken: vec![false; entries.len()] };
    sides.pinned(&mut matches);
    sides.same_question(&mut matches, Age::Live);
    // A question that comes back is the one that went.
    sides.same_question(&mut matches, Age::Retired);
    let live = alike::edited(&sides, &mut matches, Age::Live);
    let retired = alike::edited(&sides, &mut matches, Age::Retired);
    let mut alike = live.alike;
    alike.retain(|(note, _)| matches.is_open_note(*note));
    Followed { entries: matches.of_note, ambiguous: [live.ambiguous, retired.ambiguous].concat(), alike }
}

/// What the question of each entry has in common with another that asks the same.
fn keys<'a>(entries: &[Entry], seen: &'a [Seen<'_>]) -> Vec<Cow<'a, str>> {
    let of_notes: HashSet<&str> = seen.iter().map(|seen| &*seen.key).collect();
    let keys = entries.par_iter().map(Entry::key);
    keys.map(|key| of_notes.get(key.as_str()).copied().map_or(Cow::Owned(key), Cow::Borrowed)).collect()
}

/// Which entries a step looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Notes of the last build.
    Live,
    /// Notes that were gone by then.
    Retired,
}

/// Who has a key: the first, and whether it is the only one.
#[derive(Clone, Copy)]
struct Having {
    first: u32,
    is_alone: bool,
}

/// Who has a key on either side.
struct Sharing {
    note: Having,
    entry: Option<Having>,
}

/// What two notes are compared by, of either side.
struct View<'v> {
    source: &'v str,
    section: &'v str,
    key: &'v str,
    code: Option<&'v str>,
}

/// Source, section, question and code, as far as they count.
type Joined<'v> = (Option<&'v str>, Option<&'v str>, &'v str, Option<Option<&'v str>>);

/// What counts in one step, beside the words of the question.
#[derive(Debug, Clone, Copy)]
enum By {
    /// Its section and its file, and the code below it.
    Place,
    /// Its file, and the code below it.
    File,
    /// Its section and the name of its file, and the code below it.
    FileName,
    /// The code below it.
    Code,
    /// Its file.
    TitleInFile,
    /// Nothing else.
    Title,
}

impl<'v> View<'v> {
    fn of_note(seen: &'v Seen<'_>) -> Self {
        Self { source: seen.source, section: seen.section, key: &seen.key, code: seen.code.as_deref() }
    }

    fn of_entry(entry: &'v Entry, key: &'v str) -> Self {
        Self { source: &entry.source, section: &entry.section, key, code: entry.code.as_deref() }
    }

    /// What counts, of one that is told by it.
    fn where_told(self, by: By, is_told: &dyn Fn(&Self) -> bool) -> Option<Joined<'v>> {
        is_told(&self).then(|| self.by(by))
    }

    fn by(&self, by: By) -> Joined<'v> {
        let (source, section, code) = (Some(self.source), Some(self.section), Some(self.code));
        match by {
            By::Place => (source, section, self.key, code),
            By::File => (source, None, self.key, code),
            By::FileName => (self.source.rsplit('/').next(), section, self.key, code),
            By::Code => (None, None, self.key, code),
            By::TitleInFile => (source, None, self.key, None),
            By::Title => (None, None, self.key, None),
        }
    }
}

impl<'a> Sides<'a> {
    /// What the question of an entry has in common with another that asks the same.
    pub(super) fn key(&self, entry: usize) -> &str {
        self.keys.get(entry).map_or("", |key| key)
    }

    pub(super) fn open_notes(&self, matches: &Matches) -> Vec<(usize, &'a Seen<'a>)> {
        self.seen.iter().enumerate().filter(|(note, _)| matches.is_open_note(*note)).collect()
    }

    pub(super) fn open_entries(&self, matches: &Matches, age: Age) -> Vec<(usize, &'a Entry)> {
        let of_age = |entry: &Entry| entry.retired.is_some() == (age == Age::Retired);
        let all = self.entries.iter().enumerate();
        all.filter(|(index, entry)| of_age(entry) && matches.is_open_entry(*index)).collect()
    }

    /// By the ids authors wrote. An id names its note for good, also one that was gone for a while.
    fn pinned(&self, matches: &mut Matches) {
        let notes = || 0..self.seen.len();
        let entries = || self.entries.iter().enumerate();
        let by_place = |note: usize| {
            let seen = self.seen.get(note)?;
            Some((seen.is_cloze, seen.source, seen.pin.as_deref()?))
        };
        let of_place =
            entries().filter_map(|(at, entry)| Some((at, (entry.is_cloze, &*entry.source, entry.pin.as_deref()?))));
        self.join(matches, (notes(), by_place), of_place);
        // An attribute names a place in its file, and in another file another one.
        let by_pin = |note: usize| {
            let seen = self.seen.get(note)?;
            Some((seen.is_cloze, seen.pin_of_its_own()?))
        };
        let of_pin = entries().filter_map(|(at, entry)| Some((at, (entry.is_cloze, entry.pin.as_deref()?))));
        self.join(matches, (notes(), by_pin), of_pin);
        let of_guid = entries().map(|(at, entry)| (at, (entry.is_cloze, entry.guid.as_str())));
        self.join(matches, (notes(), by_pin), of_guid);
    }

    /// By the words of the question: where it stood, elsewhere in the file, elsewhere in the project.
    fn same_question(&self, matches: &mut Matches, age: Age) {
        let (mut notes, entries) = (self.open_notes(matches), self.open_entries(matches, age));
        if notes.is_empty() || entries.is_empty() {
            return;
        }
        if age == Age::Retired {
            self.leave_to_live(matches, &mut notes, &entries);
        }
        let join = |matches: &mut Matches, by: By, is_told: &dyn Fn(&View<'_>) -> bool| {
            let of_note = |note: usize| View::of_note(self.seen.get(note)?).where_told(by, is_told);
            let of_entry = |(at, entry)| Some((at, View::of_entry(entry, self.key(at)).where_told(by, is_told)?));
            let of_entries = entries.iter().copied().filter_map(of_entry);
            self.join(matches, (notes.iter().map(|(note, _)| *note), of_note), of_entries);
        };
        join(matches, By::Place, &|_| true);
        let is_settled = notes.iter().all(|(note, _)| !matches.is_open_note(*note));
        if is_settled || entries.iter().all(|(entry, _)| !matches.is_open_entry(*entry)) {
            return;
        }
        self.same_answer(matches, age);
        // The code below a question may be edited; where several questions read the same it is what tells them apart.
        let once = self.once_in_each_source();
        join(matches, By::TitleInFile, &|view| once.get(&(view.source, view.key)) == Some(&(1, 1)));
        join(matches, By::File, &|_| true);
        join(matches, By::Code, &|_| true);
        let once = self.once();
        join(matches, By::Title, &|view| once.get(view.key) == Some(&(1, 1)));
    }

    /// A note with the answer of a live entry is that one reworded, though it now asks what another asked once.
    fn leave_to_live(&self, matches: &Matches, notes: &mut Vec<(usize, &Seen<'_>)>, entries: &[(usize, &Entry)]) {
        let asked: HashSet<&str> = entries.iter().map(|&(at, _)| self.key(at)).collect();
        let live: HashSet<&Sketch> =
            self.open_entries(matches, Age::Live).iter().map(|(_, entry)| &entry.answer).collect();
        let is_answered = |note: usize| {
            (self.sketch)(note).is_some_and(|answer| answer.words() >= alike::OWN_ANSWER && live.contains(&answer))
        };
        notes.retain(|(note, seen)| !(!live.is_empty() && asked.contains(&*seen.key) && is_answered(*note)));
    }

    /// Several notes ask the same: by their answers, word by word. In the same place first, then in a file of the same
    /// name.
    fn same_answer(&self, matches: &mut Matches, age: Age) {
        let (notes, entries) = (self.open_notes(matches), self.open_entries(matches, age));
        let asked: HashSet<&str> = entries.iter().map(|&(at, _)| self.key(at)).collect();
        let notes: Vec<(usize, View<'_>, Sketch)> = notes
            .iter()
            .filter(|(_, seen)| asked.contains(&*seen.key))
            .filter_map(|&(note, seen)| Some((note, View::of_note(seen), (self.sketch)(note)?)))
            .collect();
        for by in [By::Place, By::FileName, By::Code] {
            let of_notes = notes.iter().map(|(note, view, answer)| (*note, (view.by(by), answer)));
            let of_entries =
                entries.iter().map(|&(at, entry)| (at, (View::of_entry(entry, self.key(at)).by(by), &entry.answer)));
            self.join_in_order(matches, of_notes, of_entries);
        }
    }

    /// The same for each source.
    fn once_in_each_source(&self) -> HashMap<(&str, &str), (usize, usize)> {
        let mut counts: HashMap<(&str, &str), (usize, usize)> = HashMap::default();
        self.seen.iter().for_each(|seen| counts.entry((seen.source, &*seen.key)).or_default().0 += 1);
        let entries = self.entries.iter().zip(&self.keys);
        entries.for_each(|(entry, key)| counts.entry((&*entry.source, &**key)).or_default().1 += 1);
        counts
    }

    /// How many notes and how many entries ask each question.
    pub(super) fn once(&self) -> HashMap<&str, (usize, usize)> {
        let mut counts: HashMap<&str, (usize, usize)> = HashMap::default();
        self.seen.iter().for_each(|seen| counts.entry(&*seen.key).or_default().0 += 1);
        self.keys.iter().for_each(|key| counts.entry(&**key).or_default().1 += 1);
        counts
    }

    /// Matches what alone has a key on each side and is still open; what several have is left for a later step. A key is as
    /// long as the words of a question and more: none is kept but made again of its note.
    fn join<K: Hash + Eq>(
        &self,
        matches: &mut Matches,
        (notes, key_of): (impl Iterator<Item = usize>, impl Fn(usize) -> Option<K>),
        entries: impl Iterator<Item = (usize, K)>,
    ) {
        let mut notes = notes.filter(|&note| key_of(note).is_some()).peekable();
        if notes.peek().is_none() {
            return;
        }
        let random = RandomState::default();
        let key_of_first = |sharing: &Sharing| key_of(sharing.note.first as usize);
        let hash_of = |sharing: &Sharing| key_of_first(sharing).map_or(0, |key| random.hash_one(key));
        let mut shared: HashTable<Sharing> = HashTable::with_capacity(matches.open_notes());
        let having = |at: usize| u32::try_from(at).ok().map(|first| Having { first, is_alone: true });
        for note in notes.filter(|&note| matches.is_open_note(note)) {
            let Some((key, having)) = key_of(note).zip(having(note)) else { continue };
            match shared.entry(random.hash_one(&key), |other| key_of_first(other).as_ref() == Some(&key), hash_of) {
                hash_table::Entry::Occupied(mut others) => others.get_mut().note.is_alone = false,
                hash_table::Entry::Vacant(free) => drop(free.insert(Sharing { note: having, entry: None })),
            }
        }
        for (entry, key) in entries.filter(|(entry, _)| matches.is_open_entry(*entry)) {
            let sharing = shared.find_mut(random.hash_one(&key), |other| key_of_first(other).as_ref() == Some(&key));
            match sharing.map(|sharing| &mut sharing.entry) {
                Some(Some(others)) => others.is_alone = false,
                Some(none) => *none = having(entry),
                None => {}
            }
        }
        let alone = |having: Having| having.is_alone.then_some(having.first as usize);
        for Sharing { note, entry } in shared {
            if let Some((note, entry)) = alone(note).zip(entry.and_then(alone))
                && self.may_match(note, entry)
            {
                matches.take(note, entry);
            }
        }
    }

    /// Matches what has the same key on both sides and is still open. Those that several have are alike in all that matters:
    /// the first goes with the first.
    fn join_in_order<K: Hash + Eq>(
        &self,
        matches: &mut Matches,
        notes: impl Iterator<Item = (usize, K)>,
        entries: impl Iterator<Item = (usize, K)>,
    ) {
        let mut sides: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::default();
        for (note, key) in notes.filter(|(note, _)| matches.is_open_note(*note)) {
            sides.entry(key).or_default().0.push(note);
        }
        for (entry, key) in entries.filter(|(entry, _)| matches.is_open_entry(*entry)) {
            if let Some((_, of_key)) = sides.get_mut(&key) {
                of_key.push(entry);
            }
        }
        for (notes, mut entries) in sides.into_values() {
            // The lock is sorted by guid; Anki's numbers rise in the order of the source.
            entries.sort_by_key(|&entry| self.entries.get(entry).map(Entry::id));
            for (note, entry) in notes.into_iter().zip(entries).filter(|pair| self.may_match(pair.0, pair.1)) {
                matches.take(note, entry);
            }
        }
    }

    /// Two different ids are two notes, whatever else they have in common.
    fn may_match(&self, note: usize, entry: usize) -> bool {
        let pin = self.seen.get(note).and_then(|seen| seen.pin_of_its_own());
        let entry = self.entries.get(entry);
        let other = entry.and_then(|entry| entry.pin.as_deref()).filter(|pin| !pin.starts_with('#'));
        let is_guid = entry.is_some_and(|entry| pin == Some(&entry.guid));
        pin.is_none() || other.is_none() || pin == other || is_guid
    }
}

#[cfg(test)]
mod tests;

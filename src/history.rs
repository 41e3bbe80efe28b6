//! What changed since the last build. A rendered deck is compared with the lock: each note gets the time its content last
//! changed and Anki's number for it, and the lock becomes what it is after this build.
//!
//! Nothing here reads the clock unless a note is new, changed or gone.

mod subdecks;

use std::time::{Duration, SystemTime};

use foldhash::HashSet;
use rayon::prelude::*;

use crate::deck::{Note, NoteKind};
use crate::emit;
use crate::identity::lock::{ByGuid, Entry, Lock, LockedStyle, NextLock};
use crate::identity::places::{first, places};
use crate::identity::sketch::Sketch;
use crate::identity::{MODIFIED, code_key};
use crate::parsed::Parsed;
use crate::render::{RenderedDeck, RenderedNote};
use crate::settings;
use crate::source::Sources;

use subdecks::Subdecks;

/// A time later than this is no clock that is a little fast, in seconds.
const CLOCKS_DIFFER: i64 = 24 * 60 * 60;

/// When now is: what the environment variable `SOURCE_DATE_EPOCH` says, or the system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    given: Option<i64>,
}

/// `SOURCE_DATE_EPOCH` holds no time that a note can have changed at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// It holds no time.
    #[error("the environment variable `SOURCE_DATE_EPOCH` is `{value}`, which is no number of seconds since 1970")]
    NoTime {
        /// What it holds.
        value: String,
    },
    /// A note of that time would win over every edit a learner makes until then.
    #[error("the environment variable `SOURCE_DATE_EPOCH` is `{value}`, a time that has not come")]
    Future {
        /// What it holds.
        value: String,
    },
}

impl Clock {
    /// A clock that stands still, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: i64) -> Self {
        Self { given: Some(seconds) }
    }

    /// The clock of this run; see <https://reproducible-builds.org/specs/source-date-epoch/>.
    ///
    /// # Errors
    /// When the variable is set to anything but seconds since 1970.
    pub fn from_environment() -> Result<Self, ClockError> {
        let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else {
            return Ok(Self::default());
        };
        let latest = system_time().max(MODIFIED) + CLOCKS_DIFFER;
        let seconds = value.to_str().and_then(|value| value.parse().ok()).filter(|seconds| *seconds >= 0);
        match seconds {
            Some(seconds) if seconds <= latest => Ok(Self::at(seconds)),
            Some(_) => Err(ClockError::Future { value: value.to_string_lossy().into_owned() }),
            None => Err(ClockError::NoTime { value: value.to_string_lossy().into_owned() }),
        }
    }

    fn now(self) -> i64 {
        self.given.unwrap_or_else(system_time)
    }

    /// A time for something that changed after `earlier`: now, and later than then.
    fn after(self, earlier: i64) -> i64 {
        self.now().max(earlier.saturating_add(1))
    }

    /// Waits until a time has come. Two changes within one second need two times, and a note must not come from the
    /// future: it would win over every edit a learner makes until then.
    fn wait_for(self, time: i64) {
        const LONGEST: i64 = 2;
        let ahead = time.saturating_sub(system_time());
        if self.given.is_none() && (1..=LONGEST).contains(&ahead) {
            std::thread::sleep(Duration::from_secs(ahead.unsigned_abs()));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the time of a change is the one thing a build asks the clock for")]
fn system_time() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Whether the clock is later than deckc.
pub(crate) fn is_clock_right() -> bool {
    system_time() >= MODIFIED
}

/// The entries of a lock that were changed in a future that has not come: some clock was or is wrong.
#[must_use]
pub fn from_the_future<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<Entry> {
    // A clock that is older than deckc is the one that is wrong.
    let latest = if is_clock_right() { system_time() + CLOCKS_DIFFER } else { i64::MAX };
    entries.filter(|entry| entry.modified > latest).cloned().collect()
}

/// A deck of this build.
pub struct Built<'a> {
    /// Path of its source from the folder of the lock, with forward slashes.
    pub source: String,
    /// As read.
    pub file: &'a Parsed,
    /// As rendered.
    pub rendered: &'a mut RenderedDeck,
}

/// What a lock knows of notes that are not built this time.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// Sources that exist, but are not built: paths from the folder of the lock.
    pub sources: HashSet<String>,
    /// The guids of the notes in them.
    pub guids: HashSet<String>,
}

/// What a build changes in a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Guids of notes never built before.
    pub new: Vec<String>,
    /// Guids of notes of which a learner sees something else.
    pub changed: Vec<String>,
    /// Guids of notes that are back.
    pub revived: Vec<String>,
    /// Entries of notes that are gone from the sources.
    pub retired: Vec<Entry>,
}

/// The lock after a build.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// What to write.
    pub lock: NextLock<'a>,
    /// What is new in it.
    pub changes: Changes,
}

/// Compares the rendered decks of a project with its lock, sets the time and the number of each note, and gives the lock as
/// it is after this build. `old` is `None` where the project has no lock yet.
#[must_use]
pub fn record<'a>(
    sources: &'a Sources,
    old: Option<&'a Lock>,
    built: &mut [Built<'_>],
    elsewhere: &Elsewhere,
    clock: Clock,
) -> Record<'a> {
    let mut recorder = Recorder::new(sources, old, clock);
    let mut news = News::default();
    for deck in built.iter_mut() {
        let places = recorder.places(deck.file);
        news.append(recorder.deck(&deck.source, deck.file, &places, deck.rendered));
    }
    let files: Vec<&Parsed> = built.iter().map(|deck| deck.file).collect();
    recorder.finish(&files, news, elsewhere)
}

/// Where a note lies in Anki.
#[derive(Debug, Clone, Hash)]
pub struct Place {
    /// Anki's number for it.
    pub id: i64,
    /// The name of the deck it goes into, where that is another than its file's.
    pub subdeck: Option<Box<str>>,
}

/// A note of which the lock is to say something else than it does.
#[derive(Debug)]
pub struct Recorded {
    entry: Entry,
    change: Option<Change>,
    is_back: bool,
}

/// The notes of a deck of which the lock is to say something else than it does, in their order.
#[derive(Debug, Default)]
pub struct News {
    entries: Vec<Entry>,
    /// Of each entry how its note differs, and whether it is back.
    of_each: Vec<(Option<Change>, bool)>,
}

impl News {
    /// Whether the lock says of all notes what it is to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes room for so many in all.
    pub(crate) fn reserve(&mut self, all: usize) {
        self.entries.reserve_exact(all.saturating_sub(self.entries.len()));
        self.of_each.reserve_exact(all.saturating_sub(self.of_each.len()));
    }

    /// Adds those of another deck. Entries are large, and most locks are of one deck.
    pub(crate) fn append(&mut self, mut other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.entries.append(&mut other.entries);
            self.of_each.append(&mut other.of_each);
        }
    }
}

impl Extend<Recorded> for News {
    fn extend<T: IntoIterator<Item = Recorded>>(&mut self, recorded: T) {
        for Recorded { entry, change, is_back } in recorded {
            self.entries.push(entry);
            self.of_each.push((change, is_back));
        }
    }
}

/// How a note differs from what it was for a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    New,
    Changed,
}

/// Compares the notes of a project with its lock, one by one.
pub struct Recorder<'a> {
    sources: &'a Sources,
    /// None where there is no lock yet.
    old: Option<&'a Lock>,
    by_guid: ByGuid,
    /// Numbers of notes, also of those that are gone.
    taken: HashSet<i64>,
    clock: Clock,
    /// The time of a new note, where it is not now.
    first_time: Option<i64>,
    /// The subdecks of sections.
    subdecks: Subdecks,
}

impl<'a> Recorder<'a> {
    /// `old` is `None` where the project has no lock yet. The notes of a first build get a fixed time of the past: when they
    /// last changed is not known, and a lock that was lost must not make every note newer than what learners made of it.
    #[must_use]
    pub fn new(sources: &'a Sources, old: Option<&'a Lock>, clock: Clock) -> Self {
        let known = old.map_or_else(Default::default, |old| old.entries.as_slice());
        Self {
            sources,
            old,
            by_guid: ByGuid::of(known),
            taken: known.iter().flat_map(|entry| &entry.ids).copied().collect(),
            clock,
            first_time: if old.is_none() && clock.given.is_none() { Some(MODIFIED) } else { None },
            subdecks: Subdecks::default(),
        }
    }

    /// Where the notes of a file lie that make cards. No two files can be given places at once.
    pub fn places(&mut self, file: &Parsed) -> Vec<Place> {
        let id = |note: &Note| self.known(note).map(Entry::id);
        let known: Vec<Option<i64>> = file.deck.studied().map(id).collect();
        let ids = places(&known, first(&file.deck.name), &self.taken);
        self.taken.extend(&ids);
        let subdecks = if file.settings.subdecks == settings::Subdecks::Sections {
            let title = |note: &Note| file.deck.sections.get(note.section).map_or("", |section| section.title.as_str());
            let sections: Vec<&str> = file.deck.studied().map(title).collect();
            let known = self.old.into_iter().flat_map(|old| &old.entries);
            self.subdecks.divide(&file.deck.name, &sections, known)
        } else {
            vec![None; ids.len()]
        };
        ids.into_iter().zip(subdecks).map(|(id, subdeck)| Place { id, subdeck: subdeck.map(Into::into) }).collect()
    }

    /// What the lock says of a note.
    pub(crate) fn known(&self, note: &Note) -> Option<&Entry> {
        self.by_guid.find(&self.old?.entries, &note.guid)
    }

    /// Records the notes of a rendered deck.
    pub(crate) fn deck(&self, source: &str, file: &Parsed, places: &[Place], rendered: &mut RenderedDeck) -> News {
        let notes: Vec<&Note> = file.deck.studied().collect();
        let notes = rendered.notes.par_iter_mut().zip(notes).zip(places);
        let recorded: Vec<Recorded> = notes
            .filter_map(|((rendered, note), place)| self.note(source, &file.deck.name, note, place, rendered))
            .collect();
        let mut news = News::default();
        news.extend(recorded);
        news
    }

    /// Gives a rendered note its number, its deck and its time. `source` is the path of its file from the folder of the lock,
    /// `deck` the name of the deck of its file. None where the lock says all that it is to say of it.
    pub fn note(
        &self,
        source: &str,
        deck: &str,
        note: &Note,
        place: &Place,
        rendered: &mut RenderedNote,
    ) -> Option<Recorded> {
        let before = self.known(note);
        rendered.id = place.id;
        rendered.subdeck = place.subdeck.as_deref().map(str::to_owned);
        let content = emit::content(rendered);
        let change = match before {
            None => Some(Change::New),
            Some(before) => (*before.content != *content).then_some(Change::Changed),
        };
        rendered.modified = match (before, change) {
            (Some(before), None) => before.modified,
            (Some(before), Some(_)) => self.clock.after(before.modified),
            (None, _) => self.first_time.unwrap_or_else(|| self.clock.now()),
        };
        let unchanged = before.filter(|_| change.is_none()).map(|before| before.answer.clone());
        let entry = Entry {
            guid: note.guid.clone(),
            pin: note.pin.as_deref().map(|pin| pin.key().into()),
            source: source.into(),
            deck: place.subdeck.as_deref().unwrap_or(deck).into(),
            section: rendered.section.as_str().into(),
            number: rendered.number.filter(|number| i64::try_from(*number).is_ok()),
            question: note.marked_title().into(),
            code: code_key(self.sources, note),
            answer: unchanged.unwrap_or_else(|| Sketch::of(&note.below(self.sources))),
            content: content.into(),
            ids: ids(place.id, before).into(),
            modified: rendered.modified,
            is_cloze: rendered.kind == NoteKind::Cloze,
            retired: None,
        };
        let is_back = before.is_some_and(|before| before.retired.is_some());
        (before != Some(&entry)).then_some(Recorded { entry, change, is_back })
    }

    /// The lock with what was recorded of the notes of these files.
    #[must_use]
    pub fn finish(self, files: &[&Parsed], news: News, elsewhere: &Elsewhere) -> Record<'a> {
        let mut changes = Changes::default();
        let News { mut entries, of_each } = news;
        let mut latest = 0;
        for (entry, (change, is_back)) in entries.iter().zip(of_each) {
            match change {
                Some(Change::New) => changes.new.push(entry.guid.clone()),
                Some(Change::Changed) => changes.changed.push(entry.guid.clone()),
                None => {}
            }
            changes.revived.extend(is_back.then(|| entry.guid.clone()));
            latest = latest.max(change.map_or(0, |_| entry.modified));
        }
        let notes = || files.iter().flat_map(|file| &file.deck.notes);
        let built: HashSet<&str> = notes().filter(|note| note.is_studied()).map(|note| note.guid.as_str()).collect();
        // A question that lost its answer makes no card, but is not gone.
        let unanswered: HashSet<&str> =
            notes().filter(|note| !note.has_answer()).map(|note| note.guid.as_str()).collect();
        let is_gone = |entry: &Entry| {
            let stays = built.contains(entry.guid.as_str())
                || elsewhere.sources.contains(&*entry.source)
                || elsewhere.guids.contains(&entry.guid)
                || unanswered.contains(entry.guid.as_str());
            !stays && entry.retired.is_none()
        };
        let known = self.old.map_or_else(Default::default, |old| old.entries.as_slice());
        changes.retired = known.iter().filter(|entry| is_gone(entry)).map(|entry| self.retired(entry)).collect();
        self.clock.wait_for(latest);
        entries.extend(changes.retired.iter().cloned());
        Record { lock: NextLock::new((known, self.by_guid), entries), changes }
    }

    fn retired(&self, entry: &Entry) -> Entry {
        Entry { retired: Some(self.clock.now()), ..entry.clone() }
    }
}

/// The style sheet of a project as its lock knows it after a build: with a later time where it changed, for Anki takes no
/// other. None where there is none and never was one.
#[must_use]
pub fn style(old: Option<&Lock>, text: &str, clock: Clock) -> Option<LockedStyle> {
    let before = old.and_then(|lock| lock.style.as_ref());
    if before.is_none() && text.is_empty() {
        return None;
    }
    // What it is put behind counts, too.
    let own = emit::look_modified();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&own.to_le_bytes()).update(text.as_bytes());
    let mut content = hasher.finalize().to_hex().to_string();
    content.truncate(16);
    if let Some(before) = before.filter(|before| before.content == content) {
        return Some(before.clone());
    }
    let earlier = before.map_or(own, |before| before.modified.max(own));
    // As with notes, what a first build finds gets a time of the past.
    let is_first = old.is_none() && clock.given.is_none();
    let modified = if is_first { MODIFIED.max(earlier.saturating_add(1)) } else { clock.after(earlier) };
    clock.wait_for(modified);
    Some(LockedStyle { content, modified })
}

/// Anki's number for the note, and those it had: learners may have imported it under any of them.
fn ids(place: i64, before: Option<&Entry>) -> Vec<i64> {
    // A deck that is sorted anew each week must not fill its lock.
    const MOST: usize = 16;
    let earlier = before.into_iter().flat_map(|before| &before.ids).copied().filter(|&id| id != place);
    std::iter::once(place).chain(earlier).take(MOST).collect()
}

/// What to type into the search of Anki's browser to find notes by their numbers.
#[must_use]
pub fn anki_search<'a>(ids: impl IntoIterator<Item = &'a i64>) -> String {
    let ids: Vec<String> = ids.into_iter().map(i64::to_string).collect();
    format!("nid:{}", ids.join(","))
}

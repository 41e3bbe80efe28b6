//! What a build settles before it renders anything: where decks and notes lie in Anki, and what becomes of the locks.

use foldhash::HashMap;

use super::{Project, ProjectLock};
use crate::deck::Note;
use crate::history::{self, Clock, News, Place, Record, Recorded, Recorder};
use crate::identity::lock::{Entry, LockedStyle};
use crate::parsed::Parsed;
use crate::render::{Placing, RenderedNote, Style};

impl Project {
    /// Where the decks of the named files and their notes lie in Anki, which is known before they are rendered.
    #[must_use]
    pub fn plan(&self, clock: Clock) -> Plan<'_> {
        let known = self.locks.iter().map(|lock| lock.known.entries());
        let mut recorders: Vec<Recorder<'_>> = known.map(|known| Recorder::new(&self.sources, known, clock)).collect();
        let locked = |lock: &ProjectLock| {
            let text = lock.style.as_ref().map_or("", |style| style.text.as_str());
            let locked = history::style(lock.known.entries(), text, clock)?;
            Some((Style { text: text.to_owned(), modified: locked.modified }, locked))
        };
        let (styles, locked): (Vec<Option<Style>>, Vec<Option<LockedStyle>>) =
            self.locks.iter().map(|lock| locked(lock).unzip()).unzip();
        let after = self.notes_before();
        let decks = self.files.iter().enumerate().map(|(at, file)| {
            let lock = self.of_file.get(at).copied().unwrap_or_default();
            let placing = Placing {
                id: file.settings.deck_id,
                after: after.get(at).copied().unwrap_or_default(),
                style: styles.get(lock).cloned().flatten(),
            };
            let notes = recorders.get_mut(lock).map_or_else(Vec::new, |recorder| recorder.places(file));
            PlannedDeck { lock, source: self.path_in_lock(at), placing, notes }
        });
        let decks = decks.collect();
        Plan { project: self, recorders, locked, decks }
    }

    /// For each named file, how many notes come before its own in its deck. Files that go into one deck are learned one after
    /// the other, in the order of their paths, also when only some of them are built.
    fn notes_before(&self) -> Vec<usize> {
        let mut before = vec![0; self.files.len()];
        for (index, lock) in self.locks.iter().enumerate() {
            let named =
                self.files_of(index).filter_map(|at| Some((self.path_in_lock(at), self.files.get(at)?, Some(at))));
            let unnamed = lock.unnamed.iter().map(|(path, file)| (path.clone(), file, None));
            let mut files: Vec<(String, &Parsed, Option<usize>)> = named.chain(unnamed).collect();
            files.sort_by(|left, right| left.0.cmp(&right.0));
            let mut notes: HashMap<&str, usize> = HashMap::default();
            for (_, file, at) in files {
                let of_deck = notes.entry(file.deck.name.as_str()).or_default();
                if let Some(before) = at.and_then(|at| before.get_mut(at)) {
                    *before = *of_deck;
                }
                *of_deck += file.deck.studied().count();
            }
        }
        before
    }
}

/// Where the decks of a project and their notes lie in Anki, and what becomes of its locks when they are built.
pub struct Plan<'a> {
    project: &'a Project,
    /// One a lock.
    recorders: Vec<Recorder<'a>>,
    /// What each lock is to say of the style sheet.
    locked: Vec<Option<LockedStyle>>,
    /// Those of the named files, in their order.
    pub(crate) decks: Vec<PlannedDeck>,
}

/// A deck before it is rendered.
#[derive(Hash)]
pub(crate) struct PlannedDeck {
    /// Index into [`Project::locks`].
    pub(crate) lock: usize,
    /// Path of its file from the folder of the lock.
    pub(super) source: String,
    pub(crate) placing: Placing,
    /// Of each note that makes cards, in order.
    pub(crate) notes: Vec<Place>,
}

impl<'a> Plan<'a> {
    pub(super) fn recorder(&self, deck: &PlannedDeck) -> Option<&Recorder<'a>> {
        self.recorders.get(deck.lock)
    }

    /// What the lock says of a note of a deck.
    pub(crate) fn entry(&self, deck: &PlannedDeck, note: &Note) -> Option<&Entry> {
        self.recorder(deck)?.known(note)
    }

    /// Gives a rendered note of a deck what the plan says of it, and tells what the lock is to say of it, if that is new.
    pub(crate) fn record(
        &self,
        (deck, place): (&PlannedDeck, &Place),
        (file, note): (&Parsed, &Note),
        rendered: &mut RenderedNote,
    ) -> Option<Recorded> {
        self.recorder(deck)?.note(&deck.source, &file.deck.name, note, place, rendered)
    }

    /// What each lock is when the notes of all decks were recorded, deck by deck.
    #[must_use]
    pub fn finish(self, news: Vec<News>) -> Vec<Record<'a>> {
        let mut of_locks: Vec<(Vec<&Parsed>, News)> = self.recorders.iter().map(|_| Default::default()).collect();
        for ((deck, file), news) in self.decks.iter().zip(&self.project.files).zip(news) {
            if let Some((files, of_lock)) = of_locks.get_mut(deck.lock) {
                files.push(file);
                of_lock.append(news);
            }
        }
        let locks = self.project.locks.iter().zip(self.recorders).zip(self.locked).zip(of_locks);
        let records = locks.map(|(((lock, recorder), style), (files, news))| {
            let mut record = recorder.finish(&files, news, &lock.elsewhere());
            record.lock.style = style;
            record
        });
        records.collect()
    }
}

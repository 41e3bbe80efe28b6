//! A lock and the files it is of: reads the one, finds the notes of the others in it, and gives each note its guid.

use std::borrow::Cow;
use std::ops::Range;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::follow::{Ambiguity, Followed, Seen, follow};
use super::lock::{Entry, Lock, LockFault, LockFaultKind, ReadLock};
use super::sketch::Sketch;
use super::{Taken, assign, code_key};
use crate::deck::{Note, NoteKind};
use crate::parsed::Parsed;
use crate::source::{Source, SourceId, Sources, Span};

/// What is wrong with the identity of notes, for the lints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityFaults {
    /// Locks that can't be read.
    pub broken: Vec<BrokenLock>,
    /// Notes of which it can't be told which they were.
    pub unclear: Vec<Unclear>,
    /// New questions that read much like one that is gone.
    pub replaced: Vec<Replaced>,
    /// Locks that are not what the sources give today, where that is asked for.
    pub outdated: Vec<OutdatedLock>,
    /// Times that have not come, in locks.
    pub from_the_future: Vec<Span>,
}

impl IdentityFaults {
    /// Adds those of another lock.
    pub fn extend(&mut self, other: Self) {
        self.broken.extend(other.broken);
        self.unclear.extend(other.unclear);
        self.replaced.extend(other.replaced);
        self.outdated.extend(other.outdated);
        self.from_the_future.extend(other.from_the_future);
    }
}

/// A lock that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLock {
    /// Its text.
    pub source: SourceId,
    /// Why.
    pub faults: Vec<LockFault>,
}

/// Notes of which it can't be told which they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// Each question in the sources, its text, and the guid it would have as a new note.
    pub questions: Vec<(Span, String, String)>,
    /// What may be meant.
    pub blocks: Vec<Block>,
}

/// A new question that reads much like one that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Where it stands, and what it asks.
    pub question: (Span, String),
    /// What is gone.
    pub block: Block,
}

/// A block of a lock, for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands.
    pub span: Span,
    /// The guid of its note.
    pub guid: String,
    /// What it asked, with its number.
    pub question: String,
}

/// A lock that a build would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedLock {
    /// Its path, as findings show it.
    pub path: String,
    /// Questions in the sources that are not in the lock as they are, and why.
    pub questions: Vec<(Span, &'static str)>,
    /// Blocks in the lock whose notes are gone.
    pub retired: Vec<Span>,
}

/// A lock as it was found.
#[derive(Debug, Default)]
pub struct KnownNotes {
    /// What it says; none where there is no lock, or it can't be read.
    pub lock: Option<ReadLock>,
    /// Its text.
    pub source: Option<SourceId>,
    /// What is wrong with it, and with its notes.
    pub faults: IdentityFaults,
}

impl KnownNotes {
    /// Reads the lock with this text; `None` where there is none.
    #[must_use]
    pub fn read(sources: &Sources, source: Option<SourceId>) -> Self {
        Self::read_lent(sources, source, None)
    }

    /// The same of a text that is [lent](Source::lend), and not needed any longer where nothing is wrong with it.
    pub(crate) fn read_lent(sources: &Sources, source: Option<SourceId>, lent: Option<String>) -> Self {
        let mut known = Self { source, ..Self::default() };
        let Some(id) = source else { return known };
        let source = sources.get(id);
        let read = lent.as_deref().map_or_else(|| read(source), ReadLock::parse);
        match (&read, lent) {
            (Ok(_), Some(text)) => source.leave(&text),
            (Err(_), Some(text)) => source.give_back(text),
            (_, None) => {}
        }
        match read {
            Ok(lock) => known.lock = Some(lock),
            Err(faults) => known.faults.broken.push(BrokenLock { source: id, faults }),
        }
        known
    }

    /// The lock; none where there is none, or it can't be read.
    #[must_use]
    pub fn entries(&self) -> Option<&Lock> {
        self.lock.as_ref().map(|read| &read.lock)
    }

    /// Gives every note its guid: that of the entry it is, or a new one. Each file comes with its path from the folder
    /// of the lock.
    pub fn identify(&mut self, sources: &Sources, files: &mut [(&str, &mut Parsed)]) {
        let nothing = ReadLock::default();
        let read = self.lock.as_ref().unwrap_or(&nothing);
        // Each file has its guids from when it was read; two may ask the same in decks of one name.
        if read.lock.entries.is_empty() && (files.len() < 2 || have_guids_of_their_own(files)) {
            return;
        }
        let as_read: Vec<(&str, &Parsed)> = files.iter().map(|(path, file)| (*path, &**file)).collect();
        let found = find(sources, &read.lock.entries, &as_read, &HashSet::default());
        let mut taken = Taken::new(read.lock.entries.iter().map(|entry| entry.guid.as_str()));
        let mut entries = found.entries.iter().copied();
        for (_, file) in files.iter_mut() {
            for note in file.deck.notes.iter_mut().filter(|note| note.same_as.is_none()) {
                let entry = entries.next().flatten().and_then(|entry| read.lock.entries.get(entry));
                note.guid = entry.map_or_else(String::new, |entry| entry.guid.clone());
            }
            let source = sources.get(file.deck.source);
            assign(&mut file.deck, source, &mut taken);
        }
        let notes = files.iter().flat_map(|(_, file)| file.deck.own_notes()).collect();
        let shown = Shown { sources, lock: self.source, read, notes };
        self.faults.unclear = found.ambiguous.iter().map(|ambiguity| shown.unclear(ambiguity)).collect();
        self.faults.replaced = found.alike.iter().filter_map(|&(note, entry)| shown.replaced(note, entry)).collect();
    }

    /// Where entries stand in the lock.
    #[must_use]
    pub fn spans_of(&self, sources: &Sources, entries: &[Entry]) -> Vec<Span> {
        let Some((read, id)) = self.lock.as_ref().zip(self.source).filter(|_| !entries.is_empty()) else {
            return Vec::new();
        };
        let places: HashMap<&str, &Range<usize>> =
            read.lock.entries.iter().map(|entry| entry.guid.as_str()).zip(&read.places).collect();
        let source = sources.get(id);
        entries.iter().filter_map(|entry| Some(source.span((*places.get(entry.guid.as_str())?).clone()))).collect()
    }
}

/// Whether no two notes have one guid. Then those of each file are what they are when all files are taken together: a guid
/// is another one than the first that comes of a question only where that first one is in use.
fn have_guids_of_their_own(files: &[(&str, &mut Parsed)]) -> bool {
    let mut guids: HashSet<&str> = HashSet::default();
    files.iter().flat_map(|(_, file)| file.deck.own_notes()).all(|note| guids.insert(&note.guid))
}

/// Which entry each note of these files is, in their order. With `guids`, a note that has the guid of an entry is that.
pub(crate) fn find<'a>(
    sources: &Sources,
    entries: &[Entry],
    files: &[(&str, &'a Parsed)],
    guids: &HashSet<&'a str>,
) -> Followed {
    let notes: Vec<(&(&str, &'a Parsed), &'a Note)> =
        files.iter().flat_map(|file| file.1.deck.own_notes().map(move |note| (file, note))).collect();
    if entries.is_empty() {
        return Followed { entries: vec![None; notes.len()], ..Followed::default() };
    }
    let pin = |note: &'a Note| {
        let own = guids.get(note.guid.as_str()).map(|guid| Cow::Borrowed(*guid));
        own.or_else(|| note.pin.as_deref().map(|pin| Cow::Owned(pin.key())))
    };
    let seen = notes.par_iter().map(|&(&(path, file), note)| Seen {
        pin: pin(note),
        source: path,
        section: file.deck.sections.get(note.section).map_or("", |section| section.title.as_str()),
        number: note.number.map(|number| number.value),
        question: note.marked_title(),
        key: Cow::Borrowed(&note.question_key),
        code: code_key(sources, note),
        is_cloze: note.kind == NoteKind::Cloze,
    });
    let seen: Vec<Seen<'_>> = seen.collect();
    let sketch = |index: usize| {
        let (_, note) = notes.get(index).filter(|(_, note)| note.is_studied())?;
        Some(Sketch::of(&note.below(sources)))
    };
    follow(entries, &seen, &sketch)
}

/// What is decoded is not what deckc wrote, and could not be told from what another program writes meanwhile.
fn read(source: &Source) -> Result<ReadLock, Vec<LockFault>> {
    if source.is_verbatim() {
        return ReadLock::parse(source.text());
    }
    let place = source.faults().first().map_or_else(|| source.line_range(1), |fault| fault.span.range());
    Err(vec![LockFault { place, other: None, kind: LockFaultKind::Encoding }])
}

/// Notes and blocks as findings show them.
struct Shown<'a> {
    sources: &'a Sources,
    lock: Option<SourceId>,
    read: &'a ReadLock,
    notes: Vec<&'a Note>,
}

impl Shown<'_> {
    fn unclear(&self, ambiguity: &Ambiguity) -> Unclear {
        let question = |&note: &usize| {
            let note = self.notes.get(note)?;
            Some((note.question_span, note.title.to_string(), note.guid.clone()))
        };
        Unclear {
            questions: ambiguity.notes.iter().filter_map(question).collect(),
            blocks: ambiguity.entries.iter().filter_map(|&entry| self.block(entry)).collect(),
        }
    }

    fn replaced(&self, note: usize, entry: usize) -> Option<Replaced> {
        let note = self.notes.get(note)?;
        Some(Replaced { question: (note.question_span, note.title.to_string()), block: self.block(entry)? })
    }

    fn block(&self, index: usize) -> Option<Block> {
        let (entry, place): (_, &Range<usize>) = (self.read.lock.entries.get(index)?, self.read.places.get(index)?);
        let number = entry.number.map_or_else(String::new, |number| format!("{number}. "));
        Some(Block {
            span: self.sources.get(self.lock?).span(place.clone()),
            guid: entry.guid.clone(),
            question: format!("{number}{}", entry.question),
        })
    }
}

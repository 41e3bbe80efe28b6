//! Receipts of decks. A receipt says: a deck of all these inputs, among them what the lock says of its notes once they are
//! recorded, was made into these files. Where the inputs are the same again, and the files are still those, nothing of the
//! deck is rendered, recorded or made again.
//!
//! The lock is among the inputs as it is after the build, so that the next one knows the deck by it. That one reads the lock,
//! finds each note in it, and gives it a place as ever: only if that comes to the very inputs is there a receipt. What a note
//! is rendered to hangs on nothing else, and one that the lock knows as it is keeps its time.

use std::fs::File;
use std::hash::Hash;
use std::io;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::deck::{Deck, Made};
use crate::cache::inputs::{Digest, Inputs};
use crate::cache::{CacheFile, program};
use crate::emit::write::Written;
use crate::history::Record;
use crate::identity::lock::Entry;
use crate::project::Project;

/// What marks the file.
const MARK: &str = "deckc receipts 1\n";

/// Bytes of sources that are worth receipts: fewer are built in the time it takes to look at them.
const ENOUGH: usize = 1 << 20;

/// Receipts that are kept, the youngest of all projects.
const MOST: usize = 4_096;

/// What a deck is made of, and what came of it where that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Receipt {
    /// All inputs but what the lock says.
    sources: Digest,
    files: Option<Digest>,
}

impl Receipt {
    /// Whether the lock says of the notes of a deck of these inputs what it is to say.
    pub(super) fn is_known(&self) -> bool {
        self.files.is_some()
    }
}

/// The receipts of earlier builds.
pub(super) struct Receipts {
    /// What makes them.
    program: Digest,
    file: CacheFile,
    /// Inputs and files, the youngest first.
    bytes: Vec<u8>,
    /// Of each inputs the files.
    files: HashMap<Digest, Digest>,
}

/// Whether so much is to be built that receipts are worth it.
pub(super) fn are_worth_it(project: &Project) -> bool {
    let sources: usize = project.files.iter().map(|file| project.source(file).text().len()).sum();
    sources >= ENOUGH
}

impl Receipts {
    /// None where it can't be told what made them.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let file = CacheFile::new(folder.join("receipts"), MARK);
        let bytes = file.read().unwrap_or_default();
        let files = entries(&bytes).map(|(inputs, files)| (*inputs, *files)).collect();
        Some(Self { program: program(folder)?, file, bytes, files })
    }

    /// Gives each deck the receipt that it has, or may get.
    pub(super) fn give(&self, decks: &mut [Deck<'_>]) {
        decks.par_iter_mut().for_each(|deck| {
            let sources = || {
                let mut inputs = Inputs::default();
                self.program.hash(&mut inputs);
                deck.hash_inputs(&mut inputs).map(|()| inputs.digest())
            };
            let (sources, entries) = rayon::join(sources, || digest_of_entries(deck.entries()));
            deck.receipt = sources.map(|sources| {
                let inputs = with_lock(&sources, &entries);
                Receipt { sources, files: self.files.get(&inputs).copied() }
            });
        });
    }

    /// The receipts of decks that were made, once their files and entries are what they are to be: their inputs and files,
    /// where those are not known.
    pub(super) fn of(
        &self,
        made: &[&Made],
        written: &HashMap<PathBuf, Written>,
        (project, records): (&Project, &[Record<'_>]),
    ) -> Vec<(Digest, Digest)> {
        let new = made.par_iter().filter_map(|made| {
            let files: Option<Vec<Written>> = made.paths.iter().map(|path| written.get(path).copied()).collect();
            let entries = digest_of_entries(made.entries(project, &records.get(made.lock)?.lock));
            Some((with_lock(&made.receipt?.sources, &entries), digest_of(&files?)))
        });
        new.filter(|(inputs, files)| self.files.get(inputs) != Some(files)).collect()
    }

    /// Keeps receipts for the next build. Where that can't be, nothing is kept: it is no more than a cache.
    pub(super) fn keep(&self, new: &[(Digest, Digest)]) {
        if new.is_empty() {
            return;
        }
        let mut bytes: Vec<u8> = new.iter().flat_map(|(inputs, files)| [*inputs, *files]).flatten().collect();
        let anew: HashSet<&Digest> = new.iter().map(|(inputs, _)| inputs).collect();
        let old = entries(&self.bytes).filter(|(inputs, _)| !anew.contains(inputs));
        bytes.extend(old.flat_map(|(inputs, files)| [*inputs, *files]).flatten());
        bytes.truncate(MOST * 2 * blake3::OUT_LEN);
        let _ = self.file.write(&bytes);
    }
}

/// All inputs of a deck.
fn with_lock(sources: &Digest, entries: &Digest) -> Digest {
    *blake3::Hasher::new().update(sources).update(entries).finalize().as_bytes()
}

/// What the lock says of the notes of a deck.
fn digest_of_entries<'l>(entries: impl Iterator<Item = Option<&'l Entry>>) -> Digest {
    let mut inputs = Inputs::default();
    entries.for_each(|entry| entry.hash(&mut inputs));
    inputs.digest()
}

fn entries(bytes: &[u8]) -> impl Iterator<Item = (&Digest, &Digest)> {
    let (digests, _) = bytes.as_chunks::<{ blake3::OUT_LEN }>();
    let (pairs, _) = digests.as_chunks::<2>();
    pairs.iter().map(|[inputs, files]| (inputs, files))
}

/// What is known of the files that a deck has, if they are those of its receipt.
pub(super) fn found(deck: &Deck<'_>) -> Option<Vec<(PathBuf, Written)>> {
    let expected = deck.receipt?.files?;
    let found = on_disk(&deck.paths)?;
    (digest_of(&found) == expected).then(|| deck.paths.iter().cloned().zip(found).collect())
}

/// What these files hold, if all are there.
pub(super) fn on_disk(paths: &[PathBuf]) -> Option<Vec<Written>> {
    let read = paths.par_iter().map(|path| Written::of(File::open(path)?));
    read.collect::<io::Result<_>>().ok()
}

/// What files come to together.
pub(super) fn digest_of(files: &[Written]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for Written { length, content } in files {
        hasher.update(&length.to_le_bytes()).update(content.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

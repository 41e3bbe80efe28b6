//! Receipts of decks that had nothing new. A receipt says: a deck of all these inputs was rendered, recorded and made into
//! files, and the lock and every file were as they would have become. Where the inputs are the same again, and the files are
//! still those, nothing of the deck is made again.

use std::io;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::deck::{Deck, Made};
use crate::cache::inputs::{Digest, Inputs};
use crate::cache::{CacheFile, program};
use crate::emit::write::Written;
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
    inputs: Digest,
    files: Option<Digest>,
}

impl Receipt {
    /// Whether a deck of these inputs had nothing new.
    pub(super) fn is_known(&self) -> bool {
        self.files.is_some()
    }
}

/// The receipts of earlier builds.
pub(super) struct Receipts {
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
    pub(super) fn read(folder: &Path) -> Self {
        let file = CacheFile::new(folder, "receipts", MARK);
        let bytes = file.read().unwrap_or_default();
        let files = entries(&bytes).map(|(inputs, files)| (*inputs, *files)).collect();
        Self { file, bytes, files }
    }

    /// Gives each deck the receipt that it has, or may get.
    pub(super) fn give(&self, decks: &mut [Deck<'_>]) {
        let inputs = decks.par_iter().map(|deck| {
            let mut inputs = Inputs::default();
            deck.hash_inputs(&mut inputs)?;
            Some(inputs.digest())
        });
        let (program, inputs): (_, Vec<Option<Digest>>) = rayon::join(program, || inputs.collect());
        let Some(program) = program else { return };
        for (deck, inputs) in decks.iter_mut().zip(inputs) {
            deck.receipt = inputs.map(|inputs| {
                let inputs = *blake3::Hasher::new().update(&program).update(&inputs).finalize().as_bytes();
                Receipt { inputs, files: self.files.get(&inputs).copied() }
            });
        }
    }

    /// Keeps the receipts of decks that had nothing new. Where that can't be, nothing is kept: it is no more than a cache.
    pub(super) fn keep(&self, made: &[Made], written: &HashMap<PathBuf, Written>) {
        let new = made.iter().filter_map(|made| {
            let files = made.paths.iter().map(|path| written.get(path));
            let files: Option<Vec<_>> = files.map(|file| Some((file?.length, file?.unchanged?))).collect();
            Some((made.receipt?.inputs, digest_of(&files?)))
        });
        let new: Vec<(Digest, Digest)> = new.filter(|(inputs, files)| self.files.get(inputs) != Some(files)).collect();
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

fn entries(bytes: &[u8]) -> impl Iterator<Item = (&Digest, &Digest)> {
    let (digests, _) = bytes.as_chunks::<{ blake3::OUT_LEN }>();
    let (pairs, _) = digests.as_chunks::<2>();
    pairs.iter().map(|[inputs, files]| (inputs, files))
}

/// The lengths of the files that a deck has, if they are those of its receipt.
pub(super) fn found(deck: &Deck<'_>) -> Option<Vec<(PathBuf, Written)>> {
    let expected = deck.receipt?.files?;
    let read: Vec<(u64, blake3::Hash)> =
        deck.paths.par_iter().map(|path| on_disk(path)).collect::<io::Result<_>>().ok()?;
    let written = |(length, hash)| Written { length, unchanged: Some(hash) };
    (digest_of(&read) == expected).then(|| deck.paths.iter().cloned().zip(read.into_iter().map(written)).collect())
}

fn digest_of(files: &[(u64, blake3::Hash)]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for (length, content) in files {
        hasher.update(&length.to_le_bytes()).update(content.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

fn on_disk(path: &Path) -> io::Result<(u64, blake3::Hash)> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(path)?)?;
    Ok((hasher.count(), hasher.finalize()))
}

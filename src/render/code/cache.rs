//! Coloured code of earlier runs, so that a rebuild colours only what changed.
//!
//! One file holds all: it is read whole when the first code is asked for, and written anew when there was something new.
//! Two builds at once each write a whole file, with what the other had written by then; what is lost so is coloured again.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use foldhash::HashMap;

use super::{Class, Run, SELECTORS};
use crate::cache::CacheFile;

/// What else decides about colours, beside what scopes mean: this program, and where its grammars and their expressions come
/// from. The number is to be raised when runs are made otherwise.
const VERSION: &str =
    concat!("deckc ", env!("CARGO_PKG_VERSION"), " 1 syntect 5.3.0 two-face 0.5.2+bat-0.26.1 fancy-regex 0.16.2");

/// What marks the file.
const MARK: &str = "deckc colours 2\n";

/// A file that is larger loses what was used least recently, down to three quarters of this.
const LARGEST: usize = 32 << 20;

/// What stands before the runs of an entry: its key, the run that last used it, and how long it is.
const HEAD: usize = 16 + 4 + 4;

type Key = [u8; 16];

/// The cache of a run.
#[derive(Debug)]
pub struct Cache {
    file: CacheFile,
    largest: usize,
    kept: OnceLock<Kept>,
    fresh: Mutex<HashMap<Key, Vec<u8>>>,
}

/// A file as it was read.
#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    entries: HashMap<Key, Entry>,
}

#[derive(Debug)]
struct Entry {
    runs: Range<usize>,
    last_used: u32,
    is_used: AtomicBool,
}

impl Cache {
    /// The cache in a folder, which is made when there is something to write.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self::of_size(folder, LARGEST)
    }

    fn of_size(folder: &Path, largest: usize) -> Self {
        Self {
            file: CacheFile::new(folder.join("colours"), MARK),
            largest,
            kept: OnceLock::new(),
            fresh: Mutex::default(),
        }
    }

    /// The runs of code, as they are known or else as they are made.
    pub(super) fn runs(&self, language: &str, code: &str, make: impl FnOnce() -> Vec<Run>) -> Vec<Run> {
        let key = key(language, code);
        let kept = self.kept.get_or_init(|| Kept::read(&self.file));
        if let Some(runs) = kept.runs(&key).and_then(|written| read_runs(written, code)) {
            return runs;
        }
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(runs) = fresh.and_then(|written| read_runs(&written, code)) {
            return runs;
        }
        let runs = make();
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).insert(key, written_runs(&runs));
        runs
    }

    /// Keeps what is new for the next run. Where that can't be, nothing is kept: it is no more than a cache.
    pub fn save(&self) {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(used) = self.kept.get().filter(|_| !fresh.is_empty()) else { return };
        // Another build may have written since.
        let others = Kept::read(&self.file);
        let this_run = others.entries.values().map(|entry| entry.last_used).max().unwrap_or(0).saturating_add(1);
        let is_used = |key: &Key| used.entries.get(key).is_some_and(|entry| entry.is_used.load(Ordering::Relaxed));
        let mut entries: Vec<(u32, &Key, &[u8])> = Vec::with_capacity(others.entries.len() + fresh.len());
        for (key, entry) in others.entries.iter().filter(|(key, _)| !fresh.contains_key(*key)) {
            let last_used = if is_used(key) { this_run } else { entry.last_used };
            entries.push((last_used, key, others.bytes.get(entry.runs.clone()).unwrap_or_default()));
        }
        entries.extend(fresh.iter().map(|(key, runs)| (this_run, key, runs.as_slice())));
        // The youngest first.
        entries.sort_unstable_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        let size = |runs: &[u8]| HEAD + runs.len();
        let whole: usize = entries.iter().map(|(_, _, runs)| size(runs)).sum();
        let mut left = if whole > self.largest { self.largest / 4 * 3 } else { whole };
        let mut bytes = Vec::with_capacity(left);
        for (last_used, key, runs) in entries {
            let Some(rest) = left.checked_sub(size(runs)) else { break };
            left = rest;
            let Ok(length) = u32::try_from(runs.len()) else { continue };
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(&last_used.to_le_bytes());
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(runs);
        }
        let _ = self.file.write(&bytes);
    }
}

impl Kept {
    /// Nothing where the file is not there, or is not as it was written.
    fn read(file: &CacheFile) -> Self {
        file.read().and_then(Self::of_bytes).unwrap_or_default()
    }

    fn of_bytes(bytes: Vec<u8>) -> Option<Self> {
        let mut entries = HashMap::default();
        let mut at = 0;
        while at < bytes.len() {
            let head = bytes.get(at..at + HEAD)?;
            let (key, numbers) = head.split_first_chunk::<16>()?;
            let (last_used, length) = numbers.split_first_chunk::<4>()?;
            let length = u32::from_le_bytes(*length.first_chunk()?) as usize;
            let runs = at + HEAD..at.checked_add(HEAD)?.checked_add(length)?;
            at = runs.end;
            bytes.get(runs.clone())?;
            let last_used = u32::from_le_bytes(*last_used);
            entries.insert(*key, Entry { runs, last_used, is_used: AtomicBool::new(false) });
        }
        Some(Self { bytes, entries })
    }

    fn runs(&self, key: &Key) -> Option<&[u8]> {
        let entry = self.entries.get(key)?;
        entry.is_used.store(true, Ordering::Relaxed);
        self.bytes.get(entry.runs.clone())
    }
}

fn key(language: &str, code: &str) -> Key {
    fn add(hasher: &mut blake3::Hasher, part: &str) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    static OF_COLOURING: LazyLock<blake3::Hasher> = LazyLock::new(|| {
        let mut hasher = blake3::Hasher::new();
        add(&mut hasher, &format!("{VERSION} {SELECTORS:?}"));
        hasher
    });
    let mut hasher = OF_COLOURING.clone();
    add(&mut hasher, language);
    add(&mut hasher, code);
    let mut key = Key::default();
    hasher.finalize_xof().fill(&mut key);
    key
}

/// Each as the bytes since the last and its class, and its length.
fn written_runs(runs: &[Run]) -> Vec<u8> {
    let mut written = Vec::with_capacity(runs.len() * 3);
    let mut at = 0;
    for Run { class, range } in runs {
        let class = Class::ALL.iter().position(|known| known == class).unwrap_or_default();
        write_number((range.start - at) << 3 | class, &mut written);
        write_number(range.len(), &mut written);
        at = range.end;
    }
    written
}

/// None where they are no runs of this code.
fn read_runs(written: &[u8], code: &str) -> Option<Vec<Run>> {
    let mut runs = Vec::new();
    let (mut rest, mut at) = (written, 0_usize);
    while !rest.is_empty() {
        let first = read_number(&mut rest)?;
        let class = *Class::ALL.get(first & 7)?;
        let start = at.checked_add(first >> 3)?;
        at = start.checked_add(read_number(&mut rest)?)?;
        code.get(start..at)?;
        runs.push(Run { class, range: start..at });
    }
    Some(runs)
}

/// Seven bits a byte, the lowest first.
fn write_number(number: usize, written: &mut Vec<u8>) {
    let mut left = number;
    while left > 127 {
        written.push((left & 127) as u8 | 128);
        left >>= 7;
    }
    written.push(left as u8);
}

fn read_number(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for place in (0..usize::BITS).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= usize::from(byte & 127).checked_shl(place)?;
        if *byte < 128 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests spoil the file as nothing else does")]
mod tests;

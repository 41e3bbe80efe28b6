//! Files of many entries, of which a run reads those that it asks for: a file for each project, so that what it costs to
//! write one anew hangs on that project alone.
//!
//! The entries stand one behind the other. An index at the end says of each its key, its length and its checksum; a mark and
//! a checksum of their own guard the index.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use foldhash::{HashMap, HashSet};
use tempfile::NamedTempFile;

use super::kind::{Kind, NAME, files_of};

/// What an entry is asked for by: a digest of all that decides what is in it.
pub(crate) type Key = [u8; 16];

/// Bytes of one of them: it is in memory as a whole.
const LARGEST_ENTRY: usize = 32 << 20;

/// Bytes of new entries that wait to be written together, when the run has time for it.
const WAITING: u64 = 16 << 20;

/// The file is written anew where more than this part of it would be new.
const PART: u64 = 32;

/// How old a file is that a run wrote and did not finish, for it to be taken away: that run has ended.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// What the name of a file ends with that is being written.
const UNFINISHED: &str = ".tmp";

/// Of each entry in the index: key, length, checksum.
const LINE: usize = 16 + 4 + 16;

/// Behind the index: the number of entries, the mark, the checksum.
const COUNT: usize = 8;

/// The entries of a file, and those that are new.
#[derive(Debug)]
pub(crate) struct Entries {
    kind: Kind,
    path: PathBuf,
    /// Bytes that have to be new for the file to be written anew.
    enough: u64,
    kept: Option<Kept>,
    fresh: Mutex<Fresh>,
}

#[derive(Debug)]
struct Kept {
    file: Mutex<File>,
    /// In the order of the file.
    places: Vec<Place>,
    by_key: HashMap<Key, usize>,
}

#[derive(Debug)]
struct Place {
    line: Line,
    start: u64,
    is_used: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    key: Key,
    length: u32,
    sum: [u8; 16],
}

/// New entries: in memory until they are written, if there are so many that the file is written anew.
#[derive(Debug, Default)]
struct Fresh {
    waiting: Vec<(Key, Vec<u8>)>,
    /// Bytes of them.
    waiting_bytes: u64,
    /// Bytes of them, and of those that were written.
    bytes: u64,
    writing: Option<Writing>,
    /// Where it could not be written, nothing more is tried.
    has_failed: bool,
}

#[derive(Debug)]
struct Writing {
    file: BufWriter<NamedTempFile>,
    lines: Vec<Line>,
    bytes: u64,
}

impl Entries {
    /// Those of a project; none where its file is not there, or is not as it was written.
    pub(crate) fn open(folder: &Path, kind: Kind, project: &Path) -> Self {
        let path = kind.path(folder, project.as_os_str().as_encoded_bytes());
        let kept = Kept::open(&path, kind.mark);
        let enough = kept.as_ref().map_or(0, Kept::bytes) / PART;
        Self { kind, path, enough, kept, fresh: Mutex::default() }
    }

    #[cfg(test)]
    fn of_size(self, largest: u64) -> Self {
        Self { kind: Kind { largest, ..self.kind }, ..self }
    }

    /// An entry, as it was put; none where there is none.
    pub(crate) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let kept = self.kept.as_ref()?;
        let place = kept.places.get(*kept.by_key.get(key)?)?;
        let bytes = kept.read(place)?;
        place.is_used.store(true, Ordering::Relaxed);
        Some(bytes)
    }

    /// Adds an entry that was not there.
    pub(crate) fn put(&self, key: Key, bytes: Vec<u8>) {
        if bytes.len() > LARGEST_ENTRY {
            return;
        }
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if fresh.has_failed {
            return;
        }
        fresh.bytes += bytes.len() as u64;
        fresh.waiting_bytes += bytes.len() as u64;
        fresh.waiting.push((key, bytes));
        if fresh.waiting_bytes >= WAITING && self.is_enough(&fresh) {
            fresh.has_failed = self.spill(&mut fresh).is_err();
        }
    }

    fn is_enough(&self, fresh: &Fresh) -> bool {
        fresh.bytes > 0 && fresh.bytes >= self.enough && !fresh.has_failed
    }

    /// Whether there is anything to save.
    pub(crate) fn has_news(&self) -> bool {
        self.is_enough(&self.fresh.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn spill(&self, fresh: &mut Fresh) -> io::Result<()> {
        fresh.waiting_bytes = 0;
        let writing = match &mut fresh.writing {
            Some(writing) => writing,
            none => none.insert(Writing::begin(&self.path, self.kind)?),
        };
        for (key, bytes) in fresh.waiting.drain(..) {
            if writing.bytes + bytes.len() as u64 > self.kind.largest {
                // There is no room for one run.
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            writing.add(Line { key, length: length(&bytes)?, sum: sum(&bytes) }, &bytes)?;
        }
        Ok(())
    }

    /// Writes the file anew where enough is new: that, what was asked for, and of what was not as much as it held or as there
    /// is beside it. Where it can't be written, nothing is kept: it is no more than a cache.
    pub(crate) fn save(mut self) {
        let mut fresh = std::mem::take(&mut self.fresh).into_inner().unwrap_or_else(PoisonError::into_inner);
        let kept = self.kept.take();
        if self.is_enough(&fresh)
            && self.spill(&mut fresh).is_ok()
            && let Some(mut writing) = fresh.writing
            && self.copy(kept.as_ref(), &mut writing).is_ok()
        {
            // Some systems replace no file that is open.
            drop(kept);
            if writing.end(&self.path, self.kind.mark).is_ok() {
                self.kind.make_room(&self.path);
            }
        }
    }

    fn copy(&self, kept: Option<&Kept>, writing: &mut Writing) -> io::Result<()> {
        let Some(kept) = kept else { return Ok(()) };
        let is_used = |place: &&Place| place.is_used.load(Ordering::Relaxed);
        let used: u64 = kept.places.iter().filter(is_used).map(Place::bytes).sum();
        let of_this_run = writing.bytes + used;
        if of_this_run > self.kind.largest {
            // What there is no room for would be another part in each run.
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = self.kind.largest.min(kept.bytes().max(of_this_run * 2));
        let unused = kept.places.iter().filter(|place| !is_used(place));
        let mut written: HashSet<Key> = writing.lines.iter().map(|line| line.key).collect();
        for place in kept.places.iter().filter(is_used).chain(unused) {
            if writing.bytes + place.bytes() <= most
                && !written.contains(&place.line.key)
                && let Some(bytes) = kept.read(place)
            {
                writing.add(place.line, &bytes)?;
                written.insert(place.line.key);
            }
        }
        Ok(())
    }
}

impl Kept {
    fn open(path: &Path, mark: &str) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let tail = COUNT + mark.len() + blake3::OUT_LEN;
        let ending = read_end(&mut file, tail)?;
        let count = u64::from_le_bytes(*ending.first_chunk()?);
        let index = usize::try_from(count).ok()?.checked_mul(LINE)?;
        let bytes = read_end(&mut file, index.checked_add(tail)?)?;
        let (marked, sum) = bytes.split_last_chunk::<{ blake3::OUT_LEN }>()?;
        if !marked.ends_with(mark.as_bytes()) || blake3::hash(marked) != *sum {
            return None;
        }
        let (lines, _) = bytes.get(..index)?.as_chunks::<LINE>();
        let mut start = 0;
        let places = lines.iter().filter_map(Line::read).map(|line| {
            let place = Place { line, start, is_used: AtomicBool::new(false) };
            start += u64::from(line.length);
            place
        });
        let places: Vec<Place> = places.collect();
        let by_key = places.iter().enumerate().map(|(at, place)| (place.line.key, at)).collect();
        Some(Self { file: Mutex::new(file), places, by_key })
    }

    fn bytes(&self) -> u64 {
        self.places.iter().map(Place::bytes).sum()
    }

    /// An entry, if it is as it was written.
    fn read(&self, place: &Place) -> Option<Vec<u8>> {
        let mut bytes = vec![0; place.line.length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.start)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        drop(file);
        (sum(&bytes) == place.line.sum).then_some(bytes)
    }
}

impl Place {
    fn bytes(&self) -> u64 {
        self.line.length.into()
    }
}

impl Writing {
    fn begin(path: &Path, kind: Kind) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let prefix = format!(".{}-", kind.name);
        remove_left_over(path, &prefix);
        let file = tempfile::Builder::new().prefix(&prefix).suffix(UNFINISHED).rand_bytes(NAME).tempfile_in(folder)?;
        Ok(Self { file: BufWriter::new(file), lines: Vec::new(), bytes: 0 })
    }

    fn add(&mut self, line: Line, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.bytes += u64::from(line.length);
        self.lines.push(line);
        Ok(())
    }

    fn end(mut self, path: &Path, mark: &str) -> io::Result<()> {
        let mut index: Vec<u8> = Vec::with_capacity(self.lines.len() * LINE + COUNT + mark.len() + blake3::OUT_LEN);
        self.lines.iter().for_each(|line| line.write(&mut index));
        index.extend((self.lines.len() as u64).to_le_bytes());
        index.extend(mark.as_bytes());
        index.extend(blake3::hash(&index).as_bytes());
        self.file.write_all(&index)?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.persist(path)?;
        Ok(())
    }
}

impl Line {
    fn read(bytes: &[u8; LINE]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk()?;
        let (length, sum) = rest.split_first_chunk()?;
        Some(Self { key: *key, length: u32::from_le_bytes(*length), sum: sum.try_into().ok()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.key);
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(self.sum);
    }
}

/// The last bytes of a file, if it has as many.
fn read_end(file: &mut File, length: usize) -> Option<Vec<u8>> {
    let whole = file.seek(SeekFrom::End(0)).ok()?;
    let start = whole.checked_sub(length as u64)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn length(bytes: &[u8]) -> io::Result<u32> {
    u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

fn sum(bytes: &[u8]) -> [u8; 16] {
    let mut sum = [0; 16];
    blake3::Hasher::new().update(bytes).finalize_xof().fill(&mut sum);
    sum
}

/// Takes away what runs left that were ended while they wrote.
fn remove_left_over(path: &Path, prefix: &str) {
    for file in files_of(path, prefix, UNFINISHED) {
        let modified = file.metadata().and_then(|file| file.modified()).ok();
        if modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > LEFT_OVER) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

#[cfg(test)]
mod tests;

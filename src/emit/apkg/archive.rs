//! A zip as small as a package needs it, written from front to back: no 64-bit sizes, no folders, nothing of the machine.
//!
//! The database is deflated in blocks, on all cores: each knows the end of the block before it, so that hardly anything is
//! lost, and ends on a whole byte. How it is divided depends on its length alone, so the bytes are the same for any number
//! of threads.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use rayon::prelude::*;
use tempfile::SpooledTempFile;

use crate::emit::EmitError;

/// How hard to look for repeats.
///
/// Measured on the database of a deck of 10,000 notes (11.7 MB), on one core: level 1 takes 42 ms and leaves 2.87 MB, 2 takes
/// 66 ms (2.26 MB), 3 takes 102 ms (2.16 MB), 4 takes 144 ms (2.04 MB), 6 takes 303 ms (1.83 MB), 9 takes 702 ms
/// (1.79 MB).
pub const LEVEL: u32 = 2;

/// Bytes deflated at once.
const BLOCK: usize = 256 * 1024;
/// How far back a repeat may lie.
const WINDOW: usize = 32 * 1024;
/// Blocks in memory at once.
const WAVE: usize = 32;

/// A file of the archive, deflated. The zip says how long it is before it begins.
pub(super) struct Deflated {
    packed: SpooledTempFile,
    crc: u32,
    size: u64,
}

/// What of it is in memory.
const IN_MEMORY: usize = 4 << 20;

pub(super) fn deflate(bytes: &[u8]) -> Result<Deflated, EmitError> {
    deflate_all(bytes, bytes.len())
}

pub(super) fn deflate_file(path: &Path) -> Result<Deflated, EmitError> {
    let scratch = |error: io::Error| EmitError::scratch(&error);
    let file = File::open(path).map_err(scratch)?;
    let length = file.metadata().map_err(scratch)?.len();
    deflate_all(file, usize::try_from(length).unwrap_or(usize::MAX))
}

/// `length` is how long it will most likely be.
fn deflate_all(mut from: impl Read, length: usize) -> Result<Deflated, EmitError> {
    let (mut packed, mut crc, mut size) = (SpooledTempFile::new(IN_MEMORY), Crc::new(), 0);
    // What lies before the wave, then the wave; and a reader looks behind its end.
    let mut held: Vec<u8> = Vec::with_capacity(length.min(WAVE * BLOCK) + WINDOW + 32);
    let mut before = 0;
    let wanted = (WAVE * BLOCK) as u64;
    loop {
        let read = from.by_ref().take(wanted).read_to_end(&mut held).map_err(|error| EmitError::scratch(&error))?;
        let is_last = (read as u64) < wanted;
        size += read as u64;
        let wave = held.len() - before;
        let count = wave.div_ceil(BLOCK).max(usize::from(is_last));
        let deflated: Vec<(Vec<u8>, Crc)> = (0..count)
            .into_par_iter()
            .map(|at| {
                let start = before + at * BLOCK;
                let block = held.get(start..held.len().min(start + BLOCK)).unwrap_or_default();
                let window = held.get(start.saturating_sub(WINDOW)..start).unwrap_or_default();
                let mut crc = Crc::new();
                crc.update(block);
                deflate_block(block, window, is_last && at + 1 == count).map(|deflated| (deflated, crc))
            })
            .collect::<Result<_, _>>()?;
        for (block, of_block) in deflated {
            crc.combine(&of_block);
            packed.write_all(&block).map_err(|error| EmitError::scratch(&error))?;
        }
        if is_last {
            return Ok(Deflated { packed, crc: crc.sum(), size });
        }
        before = WINDOW.min(held.len());
        held.drain(..held.len() - before);
    }
}

fn deflate_block(block: &[u8], window: &[u8], is_last: bool) -> Result<Vec<u8>, EmitError> {
    let fault = |error: flate2::CompressError| EmitError::Deflate(error.to_string());
    let mut compress = Compress::new(Compression::new(LEVEL), false);
    if !window.is_empty() {
        compress.set_dictionary(window).map_err(fault)?;
    }
    let flush = if is_last { FlushCompress::Finish } else { FlushCompress::Sync };
    let mut deflated = Vec::with_capacity(block.len() / 3 + 1024);
    let mut rest = block;
    loop {
        let before = compress.total_in();
        let status = compress.compress_vec(rest, &mut deflated, flush).map_err(fault)?;
        let taken = usize::try_from(compress.total_in() - before).unwrap_or(usize::MAX);
        rest = rest.get(taken..).unwrap_or_default();
        // Room that is left over says that nothing is held back.
        let is_done =
            if is_last { status == Status::StreamEnd } else { rest.is_empty() && deflated.len() < deflated.capacity() };
        if is_done {
            return Ok(deflated);
        }
        deflated.reserve(block.len() / 4 + 1024);
    }
}

/// The two ways a file may lie in the archive.
#[derive(Clone, Copy)]
enum Method {
    Stored = 0,
    Deflated = 8,
}

/// What the zip says of a file, at the file and again at the end.
struct Entry {
    name: String,
    method: Method,
    crc: u32,
    packed: u32,
    size: u32,
    offset: u32,
}

/// An archive that is being written.
pub(super) struct Archive<'a> {
    out: &'a mut dyn Write,
    at: u64,
    entries: Vec<Entry>,
}

/// Version 2.0 of the format, the first to deflate.
const VERSION: u16 = 20;
/// As if made on Unix, where permissions are told.
const MADE_BY: u16 = 3 << 8 | VERSION;
/// 1980-01-01, the first day a zip knows.
const DATE: u16 = 1 << 5 | 1;
/// A file that its owner may write and all may read.
const PERMISSIONS: u32 = 0o100_644 << 16;

impl<'a> Archive<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    pub(super) fn add(&mut self, name: &str, mut file: Deflated) -> Result<(), EmitError> {
        let scratch = |error: io::Error| EmitError::scratch(&error);
        let packed = file.packed.stream_position().map_err(scratch)?;
        file.packed.rewind().map_err(scratch)?;
        self.begin(name, Method::Deflated, file.crc, packed, file.size)?;
        let mut piece = vec![0; BLOCK];
        loop {
            let read = file.packed.read(&mut piece).map_err(scratch)?;
            let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else { return Ok(()) };
            self.write(read)?;
        }
    }

    pub(super) fn add_stored(&mut self, name: &str, bytes: &[u8]) -> Result<(), EmitError> {
        let mut crc = Crc::new();
        crc.update(bytes);
        self.begin(name, Method::Stored, crc.sum(), bytes.len() as u64, bytes.len() as u64)?;
        self.write(bytes)
    }

    fn begin(&mut self, name: &str, method: Method, crc: u32, packed: u64, size: u64) -> Result<(), EmitError> {
        let [packed, size, offset] = [packed, size, self.at].map(|value| u32::try_from(value).ok());
        let (Some(packed), Some(size), Some(offset)) = (packed, size, offset) else { return Err(EmitError::TooLarge) };
        let entry = Entry { name: name.to_owned(), method, crc, packed, size, offset };
        let mut header = b"PK\x03\x04".to_vec();
        header.extend(VERSION.to_le_bytes());
        entry.describe(&mut header);
        header.extend(0_u16.to_le_bytes());
        header.extend(name.as_bytes());
        self.entries.push(entry);
        self.write(&header)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EmitError> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Writes the list of the files.
    pub(super) fn finish(mut self) -> Result<(), EmitError> {
        let start = self.at;
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend(b"PK\x01\x02");
            list.extend(MADE_BY.to_le_bytes());
            list.extend(VERSION.to_le_bytes());
            entry.describe(&mut list);
            // No extra field, no comment, the first disk, no attributes of its own.
            list.extend([0; 8]);
            list.extend(PERMISSIONS.to_le_bytes());
            list.extend(entry.offset.to_le_bytes());
            list.extend(entry.name.as_bytes());
        }
        let count = u16::try_from(self.entries.len()).ok().filter(|count| *count < u16::MAX);
        let (length, start) = (u32::try_from(list.len()).ok(), u32::try_from(start).ok());
        let (Some(count), Some(length), Some(start)) = (count, length, start) else { return Err(EmitError::TooLarge) };
        list.extend(b"PK\x05\x06\0\0\0\0");
        list.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
        list.extend([length, start].into_iter().flat_map(u32::to_le_bytes));
        list.extend(0_u16.to_le_bytes());
        self.write(&list)
    }
}

impl Entry {
    /// From the flags to the length of the name.
    fn describe(&self, header: &mut Vec<u8>) {
        header.extend([0, self.method as u16, 0, DATE].into_iter().flat_map(u16::to_le_bytes));
        header.extend([self.crc, self.packed, self.size].into_iter().flat_map(u32::to_le_bytes));
        header.extend((self.name.len() as u16).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Text with repeats near and far.
    fn text(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(|| {
            [b"a note of ".to_vec(), vec![next(); usize::from(next() % 7)], vec![next()]].concat()
        })
        .flatten()
        .take(length)
        .collect()
    }

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        let mut archive = Archive::new(&mut packed);
        archive.add("deflated", deflate(bytes).unwrap()).unwrap();
        archive.add_stored("stored", bytes).unwrap();
        archive.finish().unwrap();
        packed
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for length in [0, 1, BLOCK, BLOCK + 1, WAVE * BLOCK, WAVE * BLOCK + 1] {
            let bytes = text(length);
            let mut archive = zip::ZipArchive::new(Cursor::new(pack(&bytes))).unwrap();
            for name in ["deflated", "stored"] {
                let mut read = Vec::new();
                archive.by_name(name).unwrap().read_to_end(&mut read).unwrap();
                assert!(read == bytes, "{name} of {length} bytes");
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let bytes = text(5 * BLOCK);
        let packed = [1, 2, 5].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| pack(&bytes))
        });
        assert!(packed[0] == packed[1] && packed[1] == packed[2]);
    }
}

//! What a file is to hold, compared with what it holds as it comes: only from where the two differ on is anything written.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::sync::Syncers;
use super::{WriteError, Written, is_lock, temporary_in};
use crate::source::folder_of;

/// Bytes after which a file is on its way to the disk before it is whole.
const MUCH: u64 = 8 << 20;

/// A file that is being made.
pub(super) struct Draft<'a> {
    path: PathBuf,
    syncers: &'a Syncers,
    /// What is there, as long as it is the same.
    earlier: Option<Earlier>,
    /// What is to take its place.
    file: Option<NamedTempFile>,
    length: u64,
    /// How long it was when it last began to be brought to the disk.
    synced: u64,
    hasher: blake3::Hasher,
    failed: Option<WriteError>,
}

struct Earlier {
    file: File,
    found: Option<Metadata>,
    read: Vec<u8>,
}

impl Earlier {
    fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let found = file.metadata().ok();
        Some(Self { file, found, read: Vec::new() })
    }

    fn continues_with(&mut self, bytes: &[u8]) -> bool {
        if self.read.len() < bytes.len() {
            self.read.resize(bytes.len(), 0);
        }
        let read = self.read.get_mut(..bytes.len()).unwrap_or_default();
        self.file.read_exact(read).is_ok() && read == bytes
    }

    fn is_at_end(&mut self) -> bool {
        matches!(self.file.read(&mut [0]), Ok(0))
    }

    /// Its first bytes, which were compared.
    fn copy_to(mut self, file: &mut File, length: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let copied = io::copy(&mut Read::take(&mut self.file, length), file)?;
        let when = |found: &Metadata| (found.len(), found.modified().ok());
        let is_as_compared = self.found.as_ref().map(when) == self.file.metadata().ok().as_ref().map(when);
        if copied == length && is_as_compared {
            return Ok(());
        }
        Err(io::Error::other("another program changed it meanwhile"))
    }
}

impl<'a> Draft<'a> {
    pub(super) fn of(path: &Path, syncers: &'a Syncers) -> Self {
        let (path, earlier, hasher) = (path.to_path_buf(), Earlier::open(path), blake3::Hasher::new());
        Self { path, syncers, earlier, file: None, length: 0, synced: 0, hasher, failed: None }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What kept it from being written.
    pub(super) fn failed(&mut self) -> Result<(), WriteError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The temporary file, if there is any, and what is known of what it or the file that is there holds.
    pub(super) fn finish(mut self) -> Result<(Option<NamedTempFile>, Written), WriteError> {
        let written = Written { length: self.length, content: self.hasher.finalize() };
        if self.file.is_none() && self.earlier.as_mut().is_some_and(Earlier::is_at_end) {
            return Ok((None, written));
        }
        let begun = self.begun().map(|_| ());
        match (self.failed, begun) {
            (Some(failed), _) => Err(failed),
            (None, Err(error)) => Err(WriteError::refused(&self.path, &error)),
            (None, Ok(())) => Ok((self.file, written)),
        }
    }

    /// The temporary file, with all that came before.
    fn begun(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let folder = folder_of(&self.path);
                let mut file = temporary_in(&folder).inspect_err(|error| {
                    let named = if is_lock(&self.path) { &self.path } else { &folder };
                    self.failed = Some(WriteError::refused(named, error));
                })?;
                if let Some(earlier) = self.earlier.take().filter(|_| self.length > 0) {
                    earlier.copy_to(file.as_file_mut(), self.length)?;
                }
                file
            }
        };
        Ok(self.file.insert(file).as_file_mut())
    }
}

impl Write for Draft<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_same = self.earlier.as_mut().is_some_and(|earlier| earlier.continues_with(bytes));
        if !is_same && let Err(error) = self.begun().and_then(|file| file.write_all(bytes)) {
            let refused = WriteError::refused(&self.path, &error);
            self.failed.get_or_insert(refused);
            return Err(error);
        }
        self.length += bytes.len() as u64;
        self.hasher.update(bytes);
        if let Some(file) = self.file.as_ref().filter(|_| self.length - self.synced >= MUCH) {
            self.synced = self.length;
            self.syncers.begin(file.as_file(), &self.path);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

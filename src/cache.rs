//! Files that a run keeps for the next one, in the folder where this system has its caches. Checksums guard them: what is
//! damaged, or was written by something else, is not there. Two runs at once each write a whole file.

pub(crate) mod entries;
pub(crate) mod inputs;
pub(crate) mod kind;
mod program;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) use program::program;

/// The folder of `DECKC_CACHE_DIR`, or the one where this system has its caches; none where there is no such folder.
#[must_use]
pub fn folder_of_environment() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_system = || {
        let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
        let caches = if cfg!(windows) {
            of("LOCALAPPDATA").and_then(absolute)
        } else if cfg!(target_os = "macos") {
            of("HOME").and_then(absolute).map(|home| home.join("Library/Caches"))
        } else {
            let below_home = || of("HOME").and_then(absolute).map(|home| home.join(".cache"));
            of("XDG_CACHE_HOME").and_then(absolute).or_else(below_home)
        };
        caches.map(|caches| caches.join("deckc"))
    };
    of("DECKC_CACHE_DIR").or_else(of_system)
}

/// A file of the cache.
#[derive(Debug)]
pub(crate) struct CacheFile {
    path: PathBuf,
    /// What it ends with before its checksum: its kind, and the number of its form.
    mark: &'static str,
}

impl CacheFile {
    pub(crate) fn new(path: PathBuf, mark: &'static str) -> Self {
        Self { path, mark }
    }

    /// What it holds; none where it is not there, or is not as it was written.
    #[expect(clippy::disallowed_methods, reason = "it is no source")]
    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        let mut bytes = std::fs::read(&self.path).ok()?;
        let (marked, sum) = bytes.split_last_chunk::<{ blake3::OUT_LEN }>()?;
        let held = marked.strip_suffix(self.mark.as_bytes())?.len();
        if blake3::hash(marked) != *sum {
            return None;
        }
        bytes.truncate(held);
        Some(bytes)
    }

    /// Takes the place of what it held. Its folder is made where it is not there.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut hasher = blake3::Hasher::new();
        for part in [bytes, self.mark.as_bytes()] {
            hasher.update(part);
            file.write_all(part)?;
        }
        file.write_all(hasher.finalize().as_bytes())?;
        file.persist(&self.path)?;
        Ok(())
    }

    /// Bytes that it takes beside what it holds.
    #[cfg(test)]
    pub(crate) fn overhead(&self) -> usize {
        self.mark.len() + blake3::OUT_LEN
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

//! Kinds of files of which there are many, each named by what it is about.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};

/// Letters and digits behind what the name of a file begins with.
pub(super) const NAME: usize = 16;

/// What is in such files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// What their names begin with.
    pub(crate) name: &'static str,
    /// What marks them.
    pub(crate) mark: &'static str,
    /// Bytes of all of them together; those that were written least recently go first.
    pub(crate) largest: u64,
}

impl Kind {
    /// Where the file about something is.
    pub(crate) fn path(self, folder: &Path, subject: &[u8]) -> PathBuf {
        let mut name = blake3::hash(subject).to_hex().to_string();
        name.truncate(NAME);
        folder.join(format!("{}-{name}", self.name))
    }

    /// Takes away others of the kind, the oldest first, until there is room for all that are left.
    pub(crate) fn make_room(self, beside: &Path) {
        let prefix = format!("{}-", self.name);
        let files = files_of(beside, &prefix, "").filter_map(|file| {
            let found = file.metadata().ok()?;
            Some((found.modified().ok()?, found.len(), file.path()))
        });
        let mut files: Vec<_> = files.collect();
        files.sort_unstable();
        let mut bytes: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files.iter().filter(|(_, _, path)| *path != beside) {
            if bytes > self.largest && std::fs::remove_file(path).is_ok() {
                bytes -= length;
            }
        }
    }
}

/// The files beside this one that are called as such files are: the folder may hold others.
pub(super) fn files_of(path: &Path, prefix: &str, suffix: &str) -> impl Iterator<Item = DirEntry> {
    let is_ours = move |name: &str| {
        let name = name.strip_prefix(prefix).and_then(|name| name.strip_suffix(suffix));
        name.is_some_and(|name| name.len() == NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let files = path.parent().map(std::fs::read_dir).into_iter().flatten().flatten().flatten();
    files.filter(move |file| {
        is_ours(&file.file_name().to_string_lossy()) && file.file_type().is_ok_and(|kind| kind.is_file())
    })
}

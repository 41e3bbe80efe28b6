//! Folders that one run at a time writes to, and what a run that was killed left in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use foldhash::HashSet;

use crate::source::place;

/// How the names of temporary files begin and end.
pub(super) const PREFIX: &str = ".deckc-";
pub(super) const SUFFIX: &str = ".tmp";

/// Keeps other runs of deckc from writing to folders as long as the result is held; with each the folder it is. Some file
/// systems, and Windows, know no such thing.
///
/// By where they lie, in order, so that two runs do not wait for each other; a folder that is seen at two places is held
/// but once, or this run would wait for itself.
pub(super) fn all(folders: &BTreeSet<PathBuf>) -> Vec<(PathBuf, fs::File)> {
    // A process may hold open a thousand files or so.
    const MOST: usize = 200;
    let places: BTreeSet<PathBuf> = folders.iter().map(|folder| place(folder)).collect();
    let mut seen = HashSet::default();
    let mut held = Vec::new();
    for folder in places.into_iter().take(MOST) {
        let Ok(open) = fs::File::open(&folder) else { continue };
        let is_new = number_of(&open).is_none_or(|number| seen.insert(number));
        if is_new && open.lock().is_ok() {
            held.push((folder, open));
        }
    }
    held
}

/// What a folder is to the system, whatever it is called.
#[cfg(unix)]
fn number_of(open: &fs::File) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    open.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn number_of(_open: &fs::File) -> Option<(u64, u64)> {
    None
}

/// Removes what a killed run left behind; no other run is at work here.
pub(super) fn sweep(folder: &Path) {
    for file in leftovers(folder) {
        let _ = fs::remove_file(file);
    }
}

/// Temporary files in a folder: those of a run at work, or of one that was killed.
pub(super) fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
    });
    ours.map(|entry| entry.path()).collect()
}

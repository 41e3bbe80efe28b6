//! Files that the links of a text lead to: whether they are there, and what they say.
//!
//! As for images, nothing is looked at outside the [root](super::Source::root) of a source.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use foldhash::HashMap;

use super::media::{Folders, MediaFault};
use super::{SourceId, Sources};

/// Files that are looked for in one run, at most.
const MOST_LOOKED_FOR: usize = 20_000;

/// Files that are read in one run to find a part of them, at most.
const MOST_READ: usize = 1_000;

/// Bytes of the largest text that is read for it.
const LARGEST: u64 = 4_000_000;

/// What is behind the path of a link.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Linked {
    /// A file or a folder, with links of the file system followed.
    There(PathBuf),
    /// Nothing.
    Missing,
    /// Nothing, but a file in the same folder has the same name in other capitals.
    OtherCase(String),
    /// Not looked at: it lies outside the project, or the path is none from this file.
    Unknown,
}

/// Looks behind the paths that each source names, each once.
#[must_use]
pub fn look_behind(sources: &Sources, named: &[(SourceId, BTreeSet<String>)]) -> Vec<HashMap<String, Linked>> {
    let mut left = MOST_LOOKED_FOR;
    let of_source = named.iter().map(|(id, paths)| {
        let folders = if paths.is_empty() { None } else { Folders::of(sources.get(*id)) };
        let found = paths.iter().map(|path| {
            left = left.saturating_sub(1);
            let found = folders.as_ref().filter(|_| left > 0).map_or(Linked::Unknown, |folders| behind(folders, path));
            (path.clone(), found)
        });
        found.collect()
    });
    of_source.collect()
}

fn behind(folders: &Folders, path: &str) -> Linked {
    let found = match folders.by_address(path) {
        Err(MediaFault::Missing) => {
            // Sites are made of such files, and are linked to by the names of their pages.
            let bare = path.trim_end_matches('/');
            let bare = bare.strip_suffix(".html").or_else(|| bare.strip_suffix(".htm")).unwrap_or(bare);
            let is_page = bare.len() < path.len() || !has_ending(bare);
            let pages = [".md", ".mdx", ".markdown", "/index.md", "/README.md", "/index.mdx"];
            let mut pages = pages.iter().filter(|_| is_page).map(|page| folders.by_address(&format!("{bare}{page}")));
            pages.find(|found| !matches!(found, Err(MediaFault::Missing))).unwrap_or(Err(MediaFault::Missing))
        }
        found => found,
    };
    match found {
        Ok(path) => Linked::There(path),
        Err(MediaFault::Missing) => Linked::Missing,
        Err(MediaFault::OtherCase(name)) => Linked::OtherCase(name),
        Err(_) => Linked::Unknown,
    }
}

fn has_ending(path: &str) -> bool {
    let ending = Path::new(path).extension().unwrap_or_default().to_string_lossy();
    !ending.is_empty() && ending.len() <= 5 && ending.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether a file is Markdown by its name.
#[must_use]
pub fn is_markdown(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(ending.as_str(), "md" | "markdown" | "mdx")
}

/// The texts of these files; those that can't be read as such are left out.
#[must_use]
pub fn read_linked(paths: &BTreeSet<PathBuf>) -> HashMap<PathBuf, String> {
    let read = paths.iter().take(MOST_READ).filter_map(|path| {
        // Opening a pipe would wait for whoever fills it.
        let facts = std::fs::metadata(path).ok().filter(|facts| facts.is_file() && facts.len() <= LARGEST)?;
        let mut text = String::with_capacity(usize::try_from(facts.len()).unwrap_or(0));
        std::fs::File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
        Some((path.clone(), text))
    });
    read.collect()
}

//! Which files a run reads: files as named, folders walked as ripgrep walks them.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use foldhash::HashSet;

use super::{ReadError, place, reason};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder the user named, without the extension.
    pub deck_path: PathBuf,
    /// The folder that holds all that may be read for it; see [`Source::root`](super::Source::root).
    pub root: PathBuf,
    /// The folder for a lock where the file has none: that of the project where a folder was named, or that of the file.
    pub lock_folder: PathBuf,
    /// The folder that holds it, with links followed.
    pub folder: PathBuf,
    /// Whether it is a link to a file.
    pub is_link: bool,
    /// What is in it, where that is at hand: an editor hands over a text before it is saved.
    pub text: Option<Vec<u8>>,
    /// Whether the user named the file itself, and not a folder above it.
    pub is_named: bool,
}

impl Input {
    /// A file the user named itself: its deck is called as the file, and its folder holds what belongs to it.
    #[must_use]
    pub fn named(path: &Path) -> Self {
        let name = path.file_name().map_or_else(|| PathBuf::from("deck"), PathBuf::from);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
        let lies_in = place(&folder);
        Self {
            path: path.to_path_buf(),
            deck_path: deck_path(&name),
            root: root_of(&lies_in),
            lock_folder: folder,
            folder: lies_in,
            is_link: path.is_symlink(),
            text: None,
            is_named: true,
        }
    }

    /// The same with a text that is at hand, whatever is on the disk.
    #[must_use]
    pub fn with_text(path: &Path, text: Vec<u8>) -> Self {
        Self { text: Some(text), ..Self::named(path) }
    }

    /// The path as findings show it.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.path)
    }

    /// Where it lies; a link lies where it stands, and not where it leads.
    #[must_use]
    pub fn lies_at(&self) -> PathBuf {
        self.folder.join(self.path.file_name().unwrap_or_default())
    }

    /// Where it leads when links are followed; see [`place`].
    #[must_use]
    pub fn place(&self) -> PathBuf {
        if self.is_link { place(&self.path) } else { self.lies_at() }
    }
}

/// A path without its extension. What is left of `...md` would be `..`, the folder above.
fn deck_path(below: &Path) -> PathBuf {
    let stem = below.file_stem().unwrap_or_default();
    let is_name = stem.as_encoded_bytes().iter().any(|&byte| byte != b'.');
    below.with_file_name(if is_name { stem } else { OsStr::new("deck") })
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

/// The files behind the paths a user gave, each once, in the order given and sorted within a folder.
///
/// A folder is walked with the rules of `.gitignore`, and gives its `.md` and `.markdown` files; a file that is named
/// is taken whatever it is called. Links to files are read, links to folders are not walked: they may lead back here.
///
/// # Errors
/// When a path does not exist or can't be read.
pub fn find_inputs(paths: &[PathBuf]) -> Result<Vec<Input>, ReadError> {
    let mut inputs = Vec::new();
    for path in paths {
        let kind = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if kind.is_dir() {
            walk(path, &mut inputs)?;
        } else if kind.is_file() {
            inputs.push(Input::named(path));
        } else {
            return Err(ReadError::Special { path: shown(path) });
        }
    }
    let mut seen = HashSet::default();
    inputs.retain(|input| seen.insert(input.place()));
    Ok(inputs)
}

/// What the decks of a folder may read: the folder, or the whole project where the folder is its `source`, beside which
/// images may lie. Never the whole disk.
fn root_of(folder: &Path) -> PathBuf {
    let project = folder.parent().filter(|above| folder.ends_with("source") && above.parent().is_some());
    project.unwrap_or(folder).to_path_buf()
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) -> Result<(), ReadError> {
    let root = root_of(&place(folder));
    // Files of one folder come one after the other.
    let mut last: Option<(PathBuf, PathBuf)> = None;
    let entries = ignore::WalkBuilder::new(folder).require_git(false).sort_by_file_name(OsStr::cmp).build();
    for entry in entries {
        let entry = entry.map_err(|error| walk_error(folder, &error))?;
        if is_markdown(entry.path()) && is_file(&entry)? {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let parent = super::folder_of(entry.path());
            let lies_in = match &last {
                Some((folder, lies_in)) if *folder == parent => lies_in.clone(),
                _ => place(&parent),
            };
            last = Some((parent, lies_in.clone()));
            inputs.push(Input {
                path: entry.path().to_path_buf(),
                deck_path: deck_path(below),
                root: root.clone(),
                lock_folder: root.clone(),
                folder: lies_in,
                is_link: entry.path_is_symlink(),
                text: None,
                is_named: false,
            });
        }
    }
    Ok(())
}

/// A link that leads nowhere is a deck that would be missing without a word.
fn is_file(entry: &ignore::DirEntry) -> Result<bool, ReadError> {
    if entry.path_is_symlink() {
        let found = fs::metadata(entry.path()).map_err(|error| unreadable(entry.path(), &error))?;
        return Ok(found.is_file());
    }
    Ok(entry.file_type().is_some_and(|kind| kind.is_file()))
}

/// The Markdown files right in a folder, sorted; none where it is not there.
pub(crate) fn markdown_in(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if is_markdown(&path) && fs::metadata(&path).map_err(|error| unreadable(&path, &error))?.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown"))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads sources")]
pub(super) fn read_bytes(input: &Input) -> Result<Vec<u8>, ReadError> {
    if let Some(text) = &input.text {
        return Ok(text.clone());
    }
    fs::read(&input.path).map_err(|error| unreadable(&input.path, &error))
}

/// The sources a lock lists, as far as its lines tell: also of a lock that can't be read otherwise; none of one that
/// can't be read at all. `None` where there is no lock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "locks are looked through before it is known which of them to read")]
pub fn listed_in(lock: &Path) -> Option<HashSet<String>> {
    const KEY: &[u8] = b"\nsource = ";
    let bytes = match fs::read(lock) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return None,
        Err(_) => Vec::new(),
    };
    let value = |at: usize| bytes.get(at + KEY.len()..)?.split(|byte| *byte == b'\n').next();
    // Most notes are of the same few files.
    let quoted: HashSet<&[u8]> = memchr::memmem::find_iter(&bytes, KEY).filter_map(value).collect();
    let read = |quoted: &[u8]| serde_json::from_str(String::from_utf8_lossy(quoted).trim_end()).ok();
    Some(quoted.into_iter().filter_map(read).collect())
}

fn unreadable(path: &Path, error: &std::io::Error) -> ReadError {
    let link = fs::read_link(path).ok().map(|target| shown(&target));
    let path = shown(path);
    match (error.kind(), link) {
        (ErrorKind::NotFound, Some(target)) => ReadError::BrokenLink { path, target },
        (ErrorKind::NotFound, None) => ReadError::Missing { path },
        (kind, _) => ReadError::Unreadable { path, reason: reason(error), kind },
    }
}

fn walk_error(folder: &Path, error: &ignore::Error) -> ReadError {
    let path = error_path(error).unwrap_or(folder);
    match error.io_error() {
        Some(error) => unreadable(path, error),
        None => ReadError::Unreadable { path: shown(path), reason: error.to_string(), kind: ErrorKind::Other },
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_is_called_as_its_file_and_never_as_the_folder_above() {
        for (name, expected) in
            [("a.md", "a"), ("x/a.b.md", "a.b"), (".md", ".md"), ("..md", "deck"), ("...md", "deck")]
        {
            assert_eq!(Input::named(Path::new(name)).deck_path, Path::new(expected), "{name}");
        }
    }

    #[test]
    fn a_root_is_the_folder_named_or_the_project_around_source() {
        let temporary = tempfile::tempdir().expect("a folder");
        let project = place(temporary.path());
        let decks = project.join("source/decks");
        fs::create_dir_all(&decks).expect("folders");
        fs::create_dir_all(project.join("resource")).expect("a folder");
        for (folder, root) in [
            (project.clone(), project.clone()),
            (project.join("source"), project.clone()),
            (project.join("source/."), project.clone()),
            (project.join("source/decks/.."), project.clone()),
            (project.join("resource"), project.join("resource")),
            (decks.clone(), decks),
        ] {
            assert_eq!(root_of(&place(&folder)), root, "{}", folder.display());
        }
        assert_eq!(root_of(Path::new("/source")), Path::new("/source"), "the whole disk is no project");
        assert_eq!(Input::named(Path::new("a/b.md")).lock_folder, Path::new("a"));
        assert_eq!(Input::named(Path::new("b.md")).lock_folder, Path::new("."));
    }
}

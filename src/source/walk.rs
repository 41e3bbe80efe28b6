//! Which files a run reads: files as named, folders walked as ripgrep walks them.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{ReadError, reason};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder the user named, without the extension.
    pub deck_path: PathBuf,
}

impl Input {
    /// A file the user named itself: its deck is called as the file.
    #[must_use]
    pub fn named(path: &Path) -> Self {
        let stem = path.file_stem().map_or_else(|| PathBuf::from("deck"), PathBuf::from);
        Self { path: path.to_path_buf(), deck_path: stem }
    }

    pub(super) fn shown(&self) -> String {
        shown(&self.path)
    }
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

/// The files behind the paths a user gave, each once, in the order given and sorted within a folder.
///
/// A folder is walked with the rules of `.gitignore`, and gives its `.md` and `.markdown` files; a file that is named
/// is taken whatever it is called.
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
    let mut seen = HashSet::new();
    inputs.retain(|input| seen.insert(fs::canonicalize(&input.path).unwrap_or_else(|_| input.path.clone())));
    Ok(inputs)
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) -> Result<(), ReadError> {
    let entries = ignore::WalkBuilder::new(folder).require_git(false).sort_by_file_path(Path::cmp).build();
    for entry in entries {
        let entry = entry.map_err(|error| walk_error(folder, &error))?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && is_markdown(entry.path()) {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            inputs.push(Input { path: entry.path().to_path_buf(), deck_path: below.with_extension("") });
        }
    }
    Ok(())
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown"))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads sources")]
pub(super) fn read_bytes(input: &Input) -> Result<Vec<u8>, ReadError> {
    fs::read(&input.path).map_err(|error| unreadable(&input.path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> ReadError {
    let path = shown(path);
    match error.kind() {
        ErrorKind::NotFound => ReadError::Missing { path },
        _ => ReadError::Unreadable { path, reason: reason(error) },
    }
}

fn walk_error(folder: &Path, error: &ignore::Error) -> ReadError {
    let path = error_path(error).unwrap_or(folder);
    let why = error.io_error().map_or_else(|| error.to_string(), reason);
    ReadError::Unreadable { path: shown(path), reason: why }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

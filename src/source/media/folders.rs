//! Where files lie: paths that start at a text, and names that are looked up in the whole project.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use foldhash::HashMap;
use unicode_normalization::UnicodeNormalization;

use super::address::decoded;
use super::{MediaFault, Reference};
use crate::source::{Source, place, reason};

/// Files of a project that are gone through to find a name, at most: somebody's whole disk is no project.
const MOST_FILES: usize = 200_000;

/// Candidates that a finding names, at most.
const MOST_SHOWN: usize = 4;

/// Where a source's addresses start, and what they may not leave.
pub(in crate::source) struct Folders {
    /// Both with links followed.
    start: PathBuf,
    root: PathBuf,
}

impl Folders {
    /// None if the root can't be found, and so nothing can lie below it.
    pub(in crate::source) fn of(source: &Source) -> Option<Self> {
        let start = place(&crate::source::folder_of(source.path()));
        Some(Self { start, root: fs::canonicalize(source.root()).ok()? })
    }

    /// The file behind a reference, links followed.
    pub(super) fn locate(&self, reference: &Reference, trees: &mut Trees) -> Result<PathBuf, MediaFault> {
        let forms = forms(&reference.address);
        let found = self.by_path(&forms);
        if !reference.by_name || !matches!(found, Err(MediaFault::Missing | MediaFault::OtherCase(_))) {
            return found;
        }
        // A path may also start at the root, and a name means the file wherever it lies.
        let from_root = Self { start: self.root.clone(), root: self.root.clone() };
        match from_root.by_path(&forms) {
            Err(MediaFault::Missing | MediaFault::OtherCase(_)) => {
                let tree = trees.of(&self.root);
                let mut named = forms.iter().map(|form| self.by_name(form, tree));
                named.find(|found| *found != Err(MediaFault::Missing)).unwrap_or(found)
            }
            found => found,
        }
    }

    /// What lies behind an address that starts at the text, links followed.
    pub(in crate::source) fn by_address(&self, address: &str) -> Result<PathBuf, MediaFault> {
        self.by_path(&forms(address))
    }

    /// The path from the root, with forward slashes.
    pub(super) fn below_root(&self, path: &Path) -> String {
        shown(path.strip_prefix(&self.root).unwrap_or(path))
    }

    fn by_path(&self, forms: &[String]) -> Result<PathBuf, MediaFault> {
        let mut fault = MediaFault::Missing;
        for form in forms {
            match self.file(form) {
                Err(MediaFault::Missing) => {}
                Err(other @ MediaFault::OtherCase(_)) => fault = other,
                found => return found,
            }
        }
        Err(fault)
    }

    fn file(&self, path: &str) -> Result<PathBuf, MediaFault> {
        let path = Path::new(path);
        let steps_down = |part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
        if !path.components().all(steps_down) {
            return Err(MediaFault::Absolute);
        }
        // Nothing outside is looked at, not even to tell whether it is there.
        if !self.stays_inside(path) {
            return Err(MediaFault::Outside);
        }
        let file = match fs::canonicalize(self.start.join(path)) {
            Ok(file) => file,
            Err(error) => return Err(self.fault_of(path, &error)),
        };
        if file.starts_with(&self.root) { Ok(file) } else { Err(MediaFault::Outside) }
    }

    fn stays_inside(&self, path: &Path) -> bool {
        let mut at = self.start.clone();
        for part in path.components() {
            match part {
                Component::ParentDir => _ = at.pop(),
                Component::Normal(name) => at.push(name),
                _ => {}
            }
        }
        at.starts_with(&self.root)
    }

    fn fault_of(&self, path: &Path, error: &std::io::Error) -> MediaFault {
        match error.kind() {
            ErrorKind::NotFound => self.other_case(path).map_or(MediaFault::Missing, MediaFault::OtherCase),
            // A name with a NUL, one that is too long, or a file where a folder should be.
            ErrorKind::InvalidInput | ErrorKind::InvalidFilename | ErrorKind::NotADirectory => MediaFault::Missing,
            _ => MediaFault::Unreadable(reason(error)),
        }
    }

    /// The name of a file in the same folder that differs in capitals only.
    fn other_case(&self, path: &Path) -> Option<String> {
        let (folder, name) = (self.start.join(path.parent()?), path.file_name()?.to_string_lossy());
        let folder = fs::canonicalize(folder).ok().filter(|folder| folder.starts_with(&self.root))?;
        let key = key(&name);
        let names = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|other| self::key(other) == key && *other != name).min()
    }

    /// The one file whose path ends like this; of several, the one that lies nearest to the text.
    fn by_name(&self, form: &str, tree: &Tree) -> Result<PathBuf, MediaFault> {
        let parts: Vec<String> = form.split('/').filter(|part| !part.is_empty() && *part != ".").map(key).collect();
        let named = parts.last().and_then(|name| tree.by_name.get(name)).map_or(&[][..], Vec::as_slice);
        let ends_alike = |path: &&PathBuf| {
            let names: Vec<String> = path.iter().map(|name| key(&name.to_string_lossy())).collect();
            names.ends_with(&parts)
        };
        let mut found: Vec<(usize, &PathBuf)> =
            named.iter().filter(ends_alike).map(|path| (self.steps_to(path), path)).collect();
        found.sort();
        match found.as_slice() {
            [] => Err(MediaFault::Missing),
            [(nearest, _), (next, _), ..] if nearest == next => {
                let near = found.iter().filter(|(steps, _)| steps == nearest).take(MOST_SHOWN);
                Err(MediaFault::Ambiguous(near.map(|(_, path)| shown(path)).collect()))
            }
            [(_, path), ..] => {
                let file = fs::canonicalize(self.root.join(path)).map_err(|error| self.fault_of(path, &error))?;
                if file.starts_with(&self.root) { Ok(file) } else { Err(MediaFault::Outside) }
            }
        }
    }

    /// How many folders one goes up and down from the text to a file.
    fn steps_to(&self, path: &Path) -> usize {
        let start: Vec<&std::ffi::OsStr> =
            self.start.strip_prefix(&self.root).map_or_else(|_| Vec::new(), |path| path.iter().collect());
        let folder: Vec<&std::ffi::OsStr> = path.parent().unwrap_or(Path::new("")).iter().collect();
        let shared = start.iter().zip(&folder).take_while(|(one, other)| one == other).count();
        start.len() + folder.len() - 2 * shared
    }
}

/// The ways to read an address as a path, the most literal first. A name may hold `%`, `?` and `#`, so it is tried as
/// written; Windows writes `\`; and macOS keeps accents as signs of their own.
fn forms(address: &str) -> Vec<String> {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let mut forms: Vec<String> = Vec::new();
    for text in [address.to_owned(), decoded(address), bare.to_owned(), decoded(bare)] {
        let slashed = text.replace('\\', "/");
        for text in [&text, &slashed] {
            for form in [text.clone(), text.nfc().collect(), text.nfd().collect()] {
                if !form.is_empty() && !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
    }
    forms
}

/// What two names have in common that differ in capitals or in how accents are kept.
fn key(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The files of the projects, gone through when the first name is looked up.
#[derive(Default)]
pub(super) struct Trees {
    by_root: HashMap<PathBuf, Tree>,
}

/// The files below a root, by name; their paths start there.
#[derive(Default)]
struct Tree {
    by_name: HashMap<String, Vec<PathBuf>>,
}

impl Trees {
    fn of(&mut self, root: &Path) -> &Tree {
        self.by_root.entry(root.to_path_buf()).or_insert_with(|| Tree::below(root))
    }
}

impl Tree {
    /// With the rules of `.gitignore`, as texts are found; links to folders are not walked, they may lead back here.
    fn below(root: &Path) -> Self {
        let mut tree = Self::default();
        let entries = ignore::WalkBuilder::new(root).require_git(false).sort_by_file_path(Path::cmp).build();
        for entry in entries.take(MOST_FILES).flatten() {
            let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
            if let Some(path) = entry.path().strip_prefix(root).ok().filter(|_| is_file) {
                tree.by_name.entry(key(&entry.file_name().to_string_lossy())).or_default().push(path.to_path_buf());
            }
        }
        tree
    }
}

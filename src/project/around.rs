//! What counts for a file outside of it: the settings of its project, and its lock.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::identity::lock::FILE_NAME;
use crate::lints::own;
use crate::settings::{Configs, Given, Keys, OnCommandLine, SettingsError};
use crate::source::{Input, place, shortened};

/// What is said of files outside of them.
pub(super) struct Around {
    pub(super) configs: Configs,
    pub(super) command: Arc<Keys>,
}

impl Around {
    pub(super) fn new(command: &OnCommandLine) -> Result<Self, SettingsError> {
        Ok(Self { configs: Configs::new(command.config.as_deref())?, command: Arc::new(command.keys.clone()) })
    }

    /// What is said of a file, by where it lies.
    pub(super) fn of(&mut self, path: &Path) -> Result<Given, SettingsError> {
        let config = self.configs.of(path.parent().unwrap_or(Path::new(".")))?;
        let overrides = config.as_ref().map_or_else(Vec::new, |config| config.overrides_of(path));
        Ok(Given { command: Arc::clone(&self.command), config, overrides })
    }

    /// What is said of a file. Where it has no lock yet, one is made beside the `deckc.toml` of its project.
    pub(super) fn join(&mut self, input: &mut Input) -> Result<Given, SettingsError> {
        let given = self.of(&input.lies_at())?;
        if let Some(config) = given.config.as_ref().filter(|config| input.folder.starts_with(&config.folder)) {
            input.lock_folder.clone_from(&config.folder);
        }
        Ok(given)
    }
}

/// Whether a file that was found in a folder is the page of a lint of the project's own, and so no deck.
pub(super) fn is_page_of_lint(input: &Input, given: &Given) -> bool {
    let Some(config) = given.config.as_ref().filter(|_| !input.is_named) else { return false };
    let name = input.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    config.own_lints.has(name) && input.folder == config.folder.join(own::pages::FOLDER)
}

/// A project may read what lies below its `deckc.toml`, but never the whole disk.
pub(super) fn widen(input: &mut Input, given: &Given) {
    let project = given.config.as_ref().map(|config| &config.folder).filter(|folder| folder.parent().is_some());
    if let Some(folder) = project.filter(|folder| input.root.starts_with(folder)) {
        input.root.clone_from(folder);
    }
}

/// Where a folder lies, or would lie.
pub(super) fn place_of_folder(folder: &Path) -> PathBuf {
    let is_there = |part: &&Path| part.as_os_str().is_empty() || part.exists();
    let Some(there) = folder.ancestors().find(is_there) else { return folder.to_path_buf() };
    let below = folder.strip_prefix(there).unwrap_or(folder);
    place(if there.as_os_str().is_empty() { Path::new(".") } else { there }).join(below)
}

/// The path of a file from a folder, with forward slashes; both with links to folders followed.
pub(super) fn below(home: &Path, path: &Path) -> String {
    let mut ups = 0;
    let mut folder = home;
    while !path.starts_with(folder) {
        let Some(parent) = folder.parent() else { break };
        (folder, ups) = (parent, ups + 1);
    }
    let rest = path.strip_prefix(folder).unwrap_or(path);
    let names = rest.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    std::iter::repeat_n("..".to_owned(), ups).chain(names).collect::<Vec<_>>().join("/")
}

/// Finds locks, and reads each folder's but once.
#[derive(Default)]
pub(super) struct Finder {
    /// The parts of a folder that its lock lists files of: folders in it, or nothing for files beside the lock; `None`
    /// where it has no lock.
    listed: HashMap<PathBuf, Option<HashSet<String>>>,
    /// Where folders lie.
    places: HashMap<PathBuf, PathBuf>,
    /// The path of the lock in a folder.
    locks: HashMap<PathBuf, PathBuf>,
}

impl Finder {
    /// The folder of a file's lock, with links followed, and the path of the lock.
    pub(super) fn lock_of(&mut self, input: &mut Input) -> (PathBuf, PathBuf) {
        let folder = &input.folder;
        let nearest = folder.ancestors().find(|home| self.lists(home, folder)).map(Path::to_path_buf);
        if let Some(home) = &nearest {
            // However a file is named, it shows the same pictures.
            input.root.clone_from(home);
        }
        let home = nearest.unwrap_or_else(|| self.place_of(&input.lock_folder));
        let path = self.lock_in(&home);
        (home, path)
    }

    fn place_of(&mut self, folder: &Path) -> PathBuf {
        self.places.entry(folder.to_path_buf()).or_insert_with(|| place(folder)).clone()
    }

    fn lock_in(&mut self, home: &Path) -> PathBuf {
        self.locks.entry(home.to_path_buf()).or_insert_with(|| shortened(&home.join(FILE_NAME))).clone()
    }

    fn lists(&mut self, home: &Path, folder: &Path) -> bool {
        if !self.listed.contains_key(home) {
            let listed = crate::source::listed_in(&home.join(FILE_NAME)).map(|sources| {
                let part = |source: &String| source.split_once('/').map_or("", |(part, _)| part).to_owned();
                sources.iter().map(part).collect()
            });
            self.listed.insert(home.to_path_buf(), listed);
        }
        let Some(parts) = self.listed.get(home).and_then(Option::as_ref) else { return false };
        let below = folder.strip_prefix(home).unwrap_or(folder);
        let part = below.iter().next().map_or(Cow::Borrowed(""), |part| part.to_string_lossy());
        // What a lock that lists nothing is of is told by where it lies. It may be broken, and must not be passed over.
        let is_beside = part.is_empty() || part == "source";
        if parts.is_empty() { is_beside } else { parts.contains(&*part) }
    }
}

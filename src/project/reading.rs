//! Files as they are read, with their settings and locks, before anything of them is understood.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use super::around::{Around, Finder, is_page_of_lint, place_of_folder, widen};
use super::{ProjectError, ProjectLock};
use crate::cache::inputs::Inputs;
use crate::identity::known::KnownNotes;
use crate::settings::{Given, OnCommandLine};
use crate::source::{Input, Source, Sources, folder_of, hash_inputs};
use crate::timings::{Stage, Timings};

/// What the locks of a project come to; none for one that is not there.
pub(crate) type LockFiles = Vec<Option<blake3::Hash>>;

/// Files that belong together, as read.
pub(crate) struct Reading {
    pub(super) around: Around,
    /// The files the user named.
    pub(super) inputs: Vec<Input>,
    /// For each of them what is said of it outside of it.
    pub(super) givens: Vec<Given>,
    /// Their texts, in the same order, then those of the locks.
    pub(super) sources: Sources,
    pub(super) locks: Vec<ProjectLock>,
    /// For each file its lock.
    pub(super) of_file: Vec<usize>,
}

impl Reading {
    /// Reads files, perhaps with their texts at hand, their settings, and their locks: those the files have, or the one that
    /// is named.
    ///
    /// # Errors
    /// When one can't be read, or a setting can't be used.
    pub(crate) fn of(
        inputs: Vec<Input>,
        lock: Option<&Path>,
        command: &OnCommandLine,
        timings: &Timings,
    ) -> Result<Self, ProjectError> {
        let reading = rayon::scope(|_| Self::read(inputs, lock, command));
        timings.end(Stage::Read);
        reading
    }

    fn read(mut inputs: Vec<Input>, lock: Option<&Path>, command: &OnCommandLine) -> Result<Self, ProjectError> {
        let mut around = Around::new(command)?;
        let mut givens: Vec<Given> = inputs.iter_mut().map(|input| around.join(input)).collect::<Result<_, _>>()?;
        let is_page: Vec<bool> =
            inputs.iter().zip(&givens).map(|(input, given)| is_page_of_lint(input, given)).collect();
        let mut is_deck = is_page.iter().map(|is_page| !is_page);
        inputs.retain(|_| is_deck.next().unwrap_or(true));
        let mut is_deck = is_page.iter().map(|is_page| !is_page);
        givens.retain(|_| is_deck.next().unwrap_or(true));
        let mut finder = Finder::default();
        let homes: Vec<(PathBuf, PathBuf)> = match lock {
            Some(path) => inputs.iter().map(|_| (place_of_folder(&folder_of(path)), path.to_path_buf())).collect(),
            None => inputs.iter_mut().map(|input| finder.lock_of(input)).collect(),
        };
        inputs.iter_mut().zip(&givens).for_each(|(input, given)| widen(input, given));
        let mut sources = Sources::read(&inputs)?;
        let mut locks: Vec<ProjectLock> = Vec::new();
        let mut of_file = Vec::with_capacity(homes.len());
        for ((home, path), given) in homes.into_iter().zip(&givens) {
            let place = locks.iter().position(|lock| lock.path == path || (lock.home == home && lock.named(&path)));
            of_file.push(match place {
                Some(place) => place,
                None => {
                    let known = KnownNotes { source: sources.read_if_there(&path)?, ..KnownNotes::default() };
                    let style = given.config.as_ref().and_then(|config| config.style.clone());
                    locks.push(ProjectLock::new(path, home, known, style));
                    locks.len() - 1
                }
            });
            if let Some(lock) = place.and_then(|place| locks.get(place)) {
                lock.has_style_of(given)?;
            }
        }
        Ok(Self { around, inputs, givens, sources, locks, of_file })
    }

    /// Whether a file was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Whether the settings can be used, as far as they were read.
    pub(crate) fn has_sound_settings(&self) -> bool {
        self.around.configs.is_sound()
    }

    /// Where the locks are, or would be.
    pub(crate) fn lock_paths(&self) -> Vec<PathBuf> {
        self.locks.iter().map(ProjectLock::target).collect()
    }

    /// Bytes of the texts, without those of the locks.
    pub(crate) fn size(&self) -> usize {
        self.texts().iter().map(|source| source.text().len()).sum()
    }

    /// All texts.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    fn texts(&self) -> &[Source] {
        self.sources.all().get(..self.inputs.len()).unwrap_or_default()
    }

    /// All that was read but for the locks, and where: with what is said on the command line and in the locks, it decides
    /// about what is made of the files, but for what was [looked for](super::looked::Looked) beside them.
    pub(crate) fn hash_inputs(&self, inputs: &mut Inputs) {
        self.around.configs.hash_inputs(inputs);
        // Where a link leads is not told by where it stands.
        self.inputs.iter().for_each(|input| (input, input.is_link.then(|| input.place())).hash(inputs));
        hash_inputs(self.texts(), inputs);
        self.locks.iter().for_each(|lock| (&lock.path, &lock.home).hash(inputs));
        self.of_file.hash(inputs);
    }

    /// What the locks come to; none for one that is not there.
    pub(crate) fn lock_files(&self) -> LockFiles {
        lock_files(&self.locks, &self.sources)
    }
}

pub(super) fn lock_files(locks: &[ProjectLock], sources: &Sources) -> LockFiles {
    locks.iter().map(|lock| Some(sources.get(lock.known.source?).file())).collect()
}

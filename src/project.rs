//! Files that belong together, and their lock.
//!
//! A file's lock is the nearest `deckc.lock`, from its folder upwards, that lists files there: beside the lock, or below
//! the same folder beside it. Where there is none, it is the one beside the sources: beside a folder called `source`, in any
//! other folder that is named, and beside a file that is named itself. A lock that lists nothing, as one that is broken may,
//! counts for the files beside it and below `source`. All files of a lock are read, also those that are not named, so that
//! a note moves from one to another as the same note.

mod around;
mod looked;
mod named;
mod paths;
mod plan;
mod reading;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use around::{Around, below, place_of_folder};
use foldhash::{HashMap, HashSet};
pub(crate) use looked::Looked;
pub use paths::ProjectPaths;
pub use plan::Plan;
pub(crate) use plan::PlannedDeck;
use rayon::prelude::*;
pub(crate) use reading::{LockFiles, Reading};

use crate::check::Checked;
use crate::emit::LockFile;
use crate::history::{self, Clock, Elsewhere, Record};
use crate::identity::known::{IdentityFaults, KnownNotes, OutdatedLock};
use crate::identity::lock::{Entry, FILE_NAME};
use crate::lints::own::OwnLint;
use crate::parsed::Parsed;
use crate::parsed::cache::{ParsedCache, Saving};
use crate::render::{RenderedDeck, Renderer};
use crate::settings::file::StyleSheet;
use crate::settings::levels::LevelError;
use crate::settings::{Config, Given, OnCommandLine, SettingsError};
use crate::shape::elsewhere;
use crate::source::{Input, ReadError, Source, SourceId, Sources, behind_link, find_inputs, place, shortened};
use crate::timings::{Stage, Timings};

/// Files read and understood.
#[derive(Debug)]
pub struct Project {
    /// Their texts, then those of the locks.
    pub sources: Sources,
    /// The files the user named.
    pub files: Vec<Parsed>,
    /// Their locks.
    pub locks: Vec<ProjectLock>,
    /// For each file its lock.
    of_file: Vec<usize>,
    /// What was looked for beside them.
    looked: Looked,
    /// What is kept of them for the next run.
    saving: Saving,
}

/// A lock, the notes in it, and the files of it that are not named.
#[derive(Debug)]
pub struct ProjectLock {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// Its folder, with links followed.
    home: PathBuf,
    /// What it says.
    pub known: KnownNotes,
    /// Path from the folder, and what is in it.
    unnamed: Vec<(String, Parsed)>,
    /// Files of the lock that are there, but were not read.
    unread: Vec<String>,
    /// Whether it lists files by other names than those of the named ones, be they there or not.
    names_others: bool,
    /// The style sheet of its project.
    style: Option<StyleSheet>,
}

/// Why files could not be read as a project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A file can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The settings can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A level on the command line can't be used.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// The notes of one lock have two style sheets.
    #[error("the notes of `{lock}` are given two style sheets: {first} and {second}")]
    TwoStyles {
        /// The lock.
        lock: String,
        /// The one, in words.
        first: String,
        /// The other, in words.
        second: String,
    },
}

impl Project {
    /// Reads the files behind the paths a user gave, their settings, and their locks: those the files have, or the one
    /// that is named.
    ///
    /// # Errors
    /// When a path does not exist or can't be read, or a setting can't be used.
    pub fn read(paths: &[PathBuf], lock: Option<&Path>, command: &OnCommandLine) -> Result<Self, ProjectError> {
        let timings = Timings::off();
        Self::of_reading(Reading::of(find_inputs(paths)?, lock, command, &timings)?, None, &timings)
    }

    /// The same of files that were read, with the time it takes, and with what an earlier run kept in a folder.
    ///
    /// # Errors
    /// When another file of their locks can't be read, or a setting can't be used.
    pub(crate) fn of_reading(reading: Reading, cache: Option<&Path>, timings: &Timings) -> Result<Self, ProjectError> {
        // Not on the thread that only waits: an allocator gives back what a thread has freed when that thread goes on.
        rayon::scope(|_| Self::understood(reading, cache, timings))
    }

    fn understood(reading: Reading, cache: Option<&Path>, timings: &Timings) -> Result<Self, ProjectError> {
        let Reading { mut around, inputs, givens, mut sources, mut locks, of_file } = reading;
        let ids: Vec<SourceId> = sources.all().iter().map(Source::id).take(inputs.len()).collect();
        let cache = cache
            .zip(locks.first())
            .and_then(|(folder, lock)| ParsedCache::open(folder, &lock.home, ids.iter().map(|&id| sources.get(id))));
        let lent: Vec<Option<String>> =
            locks.iter().map(|lock| lock.known.source.and_then(|id| sources.lend(id))).collect();
        let known = locks.par_iter().zip(lent);
        let known = known.map(|(lock, lent)| KnownNotes::read_lent(&sources, lock.known.source, lent));
        // Before the files, beside which the texts of the locks would be in memory for long.
        let known: Vec<KnownNotes> = known.collect();
        let understand = |id, given: &Given| Parsed::new_timed(sources.get(id), given, cache.as_ref(), timings);
        let files = ids.par_iter().zip(&givens).map(|(&id, given)| understand(id, given));
        let mut files: Vec<Parsed> = files.collect();
        locks.iter_mut().zip(known).for_each(|(lock, known)| lock.known = known);
        timings.end(Stage::Understand);
        let (lie_at, named): (HashSet<PathBuf>, HashSet<PathBuf>) =
            inputs.iter().map(|input| (input.lies_at(), input.place())).unzip();
        for lock in &mut locks {
            lock.names_others = lock.listed().iter().any(|source| !lie_at.contains(&lock.place_of(source)));
            lock.read_unnamed(&mut sources, &named, &mut around, cache.as_ref(), timings)?;
        }
        let unknown = around.configs.unknown(&around.command.levels);
        around.configs.finish()?;
        unknown.map_or(Ok(()), |unknown| Err(LevelError::Unknown(unknown)))?;
        timings.end(Stage::Read);
        let saving = cache.map(ParsedCache::save).unwrap_or_default();
        elsewhere::find(&sources, &mut files);
        timings.end(Stage::Understand);
        let mut project = Self { sources, files, locks, of_file, looked: Looked::default(), saving };
        project.identify();
        timings.end(Stage::Identify);
        Ok(project)
    }

    /// A file and a lock that are at hand as texts, as if they had been read from one folder.
    ///
    /// # Errors
    /// When a text is longer than a span can address.
    pub fn of_text(name: &str, text: impl Into<Vec<u8>>, lock: Option<&str>) -> Result<Self, ReadError> {
        Self::of_text_given(name, text, lock, &Given::default())
    }

    /// The same with what is said of the file outside of it.
    ///
    /// # Errors
    /// When a text is longer than a span can address.
    pub fn of_text_given(
        name: &str,
        text: impl Into<Vec<u8>>,
        lock: Option<&str>,
        given: &Given,
    ) -> Result<Self, ReadError> {
        let mut sources = Sources::default();
        let file = sources.add_text(name, text)?;
        let source = lock.map(|lock| sources.add_text(FILE_NAME, lock)).transpose()?;
        let known = KnownNotes::read(&sources, source);
        let path = PathBuf::from(FILE_NAME);
        let home = place(Path::new("."));
        let lock = ProjectLock::new(path, home, known, None);
        let files = vec![Parsed::new(sources.get(file), given)];
        let mut project = Self {
            sources,
            files,
            locks: vec![lock],
            of_file: vec![0],
            looked: Looked::default(),
            saving: Saving::default(),
        };
        project.identify();
        project.look_at_media();
        project.look_at_links();
        Ok(project)
    }

    fn identify(&mut self) {
        for (index, lock) in self.locks.iter_mut().enumerate() {
            let of_lock = self.files.iter_mut().zip(&self.of_file).filter(|(_, of)| **of == index);
            let mut files: Vec<(String, &mut Parsed)> = of_lock
                .map(|(file, _)| (below(&lock.home, self.sources.get(file.deck.source).lies_at()), file))
                .collect();
            files.extend(lock.unnamed.iter_mut().map(|(path, file)| (path.clone(), file)));
            let mut files: Vec<(&str, &mut Parsed)> =
                files.iter_mut().map(|(path, file)| (path.as_str(), &mut **file)).collect();
            lock.known.identify(&self.sources, &mut files);
            if let Some(entries) = lock.known.entries().map(|lock| history::from_the_future(lock.entries.iter())) {
                // Some clock was or is wrong.
                lock.known.faults.from_the_future = lock.known.spans_of(&self.sources, &entries);
            }
        }
    }

    /// The decks of checked files, in their order, with the media they show: those that were [read](Self::read_media).
    #[must_use]
    pub fn render(&self, files: &[Checked<&Parsed>]) -> Vec<RenderedDeck> {
        self.render_with(&Renderer::new(), files)
    }

    /// The same with a renderer that knows something.
    #[must_use]
    pub fn render_with(&self, renderer: &Renderer, files: &[Checked<&Parsed>]) -> Vec<RenderedDeck> {
        renderer.decks(&self.sources, files)
    }

    /// What each lock is after a build of these decks, which are those of the named files, in their order. The decks get
    /// their times and numbers.
    #[must_use]
    pub fn record(&self, decks: &mut [RenderedDeck], clock: Clock) -> Vec<Record<'_>> {
        let plan = self.plan(clock);
        let news = decks.iter_mut().zip(&self.files).zip(&plan.decks).map(|((rendered, file), deck)| {
            rendered.placing.clone_from(&deck.placing);
            let recorder = plan.recorder(deck)?;
            Some(recorder.deck(&deck.source, file, &deck.notes, rendered))
        });
        let news = news.map(Option::unwrap_or_default).collect();
        plan.finish(news)
    }

    /// The locks that a build would change, with the notes that change them.
    #[must_use]
    pub fn outdated(&self, records: &[Record<'_>]) -> Vec<OutdatedLock> {
        let locks = self.locks.iter().zip(records).enumerate();
        let changed = locks.filter(|(_, (lock, record))| lock.is_changed_by(record));
        let outdated = changed.map(|(index, (lock, record))| {
            let notes = self.files_of(index).filter_map(|at| self.files.get(at)).flat_map(|file| &file.deck.notes);
            let known = lock.known.entries();
            let questions = notes.filter_map(|note| {
                let why = change_of(known.and_then(|known| known.find(&note.guid)), record.lock.find(&note.guid)?)?;
                Some((note.question_span, why))
            });
            OutdatedLock {
                path: lock.shown_path(),
                questions: questions.collect(),
                retired: lock.known.spans_of(&self.sources, &record.changes.retired),
            }
        });
        outdated.collect()
    }

    /// Whether a file was read for what is said of the files: one of their texts, a lock, settings, a style sheet or the
    /// page of a lint.
    #[must_use]
    pub fn has_read(&self, path: &Path) -> bool {
        let path = place(path);
        let is_of = |config: &Config| config.files().iter().any(|file| place(file) == path);
        self.sources.by_place().contains_key(&path) || self.configs().any(is_of)
    }

    /// The lints of the projects' own, each by its name.
    #[must_use]
    pub fn own_lints(&self) -> HashMap<&str, &OwnLint> {
        let lints = self.configs().flat_map(|config| config.own_lints.iter());
        lints.map(|lint| (lint.name.as_str(), &**lint)).collect()
    }

    /// Each `deckc.toml` that counts for a file.
    fn configs(&self) -> impl Iterator<Item = &Config> {
        let unnamed = self.locks.iter().flat_map(|lock| &lock.unnamed).map(|(_, file)| file);
        let configs = self.files.iter().chain(unnamed).filter_map(|file| file.settings.config.as_ref());
        let configs: BTreeMap<&Path, &Config> = configs.map(|config| (config.path.as_path(), &**config)).collect();
        configs.into_values()
    }

    /// The text of a file.
    #[must_use]
    pub fn source(&self, file: &Parsed) -> &Source {
        self.sources.get(file.deck.source)
    }

    /// Gives back what is not looked at once all files are checked.
    pub(crate) fn forget_blocks(&mut self) {
        self.files.par_iter_mut().for_each(|file| file.document.forget_blocks());
    }

    /// Whether all that is known hangs on the files that are named, their settings and locks, and on what was
    /// [looked for](Self::take_looked): not on other files that a lock lists, nor on the time.
    pub(crate) fn is_of_named_files(&self) -> bool {
        self.locks.iter().all(|lock| !lock.names_others && lock.known.faults.from_the_future.is_empty())
    }

    /// What the locks come to, as they were read.
    pub(crate) fn lock_files(&self) -> LockFiles {
        reading::lock_files(&self.locks, &self.sources)
    }

    /// Gives away what was looked for beside the texts.
    pub(crate) fn take_looked(&mut self) -> Looked {
        std::mem::take(&mut self.looked)
    }

    /// For the end of the process: to give every text of a large project back takes time and brings nothing.
    pub(crate) fn leave(mut self) {
        drop(std::mem::take(&mut self.saving));
        std::mem::forget(self);
    }

    /// Whether any note was found.
    #[must_use]
    pub fn has_questions(&self) -> bool {
        self.files.iter().any(|file| !file.deck.notes.is_empty())
    }

    /// How many notes were found.
    #[must_use]
    pub fn notes(&self) -> usize {
        self.files.iter().map(|file| file.deck.notes.len()).sum()
    }

    /// What is wrong with the identity of the notes.
    #[must_use]
    pub fn identity_faults(&self) -> IdentityFaults {
        let mut all = IdentityFaults::default();
        self.locks.iter().for_each(|lock| all.extend(lock.known.faults.clone()));
        all
    }

    /// The files of a lock that are named, by their index.
    pub fn files_of(&self, lock: usize) -> impl Iterator<Item = usize> {
        self.of_file.iter().enumerate().filter(move |(_, of)| **of == lock).map(|(file, _)| file)
    }

    /// The path of a source from a folder, with forward slashes.
    #[must_use]
    pub fn path_from(&self, folder: &Path, id: SourceId) -> String {
        below(&place_of_folder(folder), self.sources.get(id).lies_at())
    }

    /// The path of a file from the folder of its lock, with forward slashes.
    #[must_use]
    pub fn path_in_lock(&self, file: usize) -> String {
        let source = self.files.get(file).map(|file| self.source(file));
        let lock = self.of_file.get(file).and_then(|&lock| self.locks.get(lock));
        source.zip(lock).map_or_else(String::new, |(source, lock)| below(&lock.home, source.lies_at()))
    }
}

/// Why a note is not in the lock as it is in the sources; none if it is.
fn change_of(before: Option<&Entry>, after: &Entry) -> Option<&'static str> {
    match before {
        None => Some("not in the lock"),
        Some(before) if before == after => None,
        Some(before) if before.retired.is_some() => Some("gone in the lock"),
        Some(before) if before.content != after.content => Some("changed since the last build"),
        Some(before) if before.source != after.source || before.section != after.section => Some("moved"),
        Some(_) => Some("the lock has other words, or another number or place"),
    }
}

impl ProjectLock {
    fn new(path: PathBuf, home: PathBuf, known: KnownNotes, style: Option<StyleSheet>) -> Self {
        Self { path, home, known, unnamed: Vec::new(), unread: Vec::new(), names_others: false, style }
    }

    /// Whether a build changes what the file says.
    #[must_use]
    pub fn is_changed_by(&self, record: &Record<'_>) -> bool {
        self.known.entries().map_or(!record.lock.is_empty(), |known| record.lock.is_other_than(known))
    }

    /// The lock to write, if it is not what the file says already.
    #[must_use]
    pub fn output<'a>(&self, record: &'a Record<'_>) -> Option<LockFile<'a>> {
        self.is_changed_by(record).then(|| LockFile::new(self.target(), &record.lock))
    }

    /// Where it is written to.
    pub(crate) fn target(&self) -> PathBuf {
        behind_link(&self.path)
    }

    /// Whether its style sheet is a different one today.
    #[must_use]
    pub fn changes_style(&self, record: &Record<'_>) -> bool {
        self.known.entries().and_then(|known| known.style.as_ref()) != record.lock.style.as_ref()
    }

    /// Anki keeps one style sheet for all notes of a kind.
    fn has_style_of(&self, given: &Given) -> Result<(), ProjectError> {
        let other = given.config.as_ref().and_then(|config| config.style.as_ref());
        if other.map(|style| &style.text) == self.style.as_ref().map(|style| &style.text) {
            return Ok(());
        }
        let words = |style: Option<&StyleSheet>| style.map_or("none".to_owned(), |style| format!("`{}`", style.name));
        let (first, second) = (words(self.style.as_ref()), words(other));
        Err(ProjectError::TwoStyles { lock: self.shown_path(), first, second })
    }

    fn named(&self, path: &Path) -> bool {
        self.path.file_name() == path.file_name()
    }

    /// The path as findings show it.
    #[must_use]
    pub fn shown_path(&self) -> String {
        Input::named(&self.path).shown()
    }

    /// What is known of notes that are not built when only the named files are.
    #[must_use]
    pub fn elsewhere(&self) -> Elsewhere {
        let guids = self.unnamed.iter().flat_map(|(_, file)| &file.deck.notes).map(|note| note.guid.clone());
        let sources = self.unnamed.iter().map(|(path, _)| path).chain(&self.unread);
        Elsewhere { sources: sources.cloned().collect(), guids: guids.collect() }
    }

    /// Where a source of the lock lies.
    pub(crate) fn place_of(&self, source: &str) -> PathBuf {
        source.split('/').fold(self.home.clone(), |path, part| path.join(part))
    }

    /// The files it lists of which there are notes, each once.
    fn listed(&self) -> Vec<&str> {
        let listed = self.known.entries().into_iter().flat_map(|lock| lock.live()).map(|entry| &*entry.source);
        let mut listed: Vec<&str> = listed.collect();
        // Most notes are of the same few files.
        listed.dedup();
        listed.sort_unstable();
        listed.dedup();
        listed
    }

    fn read_unnamed(
        &mut self,
        sources: &mut Sources,
        named: &HashSet<PathBuf>,
        around: &mut Around,
        cache: Option<&ParsedCache>,
        timings: &Timings,
    ) -> Result<(), ProjectError> {
        let (mut unnamed, mut unread) = (Vec::new(), Vec::new());
        for source in self.listed() {
            let path = self.place_of(source);
            // What a lock lists lies beside it: it is a text that others may have written.
            let is_below = place(&path).starts_with(&self.home);
            if named.contains(&place(&path)) || path.symlink_metadata().is_err() {
                continue;
            }
            if is_below && path.is_file() {
                if let Some(id) = sources.read_if_there(&shortened(&path))? {
                    unnamed.push((source.to_owned(), id, around.of(&Input::named(&path).lies_at())?));
                }
            } else {
                // What is not looked into is not gone.
                unread.push(source.to_owned());
            }
        }
        timings.end(Stage::Read);
        let parsed = unnamed
            .into_par_iter()
            .map(|(path, id, given)| (path, Parsed::new_timed(sources.get(id), &given, cache, timings)));
        self.unnamed = parsed.collect();
        timings.end(Stage::Understand);
        self.unread = unread;
        Ok(())
    }
}

//! The only place that writes files. Whole or not at all: everything goes to temporary files beside their targets first,
//! and only when all of them are safely on the disk are they renamed.

mod draft;
mod hold;
mod sync;

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use foldhash::HashMap;
use rayon::prelude::*;
use tempfile::{NamedTempFile, TempPath};

use self::draft::Draft;
use self::sync::Syncers;
use super::{Artefact, Emit, EmitError, Out};
use crate::source::{folder_of, reason};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file stands where a folder is needed.
    #[error("cannot make the folder `{path}`: a file of that name is in the way")]
    FileInTheWay {
        /// The folder that is needed.
        path: String,
    },
    /// A folder stands where a file should go.
    #[error("cannot write `{path}`: a folder of that name is in the way")]
    FolderInTheWay {
        /// The file that should go there.
        path: String,
    },
    /// Two decks go to the same file.
    #[error("two decks would both be written to `{path}`")]
    Twice {
        /// The file.
        path: String,
    },
    /// Another program wrote a file after it was read.
    #[error("`{path}` was changed by another program while this one was at work")]
    Overtaken {
        /// The file.
        path: String,
    },
    /// What a file is to hold could not be made.
    #[error(transparent)]
    Emit(EmitError),
    /// A file is there and can't be read.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said, in words.
        reason: String,
    },
    /// The operating system refused to make a folder.
    #[error("cannot make the folder `{path}`: {reason}")]
    NoFolder {
        /// The folder that is needed.
        path: String,
        /// What the system said, in words.
        reason: String,
        /// Its kind, which decides the help.
        kind: ErrorKind,
    },
    /// The operating system refused to write.
    #[error("cannot write `{path}`: {reason}")]
    Refused {
        /// The file or folder.
        path: String,
        /// What the system said, in words.
        reason: String,
        /// Its kind, which decides the help.
        kind: ErrorKind,
    },
}

impl WriteError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Refused { path, kind: ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem, .. }
                if is_lock(Path::new(path)) =>
            {
                "check the permissions of the folder, or name a lock in another one with `--lock`"
            }
            Self::FolderInTheWay { path } if is_lock(Path::new(path)) => {
                "move that folder away, or name another lock with `--lock`"
            }
            Self::FileInTheWay { .. } => "move that file away, or name another folder with `--out`",
            Self::FolderInTheWay { .. } => "move that folder away, or name another folder with `--out`",
            Self::Twice { .. } => "rename one of the two sources: a deck's files are called as its source",
            Self::Overtaken { .. } => "run it again",
            Self::Emit(error) => error.help(),
            Self::Unreadable { .. } => "check the permissions of the file",
            Self::NoFolder { kind, .. } | Self::Refused { kind, .. } => match kind {
                ErrorKind::PermissionDenied => "check the permissions of the folder, or name another one with `--out`",
                ErrorKind::ReadOnlyFilesystem => "this file system can only be read: name another folder with `--out`",
                ErrorKind::StorageFull => "make room on the disk; the earlier files are as they were",
                ErrorKind::QuotaExceeded => "your disk quota is used up: make room; the earlier files are as they were",
                ErrorKind::FileTooLarge => "the file is larger than allowed here (see `ulimit -f`): split the deck",
                ErrorKind::InvalidFilename => {
                    "the name is too long or has a character not allowed here: rename the source"
                }
                _ => "check that the folder can be written to, or name another one with `--out`",
            },
        }
    }

    fn refused(path: &Path, error: &io::Error) -> Self {
        Self::Refused { path: shown(path), reason: reason(error), kind: error.kind() }
    }
}

/// Locks go elsewhere by another option than decks do.
fn is_lock(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == crate::identity::lock::FILE_NAME)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A file that was read before something was made of it.
#[derive(Debug, Clone, Copy)]
pub struct AsRead<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What it held comes to; none if there was no such file.
    pub content: Option<blake3::Hash>,
}

/// Writes every artefact in this order, making the folders they need. A file that already holds the very bytes is left
/// alone. Another deckc that writes to the same folders waits until this one is done.
///
/// A process that is killed half-way leaves each file as it was or as it should be, and perhaps a temporary file, which
/// the next run removes.
///
/// # Errors
/// When one of them can't be written, or one of `as_read` is no longer what was read. Then none is written: every file is
/// as it was.
pub fn write_all<A: Borrow<Artefact>>(artefacts: &[A], as_read: &[AsRead<'_>]) -> Result<(), WriteError> {
    let mut artefacts: Vec<&Artefact> = artefacts.iter().map(Borrow::borrow).collect();
    let paths: Vec<&Path> = artefacts.iter().map(|artefact| artefact.path.as_path()).collect();
    let mut staging = Staging::begin(&paths, as_read)?;
    staging.stage(&mut artefacts)?;
    staging.finish()
}

/// What a file holds that was made, or was there as it would have been made.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Bytes in it.
    pub length: u64,
    /// What they come to.
    pub content: blake3::Hash,
}

impl Written {
    /// What a file holds.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn of(file: fs::File) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file)?;
        Ok(Self { length: hasher.count(), content: hasher.finalize() })
    }
}

/// Whether a run that was killed left something beside these files, or another one is at work there.
#[must_use]
pub fn is_left_over(paths: &[PathBuf]) -> bool {
    let folders: BTreeSet<PathBuf> = paths.iter().map(|path| folder_of(path)).collect();
    folders.iter().any(|folder| !hold::leftovers(folder).is_empty())
}

/// Files that are made ready beside their targets, and get their names together.
pub struct Staging {
    /// Folders that were made for them. They go again if nothing comes of it, but for those that hold other files.
    made: Vec<PathBuf>,
    /// Folders that no other run may write to, until the end.
    _held: Vec<(PathBuf, fs::File)>,
    /// What is staged together is named together.
    batches: Vec<Vec<Staged>>,
    /// Who waits until they are on the disk.
    syncers: Syncers,
}

impl Staging {
    /// Makes the folders that files of these paths need, and keeps other runs out of them and of those where something was
    /// read.
    ///
    /// # Errors
    /// When two paths are one, something else is in the way, or one of `as_read` is no longer what was read.
    pub fn begin(paths: &[&Path], as_read: &[AsRead<'_>]) -> Result<Self, WriteError> {
        let mut seen = BTreeSet::new();
        for path in paths {
            if !seen.insert(path) {
                return Err(WriteError::Twice { path: shown(path) });
            }
            if path.is_dir() {
                return Err(WriteError::FolderInTheWay { path: shown(path) });
            }
        }
        let mut staging =
            Self { made: Vec::new(), _held: Vec::new(), batches: Vec::new(), syncers: Syncers::default() };
        let to_write: BTreeSet<PathBuf> = paths.iter().map(|path| folder_of(path)).collect();
        if paths.iter().any(|path| !path.exists()) {
            to_write.iter().try_for_each(|folder| make_folder(folder, &mut staging.made))?;
        }
        let folders: BTreeSet<PathBuf> =
            to_write.into_iter().chain(as_read.iter().map(|file| folder_of(file.path))).collect();
        let held = hold::all(&folders);
        // Also where nothing is to be written: the run that was killed may have been nearly done.
        held.iter().for_each(|(folder, _)| hold::sweep(folder));
        staging._held = held;
        overtaken(as_read)?;
        Ok(staging)
    }

    /// Makes files ready, several at once. What is staged later gets its name earlier.
    ///
    /// # Errors
    /// When one can't be made or written; the first tells why.
    pub fn stage<E: Emit>(&mut self, outputs: &mut [E]) -> Result<(), WriteError> {
        let staged = stage_all(outputs, &self.syncers)?;
        self.batches.push(staged);
        Ok(())
    }

    /// What is known of each file that was made ready.
    #[must_use]
    pub fn written(&self) -> HashMap<PathBuf, Written> {
        self.batches.iter().flatten().map(|staged| (staged.path.clone(), staged.written)).collect()
    }

    /// Gives all files their names once they are on the disk.
    ///
    /// # Errors
    /// When one did not get there, or can't have its name. Then every file is as it was.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.syncers.wait().map_err(|(path, error)| WriteError::refused(&path, &error))?;
        let staged = std::mem::take(&mut self.batches).into_iter().rev().flatten();
        let named = rename_all(staged.filter_map(|staged| Some((staged.file?, staged.path))).collect())?;
        self.made.clear();
        named.into_iter().try_for_each(sync_folder)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Some systems remove no file that is open.
        let _ = self.syncers.wait();
        // A temporary file removes itself when it is dropped before its rename.
        self.batches.clear();
        self.made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// What was read must still be what it was, or what was made of it is out of date.
fn overtaken(as_read: &[AsRead<'_>]) -> Result<(), WriteError> {
    for file in as_read {
        let unreadable = |error: io::Error| WriteError::Unreadable { path: shown(file.path), reason: reason(&error) };
        let now = match fs::File::open(file.path) {
            Ok(now) => Some(now),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(error)),
        };
        let now = now.map(Written::of).transpose().map_err(unreadable)?;
        if now.map(|now| now.content) != file.content {
            return Err(WriteError::Overtaken { path: shown(file.path) });
        }
    }
    Ok(())
}

/// What a file holds; none if there is no such file.
///
/// # Errors
/// When it is there and can't be read.
#[expect(clippy::disallowed_methods, reason = "an earlier output is compared, not compiled")]
pub fn on_disk(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(WriteError::Unreadable { path: shown(path), reason: reason(&error) }),
    }
}

/// A file that was compared, and where it differs made anew.
struct Staged {
    /// What is to be renamed; none where the file already holds the very bytes.
    file: Option<TempPath>,
    /// What it shall be called.
    path: PathBuf,
    written: Written,
}

/// Makes all files ready, several at once. The first that fails tells why.
fn stage_all<E: Emit>(outputs: &mut [E], syncers: &Syncers) -> Result<Vec<Staged>, WriteError> {
    let staged: Vec<Result<Vec<Staged>, WriteError>> =
        outputs.par_iter_mut().map(|output| stage(output, syncers)).collect();
    let staged = staged.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(staged.into_iter().flatten().collect())
}

/// Writes what files are to hold to temporary files in their folders, if they hold something else, and sees to it that
/// they get to the disk. The files are closed then: there may be more of them than a process may hold open.
fn stage<E: Emit>(output: &mut E, syncers: &Syncers) -> Result<Vec<Staged>, WriteError> {
    let mut drafts: Vec<Draft<'_>> = output.paths().into_iter().map(|path| Draft::of(path, syncers)).collect();
    let emitted = output.emit(drafts.iter_mut().map(|draft| -> Out<'_> { draft }).collect());
    // What kept a file from being written says more than what came of it.
    drafts.iter_mut().try_for_each(Draft::failed)?;
    emitted.map_err(WriteError::Emit)?;
    drafts.into_iter().map(|draft| staged(draft, syncers)).collect()
}

fn staged(draft: Draft<'_>, syncers: &Syncers) -> Result<Staged, WriteError> {
    let path = draft.path().to_path_buf();
    let (file, written) = draft.finish()?;
    let file = file.map(|file| {
        let (file, temporary) = file.into_parts();
        // A file that only its owner may read stays so.
        if let Ok(earlier) = fs::metadata(&path) {
            let _ = file.set_permissions(earlier.permissions());
        }
        syncers.sync(file, &path).map_err(|error| WriteError::refused(&path, &error))?;
        Ok(temporary)
    });
    Ok(Staged { file: file.transpose()?, path, written })
}

/// Gives all files their names, or none; and the folders they lie in.
fn rename_all(staged: Vec<(TempPath, PathBuf)>) -> Result<BTreeSet<PathBuf>, WriteError> {
    let mut renamed: Vec<(Earlier, PathBuf)> = Vec::new();
    for (file, path) in staged {
        let earlier = Earlier::of(&path);
        if let Err(refused) = file.persist(&path) {
            renamed.into_iter().rev().for_each(|(earlier, path)| earlier.restore(&path));
            return Err(WriteError::refused(&path, &refused.error));
        }
        renamed.push((earlier, path));
    }
    Ok(renamed.into_iter().map(|(_, path)| folder_of(&path)).collect())
}

/// What had a file's name before, in case a later rename fails.
enum Earlier {
    Nothing,
    /// A second name of the file; it goes when this is dropped.
    Kept(TempPath),
    /// The file system knows no second names.
    Lost,
}

impl Earlier {
    fn of(path: &Path) -> Self {
        if fs::symlink_metadata(path).is_err() {
            return Self::Nothing;
        }
        let linked = hidden().make_in(folder_of(path), |name| fs::hard_link(path, name));
        linked.map_or(Self::Lost, |file| Self::Kept(file.into_temp_path()))
    }

    /// Nothing more can be done where this fails too.
    fn restore(self, path: &Path) {
        match self {
            Self::Nothing => drop(fs::remove_file(path)),
            Self::Kept(file) => drop(file.persist(path)),
            Self::Lost => {}
        }
    }
}

/// Makes a folder and those above it, and remembers which were not there.
fn make_folder(folder: &Path, made: &mut Vec<PathBuf>) -> Result<(), WriteError> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|part| fs::symlink_metadata(part).is_err()).map(Path::to_path_buf).collect();
    missing.reverse();
    made.extend(missing);
    fs::create_dir_all(folder).map_err(|error| match file_in_the_way(folder) {
        Some(file) => WriteError::FileInTheWay { path: shown(file) },
        None => WriteError::NoFolder { path: shown(folder), reason: reason(&error), kind: error.kind() },
    })
}

/// The part of the path that is a file though it should be a folder.
fn file_in_the_way(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|part| fs::metadata(part).is_ok_and(|found| !found.is_dir()))
}

/// A hidden file that, once renamed, has the permissions any new file would have.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = hidden();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn hidden() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(hold::PREFIX).suffix(hold::SUFFIX);
    builder
}

/// Without this, a power cut could undo a rename.
#[cfg(unix)]
fn sync_folder(folder: PathBuf) -> Result<(), WriteError> {
    let synced = fs::File::open(&folder).and_then(|open| open.sync_all());
    match synced {
        // Some network file systems know no such thing; the files themselves are on the disk.
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Err(WriteError::refused(&folder, &error))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: PathBuf) -> Result<(), WriteError> {
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "files are made and read to try the writing of files")]
mod tests;

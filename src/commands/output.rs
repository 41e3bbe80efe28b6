//! `--output FILE`: a report as a file, whole or not at all.

use std::io::ErrorKind;
use std::path::Path;

use crate::emit::Artefact;
use crate::emit::write::{WriteError, write_all};
use crate::project::Project;
use crate::source::{behind_link, place};

/// Why a report could not be made a file.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// It can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A source, a lock or what else was read would be lost.
    #[error("the report would overwrite `{path}`, which was just read")]
    OverSource {
        /// As the user named it.
        path: String,
    },
    /// A device or a pipe can't be replaced.
    #[error("`{path}` is no file that could be replaced")]
    Special {
        /// As the user named it.
        path: String,
    },
}

impl OutputError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::OverSource { .. } => "name another file with `--output`",
            Self::Special { .. } => "leave out `--output`, and the report goes to standard output",
            Self::Write(error) => match error {
                WriteError::FileInTheWay { .. } => "move that file away, or name another one with `--output`",
                WriteError::FolderInTheWay { .. } => "name a file in it, as in `--output reports/deckc.sarif`",
                WriteError::NoFolder { kind, .. } | WriteError::Refused { kind, .. } => match kind {
                    ErrorKind::StorageFull => "make room on the disk; an earlier report is as it was",
                    ErrorKind::QuotaExceeded => "your disk quota is used up: make room; an earlier report is as it was",
                    ErrorKind::InvalidFilename => {
                        "the name is too long or has a character not allowed here: name another file"
                    }
                    _ => "check that the folder can be written to, or name another file with `--output`",
                },
                _ => "name another file with `--output`",
            },
        }
    }
}

/// Writes a report, and makes the folders it needs. What was read stays as it is.
pub(super) fn write(
    path: &Path,
    report: Vec<u8>,
    project: &Project,
    baseline: Option<&Path>,
) -> Result<(), OutputError> {
    let shown = || path.to_string_lossy().replace('\\', "/");
    if project.has_read(path) || baseline.is_some_and(|baseline| place(baseline) == place(path)) {
        return Err(OutputError::OverSource { path: shown() });
    }
    if path.exists() && !path.is_file() && !path.is_dir() {
        return Err(OutputError::Special { path: shown() });
    }
    Ok(write_all(&[Artefact { path: behind_link(path), bytes: report }], &[])?)
}

//! Rendered decks to artefacts: a path and its bytes, one file a format.
//!
//! Every emitter is a pure function of the deck: it reads no clock and no file of the user's, so the same deck gives the
//! same bytes on every run and machine. Only [`write::write_all`] touches the output folder, and it writes whole or not
//! at all. What Anki gets, as a package or as text, comes from the same `fields`, so the two can't differ.

pub mod apkg;
mod choice;
pub mod csv;
mod fields;
pub mod json;
mod note_types;
pub mod text;
pub mod write;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

pub use fields::content;
pub(crate) use fields::{Faces, content_of};

use crate::identity::lock::Lock;
use crate::render::RenderedDeck;

/// What a deck can be compiled to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A package for Anki: double-click to import
    Apkg,
    /// A table for spreadsheets
    Csv,
    /// Anki's own text import
    Txt,
    /// Everything deckc knows of the deck, for other programs
    Json,
}

impl Format {
    /// The ending of its files, which is also its name on the command line.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Apkg => "apkg",
            Self::Csv => "csv",
            Self::Txt => "txt",
            Self::Json => "json",
        }
    }
}

/// When deckc's own look of cards last changed, in seconds since 1970.
pub(crate) fn look_modified() -> i64 {
    note_types::MODIFIED
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Where it goes.
    pub path: PathBuf,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why a deck could not be turned into bytes.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// The scratch file in the system's temporary folder could not be written or read.
    #[error("cannot use a temporary file in `{folder}`: {reason}")]
    Scratch {
        /// The system's temporary folder.
        folder: String,
        /// What the system said, in words.
        reason: String,
    },
    /// genanki-rs could not build an empty package.
    #[error("cannot build the frame of an Anki package: {0}")]
    Skeleton(String),
    /// SQLite refused a note or ran out of room.
    #[error("cannot fill the database of an Anki package: {0}")]
    Database(#[from] rusqlite::Error),
    /// The frame could not be unpacked.
    #[error("cannot unpack the frame of an Anki package: {0}")]
    Unpack(#[from] zip::result::ZipError),
    /// The package could not be packed.
    #[error("cannot pack an Anki package: {0}")]
    Deflate(String),
    /// The package has more than a zip without 64-bit sizes can hold.
    #[error("cannot pack an Anki package: it would be too large")]
    TooLarge,
    /// What is made could not be written where it goes.
    #[error("cannot write what is made: {}", crate::source::reason(.0))]
    Output(#[from] std::io::Error),
    /// Text could not be serialised.
    #[error("cannot write the deck as text: {0}")]
    Text(String),
}

impl EmitError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Scratch { .. } | Self::Skeleton(_) | Self::Unpack(_) | Self::Database(_) => {
                "make room in the system's temporary folder, or name another one in the environment variable `TMPDIR` \
                 (`TEMP` on Windows)"
            }
            Self::TooLarge => "split the deck: a package holds 4 GB at most, and 65,000 files",
            Self::Output(_) => "check that there is room on the disk",
            Self::Deflate(_) | Self::Text(_) => "this is a fault of deckc: please report it with the deck",
        }
    }

    pub(crate) fn scratch(error: &std::io::Error) -> Self {
        Self::Scratch { folder: std::env::temp_dir().display().to_string(), reason: crate::source::reason(error) }
    }
}

/// Bytes that are handed on at once, where a file is written piece by piece.
const PIECE: usize = 64 * 1024;

/// What a file is to hold, made while it is written: the files of a large deck are never in memory.
pub trait Emit: Sync {
    /// Where it goes.
    fn path(&self) -> &Path;

    /// Writes what it holds, the same on every call.
    ///
    /// # Errors
    /// When it can't be made, or `out` takes no more.
    fn emit(&self, out: &mut dyn Write) -> Result<(), EmitError>;
}

impl Emit for Artefact {
    fn path(&self) -> &Path {
        &self.path
    }

    fn emit(&self, out: &mut dyn Write) -> Result<(), EmitError> {
        Ok(out.write_all(&self.bytes)?)
    }
}

impl<T: Emit> Emit for &T {
    fn path(&self) -> &Path {
        (*self).path()
    }

    fn emit(&self, out: &mut dyn Write) -> Result<(), EmitError> {
        (*self).emit(out)
    }
}

/// A file that is made when it is written.
#[derive(Debug)]
pub struct Output<'a> {
    path: PathBuf,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Deck(&'a RenderedDeck, Format),
    Lock(&'a Lock),
}

impl<'a> Output<'a> {
    pub(crate) fn of_lock(path: PathBuf, lock: &'a Lock) -> Self {
        Self { path, content: Content::Lock(lock) }
    }
}

impl Emit for Output<'_> {
    fn path(&self) -> &Path {
        &self.path
    }

    fn emit(&self, out: &mut dyn Write) -> Result<(), EmitError> {
        match self.content {
            Content::Deck(deck, Format::Apkg) => apkg::write(deck, out),
            Content::Deck(deck, Format::Csv) => csv::write(deck, out),
            Content::Deck(deck, Format::Txt) => Ok(text::write(deck, out)?),
            Content::Deck(deck, Format::Json) => json::write(deck, out),
            Content::Lock(lock) => Ok(lock.write(out)?),
        }
    }
}

/// The files of a deck, in the order of `formats`: `out/<deck_path>.<extension>`.
#[must_use]
pub fn outputs<'a>(deck: &'a RenderedDeck, out: &Path, deck_path: &Path, formats: &[Format]) -> Vec<Output<'a>> {
    let output =
        |&format: &Format| Output { path: path_of(out, deck_path, format), content: Content::Deck(deck, format) };
    formats.iter().map(output).collect()
}

/// The same with what they hold.
///
/// # Errors
/// When a package can't be built.
pub fn artefacts(
    deck: &RenderedDeck,
    out: &Path,
    deck_path: &Path,
    formats: &[Format],
) -> Result<Vec<Artefact>, EmitError> {
    let made = outputs(deck, out, deck_path, formats).into_iter().map(|output| {
        let mut bytes = Vec::new();
        output.emit(&mut bytes)?;
        Ok(Artefact { path: output.path, bytes })
    });
    made.collect()
}

/// The extension is added, not set: in `node.js-basics` the part after the dot belongs to the name.
///
/// Anki takes `collection.apkg` and `backup-….apkg` for a whole collection, and would replace the learner's own by it, so
/// a package of such a name gets `deck-` in front.
pub(crate) fn path_of(out: &Path, deck_path: &Path, format: Format) -> PathBuf {
    let stem = deck_path.file_name().unwrap_or_default();
    let lower = stem.to_string_lossy().to_lowercase();
    let looks_like_backup = format == Format::Apkg && (lower == "collection" || lower.starts_with("backup-"));
    let mut name = OsString::from(if looks_like_backup { "deck-" } else { "" });
    name.push(stem);
    name.push(".");
    name.push(format.extension());
    out.join(deck_path).with_file_name(name)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn a_dot_in_the_name_stays() {
        let path = path_of(Path::new("out"), Path::new("web/node.js-basics"), Format::Apkg);
        assert_eq!(path, Path::new("out/web/node.js-basics.apkg"));
    }

    #[test]
    fn no_package_looks_like_a_backup_of_a_collection() {
        let path = |name: &str, format| path_of(Path::new("out"), Path::new(name), format);
        assert_eq!(path("a/Collection", Format::Apkg), Path::new("out/a/deck-Collection.apkg"));
        assert_eq!(path("backup-plans", Format::Apkg), Path::new("out/deck-backup-plans.apkg"));
        assert_eq!(path("collection", Format::Csv), Path::new("out/collection.csv"));
        assert_eq!(path("collections", Format::Apkg), Path::new("out/collections.apkg"));
    }

    #[test]
    fn a_format_is_called_as_its_files_end() {
        for format in Format::value_variants() {
            let value = format.to_possible_value().expect("every format can be named");
            assert_eq!(value.get_name(), format.extension());
        }
    }
}

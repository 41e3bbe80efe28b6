//! Rendered decks to artefacts: a path and its bytes, one file a format.
//!
//! Every emitter is a pure function of the deck: it reads no clock and no file of the user's, so the same deck gives the
//! same bytes on every run and machine. Its notes come a few at a time, to all files at once. Only [`mod@write`] touches the
//! output folder, and it writes whole or not at all. What Anki gets, as a package or as text, comes from the same `fields`,
//! so the two can't differ.

pub mod apkg;
mod choice;
pub mod csv;
mod fields;
pub mod json;
mod note_types;
pub mod text;
pub mod write;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

pub use fields::content;
pub(crate) use fields::{Faces, content_of};

use self::apkg::Package;
use self::fields::{AnkiNote, clean_deck_name, note_type_of};
use self::note_types::{ALL, NoteType};
use crate::deck::NoteKind;
use crate::identity::lock::NextLock;
use crate::render::{Placing, RenderedDeck, RenderedNote};
use crate::source::Media;

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

/// Notes that are added to all files at once.
pub(crate) const SOME: usize = 512;

/// Notes that are not worth threads of their own.
const FEW: usize = 64;

/// Where a file is written to.
pub type Out<'a> = &'a mut (dyn Write + Send);

/// What files are to hold, made while they are written: the files of a large deck are never in memory.
pub trait Emit: Send {
    /// Where they go.
    fn paths(&self) -> Vec<&Path>;

    /// Writes what they hold, each to the place of its path.
    ///
    /// # Errors
    /// When it can't be made, or a file takes no more.
    fn emit(&mut self, outs: Vec<Out<'_>>) -> Result<(), EmitError>;
}

impl<E: Emit> Emit for &mut E {
    fn paths(&self) -> Vec<&Path> {
        (**self).paths()
    }

    fn emit(&mut self, outs: Vec<Out<'_>>) -> Result<(), EmitError> {
        (**self).emit(outs)
    }
}

impl Emit for &Artefact {
    fn paths(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    fn emit(&mut self, outs: Vec<Out<'_>>) -> Result<(), EmitError> {
        Ok(outs.into_iter().try_for_each(|out| out.write_all(&self.bytes))?)
    }
}

/// The file of a lock.
#[derive(Debug)]
pub struct LockFile<'a> {
    path: PathBuf,
    lock: &'a NextLock<'a>,
}

impl<'a> LockFile<'a> {
    pub(crate) fn new(path: PathBuf, lock: &'a NextLock<'a>) -> Self {
        Self { path, lock }
    }
}

impl Emit for LockFile<'_> {
    fn paths(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    fn emit(&mut self, outs: Vec<Out<'_>>) -> Result<(), EmitError> {
        Ok(outs.into_iter().try_for_each(|out| self.lock.write(out))?)
    }
}

/// What is known of a deck before its notes are rendered.
#[derive(Debug, Clone)]
pub struct Cover {
    name: String,
    source: String,
    placing: Placing,
    /// The note types its notes need, in the order of all.
    note_types: Vec<&'static NoteType>,
    /// The decks below it that its notes go into, as Anki keeps their names.
    subdecks: BTreeSet<String>,
}

impl Cover {
    /// Of a deck with notes of these kinds, each with the deck it goes into where that is another.
    #[must_use]
    pub fn new<'a>(
        name: String,
        source: String,
        placing: Placing,
        notes: impl Iterator<Item = (NoteKind, Option<&'a str>)>,
    ) -> Self {
        let (mut in_use, mut subdecks): (BTreeSet<i64>, BTreeSet<&str>) = Default::default();
        for (kind, subdeck) in notes {
            in_use.insert(note_type_of(kind).id);
            subdecks.extend(subdeck);
        }
        // Only these go into a package, so that an import adds nothing the deck does not need.
        let note_types = ALL.into_iter().filter(|note_type| in_use.contains(&note_type.id)).collect();
        let subdecks = subdecks.into_iter().map(|subdeck| clean_deck_name(subdeck).into_owned()).collect();
        Self { name, source, placing, note_types, subdecks }
    }

    fn of(deck: &RenderedDeck) -> Self {
        let notes = deck.notes.iter().map(|note| (note.kind, note.subdeck.as_deref()));
        Self::new(deck.name.clone(), deck.source.clone(), deck.placing.clone(), notes)
    }
}

/// Makes ready what files of these formats begin with, whatever the deck.
pub(crate) fn make_ready(formats: &[Format]) {
    if formats.contains(&Format::Apkg) {
        apkg::make_ready();
    }
}

/// The files of a deck, written as its notes come.
pub struct Sheets<'cover, 'out> {
    cover: &'cover Cover,
    sheets: Vec<Sheet<'out>>,
}

/// One of them.
struct Sheet<'out> {
    format: Format,
    out: Out<'out>,
    /// None but for a package.
    package: Option<Package>,
    is_empty: bool,
}

impl<'cover, 'out> Sheets<'cover, 'out> {
    /// Begins a file of each format.
    ///
    /// # Errors
    /// When the frame of a package can't be built, or a file takes nothing.
    pub fn begin(cover: &'cover Cover, formats: &[Format], outs: Vec<Out<'out>>) -> Result<Self, EmitError> {
        let sheets = formats.iter().zip(outs).map(|(&format, out)| {
            let mut package = None;
            match format {
                Format::Apkg => package = Some(Package::begin(cover)?),
                Format::Csv => out.write_all(&csv::head()?)?,
                Format::Txt => out.write_all(text::head(cover).as_bytes())?,
                Format::Json => out.write_all(&json::head(cover)?)?,
            }
            Ok(Sheet { format, out, package, is_empty: true })
        });
        Ok(Self { cover, sheets: sheets.collect::<Result<_, EmitError>>()? })
    }

    /// Adds the next notes to each file, all files at once.
    ///
    /// # Errors
    /// When a file takes no more, or the database of a package does not.
    pub fn add(&mut self, notes: &[RenderedNote]) -> Result<(), EmitError> {
        let cover = self.cover;
        let for_anki: Vec<AnkiNote<'_>> = notes.par_iter().with_min_len(FEW).map(AnkiNote::of).collect();
        if notes.len() <= FEW {
            return self.sheets.iter_mut().try_for_each(|sheet| sheet.add(cover, notes, &for_anki));
        }
        let added: Vec<_> = self.sheets.par_iter_mut().map(|sheet| sheet.add(cover, notes, &for_anki)).collect();
        added.into_iter().collect()
    }

    /// Ends each file.
    ///
    /// # Errors
    /// When a package can't be packed, or a file takes no more.
    pub fn finish(self, media: &[Media]) -> Result<(), EmitError> {
        let cover = self.cover;
        self.sheets.into_iter().try_for_each(|sheet| sheet.finish(cover, media))
    }
}

impl Sheet<'_> {
    fn add(&mut self, cover: &Cover, notes: &[RenderedNote], for_anki: &[AnkiNote<'_>]) -> Result<(), EmitError> {
        match (self.format, &mut self.package) {
            (Format::Apkg, Some(package)) => package.add(for_anki)?,
            (Format::Apkg, None) => {}
            (Format::Csv, _) => self.out.write_all(&csv::rows(notes)?)?,
            (Format::Txt, _) => self.out.write_all(text::rows(cover, for_anki).as_bytes())?,
            (Format::Json, _) => json::notes(notes, self.is_empty, self.out)?,
        }
        self.is_empty &= notes.is_empty();
        Ok(())
    }

    fn finish(self, cover: &Cover, media: &[Media]) -> Result<(), EmitError> {
        if let Some(package) = self.package {
            return package.finish(media, self.out);
        }
        if self.format == Format::Json {
            self.out.write_all(&json::tail(cover, media, self.is_empty)?)?;
        }
        Ok(())
    }
}

/// A file of a rendered deck.
fn whole(deck: &RenderedDeck, format: Format) -> Result<Vec<u8>, EmitError> {
    let mut bytes = Vec::new();
    let cover = Cover::of(deck);
    let mut sheets = Sheets::begin(&cover, &[format], vec![&mut bytes])?;
    deck.notes.chunks(SOME).try_for_each(|notes| sheets.add(notes))?;
    sheets.finish(&deck.media)?;
    Ok(bytes)
}

/// The files of a rendered deck, in the order of `formats`: `out/<deck_path>.<extension>`.
///
/// # Errors
/// When a package can't be built.
pub fn artefacts(
    deck: &RenderedDeck,
    out: &Path,
    deck_path: &Path,
    formats: &[Format],
) -> Result<Vec<Artefact>, EmitError> {
    let made = formats
        .iter()
        .map(|&format| Ok(Artefact { path: path_of(out, deck_path, format), bytes: whole(deck, format)? }));
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

//! A package for Anki: a zip with an SQLite database in it, in the form every client reads.
//!
//! genanki-rs builds the frame, see `skeleton`; the notes go in here, with what Anki needs to keep a learner's history
//! and to show new cards in the order of the source: ids that rise, positions, checksums, a time of change per note.
//! Media lie beside the database, numbered, with a map of their names. The bytes depend on the deck alone.

mod archive;
mod cards;
mod ids;
mod rows;
mod skeleton;
mod sort_field;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use rayon::prelude::*;
use rusqlite::Connection;
use tempfile::TempPath;

pub use self::archive::LEVEL as DEFLATE_LEVEL;
use self::archive::{Archive, Deflated};
use self::rows::{Row, Rows};
use super::fields::{AnkiNote, clean_deck_name};
use super::note_types::{LOOK, Look, NoteType, STYLE};
use super::{Cover, EmitError, FEW, Format};
use crate::render::RenderedDeck;
use crate::source::Media;

/// The package of a deck.
///
/// # Errors
/// When the system's temporary folder can't be used, or the deck is larger than SQLite or a zip can hold.
pub fn apkg(deck: &RenderedDeck) -> Result<Vec<u8>, EmitError> {
    super::whole(deck, Format::Apkg)
}

/// Builds what all packages begin with.
pub(super) fn make_ready() {
    // Why that can't be is told when a package needs it.
    let _ = skeleton::skeleton();
}

/// A package whose notes are still coming.
///
/// The database is a file: one in memory could only be had as bytes by way of a file, or by unsafe code. This one never
/// reaches the disk either: nothing waits for it, and it is gone before the system writes it.
pub(super) struct Package {
    path: TempPath,
    connection: Connection,
    decks: Decks,
    rows: Rows,
}

impl Package {
    pub(super) fn begin(cover: &Cover) -> Result<Self, EmitError> {
        let name = clean_deck_name(&cover.name);
        let custom = cover.placing.style.as_ref();
        let style =
            custom.map_or(Cow::Borrowed(STYLE), |custom| Cow::Owned(format!("{STYLE}{}", behind(&custom.text))));
        let look = Look { style: &style, modified: custom.map_or(LOOK.modified, |custom| custom.modified) };
        let decks = Decks::new(&name, cover.placing.id, &cover.subdecks);
        Self::new(decks, cover.placing.after, &cover.note_types, look)
    }

    /// `after` notes of other packages come before these in the deck.
    fn new(decks: Decks, after: usize, note_types: &[&'static NoteType], look: Look<'_>) -> Result<Self, EmitError> {
        let mut file = tempfile::NamedTempFile::new().map_err(|error| EmitError::scratch(&error))?;
        file.write_all(&skeleton::skeleton()?.bytes).map_err(|error| EmitError::scratch(&error))?;
        let path = file.into_temp_path();
        let connection = Connection::open(&path)?;
        // The file is thrown away if anything fails, so it needs no protection.
        connection.execute_batch(
            "pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; \
             pragma temp_store = memory; pragma cache_size = -16384; begin;",
        )?;
        skeleton::dress(&connection, &decks, note_types, look)?;
        Ok(Self { path, connection, decks, rows: Rows::behind(after) })
    }

    pub(super) fn add(&mut self, notes: &[AnkiNote<'_>]) -> Result<(), EmitError> {
        let rows = notes.par_iter().with_min_len(FEW).map(|note| Row::new(&self.decks, note));
        let rows: Vec<Row> = rows.collect();
        Ok(self.rows.insert(&self.connection, &rows)?)
    }

    pub(super) fn finish(self, media: &[Media], out: &mut dyn Write) -> Result<(), EmitError> {
        skeleton::add_indexes(&self.connection)?;
        self.connection.execute_batch("commit")?;
        self.connection.close().map_err(|(_, error)| error)?;
        pack(archive::deflate_file(&self.path)?, media, out)
    }
}

/// A project's own style sheet, below a word on what it is.
fn behind(style: &str) -> String {
    if style.is_empty() { String::new() } else { format!("\n/* Of the project. */\n{}\n", style.trim_end()) }
}

/// The decks of a package with their numbers.
struct Decks {
    /// The number of the deck that notes go into where they say nothing else.
    own: i64,
    /// Of that one and those below it, which notes go into.
    ids: BTreeMap<String, i64>,
}

impl Decks {
    /// `given` is the number its author gave to the deck, which counts if it is not that of a deck above or below.
    fn new(name: &str, given: Option<i64>, subdecks: &BTreeSet<String>) -> Self {
        let mut ids: BTreeMap<String, i64> =
            subdecks.iter().map(|subdeck| (subdeck.clone(), ids::deck(subdeck))).collect();
        let above = skeleton::with_parents(name).filter(|other| *other != name).map(ids::deck);
        let others: BTreeSet<i64> =
            ids.iter().filter(|(other, _)| *other != name).map(|(_, id)| *id).chain(above).collect();
        let usual = ids::deck(name);
        let own = given.filter(|id| !others.contains(id) && usual != ids::DEFAULT_DECK).unwrap_or(usual);
        ids.insert(name.to_owned(), own);
        Self { own, ids }
    }

    /// The number of a deck that is none of these, too: one above them.
    fn id_of(&self, deck: &str) -> i64 {
        self.ids.get(deck).copied().unwrap_or_else(|| ids::deck(deck))
    }
}

#[expect(clippy::disallowed_methods, reason = "the package's own database, not a source")]
fn read(path: &std::path::Path) -> Result<Vec<u8>, EmitError> {
    std::fs::read(path).map_err(|error| EmitError::scratch(&error))
}

/// Everything a zip could learn from the machine is set: date, system, permissions.
fn pack(database: Deflated, media: &[Media], out: &mut dyn Write) -> Result<(), EmitError> {
    let mut archive = Archive::new(out);
    archive.add("collection.anki2", database)?;
    archive.add("media", archive::deflate(&media_map(media)?)?)?;
    for (number, file) in media.iter().enumerate() {
        // Most are compressed already.
        let shrinks = [".svg", ".bmp", ".wav"].iter().any(|ending| file.name.ends_with(ending));
        match shrinks {
            true => archive.add(&number.to_string(), archive::deflate(&file.bytes)?)?,
            false => archive.add_stored(&number.to_string(), &file.bytes)?,
        }
    }
    archive.finish()
}

/// The names of the numbered files, as JSON. An empty map is right where there are none; an empty file would fail the
/// import.
fn media_map(media: &[Media]) -> Result<Vec<u8>, EmitError> {
    let names: BTreeMap<usize, &str> = media.iter().map(|file| file.name.as_str()).enumerate().collect();
    serde_json::to_vec(&names).map_err(|error| EmitError::Text(error.to_string()))
}

#[cfg(test)]
mod tests;

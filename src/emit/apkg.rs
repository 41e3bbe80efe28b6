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

use rusqlite::Connection;
use tempfile::TempPath;

pub use self::archive::LEVEL as DEFLATE_LEVEL;
use self::archive::{Archive, Deflated};
use super::EmitError;
use super::fields::{AnkiNote, deck_name, note_type_of, subdeck_of};
use super::note_types::{ALL, LOOK, Look, NoteType, STYLE};
use crate::render::RenderedDeck;
use crate::source::Media;

/// The package of a deck.
///
/// # Errors
/// When the system's temporary folder can't be used, or the deck is larger than SQLite or a zip can hold.
pub fn apkg(deck: &RenderedDeck) -> Result<Vec<u8>, EmitError> {
    let mut package = Vec::new();
    write(deck, &mut package)?;
    Ok(package)
}

/// The same, written piece by piece.
pub(super) fn write(deck: &RenderedDeck, out: &mut dyn Write) -> Result<(), EmitError> {
    let name = deck_name(deck);
    let subdecks: BTreeSet<Cow<'_, str>> = deck.notes.iter().filter_map(subdeck_of).collect();
    let others = skeleton::with_parents(&name).chain(subdecks.iter().map(|subdeck| &**subdeck));
    let others: BTreeSet<i64> = others.filter(|other| *other != name).map(ids::deck).collect();
    let id = deck.placing.id.filter(|id| !others.contains(id));
    let frame = Frame { name: &name, id, after: deck.placing.after };
    let custom = deck.placing.style.as_ref();
    let style = custom.map_or(Cow::Borrowed(STYLE), |custom| Cow::Owned(format!("{STYLE}{}", behind(&custom.text))));
    let look = Look { style: &style, modified: custom.map_or(LOOK.modified, |custom| custom.modified) };
    let in_use = |note_type: &NoteType| deck.notes.iter().any(|note| note_type_of(note).id == note_type.id);
    let contents = Contents {
        decks: subdecks.iter().map(|subdeck| &**subdeck).chain([&*name]).collect(),
        // Only these go into the package, so that an import adds nothing the deck does not need.
        types: ALL.into_iter().filter(|note_type| in_use(note_type)).collect(),
        notes: &deck.notes,
        in_ankis_terms: AnkiNote::of,
    };
    package(frame, &contents, &deck.media, look, out)
}

/// What goes into a package.
struct Contents<'a, N> {
    /// The names of all decks that notes go into.
    decks: BTreeSet<&'a str>,
    types: Vec<&'static NoteType>,
    /// In source order.
    notes: &'a [N],
    /// A few at a time are made into what Anki holds, so that a large deck is never held twice.
    in_ankis_terms: fn(&'a N) -> AnkiNote<'a>,
}

/// A project's own style sheet, below a word on what it is.
fn behind(style: &str) -> String {
    if style.is_empty() { String::new() } else { format!("\n/* Of the project. */\n{}\n", style.trim_end()) }
}

/// The deck around the notes.
#[derive(Debug, Clone, Copy)]
struct Frame<'a> {
    name: &'a str,
    /// The number its author gave to it, if it is not that of a deck above or below.
    id: Option<i64>,
    /// How many notes of other packages come before these in the deck.
    after: usize,
}

impl Frame<'_> {
    /// The number of this deck, or of one below or above it.
    fn id_of(self, deck: &str) -> i64 {
        let own = self.id.filter(|_| deck == self.name && ids::deck(deck) != ids::DEFAULT_DECK);
        own.unwrap_or_else(|| ids::deck(deck))
    }
}

fn package<N: Sync>(
    frame: Frame<'_>,
    contents: &Contents<'_, N>,
    media: &[Media],
    look: Look<'_>,
    out: &mut dyn Write,
) -> Result<(), EmitError> {
    let database = archive::deflate_file(&database(frame, contents, look)?)?;
    pack(&database, media, out)
}

/// A file with what is to be `collection.anki2`.
///
/// A database in memory could only be had as bytes by way of a file, or by unsafe code. This one never reaches the disk
/// either: nothing waits for it, and it is gone before the system writes it.
fn database<N: Sync>(frame: Frame<'_>, contents: &Contents<'_, N>, look: Look<'_>) -> Result<TempPath, EmitError> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| EmitError::scratch(&error))?;
    file.write_all(&skeleton::skeleton()?.bytes).map_err(|error| EmitError::scratch(&error))?;
    let path = file.into_temp_path();
    let mut connection = Connection::open(&path)?;
    // The file is thrown away if anything fails, so it needs no protection.
    connection.execute_batch(
        "pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; \
         pragma temp_store = memory; pragma cache_size = -16384;",
    )?;
    let transaction = connection.transaction()?;
    skeleton::dress(&transaction, &|deck| frame.id_of(deck), &contents.decks, &contents.types, look)?;
    rows::insert(&transaction, frame, contents)?;
    skeleton::add_indexes(&transaction)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(path)
}

#[expect(clippy::disallowed_methods, reason = "the package's own database, not a source")]
fn read(path: &std::path::Path) -> Result<Vec<u8>, EmitError> {
    std::fs::read(path).map_err(|error| EmitError::scratch(&error))
}

/// Everything a zip could learn from the machine is set: date, system, permissions.
fn pack(database: &Deflated, media: &[Media], out: &mut dyn Write) -> Result<(), EmitError> {
    let mut archive = Archive::new(out);
    archive.add("collection.anki2", database)?;
    archive.add("media", &archive::deflate(&media_map(media)?)?)?;
    for (number, file) in media.iter().enumerate() {
        // Most are compressed already.
        let shrinks = [".svg", ".bmp", ".wav"].iter().any(|ending| file.name.ends_with(ending));
        match shrinks {
            true => archive.add(&number.to_string(), &archive::deflate(&file.bytes)?)?,
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

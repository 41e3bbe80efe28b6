//! A package for Anki: a zip with an SQLite database in it, in the form every client reads.
//!
//! genanki-rs builds the frame, see `skeleton`; the notes go in here, with what Anki needs to keep a learner's history
//! and to show new cards in the order of the source: ids that rise, positions, checksums, a time of change per note.
//! Media lie beside the database, numbered, with a map of their names. The bytes depend on the deck alone.

mod cards;
mod ids;
mod skeleton;
mod sort_field;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};

use rusqlite::{Connection, Transaction, params};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::EmitError;
use super::fields::{AnkiNote, deck_name};
use super::note_types::{ALL, LOOK, Look, NoteType, STYLE};
use crate::render::RenderedDeck;
use crate::source::Media;

/// The package of a deck.
///
/// # Errors
/// When the system's temporary folder can't be used, or the deck is larger than SQLite or a zip can hold.
pub fn apkg(deck: &RenderedDeck) -> Result<Vec<u8>, EmitError> {
    let name = deck_name(deck);
    let notes = AnkiNote::all_of(deck);
    let others = skeleton::with_parents(&name).chain(notes.iter().filter_map(|note| note.subdeck.as_deref()));
    let others: BTreeSet<i64> = others.filter(|other| *other != name).map(ids::deck).collect();
    let id = deck.placing.id.filter(|id| !others.contains(id));
    let frame = Frame { name: &name, id, after: deck.placing.after };
    let custom = deck.placing.style.as_ref();
    let style = custom.map_or(Cow::Borrowed(STYLE), |custom| Cow::Owned(format!("{STYLE}{}", behind(&custom.text))));
    let look = Look { style: &style, modified: custom.map_or(LOOK.modified, |custom| custom.modified) };
    package(frame, &notes, &deck.media, look)
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

fn package(frame: Frame<'_>, notes: &[AnkiNote], media: &[Media], look: Look<'_>) -> Result<Vec<u8>, EmitError> {
    pack(&database(frame, notes, look)?, media)
}

/// The bytes of `collection.anki2`.
fn database(frame: Frame<'_>, notes: &[AnkiNote], look: Look<'_>) -> Result<Vec<u8>, EmitError> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| EmitError::scratch(&error))?;
    file.write_all(skeleton::bytes()?).map_err(|error| EmitError::scratch(&error))?;
    let path = file.into_temp_path();
    let mut connection = Connection::open(&path)?;
    // The file is thrown away if anything fails, so it needs no protection.
    connection.execute_batch("pragma journal_mode = off; pragma synchronous = off;")?;
    let transaction = connection.transaction()?;
    let mut decks: BTreeSet<&str> = notes.iter().filter_map(|note| note.subdeck.as_deref()).collect();
    decks.insert(frame.name);
    skeleton::dress(&transaction, &|deck| frame.id_of(deck), &decks, &types_in_use(notes), look)?;
    insert(&transaction, frame, notes)?;
    transaction.commit()?;
    connection.execute_batch("vacuum;")?;
    connection.close().map_err(|(_, error)| error)?;
    read(&path)
}

#[expect(clippy::disallowed_methods, reason = "the package's own database, not a source")]
fn read(path: &std::path::Path) -> Result<Vec<u8>, EmitError> {
    std::fs::read(path).map_err(|error| EmitError::scratch(&error))
}

/// Only these go into the package, so that an import adds nothing the deck does not need.
fn types_in_use(notes: &[AnkiNote]) -> Vec<&'static NoteType> {
    let in_use = |note_type: &&NoteType| notes.iter().any(|note| note.note_type.id == note_type.id);
    ALL.into_iter().filter(in_use).collect()
}

/// Notes and cards, in source order.
fn insert(transaction: &Transaction<'_>, frame: Frame<'_>, notes: &[AnkiNote]) -> Result<(), EmitError> {
    let mut into_notes = transaction.prepare(
        "insert into notes (id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data) \
         values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
    )?;
    let mut into_cards = transaction.prepare(
        "insert into cards (id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, \
         flags, data) values (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
    )?;
    let first = i64::try_from(frame.after).unwrap_or_default() + 1;
    let mut card = 0;
    // Anki shows new cards by position; siblings share one, so that nothing comes between them. Where a learner has
    // notes from before and two share a position, the lower number of the card comes first.
    for (note, position) in notes.iter().zip(first..) {
        let deck = frame.id_of(note.subdeck.as_deref().unwrap_or(frame.name));
        let sorted_by = sort_field::of(note.fields.first().map_or("", String::as_str));
        let checksum = sort_field::checksum(&sorted_by);
        let (mid, fields) = (note.note_type.id, note.fields.join("\u{1f}"));
        into_notes.execute(params![
            note.id,
            note.guid,
            mid,
            note.modified,
            stored_tags(note),
            fields,
            sorted_by,
            checksum
        ])?;
        for ordinal in cards::of(note.note_type, &note.fields) {
            card = note.id.max(card + 1);
            into_cards.execute(params![card, note.id, deck, ordinal, note.modified, position])?;
        }
    }
    Ok(())
}

/// With a space at both ends, so that Anki finds whole tags.
fn stored_tags(note: &AnkiNote) -> String {
    if note.tags.is_empty() { String::new() } else { format!(" {} ", note.tags.join(" ")) }
}

/// Everything a zip could learn from the machine is set: date, system, permissions.
fn pack(database: &[u8], media: &[Media]) -> Result<Vec<u8>, EmitError> {
    let deflated = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    // Most are compressed already.
    let stored = deflated.compression_method(CompressionMethod::Stored).compression_level(None);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8], options| {
        zip.start_file(name, options)?;
        zip.write_all(bytes).map_err(zip::result::ZipError::from)
    };
    add("collection.anki2", database, deflated)?;
    add("media", &media_map(media)?, deflated)?;
    for (number, file) in media.iter().enumerate() {
        let shrinks = [".svg", ".bmp", ".wav"].iter().any(|ending| file.name.ends_with(ending));
        add(&number.to_string(), &file.bytes, if shrinks { deflated } else { stored })?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The names of the numbered files, as JSON. An empty map is right where there are none; an empty file would fail the
/// import.
fn media_map(media: &[Media]) -> Result<Vec<u8>, EmitError> {
    let names: BTreeMap<usize, &str> = media.iter().map(|file| file.name.as_str()).enumerate().collect();
    serde_json::to_vec(&names).map_err(|error| EmitError::Text(error.to_string()))
}

#[cfg(test)]
mod tests;

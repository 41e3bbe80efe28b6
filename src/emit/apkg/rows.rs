//! The rows of a package's notes and cards.

use rusqlite::{Connection, params};

use super::{Decks, cards, sort_field};
use crate::emit::fields::AnkiNote;

/// A note as the database has it, with its cards.
pub(super) struct Row {
    id: i64,
    guid: String,
    note_type: i64,
    modified: i64,
    tags: String,
    fields: String,
    sorted_by: String,
    checksum: u32,
    deck: i64,
    /// What makes its cards, rising.
    ordinals: Vec<u16>,
}

impl Row {
    pub(super) fn new(decks: &Decks, note: &AnkiNote<'_>) -> Self {
        let sorted_by = sort_field::of(note.fields.first().map_or("", |field| &**field)).into_owned();
        Self {
            id: note.id,
            guid: note.guid.to_string(),
            note_type: note.note_type.id,
            modified: note.modified,
            tags: stored_tags(note),
            fields: note.fields.join("\u{1f}"),
            checksum: sort_field::checksum(&sorted_by),
            sorted_by,
            deck: note.subdeck.as_deref().map_or(decks.own, |subdeck| decks.id_of(subdeck)),
            ordinals: cards::of(note.note_type, &note.fields),
        }
    }
}

/// With a space at both ends, so that Anki finds whole tags.
fn stored_tags(note: &AnkiNote<'_>) -> String {
    if note.tags.is_empty() { String::new() } else { format!(" {} ", note.tags.join(" ")) }
}

/// Where the next rows go.
pub(super) struct Rows {
    /// The number of the last card.
    card: i64,
    /// Where the next note comes among new cards.
    position: i64,
}

impl Rows {
    /// For notes that come behind so many others of their deck.
    pub(super) fn behind(notes: usize) -> Self {
        Self { card: 0, position: i64::try_from(notes).unwrap_or_default() + 1 }
    }

    /// Anki shows new cards by position; siblings share one, so that nothing comes between them. Where a learner has notes
    /// from before and two share a position, the lower number of the card comes first.
    pub(super) fn insert(&mut self, connection: &Connection, rows: &[Row]) -> rusqlite::Result<()> {
        let mut notes = connection.prepare_cached(
            "insert into notes (id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data) \
             values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
        )?;
        let mut cards = connection.prepare_cached(
            "insert into cards (id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, \
             odid, flags, data) values (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
        )?;
        for row in rows {
            let Row { id, guid, note_type, modified, tags, fields, sorted_by, checksum, deck, ordinals } = row;
            notes.execute(params![id, guid, note_type, modified, tags, fields, sorted_by, checksum])?;
            for ordinal in ordinals {
                self.card = (*id).max(self.card + 1);
                cards.execute(params![self.card, id, deck, ordinal, modified, self.position])?;
            }
            self.position += 1;
        }
        Ok(())
    }
}

//! The rows of a package's notes and cards. SQLite takes them one by one; the other threads make the next ones ready
//! meanwhile.

use rayon::prelude::*;
use rusqlite::{Statement, Transaction, params};

use super::{Contents, Frame, cards, sort_field};
use crate::emit::EmitError;
use crate::emit::fields::AnkiNote;

/// Notes made ready at once.
const CHUNK: usize = 512;

/// A note as the database has it, with its cards.
struct Row {
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
    fn new(frame: Frame<'_>, note: &AnkiNote<'_>) -> Self {
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
            deck: frame.id_of(note.subdeck.as_deref().unwrap_or(frame.name)),
            ordinals: cards::of(note.note_type, &note.fields),
        }
    }
}

/// With a space at both ends, so that Anki finds whole tags.
fn stored_tags(note: &AnkiNote<'_>) -> String {
    if note.tags.is_empty() { String::new() } else { format!(" {} ", note.tags.join(" ")) }
}

/// Inserts notes and cards, in source order.
pub(super) fn insert<'a, N: Sync>(
    transaction: &Transaction<'_>,
    frame: Frame<'_>,
    contents: &Contents<'a, N>,
) -> Result<(), EmitError> {
    let mut tables = Tables {
        notes: transaction.prepare(
            "insert into notes (id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data) \
             values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
        )?,
        cards: transaction.prepare(
            "insert into cards (id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, \
             odid, flags, data) values (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
        )?,
        card: 0,
        position: i64::try_from(frame.after).unwrap_or_default() + 1,
    };
    let ready = |notes: &'a [N]| -> Vec<Row> {
        notes.par_iter().with_min_len(CHUNK / 8).map(|note| Row::new(frame, &(contents.in_ankis_terms)(note))).collect()
    };
    let mut chunks = contents.notes.chunks(CHUNK);
    let mut rows = chunks.next().map(ready).unwrap_or_default();
    while !rows.is_empty() {
        let mut next = Vec::new();
        // A statement stays on its thread, so this thread inserts.
        rayon::in_place_scope(|scope| {
            if let Some(notes) = chunks.next() {
                scope.spawn(|_| next = ready(notes));
            }
            rows.iter().try_for_each(|row| tables.insert(row))
        })?;
        rows = next;
    }
    Ok(())
}

struct Tables<'a> {
    notes: Statement<'a>,
    cards: Statement<'a>,
    /// The number of the last card.
    card: i64,
    /// Where the next note comes among new cards.
    position: i64,
}

impl Tables<'_> {
    /// Anki shows new cards by position; siblings share one, so that nothing comes between them. Where a learner has notes
    /// from before and two share a position, the lower number of the card comes first.
    fn insert(&mut self, row: &Row) -> rusqlite::Result<()> {
        let Row { id, guid, note_type, modified, tags, fields, sorted_by, checksum, deck, ordinals } = row;
        self.notes.execute(params![id, guid, note_type, modified, tags, fields, sorted_by, checksum])?;
        for ordinal in ordinals {
            self.card = (*id).max(self.card + 1);
            self.cards.execute(params![self.card, id, deck, ordinal, modified, self.position])?;
        }
        self.position += 1;
        Ok(())
    }
}

//! Anki's own text import, in the form Anki itself exports: it says which column is what, quotes every cell, and holds
//! the same fields as the package. It is meant for Anki; for a spreadsheet there is `csv`.

use super::Cover;
use super::fields::{AnkiNote, clean_deck_name};
use crate::render::RenderedDeck;

/// Columns before the fields: guid, note type, deck.
const BEFORE: usize = 3;

/// What most rows take less than, in bytes.
const MUCH: usize = 2048;

/// The text file of a deck. The note type must be known to Anki, so a package is imported first.
#[must_use]
pub fn text(deck: &RenderedDeck) -> String {
    let cover = Cover::of(deck);
    let notes: Vec<AnkiNote<'_>> = deck.notes.iter().map(AnkiNote::of).collect();
    head(&cover) + &rows(&cover, &notes)
}

/// What stands above the rows.
pub(super) fn head(cover: &Cover) -> String {
    let tags = BEFORE + fields_of(cover) + 1;
    format!("#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:{tags}\n")
}

/// As many fields as the longest note has.
fn fields_of(cover: &Cover) -> usize {
    cover.note_types.iter().map(|note_type| note_type.fields.len()).max().unwrap_or(0)
}

pub(super) fn rows(cover: &Cover, notes: &[AnkiNote<'_>]) -> String {
    let name = clean_deck_name(&cover.name);
    let fields = fields_of(cover);
    let mut rows = String::with_capacity(notes.len() * MUCH);
    for note in notes {
        let before = [&*note.guid, note.note_type.name, note.subdeck.as_deref().unwrap_or(&name)];
        let padding = std::iter::repeat_n("", fields.saturating_sub(note.fields.len()));
        let tags = padded(note.tags.join(" "));
        let cells = before.into_iter().chain(note.fields.iter().map(|field| &**field)).chain(padding);
        push_row(&mut rows, cells.chain([&*tags]));
    }
    rows
}

/// Should a spreadsheet open the file, it must not take a tag like `@angular` for a formula. Anki takes the space off;
/// fields are safe already. A deck's name must stay as it is: with a space in front it would be another deck.
fn padded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!(" {cell}") } else { cell }
}

/// Every cell is quoted: Anki drops an unquoted row that begins with `#` in silence.
fn push_row<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push('\t');
        }
        text.push('"');
        let mut from = 0;
        for quote in memchr::memchr_iter(b'"', cell.as_bytes()) {
            // Once with what is before it, and once more with what is behind it.
            text.push_str(cell.get(from..=quote).unwrap_or_default());
            from = quote;
        }
        text.push_str(cell.get(from..).unwrap_or_default());
        text.push('"');
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fields::tests::{deck, note};

    #[test]
    fn it_is_what_anki_exports() {
        let text = text(&deck(vec![note("guid1", "say \"hi\"\tnow", "#a\nb")]));
        assert_eq!(
            text,
            "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:18\n\
             \"guid1\"\t\"deckc Basic\"\t\"Rust::Basics\"\t\"say \"\"hi\"\"\tnow\"\t\"#a\nb\"\t\"\"\t\"Basics\"\t\"\"\
             \t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"a::c b\"\n"
        );
    }
}

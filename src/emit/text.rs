//! Anki's own text import, in the form Anki itself exports: it says which column is what, quotes every cell, and holds
//! the same fields as the package. It is meant for Anki; for a spreadsheet there is `csv`.

use std::io::{self, Write};

use super::fields::{AnkiNote, deck_name, note_type_of};
use crate::render::RenderedDeck;

/// Columns before the fields: guid, note type, deck.
const BEFORE: usize = 3;

/// Notes made ready at once.
const CHUNK: usize = 256;

/// The text file of a deck. The note type must be known to Anki, so a package is imported first.
#[must_use]
pub fn text(deck: &RenderedDeck) -> String {
    let mut text = Vec::new();
    // Writing to memory can't fail.
    let _ = write(deck, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// The same, written piece by piece.
pub(super) fn write(deck: &RenderedDeck, out: &mut dyn Write) -> io::Result<()> {
    let name = deck_name(deck);
    let fields = deck.notes.iter().map(|note| note_type_of(note).fields.len()).max().unwrap_or(0);
    let before = "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n";
    writeln!(out, "{before}#tags column:{}", BEFORE + fields + 1)?;
    let mut rows = String::new();
    for notes in deck.notes.chunks(CHUNK) {
        rows.clear();
        for note in notes.iter().map(AnkiNote::of) {
            let before = [&*note.guid, note.note_type.name, note.subdeck.as_deref().unwrap_or(&name)];
            let padding = std::iter::repeat_n("", fields - note.fields.len());
            let tags = padded(note.tags.join(" "));
            let cells = before.into_iter().chain(note.fields.iter().map(|field| &**field)).chain(padding);
            push_row(&mut rows, cells.chain([&*tags]));
        }
        out.write_all(rows.as_bytes())?;
    }
    Ok(())
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
        for (at, part) in cell.split('"').enumerate() {
            if at > 0 {
                text.push_str("\"\"");
            }
            text.push_str(part);
        }
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

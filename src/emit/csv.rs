//! A table for spreadsheets, as RFC 4180 has it: one header row, records that end in CRLF, a byte order mark so that
//! Excel takes it for UTF-8. Question and answer are the Markdown as written.
//!
//! A spreadsheet runs a cell that looks like a formula, wherever the file came from. Such cells get an apostrophe in
//! front; see [`guard`].
//!
//! Options stand below their question, those that are right above what explains them; gaps stand in their text as its
//! author marked them.
//!
//! Excel cuts what it shows of a cell at 32,767 characters; the file holds all of it.

use std::borrow::Cow;

use super::{EmitError, Format};
use crate::render::{RenderedDeck, RenderedNote, options_markdown};

const HEADER: [&str; 7] = ["number", "section", "question", "answer", "tags", "id", "source"];

/// Bytes handed on at once.
const PIECE: usize = 64 * 1024;

/// What most rows take less than, in bytes.
const MUCH: usize = 2048;

/// The table of a deck.
///
/// # Errors
/// Never in practice: the table is written to memory.
pub fn csv(deck: &RenderedDeck) -> Result<Vec<u8>, EmitError> {
    super::whole(deck, Format::Csv)
}

/// What stands above the rows.
pub(super) fn head() -> Result<Vec<u8>, EmitError> {
    let mut writer = writer("\u{feff}".into());
    writer.write_record(HEADER).map_err(fault)?;
    written(writer)
}

pub(super) fn rows(notes: &[RenderedNote]) -> Result<Vec<u8>, EmitError> {
    let mut writer = writer(Vec::with_capacity(notes.len() * MUCH));
    for note in notes {
        for cell in cells(note) {
            writer.write_field(&*guard(&cell)).map_err(fault)?;
        }
        writer.write_record(None::<&[u8]>).map_err(fault)?;
    }
    written(writer)
}

fn writer(before: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(PIECE).from_writer(before)
}

fn written(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, EmitError> {
    writer.into_inner().map_err(|error| EmitError::Text(error.to_string()))
}

fn fault(error: csv::Error) -> EmitError {
    EmitError::Text(error.to_string())
}

fn cells(note: &RenderedNote) -> [Cow<'_, str>; 7] {
    let right = options_markdown(note.options.iter().filter(|option| option.is_right));
    [
        note.number.map_or_else(String::new, |number| number.to_string()).into(),
        Cow::Borrowed(&note.section),
        above(Cow::Borrowed(&note.question.markdown), options_markdown(&note.options).into()),
        above(right.into(), Cow::Borrowed(&note.answer.markdown)),
        note.tags.join(" ").into(),
        Cow::Borrowed(&note.guid),
        format!("{}:{}", note.source, note.question_line).into(),
    ]
}

/// Two texts with a blank line between them, if there are two.
fn above<'a>(first: Cow<'a, str>, second: Cow<'a, str>) -> Cow<'a, str> {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second,
        (_, true) => first,
        (false, false) => Cow::Owned(first.into_owned() + "\n\n" + &second),
    }
}

/// The cell so that no spreadsheet runs it: with an apostrophe in front if it needs one, without NUL, which cuts a file
/// short in some. A cell that a guarded one could be mistaken for gets one more apostrophe, so [`unguard`] always gives
/// the text back.
#[must_use]
pub fn guard(cell: &str) -> Cow<'_, str> {
    let cell = if cell.contains('\0') { Cow::Owned(cell.replace('\0', "")) } else { Cow::Borrowed(cell) };
    if needs_guard(&cell) { Cow::Owned(format!("'{cell}")) } else { cell }
}

/// The text of a guarded cell.
#[must_use]
pub fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| needs_guard(text)).unwrap_or(cell)
}

/// Whether it begins as a formula does, past apostrophes. Some spreadsheets skip white space, and East Asian ones take
/// full-width signs for their narrow forms.
fn needs_guard(cell: &str) -> bool {
    let cell = cell.trim_start_matches('\'');
    let past_space = cell.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
    cell.starts_with(['\t', '\r'])
        || past_space.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::emit::fields::tests::{deck, note};

    #[test]
    fn it_is_a_table() {
        let bytes = csv(&deck(vec![note("guid1", "say \"hi\", now", "a\nb")])).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\u{feff}number,section,question,answer,tags,id,source\r\n\
             7,Basics,\"say \"\"hi\"\", now\",\"a\nb\",b a::c,guid1,source/deck.md:3\r\n"
        );
    }

    #[test]
    fn formulas_are_guarded() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "＝1", "＋1", "－1", "＠x", "'=1", "\u{a0}=1"]
        {
            assert_eq!(guard(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "'quoted'", "1-2", " x", "<b>=</b>"] {
            assert_eq!(guard(cell), cell);
        }
        assert_eq!(guard("\0=1"), "'=1");
    }

    fn tricky() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "['=+\\-@ \t\r\n＝\",\0a]{0,6}"]
    }

    proptest! {
        #[test]
        fn reading_it_back_gives_the_text(question in tricky(), answer in tricky(), section in tricky()) {
            let mut rendered = note("guid1", &question, &answer);
            rendered.section = section.clone();
            let bytes = csv(&deck(vec![rendered])).unwrap();
            let bare = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
            let record = csv::Reader::from_reader(bare).records().next().unwrap().unwrap();
            for (cell, text) in [(1, section), (2, question), (3, answer)] {
                prop_assert!(!record[cell].starts_with(['=', '+', '-', '@', '\t', '\r']));
                prop_assert_eq!(unguard(&record[cell]), text.replace('\0', ""));
            }
        }
    }
}

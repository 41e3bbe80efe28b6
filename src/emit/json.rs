//! Everything deckc knows of a deck, for other programs. Its form is told by `deck.schema.json`, and stays: a change that
//! breaks readers raises [`SCHEMA_VERSION`].
//!
//! No version of deckc stands in it, or every release would change every file in `out/`.

use std::io::Write;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use super::{Cover, EmitError, Format};
use crate::deck::NoteKind;
use crate::render::{PackedMedia, RenderedDeck, RenderedGap, RenderedNote, RenderedOption, Rendering};
use crate::source::Media;

/// The version of the form.
pub const SCHEMA_VERSION: u32 = 1;

/// A deck compiled by deckc.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Deck")]
struct JsonDeck<'a> {
    /// The version of this form; a reader that knows another should refuse.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    schema_version: u32,
    /// The deck's name in Anki; `::` separates a parent deck from its child.
    deck: &'a str,
    /// Path of the source, with forward slashes.
    source: &'a str,
    /// In source order.
    notes: &'a [JsonNote<'a>],
    /// The files in the package that the notes show or play, by name; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<JsonFile<'a>>,
}

/// A question with its answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Note")]
struct JsonNote<'a> {
    /// Stable over builds.
    id: &'a str,
    /// What cards it makes.
    kind: NoteKind,
    /// The number typed before the question.
    number: Option<u64>,
    /// Title of its section as plain text; may be empty.
    section: &'a str,
    /// The name of its subdeck, where it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    subdeck: Option<&'a str>,
    /// The question, with what stands below it but for the options. In a cloze the HTML has Anki's marks around the
    /// gaps, the Markdown those of its author, and the text has none.
    question: JsonText<'a>,
    /// What there is to choose from, in source order; only in a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<JsonOption<'a>>,
    /// What is to be recalled, in source order; only in a cloze.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<JsonGap<'a>>,
    /// The answer; in a choice, what explains it; in a cloze, what the back of a card adds. May be empty in these two.
    answer: JsonText<'a>,
    /// As in Anki; `::` separates a parent tag from its child.
    tags: &'a [String],
    /// Where it was written.
    source: JsonPlace<'a>,
}

/// One of the options of a question.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Option")]
struct JsonOption<'a> {
    /// The author's letter or number, or a letter where there is none.
    label: &'a str,
    /// What it says.
    text: JsonText<'a>,
    /// Whether it is a right answer.
    right: bool,
}

/// A gap in a text.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Gap")]
struct JsonGap<'a> {
    /// Gaps of one number are asked together; 1 is the first.
    number: u16,
    /// What is hidden, without markup.
    text: &'a str,
    /// What is shown in its place, without markup.
    hint: Option<&'a str>,
}

/// One text in three forms.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Text")]
struct JsonText<'a> {
    /// As the author wrote it.
    markdown: &'a str,
    /// As Anki shows it.
    html: &'a str,
    /// Without markup.
    text: &'a str,
    /// The files it shows or plays; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<JsonMedia<'a>>,
}

/// A file that a text shows or plays.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Media")]
struct JsonMedia<'a> {
    /// As the author wrote it.
    address: &'a str,
    /// Where the file was found: its path from the folder of the project, with forward slashes. Empty for a file
    /// that is in its address.
    path: &'a str,
    /// Its name in the package and in `html`, made of its content.
    name: &'a str,
}

/// A file in the package.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "File")]
struct JsonFile<'a> {
    /// Made of its content.
    name: &'a str,
    /// How many bytes it has.
    size: usize,
}

/// Where a note was written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename = "Place")]
struct JsonPlace<'a> {
    /// Path of the source, with forward slashes.
    path: &'a str,
    /// 1-based line of the question.
    question_line: u32,
    /// 1-based first and last line of the answer, from its heading where it has one.
    answer_lines: [u32; 2],
}

impl<'a> From<&'a Rendering> for JsonText<'a> {
    fn from(rendering: &'a Rendering) -> Self {
        let media = rendering.media.iter().map(|media| {
            let PackedMedia { address, path, name } = media;
            JsonMedia { address, path, name }
        });
        Self { markdown: &rendering.markdown, html: &rendering.html, text: &rendering.text, media: media.collect() }
    }
}

impl<'a> From<&'a RenderedOption> for JsonOption<'a> {
    fn from(option: &'a RenderedOption) -> Self {
        Self { label: &option.label, text: (&option.text).into(), right: option.is_right }
    }
}

impl<'a> From<&'a RenderedGap> for JsonGap<'a> {
    fn from(gap: &'a RenderedGap) -> Self {
        Self { number: gap.number, text: &gap.text, hint: gap.hint.as_deref() }
    }
}

impl<'a> From<&'a RenderedNote> for JsonNote<'a> {
    fn from(note: &'a RenderedNote) -> Self {
        let (first, last) = note.answer_lines;
        Self {
            id: &note.guid,
            kind: note.kind,
            number: note.number,
            section: &note.section,
            subdeck: note.subdeck.as_deref(),
            question: (&note.question).into(),
            options: note.options.iter().map(JsonOption::from).collect(),
            gaps: note.gaps.iter().map(JsonGap::from).collect(),
            answer: (&note.answer).into(),
            tags: &note.tags,
            source: JsonPlace { path: &note.source, question_line: note.question_line, answer_lines: [first, last] },
        }
    }
}

/// The JSON of a deck, indented, with a line end at the end.
///
/// # Errors
/// Never in practice: every part can be serialised.
pub fn json(deck: &RenderedDeck) -> Result<Vec<u8>, EmitError> {
    super::whole(deck, Format::Json)
}

/// Where the notes go in a deck without any.
const NOTES: &str = "\n  \"notes\": []";

/// What stands before the notes.
pub(super) fn head(cover: &Cover) -> Result<Vec<u8>, EmitError> {
    Ok(around_notes(cover, &[])?.0)
}

/// What stands behind the notes.
pub(super) fn tail(cover: &Cover, media: &[Media], is_empty: bool) -> Result<Vec<u8>, EmitError> {
    let (_, tail) = around_notes(cover, media)?;
    Ok(if is_empty { tail } else { [b"\n  ".as_slice(), &tail].concat() })
}

/// A deck without notes, cut in two where they go.
fn around_notes(cover: &Cover, media: &[Media]) -> Result<(Vec<u8>, Vec<u8>), EmitError> {
    let media = media.iter().map(|file| JsonFile { name: &file.name, size: file.bytes.len() }).collect();
    let deck = JsonDeck { schema_version: SCHEMA_VERSION, deck: &cover.name, source: &cover.source, notes: &[], media };
    let mut text = pretty(&deck)?;
    text.push('\n');
    // No string of JSON holds a line end.
    let at = text.find(NOTES).map_or(text.len(), |at| at + NOTES.len() - 1);
    let tail = text.split_off(at);
    Ok((text.into_bytes(), tail.into_bytes()))
}

/// Notes as they stand in a deck.
#[derive(Serialize)]
struct JsonNotes<'a> {
    #[serde(serialize_with = "each_note")]
    notes: &'a [RenderedNote],
}

/// Each is made ready when its turn comes.
fn each_note<S: Serializer>(notes: &&[RenderedNote], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(notes.iter().map(JsonNote::from))
}

/// Writes the next notes; those that are not the first begin with a comma.
pub(super) fn notes(notes: &[RenderedNote], are_first: bool, out: &mut dyn Write) -> Result<(), EmitError> {
    const AROUND: (&str, &str) = ("{\n  \"notes\": [", "\n  ]\n}");
    /// What most notes take less than, in bytes.
    const MUCH: usize = 4096;
    if notes.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::with_capacity(notes.len() * MUCH);
    serde_json::to_writer_pretty(&mut bytes, &JsonNotes { notes })
        .map_err(|error| EmitError::Text(error.to_string()))?;
    bytes.truncate(bytes.len().saturating_sub(AROUND.1.len()));
    if let Some(before) = bytes.get_mut(AROUND.0.len() - 1).filter(|_| !are_first) {
        *before = b',';
    }
    let before = AROUND.0.len() - usize::from(!are_first);
    Ok(out.write_all(bytes.get(before..).unwrap_or_default())?)
}

/// The JSON Schema of [`json`], as it stands in `src/emit/deck.schema.json`.
///
/// # Errors
/// Never in practice: every part can be serialised.
pub fn schema() -> Result<Vec<u8>, EmitError> {
    // Told from the writer's side: a note without a number has `null`, not nothing.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = pretty(&settings.into_generator().into_root_schema_for::<JsonDeck<'static>>())?;
    Ok((schema + "\n").into_bytes())
}

fn pretty(value: &impl Serialize) -> Result<String, EmitError> {
    serde_json::to_string_pretty(value).map_err(|error| EmitError::Text(error.to_string()))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the schema is a file of the project, kept by a test")]
mod tests {
    use super::*;
    use crate::emit::fields::tests::{deck, note};

    #[test]
    fn the_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/emit/deck.schema.json");
        let fresh = schema().unwrap();
        if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
            std::fs::write(path, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(
            kept,
            String::from_utf8(fresh).unwrap(),
            "src/emit/deck.schema.json is stale: run `SNAPSHOTS=overwrite cargo test the_schema_is_fresh`"
        );
    }

    #[test]
    fn a_deck_is_as_the_schema_says() {
        let schema = serde_json::from_slice(&schema().unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut unnumbered = note("b", "", "\u{1f}\"\\");
        unnumbered.number = None;
        unnumbered.answer.media.push(PackedMedia { address: "x".into(), path: "y/x".into(), name: "z".into() });
        let mut deck = deck(vec![note("a", "q", "a"), unnumbered]);
        deck.media.push(crate::source::Media { name: "z".into(), bytes: b"z".as_slice().into() });
        let emitted = json(&deck).unwrap();
        let mut value = serde_json::from_slice(&emitted).unwrap();
        validator.validate(&value).unwrap();
        assert_eq!(value["notes"][1]["answer"]["media"][0]["path"], "y/x");
        assert_eq!(value["media"][0]["size"], 1);
        value["schema_version"] = 2.into();
        assert!(!validator.is_valid(&value));
    }

    #[test]
    fn its_form_stays() {
        let emitted = String::from_utf8(json(&deck(vec![note("a", "q", "x")])).unwrap()).unwrap();
        insta::assert_snapshot!(emitted, @r#"
        {
          "schema_version": 1,
          "deck": "Rust::Basics",
          "source": "source/deck.md",
          "notes": [
            {
              "id": "a",
              "kind": "basic",
              "number": 7,
              "section": "Basics",
              "question": {
                "markdown": "q",
                "html": "q",
                "text": "q"
              },
              "answer": {
                "markdown": "x",
                "html": "x",
                "text": "x"
              },
              "tags": [
                "b",
                "a::c"
              ],
              "source": {
                "path": "source/deck.md",
                "question_line": 3,
                "answer_lines": [
                  5,
                  9
                ]
              }
            }
          ]
        }
        "#);
    }
}

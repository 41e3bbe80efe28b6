//! Checked decks to what a learner sees: the HTML of Anki's fields, and plain text.
//!
//! Markdown becomes events; raw HTML that is none becomes text (`raw`, `balance`); code is coloured (`code`), tables and
//! addresses are seen to (`events`), images and sounds stand by the names of their files (`embeds`, `media`), links lead
//! where they can (`links`); notes and warnings become quotations (`quotations`), footnotes go to the end (`footnotes`);
//! what remains of raw HTML is sanitised, and Anki's own special texts are disarmed (`safe`), but for formulas (`formulas`).
//! The same events make the plain text (`plain`).

mod balance;
mod code;
mod deck;
mod direction;
mod embeds;
mod events;
mod footnotes;
mod formulas;
mod gaps;
mod links;
mod media;
mod named;
mod options;
mod plain;
mod quotations;
mod raw;
mod removed;
mod safe;
mod typed;

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use pulldown_cmark::{Event, html};

pub use self::code::Cache;
pub use self::deck::NoteRenderer;
pub(crate) use self::deck::{footnote, media_names, packed};
pub(crate) use self::direction::is_right_to_left;
pub(crate) use self::gaps::LAST_GAP;
pub use self::links::BaseUrl;
pub(crate) use self::links::{is_relative, relative_addresses_in_html, relative_links_in_html};
pub use self::media::{PackedMedia, Shown};
pub use self::named::Named;
pub use self::options::options_markdown;
pub(crate) use self::removed::{RawPiece, RemovedKind, removed};
pub(crate) use self::safe::special_at;
pub(crate) use self::typed::{LONGEST as LONGEST_TYPED, Untypable, typed};

use self::code::Colours;
use self::footnotes::{Numbers, Parts};
use self::media::Media;
use crate::deck::NoteKind;
use crate::markdown::options;
use crate::source;

/// The style sheet of the note type.
pub const STYLE: &str = include_str!("render/card.css");

/// What a text needs from elsewhere.
#[derive(Clone, Copy)]
pub struct LookUp<'a> {
    /// Address and title of a link label that is defined elsewhere in the file.
    pub references: &'a dyn Fn(&str) -> Option<(String, String)>,
    /// What stands for a file that the text names.
    pub media: &'a dyn Fn(&source::Reference) -> Shown,
    /// The Markdown that defines a footnote elsewhere in the file, by its label.
    pub footnotes: &'a dyn Fn(&str) -> Option<String>,
    /// The absolute form of a relative address; none where it leads nowhere, and its words stay without a link.
    pub links: &'a dyn Fn(&str) -> Option<String>,
    /// Whether code is coloured.
    pub highlight: bool,
}

impl LookUp<'static> {
    /// A text that needs nothing from elsewhere.
    pub const NOTHING: Self = Self {
        references: &|_| None,
        media: &|reference| Shown::Elsewhere(reference.address.clone()),
        footnotes: &|_| None,
        links: &|_| None,
        highlight: true,
    };
}

/// Makes renderings. The syntax set loads once, when the first code is coloured, and is shared by all threads.
#[derive(Debug, Clone, Default)]
pub struct Renderer {
    cache: Option<Arc<Cache>>,
    is_plain: bool,
}

impl Renderer {
    /// A renderer that colours all code itself.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that has the colours of earlier runs, where there are some.
    #[must_use]
    pub fn with_cache(cache: Option<Arc<Cache>>) -> Self {
        Self { cache, is_plain: false }
    }

    /// One that leaves code without colours, to compare what it makes: the same code has the same colours.
    #[must_use]
    pub fn plain() -> Self {
        Self { cache: None, is_plain: true }
    }

    /// Renders an answer: paragraphs, lists, code, and the footnotes it refers to.
    #[must_use]
    pub fn blocks(&self, markdown: &str, look_up: LookUp<'_>) -> Rendering {
        self.answer(markdown, look_up, &mut Numbers::default())
    }

    /// Renders a question: inline, without a paragraph around it. A single line stays inline even where Markdown
    /// would see the start of a list or a heading in it; a text of several blocks is rendered as blocks.
    #[must_use]
    pub fn inline(&self, markdown: &str, look_up: LookUp<'_>) -> Rendering {
        self.title(markdown, look_up, &mut Numbers::default())
    }

    /// Renders the texts of a note: its title, what stands below that, and its answer. The footnotes of all stand at the
    /// end of the answer, numbered by the order of their marks.
    #[must_use]
    pub fn note_texts(&self, title: &str, body: &str, answer: &str, look_up: LookUp<'_>) -> (Rendering, Rendering) {
        let mut numbers = Numbers::default();
        let title = self.title(title, look_up, &mut numbers);
        let body = self.part(body, look_up, &mut numbers);
        (title.with_below(&body), self.answer(answer, look_up, &mut numbers))
    }

    fn title(&self, markdown: &str, look_up: LookUp<'_>, numbers: &mut Numbers) -> Rendering {
        with_inline(markdown, look_up, numbers, |events, has_raw_html| {
            self.rendering(markdown, events, has_raw_html, look_up)
        })
    }

    /// Blocks whose footnotes stand at the end of the answer.
    fn part(&self, markdown: &str, look_up: LookUp<'_>, numbers: &mut Numbers) -> Rendering {
        if markdown.is_empty() && numbers.is_empty() {
            return Rendering::default();
        }
        with_part(markdown, look_up, numbers, |events, has_raw_html| {
            self.rendering(markdown, events, has_raw_html, look_up)
        })
    }

    /// The same of what stands in an item of a list: one paragraph stands without an element around it.
    fn item(&self, markdown: &str, look_up: LookUp<'_>, numbers: &mut Numbers) -> Rendering {
        with_part(markdown, look_up, numbers, |events, has_raw_html| {
            let events = events::one_paragraph(events).unwrap_or(events);
            self.rendering(markdown, events, has_raw_html, look_up)
        })
    }

    fn answer(&self, markdown: &str, look_up: LookUp<'_>, numbers: &mut Numbers) -> Rendering {
        with_blocks(markdown, look_up, numbers, |events, has_raw_html| {
            self.rendering(markdown, events, has_raw_html, look_up)
        })
    }
}

impl Renderer {
    fn rendering(&self, markdown: &str, events: &[Event<'_>], has_raw_html: bool, look_up: LookUp<'_>) -> Rendering {
        let media = Media::new(look_up.media);
        let mut field = String::with_capacity(markdown.len() * 2);
        let is_coloured = look_up.highlight && !self.is_plain;
        let colours = if is_coloured { Colours::All(self.cache.as_deref()) } else { Colours::None };
        let (prepared, formulas) = events::prepare(events, &media, look_up.links, colours);
        html::push_html(&mut field, prepared.into_iter());
        if has_raw_html {
            field = safe::clean(&field);
        }
        let html = safe::field(field.trim(), &formulas, &media.names());
        let media = media.packed_in(&html);
        Rendering { markdown: markdown.to_owned(), html, text: plain::text(events), media }
    }
}

/// The events of an answer with the footnotes of its note at the end, and whether there is raw HTML among them.
fn with_blocks<T>(
    markdown: &str,
    look_up: LookUp<'_>,
    numbers: &mut Numbers,
    make: impl FnOnce(&[Event<'_>], bool) -> T,
) -> T {
    with_parts(markdown, look_up, numbers, |parts| {
        let (events, has_raw_html) = events::with_footnotes(parts);
        make(&events, has_raw_html)
    })
}

/// The same of another text of a note, without its footnotes.
fn with_part<T>(
    markdown: &str,
    look_up: LookUp<'_>,
    numbers: &mut Numbers,
    make: impl FnOnce(&[Event<'_>], bool) -> T,
) -> T {
    with_parts(markdown, look_up, numbers, |parts| {
        let (events, has_raw_html) = events::without_footnotes(parts);
        make(&events, has_raw_html)
    })
}

fn with_parts<T>(markdown: &str, look_up: LookUp<'_>, numbers: &mut Numbers, make: impl FnOnce(Parts<'_>) -> T) -> T {
    let text = with_plain_line_ends(markdown);
    let text = quotations::with_quotations(&text);
    let (text, start) = footnotes::with_definitions(&text, numbers, look_up.footnotes);
    let events = events::parse(&text, options(), look_up.references);
    make(footnotes::parts(events, start, numbers))
}

/// The events of a question, and whether there is raw HTML among them.
fn with_inline<T>(
    markdown: &str,
    look_up: LookUp<'_>,
    numbers: &mut Numbers,
    make: impl FnOnce(&[Event<'_>], bool) -> T,
) -> T {
    let text = with_plain_line_ends(markdown);
    let text = text.trim();
    if numbers.is_empty() && is_bare(text) {
        return make(&[Event::Text(text.into())], false);
    }
    let before = numbers.clone();
    let (whole, start) = footnotes::with_definitions(text, numbers, look_up.footnotes);
    let events = events::parse(&whole, options(), look_up.references);
    let (events, has_raw_html) = events::without_footnotes(footnotes::parts(events, start, numbers));
    if let Some(inline) = events::one_paragraph(&events) {
        return make(inline, has_raw_html);
    }
    if let Some(escaped) = without_block_mark(text) {
        let mut numbers_of_escaped = before;
        let (whole, start) = footnotes::with_definitions(&escaped, &numbers_of_escaped, look_up.footnotes);
        let events = events::parse(&whole, options(), look_up.references);
        let parts = footnotes::parts(events, start, &mut numbers_of_escaped);
        let (events, has_raw_html) = events::without_footnotes(parts);
        if let Some(inline) = events::one_paragraph(&events) {
            *numbers = numbers_of_escaped;
            return make(inline, has_raw_html);
        }
    }
    make(&events, has_raw_html)
}

/// Whether it is one line of words in which nothing means anything to Markdown, as most questions are.
fn is_bare(text: &str) -> bool {
    let means_nothing = |byte: u8| byte.is_ascii_alphanumeric() || b" ,.?!'\"()/:;-+%".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(means_nothing)
}

/// The text of a field's HTML, without blank lines.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let text = safe::text_of(html);
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// CommonMark ends lines at CR LF and at a lone CR too.
fn with_plain_line_ends(markdown: &str) -> Cow<'_, str> {
    if markdown.contains('\r') {
        Cow::Owned(markdown.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(markdown)
    }
}

/// A single line whose first characters look like a list, a heading, a quotation or a fence, with those escaped.
fn without_block_mark(line: &str) -> Option<String> {
    if line.contains('\n') || line.starts_with('<') {
        return None;
    }
    let digits = line.len() - line.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    let (number, rest) = line.split_at_checked(digits)?;
    rest.starts_with(|mark: char| mark.is_ascii_punctuation()).then(|| format!("{number}\\{rest}"))
}

/// One text in the three forms the artefacts need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendering {
    /// As the author wrote it.
    pub markdown: String,
    /// As Anki shows it: safe HTML, code coloured by classes.
    pub html: String,
    /// Without markup.
    pub text: String,
    /// The files of the package that it shows or plays, by address.
    pub media: Vec<PackedMedia>,
}

impl Rendering {
    /// This with more below it.
    fn with_below(self, below: &Self) -> Self {
        let apart = |above: String, between: &str, below: &str, end: &str| {
            if below.is_empty() { above } else { above + between + below + end }
        };
        Self {
            markdown: apart(self.markdown, "\n\n", &below.markdown, ""),
            html: apart(self.html, "\n<div class=\"body\">", &below.html, "</div>"),
            text: apart(self.text, "\n\n", &below.text, ""),
            media: self.media.into_iter().chain(below.media.iter().cloned()).collect(),
        }
    }
}

/// One of the options of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedOption {
    /// The author's letter or number, or a letter where there is none.
    pub label: String,
    /// What it says.
    pub text: Rendering,
    /// Whether it is a right answer.
    pub is_right: bool,
}

/// A gap of a text: what the learner is to recall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedGap {
    /// Gaps of one number are asked together; 1 is the first.
    pub number: u16,
    /// What is hidden, without markup.
    pub text: String,
    /// What is shown in its place, without markup.
    pub hint: Option<String>,
}

/// A note with everything an artefact needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedNote {
    /// Stable over builds; no white space, and nothing a spreadsheet runs.
    pub guid: String,
    /// Anki's number for it, in milliseconds since 1970; rises in source order.
    pub id: i64,
    /// What cards it makes. Not [`NoteKind::Typed`] where the answer is nothing to type.
    pub kind: NoteKind,
    /// As typed in the source.
    pub number: Option<u64>,
    /// Title of its section as plain text; may be empty.
    pub section: String,
    /// The name of the deck it goes into, where that is another than its file's.
    pub subdeck: Option<String>,
    /// Safe for Anki.
    pub tags: Vec<String>,
    /// The question, with what stands below it but for the options. In the HTML of a [`NoteKind::Cloze`], Anki's marks
    /// stand around the gaps.
    pub question: Rendering,
    /// What there is to choose from; empty but for [`NoteKind::Choice`].
    pub options: Vec<RenderedOption>,
    /// The gaps of the question; empty but for [`NoteKind::Cloze`].
    pub gaps: Vec<RenderedGap>,
    /// What is to be typed; none but for [`NoteKind::Typed`].
    pub typed: Option<String>,
    /// The answer. Below options, what explains it; below a text with gaps, what the back of the card adds.
    pub answer: Rendering,
    /// The Markdown of everything below the question's title; see [`crate::deck::Note::below`].
    pub below: String,
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
    /// The files its notes show, each once, by name.
    pub media: Vec<source::Media>,
    /// How it lies in Anki.
    pub placing: Placing,
}

/// How a deck lies in Anki.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Placing {
    /// The number its author gave to the deck.
    pub id: Option<i64>,
    /// How many notes of other files come before its own in the deck.
    pub after: usize,
    /// What comes behind deckc's own style sheet.
    pub style: Option<Style>,
}

/// A style sheet of a project.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Style {
    /// Empty where the project had one, and has none any more.
    pub text: String,
    /// Since when it is this one, in seconds since 1970.
    pub modified: i64,
}

impl RenderedDeck {
    /// The name of the deck a note goes into.
    #[must_use]
    pub fn deck_of<'a>(&'a self, note: &'a RenderedNote) -> &'a str {
        note.subdeck.as_deref().unwrap_or(&self.name)
    }
}

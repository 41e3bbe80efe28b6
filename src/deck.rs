//! What will be learned. Anki's terms: a *note* holds a question and an answer and makes one or more *cards*; a *deck*
//! holds notes. Built by `shape`, checked by `check`, rendered by `render`.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::{Source, SourceId, Sources, Span};

/// The notes of one file.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Deck {
    /// Its name in Anki; `::` separates a parent deck from its child.
    pub name: String,
    /// The files it was read from.
    pub source: SourceId,
    /// Groups of notes, in source order.
    pub sections: Vec<Section>,
    /// In the order they will be learned.
    pub notes: Vec<Note>,
    /// Text that went into no note, in source order.
    pub leftovers: Vec<Leftover>,
    /// Tags that settings give every note.
    pub tags: Vec<String>,
    /// Ids that no question takes, in source order.
    pub loose_ids: Vec<Span>,
    /// Where the text can be read in two ways.
    pub doubts: Vec<Doubt>,
}

impl Deck {
    /// The notes but for those that repeat another one.
    pub fn own_notes(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.same_as.is_none())
    }

    /// The notes that make cards, in order: questions with their answers, and texts with gaps.
    pub fn studied(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.is_studied())
    }

    /// Makes notes reversed or typed that have a tag of that name, of their own or from the front matter.
    pub fn ask_as_tagged(&mut self) {
        for note in &mut self.notes {
            let tags = || self.tags.iter().chain(&note.tags).map(|tag| safe_tag(tag));
            let kinds = [NoteKind::Typed, NoteKind::Reversed];
            if let Some(kind) = kinds.into_iter().find(|kind| tags().any(|tag| tag == kind.name())) {
                note.ask_as(kind);
            }
        }
    }
}

/// A group of notes under one title, read by one shape.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Section {
    /// Plain text of the title; empty for notes under no heading.
    pub title: String,
    /// The heading.
    pub span: Option<Span>,
    /// How its notes were recognised.
    pub shape: ShapeName,
    /// Why that shape was chosen, in words.
    pub evidence: String,
}

/// The ways people write questions and answers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ShapeName {
    /// A list of questions first, the answers later under headings.
    ListFirst,
    /// A heading is the question, the text below it the answer.
    Heading,
    /// An item of a list is the question, what stands in it and below it the answer.
    ListItem,
    /// A paragraph in bold is the question, what follows it the answer.
    Bold,
    /// The summary of a part that folds away is the question, the part the answer.
    Details,
    /// Lines say what they are: `Q:` and `A:`.
    Prefix,
    /// A row of a table is a question with its answer.
    Table,
    /// A line holds both: `front::back`.
    Inline,
    /// A list of questions without answers.
    QuestionList,
    /// A file or a part of it is one card: the headings `Question` and `Answer`.
    OneCard,
    /// A lone `%` parts what a heading asks from its answer, a lone `?` the lines around it.
    Separator,
    /// A text with gaps: `{{c1::…}}`, `==…==`, `C: … [ … ]`.
    Cloze,
}

impl ShapeName {
    /// Why a part is read so, where a sign by itself is enough.
    #[must_use]
    pub fn evidence(self) -> &'static str {
        match self {
            Self::OneCard => "headings say which text is the question and which the answer",
            Self::Table => "the head of a table names a question and an answer",
            Self::Inline => "a sign parts question and answer on one line",
            Self::Separator => "a line with nothing but a sign parts question and answer",
            Self::Cloze => "gaps are marked in the text",
            _ => "",
        }
    }

    /// Its name in `inspect`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ListFirst => "list-first",
            Self::Heading => "heading",
            Self::ListItem => "list-item",
            Self::Bold => "bold",
            Self::Details => "details",
            Self::Prefix => "prefix",
            Self::Table => "table",
            Self::Inline => "inline",
            Self::QuestionList => "question-list",
            Self::OneCard => "one-card",
            Self::Separator => "separator",
            Self::Cloze => "cloze",
        }
    }
}

/// Two ways to read a part of a file that are about as likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Doubt {
    /// How it is read.
    pub read_as: ShapeName,
    /// The first question of that reading.
    pub span: Span,
    /// How many there are.
    pub count: usize,
    /// How it may be read as well.
    pub or_as: ShapeName,
    /// The first question of the other reading.
    pub other: Span,
    /// How many there would be.
    pub other_count: usize,
}

/// What cards a note makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// One card: question, then answer.
    Basic,
    /// Two cards: question, then answer; and the other way round.
    Reversed,
    /// One card: the answer is typed.
    Typed,
    /// One card for each number of a text's gaps.
    Cloze,
    /// One card: the question with its options, then which of them are right.
    Choice,
}

impl NoteKind {
    /// Its name in `inspect`, JSON and settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Reversed => "reversed",
            Self::Typed => "typed",
            Self::Cloze => "cloze",
            Self::Choice => "choice",
        }
    }
}

/// Text of the source that belongs together, as written. The pieces are whole blocks or one run of inline text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    /// In source order, without overlaps.
    pub pieces: Vec<Piece>,
}

/// A run of blocks, or of inline text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// Where it stands.
    pub span: Span,
    /// Columns of white space before each line that belong to a list item around it, and not to the text.
    pub indent: u16,
}

impl Passage {
    /// One span.
    #[must_use]
    pub fn of(span: Span) -> Self {
        Self { pieces: vec![Piece { span, indent: 0 }] }
    }

    /// From the first piece to the last.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        Some(self.pieces.first()?.span.to(self.pieces.last()?.span))
    }

    /// Whether there are no words in it.
    #[must_use]
    pub fn is_blank(&self, source: &Source) -> bool {
        self.pieces.iter().all(|piece| source.slice(piece.span).trim().is_empty())
    }

    /// The Markdown as written; pieces are joined by a blank line.
    #[must_use]
    pub fn markdown(&self, sources: &Sources) -> String {
        self.markdown_with(|span| Cow::Borrowed(sources.slice(span)))
    }

    /// The same where the text of a piece is not quite what stands in the source.
    pub(crate) fn markdown_with<'text>(&self, text: impl Fn(Span) -> Cow<'text, str>) -> String {
        let pieces = self.pieces.iter().map(|piece| {
            let text = text(piece.span);
            outdented(trim_blank_lines(&text), piece.indent).into_owned()
        });
        pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

/// The lines of a list item without what a parser takes as the item's indentation (CommonMark section 5.2); a line that
/// has less keeps none.
fn outdented(text: &str, columns: u16) -> Cow<'_, str> {
    if columns == 0 {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let mut column = 0;
        let mut rest = line;
        while column < columns {
            match rest.as_bytes().first() {
                Some(b' ') => column += 1,
                Some(b'\t') => column += 4 - column % 4,
                _ => break,
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        // A tab may reach beyond the indentation.
        lines.extend(std::iter::repeat_n(' ', usize::from(column.saturating_sub(columns))));
        lines.push_str(rest);
    }
    Cow::Owned(lines)
}

/// Without blank lines around it; the first line keeps its indentation, which Markdown may need.
fn trim_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let lead = text.len() - text.trim_start().len();
    let first_line = text.get(..lead).unwrap_or_default().rfind(['\n', '\r']).map_or(0, |at| at + 1);
    text.get(first_line..).unwrap_or_default()
}

/// A number as typed before a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Number {
    /// Its value.
    pub value: u64,
    /// Its digits in the source.
    pub span: Span,
}

/// One question with its answer.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Note {
    /// What cards it makes.
    pub kind: NoteKind,
    /// The question's Markdown: inline text without number, marks of emphasis around all of it, or label.
    pub question: Passage,
    /// Blocks below the question that belong to it: code, a picture, more text. The options are not among them.
    pub question_body: Passage,
    /// What there is to choose from, in source order; empty but for [`NoteKind::Choice`].
    pub options: Box<[ChoiceOption]>,
    /// The gaps of the question, in source order; empty but for [`NoteKind::Cloze`].
    pub gaps: Box<[Gap]>,
    /// The question as plain text.
    pub title: Box<str>,
    /// The same with code between backticks, where that is another text: see [`Note::marked_title`].
    pub with_marks: Option<Box<str>>,
    /// What it has in common with a note that asks the same; see [`identity::question_key_of`](crate::identity::question_key_of).
    pub question_key: Box<str>,
    /// What the text below the question begins with, if it tells it from another of the same title: code or options.
    pub leading_code: Option<Span>,
    /// The whole block that holds the question, for findings.
    pub question_span: Span,
    /// The number typed before the question.
    pub number: Option<Number>,
    /// Index into [`Deck::sections`].
    pub section: usize,
    /// None where the source has no answer. Below a text with gaps it is what the back of the card adds.
    pub answer: Option<Answer>,
    /// The question in another file of the deck that has the answer.
    pub answered_at: Option<Span>,
    /// The number it has in a list in another file.
    pub listed_number: Option<u64>,
    /// What stands where an answer should, as `TODO`.
    pub placeholder: Option<Span>,
    /// Tags of this note alone, as written.
    pub tags: Vec<String>,
    /// How the answer was found, where it stands apart from the question.
    pub pairing: Option<Box<Pairing>>,
    /// The id its author wrote beside it.
    pub pin: Option<Box<Pin>>,
    /// Sections in which it stands again, as indices into [`Deck::sections`].
    pub also_in: Box<[usize]>,
    /// Index of an earlier note with the same question and answer: in Anki the two are one, with the tags of both.
    pub same_as: Option<usize>,
    /// Stable over builds; see `identity`.
    pub guid: String,
}

impl Note {
    /// The question as plain text with code between backticks: what tells it from other questions.
    #[must_use]
    pub fn marked_title(&self) -> &str {
        self.with_marks.as_deref().unwrap_or(&self.title)
    }

    /// The Markdown of everything below the question's title: the rest of the question, its options, its answer.
    #[must_use]
    pub fn below(&self, sources: &Sources) -> String {
        let texts = self.passages().skip(1).map(|passage| passage.markdown(sources));
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// All its texts, in the order of a card: the question and the rest of it, the options, the answer.
    pub fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.passages_of_question().chain(self.answer.iter().map(|answer| &answer.body))
    }

    /// The question, the rest of it, and the options.
    pub fn passages_of_question(&self) -> impl Iterator<Item = &Passage> {
        let options = self.options.iter().map(|option| &option.text);
        [&self.question, &self.question_body].into_iter().chain(options)
    }

    /// Where its answer stands: also among the options, where those say what is right.
    #[must_use]
    pub fn answer_span(&self) -> Option<Span> {
        let answer = self.answer.as_ref()?;
        let options = || self.options.iter().map(|option| option.span).reduce(Span::to);
        answer.span().or_else(options)
    }

    /// Makes it ask in another way, as a tag or a setting says: only a basic note, and only reversed or typed. What a
    /// note itself shows to be a text with gaps or a choice stays that.
    pub fn ask_as(&mut self, kind: NoteKind) {
        if self.kind == NoteKind::Basic && matches!(kind, NoteKind::Reversed | NoteKind::Typed) {
            self.kind = kind;
        }
    }

    /// Whether it makes a card.
    #[must_use]
    pub fn is_studied(&self) -> bool {
        self.same_as.is_none() && self.has_answer()
    }

    /// Whether its source says what the back of a card needs.
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.answer.is_some() || self.kind == NoteKind::Cloze
    }
}

/// One of the options of a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// Its Markdown without list marker, box and letter.
    pub text: Passage,
    /// The letter or number typed before it, without what parts it from the text.
    pub label: Option<String>,
    /// Whether it is a right answer.
    pub is_right: bool,
    /// The whole item or line.
    pub span: Span,
}

/// A gap in a text: what the learner is to recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// With its marks, as in `{{c1::text::hint}}`, `==text==` and `[text]`.
    pub span: Span,
    /// What is hidden.
    pub text: Span,
    /// What is shown in its place.
    pub hint: Option<Span>,
    /// Gaps of one number are asked together; 1 is the first.
    pub number: u16,
}

/// An id that an author wrote beside a question, so that it stays the same note whatever else changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pin {
    /// As written.
    pub id: String,
    /// The comment or attribute.
    pub span: Span,
    /// Whether it is the attribute of a heading, which names a place in its file and may stand in another file, too.
    pub is_anchor: bool,
}

impl Pin {
    /// As the lock keeps it: an attribute has its `#`, and is not the comment of that name.
    #[must_use]
    pub fn key(&self) -> String {
        if self.is_anchor { format!("#{}", self.id) } else { self.id.clone() }
    }
}

/// What answers a question.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// The heading over it, where the answer stands apart from the question.
    pub heading: Option<Span>,
    /// The words that say that it is the answer or which option is right, as in `**Answer:** B`: no card repeats them.
    pub label: Option<Span>,
    /// The Markdown below it. Blank only where options say what is right, or the label does.
    pub body: Passage,
}

impl Answer {
    /// From its heading or label, or else from the start of its body, to the end of its body.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        [self.heading, self.label, self.body.span()].into_iter().flatten().reduce(Span::to)
    }
}

/// How a question and an answer that stand apart found each other.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Pairing {
    /// What the two have in common.
    pub by: PairedBy,
    /// The heading over the answer.
    pub heading: Span,
    /// Its plain text.
    pub title: String,
    /// The answer stands outside the section of its question.
    pub misplaced: Option<Misplaced>,
    /// For an answer that no question lists: a listed question without an answer that reads much like it.
    pub resembles: Option<Span>,
}

/// Where an answer stands that belongs to another section.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Misplaced {
    /// Title of the section it stands in; none if it is in none.
    pub under: Option<String>,
}

/// What a listed question and the heading of its answer have in common, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PairedBy {
    /// The same Markdown.
    ExactTitle,
    /// The same text once marks are stripped.
    PlainTitle,
    /// The same words.
    Words,
    /// The same number in the same section.
    Number,
    /// Most of the words.
    Similarity,
    /// Nothing: the list does not have it.
    Unlisted,
}

/// Text that went into no note.
#[derive(Debug, Clone, Hash, Serialize, Deserialize)]
pub struct Leftover {
    /// What it covers: whole blocks.
    pub span: Span,
    /// What it is.
    pub kind: LeftoverKind,
}

/// What a leftover is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LeftoverKind {
    /// YAML or TOML at the top.
    FrontMatter,
    /// A title above sections.
    Title,
    /// Table of contents, badges, back-to-top links, comments.
    Boilerplate,
    /// What stands before the first question or section, and asks nothing.
    Introduction,
    /// What a chat assistant says around the text it was asked for.
    Chat,
    /// What a footnote says; the notes that refer to it show it.
    Footnote,
    /// What became a tag of a note.
    Tag,
    /// Prose that no question took.
    Unclaimed,
}

impl LeftoverKind {
    /// Why no note took it, for `inspect`.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::FrontMatter => "front matter",
            Self::Title => "title",
            Self::Boilerplate => "boilerplate",
            Self::Introduction => "introduction",
            Self::Chat => "chat leftover",
            Self::Footnote => "footnote",
            Self::Tag => "tag",
            Self::Unclaimed => "no question takes it",
        }
    }
}

/// The tags of a note, as Anki will have them: those of the file, of its section, its own, and those of the notes that
/// repeat it.
#[must_use]
pub fn tags_of(deck: &Deck, note: &Note) -> Vec<String> {
    let sections =
        std::iter::once(&note.section).chain(&note.also_in).filter_map(|&section| deck.sections.get(section));
    let titles = sections.map(|section| section.title.as_str());
    let all = deck.tags.iter().map(String::as_str).chain(titles).chain(note.tags.iter().map(String::as_str));
    let mut tags: Vec<String> = Vec::new();
    for tag in all.map(safe_tag) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Lower-case words joined by hyphens. Anki splits tags at any white space, calls an empty part of `a::b` `blank`,
/// merges tags that differ in case, and can't search for `none`.
pub(crate) fn safe_tag(text: &str) -> String {
    let part = |part: &str| {
        let words = part.split(|c: char| !(c.is_alphanumeric() || "+#._/".contains(c))).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-").to_lowercase()
    };
    let parts: Vec<String> = text.split("::").map(part).filter(|part| !part.is_empty()).collect();
    match parts.join("::").as_str() {
        "none" => "none-".to_owned(),
        "marked" | "leech" => format!("{}-", parts.join("::")),
        tag => tag.to_owned(),
    }
}

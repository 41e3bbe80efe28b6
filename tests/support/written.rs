//! Notes of every kind, put together by hand from what a test writes, without a recogniser.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "support of tests, which say what they expect"
)]

use deckc::check;
use deckc::deck::{Answer, ChoiceOption, Gap, Note, NoteKind, Passage, Pin};
use deckc::history::{Built, Clock, Elsewhere, record};
use deckc::identity::known::{IdentityFaults, KnownNotes};
use deckc::identity::lock::Lock;
use deckc::identity::question_key_of;
use deckc::parsed::Parsed;
use deckc::render::{RenderedDeck, Renderer};
use deckc::settings::Given;
use deckc::source::{SourceId, Sources, Span};

/// A note as a test writes it. Empty is what it has not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'a> {
    pub kind: Option<NoteKind>,
    /// The id beside it.
    pub pin: &'a str,
    /// Its title, or its text with gaps as `{{c1::text~~hint}}`.
    pub question: &'a str,
    pub body: &'a str,
    /// `A) right`, the right ones with a `*` in front.
    pub options: &'a [&'a str],
    pub answer: &'a str,
}

/// A source that holds these notes one below the other, and the deck of it.
pub struct Made {
    pub sources: Sources,
    pub parsed: Parsed,
}

impl Made {
    pub fn of(notes: &[Written<'_>]) -> Self {
        let mut text = String::from("# Kinds\n");
        for note in notes {
            text.extend(["\n\n", note.question, "\n\n", note.body, "\n\n"]);
            note.options.iter().for_each(|option| text.extend([option, "\n\n"]));
            text.extend([note.answer, "\n"]);
        }
        let mut sources = Sources::default();
        let id = sources.add_text("source/kinds.md", text.as_str()).unwrap();
        let mut parsed = Parsed::new(sources.get(id), &Given::default());
        parsed.deck.leftovers.clear();
        let heading = "## What is it?\n\nA stub.\n";
        let mut stub_sources = Sources::default();
        let stub = stub_sources.add_text("stub.md", heading).unwrap();
        let stub = Parsed::new(stub_sources.get(stub), &Given::default()).deck;
        parsed.deck.sections = stub.sections;
        parsed.deck.sections[0].title = "Kinds".to_owned();
        let mut from = 0;
        parsed.deck.notes =
            notes.iter().map(|written| note(&stub.notes[0], written, sources.get(id).text(), id, &mut from)).collect();
        Self { sources, parsed }
    }

    pub fn identified(mut self, lock: Option<&Lock>) -> Self {
        let lock = lock.map(|lock| self.sources.add_text("deckc.lock", lock.text()).unwrap());
        let mut known = KnownNotes::read(&self.sources, lock);
        assert_eq!(known.faults, IdentityFaults::default());
        known.identify(&self.sources, &mut [("source/kinds.md", &mut self.parsed)]);
        if known.lock.is_none() {
            let source = self.sources.get(self.parsed.deck.source);
            deckc::identity::assign(&mut self.parsed.deck, source, &mut Default::default());
        }
        self
    }

    pub fn rendered(&self) -> RenderedDeck {
        let files = std::slice::from_ref(&self.parsed);
        let passed = check::pass(&[], files).unwrap();
        Renderer::new().deck(&self.sources, passed[0])
    }

    pub fn recorded(&self, old: Option<&Lock>, time: i64) -> (RenderedDeck, Lock) {
        let mut rendered = self.rendered();
        let built = Built { source: "source/kinds.md".to_owned(), file: &self.parsed, rendered: &mut rendered };
        let record = record(&self.sources, old, &mut [built], &Elsewhere::default(), Clock::at(time));
        (rendered, record.lock.to_lock())
    }
}

fn note(stub: &Note, written: &Written<'_>, text: &str, source: SourceId, from: &mut usize) -> Note {
    let mut find = |part: &str| {
        let start = *from + text.get(*from..).unwrap().find(part).unwrap();
        *from = start + part.len();
        Span { source, start: start as u32, end: *from as u32 }
    };
    let passage = |span: Span| if span.start == span.end { Passage::default() } else { Passage::of(span) };
    let question = find(written.question);
    let body = find(written.body);
    let options = written.options.iter().map(|option| {
        let span = find(option);
        let text = option.trim_start_matches('*');
        let (label, rest) = text.split_once(") ").map_or((None, text), |(label, rest)| (Some(label), rest));
        ChoiceOption {
            text: Passage::of(Span { start: span.end - rest.len() as u32, ..span }),
            label: label.map(str::to_owned),
            is_right: option.starts_with('*'),
            span,
        }
    });
    let options: Vec<ChoiceOption> = options.collect();
    let answer = find(written.answer);
    let is_answered = !written.answer.is_empty() || options.iter().any(|option| option.is_right);
    let kind = written.kind.unwrap_or(NoteKind::Basic);
    Note {
        kind,
        question: passage(question),
        question_body: passage(body),
        gaps: gaps(question, written.question).into(),
        title: filled(written.question).into(),
        with_marks: None,
        question_key: question_key_of(&filled(written.question), kind == NoteKind::Cloze).into(),
        question_span: question,
        options: options.into(),
        answer: is_answered.then(|| Answer { heading: None, label: None, body: passage(answer) }),
        pin: (!written.pin.is_empty())
            .then(|| Box::new(Pin { id: written.pin.to_owned(), span: question, is_anchor: false })),
        guid: String::new(),
        ..stub.clone()
    }
}

fn marks() -> regex::Regex {
    regex::Regex::new(r"(?s)\{\{c(\d+)::(.*?)(?:~~(.*?))?\}\}").unwrap()
}

fn filled(text: &str) -> String {
    marks().replace_all(text, "$2").into_owned()
}

fn gaps(place: Span, text: &str) -> Vec<Gap> {
    let gap = |found: regex::Captures<'_>| {
        let span = |part: regex::Match<'_>| Span {
            start: place.start + part.start() as u32,
            end: place.start + part.end() as u32,
            ..place
        };
        let number = found[1].parse().unwrap();
        Gap {
            span: span(found.get(0).unwrap()),
            text: span(found.get(2).unwrap()),
            hint: found.get(3).map(span),
            number,
        }
    };
    marks().captures_iter(text).map(gap).collect()
}

pub fn basic<'a>(question: &'a str, answer: &'a str) -> Written<'a> {
    Written { question, answer, ..Written::default() }
}

pub fn kind<'a>(kind: NoteKind, question: &'a str, answer: &'a str) -> Written<'a> {
    Written { kind: Some(kind), question, answer, ..Written::default() }
}

pub fn cloze(text: &str) -> Written<'_> {
    kind(NoteKind::Cloze, text, "")
}

pub fn choice<'a>(question: &'a str, options: &'a [&'a str], answer: &'a str) -> Written<'a> {
    Written { kind: Some(NoteKind::Choice), question, options, answer, ..Written::default() }
}

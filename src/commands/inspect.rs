//! `deckc inspect`: how each file was understood.

use std::io::Write;

use serde::Serialize;

use super::{Exit, RunError, count, read_project};
use crate::cli::{Inspect, TextOrJson};
use crate::deck::{LeftoverKind, Note, NoteKind};
use crate::parsed::Parsed;
use crate::source::{Source, Sources};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Understanding {
    schema_version: u32,
    files: Vec<File>,
}

#[derive(Serialize)]
struct File {
    path: String,
    sections: Vec<SectionView>,
    notes: Vec<NoteView>,
    unclaimed: Vec<Unclaimed>,
}

#[derive(Serialize)]
struct SectionView {
    title: String,
    line: Option<u32>,
    shape: &'static str,
    evidence: String,
    notes: usize,
}

#[derive(Serialize)]
struct NoteView {
    id: String,
    number: Option<u64>,
    kind: NoteKind,
    question: String,
    question_line: u32,
    answer_lines: Option<(u32, u32)>,
    section: String,
    /// How it asks, where it is no plain question.
    #[serde(skip)]
    asks: Option<String>,
    /// Two sections may have one title.
    #[serde(skip)]
    section_index: usize,
    #[serde(skip)]
    is_elsewhere: bool,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Unclaimed {
    lines: (u32, u32),
    why: &'static str,
}

pub(super) fn run(options: &Inspect, out: &mut dyn Write) -> Result<Exit, RunError> {
    let project = read_project(&options.paths)?;
    let files = project.files.iter().map(|file| view(&project.sources, project.source(file), file)).collect();
    let understanding = Understanding { schema_version: SCHEMA_VERSION, files };
    match options.format {
        TextOrJson::Json => {
            serde_json::to_writer_pretty(&mut *out, &understanding).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        TextOrJson::Text => text(&understanding, out)?,
    }
    Ok(Exit::Clean)
}

fn view(sources: &Sources, source: &Source, file: &Parsed) -> File {
    let deck = &file.deck;
    let sections = deck.sections.iter().enumerate().map(|(index, section)| SectionView {
        title: section.title.clone(),
        line: section.span.map(|span| source.line(span.start)),
        shape: section.shape.name(),
        evidence: section.evidence.clone(),
        notes: deck.notes.iter().filter(|note| note.section == index).count(),
    });
    let notes = deck.notes.iter().map(|note| note_view(sources, source, file, note));
    let leftovers = deck.leftovers.iter().filter(|leftover| leftover.kind != LeftoverKind::Title);
    let unclaimed =
        leftovers.map(|leftover| Unclaimed { lines: source.lines(leftover.span), why: leftover.kind.why() });
    File {
        path: source.shown_path().to_owned(),
        sections: sections.collect(),
        notes: notes.collect(),
        unclaimed: unclaimed.collect(),
    }
}

fn note_view(sources: &Sources, source: &Source, file: &Parsed, note: &Note) -> NoteView {
    let section = file.deck.sections.get(note.section);
    NoteView {
        id: note.same_as.and_then(|first| file.deck.notes.get(first)).unwrap_or(note).guid.clone(),
        number: note.number.map(|number| number.value),
        kind: note.kind,
        question: note.question.markdown(sources),
        question_line: source.line(note.question_span.start),
        answer_lines: note.answer_span().map(|span| source.lines(span)),
        section: section.map(|section| section.title.clone()).unwrap_or_default(),
        asks: asks(note),
        section_index: note.section,
        is_elsewhere: note.answered_at.is_some(),
        tags: crate::deck::tags_of(&file.deck, note),
    }
}

fn asks(note: &Note) -> Option<String> {
    if note.same_as.is_some() {
        return Some("the same card again".to_owned());
    }
    match note.kind {
        NoteKind::Basic => None,
        NoteKind::Reversed | NoteKind::Typed => Some(note.kind.name().to_owned()),
        NoteKind::Cloze => Some(format!("cloze with {}", count(note.gaps.len(), "gap"))),
        NoteKind::Choice => {
            let right = note.options.iter().filter(|option| option.is_right).count();
            Some(format!("choice of {}, {right} right", note.options.len()))
        }
    }
}

fn text(understanding: &Understanding, out: &mut dyn Write) -> std::io::Result<()> {
    for (index, file) in understanding.files.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let gapped = file.notes.iter().filter(|note| note.kind == NoteKind::Cloze).count();
        let answered =
            file.notes.iter().filter(|note| note.kind != NoteKind::Cloze && note.answer_lines.is_some()).count();
        write!(out, "{}: {}, {answered} with an answer", file.path, count(file.notes.len(), "note"))?;
        writeln!(out, "{}", if gapped > 0 { format!(", {gapped} with gaps") } else { String::new() })?;
        for (index, section) in file.sections.iter().enumerate() {
            let line = section.line.map_or_else(String::new, |line| format!("line {line}: "));
            let title = if section.title.is_empty() { "(no title)" } else { &section.title };
            writeln!(out, "\n  {line}{title}\n  {}: {}", section.shape, section.evidence)?;
            for note in file.notes.iter().filter(|note| note.section_index == index) {
                note_line(note, out)?;
            }
        }
        if !file.unclaimed.is_empty() {
            writeln!(out, "\n  in no note")?;
        }
        for left in &file.unclaimed {
            writeln!(out, "    {}: {}", lines(left.lines), left.why)?;
        }
    }
    Ok(())
}

fn note_line(note: &NoteView, out: &mut dyn Write) -> std::io::Result<()> {
    let number = note.number.map_or_else(String::new, |number| format!("{number}."));
    let is_cloze = note.kind == NoteKind::Cloze;
    let answer = match note.answer_lines {
        Some(at) if is_cloze => format!(", extra {}", lines(at)),
        Some(at) => format!(", answer {}", lines(at)),
        None if is_cloze => String::new(),
        None if note.is_elsewhere => ", answered in another file".to_owned(),
        None => ", no answer".to_owned(),
    };
    let asks = note.asks.as_ref().map_or_else(String::new, |asks| format!(", {asks}"));
    let question = note.question.split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(out, "    {number:>4} line {}{asks}{answer}: {question}", note.question_line)
}

fn lines((first, last): (u32, u32)) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first}-{last}") }
}

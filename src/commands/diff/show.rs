//! How a difference looks: words for people, JSON for programs.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;

use crate::diff::{Change, ChangeKind, Differences, Op, Piece, View, words};
use crate::history::anki_search;
use crate::identity::lock::{Entry, time};
use crate::report::{Look, clean};

const SCHEMA_VERSION: u32 = 1;

/// So many words are shown around those that changed.
const CONTEXT: usize = 6;

/// Longest question shown in a list, in characters.
const LONGEST: usize = 100;

/// Writes it for people.
pub(super) fn text(differences: &Differences, gone: &[Entry], look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
    for kind in ChangeKind::ALL {
        for change in differences.of(kind) {
            show(change, look, out)?;
        }
    }
    let earlier = retired_earlier(differences, gone);
    for entry in &earlier {
        let day = entry.retired.map(time).unwrap_or_default();
        let day = day.split('T').next().unwrap_or_default();
        writeln!(out, "{} {}: {}", strong("retired", look), day, title(&entry.question, look))?;
    }
    let counts = ChangeKind::ALL.map(|kind| (differences.of(kind).count(), kind.name()));
    let mut said: Vec<String> = counts.iter().map(|(number, name)| format!("{number} {name}")).collect();
    said.push(format!("{} unchanged", differences.unchanged));
    if !earlier.is_empty() {
        said.push(format!("{} retired earlier", earlier.len()));
    }
    writeln!(
        out,
        "{}{}",
        if differences.changes.is_empty() && earlier.is_empty() { "" } else { "\n" },
        said.join(", ")
    )?;
    if let Some(search) = search(differences, &earlier) {
        let them = if differences.of(ChangeKind::Retired).count() + earlier.len() == 1 {
            "note that is"
        } else {
            "notes that are"
        };
        writeln!(out, "this search finds the {them} gone in Anki:\n  {search}")?;
    }
    Ok(())
}

/// What finds the notes that are gone; none if none is.
fn search(differences: &Differences, earlier: &[&Entry]) -> Option<String> {
    let now =
        differences.of(ChangeKind::Retired).filter_map(|change| change.before.as_ref()).flat_map(|view| &view.ids);
    let mut ids = now.chain(earlier.iter().flat_map(|entry| &entry.ids)).peekable();
    ids.peek()?;
    Some(anki_search(ids))
}

/// Those that were gone in the last build already.
fn retired_earlier<'a>(differences: &Differences, gone: &'a [Entry]) -> Vec<&'a Entry> {
    let now: BTreeSet<&str> =
        differences.of(ChangeKind::Retired).filter_map(|change| Some(change.before.as_ref()?.guid.as_str())).collect();
    gone.iter().filter(|entry| !now.contains(entry.guid.as_str())).collect()
}

fn show(change: &Change, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let Some(view) = after.or(before) else { return Ok(()) };
    let place = match (view.line, view.source.is_empty()) {
        (Some(line), _) => format!(" {}:{line}", view.source),
        (None, false) => format!(" {}", view.source),
        (None, true) => String::new(),
    };
    writeln!(
        out,
        "{}{}: {}",
        strong(change.kind.name(), look),
        clean(&place, look.unicode, false),
        title(&view.question, look)
    )?;
    let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
    for (name, old, new) in [("deck", &before.deck, &after.deck), ("section", &before.section, &after.section)] {
        if old != new {
            let [old, new] = [old, new].map(|text| clean(text, look.unicode, false).into_owned());
            writeln!(out, "  {name}: {} to {}", quoted(&old), quoted(&new))?;
        }
    }
    if change.kind == ChangeKind::Moved {
        let other_source = !before.source.is_empty() && before.source != after.source;
        if before.deck == after.deck && before.section == after.section && !other_source {
            writeln!(out, "  now at another place in the deck")?;
        } else if other_source {
            writeln!(out, "  from {}", clean(&before.source, look.unicode, false))?;
        }
        return Ok(());
    }
    show_words("question", Some(&before.question), Some(&after.question), look, out)?;
    if before.answer.is_some() || before.sketch != after.sketch {
        show_words("answer", before.answer.as_deref(), after.answer.as_deref(), look, out)?;
    }
    show_tags(before, after, look, out)?;
    if before.answer.is_some() && before.answer == after.answer && before.question == after.question {
        writeln!(out, "  pictures, links or formatting")?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { format!("`{text}`") }
}

fn show_words(
    name: &str,
    old: Option<&str>,
    new: Option<&str>,
    look: &Look,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    match (old, new) {
        (Some(old), Some(new)) if old.split_whitespace().eq(new.split_whitespace()) => Ok(()),
        (Some(old), Some(new)) => {
            let shown: String = shortened(&words(old, new)).iter().map(|piece| painted(piece, look)).collect();
            for (at, line) in shown.lines().filter(|line| !line.trim().is_empty()).enumerate() {
                let lead = if at == 0 { format!("  {name}: ") } else { " ".repeat(name.len() + 4) };
                writeln!(out, "{lead}{}", line.trim_end())?;
            }
            Ok(())
        }
        (None, Some(_)) => {
            writeln!(out, "  {name}: its words before are not known; no package of the last build is here")
        }
        _ => Ok(()),
    }
}

fn show_tags(before: &View, after: &View, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
    let (Some(old), Some(new)) = (&before.tags, &after.tags) else { return Ok(()) };
    let taken = old.difference(new).map(|tag| Piece { op: Op::Delete, text: tag.clone() });
    let given = new.difference(old).map(|tag| Piece { op: Op::Insert, text: tag.clone() });
    let tags: Vec<String> = taken.chain(given).map(|piece| painted(&piece, look)).collect();
    if tags.is_empty() { Ok(()) } else { writeln!(out, "  tags: {}", tags.join(" ")) }
}

/// What stands in both, cut down to what surrounds a change.
fn shortened(pieces: &[Piece]) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let shorten = |(at, piece): (usize, &Piece)| {
        let words: Vec<&str> = piece.text.split_inclusive(char::is_whitespace).collect();
        let (head, tail) = (if at == 0 { 0 } else { CONTEXT }, if at == last { 0 } else { CONTEXT });
        if piece.op != Op::Equal || words.len() <= head + tail + CONTEXT {
            return piece.clone();
        }
        let begin: String = words.iter().take(head).copied().collect();
        let end: String = words.iter().skip(words.len() - tail).copied().collect();
        Piece { op: Op::Equal, text: format!("{begin}… {end}") }
    };
    pieces.iter().enumerate().map(shorten).collect()
}

/// Without colours as `wdiff` writes it.
fn painted(piece: &Piece, look: &Look) -> String {
    let text: Vec<String> = piece.text.split('\n').map(|line| clean(line, look.unicode, false).into_owned()).collect();
    let text = text.join("\n");
    match (piece.op, look.colour) {
        (Op::Equal, _) => text,
        (Op::Delete, true) => format!("\u{1b}[31;9m{text}\u{1b}[0m"),
        (Op::Insert, true) => format!("\u{1b}[32m{text}\u{1b}[0m"),
        (Op::Delete, false) => format!("[-{text}-]"),
        (Op::Insert, false) => format!("{{+{text}+}}"),
    }
}

fn strong(text: &str, look: &Look) -> String {
    if look.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn title(question: &str, look: &Look) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = clean(&line, look.unicode, false).into_owned();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    new: Vec<NoteReport<'a>>,
    changed: Vec<NoteReport<'a>>,
    moved: Vec<NoteReport<'a>>,
    retired: Vec<NoteReport<'a>>,
    /// How many notes are as they were.
    unchanged: usize,
    /// What finds those that are gone in Anki; none if none is.
    anki_search: Option<String>,
}

#[derive(Serialize)]
struct NoteReport<'a> {
    id: &'a str,
    question: &'a str,
    before: Option<ViewReport<'a>>,
    after: Option<ViewReport<'a>>,
    /// When it was found to be gone; none if it was there in the last build.
    since: Option<String>,
    question_diff: Option<Vec<Piece>>,
    answer_diff: Option<Vec<Piece>>,
}

#[derive(Serialize)]
struct ViewReport<'a> {
    deck: &'a str,
    section: &'a str,
    source: Option<&'a str>,
    question_line: Option<u32>,
    question: &'a str,
    answer: Option<&'a str>,
    tags: Option<&'a BTreeSet<String>>,
}

impl<'a> From<&'a View> for ViewReport<'a> {
    fn from(view: &'a View) -> Self {
        Self {
            deck: &view.deck,
            section: &view.section,
            source: Some(view.source.as_str()).filter(|source| !source.is_empty()),
            question_line: view.line,
            question: &view.question,
            answer: view.answer.as_deref(),
            tags: view.tags.as_ref(),
        }
    }
}

impl<'a> NoteReport<'a> {
    fn of(change: &'a Change) -> Option<Self> {
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let view = after.or(before)?;
        let both = before.zip(after).filter(|_| change.kind == ChangeKind::Changed);
        let question_diff = both.map(|(old, new)| words(&old.question, &new.question));
        let answers = both.and_then(|(old, new)| old.answer.as_ref().zip(new.answer.as_ref()));
        Some(Self {
            id: &view.guid,
            question: &view.question,
            before: before.map(ViewReport::from),
            after: after.map(ViewReport::from),
            since: None,
            question_diff,
            answer_diff: answers.map(|(old, new)| words(old, new)),
        })
    }

    fn of_entry(entry: &'a Entry) -> Self {
        Self {
            id: &entry.guid,
            question: &entry.question,
            before: None,
            after: None,
            since: entry.retired.map(time),
            question_diff: None,
            answer_diff: None,
        }
    }
}

/// Writes it for programs.
pub(super) fn json(differences: &Differences, gone: &[Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let of = |kind| differences.of(kind).filter_map(NoteReport::of).collect::<Vec<_>>();
    let earlier = retired_earlier(differences, gone);
    let mut retired = of(ChangeKind::Retired);
    retired.extend(earlier.iter().map(|entry| NoteReport::of_entry(entry)));
    let report = Report {
        schema_version: SCHEMA_VERSION,
        new: of(ChangeKind::New),
        changed: of(ChangeKind::Changed),
        moved: of(ChangeKind::Moved),
        retired,
        unchanged: differences.unchanged,
        anki_search: search(differences, &earlier),
    };
    serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
    writeln!(out)
}

//! `deckc pin`: writes the guid of each note behind its question, so that the note is known without a lock, too.
//!
//! A text is only written if reading it again gives the same notes, each with its id.

use std::io::Write;

use super::rewrite::{self, Unwritable};
use super::{Exit, RunError, count, read_project};
use crate::cli;
use crate::deck::Note;
use crate::parsed::Parsed;
use crate::report::{Look, clean_line};
use crate::settings::Given;
use crate::source::{Source, Sources};

pub(super) fn run(options: &cli::Pin, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let project = read_project(&options.paths)?;
    if !super::identity_is_known(&project, look, out)? {
        return Ok(Exit::Findings);
    }
    let pinned: Vec<(&Source, Result<Pinned, LeftAlone>)> =
        project.files.iter().map(|file| (project.source(file), pin(&project.sources, file))).collect();
    let files = pinned.iter().filter_map(|(source, pinned)| Some((*source, pinned.as_ref().ok()?)));
    let changed: Vec<(&Source, &Pinned)> = files.filter(|(_, pinned)| pinned.ids > 0).collect();
    if options.diff {
        for (source, pinned) in &changed {
            rewrite::show(source, &pinned.text, look, out)?;
        }
    } else {
        let texts: Vec<(&Source, &str)> = changed.iter().map(|(source, pinned)| (*source, &*pinned.text)).collect();
        rewrite::write(&texts).map_err(RunError::Rewrite)?;
        for (source, pinned) in &changed {
            writeln!(out, "{}: {}", clean_line(source.shown_path(), look.unicode), count(pinned.ids, "id"))?;
        }
    }
    if changed.is_empty() && pinned.iter().all(|(_, pinned)| pinned.is_ok()) {
        let none =
            if project.has_questions() { "every question has an id already" } else { "no question was recognised" };
        writeln!(out, "{none}")?;
    }
    let mut exit = Exit::Clean;
    for (source, why) in pinned.iter().filter_map(|(source, pinned)| Some((source, pinned.as_ref().err()?))) {
        writeln!(out, "{}: left alone: {why}", clean_line(source.shown_path(), look.unicode))?;
        exit = Exit::Findings;
    }
    Ok(exit)
}

/// A text with its ids.
struct Pinned {
    text: String,
    /// How many were written.
    ids: usize,
}

/// Why no id is written into a file.
#[derive(Debug, thiserror::Error)]
enum LeftAlone {
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error("with ids it would be read in another way; write them by hand, in the line below each question")]
    ReadsOtherwise,
}

fn pin(sources: &Sources, file: &Parsed) -> Result<Pinned, LeftAlone> {
    let source = sources.get(file.deck.source);
    rewrite::can_be_written(source)?;
    let open = file.deck.own_notes().filter(|note| note.pin.is_none());
    let mut ids: Vec<(usize, &str)> = open.map(|note| (behind_question(source, note), note.guid.as_str())).collect();
    ids.sort_unstable();
    let given = file.settings.given();
    let mut text = String::with_capacity(source.text().len() + ids.len() * 32);
    let mut from = 0;
    for (at, guid) in &ids {
        text.push_str(source.text().get(from..*at).unwrap_or_default());
        text.push_str(&format!(" <!-- id: {guid} -->"));
        from = *at;
    }
    text.push_str(source.text().get(from..).unwrap_or_default());
    if reads_the_same(sources, file, &text, &given) {
        Ok(Pinned { text, ids: ids.len() })
    } else {
        Err(LeftAlone::ReadsOtherwise)
    }
}

/// The end of the line in which a question ends, before the signs that may close a heading (CommonMark section 4.2).
fn behind_question(source: &Source, note: &Note) -> usize {
    let end = note.question.span().unwrap_or(note.question_span).end;
    let line = source.line_range(source.line(end.saturating_sub(1)));
    let text = source.text().get(line.clone()).unwrap_or_default().trim_end();
    let bare = text.trim_end_matches('#');
    let closes = text.trim_start().starts_with('#') && bare.ends_with([' ', '\t']);
    line.start + if closes { bare.trim_end().len() } else { text.len() }
}

/// Whether the text has the same notes, each with the id of its guid.
fn reads_the_same(sources: &Sources, file: &Parsed, text: &str, given: &Given) -> bool {
    let mut again = Sources::default();
    let Ok(id) = again.add_text("pinned.md", text) else { return false };
    let reread = Parsed::new(again.get(id), given);
    let (old, new) = (&file.deck.notes, &reread.deck.notes);
    let same = |old: &Note, new: &Note| {
        let answer = |note: &Note, sources| note.answer.as_ref().map(|answer| answer.body.markdown(sources));
        let id = old.pin.as_ref().map_or(&old.guid, |pin| &pin.id);
        new.pin.as_ref().map(|pin| &pin.id) == Some(id)
            && old.question.markdown(sources) == new.question.markdown(&again)
            && answer(old, sources) == answer(new, &again)
            && old.number.map(|number| number.value) == new.number.map(|number| number.value)
    };
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
}

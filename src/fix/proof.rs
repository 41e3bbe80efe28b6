//! Whether a fix leaves a deck as it is, but for what the fix is about.
//!
//! Compared are the notes in their order: kind, question, options, gaps, answer, number, section, tags, id; the Markdown of
//! each text, or the HTML on the card where the Markdown is not the same; and what went into no note. A fix that is a guess
//! may change notes, but none may be lost.

use std::borrow::Cow;

use foldhash::HashMap;

use super::{Compiled, Repair};
use crate::deck::{LeftoverKind, Note, tags_of};
use crate::diagnostic::{About, Level, Safety};
use crate::lints::may_be_taken_out;
use crate::render::Renderer;
use crate::suppress;
use crate::words;

/// What a fix would change though it is not about that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// More notes, or fewer.
    #[error("the deck would have {after} notes instead of {before}")]
    Notes {
        /// Without it.
        before: usize,
        /// With it.
        after: usize,
    },
    /// What a note asks.
    #[error("the question `{0}` would change")]
    Question(String),
    /// What answers it.
    #[error("the answer to `{0}` would change")]
    Answer(String),
    /// The number before a question.
    #[error("the number of `{0}` would change")]
    Number(String),
    /// Its kind, section, tags or id.
    #[error("`{0}` would be another kind of note, or lie elsewhere")]
    Place(String),
    /// A note is gone.
    #[error("the question `{0}` would be lost")]
    Lost(String),
    /// Text goes into no note.
    #[error("text would go into no note")]
    Unclaimed,
    /// The name of the deck or of a section.
    #[error("the deck or a section would have another name")]
    Name,
    /// It would spoil something else.
    #[error("it would cause a finding of `{0}`")]
    Finding(String),
    /// It would not help.
    #[error("it would not mend it")]
    NoEffect,
    /// Too much was tried.
    #[error("too many fixes of this file can't be proven")]
    TooMany,
}

/// Compares a text without fixes and with them.
pub(super) fn compare(before: &Compiled, after: &Compiled, repairs: &[Repair]) -> Result<(), Difference> {
    let counts = |compiled: &Compiled| {
        let mut counts: HashMap<(String, bool), usize> = HashMap::default();
        for finding in &compiled.found {
            *counts.entry((finding.lint.to_string(), finding.level == Level::Deny)).or_default() += 1;
        }
        counts
    };
    let (had, has) = (counts(before), counts(after));
    let all = |counts: &HashMap<(String, bool), usize>, lint: &str| -> usize {
        [true, false].into_iter().filter_map(|denied| counts.get(&(lint.to_owned(), denied))).sum()
    };
    if repairs.iter().any(|repair| all(&has, &repair.finding.lint) >= all(&had, &repair.finding.lint)) {
        return Err(Difference::NoEffect);
    }
    // A heading that is worded or numbered anew may be what a link leads to.
    let spoils = |(lint, is_denied): &(String, bool)| *is_denied || lint == "broken-anchor";
    let mut worse: Vec<&str> = has
        .iter()
        .filter(|(kind, count)| spoils(kind) && **count > had.get(kind).copied().unwrap_or(0))
        .map(|((lint, _), _)| lint.as_str())
        .collect();
    worse.sort_unstable();
    if let Some(lint) = worse.first() {
        return Err(Difference::Finding((*lint).to_owned()));
    }
    if repairs.iter().any(|repair| repair.fix.safety == Safety::Unsafe) {
        return none_is_lost(before, after);
    }
    let about: Vec<About> = repairs.iter().map(|repair| repair.fix.about).collect();
    same_deck(before, after, &about)
}

/// Whether each note with an answer is still there, by the words of its question.
fn none_is_lost(before: &Compiled, after: &Compiled) -> Result<(), Difference> {
    let answered = |compiled: &Compiled| {
        let mut counts: HashMap<String, usize> = HashMap::default();
        for note in compiled.file.deck.studied() {
            *counts.entry(words::key(&note.title)).or_default() += 1;
        }
        counts
    };
    let has = answered(after);
    let had = answered(before);
    let lost = before.file.deck.studied().find(|note| {
        let key = words::key(&note.title);
        has.get(&key).copied().unwrap_or(0) < had.get(&key).copied().unwrap_or(0)
    });
    let count = |compiled: &Compiled| compiled.file.deck.studied().count();
    match lost {
        // A question may be worded anew, but then another one stands in its place.
        Some(note) if count(after) < count(before) => Err(Difference::Lost(shown(note))),
        _ => Ok(()),
    }
}

fn same_deck(before: &Compiled, after: &Compiled, about: &[About]) -> Result<(), Difference> {
    let (old, new) = (&before.file.deck, &after.file.deck);
    let titles = |compiled: &Compiled| -> Vec<String> {
        compiled.file.deck.sections.iter().map(|section| section.title.clone()).collect()
    };
    if old.notes.len() != new.notes.len() {
        return Err(Difference::Notes { before: old.notes.len(), after: new.notes.len() });
    }
    if (&old.name, &old.tags, titles(before)) != (&new.name, &new.tags, titles(after)) {
        return Err(Difference::Name);
    }
    let (old_document, new_document) = (&before.file.document, &after.file.document);
    let leads_alike = old_document.defines_the_same(before.source(), new_document, after.source());
    for (old, new) in old.notes.iter().zip(&new.notes) {
        same_note((before, old), (after, new), about, leads_alike)?;
    }
    if unclaimed(after) > unclaimed(before) {
        return Err(Difference::Unclaimed);
    }
    Ok(())
}

/// Bytes of text that went into no note, without white space.
fn unclaimed(compiled: &Compiled) -> usize {
    let leftovers = compiled.file.deck.leftovers.iter();
    let texts = leftovers.filter(|leftover| leftover.kind == LeftoverKind::Unclaimed);
    texts.map(|leftover| compiled.sources.slice(leftover.span).split_whitespace().map(str::len).sum::<usize>()).sum()
}

type NoteOf<'a> = (&'a Compiled, &'a Note);

/// `leads_alike` tells that what a text refers to elsewhere in the file is the same.
fn same_note(
    (before, old): NoteOf<'_>,
    (after, new): NoteOf<'_>,
    about: &[About],
    leads_alike: bool,
) -> Result<(), Difference> {
    let number = |note: &Note| (note.number.map(|number| number.value), note.listed_number);
    let place = |compiled: &Compiled, note: &Note| {
        let tags = tags_of(&compiled.file.deck, note);
        let options: Vec<(Option<String>, bool)> =
            note.options.iter().map(|option| (option.label.clone(), option.is_right)).collect();
        let gaps: Vec<u16> = note.gaps.iter().map(|gap| gap.number).collect();
        let id = note.pin.as_ref().map(|pin| pin.id.clone());
        let bare = (note.section, note.also_in.clone(), note.same_as, note.has_answer(), note.placeholder.is_some());
        (note.kind, bare, tags, options, gaps, id)
    };
    if place(before, old) != place(after, new) {
        return Err(Difference::Place(shown(old)));
    }
    if !about.contains(&About::Numbers) && number(old) != number(new) {
        return Err(Difference::Number(shown(old)));
    }
    let texts = |compiled: &Compiled, note: &Note| -> (Vec<String>, String) {
        let mut texts: Vec<String> = note.passages().map(|passage| passage.markdown(&compiled.sources)).collect();
        let answer = if note.answer.is_some() { texts.pop().unwrap_or_default() } else { String::new() };
        (texts, answer)
    };
    let (old_texts, new_texts) = (texts(before, old), texts(after, new));
    let is_same = |old: &str, new: &str| (old == new && leads_alike) || alike(old, new, about);
    let question = old_texts.0.len() == new_texts.0.len()
        && old_texts.0.iter().zip(&new_texts.0).all(|(old, new)| is_same(old, new));
    let answer = is_same(&old_texts.1, &new_texts.1);
    if question && answer {
        return Ok(());
    }
    let cards = |compiled: &Compiled, note: &Note| Renderer::plain().card(&compiled.sources, &compiled.file, note);
    let (old_card, new_card) = (cards(before, old), cards(after, new));
    if !question && old_card.0 != new_card.0 {
        return Err(Difference::Question(shown(old)));
    }
    if !answer && old_card.1 != new_card.1 {
        return Err(Difference::Answer(shown(old)));
    }
    Ok(())
}

/// Whether two texts differ in nothing but what the fixes are about, together.
fn alike(old: &str, new: &str, about: &[About]) -> bool {
    let bare = |text: &str| {
        let mut bare = Cow::Borrowed(text);
        for (kind, without) in WITHOUT {
            if about.contains(&kind) {
                bare = Cow::Owned(without(&bare));
            }
        }
        bare.into_owned()
    };
    bare(old) == bare(new)
}

/// A text without what some fixes are about.
type Without = fn(&str) -> String;

/// What leaves out of a text what fixes are about, in the order in which it is done.
const WITHOUT: [(About, Without); 6] = [
    (About::Comments, suppress::without_comments),
    (About::Invisible, without_invisible),
    (About::Anchors, without_anchors),
    (About::Languages, without_languages),
    (About::Fences, without_fences),
    (About::Marks, without_marks),
];

/// The text without the parts of addresses that name a part of a text: `](file.md#part)`, `]: #part`.
fn without_anchors(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for (index, piece) in text.split_inclusive(']').enumerate() {
        let is_address = index > 0 && piece.starts_with(['(', ':']);
        let end = piece.find([')', '\n']).unwrap_or(piece.len());
        match piece.split_at_checked(end).filter(|_| is_address) {
            Some((address, rest)) => {
                bare.push_str(address.split_once('#').map_or(address, |(path, _)| path));
                bare.push_str(rest);
            }
            None => bare.push_str(piece),
        }
    }
    bare
}

fn without_languages(text: &str) -> String {
    let bare = |line: &str| {
        let fence = line.trim_start().trim_start_matches(['`', '~']);
        let is_fence = line.trim_start().len() - fence.len() >= 3;
        if is_fence { line.strip_suffix(fence).unwrap_or(line).to_owned() } else { line.to_owned() }
    };
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}

fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '*' | '_' | '`' | '~')).collect()
}

fn without_invisible(text: &str) -> String {
    text.chars().filter(|&c| !may_be_taken_out(c)).collect()
}

/// The words and signs of a text, but for fences and how far the lines are indented.
fn without_fences(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim();
        let words = line.trim_start_matches(['`', '~']);
        // A closer may carry the language of the opener.
        let is_fence = line.len() - words.len() >= 2 && !words.contains(char::is_whitespace);
        if !is_fence {
            bare.extend(line.trim_matches(['`', '~']).split_whitespace());
        }
    }
    bare
}

fn shown(note: &Note) -> String {
    const LONGEST: usize = 60;
    let title = note.title.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    match title.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default().trim_end()),
        None => title,
    }
}

//! Questions asked twice. Two notes with the same question confuse the learner, and Anki marks them.

use std::collections::HashMap;

use super::{Context, Finding, Findings, gathered, quoted};
use crate::deck::{Deck, Note};
use crate::identity;
use crate::source::Source;
use crate::words;

/// Notes that ask the same in words. Where two begin with code, other code makes another question.
#[derive(Default)]
struct Group<'a> {
    first: Option<usize>,
    without_code: Option<usize>,
    by_code: HashMap<&'a str, usize>,
}

impl<'a> Group<'a> {
    /// Takes a note in, and gives the first that asks the same.
    fn add(&mut self, index: usize, code: Option<&'a str>) -> Option<usize> {
        let same = match code {
            Some(code) => self.by_code.get(code).copied().or(self.without_code),
            None => self.first,
        };
        self.first.get_or_insert(index);
        match code {
            Some(code) => _ = self.by_code.entry(code).or_insert(index),
            None => _ = self.without_code.get_or_insert(index),
        }
        same
    }
}

fn leading_code<'a>(source: &'a Source, note: &Note) -> Option<&'a str> {
    note.leading_code.map(|code| source.slice(code).trim())
}

/// For each note the index of the first note with the same words.
pub(super) fn firsts(deck: &Deck, source: &Source) -> Vec<Option<usize>> {
    let mut groups: HashMap<String, Group<'_>> = HashMap::new();
    let notes = deck.notes.iter().enumerate();
    let firsts = notes.map(|(index, note)| {
        groups.entry(identity::question_key(note)).or_default().add(index, leading_code(source, note))
    });
    firsts.collect()
}

pub(super) fn duplicate_question(context: &Context<'_>) -> Findings {
    let firsts = context.first_of_duplicates();
    let asked = context.notes().zip(firsts).filter(|((_, note), _)| note.same_as.is_none());
    let found = asked.filter_map(|((_, note), first)| {
        let first = context.deck.notes.get((*first)?)?;
        let finding =
            Finding::new(format!("{} is asked twice", quoted(&note.title)), note.question_span, "asked again here");
        Some(
            with_places(finding, first, "asked here first")
                .help("delete one of them, or name in each what sets them apart"),
        )
    });
    gathered(found.collect(), |count| format!("{count} questions are asked twice"))
}

pub(super) fn duplicate_card(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let first = context.deck.notes.get(note.same_as?)?;
        let message = format!("the card {} stands twice", quoted(&note.title));
        let finding = Finding::new(message, note.question_span, "the same question with the same answer");
        let help = "in Anki it is one note, with the tags of both places; delete one of them if that is not meant";
        Some(with_places(finding, first, "it stands here first").help(help))
    });
    gathered(found.collect(), |count| format!("{count} cards stand twice"))
}

pub(super) fn near_duplicate_question(context: &Context<'_>) -> Findings {
    let firsts = context.first_of_duplicates();
    let mut groups: HashMap<NearKey, Group<'_>> = HashMap::new();
    let mut found = Vec::new();
    for ((index, note), duplicate) in context.notes().zip(firsts) {
        let key = NearKey::of(note);
        if duplicate.is_some() || key.words.is_empty() {
            continue;
        }
        let first = groups.entry(key).or_default().add(index, leading_code(context.source, note));
        let Some(first) = first.and_then(|first| context.deck.notes.get(first)) else { continue };
        let message = format!("{} is asked twice in nearly the same words", quoted(&note.title));
        let finding = Finding::new(message, note.question_span, "asked again here");
        let finding = with_places(finding, first, "asked here first");
        found.push(finding.help("if they ask the same, delete one; if not, name in each what sets them apart"));
    }
    gathered(found, |count| format!("{count} questions are asked twice in nearly the same words"))
}

/// What two notes have in common when they ask nearly the same.
#[derive(PartialEq, Eq, Hash)]
struct NearKey {
    words: Vec<String>,
    is_comparison: bool,
}

impl NearKey {
    fn of(note: &Note) -> Self {
        let mut words = words::content_words(&note.marked_title);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        let is_comparison = has(&["vs", "versus", "difference", "between", "compare"]);
        // What is compared may stand in either order, and be compared in any of these words.
        if is_comparison {
            let is_difference = has(&["difference"]);
            words.retain(|word| match word.as_str() {
                "vs" | "versus" | "difference" | "compare" => false,
                "between" => !is_difference,
                _ => true,
            });
            words.sort_unstable();
        }
        Self { words, is_comparison }
    }
}

/// The first question, and the heading of its answer where it stands apart.
fn with_places(finding: Finding, first: &Note, label: &str) -> Finding {
    let finding = finding.and(first.question_span, label);
    match &first.pairing {
        Some(pairing) if pairing.heading != first.question_span => finding.and(pairing.heading, "answered here"),
        _ => finding,
    }
}

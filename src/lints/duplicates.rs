//! Questions asked twice. Two notes with the same question confuse the learner, and Anki marks them.

use std::collections::HashMap;

use super::{Context, Finding, gathered, quoted};
use crate::deck::{Deck, Note};
use crate::identity;
use crate::words;

/// For each note the index of the first note with the same words.
pub(super) fn firsts(deck: &Deck) -> Vec<Option<usize>> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut firsts = Vec::with_capacity(deck.notes.len());
    for (index, note) in deck.notes.iter().enumerate() {
        let first = *seen.entry(identity::question_key(note)).or_insert(index);
        firsts.push((first != index).then_some(first));
    }
    firsts
}

pub(super) fn duplicate_question(context: &Context<'_>) -> Vec<Finding> {
    let firsts = context.first_of_duplicates();
    let found = context.notes().zip(firsts).filter_map(|((_, note), first)| {
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

pub(super) fn near_duplicate_question(context: &Context<'_>) -> Vec<Finding> {
    let firsts = context.first_of_duplicates();
    let mut seen: HashMap<NearKey, usize> = HashMap::new();
    let mut found = Vec::new();
    for ((index, note), duplicate) in context.notes().zip(firsts) {
        let key = NearKey::of(note);
        if duplicate.is_some() || key.words.is_empty() {
            continue;
        }
        let first = *seen.entry(key).or_insert(index);
        let Some(first) = context.deck.notes.get(first).filter(|_| first != index) else { continue };
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
        let mut words = words::content_words(&note.title);
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

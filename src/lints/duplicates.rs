//! Questions asked twice, in one file or in two files of a deck. Two notes with the same question confuse the learner, and
//! Anki marks them.

mod across;
mod answers;
mod near;

pub(crate) use across::AcrossFiles;
use across::{Earlier, Likeness};
pub(super) use answers::duplicate_answer;
use near::{NearKey, look, repeated};

use foldhash::HashMap;

use super::{Context, Finding, Findings, gathered, quoted};
use crate::deck::{Deck, Note};
use crate::source::Source;

/// Notes that ask the same in words. Where two begin with code, other code makes another question.
struct Group<'a, Place> {
    first: Option<Place>,
    without_code: Option<Place>,
    by_code: HashMap<&'a str, Place>,
}

impl<Place> Default for Group<'_, Place> {
    fn default() -> Self {
        Self { first: None, without_code: None, by_code: HashMap::default() }
    }
}

impl<'a, Place: Copy> Group<'a, Place> {
    /// Takes a note in, and gives the first that asks the same.
    fn add(&mut self, index: Place, code: Option<&'a str>) -> Option<Place> {
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
    let repeated = repeated(deck.notes.iter().map(|note| &*note.question_key).collect());
    let mut groups: HashMap<&str, Group<'_, usize>> = HashMap::default();
    let notes = deck.notes.iter().enumerate();
    let firsts = notes.map(|(index, note)| {
        let at = repeated.binary_search(&&*note.question_key).ok()?;
        groups.entry(repeated.get(at)?).or_default().add(index, leading_code(source, note))
    });
    firsts.collect()
}

/// For each note the index of the first note that asks nearly the same, where that is not the same.
fn near_firsts(deck: &Deck, source: &Source, firsts: &[Option<usize>]) -> Vec<Option<usize>> {
    let looks: Vec<Option<u64>> =
        deck.notes.iter().zip(firsts).map(|(note, duplicate)| duplicate.is_none().then(|| look(note))).collect();
    let repeated = repeated(looks.iter().copied().flatten().collect());
    let mut groups: HashMap<NearKey, Group<'_, usize>> = HashMap::default();
    let notes = deck.notes.iter().enumerate().zip(looks);
    let near = notes.map(|((index, note), look)| {
        repeated.binary_search(&look?).ok()?;
        let key = Some(NearKey::of(note)).filter(|key| !key.is_empty())?;
        groups.entry(key).or_default().add(index, leading_code(source, note))
    });
    near.collect()
}

pub(super) fn duplicate_question(context: &Context<'_>) -> Findings {
    let firsts = context.first_of_duplicates();
    let asked = context.notes().zip(firsts).filter(|((_, note), _)| note.same_as.is_none());
    let here = asked.filter_map(|((_, note), first)| {
        let first = context.deck.notes.get((*first)?)?;
        Some((first, note, format!("{} is asked twice", quoted(&note.title))))
    });
    let elsewhere = elsewhere(context, Likeness::Words).map(|(note, earlier)| {
        (earlier.note, note, format!("{} is asked in two files of the deck", quoted(&note.title)))
    });
    let found = here.chain(elsewhere).map(|(first, note, message)| {
        let finding = Finding::new(message, note.question_span, "asked again here");
        with_places(finding, first, "asked here first").help("delete one of them, or name in each what sets them apart")
    });
    gathered(found.collect(), |count| format!("{count} questions are asked twice"))
}

pub(super) fn duplicate_card(context: &Context<'_>) -> Findings {
    let here = context.notes().filter_map(|(_, note)| {
        let first = context.deck.notes.get(note.same_as?)?;
        let message = format!("the card {} stands twice", quoted(&note.title));
        let help = "in Anki it is one note, with the tags of both places; delete one of them if that is not meant";
        Some((first, note, message, help))
    });
    let elsewhere = elsewhere(context, Likeness::Card).map(|(note, earlier)| {
        let message = format!("the card {} stands in two files of the deck", quoted(&note.title));
        (earlier.note, note, message, "in Anki it is two notes, and is learnt twice; delete one of them")
    });
    let found = here.chain(elsewhere).map(|(first, note, message, help)| {
        let finding = Finding::new(message, note.question_span, "the same question with the same answer");
        with_places(finding, first, "it stands here first").help(help)
    });
    gathered(found.collect(), |count| format!("{count} cards stand twice"))
}

pub(super) fn near_duplicate_question(context: &Context<'_>) -> Findings {
    let near = near_firsts(context.deck, context.source, context.first_of_duplicates());
    let here = context.notes().zip(&near).filter_map(|((_, note), first)| {
        let first = context.deck.notes.get((*first)?)?;
        Some((first, note, format!("{} is asked twice in nearly the same words", quoted(&note.title))))
    });
    let elsewhere = elsewhere(context, Likeness::NearlyWords).map(|(note, earlier)| {
        let title = quoted(&note.title);
        (earlier.note, note, format!("{title} is asked in nearly the same words in two files of the deck"))
    });
    let found = here.chain(elsewhere).map(|(first, note, message)| {
        let finding =
            with_places(Finding::new(message, note.question_span, "asked again here"), first, "asked here first");
        finding.help("if they ask the same, delete one; if not, name in each what sets them apart")
    });
    gathered(found.collect(), |count| format!("{count} questions are asked twice in nearly the same words"))
}

/// The notes of a file that are like one of an earlier file of the deck.
fn elsewhere<'a>(context: &Context<'a>, likeness: Likeness) -> impl Iterator<Item = (&'a Note, Earlier<'a>)> {
    let found = context.across.of(context.deck.source, &context.deck.notes);
    found.filter(move |(_, earlier)| earlier.likeness == likeness)
}

/// The first question, and the heading of its answer where it stands apart.
fn with_places(finding: Finding, first: &Note, label: &str) -> Finding {
    let finding = finding.and(first.question_span, label);
    match &first.pairing {
        Some(pairing) if pairing.heading != first.question_span => finding.and(pairing.heading, "answered here"),
        _ => finding,
    }
}

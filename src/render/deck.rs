//! A checked deck to a rendered one: every answered note with its texts, its tags and its place.

use std::collections::HashSet;

use rayon::prelude::*;

use super::{RenderedDeck, RenderedNote, Renderer};
use crate::check::{Checked, Parsed};
use crate::deck::{Answer, Note, tags_of};
use crate::identity;
use crate::identity::places::{first, places};
use crate::source::{Source, Sources};

impl Renderer {
    /// Renders checked files, in their order.
    #[must_use]
    pub fn decks(&self, sources: &Sources, files: &[Checked<&Parsed>]) -> Vec<RenderedDeck> {
        files.par_iter().map(|file| self.deck(sources, *file)).collect()
    }

    /// Renders the notes of a checked file. Questions without an answer make no card and are left out.
    #[must_use]
    pub fn deck(&self, sources: &Sources, file: Checked<&Parsed>) -> RenderedDeck {
        let file = *file.get();
        let source = sources.get(file.deck.source);
        let answered: Vec<(&Note, &Answer)> = file.deck.answered().collect();
        let mut notes: Vec<RenderedNote> =
            answered.par_iter().map(|(note, answer)| self.note(sources, source, file, note, answer)).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::new());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        RenderedDeck { name: file.deck.name.clone(), source: source.recorded_path(), notes }
    }

    fn note(&self, sources: &Sources, source: &Source, file: &Parsed, note: &Note, answer: &Answer) -> RenderedNote {
        let references = |label: &str| file.document.reference(label).cloned();
        let section = file.deck.sections.get(note.section);
        let answer_span = answer.span().unwrap_or(note.question_span);
        RenderedNote {
            guid: note.guid.clone(),
            id: 0,
            kind: note.kind,
            number: note.number.map(|number| number.value),
            section: section.map(|section| section.title.clone()).unwrap_or_default(),
            tags: tags_of(&file.deck, note),
            question: self.inline(&note.question.markdown(sources), &references),
            answer: self.blocks(&answer.body.markdown(sources), &references),
            source: source.recorded_path(),
            question_line: source.line(note.question_span.start),
            answer_lines: source.lines(answer_span),
            modified: identity::MODIFIED,
        }
    }
}

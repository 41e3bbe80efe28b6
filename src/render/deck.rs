//! A checked deck to a rendered one: every answered note with its texts, its tags and its place, and the media shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::{LookUp, RenderedDeck, RenderedNote, Renderer, Shown};
use crate::check::Checked;
use crate::deck::{Answer, Note, tags_of};
use crate::identity;
use crate::identity::places::{first, places};
use crate::parsed::Parsed;
use crate::source::{Media, MediaFiles, Reference, Sources, Target};

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
        let of_pair = |(note, answer): (&Note, &Answer)| self.note(sources, file, note, answer);
        let mut notes: Vec<RenderedNote> = answered(file).into_par_iter().map(of_pair).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::new());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        let media = packed(&notes, file.media.files.packed());
        RenderedDeck { name: file.deck.name.clone(), source: source.recorded_path(), notes, media }
    }

    fn note(&self, sources: &Sources, file: &Parsed, note: &Note, answer: &Answer) -> RenderedNote {
        let source = sources.get(file.deck.source);
        let look_up = LookUp {
            references: &|label| file.document.reference(label).cloned(),
            media: &|reference| shown(&file.media.files, reference),
        };
        let section = file.deck.sections.get(note.section);
        let answer_span = answer.span().unwrap_or(note.question_span);
        RenderedNote {
            guid: note.guid.clone(),
            id: 0,
            kind: note.kind,
            number: note.number.map(|number| number.value),
            section: section.map(|section| section.title.clone()).unwrap_or_default(),
            tags: tags_of(&file.deck, note),
            question: self.inline(&note.question.markdown(sources), look_up),
            answer: self.blocks(&answer.body.markdown(sources), look_up),
            source: source.recorded_path(),
            question_line: source.line(note.question_span.start),
            answer_lines: source.lines(answer_span),
            modified: identity::MODIFIED,
        }
    }
}

fn answered(file: &Parsed) -> Vec<(&Note, &Answer)> {
    file.deck.answered().collect()
}

fn shown(files: &MediaFiles, reference: &Reference) -> Shown {
    match files.find(reference) {
        Ok(Target::File { kind, path, media: Some(media) }) => {
            Shown::Packed { name: media.name.clone(), kind: *kind, path: path.clone() }
        }
        Ok(Target::Web(address)) => Shown::Elsewhere(address.clone()),
        Ok(Target::File { media: None, .. }) | Err(_) => Shown::Nothing,
    }
}

/// The files that the notes show or play, each once, by name.
fn packed<'media>(notes: &[RenderedNote], files: impl Iterator<Item = &'media Media>) -> Vec<Media> {
    let by_name: BTreeMap<&str, &Media> = files.map(|media| (media.name.as_str(), media)).collect();
    let shown = notes.iter().flat_map(|note| note.question.media.iter().chain(&note.answer.media));
    let names: BTreeSet<&str> = shown.map(|media| media.name.as_str()).collect();
    by_name.into_iter().filter(|(name, _)| names.contains(name)).map(|(_, media)| media.clone()).collect()
}

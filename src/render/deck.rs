//! A checked deck to a rendered one: every answered note with its texts, its tags and its place, and the media shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::gaps::Gapped;
use super::typed::typed;
use super::{
    LookUp, Placing, RenderedDeck, RenderedGap, RenderedNote, RenderedOption, Renderer, Rendering, Shown, options,
};
use crate::check::Checked;
use crate::deck::{Note, NoteKind, tags_of};
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
        let mut notes: Vec<RenderedNote> =
            studied(file).into_par_iter().map(|note| self.note(sources, file, note)).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::new());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        let media = packed(&notes, file.media.files.packed());
        let placing = Placing { id: file.settings.deck_id, ..Placing::default() };
        RenderedDeck { name: file.deck.name.clone(), source: source.recorded_path(), notes, media, placing }
    }

    fn note(&self, sources: &Sources, file: &Parsed, note: &Note) -> RenderedNote {
        let source = sources.get(file.deck.source);
        let look_up = LookUp {
            references: &|label| file.document.reference(label).cloned(),
            media: &|reference| shown(&file.media.files, reference),
        };
        let section = file.deck.sections.get(note.section);
        let answer_span = note.answer_span().unwrap_or(note.question_span);
        let answer = note.answer.as_ref().map(|answer| answer.body.markdown(sources)).unwrap_or_default();
        let (question, gaps) = self.question(sources, note, look_up);
        let typed = (note.kind == NoteKind::Typed).then(|| typed(&answer, look_up.references).ok()).flatten();
        let kind = if note.kind == NoteKind::Typed && typed.is_none() { NoteKind::Basic } else { note.kind };
        RenderedNote {
            guid: note.guid.clone(),
            id: 0,
            kind,
            number: note.number.map(|number| number.value).or(note.listed_number),
            section: section.map(|section| section.title.clone()).unwrap_or_default(),
            subdeck: None,
            tags: tags_of(&file.deck, note),
            question,
            options: self.options(sources, note, look_up),
            gaps,
            typed,
            answer: self.blocks(&answer, look_up),
            below: note.below(sources),
            source: source.recorded_path(),
            question_line: source.line(note.question_span.start),
            answer_lines: source.lines(answer_span),
            modified: identity::MODIFIED,
        }
    }
}

impl Renderer {
    /// What a note asks, and what is hidden in it.
    fn question(&self, sources: &Sources, note: &Note, look_up: LookUp<'_>) -> (Rendering, Vec<RenderedGap>) {
        if note.kind == NoteKind::Cloze {
            return self.gapped(&gapped(sources, note), look_up);
        }
        let title = self.inline(&note.question.markdown(sources), look_up);
        let body = self.blocks(&note.question_body.markdown(sources), look_up);
        (title.with_below(&body), Vec::new())
    }

    fn options(&self, sources: &Sources, note: &Note, look_up: LookUp<'_>) -> Vec<RenderedOption> {
        if note.kind != NoteKind::Choice {
            return Vec::new();
        }
        let written: Vec<Option<&str>> = note.options.iter().map(|option| option.label.as_deref()).collect();
        let labelled = note.options.iter().zip(options::labels(&written));
        let rendered = labelled.map(|(option, label)| RenderedOption {
            label,
            text: self.item(&option.text.markdown(sources), look_up),
            is_right: option.is_right,
        });
        rendered.collect()
    }
}

fn gapped(sources: &Sources, note: &Note) -> Gapped {
    Gapped::new(&[&note.question, &note.question_body], &note.gaps, sources)
}

/// The Markdown of a note as it is rendered: what is inline, and each text that is rendered as blocks of its own.
pub(super) fn texts(sources: &Sources, note: &Note) -> (String, Vec<String>) {
    let answer = note.answer.as_ref().map(|answer| answer.body.markdown(sources)).unwrap_or_default();
    if note.kind == NoteKind::Cloze {
        return (String::new(), vec![gapped(sources, note).marked().to_owned(), answer]);
    }
    let mut blocks = vec![note.question_body.markdown(sources), answer];
    if note.kind == NoteKind::Choice {
        blocks.extend(note.options.iter().map(|option| option.text.markdown(sources)));
    }
    (note.question.markdown(sources), blocks)
}

fn studied(file: &Parsed) -> Vec<&Note> {
    file.deck.studied().collect()
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
fn packed<'notes, 'media>(notes: &'notes [RenderedNote], files: impl Iterator<Item = &'media Media>) -> Vec<Media> {
    let by_name: BTreeMap<&str, &Media> = files.map(|media| (media.name.as_str(), media)).collect();
    let in_note = |note: &'notes RenderedNote| {
        let options = note.options.iter().map(|option| &option.text);
        [&note.question, &note.answer].into_iter().chain(options).flat_map(|text| &text.media)
    };
    let shown = notes.iter().flat_map(in_note);
    let names: BTreeSet<&str> = shown.map(|media| media.name.as_str()).collect();
    by_name.into_iter().filter(|(name, _)| names.contains(name)).map(|(_, media)| media.clone()).collect()
}

//! A checked deck to a rendered one: every answered note with its texts, its tags and its place, and the images shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::gaps::Gapped;
use super::typed::typed;
use super::{
    LookUp, Placing, RenderedDeck, RenderedGap, RenderedNote, RenderedOption, Renderer, Rendering, images, options,
    with_blocks, with_inline,
};
use crate::check::Checked;
use crate::deck::{Note, NoteKind, tags_of};
use crate::identity;
use crate::identity::places::{first, places};
use crate::parsed::Parsed;
use crate::source::{Images, Media, Sources};

impl Renderer {
    /// Renders checked files, in their order.
    #[must_use]
    pub fn decks(&self, sources: &Sources, files: &[Checked<&Parsed>], images: &Images) -> Vec<RenderedDeck> {
        files.par_iter().map(|file| self.deck(sources, *file, images)).collect()
    }

    /// The addresses of all images in the notes of a checked file: what to read before it is rendered.
    #[must_use]
    pub fn image_addresses(&self, sources: &Sources, file: Checked<&Parsed>) -> BTreeSet<String> {
        let file = *file.get();
        if !images::may_be_in(sources.get(file.deck.source).text()) {
            return BTreeSet::new();
        }
        let references = |label: &str| file.document.reference(label).cloned();
        let in_note = |note: &Note| {
            let (title, blocks) = texts(sources, note);
            let mut found = Vec::new();
            if images::may_be_in(&title) {
                found.extend(with_inline(&title, &references, |events, _| images::addresses(events)));
            }
            for text in blocks.iter().filter(|text| images::may_be_in(text)) {
                found.extend(with_blocks(text, &references, |events, _| images::addresses(events)));
            }
            found
        };
        studied(file).into_par_iter().flat_map_iter(in_note).collect()
    }

    /// Renders the notes of a checked file. Questions without an answer make no card and are left out.
    #[must_use]
    pub fn deck(&self, sources: &Sources, file: Checked<&Parsed>, images: &Images) -> RenderedDeck {
        let file = *file.get();
        let source = sources.get(file.deck.source);
        let mut notes: Vec<RenderedNote> =
            studied(file).into_par_iter().map(|note| self.note(sources, file, images, note)).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::new());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        let media = shown(&notes, images.of(source.id()));
        let placing = Placing { id: file.settings.deck_id, ..Placing::default() };
        RenderedDeck { name: file.deck.name.clone(), source: source.recorded_path(), notes, media, placing }
    }

    fn note(&self, sources: &Sources, file: &Parsed, images: &Images, note: &Note) -> RenderedNote {
        let source = sources.get(file.deck.source);
        let look_up = LookUp {
            references: &|label| file.document.reference(label).cloned(),
            images: &|address| images.find(source.id(), address).ok().map(|image| image.name.clone()),
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
            number: note.number.map(|number| number.value),
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
fn texts(sources: &Sources, note: &Note) -> (String, Vec<String>) {
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

/// Those of the images that the finished notes show. Not all that a text names get so far: one may stand in the
/// description of another, or in an element that is no part of a card.
fn shown<'notes, 'images>(notes: &'notes [RenderedNote], images: impl Iterator<Item = &'images Media>) -> Vec<Media> {
    let by_name: BTreeMap<&str, &Media> = images.map(|image| (image.name.as_str(), image)).collect();
    if by_name.is_empty() {
        return Vec::new();
    }
    let in_note = |note: &'notes RenderedNote| {
        let options = note.options.iter().map(|option| &option.text);
        [&note.question, &note.answer].into_iter().chain(options).map(|text| &text.html)
    };
    let fields = notes.iter().flat_map(in_note);
    let sources = fields.flat_map(|html| html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()));
    let names: BTreeSet<&str> = sources.collect();
    by_name.into_iter().filter(|(name, _)| names.contains(name)).map(|(_, image)| image.clone()).collect()
}

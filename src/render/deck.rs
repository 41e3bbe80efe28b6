//! A checked deck to a rendered one: every answered note with its texts, its tags and its place, and the media shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::gaps::Gapped;
use super::typed::typed;
use super::{
    LookUp, Numbers, Placing, RenderedDeck, RenderedGap, RenderedNote, RenderedOption, Renderer, Rendering, Shown,
    options,
};
use crate::check::Checked;
use crate::deck::{Note, NoteKind, tags_of};
use crate::identity;
use crate::identity::places::{first, places};
use crate::markdown::Document;
use crate::parsed::Parsed;
use crate::source::{Media, MediaFiles, Reference, Source, Sources, Target, place};

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
        let path = path_in_project(source, file);
        let mut notes: Vec<RenderedNote> =
            studied(file).into_par_iter().map(|note| self.note(sources, file, &path, note)).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::new());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        let media = packed(&notes, file.media.files.packed());
        let placing = Placing { id: file.settings.deck_id, ..Placing::default() };
        RenderedDeck { name: file.deck.name.clone(), source: source.recorded_path(), notes, media, placing }
    }

    /// The HTML of a note: what it asks with its options, and its answer.
    pub(crate) fn card(&self, sources: &Sources, file: &Parsed, note: &Note) -> (String, String) {
        let path = path_in_project(sources.get(file.deck.source), file);
        let RenderedNote { question, options, answer, .. } = self.note(sources, file, &path, note);
        let asked = std::iter::once(question.html).chain(options.into_iter().map(|option| option.text.html));
        (asked.collect::<Vec<_>>().join("\n"), answer.html)
    }

    /// The path is that of the file from the folder of its project.
    fn note(&self, sources: &Sources, file: &Parsed, path: &str, note: &Note) -> RenderedNote {
        let source = sources.get(file.deck.source);
        let look_up = LookUp {
            references: &|label| file.document.reference(label).cloned(),
            media: &|reference| shown(&file.media.files, reference),
            footnotes: &|label| footnote(sources, &file.document, label),
            links: &|address| file.settings.base_url.as_ref()?.absolute(path, address),
            highlight: !file.settings.plain_code,
        };
        let section = file.deck.sections.get(note.section);
        let answer_span = note.answer_span().unwrap_or(note.question_span);
        let answer = note.answer.as_ref().map(|answer| answer.body.markdown(sources)).unwrap_or_default();
        let mut numbers = Numbers::default();
        let (question, gaps) = self.asked(sources, note, look_up, &mut numbers);
        let options = self.options(sources, note, look_up, &mut numbers);
        let typed = (note.kind == NoteKind::Typed).then(|| typed(&answer, look_up).ok()).flatten();
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
            options,
            gaps,
            typed,
            answer: self.answer(&answer, look_up, &mut numbers),
            below: note.below(sources),
            source: source.recorded_path(),
            question_line: source.line(note.question_span.start),
            answer_lines: source.lines(answer_span),
            modified: identity::MODIFIED,
        }
    }
}

/// Where a file lies below the folder of its project; without one, its path as it is recorded.
fn path_in_project(source: &Source, file: &Parsed) -> String {
    let below = file.settings.config.as_ref().and_then(|config| {
        let path = place(source.path());
        Some(path.strip_prefix(&config.folder).ok()?.to_string_lossy().replace('\\', "/"))
    });
    below.unwrap_or_else(|| source.recorded_path())
}

/// What a footnote says, as it is defined.
pub(crate) fn footnote(sources: &Sources, document: &Document, label: &str) -> Option<String> {
    let definition = document.footnote(label)?;
    Some(sources.slice(document.span(definition)).to_owned())
}

impl Renderer {
    /// What a note asks, and what is hidden in it.
    fn asked(
        &self,
        sources: &Sources,
        note: &Note,
        look_up: LookUp<'_>,
        numbers: &mut Numbers,
    ) -> (Rendering, Vec<RenderedGap>) {
        if note.kind == NoteKind::Cloze {
            return self.gapped(&gapped(sources, note), look_up, numbers);
        }
        let title = self.title(&note.question.markdown(sources), look_up, numbers);
        let body = self.part(&note.question_body.markdown(sources), look_up, numbers);
        (title.with_below(&body), Vec::new())
    }

    fn options(
        &self,
        sources: &Sources,
        note: &Note,
        look_up: LookUp<'_>,
        numbers: &mut Numbers,
    ) -> Vec<RenderedOption> {
        if note.kind != NoteKind::Choice {
            return Vec::new();
        }
        let written: Vec<Option<&str>> = note.options.iter().map(|option| option.label.as_deref()).collect();
        let labelled = note.options.iter().zip(options::labels(&written));
        let rendered = labelled.map(|(option, label)| RenderedOption {
            label,
            text: self.item(&option.text.markdown(sources), look_up, numbers),
            is_right: option.is_right,
        });
        rendered.collect()
    }
}

fn gapped(sources: &Sources, note: &Note) -> Gapped {
    Gapped::new(&[&note.question, &note.question_body], &note.gaps, sources)
}

/// The Markdown of a note as it is rendered.
pub(super) struct Texts {
    /// What is rendered inline.
    pub(super) title: String,
    /// The rest of the question and the options, each rendered as blocks.
    pub(super) parts: Vec<String>,
    /// What is rendered as blocks with all footnotes.
    pub(super) answer: String,
}

impl Texts {
    pub(super) fn of(sources: &Sources, note: &Note) -> Self {
        let answer = note.answer.as_ref().map(|answer| answer.body.markdown(sources)).unwrap_or_default();
        if note.kind == NoteKind::Cloze {
            return Self { title: String::new(), parts: vec![gapped(sources, note).marked().to_owned()], answer };
        }
        let mut parts = vec![note.question_body.markdown(sources)];
        if note.kind == NoteKind::Choice {
            parts.extend(note.options.iter().map(|option| option.text.markdown(sources)));
        }
        Self { title: note.question.markdown(sources), parts, answer }
    }
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

//! A checked deck to a rendered one: every answered note with its texts, its tags and its place, and the media shown.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use foldhash::HashSet;
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
        let notes = self.notes_of(sources, file);
        let file = *file.get();
        let studied: Vec<&Note> = file.deck.studied().collect();
        let mut notes: Vec<RenderedNote> = studied.into_par_iter().map(|note| notes.note(note)).collect();
        // Until `history` says otherwise.
        let ids = places(&vec![None; notes.len()], first(&file.deck.name), &HashSet::default());
        notes.iter_mut().zip(ids).for_each(|(note, id)| note.id = id);
        let media = packed(&notes.iter().flat_map(media_names).collect(), file);
        let placing = Placing { id: file.settings.deck_id, ..Placing::default() };
        let source = sources.get(file.deck.source).recorded_path();
        RenderedDeck { name: file.deck.name.clone(), source, notes, media, placing }
    }

    /// What renders the notes of a checked file, one by one.
    #[must_use]
    pub fn notes_of<'a>(&'a self, sources: &'a Sources, file: Checked<&'a Parsed>) -> NoteRenderer<'a> {
        self.of_file(sources, file.get())
    }

    fn of_file<'a>(&'a self, sources: &'a Sources, file: &'a Parsed) -> NoteRenderer<'a> {
        let source = sources.get(file.deck.source);
        let (path, recorded_path) = (path_in_project(source, file), source.recorded_path());
        NoteRenderer { renderer: self, sources, file, source, path, recorded_path }
    }

    /// The HTML of a note: what it asks with its options, and its answer.
    pub(crate) fn card(&self, sources: &Sources, file: &Parsed, note: &Note) -> (String, String) {
        let RenderedNote { question, options, answer, .. } = self.of_file(sources, file).note(note);
        let asked = std::iter::once(question.html).chain(options.into_iter().map(|option| option.text.html));
        (asked.collect::<Vec<_>>().join("\n"), answer.html)
    }
}

/// Renders the notes of a file.
pub struct NoteRenderer<'a> {
    renderer: &'a Renderer,
    sources: &'a Sources,
    file: &'a Parsed,
    source: &'a Source,
    /// The path of the file from the folder of its project.
    path: String,
    /// As artefacts tell it.
    recorded_path: String,
}

impl NoteRenderer<'_> {
    /// All that decides about the HTML of a note beside the note itself: the text it is a part of, and what is looked up.
    pub(crate) fn hash_inputs(&self, state: &mut impl Hasher) {
        let Self { renderer: _, sources: _, file, source, path, recorded_path } = self;
        (source.text(), path, recorded_path).hash(state);
        file.media.files.hash(state);
        file.settings.base_url.hash(state);
        file.settings.plain_code.hash(state);
    }

    /// Renders a note.
    #[must_use]
    pub fn note(&self, note: &Note) -> RenderedNote {
        let Self { renderer, sources, file, source, path, recorded_path } = self;
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
        let (question, gaps) = renderer.asked(sources, note, look_up, &mut numbers);
        let options = renderer.options(sources, note, look_up, &mut numbers);
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
            answer: renderer.answer(&answer, look_up, &mut numbers),
            below: note.below(sources),
            source: recorded_path.clone(),
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

fn shown(files: &MediaFiles, reference: &Reference) -> Shown {
    match files.find(reference) {
        Ok(Target::File { kind, path, media: Some(media) }) => {
            Shown::Packed { name: media.name.clone(), kind: *kind, path: path.clone() }
        }
        Ok(Target::Web(address)) => Shown::Elsewhere(address.clone()),
        Ok(Target::File { media: None, .. }) | Err(_) => Shown::Nothing,
    }
}

/// The names of the files that a note shows or plays.
pub(crate) fn media_names(note: &RenderedNote) -> impl Iterator<Item = &str> {
    let options = note.options.iter().map(|option| &option.text);
    let texts = [&note.question, &note.answer].into_iter().chain(options);
    texts.flat_map(|text| &text.media).map(|media| media.name.as_str())
}

/// The files of these names, each once, by name.
pub(crate) fn packed<N: Borrow<str> + Ord>(names: &BTreeSet<N>, file: &Parsed) -> Vec<Media> {
    let files: BTreeMap<&str, &Media> = file.media.files.packed().map(|media| (media.name.as_str(), media)).collect();
    files.into_iter().filter(|(name, _)| names.contains(*name)).map(|(_, media)| media.clone()).collect()
}

//! A deck on its way from Markdown to its files. Some notes at a time are rendered, recorded, and written to all files, so
//! that the HTML of a large deck is never in memory.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::receipts::{Receipt, Receipts};
use crate::cache::inputs::Inputs;
use crate::check::Checked;
use crate::cli::Build;
use crate::deck::Note;
use crate::emit::{self, Cover, Emit, EmitError, Format, Out, Sheets};
use crate::history::{News, Place, Recorded};
use crate::identity::lock::{Entry, NextLock};
use crate::parsed::Parsed;
use crate::project::{Plan, PlannedDeck, Project};
use crate::render::{self, NoteRenderer, RenderedNote, Renderer};
use crate::source::Media;
use crate::timings::{Part, Timings};

/// Notes that are not worth a thread of their own.
const FEW: usize = 16;

/// A deck with the files that are made of it; none where it has no notes.
pub(super) struct Deck<'a> {
    plan: &'a Plan<'a>,
    planned: &'a PlannedDeck,
    file: &'a Parsed,
    renderer: NoteRenderer<'a>,
    timings: &'a Timings,
    cover: Cover,
    formats: Vec<Format>,
    pub(super) paths: Vec<PathBuf>,
    /// None where none is wanted.
    pub(super) receipt: Option<Receipt>,
    /// What the lock is to say of its notes, once they were rendered.
    pub(super) news: News,
}

/// What all decks of a run are made of and with.
pub(super) struct Means<'a> {
    pub(super) project: &'a Project,
    pub(super) checked: Vec<Checked<&'a Parsed>>,
    pub(super) renderer: &'a Renderer,
    /// None where they are not wanted.
    pub(super) receipts: Option<&'a Receipts>,
    pub(super) options: &'a Build,
    pub(super) timings: &'a Timings,
}

/// All decks of a project, in the order of its files.
pub(super) fn all<'a>(means: &Means<'a>, plan: &'a Plan<'a>) -> Vec<Deck<'a>> {
    let &Means { project, ref checked, renderer, receipts, options, timings } = means;
    let decks = checked.par_iter().zip(&plan.decks).map(|(checked, planned)| {
        let file = *checked.get();
        let source = project.source(file);
        let formats = if planned.notes.is_empty() { Vec::new() } else { file.settings.formats(&options.formats) };
        let out = file.settings.out(options.out.as_deref());
        let notes = file.deck.studied().zip(&planned.notes);
        let kinds = notes.map(|(note, place)| (note.kind, place.subdeck.as_deref()));
        Deck {
            plan,
            planned,
            file,
            renderer: renderer.notes_of(&project.sources, *checked),
            timings,
            cover: Cover::new(file.deck.name.clone(), source.recorded_path(), planned.placing.clone(), kinds),
            paths: formats.iter().map(|&format| emit::path_of(&out, source.deck_path(), format)).collect(),
            formats,
            receipt: None,
            news: News::default(),
        }
    });
    let mut decks: Vec<Deck<'_>> = decks.collect();
    receipts.into_iter().for_each(|receipts| receipts.give(&mut decks));
    decks
}

impl Deck<'_> {
    /// Records its notes without writing anything.
    pub(super) fn record(&self) -> News {
        if self.receipt.is_some_and(|receipt| receipt.is_known()) {
            return News::default();
        }
        // Nothing fails where nothing is written.
        self.each(|_| Ok(())).map(|(news, _)| news).unwrap_or_default()
    }

    pub(super) fn has_files(&self) -> bool {
        !self.paths.is_empty()
    }

    /// All that decides about its files and about what the lock is to say of its notes, but for what the lock says of them.
    /// None where they are made of more than is told here.
    pub(super) fn hash_inputs(&self, inputs: &mut Inputs) -> Option<()> {
        let own = |note: &Note| {
            let pieces = note.passages().flat_map(|passage| &passage.pieces);
            pieces.into_iter().all(|piece| piece.span.source == self.file.deck.source)
        };
        if !self.file.deck.notes.iter().all(own) {
            return None;
        }
        self.renderer.hash_inputs(inputs);
        self.file.deck.hash(inputs);
        self.planned.hash(inputs);
        self.formats.hash(inputs);
        self.paths.iter().for_each(|path| path.as_os_str().hash(inputs));
        Some(())
    }

    /// What the lock says of its notes.
    pub(super) fn entries(&self) -> impl Iterator<Item = Option<&Entry>> {
        self.file.deck.studied().map(|note| self.plan.entry(self.planned, note))
    }

    /// Renders and records all notes, and hands them on in their order. Gives what is new of them, and the
    /// files they show.
    fn each(
        &self,
        mut take: impl FnMut(&[RenderedNote]) -> Result<(), EmitError> + Send,
    ) -> Result<(News, Vec<Media>), EmitError> {
        let notes: Vec<(&Note, &Place)> = self.file.deck.studied().zip(&self.planned.notes).collect();
        let mut news = News::default();
        let mut media: BTreeSet<String> = BTreeSet::new();
        // Twice as many are in memory at once: while some are written, the next are rendered.
        let mut pieces = notes.chunks(emit::SOME);
        let mut next = pieces.next().map(|notes| self.rendered(notes));
        while let Some((rendered, recorded)) = next {
            let mut taken = || self.timings.part(Part::Emit, || take(&rendered));
            let (rendered_next, taken) = match pieces.next() {
                Some(notes) => rayon::join(|| Some(self.rendered(notes)), taken),
                None => (None, taken()),
            };
            taken?;
            media.extend(rendered.iter().flat_map(render::media_names).map(str::to_owned));
            if !recorded.is_empty() {
                // Where one is new, most are.
                news.reserve(notes.len());
            }
            news.extend(recorded);
            next = rendered_next;
        }
        Ok((news, render::packed(&media, self.file)))
    }

    fn rendered(&self, notes: &[(&Note, &Place)]) -> (Vec<RenderedNote>, Vec<Recorded>) {
        let made = notes.par_iter().with_min_len(FEW).map(|(note, place)| {
            let mut rendered = self.timings.part(Part::Render, || self.renderer.note(note));
            let recorded = self
                .timings
                .part(Part::Record, || self.plan.record((self.planned, place), (self.file, note), &mut rendered));
            (rendered, recorded)
        });
        let (rendered, recorded): (Vec<_>, Vec<_>) = made.unzip();
        (rendered, recorded.into_iter().flatten().collect())
    }
}

impl Emit for Deck<'_> {
    fn paths(&self) -> Vec<&Path> {
        self.paths.iter().map(PathBuf::as_path).collect()
    }

    fn emit(&mut self, outs: Vec<Out<'_>>) -> Result<(), EmitError> {
        let mut sheets = Sheets::begin(&self.cover, &self.formats, outs)?;
        let (news, media) = self.each(|notes| sheets.add(notes))?;
        self.timings.part(Part::Emit, || sheets.finish(&media))?;
        self.news = news;
        Ok(())
    }
}

/// What is said of a deck that was built.
pub(super) struct Made {
    /// Index into [`Project::files`].
    file: usize,
    pub(super) lock: usize,
    pub(super) name: String,
    pub(super) notes: usize,
    pub(super) sections: usize,
    pub(super) unanswered: usize,
    pub(super) paths: Vec<PathBuf>,
    pub(super) receipt: Option<Receipt>,
}

impl Made {
    /// Of the decks of all files, in their order, those that have files of their own.
    pub(super) fn of_all(decks: &[Deck<'_>]) -> Vec<Self> {
        decks.iter().enumerate().filter(|(_, deck)| deck.has_files()).map(|(file, deck)| Self::of(file, deck)).collect()
    }

    fn of(file: usize, deck: &Deck<'_>) -> Self {
        let parsed = deck.file;
        let mut sections: Vec<usize> = parsed.deck.studied().map(|note| note.section).collect();
        sections.sort_unstable();
        sections.dedup();
        let is_left_out = |note: &&Note| !note.has_answer() && note.answered_at.is_none();
        Self {
            file,
            lock: deck.planned.lock,
            name: parsed.deck.name.clone(),
            notes: deck.planned.notes.len(),
            sections: sections.len(),
            unanswered: parsed.deck.notes.iter().filter(is_left_out).count(),
            paths: deck.paths.clone(),
            receipt: deck.receipt,
        }
    }

    /// What a lock says of its notes.
    pub(super) fn entries<'l>(
        &self,
        project: &'l Project,
        lock: &'l NextLock<'_>,
    ) -> impl Iterator<Item = Option<&'l Entry>> {
        let file = project.files.get(self.file);
        file.into_iter().flat_map(|file| file.deck.studied()).map(|note| lock.find(&note.guid))
    }
}

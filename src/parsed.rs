//! A source, parsed and recognised: what every later room looks at.

use std::path::PathBuf;
use std::sync::Arc;

use foldhash::HashMap;

use crate::deck::{Deck, NoteKind};
use crate::markdown::Document;
use crate::markdown::anchors::Anchors;
use crate::markdown::links::Link;
use crate::render::Named;
use crate::settings::{CardKind, Given, Settings};
use crate::shape;
use crate::source::{Linked, MediaFiles, Source};
use crate::timings::{Part, Timings};

/// A file as understood.
#[derive(Debug)]
pub struct Parsed {
    /// Its blocks.
    pub document: Document,
    /// Its notes.
    pub deck: Deck,
    /// What holds for it.
    pub settings: Settings,
    /// What its notes show and play.
    pub media: NamedMedia,
    /// Where its links lead.
    pub links: NamedLinks,
}

/// The links of a file to other files. Nothing until the project looks for them: see
/// [`Project::look_at_links`](crate::project::Project::look_at_links).
#[derive(Debug, Default)]
pub struct NamedLinks {
    /// All of them, in order.
    pub(crate) all: Option<Vec<Link>>,
    /// What is behind each path.
    pub files: HashMap<String, Linked>,
    /// What the fragments of links to other texts may lead to.
    pub anchors: HashMap<PathBuf, Arc<Anchors>>,
}

/// The media that the notes of a file name. Nothing until the project looks for them: see
/// [`Project::look_at_media`](crate::project::Project::look_at_media).
#[derive(Debug, Default)]
pub struct NamedMedia {
    /// Where each is named, in source order.
    pub named: Vec<Named>,
    /// What is behind it.
    pub files: MediaFiles,
}

impl Parsed {
    /// Parses and recognises one source. What its front matter sets comes between what the command line and the project
    /// do.
    #[must_use]
    pub fn new(source: &Source, given: &Given) -> Self {
        Self::new_timed(source, given, &Timings::off())
    }

    /// The same with the time it takes.
    #[must_use]
    pub fn new_timed(source: &Source, given: &Given, timings: &Timings) -> Self {
        let document = timings.part(Part::Parse, || Document::parse(source));
        timings.part(Part::Recognise, || Self::recognised(document, source, given))
    }

    fn recognised(document: Document, source: &Source, given: &Given) -> Self {
        let settings = Settings::resolve(given, document.front_matter().map(|front_matter| &front_matter.keys));
        let mut deck = shape::recognise(&document, source, &settings);
        deck.ask_as_tagged();
        let kind = match settings.kind {
            CardKind::Basic => NoteKind::Basic,
            CardKind::Reversed => NoteKind::Reversed,
            CardKind::Typed => NoteKind::Typed,
        };
        for note in deck.notes.iter_mut().filter(|note| note.kind == NoteKind::Basic) {
            note.ask_as(kind);
        }
        Self { document, deck, settings, media: NamedMedia::default(), links: NamedLinks::default() }
    }
}

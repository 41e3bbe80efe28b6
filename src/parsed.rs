//! A source, parsed and recognised: what every later room looks at.

pub mod cache;

use std::path::PathBuf;
use std::sync::Arc;

use cache::ParsedCache;
use foldhash::HashMap;

use crate::deck::{Deck, NoteKind};
use crate::markdown::anchors::Anchors;
use crate::markdown::links::Link;
use crate::markdown::{Document, front_matter};
use crate::render::Named;
use crate::settings::{CardKind, Given, Settings};
use crate::shape::{self, Terms};
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
        Self::new_timed(source, given, None, &Timings::off())
    }

    /// The same with the time it takes, or as an earlier run did it.
    #[must_use]
    pub fn new_timed(source: &Source, given: &Given, cache: Option<&ParsedCache>, timings: &Timings) -> Self {
        let (front_matter, body) = timings.part(Part::Parse, || front_matter::read(source));
        let settings = Settings::resolve(given, front_matter.as_ref().map(|front_matter| &front_matter.keys));
        let terms = Terms::of(&settings, source);
        let cache = cache.and_then(|cache| {
            let key = timings.part(Part::Recall, || cache.key(source, &terms))?;
            Some((cache, key))
        });
        if let Some((cache, key)) = &cache
            && let Some((document, deck)) = timings.part(Part::Recall, || cache.get(key, source))
        {
            return Self::of(document.behind(front_matter), deck, settings);
        }
        let document = timings.part(Part::Parse, || Document::parse_behind(source, front_matter, body));
        let recognise = || timings.part(Part::Recognise, || shape::recognise(&document, source, &terms));
        let keep_blocks = || timings.part(Part::Recall, || cache::kept_blocks(source, &document));
        let deck = match cache {
            None => recognise(),
            Some((cache, key)) => {
                let (deck, blocks) = rayon::join(recognise, keep_blocks);
                timings.part(Part::Recall, || blocks.into_iter().for_each(|blocks| cache.put(key, blocks, &deck)));
                deck
            }
        };
        Self::of(document, deck, settings)
    }

    fn of(document: Document, mut deck: Deck, settings: Settings) -> Self {
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

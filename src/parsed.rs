//! A source, parsed and recognised: what every later room looks at.

use crate::deck::Deck;
use crate::markdown::Document;
use crate::render::Named;
use crate::shape;
use crate::source::{MediaFiles, Source};

/// A file as understood.
#[derive(Debug)]
pub struct Parsed {
    /// Its blocks.
    pub document: Document,
    /// Its notes.
    pub deck: Deck,
    /// What its notes show and play.
    pub media: NamedMedia,
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
    /// Parses and recognises one source.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let document = Document::parse(source);
        let deck = shape::recognise(&document, source);
        Self { document, deck, media: NamedMedia::default() }
    }
}

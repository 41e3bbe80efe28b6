//! A source, parsed and recognised: what every later room looks at.

use crate::deck::Deck;
use crate::markdown::Document;
use crate::shape;
use crate::source::Source;

/// A file as understood.
#[derive(Debug)]
pub struct Parsed {
    /// Its blocks.
    pub document: Document,
    /// Its notes.
    pub deck: Deck,
}

impl Parsed {
    /// Parses and recognises one source.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let document = Document::parse(source);
        let mut deck = shape::recognise(&document, source);
        deck.ask_as_tagged();
        Self { document, deck }
    }
}

//! deckc compiles Markdown questions and answers to Anki decks, CSV and JSON, and lints them on the way.

pub mod deck;
pub mod diagnostic;
pub mod emit;
pub mod render;
pub mod source;

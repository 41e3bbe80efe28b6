//! deckc compiles Markdown questions and answers to Anki decks, CSV and JSON, and lints them on the way.

pub mod check;
pub mod deck;
pub mod diagnostic;
pub mod identity;
pub mod lints;
pub mod markdown;
pub mod render;
pub mod shape;
pub mod source;
pub mod words;

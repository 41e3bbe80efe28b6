//! `deckc schema`: the JSON Schema of `deckc.toml`.

use std::io::Write;

use super::{Exit, RunError};
use crate::settings::schema::schema;

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, RunError> {
    write!(out, "{}", schema())?;
    Ok(Exit::Clean)
}

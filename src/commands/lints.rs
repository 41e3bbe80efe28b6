//! `deckc lints`: the catalogue, a line each.

use std::io::Write;

use super::{Exit, RunError};
use crate::lints::CATALOGUE;

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, RunError> {
    let width = CATALOGUE.iter().map(|lint| lint.name.len()).max().unwrap_or(0);
    let mut group = None;
    for lint in CATALOGUE {
        if group.replace(lint.group) != Some(lint.group) {
            writeln!(out, "{}", lint.group.name())?;
        }
        writeln!(out, "  {:width$}  {:5}  {}", lint.name, lint.level.name(), lint.summary())?;
    }
    writeln!(out, "\n{} lints; `deckc explain LINT` shows what one means", CATALOGUE.len())?;
    Ok(Exit::Clean)
}

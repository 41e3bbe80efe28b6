//! `deckc explain LINT`: the lint's page.

use std::io::Write;

use super::{Exit, RunError};
use crate::lints;

pub(super) fn run(name: &str, out: &mut dyn Write) -> Result<Exit, RunError> {
    let Some(lint) = lints::find(name) else {
        let nearest = lints::nearest(name).map(|lint| lint.name);
        return Err(RunError::UnknownLint { name: name.to_owned(), nearest });
    };
    writeln!(out, "{}", lint.page.trim_end())?;
    let fixed = if lint.is_fixed() { " (can't be lowered)" } else { "" };
    writeln!(out, "\nlevel: {}{fixed}, group: {}, since: {}", lint.level.name(), lint.group.name(), lint.since)?;
    Ok(Exit::Clean)
}

//! `deckc lints`: the catalogue, a line each, or as JSON.

use std::io::Write;

use serde::Serialize;

use super::{Exit, RunError};
use crate::cli::TextOrJson;
use crate::diagnostic::Level;
use crate::lints::{CATALOGUE, Lint};
use crate::report;

/// The shape of the JSON is an interface: it changes only with its `schema_version`.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    lints: Vec<LintShape>,
}

#[derive(Serialize)]
struct LintShape {
    name: &'static str,
    /// Unless it is set otherwise.
    level: Level,
    group: &'static str,
    /// The version that brought it.
    since: &'static str,
    /// One sentence without its full stop.
    summary: &'static str,
    /// Its page.
    url: Option<String>,
    /// Whether some of its findings carry a fix.
    fixable: bool,
    /// Whether its level can be set to a lower one.
    can_be_lowered: bool,
}

impl From<&Lint> for LintShape {
    fn from(lint: &Lint) -> Self {
        Self {
            name: lint.name,
            level: lint.level,
            group: lint.group.name(),
            since: lint.since,
            summary: lint.summary(),
            url: report::url(lint.name),
            fixable: lint.is_fixable(),
            can_be_lowered: !lint.is_fixed(),
        }
    }
}

pub(super) fn run(format: TextOrJson, out: &mut dyn Write) -> Result<Exit, RunError> {
    match format {
        TextOrJson::Text => write_text(out)?,
        TextOrJson::Json => {
            let lints = CATALOGUE.iter().map(LintShape::from).collect();
            let document = Document { schema_version: SCHEMA_VERSION, lints };
            serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}

fn write_text(out: &mut dyn Write) -> std::io::Result<()> {
    let width = CATALOGUE.iter().map(|lint| lint.name.len()).max().unwrap_or(0);
    let mut group = None;
    for lint in CATALOGUE {
        if group.replace(lint.group) != Some(lint.group) {
            writeln!(out, "{}", lint.group.name())?;
        }
        writeln!(out, "  {:width$}  {:5}  {}", lint.name, lint.level.name(), lint.summary())?;
    }
    writeln!(out, "\n{} lints; `deckc explain LINT` shows what one means", CATALOGUE.len())
}

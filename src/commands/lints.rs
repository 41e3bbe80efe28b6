//! `deckc lints`: the catalogue and the lints of the project's own, a line each, or as JSON; and their examples, tried.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::{Exit, RunError, count};
use crate::cli::{Lints, TextOrJson};
use crate::diagnostic::Level;
use crate::lints::own::{GROUP, OwnLint, OwnLints, pages::FOLDER};
use crate::lints::page::judge_own;
use crate::lints::{CATALOGUE, Lint};
use crate::report::{self, clean};
use crate::settings::Configs;
use crate::source::place;

/// The shape of the JSON is an interface: it changes only with its `schema_version`.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    lints: Vec<LintShape<'a>>,
}

#[derive(Serialize)]
struct LintShape<'a> {
    name: &'a str,
    /// Unless it is set otherwise.
    level: Level,
    group: &'a str,
    /// The version that brought it; none for one of the project's own.
    since: Option<&'a str>,
    /// One sentence without its full stop.
    summary: &'a str,
    /// Its page.
    url: Option<String>,
    /// The page of one of the project's own.
    path: Option<&'a str>,
    /// Whether some of its findings carry a fix.
    fixable: bool,
    /// Whether its level can be set to a lower one.
    can_be_lowered: bool,
}

impl<'a> From<&'a Lint> for LintShape<'a> {
    fn from(lint: &'a Lint) -> Self {
        Self {
            name: lint.name,
            level: lint.level,
            group: lint.group.name(),
            since: Some(lint.since),
            summary: lint.summary(),
            url: report::url(lint.name),
            path: None,
            fixable: lint.is_fixable(),
            can_be_lowered: !lint.is_fixed(),
        }
    }
}

impl<'a> From<&'a OwnLint> for LintShape<'a> {
    fn from(lint: &'a OwnLint) -> Self {
        Self {
            name: &lint.name,
            level: lint.level,
            group: GROUP,
            since: None,
            summary: &lint.summary,
            url: None,
            path: Some(&lint.path),
            fixable: lint.is_fixable(),
            can_be_lowered: true,
        }
    }
}

/// The lints of the project's own: of the `deckc.toml` that is named, or of the nearest from the current folder upwards.
pub(super) fn own_lints(config: Option<&Path>) -> Result<OwnLints, RunError> {
    let mut configs = Configs::new(config)?;
    let found = configs.of(&place(Path::new(".")))?;
    configs.finish()?;
    Ok(found.map(|config| config.own_lints.clone()).unwrap_or_default())
}

pub(super) fn run(options: &Lints, out: &mut dyn Write) -> Result<Exit, RunError> {
    let own = own_lints(options.config.as_deref())?;
    if options.test {
        return test(&own, out);
    }
    match options.format {
        TextOrJson::Text => write_text(&own, out)?,
        TextOrJson::Json => {
            let own = own.iter().map(|lint| LintShape::from(&**lint));
            let lints = CATALOGUE.iter().map(LintShape::from).chain(own).collect();
            let document = Document { schema_version: SCHEMA_VERSION, lints };
            serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}

fn write_text(own: &OwnLints, out: &mut dyn Write) -> std::io::Result<()> {
    let names = CATALOGUE.iter().map(|lint| lint.name).chain(own.iter().map(|lint| lint.name.as_str()));
    let width = names.map(str::len).max().unwrap_or(0);
    let mut group = None;
    for lint in CATALOGUE {
        if group.replace(lint.group) != Some(lint.group) {
            writeln!(out, "{}", lint.group.name())?;
        }
        writeln!(out, "  {:width$}  {:5}  {}", lint.name, lint.level.name(), lint.summary())?;
    }
    for (index, lint) in own.iter().enumerate() {
        if index == 0 {
            writeln!(out, "{GROUP}")?;
        }
        writeln!(out, "  {:width$}  {:5}  {}", lint.name, lint.level.name(), clean(&lint.summary, true, false))?;
    }
    writeln!(out, "\n{} lints; `deckc explain LINT` shows what one means", CATALOGUE.len() + own.iter().len())
}

/// Tries the examples of all pages of the project's own.
fn test(own: &OwnLints, out: &mut dyn Write) -> Result<Exit, RunError> {
    if own.iter().len() == 0 {
        writeln!(out, "no lints of its own: their pages lie in `{FOLDER}/` beside a `deckc.toml`")?;
        return Ok(Exit::Clean);
    }
    let (mut failed, mut examples) = (0, 0);
    for lint in own.iter() {
        let verdict = judge_own(lint);
        examples += verdict.examples;
        failed += usize::from(!verdict.complaints.is_empty());
        for complaint in verdict.complaints {
            let lines = complaint.lines().map(|line| clean(line, true, false).into_owned());
            writeln!(out, "{}: {}", lint.path, lines.collect::<Vec<_>>().join("\n  "))?;
        }
    }
    let tried = format!("{} with {}", count(own.iter().len(), "page"), count(examples, "example"));
    if failed == 0 {
        writeln!(out, "{tried}: all as they should be")?;
        return Ok(Exit::Clean);
    }
    writeln!(out, "{tried}: {failed} not as {} should be", if failed == 1 { "it" } else { "they" })?;
    Ok(Exit::Findings)
}

//! Findings as people and programs read them. One file a format; what a finding says is decided elsewhere.

mod concise;
mod excerpt;
mod fancy;
mod github;
mod gitlab;
mod json;
mod junit;
mod line;
mod look;
mod sarif;
mod statistics;
mod visible;
mod words;

use std::io;

use clap::ValueEnum;
use foldhash::HashMap;
use serde::Serialize;

pub use look::{ColourChoice, Look};
pub(crate) use visible::{clean, clean_line};

use crate::diagnostic::{Diagnostic, Finding, Level, Safety};
use crate::lints;
use crate::lints::own::OwnLint;
use crate::project::Project;
use crate::source::Sources;

/// How findings are written: `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// With the lines concerned, for people.
    #[default]
    Fancy,
    /// One line a finding, for editors and scripts.
    Concise,
    /// One JSON document, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a workflow run on GitHub.
    Github,
    /// A Code Quality report, for merge requests on GitLab.
    Gitlab,
    /// JUnit's XML, for any CI server.
    Junit,
}

impl Format {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fancy => "fancy",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
        }
    }

    /// Whether each finding stands for itself, also where there are many of a kind: what reads these formats knows a
    /// finding again in the next run, and folds up what is too much.
    #[must_use]
    pub fn names_each(self) -> bool {
        matches!(self, Self::Sarif | Self::Gitlab | Self::Junit)
    }

    /// Whether it can tell counts instead of findings.
    #[must_use]
    pub fn tells_statistics(self) -> bool {
        matches!(self, Self::Fancy | Self::Concise | Self::Json)
    }

    /// Whether more may be said behind the report.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Fancy | Self::Concise)
    }
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Files looked at: as many of the sources, from the first.
    pub files: usize,
    /// Notes found in them.
    pub notes: usize,
    /// Findings that stop the deck from being made.
    pub deny: usize,
    /// Findings that don't.
    pub warn: usize,
    /// Findings that carry a fix.
    pub fixable: usize,
    /// Findings whose fix may be applied without a look.
    pub safely_fixable: usize,
}

/// Where a lint's page can be read, as it was in this version. One of a project's own has none that others can read.
#[must_use]
pub fn url(lint: &str) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    lints::find(lint).map(|lint| format!("https://docs.rs/crate/deckc/{version}/source/lints/{}.md", lint.name))
}

/// Writes findings, sorted as they are shown, and the summary.
///
/// # Errors
/// What the stream says.
pub fn write(
    out: &mut dyn io::Write,
    format: Format,
    findings: &[Diagnostic],
    sources: &Sources,
    summary: &Summary,
    look: &Look,
) -> io::Result<()> {
    write_with(out, format, findings, (sources, &HashMap::default()), summary, look)
}

/// The same of a project, which may have lints of its own.
///
/// # Errors
/// What the stream says.
pub fn write_of_project(
    out: &mut dyn io::Write,
    format: Format,
    findings: &[Diagnostic],
    project: &Project,
    summary: &Summary,
    look: &Look,
) -> io::Result<()> {
    write_with(out, format, findings, (&project.sources, &project.own_lints()), summary, look)
}

fn write_with(
    out: &mut dyn io::Write,
    format: Format,
    findings: &[Diagnostic],
    (sources, own): (&Sources, &HashMap<&str, &OwnLint>),
    summary: &Summary,
    look: &Look,
) -> io::Result<()> {
    // A terminal's own buffer ends at every line.
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Fancy => {
            fancy::write(&mut out, findings, sources, look)?;
            summary.write(&mut out, look)?;
            write_hint(&mut out, findings, look)?;
        }
        Format::Concise => {
            concise::write(&mut out, findings, sources, look)?;
            summary.write(&mut out, look)?;
        }
        Format::Json => json::write(&mut out, findings, sources, summary)?,
        Format::Sarif => sarif::write(&mut out, findings, sources, own)?,
        Format::Github => {
            github::write(&mut out, findings, sources)?;
            summary.write(&mut out, look)?;
        }
        Format::Gitlab => gitlab::write(&mut out, findings, sources)?,
        Format::Junit => junit::write(&mut out, findings, sources, summary.files)?,
    }
    io::Write::flush(&mut out)
}

/// Writes how many findings each lint has, instead of the findings; as JSON or for people.
///
/// # Errors
/// What the stream says.
pub fn write_statistics(
    out: &mut dyn io::Write,
    format: Format,
    findings: &[Diagnostic],
    summary: &Summary,
    look: &Look,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    if format == Format::Json {
        statistics::write_json(&mut out, findings, summary)?;
    } else {
        statistics::write(&mut out, findings, look)?;
        summary.write(&mut out, look)?;
    }
    io::Write::flush(&mut out)
}

/// Writes what is wrong with settings, with its lines: the run can't be made.
///
/// # Errors
/// What the stream says.
pub fn mistakes(out: &mut dyn io::Write, findings: &[Finding], sources: &Sources, look: &Look) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    fancy::write_mistakes(&mut out, findings, sources, look)?;
    io::Write::flush(&mut out)
}

impl Summary {
    /// Counts findings.
    #[must_use]
    pub fn new(files: usize, notes: usize, findings: &[Diagnostic]) -> Self {
        let at = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
        let fixes = || findings.iter().filter_map(|finding| finding.fix.as_ref());
        let fixable = fixes().count();
        let safely_fixable = fixes().filter(|fix| fix.safety == Safety::Safe).count();
        Self { files, notes, deny: at(Level::Deny), warn: at(Level::Warn), fixable, safely_fixable }
    }

    /// `3 findings in 2 files (41 notes): 1 deny, 2 warn`
    fn write(&self, out: &mut dyn io::Write, look: &Look) -> io::Result<()> {
        let findings = self.deny + self.warn;
        let looked_at = format!("in {} ({})", count(self.files, "file"), count(self.notes, "note"));
        if findings == 0 {
            return writeln!(out, "{} {looked_at}", paint(look, Paint::Good, "no findings"));
        }
        let mut levels = Vec::new();
        for (level, number) in [(Level::Deny, self.deny), (Level::Warn, self.warn)] {
            if number > 0 {
                levels.push(paint(look, Paint::of(level), &format!("{number} {}", level.name())));
            }
        }
        let findings = paint(look, Paint::Strong, &count(findings, "finding"));
        writeln!(out, "{findings} {looked_at}: {}", levels.join(", "))?;
        let risky = self.fixable - self.safely_fixable.min(self.fixable);
        match (self.safely_fixable, risky) {
            (0, 0) => Ok(()),
            (0, risky) => writeln!(out, "{risky} fixable with `--unsafe-fixes`"),
            (safe, 0) => writeln!(out, "{safe} fixable with `--fix`"),
            (safe, risky) => writeln!(out, "{safe} fixable with `--fix`, {risky} more with `--unsafe-fixes`"),
        }
    }
}

/// Where to read more, with a lint of this run as the example: a denied one before one that only warns.
fn write_hint(out: &mut dyn io::Write, findings: &[Diagnostic], look: &Look) -> io::Result<()> {
    // Of several equal ones `max_by_key` takes the last, so look from the end to name the first.
    let Some(finding) = findings.iter().rev().max_by_key(|finding| finding.level) else { return Ok(()) };
    let command = format!("deckc explain {}", finding.lint);
    writeln!(out, "for what a lint means: {}", paint(look, Paint::Strong, &command))
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Meanings that have a colour, the same as in miette's frames.
#[derive(Debug, Clone, Copy)]
enum Paint {
    Strong,
    Good,
    Deny,
    Warn,
    Plain,
}

impl Paint {
    fn of(level: Level) -> Self {
        match level {
            Level::Deny => Self::Deny,
            Level::Warn => Self::Warn,
            Level::Allow => Self::Plain,
        }
    }
}

fn paint(look: &Look, paint: Paint, text: &str) -> String {
    let code = match paint {
        Paint::Strong => "1",
        Paint::Good => "32",
        Paint::Deny => "31",
        Paint::Warn => "33",
        Paint::Plain => return text.to_owned(),
    };
    if look.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;

//! Runs the lints over parsed files, and lets a deck pass only when nothing would make it wrong.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Finding, Level};
use crate::identity::known::IdentityFaults;
use crate::lints::{CATALOGUE, Check, Context, Lint, ProjectContext};
use crate::parsed::Parsed;
use crate::settings::Settings;
use crate::source::{SourceId, Sources};

/// Something that `check` found fit to be emitted. Only [`pass`] makes one that may be emitted.
#[derive(Debug, Clone, Copy)]
pub struct Checked<T>(T);

impl<T> Checked<T> {
    /// What was checked.
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl<'a> Checked<&'a Parsed> {
    /// Files that are only compared: no artefact is made of them, so they may be as wrong as they are.
    pub(crate) fn to_compare(files: &'a [Parsed]) -> Vec<Self> {
        files.iter().map(Checked).collect()
    }
}

/// Everything the lints say about these files and what is wrong with the identity of their notes, sorted by path,
/// position and lint.
#[must_use]
pub fn check(sources: &Sources, files: &[Parsed], identity: &IdentityFaults) -> Vec<Diagnostic> {
    let contexts: Vec<Context<'_>> = files.iter().map(|file| Context::new(sources, file)).collect();
    let project = ProjectContext { sources, files, identity };
    let settings: HashMap<SourceId, &Settings> = files.iter().map(|file| (file.deck.source, &file.settings)).collect();
    let mut diagnostics = Vec::new();
    for lint in CATALOGUE {
        let findings: Vec<Finding> = match lint.check {
            Check::File(check) => {
                let wanted = contexts.iter().zip(files).filter(|(_, file)| file.settings.level_of(lint) > Level::Allow);
                wanted.flat_map(|(context, _)| check(context)).collect()
            }
            Check::Project(check) => check(&project),
        };
        diagnostics.extend(findings.into_iter().filter_map(|finding| {
            // A lock has no settings of its own.
            let primary = finding.labels.iter().find(|label| label.primary);
            let settings = primary.and_then(|label| settings.get(&label.span.source));
            let level = settings.map_or(lint.level, |settings| settings.level_of(lint));
            (level > Level::Allow).then(|| stamp(lint, level, finding))
        }));
    }
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary().map(|label| label.span);
        (span.map(|span| (sources.get(span.source).shown_path().to_owned(), span.start)), diagnostic.lint)
    };
    diagnostics.sort_by_cached_key(place);
    diagnostics
}

fn stamp(lint: &Lint, level: Level, finding: Finding) -> Diagnostic {
    Diagnostic {
        lint: lint.name,
        level,
        message: finding.message,
        labels: finding.labels,
        help: finding.help,
        fix: finding.fix,
    }
}

/// The decks, if no finding denies them.
#[must_use]
pub fn pass<'a>(diagnostics: &[Diagnostic], files: &'a [Parsed]) -> Option<Vec<Checked<&'a Parsed>>> {
    let denied = diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Deny);
    (!denied).then(|| files.iter().map(Checked).collect())
}

//! Runs the lints over parsed files, and lets a deck pass only when nothing would make it wrong.

use std::borrow::Cow;

use foldhash::HashMap;
use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Finding, Findings, Gather, Level};
use crate::identity::known::IdentityFaults;
use crate::lints::{AcrossFiles, CATALOGUE, Check, Context, ProjectContext, own};
use crate::parsed::Parsed;
use crate::settings::Settings;
use crate::source::{SourceId, Sources, Span};
use crate::suppress;

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

/// Everything the lints say about these files and what is wrong with the identity of their notes, as it is shown: many
/// findings of a kind are one with all the places.
#[must_use]
pub fn check(sources: &Sources, files: &[Parsed], identity: &IdentityFaults) -> Vec<Diagnostic> {
    gather(find(sources, files, identity))
}

/// The same, each finding for itself, sorted by path, position and lint.
#[must_use]
pub fn find(sources: &Sources, files: &[Parsed], identity: &IdentityFaults) -> Vec<Diagnostic> {
    let across = AcrossFiles::find(sources, files);
    let of_files = files.par_iter().map(|file| {
        let context = Context::new(sources, file, &across);
        let wanted = CATALOGUE.iter().filter(|lint| file.settings.level_of(lint) > Level::Allow);
        let checks = wanted.filter_map(|lint| match lint.check {
            Check::File(check) => Some((lint, check)),
            Check::Project(_) | Check::Suppressions => None,
        });
        let found: Vec<_> = if files.len() < rayon::current_num_threads() {
            let checks: Vec<_> = checks.collect();
            checks.into_par_iter().map(|(lint, check)| (lint, check(&context))).collect()
        } else {
            checks.map(|(lint, check)| (lint, check(&context))).collect()
        };
        let found = found
            .into_iter()
            .flat_map(|(lint, findings)| stamped(lint.name, findings, |_| file.settings.level_of(lint)));
        found.chain(find_own(&context, file)).collect::<Vec<_>>()
    });
    let mut diagnostics: Vec<Diagnostic> = of_files.collect::<Vec<_>>().into_iter().flatten().collect();
    let project = ProjectContext { sources, files, identity };
    let settings: HashMap<SourceId, &Settings> = files.iter().map(|file| (file.deck.source, &file.settings)).collect();
    for lint in CATALOGUE {
        let Check::Project(check) = lint.check else { continue };
        // A lock has no settings of its own.
        let level = |place: Option<Span>| {
            place.and_then(|span| settings.get(&span.source)).map_or(lint.level, |settings| settings.level_of(lint))
        };
        diagnostics.extend(stamped(lint.name, check(&project), level));
    }
    let mut diagnostics = suppress::apply(sources, files, diagnostics);
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary().map(|label| label.span);
        (span.map(|span| (sources.get(span.source).shown_path().to_owned(), span.start)), diagnostic.lint.clone())
    };
    diagnostics.sort_by_cached_key(place);
    diagnostics
}

/// What the lints of the project's own say of a file.
fn find_own(context: &Context<'_>, file: &Parsed) -> Vec<Diagnostic> {
    let scopes = own::Scopes::new(context);
    let lints = file.settings.own_lints().iter();
    let wanted = lints.map(|lint| (lint, file.settings.level_of_own(lint))).filter(|(_, level)| *level > Level::Allow);
    wanted
        .flat_map(|(lint, level)| stamped(lint.name.clone(), own::check(context, &scopes, lint), move |_| level))
        .collect()
}

/// Findings with the name of their lint and the level it has at their place.
fn stamped(
    lint: impl Into<Cow<'static, str>>,
    findings: Findings,
    level: impl Fn(Option<Span>) -> Level,
) -> impl Iterator<Item = Diagnostic> {
    let lint = lint.into();
    let Findings { each, gather } = findings;
    each.into_iter().filter_map(move |finding| {
        let level = level(finding.labels.iter().find(|label| label.primary).map(|label| label.span));
        (level > Level::Allow).then(|| stamp(lint.clone(), level, finding, gather.clone()))
    })
}

/// A finding with the name of its lint and its level.
pub(crate) fn stamp(
    lint: impl Into<Cow<'static, str>>,
    level: Level,
    finding: Finding,
    gather: Option<Gather>,
) -> Diagnostic {
    let Finding { message, labels, help, fix } = finding;
    Diagnostic { lint: lint.into(), level, message, labels, help, fix, gather }
}

/// One finding for one cause: where a file has more of a kind than its lint names one by one, the first of them takes
/// the places of all.
#[must_use]
pub fn gather(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    type Kind = (Option<SourceId>, Cow<'static, str>);
    let kind = |diagnostic: &Diagnostic| -> Kind {
        (diagnostic.primary().map(|label| label.span.source), diagnostic.lint.clone())
    };
    let mut counts: HashMap<Kind, usize> = HashMap::default();
    for diagnostic in &found {
        *counts.entry(kind(diagnostic)).or_default() += 1;
    }
    let mut gathered: HashMap<Kind, usize> = HashMap::default();
    let mut shown: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for mut diagnostic in found {
        let kind = kind(&diagnostic);
        let count = counts.get(&kind).copied().unwrap_or(1);
        let Some(gather) = diagnostic.gather.clone().filter(|gather| count > gather.most) else {
            shown.push(diagnostic);
            continue;
        };
        match gathered.get(&kind).and_then(|&at| shown.get_mut(at)) {
            Some(first) => first.take_in(diagnostic),
            None => {
                diagnostic.message = gather.message.of(count);
                gathered.insert(kind, shown.len());
                shown.push(diagnostic);
            }
        }
    }
    for &at in gathered.values() {
        shown.get_mut(at).into_iter().for_each(Diagnostic::tidy);
    }
    shown
}

/// The decks, if no finding denies them.
#[must_use]
pub fn pass<'a>(diagnostics: &[Diagnostic], files: &'a [Parsed]) -> Option<Vec<Checked<&'a Parsed>>> {
    let denied = diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Deny);
    (!denied).then(|| files.iter().map(Checked).collect())
}

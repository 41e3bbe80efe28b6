//! Findings that were there before: `deckc check --baseline` reports only those that are new.
//!
//! A baseline is a JSON document. A finding is known again by its lint, its file and its fingerprint, never by its line; if
//! its file was renamed, by lint and fingerprint alone. As many are known as stand in the baseline.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::fingerprint::fingerprints;
use crate::source::{SourceId, Sources};

const SCHEMA_VERSION: u32 = 1;

/// What was found before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema_version: u32,
    /// Sorted, so that those of one file stand together.
    findings: Vec<Entry>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From the folder of the baseline, with forward slashes.
    pub path: String,
    /// The lint.
    pub lint: String,
    /// What tells the finding from others.
    pub fingerprint: String,
    /// What was said of it, for whoever reads the file.
    pub message: String,
}

/// Why a baseline can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// Nothing is there.
    #[error("there is no such file")]
    Missing,
    /// No such JSON.
    #[error("it is no baseline: {0}")]
    Syntax(#[from] serde_json::Error),
    /// From another version.
    #[error("its `schema_version` is {0}, and this deckc knows {SCHEMA_VERSION}")]
    Version(u32),
}

/// What a run knows of a file that a baseline names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// It was looked at.
    LookedAt,
    /// It is there, and was not looked at.
    Elsewhere,
    /// It is not there: it was deleted, or has another name now.
    Missing,
}

/// What a run has beside a baseline.
#[derive(Debug)]
pub struct Compared {
    /// Findings that are new.
    pub new: Vec<Diagnostic>,
    /// How many were there before.
    pub known: usize,
    /// Those that are gone: they can be taken out.
    pub gone: Vec<Entry>,
}

impl Baseline {
    /// All findings of a run, each for itself. `path_of` gives a source's path from the baseline's folder.
    #[must_use]
    pub fn of(found: &[Diagnostic], sources: &Sources, path_of: &dyn Fn(SourceId) -> String) -> Self {
        let prints = fingerprints(found, sources);
        let entry = |(finding, fingerprint): (&Diagnostic, String)| Entry {
            path: home(finding).map(path_of).unwrap_or_default(),
            lint: finding.lint.to_string(),
            fingerprint,
            message: finding.message.clone(),
        };
        let mut findings: Vec<Entry> = found.iter().zip(prints).map(entry).collect();
        findings.sort();
        Self { schema_version: SCHEMA_VERSION, findings }
    }

    /// Reads one.
    ///
    /// # Errors
    /// When the text is no baseline that this version knows.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut baseline: Self = serde_json::from_str(text)?;
        baseline.findings.sort();
        if baseline.schema_version == SCHEMA_VERSION {
            Ok(baseline)
        } else {
            Err(BaselineError::Version(baseline.schema_version))
        }
    }

    /// As it is written: a line a finding, so that a diff shows which.
    ///
    /// # Errors
    /// Never for what [`Baseline::of`] makes.
    pub fn text(&self) -> Result<String, BaselineError> {
        let mut text = format!("{{\n  \"schema_version\": {},\n  \"findings\": [", self.schema_version);
        for (index, entry) in self.findings.iter().enumerate() {
            text += if index > 0 { ",\n    " } else { "\n    " };
            text += &serde_json::to_string(entry)?;
        }
        text += if self.findings.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" };
        Ok(text)
    }

    /// Takes over the findings of another one in files that `is_kept` names.
    pub fn keep(&mut self, other: Self, is_kept: &dyn Fn(&str) -> bool) {
        self.findings.extend(other.findings.into_iter().filter(|entry| is_kept(&entry.path)));
        self.findings.sort();
    }

    /// How many findings it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Leaves what is new in one file, of which it knows no other name.
    #[must_use]
    pub fn new_in(&self, path: &str, found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
        let start = self.findings.partition_point(|entry| *entry.path < *path);
        let entries = self.findings.get(start..).unwrap_or_default();
        let entries = entries.get(..entries.partition_point(|entry| entry.path == path)).unwrap_or_default();
        compare(entries, found, sources, &|_| path.to_owned(), &|_| Named::Elsewhere).new
    }

    /// Parts what is new from what was there. `path_of` gives a source's path from the baseline's folder, `state_of` says
    /// what became of such a path.
    #[must_use]
    pub fn compare(
        &self,
        found: Vec<Diagnostic>,
        sources: &Sources,
        path_of: &dyn Fn(SourceId) -> String,
        state_of: &dyn Fn(&str) -> Named,
    ) -> Compared {
        compare(&self.findings, found, sources, path_of, state_of)
    }
}

fn compare(
    entries: &[Entry],
    found: Vec<Diagnostic>,
    sources: &Sources,
    path_of: &dyn Fn(SourceId) -> String,
    state_of: &dyn Fn(&str) -> Named,
) -> Compared {
    let prints = fingerprints(&found, sources);
    let paths: Vec<String> = found.iter().map(|finding| home(finding).map(path_of).unwrap_or_default()).collect();
    let mut exact: HashMap<(&str, &str, &str), Vec<usize>> = HashMap::default();
    for (index, entry) in entries.iter().enumerate() {
        exact.entry((&entry.path, &entry.lint, &entry.fingerprint)).or_default().push(index);
    }
    let mut is_met = vec![false; entries.len()];
    let mut is_known = vec![false; found.len()];
    for (index, ((finding, print), path)) in found.iter().zip(&prints).zip(&paths).enumerate() {
        let entry = exact.get_mut(&(path.as_str(), &*finding.lint, print.as_str())).and_then(Vec::pop);
        mark(&mut is_met, &mut is_known, entry, index);
    }
    let named: HashSet<&str> = entries.iter().map(|entry| &*entry.path).collect();
    let states: HashMap<&str, Named> = named.into_iter().map(|path| (path, state_of(path))).collect();
    let state = |entry: &Entry| states.get(&*entry.path).copied().unwrap_or(Named::Elsewhere);
    // A file that is not there any more may have been renamed.
    let mut moved: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate().rev() {
        if is_met.get(index) == Some(&false) && state(entry) == Named::Missing {
            moved.entry((&entry.lint, &entry.fingerprint)).or_default().push(index);
        }
    }
    for (index, (finding, print)) in found.iter().zip(&prints).enumerate() {
        if is_known.get(index) == Some(&false) {
            let entry = moved.get_mut(&(&*finding.lint, print.as_str())).and_then(Vec::pop);
            mark(&mut is_met, &mut is_known, entry, index);
        }
    }
    let known = is_known.iter().filter(|known| **known).count();
    let new = found.into_iter().zip(is_known).filter(|(_, known)| !known).map(|(finding, _)| finding).collect();
    let left = entries.iter().zip(is_met).filter(|(_, met)| !met).map(|(entry, _)| entry);
    let gone = left.filter(|entry| state(entry) != Named::Elsewhere).cloned().collect();
    Compared { new, known, gone }
}

fn mark(is_met: &mut [bool], is_known: &mut [bool], entry: Option<usize>, finding: usize) {
    let Some(entry) = entry else { return };
    if let (Some(met), Some(known)) = (is_met.get_mut(entry), is_known.get_mut(finding)) {
        (*met, *known) = (true, true);
    }
}

fn home(finding: &Diagnostic) -> Option<SourceId> {
    finding.primary().map(|label| label.span.source)
}

//! GitLab's Code Quality report: a JSON list that merge requests compare with that of their target branch.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::io;

use foldhash::HashMap;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::words::{Place, one_line};
use crate::diagnostic::{Diagnostic, Level};
use crate::fingerprint::fingerprints;
use crate::project::ProjectPaths;
use crate::source::Sources;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes one list, with a final line end.
pub(super) fn write(out: &mut dyn io::Write, findings: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let paths = ProjectPaths::new(sources);
    let mut seen = HashMap::default();
    let issues = findings.iter().zip(fingerprints(findings, sources)).map(|(finding, fingerprint)| {
        let location = location(finding, sources, &paths);
        Issue {
            description: one_line(finding),
            check_name: &finding.lint,
            fingerprint: unique(&fingerprint, location.path, &mut seen),
            severity: if finding.level == Level::Deny { "major" } else { "minor" },
            location,
        }
    });
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, PrettyFormatter::new());
    serde::Serializer::collect_seq(&mut serializer, issues)?;
    writeln!(out)
}

/// GitLab shows one of those that are equal in a report, also where they are of different files. Two projects in one run
/// may have files of the same path.
fn unique(fingerprint: &str, path: &str, seen: &mut HashMap<blake3::Hash, u64>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(fingerprint.as_bytes()).update(path.as_bytes());
    let occurrence = seen.entry(hasher.finalize()).or_default();
    if *occurrence > 0 {
        hasher.update(&[0xff]).update(&occurrence.to_le_bytes());
    }
    *occurrence += 1;
    let mut hex = hasher.finalize().to_hex().to_string();
    hex.truncate(fingerprint.len());
    hex
}

fn location<'a>(finding: &Diagnostic, sources: &Sources, paths: &'a ProjectPaths) -> Location<'a> {
    let Some(home) = finding.primary() else {
        return Location { path: ".", lines: Lines { begin: 1, end: 1 } };
    };
    let place = Place::of(home, sources, paths);
    Location { path: place.path, lines: Lines { begin: place.start.line, end: place.last_line } }
}

//! SARIF 2.1.0, which code scanning reads: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! Each result is made when it is written, so that a long report takes no memory. Paths start at the root of the project;
//! nothing in a report of one project names this machine.

mod rules;
mod shapes;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use foldhash::HashMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};

use self::rules::Rules;
use self::shapes::{
    ArtifactChange, ArtifactLocation, BaseId, Driver, FixShape, Location, Log, PhysicalLocation, Region, Replacement,
    ResultShape, Run, Text, Tool,
};
use super::words::{MOST_PLACES, one_line, path_and_line};
use crate::diagnostic::{Diagnostic, Fix, Label, Level, Safety};
use crate::fingerprint::fingerprints;
use crate::lints::own::OwnLint;
use crate::project::ProjectPaths;
use crate::source::{SourceId, Sources, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the fingerprint. It is not `primaryLocationLineHash`, which GitHub's upload makes itself, with a warning
/// for each that is there and differs.
const FINGERPRINT: &str = "deckc/v1";
/// What GitHub calls the root of a repository.
const ROOT: &str = "%SRCROOT%";
/// What stands in a relative address as it is; a colon in its first part would end a scheme.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Writes one log, with a final line end.
pub(super) fn write(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    own: &HashMap<&str, &OwnLint>,
) -> io::Result<()> {
    let scene = Scene { sources, paths: ProjectPaths::new(sources) };
    let rules = Rules::new(findings, own);
    let bases = scene.bases();
    let run = Run {
        tool: Tool { driver: Driver::new(&rules) },
        original_uri_base_ids: &bases.ids,
        column_kind: "unicodeCodePoints",
        newline_sequences: ["\r\n", "\n", "\r"],
        results: Results {
            findings,
            fingerprints: fingerprints(findings, sources),
            rules: &rules,
            scene: &scene,
            bases: &bases,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

/// What places are read from.
struct Scene<'a> {
    sources: &'a Sources,
    paths: ProjectPaths,
}

/// The roots of the projects, by name.
struct Bases {
    ids: BTreeMap<String, BaseId>,
    names: Vec<(PathBuf, String)>,
}

impl Bases {
    fn name(&self, root: &Path) -> &str {
        self.names.iter().find(|(known, _)| known == root).map_or(ROOT, |(_, name)| name)
    }
}

struct Results<'a> {
    findings: &'a [Diagnostic],
    fingerprints: Vec<String>,
    rules: &'a Rules<'a>,
    scene: &'a Scene<'a>,
    bases: &'a Bases,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.findings.iter().zip(&self.fingerprints).map(|(finding, print)| self.result(finding, print)),
        )
    }
}

impl<'a> Results<'a> {
    fn result(&self, finding: &'a Diagnostic, fingerprint: &'a str) -> ResultShape<'a> {
        let location = |id: Option<usize>, label: &'a Label| self.location(id, label);
        let others = finding.labels.iter().filter(|label| !label.primary);
        ResultShape {
            rule_id: &finding.lint,
            rule_index: self.rules.index(&finding.lint),
            level: level(finding.level),
            message: Text { text: self.scene.message(finding) },
            locations: finding.primary().into_iter().map(|label| location(None, label)).collect(),
            related_locations: others.zip(1..).map(|(label, id)| location(Some(id), label)).collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
            fixes: finding.fix.iter().filter(|fix| !fix.edits.is_empty()).map(|fix| self.fix(fix)).collect(),
        }
    }

    fn location(&self, id: Option<usize>, label: &'a Label) -> Location<'a> {
        let physical_location =
            PhysicalLocation { artifact_location: self.artifact(label.span.source), region: self.region(label.span) };
        let message = (!label.message.is_empty()).then_some(Text { text: label.message.as_str() });
        Location { id, physical_location, message }
    }

    fn artifact(&self, source: SourceId) -> ArtifactLocation<'a> {
        let uri = utf8_percent_encode(self.scene.paths.path(source), ESCAPED).to_string();
        ArtifactLocation { uri, uri_base_id: self.bases.name(self.scene.paths.root(source)) }
    }

    fn region(&self, span: Span) -> Region {
        let source = self.scene.sources.get(span.source);
        let end = span.end.max(span.start);
        let (first, last) = (source.position(span.start), source.position(end));
        // Of other files only the decoded text is known.
        let bytes = source.is_verbatim().then_some((first.byte, last.byte - first.byte));
        Region {
            start_line: first.line,
            start_column: first.column,
            end_line: last.line,
            end_column: last.column,
            byte_offset: bytes.map(|(offset, _)| offset),
            byte_length: bytes.map(|(_, length)| length),
        }
    }

    /// The edits of a fix, by file.
    fn fix(&self, fix: &'a Fix) -> FixShape<'a> {
        let mut changes: Vec<(SourceId, ArtifactChange<'a>)> = Vec::new();
        for edit in &fix.edits {
            let replacement =
                Replacement { deleted_region: self.region(edit.span), inserted_content: Text { text: &edit.text } };
            match changes.iter_mut().find(|(source, _)| *source == edit.span.source) {
                Some((_, change)) => change.replacements.push(replacement),
                None => {
                    let artifact_location = self.artifact(edit.span.source);
                    changes.push((
                        edit.span.source,
                        ArtifactChange { artifact_location, replacements: vec![replacement] },
                    ));
                }
            }
        }
        let description = match fix.safety {
            Safety::Safe => "changes nothing but what the finding is about",
            Safety::Unsafe => "a guess at what was meant: look at it before you take it",
        };
        FixShape {
            description: Text { text: description },
            artifact_changes: changes.into_iter().map(|(_, change)| change).collect(),
        }
    }
}

impl Scene<'_> {
    fn bases(&self) -> Bases {
        let mut names: Vec<(PathBuf, String)> = Vec::new();
        for source in self.sources.all() {
            let root = self.paths.root(source.id());
            if names.iter().all(|(known, _)| known != root) {
                let name = match names.len() {
                    0 => ROOT.to_owned(),
                    others => format!("%SRCROOT{}%", others + 1),
                };
                names.push((root.to_path_buf(), name));
            }
        }
        // One project is wherever it was checked out; of several it must be told which lies where.
        let has_several = names.len() > 1;
        let base = |(root, name): &(PathBuf, String)| {
            let uri = url::Url::from_directory_path(root).ok().filter(|_| has_several).map(String::from);
            (name.clone(), BaseId { uri, description: Text { text: "the root of the project" } })
        };
        let ids = names.iter().map(base).collect();
        Bases { ids, names }
    }

    /// What is wrong, with links to the other places: code scanning shows those only that are linked.
    fn message(&self, finding: &Diagnostic) -> String {
        let mut message = one_line(finding);
        // A link of the author's would be taken for one of these.
        if message.contains("](") {
            message = escaped(&message);
        }
        let others = finding.labels.iter().filter(|label| !label.primary);
        for (label, id) in others.clone().take(MOST_PLACES).zip(1..) {
            let place = || path_and_line(label, self.sources, &self.paths);
            let name = escaped(&if label.message.is_empty() { place() } else { label.message.clone() });
            message += &format!("{} [{name}]({id})", if id == 1 { "; see" } else { "," });
        }
        let more = others.count().saturating_sub(MOST_PLACES);
        if more > 0 {
            message += &format!(" and {more} more");
        }
        message
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    }
}

/// A text in which no bracket begins or ends a link.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

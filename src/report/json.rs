//! Findings for programs. The shape is an interface: it changes only with its `schema_version`.

use std::io;

use serde::Serialize;

use super::{Summary, url};
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Level, Safety};
use crate::source::{Position, Source, SourceId, Sources};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    findings: Vec<FindingShape<'a>>,
    summary: &'a Summary,
}

#[derive(Serialize)]
struct FindingShape<'a> {
    lint: &'a str,
    level: Level,
    message: &'a str,
    help: Option<&'a str>,
    /// None for a lint of the project's own.
    url: Option<String>,
    path: &'a str,
    labels: Vec<LabelShape<'a>>,
    fix: Option<FixShape<'a>>,
}

#[derive(Serialize)]
struct LabelShape<'a> {
    primary: bool,
    message: &'a str,
    /// Only where it is not the finding's.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    start: PositionShape,
    end: PositionShape,
}

#[derive(Serialize)]
struct PositionShape {
    line: u32,
    column: u32,
    byte: u32,
}

impl From<Position> for PositionShape {
    fn from(Position { line, column, byte }: Position) -> Self {
        Self { line, column, byte }
    }
}

#[derive(Serialize)]
struct FixShape<'a> {
    safety: Safety,
    edits: Vec<EditShape<'a>>,
}

#[derive(Serialize)]
struct EditShape<'a> {
    /// Only where it is not the finding's.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    start: u32,
    end: u32,
    text: &'a str,
}

/// Writes one document, with a final line end.
pub(super) fn write(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    summary: &Summary,
) -> io::Result<()> {
    let findings = findings.iter().map(|finding| finding_shape(finding, sources)).collect();
    let document = Document { schema_version: SCHEMA_VERSION, findings, summary };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn finding_shape<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> FindingShape<'a> {
    let home = finding.primary().map(|label| sources.get(label.span.source));
    FindingShape {
        lint: &finding.lint,
        level: finding.level,
        message: &finding.message,
        help: finding.help.as_deref(),
        url: url(&finding.lint),
        path: home.map_or("", Source::shown_path),
        labels: finding.labels.iter().map(|label| label_shape(label, home, sources)).collect(),
        fix: finding.fix.as_ref().map(|fix| fix_shape(fix, home, sources)),
    }
}

fn label_shape<'a>(label: &'a Label, home: Option<&Source>, sources: &'a Sources) -> LabelShape<'a> {
    let source = sources.get(label.span.source);
    LabelShape {
        primary: label.primary,
        message: &label.message,
        path: path_elsewhere(label.span.source, home, sources),
        start: source.position(label.span.start).into(),
        end: source.position(label.span.end).into(),
    }
}

fn fix_shape<'a>(fix: &'a Fix, home: Option<&Source>, sources: &'a Sources) -> FixShape<'a> {
    let shape = |edit: &'a Edit| EditShape {
        path: path_elsewhere(edit.span.source, home, sources),
        start: edit.span.start,
        end: edit.span.end,
        text: &edit.text,
    };
    FixShape { safety: fix.safety, edits: fix.edits.iter().map(shape).collect() }
}

fn path_elsewhere<'a>(id: SourceId, home: Option<&Source>, sources: &'a Sources) -> Option<&'a str> {
    home.is_none_or(|home| home.id() != id).then(|| sources.get(id).shown_path())
}

//! How often each lint found something: `--statistics`.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::visible::clean;
use super::{Look, Paint, Summary, paint};
use crate::diagnostic::{Diagnostic, Level};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    statistics: Vec<Count<'a>>,
    summary: &'a Summary,
}

/// The findings of one lint at one level: for other files it may be set otherwise.
#[derive(Serialize)]
struct Count<'a> {
    lint: &'a str,
    level: Level,
    findings: usize,
    fixable: usize,
}

/// The most frequent first.
fn counts(findings: &[Diagnostic]) -> Vec<Count<'_>> {
    let mut counts: BTreeMap<(&str, Level), (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let (count, fixable) = counts.entry((&finding.lint, finding.level)).or_default();
        *count += 1;
        *fixable += usize::from(finding.fix.is_some());
    }
    let count = |((lint, level), (findings, fixable))| Count { lint, level, findings, fixable };
    let mut counts: Vec<Count<'_>> = counts.into_iter().map(count).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.findings));
    counts
}

/// Writes a table, for people.
pub(super) fn write(out: &mut dyn io::Write, findings: &[Diagnostic], look: &Look) -> io::Result<()> {
    let counts = counts(findings);
    let digits = counts.first().map_or(0, |count| count.findings.to_string().len());
    let longest = counts.iter().map(|count| count.lint.chars().count()).max().unwrap_or(0);
    for Count { lint, level, findings, fixable } in counts {
        let level = paint(look, Paint::of(level), level.name());
        let name = clean(lint, look.unicode, false);
        match fixable {
            0 => writeln!(out, "{findings:digits$}  {level}  {name}")?,
            some if some == findings => writeln!(out, "{findings:digits$}  {level}  {name:longest$}  fixable")?,
            some => writeln!(out, "{findings:digits$}  {level}  {name:longest$}  {some} fixable")?,
        }
    }
    Ok(())
}

/// Writes one JSON document, with a final line end.
pub(super) fn write_json(out: &mut dyn io::Write, findings: &[Diagnostic], summary: &Summary) -> io::Result<()> {
    let document = Document { schema_version: SCHEMA_VERSION, statistics: counts(findings), summary };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

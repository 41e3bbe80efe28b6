//! Commands that GitHub's runner reads in a log and turns into annotations:
//! `::error file=…,line=…,title=…::message`.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::io;

use super::visible::clean;
use super::words::{Place, other_places};
use crate::diagnostic::{Diagnostic, Level};
use crate::project::ProjectPaths;
use crate::source::Sources;

/// Writes each finding, a line each.
pub(super) fn write(out: &mut dyn io::Write, findings: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let paths = ProjectPaths::new(sources);
    findings.iter().try_for_each(|finding| {
        let command = if finding.level == Level::Deny { "error" } else { "warning" };
        let mut properties = Vec::new();
        if let Some(home) = finding.primary() {
            let place = Place::of(home, sources, &paths);
            properties.push(format!("file={}", property(place.path)));
            properties.push(format!("line={},endLine={}", place.start.line, place.last_line));
            // Over several lines GitHub takes no columns.
            if place.start.line == place.last_line {
                properties.push(format!("col={},endColumn={}", place.start.column, place.end.column));
            }
        }
        properties.push(format!("title={}", property(&finding.lint)));
        writeln!(out, "::{command} {}::{}", properties.join(","), data(&message(finding, sources, &paths)))
    })
}

/// What is wrong, where else, and what to type.
fn message(finding: &Diagnostic, sources: &Sources, paths: &ProjectPaths) -> String {
    let mut message = finding.message.clone();
    for place in other_places(finding, sources, paths) {
        message.push('\n');
        message.push_str(&place);
    }
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    message
}

/// A text as the runner takes it behind `::`. Controls would reach the terminal of whoever reads the log.
fn data(text: &str) -> String {
    clean(text, true, true).replace('%', "%25").replace('\n', "%0A")
}

/// A text as the runner takes it in a property, where it ends at a comma or a colon, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! One line a finding, for editors, `grep` and scripts: `path:line:column: deny[lint] message (also line 12)`.

use std::io;

use super::visible::clean;
use super::{Look, Paint, paint};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Source, Sources};

/// More other places than this are only counted.
const MOST_PLACES: usize = 4;

/// Writes each finding.
pub(super) fn write(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    look: &Look,
) -> io::Result<()> {
    findings.iter().try_for_each(|finding| {
        let one_line = |text: &str| clean(text, look.unicode, false).into_owned();
        let home = finding.primary().map(|label| sources.get(label.span.source));
        if let (Some(label), Some(source)) = (finding.primary(), home) {
            let place = source.position(label.span.start);
            let path = paint(look, Paint::Strong, &one_line(source.shown_path()));
            write!(out, "{path}:{}:{}: ", place.line, place.column)?;
        }
        let name = paint(look, Paint::of(finding.level), &format!("{}[{}]", finding.level.name(), finding.lint));
        write!(out, "{name} {}", one_line(&finding.message))?;
        let others = finding.labels.iter().filter(|label| !label.primary);
        let places = places(others, home, sources);
        if places.is_empty() { writeln!(out) } else { writeln!(out, " (also {})", one_line(&places)) }
    })
}

/// The other places, in words; each line once.
fn places<'a>(labels: impl Iterator<Item = &'a Label>, home: Option<&Source>, sources: &Sources) -> String {
    let mut places: Vec<String> = Vec::new();
    for label in labels {
        let source = sources.get(label.span.source);
        let line = source.line(label.span.start);
        let place = if home.is_some_and(|home| home.id() == source.id()) {
            format!("line {line}")
        } else {
            format!("{}:{line}", source.shown_path())
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let more = places.len().saturating_sub(MOST_PLACES);
    places.truncate(MOST_PLACES);
    if more > 0 {
        places.push(format!("{more} more"));
    }
    places.join(", ")
}

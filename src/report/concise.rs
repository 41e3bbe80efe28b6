//! One line a finding, for editors, `grep` and scripts: `path:line:column: deny[lint] message (also line 12)`.

use std::io;

use super::visible::{clean, clean_line};
use super::{Look, Paint, paint};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{SourceId, Sources};

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
        let name = format!("{}[{}]", finding.level.name(), finding.lint);
        let said = format!("{} {}", paint(look, Paint::of(finding.level), &name), one_line(&finding.message));
        let Some(home) = finding.primary() else { return writeln!(out, "{said}") };
        let source = sources.get(home.span.source);
        let place = source.position(home.span.start);
        let path = paint(look, Paint::Strong, &clean_line(source.shown_path(), look.unicode));
        write!(out, "{path}:{}:{}: {said}", place.line, place.column)?;
        let places = places(finding.labels.iter().filter(|label| !label.primary), home, sources);
        if places.is_empty() { writeln!(out) } else { writeln!(out, " (also {})", one_line(&places)) }
    })
}

/// The other places, in words: `lines 3, 7, other.md:5`. What is on the primary label's own line is not named again.
fn places<'a>(labels: impl Iterator<Item = &'a Label>, home: &Label, sources: &Sources) -> String {
    let place = |label: &Label| {
        let source = sources.get(label.span.source);
        (source.id() != home.span.source, source.id(), source.line(label.span.start))
    };
    let mut places: Vec<_> = labels.map(place).filter(|it| *it != place(home)).collect();
    places.sort_unstable();
    places.dedup();
    let more = places.len().saturating_sub(MOST_PLACES);
    places.truncate(MOST_PLACES);
    let nearby = places.iter().filter(|(is_elsewhere, ..)| !is_elsewhere).count();
    let name = |(index, (is_elsewhere, source, line)): (usize, &(bool, SourceId, u32))| match (is_elsewhere, index) {
        (true, _) => format!("{}:{line}", sources.get(*source).shown_path()),
        (false, 0) if nearby == 1 => format!("line {line}"),
        (false, 0) => format!("lines {line}"),
        (false, _) => line.to_string(),
    };
    let mut words: Vec<String> = places.iter().enumerate().map(name).collect();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}

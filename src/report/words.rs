//! What a finding says, for readers that show one text and know paths from the root of the project.

use crate::diagnostic::{Diagnostic, Label};
use crate::project::ProjectPaths;
use crate::source::{Position, Sources};

/// More other places than this are only counted.
pub(super) const MOST_PLACES: usize = 10;

/// Where a label stands.
pub(super) struct Place<'a> {
    /// From the root of the project.
    pub(super) path: &'a str,
    pub(super) start: Position,
    /// One past the last character.
    pub(super) end: Position,
    /// The last line with something of the label on it.
    pub(super) last_line: u32,
}

impl<'a> Place<'a> {
    pub(super) fn of(label: &Label, sources: &Sources, paths: &'a ProjectPaths) -> Self {
        let source = sources.get(label.span.source);
        let start = source.position(label.span.start);
        let (_, last) = source.lines(label.span);
        Self {
            path: paths.path(label.span.source),
            start,
            end: source.position(label.span.end.max(label.span.start)),
            last_line: last.max(start.line),
        }
    }
}

/// What is wrong and what to type, in one line.
pub(super) fn one_line(finding: &Diagnostic) -> String {
    let text = match &finding.help {
        Some(help) => format!("{}; help: {help}", finding.message),
        None => finding.message.clone(),
    };
    text.replace('\n', " ")
}

/// `source/deck.md:12`
pub(super) fn path_and_line(label: &Label, sources: &Sources, paths: &ProjectPaths) -> String {
    format!("{}:{}", paths.path(label.span.source), sources.get(label.span.source).line(label.span.start))
}

/// The other places in words: `source/deck.md:12: given first`.
pub(super) fn other_places(finding: &Diagnostic, sources: &Sources, paths: &ProjectPaths) -> Vec<String> {
    let others = finding.labels.iter().filter(|label| !label.primary);
    let named = others.clone().take(MOST_PLACES).map(|label| {
        let place = path_and_line(label, sources, paths);
        if label.message.is_empty() { place } else { format!("{place}: {}", label.message) }
    });
    let mut places: Vec<String> = named.collect();
    let more = others.count().saturating_sub(MOST_PLACES);
    if more > 0 {
        places.push(format!("and {more} more"));
    }
    places
}

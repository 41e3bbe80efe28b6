//! JUnit's XML, which every CI server reads: a suite a file, a failed case a finding. A file without findings has one
//! case that passes, so that it is seen to have been looked at.

use std::borrow::Cow;
use std::io::{self, Write};

use foldhash::HashMap;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::visible::clean;
use super::words::{Place, other_places, path_and_line};
use crate::diagnostic::Diagnostic;
use crate::project::ProjectPaths;
use crate::source::{SourceId, Sources};

/// The suite of what stands in no file.
const PROJECT: &str = "project";

struct Suite<'a> {
    path: Cow<'a, str>,
    findings: Vec<&'a Diagnostic>,
}

impl Suite<'_> {
    /// What passes counts, too.
    fn tests(&self) -> usize {
        self.findings.len().max(1)
    }
}

/// Writes one document, with a final line end. The first `files` of the sources are those that were looked at.
pub(super) fn write(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    files: usize,
) -> io::Result<()> {
    let paths = ProjectPaths::new(sources);
    let suites = suites(findings, sources, files, &paths);
    let tests: usize = suites.iter().map(Suite::tests).sum();
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures) = (tests.to_string(), findings.len().to_string());
    let root = writer.create_element("testsuites").with_attributes([
        ("name", "deckc"),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", "0"),
    ]);
    root.write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(writer, suite, sources, &paths)))?;
    writeln!(out)
}

/// In the order of the sources; those that were not asked for only where something is wrong in them.
fn suites<'a>(findings: &'a [Diagnostic], sources: &Sources, files: usize, paths: &'a ProjectPaths) -> Vec<Suite<'a>> {
    let mut of_files: HashMap<Option<SourceId>, Vec<&Diagnostic>> = HashMap::default();
    for finding in findings {
        of_files.entry(finding.primary().map(|label| label.span.source)).or_default().push(finding);
    }
    let mut suites = Vec::new();
    for (index, source) in sources.all().iter().enumerate() {
        let findings = of_files.remove(&Some(source.id())).unwrap_or_default();
        if index < files || !findings.is_empty() {
            suites.push(Suite { path: printable(paths.path(source.id())), findings });
        }
    }
    if let Some(findings) = of_files.remove(&None) {
        suites.push(Suite { path: PROJECT.into(), findings });
    }
    suites
}

fn write_suite<W: Write>(
    writer: &mut Writer<W>,
    suite: &Suite<'_>,
    sources: &Sources,
    paths: &ProjectPaths,
) -> io::Result<()> {
    let (tests, failures) = (suite.tests().to_string(), suite.findings.len().to_string());
    let element = writer.create_element("testsuite").with_attributes([
        ("name", &*suite.path),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", "0"),
        ("skipped", "0"),
    ]);
    element.write_inner_content(|writer| {
        if suite.findings.is_empty() {
            let passes = [("name", "no findings"), ("classname", &suite.path), ("file", &suite.path)];
            writer.create_element("testcase").with_attributes(passes).write_empty()?;
        }
        suite.findings.iter().try_for_each(|finding| write_case(writer, suite, finding, sources, paths))
    })?;
    Ok(())
}

fn write_case<W: Write>(
    writer: &mut Writer<W>,
    suite: &Suite<'_>,
    finding: &Diagnostic,
    sources: &Sources,
    paths: &ProjectPaths,
) -> io::Result<()> {
    let place = finding.primary().map(|label| Place::of(label, sources, paths).start);
    let lint = printable(&finding.lint);
    let name = place.map_or(lint.to_string(), |place| format!("{lint} at {}:{}", place.line, place.column));
    let line = place.map(|place| place.line.to_string());
    let case = writer.create_element("testcase").with_attributes([
        ("name", &*name),
        ("classname", &suite.path),
        ("file", &suite.path),
    ]);
    let case = case.with_attributes(line.as_deref().map(|line| ("line", line)));
    case.write_inner_content(|writer| {
        let message = printable(&finding.message);
        let failure = [("message", &*message), ("type", finding.level.name())];
        let text = text(finding, sources, paths);
        writer.create_element("failure").with_attributes(failure).write_text_content(BytesText::new(&text))?;
        Ok(())
    })?;
    Ok(())
}

/// What a CI server shows of a failure: all that is known, since it does not show the attributes.
fn text(finding: &Diagnostic, sources: &Sources, paths: &ProjectPaths) -> String {
    let mut lines = vec![finding.message.clone()];
    if let Some(home) = finding.primary() {
        let place = path_and_line(home, sources, paths);
        lines.push(if home.message.is_empty() { place } else { format!("{place}: {}", home.message) });
    }
    lines.extend(other_places(finding, sources, paths));
    lines.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    lines.push(format!("{}[{}]", finding.level.name(), finding.lint));
    legal(clean(&lines.join("\n"), true, true)).into_owned()
}

/// An attribute's text, in one line.
fn printable(text: &str) -> Cow<'_, str> {
    legal(clean(text, true, false))
}

/// XML 1.0 has no way to write two characters that are none; controls are named already.
fn legal(text: Cow<'_, str>) -> Cow<'_, str> {
    const NONE: [char; 2] = ['\u{fffe}', '\u{ffff}'];
    if text.contains(NONE) { Cow::Owned(text.replace(NONE, "\u{fffd}")) } else { text }
}

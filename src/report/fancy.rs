//! Findings drawn with their lines, labels and help: miette's frames around our [`Excerpt`]s.

use std::fmt;
use std::io;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};
use rayon::prelude::*;

use super::excerpt::{CONTEXT, Excerpt};
use super::visible::clean;
use super::{Look, url};
use crate::diagnostic::{Diagnostic, Finding, Level};
use crate::source::Sources;

/// In place of a lint, for what no lint found.
const NO_LINT: &str = "";

/// Drawing takes longer than all else where there are thousands, so it is shared between processors, some at a time.
const DRAWN_TOGETHER: usize = 512;

/// Writes each finding, with an empty line after it.
pub(super) fn write(
    out: &mut dyn io::Write,
    findings: &[Diagnostic],
    sources: &Sources,
    look: &Look,
) -> io::Result<()> {
    for some in findings.chunks(DRAWN_TOGETHER) {
        let drawn: Vec<io::Result<String>> = some.par_iter().map(|finding| drawn(finding, sources, look)).collect();
        for drawn in drawn {
            writeln!(out, "{}", drawn?)?;
        }
    }
    Ok(())
}

/// Writes what keeps a run from being made, with an empty line between one and the next.
pub(super) fn write_mistakes(
    out: &mut dyn io::Write,
    mistakes: &[Finding],
    sources: &Sources,
    look: &Look,
) -> io::Result<()> {
    for (index, mistake) in mistakes.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let (message, labels, help) = (mistake.message.clone(), mistake.labels.clone(), mistake.help.clone());
        let lint = NO_LINT.into();
        let finding = Diagnostic { lint, level: Level::Deny, message, labels, help, fix: None, gather: None };
        out.write_all(drawn(&finding, sources, look)?.as_bytes())?;
    }
    Ok(())
}

fn drawn(finding: &Diagnostic, sources: &Sources, look: &Look) -> io::Result<String> {
    let mut drawn = String::new();
    let excerpt = Excerpt::new(finding, sources, look);
    let handler = handler(finding.level, &excerpt, look);
    let drawing = Drawing { finding, excerpt, look };
    handler.render_report(&mut drawn, &drawing).map_err(io::Error::other)?;
    // miette pads empty lines after their gutter.
    Ok(drawn.lines().flat_map(|line| [line.trim_end(), "\n"]).collect())
}

/// A handler of our own for each finding, since the colours of its labels depend on which one is primary.
fn handler(level: Level, excerpt: &Excerpt, look: &Look) -> GraphicalReportHandler {
    let mut theme = match (look.unicode, look.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let primary = match level {
        Level::Deny => theme.styles.error,
        Level::Warn => theme.styles.warning,
        Level::Allow => theme.styles.advice,
    };
    let secondary = theme.styles.advice;
    let highlights: Vec<_> =
        excerpt.primaries().map(|is_primary| if is_primary { primary } else { secondary }).collect();
    if !highlights.is_empty() {
        theme.styles.highlights = highlights;
    }
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_context_lines(CONTEXT as usize)
        .without_syntax_highlighting()
        // A link behind the lint's name where links work; elsewhere a long address above each finding only hides it.
        .with_urls(look.colour)
        .with_link_display_text("");
    match excerpt.left_out {
        0 => handler,
        1 => handler.with_footer("and 1 more place".to_owned()),
        more => handler.with_footer(format!("and {more} more places")),
    }
}

/// A finding as miette takes it.
#[derive(Debug)]
struct Drawing<'a> {
    finding: &'a Diagnostic,
    excerpt: Excerpt,
    look: &'a Look,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&clean(&self.finding.message, self.look.unicode, true))
    }
}

impl std::error::Error for Drawing<'_> {}

impl miette::Diagnostic for Drawing<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.finding.lint == NO_LINT {
            return Some(Box::new("error"));
        }
        // Without colours the sign before the message is all that tells a level.
        Some(Box::new(format!("{}[{}]", self.finding.level.name(), self.finding.lint)))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.finding.level {
            Level::Deny => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Allow => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.finding.help.as_deref()?;
        Some(Box::new(clean(help, self.look.unicode, true)))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        url(&self.finding.lint).map(|url| -> Box<dyn fmt::Display> { Box::new(url) })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}

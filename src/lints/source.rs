//! Bytes that are no text, and files that hold no question.

use super::{Context, Finding, Findings, gathered};
use crate::source::EncodingFaultKind;

pub(super) fn invalid_encoding(context: &Context<'_>) -> Findings {
    let faults = context.source.faults().iter();
    let findings = faults.map(|fault| {
        let more = match fault.more {
            0 => String::new(),
            1 => " (1 more such place)".to_owned(),
            more => format!(" ({more} more such places)"),
        };
        let (message, label, help) = match fault.kind {
            EncodingFaultKind::InvalidUtf8 { byte, offset } => (
                format!("byte 0x{byte:02x} at offset {offset} is not UTF-8{more}"),
                "not UTF-8",
                "save the file as UTF-8; if it is Latin-1: `iconv -f latin1 -t utf-8 FILE`",
            ),
            EncodingFaultKind::Utf16WithoutMark => (
                "the file is UTF-16 without a byte order mark".to_owned(),
                "the file begins here",
                "save the file as UTF-8, or with a byte order mark",
            ),
            EncodingFaultKind::InvalidUtf16 => (
                format!("the UTF-16 is damaged{more}"),
                "not UTF-16",
                "save the file as UTF-8 from the program that wrote it",
            ),
        };
        Finding::new(message, fault.span, label).help(help)
    });
    findings.collect()
}

pub(super) fn no_questions(context: &Context<'_>) -> Findings {
    if !context.deck.notes.is_empty() {
        return Findings::default();
    }
    let empty = context.source.text().trim_start_matches('\u{feff}').trim().is_empty();
    let place = context.source.line_span(1);
    let finding = if empty {
        Finding::new("the file is empty", place, "nothing here")
    } else {
        Finding::new("no question was recognised", place, "the file begins here")
    };
    let finding = finding.help(
        "write questions as headings (`## What is …?`) with the answers below them, or list them first and repeat each as the heading of its answer",
    );
    [finding].into_iter().collect()
}

pub(super) fn ambiguous_shape(context: &Context<'_>) -> Findings {
    let found = context.deck.doubts.iter().map(|doubt| {
        let (read_as, or_as) = (doubt.read_as.name(), doubt.or_as.name());
        let questions = |count: usize| if count == 1 { "1 question".to_owned() } else { format!("{count} questions") };
        let finding = Finding::new(
            format!("this can be read as `{read_as}` or as `{or_as}`"),
            doubt.span,
            format!("read as `{read_as}`: {}", questions(doubt.count)),
        );
        let finding = finding.and(doubt.other, format!("as `{or_as}`: {}", questions(doubt.other_count)));
        finding.help(format!(
            "if it is meant as `{or_as}`, write `shape: {or_as}` in the front matter; to settle it as it is, `shape: {read_as}`"
        ))
    });
    gathered(found.collect(), |count| format!("{count} parts can be read in two ways"))
}

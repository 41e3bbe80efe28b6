//! What belongs to a published file and not on a card: links to the top, badges, requests.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, Finding, Findings, first_line, gathered_above};
use crate::markdown::NodeKind;
use crate::markdown::anchors::without_tags;
use crate::shape::boilerplate::{is_badges, says_up};
use crate::source::Span;

/// Characters of the longest line that is one.
const LONGEST: usize = 160;

static REQUEST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let parts = [
        r"(?i)^\W*(?:please )?(?:give (?:it|this repo(?:sitory)?|us|me) a |leave a |don.t forget to )?(?:⭐|star)\W* (?:this|the|our|my) (?:repo|repository|project)\b",
        r"(?i)^\W*(?:if you (?:like|liked|enjoy|enjoyed|found) this\b.{0,60}\b(?:star|share|follow|subscribe|sponsor))",
        r"(?i)^\W*(?:please )?(?:share|tweet) this\b.{0,60}$",
        r"(?i)^\W*(?:follow|find) (?:me|us) on (?:twitter|x|github|linkedin|youtube|medium)\b",
        r"(?i)^\W*(?:buy me a coffee|subscribe to (?:my|our) (?:newsletter|channel)|table of contents?)\W*$",
    ];
    Regex::new(&parts.map(|part| format!("(?:{part})")).join("|")).ok()
});

pub(super) fn boilerplate(context: &Context<'_>) -> Findings {
    let document = context.document;
    let mut found = Vec::new();
    for text in super::links::shown_text(context) {
        for id in document.within(text) {
            let span = document.span(id);
            let label = match document.kind(id) {
                NodeKind::Paragraph | NodeKind::Heading(_) if is_badges(document, context.source, id) => Some("badges"),
                NodeKind::Paragraph | NodeKind::Heading(_) => {
                    let has_link = document.descendants(id).any(|id| matches!(document.kind(id), NodeKind::Link(_)));
                    what(&document.plain_text(id, context.source), has_link)
                }
                NodeKind::HtmlBlock => {
                    let html = context.source.slice(span);
                    what(&without_tags(html), html.contains("href"))
                }
                _ => None,
            };
            found.extend(label.map(|label| finding(context, span, label)));
        }
    }
    gathered_above(1, found, |count| format!("{count} pieces of text belong to the file, not on a card"))
}

fn finding(context: &Context<'_>, span: Span, label: &str) -> Finding {
    let place = first_line(context.source, span);
    Finding::new("this belongs to the file, not on a card", place, label.to_owned())
        .help("delete it, or move it above the first question")
}

fn what(text: &str, has_link: bool) -> Option<&'static str> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return None;
    }
    if has_link && says_up(text) {
        return Some("leads to the top of the file");
    }
    REQUEST.as_ref().is_some_and(|request| request.is_match(text)).then_some("talks to the readers of the file")
}

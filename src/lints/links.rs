//! Marks and links that lead nowhere from a card.

use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::{Context, Finding, Findings, gathered, gathered_above, nodes};
use crate::deck::{LeftoverKind, Note};
use crate::markdown::NodeKind;
use crate::render::{is_relative, relative_links_in_html};
use crate::source::Span;

/// A mark as GitHub writes it. Other words in such brackets are a class of a regular expression.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[\^([\p{L}\p{N}_-]+)\]").ok());

pub(super) fn undefined_footnote(context: &Context<'_>) -> Findings {
    if memmem::find(context.source.text().as_bytes(), b"[^").is_none() {
        return Findings::default();
    }
    let Some(mark) = MARK.as_ref() else { return Findings::default() };
    let mut found = Vec::new();
    for &span in context.shown_text() {
        let text = context.source.slice(span);
        if !text.contains("[^") {
            continue;
        }
        for captures in mark.captures_iter(text) {
            let (Some(whole), Some(label)) = (captures.get(0), captures.get(1)) else { continue };
            let place = context.source.span(span.start as usize + whole.start()..span.start as usize + whole.end());
            let after = text.get(whole.end()..).unwrap_or_default();
            if context.document.footnote(label.as_str()).is_some() || !is_mark(context, place, label.as_str(), after) {
                continue;
            }
            let message = format!("no footnote `{}` is defined in this file", label.as_str());
            found.push(Finding::new(message, place, "leads to no footnote").help(format!(
                "write `[^{}]: …` on a line of its own, or put the brackets between backticks",
                label.as_str()
            )));
        }
    }
    gathered(found, |count| format!("{count} marks lead to no footnote"))
}

/// Whether a text in such brackets is a mark: it has a number, or the file has footnotes, and it stands in prose.
fn is_mark(context: &Context<'_>, place: Span, label: &str, after: &str) -> bool {
    let is_number = label.chars().all(char::is_numeric);
    let is_range = label.contains('-') && label.chars().count() == 3;
    let is_of_expression = is_range || after.starts_with(['*', '+', '{', '(', '\\', '[']);
    (is_number || context.document.has_footnotes()) && !is_of_expression && is_prose(context, place)
}

/// Whether these bytes are text: no code, no formula.
fn is_prose(context: &Context<'_>, place: Span) -> bool {
    // The parser begins a text at each bracket.
    let mut nodes = context.document.within(place);
    nodes
        .any(|id| matches!(context.document.kind(id), NodeKind::Text) && context.document.span(id).start == place.start)
}

pub(super) fn relative_link(context: &Context<'_>) -> Findings {
    if context.settings.base_url.is_some() {
        return Findings::default();
    }
    let (document, nodes) = (context.document, context.nodes());
    if nodes.links.is_empty() && nodes.html.is_empty() {
        return Findings::default();
    }
    let mut places: Vec<Span> = Vec::new();
    for &span in context.shown_text() {
        for &id in nodes::within(document, &nodes.links, span) {
            if let NodeKind::Link(address) = document.kind(id)
                && is_relative(document.decoded(address))
            {
                places.push(document.span(id));
            }
        }
        for &id in nodes::within(document, &nodes.html, span) {
            let html = document.span(id);
            let links = relative_links_in_html(context.source.slice(html));
            let at = |byte: usize| html.start as usize + byte;
            places.extend(links.into_iter().map(|link| context.source.span(at(link.start)..at(link.end))));
        }
    }
    if places.is_empty() {
        return Findings::default();
    }
    places.sort_unstable();
    places.dedup();
    // What leads nowhere from the file either is told by others.
    let broken = super::targets::broken_places(context);
    places.retain(|place| {
        let first = broken.partition_point(|start| *start < place.start);
        broken.get(first).is_none_or(|start| *start >= place.end)
    });
    let found = places.into_iter().map(|place| {
        let to_part = context.source.slice(place).contains("](#");
        let label = if to_part { "a part of this file is no part of the card" } else { "begins in this file's folder" };
        let finding = Finding::new("this link leads nowhere from a card", place, label);
        finding.help("write the whole address, or set `base-url` to where these files can be read")
    });
    gathered_above(1, found.collect(), |count| format!("{count} links lead nowhere from a card"))
}

/// The texts of the notes that make cards, and of the footnotes they show.
pub(super) fn shown_text(context: &Context<'_>) -> Vec<Span> {
    let document = context.document;
    let passages = context.deck.studied().flat_map(Note::passages);
    let mut spans: Vec<Span> = passages.flat_map(|passage| &passage.pieces).map(|piece| piece.span).collect();
    let footnotes = document.blocks().filter(|&id| matches!(document.kind(id), NodeKind::FootnoteDefinition(_)));
    let leftovers = &context.deck.leftovers;
    // They are in order of their starts; one may lie within another.
    let mut furthest = 0;
    let ends: Vec<u32> = leftovers
        .iter()
        .map(|leftover| {
            furthest = leftover.span.end.max(furthest);
            furthest
        })
        .collect();
    let is_shown = |span: &Span| {
        let first = leftovers.get(ends.partition_point(|&end| end < span.end));
        first.is_some_and(|first| first.span.start <= span.start && first.kind == LeftoverKind::Footnote)
    };
    spans.extend(footnotes.map(|id| document.span(id)).filter(is_shown));
    spans
}

//! Questions without answers in raw HTML: the items of `<ul>` and `<ol>`.

use super::html;
use super::series::is_mostly;
use super::title::Title;
use super::units::UnitKind;
use super::{Builder, Owner};
use crate::deck::{Leftover, LeftoverKind, ShapeName};
use crate::source::Span;

/// Fewer items are a list in an answer.
const FEWEST: usize = 5;

/// A tag of the few that matter here, or the text between two of them.
enum Part {
    Heading(Span),
    Item(Span),
    Text(Span),
}

/// Takes lists in free HTML blocks, if most of their items in the file ask.
pub(super) fn claim(builder: &mut Builder<'_>) {
    let is_html =
        |at: &usize| builder.is_free(*at) && builder.unit(*at).is_some_and(|unit| unit.kind == UnitKind::Html);
    let units: Vec<usize> = (0..builder.units.len()).filter(is_html).collect();
    let parts: Vec<(usize, Vec<Part>)> =
        units.into_iter().filter_map(|at| Some((at, parts(builder, builder.unit(at)?.span)))).collect();
    let items: Vec<&Span> = parts
        .iter()
        .flat_map(|(_, parts)| parts)
        .filter_map(|part| match part {
            Part::Item(span) => Some(span),
            _ => None,
        })
        .collect();
    let asking = items.iter().filter(|span| Title::of_html(builder.source, ***span).asks()).count();
    let has_answers = builder.notes.iter().filter(|note| note.answer.is_some()).count() >= items.len();
    if items.len() < FEWEST || !is_mostly(asking, items.len()) || has_answers {
        return;
    }
    let evidence = format!("{asking} of {} items of HTML lists ask, none has text below it", items.len());
    for (at, parts) in parts {
        if parts.iter().any(|part| matches!(part, Part::Item(_))) {
            claim_unit(builder, at, parts, &evidence);
        }
    }
}

fn claim_unit(builder: &mut Builder<'_>, at: usize, parts: Vec<Part>, evidence: &str) {
    builder.claim_unit(at, Owner::Note);
    let mut heading: Option<Span> = None;
    let mut section: Option<usize> = None;
    let asks = asking_lists(builder, &parts);
    for (part, asks) in parts.into_iter().zip(asks) {
        match part {
            Part::Heading(span) => {
                if let Some(unused) = heading.replace(span) {
                    builder.nested.push(Leftover { span: unused, kind: LeftoverKind::Title });
                }
                section = None;
            }
            Part::Text(span) => builder.nested.push(Leftover { span, kind: LeftoverKind::Unclaimed }),
            Part::Item(span) => {
                let links_here =
                    builder.source.slice(span).contains("href='#") || builder.source.slice(span).contains("href=\"#");
                let title = Title::of_html(builder.source, span);
                if links_here || !title.has_words() || !asks {
                    let kind = if links_here { LeftoverKind::Boilerplate } else { LeftoverKind::Unclaimed };
                    builder.nested.push(Leftover { span, kind });
                    continue;
                }
                let section = *section.get_or_insert_with(|| {
                    let title = heading.take();
                    builder.add_html_section(title, ShapeName::QuestionList, evidence.to_owned())
                });
                builder.add_note(section, &title, span, title.number);
            }
        }
    }
    if let Some(unused) = heading {
        builder.nested.push(Leftover { span: unused, kind: LeftoverKind::Title });
    }
}

/// For each part whether an item asks below the heading it stands under.
fn asking_lists(builder: &Builder<'_>, parts: &[Part]) -> Vec<bool> {
    let mut asks = vec![false; parts.len()];
    let mut end = parts.len();
    for (at, part) in parts.iter().enumerate().rev() {
        if matches!(part, Part::Heading(_)) || at == 0 {
            let any = parts
                .iter()
                .take(end)
                .skip(at)
                .any(|part| matches!(part, Part::Item(span) if Title::of_html(builder.source, *span).asks()));
            asks.iter_mut().take(end).skip(at).for_each(|asks| *asks = any);
            end = at;
        }
    }
    asks
}

/// The headings, items and other texts of a piece of HTML, in order. An item ends where another begins in it.
fn parts(builder: &Builder<'_>, span: Span) -> Vec<Part> {
    #[derive(Clone, Copy, PartialEq)]
    enum In {
        Text,
        Heading,
        Item,
    }
    let text = builder.source.slice(span);
    let base = span.start as usize;
    let mut parts = Vec::new();
    let (mut from, mut inside) = (0, In::Text);
    let mut push = |range: std::ops::Range<usize>, inside: In| {
        let span = builder.source.span(base + range.start..base + range.end);
        let span = html::unwrapped(builder.source, span);
        if html::plain(builder.source.slice(span), "").is_empty() {
            return;
        }
        parts.push(match inside {
            In::Text => Part::Text(span),
            In::Heading => Part::Heading(span),
            In::Item => Part::Item(span),
        });
    };
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let close = text.get(open..).and_then(|rest| rest.find('>')).map_or(text.len(), |found| open + found + 1);
        let tag = text.get(open + 1..close).unwrap_or_default().to_ascii_lowercase();
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let next = match name {
            "li" if tag.starts_with('/') => Some(In::Text),
            "li" => Some(In::Item),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if tag.starts_with('/') => Some(In::Text),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(In::Heading),
            "ul" | "ol" => Some(In::Text),
            _ => None,
        };
        if let Some(next) = next {
            push(from..open, inside);
            (from, inside) = (close, next);
        }
        at = close;
    }
    push(from..text.len(), inside);
    parts
}

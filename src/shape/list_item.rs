//! Shape C: an item of a list is the question, what stands in it and below the list its answer.

use super::Builder;
use super::candidates::{Candidate, Style};
use super::title::Title;
use super::units::{self, Unit, UnitKind};
use super::{labels, options};
use crate::deck::Number;
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;

/// Longest question, in characters: what is longer is an answer.
const LONGEST: usize = 600;

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at)?;
    let UnitKind::ItemHead { ordered } = unit.kind else { return None };
    let text = builder.source.slice(unit.span);
    let marker = builder.marker_length(text);
    if labels::answer_label(text.get(marker..).unwrap_or_default(), false).is_some() {
        return None;
    }
    let document = builder.document;
    let inline = units::inline(document, unit);
    let heading = document.children(unit.node).next().filter(|&child| document.heading_level(child).is_some());
    let words: Vec<NodeId> = inline.iter().copied().filter(|&id| !is_nothing(builder, id)).collect();
    let is_box = document.children(unit.node).next().is_some_and(|child| document.kind(child) == NodeKind::TaskBox);
    let (style, inline, rest) = match words.first().map(|&first| (first, document.kind(first))) {
        _ if heading.is_some() => (Style::ItemHeading, inline, None),
        Some((first, NodeKind::Strong)) => match behind_strong(builder, unit, first, &words) {
            Behind::Title => (Style::ItemStrong, inline, None),
            Behind::Answer(rest) => (Style::ItemStrong, vec![first], rest),
        },
        Some((_, NodeKind::Link(_))) if words.len() == 1 => (Style::ItemLink, inline, None),
        _ => {
            let style = match (is_box, ordered) {
                (true, _) => Style::ItemBox,
                (false, true) => Style::ItemOrdered,
                (false, false) => Style::ItemBullet,
            };
            let (inline, rest) = first_line_of(builder, unit, inline);
            (style, inline, rest)
        }
    };
    let title = Title::of_inline(document, builder.source, inline, (unit.span.start as usize, heading.is_some()));
    if title.plain.chars().count() > LONGEST {
        return None;
    }
    let end = rest.map_or(unit.span.end, |rest| rest.start);
    let lead = text.len() - text.trim_start().len();
    let span = builder.source.span(unit.span.start as usize + lead..end as usize);
    let number = typed_number(builder, unit.node).or(title.number);
    Some(Candidate { unit: at, start: at, style, title, number, span, rest, end: None })
}

/// The number before a list item as it stands in the source; CommonMark keeps a list's first only (section 5.3).
pub(super) fn typed_number(builder: &Builder<'_>, item: NodeId) -> Option<Number> {
    let span = builder.document.span(item);
    let text = builder.source.slice(span);
    let lead = text.len() - text.trim_start().len();
    let digits = text.trim_start().bytes().take_while(u8::is_ascii_digit).count();
    let start = span.start as usize + lead;
    let value = text.trim_start().get(..digits)?.parse().ok()?;
    Some(Number { value, span: builder.source.span(start..start + digits) })
}

fn is_nothing(builder: &Builder<'_>, id: NodeId) -> bool {
    match builder.document.kind(id) {
        NodeKind::InlineHtml | NodeKind::TaskBox => true,
        NodeKind::Text => {
            !builder.source.slice(builder.document.span(id)).contains(char::is_alphanumeric)
                && !builder.source.slice(builder.document.span(id)).contains(['?', '？', '؟'])
        }
        _ => false,
    }
}

/// What text in strong emphasis at the start of a line makes of the line.
pub(super) enum Behind {
    /// All of it is the question.
    Title,
    /// The strong text is the question; what stands behind it answers.
    Answer(Option<Span>),
}

/// Whether the words behind strong text go on with the question or answer it.
pub(super) fn behind_strong(builder: &Builder<'_>, unit: &Unit, strong: NodeId, words: &[NodeId]) -> Behind {
    let document = builder.document;
    let strong_end = document.span(strong).end as usize;
    let tail = builder.source.span(strong_end..(unit.span.end as usize).max(strong_end));
    let text = builder.source.slice(tail);
    let bare = text.trim_start_matches([' ', '\t', '-', '–', '—', ':', '：', '=', '>', '→', '\n', '\r', '.']);
    if !bare.contains(char::is_alphanumeric) {
        return Behind::Title;
    }
    let title = Title::of_inline(document, builder.source, vec![strong], (strong_end, false));
    let only_link = words.get(1).is_some_and(|&next| matches!(document.kind(next), NodeKind::Link(_)));
    let parted = text.trim_start_matches([' ', '\t']).starts_with(['-', '–', '—', ':', '=', '→', '\n', '\r']);
    // A number or a label in strong emphasis stands before the question.
    let is_prefix = !title.plain.contains(char::is_alphabetic) || !title.has_words();
    if is_prefix || !(title.ends_asking() || only_link || parted && title.asks()) {
        return Behind::Title;
    }
    let start = tail.start as usize + text.len() - bare.len();
    Behind::Answer(Some(builder.source.span(start..tail.end as usize)))
}

/// The first line of a unit as its question, if it asks and what follows it does not; and the lines behind it.
pub(super) fn first_line_of(builder: &Builder<'_>, unit: &Unit, inline: Vec<NodeId>) -> (Vec<NodeId>, Option<Span>) {
    let document = builder.document;
    let Some(at) = inline.iter().position(|&id| document.kind(id) == NodeKind::Break) else { return (inline, None) };
    let first: Vec<NodeId> = inline.iter().take(at).copied().collect();
    let behind: Vec<NodeId> = inline.iter().skip(at + 1).copied().collect();
    let asks = |nodes: &[NodeId]| {
        let place = (unit.span.start as usize, false);
        Title::of_inline(document, builder.source, nodes.to_vec(), place).ends_asking()
    };
    let Some(&next) = behind.first() else { return (inline, None) };
    let begins_options = options::letter(builder.source.slice(document.span(next)), 0).is_some();
    if !begins_options && (!asks(&first) || asks(&behind)) {
        return (inline, None);
    }
    let rest = builder.source.span(document.span(next).start as usize..unit.span.end as usize);
    (first, Some(rest))
}

//! Shape D: a bold paragraph is the question, what follows it the answer.

use super::Builder;
use super::candidates::{Candidate, Style};
use super::list_item::{Behind, behind_strong};
use super::title::Title;
use super::units::{self, UnitKind};
use crate::markdown::{NodeId, NodeKind};

/// Longest question, in characters.
const LONGEST: usize = 600;

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at).filter(|unit| unit.kind == UnitKind::Paragraph(None) && unit.item.is_none())?;
    let document = builder.document;
    let inline = units::inline(document, unit);
    let says = |id: &NodeId| match document.kind(*id) {
        NodeKind::InlineHtml | NodeKind::Break => false,
        NodeKind::Text => builder.source.slice(document.span(*id)).contains(char::is_alphanumeric),
        _ => true,
    };
    let words: Vec<NodeId> = inline.iter().copied().filter(says).collect();
    let &first = words.first()?;
    let (title_nodes, rest) = match document.kind(first) {
        NodeKind::Strong => match behind_strong(builder, unit, first, &words) {
            Behind::Answer(rest) => (vec![first], rest),
            Behind::Title => (inline.clone(), None),
        },
        // Emphasis that never closes, as in `****Compare`, or HTML.
        _ if is_html_bold(builder, &inline) => (inline.clone(), None),
        _ => return None,
    };
    let title = Title::of_inline(document, builder.source, title_nodes, (unit.span.start as usize, false));
    let is_whole = rest.is_some() || words.len() == 1 || title.number.is_some() || is_html_bold(builder, &inline);
    if !is_whole || title.plain.chars().count() > LONGEST {
        return None;
    }
    let end = rest.map_or(unit.span.end, |rest| rest.start);
    let span = builder.source.span(unit.span.start as usize..end as usize);
    let number = title.number;
    Some(Candidate { unit: at, start: at, style: Style::Bold, title, number, span, rest, end: None })
}

/// `<b>…</b>` around all of it.
fn is_html_bold(builder: &Builder<'_>, inline: &[NodeId]) -> bool {
    let tag = |id: Option<&NodeId>| {
        let id = id.filter(|&&id| builder.document.kind(id) == NodeKind::InlineHtml)?;
        Some(builder.source.slice(builder.document.span(*id)).to_ascii_lowercase())
    };
    let opens = tag(inline.first()).is_some_and(|tag| tag.starts_with("<b>") || tag.starts_with("<strong"));
    let last = inline.iter().rev().find(|&&id| tag(Some(&id)).is_none_or(|tag| !tag.starts_with("<br")));
    opens && tag(last).is_some_and(|tag| tag.starts_with("</b") || tag.starts_with("</strong"))
}

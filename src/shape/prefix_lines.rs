//! Shape F: lines say what they are, `Q:` and `A:`, `**Question 3:**` and `**Answer:**`.

use super::Builder;
use super::candidates::{Candidate, Style};
use super::labels::LineLabel;
use super::list_item::first_line_of;
use super::title::Title;
use super::units::{self, UnitKind};

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    if builder.unit(at)?.kind == UnitKind::Html {
        return in_html(builder, at);
    }
    let unit = builder.unit(at).filter(|unit| unit.label() == Some(LineLabel::Question) && unit.item.is_none())?;
    let inline = units::inline(builder.document, unit);
    let (inline, rest) = first_line_of(builder, unit, inline);
    let title = Title::of_inline(builder.document, builder.source, inline, (unit.span.start as usize, false));
    let end = rest.map_or(unit.span.end, |rest| rest.start);
    let span = builder.source.span(unit.span.start as usize..end as usize);
    let number = title.number;
    Some(Candidate { unit: at, start: at, style: Style::Prefix, title, number, span, rest, end: None })
}

/// `<p><em>Question: …</em></p>`
fn in_html(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at).filter(|unit| unit.item.is_none())?;
    let title = Title::of_html(builder.source, unit.span);
    let is_whole = title.is_labelled && !builder.source.slice(title.markdown).contains("<p");
    let number = title.number;
    is_whole.then_some(Candidate {
        unit: at,
        start: at,
        style: Style::Prefix,
        title,
        number,
        span: unit.span,
        rest: None,
        end: None,
    })
}

//! Shape F: lines say what they are, `Q:` and `A:`, `**Question 3:**` and `**Answer:**`.

use super::Builder;
use super::candidates::{Candidate, Style};
use super::labels::LineLabel;
use super::list_item::first_line_of;
use super::options;
use super::title::Title;
use super::units::{self, Unit, UnitKind};
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    if builder.unit(at)?.kind == UnitKind::Html {
        return in_html(builder, at);
    }
    let unit = builder.unit(at).filter(|unit| unit.label() == Some(LineLabel::Question) && unit.item.is_none())?;
    let inline = units::inline(builder.document, unit);
    // Without a label for the answer, the label's line is the question.
    let (inline, rest) = if builder.labels_answers {
        first_line_of(builder, unit, inline)
    } else {
        labelled_line_of(builder, unit, inline)
    };
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

/// The line of the label, if it is a whole sentence, and the lines behind it.
fn labelled_line_of(builder: &Builder<'_>, unit: &Unit, inline: Vec<NodeId>) -> (Vec<NodeId>, Option<Span>) {
    let document = builder.document;
    let line_break = inline.iter().position(|&id| document.kind(id) == NodeKind::Break);
    let Some((at, &next)) = line_break.and_then(|at| Some((at, inline.get(at + 1)?))) else {
        return (inline, None);
    };
    let first: Vec<NodeId> = inline.iter().take(at).copied().collect();
    let line = builder.source.span(unit.span.start as usize..document.span(next).start as usize);
    let begins = builder.source.slice(document.span(next)).trim_start().chars().next();
    let is_sentence = builder.source.slice(line).trim_end().ends_with(['.', '?', '!', ':', '？', '。']);
    let begins_options = options::letter(builder.source.slice(document.span(next)), 0).is_some();
    if !begins_options && !is_sentence && begins.is_none_or(char::is_lowercase) {
        return first_line_of(builder, unit, inline);
    }
    let rest = builder.source.span(document.span(next).start as usize..unit.span.end as usize);
    (first, Some(rest))
}

//! Shape E: a summary is the question, what it folds away the answer. A summary that only says `Show answer` is a button.

use super::Builder;
use super::body;
use super::candidates::{Candidate, Style};
use super::html;
use super::list_item::typed_number;
use super::tags::DetailsTag;
use super::title::Title;
use super::units::{Index, UnitKind};

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at)?;
    let UnitKind::Details(DetailsTag::Summary(inner)) = unit.kind else { return None };
    let is_button = body::is_answer_summary(&html::plain(builder.source.slice(inner), ""));
    if is_button {
        return None;
    }
    let open = at
        .checked_sub(1)
        .filter(|&before| builder.unit(before).is_some_and(|unit| unit.kind == UnitKind::Details(DetailsTag::Open)));
    let title = Title::of_html(builder.source, inner);
    // In a list item it has to be all there is.
    let head = match unit.item.map(Index::get) {
        Some(head) if open.is_some_and(|open| open == head + 1) && builder.is_bare(head) => Some(head),
        Some(_) => return None,
        None => None,
    };
    let number = head.and_then(|head| typed_number(builder, builder.unit(head)?.node)).or(title.number);
    let end = open.and_then(|open| builder.closing(open));
    let start = head.or(open).unwrap_or(at);
    let span = head.and_then(|head| builder.unit(head)).map_or(unit.span, |head| head.span.to(unit.span));
    Some(Candidate { unit: at, start, style: Style::Summary, title, number, span, rest: None, end })
}

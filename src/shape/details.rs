//! Shape E: a summary is the question, what it folds away the answer. A summary that only says `Show answer` is a button.

use super::Builder;
use super::body;
use super::candidates::{Candidate, Style};
use super::html;
use super::tags::DetailsTag;
use super::title::Title;
use super::units::UnitKind;

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at)?;
    let UnitKind::Details(DetailsTag::Summary(inner)) = unit.kind else { return None };
    let is_button = body::is_answer_summary(&html::plain(builder.source.slice(inner), ""));
    if is_button || unit.item.is_some() {
        return None;
    }
    let open = at
        .checked_sub(1)
        .filter(|&before| builder.unit(before).is_some_and(|unit| unit.kind == UnitKind::Details(DetailsTag::Open)));
    let title = Title::of_html(builder.source, inner);
    let number = title.number;
    let end = open.and_then(|open| builder.closing(open));
    let start = open.unwrap_or(at);
    Some(Candidate { unit: at, start, style: Style::Summary, title, number, span: unit.span, rest: None, end })
}

//! What stands below a question: the rest of the question, its options, and its answer.
//!
//! An answer begins where a label says so (`**Answer:**`, `<summary>Show</summary>`, a heading `Answer`, a lone `%`), or
//! behind the options; where there is neither, all of it is the answer.

use std::ops::Range;

use super::labels::{self, LineLabel};
use super::options::{self, Found};
use super::tags::DetailsTag;
use super::units::{Unit, UnitKind};
use super::{Builder, title::Title};
use crate::deck::{Answer, ChoiceOption, Leftover, LeftoverKind, Note, NoteKind, Passage, Piece};
use crate::source::Span;

/// Most words before a label: what has more is an answer itself, with a label in it.
const LONGEST_QUESTION: usize = 250;

/// Bytes up to which a title may say that an answer follows, and which one.
const LONGEST_LABEL: usize = 80;

/// The text below a question.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) question: Passage,
    pub(super) options: Vec<ChoiceOption>,
    pub(super) answer: Option<Answer>,
    pub(super) placeholder: Option<Span>,
    pub(super) leading_code: Option<Span>,
    reversed: bool,
    /// What of the text went into none of these.
    pub(super) left: Vec<Span>,
}

/// Where an answer begins.
struct Label {
    /// The unit it stands in.
    unit: usize,
    span: Span,
    /// Text of the same unit behind it.
    rest: Option<Span>,
    /// The first unit behind it.
    next: usize,
    /// The unit that closes what it opens.
    close: Option<usize>,
    reversed: bool,
}

/// Reads free units as what stands below a question, and claims them. `rest` is text on the question's own lines that
/// is not part of it.
pub(super) fn read(builder: &mut Builder<'_>, units: Range<usize>, rest: Option<Span>) -> Body {
    let body = look(builder, units.clone(), rest);
    take(builder, units, &body.left);
    body
}

/// Claims the units of a body. `left` is what of their text went into none of its parts.
pub(super) fn take(builder: &mut Builder<'_>, units: Range<usize>, left: &[Span]) {
    let left = left.iter().map(|&span| Leftover { span, kind: LeftoverKind::Boilerplate });
    builder.nested.extend(left);
    builder.claim_for_note(units);
}

/// The same as [`read`], and nothing is claimed.
pub(super) fn look(builder: &Builder<'_>, units: Range<usize>, rest: Option<Span>) -> Body {
    let label = find_label(builder, units.clone());
    let question_end = label.as_ref().map_or(units.end, |label| label.unit);
    let said = label.as_ref().and_then(|label| said_behind(builder, label, units.end));
    let found = options::find(builder, units.start..question_end, rest, said);
    let mut body = match (label, found) {
        (None, None) => whole(builder, units.clone(), rest),
        (label, found) => {
            let is_open = label.is_none();
            let body = parted(builder, units.clone(), rest, label, found);
            // Prose, and then letters of which none is said to be right: an answer that lists things.
            let tells = body.answer.is_some() || body.options.iter().any(|option| option.is_right);
            if is_open && !tells && has_prose(builder, &body.question) {
                whole(builder, units.clone(), rest)
            } else {
                body
            }
        }
    };
    // A single word such as `TODO` is no answer.
    if let Some(answer) = &body.answer
        && let Some(placeholder) = placeholder(builder, &units, answer)
    {
        let answer = body.answer.take();
        body.placeholder = Some(placeholder);
        // Where something else stands in between, only the phrase is the placeholder.
        let left = answer.into_iter().flat_map(|answer| {
            let label = answer.label;
            answer.body.pieces.into_iter().map(|piece| piece.span).chain(label)
        });
        body.left = left.filter(|span| span.start < placeholder.start || span.end > placeholder.end).collect();
    }
    body
}

/// In a file that labels its questions and no answer, code below a question is what is asked about.
pub(super) fn code_is_asked_about(body: &mut Body, builder: &Builder<'_>, units: Range<usize>) {
    let is_code = |at: usize| {
        builder.unit(at).is_some_and(|unit| {
            matches!(unit.kind, UnitKind::Code | UnitKind::List | UnitKind::Rule | UnitKind::Markup)
        })
    };
    if body.question.pieces.is_empty() && body.options.is_empty() && units.into_iter().all(is_code) {
        body.question = body.answer.take().map(|answer| answer.body).unwrap_or_default();
    }
}

/// Gives a note what was read below its question.
pub(super) fn give(note: &mut Note, body: Body) {
    if !body.options.is_empty() {
        note.kind = NoteKind::Choice;
    } else if body.reversed {
        note.kind = NoteKind::Reversed;
    }
    note.question_body = body.question;
    note.options = body.options.into();
    note.answer = body.answer;
    note.placeholder = body.placeholder;
    note.leading_code = body.leading_code;
}

fn has_prose(builder: &Builder<'_>, passage: &Passage) -> bool {
    passage.pieces.iter().any(|piece| {
        let text = builder.source.slice(piece.span).trim_start();
        !text.starts_with("```")
            && !text.starts_with("~~~")
            && !text.starts_with("    ")
            && text.contains(char::is_alphanumeric)
    })
}

/// All of it is the answer.
fn whole(builder: &Builder<'_>, units: Range<usize>, rest: Option<Span>) -> Body {
    let leading_code = builder.leading_code(units.clone());
    let mut answer = builder.passage(units);
    if let Some(rest) = rest {
        answer.pieces.insert(0, Piece { span: rest, indent: 0 });
    }
    let answer = (!answer.is_blank(builder.source)).then_some(Answer { heading: None, label: None, body: answer });
    Body { answer, leading_code, ..Body::default() }
}

fn parted(
    builder: &Builder<'_>,
    units: Range<usize>,
    rest: Option<Span>,
    label: Option<Label>,
    found: Option<Found>,
) -> Body {
    let question_end = label.as_ref().map_or(units.end, |label| label.unit);
    let before = found.as_ref().map_or(question_end, |found| found.units.start);
    let mut question = builder.passage(units.start..before);
    if let Some(rest) = rest.filter(|_| found.as_ref().is_none_or(|found| !found.takes_rest)) {
        question.pieces.insert(0, Piece { span: rest, indent: 0 });
    }
    let leading_code = builder.leading_code(units.start..before);
    let (mut answer, span, reversed) = match &label {
        Some(label) => (behind(builder, label, units.end), Some(label.span), label.reversed),
        None => {
            let after = found.as_ref().map_or(units.end, |found| found.units.end);
            (builder.passage(after..units.end), None, false)
        }
    };
    // What follows the options before the label, such as a source, is read with the answer.
    if let (Some(found), Some(label)) = (&found, &label) {
        let between = builder.passage(found.units.end..label.unit);
        answer.pieces.splice(0..0, between.pieces);
    }
    let mut options = found.map(|found| found.options).unwrap_or_default();
    let key = if options.is_empty() { None } else { options::settle(builder, &mut options, &mut answer, span) };
    let leading_code = leading_code
        .or_else(|| options.first().map(|first| options.iter().fold(first.span, |all, option| all.to(option.span))));
    let right = options.iter().find(|option| option.is_right).map(|option| option.span);
    let is_answered = !answer.is_blank(builder.source) || right.is_some();
    let span = match (span, key) {
        (Some(label), Some(key)) => Some(label.to(key)),
        (label, key) => label.or(key),
    };
    let label = span.or_else(|| right.filter(|_| answer.is_blank(builder.source)));
    // A label with nothing behind it announces an answer that is not there.
    let placeholder = label.filter(|label| !is_answered && !label.is_empty());
    let answer = is_answered.then_some(Answer { heading: None, label, body: answer });
    Body { question, options, answer, placeholder, leading_code, reversed, left: Vec::new() }
}

/// The text behind a label.
fn behind(builder: &Builder<'_>, label: &Label, end: usize) -> Passage {
    let inside = label.close.unwrap_or(end);
    let mut passage = builder.passage(label.next..inside);
    if let Some(close) = label.close {
        passage.pieces.extend(builder.passage(close + 1..end).pieces);
    }
    if let Some(rest) = label.rest {
        let indent = builder.unit(label.unit).filter(|unit| unit.item.is_some()).map_or(0, |unit| unit.indent);
        match passage.pieces.first_mut() {
            Some(first) if first.span.start <= rest.end + 1 && first.indent == indent => {
                first.span = rest.to(first.span)
            }
            _ => passage.pieces.insert(0, Piece { span: rest, indent }),
        }
    }
    passage
}

/// The first line behind a label.
fn said_behind<'s>(builder: &Builder<'s>, label: &Label, end: usize) -> Option<&'s str> {
    let next = || (label.next..end).filter_map(|at| builder.unit(at)).find(|unit| unit.kind != UnitKind::Markup);
    let span = label.rest.or_else(|| next().map(|unit| unit.span))?;
    builder.source.slice(span).trim_start().lines().next()
}

fn find_label(builder: &Builder<'_>, units: Range<usize>) -> Option<Label> {
    let words_of = |unit: &Unit| builder.source.slice(unit.span).split_whitespace().count();
    // Words are counted only where there may be too many of them.
    let mut most = 0;
    let mut words = None;
    for at in units.clone().filter(|&at| builder.is_free(at)) {
        if let Some(label) = label_at(builder, at, units.end) {
            return Some(label);
        }
        let unit = builder.unit(at)?;
        // A label below another heading belongs to what that heading says.
        if unit.kind == UnitKind::Heading {
            return None;
        }
        most += unit.span.len() as usize / 2 + 1;
        if most > LONGEST_QUESTION {
            let before = || (units.start..at).filter(|&at| builder.is_free(at)).filter_map(|at| builder.unit(at));
            let words = words.get_or_insert_with(|| before().map(words_of).sum::<usize>());
            *words += words_of(unit);
            if *words > LONGEST_QUESTION {
                return None;
            }
        }
    }
    None
}

fn label_at(builder: &Builder<'_>, at: usize, end: usize) -> Option<Label> {
    let unit = builder.unit(at)?;
    let text = builder.source.slice(unit.span);
    let start = unit.span.start as usize;
    let rest = |length: usize| {
        let rest = builder.source.span(start + length..unit.span.end as usize);
        (!builder.source.slice(rest).trim().is_empty()).then_some(rest)
    };
    let plain = |span: Span, rest: Option<Span>, reversed: bool| {
        Some(Label { unit: at, span, rest, next: at + 1, close: None, reversed })
    };
    match unit.kind {
        UnitKind::Paragraph(Some(LineLabel::Percent)) => plain(unit.span, None, false),
        UnitKind::Paragraph(Some(LineLabel::Mark { reversed })) => plain(unit.span, None, reversed),
        UnitKind::Paragraph(Some(LineLabel::Answer)) => {
            let length = labels::answer_label(text, true)?;
            plain(builder.source.span(start..start + length), rest(length), false)
        }
        UnitKind::Heading => {
            let title = Title::of(builder.document, builder.source, unit.node);
            is_answer_title(&title.plain).then(|| plain(unit.span, None, false)).flatten()
        }
        UnitKind::ItemHead { .. } => {
            let marker = builder.marker_length(text);
            let length = labels::answer_label(text.get(marker..)?, false)?;
            let is_bare_letter = text.get(marker..)?.trim_start_matches(['*', '_']).starts_with("A:");
            let length = marker + length;
            (!is_bare_letter).then(|| plain(builder.source.span(start..start + length), rest(length), false)).flatten()
        }
        UnitKind::Quote => {
            // `> Answer: B` alone says no more than which option is right; a longer quotation is shown as it stands.
            let first = text.trim_start().trim_start_matches('>').trim_start();
            labels::answer_label(first, false)?;
            Some(Label {
                unit: at,
                span: builder.source.span(start..start),
                rest: Some(unit.span),
                next: at + 1,
                close: None,
                reversed: false,
            })
        }
        UnitKind::Details(DetailsTag::Open) => {
            let next = builder.unit(at + 1).filter(|_| at + 1 < end)?;
            let UnitKind::Details(DetailsTag::Summary(inner)) = next.kind else { return None };
            if !is_answer_summary(&super::html::plain(builder.source.slice(inner), "")) {
                return None;
            }
            let close = builder.closing(at).filter(|&close| close < end);
            Some(Label { unit: at, span: unit.span.to(next.span), rest: None, next: at + 2, close, reversed: false })
        }
        _ => None,
    }
}

/// Titles that say no more than that an answer follows.
pub(super) fn is_answer_title(title: &str) -> bool {
    if !labels::may_begin_answer_word(title) || title.len() > LONGEST_LABEL {
        return false;
    }
    let title = title.trim().trim_end_matches([':', '：']).trim();
    // `Answer: B` says which one, too.
    let head = title.split([':', '：']).next().unwrap_or_default();
    let is_key = title.len() == head.len() || title.get(head.len()..).is_some_and(|tail| tail.chars().count() <= 6);
    is_key && labels::is_answer_word(head)
}

/// What people write on the button that shows an answer: nothing but such words.
pub(super) fn is_answer_summary(summary: &str) -> bool {
    const WORDS: [&str; 46] = [
        "a",
        "an",
        "answer",
        "answers",
        "ans",
        "check",
        "click",
        "code",
        "details",
        "example",
        "expand",
        "explanation",
        "for",
        "here",
        "me",
        "my",
        "open",
        "reveal",
        "result",
        "output",
        "see",
        "show",
        "solution",
        "spoiler",
        "the",
        "to",
        "toggle",
        "view",
        "possible",
        "sample",
        "suggested",
        "correct",
        "and",
        "隐藏",
        "查看",
        "答案",
        "查看答案",
        "点击查看答案",
        "ответ",
        "показать",
        "решение",
        "respuesta",
        "réponse",
        "antwort",
        "ver",
        "voir",
    ];
    let lower = summary.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_none() || words.all(|word| WORDS.contains(&word))
}

/// Where the answer is nothing but `TODO` or `To be completed.`, perhaps with links to read.
fn placeholder(builder: &Builder<'_>, units: &Range<usize>, answer: &Answer) -> Option<Span> {
    let span = answer.span()?;
    let first = answer.body.pieces.first()?.span;
    let text = builder.source.slice(first).trim();
    let line = text.lines().next().unwrap_or_default();
    if !is_placeholder(line) {
        return None;
    }
    let behind = text.get(line.len()..).unwrap_or_default();
    let others = answer.body.pieces.iter().skip(1).map(|piece| builder.source.slice(piece.span));
    let only_links = std::iter::once(behind).chain(others).flat_map(str::lines).all(|line| {
        let bare = line.trim();
        bare.is_empty() || bare.ends_with(':') || bare.contains("](") || bare.contains("http")
    });
    if !only_links {
        return None;
    }
    let is_broken = units.clone().any(|at| {
        let inside = builder.unit(at).is_some_and(|unit| span.start < unit.span.end && unit.span.start < span.end);
        inside && matches!(builder.unit_owner(at), super::Owner::Leftover(_) | super::Owner::Note)
    });
    Some(if is_broken { first } else { span })
}

fn is_placeholder(line: &str) -> bool {
    const PHRASES: [&str; 31] = [
        "answer coming soon",
        "answer to come",
        "answer to be added",
        "not answered yet",
        "answer",
        "answer here",
        "answer goes here",
        "your answer here",
        "add answer",
        "add answer here",
        "coming soon",
        "fixme",
        "later",
        "n a",
        "no answer",
        "no answer yet",
        "pending",
        "tba",
        "tbd",
        "to be added",
        "to be answered",
        "to be completed",
        "to be done",
        "to be written",
        "to do",
        "todo",
        "wip",
        "work in progress",
        "待补充",
        "待完善",
        "暂无",
    ];
    const MOST_LETTERS: usize = 20;
    if line.chars().filter(|c| c.is_alphanumeric()).nth(MOST_LETTERS).is_some() {
        return false;
    }
    let words: Vec<String> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let text = words.join(" ");
    let dots = words.is_empty() && !line.is_empty() && line.chars().all(|c| matches!(c, '.' | '…' | '?' | '-' | '_'));
    dots || PHRASES.contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_that_show_an_answer() {
        for summary in ["Answer", "show", "View answer", "Click to see the answer!", "查看答案", "Ответ", ""] {
            assert!(is_answer_summary(summary), "{summary}");
        }
        for summary in ["See deep-dive answer", "What is it?", "More", "Table of contents"] {
            assert!(!is_answer_summary(summary), "{summary}");
        }
    }

    #[test]
    fn lines_that_stand_where_an_answer_should() {
        for line in ["TODO", "To be completed.", "*Answer here*", "...", "待补充", "TBD"] {
            assert!(is_placeholder(line), "{line}");
        }
        for line in ["To do so, call it.", "42", "No", "---x"] {
            assert!(!is_placeholder(line), "{line}");
        }
    }
}

//! Words and marks that do not belong on a card, and text that reached none.

use std::collections::{BTreeMap, HashSet};

use super::{Context, Finding, Findings, first_line, gathered, gathered_above, quoted};
use crate::deck::{LeftoverKind, Note};
use crate::diagnostic::{About, Edit};
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;

pub(super) fn chat_leftover(context: &Context<'_>) -> Findings {
    let found = leftovers(context, LeftoverKind::Chat).map(|span| {
        let text = context.source.slice(span).trim();
        let lead = context.source.slice(span).len() - context.source.slice(span).trim_start().len();
        let start = span.start as usize + lead;
        let place = context.source.span(start..start + text.len());
        let edit = Edit { span: with_blank_lines(context, span), text: String::new() };
        Finding::new("a chat assistant's words are left in the file", place, "talks to whoever asked for the text")
            .help("delete it; it goes into no note")
            .unsafe_fix(vec![edit])
    });
    found.collect()
}

/// A span with the blank lines behind it, or before it at the end of the file: what goes when it is deleted.
fn with_blank_lines(context: &Context<'_>, span: Span) -> Span {
    let text = context.source.text();
    let behind = text.get(span.end as usize..).unwrap_or_default();
    if behind.trim().is_empty() {
        let kept = text.get(..span.start as usize).unwrap_or_default().trim_end().len();
        let line_end = text.get(kept..).and_then(|rest| rest.find('\n')).map_or(kept, |at| kept + at + 1);
        return context.source.span(line_end.min(span.start as usize)..text.len());
    }
    let blank = behind.len() - behind.trim_start().len();
    let indent = behind.get(..blank).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    context.source.span(span.start as usize..span.end as usize + indent)
}

pub(super) fn unclaimed_text(context: &Context<'_>) -> Findings {
    if context.deck.notes.is_empty() {
        return Findings::default();
    }
    let found = leftovers(context, LeftoverKind::Unclaimed).map(|span| {
        let place = first_line(context.source, span);
        Finding::new("this text went into no note", place, goes_nowhere(context, span))
            .help("put it below the question it answers, or delete it")
    });
    gathered_above(1, found.collect(), |count| format!("{count} pieces of text went into no note"))
}

fn goes_nowhere(context: &Context<'_>, span: Span) -> String {
    match context.source.lines(span) {
        (first, last) if first == last => "this line goes nowhere".to_owned(),
        (first, last) => format!("lines {first} to {last} go nowhere"),
    }
}

fn leftovers<'c>(context: &'c Context<'_>, kind: LeftoverKind) -> impl Iterator<Item = Span> + 'c {
    let of_kind = context.deck.leftovers.iter().filter(move |leftover| leftover.kind == kind);
    of_kind.map(|leftover| leftover.span)
}

pub(super) fn unclosed_emphasis(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let place = torn_mark(context, note, ["**", "__"])?;
        let mark = context.source.slice(place);
        let finding = Finding::new(
            format!("the emphasis in {} is never closed", quoted(note.title.trim_matches(['*', '_']))),
            place,
            "no partner in this question",
        );
        let finding = finding
            .help(format!("type `{mark}` behind the last word to stress, or delete it; put code between backticks"));
        Some(match closing_mark(context, note, place) {
            Some(edit) => finding.safe_fix(About::Marks, vec![edit]),
            None => finding,
        })
    });
    gathered(found.collect(), |count| format!("the emphasis in {count} questions is never closed"))
}

/// The same mark behind a question that begins with it: all of the question was meant.
fn closing_mark(context: &Context<'_>, note: &Note, mark: Span) -> Option<Edit> {
    let question = note.question.span()?;
    let text = context.source.slice(question);
    let is_whole = question.start == mark.start && !text.contains('\n');
    let end = question.start as usize + text.trim_end().len();
    let edit = Edit { span: context.source.span(end..end), text: context.source.slice(mark).to_owned() };
    is_whole.then_some(edit)
}

pub(super) fn unclosed_code_span(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let place = torn_mark(context, note, ["`"])?;
        let finding = Finding::new(
            format!("a code span in {} is never closed", quoted(&note.title)),
            place,
            "no partner in this question",
        );
        Some(finding.help("type a backtick behind the code, or a backslash before this one to show it"))
    });
    gathered(found.collect(), |count| format!("code spans in {count} questions are never closed"))
}

/// Whether two underscores begin or end a name such as `__proto__`, which stands on the card as it was meant.
fn is_of_name(text: &str, at: usize) -> bool {
    let rest = |text: &str, rest: &str| rest.len() < text.len() && rest.starts_with("__");
    let behind = text.get(at + 2..).unwrap_or_default();
    let before = text.get(..at).unwrap_or_default();
    let begins_one = rest(behind, behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    begins_one || (name.len() < before.len() && name.ends_with("__"))
}

/// A mark that stands in the question's text because it found no partner, next to a letter.
fn torn_mark<const N: usize>(context: &Context<'_>, note: &Note, marks: [&str; N]) -> Option<Span> {
    let whole = context.source.text();
    let question = context.source.slice(note.question_span);
    let holds_mark = |id: NodeId| {
        let text = context.source.slice(context.document.span(id));
        context.document.kind(id) == NodeKind::Text && text.bytes().any(|byte| matches!(byte, b'*' | b'_' | b'`'))
    };
    // The parser leaves a mark that found no partner in the text.
    if !marks.iter().any(|mark| question.contains(mark)) || !context.document.within(note.question_span).any(holds_mark)
    {
        return None;
    }
    for run in text_runs(context, note.question_span) {
        let text = context.source.slice(run);
        if !text.contains(['*', '_', '`']) {
            continue;
        }
        for (mark, at) in marks.iter().flat_map(|mark| text.match_indices(mark).map(move |(at, _)| (mark, at))) {
            let start = run.start as usize + at;
            if is_escaped(whole, start) || (*mark == "__" && is_of_name(whole, start)) {
                continue;
            }
            let touches = |c: char| !c.is_whitespace();
            let before = whole.get(..start).is_some_and(|before| before.ends_with(touches));
            let behind = whole.get(start + mark.len()..).is_some_and(|behind| behind.starts_with(touches));
            if before || behind {
                return Some(context.source.span(start..start + mark.len()));
            }
        }
    }
    None
}

/// Whether a backslash takes the meaning from the mark here (CommonMark section 2.4); two are one backslash.
fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes().iter().take(at).rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// The plain text within a span; the Markdown parser cuts it at each mark that found no partner.
fn text_runs(context: &Context<'_>, span: Span) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for id in context.document.within(span).filter(|&id| context.document.kind(id) == NodeKind::Text) {
        let text = context.document.span(id);
        match runs.last_mut() {
            Some(last) if last.end == text.start => *last = last.to(text),
            _ => runs.push(text),
        }
    }
    runs
}

/// A question's heading at another level than all the others, deeper than the heading above it allows.
pub(super) fn heading_level_outlier(context: &Context<'_>) -> Findings {
    let places: Vec<Span> = context
        .notes()
        .filter_map(|(_, note)| note.pairing.as_ref().map_or(Some(note.question_span), |pairing| Some(pairing.heading)))
        .collect();
    let headings: Vec<(u32, u8)> = context
        .document
        .blocks()
        .filter_map(|id| Some((context.document.span(id).start, context.document.heading_level(id)?)))
        .collect();
    let level_at = |start: u32| {
        let at = headings.binary_search_by_key(&start, |&(start, _)| start).ok()?;
        headings.get(at).map(|&(_, level)| level)
    };
    let levels: Vec<Option<u8>> = places.iter().map(|place| level_at(place.start)).collect();
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for &level in levels.iter().flatten() {
        *counts.entry(level).or_default() += 1;
    }
    let Some((usual, _)) = counts.into_iter().max_by_key(|&(level, count)| (count, level)) else {
        return Findings::default();
    };
    if levels.iter().flatten().all(|&level| level <= usual) {
        return Findings::default();
    }
    let questions: HashSet<u32> = places.iter().map(|span| span.start).collect();
    // Where the heading above one that asks is a title of its own, one level up: a part of the deck that lies deeper.
    let mut in_deeper_part: HashSet<u32> = HashSet::new();
    let mut open: Vec<(u32, u8)> = Vec::new();
    for &(start, level) in &headings {
        open.retain(|&(_, above)| above < level);
        if open.last().is_some_and(|(above, above_level)| !questions.contains(above) && above_level + 1 == level) {
            in_deeper_part.insert(start);
        }
        open.push((start, level));
    }
    let found = places.iter().zip(&levels).filter_map(|(&place, &level)| {
        let level = level?;
        let finding = (level > usual && !in_deeper_part.contains(&place.start)).then(|| {
            Finding::new(
                format!("this question is a level-{level} heading, the others are level {usual}"),
                first_line(context.source, place),
                format!("level {level}"),
            )
        });
        let marks = |level: u8| "#".repeat(usize::from(level));
        let finding = finding?.help(format!("write `{}` before it instead of `{}`", marks(usual), marks(level)));
        let typed = context.source.span(place.start as usize..place.start as usize + usize::from(level));
        let edit = Edit { span: typed, text: marks(usual) };
        let is_typed = context.source.slice(typed) == marks(level);
        Some(if is_typed { finding.safe_fix(About::Source, vec![edit]) } else { finding })
    });
    gathered(found.collect(), |count| format!("{count} questions are headings of another level than the others"))
}

//! Shape H: a line holds question and answer, `front::back`; `front:::back` makes a card of either way.
//!
//! `::` stands in code and paths too, so many lines have to have it, or the file says that it holds cards.

use super::title::Title;
use super::units::{Unit, UnitKind};
use super::{Builder, Owner};
use crate::deck::{Answer, Leftover, LeftoverKind, NoteKind, Passage, ShapeName};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::{Source, Span};

/// The signs, the longer first.
const SIGNS: [(&str, NoteKind); 4] =
    [(":::", NoteKind::Reversed), ("::", NoteKind::Basic), (";;;", NoteKind::Reversed), (";;", NoteKind::Basic)];

/// A line with a sign in it.
struct Found {
    unit: usize,
    kind: NoteKind,
    front: Span,
    back: Span,
    line: Span,
    /// White space stands on both sides of the sign.
    is_spaced: bool,
}

pub(super) fn claim(builder: &mut Builder<'_>, forced: bool) {
    let has = |sign: &str| memchr::memmem::find(builder.source.text().as_bytes(), sign.as_bytes()).is_some();
    if !has("::") && !has(";;") {
        return;
    }
    let mut found: Vec<Found> = Vec::new();
    let mut lines = 0;
    for at in 0..builder.units.len() {
        let Some(unit) = builder.unit(at).copied().filter(|unit| builder.is_free(at) && may_hold(unit)) else {
            continue;
        };
        for line in builder.source.line(unit.span.start)..=builder.source.line(unit.span.end.max(unit.span.start)) {
            let range = builder.source.line_range(line);
            let range = range.start.max(unit.span.start as usize)..range.end.min(unit.span.end as usize);
            lines += 1;
            found.extend(card(builder, at, &unit, builder.source.span(range.start..range.end.max(range.start))));
        }
    }
    if !(forced || builder.holds_cards) {
        let spaced = found.iter().filter(|found| found.is_spaced).count();
        if spaced < 2 || found.len() * 2 < lines {
            return;
        }
        found.retain(|found| found.is_spaced);
    }
    for of_unit in found.chunk_by(|left, right| left.unit == right.unit) {
        let cards: Vec<u32> = of_unit.iter().map(|found| builder.source.line(found.line.start)).collect();
        if let Some(first) = of_unit.first() {
            leave_other_lines(builder, first.unit, &cards);
        }
    }
    for found in found {
        add_note(builder, &found);
        builder.claim_unit(found.unit, Owner::Note);
    }
}

/// Lines beside cards in one paragraph are text of their own. `cards` are the lines of cards, in order.
fn leave_other_lines(builder: &mut Builder<'_>, unit: usize, cards: &[u32]) {
    let Some(span) = builder.unit(unit).map(|unit| unit.span) else { return };
    let (first, last) = builder.source.lines(span);
    for line in (first..=last).filter(|line| cards.binary_search(line).is_err()) {
        let range = builder.source.line_range(line);
        let range = range.start.max(span.start as usize)..range.end.min(span.end as usize).max(range.start);
        if builder.source.text().get(range.clone()).is_some_and(|text| !text.trim().is_empty()) {
            let span = builder.source.span(range);
            builder.nested.push(Leftover { span, kind: LeftoverKind::Unclaimed });
        }
    }
}

fn may_hold(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Paragraph(None) | UnitKind::ItemHead { .. })
}

/// Whether the file says that it holds cards: a key of Obsidian's plugins in the front matter, or their tag.
pub(super) fn holds_cards(document: &Document, source: &Source) -> bool {
    let text = source.text();
    let front_matter = document.front_matter().and_then(|front_matter| front_matter.span);
    let says = front_matter.is_some_and(|span| {
        let text = source.slice(span).to_lowercase();
        text.contains("cards-deck") || text.contains("flashcard")
    });
    says || ["#flashcard", "#card"].iter().any(|tag| {
        memchr::memmem::find_iter(text.as_bytes(), tag).any(|at| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            before.is_none_or(char::is_whitespace)
        })
    })
}

/// The card in a line, if there is one.
fn card(builder: &Builder<'_>, at: usize, unit: &Unit, line: Span) -> Option<Found> {
    let text = builder.source.slice(line);
    if !text.contains("::") && !text.contains(";;") {
        return None;
    }
    let start = line.start as usize;
    let marker = if matches!(unit.kind, UnitKind::ItemHead { .. }) && line.start == unit.span.start {
        builder.marker_length(text)
    } else {
        text.len() - text.trim_start().len()
    };
    let (sign_at, sign, kind) = SIGNS.iter().find_map(|(sign, kind)| {
        let mut from = marker;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find(sign)).map(|found| found + from) {
            if is_prose(builder, start + found, line) && !in_gap(text, found) {
                return Some((found, *sign, *kind));
            }
            from = found + sign.len();
        }
        None
    })?;
    let part = |range: std::ops::Range<usize>| {
        let part = text.get(range.clone())?;
        let lead = part.len() - part.trim_start().len();
        let trimmed = part.trim();
        let from = start + range.start + lead;
        trimmed.contains(|c: char| !c.is_whitespace()).then(|| builder.source.span(from..from + trimmed.len()))
    };
    let front = part(marker..sign_at)?;
    let back = part(sign_at + sign.len()..text.len())?;
    let before = text.get(..sign_at)?.ends_with(char::is_whitespace);
    let behind = text.get(sign_at + sign.len()..)?.starts_with(char::is_whitespace);
    // Two semicolons stand in no path.
    let is_spaced = before && behind || sign.starts_with(';');
    Some(Found { unit: at, kind, front, back, line, is_spaced })
}

/// Whether a byte is text, and not code, a formula, a link, an image or HTML.
fn is_prose(builder: &Builder<'_>, byte: usize, line: Span) -> bool {
    let at = u32::try_from(byte).unwrap_or(u32::MAX);
    let covers = |id: NodeId| {
        let span = builder.document.span(id);
        span.start <= at && at < span.end
    };
    let hides = |kind: NodeKind| {
        matches!(
            kind,
            NodeKind::Code(_)
                | NodeKind::Formula { .. }
                | NodeKind::Link(_)
                | NodeKind::Image(_)
                | NodeKind::InlineHtml
        )
    };
    !builder.document.within(line).any(|id| hides(builder.document.kind(id)) && covers(id))
}

/// Whether it stands in the mark of a gap: `{{c1::` is a mark of its own.
fn in_gap(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.rfind("{{").is_some_and(|open| before.get(open..).is_some_and(|inside| !inside.contains("}}")))
}

fn add_note(builder: &mut Builder<'_>, found: &Found) {
    let inline: Vec<NodeId> =
        builder.document.within(found.front).filter(|&id| builder.document.span(id).end <= found.front.end).collect();
    let title = Title::of_text(builder.document, builder.source, found.front, &inline);
    let section = builder.section_under(found.unit, ShapeName::Inline);
    let lead = builder.source.slice(found.line).len() - builder.source.slice(found.line).trim_start().len();
    let question_span = builder.source.span(found.line.start as usize + lead..found.front.end as usize);
    let note = builder.add_note(section, &title, question_span, title.number);
    note.kind = found.kind;
    note.answer = Some(Answer { heading: None, label: None, body: Passage::of(found.back) });
}

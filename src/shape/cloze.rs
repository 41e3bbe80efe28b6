//! Texts with gaps: `{{c1::…}}` of Anki, `==…==` of Obsidian, and `C:` with `[…]`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::labels::LineLabel;
use super::title::Title;
use super::units::{self, Unit, UnitKind};
use super::{Builder, Owner};
use crate::deck::{Gap, NoteKind, Passage, ShapeName};
use crate::markdown::NodeKind;
use crate::source::Span;

/// Anki takes no higher number.
const HIGHEST: u16 = 499;

#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static ANKI: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)\{\{c(?P<number>\d{1,3})::(?P<text>.+?)(?:::(?P<hint>[^{}]*?))?\}\}").unwrap());

#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static MARKED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"==(?P<text>[^=\s][^=\n]*?)==").unwrap());

/// What a file says of its gaps.
#[derive(Clone, Copy)]
enum Marks {
    Anki,
    Highlight,
    Brackets,
}

/// Texts that `C:` begins, in a file that labels its questions or has several of them.
pub(super) fn claim_labelled(builder: &mut Builder<'_>) {
    let has = |label: LineLabel| builder.units.iter().filter(|unit| unit.label() == Some(label)).count();
    let texts = has(LineLabel::Cloze);
    if texts == 0 || texts < 2 && has(LineLabel::Question) == 0 {
        return;
    }
    for at in 0..builder.units.len() {
        let labelled = builder.unit(at).copied().filter(|unit| unit.label() == Some(LineLabel::Cloze));
        let Some(unit) = labelled.filter(|_| builder.is_free(at)) else { continue };
        let end = labelled_end(builder, at);
        let gaps = gaps(builder, at..end, Marks::Brackets);
        if !gaps.is_empty() {
            add_note(builder, at..end, &unit, gaps);
        }
    }
}

/// Texts with marks of Anki, and with those of Obsidian where the file says that it holds cards.
pub(super) fn claim(builder: &mut Builder<'_>, forced: bool) {
    let highlights = forced || builder.holds_cards;
    let mut at = 0;
    while at < builder.units.len() {
        let Some(unit) = builder.unit(at).copied().filter(|_| builder.is_free(at)) else {
            at += 1;
            continue;
        };
        let holds_text = matches!(unit.kind, UnitKind::Paragraph(_) | UnitKind::ItemHead { .. });
        let found = [(Marks::Anki, true), (Marks::Highlight, highlights)]
            .into_iter()
            .filter(|(_, applies)| *applies && holds_text)
            .map(|(marks, _)| gaps(builder, at..at + 1, marks))
            .find(|gaps| !gaps.is_empty());
        if let Some(gaps) = found {
            add_note(builder, at..at + 1, &unit, gaps);
        }
        at += 1;
    }
}

/// What `C:` begins goes on to the next label, heading or rule.
fn labelled_end(builder: &Builder<'_>, at: usize) -> usize {
    let stops = |next: usize| {
        builder
            .unit(next)
            .is_none_or(|unit| unit.label().is_some() || matches!(unit.kind, UnitKind::Rule | UnitKind::Heading))
            || !builder.is_free(next)
    };
    (at + 1..=builder.units.len()).find(|&next| stops(next)).unwrap_or(builder.units.len())
}

fn gaps(builder: &Builder<'_>, units: Range<usize>, marks: Marks) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for unit in units.filter_map(|at| builder.unit(at)) {
        if unit.kind == UnitKind::Code {
            continue;
        }
        let hidden = hidden(builder, unit);
        let is_shown = |gap: &Gap| !hidden.iter().any(|span| span.start < gap.span.end && gap.span.start < span.end);
        let text = without_signs_of_tex(builder, unit);
        let found = match marks {
            Marks::Anki => matches(builder, unit, &text, &ANKI),
            Marks::Highlight => matches(builder, unit, &text, &MARKED),
            Marks::Brackets => brackets(builder, unit, &text),
        };
        gaps.extend(found.into_iter().filter(is_shown));
    }
    if !matches!(marks, Marks::Anki) {
        for (gap, number) in gaps.iter_mut().zip(1..) {
            gap.number = number;
        }
    }
    gaps.retain(|gap| (1..=HIGHEST).contains(&gap.number));
    gaps
}

/// Code in a line: what stands in it is no mark. A gap may hold code as a whole.
fn hidden(builder: &Builder<'_>, unit: &Unit) -> Vec<Span> {
    let document = builder.document;
    let nodes = document.descendants(unit.node);
    let spans = nodes.filter(|&id| {
        matches!(document.kind(id), NodeKind::FencedCode(_) | NodeKind::IndentedCode | NodeKind::Code(_))
    });
    let spans: Vec<Span> = spans.map(|id| document.span(id)).collect();
    let text = builder.source.slice(unit.span);
    let start = unit.span.start;
    // Only code that holds the marks themselves hides them.
    let holds_marks = |span: &Span| {
        let code = text.get((span.start.saturating_sub(start)) as usize..(span.end.saturating_sub(start)) as usize);
        code.is_some_and(|code| code.contains("{{") || code.contains("==") || code.contains('['))
    };
    spans.into_iter().filter(holds_marks).collect()
}

/// The text of a unit with a space in place of what in a formula looks like a mark of a gap: `}}`, `::`, `=` and the
/// brackets of `\sqrt[3]{x}`. Every byte keeps its place.
fn without_signs_of_tex(builder: &Builder<'_>, unit: &Unit) -> String {
    let document = builder.document;
    let text = builder.source.slice(unit.span);
    let mut plain = String::with_capacity(text.len());
    let formulas = document.within(unit.span).filter(|&id| matches!(document.kind(id), NodeKind::Formula { .. }));
    for span in formulas.map(|id| document.span(id)).filter(|span| span.end <= unit.span.end) {
        let from = unit.span.start as usize + plain.len();
        let formula = builder.source.slice(span);
        plain.push_str(builder.source.text().get(from..span.start as usize).unwrap_or_default());
        let has_gaps = formula.contains("{{c") || formula.contains("==");
        let mut previous = ' ';
        let mut of_tex = 0_usize;
        for character in formula.chars() {
            let is_mark = match character {
                '{' | '}' | ':' | '=' => !has_gaps,
                '[' => {
                    let is_of_tex = previous.is_alphanumeric() || matches!(previous, '}' | ')' | ']' | '\\');
                    of_tex += usize::from(is_of_tex || of_tex > 0);
                    of_tex > 0
                }
                ']' => {
                    let was_of_tex = of_tex > 0;
                    of_tex = of_tex.saturating_sub(1);
                    was_of_tex
                }
                _ => false,
            };
            plain.push(if is_mark { ' ' } else { character });
            previous = character;
        }
    }
    let from = unit.span.start as usize + plain.len();
    plain.push_str(builder.source.text().get(from..unit.span.end as usize).unwrap_or_default());
    plain
}

fn matches(builder: &Builder<'_>, unit: &Unit, text: &str, pattern: &Regex) -> Vec<Gap> {
    let start = unit.span.start as usize;
    let span = |found: regex::Match<'_>| builder.source.span(start + found.start()..start + found.end());
    pattern
        .captures_iter(text)
        .filter_map(|found| {
            let number = found.name("number").map_or(Some(1), |number| number.as_str().parse().ok())?;
            Some(Gap {
                span: span(found.get(0)?),
                text: span(found.name("text")?),
                hint: found.name("hint").filter(|hint| !hint.as_str().trim().is_empty()).map(span),
                number,
            })
        })
        .collect()
}

/// `[…]` that is no link, image, footnote or box.
fn brackets(builder: &Builder<'_>, unit: &Unit, text: &str) -> Vec<Gap> {
    let start = unit.span.start as usize;
    let mut gaps = Vec::new();
    let mut open: Option<usize> = None;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        let escaped = text.get(..at).is_some_and(|before| before.ends_with('\\'));
        match c {
            '[' if !escaped => {
                if depth == 0 {
                    open = Some(at);
                }
                depth += 1;
            }
            ']' if !escaped && depth > 0 => {
                depth -= 1;
                let Some(from) = open.filter(|_| depth == 0) else { continue };
                let inside = text.get(from + 1..at).unwrap_or_default();
                let behind = text.get(at + 1..).unwrap_or_default();
                let image = text.get(..from).is_some_and(|before| before.ends_with('!'));
                let is_other = image || behind.starts_with(['(', '[', ':']) || inside.starts_with('^');
                if !is_other && !inside.trim().is_empty() && !matches!(inside, "x" | "X" | " ") {
                    let span = builder.source.span(start + from..start + at + 1);
                    gaps.push(Gap {
                        span,
                        text: builder.source.span(start + from + 1..start + at),
                        hint: None,
                        number: 1,
                    });
                }
            }
            _ => {}
        }
    }
    gaps
}

fn add_note(builder: &mut Builder<'_>, units: Range<usize>, first: &Unit, gaps: Vec<Gap>) {
    let text = builder.source.slice(first.span);
    let lead = match first.kind {
        UnitKind::ItemHead { .. } => builder.marker_length(text),
        UnitKind::Paragraph(Some(LineLabel::Cloze)) => {
            let label = text.find(':').map_or(0, |at| at + 1);
            label + text.get(label..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len())
        }
        _ => text.len() - text.trim_start().len(),
    };
    let start = first.span.start as usize + lead;
    let mut passage: Passage = builder.passage(units.clone());
    let Some(piece) = passage.pieces.first_mut() else { return };
    piece.span = builder.source.span(start.min(piece.span.end as usize)..piece.span.end as usize);
    let whole = passage.span().unwrap_or(first.span);
    let inline = units::inline(builder.document, first);
    let title = Title::of_text(builder.document, builder.source, whole, &inline);
    builder.claim_for_note(units.clone());
    for unit in units.clone() {
        builder.claim_unit(unit, Owner::Note);
    }
    let section = builder.section_under(units.start, ShapeName::Cloze);
    let label = text.len() - text.trim_start().len();
    let span = builder.source.span(first.span.start as usize + label..whole.end as usize);
    let note = builder.add_note(section, &title, span, None);
    note.kind = NoteKind::Cloze;
    note.question = passage;
    note.gaps = gaps.into();
}

//! Shape K: headings say what stands below them, `Question` and `Answer`; a file may be one card.

use std::sync::LazyLock;

use regex::Regex;

use super::title::Title;
use super::units::{self, UnitKind};
use super::{Builder, Owner, body};
use crate::deck::{Leftover, LeftoverKind, Number, ShapeName};

/// Words that say that a question follows.
const WORDS: &str = "question|questions|q|prompt|front|problem|problem statement|task|exercise|challenge|description|pregunta|pergunta|frage|domanda|вопрос|питання|سؤال|السؤال|问题|問題|题目|질문";

/// Bytes of the longest of them, in capitals or not.
const LONGEST_WORD: usize = 20;

#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^(?:{WORDS})\s*#?\s*(?P<number>\d{{1,4}})?\s*[:：.]?$")).unwrap());

/// A heading that only says that a question follows.
struct Label {
    heading: usize,
    level: u8,
    block: usize,
    number: Option<Number>,
}

pub(super) fn claim(builder: &mut Builder<'_>) {
    let labels = labels(builder);
    let answered = builder.outline.iter().any(|(_, heading)| body::is_answer_title(&heading.title.plain));
    if labels.is_empty() || labels.len() < 2 && !answered {
        return;
    }
    for (index, label) in labels.iter().enumerate() {
        let next = labels.get(index + 1).map_or(builder.blocks.len(), |next| next.block);
        let end = builder.outline.end_of(label.heading, |_, other| other.level < label.level).min(next);
        add_note(builder, label, end);
    }
}

fn labels(builder: &Builder<'_>) -> Vec<Label> {
    let headings = builder.outline.iter().filter(|(_, heading)| builder.owner(heading.block) == Owner::Nobody);
    let labels = headings.filter_map(|(index, heading)| {
        if !is_word(&heading.title.plain) {
            return None;
        }
        let text = builder.document.plain_text(heading.node, builder.source);
        if !is_word(text.trim()) {
            return None;
        }
        let found = LABEL.captures(text.trim())?;
        let span = builder.document.span(heading.node);
        let number = found.name("number").and_then(|number| number.as_str().parse().ok());
        let number = number.map(|value| Number { value, span });
        Some(Label { heading: index, level: heading.level, block: heading.block, number })
    });
    labels.collect()
}

/// Whether a text is one of [`WORDS`], but for a number and signs behind it.
fn is_word(text: &str) -> bool {
    let word =
        text.trim_end_matches(|c: char| c.is_whitespace() || c.is_numeric() || matches!(c, '#' | ':' | '：' | '.'));
    if word.len() > LONGEST_WORD {
        return false;
    }
    WORDS.split('|').any(|other| other.eq_ignore_ascii_case(word) || (!word.is_ascii() && word.to_lowercase() == other))
}

fn add_note(builder: &mut Builder<'_>, label: &Label, end: usize) {
    let below = builder.units_of(label.block + 1..end);
    let is_text = |at: &usize| {
        builder.is_free(*at)
            && builder
                .unit(*at)
                .is_some_and(|unit| matches!(unit.kind, UnitKind::Paragraph(_) | UnitKind::ItemHead { .. }))
    };
    let first = below.clone().find(|&at| {
        builder.is_free(at)
            && builder.unit(at).is_some_and(|unit| !matches!(unit.kind, UnitKind::Rule | UnitKind::Markup))
    });
    let Some(first) = first.filter(is_text) else { return };
    let Some(unit) = builder.unit(first).copied() else { return };
    let inline = units::inline(builder.document, &unit);
    let title = Title::of_inline(builder.document, builder.source, inline, (unit.span.start as usize, false));
    if !title.has_words() {
        return;
    }
    builder.claim(label.block, Owner::Note);
    builder.claim_unit(first, Owner::Note);
    let below = body::read(builder, first + 1..below.end, None);
    let section = builder.section_under(first, ShapeName::OneCard);
    let heading = builder.outline.get(label.heading).map_or(unit.span, |heading| builder.document.span(heading.node));
    let is_next = builder.units_of(label.block..label.block + 1).end == first;
    let number = label.number.or(title.number);
    let (span, number) = if is_next {
        (heading.to(unit.span), number)
    } else {
        builder.nested.push(Leftover { span: heading, kind: LeftoverKind::Title });
        (unit.span, number.map(|number| Number { span: unit.span, ..number }))
    };
    let note = builder.add_note(section, &title, span, number);
    body::give(note, below);
}

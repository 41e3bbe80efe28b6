//! What may be a question by the way it is written: items of lists, bold paragraphs, summaries, lines with labels.
//!
//! Each file beside this one knows one such way and says what looks so; `series` decides which of them are questions.

use std::ops::Range;

use super::title::Title;
use super::{Builder, bold, details, list_item, plain_question, prefix_lines};
use crate::deck::{Number, ShapeName};
use crate::source::Span;

/// The ways to write a question, those that say most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Style {
    /// `Q: …`, `**Question 3:** …`
    Prefix,
    /// `<summary>…</summary>`
    Summary,
    /// `1. ### …`
    ItemHeading,
    /// `- **…**`
    ItemStrong,
    /// `**…**`
    Bold,
    /// `1. …`
    ItemOrdered,
    /// `- [ ] …` and `- [x] …`: what has been learned.
    ItemBox,
    /// `- [text](address)`
    ItemLink,
    /// `- …`
    ItemBullet,
    /// A short paragraph with a question mark at its end.
    Plain,
}

impl Style {
    pub(super) const ALL: [Self; 10] = [
        Self::Prefix,
        Self::Summary,
        Self::ItemHeading,
        Self::ItemStrong,
        Self::Bold,
        Self::ItemOrdered,
        Self::ItemBox,
        Self::ItemLink,
        Self::ItemBullet,
        Self::Plain,
    ];

    pub(super) fn shape(self) -> ShapeName {
        match self {
            Self::Prefix => ShapeName::Prefix,
            Self::Summary => ShapeName::Details,
            Self::Bold | Self::Plain => ShapeName::Bold,
            _ => ShapeName::ListItem,
        }
    }

    /// What its candidates are called, one and many.
    pub(super) fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Prefix => ("labelled line", "labelled lines"),
            Self::Summary => ("summary", "summaries"),
            Self::Bold => ("bold paragraph", "bold paragraphs"),
            Self::Plain => ("paragraph", "paragraphs"),
            _ => ("list item", "list items"),
        }
    }

    pub(super) fn is_item(self) -> bool {
        self.shape() == ShapeName::ListItem
    }
}

/// What may be a question.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The unit that holds it.
    pub(super) unit: usize,
    /// The first unit that belongs to it: a summary is preceded by the tag that opens its details.
    pub(super) start: usize,
    pub(super) style: Style,
    pub(super) title: Title,
    pub(super) number: Option<Number>,
    /// The lines that hold it, for findings.
    pub(super) span: Span,
    /// What stands behind it on the same lines, and is its answer.
    pub(super) rest: Option<Span>,
    /// The unit that ends it, where it has an end of its own.
    pub(super) end: Option<usize>,
}

/// The candidates among some units, in order. A unit is one at most.
pub(super) fn find(builder: &Builder<'_>, units: Range<usize>) -> impl Iterator<Item = Candidate> {
    units.filter(|&unit| builder.is_free(unit)).filter_map(|unit| candidate(builder, unit))
}

fn candidate(builder: &Builder<'_>, unit: usize) -> Option<Candidate> {
    prefix_lines::candidate(builder, unit)
        .or_else(|| details::candidate(builder, unit))
        .or_else(|| list_item::candidate(builder, unit))
        .or_else(|| bold::candidate(builder, unit))
        .or_else(|| plain_question::candidate(builder, unit))
        .filter(|found| found.title.has_words())
}

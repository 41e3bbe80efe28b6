//! The parts of a file: what stands below one heading, with its candidates and how many of them ask. Parts are looked at
//! side by side, by all threads.

use std::ops::Range;

use foldhash::HashMap;

use crate::deck::ShapeName;
use crate::shape::candidates::{self, Candidate, Style};
use crate::shape::units::UnitKind;
use crate::shape::{Builder, inner_lists};

/// Parts of a file, in order. Most of them hold no candidates, and are only counted: a large file has a great many.
#[derive(Default)]
pub(super) struct Parts {
    /// Of all of them together.
    pub(super) counts: Counts,
    /// Those with candidates.
    pub(super) parts: Vec<Part>,
}

impl Parts {
    pub(super) fn push(&mut self, part: Part) {
        self.counts.add(&part.counts);
        if !part.candidates.is_empty() {
            self.parts.push(part);
        }
    }

    /// These and those that follow them.
    pub(super) fn with(mut self, mut next: Self) -> Self {
        self.counts.add(&next.counts);
        self.parts.append(&mut next.parts);
        self
    }
}

/// The candidates of one part of a file: what stands below one heading.
#[derive(Default)]
pub(super) struct Part {
    pub(super) counts: Counts,
    /// Empty where none of them can be a question.
    pub(super) candidates: Vec<Candidate>,
    /// For each candidate whether text stands below it.
    pub(super) bodies: Vec<bool>,
}

impl Part {
    pub(super) fn of(builder: &Builder<'_>, units: Range<usize>, only: Option<ShapeName>) -> Self {
        // A list of questions is read as any list; that it has no answers shows later.
        let only = if only == Some(ShapeName::QuestionList) { Some(ShapeName::ListItem) } else { only };
        let found = candidates::find(builder, units.clone());
        let found = found.filter(|candidate| only.is_none_or(|only| candidate.style.shape() == only));
        let candidates = inner_lists::without(found.collect());
        let bodies = bodies(builder, &candidates, units.end);
        let counts = Counts::of(&candidates, &bodies);
        if only.is_some() || counts.may_be_accepted() {
            return Self { counts, candidates, bodies };
        }
        Self { counts, ..Self::default() }
    }
}

/// The units below each heading; headings that are folded away open no part.
pub(super) fn parts(builder: &Builder<'_>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut folded) = (0, 0);
    for (at, unit) in builder.units.iter().enumerate() {
        folded = folded.max(builder.closing(at).unwrap_or(0));
        if unit.kind == UnitKind::Heading && unit.item.is_none() && at >= folded {
            parts.push(start..at);
            start = at;
        }
    }
    parts.push(start..builder.units.len());
    parts
}

/// For each candidate whether text stands between it and the next candidate of its style.
fn bodies(builder: &Builder<'_>, found: &[Candidate], end_of_part: usize) -> Vec<bool> {
    let mut next: HashMap<Style, usize> = HashMap::default();
    let mut bodies = vec![false; found.len()];
    for (candidate, slot) in found.iter().zip(bodies.iter_mut()).rev() {
        let limit = next.insert(candidate.style, candidate.start).unwrap_or(end_of_part);
        let end = candidate.end.unwrap_or(limit).min(limit);
        let says = |at: usize| {
            builder.unit(at).is_some_and(|unit| {
                builder.is_free(at) && !matches!(unit.kind, UnitKind::Rule | UnitKind::Markup | UnitKind::Details(_))
            })
        };
        // A heading ends what may stand below a question, if it comes first.
        let until_heading = (candidate.unit + 1..end).take_while(|&at| {
            candidate.end.is_some()
                || builder.unit(at).is_some_and(|unit| unit.kind != UnitKind::Heading || unit.item.is_some())
        });
        *slot = candidate.rest.is_some() || until_heading.into_iter().any(says);
    }
    bodies
}

/// For each style its candidates.
#[derive(Default)]
pub(super) struct Counts([Count; Style::ALL.len()]);

impl Counts {
    fn of(candidates: &[Candidate], bodies: &[bool]) -> Self {
        let mut counts = Self::default();
        for (candidate, has_body) in candidates.iter().zip(bodies) {
            if let Some(count) = counts.0.get_mut(candidate.style as usize) {
                count.add(candidate, *has_body);
            }
        }
        counts
    }

    pub(super) fn get(&self, style: Style) -> Count {
        self.0.get(style as usize).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (count, other) in self.0.iter_mut().zip(&other.0) {
            count.all += other.all;
            count.asking += other.asking;
            count.bodies += other.bodies;
            count.numbered += other.numbered;
        }
    }

    /// Whether a judge may accept one of the styles, whatever the rest of the file is like.
    fn may_be_accepted(&self) -> bool {
        let asks = self.0.iter().any(|count| count.asking > 0);
        let is_marked = |style: &&Style| matches!(style, Style::ItemStrong | Style::ItemHeading | Style::Summary);
        asks || self.get(Style::Prefix).all > 0
            || Style::ALL.iter().filter(is_marked).any(|style| self.get(*style).all > 1)
    }
}

/// Candidates of one style in one part of a file, or in all of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) all: usize,
    pub(super) asking: usize,
    /// Something stands below them before the next candidate.
    pub(super) bodies: usize,
    pub(super) numbered: usize,
}

impl Count {
    pub(super) fn most_ask(self) -> bool {
        is_mostly(self.asking, self.all)
    }

    pub(super) fn add(&mut self, candidate: &Candidate, has_body: bool) {
        self.all += 1;
        self.asking += usize::from(candidate.title.asks());
        self.bodies += usize::from(has_body);
        self.numbered += usize::from(candidate.number.is_some());
    }
}

/// Whether a part is at least half.
pub(in crate::shape) fn is_mostly(part: usize, all: usize) -> bool {
    part > 0 && part * 2 >= all
}

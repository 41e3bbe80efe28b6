//! The numbers typed before questions. CommonMark keeps only a list's first; what counts is what the author typed.
//!
//! A series goes up by one. A new section may begin again at 1, and so may a second series. What is wrong with a series
//! is what stands outside its longest rising run, and what is missing from that.

mod announced;
mod renumber;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

pub(super) use announced::title_miscount;

use super::{Context, Finding, Findings, gathered};
use crate::deck::{Deck, Number};
use crate::diagnostic::{About, Safety};

/// The numbers of a deck and what is wrong with them.
#[derive(Debug)]
pub(super) struct Numbering {
    series: Vec<Vec<Number>>,
    /// Each with the index of its series, in order of those.
    faults: Vec<(usize, Fault)>,
    /// For all series at once: there may be as many as there are sections.
    around: OnceLock<renumber::Around>,
}

impl Numbering {
    fn starts_late(&self, series: usize) -> bool {
        let from = self.faults.partition_point(|(index, _)| *index < series);
        let mut of_series = self.faults.iter().skip(from).take_while(|(index, _)| *index == series);
        of_series.any(|(_, fault)| matches!(fault, Fault::Gap { before: None, .. }))
    }
}

/// Something wrong in a series.
#[derive(Debug)]
pub(super) enum Fault {
    /// Numbers left out; no number stands before them where the series itself begins late.
    Gap { before: Option<Number>, at: Number, missing: Range<u64> },
    /// A number that stood before. The one expected may be what all behind it count from.
    /// The one behind it may count from what was meant.
    Repeat { first: Number, at: Number, expected: u64, counts_on: bool, next: Option<Number> },
    /// Two neighbours changed places.
    Swap { first: Number, second: Number },
    /// A number that is missing elsewhere in the series, next to the other one.
    Moved { at: Number, other: Number, is_late: bool },
    /// A number out of line that is missing nowhere.
    Outlier {
        /// The number before, or at the beginning of a series the one behind.
        near: Number,
        at: Number,
        expected: u64,
        counts_on: bool,
    },
}

pub(super) fn number_gap(context: &Context<'_>) -> Findings {
    let found = context.numbering().faults.iter().filter_map(|(series, fault)| {
        let Fault::Gap { before, at, missing: numbers } = fault else { return None };
        let missing = missing(numbers);
        let mut finding =
            Finding::new(format!("{missing} missing before {}", at.value), at.span, format!("{missing} missing here"));
        if let Some(before) = before {
            finding = finding.and(before.span, format!("{} is the last number before", before.value));
        }
        let ones = if numbers.end - numbers.start == 1 { "one" } else { "ones" };
        let finding = finding.help(format!("number this question {}, or put the missing {ones} back", numbers.start));
        Some((*series, finding))
    });
    gathered(with_fixes(context, found), |count| format!("{count} gaps in the numbering"))
}

pub(super) fn number_repeat(context: &Context<'_>) -> Findings {
    let found = context.numbering().faults.iter().filter_map(|(series, fault)| {
        let Fault::Repeat { first, at, expected, counts_on, next } = *fault else { return None };
        let value = at.value;
        let finding = Finding::new(format!("number {value} stands twice"), at.span, format!("{value} again"))
            .and(first.span, format!("{value} stands here first"));
        let finding = match next.filter(|next| !counts_on && next.value == expected + 1) {
            Some(next) => {
                finding.and(next.span, format!("{} follows, and {expected} is missing before it", next.value))
            }
            None => finding,
        };
        let finding = finding.help(format!("type {expected} here{}", count_on(counts_on)));
        Some((*series, finding))
    });
    gathered(with_fixes(context, found), |count| format!("{count} numbers stand twice"))
}

pub(super) fn number_order(context: &Context<'_>) -> Findings {
    let found = context.numbering().faults.iter().filter_map(|(series, fault)| Some((*series, out_of_order(fault)?)));
    gathered(with_fixes(context, found), |count| format!("{count} numbers out of order"))
}

fn out_of_order(fault: &Fault) -> Option<Finding> {
    match *fault {
        Fault::Swap { first, second } => {
            let (high, low) = (first.value, second.value);
            let finding =
                Finding::new(format!("{high} stands before {low}"), first.span, format!("{high} comes too early"))
                    .and(second.span, format!("{low} comes too late"));
            Some(finding.help("swap the two numbers, or the two questions"))
        }
        Fault::Moved { at, other, is_late } => Some(moved(at, other, is_late)),
        Fault::Outlier { near, at, expected, counts_on } => {
            let finding = Finding::new(
                format!("{} stands where {expected} is expected", at.value),
                at.span,
                format!("{expected} expected"),
            );
            let side = if near.span.start < at.span.start { "before" } else { "behind" };
            let finding = finding.and(near.span, format!("{} is the number {side}", near.value));
            let count_on = count_on(counts_on);
            Some(finding.help(format!("type {expected} here{count_on}, or move the question to its place")))
        }
        Fault::Gap { .. } | Fault::Repeat { .. } => None,
    }
}

/// The edits that number a series anew mend all that is wrong with it: the first finding of each series has them.
fn with_fixes(context: &Context<'_>, found: impl Iterator<Item = (usize, Finding)>) -> Vec<Finding> {
    let mut last = None;
    let findings = found.map(|(series, finding)| match last.replace(series) {
        Some(before) if before == series => finding,
        _ => with_fix(finding, context, series),
    });
    findings.collect()
}

fn with_fix(finding: Finding, context: &Context<'_>, series: usize) -> Finding {
    let numbering = context.numbering();
    let around = numbering.around.get_or_init(|| renumber::Around::of(context));
    let numbers = numbering.series.get(series);
    let renumbered =
        numbers.and_then(|numbers| renumber::renumber(context, around, numbers, numbering.starts_late(series)));
    match renumbered {
        Some((Safety::Safe, edits)) => finding.safe_fix(About::Numbers, edits),
        Some((Safety::Unsafe, edits)) => finding.unsafe_fix(edits),
        None => finding,
    }
}

fn moved(at: Number, other: Number, is_late: bool) -> Finding {
    let value = at.value;
    let (stands, comes, belongs) =
        if is_late { ("behind", "too late", "before") } else { ("before", "too early", "behind") };
    Finding::new(format!("{value} stands {stands} {}", other.value), at.span, format!("{value} comes {comes}"))
        .and(other.span, format!("{value} belongs {belongs} this one"))
        .help("move the question to its place, or number the questions anew")
}

fn count_on(counts_on: bool) -> &'static str {
    if counts_on { ", and go on counting from it" } else { "" }
}

fn missing(numbers: &Range<u64>) -> String {
    let last = numbers.end.saturating_sub(1);
    match last.saturating_sub(numbers.start) {
        0 => format!("{} is", numbers.start),
        1 => format!("{} and {last} are", numbers.start),
        _ => format!("{} to {last} are", numbers.start),
    }
}

pub(super) fn numbering(deck: &Deck) -> Numbering {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    let series = series(deck);
    for (index, series) in series.iter().enumerate() {
        let found = late_start(deck, series, index == 0, &seen).into_iter().chain(series_faults(series));
        faults.extend(found.map(|fault| (index, fault)));
        // Only these are looked for.
        seen.extend(series.iter().map(|number| number.value).filter(|value| matches!(value, 2 | 3)));
    }
    Numbering { series, faults, around: OnceLock::new() }
}

/// A series that begins at 2 or 3 lost its beginning. One that begins higher is most likely a part of something larger.
fn late_start(deck: &Deck, series: &[Number], is_first: bool, seen: &HashSet<u64>) -> Option<Fault> {
    let (&at, next) = (series.first()?, series.get(1)?);
    let begins_late = matches!(at.value, 2 | 3) && next.value == at.value + 1;
    // It may stand in a section whose numbers make no series.
    let mut earlier = deck.notes.iter().filter_map(|note| note.number);
    let mut stands_before = || earlier.any(|number| number.value == 1 && number.span.start < at.span.start);
    // In a later section a number that is new continues an earlier section; one that stood before begins again.
    let lost = if is_first { !stands_before() } else { seen.contains(&at.value) };
    let stray = series.iter().any(|number| number.value < at.value);
    (begins_late && lost && !stray).then_some(Fault::Gap { before: None, at, missing: 1..at.value })
}

/// What is known of a section's numbers.
#[derive(Clone, Copy)]
struct Tally {
    notes: usize,
    numbered: usize,
    lowest: u64,
    highest: u64,
}

impl Tally {
    /// Few numbers are no series; and where all are the same, the author left the counting to CommonMark.
    fn counts(self) -> bool {
        self.numbered * 2 >= self.notes && !is_lazy(self.numbered, self.lowest, self.highest)
    }
}

fn is_lazy(numbers: usize, lowest: u64, highest: u64) -> bool {
    lowest == highest && (numbers >= 3 || (numbers == 2 && lowest == 1))
}

/// Runs of numbers that belong together. Sections where few questions have a number have no series.
fn series(deck: &Deck) -> Vec<Vec<Number>> {
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    for note in &deck.notes {
        let none = Tally { notes: 0, numbered: 0, lowest: u64::MAX, highest: 0 };
        let tally = tallies.entry(note.section).or_insert(none);
        tally.notes += 1;
        if let Some(number) = note.number {
            tally.numbered += 1;
            tally.lowest = tally.lowest.min(number.value);
            tally.highest = tally.highest.max(number.value);
        }
    }
    // Where the next section counts on at 2, the second of two ones is a slip.
    let counted_on = |section: usize| tallies.range(section + 1..).next().is_some_and(|(_, next)| next.lowest == 2);
    let counts = |section: usize| {
        tallies.get(&section).is_some_and(|tally| tally.counts() || (tally.numbered == 2 && counted_on(section)))
    };
    let numbers: Vec<(Number, usize)> = deck
        .notes
        .iter()
        .filter(|note| counts(note.section))
        .filter_map(|note| Some((note.number?, note.section)))
        .collect();
    let mut series: Vec<Vec<Number>> = Vec::new();
    let mut previous: Option<(Number, usize)> = None;
    for (index, &(number, section)) in numbers.iter().enumerate() {
        let value_at = |index: usize| numbers.get(index).map(|(number, _)| number.value);
        let next = value_at(index + 1);
        let begins_again = previous.is_none_or(|(before, before_section)| {
            let new_section = section != before_section;
            let goes_on = next == Some(number.value.saturating_add(1));
            let is_lazy = next == Some(number.value) && value_at(index + 2) == next;
            let from_one = number.value <= 1 && (new_section || (before.value > 1 && (goes_on || is_lazy)));
            let from_elsewhere = new_section && number.value < before.value && goes_on;
            from_one || from_elsewhere
        });
        match series.last_mut().filter(|_| !begins_again) {
            Some(last) => last.push(number),
            None => series.push(vec![number]),
        }
        previous = Some((number, section));
    }
    series
}

fn series_faults(series: &[Number]) -> Vec<Fault> {
    let values = || series.iter().map(|number| number.value);
    if values().zip(values().skip(1)).all(|(before, next)| before.checked_add(1) == Some(next)) {
        return Vec::new();
    }
    if is_lazy(series.len(), values().min().unwrap_or(0), values().max().unwrap_or(0)) {
        return Vec::new();
    }
    let kept = longest_run(series);
    let of =
        |wanted: bool| series.iter().zip(&kept).filter(move |(_, kept)| **kept == wanted).map(|(number, _)| *number);
    let mut walk = Walk {
        run: of(true).collect(),
        strays: of(false).map(|number| number.value).collect(),
        seen: HashMap::new(),
        faults: Vec::new(),
    };
    let (mut before, mut strays) = (None, Vec::new());
    for (&number, kept) in series.iter().zip(&kept) {
        if *kept {
            walk.between(before, &strays, Some(number));
            walk.see(&[number]);
            strays.clear();
            before = Some(number);
        } else {
            strays.push(number);
        }
    }
    walk.between(before, &strays, None);
    walk.faults
}

/// Which numbers make the longest rising run: those outside it are out of line. Of equal numbers the first is taken,
/// and of runs of the same length one that leaves out few numbers.
fn longest_run(series: &[Number]) -> Vec<bool> {
    // Patience sorting: a pile holds, in falling order, the numbers in which a run of its length can end.
    let mut piles: Vec<Vec<(u64, usize)>> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(series.len());
    for (index, number) in series.iter().enumerate() {
        let length = piles.partition_point(|pile| pile.last().is_some_and(|(value, _)| *value < number.value));
        let shorter = length.checked_sub(1).and_then(|shorter| piles.get(shorter));
        before.push(shorter.and_then(|pile| {
            let nearest = pile.partition_point(|(value, _)| *value >= number.value);
            pile.get(nearest).map(|(_, index)| *index)
        }));
        match piles.get_mut(length) {
            Some(pile) if pile.last().is_some_and(|(value, _)| *value == number.value) => {}
            Some(pile) => pile.push((number.value, index)),
            None => piles.push(vec![(number.value, index)]),
        }
    }
    let mut kept = vec![false; series.len()];
    let mut at = piles.last().and_then(|pile| pile.last()).map(|(_, index)| *index);
    while let Some(index) = at {
        if let Some(kept) = kept.get_mut(index) {
            *kept = true;
        }
        at = before.get(index).copied().flatten();
    }
    kept
}

/// A walk over a series, from one number of its longest run to the next.
struct Walk {
    /// The longest rising run.
    run: Vec<Number>,
    /// The numbers outside it.
    strays: HashSet<u64>,
    /// Where each number stood first.
    seen: HashMap<u64, Number>,
    faults: Vec<Fault>,
}

/// The place where strays stand.
#[derive(Clone, Copy)]
struct Place {
    before: Option<Number>,
    next: Option<Number>,
    /// The number expected for the first stray of a group.
    expected: u64,
    /// As many numbers are free here as strays stand here.
    has_room: bool,
}

impl Walk {
    fn see(&mut self, numbers: &[Number]) {
        for number in numbers {
            self.seen.entry(number.value).or_insert(*number);
        }
    }

    /// The strays between two numbers of the run, and the numbers missing there.
    fn between(&mut self, before: Option<Number>, strays: &[Number], next: Option<Number>) {
        let count = strays.len() as u64;
        let free = match (before, next) {
            (Some(before), Some(next)) => next.value - before.value - 1,
            (None, Some(next)) => next.value.saturating_sub(1),
            (_, None) => 0,
        };
        let has_room = free > 0 && free >= count;
        let first = match (before, next) {
            (Some(before), _) => before.value.saturating_add(1),
            (None, Some(next)) => next.value.saturating_sub(count).max(1),
            (None, None) => 1,
        };
        let mut expected = first;
        // Numbers that go up by one have one cause.
        for group in strays.chunk_by(|left, right| left.value.checked_add(1) == Some(right.value)) {
            let fault = self.stray(group, Place { before, next, expected, has_room });
            if matches!(fault, Some(Fault::Repeat { .. } | Fault::Outlier { .. })) {
                expected = expected.saturating_add(group.len() as u64);
            }
            self.faults.extend(fault);
            self.see(group);
        }
        if let (Some(before), Some(at)) = (before, next) {
            // Numbers that stand elsewhere are out of order, not missing.
            let (mut start, mut end) = (expected, at.value);
            while start < end && self.strays.contains(&start) {
                start += 1;
            }
            while start < end && self.strays.contains(&(end - 1)) {
                end -= 1;
            }
            if start < end {
                self.faults.push(Fault::Gap { before: Some(before), at, missing: start..end });
            }
        }
    }

    fn stray(&self, group: &[Number], place: Place) -> Option<Fault> {
        let &at = group.first()?;
        let Place { before, next, expected, has_room } = place;
        let counts_on = !has_room && (next.is_some() || group.len() > 1);
        if let Some(&first) = self.seen.get(&at.value) {
            return Some(Fault::Repeat { first, at, expected, counts_on, next });
        }
        if !has_room && let Some(fault) = self.moved(group, before, next) {
            return Some(fault);
        }
        match (before, next) {
            (Some(near), _) => Some(Fault::Outlier { near, at, expected, counts_on }),
            (None, Some(near)) if has_room && group.len() == 1 => {
                Some(Fault::Outlier { near, at, expected, counts_on: false })
            }
            // The series begins with what does not fit the rest: the break is behind it.
            (None, Some(next)) => {
                let &near = group.last()?;
                let expected = near.value.saturating_add(1);
                Some(Fault::Outlier { near, at: next, expected, counts_on: true })
            }
            (None, None) => None,
        }
    }

    /// A number that is missing elsewhere in the run.
    fn moved(&self, group: &[Number], before: Option<Number>, next: Option<Number>) -> Option<Fault> {
        let &at = group.first()?;
        let place = self.run.binary_search_by_key(&at.value, |number| number.value).err()?;
        let (below, above) = (place.checked_sub(1).and_then(|below| self.run.get(below)), self.run.get(place));
        if let Some(second) = next.filter(|next| group.len() == 1 && next.value.checked_add(1) == Some(at.value)) {
            return Some(Fault::Swap { first: at, second });
        }
        if let Some(first) = before.filter(|before| group.len() == 1 && at.value.checked_add(1) == Some(before.value)) {
            return Some(Fault::Swap { first, second: at });
        }
        let fits = match (below, above) {
            (Some(_), Some(_)) => true,
            (Some(below), None) => below.value.checked_add(1) == Some(at.value),
            (None, Some(above)) => group.last()?.value.checked_add(1) == Some(above.value),
            (None, None) => false,
        };
        let is_late = before.is_some_and(|before| before.value > at.value);
        let &other = if is_late { above? } else { below? };
        fits.then_some(Fault::Moved { at, other, is_late })
    }
}

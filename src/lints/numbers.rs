//! The numbers typed before questions. CommonMark keeps only a list's first; what counts is what the author typed.
//!
//! A series goes up by one. A new section may begin again at 1, and so may a second series.

use std::collections::HashMap;
use std::ops::Range;

use super::{Context, Finding, gathered};
use crate::deck::{Deck, Number};

/// Something wrong in a series.
#[derive(Debug)]
pub(super) enum Fault {
    Gap {
        before: Number,
        at: Number,
    },
    /// A number that stood before. The one expected may be what all behind it count from.
    Repeat {
        first: Number,
        at: Number,
        expected: u64,
        counts_on: bool,
    },
    /// Two neighbours changed places.
    Swap {
        first: Number,
        second: Number,
    },
    /// One number out of line; the series goes on as if it were the expected one.
    Outlier {
        before: Number,
        at: Number,
        expected: u64,
    },
}

pub(super) fn number_gap(context: &Context<'_>) -> Vec<Finding> {
    let found = context.number_faults().iter().filter_map(|fault| match *fault {
        Fault::Gap { before, at } => {
            let missing = missing(before.value + 1..at.value);
            let finding = Finding::new(
                format!("{missing} missing before {}", at.value),
                at.span,
                format!("{missing} missing here"),
            )
            .and(before.span, format!("{} is the last number before", before.value));
            let ones = if at.value - before.value == 2 { "one" } else { "ones" };
            Some(finding.help(format!("number this question {}, or put the missing {ones} back", before.value + 1)))
        }
        Fault::Repeat { .. } | Fault::Swap { .. } | Fault::Outlier { .. } => None,
    });
    gathered(found.collect(), |count| format!("{count} gaps in the numbering"))
}

pub(super) fn number_repeat(context: &Context<'_>) -> Vec<Finding> {
    let found = context.number_faults().iter().filter_map(|fault| match *fault {
        Fault::Repeat { first, at, expected, counts_on } => {
            let value = at.value;
            let finding = Finding::new(format!("number {value} stands twice"), at.span, format!("{value} again"))
                .and(first.span, format!("{value} stands here first"));
            let behind = if counts_on { ", and go on counting from it" } else { "" };
            Some(finding.help(format!("type {expected} here{behind}")))
        }
        Fault::Gap { .. } | Fault::Swap { .. } | Fault::Outlier { .. } => None,
    });
    gathered(found.collect(), |count| format!("{count} numbers stand twice"))
}

pub(super) fn number_order(context: &Context<'_>) -> Vec<Finding> {
    let found = context.number_faults().iter().filter_map(|fault| match *fault {
        Fault::Swap { first, second } => {
            let (high, low) = (first.value, second.value);
            let finding =
                Finding::new(format!("{high} stands before {low}"), first.span, format!("{high} comes too early"))
                    .and(second.span, format!("{low} comes too late"));
            Some(finding.help("swap the two numbers, or the two questions"))
        }
        Fault::Outlier { before, at, expected } => {
            let finding = Finding::new(
                format!("{} stands where {expected} is expected", at.value),
                at.span,
                format!("{expected} expected"),
            )
            .and(before.span, format!("{} is the number before", before.value));
            Some(finding.help(format!("type {expected} here, or move the question to its place")))
        }
        Fault::Gap { .. } | Fault::Repeat { .. } => None,
    });
    gathered(found.collect(), |count| format!("{count} numbers out of order"))
}

fn missing(numbers: Range<u64>) -> String {
    let last = numbers.end.saturating_sub(1);
    match last.saturating_sub(numbers.start) {
        0 => format!("{} is", numbers.start),
        1 => format!("{} and {last} are", numbers.start),
        _ => format!("{} to {last} are", numbers.start),
    }
}

pub(super) fn faults(deck: &Deck) -> Vec<Fault> {
    series(deck).iter().flat_map(|series| series_faults(series)).collect()
}

/// Runs of numbers that belong together. Sections where few questions have a number have no series.
fn series(deck: &Deck) -> Vec<Vec<Number>> {
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for note in &deck.notes {
        let (all, numbered) = counts.entry(note.section).or_default();
        *all += 1;
        *numbered += usize::from(note.number.is_some());
    }
    let counted = |section: usize| counts.get(&section).is_some_and(|(all, numbered)| numbered * 2 >= *all);
    let numbers: Vec<(Number, usize)> = deck
        .notes
        .iter()
        .filter(|note| counted(note.section))
        .filter_map(|note| Some((note.number?, note.section)))
        .collect();
    let mut series: Vec<Vec<Number>> = Vec::new();
    let mut previous: Option<(Number, usize)> = None;
    for (index, &(number, section)) in numbers.iter().enumerate() {
        let next = numbers.get(index + 1).map(|(number, _)| number.value);
        let begins_again = previous.is_none_or(|(before, before_section)| {
            let new_section = section != before_section;
            let goes_on = next == Some(number.value + 1);
            let from_one = number.value <= 1 && (new_section || (before.value > 1 && goes_on));
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
    let mut faults = Vec::new();
    let mut seen: HashMap<u64, Number> = HashMap::new();
    let mut numbers = series.iter().copied().peekable();
    let Some(mut before) = numbers.next() else { return faults };
    seen.insert(before.value, before);
    while let Some(at) = numbers.next() {
        let expected = before.value + 1;
        let next = numbers.peek().copied();
        let goes_on = next.is_some_and(|next| next.value == expected + 1);
        let first = seen.get(&at.value).copied();
        seen.entry(at.value).or_insert(at);
        let mut counts_as = at;
        if at.value == expected {
        } else if at.value == before.value {
            if goes_on {
                counts_as = Number { value: expected, span: at.span };
            }
            faults.push(Fault::Repeat { first: first.unwrap_or(before), at, expected, counts_on: !goes_on });
        } else if let Some(second) = next.filter(|next| next.value == expected && at.value == expected + 1) {
            faults.push(Fault::Swap { first: at, second });
            seen.insert(second.value, second);
            numbers.next();
        } else if goes_on {
            match first {
                Some(first) => faults.push(Fault::Repeat { first, at, expected, counts_on: false }),
                None => faults.push(Fault::Outlier { before, at, expected }),
            }
            counts_as = Number { value: expected, span: at.span };
        } else if at.value > expected {
            faults.push(Fault::Gap { before, at });
        } else if let Some(first) = first {
            // The count goes on from here, and would repeat every number behind it.
            faults.push(Fault::Repeat { first, at, expected, counts_on: true });
            seen = HashMap::from([(at.value, at)]);
        } else {
            faults.push(Fault::Outlier { before, at, expected });
        }
        before = counts_as;
    }
    faults
}

//! Numbered lists within answers that stand at the margin, where CommonMark no longer tells them from the questions.

use super::candidates::{Candidate, Style};

/// A shorter series says too little.
const SHORTEST: usize = 3;
/// No answer has more numbered points in it.
const FARTHEST: usize = 256;

/// The candidates of one part of a file without the steps and points in its answers: where the numbers of those that ask
/// make a series, what stands between two of them, is numbered anew and asks nothing, belongs to an answer.
pub(super) fn without(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let numbered: Vec<usize> = (0..candidates.len())
        .filter(|&at| candidates.get(at).is_some_and(|candidate| may_be_inner(candidate) || is_numbered(candidate)))
        .collect();
    let series = series(&candidates, &numbered);
    let asking =
        series.iter().filter(|&&at| candidates.get(at).is_some_and(|candidate| candidate.title.asks())).count();
    let Some(&first) = series.first().filter(|_| series.len() >= SHORTEST && asking * 5 >= series.len() * 3) else {
        return candidates;
    };
    let is_inner = |at: usize, candidate: &Candidate| {
        at > first && may_be_inner(candidate) && !candidate.title.asks_surely() && series.binary_search(&at).is_err()
    };
    let kept = candidates.into_iter().enumerate().filter(|(at, candidate)| !is_inner(*at, candidate));
    kept.map(|(_, candidate)| candidate).collect()
}

fn is_numbered(candidate: &Candidate) -> bool {
    candidate.number.is_some() && matches!(candidate.style, Style::Bold | Style::ItemHeading)
}

fn may_be_inner(candidate: &Candidate) -> bool {
    candidate.number.is_some() && matches!(candidate.style, Style::ItemOrdered | Style::ItemStrong)
}

/// The longest way to count on from the first number, by candidates that ask where there is a choice.
fn series(candidates: &[Candidate], numbered: &[usize]) -> Vec<usize> {
    let value = |at: usize| candidates.get(at).and_then(|candidate| candidate.number).map(|number| number.value);
    let asks = |at: usize| candidates.get(at).is_some_and(|candidate| candidate.title.asks());
    let Some(start) = numbered.iter().position(|&at| asks(at)) else { return Vec::new() };
    let mut series: Vec<usize> = Vec::new();
    let mut place = start;
    while let Some(&at) = numbered.get(place) {
        series.push(at);
        let Some(next) = value(at).map(|value| value.saturating_add(1)) else { break };
        let behind = || numbered.iter().enumerate().skip(place + 1).take(FARTHEST);
        let counts_on = |&(_, &other): &(usize, &usize)| value(other) == Some(next);
        // A number left out or typed twice ends no series.
        let goes_on = |&(_, &other): &(usize, &usize)| {
            asks(other)
                && value(other).is_some_and(|value| (next.saturating_sub(1)..next.saturating_add(3)).contains(&value))
        };
        let found = behind().find(|found| counts_on(found) && asks(*found.1));
        let found = found.or_else(|| behind().find(goes_on)).or_else(|| behind().find(counts_on));
        match found {
            Some((next_place, _)) => place = next_place,
            None => break,
        }
    }
    series
}

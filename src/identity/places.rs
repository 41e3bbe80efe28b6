//! Anki's numbers for notes: times in milliseconds, by which it orders new cards that share a position.
//!
//! A note keeps its number for good, so that a note put before another gets a lower one, and a learner who has the
//! others meets it at its place. Where notes were put into another order, as many as can keep theirs.

use foldhash::HashSet;

/// The room between the numbers of neighbours, for notes that come between them later.
pub(super) const STEP: i64 = 1_000;

/// Where numbers lie: real times, of the past, so that nothing in a collection ever seems to come from the future.
const EARLIEST: i64 = 1_000_000_000_000;
const LATEST: i64 = 1_700_000_000_000;

/// The number a deck begins with. Anki chooses another for a note whose number is taken; two decks share one only if
/// their firsts lie closer than their lengths: for two decks of a thousand notes, three times in a thousand million.
#[must_use]
pub fn first(deck: &str) -> i64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"notes\0").update(deck.as_bytes());
    let mut number = [0; 8];
    hasher.finalize_xof().fill(&mut number);
    EARLIEST + (i64::from_le_bytes(number) & i64::MAX) % (LATEST - EARLIEST)
}

/// A number for each note, rising. `known` has those the notes had so far, `first` is where a deck without any begins,
/// and no number of `taken` is given to a note that has none.
#[must_use]
pub fn places(known: &[Option<i64>], first: i64, taken: &HashSet<i64>) -> Vec<i64> {
    let mut places = Vec::with_capacity(known.len());
    let mut open = 0;
    for place in longest_rising(known) {
        let Some(place) = place else {
            open += 1;
            continue;
        };
        fill(&mut places, open, Some(place), first, taken);
        // Where there was no room, those behind move up.
        places.push(places.last().map_or(place, |&last| place.max(last + 1)));
        open = 0;
    }
    fill(&mut places, open, None, first, taken);
    places
}

/// Places `count` notes behind those that are placed and before `end`.
fn fill(places: &mut Vec<i64>, count: i64, end: Option<i64>, first: i64, taken: &HashSet<i64>) {
    let begin = match (places.last(), end) {
        (Some(&last), _) => last,
        (None, Some(end)) => end - STEP * (count + 1),
        (None, None) => first - STEP,
    };
    let room = end.map_or(STEP, |end| ((end - begin) / (count + 1)).clamp(1, STEP));
    let mut next = begin;
    for left in (0..count).rev() {
        let last = end.map_or(i64::MAX, |end| (end - 1 - left).max(next + 1));
        next = (next + room).min(last);
        // A number in use is left to its note as long as there is another.
        while taken.contains(&next) && next < last {
            next += 1;
        }
        places.push(next);
    }
}

/// The numbers that may stay: of all ways to keep some of them so that they rise, one that keeps the most.
pub(crate) fn longest_rising(known: &[Option<i64>]) -> Vec<Option<i64>> {
    // For each length the index of the lowest last number, and for each number the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; known.len()];
    let number = |at: usize| known.get(at).copied().flatten();
    for at in (0..known.len()).filter(|&at| number(at).is_some()) {
        let length = ends.partition_point(|&end| number(end) < number(at));
        if let Some(slot) = before.get_mut(at) {
            *slot = length.checked_sub(1).and_then(|length| ends.get(length)).copied();
        }
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = vec![None; known.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        if let Some(slot) = kept.get_mut(at) {
            *slot = number(at);
        }
        next = before.get(at).copied().flatten();
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn placed(known: &[Option<i64>]) -> Vec<i64> {
        places(known, 1_000_000, &known.iter().flatten().copied().collect())
    }

    #[test]
    fn a_new_deck_has_room_between_its_notes() {
        assert_eq!(placed(&[None, None, None]), [1_000_000, 1_001_000, 1_002_000]);
    }

    #[test]
    fn a_note_comes_between_its_neighbours() {
        assert_eq!(placed(&[None, Some(5_000), None, Some(6_000), None]), [4_000, 5_000, 5_500, 6_000, 7_000]);
        assert_eq!(placed(&[None, None, Some(5_000)]), [3_000, 4_000, 5_000]);
    }

    #[test]
    fn as_many_as_can_keep_their_number() {
        assert_eq!(placed(&[Some(9_000), Some(1_000), Some(2_000)]), [0, 1_000, 2_000]);
        assert_eq!(placed(&[Some(2_000), Some(3_000), Some(1_000)]), [2_000, 3_000, 4_000]);
    }

    #[test]
    fn where_there_is_no_room_those_behind_move_up() {
        assert_eq!(placed(&[Some(1), None, Some(2), Some(9)]), [1, 2, 3, 9]);
    }

    #[test]
    fn numbers_of_notes_that_went_are_not_given_again() {
        let taken = HashSet::from_iter([5_500]);
        assert_eq!(places(&[Some(5_000), None, Some(6_000)], 0, &taken), [5_000, 5_501, 6_000]);
    }

    #[test]
    fn a_deck_begins_at_the_same_number_for_ever() {
        assert_eq!(first("Rust"), 1_573_652_354_161);
    }

    proptest! {
        #[test]
        fn a_deck_begins_in_the_past(name in ".*") {
            prop_assert!((EARLIEST..LATEST).contains(&first(&name)));
        }

        #[test]
        fn numbers_rise(known in proptest::collection::vec(any::<Option<u16>>(), 0..50)) {
            let known: Vec<Option<i64>> = known.into_iter().map(|number| number.map(i64::from)).collect();
            let placed = placed(&known);
            prop_assert_eq!(placed.len(), known.len());
            prop_assert!(placed.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", placed);
        }
    }
}

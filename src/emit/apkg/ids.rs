//! Numbers that are the same on every build, made from the deck's name.

/// Ids of notes and cards are times in milliseconds; Anki shows them as the day a note was made. They lie in this span:
/// real times, of the past, so that nothing in a collection ever seems to come from the future.
const EARLIEST: i64 = 1_000_000_000_000;
const LATEST: i64 = 1_700_000_000_000;

/// The largest number JavaScript can hold, in which parts of Anki are written.
const LARGEST: i64 = 1 << 53;

/// The deck that every collection has.
pub(super) const DEFAULT_DECK: i64 = 1;

/// Decks are matched by name, whatever its case; the number only has to differ from that of any other deck. A deck that is
/// called as Anki's "Default" is that deck: two of one name in a package are renamed.
pub(super) fn deck(name: &str) -> i64 {
    if name.eq_ignore_ascii_case("default") {
        return DEFAULT_DECK;
    }
    EARLIEST + hash("deck", name) % (LARGEST - EARLIEST)
}

/// The first of the numbers that notes and cards get in source order. Notes are matched by guid; where the number is
/// taken, Anki chooses another and the order of notes made at the same time is lost. Two decks share a number only if
/// their firsts lie closer than their lengths: for two decks of a thousand notes, three times in a thousand million.
pub(super) fn first_note(name: &str) -> i64 {
    EARLIEST + hash("notes", name) % (LATEST - EARLIEST)
}

fn hash(purpose: &str, name: &str) -> i64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(purpose.as_bytes()).update(b"\0").update(name.as_bytes());
    let mut number = [0; 8];
    hasher.finalize_xof().fill(&mut number);
    i64::from_le_bytes(number) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_for_ever() {
        assert_eq!((deck("Rust"), first_note("Rust")), (7_301_026_795_556_606, 1_573_652_354_161));
    }

    proptest::proptest! {
        #[test]
        fn ids_are_where_anki_wants_them(name in ".*") {
            proptest::prop_assume!(!name.eq_ignore_ascii_case("default"));
            proptest::prop_assert!((EARLIEST..LARGEST).contains(&deck(&name)));
            proptest::prop_assert!((EARLIEST..LATEST).contains(&first_note(&name)));
        }
    }
}

//! Numbers of decks: the same on every build, made from the deck's name.

/// The largest number JavaScript can hold, in which parts of Anki are written.
const LARGEST: i64 = 1 << 53;

/// Beyond every number that Anki's own decks have.
const EARLIEST: i64 = 1_000_000_000_000;

/// The deck that every collection has.
pub(super) const DEFAULT_DECK: i64 = 1;

/// Decks are matched by name, whatever its case; the number only has to differ from that of any other deck. A deck that is
/// called as Anki's "Default" is that deck: two of one name in a package are renamed.
pub(super) fn deck(name: &str) -> i64 {
    if name.eq_ignore_ascii_case("default") {
        return DEFAULT_DECK;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"deck\0").update(name.as_bytes());
    let mut number = [0; 8];
    hasher.finalize_xof().fill(&mut number);
    EARLIEST + (i64::from_le_bytes(number) & i64::MAX) % (LARGEST - EARLIEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_for_ever() {
        assert_eq!(deck("Rust"), 7_301_026_795_556_606);
    }

    proptest::proptest! {
        #[test]
        fn ids_are_where_anki_wants_them(name in ".*") {
            proptest::prop_assume!(!name.eq_ignore_ascii_case("default"));
            proptest::prop_assert!((EARLIEST..LARGEST).contains(&deck(&name)));
        }
    }
}

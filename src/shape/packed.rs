//! The beginnings of words as numbers: many can be compared with one in a few steps.

/// How many bytes of a word such a number holds.
pub(super) const BYTES: usize = 8;

/// The first bytes of a word as a number. Numbers are in the order of the words; words that begin alike have one number.
pub(super) const fn packed(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = 0;
    let mut rest = word;
    while at < BYTES {
        number <<= 8;
        if let [byte, behind @ ..] = rest {
            number |= *byte as u64;
            rest = behind;
        }
        at += 1;
    }
    number
}

/// The same of letters and digits of ASCII, in lower case.
pub(super) const fn packed_lower(word: &[u8]) -> u64 {
    // The bit that tells small letters from capitals; digits have it, too.
    const SMALL: u64 = 0x2020_2020_2020_2020;
    packed(word) | SMALL & first_bytes(word.len())
}

/// What keeps so many bytes of such a number.
pub(super) const fn first_bytes(count: usize) -> u64 {
    if count >= BYTES { u64::MAX } else { !(u64::MAX >> (8 * count)) }
}

/// The numbers of sorted words, in their order.
#[expect(clippy::indexing_slicing, reason = "it runs while compiling, where a fault is an error of the compiler's")]
pub(super) const fn packed_all<const N: usize>(words: &[&str; N]) -> [u64; N] {
    let mut numbers = [0; N];
    let mut at = 0;
    while at < N {
        numbers[at] = packed(words[at].as_bytes());
        at += 1;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_the_order_of_words() {
        assert!(packed_all(&["a", "how", "how's", "however", "what", "über"]).is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn capitals_are_small_letters_and_what_is_not_there_stays_nothing() {
        assert_eq!(packed_lower(b"How2"), packed(b"how2"));
        assert_eq!(packed_lower(b"DIFFERENCES"), packed(b"differences"));
        assert_eq!(packed_lower(b""), 0);
        assert_eq!(packed(b"however") & first_bytes(3), packed(b"how"));
    }
}

//! A look at the words of a question, to tell most questions apart before their content words are made.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{FUNCTION_WORDS, same_letters};

/// Words that only say that something is compared with something.
const COMPARING: [&str; 5] = ["vs", "versus", "difference", "between", "compare"];

/// What is looked past: words of no weight by the letters they keep, in order.
static WEIGHTLESS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut weightless: Vec<u64> = FUNCTION_WORDS.iter().chain(&COMPARING).map(|word| kept(word)).collect();
    weightless.sort_unstable();
    weightless
});

/// Two questions of the same content words, in whatever order and with whatever words of comparing, look the same. Nearly
/// all others do not. Of their [`key`](super::key)s.
pub(crate) fn look(key: &str) -> u64 {
    let key = if key.is_ascii() { Cow::Borrowed(key) } else { Cow::Owned(of_one_writing(key)) };
    let words = key.split([' ', '\n']).map(kept);
    words.filter(|word| WEIGHTLESS.binary_search(word).is_err()).fold(0, u64::wrapping_add)
}

/// Without what Chinese compares with, and with one letter for those that are written for each other.
fn of_one_writing(key: &str) -> String {
    same_letters(key).replace(['相', '比', '于', '对', '较'], "")
}

/// A number for the letters of a word that stay whatever its ending and its spelling: neither a plural nor `colour` for
/// `color` changes others than these.
fn kept(word: &str) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let letters = word.bytes().filter(|letter| !matches!(letter, b'e' | b'i' | b'o' | b'u' | b's' | b'y' | b'z'));
    // Fowler, Noll and Vo's hash; the last step keeps sums of such numbers apart.
    let hash = letters.fold(START, |hash, letter| (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3));
    if hash == START { 0 } else { (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) }
}

//! A look at the words of a question, to tell most questions apart before their content words are made.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{FUNCTION_WORDS, same_letters};

/// Words that only say that something is compared with something.
const COMPARING: [&str; 5] = ["vs", "versus", "difference", "between", "compare"];

/// Two questions of the same content words, in whatever order and with whatever words of comparing, look the same. Nearly
/// all others do not. Of their [`key`](super::key)s.
pub(crate) fn look(key: &str) -> u64 {
    let key = if key.is_ascii() { Cow::Borrowed(key) } else { Cow::Owned(of_one_writing(key)) };
    let weightless = &*WEIGHTLESS;
    let mut look = 0_u64;
    let mut word = Kept::default();
    for byte in key.bytes().chain([b' ']) {
        if matches!(byte, b' ' | b'\n') {
            look = look.wrapping_add(weightless.weight(word));
            word = Kept::default();
        } else {
            word.add(byte);
        }
    }
    look
}

/// Without what Chinese compares with, and with one letter for those that are written for each other.
fn of_one_writing(key: &str) -> String {
    same_letters(key).replace(['相', '比', '于', '对', '较'], "")
}

/// A number for the letters of a word that stay whatever its ending and its spelling: neither a plural nor `colour` for
/// `color` changes others than these. The hash is that of Fowler, Noll and Vo.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kept(u64);

impl Default for Kept {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Kept {
    fn of(word: &str) -> Self {
        let mut kept = Self::default();
        word.bytes().for_each(|byte| kept.add(byte));
        kept
    }

    fn add(&mut self, byte: u8) {
        if !matches!(byte, b'e' | b'i' | b'o' | b'u' | b's' | b'y' | b'z') {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// What is looked past: words of no weight, and the few others that fall on their places.
static WEIGHTLESS: LazyLock<Weightless> = LazyLock::new(|| {
    let mut weightless = Weightless([false; PLACES]);
    for word in FUNCTION_WORDS.iter().chain(&COMPARING).chain(&[""]) {
        let place = Weightless::place(Kept::of(word));
        weightless.0.get_mut(place).into_iter().for_each(|is_weightless| *is_weightless = true);
    }
    weightless
});

const PLACES: usize = 1 << 12;

struct Weightless([bool; PLACES]);

impl Weightless {
    #[expect(clippy::cast_possible_truncation, reason = "a remainder is below the number of places")]
    fn place(word: Kept) -> usize {
        ((word.0 ^ (word.0 >> 32)) % PLACES as u64) as usize
    }

    /// What a word adds to the look.
    fn weight(&self, word: Kept) -> u64 {
        let is_weightless = self.0.get(Self::place(word)).copied().unwrap_or(false);
        // Sums of such products differ where sums of the hashes may not.
        if is_weightless { 0 } else { (word.0 ^ (word.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) }
    }
}

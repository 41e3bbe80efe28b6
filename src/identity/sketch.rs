//! A few numbers that tell how alike two answers are, without the answers themselves: a MinHash of their words.
//!
//! The lock keeps one for each note, so that an edited answer can be told from another one. See Broder, "On the
//! resemblance and containment of documents" (1997): the share of equal slots estimates the share of common words.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;

use foldhash::HashMap;

use crate::words;

/// With 32 slots an estimate is off by less than 0.09 two times out of three.
const SLOTS: usize = 32;

/// The value of a word for each hash function.
type Values = [u32; SLOTS];

/// Words whose values a thread remembers, the first that come: answers share most of their words, and the values of one
/// take longer than all else that is done with it.
const REMEMBERED: usize = 4_096;

thread_local! {
    static VALUES: RefCell<HashMap<Box<str>, Values>> = RefCell::default();
}

/// What an answer's words come to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sketch {
    /// How many different words there are; the fewer, the less it means that two answers share them.
    words: u32,
    /// For each of as many hash functions, the lowest value any word has.
    slots: [u16; SLOTS],
}

impl Sketch {
    /// The sketch of a text; markup counts as far as it holds words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut lowest = [u32::MAX; SLOTS];
        let lower = |lowest: &mut Values, values: &Values| {
            lowest.iter_mut().zip(values).for_each(|(lowest, value)| *lowest = (*lowest).min(*value));
        };
        let words = words::different(text, |words| {
            VALUES.with_borrow_mut(|known| {
                for &word in words {
                    if let Some(values) = known.get(word) {
                        lower(&mut lowest, values);
                        continue;
                    }
                    let values = values(word);
                    lower(&mut lowest, &values);
                    if known.len() < REMEMBERED {
                        known.insert(word.into(), values);
                    }
                }
            });
            words.len()
        });
        // The low bits: the high ones are nearly always zero in a minimum.
        let slots = lowest.map(|value| (value & 0xffff) as u16);
        Self { words: u32::try_from(words).unwrap_or(u32::MAX), slots }
    }

    /// How many different words the answer has.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.words
    }

    /// The estimated share of words the two have in common: 0 to 1.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let equal = self.slots.iter().zip(&other.slots).filter(|(left, right)| left == right).count();
        #[expect(clippy::cast_precision_loss, reason = "32 slots at most")]
        let share = equal as f64 / SLOTS as f64;
        share
    }

    /// Neighbouring slots in pairs, with their place: two alike answers share at least one.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, [u16; 2])> + '_ {
        self.slots.as_chunks::<2>().0.iter().copied().enumerate()
    }
}

fn values(word: &str) -> Values {
    let mut hashes = [0_u8; SLOTS * 4];
    blake3::Hasher::new().update(word.as_bytes()).finalize_xof().fill(&mut hashes);
    let mut values = [0; SLOTS];
    for (value, hash) in values.iter_mut().zip(hashes.as_chunks::<4>().0) {
        *value = u32::from_le_bytes(*hash);
    }
    values
}

impl fmt::Display for Sketch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        let mut hex = String::with_capacity(SLOTS * 4);
        let of_slot = |slot: &u16| [12, 8, 4, 0].map(|shift| usize::from(slot >> shift & 0xf));
        hex.extend(self.slots.iter().flat_map(of_slot).filter_map(|digit| DIGITS.get(digit)));
        write!(formatter, "{} {hex}", self.words)
    }
}

/// The text is no sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSketch;

impl FromStr for Sketch {
    type Err = NoSketch;

    fn from_str(text: &str) -> Result<Self, NoSketch> {
        let (words, digits) = text.split_once(' ').ok_or(NoSketch)?;
        let words = words.parse().map_err(|_| NoSketch)?;
        let (groups, []) = digits.as_bytes().as_chunks::<4>() else { return Err(NoSketch) };
        let groups: &[[u8; 4]; SLOTS] = groups.try_into().map_err(|_| NoSketch)?;
        let mut slots = [0; SLOTS];
        for (slot, group) in slots.iter_mut().zip(groups) {
            let digits = group.map(|digit| char::from(digit).to_digit(16));
            let value = digits.into_iter().try_fold(0, |value, digit| Some(value << 4 | digit?)).ok_or(NoSketch)?;
            *slot = u16::try_from(value).map_err(|_| NoSketch)?;
        }
        Ok(Self { words, slots })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "The event loop runs one task at a time: timers first, then pending callbacks, then polls the \
        operating system for input and output, then checks what `setImmediate` left, and closes what is to be closed.";

    #[test]
    fn a_sketch_is_the_same_for_ever() {
        assert_eq!(Sketch::of("one word and another").to_string(), SAME_FOR_EVER);
    }

    const SAME_FOR_EVER: &str = "4 3ae7adb50e3dfd40a6737a203240e0d492c5f1a225815fa71d5e1736fe521684\
        79a8ddfb0a9c0b599ed48a3e7e3917a425995d1b8d238b3b9eeefff5fa2ebb84";

    #[test]
    fn a_word_that_is_remembered_has_the_same_values() {
        let more = (0..REMEMBERED * 2).map(|number| format!("w{number} ")).collect::<String>();
        let sketches = || [ANSWER, more.as_str(), "w1 w5000 loop"].map(Sketch::of);
        let first = std::thread::scope(|scope| scope.spawn(sketches).join().unwrap());
        assert_eq!([sketches(), sketches()], [first.clone(), first]);
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["", "a", ANSWER] {
            let sketch = Sketch::of(text);
            assert_eq!(sketch.to_string().parse(), Ok(sketch));
        }
        for bad in ["", "12", "x 00", "1 zz", "1 +001", &"1 0000".repeat(9)] {
            assert_eq!(bad.parse::<Sketch>(), Err(NoSketch), "{bad}");
        }
    }

    #[test]
    fn an_edit_is_told_from_another_answer() {
        let likeness = |text: &str| Sketch::of(ANSWER).likeness(&Sketch::of(text));
        let edited = ANSWER.replace("one task", "a single job").replace("then checks", "after that checks");
        assert_eq!(likeness(&ANSWER.replace("  ", " ")), 1.0);
        assert!(likeness(&edited) > 0.6, "{}", likeness(&edited));
        assert!(likeness("A stream hands data on in chunks, so that it need not fit in memory at once.") < 0.3);
    }
}

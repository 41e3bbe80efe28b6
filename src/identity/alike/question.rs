//! Two questions side by side: how many words of weight they share, and what sets them apart.

use crate::words::{self, Matched};

/// With so many words in common, one that differs by a letter is a typing slip, and not another word.
const ENOUGH_FOR_A_SLIP: usize = 5;

/// More words of a question are not compared: it is a text.
const MOST_WORDS: usize = 64;

/// A question as it is compared.
pub(super) struct Question {
    /// Its words of weight.
    pub(super) words: Vec<String>,
    /// All its words without white space and backticks: `Node JS` and `Node.js`.
    pub(super) letters: String,
}

impl Question {
    pub(super) fn of(marked_title: &str) -> Self {
        let letters = words::words(marked_title).concat().replace('`', "").to_lowercase();
        let mut words = words::content_words(marked_title);
        words.truncate(MOST_WORDS);
        Self { words, letters }
    }
}

/// What two questions have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    /// Weight of the common words over that of the shorter question: 0 to 1.
    pub(super) shared: f64,
    /// Words in both.
    pub(super) common: usize,
    /// Words of one that stand where the other has others.
    pub(super) replaced: usize,
    /// Words that one has beyond that.
    pub(super) added: usize,
    /// A number, a sign or a piece of code stands where the other has another: React 18 and 19, C and C++, `i++` and
    /// `++i` are never the same.
    pub(super) other_signs: bool,
    /// The same, of numbers alone: an edited answer may look the same, and React 18 is not 19 for that.
    pub(super) other_numbers: bool,
    /// The words they share come in the same order: from JSON to XML is not from XML to JSON.
    pub(super) in_order: bool,
}

impl Comparison {
    pub(super) fn of(note: &Question, entry: &Question) -> Self {
        if note.letters == entry.letters && same_code(&note.words, &entry.words) {
            return Self {
                shared: 1.0,
                common: note.words.len().max(1),
                replaced: 0,
                added: 0,
                other_signs: false,
                other_numbers: false,
                in_order: true,
            };
        }
        let (left, right) = (plain(&note.words, &entry.words), plain(&entry.words, &note.words));
        let matched = words::matched(&left, &right);
        let likeness = matched.likeness();
        let slips = usize::from(is_slip(&matched));
        let (only_left, only_right) = (likeness.only_left - slips, likeness.only_right - slips);
        let replaced = only_left.min(only_right);
        let has_sign = |words: &[&str]| words.iter().any(|word| is_sign(word));
        let is_number = |word: &&str| !word.starts_with('`') && word.contains(|letter: char| letter.is_ascii_digit());
        let has_number = |words: &[&str]| words.iter().any(is_number);
        let same = left.iter().zip(&right).filter(|(left, right)| left == right).count();
        Self {
            shared: likeness.shared,
            common: likeness.common + slips,
            replaced,
            added: only_left.max(only_right) - replaced,
            other_signs: slips == 0 && has_sign(&matched.left) && has_sign(&matched.right),
            other_numbers: has_number(&matched.left) && has_number(&matched.right),
            // Slips aside, which are few.
            in_order: same + 1 >= left.len().min(right.len()),
        }
    }
}

/// One word differs by two letters that changed places, or by a letter among many words that don't.
fn is_slip(matched: &Matched<'_>) -> bool {
    let ([left], [right]) = (matched.left.as_slice(), matched.right.as_slice()) else { return false };
    let long = left.chars().count().min(right.chars().count()) >= 5;
    let same_start = left.chars().next() == right.chars().next();
    let plain = !is_sign(left) && !is_sign(right);
    let near = || strsim::damerau_levenshtein(left, right) <= 1;
    let many = matched.common.len() >= ENOUGH_FOR_A_SLIP;
    long && same_start && plain && !matched.common.is_empty() && (is_swap(left, right) || many && near())
}

/// Whether the words are the same but for two neighbours.
fn is_swap(left: &str, right: &str) -> bool {
    let mut differing = left.chars().zip(right.chars()).enumerate().filter(|(_, (left, right))| left != right);
    let pairs = (differing.next(), differing.next(), differing.next());
    let (Some((first, (a, b))), Some((second, (c, d))), None) = pairs else { return false };
    left.chars().count() == right.chars().count() && second == first + 1 && (a, b) == (d, c)
}

fn is_sign(word: &str) -> bool {
    word.contains(|letter: char| !letter.is_alphabetic()) || word.len() == 1
}

/// The words, with a code span as a plain word where the other question has it as one.
fn plain(words: &[String], other: &[String]) -> Vec<String> {
    let plain = |word: &String| {
        let bare = word.trim_matches('`').to_lowercase();
        if word.starts_with('`') && other.contains(&bare) { bare } else { word.clone() }
    };
    words.iter().map(plain).collect()
}

/// Code spans that both have are the same: case counts in code.
fn same_code(left: &[String], right: &[String]) -> bool {
    let code = |words: &[String]| words.iter().filter(|word| word.starts_with('`')).cloned().collect::<Vec<_>>();
    let (left, right) = (code(left), code(right));
    left.is_empty() || right.is_empty() || left == right
}

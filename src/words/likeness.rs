//! How much two lists of words have in common.

use foldhash::HashMap;

/// How alike two questions are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Content words that stand in both, weighted by length, over those of the shorter one: 0 to 1.
    pub shared: f64,
    /// Content words that stand in both.
    pub common: usize,
    /// Content words of the left one that the right one has not.
    pub only_left: usize,
    /// Content words of the right one that the left one has not.
    pub only_right: usize,
}

/// Two lists of words, as far as they go together.
#[derive(Debug, Default)]
pub(crate) struct Matched<'a> {
    /// Words of the left list that the right one has, or has but for a typing slip.
    pub(crate) common: Vec<&'a str>,
    /// Those of the left one that the right one has not.
    pub(crate) left: Vec<&'a str>,
    /// Those of the right one that the left one has not.
    pub(crate) right: Vec<&'a str>,
}

/// Finds what two lists of words have in common; words within a typing slip of each other count as the same.
pub(crate) fn matched<'a>(left: &'a [String], right: &'a [String]) -> Matched<'a> {
    let mut counts: HashMap<&str, usize> = HashMap::default();
    for word in right {
        *counts.entry(word).or_default() += 1;
    }
    let mut found = Matched::default();
    for word in left {
        match counts.get_mut(word.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                found.common.push(word);
            }
            _ => found.left.push(word.as_str()),
        }
    }
    for word in right {
        if let Some(count) = counts.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            found.right.push(word);
        }
    }
    let Matched { common, left, right } = &mut found;
    left.retain(|left| {
        let slip = right.iter().position(|right| is_slip(left, right));
        if let Some(at) = slip {
            right.swap_remove(at);
            common.push(left);
        }
        slip.is_none()
    });
    found
}

impl Matched<'_> {
    /// How alike the two lists are.
    pub(crate) fn likeness(&self) -> Likeness {
        let Self { common, left, right } = self;
        let weight = |words: &[&str]| words.iter().map(|word| word.chars().count()).sum::<usize>();
        let shorter = weight(common) + weight(left).min(weight(right));
        #[expect(clippy::cast_precision_loss, reason = "word lengths are far below 2^52")]
        let shared = if shorter == 0 { 0.0 } else { weight(common) as f64 / shorter as f64 };
        Likeness { shared, common: common.len(), only_left: left.len(), only_right: right.len() }
    }
}

/// Compares the content words of two questions; words within a typing slip of each other count as the same.
#[must_use]
pub fn likeness(left: &[String], right: &[String]) -> Likeness {
    matched(left, right).likeness()
}

/// One letter changed, added, dropped or swapped in a long word, or another ending of the same stem. The first letter
/// stays: there a letter is a prefix (`symmetric`, `asymmetric`).
fn is_slip(left: &str, right: &str) -> bool {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let is_code = shorter.starts_with('`') || longer.starts_with('`');
    if is_code || shorter.chars().count() < 5 || shorter.chars().next() != longer.chars().next() {
        return false;
    }
    let ending = longer.strip_prefix(shorter);
    if ending.is_some_and(|ending| ["d", "ed", "r", "er", "ing", "ly", "al", "able", "ment"].contains(&ending)) {
        return true;
    }
    // In short words one letter makes another word (`slice`, `splice`); digits always do.
    shorter.chars().count() >= 8
        && !longer.contains(|c: char| c.is_ascii_digit())
        && (shorter.len() == longer.len() || !longer.ends_with(shorter))
        && strsim::damerau_levenshtein(shorter, longer) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_no_slip() {
        for (left, right) in [
            ("synchronous", "asynchronous"),
            ("symmetric", "asymmetric"),
            ("controlled", "uncontrolled"),
            ("serializable", "deserializable"),
            ("blocking", "nonblocking"),
            ("`concurrent`", "`concurent`"),
        ] {
            assert!(!is_slip(left, right) && !is_slip(right, left), "{left} / {right}");
        }
        assert!(is_slip("concurrency", "concurency"));
        assert!(is_slip("implement", "implementing"));
    }
}

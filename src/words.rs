//! When are two questions the same? Texts to words: case, typography and punctuation are noise; operators are not.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The words of a text, in order, in the form two writings of the same question share: NFKC, lower case, without
/// apostrophes, hyphens and dots inside words (`Node.js` and `Nodejs`, `back-pressure` and `backpressure`), without
/// punctuation; operators (`===`, `C++`) stay.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_ideograph(character) {
            push(&mut words, &mut word);
            words.push(character.to_string());
        } else if is_word_part(character) {
            word.push(character);
        } else if joins(character) && !word.is_empty() && characters.peek().is_some_and(|&next| is_word_part(next)) {
            let between_digits =
                word.ends_with(|c: char| c.is_ascii_digit()) && characters.peek().is_some_and(char::is_ascii_digit);
            if between_digits && character == '.' {
                word.push('.');
            } else if between_digits {
                push(&mut words, &mut word);
            }
        } else if is_operator(character) {
            let mut run = character.to_string();
            while let Some(next) = characters.next_if(|&next| is_operator(next)) {
                run.push(next);
            }
            operator(&mut words, &mut word, &run, characters.peek().copied());
        } else {
            push(&mut words, &mut word);
        }
    }
    push(&mut words, &mut word);
    words
}

/// `C++` and `C#` are words; `==` alone is one; the stars of a torn emphasis and a final `!` are nothing.
fn operator(words: &mut Vec<String>, word: &mut String, run: &str, next: Option<char>) {
    let after_word = !word.is_empty();
    let before_word = next.is_some_and(is_word_part);
    let is_suffix = after_word && !before_word && word.len() <= 2 && matches!(run, "+" | "++" | "#" | "*");
    if is_suffix && run != "*" {
        word.push_str(run);
        return push(words, word);
    }
    push(words, word);
    let torn_emphasis = run.chars().all(|c| matches!(c, '*' | '~')) && (after_word || before_word);
    let exclamation = run.chars().all(|c| c == '!');
    match run {
        "&" => words.push("and".to_owned()),
        _ if torn_emphasis || exclamation => {}
        _ => words.push(run.to_owned()),
    }
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn is_word_part(character: char) -> bool {
    character.is_alphanumeric() || unicode_normalization::char::is_combining_mark(character)
}

fn joins(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '.' | '_')
}

fn is_operator(character: char) -> bool {
    matches!(character, '=' | '!' | '<' | '>' | '&' | '|' | '+' | '*' | '%' | '^' | '~' | '#' | '@' | '$')
}

/// Scripts that write without spaces: each character counts as a word.
fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Two questions with the same key are the same question.
#[must_use]
pub fn key(text: &str) -> String {
    words(text).join(" ")
}

/// The words that tell one question from another: without function words, in singular.
#[must_use]
pub fn content_words(text: &str) -> Vec<String> {
    let words = words(text);
    let mut content = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        if matches!(word.as_str(), "do" | "does" | "did") && is_main_verb(words.get(at + 1)) {
            content.push("do".to_owned());
        } else if !is_function_word(word) {
            content.push(singular(word));
        }
    }
    content
}

/// "What does a judge do?", "What can you do with it?", but not "How do you do it?".
fn is_main_verb(next: Option<&String>) -> bool {
    next.is_none_or(|next| ["with", "about", "for", "when", "if", "in", "on", "to"].contains(&next.as_str()))
}

/// Words that say nothing of what is asked. Why, when, where, who and how do: they ask different things.
fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// Sorted.
const FUNCTION_WORDS: [&str; 84] = [
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "being", "briefly", "by", "can",
    "could", "define", "describe", "did", "do", "does", "done", "e", "eg", "etc", "exactly", "explain", "for", "from",
    "g", "give", "had", "has", "have", "he", "i", "if", "in", "into", "is", "it", "its", "js", "like", "may", "me",
    "mean", "might", "must", "my", "of", "on", "one", "or", "our", "please", "shall", "should", "so", "some", "tell",
    "that", "the", "their", "them", "there", "these", "they", "this", "to", "us", "was", "we", "were", "what", "whats",
    "which", "will", "with", "would", "you", "your", "youve",
];

/// English plural to singular, as far as endings tell; the same for both sides, so a wrong stem does no harm.
fn singular(word: &str) -> String {
    let keep = word.len() < 4 || !word.is_ascii() || ["ss", "us", "is", "js"].iter().any(|end| word.ends_with(end));
    if keep {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let sibilant = ["sses", "xes", "zes", "ches", "shes"].iter().any(|end| word.ends_with(end));
    let stem = if sibilant { word.strip_suffix("es") } else { word.strip_suffix('s') };
    stem.unwrap_or(word).to_owned()
}

/// How alike two questions are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Content words that stand in both, weighted by length, over those of the shorter one: 0 to 1.
    pub shared: f64,
    /// Content words that stand in both.
    pub common: usize,
    /// Both have a content word of their own: they may ask about different things.
    pub conflict: bool,
}

/// Compares the content words of two questions; words within a typing slip of each other count as the same.
#[must_use]
pub fn likeness(left: &[String], right: &[String]) -> Likeness {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in right {
        *counts.entry(word).or_default() += 1;
    }
    let mut unmatched_left = Vec::new();
    let mut common: Vec<&str> = Vec::new();
    for word in left {
        match counts.get_mut(word.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                common.push(word);
            }
            _ => unmatched_left.push(word.as_str()),
        }
    }
    let mut unmatched_right: Vec<&str> = Vec::new();
    for word in right {
        if let Some(count) = counts.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            unmatched_right.push(word);
        }
    }
    unmatched_left.retain(|left| {
        let slip = unmatched_right.iter().position(|right| is_slip(left, right));
        if let Some(at) = slip {
            unmatched_right.swap_remove(at);
            common.push(left);
        }
        slip.is_none()
    });
    let weight = |words: &[&str]| words.iter().map(|word| word.chars().count()).sum::<usize>();
    let shorter = weight(&common) + weight(&unmatched_left).min(weight(&unmatched_right));
    #[expect(clippy::cast_precision_loss, reason = "word lengths are far below 2^52")]
    let shared = if shorter == 0 { 0.0 } else { weight(&common) as f64 / shorter as f64 };
    Likeness { shared, common: common.len(), conflict: !unmatched_left.is_empty() && !unmatched_right.is_empty() }
}

/// One letter changed, added, dropped or swapped in a long word, or another ending of the same stem.
fn is_slip(left: &str, right: &str) -> bool {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if shorter.chars().count() < 5 {
        return false;
    }
    let ending = longer.strip_prefix(shorter);
    if ending.is_some_and(|ending| ["d", "ed", "r", "er", "ing", "ly", "al", "able", "ment"].contains(&ending)) {
        return true;
    }
    // In short words one letter makes another word (`slice`, `splice`); digits always do.
    shorter.chars().count() >= 8
        && !longer.contains(|c: char| c.is_ascii_digit())
        && strsim::damerau_levenshtein(shorter, longer) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(left: &str, right: &str) {
        assert_eq!(key(left), key(right));
    }

    #[track_caller]
    fn near(left: &str, right: &str) {
        assert_eq!(content_words(left), content_words(right));
    }

    #[track_caller]
    fn different(left: &str, right: &str) {
        assert_ne!(content_words(left), content_words(right), "{left} / {right}");
    }

    #[test]
    fn typography_is_noise() {
        same("How do you handle back-pressure in Node.js?", "how do you handle  backpressure in Nodejs");
        same("Tools you’ve used", "Tools you've used");
        same("**How do you use Docker", "How do you use Docker?");
        same("Q & A", "Q and A");
    }

    #[test]
    fn a_word_of_no_weight_is_noise() {
        near("How do you handle versioning and rollback?", "How would you handle versioning and rollback?");
        near("How does Node.js work?", "How Node.js works?");
    }

    #[test]
    fn one_content_word_tells_two_questions_apart() {
        different("What does slice do?", "What does splice do?");
        different("What is JEST?", "What is JSX?");
        different("What is new in React 18?", "What is new in React 19?");
        different("What is L1 regularization?", "What is L2 regularization?");
        different("What is ==?", "What is ===?");
        different("What is C?", "What is C++?");
        different("When do you use Redux?", "Why do you use Redux?");
        different("What is a judge?", "What does a judge do?");
        different("What is TypeScript?", "What can you do with TypeScript?");
    }

    #[test]
    fn function_words_are_sorted_for_the_search() {
        assert!(FUNCTION_WORDS.is_sorted());
    }

    #[test]
    fn a_shortened_title_is_alike_and_without_conflict() {
        let long =
            content_words("What are common Node.js vulnerabilities and how do you prevent them (SSRF, CSRF, RCE)?");
        let short = content_words("What are common Node.js vulnerabilities and how do you prevent them?");
        let found = likeness(&long, &short);
        assert!(found.shared > 0.99 && !found.conflict, "{found:?}");
    }

    #[test]
    fn another_topic_in_the_same_words_is_a_conflict() {
        let left = content_words("How do you use Docker effectively with Node.js?");
        let right = content_words("How do you use Podman effectively with Node.js?");
        assert!(likeness(&left, &right).conflict);
    }
}

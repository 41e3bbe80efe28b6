//! When are two questions the same? Texts to words: case, typography and punctuation are noise; operators are not.

mod likeness;
mod look;
mod plain;
mod tokens;

use std::borrow::Cow;

use foldhash::HashSet;

pub use self::likeness::{Likeness, likeness};
pub(crate) use self::likeness::{Matched, matched};
pub(crate) use self::look::look;
pub(crate) use self::tokens::is_ideograph;
use self::tokens::{Kind, Tokens};

/// The words of a text, in order, in the form two writings of the same question share: NFKC, lower case, without
/// apostrophes, hyphens and dots inside words (`Node.js` and `Nodejs`, `back-pressure` and `backpressure`), without
/// punctuation; operators (`===`, `C++`) stay. A code span in backticks is one word, and stays as it is.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    Tokens::of(text).iter().map(|(word, _)| word.to_owned()).collect()
}

/// The different words of a text.
pub(crate) fn different<T>(text: &str, then: impl FnOnce(&HashSet<&str>) -> T) -> T {
    then(&Tokens::of(text).iter().map(|(word, _)| word).collect())
}

/// Two questions with the same key are the same question.
#[must_use]
pub fn key(text: &str) -> String {
    plain::key(text).unwrap_or_else(|| Tokens::of(text).into_text())
}

/// Chinese says "compared with" in several ways that mean the same.
fn without_comparing(text: &str) -> Cow<'_, str> {
    const WAYS: [&str; 4] = ["相比于", "相对于", "相较于", "相比"];
    if !text.contains('相') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(WAYS.iter().fold(text.to_owned(), |text, way| text.replace(way, "比")))
}

/// The words that tell one question from another: without function words, in singular. Code stays as it is, and
/// abbreviations in capitals have no plural: HTTPS is not HTTP.
#[must_use]
pub fn content_words(text: &str) -> Vec<String> {
    let mut content = Vec::new();
    each_content_word(text, |word| content.push(word.into_owned()));
    content
}

/// The same, one after the other.
pub(crate) fn each_content_word(text: &str, mut add: impl FnMut(Cow<'_, str>)) {
    let text = without_comparing(text);
    let tokens = Tokens::of(&text);
    let mut rest = tokens.iter();
    while let Some((text, kind)) = rest.next() {
        let next = rest.clone().next().map(|(next, _)| next);
        let is_operator = kind == Kind::Capitals && matches!(text, "and" | "or" | "if");
        add(match kind {
            Kind::Code => Cow::Borrowed(text),
            Kind::Capitals if is_operator => Cow::Borrowed(text),
            _ if matches!(text, "do" | "does" | "did") && is_main_verb(next) => Cow::Borrowed("do"),
            _ if is_function_word(text) && !(next.is_none() && asks_at_the_end(text)) => continue,
            Kind::Capitals => Cow::Borrowed(text),
            Kind::Plural => Cow::Borrowed(text.strip_suffix('s').unwrap_or(text)),
            Kind::Word if text.is_ascii() => american(singular(text)),
            Kind::Word => Cow::Owned(same_letters(text)),
        });
    }
}

/// "What is a closure for?" is not "What is a closure?".
fn asks_at_the_end(word: &str) -> bool {
    matches!(word, "for" | "from" | "like" | "of" | "to" | "with")
}

/// "What does a judge do?", "What can you do with it?", but not "How do you do it?".
fn is_main_verb(next: Option<&str>) -> bool {
    next.is_none_or(|next| ["with", "about", "for", "when", "if", "in", "on", "to"].contains(&next))
}

/// Words that say nothing of what is asked. Why, when, where, who and how do: they ask different things.
fn is_function_word(word: &str) -> bool {
    word.len() <= LONGEST_FUNCTION_WORD && FUNCTION_WORDS.binary_search(&word).is_ok()
}

const LONGEST_FUNCTION_WORD: usize = 8;

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
fn singular(word: &str) -> Cow<'_, str> {
    let keep = word.len() < 4
        || !word.ends_with('s')
        || !word.is_ascii()
        || ["ss", "us", "is", "js"].iter().any(|end| word.ends_with(end));
    if keep {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Cow::Owned(format!("{stem}y"));
    }
    let sibilant = ["sses", "xes", "zes", "ches", "shes"].iter().any(|end| word.ends_with(end));
    let stem = if sibilant { word.strip_suffix("es") } else { word.strip_suffix('s') };
    Cow::Borrowed(stem.unwrap_or(word))
}

/// Letters that people write for each other: `е` for `ё`, an alef without its hamza, the Persian letters for the Arabic
/// ones, `ss` for `ß`, `i` for the Turkish one without a dot; digits of any of these scripts.
fn same_letters(word: &str) -> String {
    let mut same = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'ё' => same.push('е'),
            'أ' | 'إ' | 'آ' | 'ٱ' => same.push('ا'),
            'ى' | 'ی' => same.push('ي'),
            'ک' => same.push('ك'),
            'ة' => same.push('ه'),
            'ß' => same.push_str("ss"),
            'ı' => same.push('i'),
            '٠'..='٩' => same.push(digit(letter, '٠')),
            '۰'..='۹' => same.push(digit(letter, '۰')),
            other => same.push(other),
        }
    }
    same
}

fn digit(letter: char, zero: char) -> char {
    char::from_digit(u32::from(letter) - u32::from(zero), 10).unwrap_or(letter)
}

/// `colour` and `color`, `serialise` and `serialize`, as far as endings tell. In short words they tell words apart
/// (`prise`, `prize`).
fn american(word: Cow<'_, str>) -> Cow<'_, str> {
    const ENDINGS: [(&str, &str); 14] = [
        ("isation", "ization"),
        ("ising", "izing"),
        ("ised", "ized"),
        ("iser", "izer"),
        ("ise", "ize"),
        ("ysing", "yzing"),
        ("ysed", "yzed"),
        ("yser", "yzer"),
        ("yse", "yze"),
        ("oural", "oral"),
        ("ouring", "oring"),
        ("oured", "ored"),
        ("our", "or"),
        ("centre", "center"),
    ];
    if word.len() < 6 || !word.ends_with(['e', 'g', 'd', 'r', 'l', 'n']) {
        return word;
    }
    let stem = |(british, american): &(&str, &str)| word.strip_suffix(british).map(|stem| format!("{stem}{american}"));
    match ENDINGS.iter().find_map(stem) {
        Some(american) => Cow::Owned(american),
        None => word,
    }
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
        assert_eq!(look(&key(left)), look(&key(right)), "{left} / {right}");
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
    fn width_composition_and_unseen_characters_are_noise() {
        same("Ｗhat is ＣＳＳ？", "What is CSS?");
        same("“What’s a ‘closure’?”", "\"What's a 'closure'?\"");
        same("Cafe\u{301} au lait", "Café au lait");
        same("什么是闭包？", "什么是 闭包 ?");
        same("什么是（闭包）", "什么是(闭包)");
        same("クロージャ・とは", "クロージャとは");
        same("clo\u{ad}sure\u{200b} \u{200f}x", "closure x");
        same("ما هُوَ الإِغْلَاق؟", "ما هو الإغلاق");
        same("مـــا هو", "ما هو");
        same("می\u{200c}کند", "میکند");
        same("שָׁלוֹם", "שלום");
        same("İstanbul", "istanbul");
        assert_eq!(words("什么是React闭包"), ["什", "么", "是", "react", "闭", "包"]);
        // In code they are what they are.
        assert_ne!(key("`Ａ`"), key("`A`"));
    }

    #[test]
    fn letters_written_for_each_other_are_nearly_the_same() {
        near("Что такое счётчик ещё?", "Что такое счетчик еще?");
        near("ما هي الأنواع؟", "ما هي الانواع؟");
        near("ما هي المكتبة؟", "ما هي المكتبه؟");
        near("کتابخانه چیست ۱۲", "كتابخانه چيست 12");
        near("Was ist eine Straße?", "WAS IST EINE STRASSE?");
        near("IŞIK nedir?", "Işık nedir?");
        different("Что такое мир?", "Что такое мор?");
        for (left, right) in [("все", "всё"), ("ان", "أن")] {
            assert_ne!(key(left), key(right), "only nearly");
        }
    }

    #[test]
    fn a_word_of_no_weight_is_noise() {
        near("How do you handle versioning and rollback?", "How would you handle versioning and rollback?");
        near("How does Node.js work?", "How Node.js works?");
    }

    #[test]
    fn content_words_look_as_the_key_they_are_of() {
        let stems = [
            "class",
            "box",
            "query",
            "colour",
            "centre",
            "serialise",
            "cached",
            "SQL",
            "do",
            "and",
            "can",
            "Straße",
            "счёт",
        ];
        let endings = ["", "s", "es", "ies", "ed", "ing", "er", "ation"];
        for title in stems.iter().flat_map(|stem| endings.map(|ending| format!("What is {stem}{ending} for?"))) {
            assert_eq!(look(&content_words(&title).join(" ")), look(&key(&title)), "{title}");
        }
    }

    #[test]
    fn the_look_of_questions_tells_them_apart() {
        let questions = [
            "What does slice do?",
            "What does splice do?",
            "What is React 18?",
            "What is React 19?",
            "什么是闭包?",
            "什么是原型?",
        ];
        let looks: std::collections::HashSet<u64> = questions.iter().map(|question| look(&key(question))).collect();
        assert_eq!(looks.len(), questions.len());
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
    fn a_shortened_title_has_no_word_of_its_own() {
        let long =
            content_words("What are common Node.js vulnerabilities and how do you prevent them (SSRF, CSRF, RCE)?");
        let short = content_words("What are common Node.js vulnerabilities and how do you prevent them?");
        let found = likeness(&long, &short);
        assert!(found.shared > 0.99 && found.only_right == 0, "{found:?}");
    }

    #[test]
    fn another_topic_leaves_a_word_on_both_sides() {
        let left = content_words("How do you use Docker effectively with Node.js?");
        let right = content_words("How do you use Podman effectively with Node.js?");
        let found = likeness(&left, &right);
        assert_eq!((found.only_left, found.only_right), (1, 1));
    }

    #[test]
    fn code_in_backticks_is_one_word_as_it_is() {
        assert_eq!(words("Explain `-r`, please"), ["explain", "`-r`", "please"]);
        assert_eq!(words("``a `b` C`` and `Map.get()`"), ["``a `b` C``", "and", "`Map.get()`"]);
        assert_eq!(words("A lone ` or ``two` here"), ["a", "lone", "` or ``two`", "here"]);
        assert_eq!(words("A lone ` is nothing, and ``so` too"), ["a", "lone", "` is nothing, and ``so`", "too"]);
        assert_eq!(words("Rock `n roll"), ["rock", "n", "roll"]);
        assert_eq!(words("``Rock ` roll"), ["rock", "roll"]);
        assert_eq!(content_words("What is the `this` of `Maps`?"), ["`this`", "`Maps`"]);
        different("What does `-r` do?", "What does `-R` do?");
        different("What is `a*b`?", "What is `a**b`?");
        different("What does `??` do?", "What does `?.` do?");
        different("What is `//`?", "What is `/`?");
    }

    #[test]
    fn capitals_have_no_plural() {
        different("What is HTTP?", "What is HTTPS?");
        different("What is FTP?", "What is FTPS?");
        different("What is NAT?", "What is NATS?");
        different("What does AND return?", "What does OR return?");
        different("What does an IF return?", "What does it return?");
        near("What is an API?", "What are APIs?");
        near("WHAT ARE CLOSURES AND PROMISES?", "What is a closure and a promise?");
    }

    #[test]
    fn spelling_is_noise_and_a_question_of_purpose_is_not() {
        near("How do you serialise a colour?", "How do you serialize a color?");
        near("What is behavioural analysis?", "What is behavioral analysis?");
        different("What is a closure?", "What is a closure for?");
        different("What is a prise?", "What is a prize?");
    }

    #[test]
    fn words_without_a_partner_are_counted() {
        let left = content_words("How do you use Docker effectively with Node.js?");
        let right = content_words("How do you use Podman with Node.js?");
        let found = likeness(&left, &right);
        assert_eq!((found.only_left, found.only_right), (2, 1));
        let found = likeness(&right, &right);
        assert_eq!((found.only_left, found.only_right), (0, 0));
    }
}

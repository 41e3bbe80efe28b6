//! When are two questions the same? Texts to words: case, typography and punctuation are noise; operators are not.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// The words of a text, in order, in the form two writings of the same question share: NFKC, lower case, without
/// apostrophes, hyphens and dots inside words (`Node.js` and `Nodejs`, `back-pressure` and `backpressure`), without
/// punctuation; operators (`===`, `C++`) stay. A code span in backticks is one word, and stays as it is.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.text).collect()
}

/// A word, and what its writing told before it was lower case.
#[derive(Debug, Default)]
struct Token {
    text: String,
    kind: Kind,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[default]
    Word,
    /// Two letters or more, all of them capitals: an abbreviation, or an operator of a language.
    Capitals,
    /// Such an abbreviation with a small `s` behind it.
    Plural,
    /// A code span with its backticks.
    Code,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut plain_from = 0;
    for code in code_spans(text) {
        plain_tokens(text.get(plain_from..code.start).unwrap_or_default(), &mut tokens);
        tokens.push(Token { text: text.get(code.clone()).unwrap_or_default().to_owned(), kind: Kind::Code });
        plain_from = code.end;
    }
    plain_tokens(text.get(plain_from..).unwrap_or_default(), &mut tokens);
    // Where everything is in capitals, they tell nothing.
    if tokens.len() > 2 && !text.chars().any(char::is_lowercase) {
        for token in tokens.iter_mut().filter(|token| token.kind == Kind::Capitals) {
            token.kind = Kind::Word;
        }
    }
    tokens
}

/// From a run of backticks to the next one of the same length, with both.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => run.end += 1,
            None => runs.push(at..at + 1),
        }
    }
    let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
    for run in &runs {
        by_length.entry(run.len()).or_default().push(run.start);
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for run in &runs {
        let is_inside = spans.last().is_some_and(|span| run.start < span.end);
        let same = by_length.get(&run.len()).filter(|_| !is_inside);
        let closer = same.and_then(|starts| starts.get(starts.partition_point(|start| *start <= run.start)));
        spans.extend(closer.map(|closer| run.start..closer + run.len()));
    }
    spans
}

/// The words of a text without code.
fn plain_tokens(text: &str, words: &mut Vec<Token>) {
    let mut word = Word::default();
    let mut characters = text.nfkc().filter(|&character| !is_unseen(character)).peekable();
    while let Some(character) = characters.next() {
        if is_ideograph(character) {
            word.end(words);
            words.push(Token { text: character.to_string(), kind: Kind::Word });
        } else if is_word_part(character) {
            word.push(character);
        } else if joins(character) && !word.text.is_empty() && characters.peek().is_some_and(|&next| is_word_part(next))
        {
            let between_digits = word.text.ends_with(|c: char| c.is_ascii_digit())
                && characters.peek().is_some_and(char::is_ascii_digit);
            if between_digits && character == '.' {
                word.text.push('.');
            } else if between_digits {
                word.end(words);
            }
        } else if is_operator(character) {
            let mut run = character.to_string();
            while let Some(next) = characters.next_if(|&next| is_operator(next)) {
                run.push(next);
            }
            operator(words, &mut word, &run, characters.peek().copied());
        } else {
            word.end(words);
        }
    }
    word.end(words);
}

/// A word as it is read.
#[derive(Default)]
struct Word {
    text: String,
    letters: usize,
    capitals: usize,
    /// The last character is an `s`.
    small_s: bool,
}

impl Word {
    fn push(&mut self, character: char) {
        self.letters += usize::from(character.is_alphabetic());
        self.capitals += usize::from(character.is_uppercase());
        self.small_s = character == 's';
        match character {
            // In lower case it would keep a dot of its own.
            'İ' => self.text.push('i'),
            _ => self.text.extend(character.to_lowercase()),
        }
    }

    fn end(&mut self, words: &mut Vec<Token>) {
        let Word { text, letters, capitals, small_s } = std::mem::take(self);
        if !text.is_empty() {
            let kind = match letters {
                2.. if letters == capitals => Kind::Capitals,
                3.. if letters == capitals + 1 && small_s => Kind::Plural,
                _ => Kind::Word,
            };
            words.push(Token { text, kind });
        }
    }
}

/// `C++` and `C#` are words; `==` alone is one; the stars of a torn emphasis and a final `!` are nothing.
fn operator(words: &mut Vec<Token>, word: &mut Word, run: &str, next: Option<char>) {
    let after_word = !word.text.is_empty();
    let before_word = next.is_some_and(is_word_part);
    let is_suffix = after_word && !before_word && word.text.len() <= 2 && matches!(run, "+" | "++" | "#");
    if is_suffix {
        word.text.push_str(run);
        return word.end(words);
    }
    word.end(words);
    let torn_emphasis = run.chars().all(|c| matches!(c, '*' | '~')) && (after_word || before_word);
    let exclamation = run.chars().all(|c| c == '!');
    if !torn_emphasis && !exclamation {
        let text = if run == "&" { "and" } else { run };
        words.push(Token { text: text.to_owned(), kind: Kind::Word });
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

/// What some write and others leave out, and nobody reads: soft hyphens, joiners and marks of direction, the stroke that
/// makes an Arabic word longer, the vowel signs of Arabic and Hebrew.
fn is_unseen(character: char) -> bool {
    matches!(
        u32::from(character),
        0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060 | 0x2066..=0x2069 | 0xfeff
            | 0x640 | 0x64b..=0x652 | 0x670
            | 0x591..=0x5bd | 0x5bf | 0x5c1 | 0x5c2 | 0x5c4 | 0x5c5 | 0x5c7
    )
}

/// Scripts that write without spaces: each character counts as a word. The dot between Japanese words does not.
pub(crate) fn is_ideograph(character: char) -> bool {
    !matches!(character, '・' | '゠')
        && matches!(u32::from(character), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Two questions with the same key are the same question.
#[must_use]
pub fn key(text: &str) -> String {
    words(text).join(" ")
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
    let text = without_comparing(text);
    let tokens = tokens(&text);
    let mut content = Vec::with_capacity(tokens.len());
    for (at, Token { text, kind }) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|next| next.text.as_str());
        let is_operator = *kind == Kind::Capitals && matches!(text.as_str(), "and" | "or" | "if");
        let is_main_verb = matches!(text.as_str(), "do" | "does" | "did") && is_main_verb(next);
        let says_nothing = is_function_word(text) && !(next.is_none() && asks_at_the_end(text));
        content.push(match kind {
            Kind::Code => text.clone(),
            Kind::Capitals if is_operator => text.clone(),
            _ if is_main_verb => "do".to_owned(),
            _ if says_nothing => continue,
            Kind::Capitals => text.clone(),
            Kind::Plural => text.strip_suffix('s').unwrap_or(text).to_owned(),
            Kind::Word if text.is_ascii() => american(singular(text)),
            Kind::Word => same_letters(text),
        });
    }
    content
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
fn american(word: String) -> String {
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
    if word.len() < 6 {
        return word;
    }
    let stem = |(british, american): &(&str, &str)| word.strip_suffix(british).map(|stem| format!("{stem}{american}"));
    ENDINGS.iter().find_map(stem).unwrap_or(word)
}

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
    let mut counts: HashMap<&str, usize> = HashMap::new();
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

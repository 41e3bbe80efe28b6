//! What stands before a question: `12.`, `(3)`, `Q3:`, `Question 4 of 50 -`, `Вопрос 1:`, `第1题`, `3️⃣`, `✅ 1.`.

use std::ops::Range;

/// Words before a question's number, in lower case, and whether a colon is enough to make them a label.
const LABELS: [(&str, bool); 22] = [
    ("question", true),
    ("questions", false),
    ("ques", false),
    ("q", true),
    ("no", false),
    ("nr", false),
    ("nº", false),
    ("frage", true),
    ("pregunta", true),
    ("pergunta", true),
    ("questão", true),
    ("domanda", true),
    ("вопрос", true),
    ("питання", true),
    ("سؤال", true),
    ("س", false),
    ("front", true),
    ("问", true),
    ("問", true),
    ("问题", true),
    ("問題", true),
    ("第", false),
];
/// Bytes of the longest of them, in capitals or not.
const LONGEST_LABEL: usize = 20;
/// No series is longer.
const MOST_DIGITS: usize = 6;

/// Number and label before a question.
#[derive(Debug, Default)]
pub(super) struct Prefix {
    /// Bytes of it, with the white space behind it.
    pub(super) length: usize,
    /// The number and its digits.
    pub(super) number: Option<(u64, Range<usize>)>,
    /// Whether a word such as `Question` or a letter such as `Q` says what follows.
    pub(super) labelled: bool,
}

impl Prefix {
    /// Also where emphasis stands around the prefix alone, as in `**Q4)** What`.
    pub(super) fn within_marks(text: &str) -> Self {
        let lead = ornament(text);
        let marked = text.get(lead..).unwrap_or_default();
        let bare = marked.trim_start_matches(['*', '_']);
        let marks = marked.len() - bare.len();
        if marks == 0 {
            return Self::of(text);
        }
        if !may_begin(bare) {
            return Self::default();
        }
        let run = marked.get(..marks).unwrap_or_default();
        let Some((head, tail)) = bare.split_once(run) else { return Self::default() };
        // With some text behind it, the part in emphasis must be a prefix and nothing else.
        let inner = Self::of(&format!("{head} {}", tail.trim_start()));
        if inner.length < head.len() || inner.length == 0 || head.is_empty() {
            return Self::default();
        }
        let before = lead + marks;
        let length = before + head.len() + run.len() + tail.len() - tail.trim_start().len();
        let number = inner.number.map(|(value, range)| (value, range.start + before..range.end + before));
        Self { length, number, labelled: inner.labelled }
    }

    /// Whether a word or sign that labels what follows may begin a text, perhaps in emphasis: a look at its first byte.
    pub(super) fn may_be_labelled(text: &str) -> bool {
        let first = text.bytes().find(|byte| !b"*_ ".contains(byte));
        first.is_some_and(|byte| !byte.is_ascii() || byte == b'#' || begins_label(byte))
    }

    /// Whether a prefix may stand before the words of a paragraph, whatever marks it has: not where it begins with a letter
    /// that begins none.
    pub(super) fn may_stand_in(paragraph: &str) -> bool {
        let first = paragraph.bytes().find(|byte| !b"*_ \t\r\n".contains(byte));
        first.is_none_or(|byte| !byte.is_ascii_alphabetic() || begins_label(byte))
    }

    /// Whether a word of ASCII is one that stands before a number.
    pub(super) fn is_label(word: &str) -> bool {
        LABELS.iter().any(|(name, _)| name.eq_ignore_ascii_case(word))
    }

    pub(super) fn of(text: &str) -> Self {
        if !may_begin(text) {
            return Self::default();
        }
        let lead = ornament(text);
        let found = keycap(text, lead).or_else(|| Self::after_ornament(text, lead));
        // A number needs a question behind it.
        found.filter(|found| text.get(found.length..).is_some_and(|rest| !rest.trim().is_empty())).unwrap_or_default()
    }

    fn after_ornament(text: &str, lead: usize) -> Option<Self> {
        let label = label(text.get(lead..)?);
        let labelled = label.is_some();
        let mut start = lead + label.map_or(0, |label| label.length);
        let parenthesis = text.get(start..)?.starts_with(['(', '（', '[']);
        if parenthesis {
            start += text.get(start..)?.chars().next()?.len_utf8();
        }
        let rest = text.get(start..)?;
        let (value, digits) = number(rest);
        if digits == 0 {
            let colon = separator(rest);
            let is_label = label.is_some_and(|label| label.asks) && colon > 0 && !parenthesis;
            return is_label.then_some(Self { length: start + colon, number: None, labelled });
        }
        let behind = rest.get(digits..)?;
        let behind = behind.strip_prefix(['题', '題', '问', '問']).filter(|_| labelled).unwrap_or(behind);
        let total = total(behind);
        let separator_at = start + rest.len() - behind.len() + total;
        let behind = text.get(separator_at..)?;
        let separator = separator(behind);
        let closed = !parenthesis || behind.starts_with([')', '）', ']']);
        let spaced = labelled && behind.starts_with(' ');
        // `3.5 ways` has no number before it.
        let glued = !behind.get(..separator)?.contains(char::is_whitespace);
        let decimal = glued && behind.get(separator..)?.starts_with(|c: char| c.is_numeric());
        let ends = (separator > 0 || spaced) && closed && !decimal;
        let length = separator_at + separator.max(behind.len() - behind.trim_start().len());
        ends.then_some(Self { length, number: Some((value, start..start + digits)), labelled })
    }
}

/// Whether a number, a label or an ornament may begin a text, by its first byte: most texts begin with none.
fn may_begin(text: &str) -> bool {
    let may = |byte: u8| !byte.is_ascii() || byte.is_ascii_digit() || begins_label(byte) || b"#([ ".contains(&byte);
    text.bytes().next().is_some_and(may)
}

/// Whether one of [`LABELS`] begins with this letter.
fn begins_label(letter: u8) -> bool {
    matches!(letter.to_ascii_lowercase(), b'q' | b'n' | b'f' | b'p' | b'd')
}

/// Length of emoji and signs with the white space behind them; they count only where a number or label follows.
fn ornament(text: &str) -> usize {
    let is_ornament = |c: char| {
        !(c.is_alphanumeric() || c.is_ascii() || "（（“‘«„¿¡№".contains(c))
            || c == ' '
            || c == '\u{fe0f}'
            || c == '\u{200d}'
    };
    text.len() - text.trim_start_matches(is_ornament).len()
}

/// The value of keycap digits (`1️⃣`, `🔟`) and the length of them with what parts them from the text.
fn keycap(text: &str, lead: usize) -> Option<Prefix> {
    // To `ornament` the ten is one.
    let (mut value, mut rest) = match text.strip_prefix('\u{1f51f}') {
        Some(rest) => (Some(10_u64), rest),
        None => (None, text.get(lead..)?),
    };
    let start = if value.is_some() { 0 } else { lead };
    while let Some(digit) = rest.chars().next().and_then(|digit| digit.to_digit(10)) {
        let behind = rest.get(1..)?;
        let Some(behind) = behind.strip_prefix('\u{fe0f}').unwrap_or(behind).strip_prefix('\u{20e3}') else { break };
        value = Some(value.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
        rest = behind;
    }
    let end = text.len() - rest.len();
    let separator = separator(rest).max(rest.len() - rest.trim_start().len());
    value.map(|value| Prefix { length: end + separator, number: Some((value, start..end)), labelled: false })
}

/// A word before a number.
#[derive(Clone, Copy)]
struct Label {
    length: usize,
    asks: bool,
}

/// `Q`, `Question`, `No.`, `#` and the like with what parts them from a number.
fn label(text: &str) -> Option<Label> {
    if let Some(rest) = text.strip_prefix(['#', '№']) {
        let rest = rest.trim_start();
        return rest
            .starts_with(|c: char| c.is_numeric())
            .then_some(Label { length: text.len() - rest.len(), asks: false });
    }
    if text.bytes().next().is_none_or(|byte| byte.is_ascii() && !begins_label(byte)) {
        return None;
    }
    let word_end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = text.get(..word_end).filter(|word| word.len() <= LONGEST_LABEL)?;
    // Scripts without spaces run on: `第1题`.
    let is_word =
        |name: &str| if word.is_ascii() { name.eq_ignore_ascii_case(word) } else { name == word.to_lowercase() };
    let (name, colon_is_enough) = LABELS.iter().find(|(name, _)| is_word(name))?;
    let rest = text.get(word_end..)?;
    let bare = rest.trim_start_matches([' ', '#', '.', '-']);
    if bare.starts_with(|c: char| c.is_numeric()) {
        return Some(Label { length: text.len() - bare.len(), asks: true });
    }
    let capital = text.starts_with(char::is_uppercase) || !text.starts_with(|c: char| c.is_ascii());
    let full_stop = *name == "q" && rest.starts_with(". ");
    let parted = rest.starts_with([':', '：']) || full_stop;
    (*colon_is_enough && capital && parted).then_some(Label { length: word_end, asks: true })
}

/// The digits at the start of a text, of any script, and how many bytes they take.
fn number(text: &str) -> (u64, usize) {
    let digits = text.chars().take(MOST_DIGITS + 1).map_while(|c| Some((digit(c)?, c.len_utf8())));
    let (value, length, count) = digits
        .fold((0, 0, 0), |(value, length, count), (digit, bytes)| (value * 10 + digit, length + bytes, count + 1));
    if count > MOST_DIGITS { (0, 0) } else { (value, length) }
}

/// ASCII, full-width, Arabic, Persian and Devanagari digits.
fn digit(c: char) -> Option<u64> {
    let zero =
        [0x30, 0xff10, 0x0660, 0x06f0, 0x0966].into_iter().find(|zero| (*zero..*zero + 10).contains(&u32::from(c)))?;
    Some(u64::from(u32::from(c) - zero))
}

/// Length of ` of 50` or `/50` behind a number.
fn total(text: &str) -> usize {
    let rest = text.trim_start();
    let Some(rest) = rest.strip_prefix("of ").or_else(|| rest.strip_prefix('/')) else { return 0 };
    let (_, digits) = number(rest.trim_start());
    if digits == 0 { 0 } else { text.len() - rest.trim_start().len() + digits }
}

/// Length of `.`, `)`, `:`, ` - ` and the like, with the white space behind it.
fn separator(text: &str) -> usize {
    let bare = text.trim_start();
    let bare = bare.strip_prefix('\\').filter(|rest| rest.starts_with(['.', ')'])).unwrap_or(bare);
    let mark =
        bare.strip_prefix(".)").or_else(|| bare.strip_prefix(['.', ')', ']', ':', '：', '、', '．', '。', '）']));
    let mark = mark.or_else(|| {
        let dash = bare.strip_prefix(['-', '–', '—', '|'])?;
        (bare.len() < text.len() && dash.starts_with(' ')).then_some(dash)
    });
    mark.map_or(0, |rest| text.len() - rest.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> (Option<u64>, &str) {
        let prefix = Prefix::of(text);
        (prefix.number.map(|(value, _)| value), text.split_at(prefix.length).1)
    }

    #[test]
    fn numbers_and_labels_come_off() {
        for text in [
            "12. What?",
            "12.What?",
            "12) What?",
            "12.) What?",
            "(12) What?",
            "12） What?",
            "12、What?",
            "１２．What?",
            "١٢. What?",
            "12 - What?",
            "12\\. What?",
            "Q12: What?",
            "Q12 What?",
            "Q.12 What?",
            "Question 12 - What?",
            "Question 12 of 50: What?",
            "#12. What?",
            "No. 12: What?",
            "Вопрос 12: What?",
            "问题12：What?",
            "第12题 What?",
            "Frage 12: What?",
            "✅ 12. What?",
            "🔥 Q12. What?",
            "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3} What?",
        ] {
            assert_eq!(prefix(text), (Some(12), "What?"), "{text}");
        }
        assert_eq!(prefix("\u{1f51f} What?"), (Some(10), "What?"));
        assert_eq!(prefix("Q: What?"), (None, "What?"));
        assert_eq!(prefix("Q. What?"), (None, "What?"));
        assert_eq!(prefix("Question: What?"), (None, "What?"));
    }

    #[test]
    fn every_label_begins_with_a_letter_that_is_known_to() {
        for (label, _) in LABELS {
            assert!(label.bytes().next().is_some_and(|first| !first.is_ascii() || begins_label(first)), "{label}");
        }
    }

    #[test]
    fn a_number_that_belongs_to_the_text_stays() {
        for text in [
            "3.5 ways to fail",
            "2 ways to fail",
            "Queues",
            "#include",
            "No: what?",
            "12.",
            "🔥 What is fire?",
            "1.1 What is it?",
            "2024 in review",
            "(optional) What?",
            "Questions of taste",
            "C++ 17: what is new?",
            "q: a letter",
        ] {
            assert_eq!(prefix(text), (None, text));
        }
    }

    #[test]
    fn emphasis_around_the_number_alone_comes_off_with_it() {
        let within = |text: &str| {
            let prefix = Prefix::within_marks(text);
            (prefix.number.map(|(value, _)| value), text.split_at(prefix.length).1.to_owned())
        };
        assert_eq!(within("**Q4)** What?"), (Some(4), "What?".to_owned()));
        assert_eq!(within("**12.** What?"), (Some(12), "What?".to_owned()));
        assert_eq!(within("**Why** not?"), (None, "**Why** not?".to_owned()));
        assert_eq!(within("**2 ways** to fail"), (None, "**2 ways** to fail".to_owned()));
    }
}

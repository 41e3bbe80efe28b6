//! Lines that say what follows: `Q:`, `**Answer:**`, `C:`, a lone `%` or `?`.

use std::sync::LazyLock;

use foldhash::HashSet;
use regex::Regex;

use super::prefix::Prefix;

/// What a line says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineLabel {
    Question,
    Answer,
    /// A text with gaps.
    Cloze,
    /// A line that parts a question from its answer: `%` of mdanki.
    Percent,
    /// The same of Obsidian: `?`, or `??` where the card goes both ways.
    Mark {
        reversed: bool,
    },
}

/// Words for an answer. One letter needs a colon, or a question before it.
pub(super) const ANSWERS: &str = "a|back|ans|answer|answers|correct answers?|right answer|solution|réponse|respuesta|resposta|risposta|antwort|lösung|\
    ответ|відповідь|الإجابة|الجواب|إجابة|جواب|ج|答案|答|回答|解答|정답|답변|답";

#[expect(clippy::unwrap_used, reason = "a constant pattern, tested below")]
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    let marks = r"(?:\*\*\*|\*\*|\*|__|_)?";
    // The words, then a colon on either side of the closing marks, or the end of the line.
    let pattern = format!(
        r"(?i)^\s{{0,12}}(?:#{{1,6}} )?(?:>\s?)?(?:✅|💡|👉|➡️|⭐)?\s*{marks}\s*(?P<word>{ANSWERS})(?:\s*\d{{1,4}})?\s*(?:{marks}\s*(?:(?P<colon>[:：])\s*{marks}\s*|(?P<other>[.)]|[-–—])\s*{marks}(?:\s+|$))|{marks}\s*$)"
    );
    Regex::new(&pattern).unwrap()
});

static ANSWER_WORDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| ANSWERS.replace('?', "").split('|').map(str::to_owned).collect());

/// What this line says that it is; `before` is what a line above it in its paragraph said.
pub(super) fn of_line<'t>(line: &str, next: impl Fn() -> &'t str, before: Option<LineLabel>) -> Option<LineLabel> {
    match line.trim() {
        "%" => return Some(LineLabel::Percent),
        "?" => return Some(LineLabel::Mark { reversed: false }),
        "??" => return Some(LineLabel::Mark { reversed: true }),
        _ => {}
    }
    if answer_label(line, before.is_some()).is_some() && !is_option(line, next()) {
        return Some(LineLabel::Answer);
    }
    let bare = line.trim_start();
    if bare.strip_prefix("C:").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return Some(LineLabel::Cloze);
    }
    if !Prefix::may_be_labelled(bare) {
        return None;
    }
    // Emphasis may stand around all of the line.
    let whole = bare.trim_end();
    let inside = whole.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')).filter(|rest| !rest.contains('*'));
    let prefix = Prefix::within_marks(inside.unwrap_or(bare));
    (prefix.labelled && prefix.length > 0).then_some(LineLabel::Question)
}

/// Whether these are words for an answer and nothing else.
pub(super) fn is_answer_word(text: &str) -> bool {
    const LONGEST: usize = 40;
    let text = text.trim().trim_matches(['*', '_']);
    if text.len() > LONGEST || !may_begin_word(text) {
        return false;
    }
    let text = text.to_lowercase();
    text.chars().count() > 1 && (ANSWER_WORDS.contains(&text) || ANSWER_WORDS.contains(text.trim_end_matches('s')))
}

/// Length of the words that say that an answer follows, with the white space behind them.
pub(super) fn answer_label(line: &str, after_question: bool) -> Option<usize> {
    // The expression is made where it is named, so it is named only here.
    if !may_begin_answer(line) {
        return None;
    }
    let found = ANSWER.captures(line)?;
    let whole = found.get(0)?;
    let word = found.name("word")?.as_str();
    let is_letter = word.chars().count() == 1 && word.is_ascii();
    let is_capital = word.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii());
    let fits = match (found.name("colon"), found.name("other")) {
        (Some(_), _) => !is_letter || is_capital,
        (None, Some(_)) => is_capital && (!is_letter || after_question),
        (None, None) => is_capital && !is_letter,
    };
    fits.then(|| whole.end())
}

/// Whether a title may be words for an answer: a look at its first letter.
pub(super) fn may_begin_answer_word(title: &str) -> bool {
    may_begin_word(title.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_')))
}

/// Whether one of [`ANSWERS`] begins as a text does.
fn may_begin_word(text: &str) -> bool {
    let begins = |byte: u8| matches!(byte.to_ascii_lowercase(), b'a' | b'b' | b'c' | b'l' | b'r' | b's');
    text.bytes().next().is_some_and(|first| !first.is_ascii() || begins(first))
}

/// Whether the first word is one of [`ANSWERS`], or may be one that holds other letters than those of ASCII.
fn may_begin_answer(line: &str) -> bool {
    const ANSWER: &str = " answer";
    const WORDS: [&str; 10] =
        ["a", "back", "ans", "answer", "answers", "antwort", "solution", "respuesta", "resposta", "risposta"];
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '#' | '>' | '*' | '_');
    let text = line.trim_start_matches(is_mark);
    let sign = ["✅", "💡", "👉", "➡\u{fe0f}", "⭐"].iter().find_map(|sign| text.strip_prefix(sign));
    let text = sign.map_or(text, |behind| behind.trim_start_matches(is_mark));
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, behind) = text.split_at_checked(length).unwrap_or_default();
    if !may_begin_word(text) {
        return false;
    }
    // Words of other letters, and those that have one of them behind their first: `réponse`, `lösung`.
    let first = behind.chars().next().filter(|first| !first.is_ascii() && first.is_alphabetic());
    if first.is_some() {
        return length <= 1;
    }
    let goes_on = matches!(
        behind.trim_start_matches(|c: char| c.is_whitespace() || c.is_numeric() || "*_".contains(c)).chars().next(),
        None | Some(':' | '：' | '.' | ')' | '-' | '–' | '—')
    );
    let is = |other: &&str| word.eq_ignore_ascii_case(other);
    // What is right may have a word more: `correct answer`.
    let names_one = behind.get(..ANSWER.len()).is_some_and(|behind| behind.eq_ignore_ascii_case(ANSWER));
    (goes_on && WORDS.iter().any(is)) || (names_one && ["correct", "right"].iter().any(is))
}

/// `A: …` before `B: …` is an option, and no answer.
fn is_option(line: &str, next: &str) -> bool {
    let letter = |text: &str, letter: char| {
        let bare = text.trim_start().trim_start_matches(['*', '_', '(']);
        bare.strip_prefix(letter).is_some_and(|rest| rest.starts_with(['.', ')', ':', '*']))
    };
    letter(line, 'A') && letter(next, 'B')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_an_answer_may_begin_one() {
        for word in ANSWERS.split('|').flat_map(|word| [word.replace('?', ""), word.replace("s?", "")]) {
            assert!(may_begin_word(&word), "{word}");
            for line in [
                format!("{word}: x"),
                format!("  **{}** 2", word.to_uppercase()),
                format!("> {word} - x"),
                format!("➡️ **{word}：** x"),
                format!("- ✅{word}").split_off(2),
            ] {
                assert!(may_begin_answer(&line), "{line}");
            }
        }
    }

    #[test]
    fn lines_that_say_what_they_are() {
        for (line, label) in [
            ("Q: What?", Some(LineLabel::Question)),
            ("**Q1.** What?", Some(LineLabel::Question)),
            ("**Question:** What?", Some(LineLabel::Question)),
            ("A: This.", Some(LineLabel::Answer)),
            ("A:", Some(LineLabel::Answer)),
            ("**Answer:** This.", Some(LineLabel::Answer)),
            ("**Answer**: This.", Some(LineLabel::Answer)),
            ("**Answer**", Some(LineLabel::Answer)),
            ("*Ans.* This.", Some(LineLabel::Answer)),
            ("> Answer: B", Some(LineLabel::Answer)),
            ("答案：B", Some(LineLabel::Answer)),
            ("Ответ: да", Some(LineLabel::Answer)),
            ("C: The capital is [Paris].", Some(LineLabel::Cloze)),
            ("%", Some(LineLabel::Percent)),
            ("?", Some(LineLabel::Mark { reversed: false })),
            ("C:\\ drive", None),
            ("A. b", None),
            ("A good answer", None),
            ("answer", None),
            ("Answering: no", None),
            ("a: b", None),
        ] {
            assert_eq!(of_line(line, || "", None), label, "{line}");
        }
        assert_eq!(of_line("A: one", || "B: two", None), None);
        assert_eq!(of_line("A. one", || "", Some(LineLabel::Question)), Some(LineLabel::Answer));
    }
}

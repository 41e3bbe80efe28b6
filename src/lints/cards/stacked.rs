//! Several questions on one card.

use super::{Context, Finding, Findings, first_line, gathered, quoted};
use crate::deck::NoteKind;
use crate::words::is_ideograph;

/// A question with a second one that goes with it is how many people ask.
const MOST: usize = 2;
/// "Why?" and "If so, how?" are no question of their own.
const FEWEST_WORDS: usize = 3;
const FEWEST_IDEOGRAPHS: usize = 4;

pub(in crate::lints) fn stacked_questions(context: &Context<'_>) -> Findings {
    let asked =
        context.deck.studied().filter(|note| note.kind != NoteKind::Cloze && may_be_stacked(note.marked_title()));
    let found = asked.filter_map(|note| {
        let count = questions(note.marked_title());
        if count <= MOST {
            return None;
        }
        let message = format!("{} asks {count} questions", quoted(&note.title));
        let finding = Finding::new(message, note.question_span, format!("{count} questions on one card"));
        let finding = match note.answer_span().map(|answer| first_line(context.source, answer)) {
            Some(answer) if answer.start > note.question_span.end => finding.and(answer, "one answer to all of them"),
            _ => finding,
        };
        Some(finding.help("make a card of each question, with the part of the answer that is its own"))
    });
    gathered(found.collect(), |count| format!("{count} cards ask three questions or more"))
}

/// Whether a title may have more signs of a question than may stand on one card, by their last bytes.
fn may_be_stacked(title: &str) -> bool {
    title.bytes().filter(|byte| matches!(byte, b'?' | 0x9f)).count() > MOST
}

/// How many sentences of a title ask: outside of code, brackets and quotations.
fn questions(title: &str) -> usize {
    let mut count = 0;
    let mut sentence = Sentence::default();
    let mut open: Option<char> = None;
    let mut characters = title.chars().peekable();
    while let Some(character) = characters.next() {
        match open {
            Some(closer) => {
                if character == closer {
                    open = None;
                }
                continue;
            }
            None => open = closer_of(character),
        }
        // In code and addresses a word goes on behind the sign.
        let is_last = characters.peek().is_none_or(|next| next.is_whitespace() || "*_~\"”)".contains(*next));
        match character {
            '？' | '؟' => count += usize::from(std::mem::take(&mut sentence).asks()),
            '?' if is_last => count += usize::from(std::mem::take(&mut sentence).asks()),
            '.' | '!' if is_last => sentence = Sentence::default(),
            '。' | '！' => sentence = Sentence::default(),
            _ => sentence.push(character),
        }
    }
    count
}

fn closer_of(opener: char) -> Option<char> {
    match opener {
        '`' | '"' => Some(opener),
        '(' => Some(')'),
        '（' => Some('）'),
        '“' => Some('”'),
        '「' => Some('」'),
        '«' => Some('»'),
        _ => None,
    }
}

#[derive(Default)]
struct Sentence {
    words: usize,
    ideographs: usize,
    in_word: bool,
}

impl Sentence {
    fn push(&mut self, character: char) {
        let is_ideograph = is_ideograph(character);
        let in_word = !is_ideograph && !character.is_whitespace();
        self.words += usize::from(in_word && !self.in_word);
        self.ideographs += usize::from(is_ideograph);
        self.in_word = in_word;
    }

    fn asks(self) -> bool {
        self.words >= FEWEST_WORDS || self.ideographs >= FEWEST_IDEOGRAPHS
    }
}

#[cfg(test)]
mod tests {
    use super::questions;

    #[test]
    fn questions_of_their_own_are_counted() {
        for (title, count) in [
            ("What is a key? What are the benefits of keys? When is an index fit?", 3),
            ("What is a closure and what is a scope?", 1),
            ("Is it safe? Why? If not, how?", 2),
            ("What does `a ? b : c` do? What does `?.` do?", 2),
            ("What does \"How are you? How is it? How was it?\" ask for?", 1),
            ("Is it so (is it not? is it ever? is it always?) at sea?", 1),
            ("What is https://example.org/a?b=c&d=e?", 1),
            ("什么是闭包？它有什么用？为什么需要它？", 3),
            ("是吗？真的？", 0),
            ("ما هو الإغلاق؟ ولماذا نحتاج اليه؟", 2),
            ("", 0),
        ] {
            assert_eq!(questions(title), count, "{title}");
        }
    }
}

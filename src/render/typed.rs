//! Answers that can be typed.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::events::one_paragraph;
use super::{LookUp, Numbers, plain, with_part};
use crate::markdown::formulas;

/// Longer answers are hardly typed without a slip.
pub(crate) const LONGEST: usize = 80;

/// Why an answer is nothing to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untypable {
    /// It is more than a line.
    Lines,
    /// It has so many characters.
    Long(usize),
    /// It is a list, a table, a picture or nothing at all.
    NoText,
}

/// What is to be typed: the text of an answer that is one line of text or code. Marks of footnotes are no part of it, and
/// of a formula it is what stands between its signs.
///
/// # Errors
/// Where typing makes no sense.
pub(crate) fn typed(answer: &str, look_up: LookUp<'_>) -> Result<String, Untypable> {
    with_part(answer, look_up, &mut Numbers::default(), |events, _| {
        let events: Vec<Event<'_>> = events.iter().filter_map(as_typed).collect();
        let events = events.as_slice();
        let is_code = matches!(events, [Event::Start(Tag::CodeBlock(_)), .., Event::End(TagEnd::CodeBlock)])
            && events.iter().filter(|event| matches!(event, Event::Start(_))).count() == 1;
        let has_picture = events.iter().any(|event| matches!(event, Event::Start(Tag::Image { .. })));
        let text = plain::text(events);
        let characters = text.chars().count();
        if characters == 0 || has_picture {
            return Err(Untypable::NoText);
        }
        if text.contains('\n') {
            return Err(Untypable::Lines);
        }
        if !is_code && one_paragraph(events).is_none() {
            return Err(Untypable::NoText);
        }
        if characters > LONGEST { Err(Untypable::Long(characters)) } else { Ok(text) }
    })
}

fn as_typed<'text>(event: &Event<'text>) -> Option<Event<'text>> {
    match event {
        Event::FootnoteReference(_) => None,
        Event::InlineMath(typed) | Event::DisplayMath(typed) => {
            Some(Event::Text(formulas::tex(typed).to_owned().into()))
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answer: &str) -> Result<String, Untypable> {
        typed(answer, LookUp { footnotes: &|label| (label == "1").then(|| "[^1]: more".to_owned()), ..LookUp::NOTHING })
    }

    #[test]
    fn a_line_of_text_or_code_can_be_typed() {
        for (answer, text) in [
            ("Paris", "Paris"),
            ("\n**`git stash`** &amp; [more](x)\n", "git stash & more"),
            ("```sh\ngit stash\n```", "git stash"),
            ("broken\nlines", "broken lines"),
            ("Paris[^1]", "Paris"),
            ("$O(n^2)$", "O(n^2)"),
        ] {
            assert_eq!(of(answer), Ok(text.to_owned()), "{answer}");
        }
        let longest = "é".repeat(LONGEST);
        assert_eq!(of(&longest), Ok(longest.clone()));
    }

    #[test]
    fn what_is_more_can_not() {
        assert_eq!(of(&"é".repeat(LONGEST + 1)), Err(Untypable::Long(LONGEST + 1)));
        for answer in ["a\n\nb", "a  \nb", "- a\n- b", "```\na\nb\n```", "| a |\n|---|\n| b |"] {
            assert_eq!(of(answer), Err(Untypable::Lines), "{answer}");
        }
        for answer in ["", "- a", "> a", "![a](b.png)", "<br>", "---"] {
            assert_eq!(of(answer), Err(Untypable::NoText), "{answer}");
        }
    }
}

//! Which cards a note makes. Anki's importer adds none that are missing and removes none that are empty, so a package
//! must hold exactly those Anki would make itself.

use std::collections::BTreeSet;

use crate::emit::note_types::{NoteType, Template};
use crate::render::LAST_GAP;

/// The ordinals of a note's cards, rising. Never none: Anki gives a blank note its first card.
pub(super) fn of(note_type: &NoteType, fields: &[impl AsRef<str>]) -> Vec<u16> {
    let mut cards = if note_type.is_cloze {
        gaps(fields.first().map_or("", AsRef::as_ref))
    } else {
        let shown = (0..).zip(note_type.templates).filter(|(_, template)| is_shown(template, fields));
        shown.map(|(ordinal, _)| ordinal).collect()
    };
    if cards.is_empty() {
        cards.push(0);
    }
    cards
}

fn is_shown(template: &Template, fields: &[impl AsRef<str>]) -> bool {
    let blank = |at: usize| fields.get(at).is_none_or(|field| is_blank(field.as_ref()));
    template.shown_if.is_none_or(|at| !blank(at)) && template.any_of.iter().any(|&at| !blank(at))
}

/// Anki counts line breaks and bare `div`s as nothing.
fn is_blank(field: &str) -> bool {
    let mut rest = field.trim_start();
    while let Some(tag) = rest.strip_prefix('<') {
        let Some((name, after)) = tag.split_once('>') else { return false };
        let name = name.strip_prefix('/').unwrap_or(name);
        let name = name.strip_suffix('/').unwrap_or(name).trim_end();
        if !name.eq_ignore_ascii_case("br") && !name.eq_ignore_ascii_case("div") {
            return false;
        }
        rest = after.trim_start();
    }
    rest.is_empty()
}

/// The ordinals of the gaps in a cloze text: `{{c2::…}}` makes card 1, `{{c1,3::…}}` cards 0 and 2. Gaps may nest; one
/// that is never closed is text, with all that is in it.
fn gaps(text: &str) -> Vec<u16> {
    let mut found = BTreeSet::new();
    let mut open: Vec<Vec<u16>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        rest = rest.get(at..).unwrap_or_default();
        if let Some((numbers, after)) = opening(rest) {
            open.push(numbers);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            let closed = open.pop().unwrap_or_default();
            match open.last_mut() {
                Some(around) => around.extend(closed),
                None => found.extend(closed),
            }
            rest = after;
        } else {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    found.into_iter().collect()
}

/// The numbers of `{{c1::`, less one, and what follows.
fn opening(text: &str) -> Option<(Vec<u16>, &str)> {
    let (numbers, after) = text.strip_prefix("{{c")?.split_once("::")?;
    if numbers.is_empty() || !numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
        return None;
    }
    let numbers = numbers.split(',').filter_map(|number| number.parse::<u16>().ok());
    Some((numbers.filter(|number| (1..=LAST_GAP).contains(number)).map(|number| number - 1).collect(), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::note_types::{BASIC, CLOZE, basic};

    fn basic(filled: &[(usize, &str)]) -> Vec<u16> {
        let mut fields = vec![String::new(); BASIC.fields.len()];
        for &(at, text) in filled {
            fields[at] = text.to_owned();
        }
        of(&BASIC, &fields)
    }

    #[test]
    fn fields_decide_which_templates_make_a_card() {
        let question = (basic::QUESTION, "q");
        let answer = (basic::ANSWER, "a");
        assert_eq!(basic(&[question, answer]), [0]);
        assert_eq!(basic(&[question, answer, (basic::REVERSE, "y")]), [0, 1]);
        assert_eq!(basic(&[question, answer, (basic::TYPED, "a")]), [0]);
        assert_eq!(basic(&[question, answer, (basic::TYPED, "a"), (basic::REVERSE, "y")]), [0, 1]);
        assert_eq!(basic(&[question, answer, (basic::REVERSE, " <br><div> </div>")]), [0]);
        assert_eq!(basic(&[question, answer, (basic::RESERVED, "a")]), [0, 2]);
        assert_eq!(basic(&[]), [0]);
    }

    #[test]
    fn gaps_decide_which_cards_a_cloze_makes() {
        for (text, cards) in [
            ("{{c1::a}} {{c3::b::hint}}", vec![0, 2]),
            ("{{c1::a {{c2::b}} c}}", vec![0, 1]),
            ("{{c1::a", vec![0]),
            ("{{c2::a", vec![0]),
            ("{{c2::a}} {{c1::b {{c3::c}}", vec![1]),
            ("{{c1,3::a}}", vec![0, 2]),
            ("{{c500::a}} {{c501::b}}", vec![499]),
            ("none }} {{ c1::x}}", vec![0]),
            ("{{c2::a}&#125;}}", vec![1]),
        ] {
            assert_eq!(of(&CLOZE, &[text.to_owned()]), cards, "{text}");
        }
    }
}

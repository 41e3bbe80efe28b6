//! Options to choose from below a question, and which of them are right: boxes, letters, `Answer: B`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Builder;
use super::units::UnitKind;
use super::{html, labels};
use crate::deck::{ChoiceOption, Passage, Piece};
use crate::markdown::NodeId;
use crate::source::Span;
use crate::words;

/// Lists of more items are no options.
const MOST: usize = 12;

/// Options below a question.
pub(super) struct Found {
    pub(super) units: Range<usize>,
    pub(super) options: Vec<ChoiceOption>,
    /// They stand on the lines of the question itself.
    pub(super) takes_rest: bool,
}

/// How the options of one question are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Box,
    Letter,
    /// Only what the answer says tells that they are options.
    Plain,
}

/// The first run of options among some units. `answer` is what stands behind the label of the answer, if there is one.
pub(super) fn find(
    builder: &Builder<'_>,
    units: Range<usize>,
    rest: Option<Span>,
    answer: Option<&str>,
) -> Option<Found> {
    if let Some(options) = rest.and_then(|rest| of_lines(builder, rest)) {
        return Some(Found { units: units.start..units.start, options, takes_rest: true });
    }
    let mut at = units.start;
    while at < units.end {
        let unit = builder.unit(at)?;
        if !builder.is_free(at) {
            at += 1;
            continue;
        }
        match unit.kind {
            UnitKind::Heading => return None,
            UnitKind::ItemHead { .. } => {
                let (options, end) = of_list(builder, at, units.end);
                return accepted(builder, options, answer).map(|options| Found {
                    units: at..end,
                    options,
                    takes_rest: false,
                });
            }
            UnitKind::List => {
                let options = accepted(builder, of_nested(builder, unit.node), answer);
                if let Some(options) =
                    options.filter(|options| options.iter().all(|option| option.label.is_some() || option.is_right))
                {
                    return Some(Found { units: at..at + 1, options, takes_rest: false });
                }
                at += 1;
            }
            UnitKind::Paragraph(_) => {
                if let Some((options, end)) = of_paragraphs(builder, at..units.end) {
                    return Some(Found { units: at..end, options, takes_rest: false });
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}

/// The items of the list that begins here, and the first unit behind it. Code at the margin parts a list in two, and
/// belongs to the option before it.
fn of_list(builder: &Builder<'_>, first: usize, end: usize) -> (Vec<(Style, ChoiceOption)>, usize) {
    let mut block = builder.unit(first).map(|unit| unit.block.get());
    let mut options: Vec<(Style, ChoiceOption)> = Vec::new();
    let mut at = first;
    while let Some(unit) = builder.unit(at).filter(|_| at < end) {
        let goes_on = Some(unit.block.get()) == block;
        match unit.kind {
            UnitKind::ItemHead { .. } => {
                let option = of_item(builder, unit.span, options.len());
                if !goes_on && (option.0 == Style::Plain || options.first().is_some_and(|first| first.0 != option.0)) {
                    break;
                }
                block = Some(unit.block.get());
                options.push(option);
            }
            UnitKind::Code if !goes_on && !is_next_option(builder, at + 1, options.len()) => break,
            _ if !goes_on && unit.kind != UnitKind::Code => break,
            _ => {
                if let Some((_, option)) = options.last_mut() {
                    option.text.pieces.push(Piece { span: unit.span, indent: unit.indent });
                    option.span = option.span.to(unit.span);
                }
            }
        }
        at += 1;
    }
    (options, at)
}

fn is_next_option(builder: &Builder<'_>, at: usize, index: usize) -> bool {
    builder.unit(at).is_some_and(|unit| {
        matches!(unit.kind, UnitKind::ItemHead { .. }) && of_item(builder, unit.span, index).0 != Style::Plain
    })
}

/// The items of a list that stands in an item.
fn of_nested(builder: &Builder<'_>, list: NodeId) -> Vec<(Style, ChoiceOption)> {
    let items = builder.document.children(list).enumerate();
    let trimmed = |span: Span| {
        let text = builder.source.slice(span);
        builder.source.span(span.start as usize..span.start as usize + text.trim_end().len())
    };
    items.map(|(index, item)| of_item(builder, trimmed(builder.document.span(item)), index)).collect()
}

fn of_item(builder: &Builder<'_>, span: Span, index: usize) -> (Style, ChoiceOption) {
    let text = builder.source.slice(span);
    let mut start = builder.marker_length(text);
    let after = text.get(start..).unwrap_or_default();
    let bare = text.trim_start();
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let number = bare.get(..digits).filter(|number| !number.is_empty());
    let box_of = |marks: &[&str]| marks.iter().find(|mark| after.starts_with(**mark)).map(|mark| mark.len());
    let checked = box_of(&["[x]", "[X]", "(x)", "(X)"]);
    let is_box = checked.or_else(|| box_of(&["[ ]", "( )"]));
    start += is_box.unwrap_or(0);
    let (label, length) = letter(text.get(start..).unwrap_or_default(), index)
        .map_or((None, 0), |(letter, length)| (Some(letter), length));
    let style = match (&label, is_box) {
        (_, Some(_)) => Style::Box,
        (Some(_), None) => Style::Letter,
        (None, None) => Style::Plain,
    };
    let label = label.map(String::from).or_else(|| number.map(str::to_owned));
    let whole = span.start as usize + start + length..span.end as usize;
    let (text, marked) = without_mark(builder, whole);
    let option = ChoiceOption { text: Passage::of(text), label, is_right: checked.is_some() || marked, span };
    (style, option)
}

/// A list as options, if it is one.
fn accepted(
    builder: &Builder<'_>,
    options: Vec<(Style, ChoiceOption)>,
    answer: Option<&str>,
) -> Option<Vec<ChoiceOption>> {
    if !(2..=MOST).contains(&options.len()) {
        return None;
    }
    let all = |style: Style| options.iter().all(|(other, _)| *other == style);
    let right = options.iter().filter(|(_, option)| option.is_right).count();
    let fits = if all(Style::Box) {
        // All or none of them checked is a list of things to do.
        right > 0 && right < options.len() || right == 0 && answer.is_some()
    } else if all(Style::Letter) {
        true
    } else {
        all(Style::Plain) && right > 0 && right < options.len()
            || answer.is_some_and(|answer| is_named(&options, answer))
    };
    let mut options: Vec<ChoiceOption> = options.into_iter().map(|(_, option)| option).collect();
    if right == 0 && answer.is_none() {
        take_bold_one(builder, &mut options);
    }
    fits.then_some(options)
}

/// The only option in bold is the right one; on the card the marks would give it away.
fn take_bold_one(builder: &Builder<'_>, options: &mut [ChoiceOption]) {
    let bold = |option: &ChoiceOption| {
        let span = option.text.span()?;
        let text = builder.source.slice(span);
        let inside = text.strip_prefix("**")?.strip_suffix("**").filter(|inside| !inside.contains("**"))?;
        Some(builder.source.span(span.start as usize + 2..span.start as usize + 2 + inside.len()))
    };
    let found: Vec<(usize, Span)> =
        options.iter().enumerate().filter_map(|(at, option)| Some((at, bold(option)?))).collect();
    if let [(at, inside)] = found.as_slice()
        && let Some(option) = options.get_mut(*at)
    {
        option.is_right = true;
        option.text = Passage::of(*inside);
    }
}

/// Whether an answer names one of the options by its number or its words.
fn is_named(options: &[(Style, ChoiceOption)], answer: &str) -> bool {
    let numbered = options.iter().all(|(_, option)| option.label.is_some());
    let key = key_of(answer).filter(|_| numbered);
    key.is_some_and(|key| {
        key.labels.iter().all(|label| options.iter().any(|(_, option)| option.label.as_deref() == Some(label)))
    })
}

/// Paragraphs of which each line begins with the next letter, and the first unit behind them.
fn of_paragraphs(builder: &Builder<'_>, units: Range<usize>) -> Option<(Vec<ChoiceOption>, usize)> {
    let mut options: Vec<ChoiceOption> = Vec::new();
    let mut at = units.start;
    while let Some(unit) =
        builder.unit(at).filter(|unit| at < units.end && builder.is_free(at) && unit.label().is_none())
    {
        let before = options.len();
        if !matches!(unit.kind, UnitKind::Paragraph(_)) || !lettered(builder, unit.span, &mut options) {
            options.truncate(before);
            break;
        }
        at += 1;
    }
    (2..=MOST).contains(&options.len()).then_some((options, at))
}

/// The same of one run of lines.
fn of_lines(builder: &Builder<'_>, span: Span) -> Option<Vec<ChoiceOption>> {
    let mut options = Vec::new();
    (lettered(builder, span, &mut options) && (2..=MOST).contains(&options.len())).then_some(options)
}

/// Adds the options of some lines; fails where they do not begin with the next letter.
fn lettered(builder: &Builder<'_>, span: Span, options: &mut Vec<ChoiceOption>) -> bool {
    let first = options.len();
    for line in builder.source.line(span.start)..=builder.source.line(span.end.max(span.start)) {
        let range = builder.source.line_range(line);
        let range = range.start.max(span.start as usize)..range.end.min(span.end as usize);
        let text = builder.source.text().get(range.clone()).unwrap_or_default();
        if text.trim().is_empty() {
            continue;
        }
        match letter(text, options.len()) {
            Some((label, length)) => {
                let (text, marked) = without_mark(builder, range.start + length..range.end);
                let span = builder.source.span(range);
                options.push(ChoiceOption {
                    text: Passage::of(text),
                    label: Some(label.to_string()),
                    is_right: marked,
                    span,
                });
            }
            None if options.len() > first => {
                // A long option goes on in the next line.
                if let Some(last) = options.last_mut() {
                    last.span = last.span.to(builder.source.span(range.clone()));
                    if let Some(piece) = last.text.pieces.last_mut() {
                        piece.span = piece.span.to(builder.source.span(range));
                    }
                }
            }
            None => return false,
        }
    }
    options.len() > first
}

#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static LETTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:\*\*|__)?[(\[]?(?P<letter>[A-La-l])(?:\*\*|__)?(?:\)\s*[.:]?|\]|[.:：]|\s[-–]\s)(?:\*\*|__)?\s*",
    )
    .unwrap()
});

/// The letter that the option of this index begins with, and the length of it with what parts it from the text.
pub(super) fn letter(text: &str, index: usize) -> Option<(char, usize)> {
    if !may_begin_option(text) {
        return None;
    }
    let found = LETTER.captures(text)?;
    let letter = found.name("letter")?.as_str().chars().next()?;
    let expected = u8::try_from(index).ok().and_then(|index| b'a'.checked_add(index)).map(char::from)?;
    let end = found.get(0)?.end();
    (letter.to_ascii_lowercase() == expected && end < text.len()).then_some((letter, end))
}

/// A look at the first characters: a letter, and behind it what is no part of a word.
fn may_begin_option(text: &str) -> bool {
    let bare = text.trim_start().trim_start_matches(['*', '_', '(', '[']);
    let mut characters = bare.chars();
    let is_letter = characters.next().is_some_and(|first| first.is_ascii_alphabetic());
    is_letter
        && characters.next().is_some_and(|next| match next {
            '*' | '_' | ')' | ']' | '.' | ':' | '：' => true,
            _ => next.is_whitespace() && characters.as_str().trim_start().starts_with(['-', '–']),
        })
}

/// The text of an option without what marks it as the right one: on the card it would give it away.
fn without_mark(builder: &Builder<'_>, range: Range<usize>) -> (Span, bool) {
    let text = builder.source.text().get(range.clone()).unwrap_or_default();
    let lead = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let bare = trimmed.trim_end_matches(['✅', '✓', '✔', '☑', '\u{fe0f}']).trim_end();
    let lower = bare.ends_with([')', ']']).then(|| bare.to_lowercase());
    let ends = |word: &&&str| lower.as_ref().is_some_and(|lower| lower.ends_with(**word));
    let word = ["(correct)", "(right)", "(correct answer)", "[correct]"].iter().find(ends);
    let end = bare.len() - word.map_or(0, |word| word.len());
    let kept = trimmed.get(..end).unwrap_or(trimmed).trim_end();
    let is_marked = kept.len() < trimmed.len();
    let start = range.start + lead;
    (builder.source.span(start..start + kept.len()), is_marked)
}

/// Labels that a text says are right, and the length of what says so.
struct Key {
    labels: Vec<String>,
    length: usize,
    /// Whether a word such as `Answer` says so.
    has_word: bool,
}

#[expect(clippy::unwrap_used, reason = "a constant pattern, tested below")]
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let one = r"[*_`(\[]*(?:[A-La-l]|\d{1,2})[*_`)\]]*";
    let words = labels::ANSWERS;
    Regex::new(&format!(
        r"(?i)^[\s#>*_✅👉-]*(?P<word>(?:the\s+)?(?:(?:correct|right)\s+)?(?:{words})\s*(?:is|are)?[*_\s]*[:：)–-]?[*_\s]*)?(?:options?\s+)?(?P<keys>{one}(?:\s*(?:,|&|/|and|und|и|y)\s*{one})*)[*_]*(?:\s*$|\s*[.):：,][*_]*\s*|\s+[-–—]\s+)"
    ))
    .unwrap()
});

fn key_of(line: &str) -> Option<Key> {
    let found = KEY.captures(line)?;
    let keys = found.name("keys")?.as_str();
    let words = keys.split(|c: char| !c.is_ascii_alphanumeric()).filter(|key| !key.is_empty());
    let labels: Vec<String> =
        words.filter(|key| key.len() == 1 || key.parse::<u8>().is_ok()).map(str::to_owned).collect();
    let length = found.get(0)?.end();
    (!labels.is_empty()).then_some(Key { labels, length, has_word: found.name("word").is_some() })
}

/// Says which options are right, from what the answer begins with, and takes that off the answer. Gives where it says so.
pub(super) fn settle(
    builder: &Builder<'_>,
    options: &mut [ChoiceOption],
    answer: &mut Passage,
    label: Option<Span>,
) -> Option<Span> {
    let in_label =
        label.and_then(|label| key_of(builder.source.slice(label).lines().last()?)).filter(|key| key.has_word);
    if let Some(key) = in_label
        && mark(options, &key.labels)
    {
        return None;
    }
    // Text between the options and the label says nothing about which is right.
    let behind = label.map_or(0, |label| label.end);
    let at = answer.pieces.iter().position(|piece| piece.span.start >= behind)?;
    let piece = answer.pieces.get_mut(at)?;
    let text = builder.source.slice(piece.span);
    let lead = text.len() - text.trim_start().len();
    let line = text.trim_start().lines().next().unwrap_or_default();
    let key = key_of(line).filter(|key| key.has_word || label.is_some());
    let length = match key {
        Some(key) if options.iter().any(|option| option.is_right) || mark(options, &key.labels) => key.length,
        _ if label.is_some() && mark_by_text(builder, options, line) => line.len(),
        _ => return None,
    };
    let start = piece.span.start as usize + lead;
    // Something that is no text of the note may stand between, and the label would reach over it.
    let between = label.map_or(0, |label| label.end as usize)..start;
    if label.is_some() && builder.source.text().get(between).is_some_and(|text| !html::plain(text, "").is_empty()) {
        return None;
    }
    let said = builder.source.span(start..start + length);
    piece.span = builder.source.span(start + length..piece.span.end as usize);
    if builder.source.slice(piece.span).trim().is_empty() {
        answer.pieces.remove(at);
    }
    Some(said)
}

/// Marks the options of these labels as right, if there is one for each.
fn mark(options: &mut [ChoiceOption], labels: &[String]) -> bool {
    let is =
        |option: &ChoiceOption, label: &str| option.label.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(label));
    // Boxes may have no letters, and be called by them all the same.
    let bare = options.iter().all(|option| option.label.is_none());
    let place = |label: &str| {
        let letter = label.bytes().next().filter(|_| label.len() == 1)?.to_ascii_lowercase();
        letter.checked_sub(b'a').map(usize::from).filter(|&at| bare && at < options.len())
    };
    let known: Option<Vec<usize>> = labels
        .iter()
        .map(|label| options.iter().position(|option| is(option, label)).or_else(|| place(label)))
        .collect();
    let Some(known) = known else { return false };
    for at in known {
        if let Some(option) = options.get_mut(at) {
            option.is_right = true;
        }
    }
    true
}

fn mark_by_text(builder: &Builder<'_>, options: &mut [ChoiceOption], line: &str) -> bool {
    let text = words::key(line);
    let is = |option: &ChoiceOption| {
        option.text.span().is_some_and(|span| words::key(builder.source.slice(span)) == text) && !text.is_empty()
    };
    let mut found = options.iter_mut().filter(|option| is(option));
    match (found.next(), found.next()) {
        (Some(option), None) => {
            option.is_right = true;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_which_option_is_right() {
        for (line, labels) in [
            ("Answer: D", Some(vec!["D"])),
            ("#### Answer: D", Some(vec!["D"])),
            ("**Answer: B**", Some(vec!["B"])),
            ("**Correct answer:** A, C and D", Some(vec!["A", "C", "D"])),
            ("B) because it is", Some(vec!["B"])),
            ("Option B", Some(vec!["B"])),
            ("答案：C", Some(vec!["C"])),
            ("2", Some(vec!["2"])),
            ("A closure is a function", None),
            ("Because", None),
        ] {
            let found = key_of(line).map(|key| key.labels);
            let expected = labels.map(|labels| labels.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn letters_before_options() {
        for (line, length) in [("A: x", 3), ("a) x", 3), ("(A) x", 4), ("**A.** x", 7), ("A - x", 4)] {
            assert_eq!(
                letter(line, 0),
                Some((line.trim_matches(['(', '*']).chars().next().unwrap(), length)),
                "{line}"
            );
        }
        assert_eq!(letter("B: x", 0), None);
        assert_eq!(letter("A x", 0), None);
    }
}

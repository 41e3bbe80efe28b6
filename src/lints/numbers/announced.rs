//! How many questions a heading announces, and how many stand below it.
//!
//! Most numbers in headings count no questions: years, versions, chapters. Only where the words around a number leave no
//! doubt it is compared.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Context, Finding, Findings, gathered};
use crate::deck::{LeftoverKind, Note, PairedBy};
use crate::diagnostic::Edit;
use crate::lints::first_line;
use crate::markdown::NodeId;
use crate::source::Span;

/// What is counted.
const NOUNS: &str = r"(?:questions?|q&as?|q&amp;as?|flash ?cards|flashcards|quiz questions|exercises|riddles)";

/// `60 Node.js Questions`, `Top 100+ Interview Questions`, from the start of a part of a heading on.
static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let lead = "(?:(?:the|top|best|all|my|our|these|over|more|than|a|list|of|collection|set|complete|ultimate|essential)\\s+)*";
    Regex::new(&format!(r"(?i)^[^0-9A-Za-z]*{lead}([0-9]{{1,5}})(\+?)\s+((?:[^\s0-9:|(]+\s+){{0,5}}?){NOUNS}(?-u:\b)"))
        .ok()
});

/// `Node.js: 60 Questions`, `Node.js - 60 Questions`.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r":\s|\s[-–—|]\s|[(\[]").ok());

/// `System Questions (37)`, `Security (37 questions)`.
static IN_BRACKETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(.*?)\s*[(\[]([0-9]{{1,5}})(\+?)(\s+{NOUNS})?[)\]][^0-9A-Za-z]*$")).ok()
});

/// `Questions 1-50`.
static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^0-9A-Za-z]*(?:.*\s)?questions?\s+#?([0-9]{1,5})\s*(?:-|–|—|(?-u:\b)to(?-u:\b))\s*#?([0-9]{1,5})[^0-9A-Za-z]*$").ok()
});

/// Names what is counted.
static NAMES_IT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!(r"(?i)(?-u:\b){NOUNS}(?-u:\b)")).ok());

/// Behind these a number counts something else, or the noun is part of a longer name: `5 Years of Experience`.
const OTHER_UNITS: [&str; 37] = [
    "and", "as", "at", "by", "category", "chapter", "day", "days", "for", "from", "hour", "hours", "in", "kinds",
    "level", "lines", "minute", "minutes", "month", "months", "of", "on", "or", "percent", "points", "second",
    "seconds", "sets", "steps", "to", "topics", "types", "week", "weeks", "with", "year", "years",
];

/// What a heading announces.
#[derive(Debug, PartialEq, Eq)]
struct Announced {
    /// How many there should be.
    count: usize,
    /// More are as good.
    or_more: bool,
    /// Digits of the heading that say so, with the sign behind them.
    place: Range<usize>,
    /// What would be typed for a count: added to it.
    from: usize,
    /// Whether the heading names what it counts.
    is_named: bool,
}

impl Announced {
    /// What a heading says, if it is about a number of questions.
    fn read(title: &str) -> Option<Self> {
        // Few headings announce anything, and the expressions are slow to make.
        let named = || may_name_it(title).then_some(title);
        let range = || Self::range(named()?);
        let in_brackets = || Self::in_brackets(Some(title).filter(|title| may_hold_brackets(title))?);
        let announced = range().or_else(in_brackets).or_else(|| Self::counted(named()?))?;
        let is_year = (1900..=2100).contains(&announced.count) && announced.from == 0;
        (!is_year && announced.count > 0).then_some(announced)
    }

    fn range(title: &str) -> Option<Self> {
        let found = RANGE.as_ref()?.captures(title)?;
        let (first, last) = (found.get(1)?, found.get(2)?);
        let from = first.as_str().parse::<usize>().ok()?.checked_sub(1)?;
        let count = last.as_str().parse::<usize>().ok()?.checked_sub(from)?;
        Some(Self { count, or_more: false, place: last.range(), from, is_named: true })
    }

    fn in_brackets(title: &str) -> Option<Self> {
        let found = IN_BRACKETS.as_ref()?.captures(title)?;
        let (before, digits) = (found.get(1)?, found.get(2)?);
        let is_named = found.get(4).is_some() || NAMES_IT.as_ref()?.is_match(before.as_str());
        let or_more = found.get(3).is_some_and(|sign| !sign.is_empty());
        Some(Self { count: digits.as_str().parse().ok()?, or_more, place: digits.range(), from: 0, is_named })
    }

    fn counted(title: &str) -> Option<Self> {
        let mut start = 0;
        for part in PARTS.as_ref()?.split(title) {
            // The parts are slices of the title, in order.
            let at = start + title.get(start..)?.find(part)?;
            start = at + part.len();
            let Some(found) = COUNTED.as_ref()?.captures(part) else { continue };
            let (digits, between) = (found.get(1)?, found.get(3)?.as_str().to_lowercase());
            if between.split_whitespace().any(|word| OTHER_UNITS.contains(&word.trim_matches(','))) {
                continue;
            }
            let count = digits.as_str().parse().ok()?;
            let before = part.get(..digits.start())?.to_lowercase();
            // `3 Advanced Questions` may be the third chapter.
            if count < 10 && !before.contains("top") {
                continue;
            }
            let or_more = ["over", "than"].iter().any(|word| before.contains(word)) || found.get(2)?.as_str() == "+";
            return Some(Self {
                count,
                or_more,
                place: at + digits.start()..at + digits.end(),
                from: 0,
                is_named: true,
            });
        }
        None
    }
}

/// Whether one of [`NOUNS`] may stand in a title, by how they begin.
fn may_name_it(title: &str) -> bool {
    let begins_one = |(at, byte): (usize, u8)| {
        let begins: &[&str] = match byte.to_ascii_lowercase() {
            b'q' => &["question", "q&a", "q&amp;a"],
            b'f' => &["flash"],
            b'e' => &["exercises"],
            b'r' => &["riddles"],
            _ => return false,
        };
        let starts_with = |noun: &&str| {
            let some = title.as_bytes().get(at..at + noun.len());
            some.is_some_and(|some| some.eq_ignore_ascii_case(noun.as_bytes()))
        };
        begins.iter().any(starts_with)
    };
    // To the expressions the long one is an `s` as well.
    has_digit(title) && (title.bytes().enumerate().any(begins_one) || title.contains('ſ'))
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a number may stand in brackets in a title.
fn may_hold_brackets(title: &str) -> bool {
    let mut pairs = title.bytes().zip(title.bytes().skip(1));
    pairs.any(|(bracket, digit)| matches!(bracket, b'(' | b'[') && digit.is_ascii_digit())
}

/// A heading with what stands below it.
struct Heading<'a> {
    announced: Announced,
    /// The digits in the source.
    place: Span,
    /// The numbers of questions it may mean: with or without those that repeat others, have no answer, or are in no list.
    counts: [usize; 4],
    last: Option<&'a Note>,
    /// The highest number typed before one of them.
    highest: u64,
    has_unclaimed: bool,
}

impl Heading<'_> {
    fn found(&self) -> usize {
        self.counts.first().copied().unwrap_or(0)
    }

    fn is_right(&self) -> bool {
        let Announced { count, or_more, .. } = self.announced;
        self.counts.iter().any(|&found| found == count || (or_more && found > count))
    }

    /// What is announced and what is found are near enough to speak of the same questions.
    fn is_comparable(&self) -> bool {
        let (found, count) = (self.found(), self.announced.count);
        found > 0 && found <= count.saturating_mul(2) && count <= found.saturating_mul(2)
    }
}

pub(in crate::lints) fn title_miscount(context: &Context<'_>) -> Findings {
    let headings = headings(context);
    // A bare number in brackets may be anything, but where it counts below other headings.
    let bare = || headings.iter().filter(|heading| !heading.announced.is_named);
    let right = bare().filter(|heading| heading.is_right()).count();
    let bare_counts = right >= 2 && right * 2 > bare().count();
    let wrong = headings.iter().filter(|heading| {
        let counts = heading.announced.is_named || bare_counts;
        // The numbers before the questions say the same: a question was lost, or a number.
        let agrees = usize::try_from(heading.highest)
            .is_ok_and(|highest| highest == heading.announced.count + heading.announced.from);
        counts && !heading.is_right() && heading.is_comparable() && !agrees && !heading.has_unclaimed
    });
    gathered(wrong.map(|heading| finding(context, heading)).collect(), |count| {
        format!("{count} headings announce another number of questions than stand below them")
    })
}

fn finding(context: &Context<'_>, heading: &Heading<'_>) -> Finding {
    let Announced { count, from, or_more, .. } = heading.announced;
    let found = heading.found();
    let at_least = if or_more { "at least " } else { "" };
    let questions = if count == 1 { "question" } else { "questions" };
    let message = format!("the heading announces {at_least}{count} {questions}, and there are {found}");
    let finding = Finding::new(message, heading.place, "announced here");
    let last = heading.last.map(|note| first_line(context.source, note.question_span));
    let finding = match last {
        Some(last) => finding.and(last, format!("the last of {found} below it")),
        None => finding,
    };
    let right = from + found;
    let edit = Edit { span: heading.place, text: right.to_string() };
    finding.help(format!("type {right} here, or put the missing questions back")).unsafe_fix(vec![edit])
}

/// The headings over sections that announce how many questions stand below them.
fn headings<'a>(context: &Context<'a>) -> Vec<Heading<'a>> {
    let document = context.document;
    let mut notes: Vec<&Note> = context.deck.notes.iter().collect();
    notes.sort_by_key(|note| note.question_span.start);
    let announcing = announcing(context, &notes);
    if announcing.is_empty() {
        return Vec::new();
    }
    let all = &context.nodes().headings;
    let mut headings = Vec::new();
    let mut bases: HashMap<String, HashSet<usize>> = HashMap::new();
    let mut candidates = Vec::new();
    for (id, title, announced) in announcing {
        let base = title.get(..announced.place.start).unwrap_or_default().trim().to_lowercase();
        bases.entry(base.clone()).or_default().insert(announced.count);
        candidates.push((id, title, base, announced));
    }
    let ends = ends(context, all);
    // A heading without digits has none in its text either.
    let first_numbers = all.iter().filter(|&&id| has_digit(context.source.slice(document.span(id))));
    let first_numbers: HashSet<usize> =
        first_numbers.filter_map(|&id| leading_number(&document.plain_text(id, context.source))).collect();
    for (id, title, base, announced) in candidates {
        let span = document.span(id);
        let end = all.binary_search(&id).ok().and_then(|at| ends.get(at)).copied().unwrap_or(span.end);
        // `Arrays (1)`, `Arrays (2)`; `10 Basic Questions`, `11 Hard Questions`.
        let parts = bases.get(&base).is_some_and(|counts| counts.contains(&1) && counts.contains(&2));
        let chapter = leading_number(&title) == Some(announced.count)
            && (first_numbers.contains(&(announced.count + 1)) || first_numbers.contains(&(announced.count - 1)));
        let Some(place) = in_source(context, span, &title, &announced).filter(|_| !parts && !chapter) else { continue };
        headings.push(heading(context, &notes, span.end..end, announced, place));
    }
    headings
}

/// The headings that are no questions, with what they announce.
fn announcing(context: &Context<'_>, notes: &[&Note]) -> Vec<(NodeId, String, Announced)> {
    let document = context.document;
    let titles = context.deck.leftovers.iter().filter(|leftover| leftover.kind == LeftoverKind::Title);
    let sections = context.deck.sections.iter().filter_map(|section| section.span);
    let mut places: Vec<u32> = titles.map(|title| title.span).chain(sections).map(|span| span.start).collect();
    places.sort_unstable();
    let is_asked = |start: u32| notes.binary_search_by_key(&start, |note| note.question_span.start).is_ok();
    let numbered = context.nodes().headings.iter().filter(|&&id| has_digit(context.source.slice(document.span(id))));
    let announcing = numbered.filter_map(|&id| {
        let start = document.span(id).start;
        if places.binary_search(&start).is_err() || is_asked(start) {
            return None;
        }
        let title = document.plain_text(id, context.source);
        let announced = Announced::read(&title)?;
        Some((id, title, announced))
    });
    announcing.collect()
}

fn leading_number(title: &str) -> Option<usize> {
    let digits = title.trim_start().split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn heading<'a>(
    context: &Context<'a>,
    notes: &[&'a Note],
    below: Range<u32>,
    announced: Announced,
    place: Span,
) -> Heading<'a> {
    let first = notes.partition_point(|note| note.question_span.start < below.start);
    let end = notes.partition_point(|note| note.question_span.start < below.end);
    let notes = notes.get(first..end).unwrap_or_default();
    let is_listed = |note: &&&Note| note.pairing.as_ref().is_none_or(|pairing| pairing.by != PairedBy::Unlisted);
    let counts = [
        notes.len(),
        notes.iter().filter(|note| note.same_as.is_none()).count(),
        notes.iter().filter(|note| note.is_studied()).count(),
        notes.iter().filter(is_listed).count(),
    ];
    let highest = notes.iter().filter_map(|note| Some(note.number?.value)).max().unwrap_or(0);
    let leftovers = &context.deck.leftovers;
    let from = leftovers.partition_point(|leftover| leftover.span.start < below.start);
    let inside = leftovers.iter().skip(from).take_while(|leftover| leftover.span.start < below.end);
    let has_unclaimed = inside.into_iter().any(|leftover| leftover.kind == LeftoverKind::Unclaimed);
    Heading { announced, place, counts, last: notes.last().copied(), highest, has_unclaimed }
}

/// Where the text below each heading ends: at the next one that is as high.
fn ends(context: &Context<'_>, headings: &[NodeId]) -> Vec<u32> {
    let end = u32::try_from(context.source.text().len()).unwrap_or(u32::MAX);
    // The nearest heading of each level behind.
    let mut next = [end; 7];
    let mut ends: Vec<u32> = headings
        .iter()
        .rev()
        .map(|&id| {
            let level = context.document.heading_level(id).unwrap_or(0);
            let own = next.iter().take(usize::from(level) + 1).copied().min().unwrap_or(end);
            if let Some(next) = next.get_mut(usize::from(level)) {
                *next = context.document.span(id).start;
            }
            own
        })
        .collect();
    ends.reverse();
    ends
}

/// The digits in the source, with the sign behind them: as many numbers stand before them as in the title.
fn in_source(context: &Context<'_>, heading: Span, title: &str, announced: &Announced) -> Option<Span> {
    let numbers = |text: &str| -> Vec<Range<usize>> {
        let mut numbers: Vec<Range<usize>> = Vec::new();
        for (at, _) in text.match_indices(|character: char| character.is_ascii_digit()) {
            match numbers.last_mut().filter(|number| number.end == at) {
                Some(number) => number.end += 1,
                None => numbers.push(at..at + 1),
            }
        }
        numbers
    };
    let text = context.source.slice(heading);
    let (in_title, in_source) = (numbers(title), numbers(text));
    let at = in_title.iter().position(|number| *number == announced.place)?;
    let number = in_source.get(at).filter(|_| in_title.len() == in_source.len())?;
    let same = text.get(number.clone()) == title.get(announced.place.clone());
    let start = heading.start as usize;
    same.then(|| context.source.span(start + number.start..start + number.end))
}

#[cfg(test)]
mod tests {
    use super::Announced;

    #[track_caller]
    fn counts(title: &str) -> Option<(usize, bool)> {
        Announced::read(title).filter(|announced| announced.is_named).map(|found| (found.count, found.or_more))
    }

    #[test]
    fn numbers_that_count_questions_are_read() {
        for (title, count, or_more) in [
            ("60 Node.js Questions", 60, false),
            ("Top 100+ Java Interview Questions", 100, true),
            ("Over 50 React questions", 50, true),
            ("The 25 Most Common SQL Interview Questions and Answers", 25, false),
            ("Node.js: 60 Questions", 60, false),
            ("Java - 17 Questions", 17, false),
            ("System Questions (37)", 37, false),
            ("Security (12 questions)", 12, false),
            ("Top 5 questions", 5, false),
            ("Questions 1-50", 50, false),
            ("Interview Questions 51 – 100", 50, false),
        ] {
            assert_eq!(counts(title), Some((count, or_more)), "{title}");
        }
    }

    #[test]
    fn numbers_that_count_something_else_are_not() {
        for title in [
            "2024 Interview Questions",
            "Interview Questions (2024)",
            "Java 17 Questions",
            "ES6 Questions",
            "5 Years of Experience: Node.js Questions",
            "Questions for 10 Years of Experience",
            "10 Years Experience Questions",
            "Top 10 of 300 Questions",
            "Week 3 Questions",
            "Part 2 Questions",
            "Chapter 12 Questions",
            "HTTP 404 Questions",
            "50 Minutes of Questions",
            "3 Advanced Questions",
            "12. Advanced Questions",
            "12) Questions",
            "Level 100 Questions",
            "Pod design (20%)",
            "Angular 2+ Questions",
            "100 Java 8 Questions",
            "Questions",
        ] {
            assert_eq!(counts(title), None, "{title}");
        }
    }
}

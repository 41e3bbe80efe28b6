//! Shape A: a list of questions first, the answers later under headings.
//!
//! Evidence is that list items come back as headings. A table of contents does too; it links, and is boilerplate
//! before this shape looks. The list is what there is to learn: its numbers and sections are the deck's.

use std::collections::{HashMap, HashSet};

use super::outline::Heading;
use super::pairing::{self, Pairs};
use super::title::Title;
use super::{Builder, Owner, title};
use crate::deck::{Answer, Misplaced, Number, PairedBy, Pairing, ShapeName};
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;
use crate::words;

/// Longest text of an item that may be a question.
const LONGEST_QUESTION: usize = 400;

/// An item of a list that may be a list of questions.
struct Listed {
    title: Title,
    number: Option<Number>,
    span: Span,
    block: usize,
    /// The heading the list stands under.
    heading: Option<usize>,
}

pub(super) fn claim(builder: &mut Builder<'_>) {
    let lists = candidate_lists(builder);
    let chosen = question_lists(builder, &lists);
    if chosen.is_empty() {
        return;
    }
    let listed: Vec<Listed> =
        lists.into_iter().enumerate().filter(|(index, _)| chosen.contains(index)).flat_map(|(_, list)| list).collect();
    Claim::new(builder, listed).run();
}

/// Lists of which every item is one short line.
fn candidate_lists(builder: &Builder<'_>) -> Vec<Vec<Listed>> {
    let mut lists = Vec::new();
    for block in 0..builder.blocks.len() {
        let is_list = matches!(builder.kind(block), NodeKind::List { .. }) && builder.owner(block) == Owner::Nobody;
        if let Some(&list) = builder.blocks.get(block).filter(|_| is_list) {
            let items: Option<Vec<Listed>> =
                builder.document.children(list).map(|item| listed(builder, item, block)).collect();
            lists.extend(items.filter(|items| !items.is_empty()));
        }
    }
    lists
}

fn listed(builder: &Builder<'_>, item: NodeId, block: usize) -> Option<Listed> {
    let document = builder.document;
    let mut blocks = document.children(item).filter(|&child| document.kind(child).is_block());
    let single =
        blocks.next().is_none_or(|first| document.kind(first) == NodeKind::Paragraph) && blocks.next().is_none();
    let title = Title::of(document, builder.source, item);
    if !single || title.key.is_empty() || title.plain.len() > LONGEST_QUESTION {
        return None;
    }
    let number = typed_number(builder, item).or(title.number);
    let inline = document.leading_inline(item);
    let end = inline.last().map_or(title.markdown.end, |&last| document.span(last).end);
    let start = number.map_or(title.markdown.start, |number| number.span.start.min(title.markdown.start));
    let span = builder.source.span(start as usize..end as usize);
    Some(Listed { title, number, span, block, heading: builder.outline.above(block) })
}

/// The number before a list item as it stands in the source; CommonMark keeps a list's first only (section 5.3).
fn typed_number(builder: &Builder<'_>, item: NodeId) -> Option<Number> {
    let span = builder.document.span(item);
    let text = builder.source.slice(span);
    let lead = text.len() - text.trim_start().len();
    let digits = text.trim_start().bytes().take_while(u8::is_ascii_digit).count();
    let start = span.start as usize + lead;
    let value = text.trim_start().get(..digits)?.parse().ok()?;
    Some(Number { value, span: builder.source.span(start..start + digits) })
}

/// Which lists hold questions: those whose items come back as headings, and those that stand among them and ask.
fn question_lists(builder: &Builder<'_>, lists: &[Vec<Listed>]) -> HashSet<usize> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (_, heading) in builder.outline.iter() {
        places.entry(&heading.title.key).or_default().push(heading.block);
    }
    let comes_back = |item: &&Listed| {
        places.get(item.title.key.as_str()).is_some_and(|blocks| blocks.iter().any(|&block| block > item.block))
    };
    let returning: Vec<usize> = lists.iter().map(|list| list.iter().filter(comes_back).count()).collect();
    let total: usize = returning.iter().sum();
    let strong = |index: usize, list: &[Listed]| {
        let back = returning.get(index).copied().unwrap_or(0);
        total >= 2 && back > 0 && back * 2 >= list.len()
    };
    let first_answer = builder.outline.iter().find(|(_, heading)| {
        lists.iter().enumerate().any(|(index, list)| {
            strong(index, list)
                && list.iter().any(|item| item.title.key == heading.title.key && heading.block > item.block)
        })
    });
    let first_answer = first_answer.map(|(_, heading)| heading.block);
    let mut chosen: HashSet<usize> = HashSet::new();
    for (index, list) in lists.iter().enumerate() {
        let asks = list.iter().filter(|item| item.title.asks()).count() * 2 >= list.len();
        let block = list.first().map_or(0, |item| item.block);
        let among =
            first_answer.is_some_and(|first| block < first) && asks && list.iter().all(|item| item.number.is_some());
        if strong(index, list) || among {
            chosen.insert(index);
        }
    }
    if chosen.is_empty() { numbered_lists(builder, lists) } else { chosen }
}

/// No title is repeated word by word; numbers and most of the words may still pair lists and headings.
fn numbered_lists(builder: &Builder<'_>, lists: &[Vec<Listed>]) -> HashSet<usize> {
    let asking =
        |list: &[Listed]| list.len() >= 2 && list.iter().filter(|item| item.title.asks()).count() * 2 >= list.len();
    let chosen: HashSet<usize> =
        (0..lists.len()).filter(|&index| lists.get(index).is_some_and(|list| asking(list))).collect();
    let items: Vec<&Listed> =
        lists.iter().enumerate().filter(|(index, _)| chosen.contains(index)).flat_map(|(_, list)| list).collect();
    if items.is_empty() {
        return chosen;
    }
    let parts = Parts::new(builder, items.iter().copied());
    let pairs = parts.pair(builder, &items);
    if pairs.count() >= 2 && pairs.count() * 2 >= items.len() { chosen } else { HashSet::new() }
}

/// What the lists and the headings behind them look like from both sides.
struct Parts {
    /// Keys of the titles over the lists, by heading.
    section_keys: HashMap<usize, String>,
    /// Headings that may stand over an answer.
    answers: Vec<usize>,
    /// The level most answers have.
    usual_level: Option<u8>,
}

impl Parts {
    fn new<'l>(builder: &Builder<'_>, items: impl Iterator<Item = &'l Listed> + Clone) -> Self {
        let mut section_keys = HashMap::new();
        for heading in items.clone().filter_map(|item| item.heading) {
            let title = builder.outline.get(heading).map(|heading| section_key(&heading.title.plain));
            section_keys.insert(heading, title.unwrap_or_default());
        }
        let first = items.clone().map(|item| item.block).min().unwrap_or(0);
        let titles: HashSet<&String> = section_keys.values().collect();
        let is_section = |index: usize, heading: &Heading| {
            section_keys.contains_key(&index) || titles.contains(&section_key(&heading.title.plain))
        };
        let answers: Vec<usize> = builder
            .outline
            .iter()
            .filter(|(index, heading)| heading.block > first && !is_section(*index, heading))
            .map(|(index, _)| index)
            .collect();
        let keys: HashSet<&str> = items.map(|item| item.title.key.as_str()).collect();
        let matching = |heading: &&Heading| keys.contains(heading.title.key.as_str()) || heading.title.number.is_some();
        let mut levels: HashMap<u8, usize> = HashMap::new();
        for heading in answers.iter().filter_map(|&index| builder.outline.get(index)).filter(matching) {
            *levels.entry(heading.level).or_default() += 1;
        }
        let usual_level = levels.into_iter().max_by_key(|&(level, count)| (count, std::cmp::Reverse(level)));
        Self { section_keys, answers, usual_level: usual_level.map(|(level, _)| level) }
    }

    fn section_of(&self, heading: Option<usize>) -> Option<&str> {
        self.section_keys.get(&heading?).map(String::as_str)
    }

    /// The section of the deck that a heading stands in, by the title of one above it.
    fn enclosing(&self, builder: &Builder<'_>, heading: usize) -> Option<&str> {
        let mut above = builder.outline.get(heading)?.parent;
        while let Some(index) = above {
            let parent = builder.outline.get(index)?;
            let key = section_key(&parent.title.plain);
            if let Some(found) = self.section_keys.values().find(|title| **title == key) {
                return Some(found);
            }
            above = parent.parent;
        }
        None
    }

    fn question<'t>(&'t self, item: &'t Listed) -> pairing::Title<'t> {
        pairing::Title {
            markdown: item.title.markdown,
            plain: &item.title.plain,
            key: &item.title.key,
            number: item.number.map(|number| number.value),
            section: self.section_of(item.heading),
            block: item.block,
            usual: true,
        }
    }

    fn answer<'t>(&'t self, builder: &'t Builder<'_>, index: usize) -> Option<pairing::Title<'t>> {
        let heading = builder.outline.get(index)?;
        Some(pairing::Title {
            markdown: heading.title.markdown,
            plain: &heading.title.plain,
            key: &heading.title.key,
            number: heading.title.number.map(|number| number.value),
            section: self.enclosing(builder, index),
            block: heading.block,
            usual: self.usual_level.is_none_or(|level| level == heading.level),
        })
    }

    fn titles<'t>(
        &'t self,
        builder: &'t Builder<'_>,
        items: &[&'t Listed],
    ) -> (Vec<pairing::Title<'t>>, Vec<pairing::Title<'t>>) {
        let questions = items.iter().map(|item| self.question(item)).collect();
        let answers = self.answers.iter().filter_map(|&index| self.answer(builder, index)).collect();
        (questions, answers)
    }

    fn pair(&self, builder: &Builder<'_>, items: &[&Listed]) -> Pairs {
        let (questions, answers) = self.titles(builder, items);
        pairing::pair(builder.source, &questions, &answers)
    }
}

fn section_key(title: &str) -> String {
    words::key(&title::without_ornament(title))
}

/// The work of claiming, once the lists of questions are known.
struct Claim<'b, 'a> {
    builder: &'b mut Builder<'a>,
    listed: Vec<Listed>,
    parts: Parts,
}

/// A heading with an answer below it.
struct Found {
    heading: usize,
    by: PairedBy,
    /// Index among the listed questions; none for an answer that no question lists.
    question: Option<usize>,
    resembles: Option<usize>,
}

impl<'b, 'a> Claim<'b, 'a> {
    fn new(builder: &'b mut Builder<'a>, listed: Vec<Listed>) -> Self {
        let parts = Parts::new(builder, listed.iter());
        Self { builder, listed, parts }
    }

    fn run(mut self) {
        let found = self.found();
        let ends: Vec<usize> = found.iter().map(|answer| self.end_of(answer, &found)).collect();
        let sections = self.sections(&found);
        let misplacing = self.answers_have_sections(&found);
        let mut of_question: HashMap<usize, usize> = HashMap::new();
        for (index, answer) in found.iter().enumerate() {
            if let Some(question) = answer.question {
                of_question.insert(question, index);
            }
        }
        for index in 0..self.listed.len() {
            let answer = of_question.get(&index).and_then(|&at| Some((found.get(at)?, *ends.get(at)?)));
            self.add_listed(index, answer, &sections, misplacing);
        }
        for (answer, &end) in found.iter().zip(&ends).filter(|(answer, _)| answer.question.is_none()) {
            self.add_unlisted(answer, end, &sections);
        }
    }

    /// Every heading that stands over an answer, in source order.
    fn found(&self) -> Vec<Found> {
        let items: Vec<&Listed> = self.listed.iter().collect();
        let (questions, answers) = self.parts.titles(self.builder, &items);
        let pairs = pairing::pair(self.builder.source, &questions, &answers);
        let mut found: Vec<Found> = Vec::new();
        for (question, answer) in pairs.answers.iter().enumerate() {
            if let Some((answer, by)) = answer
                && let Some(&heading) = self.parts.answers.get(*answer)
            {
                found.push(Found { heading, by: *by, question: Some(question), resembles: None });
            }
        }
        found.sort_by_key(|answer| answer.heading);
        let unlisted = self.unlisted(&found, &pairs, &questions, &answers);
        found.extend(unlisted);
        found.sort_by_key(|answer| answer.heading);
        found
    }

    /// Headings at the level of the answers, among them, that no question lists.
    fn unlisted(
        &self,
        paired: &[Found],
        pairs: &Pairs,
        questions: &[pairing::Title<'_>],
        answers: &[pairing::Title<'_>],
    ) -> Vec<Found> {
        let Some(first) = paired.first().map(|answer| answer.heading) else { return Vec::new() };
        let level_of = |index: usize| self.builder.outline.get(index).map(|heading| heading.level);
        let usual = self.parts.usual_level;
        let mut unlisted = Vec::new();
        for (at, (&heading, answer)) in self.parts.answers.iter().zip(answers).enumerate() {
            let outline = self.builder.outline.get(heading);
            let candidate = heading > first && !pairs.is_taken(at) && level_of(heading) == usual;
            let inside_shallower = paired.iter().rev().find(|other| other.heading < heading).is_some_and(|other| {
                level_of(other.heading) < usual
                    && self.end_of(other, paired) > outline.map_or(0, |heading| heading.block)
            });
            let has_name =
                outline.is_some_and(|heading| !heading.title.key.is_empty() && !closes_a_text(&heading.title.key));
            if candidate && !inside_shallower && has_name {
                let resembles = pairs.resembling(answer, questions);
                unlisted.push(Found { heading, by: PairedBy::Unlisted, question: None, resembles });
            }
        }
        unlisted
    }

    /// The block behind an answer. Its own sub-headings stay inside: an answer ends at the next answer, the next
    /// section of the deck, or a heading above its level. One that stands above the usual level may have sub-headings
    /// at its own, which none of these end.
    fn end_of(&self, answer: &Found, found: &[Found]) -> usize {
        let level = self.builder.outline.get(answer.heading).map_or(1, |heading| heading.level);
        let usual = self.parts.usual_level.unwrap_or(level);
        let starts: HashSet<usize> = found.iter().map(|answer| answer.heading).collect();
        let titles: HashSet<&String> = self.parts.section_keys.values().collect();
        self.builder.outline.end_of(answer.heading, |index, heading| {
            starts.contains(&index)
                || titles.contains(&section_key(&heading.title.plain))
                || heading.level < level.min(usual)
                || (level >= usual && heading.level <= usual)
        })
    }

    /// One section of the deck for each heading over a list.
    fn sections(&mut self, found: &[Found]) -> HashMap<Option<usize>, usize> {
        let mut counts: Vec<(Option<usize>, usize, usize)> = Vec::new();
        for (index, item) in self.listed.iter().enumerate() {
            let titled = found.iter().any(|answer| answer.question == Some(index) && answer.by <= PairedBy::Words);
            match counts.iter_mut().find(|(heading, _, _)| *heading == item.heading) {
                Some((_, items, titles)) => (*items, *titles) = (*items + 1, *titles + usize::from(titled)),
                None => counts.push((item.heading, 1, usize::from(titled))),
            }
        }
        let mut sections = HashMap::new();
        for (heading, items, titles) in counts {
            let evidence = format!("{titles} of {items} list items come back as headings");
            sections.insert(heading, self.builder.add_section(heading, ShapeName::ListFirst, evidence));
            if let Some(block) =
                heading.and_then(|heading| self.builder.outline.get(heading)).map(|heading| heading.block)
            {
                self.builder.claim(block, Owner::Section);
            }
        }
        sections
    }

    /// Whether the answers stand under the titles of the deck's sections, so that one can stand under the wrong one.
    fn answers_have_sections(&self, found: &[Found]) -> bool {
        let inside = found.iter().filter(|answer| self.parts.enclosing(self.builder, answer.heading).is_some()).count();
        self.parts.section_keys.len() > 1 && inside * 2 > found.len()
    }

    fn add_listed(
        &mut self,
        index: usize,
        answer: Option<(&Found, usize)>,
        sections: &HashMap<Option<usize>, usize>,
        misplacing: bool,
    ) {
        let Some(item) = self.listed.get(index) else { return };
        let section = sections.get(&item.heading).copied().unwrap_or(0);
        let own = self.parts.section_of(item.heading);
        let misplaced = answer.filter(|_| misplacing).and_then(|(answer, _)| {
            let under = self.parts.enclosing(self.builder, answer.heading);
            (under != own).then(|| Misplaced { under: self.section_title(under) })
        });
        let taken = answer.map(|(answer, end)| (answer.heading, answer.by, end));
        let (title, span, number, block) = (item.title.clone(), item.span, item.number, item.block);
        self.builder.claim(block, Owner::Note);
        let read = taken.and_then(|(heading, by, end)| self.read_answer(heading, by, end));
        let note = self.builder.add_note(section, &title, span, number);
        if let Some((mut pairing, answer)) = read {
            pairing.misplaced = misplaced;
            note.pairing = Some(pairing);
            note.answer = answer;
        }
    }

    fn add_unlisted(&mut self, found: &Found, end: usize, sections: &HashMap<Option<usize>, usize>) {
        let Some(heading) = self.builder.outline.get(found.heading) else { return };
        let (title, span) = (heading.title.clone(), self.builder.document.span(heading.node));
        let own = self.parts.enclosing(self.builder, found.heading);
        let section = sections.iter().find(|(heading, _)| own.is_some() && self.parts.section_of(**heading) == own);
        let section =
            section.or_else(|| sections.iter().max_by_key(|(_, section)| **section)).map_or(0, |(_, section)| *section);
        let resembles = found.resembles.and_then(|index| self.listed.get(index)).map(|item| item.span);
        if let Some((mut pairing, answer)) = self.read_answer(found.heading, found.by, end) {
            pairing.resembles = resembles;
            let note = self.builder.add_note(section, &title, span, title.number);
            note.pairing = Some(pairing);
            note.answer = answer;
        }
    }

    /// Claims the blocks of an answer.
    fn read_answer(&mut self, index: usize, by: PairedBy, end: usize) -> Option<(Pairing, Option<Answer>)> {
        let heading = self.builder.outline.get(index)?;
        let (block, title) = (heading.block, heading.title.plain.clone());
        let span = self.builder.document.span(heading.node);
        let body = self.builder.passage(block + 1..end);
        for block in block..end {
            if self.builder.owner(block) == Owner::Nobody {
                self.builder.claim(block, Owner::Note);
            }
        }
        let blank = body.pieces.iter().all(|&piece| self.builder.source.slice(piece).trim().is_empty());
        let answer = (!blank).then_some(Answer { heading: Some(span), body });
        Some((Pairing { by, heading: span, title, misplaced: None, resembles: None }, answer))
    }

    fn section_title(&self, key: Option<&str>) -> Option<String> {
        let heading = self.parts.section_keys.iter().find(|(_, title)| Some(title.as_str()) == key)?.0;
        let heading = self.builder.outline.get(*heading)?;
        Some(title::without_ornament(&heading.title.plain))
    }
}

/// Headings that end a text and ask nothing.
fn closes_a_text(key: &str) -> bool {
    ["conclusion", "summary", "references", "further reading", "resources", "links", "license", "credits"]
        .contains(&key)
}

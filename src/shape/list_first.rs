//! Shape A: a list of questions first, the answers later under headings.
//!
//! Evidence is that list items come back as headings. A table of contents does too; it links, and is boilerplate
//! before this shape looks. The list is what there is to learn: its numbers and sections are the deck's.

mod glance;

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use glance::Beginnings;

use super::list_item::typed_number;
use super::pairing::{self, Pairs};
use super::title::Title;
use super::{Builder, Owner, boilerplate, pin, title};
use crate::deck::{Answer, Leftover, LeftoverKind, Misplaced, Number, PairedBy, Pairing, Pin, ShapeName};
use crate::markdown::{NodeId, NodeKind};
use crate::source::Span;
use crate::words;

/// Longest text of an item that may be a question, in characters.
const LONGEST_QUESTION: usize = 400;

/// At most one item in so many has more in it than its question; else the answers stand in the list.
const MOST_NESTED: usize = 3;

/// An item of a list that may be a list of questions.
struct Listed {
    title: Title,
    number: Option<Number>,
    span: Span,
    block: usize,
    /// The heading the list stands under.
    heading: Option<usize>,
    /// Blocks below the question in its item, which no answer takes.
    rest: Option<Span>,
}

pub(super) fn claim(builder: &mut Builder<'_>) {
    let lists = candidate_lists(builder);
    let chosen = question_lists(builder, &lists);
    if chosen.is_empty() {
        return;
    }
    let mut listed: Vec<Listed> =
        lists.into_iter().enumerate().filter(|(index, _)| chosen.contains(index)).flat_map(|(_, list)| list).collect();
    let keys: HashSet<String> = listed.iter().map(|item| item.title.key().to_owned()).collect();
    for item in &mut listed {
        // A second list may stand below the last answer of the first; that answer's heading is no section.
        while let Some(heading) = item.heading.and_then(|heading| builder.outline.get(heading))
            && keys.contains(heading.title.key())
        {
            item.heading = heading.parent;
        }
    }
    Claim::new(builder, listed).run();
}

/// Lists of which nearly every item is one short line.
fn candidate_lists(builder: &Builder<'_>) -> Vec<Vec<Listed>> {
    let beginnings = Beginnings::of(builder.outline.iter().map(|(_, heading)| heading.title.key()));
    let text = |item: NodeId| builder.source.slice(builder.document.span(item));
    let mut lists = Vec::new();
    for block in 0..builder.blocks.len() {
        let is_list = matches!(builder.kind(block), NodeKind::List { .. }) && builder.owner(block) == Owner::Nobody;
        if let Some(&list) = builder.blocks.get(block).filter(|_| is_list)
            && beginnings.may_be_listed(builder.document.children(list).map(text))
        {
            let items = builder.document.children(list).map(|item| listed(builder, item, block));
            let items: Option<Vec<Listed>> = items.collect();
            let nested = |items: &[Listed]| items.iter().filter(|item| item.rest.is_some()).count();
            lists.extend(items.filter(|items| !items.is_empty() && nested(items) * MOST_NESTED <= items.len()));
        }
    }
    lists
}

fn listed(builder: &Builder<'_>, item: NodeId, block: usize) -> Option<Listed> {
    let document = builder.document;
    let mut blocks = document.children(item).filter(|&child| document.kind(child).is_block()).peekable();
    let is_title = |first: &NodeId| matches!(document.kind(*first), NodeKind::Paragraph | NodeKind::Heading(_));
    let inline = document.leading_inline(item);
    let in_heading = document.children(item).next().filter(|&child| document.heading_level(child).is_some());
    if in_heading.is_some()
        || blocks.peek().is_some_and(|&first| {
            inline.last().is_some_and(|&text| document.span(first).start <= document.span(text).start)
        })
    {
        blocks.next_if(is_title);
    }
    let below = blocks.next_if(|&child| pin::of_node(document, builder.source, child).is_some());
    let rest = blocks.map(|child| document.span(child)).reduce(Span::to);
    let mut title = Title::of(document, builder.source, item);
    let below = below.and_then(|child| pin::of_node(document, builder.source, child));
    title.pin = title.pin.or(below);
    if !title.has_words() || title.plain.len() > LONGEST_QUESTION && title.plain.chars().count() > LONGEST_QUESTION {
        return None;
    }
    let number = typed_number(builder, item).or(title.number);
    let end = inline.last().map_or(title.markdown.end, |&last| document.span(last).end).max(title.markdown.end);
    let start = number.map_or(title.markdown.start, |number| number.span.start.min(title.markdown.start));
    let span = builder.source.span(start as usize..end as usize);
    Some(Listed { title, number, span, block, heading: builder.outline.above(block), rest })
}

/// Which lists hold questions: those whose items come back as headings, and those that stand among them and ask.
fn question_lists(builder: &Builder<'_>, lists: &[Vec<Listed>]) -> HashSet<usize> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::default();
    for (_, heading) in builder.outline.iter() {
        places.entry(heading.title.key()).or_default().push(heading.block);
    }
    let behind = |item: &Listed| {
        let blocks = places.get(item.title.key())?;
        blocks.get(blocks.partition_point(|&block| block <= item.block)).copied()
    };
    let returning: Vec<usize> = lists.iter().map(|list| list.iter().filter_map(behind).count()).collect();
    let total: usize = returning.iter().sum();
    let asks = |list: &[Listed]| {
        let asking = || list.iter().filter(|item| item.title.asks()).count();
        list.iter().all(|item| item.number.is_some()) && asking() * 2 >= list.len()
    };
    let strong = |index: usize, list: &[Listed]| {
        let back = returning.get(index).copied().unwrap_or(0);
        total >= 2 && back > 0 && (back * 2 >= list.len() || asks(list))
    };
    let strong_lists = lists.iter().enumerate().filter(|(index, list)| strong(*index, list)).flat_map(|(_, list)| list);
    let first_answer = strong_lists.filter_map(behind).min();
    let mut chosen: HashSet<usize> = HashSet::default();
    for (index, list) in lists.iter().enumerate() {
        let block = list.first().map_or(0, |item| item.block);
        let among = first_answer.is_some_and(|first| block < first) && asks(list);
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
    if pairs.count() >= 2 && pairs.count() * 2 >= items.len() { chosen } else { HashSet::default() }
}

/// What the lists and the headings behind them look like from both sides.
struct Parts {
    /// Key of each heading's title as the title of a section.
    keys: Vec<String>,
    /// The headings over lists.
    over_lists: HashSet<usize>,
    /// Keys of their titles; a heading with such a title begins a section among the answers, too.
    section_titles: HashSet<String>,
    /// Headings that may stand over an answer.
    answers: Vec<usize>,
    /// The level most answers have.
    usual_level: Option<u8>,
    /// The blocks where lists begin that answers stand before.
    regions: Vec<usize>,
}

impl Parts {
    fn new<'l>(builder: &Builder<'_>, items: impl Iterator<Item = &'l Listed> + Clone) -> Self {
        let outline = &builder.outline;
        let keys: Vec<String> = outline.iter().map(|(_, heading)| section_key(&heading.title)).collect();
        let over_lists: HashSet<usize> = items.clone().filter_map(|item| item.heading).collect();
        let section_titles = over_lists.iter().filter_map(|&heading| keys.get(heading)).cloned().collect();
        let mut parts =
            Self { keys, over_lists, section_titles, answers: Vec::new(), usual_level: None, regions: Vec::new() };
        let first = items.clone().map(|item| item.block).min().unwrap_or(0);
        let behind = outline.iter().filter(|(index, heading)| heading.block > first && !parts.is_section(*index));
        let answers: Vec<usize> = behind.map(|(index, _)| index).collect();
        let items_blocks = items.clone().map(|item| item.block);
        let questions: HashSet<&str> = items.map(|item| item.title.key()).collect();
        let mut levels: HashMap<u8, usize> = HashMap::default();
        for heading in answers.iter().filter_map(|&index| outline.get(index)) {
            if questions.contains(heading.title.key()) || heading.title.number.is_some() {
                *levels.entry(heading.level).or_default() += 1;
            }
        }
        let usual = levels.into_iter().max_by_key(|&(level, count)| (count, std::cmp::Reverse(level)));
        parts.usual_level = usual.map(|(level, _)| level);
        let mut lists: Vec<usize> = items_blocks.collect();
        lists.sort_unstable();
        lists.dedup();
        let blocks: Vec<usize> =
            answers.iter().filter_map(|&index| outline.get(index)).map(|heading| heading.block).collect();
        let behind = |block: usize| blocks.partition_point(|&answer| answer < block);
        parts.regions = lists
            .windows(2)
            .filter_map(|pair| match pair {
                [before, list] if behind(*before) < behind(*list) => Some(*list),
                _ => None,
            })
            .collect();
        parts.answers = answers;
        parts
    }

    /// Lists and the answers up to the next list belong together.
    fn region(&self, block: usize) -> usize {
        self.regions.partition_point(|&list| list <= block)
    }

    fn is_section(&self, heading: usize) -> bool {
        self.keys.get(heading).is_some_and(|key| self.section_titles.contains(key))
    }

    fn section_of(&self, heading: Option<usize>) -> Option<&str> {
        heading.and_then(|heading| self.keys.get(heading)).map(String::as_str)
    }

    /// The heading above a heading that begins a section of the deck.
    fn section_above(&self, builder: &Builder<'_>, heading: usize) -> Option<usize> {
        let mut above = builder.outline.get(heading)?.parent;
        while let Some(index) = above.filter(|&index| !self.is_section(index)) {
            above = builder.outline.get(index)?.parent;
        }
        above
    }

    /// The section of the deck that a heading stands in, by the title of one above it.
    fn enclosing(&self, builder: &Builder<'_>, heading: usize) -> Option<&str> {
        self.section_of(self.section_above(builder, heading))
    }

    fn question<'t>(&'t self, builder: &'t Builder<'_>, item: &'t Listed) -> pairing::Title<'t> {
        pairing::Title {
            markdown: builder.source.slice(item.title.markdown),
            plain: &item.title.plain,
            key: item.title.key(),
            words: OnceCell::new(),
            number: item.number.map(|number| number.value),
            section: self.section_of(item.heading),
            region: self.region(item.block),
            block: item.block,
            usual: true,
        }
    }

    fn answer<'t>(&'t self, builder: &'t Builder<'_>, index: usize) -> Option<pairing::Title<'t>> {
        let heading = builder.outline.get(index)?;
        Some(pairing::Title {
            markdown: builder.source.slice(heading.title.markdown),
            plain: &heading.title.plain,
            key: heading.title.key(),
            words: OnceCell::new(),
            number: heading.title.number.map(|number| number.value),
            section: self.enclosing(builder, index),
            region: self.region(heading.block),
            block: heading.block,
            usual: self.usual_level.is_none_or(|level| level == heading.level),
        })
    }

    fn titles<'t>(&'t self, builder: &'t Builder<'_>, items: &[&'t Listed]) -> Titles<'t> {
        let questions = items.iter().map(|item| self.question(builder, item)).collect();
        let answers = self.answers.iter().filter_map(|&index| self.answer(builder, index)).collect();
        Titles { questions, answers }
    }

    fn pair(&self, builder: &Builder<'_>, items: &[&Listed]) -> Pairs {
        let titles = self.titles(builder, items);
        pairing::pair(&titles.questions, &titles.answers)
    }
}

/// Both sides of the pairing.
struct Titles<'t> {
    questions: Vec<pairing::Title<'t>>,
    answers: Vec<pairing::Title<'t>>,
}

fn section_key(title: &Title) -> String {
    let bare = title::without_ornament(&title.plain);
    if bare == title.plain { title.key().to_owned() } else { words::key(&bare) }
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
    /// Index of the listed question without an answer that it reads much like.
    resembles: Option<usize>,
    /// The block behind it.
    end: usize,
}

/// What stands under the heading of an answer.
struct Read {
    pairing: Pairing,
    answer: Option<Answer>,
    /// The id at the heading.
    pin: Option<Box<Pin>>,
}

impl<'b, 'a> Claim<'b, 'a> {
    fn new(builder: &'b mut Builder<'a>, listed: Vec<Listed>) -> Self {
        let parts = Parts::new(builder, listed.iter());
        Self { builder, listed, parts }
    }

    fn run(mut self) {
        let found = self.found();
        let of_question: HashMap<usize, &Found> =
            found.iter().filter_map(|answer| Some((answer.question?, answer))).collect();
        let sections = self.sections(&of_question);
        let misplacing = self.answers_have_sections(&found);
        for index in 0..self.listed.len() {
            self.add_listed(index, of_question.get(&index).copied(), &sections, misplacing);
        }
        for answer in found.iter().filter(|answer| answer.question.is_none()) {
            self.add_unlisted(answer, &sections);
        }
    }

    /// Every heading that stands over an answer, in source order, with where the answer ends.
    fn found(&self) -> Vec<Found> {
        let items: Vec<&Listed> = self.listed.iter().collect();
        let titles = self.parts.titles(self.builder, &items);
        let pairs = pairing::pair(&titles.questions, &titles.answers);
        let mut found: Vec<Found> = Vec::new();
        for (question, answer) in pairs.answers.iter().enumerate() {
            if let Some((answer, by)) = answer
                && let Some(&heading) = self.parts.answers.get(*answer)
            {
                found.push(Found { heading, by: *by, question: Some(question), resembles: None, end: 0 });
            }
        }
        found.sort_by_key(|answer| answer.heading);
        self.set_ends(&mut found);
        let unlisted = self.unlisted(&found, &pairs, &titles);
        found.extend(unlisted);
        found.sort_by_key(|answer| answer.heading);
        self.set_ends(&mut found);
        found
    }

    /// Headings at the level of the answers, among them, that no question lists.
    fn unlisted(&self, paired: &[Found], pairs: &Pairs, titles: &Titles<'_>) -> Vec<Found> {
        let usual = self.parts.usual_level;
        let open = pairs.open_questions(&titles.questions);
        let last_list = self.listed.last().map_or(0, |item| item.block);
        // What stands in another part of the file is for another shape to read.
        let parent_of = |heading: usize| self.builder.outline.get(heading).and_then(|heading| heading.parent);
        let parts: HashSet<Option<usize>> = paired.iter().map(|answer| parent_of(answer.heading)).collect();
        let mut unlisted = Vec::new();
        for (at, (&index, answer)) in self.parts.answers.iter().zip(&titles.answers).enumerate() {
            let Some(heading) = self.builder.outline.get(index) else { continue };
            let before =
                paired.partition_point(|other| other.heading < index).checked_sub(1).and_then(|at| paired.get(at));
            let level_of = |index: usize| self.builder.outline.get(index).map(|heading| heading.level);
            let inside_shallower =
                before.is_some_and(|before| level_of(before.heading) < usual && before.end > heading.block);
            let among = before.is_some() || heading.block > last_list;
            let candidate = among && !inside_shallower && !pairs.is_taken(at) && Some(heading.level) == usual;
            let named = heading.title.has_words() && !closes_a_text(heading.title.key());
            if candidate && named && parts.contains(&heading.parent) {
                let resembles = open.resembling(answer);
                // What neither asks nor resembles a question is a sub-heading at the level of the answers.
                if !heading.title.asks() && heading.title.number.is_none() && resembles.is_none() {
                    continue;
                }
                unlisted.push(Found { heading: index, by: PairedBy::Unlisted, question: None, resembles, end: 0 });
            }
        }
        unlisted
    }

    /// Where each answer ends. Its own sub-headings stay inside, at whatever level: it ends at the next answer, the next
    /// list of questions, the next section of the deck, or a heading above the level of the answers.
    fn set_ends(&self, found: &mut [Found]) {
        let starts: HashSet<usize> = found.iter().map(|answer| answer.heading).collect();
        let mut lists: Vec<usize> = self.listed.iter().map(|item| item.block).collect();
        lists.dedup();
        for answer in found {
            let Some(heading) = self.builder.outline.get(answer.heading) else { continue };
            let usual = self.parts.usual_level.unwrap_or(heading.level);
            let level = heading.level.min(usual);
            let next_list = lists.get(lists.partition_point(|&list| list <= heading.block)).copied();
            let end = self.builder.outline.end_of(answer.heading, |index, next| {
                // An answer above the usual level may hold a summary of its own.
                let closes = level == usual && next.level <= level && closes_a_text(next.title.key());
                next.level < level || closes || starts.contains(&index) || self.parts.is_section(index)
            });
            answer.end = next_list.map_or(end, |list| list.min(end));
        }
    }

    /// One section of the deck for each heading over a list.
    fn sections(&mut self, of_question: &HashMap<usize, &Found>) -> HashMap<Option<usize>, usize> {
        let mut counts: Vec<(Option<usize>, [usize; 3])> = Vec::new();
        for (index, item) in self.listed.iter().enumerate() {
            let by = of_question.get(&index).map(|answer| answer.by);
            let seen = [1, usize::from(by.is_some()), usize::from(by.is_some_and(|by| by <= PairedBy::Words))];
            match counts.last_mut().filter(|(heading, _)| *heading == item.heading) {
                Some((_, sums)) => sums.iter_mut().zip(seen).for_each(|(sum, seen)| *sum += seen),
                None => counts.push((item.heading, seen)),
            }
        }
        let mut sections = HashMap::default();
        for (heading, [items, paired, titled]) in counts {
            let evidence = match paired - titled {
                0 => format!("{paired} of {items} list items come back as headings"),
                1 => format!("{paired} of {items} list items come back as headings, 1 of them in other words"),
                other => {
                    format!("{paired} of {items} list items come back as headings, {other} of them in other words")
                }
            };
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
        let above = found.iter().filter_map(|answer| self.parts.section_above(self.builder, answer.heading));
        let above: Vec<usize> = above.collect();
        // Answers that follow the last list with no title between them stand below its title, and mean nothing by it.
        let titled_anew = above.iter().any(|heading| !self.parts.over_lists.contains(heading));
        let several = above.iter().any(|heading| Some(heading) != above.first());
        (titled_anew || several) && self.parts.section_titles.len() > 1 && above.len() * 2 > found.len()
    }

    fn add_listed(
        &mut self,
        index: usize,
        found: Option<&Found>,
        sections: &HashMap<Option<usize>, usize>,
        misplacing: bool,
    ) {
        let Some(item) = self.listed.get(index) else { return };
        let section = sections.get(&item.heading).copied().unwrap_or(0);
        let own = self.parts.section_of(item.heading);
        let misplaced = found.filter(|_| misplacing).and_then(|found| {
            let under = self.parts.enclosing(self.builder, found.heading);
            (under != own).then(|| Misplaced { under: self.section_title(under) })
        });
        let (title, span, number, block) = (item.title.clone(), item.span, item.number, item.block);
        let rest = item.rest.map(|span| Leftover { span, kind: LeftoverKind::Unclaimed });
        self.builder.nested.extend(rest);
        self.builder.claim(block, Owner::Note);
        let mut read = found.and_then(|found| self.read_answer(found));
        let at_answer = read.as_mut().and_then(|read| read.pin.take());
        let pin = pin::one_of(self.builder, title.pin.clone(), at_answer);
        let note = self.builder.add_note(section, &title, span, number);
        note.pin = pin;
        if let Some(Read { mut pairing, answer, .. }) = read {
            pairing.misplaced = misplaced;
            note.pairing = Some(Box::new(pairing));
            note.answer = answer;
        }
    }

    fn add_unlisted(&mut self, found: &Found, sections: &HashMap<Option<usize>, usize>) {
        let Some(heading) = self.builder.outline.get(found.heading) else { return };
        let (title, span) = (heading.title.clone(), self.builder.document.span(heading.node));
        let own = self.parts.enclosing(self.builder, found.heading);
        let same = sections.iter().filter(|(heading, _)| own.is_some() && self.parts.section_of(**heading) == own);
        let section = same.map(|(_, section)| *section).min().or_else(|| sections.values().copied().max()).unwrap_or(0);
        let resembles = found.resembles.and_then(|index| self.listed.get(index)).map(|item| item.span);
        if let Some(Read { mut pairing, answer, pin }) = self.read_answer(found) {
            pairing.resembles = resembles;
            let note = self.builder.add_note(section, &title, span, title.number);
            note.pairing = Some(Box::new(pairing));
            note.answer = answer;
            note.pin = pin;
        }
    }

    /// Claims the blocks of an answer.
    fn read_answer(&mut self, found: &Found) -> Option<Read> {
        let heading = self.builder.outline.get(found.heading)?;
        let (block, title) = (heading.block, heading.title.plain.clone());
        let span = self.builder.document.span(heading.node);
        let pin = heading.title.pin.clone();
        let pin = pin::take(self.builder, pin, block);
        let body = self.builder.answer(block..found.end);
        let answer = body.map(|body| Answer { heading: Some(span), label: None, body });
        let pairing = Pairing { by: found.by, heading: span, title, misplaced: None, resembles: None };
        Some(Read { pairing, answer, pin })
    }

    fn section_title(&self, key: Option<&str>) -> Option<String> {
        let headings = self.parts.over_lists.iter().filter(|&&heading| self.parts.section_of(Some(heading)) == key);
        let heading = self.builder.outline.get(*headings.min().filter(|_| key.is_some())?)?;
        Some(title::without_ornament(&heading.title.plain))
    }
}

/// Headings that end a text and ask nothing.
fn closes_a_text(key: &str) -> bool {
    boilerplate::is_frame(key) || ["answers", "conclusion", "questions", "summary"].contains(&key)
}

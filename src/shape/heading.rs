//! Shape B: a heading is the question, the text below it the answer.
//!
//! The level of the questions is the one with the most headings that ask: end in a question mark, are numbered or
//! labelled, begin as questions and tasks do. It is decided for each part of the file.

use std::collections::HashMap;

use super::outline::Heading;
use super::{Builder, Owner, boilerplate};
use crate::deck::{Answer, ShapeName};
use crate::markdown::NodeKind;

pub(super) fn claim(builder: &mut Builder<'_>) {
    let Some(level) = question_level(builder) else { return };
    let mut is_question = vec![false; builder.outline.len()];
    mark_questions(builder, level, &mut is_question);
    let questions: Vec<usize> = (0..is_question.len()).filter(|&heading| is(&is_question, heading)).collect();
    let groups: Vec<Option<usize>> =
        questions.iter().map(|&heading| section_of(builder, heading, &is_question)).collect();
    let sections = add_sections(builder, &questions, &groups);
    for (&heading, group) in questions.iter().zip(&groups) {
        add_note(builder, heading, sections.get(group).copied().unwrap_or(0), &is_question);
    }
}

fn is(marks: &[bool], heading: usize) -> bool {
    marks.get(heading).copied().unwrap_or(false)
}

fn is_open(builder: &Builder<'_>, heading: &Heading) -> bool {
    builder.owner(heading.block) == Owner::Nobody && !heading.title.key.is_empty() && !asks_nothing(&heading.title.key)
}

fn asks(heading: &Heading) -> bool {
    heading.title.asks || heading.title.number.is_some()
}

/// The level where most headings ask, if a fair share of them does: one heading in an essay that asks makes no deck.
fn question_level(builder: &Builder<'_>) -> Option<u8> {
    let mut best = None;
    for level in 1..=6 {
        let of_level = |heading: &&Heading| heading.level == level && is_open(builder, heading);
        let all = builder.outline.iter().map(|(_, heading)| heading).filter(of_level);
        let (count, asking) =
            all.fold((0, 0), |(count, asking), heading| (count + 1, asking + usize::from(asks(heading))));
        let title_only = level == 1 && count == 1;
        let share = if asking >= 3 { 4 } else { 2 };
        let fair = asking > 0 && asking * share >= count && !title_only;
        if fair && best.is_none_or(|(_, most)| asking > most) {
            best = Some((level, asking));
        }
    }
    best.map(|(level, _)| level)
}

/// The headings that are questions: those of the level, but where a part of the file asks at another level.
fn mark_questions(builder: &Builder<'_>, level: u8, is_question: &mut [bool]) {
    let outline = &builder.outline;
    for (index, heading) in outline.iter().filter(|(_, heading)| is_open(builder, heading)) {
        let deepest = level.max(heading.level + 1);
        let asking_below = || {
            outline.below(index).any(|(_, other)| other.title.asks && other.level <= deepest && is_open(builder, other))
        };
        let asks_here = if heading.level == level {
            asks(heading) || has_body(builder, heading.block) || !asking_below()
        } else if heading.level < level {
            heading.level > 1 && heading.title.asks_surely && has_body(builder, heading.block) && !asking_below()
        } else {
            let group =
                heading.parent.filter(|&parent| !is(is_question, parent)).and_then(|parent| outline.get(parent));
            let groups = |group: &Heading| group.level < level || !has_body(builder, group.block);
            heading.title.asks && group.is_some_and(groups)
        };
        if let Some(mark) = is_question.get_mut(index) {
            *mark = asks_here;
        }
    }
}

/// Whether text follows a heading before the next one.
fn has_body(builder: &Builder<'_>, block: usize) -> bool {
    (block + 1..builder.blocks.len())
        .take_while(|&next| !matches!(builder.kind(next), NodeKind::Heading(_)))
        .any(|next| builder.kind(next) != NodeKind::Rule && builder.owner(next) == Owner::Nobody)
}

/// The nearest heading above a question that is no question itself.
fn section_of(builder: &Builder<'_>, heading: usize, is_question: &[bool]) -> Option<usize> {
    let mut above = builder.outline.get(heading)?.parent;
    while let Some(index) = above {
        let parent = builder.outline.get(index)?;
        // A heading may stand inside the answer of a listed question.
        if !is(is_question, index) && builder.owner(parent.block) != Owner::Note {
            return Some(index);
        }
        above = parent.parent;
    }
    None
}

/// One section of the deck for each heading that questions stand under.
fn add_sections(
    builder: &mut Builder<'_>,
    questions: &[usize],
    groups: &[Option<usize>],
) -> HashMap<Option<usize>, usize> {
    let mut counts: Vec<(Option<usize>, usize, usize)> = Vec::new();
    let mut places: HashMap<Option<usize>, usize> = HashMap::new();
    for (&question, &group) in questions.iter().zip(groups) {
        let asking = usize::from(builder.outline.get(question).is_some_and(asks));
        let place = *places.entry(group).or_insert(counts.len());
        match counts.get_mut(place) {
            Some((_, count, asked)) => (*count, *asked) = (*count + 1, *asked + asking),
            None => counts.push((group, 1, asking)),
        }
    }
    let mut sections = HashMap::new();
    for (group, count, asking) in counts {
        let evidence = format!("{asking} of {count} headings ask");
        if let Some(block) = group.and_then(|group| builder.outline.get(group)).map(|heading| heading.block) {
            builder.claim(block, Owner::Section);
        }
        sections.insert(group, builder.add_section(group, ShapeName::Heading, evidence));
    }
    sections
}

fn add_note(builder: &mut Builder<'_>, index: usize, section: usize, is_question: &[bool]) {
    let Some(heading) = builder.outline.get(index) else { return };
    let (level, block, node, title) = (heading.level, heading.block, heading.node, heading.title.clone());
    let end = builder.outline.end_of(index, |next, other| other.level <= level || is(is_question, next));
    let body = builder.answer(block..end);
    let span = builder.document.span(node);
    let note = builder.add_note(section, &title, span, title.number);
    note.answer = body.map(|body| Answer { heading: None, body });
}

/// Titles of parts that hold no question.
fn asks_nothing(key: &str) -> bool {
    boilerplate::is_frame(key)
        || ["answers", "changelog", "conclusion", "installation", "introduction", "summary", "usage"].contains(&key)
}

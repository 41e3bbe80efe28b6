//! Shape B: a heading is the question, the text below it the answer.
//!
//! The level of the questions is the one with the most headings that ask: end in a question mark, are numbered or
//! labelled, begin as questions and tasks do. It is decided for each part of the file.

use super::outline::Heading;
use super::{Builder, Owner};
use crate::deck::{Answer, ShapeName};
use crate::markdown::NodeKind;

pub(super) fn claim(builder: &mut Builder<'_>) {
    let Some(level) = question_level(builder) else { return };
    let questions = questions(builder, level);
    let mut sections: Vec<(Option<usize>, usize)> = Vec::new();
    for &heading in &questions {
        let above = section_of(builder, heading, &questions);
        match sections.iter_mut().find(|(section, _)| *section == above) {
            Some((_, count)) => *count += 1,
            None => sections.push((above, 1)),
        }
    }
    let sections: Vec<(Option<usize>, usize)> = sections
        .into_iter()
        .map(|(heading, count)| (heading, add_section(builder, heading, count, &questions)))
        .collect();
    for &heading in &questions {
        let above = section_of(builder, heading, &questions);
        let section = sections.iter().find(|(found, _)| *found == above).map_or(0, |(_, section)| *section);
        add_note(builder, heading, section, &questions);
    }
}

fn is_open(builder: &Builder<'_>, heading: &Heading) -> bool {
    builder.owner(heading.block) == Owner::Nobody && !heading.title.key.is_empty() && !asks_nothing(&heading.title.key)
}

/// The level where most headings ask, if a fair share of them does.
fn question_level(builder: &Builder<'_>) -> Option<u8> {
    let mut best = None;
    for level in 1..=6 {
        let all: Vec<&Heading> = builder
            .outline
            .iter()
            .map(|(_, heading)| heading)
            .filter(|heading| heading.level == level && is_open(builder, heading))
            .collect();
        let asking = all.iter().filter(|heading| heading.title.asks() || heading.title.number.is_some()).count();
        let title_only = level == 1 && all.len() == 1;
        let fair = asking > 0 && asking * 4 >= all.len() && !title_only;
        if fair && best.is_none_or(|(_, most)| asking > most) {
            best = Some((level, asking));
        }
    }
    best.map(|(level, _)| level)
}

/// The headings that are questions: those of the level, but where a part of the file asks at another level.
fn questions(builder: &Builder<'_>, level: u8) -> Vec<usize> {
    let outline = &builder.outline;
    let open: Vec<(usize, &Heading)> = outline.iter().filter(|(_, heading)| is_open(builder, heading)).collect();
    let mut questions: Vec<usize> = Vec::new();
    for &(index, heading) in &open {
        let end = outline.end_of(index, |_, next| next.level <= heading.level);
        let below = || open.iter().filter(|(_, other)| other.block > heading.block && other.block < end);
        let asking_below = below().any(|(_, other)| other.title.asks() && other.level <= level.max(heading.level + 1));
        let has_body = has_body(builder, heading.block);
        let is_question = if heading.level == level {
            let only_groups = !heading.title.asks() && heading.title.number.is_none() && !has_body && asking_below;
            !only_groups
        } else if heading.level < level {
            heading.level > 1 && heading.title.ends_like_a_question() && has_body && !asking_below
        } else {
            let above = heading.parent.and_then(|parent| outline.get(parent));
            let under_group = above.is_some_and(|above| above.level == level && !has_body_at(builder, above));
            heading.title.asks() && under_group && !heading.parent.is_some_and(|parent| questions.contains(&parent))
        };
        if is_question {
            questions.push(index);
        }
    }
    questions
}

fn has_body_at(builder: &Builder<'_>, heading: &Heading) -> bool {
    has_body(builder, heading.block)
}

/// Whether text follows a heading before the next one.
fn has_body(builder: &Builder<'_>, block: usize) -> bool {
    (block + 1..builder.blocks.len())
        .take_while(|&next| !matches!(builder.kind(next), NodeKind::Heading(_)))
        .any(|next| builder.kind(next) != NodeKind::Rule && builder.owner(next) == Owner::Nobody)
}

/// The nearest heading above a question that is no question itself.
fn section_of(builder: &Builder<'_>, heading: usize, questions: &[usize]) -> Option<usize> {
    let mut above = builder.outline.get(heading)?.parent;
    while let Some(index) = above {
        if questions.binary_search(&index).is_err() {
            return Some(index);
        }
        above = builder.outline.get(index)?.parent;
    }
    None
}

fn add_section(builder: &mut Builder<'_>, heading: Option<usize>, count: usize, questions: &[usize]) -> usize {
    let asking = questions
        .iter()
        .filter(|&&question| section_of(builder, question, questions) == heading)
        .filter_map(|&question| builder.outline.get(question))
        .filter(|question| question.title.asks() || question.title.number.is_some())
        .count();
    let level =
        questions.iter().filter_map(|&question| builder.outline.get(question)).map(|heading| heading.level).min();
    let evidence = format!("{asking} of {count} headings of level {} ask", level.unwrap_or(1));
    if let Some(block) = heading.and_then(|heading| builder.outline.get(heading)).map(|heading| heading.block) {
        builder.claim(block, Owner::Section);
    }
    builder.add_section(heading, ShapeName::Heading, evidence)
}

fn add_note(builder: &mut Builder<'_>, index: usize, section: usize, questions: &[usize]) {
    let Some(heading) = builder.outline.get(index) else { return };
    let (level, block, node, title) = (heading.level, heading.block, heading.node, heading.title.clone());
    let end =
        builder.outline.end_of(index, |next, other| other.level <= level || questions.binary_search(&next).is_ok());
    let body = builder.passage(block + 1..end);
    for block in block..end {
        if builder.owner(block) == Owner::Nobody {
            builder.claim(block, Owner::Note);
        }
    }
    let blank = body.pieces.iter().all(|&piece| builder.source.slice(piece).trim().is_empty());
    let span = builder.document.span(node);
    let note = builder.add_note(section, &title, span, title.number);
    note.answer = (!blank).then_some(Answer { heading: None, body });
}

/// Titles of parts that hold no question.
fn asks_nothing(key: &str) -> bool {
    const TITLES: [&str; 24] = [
        "acknowledgements",
        "answers",
        "author",
        "authors",
        "changelog",
        "conclusion",
        "content",
        "contents",
        "contributing",
        "contributors",
        "credits",
        "further reading",
        "index",
        "installation",
        "introduction",
        "licence",
        "license",
        "references",
        "resources",
        "summary",
        "table of contents",
        "toc",
        "目 录",
        "参 考",
    ];
    TITLES.contains(&key)
}

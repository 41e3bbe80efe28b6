//! Shape B: a heading is the question, the text below it the answer.
//!
//! The level of the questions is the shallowest where most headings ask in words: end in a question mark or begin as
//! questions do. What asks below such a question belongs to its answer, and so do the numbered steps in it. Where no
//! level asks in words, numbers, labels and tasks count as well. Parts of a file may ask at other levels.

use std::ops::Range;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::outline::Heading;
use super::series::Series;
use super::tags::DetailsTag;
use super::units::UnitKind;
use super::{Builder, FEWEST_SHARED, Owner, body, boilerplate, html, new_note, pin};
use crate::deck::{Doubt, LeftoverKind, Pin, ShapeName};
use crate::markdown::NodeKind;

/// From so many numbered headings on they are a list of things to learn, even if none asks and some have no number.
const MANY_NUMBERS: usize = 8;

/// What becomes of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It asks.
    Question,
    /// It stands among questions, and belongs to the answer above it.
    Inside,
    /// It groups, or frames.
    Other,
}

pub(super) fn claim(builder: &mut Builder<'_>, series: &Series) {
    builder.groups = groups(builder, series);
    let looks = Look::of_all(builder);
    let Some(level) = question_level(builder, &looks) else { return };
    let roles = roles(builder, &level, &looks);
    let questions: Vec<usize> = (0..roles.len()).filter(|&heading| is(&roles, heading, Role::Question)).collect();
    let groups: Vec<Option<usize>> = questions.iter().map(|&heading| section_of(builder, heading, &roles)).collect();
    let sections = add_sections(builder, &questions, &groups);
    let pins: Vec<Option<Box<Pin>>> = questions.iter().map(|&heading| claim_question(builder, heading)).collect();
    let places: &Builder<'_> = builder;
    let headings: Vec<(usize, &Heading)> =
        questions.iter().filter_map(|&index| Some((index, places.outline.get(index)?))).collect();
    let read = headings.par_iter().zip(groups).zip(pins).with_min_len(FEWEST_SHARED / 4);
    let read = read.map(|((&(index, heading), group), pin)| {
        let section = sections.get(&group).copied().unwrap_or(0);
        let span = places.document.span(heading.node);
        let mut note = new_note(section, &heading.title, span, heading.title.number);
        note.pin = pin;
        let units = units_below(places, index, &roles);
        let mut body = body::look(places, units.clone(), None);
        let left = std::mem::take(&mut body.left);
        body::give(&mut note, body);
        (note, (units, left))
    });
    let (mut notes, mut taken) = (Vec::new(), Vec::new());
    read.unzip_into_vecs(&mut notes, &mut taken);
    taken.into_iter().for_each(|(units, left)| body::take(builder, units, &left));
    if builder.notes.is_empty() {
        builder.notes = notes;
    } else {
        builder.notes.append(&mut notes);
    }
}

/// Takes a heading as a question, and gives the id beside it.
fn claim_question(builder: &mut Builder<'_>, heading: usize) -> Option<Box<Pin>> {
    let heading = builder.outline.get(heading)?;
    let (block, pin) = (heading.block, heading.title.pin.clone());
    let pin = pin::take(builder, pin, block);
    builder.claim(block, Owner::Note);
    pin
}

/// Blocks of headings that group questions written in another way, and are none themselves.
fn groups(builder: &mut Builder<'_>, series: &Series) -> HashSet<usize> {
    let inner = series.below_headings(builder);
    let mut groups = HashSet::default();
    let mut contested: HashMap<u8, (usize, Vec<usize>)> = HashMap::default();
    for (index, heading) in builder.outline.iter() {
        let many = inner.get(&index).copied().filter(|inner| inner.are_many());
        if !heading.title.asks_surely() {
            groups.extend(many.map(|_| heading.block));
            continue;
        }
        let (asking, both) = contested.entry(heading.level).or_default();
        *asking += 1;
        both.extend(many.filter(|inner| inner.have_answers()).map(|_| index));
    }
    let mut doubts = Vec::new();
    for (asking, both) in contested.into_values() {
        let are_groups = both.len() * 2 > asking;
        let Some(&first) = both.first() else { continue };
        if are_groups {
            groups.extend(both.iter().map(|&index| builder.outline.block_of(index)));
        }
        // Where nearly all agree there is no doubt.
        let few = both.len() * 4 < asking || both.len() * 4 > asking * 3;
        if let Some(doubt) = doubt(builder, series, first, (asking, are_groups)).filter(|_| !few) {
            doubts.push(doubt);
        }
    }
    doubts.sort_by_key(|doubt| doubt.span);
    builder.doubts.extend(doubts);
    groups
}

/// A heading that asks, over questions that ask and have answers.
fn doubt(builder: &Builder<'_>, series: &Series, index: usize, (asking, are_groups): (usize, bool)) -> Option<Doubt> {
    let heading = builder.document.span(builder.outline.get(index)?.node);
    let question = series.first_below(builder, index)?;
    let many = series.below_headings(builder).get(&index)?.all;
    let (as_heading, as_other) = ((ShapeName::Heading, heading, asking), (question.style.shape(), question.span, many));
    let ((read_as, span, count), (or_as, other, other_count)) =
        if are_groups { (as_other, as_heading) } else { (as_heading, as_other) };
    Some(Doubt { read_as, span, count, or_as, other, other_count })
}

fn is(roles: &[Role], heading: usize, role: Role) -> bool {
    roles.get(heading) == Some(&role)
}

fn is_open(builder: &Builder<'_>, heading: &Heading) -> bool {
    let title = &heading.title;
    let named = title.has_words() && (title.number.is_some() || !asks_nothing(title.key()));
    let is_label = body::is_answer_title(&title.plain);
    builder.owner(heading.block) == Owner::Nobody && named && !is_label && !builder.groups.contains(&heading.block)
}

fn asks(heading: &Heading) -> bool {
    heading.title.asks() || heading.title.number.is_some()
}

/// Whether a button that shows an answer stands below a heading: then it is a question, whatever it says.
fn shows_answer(builder: &Builder<'_>, block: usize) -> bool {
    const NEAR: usize = 6;
    let below = builder.units_of(block + 1..builder.blocks.len());
    below.take(NEAR).take_while(|&at| builder.unit(at).is_some_and(|unit| unit.kind != UnitKind::Heading)).any(|at| {
        let summary = builder
            .unit(at + 1)
            .filter(|_| builder.unit(at).is_some_and(|unit| unit.kind == UnitKind::Details(DetailsTag::Open)));
        match summary.map(|unit| unit.kind) {
            Some(UnitKind::Details(DetailsTag::Summary(inner))) => {
                body::is_answer_summary(&html::plain(builder.source.slice(inner), ""))
            }
            _ => false,
        }
    })
}

/// What stands below a heading.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    /// Whether nobody has claimed it, and it may ask.
    is_open: bool,
    /// See [`shows_answer`]; only of those that are open.
    shows_answer: bool,
    /// See [`has_body`].
    has_body: bool,
}

impl Look {
    fn of_all(builder: &Builder<'_>) -> Vec<Self> {
        let headings = (0..builder.outline.len()).into_par_iter().with_min_len(FEWEST_SHARED);
        let looks = headings.map(|heading| {
            let Some(heading) = builder.outline.get(heading) else { return Self::default() };
            let is_open = is_open(builder, heading);
            Self {
                is_open,
                shows_answer: is_open && shows_answer(builder, heading.block),
                has_body: has_body(builder, heading.block),
            }
        });
        looks.collect()
    }
}

/// The level of the questions.
struct Level {
    level: u8,
    /// Its headings are numbered: one without a number that asks nothing is part of the answer above it.
    numbered: bool,
}

/// What the headings of one level look like.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    all: usize,
    /// Ask in words.
    sure: usize,
    /// Ask in words, by a number, or as a task.
    asking: usize,
    /// Ask in words, surely or as a task.
    worded: usize,
    numbered: usize,
    /// Have text of their own.
    bodies: usize,
}

impl Count {
    fn of(builder: &Builder<'_>, level: u8, looks: &[Look]) -> Self {
        let headings = builder.outline.iter().zip(looks).map(|((_, heading), look)| (heading, look));
        let mut count = Self::default();
        for (heading, look) in headings.filter(|(heading, look)| heading.level == level && look.is_open) {
            count.all += 1;
            let shows = look.shows_answer;
            count.sure += usize::from(heading.title.asks_surely() || shows);
            count.asking += usize::from(asks(heading) || shows);
            count.worded += usize::from(heading.title.asks() || shows);
            count.numbered += usize::from(heading.title.number.is_some());
            count.bodies += usize::from(look.has_body);
        }
        // A lone heading of the first level is the title of the file.
        if level == 1 && count.all == 1 { Self::default() } else { count }
    }

    fn most(self, part: usize) -> bool {
        part > 0 && part * 2 >= self.all
    }
}

fn question_level(builder: &Builder<'_>, looks: &[Look]) -> Option<Level> {
    let counts: Vec<(u8, Count)> = (1..=6).map(|level| (level, Count::of(builder, level, looks))).collect();
    let found =
        |&(level, count): &(u8, Count)| Level { level, numbered: count.numbered > 1 && count.most(count.numbered) };
    // Headings that ask but only group others that ask, as in an FAQ of topics, are not the level looked for.
    let deeper_asks = |level: u8, sure: usize| {
        counts.iter().any(|(other, count)| *other > level && count.sure > sure && count.most(count.sure))
    };
    let surest = counts.iter().find(|(level, count)| {
        count.most(count.sure) && (count.most(count.bodies) || !deeper_asks(*level, count.sure))
    });
    if let Some(surest) = surest {
        return Some(found(surest));
    }
    // A fair share is enough where there are many: one heading in an essay that asks makes no deck.
    // Numbers alone number the parts of any text; a list of things to learn has one at each.
    let in_words = |count: &Count| count.worded > 0 || count.numbered == count.all || count.numbered >= MANY_NUMBERS;
    let fair = |count: &Count| {
        count.asking > 0 && in_words(count) && count.asking * (if count.asking >= 3 { 4 } else { 2 }) >= count.all
    };
    let candidates = counts.iter().filter(|(_, count)| fair(count));
    candidates.max_by_key(|(level, count)| (count.asking, std::cmp::Reverse(*level))).map(found)
}

/// Those of the level are questions, but for parts of the file that ask at another one.
fn roles(builder: &Builder<'_>, level: &Level, looks: &[Look]) -> Vec<Role> {
    let outline = &builder.outline;
    let has_body = |heading: usize| looks.get(heading).is_some_and(|look| look.has_body);
    let is_open = |heading: usize| looks.get(heading).is_some_and(|look| look.is_open);
    let mut roles = vec![Role::Other; outline.len()];
    for (index, heading) in outline.iter() {
        let is_label = body::is_answer_title(&heading.title.plain);
        if is_label && follows_question(&roles, index) {
            if let Some(slot) = roles.get_mut(index) {
                *slot = Role::Inside;
            }
            continue;
        }
        if !is_open(index) {
            continue;
        }
        let deepest = level.level.max(heading.level + 1);
        let asking_below =
            || outline.below(index).any(|(at, other)| other.title.asks() && other.level <= deepest && is_open(at));
        let lists_contents = matches!(builder.owner(heading.block + 1), Owner::Leftover(LeftoverKind::Boilerplate))
            && matches!(builder.kind(heading.block + 1), NodeKind::List { .. })
            && !has_body(index);
        let question = if lists_contents && !heading.title.asks_surely() {
            false
        } else if heading.level == level.level {
            asks(heading) || has_body(index) || !asking_below()
        } else if heading.level < level.level {
            heading.level > 1 && heading.title.asks_surely() && has_body(index) && !asking_below()
        } else {
            // A group of questions: a heading above them that is none, and holds no text of its own or skips a level.
            let group = heading.parent.filter(|&parent| !is(&roles, parent, Role::Question));
            let groups = |group: usize| {
                outline.get(group).is_some_and(|heading| heading.level < level.level) || !has_body(group)
            };
            heading.title.asks() && group.is_some_and(groups)
        };
        let inside = question && level.numbered && heading.level == level.level && !asks(heading);
        let role = match (question, inside) {
            (true, false) => Role::Question,
            (true, true) if follows_question(&roles, index) => Role::Inside,
            _ => Role::Other,
        };
        if let Some(slot) = roles.get_mut(index) {
            *slot = role;
        }
    }
    roles
}

fn follows_question(roles: &[Role], index: usize) -> bool {
    index.checked_sub(1).and_then(|before| roles.get(before)).is_some_and(|before| *before != Role::Other)
}

/// Whether text follows a heading before the next one.
fn has_body(builder: &Builder<'_>, block: usize) -> bool {
    (block + 1..builder.blocks.len())
        .take_while(|&next| !matches!(builder.kind(next), NodeKind::Heading(_)))
        .any(|next| builder.kind(next) != NodeKind::Rule && builder.owner(next) == Owner::Nobody)
}

/// The nearest heading above a question that is no question itself.
fn section_of(builder: &Builder<'_>, heading: usize, roles: &[Role]) -> Option<usize> {
    let mut above = builder.outline.get(heading)?.parent;
    while let Some(index) = above {
        let parent = builder.outline.get(index)?;
        // A heading may stand inside the answer of a listed question.
        if is(roles, index, Role::Other) && builder.owner(parent.block) != Owner::Note {
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
    let mut places: HashMap<Option<usize>, usize> = HashMap::default();
    for (&question, &group) in questions.iter().zip(groups) {
        let asking = usize::from(builder.outline.get(question).is_some_and(asks));
        let place = *places.entry(group).or_insert(counts.len());
        match counts.get_mut(place) {
            Some((_, count, asked)) => (*count, *asked) = (*count + 1, *asked + asking),
            None => counts.push((group, 1, asking)),
        }
    }
    let mut sections = HashMap::default();
    for (group, count, asking) in counts {
        let evidence = format!("{asking} of {count} headings ask");
        if let Some(block) = group.and_then(|group| builder.outline.get(group)).map(|heading| heading.block) {
            builder.claim(block, Owner::Section);
        }
        sections.insert(group, builder.add_section(group, ShapeName::Heading, evidence));
    }
    sections
}

/// What stands below a question.
fn units_below(builder: &Builder<'_>, index: usize, roles: &[Role]) -> Range<usize> {
    let Some(heading) = builder.outline.get(index) else { return 0..0 };
    let end = builder.outline.end_of(index, |next, other| {
        let is_label = body::is_answer_title(&other.title.plain);
        let inside = is(roles, next, Role::Inside) && (other.level == heading.level || is_label);
        is(roles, next, Role::Question) || (other.level <= heading.level && !inside)
    });
    builder.units_of(heading.block + 1..end)
}

/// Titles of parts that hold no question.
fn asks_nothing(key: &str) -> bool {
    boilerplate::is_frame(key)
        || ["answers", "changelog", "conclusion", "installation", "introduction", "summary", "usage"].contains(&key)
}

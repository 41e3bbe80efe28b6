//! Which candidates are questions: decided for each part of a file by how many of them ask, then read to the next one.

mod parts;

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

pub(super) use parts::is_mostly;
use parts::{Count, Counts, Part, Parts, parts};

use super::candidates::{Candidate, Style};
use super::units::UnitKind;
use super::{Builder, FEWEST_SHARED, Owner, body, boilerplate, html, pin};
use crate::deck::{Doubt, ShapeName};

/// The candidates of a file that are questions, unless a heading above them is the question.
#[derive(Debug, Default)]
pub(super) struct Series {
    questions: Vec<Candidate>,
    /// For each question whether something stands below it.
    bodies: Vec<bool>,
    doubts: Vec<Doubt>,
}

/// Looks at all candidates and decides.
pub(super) fn decide(builder: &Builder<'_>, only: Option<ShapeName>) -> Series {
    let parts = parts(builder).into_par_iter().with_min_len(FEWEST_SHARED / 8);
    let read = parts.fold(Parts::default, |mut parts, units| {
        parts.push(Part::of(builder, units, only));
        parts
    });
    let Parts { counts: in_file, parts } = read.reduce(Parts::default, Parts::with);
    let mut series = Series::default();
    for Part { counts, candidates, bodies } in parts {
        let judge = Judge { in_file: &in_file, here: counts, forced: only.is_some() };
        judge.part(builder, &candidates, &bodies, &mut series);
    }
    series
}

/// Decides for one part of a file.
struct Judge<'a> {
    in_file: &'a Counts,
    here: Counts,
    /// The author says which shape it is.
    forced: bool,
}

impl Judge<'_> {
    fn accepts(&self, style: Style) -> bool {
        let (here, file) = (self.here.get(style), self.in_file.get(style));
        if here.all == 0 {
            return false;
        }
        let in_file = file.most_ask() && file.all >= 2;
        // Written as the questions of the file are: a part may name topics, as `**Stack and queue**`.
        let marked = matches!(style, Style::ItemStrong | Style::ItemHeading | Style::Summary);
        if marked && here.all >= 2 && file.all >= 10 && file.asking * 3 >= file.all * 2 {
            return true;
        }
        match style {
            _ if self.forced => here.all > 0,
            Style::Prefix => here.all > 0,
            // What is folded away under a text of its own is rarely anything but an answer.
            Style::Summary => here.asking * 3 >= here.all && here.asking > 0 && (here.all >= 2 || in_file),
            Style::Plain => here.most_ask() && here.all >= 2 && here.bodies * 2 >= here.all,
            Style::ItemHeading => here.most_ask() || here.numbered == here.all && here.all >= 2,
            _ => here.most_ask() && (here.all >= 2 || in_file || here.numbered > 0 && self.in_series() >= 2),
        }
    }

    /// Candidates with numbers, however they are written: one series may be written in several ways.
    fn in_series(&self) -> usize {
        let styles = [Style::ItemHeading, Style::ItemStrong, Style::ItemOrdered, Style::Bold];
        let counts = styles.into_iter().map(|style| self.here.get(style)).filter(|count| count.most_ask());
        counts.map(|count| count.numbered).sum()
    }

    /// Adds the questions of the part.
    fn part(&self, builder: &Builder<'_>, part: &[Candidate], bodies: &[bool], series: &mut Series) {
        let accepted: Vec<Style> = Style::ALL.into_iter().filter(|&style| self.accepts(style)).collect();
        let is_accepted = |candidate: &&Candidate| accepted.contains(&candidate.style);
        // A question comes before its answer, so the style that comes first is that of the questions.
        let Some(main) = part
            .iter()
            .find(|candidate| is_accepted(candidate) && candidate.style != Style::Plain)
            .or_else(|| part.iter().find(is_accepted))
            .map(|candidate| candidate.style)
        else {
            return;
        };
        let main_count = self.here.get(main);
        let blocks: HashSet<usize> = part
            .iter()
            .filter(|candidate| candidate.style == main)
            .filter_map(|candidate| Some(builder.unit(candidate.unit)?.block.get()))
            .collect();
        let mut folded = 0;
        for (candidate, &has_body) in part.iter().zip(bodies) {
            let belongs = if candidate.style == main {
                true
            } else {
                is_accepted(&candidate) && self.goes_with(main_count, candidate)
                    || candidate.style.is_item()
                        && main.is_item()
                        && candidate.title.asks()
                        && builder.unit(candidate.unit).is_some_and(|unit| blocks.contains(&unit.block.get()))
            };
            if candidate.start < folded || !belongs || !self.is_question(main_count, candidate) {
                continue;
            }
            folded = folded.max(candidate.end.unwrap_or(0));
            series.questions.push(candidate.clone());
            series.bodies.push(has_body);
        }
        self.doubt(main, &accepted, part, series);
    }

    /// Another way to write the same series: the numbers go on, or both have ends of their own.
    fn goes_with(&self, main: Count, candidate: &Candidate) -> bool {
        let count = self.here.get(candidate.style);
        let numbered = |count: Count| count.numbered * 5 >= count.all * 4;
        candidate.style <= Style::Summary || numbered(main) && numbered(count)
    }

    /// Bold text is more often a title within an answer than a question that does not ask.
    fn is_question(&self, main: Count, candidate: &Candidate) -> bool {
        let title = &candidate.title;
        let ends_in_colon = title.plain.trim_end().ends_with([':', '：']);
        match candidate.style {
            _ if self.forced || title.asks_surely() => true,
            Style::Bold if main.numbered * 2 > main.all => candidate.number.is_some(),
            Style::Bold => {
                title.asks() || !ends_in_colon && main.asking * 10 >= main.all * 8 && title.key().contains(' ')
            }
            Style::Plain => title.asks(),
            Style::ItemStrong if main.numbered * 2 < main.all && candidate.number.is_some() => title.asks(),
            Style::ItemStrong if main.numbered * 2 > main.all && candidate.number.is_none() => title.asks(),
            Style::ItemOrdered | Style::ItemBullet => !ends_in_colon || title.asks(),
            _ => true,
        }
    }

    /// Another style in the same part that may as well be that of the questions.
    fn doubt(&self, main: Style, accepted: &[Style], part: &[Candidate], series: &mut Series) {
        let main_count = self.here.get(main);
        // Labels and summaries leave no doubt.
        if main <= Style::Summary {
            return;
        }
        let others = accepted.iter().copied().filter(|&style| style > Style::Summary && style != Style::Plain);
        for style in others.filter(|style| style.shape() != main.shape()) {
            let count = self.here.get(style);
            let as_many = count.asking >= main_count.all && count.asking >= 2 && count.bodies * 2 >= count.all;
            let of_style = |style: Style| part.iter().find(|candidate| candidate.style == style);
            if let (true, Some(mine), Some(other)) = (as_many, of_style(main), of_style(style))
                && !series.questions.iter().any(|question| question.unit == other.unit)
            {
                series.doubts.push(Doubt {
                    read_as: main.shape(),
                    span: mine.span,
                    count: main_count.all,
                    or_as: style.shape(),
                    other: other.span,
                    other_count: count.all,
                });
            }
        }
    }
}

/// What questions stand directly below a heading.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inner {
    pub(super) all: usize,
    pub(super) asking: usize,
    pub(super) bodies: usize,
}

impl Inner {
    /// Whether they are what the heading groups, and the heading no question of its own.
    pub(super) fn are_many(self) -> bool {
        let with_bodies = self.bodies * 2 >= self.all && self.asking >= 2;
        let alone = self.asking >= 3 && self.asking * 10 >= self.all * 8;
        with_bodies || alone
    }

    pub(super) fn have_answers(self) -> bool {
        self.asking >= 2 && self.bodies * 2 >= self.all && self.asking * 2 >= self.all
    }
}

impl Series {
    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    /// For each heading of the outline the questions directly below it.
    pub(super) fn below_headings(&self, builder: &Builder<'_>) -> HashMap<usize, Inner> {
        let mut below: HashMap<usize, Inner> = HashMap::default();
        for (candidate, has_body) in self.questions.iter().zip(&self.bodies) {
            let block = builder.unit(candidate.unit).map_or(0, |unit| unit.block.get());
            if let Some(heading) = builder.outline.above(block) {
                let inner = below.entry(heading).or_default();
                inner.all += 1;
                inner.asking += usize::from(candidate.title.asks());
                inner.bodies += usize::from(*has_body);
            }
        }
        below
    }

    /// The first question directly below a heading.
    pub(super) fn first_below(&self, builder: &Builder<'_>, heading: usize) -> Option<&Candidate> {
        self.questions.iter().find(|candidate| {
            builder.unit(candidate.unit).is_some_and(|unit| builder.outline.above(unit.block.get()) == Some(heading))
        })
    }

    /// Makes notes of the questions that nobody has claimed meanwhile.
    pub(super) fn claim(mut self, builder: &mut Builder<'_>) {
        let free: Vec<bool> = self
            .questions
            .iter()
            .map(|question| builder.is_free(question.unit) && builder.is_free(question.start))
            .collect();
        let mut keep = free.iter().copied();
        self.questions.retain(|_| keep.next().unwrap_or(false));
        let mut keep = free.iter().copied();
        self.bodies.retain(|_| keep.next().unwrap_or(false));
        self.without_lonely_lists(builder);
        builder.doubts.append(&mut self.doubts);
        let plan = plan(builder, &self.questions);
        let mut sections: HashMap<(Option<usize>, ShapeName), usize> = HashMap::default();
        let mut counts: BTreeMap<(Option<usize>, ShapeName), (Count, Style)> = BTreeMap::new();
        for ((question, place), has_body) in self.questions.iter().zip(&plan).zip(&self.bodies) {
            let key = (place.heading, question.style.shape());
            counts.entry(key).or_insert((Count::default(), question.style)).0.add(question, *has_body);
        }
        for (key, (count, style)) in counts {
            sections.insert(key, add_section(builder, key.0, count, style));
        }
        // Where hardly an item has anything below it, code and a list below one belong to what it asks.
        let items = self.questions.iter().zip(&self.bodies).filter(|(question, _)| question.style.is_item());
        let (all, bodies) = items.fold((0, 0), |(all, bodies), (_, body)| (all + 1, bodies + usize::from(*body)));
        let have_answers = bodies * 3 >= all;
        for (question, place) in self.questions.into_iter().zip(plan) {
            let key = (place.heading, question.style.shape());
            add_note(builder, question, &place, (sections.get(&key).copied().unwrap_or(0), have_answers));
        }
    }

    /// A list of questions without any answer, beside questions that have some, is no part of the deck.
    fn without_lonely_lists(&mut self, builder: &Builder<'_>) {
        let answered = |note: &&crate::deck::Note| note.answer.is_some();
        let others = builder.notes.iter().filter(answered).count();
        let bodies = self.bodies.iter().filter(|&&has_body| has_body).count();
        let mut lists: HashMap<usize, (usize, usize)> = HashMap::default();
        let block = |candidate: &Candidate| builder.unit(candidate.unit).map_or(0, |unit| unit.block.get());
        for (question, has_body) in
            self.questions.iter().zip(&self.bodies).filter(|(question, _)| question.style.is_item())
        {
            let (all, with) = lists.entry(block(question)).or_default();
            *all += 1;
            *with += usize::from(*has_body);
        }
        // Among lists with answers one without any is as good as the others.
        let with: usize = lists.values().map(|(_, with)| with).sum();
        let all: usize = lists.values().map(|(all, _)| all).sum();
        if with * 5 > all {
            return;
        }
        let lonely: usize = lists.values().filter(|(_, with)| *with == 0).map(|(all, _)| all).sum();
        if others + bodies < lonely || others + bodies == 0 {
            return;
        }
        let keep: Vec<bool> = self
            .questions
            .iter()
            .map(|question| {
                !question.style.is_item()
                    || question.number.is_some()
                    || lists.get(&block(question)).is_some_and(|(all, with)| *with > 0 || *all == 1)
            })
            .collect();
        let mut kept = keep.iter().copied();
        self.questions.retain(|_| kept.next().unwrap_or(false));
        let mut kept = keep.iter().copied();
        self.bodies.retain(|_| kept.next().unwrap_or(false));
    }
}

/// Where a question belongs.
struct Place {
    /// The heading of its section, by its place in the outline.
    heading: Option<usize>,
    /// The first unit behind what stands below it.
    end: usize,
}

/// For each question its section and where its answer ends: at the next question, or at a heading that is none of the
/// answer's own.
fn plan(builder: &Builder<'_>, questions: &[Candidate]) -> Vec<Place> {
    let starts: HashSet<usize> = questions.iter().map(|question| question.start).collect();
    let mut section: Option<usize> = None;
    let mut places = Vec::with_capacity(questions.len());
    let mut seen = 0;
    for (index, question) in questions.iter().enumerate() {
        // Headings between the last answer and this question.
        for at in seen..question.start {
            if let Some(heading) = heading_at(builder, at).filter(|_| builder.unit_owner(at) != Owner::Note) {
                section = Some(heading);
            }
        }
        let limit = questions.get(index + 1).map_or(builder.units.len(), |next| next.start);
        let own_end = question.end.unwrap_or(limit).min(limit);
        let closes = |at: usize| question.end.is_none() && closes(builder, at, section, &starts);
        let end = (question.unit + 1..own_end)
            .find(|&at| closes(at) || matches!(builder.unit_owner(at), Owner::Note | Owner::Section))
            .unwrap_or(own_end);
        places.push(Place { heading: section, end });
        seen = end.max(question.unit + 1);
    }
    places
}

fn heading_at(builder: &Builder<'_>, at: usize) -> Option<usize> {
    let unit = builder.unit(at).filter(|unit| unit.kind == UnitKind::Heading && unit.item.is_none())?;
    builder.outline.at_block(unit.block.get())
}

/// Whether a heading ends the answer above it: it stands no deeper than the section, frames the file, or has questions
/// of its own right below it.
fn closes(builder: &Builder<'_>, at: usize, section: Option<usize>, starts: &HashSet<usize>) -> bool {
    if builder
        .unit(at)
        .is_some_and(|unit| unit.kind == UnitKind::Html && html::is_heading(builder.source.slice(unit.span)))
    {
        return true;
    }
    let Some(heading) = heading_at(builder, at).and_then(|heading| builder.outline.get(heading)) else { return false };
    if body::is_answer_title(&heading.title.plain) {
        return false;
    }
    let section_level = section.and_then(|section| builder.outline.get(section)).map_or(2, |section| section.level);
    let next = (at + 1..builder.units.len()).find(|&next| {
        builder.unit(next).is_some_and(|unit| !matches!(unit.kind, UnitKind::Rule | UnitKind::Markup))
            && !matches!(builder.unit_owner(next), Owner::Leftover(_))
    });
    heading.level <= section_level
        || boilerplate::is_frame(heading.title.key())
        || next.is_some_and(|next| starts.contains(&next))
}

fn add_section(builder: &mut Builder<'_>, heading: Option<usize>, count: Count, style: Style) -> usize {
    let (one, many) = style.noun();
    let noun = if count.all == 1 { one } else { many };
    let is_list = style.is_item() && count.bodies == 0;
    let shape = if is_list { ShapeName::QuestionList } else { style.shape() };
    let below =
        if is_list { "none has text below it".to_owned() } else { format!("{} have text below them", count.bodies) };
    let evidence = format!("{} of {} {noun} ask, {below}", count.asking, count.all);
    let block = heading.and_then(|heading| builder.outline.get(heading)).map(|heading| heading.block);
    if let Some(block) = block {
        builder.claim(block, Owner::Section);
    }
    builder.add_section(heading, shape, evidence)
}

fn add_note(builder: &mut Builder<'_>, question: Candidate, place: &Place, (section, have_answers): (usize, bool)) {
    let below_question = question.unit + 1..place.end;
    let block = builder.unit(question.unit).map_or(0, |unit| unit.block.get());
    for unit in question.start..=question.unit {
        builder.claim_unit(unit, Owner::Note);
    }
    let id = pin::take(builder, question.title.pin.clone(), block);
    let mut below = body::read(builder, below_question.clone(), question.rest);
    let is_bare =
        question.style == Style::Prefix && !builder.labels_answers || question.style.is_item() && !have_answers;
    if is_bare && question.rest.is_none() {
        body::code_is_asked_about(&mut below, builder, below_question);
    }
    if let Some(close) = question.end.filter(|&close| builder.is_free(close)) {
        builder.claim_unit(close, Owner::Note);
    }
    let note = builder.add_note(section, &question.title, question.span, question.number);
    note.pin = id;
    body::give(note, below);
}

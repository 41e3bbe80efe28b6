//! A document's blocks to a deck: which text is a question, and which its answer.
//!
//! Each shape is a way people write questions and answers, with a file of its own. A shape claims the blocks it
//! understands; what none claims is left over, and said so. Every block ends in exactly one place.

mod body;
pub(crate) mod boilerplate;
mod bold;
mod candidates;
mod chat;
mod cloze;
mod details;
pub(crate) mod elsewhere;
mod footnotes;
mod hashtags;
mod heading;
mod html;
mod html_list;
mod inline;
mod inner_lists;
mod labels;
mod list_first;
mod list_item;
mod one_card;
mod options;
mod outline;
mod packed;
mod pairing;
mod pin;
mod plain_question;
mod prefix;
mod prefix_lines;
mod repeats;
mod separator;
mod series;
mod table;
mod tags;
mod title;
mod topic;
mod units;

use std::ops::Range;

use foldhash::{HashMap, HashSet};

use crate::deck::{
    Deck, Doubt, Leftover, LeftoverKind, Note, NoteKind, Number, Passage, Piece, Pin, Section, ShapeName,
};
use crate::identity;
use crate::markdown::{Document, NodeId, NodeKind};
use crate::settings::Settings;
use crate::source::{Source, Span};

pub(crate) use repeats::words_below;

use labels::LineLabel;
use outline::Outline;
use units::{Index, Unit, UnitKind};

/// Blocks of one file are shared among threads where there are many; fewer than so many are not worth it.
const FEWEST_SHARED: usize = 512;

/// What recognising takes from settings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Terms {
    /// The name of the deck in Anki.
    pub deck: String,
    /// Tags for every note.
    pub tags: Vec<String>,
    /// The shape to read, whatever the text looks like.
    pub shape: Option<ShapeName>,
}

impl Terms {
    /// Those of a source with these settings.
    #[must_use]
    pub fn of(settings: &Settings, source: &Source) -> Self {
        let deck = settings.deck_name(source.deck_path());
        Self { deck, tags: settings.tags.clone(), shape: settings.shape }
    }
}

/// Reads a document as a deck. Nothing counts but the text, what it was parsed to, and the terms.
#[must_use]
pub fn recognise(document: &Document, source: &Source, terms: &Terms) -> Deck {
    let mut builder = Builder::new(document, source);
    pin::claim(&mut builder);
    footnotes::claim(&mut builder);
    boilerplate::claim(&mut builder);
    chat::claim(&mut builder);
    hashtags::claim(&mut builder);
    let shapes = Shapes { only: terms.shape };
    shapes.run(&mut builder, ShapeName::ListFirst, list_first::claim);
    shapes.run(&mut builder, ShapeName::OneCard, one_card::claim);
    shapes.run(&mut builder, ShapeName::Separator, separator::claim);
    shapes.run(&mut builder, ShapeName::Table, table::claim);
    shapes.run(&mut builder, ShapeName::Cloze, cloze::claim_labelled);
    let is_inline = terms.shape == Some(ShapeName::Inline);
    shapes.run(&mut builder, ShapeName::Inline, |builder| inline::claim(builder, is_inline));
    let series = series::decide(&builder, terms.shape);
    shapes.run(&mut builder, ShapeName::Heading, |builder| heading::claim(builder, &series));
    if builder.notes.is_empty() {
        shapes.run(&mut builder, ShapeName::QuestionList, |builder| topic::claim(builder, series.len()));
    }
    series.claim(&mut builder);
    let is_cloze = terms.shape == Some(ShapeName::Cloze);
    shapes.run(&mut builder, ShapeName::Cloze, |builder| cloze::claim(builder, is_cloze));
    shapes.run(&mut builder, ShapeName::Table, table::claim_questions);
    shapes.run(&mut builder, ShapeName::QuestionList, html_list::claim);
    footnotes::release(&mut builder);
    boilerplate::claim_frame(&mut builder);
    boilerplate::claim_introduction(&mut builder);
    builder.finish(terms)
}

/// Which shapes are looked for: all, or the one an author names.
#[derive(Clone, Copy)]
struct Shapes {
    only: Option<ShapeName>,
}

impl Shapes {
    fn run(self, builder: &mut Builder<'_>, shape: ShapeName, claim: impl FnOnce(&mut Builder<'_>)) {
        if self.only.is_none_or(|only| only == shape) {
            claim(builder);
        }
    }
}

/// Where a unit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Section,
    Note,
    Leftover(LeftoverKind),
}

/// A deck in the making: the units of the text and who has claimed them.
struct Builder<'a> {
    document: &'a Document,
    source: &'a Source,
    blocks: Vec<NodeId>,
    units: Vec<Unit>,
    /// For each block its first unit, and one more for the end.
    firsts: Vec<usize>,
    /// Whether a line says somewhere that an answer follows.
    labels_answers: bool,
    /// Of each unit that opens details the one that closes them.
    closers: HashMap<usize, usize>,
    /// For each unit.
    owners: Vec<Owner>,
    outline: Outline,
    sections: Vec<Section>,
    notes: Vec<Note>,
    /// Text inside claimed units that went into no note.
    nested: Vec<Leftover>,
    /// Sections of shapes that have one for each heading.
    under: HashMap<(Option<usize>, ShapeName), usize>,
    /// Comments with ids that no note has taken, by their block.
    pins: HashMap<usize, Box<Pin>>,
    /// Ids beside another one.
    loose_ids: Vec<Span>,
    /// Lines of tags, with their tags.
    tag_lines: Vec<(Span, Vec<String>)>,
    doubts: Vec<Doubt>,
    /// Blocks of headings that only group questions written in another way.
    groups: HashSet<usize>,
    /// See [`inline::holds_cards`].
    holds_cards: bool,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document, source: &'a Source) -> Self {
        let blocks: Vec<NodeId> = document.blocks().collect();
        let units = || {
            let units = units::of(document, source, &blocks);
            (units::firsts(&units, blocks.len()), units)
        };
        let others = || (Outline::new(document, source, &blocks), inline::holds_cards(document, source));
        let ((firsts, units), (outline, holds_cards)) =
            if blocks.len() < FEWEST_SHARED { (units(), others()) } else { rayon::join(units, others) };
        let closers = units::closers(&units);
        let labels_answers = units.iter().any(|unit| unit.label() == Some(LineLabel::Answer));
        let owners = vec![Owner::Nobody; units.len()];
        Self {
            document,
            source,
            blocks,
            units,
            firsts,
            labels_answers,
            closers,
            owners,
            outline,
            sections: Vec::new(),
            notes: Vec::new(),
            nested: Vec::new(),
            under: HashMap::default(),
            pins: HashMap::default(),
            loose_ids: Vec::new(),
            tag_lines: Vec::new(),
            doubts: Vec::new(),
            groups: HashSet::default(),
            holds_cards,
        }
    }

    fn kind(&self, block: usize) -> NodeKind {
        self.blocks.get(block).map_or(NodeKind::Rule, |&id| self.document.kind(id))
    }

    /// The units of some blocks.
    fn units_of(&self, blocks: Range<usize>) -> Range<usize> {
        let at = |block: usize| self.firsts.get(block).copied().unwrap_or(self.units.len());
        at(blocks.start)..at(blocks.end)
    }

    fn unit(&self, unit: usize) -> Option<&Unit> {
        self.units.get(unit)
    }

    /// Who has claimed a block; if only a part of it, then nobody.
    fn owner(&self, block: usize) -> Owner {
        let mut owners = self.units_of(block..block + 1).map(|unit| self.unit_owner(unit));
        let first = owners.next().unwrap_or(Owner::Nobody);
        if owners.all(|owner| owner == first) { first } else { Owner::Nobody }
    }

    fn unit_owner(&self, unit: usize) -> Owner {
        self.owners.get(unit).copied().unwrap_or(Owner::Nobody)
    }

    fn is_free(&self, unit: usize) -> bool {
        self.unit_owner(unit) == Owner::Nobody
    }

    fn claim(&mut self, block: usize, owner: Owner) {
        for unit in self.units_of(block..block + 1) {
            self.claim_unit(unit, owner);
        }
    }

    fn claim_unit(&mut self, unit: usize, owner: Owner) {
        if let Some(slot) = self.owners.get_mut(unit) {
            *slot = owner;
        }
    }

    /// The text of free units: without leftovers, and without rules and tags that only wrap at either end.
    fn passage(&self, units: Range<usize>) -> Passage {
        let mut kept: Vec<usize> = units.filter(|&unit| self.is_free(unit)).collect();
        let says_nothing =
            |unit: &usize| self.unit(*unit).is_none_or(|unit| matches!(unit.kind, UnitKind::Rule | UnitKind::Markup));
        while kept.last().is_some_and(says_nothing) {
            kept.pop();
        }
        let lead = kept.iter().take_while(|unit| says_nothing(unit)).count();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut previous: Option<usize> = None;
        // The head of the list item that the piece has as a whole.
        let mut whole_item: Option<usize> = None;
        for at in kept.split_off(lead) {
            let Some(unit) = self.unit(at) else { continue };
            if matches!(unit.kind, UnitKind::ItemHead { .. }) {
                whole_item = Some(at);
            }
            let indent = if unit.item.is_some() && unit.item.map(Index::get) != whole_item { unit.indent } else { 0 };
            let indent = if matches!(unit.kind, UnitKind::ItemHead { .. }) { 0 } else { indent };
            match pieces.last_mut() {
                Some(last) if previous.is_some_and(|previous| previous + 1 == at) && last.indent == indent => {
                    last.span = last.span.to(unit.span);
                }
                _ => pieces.push(Piece { span: unit.span, indent }),
            }
            previous = Some(at);
        }
        Passage { pieces }
    }

    /// The code block that the text of these units begins with.
    fn leading_code(&self, mut units: Range<usize>) -> Option<Span> {
        let first = units.find(|&unit| self.is_free(unit)).and_then(|unit| self.unit(unit))?;
        (first.kind == UnitKind::Code).then_some(first.span)
    }

    /// Whether nothing stands on the line of a list marker.
    fn is_bare(&self, head: usize) -> bool {
        self.unit(head).is_some_and(|unit| {
            let text = self.source.slice(unit.span);
            text.get(self.marker_length(text)..).is_none_or(|rest| rest.trim().is_empty())
        })
    }

    /// Length of a list marker with the white space around it.
    fn marker_length(&self, item: &str) -> usize {
        let lead = item.len() - item.trim_start().len();
        let bare = item.trim_start();
        let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
        let marker =
            digits + usize::from(bare.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')', '-', '*', '+'])));
        let rest = bare.get(marker..).unwrap_or_default();
        lead + marker + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    /// The tag that closes the details that open at a unit.
    fn closing(&self, open: usize) -> Option<usize> {
        self.closers.get(&open).copied()
    }

    /// Claims the free ones of these units for a note.
    fn claim_for_note(&mut self, units: Range<usize>) {
        for unit in units {
            if self.is_free(unit) {
                self.claim_unit(unit, Owner::Note);
            }
        }
    }

    /// Claims a heading and the blocks below it for a note, and gives the text below it; none if that is blank.
    fn answer(&mut self, blocks: Range<usize>) -> Option<Passage> {
        let body = self.passage(self.units_of(blocks.start + 1..blocks.end));
        self.claim_for_note(self.units_of(blocks));
        (!body.is_blank(self.source)).then_some(body)
    }

    fn add_section(&mut self, heading: Option<usize>, shape: ShapeName, evidence: String) -> usize {
        let heading = heading.and_then(|heading| self.outline.get(heading));
        // "Questions" names a list; what it is about stands above.
        let above = heading.filter(|heading| names_a_list(heading.title.key())).and_then(|heading| heading.parent);
        let named = above.and_then(|above| self.outline.get(above)).or(heading);
        let title = named.map(|heading| title::without_ornament(&heading.title.plain)).unwrap_or_default();
        let span = heading.map(|heading| self.document.span(heading.node));
        self.sections.push(Section { title, span, shape, evidence });
        self.sections.len() - 1
    }

    /// A section whose title stands in raw HTML.
    fn add_html_section(&mut self, title: Option<Span>, shape: ShapeName, evidence: String) -> usize {
        let text = title.map(|span| html::plain(self.source.slice(span), "")).unwrap_or_default();
        let title_text = title::without_ornament(text.trim_end_matches([':', '：']));
        self.sections.push(Section { title: title_text, span: title, shape, evidence });
        self.sections.len() - 1
    }

    /// The section of the heading that a unit stands under, for a shape that reads one question at a time.
    fn section_under(&mut self, unit: usize, shape: ShapeName) -> usize {
        let mut heading = self.unit(unit).and_then(|unit| self.outline.above(unit.block.get()));
        // A heading may be a note's own.
        while let Some(above) = heading.and_then(|heading| self.outline.get(heading))
            && self.owner(above.block) == Owner::Note
        {
            heading = above.parent;
        }
        self.section_of(heading, shape)
    }

    /// The section of a heading, for the same.
    fn section_of(&mut self, heading: Option<usize>, shape: ShapeName) -> usize {
        if let Some(&section) = self.under.get(&(heading, shape)) {
            return section;
        }
        if let Some(block) = heading.and_then(|heading| self.outline.get(heading)).map(|heading| heading.block) {
            self.claim(block, Owner::Section);
        }
        let section = self.add_section(heading, shape, shape.evidence().to_owned());
        self.under.insert((heading, shape), section);
        section
    }

    fn add_note(&mut self, section: usize, title: &title::Title, block: Span, number: Option<Number>) -> &mut Note {
        self.notes.push(new_note(section, title, block, number));
        let last = self.notes.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "a note was pushed just above")]
        &mut self.notes[last]
    }

    fn finish(mut self, terms: &Terms) -> Deck {
        let leftovers = self.leftovers();
        let mut loose_ids = std::mem::take(&mut self.loose_ids);
        loose_ids.extend(self.pins.values().map(|pin| pin.span));
        loose_ids.sort_unstable();
        self.sort();
        self.fit();
        // Of a large file they take much, and what is to come takes some too.
        drop((self.outline, self.owners, self.firsts, self.blocks));
        let mut deck = Deck {
            name: terms.deck.clone(),
            source: self.source.id(),
            sections: self.sections,
            notes: self.notes,
            leftovers,
            tags: terms.tags.clone(),
            loose_ids,
            doubts: self.doubts,
        };
        deck.notes.iter_mut().for_each(identity::complete_key);
        hashtags::give(self.source, &self.units, &self.tag_lines, &mut deck);
        drop(self.units);
        repeats::find(&mut deck, self.source);
        identity::assign(&mut deck, self.source, &mut identity::Taken::default());
        deck
    }

    /// A run keeps the notes of all files, so there is to be nothing to spare. What is spare of many was never written to,
    /// and takes no memory; to copy them would.
    fn fit(&mut self) {
        const MANY: usize = 4_096;
        if self.notes.capacity() > self.notes.len() && self.notes.len() < MANY {
            let notes = std::mem::take(&mut self.notes);
            self.notes.reserve_exact(notes.len());
            self.notes.extend(notes);
        }
    }

    /// Sections and notes in source order, whichever shape found them first.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.sections.len()).collect();
        order.sort_by_key(|&section| self.sections.get(section).and_then(|section| section.span));
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(old) {
                *slot = new;
            }
        }
        let mut sections: Vec<Option<Section>> = std::mem::take(&mut self.sections).into_iter().map(Some).collect();
        self.sections = order.iter().filter_map(|&old| sections.get_mut(old).and_then(Option::take)).collect();
        for note in &mut self.notes {
            note.section = place.get(note.section).copied().unwrap_or(0);
        }
        // To sort takes memory, also where nothing is to be done.
        if !self.notes.is_sorted_by_key(|note| note.question_span.start) {
            self.notes.sort_by_key(|note| note.question_span.start);
        }
    }

    /// What no shape claimed: rules part text and say nothing, headings are titles, the rest is unclaimed.
    fn leftovers(&self) -> Vec<Leftover> {
        let mut leftovers: Vec<Leftover> = Vec::new();
        if let Some(span) = self.document.front_matter().and_then(|front_matter| front_matter.span) {
            leftovers.push(Leftover { span, kind: LeftoverKind::FrontMatter });
        }
        let mut previous = None;
        for (at, unit) in self.units.iter().enumerate() {
            let kind = match (self.unit_owner(at), unit.kind) {
                (Owner::Leftover(kind), _) => kind,
                (Owner::Section | Owner::Note, _) => continue,
                (Owner::Nobody, UnitKind::Rule | UnitKind::Markup) => continue,
                (Owner::Nobody, UnitKind::Heading) if unit.item.is_none() => LeftoverKind::Title,
                (Owner::Nobody, _) => LeftoverKind::Unclaimed,
            };
            match leftovers.last_mut() {
                Some(last) if last.kind == kind && previous.is_some_and(|previous| previous + 1 == at) => {
                    last.span = last.span.to(unit.span);
                }
                _ => leftovers.push(Leftover { span: unit.span, kind }),
            }
            previous = Some(at);
        }
        leftovers.extend(self.nested.iter().cloned());
        leftovers.sort_by_key(|leftover| leftover.span);
        let next_line = |last: &Leftover, next: &Leftover| {
            let (above, below) = (self.source.lines(last.span).1, self.source.lines(next.span).0);
            let between = self.source.span(last.span.end as usize..next.span.start.max(last.span.end) as usize);
            let is_empty = || html::plain(self.source.slice(between), "").is_empty();
            last.kind == next.kind && above + 1 == below && is_empty()
        };
        let mut joined: Vec<Leftover> = Vec::with_capacity(leftovers.len());
        for leftover in leftovers {
            match joined.last_mut().filter(|last| next_line(last, &leftover)) {
                Some(last) => last.span = last.span.to(leftover.span),
                None => joined.push(leftover),
            }
        }
        joined
    }
}

/// A question that nothing is known of beside its title.
fn new_note(section: usize, title: &title::Title, block: Span, number: Option<Number>) -> Note {
    Note {
        kind: NoteKind::Basic,
        question: Passage::of(title.markdown),
        question_body: Passage::default(),
        options: Box::default(),
        gaps: Box::default(),
        title: title.plain.as_str().into(),
        with_marks: title.marked.as_deref().map(Into::into),
        question_key: title.question_words().into(),
        leading_code: None,
        question_span: block,
        number,
        section,
        answer: None,
        answered_at: None,
        listed_number: None,
        placeholder: None,
        tags: Vec::new(),
        pairing: None,
        pin: title.pin.clone(),
        also_in: Box::default(),
        same_as: None,
        guid: String::new(),
    }
}

fn names_a_list(key: &str) -> bool {
    ["interview questions", "list of questions", "q and a", "question list", "questions", "questions and answers"]
        .contains(&key)
}

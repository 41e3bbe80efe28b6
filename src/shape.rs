//! A document's blocks to a deck: which text is a question, and which its answer.
//!
//! Each shape is a way people write questions and answers, with a file of its own. A shape claims the blocks it
//! understands; what none claims is left over, and said so. Every block ends in exactly one place.

mod boilerplate;
mod chat;
mod heading;
mod list_first;
mod outline;
mod pairing;
mod pin;
mod prefix;
mod title;

use std::collections::HashMap;

use crate::deck::{Deck, Leftover, LeftoverKind, Note, NoteKind, Number, Passage, Pin, Section, ShapeName};
use crate::identity;
use crate::markdown::{Document, NodeId, NodeKind};
use crate::settings::Settings;
use crate::source::{Source, Span};

use outline::Outline;

/// Reads a document as a deck.
#[must_use]
pub fn recognise(document: &Document, source: &Source, settings: &Settings) -> Deck {
    let mut builder = Builder::new(document, source);
    pin::claim(&mut builder);
    boilerplate::claim(&mut builder);
    chat::claim(&mut builder);
    list_first::claim(&mut builder);
    heading::claim(&mut builder);
    boilerplate::claim_frame(&mut builder);
    builder.finish(settings)
}

/// Where a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Section,
    Note,
    Leftover(LeftoverKind),
}

/// A deck in the making: the blocks and who has claimed them.
struct Builder<'a> {
    document: &'a Document,
    source: &'a Source,
    blocks: Vec<NodeId>,
    owners: Vec<Owner>,
    outline: Outline,
    sections: Vec<Section>,
    notes: Vec<Note>,
    /// Blocks inside claimed ones that went nowhere.
    nested: Vec<Span>,
    /// Comments with ids that no note has taken, by their block.
    pins: HashMap<usize, Pin>,
    /// Ids beside another one.
    loose_ids: Vec<Span>,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document, source: &'a Source) -> Self {
        let blocks: Vec<NodeId> = document.blocks().collect();
        let owners = vec![Owner::Nobody; blocks.len()];
        let outline = Outline::new(document, source, &blocks);
        Self {
            document,
            source,
            blocks,
            owners,
            outline,
            sections: Vec::new(),
            notes: Vec::new(),
            nested: Vec::new(),
            pins: HashMap::new(),
            loose_ids: Vec::new(),
        }
    }

    fn kind(&self, block: usize) -> NodeKind {
        self.blocks.get(block).map_or(NodeKind::Rule, |&id| self.document.kind(id))
    }

    fn owner(&self, block: usize) -> Owner {
        self.owners.get(block).copied().unwrap_or(Owner::Nobody)
    }

    fn claim(&mut self, block: usize, owner: Owner) {
        if let Some(slot) = self.owners.get_mut(block) {
            *slot = owner;
        }
    }

    /// The text of blocks that belong to a note: without leftovers, and without rules at either end.
    fn passage(&self, blocks: std::ops::Range<usize>) -> Passage {
        let mut kept: Vec<usize> = blocks.filter(|&block| self.owner(block) == Owner::Nobody).collect();
        let is_rule = |block: &usize| self.kind(*block) == NodeKind::Rule;
        while kept.last().is_some_and(is_rule) {
            kept.pop();
        }
        let lead = kept.iter().take_while(|block| is_rule(block)).count();
        let mut pieces: Vec<Span> = Vec::new();
        let mut previous = None;
        for block in kept.split_off(lead) {
            let span = self.block_span(block);
            match pieces.last_mut() {
                Some(last) if previous.is_some_and(|previous| previous + 1 == block) => *last = last.to(span),
                _ => pieces.push(span),
            }
            previous = Some(block);
        }
        Passage { pieces }
    }

    /// The code block that the text of these blocks begins with.
    fn leading_code(&self, mut blocks: std::ops::Range<usize>) -> Option<Span> {
        let first = blocks.find(|&block| self.owner(block) == Owner::Nobody)?;
        matches!(self.kind(first), NodeKind::FencedCode(_) | NodeKind::IndentedCode).then(|| self.block_span(first))
    }

    /// Claims a heading and the blocks below it for a note, and gives the text below it; none if that is blank.
    fn answer(&mut self, blocks: std::ops::Range<usize>) -> Option<Passage> {
        let body = self.passage(blocks.start + 1..blocks.end);
        for block in blocks {
            if self.owner(block) == Owner::Nobody {
                self.claim(block, Owner::Note);
            }
        }
        let blank = body.pieces.iter().all(|&piece| self.source.slice(piece).trim().is_empty());
        (!blank).then_some(body)
    }

    /// A top block with the indentation of its first line, which is part of how it reads.
    fn block_span(&self, block: usize) -> Span {
        let Some(&id) = self.blocks.get(block) else { return self.source.span(0..0) };
        let span = self.document.span(id);
        let line_start = self.source.line_range(self.source.line(span.start)).start;
        let mark = self.source.text().len() - self.source.text().trim_start_matches('\u{feff}').len();
        self.source.span(line_start.max(mark)..span.end as usize)
    }

    fn add_section(&mut self, heading: Option<usize>, shape: ShapeName, evidence: String) -> usize {
        let heading = heading.and_then(|heading| self.outline.get(heading));
        // "Questions" names a list; what it is about stands above.
        let above = heading.filter(|heading| names_a_list(&heading.title.key)).and_then(|heading| heading.parent);
        let named = above.and_then(|above| self.outline.get(above)).or(heading);
        let title = named.map(|heading| title::without_ornament(&heading.title.plain)).unwrap_or_default();
        let span = heading.map(|heading| self.document.span(heading.node));
        self.sections.push(Section { title, span, shape, evidence });
        self.sections.len() - 1
    }

    fn add_note(&mut self, section: usize, title: &title::Title, block: Span, number: Option<Number>) -> &mut Note {
        self.notes.push(Note {
            kind: NoteKind::Basic,
            question: Passage::of(title.markdown),
            title: title.plain.clone(),
            marked_title: title.marked.clone(),
            leading_code: None,
            question_span: block,
            number,
            section,
            answer: None,
            pairing: None,
            pin: title.pin.clone(),
            guid: String::new(),
        });
        let last = self.notes.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "a note was pushed just above")]
        &mut self.notes[last]
    }

    fn finish(mut self, settings: &Settings) -> Deck {
        let leftovers = self.leftovers();
        let mut loose_ids = std::mem::take(&mut self.loose_ids);
        loose_ids.extend(self.pins.values().map(|pin| pin.span));
        loose_ids.sort_unstable();
        self.sort();
        let mut deck = Deck {
            name: settings.deck_name(self.source.deck_path()),
            source: self.source.id(),
            sections: self.sections,
            notes: self.notes,
            leftovers,
            tags: settings.tags.clone(),
            loose_ids,
        };
        identity::assign(&mut deck, self.source, &mut identity::Taken::default());
        deck
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
        self.notes.sort_by_key(|note| note.question_span.start);
    }

    /// What no shape claimed: rules part text and say nothing, headings are titles, the rest is unclaimed.
    fn leftovers(&self) -> Vec<Leftover> {
        let mut leftovers: Vec<Leftover> = Vec::new();
        if let Some(span) = self.document.front_matter().and_then(|front_matter| front_matter.span) {
            leftovers.push(Leftover { span, kind: LeftoverKind::FrontMatter });
        }
        let mut previous = None;
        for block in 0..self.blocks.len() {
            let kind = match (self.owner(block), self.kind(block)) {
                (Owner::Leftover(kind), _) => kind,
                (Owner::Section | Owner::Note, _) => continue,
                (Owner::Nobody, NodeKind::Rule) => continue,
                (Owner::Nobody, NodeKind::Heading(_)) => LeftoverKind::Title,
                (Owner::Nobody, _) => LeftoverKind::Unclaimed,
            };
            let span = self.block_span(block);
            match leftovers.last_mut() {
                Some(last) if last.kind == kind && previous.is_some_and(|previous| previous + 1 == block) => {
                    last.span = last.span.to(span);
                }
                _ => leftovers.push(Leftover { span, kind }),
            }
            previous = Some(block);
        }
        leftovers.extend(self.nested.iter().map(|&span| Leftover { span, kind: LeftoverKind::Unclaimed }));
        leftovers.sort_by_key(|leftover| leftover.span);
        leftovers
    }
}

fn names_a_list(key: &str) -> bool {
    ["interview questions", "list of questions", "q and a", "question list", "questions", "questions and answers"]
        .contains(&key)
}

//! The few lines of the sources that one finding is about, made ready to draw.
//!
//! miette would look for a span by reading its file from the start, once per label; and it would print the lines as
//! they are. So it is given this instead: a small text of its own, with true line numbers beside it. The lines stand in
//! *blocks*: what belongs together is next to each other in one file. The block with the primary label is first, even if
//! another place comes earlier in the file, because that is where to look first; places in other files are last.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr as _;

use super::Look;
use super::line::{Line, Room, ShownLine};
use super::visible::clean;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Position, Source, SourceId, Sources};

/// A label over more lines than this is shown by its first line.
const MOST_LINES: u32 = 6;
/// A finding with more labels than this tells how many more there are.
const MOST_LABELS: usize = 8;
/// Lines around a label.
pub(super) const CONTEXT: u32 = 1;
/// However narrow the terminal, this much of a line or of a label's message is on one line.
const LEAST_COLUMNS: usize = 16;

/// What one finding shows of its sources.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    lines: Vec<Drawn>,
    places: Vec<Shown>,
    /// How many labels were left out.
    pub(super) left_out: usize,
}

/// A line of the excerpt.
#[derive(Debug)]
struct Drawn {
    start: usize,
    number: u32,
    block: usize,
}

/// A label in the excerpt.
#[derive(Debug)]
struct Shown {
    start: usize,
    end: usize,
    message: String,
    primary: bool,
    position: Position,
    path: String,
}

/// A label in its file.
struct Place<'a> {
    label: &'a Label,
    source: &'a Source,
    start: usize,
    end: usize,
    first: u32,
    last: u32,
    /// The line it really ends on, where that is not shown.
    up_to: Option<u32>,
}

/// Places whose lines touch.
struct Block<'a> {
    first: u32,
    last: u32,
    places: Vec<Place<'a>>,
}

impl<'a> Place<'a> {
    fn new(label: &'a Label, sources: &'a Sources) -> Self {
        let source = sources.get(label.span.source);
        let start = boundary(source.text(), label.span.start as usize);
        let end = boundary(source.text(), label.span.end as usize).max(start);
        let (first, last) = source.lines(source.span(start..end));
        let last = last.max(first);
        if last - first < MOST_LINES {
            return Self { label, source, start, end, first, last, up_to: None };
        }
        Self {
            label,
            source,
            start,
            end: source.line_range(first).end.max(start),
            first,
            last: first,
            up_to: Some(last),
        }
    }

    fn message(&self) -> String {
        match (self.label.message.as_str(), self.up_to) {
            (message, None) => message.to_owned(),
            ("", Some(last)) => format!("up to line {last}"),
            (message, Some(last)) => format!("{message} (up to line {last})"),
        }
    }

    fn order(&self) -> (SourceId, u32, usize, usize) {
        (self.source.id(), self.first, self.start, self.end)
    }
}

/// The nearest place at or before `at` where a character starts.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Excerpt {
    /// What a finding shows of its sources.
    pub(super) fn new(finding: &Diagnostic, sources: &Sources, look: &Look) -> Self {
        let mut excerpt = Self {
            text: String::new(),
            lines: Vec::new(),
            places: Vec::new(),
            left_out: finding.labels.len().saturating_sub(MOST_LABELS),
        };
        for (number, block) in blocks(finding, sources).into_iter().enumerate() {
            excerpt.draw(number, block, look);
        }
        excerpt
    }

    fn draw(&mut self, number: usize, block: Block<'_>, look: &Look) {
        let room = room(&block, look);
        let mut drawn = Vec::new();
        for line in block.first..=block.last {
            let start = self.text.len();
            self.lines.push(Drawn { start, number: line, block: number });
            let shown = prepare(&block, line, room).show(room);
            self.text.push_str(&shown.text);
            self.text.push('\n');
            drawn.push((line, start, shown));
        }
        for place in block.places {
            self.places.push(shown(&place, &drawn, room, look));
        }
    }

    /// The labels as miette takes them, in the order of the excerpt.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.places.iter().map(|place| {
            let message = Some(place.message.clone()).filter(|message| !message.is_empty());
            let span = SourceSpan::new(place.start.into(), place.end - place.start);
            if place.primary {
                LabeledSpan::new_primary_with_span(message, span)
            } else {
                LabeledSpan::new_with_span(message, span)
            }
        })
    }

    /// For each label, in the order of the excerpt, whether it is the primary one.
    pub(super) fn primaries(&self) -> impl Iterator<Item = bool> + '_ {
        self.places.iter().map(|place| place.primary)
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    /// The place a header names: the label that miette asks about, else one on the same line.
    fn place_at(&self, span: &SourceSpan) -> Option<&Shown> {
        let end = span.offset() + span.len();
        let same = self.places.iter().filter(|place| place.start == span.offset());
        let exact = same.clone().filter(|place| place.end == end).max_by_key(|place| place.primary);
        let line = self.line_at(span.offset());
        exact.or_else(|| self.places.iter().find(|place| self.line_at(place.start) == line))
    }
}

/// Sorted as they are shown; blocks that touch are one.
fn blocks<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Vec<Block<'a>> {
    // The primary label is kept, wherever it stands among too many.
    let others = finding.labels.iter().filter(|label| !label.primary).take(MOST_LABELS - 1);
    let mut places: Vec<_> = finding.primary().into_iter().chain(others).map(|it| Place::new(it, sources)).collect();
    places.sort_by_key(Place::order);
    let mut blocks: Vec<Block<'a>> = Vec::new();
    for place in places {
        let (first, last) = (place.first.saturating_sub(CONTEXT).max(1), place.last.saturating_add(CONTEXT));
        // The last line of context must exist; the label's own may be the empty one after the final line end.
        let last = last.min(place.source.line_count()).max(place.last);
        match blocks.last_mut() {
            Some(block) if block.touches(&place, first) => {
                block.last = block.last.max(last);
                block.places.push(place);
            }
            _ => blocks.push(Block { first, last, places: vec![place] }),
        }
    }
    let home = finding.primary().map(|label| label.span.source);
    blocks.sort_by_key(|block| (!block.is_primary(), block.source() != home));
    blocks
}

impl Block<'_> {
    fn is_primary(&self) -> bool {
        self.places.iter().any(|place| place.label.primary)
    }

    fn source(&self) -> Option<SourceId> {
        self.places.first().map(|place| place.source.id())
    }

    fn touches(&self, place: &Place<'_>, first: u32) -> bool {
        self.source() == Some(place.source.id()) && first <= self.last.saturating_add(1)
    }
}

/// What is left of the terminal's width beside line numbers and the arrows of labels over several lines.
fn room(block: &Block<'_>, look: &Look) -> Room {
    let numbers = block.last.checked_ilog10().unwrap_or(0) as usize + 1;
    let arrows = block.places.iter().filter(|place| place.last > place.first).count();
    let taken = numbers + 4 + if arrows > 0 { arrows + 3 } else { 0 };
    Room { columns: look.width.saturating_sub(taken).max(LEAST_COLUMNS), unicode: look.unicode }
}

/// One line of a block with what its labels ask of it.
fn prepare<'a>(block: &Block<'a>, number: u32, room: Room) -> Line<'a> {
    let Some(source) = block.places.first().map(|place| place.source) else {
        return Line { text: "", is_first: false, points: Vec::new(), focus: 0..0 };
    };
    let range = source.line_range(number);
    let inside = |at: usize| at.clamp(range.start, range.end) - range.start;
    let mut points = Vec::new();
    let mut spans = Vec::new();
    for place in block.places.iter().filter(|place| place.first == number || place.last == number) {
        let (start, end) = (inside(place.start), inside(place.end));
        if place.first == number {
            points.push(start);
            spans.push((!place.label.primary, start..if place.last == number { end } else { start }));
        } else {
            spans.push((!place.label.primary, end..end));
        }
    }
    let start = spans.iter().map(|(_, span)| span.start).min().unwrap_or(0);
    let end = spans.iter().map(|(_, span)| span.end).max().unwrap_or(0);
    // All labels of the line where they fit; else the primary one, and the others point at the ellipses.
    let most_important = spans.into_iter().min_by_key(|(secondary, _)| *secondary).map(|(_, span)| span);
    let focus = if end - start <= room.columns { start..end } else { most_important.unwrap_or(0..0) };
    Line { text: source.line_text(number), is_first: range.start == 0, points, focus }
}

/// Finds a label's place in the lines drawn.
fn shown(place: &Place<'_>, drawn: &[(u32, usize, ShownLine)], room: Room, look: &Look) -> Shown {
    let find = |number: u32| drawn.iter().find(|(line, ..)| *line == number);
    let offset = |number: u32, at: usize| at.saturating_sub(place.source.line_range(number).start);
    let (mut start, mut end, mut column) = (0, 0, 0);
    if let Some((number, base, line)) = find(place.first) {
        let inside = line.start(offset(*number, place.start));
        start = base + inside;
        column = line.text.get(..inside).unwrap_or_default().width();
    }
    if let Some((number, base, line)) = find(place.last) {
        let length = line.end(offset(*number, place.end).min(place.source.line_text(*number).len()));
        end = if place.start == place.end { start } else { base + length };
        let middle = line.text.get(..length).unwrap_or_default().width();
        column = if place.first == place.last { usize::midpoint(column, middle) } else { 0 };
    }
    let byte = u32::try_from(place.start).unwrap_or(u32::MAX);
    let message = place.message();
    let columns = room.columns.saturating_sub(column + 5).max(LEAST_COLUMNS);
    Shown {
        start,
        end: end.max(start),
        message: wrap(&clean(&message, look.unicode, true), columns),
        primary: place.label.primary,
        position: place.source.position(byte),
        path: clean(place.source.shown_path(), look.unicode, false).into_owned(),
    }
}

/// Breaks a label's message between words, which miette doesn't do.
fn wrap(message: &str, columns: usize) -> String {
    let mut wrapped = String::with_capacity(message.len());
    let mut taken = 0;
    for (index, word) in message.split([' ', '\n']).enumerate() {
        let width = word.width();
        if index > 0 && taken + 1 + width > columns {
            wrapped.push('\n');
            taken = 0;
        } else if index > 0 {
            wrapped.push(' ');
            taken += 1;
        }
        wrapped.push_str(word);
        taken += width;
    }
    wrapped
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (top, bottom) = (self.line_at(span.offset()), self.line_at(span.offset() + span.len()));
        let block = |index: usize| self.lines.get(index).map(|line| line.block);
        // miette asks whether two labels can share a snippet: only where no line between them is missing.
        if block(top).is_none() || block(top) != block(bottom) {
            return Err(MietteError::OutOfBounds);
        }
        let first = (top.saturating_sub(before)..=top).find(|&index| block(index) == block(top)).unwrap_or(top);
        let last =
            (bottom..=bottom.saturating_add(after)).rev().find(|&index| block(index) == block(top)).unwrap_or(bottom);
        let start = self.lines.get(first).map_or(0, |line| line.start);
        let end = self.lines.get(last + 1).map_or(self.text.len(), |line| line.start);
        let data = self.text.get(start..end).unwrap_or_default().as_bytes();
        let place = self.place_at(span);
        // Without context the question is about the label itself, for the header; with context, about the lines.
        let (line, column) = match place {
            Some(place) if before == 0 && after == 0 => (place.position.line, place.position.column),
            _ => (self.lines.get(first).map_or(1, |line| line.number), 1),
        };
        let path = place.map_or_else(String::new, |place| place.path.clone());
        let (line, column) = (line.saturating_sub(1) as usize, column.saturating_sub(1) as usize);
        let size = SourceSpan::new(start.into(), end - start);
        Ok(Box::new(MietteSpanContents::new_named(path, data, size, line, column, last + 1 - first)))
    }
}

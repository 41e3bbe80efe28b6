//! One line of a source as a terminal draws it: made harmless, tabs expanded, cut to the room there is, with a way back
//! from places in the source to places in what is shown.

use std::ops::Range;

use super::visible::{Manner, TAB, are_plain, manner, push_named};

/// A line to show. All offsets are bytes from its start.
pub(super) struct Line<'a> {
    /// Without its line end.
    pub(super) text: &'a str,
    /// Whether the file begins here, perhaps with a byte order mark.
    pub(super) is_first: bool,
    /// Where labels start: what is there is shown, even a character that otherwise is not.
    pub(super) points: Vec<usize>,
    /// What must stay in sight when the line is cut.
    pub(super) focus: Range<usize>,
}

/// What a line has to fit in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Columns.
    pub(super) columns: usize,
    /// Whether an ellipsis is one character.
    pub(super) unicode: bool,
}

/// A character of the source, and where it went.
struct Cell {
    at: usize,
    shown: usize,
    columns: usize,
}

/// The line as drawn.
pub(super) struct ShownLine {
    /// Without a line end.
    pub(super) text: String,
    cells: Vec<Cell>,
    /// The bytes of the source line that are in sight.
    window: Range<usize>,
    /// The bytes of `text` they became, ellipses aside.
    body: Range<usize>,
}

impl Line<'_> {
    /// The line as drawn in the room there is.
    pub(super) fn show(&self, room: Room) -> ShownLine {
        let end = self.text.len();
        if end <= room.columns && are_plain(self.text) {
            let cells = (0..end).map(|at| Cell { at, shown: at, columns: 1 }).collect();
            return ShownLine { text: self.text.to_owned(), cells, window: 0..end, body: 0..end };
        }
        let ellipsis = if room.unicode { "…" } else { "..." };
        let window = self.window(room, ellipsis.chars().count());
        let mut text = String::with_capacity(window.len() + 8);
        if window.start > 0 {
            text.push_str(ellipsis);
        }
        let body_start = text.len();
        let mut cells = Vec::with_capacity(window.len());
        let mut column = 0;
        for (offset, character) in self.text.get(window.clone()).unwrap_or_default().char_indices() {
            let at = window.start + offset;
            let shown = text.len();
            let columns = match self.manner(at, character) {
                Manner::Plain(columns) => {
                    text.push(character);
                    columns
                }
                Manner::Merged => 0,
                Manner::Tab => {
                    let columns = TAB - column % TAB;
                    text.extend(std::iter::repeat_n(' ', columns));
                    columns
                }
                Manner::Named => {
                    push_named(&mut text, character, room.unicode);
                    named_columns(character, room.unicode)
                }
            };
            column += columns;
            cells.push(Cell { at, shown, columns });
        }
        let body = body_start..text.len();
        if window.end < self.text.len() {
            text.push_str(ellipsis);
        }
        ShownLine { text, cells, window, body }
    }

    fn manner(&self, at: usize, character: char) -> Manner {
        let pointed_at = self.points.contains(&at);
        if self.is_first && at == 0 && character == '\u{feff}' && !pointed_at {
            return Manner::Merged;
        }
        match manner(character) {
            Manner::Merged if pointed_at => Manner::Named,
            other => other,
        }
    }

    /// At most as many columns as the character takes, wherever it stands.
    fn columns(&self, at: usize, character: char, unicode: bool) -> usize {
        match self.manner(at, character) {
            Manner::Plain(columns) => columns,
            Manner::Merged => 0,
            Manner::Tab => TAB,
            Manner::Named => named_columns(character, unicode),
        }
    }

    /// Which bytes to show. Looks at no more of the line than fits: it may be all of a large file.
    fn window(&self, room: Room, ellipsis: usize) -> Range<usize> {
        let end = self.text.len();
        if self.walk(0, room.columns, room.unicode).0 == end {
            return 0..end;
        }
        let budget = room.columns.saturating_sub(2 * ellipsis).max(1);
        // A label that fits is put in the middle; one that doesn't is shown from shortly before its start.
        let left = (budget.saturating_sub(self.focus_columns(budget, room.unicode)) / 2).max(budget / 5);
        let start = self.walk_back(self.focus.start, left, room.unicode);
        let (stop, _) = self.walk(start, budget, room.unicode);
        if stop < end {
            return start..stop;
        }
        self.walk_back(end, budget, room.unicode).min(start)..end
    }

    /// Columns of what must stay in sight, counted up to `most`.
    fn focus_columns(&self, most: usize, unicode: bool) -> usize {
        let focus = self.text.get(self.focus.clone()).unwrap_or_default();
        let mut taken = 0;
        for (offset, character) in focus.char_indices().take(most_characters(most)) {
            taken += self.columns(self.focus.start + offset, character, unicode);
            if taken >= most {
                return most;
            }
        }
        taken
    }

    /// How far from `start` so many columns reach, and how many were taken.
    fn walk(&self, start: usize, columns: usize, unicode: bool) -> (usize, usize) {
        let mut taken = 0;
        let rest = self.text.get(start..).unwrap_or_default();
        for (seen, (offset, character)) in rest.char_indices().enumerate() {
            let width = self.columns(start + offset, character, unicode);
            if taken + width > columns || seen > most_characters(columns) {
                return (start + offset, taken);
            }
            taken += width;
        }
        (self.text.len(), taken)
    }

    /// Where to begin so that so many columns lie before `end`; never between a letter and its accent.
    fn walk_back(&self, end: usize, columns: usize, unicode: bool) -> usize {
        let (mut taken, mut start) = (0, end);
        let before = self.text.get(..end).unwrap_or_default();
        for (seen, (at, character)) in before.char_indices().rev().enumerate() {
            let width = self.columns(at, character, unicode);
            if taken + width > columns || seen > most_characters(columns) {
                break;
            }
            taken += width;
            if width > 0 || at == 0 {
                start = at;
            }
        }
        start
    }
}

/// Marks that take no room could pile up without end.
fn most_characters(columns: usize) -> usize {
    columns * 8
}

fn named_columns(character: char, unicode: bool) -> usize {
    let mut named = String::new();
    push_named(&mut named, character, unicode);
    named.chars().count()
}

impl ShownLine {
    /// Where a label that starts at `offset` starts in the text shown.
    pub(super) fn start(&self, offset: usize) -> usize {
        if offset < self.window.start {
            return 0;
        }
        let after = self.cells.partition_point(|cell| cell.at <= offset);
        if offset >= self.window.end && (after == self.cells.len()) {
            return self.body.end;
        }
        // An accent is drawn on the letter before it, so that is where the caret belongs.
        let upto = self.cells.get(..after).unwrap_or_default();
        let drawn = upto.iter().rev().find(|cell| cell.columns > 0).or_else(|| upto.first());
        drawn.map_or(self.body.start, |cell| cell.shown)
    }

    /// Where a label that ends before `offset` ends in the text shown.
    pub(super) fn end(&self, offset: usize) -> usize {
        if offset > self.window.end {
            return self.text.len();
        }
        if offset <= self.window.start {
            return self.body.start;
        }
        let index = self.cells.partition_point(|cell| cell.at < offset);
        // Marks that belong to the last letter are under the label with it, else the terminal would draw them outside.
        let rest = self.cells.get(index..).unwrap_or_default();
        rest.iter().find(|cell| cell.columns > 0).map_or(self.body.end, |cell| cell.shown)
    }
}

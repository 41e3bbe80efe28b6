//! How often the parts of a drawing are drawn: `use` copies a part, which may copy others, so that a few lines can come to
//! millions of shapes and stop whoever opens the card.

use foldhash::HashMap;

/// The parts of a drawing, and which of them each shows.
pub(super) struct Copies {
    /// Parts by their id.
    numbers: HashMap<String, usize>,
    /// For each part, those within it and those it names; the first is the whole drawing.
    shows: Vec<Vec<Shows>>,
    /// For each element that is open, the part it lies in.
    open: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Shows {
    part: usize,
    is_copy: bool,
}

impl Default for Copies {
    fn default() -> Self {
        Self { numbers: HashMap::default(), shows: vec![Vec::new()], open: Vec::new() }
    }
}

impl Copies {
    /// An element begins.
    pub(super) fn open(&mut self, id: Option<&str>, named: &[String]) {
        let mut here = self.open.last().copied().unwrap_or(0);
        if let Some(id) = id {
            let part = self.number(id);
            self.add(here, Shows { part, is_copy: false });
            here = part;
        }
        for id in named {
            let part = self.number(id);
            self.add(here, Shows { part, is_copy: true });
        }
        self.open.push(here);
    }

    /// An element ends.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// How many copies are drawn in all. A part that shows itself is drawn once.
    pub(super) fn count(&self) -> u64 {
        let mut counts: Vec<Count> = vec![Count::default(); self.shows.len()];
        let mut path = vec![(0, 0)];
        while let Some((part, at)) = path.pop() {
            let Some(&next) = self.shows.get(part).and_then(|shows| shows.get(at)) else {
                if let Some(count) = counts.get_mut(part) {
                    count.is_known = true;
                }
                continue;
            };
            let of_next = counts.get(next.part).copied().unwrap_or_default();
            if !of_next.is_known && !of_next.is_begun {
                path.push((part, at));
                path.push((next.part, 0));
                if let Some(count) = counts.get_mut(next.part) {
                    count.is_begun = true;
                }
                continue;
            }
            if let Some(count) = counts.get_mut(part).filter(|_| of_next.is_known) {
                count.copies = count.copies.saturating_add(of_next.copies).saturating_add(u64::from(next.is_copy));
            }
            path.push((part, at + 1));
        }
        counts.first().map_or(0, |whole| whole.copies)
    }

    fn add(&mut self, part: usize, shows: Shows) {
        if let Some(of_part) = self.shows.get_mut(part) {
            of_part.push(shows);
        }
    }

    fn number(&mut self, id: &str) -> usize {
        if let Some(&number) = self.numbers.get(id) {
            return number;
        }
        let number = self.shows.len();
        self.shows.push(Vec::new());
        self.numbers.insert(id.to_owned(), number);
        number
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    copies: u64,
    is_begun: bool,
    is_known: bool,
}

/// The ids that the value of an attribute names: `#id` as an address, `url(#id)` elsewhere.
pub(super) fn named_in(attribute: &str, value: &str) -> Vec<String> {
    if attribute.ends_with("href") {
        return value.trim().strip_prefix('#').map(str::to_owned).into_iter().collect();
    }
    let ids = value.split("url(").skip(1).filter_map(|rest| {
        let id = rest.trim_start_matches([' ', '"', '\'']).strip_prefix('#')?;
        id.split([')', '"', '\'', ' ']).next()
    });
    ids.map(str::to_owned).collect()
}

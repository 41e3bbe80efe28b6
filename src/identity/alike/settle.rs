//! Which of all pairs are the right ones. The best first; one that another may doubt decides nothing.

use foldhash::{HashMap, HashSet};

use super::{Kind, Pair};
use crate::identity::follow::{Age, Ambiguity, Matches};

/// A pair that is no better than another by this much is not surely the right one, where both are likely,
const MARGIN: f64 = 0.3;

/// and where one of them is sure by itself.
const SURE_MARGIN: f64 = 0.06;

/// So many notes are looked at that may be the same entry.
const MOST_OF_AN_ENTRY: usize = 64;

/// What became of the pairs, beside the matches.
#[derive(Debug, Default)]
pub(in crate::identity) struct Edited {
    /// Where it can't be told.
    pub(in crate::identity) ambiguous: Vec<Ambiguity>,
    /// A note that is new, and an entry that is gone, which read much alike.
    pub(in crate::identity) alike: Vec<(usize, usize)>,
}

pub(super) fn settle(mut pairs: Vec<Pair>, matches: &mut Matches, age: Age) -> Edited {
    pairs.sort_by(|left, right| {
        right.score.total_cmp(&left.score).then((left.note, left.entry).cmp(&(right.note, right.entry)))
    });
    let mut table = Table::new(&pairs);
    for pair in pairs.iter().filter(|pair| matches!(pair.kind, Kind::Sure | Kind::Likely)) {
        if !table.is_open(pair, matches) {
            continue;
        }
        let doubt = table.rivals(pair, matches);
        if doubt.notes.len() == 1 && doubt.entries.len() == 1 {
            matches.take(pair.note, pair.entry);
        } else {
            table.give_up(doubt);
        }
    }
    for pair in pairs.iter().filter(|pair| pair.kind == Kind::Part) {
        let parts = if table.is_open(pair, matches) { table.parts(pair, matches) } else { continue };
        if parts.notes.len() > 1 || parts.entries.len() > 1 {
            table.give_up(parts);
        }
    }
    let alike = if age == Age::Live { table.alike(matches) } else { Vec::new() };
    Edited { ambiguous: table.ambiguous, alike }
}

struct Table<'p> {
    pairs: &'p [Pair],
    of_note: HashMap<usize, Vec<usize>>,
    of_entry: HashMap<usize, Vec<usize>>,
    /// What is part of an ambiguity takes part in nothing else.
    doubtful_notes: HashSet<usize>,
    doubtful_entries: HashSet<usize>,
    ambiguous: Vec<Ambiguity>,
}

impl<'p> Table<'p> {
    fn new(pairs: &'p [Pair]) -> Self {
        let mut of_note: HashMap<usize, Vec<usize>> = HashMap::default();
        let mut of_entry: HashMap<usize, Vec<usize>> = HashMap::default();
        for (at, pair) in pairs.iter().enumerate() {
            of_note.entry(pair.note).or_default().push(at);
            // Of an entry that everything is like, the best are enough.
            let list = of_entry.entry(pair.entry).or_default();
            if list.len() < MOST_OF_AN_ENTRY {
                list.push(at);
            }
        }
        let (doubtful_notes, doubtful_entries) = Default::default();
        Self { pairs, of_note, of_entry, doubtful_notes, doubtful_entries, ambiguous: Vec::new() }
    }

    fn is_open(&self, pair: &Pair, matches: &Matches) -> bool {
        matches.is_open_note(pair.note)
            && matches.is_open_entry(pair.entry)
            && !self.doubtful_notes.contains(&pair.note)
            && !self.doubtful_entries.contains(&pair.entry)
    }

    fn open<'t>(
        &'t self,
        of: &'t HashMap<usize, Vec<usize>>,
        at: usize,
        matches: &'t Matches,
    ) -> impl Iterator<Item = &'p Pair> + 't {
        let places = of.get(&at).into_iter().flatten();
        places.filter_map(|&at| self.pairs.get(at)).filter(|pair| self.is_open(pair, matches))
    }

    /// The pair, and all that may be meant in its place.
    fn rivals(&self, pair: &Pair, matches: &Matches) -> Ambiguity {
        let better = |rival: &Pair, of: &HashMap<usize, Vec<usize>>, at: usize| {
            // Whether the far side of a rival is better off elsewhere.
            self.open(of, at, matches)
                .any(|other| other.score > rival.score && other.kind != Kind::Alike && !std::ptr::eq(other, pair))
        };
        let doubts = |rival: &Pair| match (pair.kind, rival.kind) {
            (_, Kind::Alike) | (Kind::Sure, Kind::Part) => false,
            (Kind::Likely, Kind::Part) => true,
            (Kind::Likely, Kind::Likely) => rival.score > pair.score - MARGIN,
            _ => rival.score > pair.score - SURE_MARGIN,
        };
        let mut notes = vec![pair.note];
        let rivals =
            self.open(&self.of_entry, pair.entry, matches).filter(|rival| rival.note != pair.note && doubts(rival));
        notes.extend(rivals.filter(|rival| !better(rival, &self.of_note, rival.note)).map(|rival| rival.note));
        let mut entries = vec![pair.entry];
        let rivals =
            self.open(&self.of_note, pair.note, matches).filter(|rival| rival.entry != pair.entry && doubts(rival));
        entries.extend(rivals.filter(|rival| !better(rival, &self.of_entry, rival.entry)).map(|rival| rival.entry));
        notes.sort_unstable();
        entries.sort_unstable();
        Ambiguity { notes, entries }
    }

    /// All parts of one question, or the question that several were made one of.
    fn parts(&self, pair: &Pair, matches: &Matches) -> Ambiguity {
        let is_part = |other: &&Pair| other.kind == Kind::Part;
        let notes = self.open(&self.of_entry, pair.entry, matches).filter(is_part).map(|other| other.note);
        let entries = self.open(&self.of_note, pair.note, matches).filter(is_part).map(|other| other.entry);
        let (mut notes, mut entries): (Vec<usize>, Vec<usize>) = (notes.collect(), entries.collect());
        notes.sort_unstable();
        entries.sort_unstable();
        Ambiguity { notes, entries }
    }

    fn give_up(&mut self, doubt: Ambiguity) {
        self.doubtful_notes.extend(&doubt.notes);
        self.doubtful_entries.extend(&doubt.entries);
        self.ambiguous.push(doubt);
    }

    /// Of what is left on both sides, each once.
    fn alike(&self, matches: &Matches) -> Vec<(usize, usize)> {
        let (mut notes, mut entries) = (HashSet::default(), HashSet::default());
        let mut found = Vec::new();
        for pair in self.pairs.iter().filter(|pair| self.is_open(pair, matches)) {
            if !notes.contains(&pair.note) && entries.insert(pair.entry) {
                notes.insert(pair.note);
                found.push((pair.note, pair.entry));
            }
        }
        found
    }
}

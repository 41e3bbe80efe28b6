//! The subdecks of sections. Anki shows the decks below one in the order of the alphabet, so each has a number in front.
//!
//! Nothing moves a card that was imported to another deck, so a section keeps the number it has in the lock, whatever is
//! put in before it; a new one gets the next.

use foldhash::HashMap;

use crate::identity::lock::Entry;
use crate::identity::subdeck_name;

/// Digits of a number at least.
const DIGITS: usize = 2;

/// For each deck the subdecks it has.
#[derive(Debug, Default)]
pub(super) struct Subdecks {
    of_decks: HashMap<String, Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By title, the name with its number.
    names: HashMap<String, String>,
    highest: usize,
    digits: usize,
}

impl Subdecks {
    /// For each note, of which these are the titles of their sections, the subdeck it goes into: that of its section. Those
    /// under no title stay in the deck itself. `entries` are those of the lock.
    pub(super) fn divide<'a>(
        &mut self,
        deck: &str,
        sections: &[&str],
        entries: impl Iterator<Item = &'a Entry>,
    ) -> Vec<Option<String>> {
        let known = self.of_decks.entry(deck.to_owned()).or_insert_with(|| Known::of(deck, entries));
        let mut titles = sections.to_vec();
        titles.dedup();
        known.digits = known.digits.max((known.highest + titles.len()).to_string().len());
        sections.iter().map(|section| known.name(deck, section)).collect()
    }
}

impl Known {
    fn of<'a>(deck: &str, entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut known = Self { digits: DIGITS, ..Self::default() };
        // How surely a title has its name: other files may have decks of such names, and notes that are gone may have had
        // other ones.
        let mut sure: HashMap<&str, (bool, bool)> = HashMap::default();
        for entry in entries {
            let below = entry.deck.strip_prefix(deck).and_then(|rest| rest.strip_prefix("::"));
            let Some((number, title)) = below.and_then(|below| below.split_once(' ')) else { continue };
            let Some(value) = number.parse().ok().filter(|_| number.len() >= DIGITS) else { continue };
            known.highest = known.highest.max(value);
            known.digits = known.digits.max(number.len());
            let as_sure = (subdeck_name("", &entry.section) == title, entry.retired.is_none());
            if sure.get(title).is_none_or(|before| *before < as_sure) {
                sure.insert(title, as_sure);
                known.names.insert(title.to_owned(), entry.deck.to_string());
            }
        }
        known
    }

    fn name(&mut self, deck: &str, title: &str) -> Option<String> {
        let bare = subdeck_name("", title);
        let title = Some(bare).filter(|_| !title.trim().is_empty())?;
        if let Some(name) = self.names.get(&title) {
            return Some(name.clone());
        }
        self.highest += 1;
        let digits = self.digits;
        let name = subdeck_name(deck, &format!("{:0digits$} {title}", self.highest));
        self.names.insert(title, name.clone());
        Some(name)
    }
}

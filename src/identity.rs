//! What makes a note the same note in the next build: its guid, from the deck's name and the question's words. Never
//! from the answer, the number or the place, which change.

use std::collections::HashMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use crate::deck::{Deck, Note};
use crate::source::Source;
use crate::words;

/// Anki goes no deeper.
const DEEPEST: usize = 10;
const GUID_LENGTH: usize = 12;

/// When a note's content last changed, as Anki is told: 2026-01-01. Anki takes an edited note only if this rises; until
/// deckc keeps a record of what it built before, it can't tell, and one fixed time keeps a rebuild the same to the byte.
pub const MODIFIED: i64 = 1_767_225_600;

/// A deck's name in Anki: what the front matter says, or else the path of the file, folders as parent decks.
///
/// Anki reads `::` as nesting, so it nests only where the author wrote it in front matter; a `::` in a file's name is
/// no intention. Empty parts, which Anki would call `blank`, are left out, and so are signs a spreadsheet would take
/// for a formula at the start.
#[must_use]
pub fn deck_name(front_matter: Option<&str>, deck_path: &Path) -> String {
    let parts: Vec<String> = match front_matter {
        Some(name) => name.split("::").map(deck_part).collect(),
        None => deck_path.iter().map(|part| deck_part(&part.to_string_lossy().replace("::", " "))).collect(),
    };
    let mut parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.len() > DEEPEST {
        let rest = parts.split_off(DEEPEST - 1);
        parts.push(rest.join(" "));
    }
    if parts.is_empty() { "deck".to_owned() } else { parts.join("::") }
}

fn deck_part(part: &str) -> String {
    let part: String = part.nfc().map(|c| if c.is_control() || c == '"' { ' ' } else { c }).collect();
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    part.trim_start_matches(['=', '+', '-', '@', ':']).trim_matches([':', ' ']).to_owned()
}

/// Gives every note its guid. Questions with the same words are told apart by the code below them, then by their order.
pub fn assign(deck: &mut Deck, source: &Source) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let name = deck.name.clone();
    for note in &mut deck.notes {
        let mut key = question_key(note);
        // The first of a title goes by the title alone, so that a second one does not change it.
        if seen.contains_key(&key)
            && let Some(code) = note.leading_code
        {
            key.push('\n');
            key.push_str(source.slice(code));
        }
        let count = seen.entry(key.clone()).or_default();
        note.guid = guid(&name, &key, *count);
        *count += 1;
    }
}

/// What two notes have in common when they ask the same: the words, and code to the letter.
#[must_use]
pub fn question_key(note: &Note) -> String {
    let key = words::key(&note.marked_title);
    if key.is_empty() { note.title.clone() } else { key }
}

/// Letters and digits only: safe in a spreadsheet, a search and a file name.
fn guid(deck: &str, question: &str, repeat: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut hasher = blake3::Hasher::new_derive_key("deckc 2026 note guid");
    for part in [deck, question] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&repeat.to_le_bytes());
    let mut value = u128::from_le_bytes(*hasher.finalize().as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
    let mut guid = String::with_capacity(GUID_LENGTH);
    for _ in 0..GUID_LENGTH {
        let digit = usize::try_from(value % 62).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or(b'0');
        guid.push(char::from(digit));
        value /= 62;
    }
    guid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_does_not_nest() {
        assert_eq!(deck_name(None, Path::new("std::vec")), "std vec");
        assert_eq!(deck_name(None, Path::new("backend/node")), "backend::node");
    }

    #[test]
    fn front_matter_nests_as_anki_does_without_empty_parts() {
        assert_eq!(deck_name(Some("A :: B::"), Path::new("x")), "A::B");
        assert_eq!(deck_name(Some("::"), Path::new("x")), "deck");
        assert_eq!(deck_name(Some("TCP/IP"), Path::new("x")), "TCP/IP");
    }

    #[test]
    fn no_name_starts_a_formula() {
        assert_eq!(deck_name(None, Path::new("=cmd")), "cmd");
    }
}

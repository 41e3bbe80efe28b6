//! What makes a note the same note in the next build: its guid. A new note gets one from the deck's name and the
//! question's words, or from the id its author wrote; `lock` keeps it, and `follow` finds the note again through edits.

mod alike;
pub mod follow;
pub mod known;
pub mod lock;
pub mod places;
pub mod sketch;

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use blake3::hazmat::{ContextKey, HasherExt as _, hash_derive_key_context};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::deck::{Deck, Note, NoteKind};
use crate::source::{Source, Sources};
use crate::words;

/// Anki goes no deeper.
const DEEPEST: usize = 10;
const GUID_LENGTH: usize = 12;

/// Notes of one file are shared among threads where there are many; fewer than so many are not worth it.
const FEWEST_SHARED: usize = 512;

/// When the content of a note last changed of which that is not known: 2026-01-01, in seconds since 1970.
pub const MODIFIED: i64 = 1_767_225_600;

/// A deck's name in Anki: what the front matter says, or else the path of the file, folders as parent decks.
///
/// Anki reads `::` as nesting, so it nests only where the author wrote it in front matter; a `::` in a file's name is
/// no intention. Empty parts, which Anki would call `blank`, are left out, and so are signs a spreadsheet would take
/// for a formula at the start.
#[must_use]
pub fn deck_name(front_matter: Option<&str>, deck_path: &Path) -> String {
    joined(match front_matter {
        Some(name) => name.split("::").map(deck_part).collect(),
        None => path_parts(deck_path),
    })
}

/// The name of the deck of a file below another deck.
#[must_use]
pub fn deck_name_below(deck: &str, deck_path: &Path) -> String {
    joined(deck.split("::").map(deck_part).chain(path_parts(deck_path)).collect())
}

/// The name of a deck below another one.
#[must_use]
pub fn subdeck_name(deck: &str, title: &str) -> String {
    let title = deck_part(&title.replace("::", " "));
    joined(deck.split("::").map(deck_part).chain([title]).collect())
}

fn path_parts(path: &Path) -> Vec<String> {
    path.iter().map(|part| deck_part(&part.to_string_lossy().replace("::", " "))).collect()
}

fn joined(parts: Vec<String>) -> String {
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

/// The guids in use.
#[derive(Debug, Default)]
pub struct Taken {
    /// Those that read as the ones made here: no other can be made again.
    guids: HashSet<Guid>,
    /// How often what a guid is made from has come up, by deck and question, where that was more than once.
    repeats: HashMap<(String, String), u32>,
}

type Guid = [u8; GUID_LENGTH];

impl Taken {
    /// These and no others.
    #[must_use]
    pub fn new<'g>(guids: impl IntoIterator<Item = &'g str>) -> Self {
        Self { guids: guids.into_iter().filter_map(own_guid).collect(), repeats: HashMap::default() }
    }

    /// Whether a guid is one that could be made here and is not in use. It is from here on.
    fn take(&mut self, guid: &str) -> bool {
        own_guid(guid).is_some_and(|guid| self.guids.insert(guid))
    }

    /// A guid that is not in use yet, from what a new note is: the first that comes of that, or else a later one.
    fn add(&mut self, deck: &str, key: &str, first: String) -> String {
        if self.take(&first) {
            return first;
        }
        let place = (deck.to_owned(), key.to_owned());
        let mut repeat = self.repeats.get(&place).copied().unwrap_or(1);
        loop {
            let guid = guid(deck, key, repeat);
            repeat = repeat.saturating_add(1);
            if self.take(&guid) || repeat == u32::MAX {
                self.repeats.insert(place, repeat);
                return guid;
            }
        }
    }
}

/// Gives a guid to every note that has none. Questions with the same words are told apart by the code below them, then by
/// their order.
pub fn assign(deck: &mut Deck, source: &Source, taken: &mut Taken) {
    let has_code = deck.notes.iter().any(|note| note.leading_code.is_some());
    let mut titles: HashSet<&str> = HashSet::default();
    let is_plain = |note: &Note| note.guid.is_empty() && note.pin.is_none() && note.same_as.is_none();
    // The first guids of most, which need nothing of other notes.
    let made = deck.notes.par_iter().with_min_len(FEWEST_SHARED);
    let made: Vec<Option<String>> =
        made.map(|note| is_plain(note).then(|| guid(&deck.name, &note.question_key, 0))).collect();
    for (note, made) in deck.notes.iter_mut().zip(made).filter(|(note, _)| note.same_as.is_none()) {
        let Note { question_key, guid, pin, .. } = note;
        // The first of a title goes by the title alone, so that a second one does not change it.
        let is_first = !has_code || titles.insert(question_key);
        if !guid.is_empty() {
            continue;
        }
        let pin = pin.as_ref().filter(|pin| !pin.is_anchor);
        // `deckc pin` writes guids, so that they outlive a lost lock.
        if let Some(pin) = pin.filter(|pin| taken.take(&pin.id)) {
            guid.clone_from(&pin.id);
            continue;
        }
        let code = note.leading_code.filter(|_| !is_first);
        let key = match (pin, code) {
            (Some(pin), _) if note.kind == NoteKind::Cloze => Cow::Owned(format!("\0cloze\0{}", pin.id)),
            (Some(pin), _) => Cow::Owned(format!("\0{}", pin.id)),
            (None, Some(code)) => Cow::Owned(format!("{question_key}\n{}", source.slice(code))),
            (None, None) => Cow::Borrowed(&**question_key),
        };
        let first = made.filter(|_| code.is_none()).unwrap_or_else(|| self::guid(&deck.name, &key, 0));
        *guid = taken.add(&deck.name, &key, first);
    }
}

/// A text that reads as the guids made here, and hardly as a word: small letters, capitals and digits are among it.
fn own_guid(text: &str) -> Option<Guid> {
    let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    let guid: Guid = text.as_bytes().try_into().ok()?;
    let has_all = kinds.into_iter().all(|is_kind| guid.iter().any(is_kind));
    (has_all && guid.iter().all(u8::is_ascii_alphanumeric)).then_some(guid)
}

/// What two notes have in common when they ask the same, of a question as plain text with code between backticks: the
/// words, and code to the letter. A text with gaps asks something else than a question of the same words, and to Anki is
/// a note of another type: it refuses one with the guid of the other.
#[must_use]
pub fn question_key_of(marked_title: &str, is_cloze: bool) -> String {
    complete(words::key(marked_title), marked_title, is_cloze)
}

/// Makes the key of a note whose key is only the words of its title.
pub(crate) fn complete_key(note: &mut Note) {
    let words = std::mem::take(&mut note.question_key);
    note.question_key = complete(words.into(), note.marked_title(), note.kind == NoteKind::Cloze).into();
}

fn complete(words: String, marked_title: &str, is_cloze: bool) -> String {
    let key = if words.is_empty() { marked_title.to_owned() } else { words };
    if is_cloze { format!("{{{{}}}} {key}") } else { key }
}

/// What the code an answer begins with comes to, in 16 hexadecimal digits. White space around it does not count.
#[must_use]
pub fn code_key(sources: &Sources, note: &Note) -> Option<Box<str>> {
    let code = sources.slice(note.leading_code?).trim();
    blake3::hash(code.as_bytes()).to_hex().get(..16).map(Into::into)
}

/// Letters and digits only: safe in a spreadsheet, a search and a file name.
fn guid(deck: &str, question: &str, repeat: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /// 62 to the power of 10, so that there are few divisions of large numbers.
    const OF_TEN_DIGITS: u128 = 62_u128.pow(10);
    static CONTEXT: LazyLock<ContextKey> = LazyLock::new(|| hash_derive_key_context("deckc 2026 note guid"));
    let mut said = Vec::with_capacity(deck.len() + question.len() + 20);
    for part in [deck, question] {
        said.extend_from_slice(&(part.len() as u64).to_le_bytes());
        said.extend_from_slice(part.as_bytes());
    }
    said.extend_from_slice(&repeat.to_le_bytes());
    let hash = blake3::Hasher::new_from_context_key(&CONTEXT).update(&said).finalize();
    let value = u128::from_le_bytes(*hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
    let (low, high) = (value % OF_TEN_DIGITS, value / OF_TEN_DIGITS % (62 * 62));
    let mut guid = String::with_capacity(GUID_LENGTH);
    for (part, digits) in [(low, 10), (high, GUID_LENGTH - 10)] {
        let mut part = u64::try_from(part).unwrap_or(0);
        for _ in 0..digits {
            let digit = usize::try_from(part % 62).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or(b'0');
            guid.push(char::from(digit));
            part /= 62;
        }
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

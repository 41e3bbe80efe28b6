//! Reads a lock that is, line by line, what deckc writes, many times as fast as a reader of any TOML could. Whatever is
//! otherwise is left to that one, which then says what is wrong with it.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::{CLOZE, END, Entry, HEADER, Lock, LockedStyle, ReadLock, check, is_guid, time};

const BLOCK: &str = "\n[[note]]\n";
const VERSION_LINE: &str = "version = 1\n";

/// None where it is not what deckc writes.
pub(super) fn read(text: &str) -> Option<ReadLock> {
    let is_control = |byte: u8| (byte < b' ' && byte != b'\n') || byte == 0x7f;
    if text.bytes().fold(false, |found, byte| found | is_control(byte)) {
        return None;
    }
    let body = text.strip_prefix(HEADER)?.strip_prefix(VERSION_LINE)?;
    let body = body.strip_suffix('\n')?.strip_suffix(END)?.strip_suffix('\n')?;
    let first = body.find(BLOCK).unwrap_or(body.len());
    let style = match body.get(..first)? {
        "" => None,
        block => Some(style(block)?),
    };
    let before = HEADER.len() + VERSION_LINE.len();
    // No string holds a line end, so these are the blocks.
    let starts: Vec<usize> = memchr::memmem::find_iter(body.as_bytes(), BLOCK).collect();
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    let blocks: Vec<(usize, usize)> = starts.iter().map(|at| at + BLOCK.len()).zip(ends).collect();
    let read = blocks.par_iter().with_min_len(64).map_init(Repeated::default, |repeated, &(start, end)| {
        let read = body.get(start..end).and_then(|block| entry(block, repeated));
        let place = |guid: Range<usize>| before + start + guid.start..before + start + guid.end;
        read.map_or((None, 0..0), |(entry, guid)| (Some(entry), place(guid)))
    });
    // Never both in pairs and apart: entries are large.
    let (mut entries, mut places) = (Vec::new(), Vec::new());
    read.unzip_into_vecs(&mut entries, &mut places);
    let entries: Vec<Entry> = entries.into_iter().collect::<Option<_>>()?;
    let is_sorted = entries.windows(2).all(|pair| matches!(pair, [first, second] if first.guid < second.guid));
    is_sorted.then_some(ReadLock { lock: Lock { entries, style }, places })
}

fn style(block: &str) -> Option<LockedStyle> {
    let mut lines = Lines { rest: block.strip_prefix("\n[style]\n")? };
    let content = lines.text("content")?;
    let modified = seconds(lines.value("modified")?)?;
    lines.rest.is_empty().then_some(LockedStyle { content, modified })
}

/// An entry, and where its guid stands in the block.
fn entry<'a>(block: &'a str, repeated: &mut Repeated<'a>) -> Option<(Entry, Range<usize>)> {
    let mut lines = Lines { rest: block };
    let guid = lines.text("guid")?;
    let behind_guid = block.len() - lines.rest.len() - 1;
    let place = "guid = ".len()..behind_guid;
    let pin = lines.value("pin").map_or(Some(None), |value| unquoted(value).map(Some))?;
    let is_cloze = match lines.value("kind") {
        Some(kind) if unquoted(kind)? != CLOZE => return None,
        kind => kind.is_some(),
    };
    let source = repeated.source.text(lines.value("source")?)?;
    let deck = repeated.deck.text(lines.value("deck")?)?;
    let section = repeated.section.text(lines.value("section")?)?;
    let number = lines.value("number").map_or(Some(None), |value| number_of(value).map(Some))?;
    let question = lines.text("question")?;
    let code = lines.value("code").map_or(Some(None), |value| unquoted(value).map(Some))?;
    let answer = lines.text("answer")?.parse().ok()?;
    let content = lines.text("content")?;
    let ids = lines.value("ids")?.strip_prefix('[')?.strip_suffix(']')?;
    let ids: Vec<i64> = ids.split(", ").map(|id| i64::try_from(number_of(id)?).ok()).collect::<Option<_>>()?;
    let modified = repeated.seconds(lines.value("modified")?)?;
    let retired = lines.value("retired").map_or(Some(None), |value| seconds(value).map(Some))?;
    let told = lines.text("check")?;
    let entry = Entry {
        guid,
        pin: pin.map(Into::into),
        source,
        deck,
        section,
        number,
        question: question.into(),
        code: code.map(Into::into),
        answer,
        content: content.into(),
        ids: ids.into(),
        modified,
        is_cloze,
        retired,
    };
    let is_right = lines.rest.is_empty()
        && is_guid(&entry.guid)
        && entry.ids.iter().all(|id| (1..1 << 53).contains(id))
        && check(&entry) == told;
    is_right.then_some((entry, place))
}

/// A number as it is written, and no larger than TOML's.
fn number_of(digits: &str) -> Option<u64> {
    let is_plain = digits.bytes().all(|digit| digit.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|value| is_plain && i64::try_from(*value).is_ok())
}

/// Only a time that would be written the same is one.
fn seconds(value: &str) -> Option<i64> {
    let read = humantime::parse_rfc3339(value).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(read.as_secs()).ok().filter(|seconds| time(*seconds) == value)
}

/// What was read last: most notes changed in the same build as the one before, and are of the same file, deck and section.
#[derive(Default)]
struct Repeated<'a> {
    time: Option<(&'a str, i64)>,
    source: RepeatedText<'a>,
    deck: RepeatedText<'a>,
    section: RepeatedText<'a>,
}

/// A text as it stands in the lock, and what it says.
#[derive(Default)]
struct RepeatedText<'a>(Option<(&'a str, Arc<str>)>);

impl<'a> Repeated<'a> {
    fn seconds(&mut self, value: &'a str) -> Option<i64> {
        if let Some((_, seconds)) = self.time.filter(|(last, _)| *last == value) {
            return Some(seconds);
        }
        let seconds = seconds(value)?;
        self.time = Some((value, seconds));
        Some(seconds)
    }
}

impl<'a> RepeatedText<'a> {
    fn text(&mut self, value: &'a str) -> Option<Arc<str>> {
        if let Some((_, text)) = self.0.as_ref().filter(|(last, _)| *last == value) {
            return Some(Arc::clone(text));
        }
        let text: Arc<str> = unquoted(value)?.into();
        self.0 = Some((value, Arc::clone(&text)));
        Some(text)
    }
}

/// The lines of a block, in their order.
struct Lines<'a> {
    rest: &'a str,
}

impl<'a> Lines<'a> {
    /// What stands at a key, if that is the next.
    fn value(&mut self, key: &str) -> Option<&'a str> {
        let line = self.rest.strip_prefix(key)?.strip_prefix(" = ")?;
        let (value, rest) = line.split_at_checked(memchr::memchr(b'\n', line.as_bytes())?)?;
        self.rest = rest.get(1..)?;
        Some(value)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        unquoted(self.value(key)?)
    }
}

/// A string, with the escapes that deckc writes.
fn unquoted(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr2(b'"', b'\\', inside.as_bytes()).is_none() {
        return Some(inside.to_owned());
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(plain(before)?);
        let mut behind = escape.chars();
        text.push(match behind.next()? {
            letter @ ('"' | '\\') => letter,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits = escape.get(1..5).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
                behind = escape.get(5..)?.chars();
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            _ => return None,
        });
        rest = behind.as_str();
    }
    text.push_str(plain(rest)?);
    Some(text)
}

/// A quotation mark that stands alone ends the string.
fn plain(text: &str) -> Option<&str> {
    (!text.contains('"')).then_some(text)
}

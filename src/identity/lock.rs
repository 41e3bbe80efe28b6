//! `deckc.lock`: what a project's notes were when it was last built. It is text, sorted, one block a note, so that git
//! merges it line by line; authors commit it as they do `Cargo.lock`.
//!
//! Reading and writing only; which note goes with which entry is the business of `follow`, what an entry becomes that of
//! `record`.

mod as_written;
mod by_guid;
mod next;

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

pub(crate) use self::by_guid::ByGuid;
pub use self::next::NextLock;
use super::question_key_of;
use super::sketch::Sketch;

/// The name of the file.
pub const FILE_NAME: &str = "deckc.lock";

/// The form this deckc writes; a higher one is refused, so that nothing in it is lost.
const VERSION: i64 = 1;

const HEADER: &str = "\
# Made by deckc. Commit it: it is how a note stays the same note, and keeps its reviews, when its text changes.
# After a merge with conflicts keep one side throughout a block, whichever, and run `deckc build`.
";

/// Bytes written at once.
const PIECE: usize = 1 << 17;

const A_TIME: &str = "a time such as `2026-01-01T00:00:00Z`";
/// The kind of notes that is told. All others share a note type in Anki, and may become each other.
const CLOZE: &str = "cloze";

/// The last line: a lock without it was cut short, and lacks notes.
const END: &str = "# end of the lock";

/// What is known of all notes of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Sorted by guid.
    pub entries: Vec<Entry>,
    /// The style sheet of the project; none where it never had one of its own.
    pub style: Option<LockedStyle>,
}

/// What is known of a style sheet from the build before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedStyle {
    /// What it comes to, together with deckc's own.
    pub content: String,
    /// Since when it is this one, in seconds since 1970.
    pub modified: i64,
}

/// What is known of a note from the build before. Its texts are no longer than they are, and shared with other notes where
/// most have the same: a run keeps the entries of all notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Anki's name for the note; never changes.
    pub guid: String,
    /// The id its author wrote beside it.
    pub pin: Option<Box<str>>,
    /// Path of its source from the folder of the lock, with forward slashes.
    pub source: Arc<str>,
    /// Name of its deck.
    pub deck: Arc<str>,
    /// Title of its section; may be empty.
    pub section: Arc<str>,
    /// The number before its question.
    pub number: Option<u64>,
    /// Its question as plain text, code between backticks.
    pub question: Box<str>,
    /// What the code below its question comes to, where the answer begins with some.
    pub code: Option<Box<str>>,
    /// What its answer comes to, for comparison with an edited one.
    pub answer: Sketch,
    /// What a learner sees of it comes to: fields, tags, pictures.
    pub content: Box<str>,
    /// Anki's numbers for the note, in milliseconds since 1970: the one it has now, then those it had before.
    pub ids: Box<[i64]>,
    /// When what a learner sees last changed, in seconds since 1970.
    pub modified: i64,
    /// Whether it is a text with gaps: to Anki those are notes of another type, which no note can change.
    pub is_cloze: bool,
    /// When it was found to be gone from the sources, in seconds since 1970.
    pub retired: Option<i64>,
}

impl Entry {
    /// What its question has in common with another that asks the same; see [`question_key_of`].
    #[must_use]
    pub fn key(&self) -> String {
        question_key_of(&self.question, self.is_cloze)
    }

    /// Anki's number for the note.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.ids.first().copied().unwrap_or_default()
    }
}

/// What keeps a lock from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFault {
    /// Bytes of the lock's text.
    pub place: Range<usize>,
    /// A second place, if it takes two.
    pub other: Option<Range<usize>>,
    /// What is wrong there.
    pub kind: LockFaultKind,
}

/// What can be wrong with a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockFaultKind {
    /// A merge was left half done.
    Conflict,
    /// It was written by a deckc that knows more.
    Newer(i64),
    /// It was saved in another encoding.
    Encoding,
    /// It says nothing of its version.
    NoVersion,
    /// It ends before its end.
    CutShort,
    /// It is not in the form of a lock; what the parser says.
    Syntax(String),
    /// Two blocks are of one note.
    Repeated(String),
    /// A block has lines of two notes, as after a merge.
    Mixed,
    /// A value that can't be.
    Value {
        /// The key it stands at.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// A lock, and where in its text each entry stands.
#[derive(Debug, Clone, Default)]
pub struct ReadLock {
    /// What it says.
    pub lock: Lock,
    /// Bytes of each entry's guid line, in the order of the entries.
    pub places: Vec<Range<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    /// Looked for before; see [`version_fault`].
    #[serde(rename = "version")]
    _version: i64,
    style: Option<StyleBlock>,
    #[serde(default)]
    note: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleBlock {
    content: String,
    modified: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    guid: Spanned<String>,
    pin: Option<String>,
    kind: Option<Spanned<String>>,
    source: Spanned<String>,
    deck: String,
    #[serde(default)]
    section: String,
    number: Option<Spanned<i64>>,
    question: Spanned<String>,
    code: Option<String>,
    answer: Spanned<String>,
    content: String,
    ids: Spanned<Vec<i64>>,
    modified: Spanned<Datetime>,
    retired: Option<Spanned<Datetime>>,
    check: String,
}

impl ReadLock {
    /// Reads the text of a lock.
    ///
    /// # Errors
    /// What keeps it from being read: the first fault, or all conflict markers.
    pub fn parse(text: &str) -> Result<Self, Vec<LockFault>> {
        as_written::read(text).map_or_else(|| Self::parse_toml(text), Ok)
    }

    /// The same of any text, also one that no deckc wrote.
    fn parse_toml(text: &str) -> Result<Self, Vec<LockFault>> {
        let conflicts = conflict_markers(text);
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        if let Some(fault) = version_fault(text) {
            return Err(vec![fault]);
        }
        if !text.trim_end().ends_with(END) {
            let last = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
            return Err(vec![LockFault { place: last..text.len(), other: None, kind: LockFaultKind::CutShort }]);
        }
        let form: Form = toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            vec![LockFault { place, other: None, kind: LockFaultKind::Syntax(error.message().to_owned()) }]
        })?;
        let blocks = form.note.into_iter().map(|block| entry(block).map_err(|fault| vec![fault]));
        let mut read: Vec<(Entry, Range<usize>)> = blocks.collect::<Result<_, _>>()?;
        read.sort_by(|(left, _), (right, _)| left.guid.cmp(&right.guid));
        if let Some(fault) = repeated(&read) {
            return Err(vec![fault]);
        }
        let (entries, places) = read.into_iter().unzip();
        let style = form.style.map(style).transpose().map_err(|fault| vec![fault])?;
        Ok(Self { lock: Lock { entries, style }, places })
    }
}

/// Lines git leaves where it could not merge.
fn conflict_markers(text: &str) -> Vec<LockFault> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|marker| bare.starts_with(marker)) || bare == "=======" {
            found.push(LockFault { place: at..at + bare.len(), other: None, kind: LockFaultKind::Conflict });
        }
        at += line.len();
    }
    found
}

/// The version is looked for before the rest is read: a newer form may hold what this deckc can't read.
fn version_fault(text: &str) -> Option<LockFault> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        // Some editors write a byte order mark.
        let bare = line.trim_start_matches('\u{feff}').trim();
        let value = bare.strip_prefix("version").and_then(|rest| rest.trim_start().strip_prefix('='));
        if let Some(version) = value.and_then(|value| value.trim().parse::<i64>().ok()) {
            let place = at..at + line.trim_end().len();
            let kind = if version < 1 { LockFaultKind::NoVersion } else { LockFaultKind::Newer(version) };
            return (version != VERSION).then_some(LockFault { place, other: None, kind });
        }
        if !bare.is_empty() && !bare.starts_with('#') {
            break;
        }
        at += line.len();
    }
    let first = text.lines().next().map_or(0, str::len);
    Some(LockFault { place: 0..first, other: None, kind: LockFaultKind::NoVersion })
}

fn style(block: StyleBlock) -> Result<LockedStyle, LockFault> {
    let modified = seconds(block.modified.get_ref()).ok_or_else(|| LockFault {
        place: block.modified.span(),
        other: None,
        kind: LockFaultKind::Value { key: "modified", expected: A_TIME },
    })?;
    Ok(LockedStyle { content: block.content, modified })
}

fn entry(block: Block) -> Result<(Entry, Range<usize>), LockFault> {
    let wrong = |place: Range<usize>, key, expected| LockFault {
        place,
        other: None,
        kind: LockFaultKind::Value { key, expected },
    };
    let place = block.guid.span();
    let guid = block.guid.into_inner();
    if !is_guid(&guid) {
        return Err(wrong(place, "guid", "1 to 64 letters, digits and signs"));
    }
    let number = block.number.map(|number| {
        let value = u64::try_from(*number.get_ref()).ok();
        value.ok_or_else(|| wrong(number.span(), "number", "a number that is not negative"))
    });
    let answer = block.answer.get_ref().parse().ok();
    let answer = answer.ok_or_else(|| wrong(block.answer.span(), "answer", "as deckc wrote it"))?;
    let in_range = |ids: &Vec<i64>| !ids.is_empty() && ids.iter().all(|id| (1..1 << 53).contains(id));
    if !in_range(block.ids.get_ref()) {
        return Err(wrong(block.ids.span(), "ids", "one or more numbers"));
    }
    let time =
        |value: &Spanned<Datetime>, key| seconds(value.get_ref()).ok_or_else(|| wrong(value.span(), key, A_TIME));
    if let Some(kind) = block.kind.as_ref().filter(|kind| kind.get_ref() != CLOZE) {
        return Err(wrong(kind.span(), "kind", "`cloze`, or not there"));
    }
    let question = block.question.span();
    let entry = Entry {
        guid,
        pin: block.pin.map(Into::into),
        source: block.source.into_inner().into(),
        deck: block.deck.into(),
        section: block.section.into(),
        number: number.transpose()?,
        question: block.question.into_inner().into(),
        code: block.code.map(Into::into),
        answer,
        content: block.content.into(),
        modified: time(&block.modified, "modified")?,
        is_cloze: block.kind.is_some(),
        retired: block.retired.as_ref().map(|value| time(value, "retired")).transpose()?,
        ids: block.ids.into_inner().into(),
    };
    if check(&entry) != block.check {
        return Err(LockFault { place: question, other: Some(place), kind: LockFaultKind::Mixed });
    }
    Ok((entry, place))
}

/// What belongs together in a block, in 8 hexadecimal digits: git merges line by line, and two new notes in one place may
/// leave the guid of one with the question of the other.
fn check(entry: &Entry) -> String {
    let mut parts = Vec::with_capacity(256);
    for part in [entry.guid.as_str(), &*entry.source, &*entry.question] {
        parts.extend_from_slice(&(part.len() as u64).to_le_bytes());
        parts.extend_from_slice(part.as_bytes());
    }
    let hex = blake3::hash(&parts).to_hex();
    hex.get(..8).unwrap_or_default().to_owned()
}

/// What Anki takes as a guid, and a spreadsheet as a word and no formula.
fn is_guid(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.starts_with(['=', '+', '-', '@']);
    (1..=64).contains(&text.len()) && is_plain
}

fn repeated(read: &[(Entry, Range<usize>)]) -> Option<LockFault> {
    read.windows(2).find_map(|pair| match pair {
        [(first, one), (second, two)] if first.guid == second.guid => {
            let (earlier, later) = if one.start < two.start { (one, two) } else { (two, one) };
            let kind = LockFaultKind::Repeated(first.guid.clone());
            Some(LockFault { place: later.clone(), other: Some(earlier.clone()), kind })
        }
        _ => None,
    })
}

impl Lock {
    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        // Writing to memory can't fail.
        let _ = write(self.style.as_ref(), self.entries.iter(), &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// The entry of this guid.
    #[must_use]
    pub fn find(&self, guid: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.guid.as_str().cmp(guid)).ok()?;
        self.entries.get(at)
    }

    /// The entries of notes that stand in the sources.
    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.retired.is_none())
    }
}

/// Writes the text of a lock piece by piece.
fn write<'e>(
    style: Option<&LockedStyle>,
    entries: impl Iterator<Item = &'e Entry>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{HEADER}version = {VERSION}")?;
    if let Some(style) = style {
        let (content, modified) = (quoted(&style.content), time(style.modified));
        writeln!(out, "\n[style]\ncontent = {content}\nmodified = {modified}")?;
    }
    let mut times = Times::default();
    let mut blocks = String::new();
    for entry in entries {
        push_block(&mut blocks, entry, &mut times);
        if blocks.len() >= PIECE {
            out.write_all(blocks.as_bytes())?;
            blocks.clear();
        }
    }
    out.write_all(blocks.as_bytes())?;
    writeln!(out, "\n{END}")
}

fn push_block(text: &mut String, entry: &Entry, times: &mut Times) {
    text.push_str("\n[[note]]\n");
    push_text(text, "guid", &entry.guid);
    if let Some(pin) = &entry.pin {
        push_text(text, "pin", pin);
    }
    if entry.is_cloze {
        push_text(text, "kind", CLOZE);
    }
    push_text(text, "source", &entry.source);
    push_text(text, "deck", &entry.deck);
    push_text(text, "section", &entry.section);
    if let Some(number) = entry.number {
        push_line(text, "number", &number.to_string());
    }
    push_text(text, "question", &entry.question);
    if let Some(code) = &entry.code {
        push_text(text, "code", code);
    }
    push_text(text, "answer", &entry.answer.to_string());
    push_text(text, "content", &entry.content);
    let ids: Vec<String> = entry.ids.iter().map(i64::to_string).collect();
    push_line(text, "ids", &format!("[{}]", ids.join(", ")));
    push_line(text, "modified", times.of(entry.modified));
    if let Some(retired) = entry.retired {
        push_line(text, "retired", &time(retired));
    }
    push_text(text, "check", &check(entry));
}

fn push_line(text: &mut String, key: &str, value: &str) {
    text.extend([key, " = ", value, "\n"]);
}

fn push_text(text: &mut String, key: &str, value: &str) {
    let is_special = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7f);
    if value.bytes().any(is_special) {
        push_line(text, key, &quoted(value));
    } else {
        text.extend([key, " = \"", value, "\"\n"]);
    }
}

/// The last time that was written: most notes changed in the same build as the one before.
#[derive(Default)]
struct Times {
    last: Option<(i64, String)>,
}

impl Times {
    fn of(&mut self, seconds: i64) -> &str {
        if self.last.as_ref().is_none_or(|(last, _)| *last != seconds) {
            self.last = None;
        }
        &self.last.get_or_insert_with(|| (seconds, time(seconds))).1
    }
}

/// A string of TOML. JSON's escapes are a part of TOML's, which wants one more (TOML 1.0, "String").
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A time in seconds since 1970 as people write it (RFC 3339).
pub(crate) fn time(seconds: i64) -> String {
    // The last second that can be written with a year of four digits.
    const LAST: u64 = 253_402_300_799;
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default().min(LAST));
    humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + since).to_string()
}

fn seconds(time: &Datetime) -> Option<i64> {
    let time = humantime::parse_rfc3339(&time.to_string()).ok()?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::identity) fn entry(guid: &str, question: &str, answer: &str) -> Entry {
        Entry {
            guid: guid.to_owned(),
            pin: None,
            source: "source/deck.md".into(),
            deck: "deck".into(),
            section: "Basics".into(),
            number: None,
            question: question.into(),
            code: None,
            answer: Sketch::of(answer),
            content: "0f".into(),
            ids: vec![1_500_000_000_000].into(),
            modified: 1_767_225_600,
            is_cloze: false,
            retired: None,
        }
    }

    fn fault(text: &str) -> (usize, LockFaultKind) {
        let faults = ReadLock::parse(text).expect_err("a fault");
        let fault = faults.first().expect("one at least");
        (text.get(..fault.place.start).unwrap().matches('\n').count() + 1, fault.kind.clone())
    }

    #[test]
    fn a_lock_is_a_block_a_note() {
        let mut first = entry("b", "What is \"it\"?\u{7f}", "one");
        (first.number, first.pin, first.code) = (Some(7), Some("it".into()), Some("ab".into()));
        let mut second = entry("c", "Gone?", "two");
        (second.retired, second.ids) = (Some(1_767_225_661), vec![2, 1].into());
        let lock = Lock { entries: vec![first, second], style: None };
        insta::assert_snapshot!(lock.text(), @r#"
        # Made by deckc. Commit it: it is how a note stays the same note, and keeps its reviews, when its text changes.
        # After a merge with conflicts keep one side throughout a block, whichever, and run `deckc build`.
        version = 1

        [[note]]
        guid = "b"
        pin = "it"
        source = "source/deck.md"
        deck = "deck"
        section = "Basics"
        number = 7
        question = "What is \"it\"?\u007F"
        code = "ab"
        answer = "1 3fd3adb5e19a699af6047a206f971d5792c55d1d2e045fa71d5efdbedd11382779a8ddfb0db10b5912cc8a3e47a117a44c765d1b4c5e33a92bd5e29122055168"
        content = "0f"
        ids = [1500000000000]
        modified = 2026-01-01T00:00:00Z
        check = "aef467ab"

        [[note]]
        guid = "c"
        source = "source/deck.md"
        deck = "deck"
        section = "Basics"
        question = "Gone?"
        answer = "1 77dcf553ccf8c0013c1dc344283ae0e5f3e614147584031bc7a1d262df2e26ae4b7b1f25e079639dfb329f1027604d47ccc870a10270f67437282500d8dbaf99"
        content = "0f"
        ids = [2, 1]
        modified = 2026-01-01T00:00:00Z
        retired = 2026-01-01T00:01:01Z
        check = "bb657d0b"

        # end of the lock
        "#);
        assert_eq!(ReadLock::parse(&lock.text()).unwrap().lock, lock);
    }

    #[test]
    fn faults_name_their_line() {
        let text = Lock { entries: vec![entry("a", "A?", "one"), entry("b", "B?", "two")], style: None }.text();
        let conflict = text.replace("number", "x").replace("guid = \"b\"", "<<<<<<< HEAD\nguid = \"b\"\n=======");
        assert_eq!(fault(&conflict), (18, LockFaultKind::Conflict));
        assert_eq!(fault(&text.replace("version = 1", "version = 2")), (3, LockFaultKind::Newer(2)));
        assert_eq!(fault(&text.replace("version = 1\n", "")), (1, LockFaultKind::NoVersion));
        assert_eq!(fault(""), (1, LockFaultKind::NoVersion));
        let (_, block) = text.split_once("\n\n").unwrap();
        let twice = text.replace(END, block);
        assert_eq!(fault(&twice), (30, LockFaultKind::Repeated("a".into())));
        assert_eq!(fault(&text.replace("guid = \"b\"", "guid = b")).0, 18);
        assert_eq!(fault(&text.replace("Z\n", "\n")).0, 14);
        assert_eq!(fault(&text.replace("B?", "C?")), (22, LockFaultKind::Mixed));
        let (cut, _) = text.split_once("\n\n[[note]]\nguid = \"b\"").unwrap();
        assert_eq!(fault(cut), (15, LockFaultKind::CutShort));
        assert_eq!(fault(&text.replace("[[note]]", "[note]")).0, 17);
        let value = |key, expected| LockFaultKind::Value { key, expected };
        assert_eq!(fault(&text.replace("[1500000000000]", "[]")).1, value("ids", "one or more numbers"));
        assert_eq!(fault(&text.replace("answer = \"", "answer = \"x")).1, value("answer", "as deckc wrote it"));
        let kind = text.replacen("source = ", "kind = \"basic\"\nsource = ", 1);
        assert_eq!(fault(&kind), (7, value("kind", "`cloze`, or not there")));
    }

    #[test]
    fn windows_line_ends_a_mark_and_another_order_make_no_other_lock() {
        let lock = Lock { entries: vec![entry("a", "A?", "one"), entry("b", "B?", "two")], style: None };
        assert_eq!(ReadLock::parse(&lock.text().replace('\n', "\r\n")).unwrap().lock, lock);
        let text = lock.text();
        let (head, blocks) = text.split_once("\n[[note]]").unwrap();
        let (blocks, end) = blocks.split_once("\n#").unwrap();
        let (first, second) = blocks.split_once("\n[[note]]").unwrap();
        assert_eq!(ReadLock::parse(&format!("\u{feff}{text}")).unwrap().lock, lock);
        let swapped = format!("{head}\n[[note]]{second}\n[[note]]{first}\n#{end}");
        assert_eq!(ReadLock::parse(&swapped).unwrap().lock, lock);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            question in any::<String>(),
            section in any::<String>(),
            number in any::<Option<u32>>(),
            is_cloze in any::<bool>(),
        ) {
            let mut entry = entry("g", &question, &section);
            (entry.section, entry.is_cloze) = (section.into(), is_cloze);
            entry.number = number.map(u64::from);
            let style = Some(LockedStyle { content: "0f".to_owned(), modified: 1_767_225_661 });
            let lock = Lock { entries: vec![entry], style };
            prop_assert_eq!(ReadLock::parse(&lock.text()).unwrap().lock, lock);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = ReadLock::parse(&text);
            let _ = ReadLock::parse(&format!("version = 1\n[[note]]\n{text}"));
        }
    }

    fn text_of_a_value() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z ]{0,9}", any::<String>(), "[\"\\\\\n\t\r\u{8}\u{c}\u{1}\u{7f}é=\\[\\]#a]{0,6}"]
    }

    prop_compose! {
        fn any_entry()(
            guid in "[A-Za-z0-9\"#\\\\]{1,12}",
            texts in proptest::collection::vec(text_of_a_value(), 6),
            number in proptest::option::of(0_u64..=1 << 62),
            ids in proptest::collection::vec(1_i64..1 << 53, 1..3),
            modified in 0_i64..4_000_000_000,
            flags in any::<[bool; 4]>(),
        ) -> Entry {
            let [pinned, coded, cloze, gone] = flags;
            let text = |at: usize| texts[at].clone();
            Entry {
                pin: pinned.then(|| text(0).into()),
                source: text(1).into(),
                deck: text(2).into(),
                section: text(3).into(),
                number,
                code: coded.then(|| text(5).into()),
                ids: ids.into(),
                modified,
                is_cloze: cloze,
                retired: gone.then_some(modified + 1),
                ..entry(&guid, &text(4), &text(5))
            }
        }
    }

    fn any_lock() -> impl Strategy<Value = Lock> {
        let style = proptest::option::of((text_of_a_value(), 0_i64..4_000_000_000));
        (proptest::collection::vec(any_entry(), 0..4), style).prop_map(|(mut entries, style)| {
            entries.sort_by(|left, right| left.guid.cmp(&right.guid));
            entries.dedup_by(|left, right| left.guid == right.guid);
            Lock { entries, style: style.map(|(content, modified)| LockedStyle { content, modified }) }
        })
    }

    fn both(text: &str) -> (Option<ReadLock>, Option<ReadLock>) {
        (as_written::read(text), ReadLock::parse_toml(text).ok())
    }

    proptest! {
        #[test]
        fn what_deckc_writes_is_read_without_toml_and_the_same(lock in any_lock()) {
            let (quick, toml) = both(&lock.text());
            let (quick, toml) = (quick.unwrap(), toml.unwrap());
            prop_assert_eq!(&quick.lock, &lock);
            prop_assert_eq!(&quick.lock, &toml.lock);
            prop_assert_eq!(quick.places, toml.places);
        }

        /// Whatever is changed in a lock: what is read without TOML is what TOML reads.
        #[test]
        fn what_is_no_toml_is_not_read(
            lock in any_lock(),
            at in any::<proptest::sample::Index>(),
            cut in 0_usize..3,
            put in prop_oneof![
                "[\"\\\\\n\r\t\u{1}\u{7f}0-9a-fuUTZ:,+_. =\\[\\]#-]{0,3}",
                Just("\\/".to_owned()), Just("\\ud800".to_owned()), Just("\\u00e9".to_owned()), Just("\u{feff}".to_owned()),
            ],
        ) {
            let text = lock.text();
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = at.index(places.len());
            let end = places[(start + cut).min(places.len() - 1)];
            let (before, behind) = (text.get(..places[start]).unwrap(), text.get(end..).unwrap());
            let changed = format!("{before}{put}{behind}");
            if let (Some(quick), toml) = both(&changed) {
                let toml = toml.unwrap();
                prop_assert_eq!(quick.lock, toml.lock);
                prop_assert_eq!(quick.places, toml.places);
            }
        }
    }
}

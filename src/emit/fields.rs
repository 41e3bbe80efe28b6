//! A rendered note as Anki holds it: the fields of its note type, cleaned. Package and text file both take theirs from
//! here, so that importing one after the other finds nothing but duplicates.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::choice;
use super::note_types::{BASIC, CLOZE, NoteType, basic, cloze};
use crate::deck::NoteKind;
use crate::render::{RenderedNote, is_right_to_left};

/// A note in Anki's terms. What is clean already is borrowed.
#[derive(Debug, Clone)]
pub(crate) struct AnkiNote<'a> {
    pub(crate) note_type: &'static NoteType,
    pub(crate) guid: Cow<'a, str>,
    /// The deck it goes into, where that is not the deck of its file.
    pub(crate) subdeck: Option<Cow<'a, str>>,
    /// In milliseconds since 1970.
    pub(crate) id: i64,
    /// As many as the note type has.
    pub(crate) fields: Vec<Cow<'a, str>>,
    /// Sorted, each once, as Anki keeps them.
    pub(crate) tags: Vec<Cow<'a, str>>,
    /// In seconds since 1970.
    pub(crate) modified: i64,
}

impl<'a> AnkiNote<'a> {
    pub(crate) fn of(note: &'a RenderedNote) -> Self {
        let note_type = note_type_of(note.kind);
        let mut fields = vec![Cow::Borrowed(""); note_type.fields.len()];
        let filled = if note_type.is_cloze { cloze_fields(note) } else { basic_fields(note) };
        for (at, html) in filled {
            if let Some(field) = fields.get_mut(at) {
                *field = clean_field(html);
            }
        }
        let mut tags = note.tags.iter().map(|tag| clean(tag.into())).collect::<Vec<_>>();
        tags.sort_unstable();
        tags.dedup();
        let (guid, subdeck) = (Cow::Borrowed(note.guid.as_str()), note.subdeck.as_deref().map(clean_deck_name));
        Self { note_type, guid, subdeck, id: note.id, fields, tags, modified: note.modified }
    }
}

/// What Anki takes a note for.
pub(crate) fn note_type_of(kind: NoteKind) -> &'static NoteType {
    match kind {
        NoteKind::Basic | NoteKind::Reversed | NoteKind::Typed | NoteKind::Choice => &BASIC,
        NoteKind::Cloze => &CLOZE,
    }
}

/// What a learner sees of a note, in 32 hexadecimal digits: its fields, with the names of pictures, which tell their
/// bytes, and its tags. What shows nothing is left out: how lines are broken within a paragraph, and the colours of code.
/// How those are found may change with any release, and no note is another one for it.
#[must_use]
pub fn content(note: &RenderedNote) -> String {
    let note = AnkiNote::of(note);
    content_of(note.note_type.name, &note.fields, &note.tags)
}

/// The same of a note as Anki holds it: the name of its note type, its fields, its tags in order.
pub(crate) fn content_of(note_type: &str, fields: &[impl AsRef<str>], tags: &[impl AsRef<str>]) -> String {
    let mut seen = Vec::with_capacity(1024);
    let mut add = |push: &dyn Fn(&mut Vec<u8>)| {
        let before = seen.len();
        seen.extend_from_slice(&[0; 8]);
        push(&mut seen);
        let length = (seen.len() - before - 8) as u64;
        if let Some(place) = seen.get_mut(before..before + 8) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    };
    add(&|seen| seen.extend_from_slice(note_type.as_bytes()));
    for field in fields {
        add(&|seen| push_seen(seen, field.as_ref()));
    }
    tags.iter().for_each(|tag| add(&|seen| seen.extend_from_slice(tag.as_ref().as_bytes())));
    let mut hex = blake3::hash(&seen).to_hex().to_string();
    hex.truncate(32);
    hex
}

/// Where code begins and ends in a field.
static CODE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["<pre", "</pre>"].map(Finder::new));

/// A field with one space for all white space outside code, and with code as if no colour had been found.
fn push_seen(seen: &mut Vec<u8>, html: &str) {
    let [begin, end] = &*CODE;
    let find = |text: &str, sign: &Finder<'_>| {
        let at = sign.find(text.as_bytes())?;
        Some((at, at + sign.needle().len()))
    };
    let mut rest = html;
    while let Some((at, from)) = find(rest, begin) {
        push_text(seen, rest.get(..at).unwrap_or_default());
        let inside = rest.get(from..).unwrap_or_default();
        let (to, behind) = find(inside, end).unwrap_or((inside.len(), inside.len()));
        push_code(seen, inside.get(..to).unwrap_or_default());
        rest = inside.get(behind..).unwrap_or_default();
    }
    push_text(seen, rest);
}

fn push_text(seen: &mut Vec<u8>, text: &str) {
    // In this form, and without a short cut, many bytes are looked at in one step.
    let is_space = |byte: u8| (byte == b' ') | ((byte.wrapping_sub(b'\t') < 5) & (byte != 0x0b));
    let one_space = |byte: u8| if is_space(byte) { b' ' } else { byte };
    let text = text.as_bytes();
    let neighbours = text.iter().zip(text.get(1..).unwrap_or_default());
    if !neighbours.fold(false, |found, (&one, &next)| found | (is_space(one) & is_space(next))) {
        return seen.extend(text.iter().copied().map(one_space));
    }
    let mut is_behind_space = false;
    for &byte in text {
        if !(is_space(byte) && is_behind_space) {
            seen.push(one_space(byte));
        }
        is_behind_space = is_space(byte);
    }
}

fn push_code(seen: &mut Vec<u8>, code: &str) {
    seen.extend_from_slice(b"<pre");
    let code = code.as_bytes();
    let mut from = 0;
    for open in memchr::memchr_iter(b'<', code) {
        let tag = code.get(open + 1..).unwrap_or_default();
        let is_colour = tag.starts_with(b"i class=") || tag.starts_with(b"/i>");
        // What is within a tag begins none.
        if let Some(close) = memchr::memchr(b'>', tag).filter(|_| is_colour && open >= from) {
            seen.extend_from_slice(code.get(from..open).unwrap_or_default());
            from = open + 1 + close + 1;
        }
    }
    seen.extend_from_slice(code.get(from..).unwrap_or_default());
}

// No number among the fields: it changes in all notes behind one that is put in, and each would then be taken for changed,
// which costs its learner their own tags and edits.

fn basic_fields(note: &RenderedNote) -> Vec<(usize, Cow<'_, str>)> {
    let right = choice::right(&note.options);
    let answer = match (right.is_empty(), note.answer.html.as_str()) {
        (true, answer) => Cow::Borrowed(answer),
        (false, "") => Cow::Owned(right),
        (false, answer) => Cow::Owned(right + "\n" + answer),
    };
    // A card that asks for the question of nothing would be none.
    let is_reversed = note.kind == NoteKind::Reversed && !answer.is_empty();
    let options = choice::all(&note.options);
    let direction = direction(&[&note.question.html, &options], &[&answer]);
    vec![
        (basic::QUESTION, Cow::Borrowed(&note.question.html)),
        (basic::ANSWER, answer),
        (basic::SECTION, escape(&note.section)),
        (basic::REVERSE, Cow::Borrowed(if is_reversed { "y" } else { "" })),
        (basic::TYPED, note.typed.as_deref().map(escape).unwrap_or_default()),
        (basic::OPTIONS, Cow::Owned(options)),
        (basic::DIRECTION, Cow::Borrowed(direction)),
    ]
}

fn cloze_fields(note: &RenderedNote) -> Vec<(usize, Cow<'_, str>)> {
    let direction = direction(&[&note.question.html], &[&note.answer.html]);
    vec![
        (cloze::TEXT, Cow::Borrowed(&note.question.html)),
        (cloze::EXTRA, Cow::Borrowed(&note.answer.html)),
        (cloze::SECTION, escape(&note.section)),
        (cloze::DIRECTION, Cow::Borrowed(direction)),
    ]
}

/// Where one side of a note is written in another direction than the other, each block goes by its first letter.
fn direction(front: &[&str], back: &[&str]) -> &'static str {
    // Most questions have no letter but Latin ones.
    if front.iter().any(|part| !part.is_empty()) && front.iter().all(|part| part.is_ascii()) {
        return "";
    }
    let sides = [front.concat(), back.concat()];
    let mut written = sides.iter().filter(|side| !side.is_empty()).peekable();
    if written.peek().is_some() && written.all(|side| is_right_to_left(side)) { "rtl" } else { "" }
}

/// What of a note is compared by a reader: HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faces {
    /// With the options, where it has some.
    pub(crate) question: String,
    pub(crate) answer: String,
    pub(crate) section: String,
}

impl Faces {
    pub(crate) fn of(note: &RenderedNote) -> Self {
        let note = AnkiNote::of(note);
        Self::of_fields(note.note_type.name, &note.fields)
    }

    /// Of a note as Anki holds it: the name of its note type, its fields.
    pub(crate) fn of_fields(note_type: &str, fields: &[impl AsRef<str>]) -> Self {
        let field = |at: usize| fields.get(at).map_or_else(String::new, |field| field.as_ref().to_owned());
        if note_type == CLOZE.name {
            return Self { question: field(cloze::TEXT), answer: field(cloze::EXTRA), section: field(cloze::SECTION) };
        }
        let question = [field(basic::QUESTION), field(basic::OPTIONS)];
        let question = question.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        Self { question, answer: field(basic::ANSWER), section: field(basic::SECTION) }
    }
}

/// A deck's name as Anki would keep it: without control characters, without empty parts (Anki calls those `blank`),
/// without white space around the parts.
pub(crate) fn clean_deck_name(name: &str) -> Cow<'_, str> {
    let cleaned = clean(name.into()).replace(['\n', '\t'], " ");
    let parts = cleaned.split("::").map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    if parts.is_empty() { Cow::Borrowed("deck") } else { Cow::Owned(parts.join("::")) }
}

/// Plain text as HTML. Square and curly brackets too: Anki would play `[sound:…]`, typeset `[latex]` and warn about
/// `{{c1::`.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '[', '{']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '[' => html.push_str("&#91;"),
            '{' => html.push_str("&#123;"),
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}

/// What may not stand first in a cell, or a spreadsheet that opens Anki's text file runs it as a formula. As an entity it
/// looks the same to Anki.
fn clean_field(html: Cow<'_, str>) -> Cow<'_, str> {
    let field = clean(html);
    let entity = match field.chars().next() {
        Some('=') => "&#61;",
        Some('+') => "&#43;",
        Some('-') => "&#45;",
        Some('@') => "&#64;",
        Some('\t') => "&#9;",
        _ => return field,
    };
    let mut field = field.into_owned();
    field.replace_range(..1, entity);
    Cow::Owned(field)
}

/// Without the control characters Anki strips or, as U+001F, takes for the end of a field; in Unicode's composed form,
/// which Anki stores. Otherwise a second import would find differences.
fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_clean(&text) {
        return text;
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(
        lines.chars().filter(|&character| matches!(character, '\n' | '\t') || !character.is_control()).nfc().collect(),
    )
}

/// Whether it surely is as [`clean`] makes it.
fn is_clean(text: &str) -> bool {
    let is_control = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7f;
    // No short cut, so that many bytes are looked at in one step.
    if text.bytes().fold(false, |found, byte| found | is_control(byte)) {
        return false;
    }
    let is_later_control = |character: char| matches!(character, '\u{80}'..='\u{9f}');
    text.is_ascii() || (!text.contains(is_later_control) && is_nfc_quick(text.chars()) == IsNormalized::Yes)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::{Placing, RenderedDeck, RenderedOption, Rendering};

    fn rendering(text: &str) -> Rendering {
        Rendering { markdown: text.into(), html: text.into(), text: text.into(), media: vec![] }
    }

    pub(crate) fn note(guid: &str, question: &str, answer: &str) -> RenderedNote {
        RenderedNote {
            guid: guid.to_owned(),
            id: 1_500_000_000_000,
            kind: NoteKind::Basic,
            number: Some(7),
            section: "Basics".to_owned(),
            subdeck: None,
            tags: vec!["b".to_owned(), "a::c".to_owned()],
            question: rendering(question),
            options: vec![],
            gaps: vec![],
            typed: None,
            answer: rendering(answer),
            below: answer.to_owned(),
            source: "source/deck.md".to_owned(),
            question_line: 3,
            answer_lines: (5, 9),
            modified: 1_750_000_000,
        }
    }

    /// A deck of these notes, with Anki's numbers in this order.
    pub(crate) fn deck(mut notes: Vec<RenderedNote>) -> RenderedDeck {
        notes.iter_mut().zip(0..).for_each(|(note, at)| note.id += at * 1_000);
        RenderedDeck {
            name: "Rust::Basics".to_owned(),
            source: "source/deck.md".to_owned(),
            notes,
            media: vec![],
            placing: Placing::default(),
        }
    }

    #[test]
    fn the_first_character_is_safe_in_a_spreadsheet() {
        for (html, safe) in [
            ("=1+1", "&#61;1+1"),
            ("-v", "&#45;v"),
            ("+", "&#43;"),
            ("@x", "&#64;x"),
            ("<b>=</b>", "<b>=</b>"),
            ("", ""),
        ] {
            assert_eq!(clean_field(html.into()), safe);
        }
    }

    #[test]
    fn colours_and_line_ends_are_no_content() {
        let content = |answer: &str| content(&note("g", "q", answer));
        let plain = "<p><i>a</i></p><pre><code>let a &lt; 1</code></pre><p>b</p><pre><code>c</code></pre>";
        let coloured = plain.replace("let", "<i class=k>let</i>").replace('1', "<i class=\"n\">1</i>");
        assert_eq!(content(plain), content(&coloured));
        assert_ne!(content(plain), content(&plain.replace("<i>a</i>", "a")));
        assert_ne!(content(plain), content(&plain.replace("let", "var")));
        assert_ne!(content(plain), content(&plain.replace("let ", "let  ")));
        assert_eq!(content("<p>a b</p>\n<p>c</p>"), content("<p>a\n  b</p>\n<p>c</p>"));
        assert_ne!(content("<p>a b</p>"), content("<p>ab</p>"));
    }

    #[test]
    fn what_a_learner_sees_is_content_and_the_number_is_not() {
        let first = note("g", "q", "a");
        let with = |change: fn(&mut RenderedNote)| {
            let mut other = first.clone();
            change(&mut other);
            content(&other) == content(&first)
        };
        assert!(with(|note| note.number = Some(8)));
        assert!(with(|note| note.question_line = 9));
        assert!(with(|note| note.tags.reverse()));
        assert!(!with(|note| note.tags.truncate(1)));
        assert!(!with(|note| note.section.push('s')));
        assert!(!with(|note| note.question.html.push('s')));
    }

    #[test]
    fn a_note_from_right_to_left_says_so() {
        let direction = |question: &str, answer: &str| {
            AnkiNote::of(&note("g", question, answer)).fields[basic::DIRECTION].to_string()
        };
        assert_eq!(direction("ما هو React؟", "<p>React هي مكتبة</p>"), "rtl");
        assert_eq!(direction("book", "كتاب"), "");
        assert_eq!(direction("What is a closure?", "A function."), "");
        let option = |text: &str| RenderedOption { label: "A".into(), text: rendering(text), is_right: true };
        let asked = |kind: NoteKind, question: &str, options: Vec<RenderedOption>, answer: &str| {
            let note = RenderedNote { kind, options, ..note("g", question, answer) };
            let at = if kind == NoteKind::Cloze { cloze::DIRECTION } else { basic::DIRECTION };
            AnkiNote::of(&note).fields[at].to_string()
        };
        assert_eq!(asked(NoteKind::Choice, "ما هو React؟", vec![option("مكتبة")], ""), "rtl");
        assert_eq!(asked(NoteKind::Choice, "ما هو؟", vec![option("A library of functions")], ""), "");
        assert_eq!(asked(NoteKind::Cloze, "React هي {{c1::مكتبة}}", vec![], ""), "rtl");
        assert_eq!(asked(NoteKind::Cloze, "React هي {{c1::مكتبة}}", vec![], "A library."), "");
        assert_eq!(asked(NoteKind::Cloze, "It is a {{c1::library}}", vec![], ""), "");
    }

    #[test]
    fn a_section_is_text_not_markup() {
        let mut rendered = note("g", "q", "a");
        rendered.section = "<b> & [sound:x] {{c1::y}}".to_owned();
        let fields = AnkiNote::of(&rendered).fields;
        assert_eq!(fields[basic::SECTION], "&lt;b&gt; &amp; &#91;sound:x] &#123;&#123;c1::y}}");
    }

    #[test]
    fn names_of_decks_are_as_anki_keeps_them() {
        assert_eq!(clean_deck_name(" A ::\u{1f}:: B\n2"), "A::B 2");
        assert_eq!(clean_deck_name("::"), "deck");
        assert_eq!(clean_deck_name("e\u{301}"), "\u{e9}");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in any::<String>()) {
            let once = clean_field(text.into());
            prop_assert!(!once.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(once.find('\u{1f}'), None);
            prop_assert_eq!(clean_field(once.clone()), once);
        }

        #[test]
        fn what_is_taken_for_clean_is(text in "[a\u{7f}\u{85}\u{301}\u{e9}\u{1161}\u{1100}\r\n\t\u{0}一]{0,6}") {
            let lines = text.replace("\r\n", "\n").replace('\r', "\n");
            let kept = lines.chars().filter(|&character| matches!(character, '\n' | '\t') || !character.is_control());
            prop_assert_eq!(clean(text.as_str().into()), kept.nfc().collect::<String>());
        }

        #[test]
        fn white_space_is_seen_as_one_space(text in "[a \t\n\u{a0}é]{0,8}") {
            let mut seen = Vec::new();
            push_text(&mut seen, &text);
            let words = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            let at_start = text.starts_with(|first: char| first.is_ascii_whitespace());
            let at_end = text.ends_with(|last: char| last.is_ascii_whitespace()) && !words.is_empty();
            let [before, behind] = [at_start, at_end].map(|is_there| if is_there { " " } else { "" });
            prop_assert_eq!(String::from_utf8(seen).unwrap(), format!("{before}{words}{behind}"));
        }
    }
}

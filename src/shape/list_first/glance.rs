//! A look at the first word of each item of a list, before any is read: most lists hold neither questions nor what comes
//! back as a heading. Where the look does not tell, the item counts as one that may.

use crate::shape::packed::{first_bytes, packed, packed_lower};
use crate::shape::prefix::Prefix;
use crate::shape::title;

/// How the titles of a file's headings begin.
pub(super) struct Beginnings {
    /// First words, sorted.
    words: Vec<u64>,
    /// The first letters of first words, sorted.
    starts: Vec<u64>,
}

/// So many letters tell a word that goes on behind them, as in `Node.js`.
const FEWEST: usize = 4;

impl Beginnings {
    /// Of the keys of titles; see [`words::key`](crate::words::key).
    pub(super) fn of<'t>(keys: impl Iterator<Item = &'t str>) -> Self {
        let first = |key: &'t str| key.split(' ').next().unwrap_or_default();
        let mut words: Vec<u64> = keys.map(|key| packed(first(key).as_bytes())).collect();
        let mut starts: Vec<u64> = words.iter().map(|word| word & first_bytes(FEWEST)).collect();
        for list in [&mut words, &mut starts] {
            list.sort_unstable();
            list.dedup();
        }
        Self { words, starts }
    }

    /// Whether the items of a list may come back as headings, or half of them may ask.
    pub(super) fn may_be_listed<'t>(&self, items: impl Iterator<Item = &'t str>) -> bool {
        let (mut all, mut asking) = (0, 0);
        for item in items {
            let first = First::of(item);
            if self.may_return(first) {
                return true;
            }
            all += 1;
            asking += usize::from(may_ask(item, first));
        }
        asking * 2 >= all
    }

    fn may_return(&self, first: Option<First<'_>>) -> bool {
        let Some(First { word, is_whole }) = first else { return true };
        let word_number = packed_lower(word.as_bytes());
        if is_whole {
            return self.words.binary_search(&word_number).is_ok();
        }
        word.len() < FEWEST || self.starts.binary_search(&(word_number & first_bytes(FEWEST))).is_ok()
    }
}

fn may_ask(item: &str, first: Option<First<'_>>) -> bool {
    first.is_none_or(|first| title::may_begin_question(first.word)) || memchr::memchr(b'?', item.as_bytes()).is_some()
}

/// The letters of ASCII that the text of an item begins with.
#[derive(Clone, Copy)]
struct First<'t> {
    word: &'t str,
    /// Nothing that belongs to the word follows them.
    is_whole: bool,
}

impl<'t> First<'t> {
    /// None where a look does not tell: HTML, escapes, formulas, numbers, labels, other scripts.
    fn of(item: &'t str) -> Option<Self> {
        if holds_another_script(item) {
            return None;
        }
        let bare = item.trim_start();
        let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        let bare = bare.strip_prefix(['.', ')', '-', '*', '+']).unwrap_or(bare);
        let bare = bare.trim_start_matches([' ', '\t']);
        let is_box = |rest: &&str| rest.starts_with(char::is_whitespace);
        let boxes = ["[ ]", "[x]", "[X]"];
        let mut rest =
            boxes.iter().find_map(|of_task| bare.strip_prefix(of_task)).filter(is_box).unwrap_or(bare).bytes();
        let mut behind = rest.clone();
        while let Some(byte) = behind.next() {
            let next = behind.clone().next();
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'_' | b'[' | b'(' | b'"' | b'\'' | b'-' | b'.' | b',' => {}
                b'`' if next != Some(b'`') => {}
                // Before anything but a word they may be no marks, and count as an operator.
                b'*' | b'~' if next.is_some_and(|next| next.is_ascii_alphanumeric() || next == byte) => {}
                _ if byte.is_ascii_alphabetic() => break,
                _ => return None,
            }
            rest = behind.clone();
        }
        let length = rest.clone().take_while(u8::is_ascii_alphanumeric).count();
        let start = item.len() - rest.len();
        let word = item.get(start..start + length).filter(|word| !word.is_empty())?;
        if Prefix::is_label(word.trim_end_matches(|c: char| c.is_ascii_digit())) {
            return None;
        }
        let ends = |byte: u8| byte.is_ascii_whitespace() || b",;:)?\"".contains(&byte);
        Some(Self { word, is_whole: rest.nth(length).is_none_or(ends) })
    }
}

/// Whether it holds other letters than those of ASCII. Typographic signs and emoji are none.
fn holds_another_script(text: &str) -> bool {
    let is_letter = |byte: u8| byte >= 0xc0 && byte != 0xe2 && byte != 0xf0;
    text.bytes().fold(false, |found, byte| found | is_letter(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::{Document, NodeKind};
    use crate::shape::title::Title;
    use crate::source::Sources;

    const PARTS: [&str; 48] = [
        "**",
        "*",
        "_",
        "`",
        "``",
        "~~",
        "~",
        "[",
        "](x)",
        "(",
        ")",
        "Q1. ",
        "Q: ",
        "12. ",
        "(3) ",
        "No. ",
        "What",
        "how's",
        "Use",
        "use ",
        "Node.js",
        "back-pressure",
        "-",
        "'",
        "é",
        "？",
        "<b>",
        "</b>",
        "&amp;",
        "\\*",
        "🔥 ",
        "=",
        "== ",
        "$x$",
        "x",
        " ",
        " ",
        "\n  ",
        "[ ] ",
        "[x] ",
        "![a](b)",
        "“",
        "…",
        "Is it?",
        "add one two three",
        "#",
        "\u{200b}",
        "Ｗide",
    ];

    proptest! {
        #[test]
        fn what_a_look_rules_out_does_not_return_and_does_not_ask(
            parts in prop::collection::vec(prop::sample::select(PARTS.as_slice()), 0..8)
        ) {
            let item = format!("- {}", parts.concat());
            let mut sources = Sources::default();
            let source = sources.add_text("list.md", item.as_str()).unwrap();
            let source = sources.get(source);
            let document = Document::parse(source);
            for id in document.all().filter(|&id| document.kind(id) == NodeKind::Item).take(1) {
                let title = Title::of(&document, source, id);
                let text = source.slice(document.span(id));
                let first = First::of(text);
                prop_assert!(!title.has_words() || Beginnings::of([title.key()].into_iter()).may_return(first));
                prop_assert!(!title.asks() || may_ask(text, first));
            }
        }
    }

    #[test]
    fn most_items_are_ruled_out() {
        let beginnings = Beginnings::of(["how do you use streams", "explain the event loop"].into_iter());
        for item in ["- **Hidden classes**: shared", "2. Uses the heap", "* `npm install`", "- Exports, mostly"] {
            assert!(!beginnings.may_be_listed([item].into_iter()), "{item}");
        }
        for item in ["- **How** do you", "2. Explain it", "* exporting?", "- Where it is", "- <b>x</b>"] {
            assert!(beginnings.may_be_listed([item].into_iter()), "{item}");
        }
    }
}

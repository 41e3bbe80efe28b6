//! What an author's text may do to a terminal, and how it is shown instead.
//!
//! A deck may hold escape sequences, controls that turn the writing direction round, and characters that take no room.
//! Sent raw, they recolour the screen, hide text or shift the caret; a finding is often about just such a character,
//! so they are shown, not dropped.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

/// Columns from one tab stop to the next.
pub(super) const TAB: usize = 4;

/// How one character of a source is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it is, in so many columns.
    Plain(usize),
    /// As spaces up to the next tab stop.
    Tab,
    /// Not at all: it only changes how its neighbour is drawn, and terminals disagree about the width that makes.
    Merged,
    /// In writing, as `␛` or `\u{202e}`.
    Named,
}

/// Whether each byte of a text is a character that is shown as it is, in one column.
pub(super) fn are_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// How a character of a source line is shown.
pub(super) fn manner(character: char) -> Manner {
    match character {
        '\t' => Manner::Tab,
        ' '..='~' => Manner::Plain(1),
        // Joiner, variation selectors, skin tones: without them each part of an emoji takes the room its own width says.
        '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => Manner::Merged,
        _ if harmful(character) => Manner::Named,
        _ => Manner::Plain(character.width().unwrap_or(0)),
    }
}

/// Whether a character acts on the terminal or can't be seen at all. Zero-width non-joiner is left alone: Persian needs
/// it for its shaping; so are combining marks.
fn harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes a character's visible form: its control picture, or its number as Rust writes it.
pub(super) fn push_named(into: &mut String, character: char, unicode: bool) {
    let picture = match character {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{7f}' => Some('\u{2421}'),
        _ => None,
    };
    match picture.filter(|_| unicode) {
        Some(picture) => into.push(picture),
        // Writing to a string can't fail.
        None => drop(write!(into, "\\u{{{:x}}}", u32::from(character))),
    }
}

/// A message, help or path that is safe to print. Line ends are kept where `keep_lines` says so.
pub(crate) fn clean(text: &str, unicode: bool, keep_lines: bool) -> Cow<'_, str> {
    let kept = |character: char| !harmful(character) || (keep_lines && character == '\n');
    if are_plain(text) || text.chars().all(kept) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if kept(character) {
            shown.push(character);
        } else {
            push_named(&mut shown, character, unicode);
        }
    }
    Cow::Owned(shown)
}

/// The same of a line that begins with a path or another text: GitHub's runner takes a line that begins with `::` for a
/// command, whatever wrote it.
pub(crate) fn clean_line(text: &str, unicode: bool) -> Cow<'_, str> {
    let shown = clean(text, unicode, false);
    if shown.trim_start().starts_with("::") { Cow::Owned(format!("./{shown}")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_can_not_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[31m\u{9b}\u{202e}\n", true, false), "a␛[31m\\u{9b}\\u{202e}␊");
        assert_eq!(clean("a\u{1b}b\nc", false, true), "a\\u{1b}b\nc");
    }

    #[test]
    fn a_line_is_no_command() {
        assert_eq!(clean_line("::error::x.md", true), "./::error::x.md");
        assert_eq!(clean_line("\u{2003}::error::x.md", true), "./\u{2003}::error::x.md");
        assert_eq!(clean_line("x.md\n::error::", true), "x.md␊::error::");
    }

    #[test]
    fn ordinary_text_stays() {
        let text = "größe, 漢字, e\u{301}, می\u{200c}خواهم, 👩\u{200d}🚀, 🗃\u{fe0f}";
        assert!(matches!(clean(text, true, false), Cow::Borrowed(same) if same == text));
    }
}

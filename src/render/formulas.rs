//! Formulas as Anki's MathJax takes them: `\(…\)` in a line, `\[…\]` on their own.
//!
//! The same signs in prose are disarmed when a field is finished (`safe`), and the sanitiser would take `a<b` for a tag.
//! So a formula goes through all that as a token, and its HTML takes the token's place at the very end.

use std::borrow::Cow;

use super::safe;
use crate::markdown::formulas;

/// What a token begins and ends with. Unicode has these for the use within a program; none stands in a text.
pub(super) const TOKEN: (char, char) = ('\u{fdd0}', '\u{fdd1}');

/// The formulas of a text, in the order of their tokens.
#[derive(Debug, Default)]
pub(super) struct Formulas(Vec<String>);

impl Formulas {
    /// Takes a formula as typed, with the signs around it, and gives its token.
    pub(super) fn add(&mut self, typed: &str, is_display: bool) -> String {
        self.add_tex(formulas::tex(typed), is_display)
    }

    /// The same of bare TeX.
    pub(super) fn add_tex(&mut self, tex: &str, is_display: bool) -> String {
        let (open, close) = if is_display { ("\\[", "\\]") } else { ("\\(", "\\)") };
        self.0.push(format!("{open}{}{close}", html(tex)));
        format!("{}{}{}", TOKEN.0, self.0.len() - 1, TOKEN.1)
    }

    /// The HTML of the formula of a token, by what stands between its ends.
    pub(super) fn html(&self, number: &str) -> &str {
        number.parse().ok().and_then(|number: usize| self.0.get(number)).map_or("", String::as_str)
    }
}

/// Text without what could be taken for a token.
pub(super) fn without_tokens<'text>(text: &'text str) -> Cow<'text, str> {
    let is_of_token = [TOKEN.0, TOKEN.1];
    // One byte is what both begin with.
    let may_hold_one = text.as_bytes().contains(&0xef) && text.contains(is_of_token);
    if may_hold_one { Cow::Owned(text.replace(is_of_token, "")) } else { Cow::Borrowed(text) }
}

/// TeX as HTML that shows the same formula wherever Anki may put it. `}}` would end a cloze deletion, `::` would begin
/// its hint, and `\\)` would end the formula for Anki's editor. An entity is no help: the editor writes the sign itself
/// when it saves. TeX does not mind the space.
fn html(tex: &str) -> String {
    let tex = safe::normal(tex);
    let mut html = String::with_capacity(tex.len() + 16);
    let mut previous = ' ';
    for (at, character) in tex.char_indices() {
        let after = tex.get(at + character.len_utf8()..).unwrap_or_default();
        let parted = match (previous, character) {
            ('{', '{') | ('}', '}') => " ",
            (':', ':') => "{}",
            ('\\', ')' | ']') => " ",
            ('\n', '\n') => continue,
            _ => "",
        };
        html.push_str(parted);
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '[' if safe::is_special(after) => html.push_str("&#91;"),
            other => html.push(other),
        }
        previous = character;
    }
    html
}

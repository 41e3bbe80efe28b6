//! Lines of HTML that hide Markdown: a block of HTML goes on to the next blank line (CommonMark section 4.6), so a question
//! right below a `<br>` or a `</details>` is none to a parser. Nobody means that.

use std::borrow::Cow;

/// The text with spaces in place of `<br>` on a line of its own between a blank line and text. Every place in it is the
/// same place in the source.
pub(super) fn without_lone_breaks(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let may_be_break = |at: usize| bytes.get(at + 1).is_some_and(|byte| matches!(byte, b'b' | b'B' | b'/'));
    if !memchr::memchr_iter(b'<', bytes).any(may_be_break) {
        return Cow::Borrowed(text);
    }
    let mut lines = text.split_inclusive('\n').peekable();
    let mut out: Option<String> = None;
    let (mut at, mut after_blank) = (0, true);
    while let Some(line) = lines.next() {
        let hides = after_blank && is_break(line) && lines.peek().is_some_and(|next| begins_text(next));
        if hides {
            let out = out.get_or_insert_with(|| text.get(..at).unwrap_or_default().to_owned());
            // White space behind it may be of several bytes.
            let as_long = |c: char| std::iter::repeat_n(if matches!(c, '\n' | '\r') { c } else { ' ' }, c.len_utf8());
            out.extend(line.chars().flat_map(as_long));
        } else if let Some(out) = &mut out {
            out.push_str(line);
        }
        let trimmed = line.trim();
        after_blank = trimmed.is_empty() || trimmed.starts_with("```") || trimmed.starts_with("~~~");
        at += line.len();
    }
    out.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn is_break(line: &str) -> bool {
    let indent = line.len() - line.trim_start_matches(' ').len();
    indent <= 3 && matches!(line.trim().to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />" | "</br>")
}

fn begins_text(line: &str) -> bool {
    let trimmed = line.trim_start();
    !trimmed.is_empty() && !trimmed.starts_with('<')
}

/// Where in a block of HTML Markdown begins right below an end tag.
pub(super) fn hidden(html: &str) -> Option<usize> {
    const ENDS: [&str; 5] = ["</details>", "</p>", "</p></details>", "</div>", "</pre>"];
    let mut at = 0;
    let mut behind_end = false;
    for line in html.split_inclusive('\n') {
        if behind_end && begins_block(line) {
            return Some(at);
        }
        behind_end = ENDS.contains(&line.trim().to_ascii_lowercase().as_str());
        at += line.len();
    }
    None
}

/// A heading, a numbered item, a bold line or a fence at the margin.
fn begins_block(line: &str) -> bool {
    let hashes = line.trim_start_matches('#');
    let heading = hashes.len() < line.len() && line.len() - hashes.len() <= 6 && hashes.starts_with(' ');
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") "));
    heading || numbered || line.starts_with("**") || line.starts_with("```")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_break_before_text_is_blank() {
        for (text, seen) in [
            ("a\n\n<br>\n2. b\n", "a\n\n    \n2. b\n"),
            ("<br/>\r\nb", "     \r\nb"),
            ("<br>\u{2028}\nb", "       \nb"),
            ("a\n<br>\nb\n", "a\n<br>\nb\n"),
            ("a\n\n<br>\n\nb", "a\n\n<br>\n\nb"),
            ("\n<br>\n<b>x</b>", "\n<br>\n<b>x</b>"),
        ] {
            assert_eq!(without_lone_breaks(text), seen);
            assert_eq!(without_lone_breaks(text).len(), text.len());
        }
    }

    #[test]
    fn markdown_right_below_an_end_tag() {
        assert_eq!(hidden("</details>\n## Next\n"), Some(11));
        assert_eq!(hidden("<p>\nx\n</p>\n2. Next\n"), Some(11));
        assert_eq!(hidden("</details>\ntext\n"), None);
        assert_eq!(hidden("<div>\n## in it\n</div>\n"), None);
    }
}

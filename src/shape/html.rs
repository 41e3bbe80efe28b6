//! The words of raw HTML, for questions that stand in it.

use crate::source::{Source, Span};

/// Tags that say nothing when they stand around all of a text.
const AROUND: [&str; 14] = ["a", "b", "br", "center", "div", "em", "font", "h3", "h4", "i", "p", "span", "strong", "u"];

/// The text without white space, line breaks, marks of emphasis and tags around all of it.
pub(super) fn unwrapped(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let mut range = 0..text.len();
    loop {
        let inside = text.get(range.clone()).unwrap_or_default();
        let trimmed = inside.trim();
        let start = range.start + inside.len() - inside.trim_start().len();
        let end = start + trimmed.len();
        range = start..end;
        if let Some(tag) = first_tag(trimmed).filter(|tag| is_break(tag)) {
            range.start += tag.len();
        } else if let Some(tag) = last_tag(trimmed).filter(|tag| is_break(tag) || is_stray_end(trimmed, tag)) {
            range.end -= tag.len();
        } else if let Some((open, close)) = pair_around(trimmed) {
            range = start + open..end - close;
        } else {
            break;
        }
    }
    source.span(span.start as usize + range.start..span.start as usize + range.end)
}

fn first_tag(text: &str) -> Option<&str> {
    text.starts_with('<').then(|| text.get(..text.find('>')? + 1)).flatten()
}

fn last_tag(text: &str) -> Option<&str> {
    text.ends_with('>').then(|| text.get(text.rfind('<')?..)).flatten()
}

fn name(tag: &str) -> &str {
    let bare = tag.trim_start_matches(['<', '/']);
    bare.get(..bare.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(bare.len())).unwrap_or_default()
}

fn is_break(tag: &str) -> bool {
    name(tag).eq_ignore_ascii_case("br") || name(tag).eq_ignore_ascii_case("hr")
}

/// An end tag whose start is not in the text.
fn is_stray_end(text: &str, tag: &str) -> bool {
    let known = AROUND.iter().any(|around| around.eq_ignore_ascii_case(name(tag)));
    let opens = text.to_ascii_lowercase().contains(&format!("<{}", name(tag).to_ascii_lowercase()));
    tag.starts_with("</") && known && !opens
}

/// Lengths of a start tag and its end tag around all of the text, or of the marks of Markdown.
fn pair_around(text: &str) -> Option<(usize, usize)> {
    for mark in ["***", "**", "__"] {
        let inside = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if inside.is_some_and(|inside| !inside.is_empty() && !inside.contains(mark)) {
            return Some((mark.len(), mark.len()));
        }
    }
    let (open, close) = (first_tag(text)?, last_tag(text)?);
    let known = AROUND.iter().any(|around| around.eq_ignore_ascii_case(name(open)));
    let has_address = open.contains("href");
    let fits = close.starts_with("</") && name(open).eq_ignore_ascii_case(name(close)) && open.len() < text.len();
    let inside = text.get(open.len()..text.len().checked_sub(close.len())?)?;
    let once = !inside.to_ascii_lowercase().contains(&close.to_ascii_lowercase());
    (known && fits && once && !has_address).then_some((open.len(), close.len()))
}

/// Whether a piece of HTML begins with a heading.
pub(super) fn is_heading(html: &str) -> bool {
    let name = html.trim_start().strip_prefix('<').unwrap_or_default();
    name.starts_with(['h', 'H']) && name.get(1..2).is_some_and(|level| ("1"..="6").contains(&level))
}

/// The text that a reader sees; code stands between two `code_mark`s.
pub(super) fn plain(html: &str, code_mark: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| is_tag) {
            Some((tag, behind)) => {
                let name = name(tag).to_ascii_lowercase();
                if name == "code" {
                    text.push_str(code_mark);
                } else if matches!(name.as_str(), "br" | "p" | "div" | "li") {
                    text.push(' ');
                }
                rest = behind;
            }
            None => {
                text.push('<');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    let text = if code_mark.is_empty() { text.replace('`', "") } else { text };
    decoded(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// With the few entities that stand in questions replaced (the whole list is the renderer's).
fn decoded(text: &str) -> String {
    let mut out = text.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        if out.contains(entity) {
            out = out.replace(entity, character);
        }
    }
    out
}

//! The tags of `<details>` and `<summary>` in a document's raw HTML, and tags that only wrap.

use crate::markdown::{Document, NodeKind};
use crate::source::{Source, Span};

/// A tag of a part that folds away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DetailsTag {
    Open,
    /// What stands between `<summary>` and `</summary>`.
    Summary(Span),
    Close,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub(super) kind: DetailsTag,
    /// A summary from its opening tag to its closing one.
    pub(super) span: Span,
}

/// All of them, in order.
pub(super) fn details(document: &Document, source: &Source) -> Vec<Tag> {
    let mut tags = Vec::new();
    let html = |id: &crate::markdown::NodeId| matches!(document.kind(*id), NodeKind::HtmlBlock | NodeKind::InlineHtml);
    let mut end = 0;
    for id in document.all().filter(html) {
        let span = document.span(id);
        // A summary may have been read on beyond its piece of inline HTML.
        if span.start >= end {
            end = span.end.max(find(source, span, &mut tags));
        }
    }
    tags
}

/// Adds the tags of one piece of HTML; gives where the last one ends.
fn find(source: &Source, piece: Span, tags: &mut Vec<Tag>) -> u32 {
    let text = source.text();
    let (mut at, end) = (piece.start as usize, piece.end as usize);
    while let Some(open) = text.get(at..end).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let Some(rest) = text.get(open..) else { break };
        if let Some(comment) = rest.strip_prefix("<!--") {
            at = open + 4 + comment.find("-->").map_or(comment.len(), |found| found + 3);
            continue;
        }
        let close = rest.find('>').map_or(text.len(), |found| open + found + 1);
        let tag = text.get(open..close).unwrap_or_default();
        let span = |end: usize| source.span(open..end);
        if is_tag(tag, "<details") {
            tags.push(Tag { kind: DetailsTag::Open, span: span(close) });
        } else if is_tag(tag, "</details") {
            tags.push(Tag { kind: DetailsTag::Close, span: span(close) });
        } else if is_tag(tag, "<summary")
            && let Some((inner, after)) = summary_end(text, close)
        {
            tags.push(Tag { kind: DetailsTag::Summary(source.span(close..inner)), span: span(after) });
            at = after;
            continue;
        }
        at = close.max(open + 1);
    }
    u32::try_from(at).unwrap_or(u32::MAX).min(piece.end.max(tags.last().map_or(0, |tag| tag.span.end)))
}

/// Where `</summary>` begins and ends; none within a few lines is an author's slip.
fn summary_end(text: &str, from: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 4000;
    let bytes = text.as_bytes();
    let end = bytes.len().min(from + LONGEST);
    let at =
        (from..end).find(|&at| bytes.get(at..at + 9).is_some_and(|part| part.eq_ignore_ascii_case(b"</summary")))?;
    let close = bytes.get(at..)?.iter().position(|&byte| byte == b'>')?;
    Some((at, at + close + 1))
}

fn is_tag(tag: &str, name: &str) -> bool {
    let head = tag.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    head && tag
        .get(name.len()..)
        .is_some_and(|rest| rest.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()))
}

/// Elements that change nothing about the words in them.
const WRAPPERS: [&str; 11] = ["a", "b", "br", "center", "div", "em", "i", "p", "span", "strong", "section"];

/// Length of the wrapping tags a piece of HTML begins with, and of the white space between them. An anchor has to have
/// no address, or the link would lose its end.
pub(super) fn wrapping_lead(html: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = html.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        match wrapping_tag(trimmed) {
            Some(length) => at += rest.len() - trimmed.len() + length,
            None if at == 0 => return 0,
            None => return at,
        }
    }
}

/// Where the wrapping end tags begin that a piece of HTML ends with.
pub(super) fn wrapping_tail(html: &str) -> usize {
    let mut end = html.len();
    loop {
        let trimmed = html.get(..end).unwrap_or_default().trim_end();
        let tag =
            trimmed.rfind('<').filter(|&at| trimmed.ends_with('>') && is_end(trimmed.get(at..).unwrap_or_default()));
        match tag {
            Some(at) => end = at,
            None => return end,
        }
    }
}

fn is_end(tag: &str) -> bool {
    wrapping_tag(tag) == Some(tag.len()) && (tag.starts_with("</") || tag.get(1..3) == Some("br"))
}

fn wrapping_tag(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('<')?;
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric())?;
    let tag_end = text.find('>')? + 1;
    let has_address = text.get(..tag_end).is_some_and(|tag| tag.contains("href"));
    let known = WRAPPERS.iter().any(|wrapper| name.get(..end).is_some_and(|name| name.eq_ignore_ascii_case(wrapper)));
    (known && !has_address).then_some(tag_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_tags_at_either_end() {
        for (html, lead, tail) in [
            ("<br>\n<p>text</p>\n", 8, 12),
            ("text", 0, 4),
            ("</p>\n", 4, 0),
            ("<img src=x>", 0, 11),
            ("<a href=x>y</a>", 0, 11),
            ("<b><i>x</i> y</b><br/>", 6, 13),
        ] {
            assert_eq!((wrapping_lead(html), wrapping_tail(html)), (lead, tail), "{html}");
        }
    }
}

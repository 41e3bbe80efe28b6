//! Ids that authors write beside questions: `<!-- id: event-loop -->` behind a question or in the line below it, or
//! `{#event-loop}` at the end of a heading.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::{Builder, Owner};
use crate::deck::{LeftoverKind, Pin};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::Source;

/// Longest id, in bytes; a comment that says more is no id.
const LONGEST: usize = 200;

/// What Svelte writes as it writes the attribute of a heading.
const TEMPLATES: [&str; 5] = ["await", "each", "if", "key", "snippet"];

/// The id in a comment, if it is a comment that holds an id and nothing else.
pub(super) fn in_comment(html: &str) -> Option<&str> {
    let inside = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (name, id) = inside.split_once(':')?;
    let id = id.trim();
    // Whatever stands there is meant as an id, and one that is passed over would be missed only too late.
    let is_one = !id.is_empty() && id.len() <= LONGEST && !id.contains(char::is_control);
    (name.trim_end().eq_ignore_ascii_case("id") && is_one).then_some(id)
}

/// The attribute at the end of a heading's text: its bytes with the white space before it, and the id.
pub(super) fn at_end(text: &str) -> Option<(Range<usize>, &str)> {
    let trimmed = text.trim_end();
    let (before, inside) = trimmed.strip_suffix('}')?.rsplit_once("{#")?;
    let id = inside.split_whitespace().next().filter(|id| inside.starts_with(id))?;
    let bare = before.trim_end();
    let stands_apart = !bare.is_empty() && bare.len() < before.len();
    (stands_apart && is_anchor(id) && !TEMPLATES.contains(&id)).then_some((bare.len()..trimmed.len(), id))
}

fn is_anchor(text: &str) -> bool {
    let of_ids = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
    !text.is_empty() && text.len() <= LONGEST && text.starts_with(char::is_alphanumeric) && text.chars().all(of_ids)
}

/// The id in a node of raw HTML.
pub(super) fn of_node(document: &Document, source: &Source, id: NodeId) -> Option<Box<Pin>> {
    if !matches!(document.kind(id), NodeKind::HtmlBlock | NodeKind::InlineHtml) {
        return None;
    }
    let span = document.span(id);
    let pin = in_comment(source.slice(span))?;
    let id = pin.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    Some(Box::new(Pin { id, span, is_anchor: false }))
}

/// Sets the comments with ids apart from other text. A note takes the one below its question; see [`take`].
pub(super) fn claim(builder: &mut Builder<'_>) {
    for block in 0..builder.blocks.len() {
        let Some(&id) = builder.blocks.get(block) else { continue };
        if let Some(pin) = of_node(builder.document, builder.source, id) {
            builder.pins.insert(block, pin);
            // Until a note takes it.
            builder.claim(block, Owner::Leftover(LeftoverKind::Boilerplate));
        }
    }
}

/// The id of a question: one that was found behind it, or that in the line below a block.
pub(super) fn take(builder: &mut Builder<'_>, behind: Option<Box<Pin>>, block: usize) -> Option<Box<Pin>> {
    let Some(below) = builder.pins.remove(&(block + 1)) else { return behind };
    builder.claim(block + 1, Owner::Note);
    one_of(builder, behind, Some(below))
}

/// The first of two ids of one question; the other belongs to none.
pub(super) fn one_of(builder: &mut Builder<'_>, first: Option<Box<Pin>>, second: Option<Box<Pin>>) -> Option<Box<Pin>> {
    if let (Some(first), Some(second)) = (&first, &second)
        && first.id != second.id
    {
        builder.loose_ids.push(second.span);
    }
    first.or(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_with_an_id_and_nothing_else() {
        for (comment, id) in [
            ("<!-- id: event-loop -->", Some("event-loop")),
            ("<!--ID:1700000000000-->\n", Some("1700000000000")),
            ("<!-- id: über/2.1 -->", Some("über/2.1")),
            ("<!-- id: two words, e\u{301} -->", Some("two words, e\u{301}")),
            ("<!-- id: two\nlines -->", None),
            ("<!-- id: -->", None),
            ("<!-- idea: x -->", None),
            ("<!-- id: x --> text", None),
            ("<!-- todo -->", None),
        ] {
            assert_eq!(in_comment(comment), id, "{comment}");
        }
    }

    #[test]
    fn attributes_of_headings() {
        for (text, found) in [
            ("What is it? {#it}", Some((11..17, "it"))),
            ("What is it?  {#it .new key=value} ", Some((11..33, "it"))),
            ("What does {#each}", None),
            ("{#it}", None),
            ("What is it?{#it}", None),
            ("What is {# it}", None),
            ("a {#b} c", None),
        ] {
            assert_eq!(at_end(text), found, "{text}");
        }
    }
}

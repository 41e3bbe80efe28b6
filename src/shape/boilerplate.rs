//! What surrounds the questions of a published file: tables of contents, badges, links back to the top, comments.

use super::units::UnitKind;
use super::{Builder, Owner};
use crate::deck::LeftoverKind;
use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::Source;

pub(super) fn claim(builder: &mut Builder<'_>) {
    for block in 0..builder.blocks.len() {
        if is_boilerplate(builder, block) {
            builder.claim(block, Owner::Leftover(LeftoverKind::Boilerplate));
        }
    }
}

/// Text before the first section or question. Where some of it asks, it may be a question in a form that is not known.
pub(super) fn claim_introduction(builder: &mut Builder<'_>) {
    let is_taken = |at: &usize| matches!(builder.unit_owner(*at), Owner::Note | Owner::Section);
    let Some(first) = (0..builder.units.len()).find(is_taken) else { return };
    let is_free = |at: &usize| {
        builder.is_free(*at)
            && builder.unit(*at).is_some_and(|unit| !matches!(unit.kind, UnitKind::Heading | UnitKind::Rule))
    };
    let free: Vec<usize> = (0..first).filter(is_free).collect();
    let asks =
        |at: &usize| builder.unit(*at).is_some_and(|unit| builder.source.slice(unit.span).contains(['?', '？', '؟']));
    if !free.iter().any(asks) {
        for at in free {
            builder.claim_unit(at, Owner::Leftover(LeftoverKind::Introduction));
        }
    }
}

/// Text under titles such as "References" and "License" that no question took.
pub(super) fn claim_frame(builder: &mut Builder<'_>) {
    let frames: Vec<usize> =
        builder.outline.iter().filter(|(_, heading)| is_frame(heading.title.key())).map(|(index, _)| index).collect();
    for index in frames {
        let Some(heading) = builder.outline.get(index) else { continue };
        // What has a heading of its own below a table of contents is what the table lists.
        let end = if is_contents(heading.title.key()) { index + 1 } else { heading.end };
        let (first, end) = (heading.block + 1, builder.outline.block_of(end));
        for block in first..end {
            let free = builder.owner(block) == Owner::Nobody
                && !matches!(builder.kind(block), NodeKind::Heading(_) | NodeKind::Rule);
            if free {
                builder.claim(block, Owner::Leftover(LeftoverKind::Boilerplate));
            }
        }
    }
}

/// Titles of what surrounds the content of a published file.
pub(super) fn is_frame(key: &str) -> bool {
    const TITLES: [&str; 24] = [
        "acknowledgements",
        "acknowledgments",
        "author",
        "authors",
        "content",
        "contents",
        "contributing",
        "contributors",
        "credits",
        "further reading",
        "index",
        "licence",
        "license",
        "links",
        "references",
        "resources",
        "sponsors",
        "support",
        "table of contents",
        "toc",
        "目 录",
        "参 考",
        "参 考 资 料",
        "содержание",
    ];
    TITLES.contains(&key)
}

fn is_contents(key: &str) -> bool {
    ["content", "contents", "index", "table of contents", "toc", "目 录", "содержание"].contains(&key)
}

fn is_boilerplate(builder: &Builder<'_>, block: usize) -> bool {
    let Some(&id) = builder.blocks.get(block) else { return false };
    match builder.kind(block) {
        NodeKind::List { .. } => is_table_of_contents(builder, id),
        NodeKind::HtmlBlock => {
            let html = builder.source.slice(builder.document.span(id));
            is_empty_html(html) || is_html_to_top(html)
        }
        NodeKind::Paragraph => leads_to_top(builder, id) || is_badges(builder.document, builder.source, id),
        _ => false,
    }
}

/// Every item is a link into the same file.
fn is_table_of_contents(builder: &Builder<'_>, list: NodeId) -> bool {
    let document = builder.document;
    let leads_into_the_file =
        |id: NodeId| matches!(document.kind(id), NodeKind::Link(target) if document.decoded(target).starts_with('#'));
    if !document.descendants(list).any(leads_into_the_file) {
        return false;
    }
    let items: Vec<NodeId> = document.descendants(list).filter(|&id| document.kind(id) == NodeKind::Item).collect();
    let linking = items.iter().filter(|&&item| {
        let inline = document.leading_inline(item);
        let link = inline.iter().copied().find(|&id| leads_into_the_file(id));
        link.is_some_and(|link| {
            let whole = document.text_of(&inline, builder.source, "");
            let linked = document.plain_text(link, builder.source);
            linked.chars().count() * 2 > whole.chars().count()
        })
    });
    let linking = linking.count();
    linking >= 2 && linking * 10 >= items.len() * 7
}

/// Comments, line breaks and anchors show nothing; the tags of `<details>` hold other blocks together and stay.
fn is_empty_html(html: &str) -> bool {
    let mut rest = html.trim();
    let mut found = false;
    while !rest.is_empty() {
        let comment = rest.strip_prefix("<!--").map(|inside| inside.split_once("-->").map_or("", |(_, rest)| rest));
        let after = comment.or_else(|| {
            let tag = ["<br", "</br", "<a ", "<a>", "</a"].iter().any(|tag| rest.starts_with(tag));
            tag.then(|| rest.split_once('>').map_or("", |(_, rest)| rest))
        });
        let Some(after) = after else { return false };
        (rest, found) = (after.trim_start(), true);
    }
    found
}

/// A short line with a link into the file that points up or says where it leads.
fn leads_to_top(builder: &Builder<'_>, paragraph: NodeId) -> bool {
    let document = builder.document;
    let links = document.descendants(paragraph).any(|id| match document.kind(id) {
        NodeKind::Link(target) => document.decoded(target).starts_with('#'),
        NodeKind::InlineHtml => true,
        _ => false,
    });
    links && says_up(&document.plain_text(paragraph, builder.source))
}

/// The same as HTML, as in `<p align="right">(<a href="#top">back to top</a>)</p>`.
fn is_html_to_top(html: &str) -> bool {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    html.contains("href=\"#") && says_up(&text)
}

/// Whether a short text leads to the top of its file.
pub(crate) fn says_up(text: &str) -> bool {
    const LONGEST: usize = 40;
    const PHRASES: [&str; 8] = [
        "back to top",
        "back to the top",
        "to top",
        "back to toc",
        "table of contents",
        "наверх",
        "回到顶部",
        "返回顶部",
    ];
    let text = text.trim().to_lowercase();
    let points_up = text.starts_with(['⬆', '↑', '🔝', '▲', '⤴', '⇧']);
    text.chars().count() <= LONGEST && (points_up || PHRASES.iter().any(|phrase| text.contains(phrase)))
}

/// Nothing but linked images.
pub(crate) fn is_badges(document: &Document, source: &Source, paragraph: NodeId) -> bool {
    let mut linked_images = 0;
    for child in document.children(paragraph) {
        match document.kind(child) {
            NodeKind::Link(_) => {
                let image = document.descendants(child).any(|id| matches!(document.kind(id), NodeKind::Image(_)));
                if !image {
                    return false;
                }
                linked_images += 1;
            }
            NodeKind::Break => {}
            NodeKind::Text if source.slice(document.span(child)).trim().is_empty() => {}
            _ => return false,
        }
    }
    linked_images > 0
}

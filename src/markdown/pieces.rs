//! One long text, read by several threads: cut where a heading stands at the margin below a blank line. Whatever is open
//! above it ends there, but for code, raw HTML and formulas. A piece that ends in those, or a text with definitions that
//! hold everywhere, is not read in pieces.

use std::ops::Range;

use rayon::prelude::*;

use super::fence::FenceLines;
use super::tape::{self, Pass};
use super::{Document, Index, Node, NodeId, NodeKind, formulas, html_lines};
use crate::source::Source;

/// Bytes of the shortest piece that is worth a thread's while.
const SHORTEST: usize = 128 << 10;

/// Bytes of the longest piece, but for what it takes to the next heading: the parser holds many times as much of each.
const LONGEST: usize = 512 << 10;

/// The document of a source whose Markdown begins at `body`; none where it has to be read as a whole.
pub(super) fn parse(source: &Source, lines: &FenceLines<'_>, body: usize) -> Option<Document> {
    let length = source.text().len().saturating_sub(body);
    // Two for each thread: some are done sooner.
    let most = rayon::current_num_threads() * 2;
    if most < 4 || length < SHORTEST * 2 {
        return None;
    }
    of_length(source, lines, body, (length / most).clamp(SHORTEST, LONGEST))
}

/// The same in pieces of this length or a little more.
fn of_length(source: &Source, lines: &FenceLines<'_>, body: usize, length: usize) -> Option<Document> {
    let text = source.text().get(body..).filter(|text| may_be_cut(text))?;
    let ranges: Vec<Range<usize>> =
        cut(text, length).into_iter().map(|range| range.start + body..range.end + body).collect();
    let read = |ranges: &[Range<usize>]| -> Option<Vec<Document>> {
        ranges.par_iter().map(|range| piece(source, lines, range.clone())).collect()
    };
    let mut document = tape::empty(source);
    // Not all at once: a large text and its document are much as it is.
    let mut waves = ranges.chunks(rayon::current_num_threads() * 2);
    let mut next = waves.next().map(read);
    while let Some(pieces) = next {
        let pieces = pieces?;
        let of_pieces = |count: fn(&Document) -> usize| pieces.iter().map(count).sum::<usize>() + count(&document);
        let most = of_pieces(|piece| piece.decoded_ends.len()).max(of_pieces(|piece| piece.fences.len()));
        if most > Index::MOST {
            return None;
        }
        reserve(&mut document.nodes, pieces.iter().map(|piece| piece.nodes.len()).sum(), waves.len() + 1);
        let append_all = || pieces.into_iter().for_each(|piece| append(&mut document, piece));
        (next, ()) = rayon::join(|| waves.next().map(read), append_all);
    }
    Some(document)
}

/// Makes room for the nodes of a wave and, where there is none, for as many in each of those that are left: a long list
/// that grows is copied each time.
fn reserve(nodes: &mut Vec<Node>, of_wave: usize, waves: usize) {
    if nodes.capacity() - nodes.len() < of_wave {
        nodes.reserve_exact(of_wave.saturating_mul(waves));
    }
}

/// Link and footnote definitions hold for the whole text; formulas and lone line breaks are looked for in all of it.
fn may_be_cut(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"]:").is_none()
        && !formulas::may_be_in(text)
        && matches!(html_lines::without_lone_breaks(text), std::borrow::Cow::Borrowed(_))
}

/// Ranges of at least this length that begin with a heading, but for the first one.
fn cut(text: &str, length: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while let Some(at) = text.as_bytes().get(start + length..).and_then(heading).map(|at| start + length + at) {
        ranges.push(start..at);
        start = at;
    }
    ranges.push(start..text.len());
    ranges
}

/// The first heading at the margin with a blank line above it.
fn heading(bytes: &[u8]) -> Option<usize> {
    let is_heading = |at: &usize| {
        let line = bytes.get(*at..).unwrap_or_default();
        let level = line.iter().take_while(|&&byte| byte == b'#').count();
        (1..=6).contains(&level) && line.get(level) == Some(&b' ')
    };
    memchr::memmem::find_iter(bytes, b"\n\n#").map(|at| at + 2).find(is_heading)
}

/// One piece; none where what stands at its end may go on behind it, or a fence is broken.
fn piece(source: &Source, lines: &FenceLines<'_>, range: Range<usize>) -> Option<Document> {
    let mut document = tape::empty(source);
    let is_whole = Pass::new(source, lines, &mut document, range).run(true).is_none();
    let last = document.blocks().last().map(|last| document.kind(last));
    let ends = !matches!(last, Some(NodeKind::HtmlBlock | NodeKind::DefinitionList | NodeKind::FootnoteDefinition(_)));
    (is_whole && ends && document.breaks.is_empty()).then_some(document)
}

fn append(document: &mut Document, piece: Document) {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let (nodes, bytes) = (count(document.nodes.len()), count(document.decoded.len()));
    let (fences, decoded) = (document.fences.len(), document.decoded_ends.len());
    // There are no more than there can be.
    let add = |index: &mut Index, before: usize| *index = Index::new(index.get() + before).unwrap_or(*index);
    document.nodes.extend(piece.nodes.into_iter().map(|mut node| {
        node.after += nodes;
        match &mut node.kind {
            NodeKind::FencedCode(index) => add(index, fences),
            NodeKind::Decoded(index)
            | NodeKind::Code(index)
            | NodeKind::Link(index)
            | NodeKind::Image(index)
            | NodeKind::FootnoteDefinition(index)
            | NodeKind::FootnoteReference(index) => add(index, decoded),
            _ => {}
        }
        node
    }));
    document.decoded.push_str(&piece.decoded);
    document.decoded_ends.extend(piece.decoded_ends.into_iter().map(|end| end + bytes));
    document.fences.extend(piece.fences);
    document.references.extend(piece.references);
    let footnotes = piece.footnotes.into_iter().map(|(label, NodeId(at))| (label, NodeId(at + nodes)));
    document.footnotes.extend(footnotes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Sources;

    /// The document as a whole and in pieces of a few bytes.
    fn both(text: &str) -> (Document, Option<Document>) {
        let mut sources = Sources::default();
        let id = sources.add_text("long.md", text).unwrap();
        let source = sources.get(id);
        let lines = FenceLines::new(source);
        (Document::parse(source), of_length(source, &lines, 0, 8))
    }

    fn shown(document: &Document) -> String {
        let Document { nodes, decoded, decoded_ends, fences, breaks, references, footnotes, .. } = document;
        format!("{nodes:#?}{decoded}{decoded_ends:?}{fences:#?}{breaks:?}{references:?}{footnotes:?}")
    }

    const PARTS: [&str; 30] = [
        "\n\n# One\n\n",
        "\n\n## Two\n",
        "\n\n### Three?\n\n",
        "\n",
        "\n\n",
        "text",
        "- item\n",
        "  - inner\n",
        "1. one\n",
        "   below\n",
        "> quote\n",
        "```js\nlet x;\n```\n",
        "```\n",
        "~~~\n",
        "    code\n",
        "<div>\n",
        "</div>\n",
        "<!--\n",
        "-->\n",
        "<pre>\n",
        "</pre>\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "term\n: definition\n",
        "`code`",
        "&amp;",
        "[link](#x)",
        "![image](x.png)",
        "**",
        "---\n",
        "[label]",
    ];

    proptest! {
        #[test]
        fn pieces_are_the_whole(parts in prop::collection::vec(prop::sample::select(PARTS.as_slice()), 0..24)) {
            let (whole, pieces) = both(&parts.concat());
            if let Some(pieces) = pieces {
                prop_assert_eq!(shown(&whole), shown(&pieces));
            }
        }
    }

    #[test]
    fn a_text_is_cut_at_headings() {
        let ranges = cut("# a\n\ntext text\n\n## b\n\n#c\n\n### d\n", 8);
        assert_eq!(ranges, [0..16, 16..26, 26..32]);
        let (_, pieces) = both("# a\n\n- `x`\n\n# b\n\n```js\nx\n```\n\n# c &amp;\n");
        assert_eq!(pieces.map(|pieces| (pieces.blocks().count(), pieces.fences().len())), Some((5, 1)));
    }

    #[test]
    fn what_reaches_over_a_heading_is_read_as_a_whole() {
        for text in [
            "# a\n\n```js\nx\n\n# b\n\n```\n\n# c\n",
            "# a\n\n<!-- x\n\n# b\n\n-->\n\n# c\n",
            "# a\n\n[one][two]\n\n# b\n\n[two]: x\n",
            "# a\n\n\\[x\n\n# b\n\n\\]\n",
        ] {
            assert!(both(text).1.is_none(), "{text}");
        }
    }
}

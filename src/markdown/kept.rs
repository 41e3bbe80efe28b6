//! How the nodes of a document are kept for the next run. There are so many that each is a few bytes: a byte for its kind,
//! and what it says of places as numbers that are small.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};

use super::{Index, Node, NodeKind};

/// Bytes that most nodes take at most, and that each takes at least.
const USUAL: usize = 6;
const FEWEST: usize = 4;

pub(super) fn serialize<S: Serializer>(nodes: &[Node], serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(nodes.len() * USUAL);
    write(&mut bytes, u32::try_from(nodes.len()).map_err(S::Error::custom)?);
    let mut before = 0;
    for (at, node) in (0..).zip(nodes) {
        let (kind, index) = number_of(node.kind);
        bytes.push(kind);
        if let Some(index) = index {
            bytes.extend(index.0);
        }
        write(&mut bytes, node.start.wrapping_sub(before));
        write(&mut bytes, node.end.wrapping_sub(node.start));
        write(&mut bytes, node.after.wrapping_sub(at));
        before = node.start;
    }
    serializer.serialize_bytes(&bytes)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Node>, D::Error> {
    let mut bytes: &[u8] = Deserialize::deserialize(deserializer)?;
    let count = read(&mut bytes).ok_or_else(|| D::Error::custom("no count"))?;
    // A run keeps the documents of all files: there is room for no more than there are.
    let mut nodes = Vec::with_capacity((count as usize).min(bytes.len() / FEWEST));
    let mut before = 0;
    for at in 0..count {
        let node = read_node(&mut bytes, at, before).ok_or_else(|| D::Error::custom("no node"))?;
        before = node.start;
        nodes.push(node);
    }
    Ok(nodes)
}

fn read_node(bytes: &mut &[u8], at: u32, before: u32) -> Option<Node> {
    let (&number, rest) = bytes.split_first()?;
    *bytes = rest;
    let kind = kind_of(number, bytes)?;
    let start = before.wrapping_add(read(bytes)?);
    let end = start.wrapping_add(read(bytes)?);
    Some(Node { kind, start, end, after: at.wrapping_add(read(bytes)?) })
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn read_index(bytes: &mut &[u8]) -> Option<Index> {
    let (index, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(Index(*index))
}

/// The number of a kind, and the index that goes with it.
fn number_of(kind: NodeKind) -> (u8, Option<Index>) {
    match kind {
        NodeKind::Heading(level) => (level, None),
        NodeKind::Paragraph => (10, None),
        NodeKind::List { ordered: false } => (11, None),
        NodeKind::List { ordered: true } => (12, None),
        NodeKind::Item => (13, None),
        NodeKind::FencedCode(index) => (14, Some(index)),
        NodeKind::IndentedCode => (15, None),
        NodeKind::BlockQuote => (16, None),
        NodeKind::HtmlBlock => (17, None),
        NodeKind::Table => (18, None),
        NodeKind::TableRow => (19, None),
        NodeKind::TableCell => (20, None),
        NodeKind::Rule => (21, None),
        NodeKind::FootnoteDefinition(index) => (22, Some(index)),
        NodeKind::DefinitionList => (23, None),
        NodeKind::DefinitionTerm => (24, None),
        NodeKind::Definition => (25, None),
        NodeKind::Text => (26, None),
        NodeKind::Decoded(index) => (27, Some(index)),
        NodeKind::Code(index) => (28, Some(index)),
        NodeKind::Break => (29, None),
        NodeKind::Emphasis => (30, None),
        NodeKind::Strong => (31, None),
        NodeKind::Strikethrough => (32, None),
        NodeKind::Link(index) => (33, Some(index)),
        NodeKind::Image(index) => (34, Some(index)),
        NodeKind::InlineHtml => (35, None),
        NodeKind::TaskBox => (36, None),
        NodeKind::Formula { display: false } => (37, None),
        NodeKind::Formula { display: true } => (38, None),
        NodeKind::FootnoteReference(index) => (39, Some(index)),
    }
}

/// The kind of a number; its index, where it has one, is read.
fn kind_of(number: u8, bytes: &mut &[u8]) -> Option<NodeKind> {
    Some(match number {
        1..=6 => NodeKind::Heading(number),
        10 => NodeKind::Paragraph,
        11 => NodeKind::List { ordered: false },
        12 => NodeKind::List { ordered: true },
        13 => NodeKind::Item,
        14 => NodeKind::FencedCode(read_index(bytes)?),
        15 => NodeKind::IndentedCode,
        16 => NodeKind::BlockQuote,
        17 => NodeKind::HtmlBlock,
        18 => NodeKind::Table,
        19 => NodeKind::TableRow,
        20 => NodeKind::TableCell,
        21 => NodeKind::Rule,
        22 => NodeKind::FootnoteDefinition(read_index(bytes)?),
        23 => NodeKind::DefinitionList,
        24 => NodeKind::DefinitionTerm,
        25 => NodeKind::Definition,
        26 => NodeKind::Text,
        27 => NodeKind::Decoded(read_index(bytes)?),
        28 => NodeKind::Code(read_index(bytes)?),
        29 => NodeKind::Break,
        30 => NodeKind::Emphasis,
        31 => NodeKind::Strong,
        32 => NodeKind::Strikethrough,
        33 => NodeKind::Link(read_index(bytes)?),
        34 => NodeKind::Image(read_index(bytes)?),
        35 => NodeKind::InlineHtml,
        36 => NodeKind::TaskBox,
        37 => NodeKind::Formula { display: false },
        38 => NodeKind::Formula { display: true },
        39 => NodeKind::FootnoteReference(read_index(bytes)?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Tape(#[serde(with = "super")] Vec<Node>);

    fn nodes() -> Vec<Node> {
        let headings = (1..=6).map(NodeKind::Heading);
        let kinds =
            headings.chain((7..=u8::MAX).filter_map(|number| kind_of(number, &mut [0xff, 0x01, 0xaa].as_slice())));
        let places = [(0, 0, 0), (7, 9, 1), (3, 300, 70_000), (u32::MAX, 0, u32::MAX), (0, u32::MAX, 0)];
        let node = |(kind, (start, end, after))| Node { kind, start, end, after };
        kinds.zip(places.into_iter().cycle()).map(node).collect()
    }

    #[test]
    fn nodes_are_read_back_as_they_were() {
        let nodes = nodes();
        let read: Tape = postcard::from_bytes(&postcard::to_stdvec(&Tape(nodes.clone())).unwrap()).unwrap();
        assert_eq!(format!("{:?}", read.0), format!("{nodes:?}"));
        assert_eq!(nodes.len(), 36);
    }

    #[test]
    fn a_part_of_what_was_written_is_an_error() {
        let mut whole: &[u8] = &postcard::to_stdvec(&Tape(nodes())).unwrap();
        // Without the length that stands before them.
        whole = &whole[2..];
        for length in 0..whole.len() {
            let part = postcard::to_stdvec(&serde_bytes(&whole[..length])).unwrap();
            assert!(postcard::from_bytes::<Tape>(&part).is_err(), "{length} bytes");
        }
    }

    /// As the serializer is given them.
    fn serde_bytes(bytes: &[u8]) -> impl Serialize {
        bytes.to_vec()
    }
}

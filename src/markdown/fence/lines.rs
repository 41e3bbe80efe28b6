//! What lines look like from within a fence, and which lines of a file begin with fence characters.

use std::sync::OnceLock;

use super::fence_run;
use crate::source::Source;

/// A line that opens or closes a code block, or is meant to.
#[derive(Debug, Clone, Copy)]
pub(super) struct FenceLine {
    pub line: u32,
    pub marker: u8,
    /// Nothing stands behind the fence characters.
    pub bare: bool,
}

/// All of them, found at the first use: most files have no fence that raises a doubt.
pub(crate) struct FenceLines<'a> {
    source: &'a Source,
    found: OnceLock<Vec<FenceLine>>,
}

impl<'a> FenceLines<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, found: OnceLock::new() }
    }

    /// Those at this line and below.
    pub(super) fn from(&self, line: u32) -> &[FenceLine] {
        let found = self.found.get_or_init(|| {
            let lines = 1..=self.source.line_count();
            lines.filter_map(|line| fence_line(line, self.source.line_text(line))).collect()
        });
        found.get(found.partition_point(|fence| fence.line < line)..).unwrap_or_default()
    }

    /// Whether the bare fences from this line to the next one with an info string open and close blocks in pairs.
    ///
    /// A line with an info string opens a block whatever went wrong before it, so fences above it come in pairs; an
    /// odd one closes the block that is open at this line.
    pub(super) fn pair_up(&self, line: u32, marker: u8) -> bool {
        let of_marker = self.from(line).iter().filter(|fence| fence.marker == marker);
        of_marker.take_while(|fence| fence.bare).count().is_multiple_of(2)
    }

    /// The line that closes a block which holds other blocks with fences of the same length, whose first one opens at
    /// this line.
    pub(super) fn end_of_outer(&self, line: u32, marker: u8) -> Option<u32> {
        const MOST: usize = 64;
        let mut depth = 1_usize;
        for fence in self.from(line).iter().filter(|fence| fence.marker == marker).take(MOST) {
            depth = if fence.bare { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return Some(fence.line);
            }
            if depth > 2 {
                return None;
            }
        }
        None
    }
}

fn fence_line(line: u32, text: &str) -> Option<FenceLine> {
    let bare = text.trim_start_matches([' ', '\t', '>']).trim_end();
    let (marker, length) = fence_run(bare)?;
    let behind = bare.get(length..)?;
    let code_span = marker == b'`' && behind.contains('`');
    (!code_span).then_some(FenceLine { line, marker, bare: behind.is_empty() })
}

/// The lines of a file without the block quotes that a fence stands in.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    source: &'a Source,
    quotes: usize,
    /// How far the fence is indented within the innermost quote.
    pub column: usize,
}

impl<'a> Inside<'a> {
    /// As seen from the fence that opens at this byte.
    pub(super) fn new(source: &'a Source, opener: u32) -> Self {
        let line = source.line_range(source.line(opener));
        let prefix = source.text().get(line.start..opener as usize).unwrap_or_default();
        let innermost = prefix.rsplit('>').next().unwrap_or_default();
        let quotes = prefix.matches('>').count();
        let innermost = if quotes > 0 { innermost.strip_prefix(' ').unwrap_or(innermost) } else { innermost };
        Self { source, quotes, column: width(innermost) }
    }

    /// The line without its quotes, with its indentation.
    fn indented(&self, line: u32) -> &'a str {
        (0..self.quotes).fold(self.source.line_text(line), |text, _| {
            let behind = text.trim_start_matches([' ', '\t']).strip_prefix('>');
            behind.map_or(text, |behind| behind.strip_prefix(' ').unwrap_or(behind))
        })
    }

    /// The line without quotes and the white space around it.
    pub(super) fn text(&self, line: u32) -> &'a str {
        self.indented(line).trim()
    }

    pub(super) fn is_blank(&self, line: u32) -> bool {
        self.text(line).is_empty()
    }

    /// The columns of white space before the text of a line.
    pub(super) fn indent(&self, line: u32) -> usize {
        let text = self.indented(line);
        width(text.get(..text.len() - text.trim_start().len()).unwrap_or_default())
    }

    /// Where on the line its text begins, in bytes.
    pub(super) fn start(&self, line: u32) -> usize {
        self.source.line_text(line).len() - self.indented(line).trim_start().len()
    }
}

fn width(text: &str) -> usize {
    text.chars().fold(0, |column, character| if character == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}

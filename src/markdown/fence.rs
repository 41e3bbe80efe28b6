//! Code fences as they were typed, and how they break.
//!
//! CommonMark has an answer for every fence, so a broken one never fails to parse: it hides prose as code up to the
//! next fence, and may invert everything behind it (CommonMark section 4.5). What the author meant shows in the lines
//! the fence swallowed.

mod prose;

use std::ops::Range;

use crate::source::{Source, Span};

/// A fenced code block as typed.
#[derive(Debug, Clone)]
pub struct Fence {
    /// From the opener to the end of the block.
    pub span: Span,
    /// The opening line, from its first fence character to the end of the line.
    pub opener: Span,
    /// What stands behind the opening fence characters, without white space around it.
    pub info: Span,
    /// The closing line's fence characters, unless the block was ended by its container or the end of the file.
    pub closer: Option<Span>,
    /// Backtick or tilde.
    pub marker: u8,
    /// How many of them open the fence.
    pub length: usize,
    /// 1-based line of the opener.
    pub opener_line: u32,
    /// 1-based last line of the code; below the opener's where there is none.
    pub last_code_line: u32,
    /// Whether the fence stands in a list item.
    pub in_item: bool,
    /// Whether it is not what its author meant; [`super::Document::fence_breaks`] says how.
    pub broken: bool,
}

/// How a fence is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakKind {
    /// It has no closer: the end of the file, of the list item, or another fence's lines end it.
    Unclosed,
    /// The line meant to close it carries an info string.
    CloserWithInfo,
    /// The characters meant to close it stand at the end of a line of code.
    GluedCloser,
    /// It stands in a list item, and its closer is indented less than the item.
    OutdentedCloser,
    /// It stands in a list item, and its code is indented less than the item.
    OutdentedBody,
    /// The line meant to close it has fewer fence characters than the opener.
    ShortCloser,
    /// Opened with backticks and closed with tildes, or the other way round.
    MismatchedCloser,
}

/// A fence that is not what its author meant.
#[derive(Debug, Clone)]
pub struct FenceBreak {
    /// How it is broken.
    pub kind: BreakKind,
    /// The opening line.
    pub opener: Span,
    /// The fence characters of the opener.
    pub marker: String,
    /// The line that was meant to close it or where a closer belongs; the outdented lines of code.
    pub place: Span,
    /// The first line of prose that the fence hides.
    pub prose: Option<Span>,
    /// The byte behind the fence as it was meant, where parsing goes on; none if nothing is hidden.
    pub resume: Option<usize>,
}

impl Fence {
    /// Reads a fenced block that the Markdown parser found.
    pub(super) fn read(source: &Source, range: Range<usize>, in_item: bool) -> Self {
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let opener_line = source.line(start);
        let line_end = source.line_range(opener_line).end;
        let opener = source.span(range.start..line_end);
        let opener_text = source.slice(opener).trim_end();
        let (marker, length) = fence_run(opener_text).unwrap_or((b'`', 3));
        let behind = opener_text.get(length..).unwrap_or_default();
        let info_start = range.start + opener_text.len() - behind.trim_start().len();
        let info = source.span(info_start..info_start + behind.trim().len());
        let block = source.span(range);
        let last_line = source.lines(block).1;
        let closer = closer(source, last_line, opener_line, marker, length);
        let last_code_line = if closer.is_some() { last_line - 1 } else { last_line };
        Self { span: block, opener, info, closer, marker, length, opener_line, last_code_line, in_item, broken: false }
    }

    /// The word of the info string that names the language, as typed; empty where there is none.
    #[must_use]
    pub fn language<'a>(&self, source: &'a Source) -> &'a str {
        source.slice(self.info).split_whitespace().next().unwrap_or_default()
    }

    /// The 1-based lines of the code.
    #[must_use]
    pub fn code_lines(&self) -> std::ops::RangeInclusive<u32> {
        self.opener_line + 1..=self.last_code_line
    }

    fn marker_text(&self) -> String {
        char::from(self.marker).to_string().repeat(self.length)
    }
}

fn closer(source: &Source, line: u32, opener_line: u32, marker: u8, length: usize) -> Option<Span> {
    if line == opener_line {
        return None;
    }
    let range = source.line_range(line);
    let text = source.line_text(line);
    let bare = text.trim_start_matches([' ', '\t', '>']);
    let (found, run) = fence_run(bare)?;
    let closes = found == marker && run >= length && bare.get(run..)?.trim().is_empty();
    let start = range.start + text.len() - bare.len();
    closes.then(|| source.span(start..start + run))
}

/// The fence character a line begins with and how many there are; at least three.
fn fence_run(text: &str) -> Option<(u8, usize)> {
    let bytes = text.as_bytes();
    let marker = *bytes.first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = bytes.iter().take_while(|&&byte| byte == marker).count();
    (length >= 3).then_some((marker, length))
}

/// A line inside a fence that looks like a fence itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspect {
    /// Could close the fence but for its info string, or opens another.
    WithInfo,
    /// Fence characters behind code.
    Glued,
    /// Too few of them.
    Short,
    /// The other kind.
    Mismatched,
}

/// Looks for evidence that a fence is not what its author meant.
pub(super) fn find_break(source: &Source, fence: &Fence) -> Option<FenceBreak> {
    let scan = Scan { source, fence };
    scan.by_suspect_line().or_else(|| scan.by_inversion()).or_else(|| scan.by_missing_closer())
}

struct Scan<'a> {
    source: &'a Source,
    fence: &'a Fence,
}

impl Scan<'_> {
    /// A line inside the fence looks like a fence, and what stands around it says that it was meant as one.
    fn by_suspect_line(&self) -> Option<FenceBreak> {
        let mut nested = false;
        for line in self.fence.code_lines() {
            let text = self.source.line_text(line);
            if !text.contains("```") && !text.contains("~~~") {
                continue;
            }
            let bare = text.trim_start_matches([' ', '\t', '>']).trim_end();
            if let Some((marker, run)) = fence_run(bare) {
                let opens_another = bare.len() > run && (marker != self.fence.marker || run < self.fence.length);
                let pairs_with_nested = bare.len() == run && nested;
                if opens_another || pairs_with_nested {
                    nested = opens_another;
                    continue;
                }
            }
            let found = self.suspect(bare).and_then(|suspect| self.judge(suspect, line));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn suspect(&self, bare: &str) -> Option<Suspect> {
        let Some((marker, run)) = fence_run(bare) else {
            let run = bare.bytes().rev().take_while(|&byte| byte == self.fence.marker).count();
            let before = bare.get(..bare.len() - run)?;
            let opened_on_line = before.contains("```");
            return (run >= self.fence.length && !opened_on_line).then_some(Suspect::Glued);
        };
        let behind = bare.get(run..)?;
        if marker != self.fence.marker {
            return behind.is_empty().then_some(Suspect::Mismatched);
        }
        if behind.is_empty() {
            return (run < self.fence.length).then_some(Suspect::Short);
        }
        // A line that closes itself is a code span; prose behind the fence may hold spans of its own.
        let fence: String = std::iter::repeat_n(char::from(marker), run).collect();
        let prose = behind.split_whitespace().count() >= 3 && !behind.contains(&fence);
        let code_span = marker == b'`' && behind.contains('`') && !prose;
        (run >= self.fence.length && !code_span).then_some(Suspect::WithInfo)
    }

    fn judge(&self, suspect: Suspect, line: u32) -> Option<FenceBreak> {
        let language = self.fence.language(self.source);
        let prose_before = prose::first_line(self.source, language, self.fence.opener_line + 1..line, prose::ENOUGH);
        let end = self.fence.last_code_line + 1;
        let prose_behind = prose::begins_with(self.source, language, line + 1..end);
        let open = self.fence.closer.is_none();
        let kind = match suspect {
            Suspect::WithInfo => {
                if let Some(prose) = prose_before {
                    return Some(self.unclosed_before(prose));
                }
                let opens_nothing = open && (line + 1..end).all(|line| self.source.line_text(line).trim().is_empty());
                if prose_behind || opens_nothing {
                    BreakKind::CloserWithInfo
                } else if prose::is_markup_language(language) {
                    return None;
                } else {
                    let lines = self.fence.opener_line + 1..line;
                    let little = prose::first_line(self.source, language, lines, prose::LITTLE);
                    return Some(self.unclosed_before(little.unwrap_or(line)));
                }
            }
            Suspect::Glued => {
                let another = (line + 1..end).any(|line| self.opens_a_fence(line));
                (open || prose_behind || another).then_some(BreakKind::GluedCloser)?
            }
            Suspect::Short => (open || prose_behind).then_some(BreakKind::ShortCloser)?,
            Suspect::Mismatched => (open || prose_behind).then_some(BreakKind::MismatchedCloser)?,
        };
        Some(self.broken(kind, self.line_content(line), line + 1))
    }

    fn opens_a_fence(&self, line: u32) -> bool {
        let bare = self.source.line_text(line).trim();
        fence_run(bare).is_some_and(|(marker, run)| marker == self.fence.marker && bare.len() > run)
    }

    /// The closer was forgotten, so the next fence without a language closed this one: prose became code, and behind
    /// the closer code became prose.
    fn by_inversion(&self) -> Option<FenceBreak> {
        let closer_line = self.source.line(self.fence.closer?.start);
        let language = self.fence.language(self.source);
        let behind = self.source.line_text(closer_line + 1);
        if language.is_empty() || prose::is_markup_language(language) || behind.trim().is_empty() {
            return None;
        }
        let prose = prose::first_line(self.source, language, self.fence.opener_line + 1..closer_line, prose::ENOUGH)?;
        Some(self.unclosed_before(prose))
    }

    fn by_missing_closer(&self) -> Option<FenceBreak> {
        if self.fence.closer.is_some() {
            return None;
        }
        self.outdented_closer().or_else(|| self.outdented_body()).or_else(|| {
            let language = self.fence.language(self.source);
            let end = self.fence.last_code_line + 1;
            let hidden = prose::first_line(self.source, language, self.fence.opener_line + 1..end, prose::ENOUGH);
            Some(match hidden {
                Some(prose) => self.unclosed_before(prose),
                None => {
                    let mut found = self.unclosed_before(end);
                    found.resume = None;
                    found
                }
            })
        })
    }

    /// The line behind a list item's open fence is a bare fence: it was meant to close it, and opens a new one.
    fn outdented_closer(&self) -> Option<FenceBreak> {
        let line = self.fence.last_code_line + 1;
        let found = self.fence.in_item && self.is_bare_fence(line);
        found.then(|| self.broken(BreakKind::OutdentedCloser, self.line_content(line), line + 1))
    }

    /// The code of a list item's fence begins left of the item, which ends both; the closer stands further down.
    fn outdented_body(&self) -> Option<FenceBreak> {
        const LONGEST: u32 = 200;
        if !self.fence.in_item {
            return None;
        }
        let first = (self.fence.last_code_line + 1..=self.source.line_count())
            .find(|&line| !self.source.line_text(line).trim().is_empty())?;
        let indent = self.indent(self.fence.opener_line);
        if self.indent(first) >= indent {
            return None;
        }
        let last = self.source.line_count().min(first + LONGEST);
        let closer = (first..=last).find(|&line| self.is_bare_fence(line) && self.indent(line) == indent)?;
        let language = self.fence.language(self.source);
        if prose::first_line(self.source, language, first..closer, prose::ENOUGH).is_some() {
            return None;
        }
        let code = self.line_content(first).to(self.line_content(closer - 1));
        Some(self.broken(BreakKind::OutdentedBody, code, closer + 1))
    }

    fn is_bare_fence(&self, line: u32) -> bool {
        let bare = self.source.line_text(line).trim();
        fence_run(bare)
            .is_some_and(|(marker, run)| marker == self.fence.marker && run >= self.fence.length && bare.len() == run)
    }

    fn indent(&self, line: u32) -> usize {
        let text = self.source.line_text(line);
        text.len() - text.trim_start().len()
    }

    fn line_content(&self, line: u32) -> Span {
        let range = self.source.line_range(line);
        let text = self.source.line_text(line);
        let start = range.start + text.len() - text.trim_start().len();
        self.source.span(start.min(range.end)..range.end)
    }

    /// No closer before the line where something else begins; it belongs behind the last line of code.
    fn unclosed_before(&self, line: u32) -> FenceBreak {
        let last_code = (self.fence.opener_line..line)
            .rev()
            .find(|&line| !self.source.line_text(line).trim().is_empty())
            .unwrap_or(self.fence.opener_line);
        let place = self.line_content((last_code + 1).min(line));
        self.broken(BreakKind::Unclosed, place, line)
    }

    fn broken(&self, kind: BreakKind, place: Span, resume_line: u32) -> FenceBreak {
        let prose = (resume_line..=self.source.line_count())
            .find(|&line| !self.source.line_text(line).trim().is_empty())
            .map(|line| self.line_content(line));
        let resume = self.source.line_range(resume_line).start;
        let marker = self.fence.marker_text();
        FenceBreak { kind, opener: self.fence.opener, marker, place, prose, resume: Some(resume) }
    }
}

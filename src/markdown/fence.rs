//! Code fences as they were typed, and how they break.
//!
//! CommonMark has an answer for every fence, so a broken one never fails to parse: it hides prose as code up to the
//! next fence, and may invert everything behind it (CommonMark section 4.5). What the author meant shows in the lines
//! the fence swallowed.

mod lines;
mod prose;

use std::ops::Range;

use lines::{FenceLine, Inside};
use serde::{Deserialize, Serialize};

use crate::languages::{is_markdown, is_markup};
use crate::source::{Source, Span};

pub(super) use lines::FenceLines;

/// A closing fence may be indented by so many columns more than its container (CommonMark section 4.5).
const MOST_INDENT: usize = 3;
/// How many lines of a fence are judged: a block full of them is an example of fences.
const MOST_SUSPECTS: usize = 64;

/// A fenced code block as typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Markdown that holds a fence of the same length, which ends it too early.
    HoldsAnother,
}

/// A fence that is not what its author meant.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
        let closer = closer(source, Inside::new(source, start), last_line, opener_line, (marker, length));
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

fn closer(source: &Source, inside: Inside<'_>, line: u32, opener_line: u32, opened: (u8, usize)) -> Option<Span> {
    if line == opener_line || inside.indent(line) > inside.column + MOST_INDENT {
        return None;
    }
    let (marker, run) = fence_run(inside.text(line))?;
    let closes = marker == opened.0 && run >= opened.1 && inside.text(line).len() == run;
    let start = source.line_range(line).start + inside.start(line);
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
pub(super) fn find_break(source: &Source, lines: &FenceLines<'_>, fence: &Fence) -> Option<FenceBreak> {
    let inside = Inside::new(source, fence.opener.start);
    let scan = Scan { source, lines, fence, inside, language: fence.language(source) };
    scan.by_suspect_line().or_else(|| scan.by_inversion()).or_else(|| scan.by_missing_closer())
}

/// A fence that stands in an item which began before `base`, where the parser was started again and so knows of no
/// item: its closer ends the block there, but does not for those who read the whole file.
pub(super) fn find_outdented_closer(
    source: &Source,
    lines: &FenceLines<'_>,
    fence: &Fence,
    base: usize,
) -> Option<FenceBreak> {
    const FARTHEST: u32 = 100;
    let inside = Inside::new(source, fence.opener.start);
    let closer = source.line(fence.closer?.start);
    if inside.indent(closer) >= inside.column {
        return None;
    }
    let above = (fence.opener_line.saturating_sub(FARTHEST).max(1)..fence.opener_line).rev();
    let mut above = above.filter(|&line| !inside.is_blank(line));
    let item = above.find(|&line| inside.indent(line) < inside.column)?;
    let content = inside.indent(item) + prose::item_marker(inside.text(item))?;
    let in_item = source.line_range(item).start < base && inside.column >= content;
    let scan = Scan { source, lines, fence, inside, language: fence.language(source) };
    (in_item && inside.indent(closer) < content).then(|| {
        let found = scan.broken(BreakKind::OutdentedCloser, scan.line_content(closer), closer + 1);
        FenceBreak { resume: None, ..found }
    })
}

struct Scan<'a> {
    source: &'a Source,
    lines: &'a FenceLines<'a>,
    fence: &'a Fence,
    inside: Inside<'a>,
    language: &'a str,
}

impl Scan<'_> {
    /// A line inside the fence looks like a fence, and what stands around it says that it was meant as one.
    fn by_suspect_line(&self) -> Option<FenceBreak> {
        if !self.holds_a_run() {
            return None;
        }
        let mut nested = false;
        let mut judged = 0;
        for line in self.fence.code_lines() {
            let bare = self.inside.text(line);
            if !bare.contains("```") && !bare.contains("~~~") {
                continue;
            }
            if let Some((marker, run)) = fence_run(bare) {
                // Fences in comments and strings, and carets below code, are indented with it.
                if !self.is_open() && self.inside.indent(line) > self.inside.column + MOST_INDENT {
                    continue;
                }
                let opens_another = bare.len() > run && (marker != self.fence.marker || run < self.fence.length);
                let pairs_with_nested = bare.len() == run && nested;
                if opens_another || pairs_with_nested {
                    nested = opens_another;
                    continue;
                }
            }
            let Some(suspect) = self.suspect(bare) else { continue };
            let found = self.judge(suspect, line);
            judged += 1;
            if found.is_some() || judged == MOST_SUSPECTS {
                return found;
            }
        }
        None
    }

    /// Whether a run of fence characters stands in the code; mostly none does.
    fn holds_a_run(&self) -> bool {
        let end = self.source.line_range(self.fence.last_code_line).end;
        let code = self.source.text().as_bytes().get(self.fence.opener.end as usize..end).unwrap_or_default();
        memchr::memmem::find(code, b"```").is_some() || memchr::memmem::find(code, b"~~~").is_some()
    }

    fn is_open(&self) -> bool {
        self.fence.closer.is_none()
    }

    fn suspect(&self, bare: &str) -> Option<Suspect> {
        let Some((marker, run)) = fence_run(bare) else {
            let run = bare.bytes().rev().take_while(|&byte| byte == self.fence.marker).count();
            let before = bare.get(..bare.len() - run)?.trim_end();
            let opened_on_line = before.contains("```");
            // The fences of an example in a comment or behind a prompt.
            let comment = ["//", "///", "//!", "*", "#", "--", "%", ";", "'", "\"", "|"].contains(&before)
                || before.chars().all(|character| matches!(character, '>' | ' '));
            return (run >= self.fence.length && !opened_on_line && !comment).then_some(Suspect::Glued);
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
        let end = self.fence.last_code_line + 1;
        let prose_behind = || prose::begins_with(self.inside, self.language, line + 1..end);
        // Were the line a closer, then the fences behind it would come in pairs.
        let may_close = || self.is_open() || self.lines.pair_up(line + 1, self.fence.marker);
        let kind = match suspect {
            Suspect::WithInfo => return self.judge_info(line),
            Suspect::Glued => {
                let another = || self.fences_between(line + 1, end).any(|fence| !fence.bare);
                (self.is_open() || (may_close() && (prose_behind() || another()))).then_some(BreakKind::GluedCloser)?
            }
            Suspect::Short => {
                let lone =
                    || self.fences_between(self.fence.opener_line + 1, end).filter(|fence| fence.bare).count() == 1;
                let meant = self.is_open() || (!is_markup(self.language) && lone() && prose_behind());
                meant.then_some(BreakKind::ShortCloser)?
            }
            Suspect::Mismatched => {
                let meant = self.is_open() || (self.ends_code(line) && prose_behind() && may_close());
                meant.then_some(BreakKind::MismatchedCloser)?
            }
        };
        Some(self.broken(kind, self.line_content(line), line + 1))
    }

    /// A line with an info string is the closer, or opens the next block because the closer was forgotten.
    fn judge_info(&self, line: u32) -> Option<FenceBreak> {
        let end = self.fence.last_code_line + 1;
        let pairs = self.lines.pair_up(line + 1, self.fence.marker);
        let repeats = self.inside.text(line).get(self.fence.length..) == Some(self.source.slice(self.fence.info));
        let before = self.fence.opener_line + 1..line;
        let prose = || prose::first_line(self.inside, self.language, before.clone(), prose::ENOUGH);
        if is_markdown(self.language) && !(repeats && pairs) {
            let questions = || prose().filter(|_| !pairs).map(|prose| self.unclosed_before(prose));
            return self.holds_another(line).or_else(questions);
        }
        if let Some(prose) = prose() {
            return Some(self.unclosed_before(prose));
        }
        let opens_nothing = || self.is_open() && (line + 1..end).all(|line| self.inside.is_blank(line));
        let text_follows = || {
            let first = (line + 1..end).find(|&line| !self.inside.is_blank(line));
            pairs && first.is_some_and(|first| first > line + 1 && prose::could_be(self.inside.text(first)))
        };
        if text_follows() || prose::begins_with(self.inside, self.language, line + 1..end) || opens_nothing() {
            return Some(self.broken(BreakKind::CloserWithInfo, self.line_content(line), line + 1));
        }
        if is_markup(self.language) {
            return None;
        }
        let little = prose::first_line(self.inside, self.language, before.clone(), prose::LITTLE);
        Some(self.unclosed_before(little.unwrap_or(line)))
    }

    /// Markdown that shows a code block: its closer ends the outer block too, unless that has a longer fence.
    fn holds_another(&self, line: u32) -> Option<FenceBreak> {
        let closer = self.source.line(self.fence.closer?.start);
        let end = self.lines.end_of_outer(line, self.fence.marker).filter(|&end| end > closer)?;
        Some(self.broken(BreakKind::HoldsAnother, self.line_content(closer), end + 1))
    }

    fn fences_between(&self, from: u32, end: u32) -> impl Iterator<Item = &FenceLine> {
        let marker = self.fence.marker;
        let found = self.lines.from(from).iter().take_while(move |fence| fence.line < end);
        found.filter(move |fence| fence.marker == marker)
    }

    /// Whether fence characters of the other kind could end a block that has its own closer: as many as opened it,
    /// behind a line of code and not underlining it.
    fn ends_code(&self, line: u32) -> bool {
        let before = self.inside.text(line - 1);
        let run = self.inside.text(line).len();
        let title = before.starts_with(char::is_alphanumeric) && before.chars().count() <= run;
        let code = line - 1 > self.fence.opener_line && !before.is_empty() && !title;
        run == self.fence.length && code && prose::strength(before, self.language) == 0
    }

    /// The closer was forgotten, so the next fence without a language closed this one: prose became code, and behind
    /// the closer code became prose.
    fn by_inversion(&self) -> Option<FenceBreak> {
        let closer_line = self.source.line(self.fence.closer?.start);
        if self.inside.is_blank(closer_line + 1) || is_markup(self.language) {
            return None;
        }
        let prose =
            prose::first_line(self.inside, self.language, self.fence.opener_line + 1..closer_line, prose::ENOUGH)?;
        // Text may follow a closer directly. If this one opens a block, then another bare fence closes that.
        self.lines.pair_up(closer_line, self.fence.marker).then(|| self.unclosed_before(prose))
    }

    fn by_missing_closer(&self) -> Option<FenceBreak> {
        if !self.is_open() {
            return None;
        }
        self.outdented_closer().or_else(|| self.outdented_body()).or_else(|| {
            let end = self.fence.last_code_line + 1;
            let hidden = prose::first_line(self.inside, self.language, self.fence.opener_line + 1..end, prose::ENOUGH);
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
        let found = self.fence.in_item && self.is_closer(line);
        found.then(|| self.broken(BreakKind::OutdentedCloser, self.line_content(line), line + 1))
    }

    /// The code of a list item's fence begins left of the item, which ends both; the closer stands further down, below
    /// the opener or below the code.
    fn outdented_body(&self) -> Option<FenceBreak> {
        const LONGEST: u32 = 200;
        if !self.fence.in_item {
            return None;
        }
        let first =
            (self.fence.last_code_line + 1..=self.source.line_count()).find(|&line| !self.inside.is_blank(line))?;
        let indent = self.inside.indent(first);
        if indent >= self.inside.column {
            return None;
        }
        let closer = self.fences_between(first, first + LONGEST).next().map(|fence| fence.line)?;
        let below_code = self.inside.indent(closer) == indent;
        let below_opener = self.inside.indent(closer) == self.inside.column;
        let pairs = self.lines.pair_up(closer + 1, self.fence.marker);
        if closer == first || !self.is_closer(closer) || !(below_opener || (below_code && pairs)) {
            return None;
        }
        if prose::first_line(self.inside, self.language, first..closer, prose::ENOUGH).is_some() {
            return None;
        }
        let last = if below_opener { closer - 1 } else { closer };
        let code = self.line_content(first).to(self.line_content(last));
        Some(self.broken(BreakKind::OutdentedBody, code, closer + 1))
    }

    fn is_closer(&self, line: u32) -> bool {
        let bare = self.inside.text(line);
        fence_run(bare)
            .is_some_and(|(marker, run)| marker == self.fence.marker && run >= self.fence.length && bare.len() == run)
    }

    fn line_content(&self, line: u32) -> Span {
        let range = self.source.line_range(line);
        let start = range.start + self.inside.start(line);
        self.source.span(start.min(range.end)..range.end)
    }

    /// No closer before the line where something else begins; it belongs behind the last line of code.
    fn unclosed_before(&self, line: u32) -> FenceBreak {
        let last_code = (self.fence.opener_line..line)
            .rev()
            .find(|&line| !self.inside.is_blank(line))
            .unwrap_or(self.fence.opener_line);
        let place = self.line_content((last_code + 1).min(line));
        self.broken(BreakKind::Unclosed, place, line)
    }

    fn broken(&self, kind: BreakKind, place: Span, resume_line: u32) -> FenceBreak {
        let prose = (resume_line..=self.source.line_count())
            .find(|&line| !self.inside.is_blank(line))
            .map(|line| self.line_content(line));
        let resume = self.source.line_range(resume_line).start;
        let marker = self.fence.marker_text();
        FenceBreak { kind, opener: self.fence.opener, marker, place, prose, resume: Some(resume) }
    }
}

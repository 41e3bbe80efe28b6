//! Characters that nobody sees, and that change what a text means.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::{Context, Finding, Findings, gathered, quoted};
use crate::diagnostic::{About, Edit};
use crate::markdown::NodeKind;

/// Places of one line that a finding shows beside the first, at most.
const MOST_PLACES: usize = 10;

/// Whether a fix of these lints may take a character out.
pub(crate) fn may_be_taken_out(character: char) -> bool {
    is_bidi(character) || is_never_meant(character) || is_seldom_meant(character) || is_joiner(character)
}

fn is_bidi(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Of no use in any text.
fn is_never_meant(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{c}');
    is_control
        || is_tag(character)
        || is_selector(character)
        || matches!(character, '\u{feff}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

/// Harmless in prose, where it says how to break lines, but wrong in code.
fn is_seldom_meant(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{2060}'
            ..='\u{2064}' | '\u{3164}' | '\u{ffa0}'
    )
}

/// Letters of Persian and of India's scripts, and emoji, are joined and parted by these.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

fn is_tag(character: char) -> bool {
    matches!(character, '\u{e0000}'..='\u{e007f}')
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The characters of a text that [`may_be_taken_out`], with their places. Nearly all texts hold none, and most bytes are
/// plain ones.
pub(super) fn hidden_in(text: &str) -> Vec<(usize, char)> {
    /// Few enough that a dash makes only a short piece be looked at.
    const PIECE: usize = 128;
    let is_plain = |byte: u8| (byte.wrapping_sub(b' ') < 0x5f) | (byte == b'\n') | (byte == b'\t') | (byte == b'\r');
    let are_plain = |piece: &[u8]| piece.iter().fold(true, |all, &byte| all & is_plain(byte));
    let bytes = text.as_bytes();
    let mut hidden = Vec::new();
    for (index, piece) in bytes.chunks(PIECE).enumerate() {
        let (start, end) = (index * PIECE, index * PIECE + piece.len());
        // A character may begin in this piece and end in the next one.
        let all = bytes.get(start..bytes.len().min(end + 2)).unwrap_or(piece);
        // The compiler makes the most of a length that it knows.
        if piece.first_chunk::<PIECE>().map_or_else(|| are_plain(piece), |whole| are_plain(whole)) || !may_hold_one(all)
        {
            continue;
        }
        let first = (start..end).find(|&at| text.is_char_boundary(at)).unwrap_or(end);
        let characters = text.get(first..).unwrap_or_default().char_indices();
        let here = characters.map(|(at, character)| (first + at, character)).take_while(|(at, _)| *at < end);
        hidden.extend(here.filter(|(_, character)| may_be_taken_out(*character)));
    }
    hidden
}

/// A look at the bytes, without branches.
fn may_hold_one(bytes: &[u8]) -> bool {
    let begins_one =
        |byte: u8| matches!(byte, 0..=8 | 0xb | 0xe..=0x1f | 0x7f | 0xc2 | 0xcd | 0xe1 | 0xe3 | 0xef | 0xf3);
    // Dashes and quotation marks begin with this byte, too.
    let is_one = |first: u8, second: u8, third: u8| {
        let is_space_or_turn = (second == 0x80) & (matches!(third, 0x8b..=0x8d) | matches!(third, 0xaa..=0xae));
        (first == 0xe2) & (is_space_or_turn | ((second == 0x81) & matches!(third, 0xa0..=0xaf)))
    };
    let behind = |count: usize| bytes.get(count..).unwrap_or_default();
    let triples = bytes.iter().zip(behind(1)).zip(behind(2));
    bytes.iter().fold(false, |any, &byte| any | begins_one(byte))
        | triples.fold(false, |any, ((&first, &second), &third)| any | is_one(first, second, third))
}

pub(super) fn bidi_control(context: &Context<'_>) -> Findings {
    let mut controls = context.hidden().iter().filter(|(_, character)| is_bidi(*character)).peekable();
    if controls.peek().is_none() {
        return Findings::default();
    }
    let code = code(context);
    let mut found = Vec::new();
    let mut line_seen = 0;
    for &(at, _) in controls {
        let line = context.source.line(u32::try_from(at).unwrap_or(u32::MAX));
        if line != line_seen {
            line_seen = line;
            found.extend(bidi_in_line(context, context.source.line_range(line), &code));
        }
    }
    gathered(found, |count| format!("{count} lines hold characters that turn the direction of text"))
}

fn bidi_in_line(context: &Context<'_>, line: Range<usize>, code: &[Range<usize>]) -> Option<Finding> {
    let text = context.source.text().get(line.clone())?;
    let controls: Vec<(usize, char)> = text.char_indices().filter(|(_, character)| is_bidi(*character)).collect();
    let paired = pairs(&controls);
    let has_letters = text.contains(is_right_to_left);
    let wrong = controls.iter().zip(paired).filter(|((at, character), is_paired)| {
        // Around words of another direction they are what Unicode advises.
        let is_override = matches!(character, '\u{202d}' | '\u{202e}');
        !is_paired || is_override || !has_letters || holds(code, line.start + at)
    });
    let wrong: Vec<(usize, char)> = wrong.map(|(control, _)| *control).collect();
    let place = |(at, character): &(usize, char)| {
        let start = line.start + at;
        context.source.span(start..start + character.len_utf8())
    };
    let (first, rest) = wrong.split_first()?;
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more like it", rest.len()) };
    let message = format!("`{}`{more} makes this line look as it is not", named(first.1));
    let finding = Finding::new(message, place(first), "turns the direction of what follows");
    let finding =
        rest.iter().take(MOST_PLACES).fold(finding, |finding, control| finding.and(place(control), "here too"));
    let edits = wrong.iter().map(|control| Edit { span: place(control), text: String::new() });
    Some(
        finding
            .help("delete it: the text is read in the order in which it is typed")
            .safe_fix(About::Invisible, edits.collect()),
    )
}

/// For each control whether it has a partner in its line, as the other end of what it begins or ends.
fn pairs(controls: &[(usize, char)]) -> Vec<bool> {
    let mut paired = vec![false; controls.len()];
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (index, (_, character)) in controls.iter().enumerate() {
        match character {
            '\u{2066}'..='\u{2068}' => open.push((index, true)),
            '\u{2069}' | '\u{202c}' => {
                let ends_isolate = *character == '\u{2069}';
                if let Some((start, _)) = open.pop_if(|(_, is_isolate)| *is_isolate == ends_isolate) {
                    for end in [start, index] {
                        paired.get_mut(end).into_iter().for_each(|is_paired| *is_paired = true);
                    }
                }
            }
            _ => open.push((index, false)),
        }
    }
    paired
}

fn is_right_to_left(character: char) -> bool {
    matches!(
        u32::from(character),
        0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff | 0x1e800..=0x1efff
    )
}

pub(super) fn invisible_character(context: &Context<'_>) -> Findings {
    let text = context.source.text();
    let mut code: Option<Vec<Range<usize>>> = None;
    let mut found = Vec::new();
    let mut places = context.hidden().iter().copied().filter(|(_, character)| !is_bidi(*character)).peekable();
    let mut line = Line::default();
    while let Some((start, first)) = places.next() {
        let mut end = start + first.len_utf8();
        while let Some((_, next)) = places.next_if(|(at, _)| *at == end) {
            end += next.len_utf8();
        }
        let before = text.get(..start).and_then(|before| before.chars().next_back()).unwrap_or('\n');
        let after = text.get(end..).and_then(|after| after.chars().next()).unwrap_or('\n');
        if start >= line.end {
            line = Line::of(context, start);
        }
        let run = Run { range: start..end, before, after, line };
        let is_code = || holds(code.get_or_insert_with(|| self::code(context)), start);
        found.extend(run.finding(context, is_code));
    }
    gathered(found, |count| format!("{count} characters can't be seen"))
}

/// Such characters one behind another, and what stands around them.
struct Run {
    range: Range<usize>,
    before: char,
    after: char,
    line: Line,
}

/// The line that a run begins in: it may hold many.
#[derive(Clone, Copy, Default)]
struct Line {
    /// Where the white space that it begins with ends.
    lead: usize,
    end: usize,
}

impl Line {
    fn of(context: &Context<'_>, at: usize) -> Self {
        let range = context.source.line_range(context.source.line(u32::try_from(at).unwrap_or(u32::MAX)));
        let text = context.source.text().get(range.clone()).unwrap_or_default();
        Self { lead: range.end - text.trim_start().len(), end: range.end }
    }
}

impl Run {
    fn finding(&self, context: &Context<'_>, mut is_code: impl FnMut() -> bool) -> Option<Finding> {
        let text = context.source.text().get(self.range.clone())?;
        let is_mark = self.range.start == 0 && text == "\u{feff}";
        if is_mark || self.is_of_emoji(text) || self.varies(text) {
            return None;
        }
        let first = text.chars().find(|character| is_never_meant(*character));
        let seldom = || text.chars().find(|character| is_seldom_meant(*character));
        let (character, why) = if let Some(first) = first {
            (first, "of no use in a text")
        } else if let Some(seldom) = seldom().filter(|_| is_code()) {
            (seldom, "a character of the code")
        } else if let Some(seldom) = seldom().filter(|_| self.hides_a_mark(context.source.text())) {
            (seldom, "keeps Markdown from seeing what follows")
        } else {
            let parts_words = self.before.is_ascii_alphanumeric() && self.after.is_ascii_alphanumeric();
            (text.chars().find(|_| parts_words && is_code())?, "a character of the code")
        };
        let count = text.chars().count();
        let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        let hidden: String = text.chars().filter_map(hidden_letter).collect();
        let hides = if hidden.is_empty() { String::new() } else { format!(": they hide {}", quoted(&hidden)) };
        let place = context.source.span(self.range.clone());
        let finding = Finding::new(format!("`{}`{more} can't be seen{hides}", named(character)), place, why);
        let edits = vec![Edit { span: place, text: String::new() }];
        let finding = finding.help("delete it");
        let is_guess = self.hides_a_mark(context.source.text());
        Some(if is_guess { finding.unsafe_fix(edits) } else { finding.safe_fix(About::Invisible, edits) })
    }

    /// A flag such as that of Wales is a black flag with letters behind it.
    fn is_of_emoji(&self, text: &str) -> bool {
        let is_flag = self.before == '\u{1f3f4}' && text.ends_with('\u{e007f}') && text.chars().all(is_tag);
        is_flag && text.chars().count() <= 8
    }

    /// One selector behind a character that has forms, perhaps with a joiner.
    fn varies(&self, text: &str) -> bool {
        let mut selectors = text.chars().filter(|character| !is_joiner(*character));
        let is_one = selectors.next().is_some_and(is_selector) && selectors.next().is_none();
        let has_forms = matches!(self.before, '#' | '*' | '0'..='9')
            || (!self.before.is_ascii() && !self.before.is_whitespace() && !self.before.is_control())
            || is_combining_mark(self.before);
        // A joiner before the first emoji is a slip that nobody sees.
        is_one && (has_forms || text.contains('\u{200d}'))
    }

    /// At the start of a line, before what Markdown acts on there.
    fn hides_a_mark(&self, text: &str) -> bool {
        /// Characters of the longest mark that is looked for.
        const LONGEST: usize = 64;
        if self.range.start > self.line.lead {
            return false;
        }
        let rest = text.get(self.range.end..self.line.end).unwrap_or_default();
        let end = rest.char_indices().nth(LONGEST).map_or(rest.len(), |(end, _)| end);
        let mark = rest.get(..end).unwrap_or_default().split([' ', '\t']).next().unwrap_or_default();
        let is_number =
            mark.len() > 1 && mark.ends_with(['.', ')']) && mark.trim_end_matches(['.', ')']).parse::<u32>().is_ok();
        let is_heading = !mark.is_empty() && mark.len() <= 6 && mark.chars().all(|sign| sign == '#');
        let is_mark = matches!(mark, "-" | "*" | "+" | ">") || mark.starts_with("```") || mark.starts_with("~~~");
        let is_followed = rest.len() > mark.len() || is_heading || mark.starts_with(['`', '~']);
        is_followed && (is_number || is_heading || is_mark)
    }
}

/// The letter that a tag character stands for.
fn hidden_letter(character: char) -> Option<char> {
    let letter = char::from_u32(u32::from(character).checked_sub(0xe0000)?)?;
    (' '..='~').contains(&letter).then_some(letter)
}

/// Where code stands, and addresses of links, in order.
fn code(context: &Context<'_>) -> Vec<Range<usize>> {
    let document = context.document;
    let ranges = document.all().filter_map(|id| {
        let range = document.span(id).range();
        match document.kind(id) {
            NodeKind::FencedCode(_) | NodeKind::IndentedCode | NodeKind::Code(_) => Some(range),
            NodeKind::Link(_) => {
                let text_end = document.children(id).map(|child| document.span(child).range().end).last()?;
                Some(text_end..range.end.max(text_end))
            }
            _ => None,
        }
    });
    let mut ranges: Vec<Range<usize>> = ranges.collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}

fn holds(ranges: &[Range<usize>], at: usize) -> bool {
    let before = ranges.partition_point(|range| range.start <= at);
    before.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| range.contains(&at))
}

fn named(character: char) -> String {
    let name = match character {
        '\0' => "NULL",
        '\u{8}' => "BACKSPACE",
        '\u{b}' => "LINE TABULATION",
        '\u{1b}' => "ESCAPE",
        '\u{7f}' => "DELETE",
        '\u{85}' => "NEXT LINE",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{34f}' => "COMBINING GRAPHEME JOINER",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "HANGUL FILLER",
        '\u{180e}' => "MONGOLIAN VOWEL SEPARATOR",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{202a}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202b}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202c}' => "POP DIRECTIONAL FORMATTING",
        '\u{202d}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202e}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2060}' => "WORD JOINER",
        '\u{2061}'..='\u{2064}' => "INVISIBLE OPERATOR",
        '\u{2066}' => "LEFT-TO-RIGHT ISOLATE",
        '\u{2067}' => "RIGHT-TO-LEFT ISOLATE",
        '\u{2068}' => "FIRST STRONG ISOLATE",
        '\u{2069}' => "POP DIRECTIONAL ISOLATE",
        '\u{206a}'..='\u{206f}' => "DEPRECATED FORMAT CHARACTER",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        '\u{fff9}'..='\u{fffb}' => "INTERLINEAR ANNOTATION",
        _ if is_tag(character) => "TAG CHARACTER",
        _ if is_selector(character) => "VARIATION SELECTOR",
        _ => "CONTROL CHARACTER",
    };
    format!("U+{:04X} {name}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_may_be_taken_out_are_found_among_others() {
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        for character in all.filter(|character| may_be_taken_out(*character)) {
            let text = format!("é{character}x");
            assert_eq!(hidden_in(&text), [(2, character)]);
        }
    }

    #[test]
    fn they_are_found_wherever_they_stand() {
        for before in 0..200 {
            for character in ['\u{7}', '\u{ad}', '\u{200b}', '\u{e0041}'] {
                let text = format!("{}{character}é", "x".repeat(before));
                assert_eq!(hidden_in(&text), [(before, character)], "behind {before}");
            }
        }
    }
}

//! Where formulas stand. The rules are those of Pandoc and GitHub: an opening dollar sign stands before what is no white
//! space, a closing one behind it and not before a digit; none stands in code. `guard` judges what stands between.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{Formula, guard};

/// A formula on its own lines takes at most so many bytes.
const LONGEST: usize = 20_000;

/// A cheap look, since most texts hold none.
pub(in crate::markdown) fn may_be_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    let opens = |at: usize| matches!(bytes.get(at + 1), Some(b'(' | b'['));
    memchr::memchr_iter(b'$', bytes).nth(1).is_some() || memchr::memchr_iter(b'\\', bytes).any(opens)
}

/// The formulas of a text, in order.
pub(super) fn find(text: &str, options: Options) -> Vec<Formula> {
    let ground = Ground::of(text, options);
    let mut formulas = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['$', '\\'])) {
        let start = at + found;
        if let Some(behind) = ground.behind_code(start) {
            at = behind;
            continue;
        }
        match formula_at(text, start, &ground) {
            Ok(formula) => {
                at = formula.range.end;
                formulas.push(formula);
            }
            Err(next) => at = next,
        }
    }
    formulas
}

/// The formula that starts at a byte, or where to look on.
fn formula_at(text: &str, start: usize, ground: &Ground) -> Result<Formula, usize> {
    let rest = text.get(start..).unwrap_or_default();
    let run = rest.len() - rest.trim_start_matches('$').len();
    let (found, next) = match run {
        0 => {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            let found = match rest.as_bytes().get(1) {
                Some(b'(') => in_parentheses(text, start, ground),
                Some(b'[') => in_brackets(text, start, ground),
                _ => None,
            };
            (found, start + 1 + escaped)
        }
        1 => (between_dollars(text, start, ground), start + 1),
        2 => (between_double_dollars(text, start, ground), start + 2),
        _ => (None, start + run),
    };
    found.ok_or(next)
}

fn between_dollars(text: &str, start: usize, ground: &Ground) -> Option<Formula> {
    let before = text.get(..start)?.chars().next_back();
    if before.is_some_and(|before| before.is_ascii_alphanumeric()) {
        return None;
    }
    let formula = |end: usize| Formula { range: start..end, is_display: false };
    if let Some(behind) = ground.behind_code(start + 1) {
        // GitHub has this form for formulas that Markdown would take apart.
        return text.get(behind..)?.starts_with('$').then(|| formula(behind + 1));
    }
    let end = next_dollar(text, start + 1)?;
    let tex = text.get(start + 1..end)?;
    let after = text.get(end + 1..)?;
    let closes =
        !after.starts_with(|next: char| next.is_ascii_alphanumeric() || "$_{".contains(next)) || is_ordinal(after);
    let fits = closes && !has_blank_line(tex) && guard::is_inline(tex);
    (fits && ground.is_free(text, start..end + 1)).then(|| formula(end + 1))
}

/// The next dollar sign without a backslash.
fn next_dollar(text: &str, from: usize) -> Option<usize> {
    let mut characters = text.get(from..)?.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            '$' => return Some(from + at),
            _ => {}
        }
    }
    None
}

/// `th` behind `$n$`.
fn is_ordinal(after: &str) -> bool {
    let end = ["th", "st", "nd", "rd", "s"].iter().find_map(|end| after.strip_prefix(end));
    end.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
}

fn between_double_dollars(text: &str, start: usize, ground: &Ground) -> Option<Formula> {
    let inside = start + 2;
    let end = inside + text.get(inside..)?.find("$$")?;
    let behind = text.get(end + 2..)?;
    let tex = text.get(inside..end)?;
    if tex.len() > LONGEST || behind.starts_with('$') {
        return None;
    }
    let formula = Formula { range: start..end + 2, is_display: true };
    if ground.opens_alone(text, start) && tex.lines().next().is_some_and(|line| line.trim().is_empty()) {
        let is_whole = ends_line(behind);
        let fits = is_whole && guard::is_block(tex, has_blank_line(tex));
        return (fits && ground.has_no_fence(formula.range.clone())).then_some(formula);
    }
    let fits = !has_blank_line(tex) && guard::is_display(tex);
    (fits && ground.is_free(text, formula.range.clone())).then_some(formula)
}

fn in_parentheses(text: &str, start: usize, ground: &Ground) -> Option<Formula> {
    let end = closer(text, start + 2, ')')?;
    let tex = text.get(start + 2..end)?;
    let before = text.get(..start)?.chars().next_back();
    let fits = !before.is_some_and(|before| before.is_ascii_alphanumeric())
        && !has_blank_line(tex)
        && guard::is_in_parentheses(tex);
    let range = start..end + 2;
    (fits && ground.is_free(text, range.clone())).then_some(Formula { range, is_display: false })
}

fn in_brackets(text: &str, start: usize, ground: &Ground) -> Option<Formula> {
    let end = closer(text, start + 2, ']')?;
    let tex = text.get(start + 2..end)?;
    let behind = text.get(end + 2..)?;
    let is_alone = ground.opens_alone(text, start) && ends_line(behind);
    let range = start..end + 2;
    let is_block = is_alone && tex.starts_with(['\n', '\r']);
    let fits = !behind.starts_with(['(', '['])
        && !has_blank_line(tex)
        && if is_block { guard::is_block(tex, false) } else { guard::is_in_brackets(tex, is_alone) }
        && if is_block { ground.has_no_fence(range.clone()) } else { ground.is_free(text, range.clone()) };
    fits.then_some(Formula { range, is_display: true })
}

/// The next backslash before a closing bracket; none where another one opens before it.
fn closer(text: &str, from: usize, bracket: char) -> Option<usize> {
    let mut characters = text.get(from..)?.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            match characters.next() {
                Some((_, next)) if next == bracket => return Some(from + at),
                Some((_, '(' | '[')) | None => return None,
                _ => {}
            }
        }
    }
    None
}

/// Nothing but a full stop or comma stands on the rest of a line.
fn ends_line(behind: &str) -> bool {
    let rest = behind.trim_start_matches(['.', ',', ' ', '\t']);
    rest.is_empty() || rest.starts_with(['\n', '\r'])
}

fn has_blank_line(tex: &str) -> bool {
    let is_blank = |line: &str| line.trim_matches(|c: char| c.is_whitespace() || c == '>').is_empty();
    let mut lines = tex.split('\n').skip(1).peekable();
    // What stands before the closing delimiter on its line is no line of its own.
    std::iter::from_fn(|| lines.next().filter(|_| lines.peek().is_some())).any(is_blank)
}

/// What the Markdown parser makes of the text as it stands: where formulas can't be.
#[derive(Default)]
struct Ground {
    /// Code, blocks of HTML, definitions of links.
    code: Vec<Range<usize>>,
    fences: Vec<Range<usize>>,
    /// Tags, addresses: a formula may hold what looks like one, but not begin or end in it.
    tags: Vec<Range<usize>>,
    /// Where blocks begin.
    blocks: Vec<usize>,
    rows: Vec<Range<usize>>,
    /// Where lines begin.
    lines: Vec<usize>,
}

/// A link or image that is open.
struct Link {
    /// Where its words end so far, and its address begins.
    behind_words: usize,
    /// Its address is its words.
    is_bare: bool,
}

impl Ground {
    fn of(text: &str, options: Options) -> Self {
        let parser = Parser::new_ext(text, options);
        let line_ends = text.match_indices(['\n', '\r']).map(|(at, _)| at + 1);
        let mut ground = Self { lines: std::iter::once(0).chain(line_ends).collect(), ..Self::default() };
        ground.code.extend(parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone()));
        let mut links: Vec<Link> = Vec::new();
        let mut code_tag: Option<usize> = None;
        for (event, range) in parser.into_offset_iter() {
            if let Event::End(TagEnd::Link | TagEnd::Image) = event {
                ground.tags.extend(links.pop().map(|link| link.behind_words..range.end));
            }
            if let Some(link) = links.last_mut().filter(|link| !link.is_bare) {
                link.behind_words = link.behind_words.max(range.end);
            }
            match event {
                Event::Start(Tag::Link { link_type, .. }) => {
                    let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                    links.push(Link { behind_words: range.start + usize::from(!is_bare), is_bare });
                }
                Event::Start(Tag::Image { .. }) => links.push(Link { behind_words: range.start + 2, is_bare: false }),
                Event::Start(Tag::CodeBlock(kind)) => {
                    if kind.is_fenced() {
                        ground.fences.push(range.clone());
                    }
                    ground.code.push(range);
                }
                Event::Start(Tag::HtmlBlock) | Event::Code(_) => ground.code.push(range),
                Event::Start(Tag::TableHead | Tag::TableRow) => ground.rows.push(range),
                Event::InlineHtml(html) => {
                    ground.tags.push(range.clone());
                    if is_code_tag(&html, "<") {
                        code_tag.get_or_insert(range.start);
                    } else if is_code_tag(&html, "</") {
                        ground.code.extend(code_tag.take().map(|start| start..range.end));
                    }
                }
                Event::Start(
                    Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::Item
                    | Tag::List(_)
                    | Tag::BlockQuote(_)
                    | Tag::TableCell,
                ) => ground.blocks.push(range.start),
                Event::End(TagEnd::Paragraph) => code_tag = None,
                _ => {}
            }
        }
        for ranges in [&mut ground.code, &mut ground.fences, &mut ground.tags, &mut ground.rows] {
            ranges.sort_by_key(|range| (range.start, range.end));
        }
        ground.blocks.sort_unstable();
        ground
    }

    /// The end of the code that holds a byte.
    fn behind_code(&self, at: usize) -> Option<usize> {
        holding(&self.code, at)
    }

    /// Whether a formula may lie here, as one of a line's parts.
    fn is_free(&self, text: &str, range: Range<usize>) -> bool {
        let typed = text.get(range.clone()).unwrap_or_default();
        let is_one_line = !typed.contains(['\n', '\r']);
        let line = self.line_before(text, range.start).trim_start_matches([' ', '\t', '>']);
        let is_row = line.starts_with('|') || holding(&self.rows, range.start).is_some();
        let fits_its_line = match (is_one_line, is_row) {
            (true, true) => !typed.contains(" | "),
            (true, false) => true,
            (false, true) => false,
            (false, false) => {
                !line.starts_with('#')
                    && self.blocks.partition_point(|at| *at <= range.start)
                        == self.blocks.partition_point(|at| *at < range.end)
            }
        };
        let is_cut = holding(&self.tags, range.start).is_some() || holding(&self.tags, range.end - 1).is_some();
        fits_its_line && first_within(&self.code, &range).is_none() && !is_cut
    }

    /// What stands before a byte on its line.
    fn line_before<'text>(&self, text: &'text str, at: usize) -> &'text str {
        let line = self.lines.partition_point(|start| *start <= at).checked_sub(1);
        let start = line.and_then(|line| self.lines.get(line)).copied().unwrap_or(0);
        text.get(start..at).unwrap_or_default()
    }

    /// Nothing but the marks of quotations and list items stands before a byte on its line.
    fn opens_alone(&self, text: &str, at: usize) -> bool {
        let is_mark = |c: char| c.is_whitespace() || c.is_ascii_digit() || ">-+*.)".contains(c);
        self.line_before(text, at).trim_start_matches(is_mark).is_empty()
    }

    fn has_no_fence(&self, range: Range<usize>) -> bool {
        first_within(&self.fences, &range).is_none()
    }
}

fn is_code_tag(html: &str, open: &str) -> bool {
    let name = html.strip_prefix(open).and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
    name.is_some_and(|name| ["code", "kbd", "pre", "samp", "tt"].iter().any(|code| code.eq_ignore_ascii_case(name)))
}

/// The end of the range that holds a byte.
fn holding(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let before = ranges.partition_point(|range| range.start <= at);
    let range = before.checked_sub(1).and_then(|last| ranges.get(last))?;
    range.contains(&at).then_some(range.end)
}

/// The first of the ranges that begins in another one.
fn first_within<'a>(ranges: &'a [Range<usize>], range: &Range<usize>) -> Option<&'a Range<usize>> {
    let first = ranges.partition_point(|one| one.start < range.start);
    ranges.get(first).filter(|one| one.start < range.end)
}

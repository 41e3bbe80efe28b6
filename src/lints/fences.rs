//! Code fences: those that are broken, those that hide questions, and those without a language.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::sync::LazyLock;

use foldhash::HashSet;
use regex::Regex;

use super::{Context, Finding, Findings, first_line, gathered, quoted};
use crate::diagnostic::{About, Edit};
use crate::languages::{certain, is_known, is_markup, nearest};
use crate::markdown::{BreakKind, Fence, FenceBreak, NodeId, NodeKind};
use crate::source::Span;
use crate::words;

fn breaks<'c>(context: &'c Context<'_>, kind: BreakKind) -> impl Iterator<Item = &'c FenceBreak> + 'c {
    context.document.fence_breaks().iter().filter(move |found| found.kind == kind)
}

/// The line to mend, which was meant to close; the opener, and where prose resumes.
fn broken(context: &Context<'_>, found: &FenceBreak, message: &str, place: &str) -> Finding {
    let finding = Finding::new(message, found.place, place).and(found.opener, "the code block opens here");
    match hidden_prose(context, found) {
        Some(prose) => finding.and(prose, "this is read as code"),
        None => finding,
    }
}

/// Prose behind a broken fence that Markdown takes for code. The end of its list item ends a fence too, but not one
/// that an outdented closer opens.
fn hidden_prose(context: &Context<'_>, found: &FenceBreak) -> Option<Span> {
    let fences = context.document.fences();
    let fence = fences.get(fences.partition_point(|fence| fence.opener.start < found.opener.start))?;
    let prose = found.prose.filter(|&prose| found.resume.is_some() && prose != found.place)?;
    (found.kind == BreakKind::OutdentedCloser || prose.start < fence.span.end).then_some(prose)
}

pub(super) fn unclosed_fence(context: &Context<'_>) -> Findings {
    let found = breaks(context, BreakKind::Unclosed).map(|found| {
        let marker = &found.marker;
        let finding = Finding::new("a code block is never closed", found.opener, "opened here")
            .and(found.place, "a closing fence belongs here");
        let finding = match hidden_prose(context, found) {
            Some(prose) => finding.and(prose, "this is read as code"),
            None => finding,
        };
        finding
            .help(format!("type {marker} on a line of its own behind the last line of code"))
            .safe_fix(About::Fences, vec![closer(context, found)])
    });
    found.chain(holding_another(context)).collect()
}

/// A closing fence on a line of its own where one belongs; an empty line above others becomes the fence.
fn closer(context: &Context<'_>, found: &FenceBreak) -> Edit {
    let fence = format!("{}{}", prefix_of(context, found.opener), found.marker);
    let source = context.source;
    let line = source.line(found.place.start);
    let is_blank = |line: u32| source.line_text(line).trim_matches([' ', '\t', '>']).is_empty();
    if found.place.start as usize >= source.text().len() {
        let is_open = !source.text().is_empty() && !source.text().ends_with(['\n', '\r']);
        let text = if is_open { format!("\n{fence}") } else { format!("{fence}\n") };
        return Edit { span: source.span(source.text().len()..source.text().len()), text };
    }
    let range = source.line_range(line);
    if is_blank(line) && is_blank(line + 1) {
        return Edit { span: source.span(range), text: fence };
    }
    Edit { span: source.span(range.start..range.start), text: format!("{fence}\n") }
}

/// Blocks of Markdown that end at the closer of a block within them.
fn holding_another<'c>(context: &'c Context<'_>) -> impl Iterator<Item = Finding> + 'c {
    breaks(context, BreakKind::HoldsAnother).map(|found| {
        let longer: String = found.marker.chars().chain(found.marker.chars().take(1)).collect();
        Finding::new("a code block ends at the closing fence of a block within it", found.opener, "opened here")
            .and(found.place, "closed here")
            .help(format!("open and close the outer block with {longer}"))
    })
}

pub(super) fn fence_closer_with_info(context: &Context<'_>) -> Findings {
    let found = breaks(context, BreakKind::CloserWithInfo).map(|found| {
        let line = context.sources.slice(found.place);
        let run = line.len() - line.trim_start_matches(['`', '~']).len();
        let info = context.source.span(found.place.start as usize + run..found.place.end as usize);
        let text = context.sources.slice(info).trim();
        let has_prose = text.contains(' ');
        let (help, edit) = if has_prose {
            let prefix = prefix_of(context, found.opener);
            let prose = format!("\n{}\n{prefix}{text}", prefix.trim_end());
            (format!("move {} to a line of its own", quoted(text)), Edit { span: info, text: prose })
        } else {
            (format!("delete `{text}` behind the fence"), Edit { span: info, text: String::new() })
        };
        let message = "the closing fence has an info string, so it closes nothing";
        let finding = broken(context, found, message, "meant to close it").help(help);
        if has_prose { finding.unsafe_fix(vec![edit]) } else { finding.safe_fix(About::Fences, vec![edit]) }
    });
    found.collect()
}

pub(super) fn glued_fence_closer(context: &Context<'_>) -> Findings {
    let found = breaks(context, BreakKind::GluedCloser).map(|found| {
        let line = context.sources.slice(found.place).trim_end();
        let code = line.trim_end_matches(['`', '~']).len();
        let at = found.place.start as usize + code;
        let indent = prefix_of(context, found.opener);
        let edit = Edit { span: context.source.span(at..at), text: format!("\n{indent}") };
        broken(context, found, "the closing fence stands behind code, so it closes nothing", "meant to close it")
            .help("put the fence on a line of its own")
            .safe_fix(About::Fences, vec![edit])
    });
    found.collect()
}

pub(super) fn short_fence_closer(context: &Context<'_>) -> Findings {
    closers(context, BreakKind::ShortCloser, "the closing fence is shorter than the opening one, so it closes nothing")
}

pub(super) fn mismatched_fence_closer(context: &Context<'_>) -> Findings {
    closers(context, BreakKind::MismatchedCloser, "the fence is opened and closed with different characters")
}

/// Closers that are mended by typing the opener's characters.
fn closers(context: &Context<'_>, kind: BreakKind, message: &str) -> Findings {
    let found = breaks(context, kind).map(|found| {
        let edit = Edit { span: found.place, text: found.marker.clone() };
        broken(context, found, message, "meant to close it")
            .help(format!("type {} here, as in the opening fence", found.marker))
            .safe_fix(About::Fences, vec![edit])
    });
    found.collect()
}

pub(super) fn outdented_fence_closer(context: &Context<'_>) -> Findings {
    let found = breaks(context, BreakKind::OutdentedCloser).map(|found| {
        let indent = prefix_of(context, found.opener);
        let at = found.place.start as usize;
        let line_start = context.source.line_range(context.source.line(found.place.start)).start;
        let edit = Edit { span: context.source.span(line_start..at), text: indent.clone() };
        broken(
            context,
            found,
            "the closing fence stands left of its list item, so it opens another code block",
            "meant to close it",
        )
        .help(format!("indent it {}", as_the_opener(&indent)))
        .safe_fix(About::Fences, vec![edit])
    });
    found.collect()
}

pub(super) fn outdented_fence_body(context: &Context<'_>) -> Findings {
    let found = breaks(context, BreakKind::OutdentedBody).map(|found| {
        let indent = prefix_of(context, found.opener);
        let (first, last) = context.source.lines(found.place);
        let lines = if first == last { "this line" } else { "these lines" };
        Finding::new("the code stands left of its list item, so it is no code", found.place, "read as text")
            .and(found.opener, "the code block opens here")
            .help(format!("indent {lines} {}", as_the_opener(&indent)))
            .safe_fix(About::Fences, indented(context, found, &indent))
    });
    found.collect()
}

/// The code and the closer behind it, as far in as the opener.
fn indented(context: &Context<'_>, found: &FenceBreak, indent: &str) -> Vec<Edit> {
    let source = context.source;
    let (first, last) = source.lines(found.place);
    let is_fence = |line: u32| source.line_text(line).trim_start_matches([' ', '\t', '>']).trim_end() == found.marker;
    // What the code has of it: a line in a quotation begins with its sign.
    let text = source.line_text(first);
    let has = text.bytes().zip(indent.bytes()).take_while(|(code, fence)| code == fence).count();
    let (Some(own), Some(missing)) = (indent.get(..has), indent.get(has..)) else { return Vec::new() };
    let lines = (first..=last).chain(Some(last + 1).filter(|&line| is_fence(line)));
    let outside = lines.filter(|&line| {
        let text = source.line_text(line);
        !text.trim_matches([' ', '\t', '>']).is_empty() && text.starts_with(own) && !text.starts_with(indent)
    });
    let edit = |line: u32| {
        let at = source.line_range(line).start + own.len();
        Edit { span: source.span(at..at), text: missing.to_owned() }
    };
    outside.map(edit).collect()
}

pub(super) fn glued_fence_language(context: &Context<'_>) -> Findings {
    let found = context.fences().filter_map(|(fence, language)| {
        let info = context.source.slice(fence.info);
        let split = glued_code(info, language)?;
        let start = fence.info.start as usize;
        let at = start + split;
        let code = context.source.span(at..fence.info.end as usize);
        let indent = prefix_of(context, fence.opener);
        let language_end = start + info.get(..split)?.trim_end().len();
        let edit = Edit { span: context.source.span(language_end..at), text: format!("\n{indent}") };
        Some(
            Finding::new(
                "the first line of code stands behind the fence, and is lost",
                code,
                "read as part of the language",
            )
            .help(format!("put {} on the next line", quoted(context.source.slice(code))))
            .unsafe_fix(vec![edit]),
        )
    });
    found.collect()
}

/// Characters of the longest word that names a language, with `language-` before it.
const LONGEST_LANGUAGE: usize = 64;

/// Where code begins in an info string such as `javascriptlet obj = {`, of which this is the first word.
fn glued_code(info: &str, word: &str) -> Option<usize> {
    // A word alone hides code only where a bracket or such stands in it.
    let is_plain = word.len() == info.len() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain || word.is_empty() || info.starts_with('{') {
        return None;
    }
    if is_known(word) {
        let rest = info.get(word.len()..)?;
        // Who writes attributes or remarks knows that code belongs on the next line.
        let remark = rest.trim_start().starts_with("//");
        let code = is_code(rest) && !remark && without_attributes(rest) == rest;
        return code.then(|| info.len() - rest.trim_start().len());
    }
    // The longest known language that the word begins with.
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).take(LONGEST_LANGUAGE).collect();
    let mut cuts = cuts.into_iter().filter(|&at| at >= 2);
    let at = cuts.rfind(|&at| word.get(..at).is_some_and(is_known))?;
    let code = without_attributes(info.get(at..)?);
    let code = code.trim();
    let opens = code.ends_with(['(', '[']) || code.contains(");");
    let called = code.ends_with(')') && ["('", "(\"", "()"].iter().any(|call| code.contains(call));
    (is_code(code) || opens || called).then_some(at)
}

fn is_code(text: &str) -> bool {
    text.trim_end().ends_with([';', '{']) || text.contains("=>") || text.contains(" = ")
}

/// An info string without `key="…"`, `key=…`, quoted strings, `{…}` and `[…]`, which other tools read.
fn without_attributes(text: &str) -> Cow<'_, str> {
    static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let parts = [
            r#"(?:^|\s)[\w:-]+=(?:"[^"]*"|'[^']*'|\{[^{}]*\}|[^\s;"'(){}]+(?:\s|$))"#,
            r#"(?:^|\s)"[^"]*"(?:\s|$)|(?:^|\s)'[^']*'(?:\s|$)"#,
            r"(?:^|\s)\{[^{};()]*\}|(?:^|\s)\[[^\]]*\](?:\s|$)",
        ];
        Regex::new(&parts.join("|")).ok()
    });
    ATTRIBUTE.as_ref().map_or(text.into(), |attribute| attribute.replace_all(text, " "))
}

pub(super) fn one_line_fence(context: &Context<'_>) -> Findings {
    let document = context.document;
    let is_fence = |&&code: &&NodeId| context.source.slice(document.span(code)).starts_with("```");
    if context.nodes().code.iter().find(is_fence).is_none() {
        return Findings::default();
    }
    let blocks = document.all().filter(|&id| matches!(document.kind(id), NodeKind::Paragraph | NodeKind::Item));
    let found = blocks.filter_map(|block| {
        let mut children = document.children(block);
        let only = children.next().filter(|&child| matches!(document.kind(child), NodeKind::Code(_)))?;
        let span = document.span(only);
        let text = context.source.slice(span);
        let whole = children.next().is_none() && text.starts_with("```") && !text.contains('\n');
        let finding = Finding::new("a whole fence on one line is no code block", span, "read as code within text");
        whole.then(|| finding.help("put the opening fence, the code and the closing fence on lines of their own"))
    });
    gathered(found.collect(), |count| format!("{count} fences on one line are no code blocks"))
}

pub(super) fn question_in_fence(context: &Context<'_>) -> Findings {
    let known = LazyCell::new(|| context.notes().map(|(_, note)| &*note.question_key).collect());
    let whole = context.fences().filter(|(fence, _)| fence.closer.is_some() && !fence.broken);
    let may_ask = whole.filter(|(fence, language)| {
        let holds_prose = is_markup(language) && !language.is_empty();
        !holds_prose && may_hold_question(context.source.slice(fence.span))
    });
    let found = may_ask.filter_map(|(fence, language)| {
        let line = fence.code_lines().find(|&line| is_question(context, language, line, &known))?;
        let finding = Finding::new("a question stands in a code block", context.source.line_span(line), "read as code")
            .and(fence.opener, "the code block opens here");
        Some(finding.help("close the block above it, or mark the block as `markdown` if the question is an example"))
    });
    gathered(found.collect(), |count| format!("questions stand in {count} code blocks"))
}

/// Whether the signs of a heading or of a bold numbered line stand in a text.
fn may_hold_question(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'#', b'*', bytes).any(|at| {
        let follows = |next: &[u8]| bytes.get(at + 1..).is_some_and(|behind| behind.starts_with(next));
        let stands_behind = |before: &[u8]| bytes.get(..at).is_some_and(|text| text.ends_with(before));
        (stands_behind(b". ") && follows(b"*")) || (bytes.get(at) == Some(&b'#') && follows(b"#"))
    })
}

/// A heading or a bold numbered line that asks what the deck asks elsewhere, or anything in a block that may be no
/// code at all. Strings and comments hold headings too, and Markdown and plain text hold examples.
fn is_question(context: &Context<'_>, language: &str, line: u32, known: &HashSet<&str>) -> bool {
    let text = context.source.line_text(line).trim_start_matches([' ', '\t', '>']);
    if !text.starts_with(|c: char| c == '#' || c.is_ascii_digit()) {
        return false;
    }
    let text = text.trim_end();
    let heading = text.starts_with("##");
    let numbered = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(". **") && text.ends_with("**");
    if !(heading || numbered) {
        return false;
    }
    let bare = text
        .trim_start_matches(|c: char| c == '#' || c.is_ascii_digit() || matches!(c, '.' | ' ' | '*'))
        .trim_end_matches('*');
    known.contains(words::key(bare).as_str()) || (language.is_empty() && bare.ends_with('?'))
}

pub(super) fn fence_without_language(context: &Context<'_>) -> Findings {
    let bare = context.document.fences().iter().filter(|fence| fence.info.is_empty() && !fence.broken);
    let found = bare.map(|fence| {
        let finding = Finding::new("this code block names no language", fence.opener, "no language, so no colours");
        let marker: String = context.source.slice(fence.opener).chars().take(fence.length).collect();
        match certain(&code_of(context, fence)) {
            Some(language) => {
                let behind = fence.opener.start as usize + fence.length;
                let edit = Edit { span: context.source.span(behind..behind), text: language.to_owned() };
                finding.help(format!("type {marker}{language}")).safe_fix(About::Languages, vec![edit])
            }
            None => {
                finding.help(format!("name it behind the fence, as in {marker}js; if it is none, type {marker}text"))
            }
        }
    });
    gathered(found.collect(), |count| format!("{count} code blocks name no language"))
}

/// The code of a fence, as far in as the fence itself.
pub(super) fn code_of(context: &Context<'_>, fence: &Fence) -> String {
    let indent = prefix_of(context, fence.opener);
    let lines = fence.code_lines().map(|line| {
        let text = context.source.line_text(line);
        text.strip_prefix(indent.as_str()).unwrap_or_else(|| text.trim_start_matches([' ', '\t', '>']))
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn unknown_fence_language(context: &Context<'_>) -> Findings {
    let found = context.fences().filter(|(_, word)| !word.is_empty()).filter_map(|(fence, word)| {
        let nearest = nearest(word)?;
        if is_known(word) || glued_code(context.source.slice(fence.info), word).is_some() {
            return None;
        }
        let start = fence.info.start as usize;
        let place = context.source.span(start..start + word.len());
        let edit = Edit { span: place, text: nearest.to_owned() };
        Some(
            Finding::new(format!("{} is no language deckc knows", quoted(word)), place, "so the code has no colours")
                .help(format!("did you mean `{nearest}`?"))
                .unsafe_fix(vec![edit]),
        )
    });
    gathered(found.collect(), |count| format!("{count} code blocks name an unknown language"))
}

pub(super) fn mixed_fence_indent(context: &Context<'_>) -> Findings {
    let found = context.document.fences().iter().filter(|fence| !fence.broken).filter_map(|fence| {
        let ends = || std::iter::once(fence.opener).chain(fence.closer);
        let has_tabs = ends().any(|place| indent_of(context, place).contains('\t'));
        let has_spaces = ends().any(|place| indent_of(context, place).starts_with("  "));
        let lines = fence.code_lines().filter(|&line| !context.source.line_text(line).trim().is_empty());
        let all_start_with =
            |indent: &str| lines.clone().all(|line| context.source.line_text(line).starts_with(indent));
        let of_spaces = has_tabs && all_start_with("  ");
        let of_tabs = has_spaces && all_start_with("\t");
        if !of_spaces && !of_tabs {
            return None;
        }
        let first = lines.clone().next()?;
        let is_mixed = |place: &Span| {
            let indent = indent_of(context, *place);
            (indent.contains('\t') && of_spaces) || (indent.starts_with("  ") && of_tabs)
        };
        let mut places = ends().filter(is_mixed);
        let primary = places.next()?;
        let (by, code_by) = if of_spaces { ("tabs", "spaces") } else { ("spaces", "tabs") };
        let finding = Finding::new(
            format!("the fence is indented by {by}, its code by {code_by}"),
            primary,
            format!("indented by {by}"),
        );
        let code = first_line(context.source, context.source.line_span(first));
        let finding = finding.and(code, format!("indented by {code_by}"));
        let finding = places.fold(finding, |finding, place| finding.and(place, format!("indented by {by}")));
        let indent = lines.map(|line| indent_of(context, context.source.line_span(line))).min_by_key(|it| it.len())?;
        let edits = ends().filter(is_mixed).map(|place| {
            let start = context.source.line_range(context.source.line(place.start)).start;
            Edit { span: context.source.span(start..place.start as usize), text: indent.to_owned() }
        });
        let edits = edits.collect();
        let help = format!("indent both by {code_by}, or the code may stand in too far on the card");
        Some(finding.help(help).safe_fix(About::Fences, edits))
    });
    gathered(found.collect(), |count| format!("{count} fences and their code are indented by different characters"))
}

fn as_the_opener(indent: &str) -> String {
    match indent.len() {
        _ if indent.contains(['\t', '>']) => "as far as the opening fence".to_owned(),
        1 => "by 1 space, as the opening fence".to_owned(),
        spaces => format!("by {spaces} spaces, as the opening fence"),
    }
}

/// What a new line must begin with to stand in the same quotes and list items as a span: what stands before it on its
/// line, with spaces for the markers of items.
fn prefix_of(context: &Context<'_>, span: Span) -> String {
    let line = context.source.line_range(context.source.line(span.start));
    let before = context.source.text().get(line.start..span.start as usize).unwrap_or_default();
    let prefix: String = before.chars().map(|c| if matches!(c, '\t' | '>') { c } else { ' ' }).collect();
    prefix
}

/// The white space that the line of a span begins with.
fn indent_of<'a>(context: &Context<'a>, span: Span) -> &'a str {
    let text = context.source.text();
    let before = text.get(..span.start as usize).unwrap_or_default();
    // Most fences begin their line.
    if before.is_empty() || before.ends_with(['\n', '\r']) {
        let behind = text.get(span.start as usize..).unwrap_or_default();
        return white_space_before(behind);
    }
    white_space_before(context.source.line_text(context.source.line(span.start)))
}

fn white_space_before(line: &str) -> &str {
    let rest = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - rest.len()).unwrap_or_default()
}

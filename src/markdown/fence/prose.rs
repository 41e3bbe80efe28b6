//! Does a line inside a fence look like prose that the fence swallowed?
//!
//! One mark is rarely enough: `# comment` is shell, `- item` is YAML. Strong marks (a bold line, a heading that asks)
//! count alone behind a blank line; weak ones, and those directly behind code, only together.

use std::ops::Range;

use super::lines::Inside;
use crate::languages::{comments_with_hash, is_markup};

pub(super) const ENOUGH: u32 = 3;
/// What is enough where another sign says that a fence was not closed.
pub(super) const LITTLE: u32 = 2;
/// How many lines behind a suspect line are looked at.
const WINDOW: usize = 6;

/// The first line of a run of prose among these lines of a fence.
pub(super) fn first_line(inside: Inside<'_>, language: &str, lines: Range<u32>, enough: u32) -> Option<u32> {
    let mut weak = None;
    let mut total = 0;
    let mut blank_before = false;
    for line in lines {
        let text = inside.text(line);
        if text.is_empty() {
            blank_before = true;
            continue;
        }
        let strength = strength(text, language);
        // Prose that follows code directly, without a blank line, is most likely code.
        let counted = if blank_before { strength } else { strength / 2 };
        if counted >= enough {
            return Some(weak.unwrap_or(line));
        }
        if counted > 0 {
            total += counted;
            weak = weak.or(Some(line));
            if total >= enough {
                return weak;
            }
        } else if blank_before {
            (weak, total) = (None, 0);
        }
        blank_before = false;
    }
    None
}

/// Whether what stands behind a suspect line is prose.
pub(super) fn begins_with(inside: Inside<'_>, language: &str, lines: Range<u32>) -> bool {
    let texts = lines.map(|line| inside.text(line)).filter(|text| !text.is_empty());
    let mut total = 0;
    for text in texts.take(WINDOW) {
        if text.starts_with("```") || text.starts_with("~~~") {
            break;
        }
        total += strength(text, language);
        if total >= ENOUGH {
            return true;
        }
    }
    false
}

/// How much a line looks like prose and not like code of this language.
pub(super) fn strength(text: &str, language: &str) -> u32 {
    if let Some(title) = heading(text) {
        let asks = title.ends_with(['?', '？', '؟']) || numbered(title).is_some() || question_label(title);
        let level = text.bytes().take_while(|&byte| byte == b'#').count();
        return match (asks, comments_with_hash(language)) {
            (true, false) => 4,
            (true, true) => 3,
            (false, false) if level > 1 => 3,
            (false, false) => 2,
            (false, true) => 0,
        };
    }
    let item = list_item(text);
    let content = item.unwrap_or(text);
    if bold_lead(content) || (link_lead(content) && !is_markup(language)) {
        return 3;
    }
    if content.starts_with("[ ] ") || content.starts_with("[x] ") || is_html_frame(text, language) {
        return 3;
    }
    let sentence = is_sentence(content) && !is_markup(language);
    match (item.is_some(), sentence) {
        (true, true) | (false, true) => 2,
        (true, false) if !comments_with_hash(language) && reads_like_words(content) => 1,
        _ => 0,
    }
}

fn heading(text: &str) -> Option<&str> {
    let title = text.trim_start_matches('#');
    let level = text.len() - title.len();
    (1..=6).contains(&level).then_some(title).filter(|title| title.starts_with(' ')).map(str::trim)
}

fn numbered(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let rest = rest.strip_prefix(['.', ')'])?;
    ((1..=5).contains(&digits) && rest.starts_with(' ')).then(|| rest.trim_start())
}

fn question_label(text: &str) -> bool {
    text.strip_prefix(['Q', 'q']).is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

fn list_item(text: &str) -> Option<&str> {
    let bullet = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).or_else(|| text.strip_prefix("+ "));
    bullet.map(str::trim_start).or_else(|| numbered(text))
}

/// How wide the marker of an item is, with the space behind it.
pub(super) fn item_marker(text: &str) -> Option<usize> {
    list_item(text).map(|content| text.len() - content.len())
}

/// `**Words**` at the start of a line; `**kwargs` has no end.
fn bold_lead(text: &str) -> bool {
    text.strip_prefix("**").is_some_and(|rest| {
        let inside = rest.split("**").next().unwrap_or_default();
        rest.len() > inside.len() && inside.starts_with(char::is_alphanumeric) && !inside.ends_with(' ')
    })
}

/// `[Words](https://…)` or `**[Words](#part)**` at the start of a line; what follows the brackets of a lambda is no address.
fn link_lead(text: &str) -> bool {
    let rest = text.trim_start_matches('*').strip_prefix('[');
    let address = rest.and_then(|rest| rest.split_once("](")).map(|(_, address)| address);
    address
        .is_some_and(|address| ["http://", "https://", "#", "/", "./"].iter().any(|start| address.starts_with(start)))
}

fn is_html_frame(text: &str, language: &str) -> bool {
    let code_may_hold_it = ["html", "xml", "jsx", "tsx", "vue", "svelte", "js", "javascript"].contains(&language);
    !code_may_hold_it && ["<details", "</details", "<summary", "</summary"].iter().any(|tag| text.starts_with(tag))
}

fn reads_like_words(text: &str) -> bool {
    !text.contains(['{', '}', ';', '=', '<', '>', '$', '"', '\'', ':', '/', '_'])
        && text.split_whitespace().count() >= 3
}

/// A capital or a code span, five words or more, an end mark, and no character that prose rarely has.
fn is_sentence(text: &str) -> bool {
    (text.starts_with(char::is_uppercase) || text.starts_with('`'))
        && text.ends_with(['.', ':', '?', '!'])
        && !text.contains(['{', '}', ';', '=', '<', '>', '$', '"'])
        && text.split_whitespace().count() >= 5
}

/// A line of two words or more that no code looks like: enough where a blank line and another sign stand by it.
pub(super) fn could_be(text: &str) -> bool {
    let content = list_item(text).unwrap_or(text);
    !content.contains(['{', '}', ';', '=', '<', '>', '$', '"', '(', ')', '[', ']', '_'])
        && content.trim_start_matches(['*', '`']).starts_with(char::is_alphabetic)
        && content.split_whitespace().count() >= 2
        && (content.len() < text.len() || content.starts_with('`') || content.starts_with(char::is_uppercase))
        && !content.ends_with([',', '\\', '|'])
}

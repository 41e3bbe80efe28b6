//! Code blocks that say they hold JSON, YAML or TOML, read by real parsers.
//!
//! Answers show pieces of files: with `…`, with remarks, without the braces around them. Only what can be nothing but a
//! slip is reported.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::fences::code_of;
use super::{Context, Finding, Findings, gathered};
use crate::markdown::Fence;

/// Bytes of the largest block that is read.
const LARGEST: usize = 200_000;

/// What a parser says, and where: 0-based line of the code, 1-based column in characters.
struct Fault {
    line: usize,
    column: usize,
    what: String,
}

pub(super) fn invalid_json_fence(context: &Context<'_>) -> Findings {
    faults(context, &["json"], "JSON", json)
}

pub(super) fn invalid_yaml_fence(context: &Context<'_>) -> Findings {
    faults(context, &["yaml", "yml"], "YAML", yaml)
}

pub(super) fn invalid_toml_fence(context: &Context<'_>) -> Findings {
    faults(context, &["toml"], "TOML", toml)
}

fn faults(context: &Context<'_>, languages: &[&str], name: &str, read: fn(&str) -> Option<Fault>) -> Findings {
    let of_language = |(fence, language): &(&Fence, &str)| {
        !fence.broken && languages.iter().any(|known| language.eq_ignore_ascii_case(known))
    };
    let found = context.fences().filter(of_language).filter_map(|(fence, _)| {
        let code = code_of(context, fence);
        if code.len() > LARGEST || code.trim().is_empty() || code.contains(['…', '\u{fffd}']) {
            return None;
        }
        let fault = read(&code)?;
        let line = fence.opener_line + 1 + u32::try_from(fault.line).ok()?;
        let line = line.min(fence.last_code_line);
        let range = context.source.line_range(line);
        let typed = context.source.line_text(line);
        let of_code = code.lines().nth(fault.line).unwrap_or_default();
        let prefix = typed.len().saturating_sub(of_code.len());
        let column = of_code.char_indices().nth(fault.column.saturating_sub(1)).map_or(of_code.len(), |(at, _)| at);
        let start = (range.start + prefix + column).min(range.end);
        let end = context.source.text().get(start..range.end)?.chars().next().map_or(start, |c| start + c.len_utf8());
        let place = context.source.visible(start..end);
        let finding = Finding::new(format!("this is no {name}: {}", fault.what), place, "the parser stops here");
        let finding = finding.and(fence.opener, format!("said to be {name}"));
        Some(finding.help(format!("mend it, or name the block `text` if it is no {name} on purpose")))
    });
    // The three have one form of message.
    match name {
        "JSON" => gathered(found.collect(), |count| format!("{count} code blocks are no JSON")),
        "YAML" => gathered(found.collect(), |count| format!("{count} code blocks are no YAML")),
        _ => gathered(found.collect(), |count| format!("{count} code blocks are no TOML")),
    }
}

/// Any value, in which no key comes twice.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_str<E>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        while items.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Strict, A::Error> {
        let mut keys: HashSet<String> = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("the key `{}` stands twice", key.replace('`', "'"))));
            }
            keys.insert(key);
            entries.next_value::<Strict>()?;
        }
        Ok(Strict)
    }
}

fn json(code: &str) -> Option<Fault> {
    if !code.trim_start().starts_with(['{', '[']) || is_elided_json(code) {
        return None;
    }
    let mut documents = serde_json::Deserializer::from_str(code).into_iter::<Strict>();
    let error = match documents.next()? {
        Err(error) => error,
        Ok(_) => {
            // More documents, or what a program prints behind one; but a bracket too many is a slip.
            let at = documents.byte_offset();
            let rest = code.get(at..)?;
            let extra = rest.trim();
            if extra.is_empty() || !extra.chars().all(|c| matches!(c, '}' | ']' | ',') || c.is_whitespace()) {
                return None;
            }
            let at = at + rest.len() - rest.trim_start().len();
            return Some(fault_at(code, at, "this closes nothing".to_owned()));
        }
    };
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if message.contains("recursion limit") {
        return None;
    }
    let line = error.line().saturating_sub(1);
    // Columns are bytes.
    let typed = code.split('\n').nth(line).unwrap_or_default();
    let before = typed.char_indices().take_while(|(at, _)| *at < error.column()).count();
    let mut fault = Fault { line, column: before.max(1), what: in_words(message) };
    if error.is_eof() {
        let opener = unclosed(code)?;
        fault = fault_at(code, opener, "this is never closed".to_owned());
    }
    Some(fault)
}

/// A parser's words, in ours.
fn in_words(message: &str) -> String {
    match message {
        "key must be a string" => "a key should stand in double quotation marks".to_owned(),
        "trailing comma" => "no comma may stand before a closing bracket".to_owned(),
        "expected `,` or `}`" | "expected `,` or `]`" => "a comma is missing before this".to_owned(),
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "a text goes over the end of its line".to_owned()
        }
        other => other.replace('\n', " "),
    }
}

fn fault_at(code: &str, at: usize, what: String) -> Fault {
    let before = code.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Fault { line: before.matches('\n').count(), column, what }
}

/// Whether something in it, outside of texts, is neither JSON nor a common slip: `…`, remarks, placeholders, prompts.
fn is_elided_json(code: &str) -> bool {
    let mut in_text = false;
    let mut escaped = false;
    let mut before = ' ';
    for c in code.chars() {
        if in_text {
            // A text that is not closed ends with its line, or all behind it would be read the wrong way round.
            in_text = (c != '"' || escaped) && c != '\n';
            escaped = c == '\\' && !escaped;
        } else {
            match c {
                '"' => in_text = true,
                '/' | '#' | '<' | '>' | '$' | '%' | '(' | ')' | '|' | '*' | ';' | '=' | '`' | '?' | '@' | '!' | '&'
                | '~' => {
                    return true;
                }
                '.' if before == '.' => return true,
                '{' if before == '{' => return true,
                _ => {}
            }
        }
        before = c;
    }
    // Texts may be elided too, but then all of it can be read.
    code.lines().any(|line| line.trim().trim_matches(['"', ',']) == "...")
}

/// The last bracket that is opened and never closed.
fn unclosed(code: &str) -> Option<usize> {
    let mut open = Vec::new();
    let (mut in_text, mut escaped) = (None, false);
    for (at, c) in code.char_indices() {
        match (in_text, c) {
            (Some(_), '"') if !escaped => in_text = None,
            (Some(_), _) => escaped = c == '\\' && !escaped,
            (None, '"') => (in_text, escaped) = (Some(at), false),
            (None, '{' | '[') => open.push(at),
            (None, '}' | ']') => _ = open.pop(),
            _ => {}
        }
    }
    in_text.or_else(|| open.pop())
}

fn toml(code: &str) -> Option<Fault> {
    let first = code.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let is_toml = first.starts_with('[') || first.split_once('=').is_some_and(|(key, _)| is_key(key.trim()));
    if !is_toml || is_elided(code) {
        return None;
    }
    let error = code.parse::<::toml::Table>().err()?;
    let at = error.span().map_or(0, |span| span.start).min(code.len());
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    if message.contains("recursion") {
        return None;
    }
    let line_start = code.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    // At the end of a line the parser names the line below.
    let at = if at == line_start && at > 0 && code.get(at..)?.starts_with('\n') { at - 1 } else { at };
    Some(fault_at(code, at, message))
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '"' | '\'' | ' '))
}

/// Whether a text leaves something out, or is a template.
fn is_elided(code: &str) -> bool {
    code.contains("...")
        || code.contains("{{")
        || code.contains("{%")
        || code.contains("${")
        || code.lines().any(|line| {
            let line = line.trim();
            let is_placeholder = line.starts_with('<') || line.contains("<your") || line.contains("= <");
            let is_diff = line.starts_with("+ ") || line.starts_with("@@");
            let is_shell = line.starts_with("$ ")
                || line.starts_with("kubectl ")
                || line.starts_with("//")
                || line.starts_with('%');
            is_placeholder || is_shell || is_diff
        })
}

fn yaml(code: &str) -> Option<Fault> {
    let first = code.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let is_yaml = first == "---"
        || first.starts_with("- ")
        || first
            .split_once(':')
            .is_some_and(|(key, value)| is_key(key.trim()) && (value.is_empty() || value.starts_with(' ')));
    if !is_yaml || is_elided(code) {
        return None;
    }
    let error = serde_saphyr::from_multiple::<Strict>(code).err()?;
    let location = error.location()?;
    let (line, column) = (location.line() as usize, location.column() as usize);
    // A tab is told at its line, wherever the parser gets with it.
    let is_tabbed = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
    let near = code.lines().enumerate().take(line + 1).skip(line.saturating_sub(2)).find(|(_, line)| is_tabbed(line));
    if let Some((number, tabbed)) = near {
        let column = tabbed.chars().take_while(|&c| c == ' ').count() + 1;
        return Some(Fault { line: number, column, what: "a tab can't indent".to_owned() });
    }
    let text = error.without_snippet().to_string();
    let message = text.lines().next().unwrap_or_default();
    slip(message).map(|what| Fault { line: line.saturating_sub(1), column: column.max(1), what })
}

/// What can be nothing but a slip; a parser may also stop at what is only unusual.
fn slip(message: &str) -> Option<String> {
    const SLIPS: [&str; 8] = [
        "mapping values",
        "did not find",
        "expected",
        "indentation",
        "simple key",
        "illegal",
        "unexpected",
        "unclosed",
    ];
    let message = message.split(" at line ").next().unwrap_or_default();
    if let Some(key) = message.strip_prefix("duplicate mapping key: ") {
        let key = key.split(", set ").next().unwrap_or_default().replace('`', "'");
        return Some(format!("the key `{key}` stands twice"));
    }
    // A parser's quotation marks are not ours.
    SLIPS.iter().any(|slip| message.contains(slip)).then(|| message.replace('`', "'"))
}

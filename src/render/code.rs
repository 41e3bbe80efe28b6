//! Code blocks in colour: syntect's scopes become seven one-letter classes, which `card.css` paints.
//!
//! The markup is `<i class=k>`: with its end tag 15 bytes a run, against 21 for `<span class=k>`, and every field of
//! every card pays for it. `i` is valid inside `code`, its slant is undone by the style sheet, and without any style
//! sheet a slanted keyword still reads. Anki's editor keeps it (it adds the quotation marks when it saves).

mod cache;
mod grammar;
mod matcher;
mod parser;
mod program;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use foldhash::HashMap;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference};

pub use self::cache::Cache;

use self::grammar::SYNTAXES;
use self::parser::{Failure, Operations, Parser};
use crate::languages;

/// Longer code is shown plain: colouring takes a second a megabyte, and nobody learns from it.
const LONGEST_CODE: usize = 200_000;

/// Code with a longer line is minified or data; the regular expressions take their time over such lines.
const LONGEST_LINE: usize = 2_000;

/// Coloured code may take this many times the bytes of the code.
const GROWTH: usize = 3;

/// What a run of code is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Attribute,
    Function,
    Type,
    Number,
    Keyword,
    Text,
    Comment,
}

impl Class {
    /// The least valuable first, in the order they are given up when a block grows too much.
    const ALL: [Self; 7] =
        [Self::Attribute, Self::Function, Self::Type, Self::Number, Self::Keyword, Self::Text, Self::Comment];

    fn letter(self) -> char {
        match self {
            Self::Attribute => 'a',
            Self::Function => 'f',
            Self::Type => 't',
            Self::Number => 'n',
            Self::Keyword => 'k',
            Self::Text => 's',
            Self::Comment => 'c',
        }
    }
}

/// The letters of all classes, for the style sheet's test and the sanitiser.
pub(crate) const CLASSES: [&str; 7] = ["a", "f", "t", "n", "k", "s", "c"];

/// What a scope says about the colour of its text.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    Paint(Class),
    /// A key where the grammar only says "string".
    Key,
    /// A keyword if it is a word (`typeof`, `and`); a sign (`=>`, `+`) is as what stands around it.
    Word,
    /// Code inside something else: back to no colour.
    Nothing,
    /// As the scope around it.
    Around,
}

/// Scope prefixes, the longer before the shorter.
const SELECTORS: &[(&str, Verdict)] = &[
    ("comment", Verdict::Paint(Class::Comment)),
    ("constant.character", Verdict::Around),
    ("constant.other.character-class", Verdict::Around),
    ("constant.other.placeholder", Verdict::Around),
    ("constant.other.symbol", Verdict::Paint(Class::Text)),
    ("constant", Verdict::Paint(Class::Number)),
    ("entity.name.tag", Verdict::Paint(Class::Type)),
    ("entity.name.function", Verdict::Paint(Class::Function)),
    ("entity.name.macro", Verdict::Paint(Class::Function)),
    ("entity.name.constant", Verdict::Nothing),
    ("entity.name.namespace", Verdict::Nothing),
    ("entity.name.module", Verdict::Nothing),
    ("entity.name.label", Verdict::Nothing),
    ("entity.name.section", Verdict::Paint(Class::Keyword)),
    ("entity.name", Verdict::Paint(Class::Type)),
    ("entity.other.attribute-name", Verdict::Paint(Class::Attribute)),
    ("entity.other.inherited-class", Verdict::Paint(Class::Type)),
    ("keyword.other.unit", Verdict::Paint(Class::Number)),
    ("keyword", Verdict::Word),
    ("markup.deleted", Verdict::Paint(Class::Keyword)),
    ("markup.heading", Verdict::Paint(Class::Keyword)),
    ("markup.inserted", Verdict::Paint(Class::Text)),
    ("markup.raw", Verdict::Paint(Class::Text)),
    ("meta.annotation.parameters", Verdict::Nothing),
    ("meta.annotation.arguments", Verdict::Nothing),
    ("meta.annotation", Verdict::Paint(Class::Attribute)),
    ("meta.embedded", Verdict::Nothing),
    ("meta.group.expansion.command", Verdict::Nothing),
    ("meta.interpolation", Verdict::Nothing),
    ("meta.mapping.key", Verdict::Key),
    ("meta.template.expression", Verdict::Nothing),
    ("source", Verdict::Nothing),
    ("storage.type.string", Verdict::Paint(Class::Text)),
    ("storage", Verdict::Word),
    ("string", Verdict::Paint(Class::Text)),
    ("support.constant", Verdict::Paint(Class::Number)),
    ("support.function", Verdict::Paint(Class::Function)),
    ("support.type.property-name", Verdict::Paint(Class::Attribute)),
    ("support.class", Verdict::Paint(Class::Type)),
    ("support.type", Verdict::Paint(Class::Type)),
    ("variable.annotation", Verdict::Paint(Class::Attribute)),
    ("variable.function", Verdict::Paint(Class::Function)),
    ("variable.language", Verdict::Word),
];

static SCOPES: LazyLock<Vec<(Scope, Verdict)>> = LazyLock::new(|| {
    SELECTORS.iter().filter_map(|&(prefix, verdict)| Some((Scope::new(prefix).ok()?, verdict))).collect()
});

/// A run of one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    class: Class,
    range: Range<usize>,
}

/// What colours are to be had from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Colours<'a> {
    /// None are wanted.
    None,
    /// Each block is coloured, or was in the run before.
    All(Option<&'a Cache>),
}

/// A code block as HTML. Its text content is exactly `code`.
pub(super) fn block(info: &str, code: &str, colours: Colours<'_>) -> String {
    let language = languages::of_info(info);
    let mut html = String::with_capacity(code.len() * 2 + 48);
    html.push_str("<pre");
    if is_shown(&language) {
        html.push_str(" data-language=\"");
        html.push_str(&language);
        html.push('"');
    }
    html.push_str("><code>");
    match colours {
        Colours::None => escape(code, &mut html),
        Colours::All(cache) => html.push_str(&inner(&language, code, cache)),
    }
    html.push_str("</code></pre>\n");
    html
}

/// Whether a language's name may stand in the markup: short, and of the signs names are made of.
pub(crate) fn is_shown(language: &str) -> bool {
    let of_names = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#' | b'-' | b'_' | b'.');
    !language.is_empty() && language.len() <= 24 && language.bytes().all(of_names)
}

fn inner(language: &str, code: &str, cache: Option<&Cache>) -> String {
    let runs = runs(language, code, cache).unwrap_or_default();
    let mut dropped = 0;
    loop {
        let kept = |run: &&Run| !Class::ALL.iter().take(dropped).any(|class| *class == run.class);
        let html = paint(code, runs.iter().filter(kept));
        if html.len() <= code.len() * GROWTH || dropped == Class::ALL.len() {
            return html;
        }
        dropped += 1;
    }
}

/// The coloured runs of a code block; `None` where it is to stay plain.
fn runs(language: &str, code: &str, cache: Option<&Cache>) -> Option<Vec<Run>> {
    let syntax = languages::syntax_name(language)?;
    let too_long = code.len() > LONGEST_CODE || code.lines().any(|line| line.len() > LONGEST_LINE);
    if too_long {
        return None;
    }
    match cache {
        Some(cache) => Some(cache.runs(syntax, code, || coloured(syntax, code).unwrap_or_default())),
        None => coloured(syntax, code),
    }
}

/// The runs of code in the language of a syntax.
fn coloured(syntax: &str, code: &str) -> Option<Vec<Run>> {
    let index = *PLACES.get(syntax)?;
    let syntax = SYNTAXES.syntaxes().get(index)?;
    let quick =
        Parser::new(index).map_or(Err(Failure::Unsupported), |mut parser| colour(code, |line| parser.line(line)));
    match quick {
        Ok(runs) => return Some(runs),
        Err(Failure::Endless) => return None,
        Err(Failure::Unsupported) => {}
    }
    // syntect compiles a grammar's regular expressions when they are first needed and panics at a bad one; the
    // grammars are data of another crate, and a card without colours is better than no deck.
    catch_unwind(AssertUnwindSafe(|| slow(syntax, code))).ok().flatten()
}

/// Where each syntax stands in the set, by its name.
static PLACES: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let named = SYNTAXES.syntaxes().iter().enumerate();
    named.map(|(index, syntax)| (syntax.name.as_str(), index)).collect()
});

/// By syntect's own parser, which can do everything.
fn slow(syntax: &SyntaxReference, code: &str) -> Option<Vec<Run>> {
    let mut state = ParseState::new(syntax);
    colour(code, |line| state.parse_line(line, &SYNTAXES).map_err(|_| Failure::Unsupported)).ok()
}

fn colour(code: &str, mut parse: impl FnMut(&str) -> Result<Operations, Failure>) -> Result<Vec<Run>, Failure> {
    let mut stack = ScopeStack::new();
    let mut runs = Runs { code, list: Vec::new() };
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        // The grammars expect every line to end.
        let ended = if line.ends_with('\n') { None } else { Some(format!("{line}\n")) };
        let operations = parse(ended.as_deref().unwrap_or(line))?;
        let mut from = 0;
        for (at, operation) in operations {
            let at = at.min(line.len());
            runs.add(&stack, start + from..start + at);
            from = at;
            stack.apply(&operation).map_err(|_| Failure::Unsupported)?;
        }
        runs.add(&stack, start + from..start + line.len());
        start += line.len();
    }
    Ok(runs.list)
}

/// Collects tokens into runs.
struct Runs<'code> {
    code: &'code str,
    list: Vec<Run>,
}

impl Runs<'_> {
    fn add(&mut self, stack: &ScopeStack, range: Range<usize>) {
        let text = self.code.get(range.clone()).unwrap_or_default();
        let word = text.trim();
        if word.is_empty() {
            return;
        }
        let Some(class) = class(stack.as_slice(), word) else { return };
        let start = range.start + (text.len() - text.trim_start().len());
        let end = start + word.len();
        if let Some(last) = self.list.last_mut() {
            let between = self.code.get(last.range.end..start).unwrap_or("?");
            if last.class == class && between.trim().is_empty() {
                last.range.end = end;
                return;
            }
        }
        self.list.push(Run { class, range: start..end });
    }
}

thread_local! {
    /// A grammar has some hundred scopes, and each is asked for again with every token in it.
    static VERDICTS: RefCell<HashMap<Scope, Verdict>> = RefCell::default();
}

fn verdict(scope: Scope) -> Verdict {
    let judge = || {
        let found = SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope));
        found.map_or(Verdict::Around, |&(_, verdict)| verdict)
    };
    VERDICTS.with_borrow_mut(|known| *known.entry(scope).or_insert_with(judge))
}

fn class(scopes: &[Scope], word: &str) -> Option<Class> {
    let is_word = word.contains(char::is_alphanumeric);
    let mut is_text = false;
    for &scope in scopes.iter().rev() {
        match verdict(scope) {
            // A key may still stand around a string.
            Verdict::Paint(Class::Text) => is_text = true,
            Verdict::Key if is_text => return Some(Class::Attribute),
            Verdict::Nothing if is_text => return Some(Class::Text),
            _ if is_text => {}
            // Brackets and dots around a name are signs, not names.
            Verdict::Paint(Class::Function | Class::Type | Class::Attribute) if !is_word => {}
            Verdict::Paint(class) => return Some(class),
            Verdict::Word if is_word => return Some(Class::Keyword),
            Verdict::Nothing => return None,
            Verdict::Key | Verdict::Word | Verdict::Around => {}
        }
    }
    is_text.then_some(Class::Text)
}

fn paint<'run>(code: &str, runs: impl Iterator<Item = &'run Run>) -> String {
    let mut html = String::with_capacity(code.len() * 2);
    let mut at = 0;
    for run in runs {
        escape(code.get(at..run.range.start).unwrap_or_default(), &mut html);
        html.push_str("<i class=");
        html.push(run.class.letter());
        html.push('>');
        escape(code.get(run.range.clone()).unwrap_or_default(), &mut html);
        html.push_str("</i>");
        at = run.range.end;
    }
    escape(code.get(at..).unwrap_or_default(), &mut html);
    html
}

/// Text as HTML text.
pub(crate) fn escape(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some((at, sign)) = rest.bytes().enumerate().find(|(_, byte)| matches!(byte, b'&' | b'<' | b'>')) {
        html.push_str(rest.get(..at).unwrap_or_default());
        html.push_str(match sign {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    html.push_str(rest);
}

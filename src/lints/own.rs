//! Lints of a project's own: Markdown pages in the folder `lints/` beside its `deckc.toml`, each with a pattern in its
//! front matter. `pages` reads them, `scope` says where a pattern looks, `template` fills what it found into messages
//! and replacements.
//!
//! A project is a text that others may have written. A pattern is bound in size, one search with it takes linear time,
//! and it can't match the empty text; what it finds in one file is bound, too, and so is what it may read for that.

pub(crate) mod pages;
mod scope;
mod template;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use regex::{Captures, Regex};

pub use self::scope::Scope;
pub(crate) use self::scope::Scopes;
pub(crate) use self::template::Template;
use super::{Context, TOO_MANY, first_line, quoted};
use crate::diagnostic::{Edit, Finding, Findings, Gather, GatherMessage, Level};
use crate::languages;
use crate::settings::SettingsError;
use crate::source::{ReadError, Sources, Span, place};

/// The group they are in.
pub const GROUP: &str = "own";

/// Places that one lint finds in one file, at most.
const MOST_PLACES: usize = 1_000;
/// Bytes that one lint may read in one file to find them. To find `a.*?z|a` at one place, all behind it may be read, and
/// again at the next place.
const MOST_READ: usize = 256_000_000;
/// A replacement is no longer, so that fixes that undo each other can't fill the memory.
const LONGEST_REPLACEMENT: usize = 4_096;

/// A lint of a project's own.
#[derive(Debug)]
pub struct OwnLint {
    /// The name of its page.
    pub name: String,
    /// Unless it is set otherwise.
    pub level: Level,
    /// What it looks at.
    pub scope: Scope,
    /// Its page without the front matter.
    pub page: String,
    /// What it reports, in one sentence without its full stop.
    pub summary: String,
    /// Where its page lies, as findings show it.
    pub path: String,
    /// The 1-based line at which `page` begins.
    pub(crate) page_line: u32,
    pattern: Regex,
    /// Bytes of the longest text it can match, if there is one.
    longest: Option<usize>,
    languages: Vec<String>,
    message: Template,
    replace: Option<Template>,
    help: Option<Template>,
}

impl PartialEq for OwnLint {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.page, self.pattern.as_str()) == (&other.name, &other.page, other.pattern.as_str())
    }
}

impl Eq for OwnLint {}

impl OwnLint {
    /// What it looks for.
    #[must_use]
    pub fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// Whether its findings carry a fix.
    #[must_use]
    pub fn is_fixable(&self) -> bool {
        self.replace.is_some()
    }

    /// Bytes that may be read to see how far what stands at a place of a text reaches.
    fn reads(&self, text: &str, start: usize) -> usize {
        text.len().saturating_sub(start).min(self.longest.unwrap_or(usize::MAX))
    }

    fn wants_language(&self, info: &str) -> bool {
        let named = languages::of_info(info);
        let syntax = languages::syntax_name(&named);
        let is_it = |wanted: &String| {
            let wanted = wanted.to_lowercase();
            wanted == named || (syntax.is_some() && languages::syntax_name(&wanted) == syntax)
        };
        self.languages.is_empty() || self.languages.iter().any(is_it)
    }
}

/// The lints of a project's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnLints {
    lints: Arc<[Arc<OwnLint>]>,
    /// Also those of pages with mistakes.
    names: Arc<BTreeSet<String>>,
}

impl OwnLints {
    fn new(lints: Vec<OwnLint>, names: BTreeSet<String>) -> Self {
        Self { lints: lints.into_iter().map(Arc::new).collect(), names: Arc::new(names) }
    }

    /// Those of the project in a folder, whether it has a `deckc.toml` or not.
    ///
    /// # Errors
    /// When a page can't be read, or is none.
    pub fn of_project(folder: &Path) -> Result<Self, SettingsError> {
        let mut sources = Sources::default();
        let (own, faults) = pages::read(&mut sources, &place(folder)).map_err(SettingsError::Unreadable)?;
        if let Some((what, _)) = faults.of_folder.into_iter().next() {
            return Err(SettingsError::Unreadable(ReadError::Unreadable {
                path: pages::FOLDER.to_owned(),
                reason: what,
                kind: ErrorKind::InvalidData,
            }));
        }
        let findings = faults.of_pages.into_iter().map(|(id, fault)| fault.finding(sources.get(id)));
        let findings: Vec<Finding> = findings.collect();
        if findings.is_empty() {
            Ok(own)
        } else {
            Err(SettingsError::Mistakes { sources: Box::new(sources), findings })
        }
    }

    /// One of them alone.
    pub(crate) fn of(lint: &Arc<OwnLint>) -> Self {
        Self { lints: Arc::new([Arc::clone(lint)]), names: Arc::new(BTreeSet::from([lint.name.clone()])) }
    }

    /// Each, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<OwnLint>> {
        self.lints.iter()
    }

    /// The one of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<OwnLint>> {
        self.lints.iter().find(|lint| lint.name == name)
    }

    /// Whether a page has this name, be it right or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The names of all pages.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// What a lint finds in a file.
pub(crate) fn check(context: &Context<'_>, scopes: &Scopes<'_, '_>, lint: &OwnLint) -> Findings {
    let mut each: Vec<Finding> = Vec::new();
    let mut is_cut = false;
    let mut read = 0_usize;
    let needs_groups = [Some(&lint.message), lint.replace.as_ref(), lint.help.as_ref()];
    let needs_groups = needs_groups.into_iter().flatten().any(Template::names_groups);
    'pieces: for &piece in scopes.of(lint).iter() {
        let text = context.source.slice(piece);
        let start = piece.start as usize;
        let at = |found: &regex::Match<'_>| context.source.span(start + found.start()..start + found.end());
        if needs_groups {
            for captures in lint.pattern.captures_iter(text) {
                let Some(found) = captures.get(0) else { continue };
                is_cut = each.len() >= MOST_PLACES || read > MOST_READ;
                if is_cut {
                    break 'pieces;
                }
                read = read.saturating_add(lint.reads(text, found.start()));
                each.push(finding(context, lint, at(&found), Groups::All(&captures)));
            }
        } else {
            for found in lint.pattern.find_iter(text) {
                is_cut = each.len() >= MOST_PLACES || read > MOST_READ;
                if is_cut {
                    break 'pieces;
                }
                read = read.saturating_add(lint.reads(text, found.start()));
                each.push(finding(context, lint, at(&found), Groups::Whole(found.as_str())));
            }
        }
    }
    let count = each.len();
    if let Some(last) = each.last_mut().filter(|_| is_cut) {
        last.message += &format!("; this is place {count} of this file, and more are not looked for");
    }
    let summary = lint.summary.as_str().into();
    let message = if is_cut { GatherMessage::FirstOf(summary) } else { GatherMessage::Text(summary) };
    Findings { each, gather: Some(Gather { most: TOO_MANY, message }) }
}

/// What a pattern found: all of its groups, or only the whole of it.
#[derive(Clone, Copy)]
pub(crate) enum Groups<'c, 't> {
    Whole(&'t str),
    All(&'c Captures<'t>),
}

fn finding(context: &Context<'_>, lint: &OwnLint, span: Span, groups: Groups<'_, '_>) -> Finding {
    let text = context.source.slice(span);
    let shown = first_line(context.source, span);
    let shown = if shown.is_empty() { context.source.visible(span.range()) } else { shown };
    let replacement = lint.replace.as_ref().map(|replace| replace.filled(groups));
    // What would be found again is no cure, and would be replaced again and again.
    let is_cure = |new: &String| new != text && new.len() <= LONGEST_REPLACEMENT && !lint.pattern.is_match(new);
    let replacement = replacement.filter(is_cure);
    let finding = Finding::new(lint.message.shown(groups), shown, format!("found by `{}`", lint.name));
    let finding = match (&lint.help, &replacement) {
        (Some(help), _) => finding.help(help.shown(groups)),
        (None, Some(new)) if new.trim().is_empty() => finding.help("delete it"),
        (None, Some(new)) => finding.help(format!("write {}", quoted(new))),
        (None, None) => finding,
    };
    match replacement {
        Some(text) => finding.unsafe_fix(vec![Edit { span, text }]),
        None => finding,
    }
}

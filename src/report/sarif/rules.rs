//! The rules of a SARIF log: all lints with their pages, and those of the project's own that found something.

use foldhash::HashMap;
use serde::{Serialize, Serializer};

use super::level;
use super::shapes::Text;
use crate::diagnostic::{Diagnostic, Level};
use crate::lints::own::OwnLint;
use crate::lints::{self, CATALOGUE, Lint};
use crate::report::url;

/// The most that GitHub takes of a description.
const LONGEST_DESCRIPTION: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<&'a str>,
    full_description: Text<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    help: Help<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_configuration: Option<Configuration>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Help<'a> {
    text: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'a str>,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: Vec<&'a str>,
}

/// All rules of a run, and where each stands.
pub(super) struct Rules<'a> {
    own: Vec<(&'a str, Option<&'a OwnLint>)>,
    indices: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(findings: &'a [Diagnostic], pages: &HashMap<&str, &'a OwnLint>) -> Self {
        let mut indices: HashMap<&str, usize> = CATALOGUE.iter().map(|lint| lint.name).zip(0..).collect();
        let mut own = Vec::new();
        for finding in findings {
            let next = indices.len();
            indices.entry(&finding.lint).or_insert_with(|| {
                own.push((&*finding.lint, pages.get(&*finding.lint).copied()));
                next
            });
        }
        Self { own, indices }
    }

    pub(super) fn index(&self, lint: &str) -> Option<usize> {
        self.indices.get(lint).copied()
    }
}

impl Serialize for Rules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.own.iter().map(|(name, lint)| own_rule(name, *lint));
        serializer.collect_seq(CATALOGUE.iter().map(rule).chain(own))
    }
}

fn rule(lint: &Lint) -> Rule<'_> {
    Rule {
        id: lint.name,
        short_description: Text { text: lint.summary() },
        full_description: Text { text: description(lint.summary(), lint.page) },
        help_uri: url(lint.name),
        help: Help { text: lint.page.into(), markdown: Some(lint.page) },
        default_configuration: Some(configuration(lint.level)),
        properties: Properties { tags: vec![lint.group.name()] },
    }
}

fn configuration(default: Level) -> Configuration {
    let is_enabled = default > Level::Allow;
    Configuration { enabled: is_enabled, level: level(if is_enabled { default } else { Level::Warn }) }
}

/// A lint that only its project knows, with its page where that is at hand.
fn own_rule<'a>(name: &'a str, lint: Option<&'a OwnLint>) -> Rule<'a> {
    debug_assert!(lints::find(name).is_none(), "a lint of the catalogue has a page");
    let text = |lint: &OwnLint| description(&lint.summary, &lint.page);
    Rule {
        id: name,
        short_description: Text { text: lint.map_or(name, |lint| &lint.summary) },
        full_description: Text { text: lint.map_or_else(|| format!("`{name}`, a lint of this project"), text) },
        help_uri: None,
        help: Help {
            text: lint.map_or("see the lints of this project", |lint| &lint.page).into(),
            markdown: lint.map(|lint| lint.page.as_str()),
        },
        default_configuration: lint.map(|lint| configuration(lint.level)),
        properties: Properties { tags: vec!["project"] },
    }
}

/// What a lint reports and why, from its page.
fn description(summary: &str, page: &str) -> String {
    let why = page.split("\n## ").find_map(|section| section.strip_prefix("Why\n")).unwrap_or_default();
    let text = format!("{summary}. {}", why.split_whitespace().collect::<Vec<_>>().join(" "));
    match text.char_indices().nth(LONGEST_DESCRIPTION) {
        Some((end, _)) => {
            let whole = text.get(..end).and_then(|text| text.rsplit_once(' ')).map_or("", |(words, _)| words);
            format!("{whole} …")
        }
        None => text.trim_end().to_owned(),
    }
}

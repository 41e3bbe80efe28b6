//! The rules of a SARIF log: all lints with their pages, and those of the project's own that found something.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use super::level;
use super::shapes::Text;
use crate::diagnostic::{Diagnostic, Level};
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
    own: Vec<&'a str>,
    indices: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(findings: &'a [Diagnostic]) -> Self {
        let mut indices: HashMap<&str, usize> = CATALOGUE.iter().map(|lint| lint.name).zip(0..).collect();
        let mut own = Vec::new();
        for finding in findings {
            let next = indices.len();
            indices.entry(&finding.lint).or_insert_with(|| {
                own.push(&*finding.lint);
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
        let own = self.own.iter().map(|name| own_rule(name));
        serializer.collect_seq(CATALOGUE.iter().map(rule).chain(own))
    }
}

fn rule(lint: &Lint) -> Rule<'_> {
    let is_enabled = lint.level > Level::Allow;
    Rule {
        id: lint.name,
        short_description: Text { text: lint.summary() },
        full_description: Text { text: description(lint) },
        help_uri: url(lint.name),
        help: Help { text: lint.page.into(), markdown: Some(lint.page) },
        default_configuration: Some(Configuration {
            enabled: is_enabled,
            level: level(if is_enabled { lint.level } else { Level::Warn }),
        }),
        properties: Properties { tags: vec![lint.group.name()] },
    }
}

/// A lint that only its project knows: its page is there.
fn own_rule(name: &str) -> Rule<'_> {
    debug_assert!(lints::find(name).is_none(), "a lint of the catalogue has a page");
    Rule {
        id: name,
        short_description: Text { text: name },
        full_description: Text { text: format!("`{name}`, a lint of this project") },
        help_uri: None,
        help: Help { text: "see the lints of this project".into(), markdown: None },
        default_configuration: None,
        properties: Properties { tags: vec!["project"] },
    }
}

/// What the lint reports and why, from its page.
fn description(lint: &Lint) -> String {
    let why = lint.page.split("\n## ").find_map(|section| section.strip_prefix("Why\n")).unwrap_or_default();
    let text = format!("{}. {}", lint.summary(), why.split_whitespace().collect::<Vec<_>>().join(" "));
    match text.char_indices().nth(LONGEST_DESCRIPTION) {
        Some((end, _)) => {
            let whole = text.get(..end).and_then(|text| text.rsplit_once(' ')).map_or("", |(words, _)| words);
            format!("{whole} …")
        }
        None => text.trim_end().to_owned(),
    }
}

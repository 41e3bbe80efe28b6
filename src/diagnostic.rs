//! Findings as data: what is wrong, at which places, and what to do. How they look is the business of `report`.

use crate::source::Span;

/// How serious a finding is. Ordered: `Allow < Warn < Deny`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; the deck is still made.
    Warn,
    /// What would make the deck wrong; nothing is written.
    Deny,
}

impl Level {
    /// Its name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// One place a finding concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What stands there, in a few words.
    pub message: String,
    /// Whether this is the place to look at first; each finding has exactly one.
    pub primary: bool,
}

/// Whether a fix may be applied without a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Changes nothing but what the finding is about.
    Safe,
    /// A guess at what the author meant.
    Unsafe,
}

/// One replacement in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// Edits that mend a finding, in source order, without overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub safety: Safety,
    /// What to replace.
    pub edits: Vec<Edit>,
}

/// One finding. The lint's name and level are stamped by the reporter of `check`, so a lint can't mislabel it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The lint that found it.
    pub lint: &'static str,
    /// As the lint's level is set in this run.
    pub level: Level,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// Every place concerned, the primary one first.
    pub labels: Vec<Label>,
    /// What to type.
    pub help: Option<String>,
    /// Edits that would do it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// The place to look at first.
    #[must_use]
    pub fn primary(&self) -> Option<&Label> {
        self.labels.iter().find(|label| label.primary)
    }
}

/// A finding before it is stamped: what a lint says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Finding {
    pub(crate) message: String,
    pub(crate) labels: Vec<Label>,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
}

impl Finding {
    /// A finding at its primary place.
    pub fn new(message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        let primary = Label { span, message: label.into(), primary: true };
        Self { message: message.into(), labels: vec![primary], help: None, fix: None }
    }

    /// One more place concerned.
    pub fn and(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: label.into(), primary: false });
        self
    }

    /// What to type.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Edits that would do it.
    pub fn fix(mut self, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safety, edits });
        self
    }
}

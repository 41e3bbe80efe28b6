//! Findings as data: what is wrong, at which places, and what to do. How they look is the business of `report`.

use std::borrow::Cow;
use std::sync::Arc;

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// What of the deck a safe fix is about: all else is proven to stay as it is before the fix is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Only how the source is written: the deck stays the same.
    Source,
    /// The numbers of questions.
    Numbers,
    /// The languages of code, which give it its colours.
    Languages,
    /// Marks of emphasis and code: the words stay the same.
    Marks,
    /// What stands in a code block: the words stay the same.
    Fences,
    /// Characters that nobody sees: all others stay the same.
    Invisible,
    /// Which part of a text links lead to.
    Anchors,
    /// Comments to deckc, which no card shows.
    Comments,
}

/// Edits that mend a finding, in source order, without overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub safety: Safety,
    /// What of the deck it may change.
    pub about: About,
    /// What to replace.
    pub edits: Vec<Edit>,
}

/// One finding. The lint's name and level are stamped by `check`, so a lint can't mislabel it.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The lint that found it.
    pub lint: Cow<'static, str>,
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
    /// When many of its kind are shown as one.
    pub(crate) gather: Option<Gather>,
}

impl Diagnostic {
    /// The place to look at first.
    #[must_use]
    pub fn primary(&self) -> Option<&Label> {
        self.labels.iter().find(|label| label.primary)
    }

    /// Takes the places and the edits of another finding of the same kind.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.labels.extend(other.labels);
        let kind = |fix: &Fix| (fix.safety, fix.about);
        match (&mut self.fix, other.fix) {
            (Some(fix), Some(other)) if kind(fix) == kind(&other) => fix.edits.extend(other.edits),
            (None, Some(other)) => self.fix = Some(other),
            _ => {}
        }
    }

    /// Brings the places and edits of several findings in order, each once.
    pub(crate) fn tidy(&mut self) {
        // Findings are gathered by file; the places in other files come behind.
        let home = self.primary().map(|label| label.span.source);
        self.labels.sort_by_key(|label| (Some(label.span.source) != home, label.span));
        self.labels.dedup_by_key(|label| label.span);
        for (index, label) in self.labels.iter_mut().enumerate() {
            label.primary = index == 0;
        }
        if let Some(fix) = &mut self.fix {
            fix.edits.sort_by(|left, right| (left.span, &left.text).cmp(&(right.span, &right.text)));
            fix.edits.dedup();
        }
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

    /// Edits that would do it, and may be applied without a look once it is proven that nothing else changes.
    pub fn safe_fix(mut self, about: About, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safety: Safety::Safe, about, edits });
        self
    }

    /// Edits that do what its author most likely meant.
    pub fn unsafe_fix(mut self, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { safety: Safety::Unsafe, about: About::Source, edits });
        self
    }
}

/// What one lint says of a file, each finding for itself, so that one can be allowed and another not.
#[derive(Debug, Default)]
#[must_use]
pub struct Findings {
    pub(crate) each: Vec<Finding>,
    pub(crate) gather: Option<Gather>,
}

impl FromIterator<Finding> for Findings {
    fn from_iter<T: IntoIterator<Item = Finding>>(findings: T) -> Self {
        Self { each: findings.into_iter().collect(), gather: None }
    }
}

/// More findings of one lint in one file than `most` are shown as one with all the places.
#[derive(Debug, Clone)]
pub(crate) struct Gather {
    pub(crate) most: usize,
    pub(crate) message: GatherMessage,
}

/// What many findings say as one.
#[derive(Debug, Clone)]
pub(crate) enum GatherMessage {
    /// A sentence with how many they are.
    Counted(fn(usize) -> String),
    /// What each of them says; how many there are is put behind it.
    Text(Arc<str>),
    /// The same where there are more, which were not looked for.
    FirstOf(Arc<str>),
}

impl GatherMessage {
    /// For so many.
    pub(crate) fn of(&self, count: usize) -> String {
        match self {
            Self::Counted(message) => message(count),
            Self::Text(text) => format!("{text} ({count} places)"),
            Self::FirstOf(text) => format!("{text} (the first {count} places; more are not looked for)"),
        }
    }
}

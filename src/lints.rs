//! The catalogue: every lint with its level, its page and its check.
//!
//! A lint is a function from a file as understood to its findings, and a page in `lints/` that is its documentation and
//! its test. A row without a page does not compile. Projects have lints of their [`own`]; [`page`] judges the pages of both.

mod anki;
mod answers;
mod boilerplate;
mod cards;
mod data;
mod duplicates;
mod fences;
mod identity;
mod invisible;
mod links;
mod media;
mod nodes;
mod numbers;
pub mod own;
pub mod page;
mod settings;
mod source;
mod targets;
mod text;

pub(crate) use duplicates::AcrossFiles;
pub(crate) use invisible::may_be_taken_out;

use std::sync::OnceLock;

use crate::deck::{Deck, Note};
use crate::diagnostic::{Finding, Findings, Gather, GatherMessage, Level};
use crate::identity::known::IdentityFaults;
use crate::markdown::links::Link;
use crate::markdown::{Document, Fence};
use crate::parsed::{NamedLinks, NamedMedia, Parsed};
use crate::settings::{Settings, levels};
use crate::source::{Source, Sources, Span};

/// More findings of one lint in one file than this become one finding with all the places.
const TOO_MANY: usize = 5;

/// One lint.
#[derive(Debug)]
pub struct Lint {
    /// As in reports, `explain` and the name of its page.
    pub name: &'static str,
    /// Unless it is set otherwise.
    pub level: Level,
    /// What it is about.
    pub group: Group,
    /// The version that brought it.
    pub since: &'static str,
    /// Its page: what it does, why, examples.
    pub page: &'static str,
    pub(crate) check: Check,
}

/// What a lint looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// Each file for itself.
    File(fn(&Context<'_>) -> Findings),
    /// All of them, and their locks.
    Project(fn(&ProjectContext<'_>) -> Findings),
    /// Comments that allow findings, once it is known which findings there are: see [`crate::suppress`].
    Suppressions,
}

impl Lint {
    /// Whether its level can't be set: where it finds something, a build that goes on would lose learners' reviews.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self.name, "ambiguous-identity" | "broken-lock" | "outdated-lock")
    }

    /// Whether what it finds depends on more than the text of one file: on other files of the deck or the project, on
    /// pictures and sounds, or on where links lead.
    fn looks_beyond_its_file(&self) -> bool {
        let compares_files = self.group == Group::Duplicates && self.name != "duplicate-answer";
        let follows_links = matches!(self.name, "broken-link" | "broken-anchor");
        matches!(self.check, Check::Project(_)) || self.group == Group::Media || compares_files || follows_links
    }

    /// Whether findings of it may carry a fix: its page then shows what the fix makes of an example.
    #[must_use]
    pub fn is_fixable(&self) -> bool {
        self.page.lines().any(|line| line == "~~~~~markdown fixed")
    }

    /// What it reports, in one sentence without its full stop: the line below the title of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default().trim_end_matches('.')
    }
}

/// What lints are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What Anki would run or refuse.
    Anki,
    /// Answers and the questions they belong to.
    Answers,
    /// What makes a card hard to learn.
    Cards,
    /// Questions asked twice.
    Duplicates,
    /// Code fences.
    Fences,
    /// What makes a note the same note in the next build.
    Identity,
    /// Links and where they lead.
    Links,
    /// Images and sounds.
    Media,
    /// The numbers of questions.
    Numbers,
    /// What front matter sets.
    Settings,
    /// Bytes and files.
    Source,
    /// Words and marks.
    Text,
}

impl Group {
    /// Its name in `deckc lints`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anki => "anki",
            Self::Answers => "answers",
            Self::Cards => "cards",
            Self::Duplicates => "duplicates",
            Self::Fences => "fences",
            Self::Identity => "identity",
            Self::Links => "links",
            Self::Media => "media",
            Self::Numbers => "numbers",
            Self::Settings => "settings",
            Self::Source => "source",
            Self::Text => "text",
        }
    }
}

macro_rules! catalogue {
    ($($name:literal $level:ident $group:ident $scope:ident $($check:path)?;)*) => {
        &[$(Lint {
            name: $name,
            level: Level::$level,
            group: Group::$group,
            since: "0.1.0",
            page: include_str!(concat!("../lints/", $name, ".md")),
            check: Check::$scope$(($check))?,
        }),*]
    };
}

/// All lints, by group and name.
pub static CATALOGUE: &[Lint] = catalogue! {
    "active-markup" Warn Anki File anki::active_markup;
    "oversized-field" Warn Anki File anki::oversized_field;
    "unsafe-html" Warn Anki File anki::unsafe_html;
    "unsafe-tag" Warn Anki File anki::unsafe_tag;
    "empty-answer" Warn Answers File answers::empty_answer;
    "mismatched-title" Warn Answers File answers::mismatched_title;
    "misplaced-answer" Warn Answers File answers::misplaced_answer;
    "missing-answer" Warn Answers File answers::missing_answer;
    "placeholder-answer" Warn Answers File answers::placeholder_answer;
    "unlisted-answer" Warn Answers File answers::unlisted_answer;
    "untypable-answer" Warn Answers File answers::untypable_answer;
    "context-reference" Allow Cards File cards::context_reference;
    "long-answer" Allow Cards File cards::long_answer;
    "long-enumeration" Allow Cards File cards::long_enumeration;
    "question-leaks-answer" Allow Cards File cards::question_leaks_answer;
    "stacked-questions" Warn Cards File cards::stacked_questions;
    "duplicate-answer" Warn Duplicates File duplicates::duplicate_answer;
    "duplicate-card" Warn Duplicates File duplicates::duplicate_card;
    "duplicate-question" Deny Duplicates File duplicates::duplicate_question;
    "near-duplicate-question" Warn Duplicates File duplicates::near_duplicate_question;
    "fence-closer-with-info" Deny Fences File fences::fence_closer_with_info;
    "fence-without-language" Warn Fences File fences::fence_without_language;
    "glued-fence-closer" Deny Fences File fences::glued_fence_closer;
    "glued-fence-language" Deny Fences File fences::glued_fence_language;
    "invalid-json-fence" Warn Fences File data::invalid_json_fence;
    "invalid-toml-fence" Warn Fences File data::invalid_toml_fence;
    "invalid-yaml-fence" Warn Fences File data::invalid_yaml_fence;
    "mismatched-fence-closer" Deny Fences File fences::mismatched_fence_closer;
    "mixed-fence-indent" Warn Fences File fences::mixed_fence_indent;
    "one-line-fence" Warn Fences File fences::one_line_fence;
    "outdented-fence-body" Deny Fences File fences::outdented_fence_body;
    "outdented-fence-closer" Deny Fences File fences::outdented_fence_closer;
    "question-in-fence" Warn Fences File fences::question_in_fence;
    "short-fence-closer" Deny Fences File fences::short_fence_closer;
    "unclosed-fence" Deny Fences File fences::unclosed_fence;
    "unknown-fence-language" Warn Fences File fences::unknown_fence_language;
    "ambiguous-identity" Deny Identity Project identity::ambiguous_identity;
    "broken-lock" Deny Identity Project identity::broken_lock;
    "duplicate-id" Deny Identity Project identity::duplicate_id;
    "misplaced-id" Warn Identity Project identity::misplaced_id;
    "outdated-lock" Deny Identity Project identity::outdated_lock;
    "replaced-question" Warn Identity Project identity::replaced_question;
    "bare-url" Allow Links File targets::bare_url;
    "broken-anchor" Warn Links File targets::broken_anchor;
    "broken-link" Warn Links File targets::broken_link;
    "relative-link" Warn Links File links::relative_link;
    "undefined-footnote" Warn Links File links::undefined_footnote;
    "broken-image" Warn Media File media::broken_image;
    "remote-image" Warn Media File media::remote_image;
    "number-gap" Warn Numbers File numbers::number_gap;
    "number-order" Warn Numbers File numbers::number_order;
    "number-repeat" Warn Numbers File numbers::number_repeat;
    "title-miscount" Warn Numbers File numbers::title_miscount;
    "invalid-setting" Warn Settings File settings::invalid_setting;
    "unknown-key" Warn Settings File settings::unknown_key;
    "ambiguous-shape" Warn Source File source::ambiguous_shape;
    "invalid-encoding" Deny Source File source::invalid_encoding;
    "no-questions" Warn Source File source::no_questions;
    "unused-suppression" Warn Source Suppressions;
    "bidi-control" Deny Text File invisible::bidi_control;
    "boilerplate" Allow Text File boilerplate::boilerplate;
    "chat-leftover" Warn Text File text::chat_leftover;
    "heading-level-outlier" Warn Text File text::heading_level_outlier;
    "invisible-character" Deny Text File invisible::invisible_character;
    "unclaimed-text" Warn Text File text::unclaimed_text;
    "unclosed-code-span" Warn Text File text::unclosed_code_span;
    "unclosed-emphasis" Warn Text File text::unclosed_emphasis;
};

/// The lint of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Lint> {
    CATALOGUE.iter().find(|lint| lint.name == name)
}

/// Whether this lint, or one of this group, looks beyond the text of one file.
pub(crate) fn looks_beyond_its_file(name: &str) -> bool {
    let mut named = CATALOGUE.iter().filter(|lint| lint.name == name || lint.group.name() == name);
    name == levels::ALL || named.any(Lint::looks_beyond_its_file)
}

/// The lint whose name is nearest to a misspelt one.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static Lint> {
    const FAR: f64 = 0.75;
    let scored = CATALOGUE.iter().map(|lint| (strsim::jaro_winkler(name, lint.name), lint));
    scored.filter(|(score, _)| *score >= FAR).max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, lint)| lint)
}

/// What a lint of the whole project may look at.
pub(crate) struct ProjectContext<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) files: &'a [Parsed],
    pub(crate) identity: &'a IdentityFaults,
}

/// What a lint may look at: one file as understood. What several lints look for is looked for once.
pub(crate) struct Context<'a> {
    sources: &'a Sources,
    source: &'a Source,
    document: &'a Document,
    deck: &'a Deck,
    media: &'a NamedMedia,
    links: &'a NamedLinks,
    file: &'a Parsed,
    settings: &'a Settings,
    across: &'a AcrossFiles<'a>,
    numbers: OnceLock<numbers::Numbering>,
    duplicates: OnceLock<Vec<Option<usize>>>,
    nodes: OnceLock<nodes::Nodes>,
    links_to_files: OnceLock<Vec<Link>>,
    shown_text: OnceLock<Vec<Span>>,
    languages: OnceLock<Vec<&'a str>>,
    hidden: OnceLock<Vec<(usize, char)>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(sources: &'a Sources, file: &'a Parsed, across: &'a AcrossFiles<'a>) -> Self {
        let Parsed { document, deck, media, links, settings } = file;
        let source = sources.get(deck.source);
        Self {
            sources,
            source,
            document,
            deck,
            media,
            links,
            file,
            settings,
            across,
            numbers: OnceLock::new(),
            duplicates: OnceLock::new(),
            nodes: OnceLock::new(),
            links_to_files: OnceLock::new(),
            shown_text: OnceLock::new(),
            languages: OnceLock::new(),
            hidden: OnceLock::new(),
        }
    }

    fn numbering(&self) -> &numbers::Numbering {
        self.numbers.get_or_init(|| numbers::numbering(self.deck))
    }

    /// For each note the index of the first note that asks the same.
    fn first_of_duplicates(&self) -> &[Option<usize>] {
        self.duplicates.get_or_init(|| duplicates::firsts(self.deck, self.source))
    }

    /// The nodes that lints look for.
    fn nodes(&self) -> &nodes::Nodes {
        self.nodes.get_or_init(|| nodes::Nodes::of(self.document))
    }

    /// The links that lead to files or to parts of them.
    fn links_to_files(&self) -> &[Link] {
        let find = || crate::markdown::links::of(self.document, self.source);
        self.links.all.as_deref().unwrap_or_else(|| self.links_to_files.get_or_init(find))
    }

    /// The texts of the notes that make cards, and of the footnotes they show.
    fn shown_text(&self) -> &[Span] {
        self.shown_text.get_or_init(|| links::shown_text(self))
    }

    /// The fences, each with the word that names its language.
    fn fences(&self) -> impl Iterator<Item = (&'a Fence, &'a str)> {
        let fences = self.document.fences();
        let languages = self.languages.get_or_init(|| fences.iter().map(|fence| fence.language(self.source)).collect());
        fences.iter().zip(languages.iter().copied())
    }

    /// The characters that nobody sees, with their places.
    fn hidden(&self) -> &[(usize, char)] {
        self.hidden.get_or_init(|| invisible::hidden_in(self.source.text()))
    }

    fn notes(&self) -> impl Iterator<Item = (usize, &'a Note)> {
        self.deck.notes.iter().enumerate()
    }
}

/// One finding per cause: many of a kind are shown as one finding that names every place.
pub(crate) fn gathered(findings: Vec<Finding>, message: fn(usize) -> String) -> Findings {
    gathered_above(TOO_MANY, findings, message)
}

/// The same where more than `most` are too many.
fn gathered_above(most: usize, findings: Vec<Finding>, message: fn(usize) -> String) -> Findings {
    Findings { each: findings, gather: Some(Gather { most, message: GatherMessage::Counted(message) }) }
}

/// Text for a message: one line, not too long.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut line = String::new();
    let mut characters = 0;
    // A text may be long, and be named by many findings.
    for word in text.split_whitespace() {
        if characters > LONGEST {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
            characters += 1;
        }
        for character in word.chars().take(LONGEST + 1) {
            line.push(if character == '`' { '\'' } else { character });
            characters += 1;
        }
    }
    let cut = if characters > LONGEST { line.char_indices().nth(LONGEST) } else { None };
    match cut {
        Some((end, _)) => format!("`{}…`", line.get(..end).unwrap_or_default().trim_end()),
        None => format!("`{line}`"),
    }
}

/// The first line of a span: long texts are shown by where they begin.
fn first_line(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let lead = text.len() - text.trim_start().len();
    let start = span.start as usize + lead;
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    source.span(start..start + line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_sorted_by_group_and_name() {
        let rows: Vec<(Group, &str)> = CATALOGUE.iter().map(|lint| (lint.group, lint.name)).collect();
        assert!(rows.is_sorted(), "{rows:#?}");
    }

    #[test]
    fn names_are_kebab_case_and_no_name_comes_twice() {
        let mut seen = std::collections::HashSet::new();
        for lint in CATALOGUE {
            let words: Vec<&str> = lint.name.split('-').collect();
            let lower = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(words.iter().all(lower), "{}", lint.name);
            assert!(seen.insert(lint.name), "{} stands twice", lint.name);
        }
    }

    #[test]
    fn every_lint_has_a_summary() {
        for lint in CATALOGUE {
            assert!(!lint.summary().is_empty(), "lints/{}.md says nothing below its title", lint.name);
        }
    }
}

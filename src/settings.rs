//! What a user may decide: on the command line, in the front matter of a file, in the `deckc.toml` of a project, there also
//! for some of its files. The first of these that says something wins, of several overrides the last; tags add up.
//!
//! `keys` reads what any of the places may say, `file` a `deckc.toml`, `overrides` what it says of some files; `value` is
//! TOML and YAML as one.

pub mod file;
pub mod keys;
pub mod levels;
pub mod overrides;
pub mod schema;
pub(crate) mod value;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Serialize;

pub use file::{Config, Configs, SettingsError};
pub use keys::Keys;
pub use levels::Levels;

use crate::deck::ShapeName;
use crate::diagnostic::Level;
use crate::emit::Format;
use crate::identity;
use crate::lints::Lint;
use crate::lints::own::{OwnLint, OwnLints};
use crate::render::BaseUrl;
use crate::source::shortened;

/// The folder that is written to where nothing else is said.
const OUT: &str = "out";

/// How a deck is divided in Anki.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ValueEnum, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subdecks {
    /// Not at all; sections are tags
    #[default]
    None,
    /// A subdeck for each file
    Files,
    /// A subdeck for each section
    Sections,
}

/// What cards a question with its answer makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ValueEnum, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    /// One: question, then answer
    #[default]
    Basic,
    /// Two: also from answer to question
    Reversed,
    /// One that asks to type the answer
    Typed,
}

/// What the command line says of settings.
#[derive(Debug, Clone, Default)]
pub struct OnCommandLine {
    /// The `deckc.toml` to use.
    pub config: Option<PathBuf>,
    /// What wins over all other places.
    pub keys: Keys,
}

/// What is said of a file outside of it.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// On the command line.
    pub command: Arc<Keys>,
    /// In the `deckc.toml` of its project.
    pub config: Option<Arc<Config>>,
    /// There for this file and others, the strongest first.
    pub overrides: Vec<Arc<Keys>>,
}

/// What holds for one source.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name of the deck its notes go into; none where it is a deck of its own.
    pub deck: Option<String>,
    /// Whether the file itself names its deck.
    pub names_its_deck: bool,
    /// Anki's number for the deck.
    pub deck_id: Option<i64>,
    /// Tags for every note.
    pub tags: Vec<String>,
    /// The shape to read, whatever the text looks like.
    pub shape: Option<ShapeName>,
    /// How the deck is divided.
    pub subdecks: Subdecks,
    /// What cards a note makes that says nothing itself.
    pub kind: CardKind,
    /// The language of the text, as BCP 47 has it.
    pub language: Option<String>,
    /// Whether the text runs from right to left, where that is said.
    pub right_to_left: Option<bool>,
    /// Where relative links start.
    pub base_url: Option<BaseUrl>,
    /// Whether code stays plain.
    pub plain_code: bool,
    /// The project's own file.
    pub config: Option<Arc<Config>>,
    /// Levels of lints, the strongest word first.
    levels: Vec<Levels>,
    command: Arc<Keys>,
    overrides: Vec<Arc<Keys>>,
}

impl Settings {
    /// What holds for a file with this front matter.
    #[must_use]
    pub fn resolve(given: &Given, front_matter: Option<&Keys>) -> Self {
        let nothing = Keys::default();
        let (command, front_matter) = (&*given.command, front_matter.unwrap_or(&nothing));
        let config = given.config.as_ref().map_or(&nothing, |config| &config.keys);
        let overrides = given.overrides.iter().map(|keys| &**keys);
        let layers: Vec<&Keys> = [command, front_matter].into_iter().chain(overrides).chain([config]).collect();
        let layers = layers.as_slice();
        let mut tags: Vec<String> = Vec::new();
        for tag in layers.iter().rev().flat_map(|keys| &keys.tags) {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        Self {
            deck: first(layers, |keys| keys.deck.clone()),
            names_its_deck: command.deck.is_none() && front_matter.deck.is_some(),
            deck_id: first(layers, |keys| keys.deck_id),
            tags,
            shape: first(layers, |keys| keys.shape),
            subdecks: first(layers, |keys| keys.subdecks).unwrap_or_default(),
            kind: first(layers, |keys| keys.kind).unwrap_or_default(),
            language: first(layers, |keys| keys.language.clone()),
            right_to_left: first(layers, |keys| keys.right_to_left),
            base_url: first(layers, |keys| keys.base_url.clone()),
            plain_code: first(layers, |keys| keys.highlight) == Some(false),
            config: given.config.clone(),
            levels: layers.iter().map(|keys| keys.levels.clone()).collect(),
            command: Arc::clone(&given.command),
            overrides: given.overrides.clone(),
        }
    }

    /// The name of the deck in Anki, of a file with this path below the folder that was named.
    #[must_use]
    pub fn deck_name(&self, deck_path: &Path) -> String {
        match &self.deck {
            Some(deck) if self.subdecks == Subdecks::Files && !self.names_its_deck => {
                identity::deck_name_below(deck, deck_path)
            }
            deck => identity::deck_name(deck.as_deref(), deck_path),
        }
    }

    /// Where to write: what the command line says, or the project, or else `out` beside its `deckc.toml`.
    #[must_use]
    pub fn out(&self, command: Option<&Path>) -> PathBuf {
        let of_project = |config: &Config| config.out.clone().unwrap_or_else(|| shortened(&config.folder.join(OUT)));
        let of_project = || self.config.as_deref().map_or_else(|| PathBuf::from(OUT), of_project);
        command.map_or_else(of_project, Path::to_path_buf)
    }

    /// What to make: what the command line says, or the project, or else everything. Each once, in a fixed order.
    #[must_use]
    pub fn formats(&self, command: &[Format]) -> Vec<Format> {
        let of_project = self.config.as_ref().and_then(|config| config.formats.as_deref());
        let mut formats = match (command, of_project) {
            ([], None) => Format::value_variants().to_vec(),
            ([], Some(formats)) => formats.to_vec(),
            (formats, _) => formats.to_vec(),
        };
        formats.sort_unstable();
        formats.dedup();
        formats
    }

    /// What was said of the file outside of it.
    #[must_use]
    pub fn given(&self) -> Given {
        let (command, overrides) = (Arc::clone(&self.command), self.overrides.clone());
        Given { command, config: self.config.clone(), overrides }
    }

    /// The level of a lint.
    #[must_use]
    pub fn level_of(&self, lint: &Lint) -> Level {
        self.levels.iter().find_map(|levels| levels.of(lint)).unwrap_or(lint.level)
    }

    /// The level of a lint of the project's own.
    #[must_use]
    pub fn level_of_own(&self, lint: &OwnLint) -> Level {
        self.levels.iter().find_map(|levels| levels.of_own(&lint.name)).unwrap_or(lint.level)
    }

    /// The lints of the project's own.
    #[must_use]
    pub fn own_lints(&self) -> &OwnLints {
        static NONE: LazyLock<OwnLints> = LazyLock::new(OwnLints::default);
        self.config.as_ref().map_or(&NONE, |config| &config.own_lints)
    }
}

fn first<T>(layers: &[&Keys], of: impl Fn(&Keys) -> Option<T>) -> Option<T> {
    layers.iter().find_map(|keys| of(keys))
}

/// The known name that a misspelt one is nearest to.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const FAR: f64 = 0.8;
    let name = name.to_lowercase().replace(['_', ' '], "-");
    let scored = known.map(|known| (strsim::jaro_winkler(&name, known), known));
    scored.filter(|(score, _)| *score >= FAR).max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, known)| known)
}

//! The keys of a file or a project, read from a table with every mistake told at its place.

use std::borrow::Cow;
use std::ops::Range;

use clap::ValueEnum;

use super::levels::{Levels, lint_or_group};
use super::value::{Key, Node, Table, Value, written};
use super::{CardKind, Subdecks, nearest};
use crate::deck::ShapeName;
use crate::diagnostic::{Finding, Level};
use crate::lints::own::OwnLints;
use crate::render::BaseUrl;
use crate::source::Source;

/// What one place says: the command line, front matter or `deckc.toml`. What it does not say is left to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The name of the deck.
    pub deck: Option<String>,
    /// Anki's number for it.
    pub deck_id: Option<i64>,
    /// Tags for every note.
    pub tags: Vec<String>,
    /// The shape to read, whatever the text looks like.
    pub shape: Option<ShapeName>,
    /// How the deck is divided.
    pub subdecks: Option<Subdecks>,
    /// What cards a plain note makes.
    pub kind: Option<CardKind>,
    /// The language of the text, as BCP 47 has it.
    pub language: Option<String>,
    /// Whether the text runs from right to left, where that is said.
    pub right_to_left: Option<bool>,
    /// Where relative links start.
    pub base_url: Option<BaseUrl>,
    /// Whether code is coloured.
    pub highlight: Option<bool>,
    /// The levels of lints.
    pub levels: Levels,
}

/// The keys a file and a project have in common.
pub(crate) const OF_FILES: [&str; 10] =
    ["base-url", "deck", "deck-id", "highlight", "kind", "language", "lints", "shape", "subdecks", "tags"];

/// A mistake in a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the text.
    pub place: Range<usize>,
    /// Whether it is a key nobody knows, rather than a value that can't be used.
    pub is_unknown_key: bool,
    /// What is wrong.
    pub message: String,
    /// What stands there.
    pub label: String,
    /// What to type.
    pub help: String,
    /// A name that is no lint, unless the project has one of its own that is called so.
    pub lint: Option<String>,
}

impl Fault {
    /// The same with the lints of a project's own in sight; none where one of them is meant.
    #[must_use]
    pub fn with(mut self, own: &OwnLints) -> Option<Self> {
        let Some(name) = &self.lint else { return Some(self) };
        let unknown = lint_or_group(name, own).err()?;
        self.help = unknown.help();
        Some(self)
    }

    /// As it is shown.
    pub(crate) fn finding(self, source: &Source) -> Finding {
        Finding::new(self.message, source.visible(self.place), self.label).help(self.help)
    }
}

/// How a table was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Toml,
    Yaml,
}

/// Reads values, and keeps what is wrong with them.
pub(crate) struct Reader<'a> {
    text: &'a str,
    dialect: Dialect,
    /// Whether tags may also be one text, as in front matter.
    takes_one_text: bool,
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// For front matter. `text` is what the places are places in.
    pub(crate) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { text, dialect, takes_one_text: true, faults: Vec::new() }
    }

    /// For a `deckc.toml`.
    pub(crate) fn of_project(text: &'a str) -> Self {
        Self { takes_one_text: false, ..Self::new(text, Dialect::Toml) }
    }

    /// Takes an entry if it is one of [`OF_FILES`].
    pub(crate) fn file_key(&mut self, keys: &mut Keys, key: &Key, node: &Node) -> bool {
        if !OF_FILES.contains(&key.name.as_str()) {
            return false;
        }
        if node.value == Value::Nothing {
            // `tags:` in a template that was not filled in.
            return true;
        }
        match key.name.as_str() {
            "base-url" => {
                let text = self.checked(key, node, |text| BaseUrl::parse(text).is_some(), "https://example.org/notes/");
                keys.base_url = text.and_then(|text| BaseUrl::parse(&text));
            }
            "deck" => keys.deck = self.checked(key, node, |name| !name.trim().is_empty(), "Rust::Basics"),
            "deck-id" => keys.deck_id = self.deck_id(key, node),
            "highlight" => keys.highlight = self.truth(key, node),
            "kind" => keys.kind = self.choice(key, node),
            "language" => keys.language = self.checked(key, node, is_language, "pt-BR"),
            "lints" => keys.levels = self.levels(key, node),
            "shape" => keys.shape = self.choice(key, node),
            "subdecks" => keys.subdecks = self.choice(key, node),
            _ => keys.tags.extend(self.tags(key, node)),
        }
        true
    }

    /// A key that is none of these.
    pub(crate) fn unknown(&mut self, key: &Key, whose: &str, known: &[&str]) {
        let help = match nearest(&key.name, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the keys are {}", listed(known.iter().copied())),
        };
        self.faults.push(Fault {
            place: key.place.clone(),
            is_unknown_key: true,
            message: format!("unknown key `{}`", key.name),
            label: format!("no key of {whose}"),
            help,
            lint: None,
        });
    }

    /// A value that can't be used.
    pub(crate) fn invalid(&mut self, node: &Node, message: String, label: impl Into<String>, help: String) {
        let place = node.place.clone();
        self.faults.push(Fault { place, is_unknown_key: false, message, label: label.into(), help, lint: None });
    }

    fn wrong_type(&mut self, key: &Key, node: &Node, expected: &str, example: &str) {
        let message = format!("`{}` should be {expected}, not {}", key.name, node.value.what());
        let help = format!("write `{}`", self.example(key, example));
        self.invalid(node, message, node.value.what(), help);
    }

    fn example(&self, key: &Key, value: &str) -> String {
        match self.dialect {
            Dialect::Toml => format!("{} = {value}", key.name),
            Dialect::Yaml => format!("{}: {value}", key.name),
        }
    }

    fn quoted(&self, text: &str) -> String {
        match self.dialect {
            Dialect::Toml => format!("\"{text}\""),
            Dialect::Yaml => text.to_owned(),
        }
    }

    /// YAML takes `2024` for a number, whatever its author meant.
    fn scalar<'n>(&self, node: &'n Node) -> Option<Cow<'n, str>>
    where
        'a: 'n,
    {
        match (&node.value, self.dialect) {
            (Value::Text(text), _) => Some(Cow::Borrowed(text)),
            (_, Dialect::Toml) => None,
            (_, Dialect::Yaml) => written(self.text, node),
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &Key, node: &Node, example: &str) -> Option<String> {
        let text = self.scalar(node).map(Cow::into_owned);
        if text.is_none() {
            let example = self.quoted(example);
            self.wrong_type(key, node, "a text", &example);
        }
        text
    }

    fn checked(&mut self, key: &Key, node: &Node, is_right: fn(&str) -> bool, example: &str) -> Option<String> {
        let text = self.text(key, node, example)?;
        if is_right(&text) {
            return Some(text);
        }
        let message = format!("`{}` can't be `{text}`", key.name);
        let example = self.quoted(example);
        let help = format!("write it as in `{}`", self.example(key, &example));
        self.invalid(node, message, "can't be used", help);
        None
    }

    fn deck_id(&mut self, key: &Key, node: &Node) -> Option<i64> {
        const EXAMPLE: &str = "1722790296128";
        /// The largest number JavaScript can hold, in which parts of Anki are written.
        const LARGEST: i64 = (1 << 53) - 1;
        match node.value {
            Value::Whole(number) if (2..=LARGEST).contains(&number) => Some(number),
            Value::Whole(1) => {
                let message = "`deck-id` can't be 1, which is Anki's own deck `Default`".to_owned();
                self.invalid(node, message, "taken by Anki", format!("write `{}`", self.example(key, EXAMPLE)));
                None
            }
            Value::Whole(number) => {
                let message = format!("`deck-id` can't be {number}");
                self.invalid(node, message, "out of range", format!("write a number from 2 to {LARGEST}"));
                None
            }
            _ => {
                self.wrong_type(key, node, "a number", EXAMPLE);
                None
            }
        }
    }

    fn truth(&mut self, key: &Key, node: &Node) -> Option<bool> {
        if let Value::Truth(truth) = node.value {
            return Some(truth);
        }
        self.wrong_type(key, node, "`true` or `false`", "false");
        None
    }

    /// One of a few words.
    pub(crate) fn choice<T: ValueEnum>(&mut self, key: &Key, node: &Node) -> Option<T> {
        let names = names_of::<T>();
        let first = names.first().map_or("", String::as_str);
        let text = self.text(key, node, first)?;
        let found = T::from_str(&text, false).ok();
        if found.is_none() {
            let help = match nearest(&text, names.iter().map(String::as_str)) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("write one of {}", listed(names.iter().map(String::as_str))),
            };
            self.invalid(node, format!("`{}` can't be `{text}`", key.name), format!("no {}", of(&key.name)), help);
        }
        found
    }

    /// A list of a few words, each once.
    pub(crate) fn choices<T: ValueEnum + PartialEq>(&mut self, key: &Key, node: &Node) -> Option<Vec<T>> {
        let Value::List(items) = &node.value else {
            let names: Vec<String> = names_of::<T>().iter().take(2).map(|name| self.quoted(name)).collect();
            self.wrong_type(key, node, "a list", &format!("[{}]", names.join(", ")));
            return None;
        };
        let mut chosen: Vec<T> = Vec::new();
        for item in items {
            let choice = self.choice(key, item)?;
            if !chosen.contains(&choice) {
                chosen.push(choice);
            }
        }
        if chosen.is_empty() {
            let help = format!("name some of {}", listed(names_of::<T>().iter().map(String::as_str)));
            self.invalid(node, format!("`{}` names nothing", key.name), "an empty list", help);
            return None;
        }
        Some(chosen)
    }

    /// A list of tags, or in YAML also a text of several.
    pub(crate) fn tags(&mut self, key: &Key, node: &Node) -> Vec<String> {
        let mut tags = Vec::new();
        match &node.value {
            Value::List(items) => {
                for item in items.iter().filter(|item| item.value != Value::Nothing) {
                    match self.scalar(item).map(Cow::into_owned) {
                        Some(tag) => tags.push(tag),
                        None => self.wrong_item(key, item),
                    }
                }
            }
            _ => match self.scalar(node).filter(|_| self.takes_one_text) {
                Some(text) => tags.extend(split(&text)),
                None => {
                    let example = format!("[{}, {}]", self.quoted("rust"), self.quoted("async"));
                    self.wrong_type(key, node, "a list of texts", &example);
                }
            },
        }
        // Some programs write `#` before a tag wherever it stands.
        tags.iter()
            .map(|tag| tag.trim().trim_start_matches('#'))
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn wrong_item(&mut self, key: &Key, item: &Node) {
        let message = format!("each of `{}` should be a text, not {}", key.name, item.value.what());
        let example = format!("[{}, {}]", self.quoted("rust"), self.quoted("async"));
        let help = format!("write `{}`", self.example(key, &example));
        self.invalid(item, message, item.value.what(), help);
    }

    fn levels(&mut self, key: &Key, node: &Node) -> Levels {
        let mut levels = Levels::default();
        let Value::Table(table) = &node.value else {
            let example = match self.dialect {
                Dialect::Toml => "{ number-gap = \"allow\" }",
                Dialect::Yaml => "{ number-gap: allow }",
            };
            self.wrong_type(key, node, "a table of lints and their levels", example);
            return levels;
        };
        self.read_levels(&mut levels, table);
        levels
    }

    fn read_levels(&mut self, levels: &mut Levels, table: &Table) {
        for (key, node) in table {
            if let Err(unknown) = lint_or_group(&key.name, &OwnLints::default()) {
                self.faults.push(Fault {
                    place: key.place.clone(),
                    is_unknown_key: true,
                    message: unknown.to_string(),
                    label: "no lint and no group of lints".to_owned(),
                    help: unknown.help(),
                    lint: Some(unknown.name),
                });
            }
            let Some(level) = self.choice::<Level>(key, node) else { continue };
            if let Err(error) = levels.set(&key.name, level) {
                self.invalid(node, error.to_string(), "must stay `deny`", error.help());
            }
        }
    }
}

/// A text of tags: by its commas where it has some, or else by its spaces.
fn split(text: &str) -> impl Iterator<Item = String> {
    let by_comma = text.contains(',');
    let parts = text.split(move |c: char| if by_comma { c == ',' } else { c.is_whitespace() });
    parts.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// The words for the values of an enum, as on the command line.
fn names_of<T: ValueEnum>() -> Vec<String> {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

fn of(key: &str) -> &str {
    match key {
        "formats" => "format",
        "shape" => "shape",
        "kind" => "kind of card",
        "subdecks" => "way to divide a deck",
        "scope" => "scope",
        _ => "level",
    }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// In the form of BCP 47, section 2.1, as far as its looks go.
pub(crate) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_first = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_later = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_first) && parts.all(is_later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_tags_of_bcp_47() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "de-1996", "en-a-bbb"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "e", "en_US", "german language", "en-", "-en", "12"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}

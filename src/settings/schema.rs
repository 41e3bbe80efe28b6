//! The JSON Schema of `deckc.toml`, for editors.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::keys::OF_FILES;
use super::overrides::PATHS;
use super::{CardKind, Subdecks, levels};
use crate::deck::ShapeName;
use crate::diagnostic::Level;
use crate::emit::Format;
use crate::lints::{self, CATALOGUE};

/// The settings of a deckc project. All are optional; paths start at the folder of this file.
#[derive(JsonSchema)]
#[schemars(title = "deckc.toml", rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "it is only described")]
struct DeckcToml {
    /// Where relative links start, as in `https://example.org/notes/`.
    #[schemars(url)]
    base_url: String,
    /// The deck that all files go into, as in `Parent::Child`. Without it each file is a deck of its own.
    #[schemars(length(min = 1))]
    deck: String,
    /// Anki's number for the deck.
    #[schemars(range(min = 2, max = 9_007_199_254_740_991_i64))]
    deck_id: i64,
    /// What `deckc build` makes.
    #[schemars(length(min = 1))]
    formats: Vec<Format>,
    /// Whether code is coloured.
    highlight: bool,
    /// What cards a question with its answer makes.
    kind: CardKind,
    /// The language of the text, as in `en` or `pt-BR`.
    language: String,
    /// The levels of lints and of groups of lints.
    #[schemars(schema_with = "levels_schema")]
    lints: BTreeMap<String, Level>,
    /// The folder `deckc build` writes to.
    #[schemars(length(min = 1))]
    out: String,
    /// The shape to read, whatever the text looks like.
    shape: ShapeName,
    /// A style sheet that is put behind deckc's own.
    style: String,
    /// How the deck is divided in Anki.
    subdecks: Subdecks,
    /// Tags for every note.
    tags: Vec<String>,
}

/// A property for each lint and each group, with what it is about.
fn levels_schema(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<Level>();
    let mut properties: Map<String, Value> = Map::new();
    let groups = levels::groups().into_iter().map(|group| (group, format!("all lints of the group `{group}`")));
    for (name, description) in groups.chain([(levels::ALL, "all lints; a group wins over it".to_owned())]) {
        properties.insert(name.to_owned(), json!({"description": description, "$ref": level.get("$ref")}));
    }
    for lint in CATALOGUE.iter().filter(|lint| !lints::Lint::is_fixed(lint)) {
        properties.insert(lint.name.to_owned(), json!({"description": lint.summary(), "$ref": level.get("$ref")}));
    }
    for lint in CATALOGUE.iter().filter(|lint| lints::Lint::is_fixed(lint)) {
        properties.insert(lint.name.to_owned(), json!(false));
    }
    // Lints of the project's own may have any name.
    json_schema!({"type": "object", "additionalProperties": {"$ref": level.get("$ref")}, "properties": properties})
}

/// Settings for some files: what may be said of all, and which files.
fn overrides_schema(schema: &Schema) -> Option<Value> {
    let all = schema.get("properties")?.as_object()?;
    let mut properties: Map<String, Value> =
        OF_FILES.iter().filter_map(|key| Some(((*key).to_owned(), all.get(*key)?.clone()))).collect();
    let paths = json!({
        "description": "Patterns of paths from this folder, as in `old/**`; a folder stands for all that is in it.",
        "type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1,
    });
    properties.insert(PATHS.to_owned(), paths);
    let one = json!({
        "type": "object", "additionalProperties": false, "properties": properties, "required": [PATHS],
    });
    let description =
        "What holds for some files only, a later one over an earlier; front matter and the command line win.";
    Some(json!({"description": description, "type": "array", "items": one}))
}

/// The schema, indented, with a line end at the end.
#[must_use]
pub fn schema() -> String {
    let mut schema = schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<DeckcToml>();
    schema.remove("required");
    if let Some(overrides) = overrides_schema(&schema)
        && let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut)
    {
        properties.insert("overrides".to_owned(), overrides);
    }
    // Nothing in it can fail to be written.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the schema is a file of the project, kept by a test")]
mod tests {
    use super::*;
    use crate::settings::file::{OF_PROJECTS, of_text};

    #[test]
    fn the_schema_of_settings_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/settings/deckc.schema.json");
        let fresh = schema();
        if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
            std::fs::write(path, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        let remedy = "run `SNAPSHOTS=overwrite cargo test the_schema_of_settings_is_fresh`";
        assert_eq!(kept, fresh, "src/settings/deckc.schema.json is stale: {remedy}");
    }

    #[test]
    fn schema_and_reader_know_the_same_keys() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut described: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut read: Vec<&str> = OF_FILES.into_iter().chain(OF_PROJECTS).collect();
        described.sort_unstable();
        read.sort_unstable();
        assert_eq!(described, read);
    }

    #[test]
    fn schema_and_reader_agree_on_what_is_right() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (text, is_right) in [
            ("", true),
            ("deck = 'Rust::Basics'\ntags = ['a', 'b']\ndeck-id = 5", true),
            ("formats = ['apkg', 'json']\nout = 'decks'\nlanguage = 'pt-BR'", true),
            ("shape = 'list-first'\nkind = 'reversed'\nsubdecks = 'sections'\nbase-url = 'https://a.b'", true),
            ("[lints]\nnumbers = 'allow'\nempty-answer = 'deny'", true),
            ("highlight = false", true),
            ("highlight = 'false'", false),
            ("deck = ''", false),
            ("deck = 5", false),
            ("deck-id = 1", false),
            ("deck-id = 'x'", false),
            ("tags = [1]", false),
            ("formats = []", false),
            ("formats = ['xls']", false),
            ("out = ''", false),
            ("shape = 'circle'", false),
            ("kind = 'Reversed'", false),
            ("subdecks = true", false),
            ("dek = 'x'", false),
            ("[lints]\nall = 'allow'\nown = 'deny'", true),
            (
                "[[overrides]]\npaths = ['old/**']\ndeck = 'a'\n[overrides.lints]\nall = 'allow'\n[[overrides]]\npaths = ['x']",
                true,
            ),
            ("[[overrides]]\ndeck = 'a'", false),
            ("[[overrides]]\npaths = []", false),
            ("[[overrides]]\npaths = 'a'", false),
            ("[[overrides]]\npaths = ['a']\nout = 'x'", false),
            ("[[overrides]]\npaths = ['a']\ndek = 'x'", false),
            ("[overrides]\npaths = ['a']", false),
            ("[lints]\nnumber-gap = 'error'", false),
            ("[lints]\nbroken-lock = 'allow'", false),
            ("lints = 'allow'", false),
        ] {
            let value: Value = toml::from_str(text).unwrap();
            assert_eq!(validator.is_valid(&value), is_right, "the schema of {text:?}");
            let (_, faults) = of_text(text);
            assert_eq!(faults.is_empty(), is_right, "the reader of {text:?}: {faults:?}");
        }
    }
}

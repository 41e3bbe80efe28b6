//! What a `deckc.toml` says of some of its files only: `[[overrides]]` with `paths`.

use std::path::Path;
use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::keys::{Fault, Keys, OF_FILES, Reader};
use super::value::{Key, Node, Value};

/// The key that says which files.
pub(crate) const PATHS: &str = "paths";

/// Some files, and what is said of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which.
    pub paths: Globs,
    /// What.
    pub keys: Arc<Keys>,
}

/// Patterns of paths from the folder of the `deckc.toml`. `*` and `?` do not cross a `/`, `**` does; a folder stands for all
/// that is in it.
#[derive(Debug, Clone)]
pub struct Globs {
    written: Vec<String>,
    set: GlobSet,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Globs {}

impl Globs {
    /// Whether one of them is a pattern of this path.
    #[must_use]
    pub fn match_path(&self, path: &Path) -> bool {
        self.set.is_match(path)
    }
}

/// Reads the value of `overrides`.
pub(super) fn read(reader: &mut Reader<'_>, key: &Key, node: &Node) -> Vec<Override> {
    let Value::List(items) = &node.value else {
        wrong_type(reader, node, "a list of tables");
        return Vec::new();
    };
    let tables = items.iter().filter_map(|item| one(reader, key, item));
    tables.collect()
}

fn wrong_type(reader: &mut Reader<'_>, node: &Node, expected: &str) {
    let message = format!("`overrides` should be {expected}, not {}", node.value.what());
    let help = "write `[[overrides]]` on a line of its own, and `paths = [\"old/**\"]` and settings below it";
    reader.invalid(node, message, node.value.what(), help.to_owned());
}

fn one(reader: &mut Reader<'_>, overrides: &Key, node: &Node) -> Option<Override> {
    let Value::Table(table) = &node.value else {
        wrong_type(reader, node, "a list of tables");
        return None;
    };
    let mut keys = Keys::default();
    let mut paths = None;
    let mut is_told = false;
    for (key, node) in table {
        if reader.file_key(&mut keys, key, node) {
            continue;
        }
        if key.name == PATHS {
            is_told = true;
            paths = globs(reader, key, node);
        } else if super::file::OF_PROJECTS.contains(&key.name.as_str()) {
            reader.faults.push(of_the_project(key));
        } else {
            let known: Vec<&str> = OF_FILES.into_iter().chain([PATHS]).collect();
            reader.unknown(key, "`[[overrides]]`", &known);
        }
    }
    if !is_told {
        // The place of a table may be all of its lines, or nothing.
        let place = if node.place.is_empty() { overrides.place.clone() } else { node.place.clone() };
        let node = Node { value: Value::Nothing, place };
        let message = "these overrides name no files".to_owned();
        reader.invalid(&node, message, "no `paths`", "add `paths = [\"old/**\"]`".to_owned());
    }
    Some(Override { paths: paths?, keys: Arc::new(keys) })
}

fn of_the_project(key: &Key) -> Fault {
    Fault {
        place: key.place.clone(),
        is_unknown_key: true,
        message: format!("`{}` can't be set for some files", key.name),
        label: "is of the whole project".to_owned(),
        help: "set it above the first `[…]` of this file".to_owned(),
        lint: None,
    }
}

fn globs(reader: &mut Reader<'_>, key: &Key, node: &Node) -> Option<Globs> {
    let items = match &node.value {
        Value::List(items) if !items.is_empty() => items,
        other => {
            let what = if matches!(other, Value::List(_)) { "an empty list" } else { other.what() };
            let message = format!("`{PATHS}` should be a list of patterns, not {what}");
            reader.invalid(node, message, what, "write `paths = [\"old/**\"]`".to_owned());
            return None;
        }
    };
    let mut written = Vec::new();
    let mut builder = GlobSetBuilder::new();
    let mut is_right = true;
    for item in items {
        let Some(text) = reader.text(key, item, "old/**") else {
            is_right = false;
            continue;
        };
        match parsed(&text) {
            Ok(globs) => globs.into_iter().for_each(|glob| {
                builder.add(glob);
            }),
            Err(why) => {
                is_right = false;
                let help = "patterns start at the folder of this file, as in `old/**`, `*.draft.md` or `{a,b}/*.md`";
                reader.invalid(item, format!("`{text}` is no pattern of paths"), why, help.to_owned());
            }
        }
        written.push(text);
    }
    match builder.build() {
        Ok(set) => is_right.then_some(Globs { written, set }),
        Err(error) => {
            let help = "write fewer or shorter ones".to_owned();
            reader.invalid(node, "these patterns can't be used".to_owned(), error.kind().to_string(), help);
            None
        }
    }
}

/// A pattern, and where it may name a folder also one of all that is in it.
fn parsed(text: &str) -> Result<Vec<Glob>, String> {
    /// What is longer is no path.
    const LONGEST: usize = 1_000;
    let text = text.trim().trim_start_matches("./");
    let path = text.trim_end_matches('/');
    if path.is_empty() {
        return Err("names nothing".to_owned());
    }
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        return Err("leads out of the project".to_owned());
    }
    if text.len() > LONGEST {
        return Err("too long".to_owned());
    }
    let glob = |text: &str| {
        let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
        glob.map_err(|error| error.kind().to_string())
    };
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_folder = text.ends_with('/') || !last.contains(['*', '?', '[', '{']);
    let mut globs = vec![glob(path)?];
    if is_folder {
        globs.push(glob(&format!("{path}/**"))?);
    }
    Ok(globs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let globs = parsed(pattern).unwrap();
        globs.iter().any(|glob| glob.compile_matcher().is_match(path))
    }

    #[test]
    fn patterns_are_of_paths_from_the_project() {
        for (pattern, path, does) in [
            ("legacy/**", "legacy/a.md", true),
            ("legacy/**", "legacy/deep/a.md", true),
            ("legacy", "legacy/deep/a.md", true),
            ("legacy/", "legacy/a.md", true),
            ("./legacy", "legacy/a.md", true),
            ("legacy", "a/legacy/a.md", false),
            ("**/legacy", "a/legacy/a.md", true),
            ("legacy/*", "legacy/deep/a.md", false),
            ("*.md", "a.md", true),
            ("*.md", "b/a.md", false),
            ("**/*.md", "a.md", true),
            ("{a,b}/?.md", "b/x.md", true),
            ("old.md", "old.md", true),
            ("Old.md", "old.md", false),
        ] {
            assert_eq!(matches(pattern, path), does, "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for bad in ["", "  ", "/", "/etc", "../a", "a/../b", "a[", "{a", "a\\", &"x".repeat(2_000)] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }
}

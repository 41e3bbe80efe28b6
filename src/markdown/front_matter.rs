//! Front matter: YAML between `---` lines or TOML between `+++` lines at the very top of a file.

use std::ops::Range;

use crate::settings::file::OF_PROJECTS;
use crate::settings::keys::{Dialect, Fault, Keys, OF_FILES, Reader, is_language};
use crate::settings::value::{self, Key, Node, SyntaxError, Table, Value};
use crate::source::{Source, Span};

/// The mapping that holds nothing but ours.
const OURS: &str = "deckc";

/// What the top of a file says about its deck. Other keys belong to other tools and are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The whole block with its delimiters.
    pub span: Option<Span>,
    /// What it sets.
    pub keys: Keys,
    /// What is wrong with it, in order.
    pub faults: Vec<Fault>,
}

/// Where front matter stands.
pub(crate) struct Block {
    /// The lines between its delimiters.
    pub(crate) inside: Range<usize>,
    /// Behind the second delimiter.
    pub(crate) end: usize,
    /// What its delimiters say.
    pub(crate) dialect: Dialect,
}

/// The front matter of a source, if it has some.
pub(crate) fn block(source: &Source) -> Option<Block> {
    let text = source.text().trim_start_matches('\u{feff}');
    // Most have none, and the lines of one that is taken from the cache are seldom asked for.
    if !text.starts_with(['-', '+']) {
        return None;
    }
    let first = source.line_text(1).trim_start_matches('\u{feff}').trim_end();
    if first != "---" && first != "+++" {
        return None;
    }
    let closer = (2..=source.line_count()).find(|&line| {
        let text = source.line_text(line).trim_end();
        text == first || (first == "---" && text == "...")
    })?;
    let inside = source.line_range(2).start..source.line_range(closer).start;
    let text = source.text().get(inside.clone()).unwrap_or_default();
    if !text.lines().any(|line| is_key_line(line, first)) {
        return None;
    }
    let dialect = if first == "---" { Dialect::Yaml } else { Dialect::Toml };
    Some(Block { inside, end: source.line_range(closer).end, dialect })
}

/// The front matter of a source, and where the text behind it begins.
pub(crate) fn read(source: &Source) -> (Option<FrontMatter>, usize) {
    let mark = source.text().len() - source.text().trim_start_matches('\u{feff}').len();
    let Some(Block { inside, end, dialect }) = block(source) else { return (None, mark) };
    let text = source.text().get(inside.clone()).unwrap_or_default();
    let (keys, mut faults) = keys(text, dialect);
    for fault in &mut faults {
        fault.place = fault.place.start + inside.start..fault.place.end + inside.start;
    }
    faults.sort_by_key(|fault| fault.place.start);
    (Some(FrontMatter { span: Some(source.span(mark..end)), keys, faults }), end)
}

/// A thematic break at the top is no front matter: some line between the two must set a key.
fn is_key_line(line: &str, delimiter: &str) -> bool {
    let separator = if delimiter == "---" { ':' } else { '=' };
    let key = line.split(separator).next().unwrap_or_default();
    line.contains(separator) && !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_. \"".contains(c))
}

/// What a text sets, and what is wrong with it.
fn keys(text: &str, dialect: Dialect) -> (Keys, Vec<Fault>) {
    let table = match dialect {
        Dialect::Yaml => value::of_yaml(text),
        Dialect::Toml => value::of_toml(text),
    };
    match table {
        Ok(table) => keys_of(text, &table, dialect),
        Err(error) => (Keys::default(), unreadable(text, dialect, error).into_iter().collect()),
    }
}

/// Front matter that other tools read may hold anything: it is only told where it seems to hold something of ours.
fn unreadable(text: &str, dialect: Dialect, error: SyntaxError) -> Option<Fault> {
    const GENERAL: [&str; 3] = ["kind", "language", "shape"];
    let names = OF_FILES.into_iter().filter(|name| !GENERAL.contains(name)).chain([OURS, "cards-deck"]);
    let names: Vec<&str> = names.collect();
    let name_of =
        |line: &str| line.split([':', '=']).next().unwrap_or_default().trim_matches(['[', ']', ' ', '"']).to_owned();
    let ours = text.lines().map(name_of).find(|name| names.contains(&name.as_str()))?;
    let language = if dialect == Dialect::Yaml { "YAML" } else { "TOML" };
    Some(Fault {
        place: error.place,
        is_unknown_key: false,
        message: format!("the front matter is no {language}, so `{ours}` in it sets nothing"),
        label: error.message,
        help: match dialect {
            Dialect::Yaml => "put quotation marks around a value with `: `, `#`, `[` or `{` in it".to_owned(),
            Dialect::Toml => "put quotation marks around texts, as in `deck = \"Rust\"`".to_owned(),
        },
        lint: None,
    })
}

fn keys_of(text: &str, table: &Table, dialect: Dialect) -> (Keys, Vec<Fault>) {
    let mut reader = Reader::new(text, dialect);
    let ours = table.iter().find(|(key, _)| key.name == OURS);
    let mut keys = Keys::default();
    let inner: &[(Key, Node)] = match ours {
        Some((_, Node { value: Value::Table(table), .. })) => table,
        Some((_, Node { value: Value::Nothing, .. })) | None => &[],
        Some((key, node)) => {
            let message = format!("`{}` should be a table of settings, not {}", key.name, node.value.what());
            let help = "put settings below it, each with its own key, such as `deck` or `tags`";
            reader.invalid(node, message, node.value.what(), help.to_owned());
            &[]
        }
    };
    // What stands in the mapping wins, and what stands beside it under the same name is another tool's.
    let is_inside = |name: &str| name != "tags" && inner.iter().any(|(key, _)| key.name == name);
    // R Markdown names a theme so.
    let is_theme = |key: &Key, node: &Node| key.name == "highlight" && matches!(node.value, Value::Text(_));
    for (key, node) in table.iter().filter(|(key, node)| !is_inside(&key.name) && !is_theme(key, node)) {
        reader.file_key(&mut keys, key, node);
    }
    for (key, node) in inner {
        if reader.file_key(&mut keys, key, node) {
            continue;
        }
        if OF_PROJECTS.contains(&key.name.as_str()) {
            reader.faults.push(of_the_project(key));
        } else {
            reader.unknown(key, &format!("`{OURS}`"), &OF_FILES);
        }
    }
    let faults = std::mem::take(&mut reader.faults);
    foreign(&mut reader, &mut keys, table);
    (keys, faults)
}

fn of_the_project(key: &Key) -> Fault {
    let place: Range<usize> = key.place.clone();
    Fault {
        place,
        is_unknown_key: true,
        message: format!("`{}` can't be set for one file", key.name),
        label: "is of the whole project".to_owned(),
        help: "set it in `deckc.toml`".to_owned(),
        lint: None,
    }
}

/// What other programs call the same: the deck of Obsidian's flashcards, tags, language and direction. A value of theirs
/// that says nothing to us is no fault.
fn foreign(reader: &mut Reader<'_>, keys: &mut Keys, table: &Table) {
    for (key, node) in table {
        match (key.name.as_str(), &node.value) {
            ("cards-deck", Value::Text(name)) if keys.deck.is_none() && !name.trim().is_empty() => {
                keys.deck = Some(name.clone());
            }
            ("tag", value) if *value != Value::Nothing => keys.tags.extend(reader.tags(key, node)),
            ("lang", Value::Text(language)) if keys.language.is_none() => {
                keys.language = Some(language.replace('_', "-")).filter(|language| is_language(language));
            }
            ("rtl", Value::Truth(rtl)) if keys.right_to_left.is_none() => keys.right_to_left = Some(*rtl),
            ("dir", Value::Text(direction)) if keys.right_to_left.is_none() => {
                keys.right_to_left = match direction.as_str() {
                    "rtl" => Some(true),
                    "ltr" => Some(false),
                    _ => None,
                };
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Document, FrontMatter};
    use crate::source::Sources;

    fn read(text: &str) -> Option<FrontMatter> {
        let mut sources = Sources::default();
        let id = sources.add_text("a.md", text).ok()?;
        Document::parse(sources.get(id)).front_matter().cloned()
    }

    fn messages(text: &str) -> Vec<String> {
        let shown = |fault: &crate::settings::keys::Fault| {
            format!("{:?}: {} ({})", text.get(fault.place.clone()).expect("a place"), fault.message, fault.help)
        };
        read(text).expect("front matter").faults.iter().map(shown).collect()
    }

    #[test]
    fn yaml_and_toml_say_the_same() {
        let yaml = read("---\ntitle: x\ndeck: Law::Torts\ntags: [a, b]\n---\n\n# Deck\n").expect("front matter");
        let toml =
            read("+++\ntitle = 1\ndeck = 'Law::Torts'\ntags = [\"a\", \"b\"]\n+++\n\n# Deck\n").expect("front matter");
        for read in [yaml, toml] {
            assert_eq!(read.keys.deck.as_deref(), Some("Law::Torts"));
            assert_eq!(read.keys.tags, ["a", "b"]);
            assert_eq!(read.faults, []);
        }
    }

    #[test]
    fn tags_may_be_one_text() {
        let tags = |text: &str| read(text).expect("front matter").keys.tags;
        assert_eq!(tags("+++\ntags = \"a, b\"\n+++\n"), ["a", "b"]);
        assert_eq!(tags("---\ntags: a b\n---\n"), ["a", "b"]);
        assert_eq!(tags("---\ntags: machine learning, 2024\n---\n"), ["machine learning", "2024"]);
        assert_eq!(tags("---\ntags: ['#a', 5, true]\ntag: c\ncategories: [d]\n---\n"), ["a", "5", "true", "c"]);
        assert_eq!(tags("---\ntags:\ndeck: d\n---\n"), [""; 0]);
    }

    #[test]
    fn what_other_tools_write_does_no_harm() {
        let hugo = "+++\ndate = 2024-05-01T10:00:00Z\ndeck = \"d\"\n[params]\nweight = 3\n+++\n";
        assert_eq!(read(hugo).expect("front matter").keys.deck.as_deref(), Some("d"));
        let deep = format!("---\na: {}{}\n---\n", "[".repeat(5_000), "]".repeat(5_000));
        for text in ["+++\nkey = not toml\n+++\n", "---\ntitle: {{ page.title }}: x\n---\n", &deep] {
            let read = read(text).expect("front matter");
            assert_eq!((read.keys.deck, read.faults), (None, vec![]), "{text}");
        }
    }

    #[test]
    fn the_mapping_wins_and_other_programs_keys_come_last() {
        let keys = read(
            "---\ndeck: a\ncards-deck: b\nkind: post\nlang: pt_BR\ndir: rtl\ntags: [x]\ndeckc:\n  deck: c\n  kind: typed\n  \
             tags: [y]\n---\n",
        );
        let keys = keys.expect("front matter");
        assert_eq!(keys.faults, []);
        let keys = keys.keys;
        assert_eq!((keys.deck.as_deref(), keys.language.as_deref()), (Some("c"), Some("pt-BR")));
        assert_eq!((keys.kind, keys.right_to_left), (Some(crate::settings::CardKind::Typed), Some(true)));
        assert_eq!(keys.tags, ["x", "y"]);
        let keys = read("---\ncards-deck: b\nrtl: true\nlang: [en]\n---\n").expect("front matter").keys;
        assert_eq!((keys.deck.as_deref(), keys.right_to_left, keys.language), (Some("b"), Some(true), None));
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        insta::assert_snapshot!(
            messages("\u{feff}---\r\ndeck: [a]\r\nlints: {number-gab: allow, number-gap: of}\r\ndeckc:\r\n  dekc: ü\r\n  style: x\r\n  deck-id: 1\r\n  tags: {a: b}\r\n---\r\n").join("\n"),
            @r#"
            "[a]": `deck` should be a text, not a list (write `deck: Rust::Basics`)
            "number-gab": there is no lint `number-gab` (did you mean `number-gap`?)
            "of": `number-gap` can't be `of` (write one of `allow`, `warn`, `deny`)
            "dekc": unknown key `dekc` (did you mean `deck`?)
            "style": `style` can't be set for one file (set it in `deckc.toml`)
            "1": `deck-id` can't be 1, which is Anki's own deck `Default` (write `deck-id: 1722790296128`)
            "{a: b}": `tags` should be a list of texts, not a table (write `tags: [rust, async]`)
"#
        );
        insta::assert_snapshot!(messages("+++\ndeck = 5\n[deckc]\nshape = 'headings'\ntags = [1]\n+++\n").join("\n"), @r#"
            "5": `deck` should be a text, not a number (write `deck = "Rust::Basics"`)
            "'headings'": `shape` can't be `headings` (did you mean `heading`?)
            "1": each of `tags` should be a text, not a number (write `tags = ["rust", "async"]`)
"#);
        insta::assert_snapshot!(messages("---\ndeck: a: b\n---\n").join("\n"), @r##""": the front matter is no YAML, so `deck` in it sets nothing (put quotation marks around a value with `: `, `#`, `[` or `{` in it)"##);
        insta::assert_snapshot!(messages("---\ndeckc: yes\nlints: no\n---\n").join("\n"), @r#"
            "yes": `deckc` should be a table of settings, not a truth value (put settings below it, each with its own key, such as `deck` or `tags`)
            "no": `lints` should be a table of lints and their levels, not a truth value (write `lints: { number-gap: allow }`)
"#);
    }
}

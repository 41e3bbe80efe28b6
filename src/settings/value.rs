//! TOML and YAML as one tree of values, each with its place in the text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use toml::de::{DeTable, DeValue};

/// No setting nests deeper; what does is of no concern.
const DEEPEST: usize = 6;

/// A table, and what could be read of it.
pub(crate) type Table = Vec<(Key, Node)>;

/// A key as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) place: Range<usize>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Range<usize>,
}

/// A value as far as settings need it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Truth(bool),
    /// A number, a time.
    Scalar(&'static str),
    List(Vec<Node>),
    Table(Table),
    Nothing,
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a number",
            Self::Truth(_) => "a truth value",
            Self::Scalar(what) => what,
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Nothing => "nothing",
        }
    }
}

/// Why a text is no TOML or YAML.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) place: Range<usize>,
}

/// Reads TOML; places are bytes of `text`.
pub(crate) fn of_toml(text: &str) -> Result<Table, SyntaxError> {
    let text = with_line_feeds(text);
    let parsed = DeTable::parse(&text).map_err(|error| {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        SyntaxError { message, place: error.span().unwrap_or(0..0) }
    })?;
    Ok(table_of_toml(parsed.get_ref(), 0))
}

/// A lone CR ends a line in Markdown, but not in TOML. Every byte keeps its place.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut rest = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = rest.next() {
        let is_lone = character == '\r' && rest.peek() != Some(&'\n');
        plain.push(if is_lone { '\n' } else { character });
    }
    Cow::Owned(plain)
}

fn table_of_toml(table: &DeTable<'_>, depth: usize) -> Table {
    let entries = table.iter().map(|(key, value)| {
        let key = Key { name: key.get_ref().to_string(), place: key.span() };
        (key, Node { value: value_of_toml(value.get_ref(), depth + 1), place: value.span() })
    });
    let mut entries: Table = entries.collect();
    entries.sort_by_key(|(key, _)| key.place.start);
    entries
}

fn value_of_toml(value: &DeValue<'_>, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Nothing;
    }
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            whole.map_or(Value::Scalar("a number out of range"), Value::Whole)
        }
        DeValue::Float(_) => Value::Scalar("a number with a point"),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(_) => Value::Scalar("a time"),
        DeValue::Array(items) => {
            let node = |item: &toml::Spanned<DeValue<'_>>| Node {
                value: value_of_toml(item.get_ref(), depth + 1),
                place: item.span(),
            };
            Value::List(items.iter().map(node).collect())
        }
        DeValue::Table(table) => Value::Table(table_of_toml(table, depth)),
    }
}

/// Reads YAML; places are bytes of `text`.
pub(crate) fn of_yaml(text: &str) -> Result<Table, SyntaxError> {
    let read: Result<Option<Spanned<YamlValue>>, _> = serde_saphyr::from_str(text);
    let places = Places { text };
    match read {
        Ok(Some(root)) => match places.node(&root).value {
            Value::Table(table) => Ok(table),
            other => Err(SyntaxError { message: format!("{} instead of keys and values", other.what()), place: 0..0 }),
        },
        Ok(None) => Ok(Table::new()),
        Err(error) => {
            let start = error.location().map_or(0, |location| places.start(location));
            let message = error.without_snippet().to_string();
            Err(SyntaxError { message: message.lines().next().unwrap_or_default().to_owned(), place: start..start })
        }
    }
}

/// A value of YAML before its places are known in bytes.
enum YamlValue {
    Text(String),
    Whole(i64),
    Truth(bool),
    Scalar(&'static str),
    List(Vec<Spanned<YamlValue>>),
    Table(Vec<(Spanned<String>, Spanned<YamlValue>)>),
    Nothing,
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = YamlValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<YamlValue, E> {
        Ok(i64::try_from(number).map_or(YamlValue::Scalar("a number out of range"), YamlValue::Whole))
    }

    fn visit_i128<E>(self, _: i128) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar("a number out of range"))
    }

    fn visit_u128<E>(self, _: u128) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar("a number out of range"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar("a number with a point"))
    }

    fn visit_str<E>(self, text: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(text.to_owned()))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar("binary data"))
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Nothing)
    }

    fn visit_none<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<YamlValue>>()? {
            let name = match key.value {
                YamlValue::Text(name) => name,
                // No key of ours.
                YamlValue::Whole(_) | YamlValue::Truth(_) | YamlValue::Scalar(_) | YamlValue::Nothing => String::new(),
                YamlValue::List(_) | YamlValue::Table(_) => {
                    return Err(A::Error::custom("a key can be no list or table"));
                }
            };
            let key = Spanned { value: name, referenced: key.referenced, defined: key.defined };
            entries.push((key, map.next_value()?));
        }
        Ok(YamlValue::Table(entries))
    }
}

/// Turns places in YAML into bytes.
struct Places<'a> {
    text: &'a str,
}

impl Places<'_> {
    fn node(&self, spanned: &Spanned<YamlValue>) -> Node {
        let is_scalar = !matches!(spanned.value, YamlValue::List(_) | YamlValue::Table(_));
        let place = self.place(spanned.referenced, is_scalar);
        let value = match &spanned.value {
            YamlValue::Text(text) => Value::Text(text.clone()),
            YamlValue::Whole(number) => Value::Whole(*number),
            YamlValue::Truth(truth) => Value::Truth(*truth),
            YamlValue::Scalar(what) => Value::Scalar(what),
            YamlValue::Nothing => Value::Nothing,
            YamlValue::List(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            YamlValue::Table(entries) => {
                let entry = |(key, value): &(Spanned<String>, Spanned<YamlValue>)| {
                    (Key { name: key.value.clone(), place: self.place(key.referenced, true) }, self.node(value))
                };
                Value::Table(entries.iter().map(entry).collect())
            }
        };
        Node { value, place }
    }

    /// The byte at which something stands.
    fn start(&self, location: Location) -> usize {
        let by_offset = location.span().byte_offset().and_then(|at| usize::try_from(at).ok());
        by_offset.filter(|&at| self.text.is_char_boundary(at)).unwrap_or_default()
    }

    /// To its end, but no further than its line. Where lists and tables end is not known.
    fn place(&self, location: Location, is_scalar: bool) -> Range<usize> {
        let start = self.start(location);
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default().trim_end().len();
        let length = location.span().byte_len().and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|&length| is_scalar && length > 0 && rest.is_char_boundary(length));
        let end = length.unwrap_or(line).min(line);
        start..start + end
    }
}

/// The text of a scalar as its author wrote it: `2024` and `yes` are texts where one is wanted.
pub(crate) fn written<'a>(text: &'a str, node: &'a Node) -> Option<Cow<'a, str>> {
    match &node.value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Whole(_) | Value::Truth(_) | Value::Scalar(_) => {
            text.get(node.place.clone()).map(|text| Cow::Borrowed(text.trim()))
        }
        Value::List(_) | Value::Table(_) | Value::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, table: &Table) -> Vec<String> {
        let mut lines = Vec::new();
        for (key, node) in table {
            let value = text.get(node.place.clone()).unwrap();
            lines.push(format!("{} @ {:?} = {:?}", key.name, text.get(key.place.clone()).unwrap(), value));
            match &node.value {
                Value::Table(table) => lines.extend(shown(text, table).into_iter().map(|line| format!("  {line}"))),
                Value::List(items) => {
                    lines.extend(items.iter().map(|item| format!("  - {:?}", text.get(item.place.clone()).unwrap())))
                }
                _ => {}
            }
        }
        lines
    }

    #[test]
    fn yaml_values_know_their_places() {
        let text = "täg: \"ü\"\ntags: [a, 'b c']\nlist:\n  - one\n  - 2\ndeckc:\n  deck: X::Y # why\n  lints:\n    number-gap: allow\nn: 5\nnone:\nb: true\nd: 2024-05-01\nlong: >\n  folded\n  text\n";
        let table = of_yaml(text).unwrap();
        insta::assert_snapshot!(shown(text, &table).join("\n"), @r#"
        täg @ "täg" = "\"ü\""
        tags @ "tags" = "[a, 'b c']"
          - "a"
          - "'b c'"
        list @ "list" = "- one"
          - "one"
          - "2"
        deckc @ "deckc" = "deck: X::Y # why"
          deck @ "deck" = "X::Y"
          lints @ "lints" = "number-gap: allow"
            number-gap @ "number-gap" = "allow"
         @ "n" = "5"
        none @ "none" = ":"
        b @ "b" = "true"
        d @ "d" = "2024-05-01"
        long @ "long" = "folded"
"#);
    }

    #[test]
    fn toml_values_know_their_places() {
        let text = "'täg' = \"ü\"\ntags = [\"a\", 1]\ndeckc.deck = 'X'\n[lints]\nnumber-gap = \"allow\"\n[deckc.lints]\na = 1\n";
        let table = of_toml(text).unwrap();
        insta::assert_snapshot!(shown(text, &table).join("\n"), @r#"
        täg @ "'täg'" = "\"ü\""
        tags @ "tags" = "[\"a\", 1]"
          - "\"a\""
          - "1"
        deckc @ "deckc" = "deckc"
          deck @ "deck" = "'X'"
          lints @ "lints" = "[deckc.lints]"
            a @ "a" = "1"
        lints @ "lints" = "[lints]"
          number-gap @ "number-gap" = "\"allow\""
"#);
    }

    #[test]
    fn what_is_no_table_is_no_settings() {
        for text in ["- a\n", "a", "a: [", "a: b: c", "a: 1\na: 2\n", "\t- x", "{{ x }}: y"] {
            let error = of_yaml(text).unwrap_err();
            assert!(error.place.end <= text.len(), "{text:?}: {error:?}");
        }
        assert_eq!(of_yaml("").unwrap(), vec![]);
        assert_eq!(of_yaml("# nothing\n").unwrap(), vec![]);
    }
}

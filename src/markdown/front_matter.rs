//! Front matter: YAML between `---` lines or TOML between `+++` lines at the very top of a file.

use serde::Deserialize;

use crate::source::{Source, Span};

/// What the top of a file says about its deck. Other keys belong to other tools and are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The whole block with its delimiters.
    pub span: Option<Span>,
    /// The deck's name in Anki.
    pub deck: Option<String>,
    /// Tags for every note.
    pub tags: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Keys {
    deck: Option<String>,
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    Many(Vec<String>),
    One(String),
}

/// The front matter of a source, and where the text behind it begins.
pub(super) fn read(source: &Source) -> (Option<FrontMatter>, usize) {
    let first = source.line_text(1).trim_start_matches('\u{feff}').trim_end();
    let mark = source.text().len() - source.text().trim_start_matches('\u{feff}').len();
    if first != "---" && first != "+++" {
        return (None, mark);
    }
    let closer = (2..=source.line_count()).find(|&line| {
        let text = source.line_text(line).trim_end();
        text == first || (first == "---" && text == "...")
    });
    let Some(closer) = closer else { return (None, mark) };
    let inside = source.line_range(2).start..source.line_range(closer).start;
    let text = source.text().get(inside).unwrap_or_default();
    if !text.lines().any(|line| is_key_line(line, first)) {
        return (None, mark);
    }
    let keys = parse(text, first);
    let end = source.line_range(closer).end;
    let tags = match keys.tags {
        Some(Tags::Many(tags)) => tags,
        Some(Tags::One(tags)) => tags.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    (Some(FrontMatter { span: Some(source.span(mark..end)), deck: keys.deck, tags }), end)
}

/// A thematic break at the top is no front matter: some line between the two must set a key.
fn is_key_line(line: &str, delimiter: &str) -> bool {
    let separator = if delimiter == "---" { ':' } else { '=' };
    let key = line.split(separator).next().unwrap_or_default();
    line.contains(separator) && !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_. \"".contains(c))
}

/// Front matter that other tools read may hold anything: what we can't read is not ours.
fn parse(text: &str, delimiter: &str) -> Keys {
    if delimiter == "---" {
        serde_saphyr::from_str(text).unwrap_or_default()
    } else {
        toml::from_str(text).unwrap_or_default()
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

    #[test]
    fn yaml_and_toml_say_the_same() {
        let yaml = read("---\ntitle: x\ndeck: Law::Torts\ntags: [a, b]\n---\n\n# Deck\n").expect("front matter");
        let toml =
            read("+++\ntitle = 1\ndeck = 'Law::Torts'\ntags = [\"a\", \"b\"]\n+++\n\n# Deck\n").expect("front matter");
        for read in [yaml, toml] {
            assert_eq!(read.deck.as_deref(), Some("Law::Torts"));
            assert_eq!(read.tags, ["a", "b"]);
        }
    }

    #[test]
    fn tags_may_be_one_text() {
        assert_eq!(read("+++\ntags = \"a, b\"\n+++\n").expect("front matter").tags, ["a", "b"]);
    }

    #[test]
    fn what_other_tools_write_does_no_harm() {
        let hugo = "+++\ndate = 2024-05-01T10:00:00Z\ndeck = \"d\"\n[params]\nweight = 3\n+++\n";
        assert_eq!(read(hugo).expect("front matter").deck.as_deref(), Some("d"));
        assert_eq!(read("+++\nkey = not toml\n+++\n").expect("front matter").deck, None);
    }
}

//! The places in a text that a link such as `#part` may lead to: its headings, and what its HTML names.
//!
//! Each site makes its own names of headings. All names that one of the common ones would make are accepted.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use percent_encoding::percent_decode_str;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Document, NodeId, NodeKind};
use crate::source::Source;

/// Longer names are compared with no other.
const LONGEST: usize = 200;
/// Pairs of characters that are compared to find the name nearest to one fragment, at most.
const MOST_COMPARED: usize = 4_000_000;

/// What links can lead to within one text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// As GitHub names the headings, in order.
    of_headings: Vec<String>,
    accepted: HashSet<String>,
    /// The only heading with these letters and digits, if there is but one.
    by_letters: HashMap<String, Option<usize>>,
}

static HTML_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\s(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))"#).ok());
static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{:?[^{}\n]*?#([^\s{}]+)[^{}\n]*\}").ok());
static HTML_HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)<(?:h[1-6]|summary)\b[^>]*>(.*?)</(?:h[1-6]|summary)>").ok());

impl Anchors {
    /// Those of a text.
    #[must_use]
    pub fn of(document: &Document, source: &Source) -> Self {
        let mut anchors = Self::default();
        let mut taken: HashMap<String, usize> = HashMap::default();
        for id in document.all().filter(|&id| matches!(document.kind(id), NodeKind::Heading(_))) {
            let (text, with_images) = heading_text(document, source, id);
            anchors.heading(&text, &mut taken);
            if with_images != text {
                anchors.accept(&with_images);
            }
        }
        let text = source.text();
        if text.contains(['<', '{']) {
            let headings = HTML_HEADING.iter().flat_map(|heading| heading.captures_iter(text));
            for inner in headings.filter_map(|captures| captures.get(1)) {
                anchors.heading(without_tags(inner.as_str()).trim(), &mut taken);
            }
            let named = HTML_NAME.iter().chain(ATTRIBUTE.iter()).flat_map(|name| name.captures_iter(text));
            let names = named.filter_map(|captures| captures.iter().skip(1).flatten().next());
            anchors.accepted.extend(names.map(|name| plain(name.as_str())));
        }
        anchors
    }

    fn heading(&mut self, text: &str, taken: &mut HashMap<String, usize>) {
        let name = github(text);
        let mut unique = name.clone();
        while let Some(&count) = taken.get(&unique) {
            let next = taken.get(&name).copied().unwrap_or(count) + 1;
            taken.insert(name.clone(), next);
            unique = format!("{name}-{next}");
        }
        taken.insert(unique.clone(), 0);
        let repeats = taken.get(&name).copied().unwrap_or(0);
        if repeats > 0 {
            // Some count from 1, some from 2, and some with another sign.
            let others = [repeats, repeats + 1]
                .into_iter()
                .flat_map(|count| [format!("{name}-{count}"), format!("{name}_{count}")]);
            self.accepted.extend(others.map(|name| plain(&name)));
        }
        self.accepted.insert(plain(&unique));
        self.accept(text);
        let index = self.of_headings.len();
        self.by_letters.entry(letters(&unique)).and_modify(|index| *index = None).or_insert(Some(index));
        self.of_headings.push(unique);
    }

    /// The names that other programs make of the text of a heading.
    fn accept(&mut self, text: &str) {
        let text = text.trim();
        let github = github(text);
        let collapsed = collapsed(&github);
        let from_letter = |name: &str| name.trim_start_matches(|c: char| !c.is_alphabetic()).to_owned();
        // pandoc keeps full stops.
        let kept = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_' | '.' | ' ');
        let pandoc: String = text.to_lowercase().chars().filter(|&c| kept(c)).collect();
        let pandoc = pandoc.split_whitespace().collect::<Vec<_>>().join("-");
        // markdown-it-anchor keeps all signs.
        let typed = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
        // VuePress and VitePress part words at signs, and drop accents, as Python-Markdown does.
        let bare: String = text.nfkd().filter(|&c| !is_combining_mark(c)).collect::<String>().to_lowercase();
        let parted: String =
            bare.chars().map(|c| if c.is_ascii_punctuation() || "“”‘’".contains(c) { '-' } else { c }).collect();
        let parted = self::collapsed(&parted.split_whitespace().collect::<Vec<_>>().join("-"));
        let ascii = self::collapsed(&self::github(&bare.chars().filter(char::is_ascii).collect::<String>()));
        let trimmed = github.trim_matches('-').to_owned();
        let numbered = [format!("_{github}"), format!("_{collapsed}"), format!("_{parted}")];
        // Obsidian links by the text itself.
        let all = [
            from_letter(&github),
            from_letter(&pandoc),
            pandoc,
            typed,
            parted,
            ascii,
            trimmed,
            collapsed,
            text.to_owned(),
        ];
        self.accepted.extend(all.into_iter().chain(numbered).chain([github]).map(|name| plain(&name)));
    }

    /// Whether a fragment, without its `#`, leads somewhere.
    #[must_use]
    pub fn has(&self, fragment: &str) -> bool {
        const EVERYWHERE: [&str; 3] = ["", "top", "readme"];
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        let name = plain(decoded.strip_prefix("user-content-").unwrap_or(&decoded));
        // Pages that are programs, and text to be found.
        let is_of_program = name.starts_with(['/', '!', '^']) || name.starts_with(":~:");
        is_of_program || EVERYWHERE.contains(&name.as_str()) || self.accepted.contains(&name)
    }

    /// The name of the one heading with the same letters and digits as a fragment.
    #[must_use]
    pub fn meant(&self, fragment: &str) -> Option<&str> {
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        let letters = letters(&decoded);
        let index = self.by_letters.get(&letters).filter(|_| !letters.is_empty())?;
        index.and_then(|index| self.of_headings.get(index)).map(String::as_str)
    }

    /// The name of the heading that reads most like a fragment.
    #[must_use]
    pub fn nearest(&self, fragment: &str) -> Option<&str> {
        const FAR: f64 = 0.8;
        let decoded = percent_decode_str(fragment).decode_utf8_lossy().to_lowercase();
        if decoded.len() > LONGEST {
            return None;
        }
        let length = decoded.chars().count();
        let mut left = MOST_COMPARED;
        let names = self.of_headings.iter().filter(|name| name.len() <= LONGEST && !name.is_empty());
        // Each character of the difference in length is one to change.
        let is_near = |other: usize| length.abs_diff(other) * 5 <= length.max(other);
        let names = names.map(|name| (name, name.chars().count())).filter(|(_, other)| is_near(*other));
        let names = names.take_while(|(_, other)| {
            left = left.saturating_sub(length * other);
            left > 0
        });
        let scored = names.map(|(name, _)| (strsim::normalized_levenshtein(&decoded, name), name.as_str()));
        scored.filter(|(score, _)| *score >= FAR).max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, name)| name)
    }
}

/// The text of a heading as sites take it, without and with what stands for its images.
fn heading_text(document: &Document, source: &Source, heading: NodeId) -> (String, String) {
    let mut text = String::new();
    let mut with_images = String::new();
    let mut image_end = 0;
    for id in document.descendants(heading) {
        let span = document.span(id);
        let piece = match document.kind(id) {
            NodeKind::Image(_) => {
                image_end = image_end.max(span.end);
                continue;
            }
            NodeKind::Text | NodeKind::Formula { .. } => source.slice(span),
            NodeKind::Decoded(index) | NodeKind::Code(index) => document.decoded(index),
            NodeKind::Break => " ",
            _ => continue,
        };
        with_images.push_str(piece);
        if span.start >= image_end {
            text.push_str(piece);
        }
    }
    (text, with_images)
}

/// The text of HTML, its tags left out.
pub(crate) fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for (index, part) in html.split('<').enumerate() {
        text.push_str(if index == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) });
    }
    text
}

/// As GitHub names a heading: lower case, punctuation left out, a hyphen for each space.
fn github(text: &str) -> String {
    let kept =
        |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_' | '\u{203f}' | '\u{2040}');
    let name = text.chars().filter(|&c| kept(c) || c == ' ').map(|c| if c == ' ' { '-' } else { c });
    name.collect::<String>().to_lowercase()
}

/// Hyphens one behind another as one, none at the ends.
fn collapsed(name: &str) -> String {
    name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// The same for names that differ in how accents are kept, and in what varies or joins emoji.
fn plain(name: &str) -> String {
    name.nfc().filter(|c| !matches!(c, '\u{fe0f}' | '\u{fe0e}' | '\u{200d}')).collect()
}

/// What tells a heading from others, however it is named.
fn letters(name: &str) -> String {
    name.nfkc().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn anchors(text: &str) -> Anchors {
        let mut sources = Sources::default();
        let id = sources.add_text("a.md", text).expect("a short text");
        Anchors::of(&Document::parse(sources.get(id)), sources.get(id))
    }

    #[test]
    fn headings_are_named_as_common_sites_do() {
        let anchors = anchors(
            "# What's `new`, in C++?\n\n## 🚀 Start\n\n## Größe & Maß\n\n### What is **this**?\n\n## 1. A. B\n\n## Réseau\n",
        );
        for name in [
            "whats-new-in-c",
            "what-s-new-in-c",
            "-start",
            "start",
            "größe--maß",
            "größe-maß",
            "gro%CC%88%C3%9Fe--ma%C3%9F",
            "what-is-this",
            "what-is-this?",
            "what-is-this%3F",
            "1-a-b",
            "_1-a-b",
            "a-b",
            "a.-b",
            "reseau",
            "réseau",
            "",
            "top",
            "user-content-start",
        ] {
            assert!(anchors.has(name), "{name}");
        }
        for name in ["whatsnew-in-c", "Start", "what-is-this-", "grosse-mass", "1-a-b-1"] {
            assert!(!anchors.has(name), "{name}");
        }
    }

    #[test]
    fn repeated_headings_are_counted() {
        let anchors = anchors("# A\n\n# A\n\n# A\n\n# A-1\n");
        assert_eq!(anchors.of_headings, ["a", "a-1", "a-2", "a-1-1"]);
        assert!(anchors.has("a-2") && !anchors.has("a-5"));
    }

    #[test]
    fn html_names_places_too() {
        let anchors = anchors(
            "<a name=\"one\"></a>\n<h2 align=center>Big <b>news</b></h2>\n\n## T {#two}\n\ntext <span id='three'>x</span>\n",
        );
        for name in ["one", "big-news", "two", "three"] {
            assert!(anchors.has(name), "{name}");
        }
    }

    #[test]
    fn what_was_meant_is_certain_or_near() {
        let anchors = anchors("## What is it?\n\n## Same\n\n## same\n");
        assert_eq!(anchors.meant("What-Is-It?"), Some("what-is-it"));
        assert_eq!(anchors.meant("same--"), Some("same"));
        assert_eq!(anchors.meant(""), None);
        assert_eq!(anchors.nearest("what-is-its"), Some("what-is-it"));
        assert_eq!(anchors.nearest("else"), None);
    }
}

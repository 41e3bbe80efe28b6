//! The images and sounds that a text names: which, and what stands in their place.

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag};

use super::{raw, safe};
use crate::source::{MediaKind, Reference};

/// What stands on a card for a file that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The file in the package.
    Packed {
        /// Its name there.
        name: String,
        /// What it is.
        kind: MediaKind,
        /// Its path from the root of the project; empty where the file is in the address.
        path: String,
    },
    /// A file of the web: its address.
    Elsewhere(String),
    /// Nothing but words: no file is there.
    Nothing,
}

/// What stands for a reference.
pub(crate) type LookUpMedia<'callback> = dyn Fn(&Reference) -> Shown + 'callback;

/// A file of the package, and how a text names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackedMedia {
    /// As the author wrote it.
    pub address: String,
    /// Its path from the root of the project, with forward slashes; empty where the file is in the address.
    pub path: String,
    /// Its name in the package.
    pub name: String,
}

/// Looks up the media of one text, and keeps what it found.
pub(crate) struct Media<'callback> {
    look_up: &'callback LookUpMedia<'callback>,
    packed: RefCell<Vec<PackedMedia>>,
}

impl<'callback> Media<'callback> {
    pub(crate) fn new(look_up: &'callback LookUpMedia<'callback>) -> Self {
        Self { look_up, packed: RefCell::default() }
    }

    pub(crate) fn find(&self, reference: &Reference) -> Shown {
        let shown = (self.look_up)(reference);
        if let Shown::Packed { name, path, .. } = &shown {
            let (address, path, name) = (reference.address.clone(), path.clone(), name.clone());
            self.packed.borrow_mut().push(PackedMedia { address, path, name });
        }
        shown
    }

    /// Those that finished HTML shows, each once. Not all that were looked up do: one may stand in the description of
    /// another, or in an element that is no part of a card.
    pub(crate) fn packed_in(self, html: &str) -> Vec<PackedMedia> {
        let mut packed = self.packed.into_inner();
        packed.sort();
        packed.dedup();
        packed.retain(|media| html.contains(&media.name));
        packed
    }

    /// The names of those looked up so far.
    pub(crate) fn names(&self) -> Vec<String> {
        self.packed.borrow().iter().map(|media| media.name.clone()).collect()
    }
}

/// How Anki is told to play a file.
pub(crate) fn sound(name: &str) -> String {
    format!("[sound:{name}]")
}

/// An image of a width, or of a width and a height as in `200x100`.
pub(crate) fn sized_image(name: &str, alternative: &str, size: &str) -> String {
    let alternative = html_text(alternative);
    let size = match size.split_once('x') {
        Some((width, height)) => format!("width=\"{width}\" height=\"{height}\""),
        None => format!("width=\"{size}\""),
    };
    format!("<img src=\"{name}\" alt=\"{alternative}\" {size} />")
}

/// Whether a text may name media: a cheap look, since most do not.
pub(crate) fn may_be_in(markdown: &str) -> bool {
    markdown.contains("![") || may_be_in_html(markdown)
}

fn may_be_in_html(html: &str) -> bool {
    let starts = [b"im", b"au", b"vi", b"so"];
    let mut tags = html.split('<').skip(1).filter_map(|after| after.as_bytes().get(..2));
    tags.any(|start| starts.iter().any(|tag| start.eq_ignore_ascii_case(*tag)))
}

/// The media that these events name.
pub(crate) fn references(events: &[Event<'_>]) -> Vec<Reference> {
    let mut found = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::Image { link_type, dest_url, .. }) => found.push(reference(*link_type, dest_url)),
            Event::Html(html) | Event::InlineHtml(html) => {
                found.extend(in_html(html).into_iter().map(|element| Reference::path(element.address)));
            }
            _ => {}
        }
    }
    found
}

pub(crate) fn reference(link_type: LinkType, address: &str) -> Reference {
    let by_name = matches!(link_type, LinkType::WikiLink { .. });
    Reference { address: address.to_owned(), by_name }
}

/// Raw HTML with what stands for its media; none where nothing is to be replaced.
pub(crate) fn replaced(html: &str, media: &Media<'_>) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    for element in in_html(html) {
        let reference = Reference::path(element.address.clone());
        let text = element.alternative.clone().unwrap_or_else(|| reference.file_name());
        let text = html_text(&text);
        let is_played = !element.is_image || reference.kind() == MediaKind::Sound;
        let (range, new) = match media.find(&reference) {
            Shown::Packed { name, kind: MediaKind::Sound, .. } => (element.tag, sound(&name)),
            Shown::Packed { name, .. } if element.is_image => (element.value, format!("\"{name}\"")),
            Shown::Packed { name, .. } => (element.tag, format!("<img src=\"{name}\">")),
            Shown::Elsewhere(address) if is_played && safe::is_safe_address(&address, safe::Use::Link) => {
                (element.tag, format!("<a href=\"{}\">{text}</a>", html_text(&address)))
            }
            Shown::Elsewhere(address) if address != element.address => {
                (element.value, format!("\"{}\"", html_text(&address)))
            }
            Shown::Elsewhere(_) => continue,
            Shown::Nothing => (element.tag, text),
        };
        out.push_str(html.get(from..range.start).unwrap_or_default());
        out.push_str(&new);
        from = range.end;
    }
    if from == 0 {
        return None;
    }
    out.push_str(html.get(from..).unwrap_or_default());
    Some(out)
}

fn html_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // The writer of Markdown's text has the same signs to mind; with line ends a block of HTML would be another one.
    for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}

/// An element of raw HTML that names a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The whole tag.
    tag: Range<usize>,
    /// The address, with quotation marks.
    pub(crate) value: Range<usize>,
    pub(crate) address: String,
    /// What to read where no image is; none where the author wrote none.
    alternative: Option<String>,
    is_image: bool,
}

/// The elements of raw HTML that name a file.
pub(crate) fn in_html(html: &str) -> Vec<Element> {
    let mut found = Vec::new();
    if !may_be_in_html(html) {
        return found;
    }
    let mut from = 0;
    while let Some(tag) = raw::next_tag(html, from) {
        from = tag.range.end;
        // Browsers take an `image` for an `img`, and so does the sanitiser.
        let is_image = matches!(tag.name.as_str(), "img" | "image");
        if tag.closes || !(is_image || matches!(tag.name.as_str(), "audio" | "video" | "source")) {
            continue;
        }
        let typed = html.get(tag.range.clone()).unwrap_or_default();
        let attributes = 1 + tag.name.len();
        if let Some((value, address)) = attribute(typed, attributes, "src") {
            let alternative = attribute(typed, attributes, "alt").map(|(_, text)| text);
            found.push(Element {
                value: tag.range.start + value.start..tag.range.start + value.end,
                tag: tag.range,
                address,
                alternative: alternative.filter(|text| !text.is_empty()),
                is_image,
            });
        }
    }
    found
}

/// Whether a tag names a file.
pub(super) fn names_file(tag: &str, name: &str) -> bool {
    attribute(tag, 1 + name.len(), "src").is_some()
}

/// The value of a tag's first attribute of a name; a browser passes over a second. The attributes start at a byte of the
/// tag.
pub(super) fn attribute(tag: &str, attributes: usize, wanted: &str) -> Option<(Range<usize>, String)> {
    let is_space = |character: char| character.is_ascii_whitespace();
    let mut rest = tag.get(attributes..)?;
    loop {
        rest = rest.trim_start_matches(|character: char| is_space(character) || character == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return None;
        }
        // A `=` in front belongs to the name.
        let ends_name =
            |&(at, character): &(usize, char)| at > 0 && (is_space(character) || matches!(character, '/' | '>' | '='));
        let name_length = rest.char_indices().find(ends_name).map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at_checked(name_length)?;
        rest = after.trim_start_matches(is_space);
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start_matches(is_space);
        let (length, inner) = attribute_value(value);
        if name.eq_ignore_ascii_case(wanted) {
            let start = tag.len() - value.len();
            return Some((start..start + length, decoded(inner)));
        }
        rest = value.get(length..)?;
    }
}

/// How many bytes a value takes, and what stands between its quotation marks.
fn attribute_value(text: &str) -> (usize, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.split(quote).next()) {
            return ((inner.len() + 2).min(text.len()), inner);
        }
    }
    let inner = text.split(|character: char| character.is_ascii_whitespace() || character == '>').next();
    let inner = inner.unwrap_or_default();
    (inner.len(), inner)
}

/// The value of an attribute: its entities are those of a text.
fn decoded(value: &str) -> String {
    let value = value.trim();
    if value.contains('&') { safe::text_of(&value.replace('<', "&lt;")) } else { value.to_owned() }
}

#[cfg(test)]
mod tests;

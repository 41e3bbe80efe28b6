//! Raw HTML of which something does not reach the card, and would be missed: for findings.

use std::ops::Range;

use super::raw::{self, RawTag};
use super::safe::{self, Use};

/// Elements that are drawn or filled in, and of which at most the words are left. Others that are taken out only wrap.
const MISSED: [&str; 14] = [
    "button", "canvas", "dialog", "embed", "fieldset", "form", "frameset", "map", "math", "meter", "progress",
    "select", "svg", "textarea",
];

/// Elements of a page's head and of other elements, which are empty: in a line of text they are most likely spoken of.
const SPOKEN_OF: [&str; 6] = ["area", "base", "link", "meta", "param", "track"];

/// A piece of raw HTML of a text.
pub(crate) struct RawPiece<'html> {
    /// As typed.
    pub(crate) html: &'html str,
    /// Stands in a line of text.
    pub(crate) is_inline: bool,
    /// The number of the block it stands in.
    pub(crate) block: usize,
}

/// Something that does not reach the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removed {
    /// The piece it stands in.
    pub(crate) piece: usize,
    /// The bytes of its tag there.
    pub(crate) range: Range<usize>,
    pub(crate) what: RemovedKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RemovedKind {
    /// An element with all that is in it.
    WithContent(String),
    /// The tags of an element.
    Tags(String),
    /// An element that holds nothing.
    Empty(String),
    /// An attribute that runs code, by its name.
    Handler(String),
    /// An address that leads into a program.
    Address(String),
}

/// What of these pieces, which stand in one text, does not reach the card.
pub(crate) fn removed(pieces: &[RawPiece<'_>]) -> Vec<Removed> {
    let tags = raw::tags_of(pieces.iter().map(|piece| (piece.html, piece.is_inline, piece.block)));
    let mut found = Vec::new();
    let mut hidden_until: Option<usize> = None;
    for (index, tag) in tags.iter().enumerate() {
        if hidden_until.is_some_and(|end| index <= end) {
            continue;
        }
        let (fate, partner) = raw::what_becomes(tag);
        if fate == raw::Shown::Hidden {
            hidden_until = partner;
        }
        let Some(piece) = pieces.get(tag.piece()) else { continue };
        let Some(typed) = piece.html.get(tag.range.clone()) else { continue };
        let is_spoken_of = piece.is_inline && fate != raw::Shown::Text && SPOKEN_OF.contains(&&*tag.name);
        let spoken_of = is_spoken_of.then(|| RemovedKind::Empty(tag.name.clone()));
        found.extend(kinds(tag, fate, typed).chain(spoken_of).map(|what| Removed {
            piece: tag.piece(),
            range: tag.range.clone(),
            what,
        }));
    }
    found
}

fn kinds(tag: &RawTag, fate: raw::Shown, typed: &str) -> impl Iterator<Item = RemovedKind> {
    let name = tag.name.clone();
    let is_missed = MISSED.contains(&name.as_str()) && !safe::TAGS.split_whitespace().any(|safe| safe == name);
    let element = match fate {
        raw::Shown::Hidden => Some(RemovedKind::WithContent(name)),
        raw::Shown::Removed | raw::Shown::Markup if is_missed && !tag.closes => Some(RemovedKind::Tags(name)),
        _ => None,
    };
    let is_markup = fate == raw::Shown::Markup && !tag.closes && element.is_none();
    let attributes = if is_markup { attributes(typed) } else { Vec::new() };
    let dangerous = attributes.into_iter().filter_map(|(name, value)| {
        let is_handler = name.len() > 2 && name.starts_with("on") && name.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_address = matches!(name.as_str(), "href" | "src") && !safe::is_safe_address(&value, Use::Image);
        match (is_handler, is_address) {
            (true, _) => Some(RemovedKind::Handler(name)),
            (_, true) if runs(&value) => Some(RemovedKind::Address(value)),
            _ => None,
        }
    });
    element.into_iter().chain(dangerous)
}

/// Whether an address is a program.
fn runs(address: &str) -> bool {
    let scheme: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(16).collect();
    let scheme = scheme.to_ascii_lowercase();
    ["javascript:", "vbscript:", "data:text/html"].iter().any(|runs| scheme.starts_with(runs))
}

/// The names in lower case and values of a tag's attributes.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    let mut rest = inside.split_once(|c: char| c.is_whitespace() || c == '/').map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        let (name, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(after) = behind.trim_start().strip_prefix('=') else {
            if name.is_empty() {
                return found;
            }
            found.push((name.to_ascii_lowercase(), String::new()));
            rest = behind;
            continue;
        };
        let after = after.trim_start();
        let (value, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = after.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_browsers_do() {
        let pairs = |tag: &str| -> Vec<String> {
            attributes(tag).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        assert_eq!(pairs("<a HREF=\"x y\" onclick = 'z' b c=d>"), ["href=x y", "onclick=z", "b=", "c=d"]);
        assert_eq!(pairs("<img/src=a/>"), ["src=a/"]);
        assert_eq!(pairs("<b>"), [""; 0]);
        assert_eq!(pairs("<b ='\">"), ["=\""; 1]);
    }
}

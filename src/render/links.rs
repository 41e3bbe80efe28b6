//! Links on a card. A relative one leads nowhere from there, unless the project says where its files can be read.

use std::ops::Range;

use url::Url;

use super::media::attribute;
use super::raw;

/// The absolute form of a relative address; none where it leads nowhere.
pub(crate) type Absolute<'callback> = dyn Fn(&str) -> Option<String> + 'callback;

/// An address of no known kind: the sanitiser takes it off.
const NOWHERE: &str = "\"nowhere:\"";

/// Where the files of a project can be read: the address of its folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address; a slash at its end makes no difference. None when it is no `http` or `https` address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A browser would look for the host behind more slashes, and drop white space.
        let (_, rest) = text.split_once("://").filter(|(_, rest)| !rest.starts_with('/'))?;
        let mut url = Url::parse(text).ok().filter(|_| !rest.contains(char::is_whitespace))?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut().ok()?.pop_if_empty().push("");
        Some(Self(url))
    }

    /// The address of what a link in a file leads to. The file's path is from the project's folder, with forward slashes;
    /// so is an address that begins with a slash, as on GitHub.
    #[must_use]
    pub fn absolute(&self, file: &str, address: &str) -> Option<String> {
        let address = address.trim();
        let joined = if address.starts_with("//") {
            self.0.join(address)
        } else if let Some(path) = address.strip_prefix('/') {
            self.0.join(&format!("./{path}"))
        } else {
            let mut url = self.0.clone();
            url.path_segments_mut().ok()?.pop_if_empty().extend(file.split('/').filter(|part| !part.is_empty()));
            url.join(address)
        };
        let joined = joined.ok()?;
        matches!(joined.scheme(), "http" | "https").then(|| joined.to_string())
    }
}

/// Whether an address needs another one to lead anywhere.
pub(crate) fn is_relative(address: &str) -> bool {
    let end = address.find([':', '/', '?', '#', '\\']);
    let has_scheme = end.is_some_and(|end| end > 0 && address.get(end..).is_some_and(|rest| rest.starts_with(':')));
    !has_scheme && !address.trim_start().starts_with("//")
}

/// The tags of relative links in raw HTML.
pub(crate) fn relative_links_in_html(html: &str) -> Vec<Range<usize>> {
    relative_in(html).into_iter().map(|link| link.tag).collect()
}

/// The same with the bytes of each value, with quotation marks, and the address in it.
pub(crate) fn relative_addresses_in_html(html: &str) -> Vec<(Range<usize>, Range<usize>, String)> {
    relative_in(html).into_iter().map(|link| (link.tag, link.value, link.address)).collect()
}

struct RelativeLink {
    tag: Range<usize>,
    /// With quotation marks.
    value: Range<usize>,
    address: String,
}

fn relative_in(html: &str) -> Vec<RelativeLink> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(tag) = raw::next_tag(html, from) {
        from = tag.range.end;
        if tag.closes || tag.name != "a" {
            continue;
        }
        let typed = html.get(tag.range.clone()).unwrap_or_default();
        if let Some((value, address)) = attribute(typed, 2, "href").filter(|(_, address)| is_relative(address)) {
            let value = tag.range.start + value.start..tag.range.start + value.end;
            found.push(RelativeLink { tag: tag.range, value, address });
        }
    }
    found
}

/// Raw HTML with its relative links made absolute or taken off; none where nothing is to be replaced.
pub(super) fn replaced(html: &str, absolute: &Absolute<'_>) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    for RelativeLink { value, address, .. } in relative_in(html) {
        out.push_str(html.get(from..value.start).unwrap_or_default());
        match absolute(&address) {
            Some(address) => out.extend(["\"", &address.replace('&', "&amp;").replace('"', "%22"), "\""]),
            None => out.push_str(NOWHERE),
        }
        from = value.end;
    }
    if from == 0 {
        return None;
    }
    out.push_str(html.get(from..).unwrap_or_default());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_become_absolute() {
        let cases = [
            ("./other.md", "https://a.example/notes/source/other.md"),
            ("../b.md#part", "https://a.example/notes/b.md#part"),
            ("#anchor", "https://a.example/notes/source/deck%20a.md#anchor"),
            ("/docs/x", "https://a.example/notes/docs/x"),
            ("//b.example/x", "https://b.example/x"),
            ("?q=1", "https://a.example/notes/source/deck%20a.md?q=1"),
            ("/javascript:alert(1)", "https://a.example/notes/javascript:alert(1)"),
            ("ß ü", "https://a.example/notes/source/%C3%9F%20%C3%BC"),
        ];
        for base in ["https://a.example/notes", "https://a.example/notes/", " https://a.example/notes/#x"] {
            let base = BaseUrl::parse(base).expect("an address");
            for (address, expected) in cases {
                assert_eq!(base.absolute("source/deck a.md", address).as_deref(), Some(expected), "{address}");
            }
        }
    }

    #[test]
    fn only_the_web_is_a_base() {
        for text in [
            "",
            "notes/",
            "/notes",
            "example.org",
            "file:///notes",
            "mailto:a@b.example",
            "https://",
            "https:///x",
            "https://a b",
            "https://a.example:port/",
        ] {
            assert!(BaseUrl::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn relative_is_what_has_no_scheme() {
        for address in ["a.md", "./a:b", "#a:b", "/a", "?a:b", "", "a/b:c"] {
            assert!(is_relative(address), "{address}");
        }
        for address in ["https://a", "mailto:a@b", "//a.example", "javascript:a"] {
            assert!(!is_relative(address), "{address}");
        }
    }
}

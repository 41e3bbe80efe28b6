//! The addresses of images: which a text has, and the names of packed files in their place.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::{raw, safe};

/// The name in the package of the image at an address; none if it is not packed and its address stays.
pub(crate) type Names<'callback> = dyn Fn(&str) -> Option<String> + 'callback;

/// Whether a text may hold an image: a cheap look, since most hold none.
pub(crate) fn may_be_in(markdown: &str) -> bool {
    markdown.contains("![") || may_be_in_html(markdown)
}

fn may_be_in_html(html: &str) -> bool {
    html.as_bytes().windows(3).any(|start| start.eq_ignore_ascii_case(b"<im"))
}

/// The addresses of the images among these events.
pub(crate) fn addresses(events: &[Event<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => found.push(dest_url.to_string()),
            Event::Html(html) | Event::InlineHtml(html) => {
                found.extend(in_html(html).into_iter().map(|(_, address)| address));
            }
            _ => {}
        }
    }
    found
}

/// Raw HTML with the addresses of packed images replaced by their names; none where nothing is to be replaced.
pub(crate) fn renamed(html: &str, names: &Names<'_>) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    for (value, address) in in_html(html) {
        if let Some(name) = names(&address) {
            out.push_str(html.get(from..value.start).unwrap_or_default());
            out.extend(["\"", &name, "\""]);
            from = value.end;
        }
    }
    if from == 0 {
        return None;
    }
    out.push_str(html.get(from..).unwrap_or_default());
    Some(out)
}

/// For each image in raw HTML the bytes of its address, with quotation marks, and the address.
fn in_html(html: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    if !may_be_in_html(html) {
        return found;
    }
    let mut from = 0;
    while let Some(tag) = raw::next_tag(html, from) {
        from = tag.range.end;
        // Browsers take an `image` for an `img`, and so does the sanitiser.
        if tag.closes || !matches!(tag.name.as_str(), "img" | "image") {
            continue;
        }
        let typed = html.get(tag.range.clone()).unwrap_or_default();
        if let Some((value, address)) = attribute(typed, 1 + tag.name.len(), "src") {
            found.push((tag.range.start + value.start..tag.range.start + value.end, address));
        }
    }
    found
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
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::*;
    use crate::render::events::References;
    use crate::render::{LookUp, Numbers, Renderer, with_blocks, with_inline};

    #[test]
    fn addresses_are_found_however_they_are_written() {
        for (tag, address) in [
            ("<img src=\"a b.png\">", "a b.png"),
            ("<img src='a.png'/>", "a.png"),
            ("<IMG alt='src=b.png' SRC = a.png >", "a.png"),
            ("<img\nclass='x'/src=a.png\talt>", "a.png"),
            ("<img src=\"a.png\" src=\"b.png\">", "a.png"),
            ("<img data-src=b.png srcset=c.png src=a.png>", "a.png"),
            ("<img src=\"a&amp;b&auml;&#39;.png\">", "a&bä'.png"),
            ("<img src=\" a<b>c&lt;.png \">", "a<b>c<.png"),
            ("<img alt=\"a > b\" src=a.png>", "a.png"),
            ("<image src=a.png>", "a.png"),
            ("<img src=>", ""),
        ] {
            let html = format!("<p>{tag}</p>");
            let found: Vec<String> = in_html(&html).into_iter().map(|(_, address)| address).collect();
            assert_eq!(found, [address], "{tag}");
        }
        for html in
            ["", "<img", "<img>", "<img src>", "<img src", "<img =src=a>", "</img src=a>", "<b src=a>", "<img / >"]
        {
            assert_eq!(in_html(html), [], "{html}");
        }
    }

    #[test]
    fn only_addresses_of_packed_images_are_replaced() {
        let names = |address: &str| address.starts_with('a').then(|| format!("{address}!"));
        for (html, expected) in [
            (
                "<img src=a1><img src='b'><img alt=x src='a2' width=3> z",
                "<img src=\"a1!\"><img src='b'><img alt=x src=\"a2!\" width=3> z",
            ),
            ("<img src=b>", "<img src=b>"),
            ("é<img src=é>é<img src=aé>é", "é<img src=é>é<img src=\"aé!\">é"),
            ("a1 <a href=a1>", "a1 <a href=a1>"),
        ] {
            assert_eq!(renamed(html, &names).as_deref().unwrap_or(html), expected);
        }
    }

    #[test]
    fn packed_images_go_by_their_names() {
        let look_up = LookUp {
            references: &|label| (label == "far").then(|| ("d e.png".to_owned(), "t".to_owned())),
            images: &|address| address.ends_with(".png").then(|| format!("deckc-{}.png", address.len())),
            links: &|address| Some(address.to_owned()),
            ..LookUp::NOTHING
        };
        let cases = [
            ("![x](a.png)", "<img src=\"deckc-5.png\" alt=\"x\" />"),
            ("![](<my pic.png> \"t\")", "<img src=\"deckc-10.png\" alt=\"\" title=\"t\" />"),
            ("![](my%20pic.png)", "<img src=\"deckc-12.png\" alt=\"\" />"),
            ("![x][far]", "<img src=\"deckc-7.png\" alt=\"x\" title=\"t\" />"),
            ("![x](a.svg)", "<img src=\"a.svg\" alt=\"x\" />"),
            ("[a](a.png)", "<a href=\"a.png\">a</a>"),
            ("[![x](a.png)](a.png)", "<a href=\"a.png\"><img src=\"deckc-5.png\" alt=\"x\" /></a>"),
            ("`![x](a.png)` &lt;img src=\"a.png\">", "<code>![x](a.png)</code> &lt;img src=\"a.png\"&gt;"),
            ("x <img src=a.png alt='1' onerror=x()>", "x <img src=\"deckc-5.png\" alt=\"1\">"),
            ("x <IMG SRC='a&amp;b.png'><image src=a.png>", "x <img src=\"deckc-7.png\"><img src=\"deckc-5.png\">"),
            ("![x](a.png) <b>b</b>", "<img src=\"deckc-5.png\" alt=\"x\"> <b>b</b>"),
            ("![<img src=b.png>](a.png)", "<img src=\"deckc-5.png\" alt=\"&lt;img src=b.png&gt;\">"),
            ("x <script>![a</script>](a.png) <img src=b.png>", "x  <img src=\"deckc-5.png\">"),
        ];
        for (markdown, html) in cases {
            let rendering = Renderer::new().inline(markdown, look_up);
            assert_eq!(rendering.html, html, "{markdown}");
            assert_eq!(rendering.markdown, markdown);
        }
        let blocks =
            Renderer::new().blocks("```html\n<img src=\"a.png\">\n```\n\n<div>\n<img src=\"a.png\">\n</div>", look_up);
        assert_eq!(blocks.html.matches("deckc-5.png").count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_replaced_is_what_is_found(pieces in prop::collection::vec(prop::sample::select(vec![
            "<img", "<IMAGE", " ", "src", "=", "\"", "'", ">", "/", "a.png", "\n", "<", "é", "&amp;", "alt=x", "</img>", "<b>", "-->",
        ]), 0..40)) {
            let html = pieces.concat();
            let found = in_html(&html);
            let replaced = renamed(&html, &|_| Some("name".to_owned())).unwrap_or(html);
            let names = in_html(&replaced).into_iter().map(|(_, address)| address).collect::<Vec<_>>();
            prop_assert_eq!(names, vec!["name"; found.len()]);
        }

        #[test]
        fn every_image_is_asked_for_before_it_is_shown(pieces in prop::collection::vec(prop::sample::select(vec![
            "![", "x](a.png)", "](<b c.png>)", "[r]", "<img src='d.png'>", "'", ">", "<script>", "</script>", "`", "- ", "#", "\n", "\n\n",
            "<div>", "</div>", "<!--", "-->", "text", "\\", "![x](e.png)", "<IMG alt=a src=f.png>", "&amp;", "|a|\n|-|\n", "\r\n", " ",
        ]), 0..30)) {
            let markdown = pieces.concat();
            let references: &References<'_> = &|label| Some((label.to_owned(), String::new()));
            let found = |events: &[Event<'_>], _| addresses(events);
            let mut before = Vec::new();
            if may_be_in(&markdown) {
                let look_up = LookUp { references, ..LookUp::NOTHING };
                before.extend(with_inline(&markdown, look_up, &mut Numbers::default(), found));
                before.extend(with_blocks(&markdown, look_up, &mut Numbers::default(), found));
            }
            let asked = RefCell::new(Vec::new());
            let names: &Names<'_> = &|address| {
                asked.borrow_mut().push(address.to_owned());
                Some("deckc-0.png".to_owned())
            };
            let look_up = LookUp { references, images: names, ..LookUp::NOTHING };
            let (inline, blocks) = (Renderer::new().inline(&markdown, look_up), Renderer::new().blocks(&markdown, look_up));
            prop_assert!(asked.borrow().iter().all(|address| before.contains(address)), "{}\n{:?} {:?}", markdown, before, asked);
            for html in [inline.html, blocks.html] {
                let mut sources = html.split("<img ").skip(1).filter_map(|tag| tag.split_once("src=\"")?.1.split('"').next());
                prop_assert!(sources.all(|source| source == "deckc-0.png"), "{}\n{}", markdown, html);
            }
        }
    }
}

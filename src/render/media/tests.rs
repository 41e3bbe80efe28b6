use std::cell::RefCell;

use proptest::prelude::*;

use super::*;
use crate::render::events::References;
use crate::render::{LookUp, Numbers, Renderer, Rendering, with_blocks, with_inline};

fn packed(name: &str, kind: MediaKind) -> Shown {
    Shown::Packed { name: name.to_owned(), kind, path: format!("images/{name}") }
}

/// Pictures that end in `.png`, sounds that end in `.mp3`, one of the web, and nothing else.
fn look_up(reference: &Reference) -> Shown {
    let length = reference.address.len();
    match reference.address.as_str() {
        address if address.starts_with("http") => Shown::Elsewhere(address.to_owned()),
        address if address.ends_with(".png") => packed(&format!("deckc-{length}.png"), MediaKind::Image),
        address if address.ends_with(".mp3") => packed(&format!("deckc-{length}.mp3"), MediaKind::Sound),
        _ => Shown::Nothing,
    }
}

const LOOK_UP: LookUp<'static> = LookUp {
    references: &|label| match label {
        "far" => Some(("d e.png".to_owned(), "t".to_owned())),
        _ => None,
    },
    media: &look_up,
    links: &|address| Some(address.to_owned()),
    ..LookUp::NOTHING
};

fn inline(markdown: &str) -> Rendering {
    Renderer::new().inline(markdown, LOOK_UP)
}

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
        let found: Vec<String> = in_html(&html).into_iter().map(|element| element.address).collect();
        assert_eq!(found, [address], "{tag}");
    }
    for html in ["", "<img", "<img>", "<img src>", "<img src", "<img =src=a>", "</img src=a>", "<b src=a>", "<img / >"]
    {
        assert_eq!(in_html(html), [], "{html}");
    }
}

#[test]
fn what_is_packed_is_put_in_place_of_its_address() {
    for (html, expected) in [
        (
            "<img src=a.png><img src='http://b'><img alt=x src='ab.png' width=3> z",
            "<img src=\"deckc-5.png\"><img src='http://b'><img alt=x src=\"deckc-6.png\" width=3> z",
        ),
        ("<img src=http:b>", "<img src=http:b>"),
        ("é<img src=http>é<img src=é.png>é", "é<img src=http>é<img src=\"deckc-6.png\">é"),
        ("a.png <a href=a.png>", "a.png <a href=a.png>"),
        ("x<img src=gone width=3>y<img src='a/gone%20b' alt='1 < 2'>z", "xgoney1 &lt; 2z"),
        ("<img src='a/gone%20b.gif?x'>", "gone b.gif"),
        ("<audio src=a.mp3 controls>", "[sound:deckc-5.mp3]"),
        ("<source src=a.mp3><audio src=gone.ogg>", "[sound:deckc-5.mp3]gone.ogg"),
        ("<img src=a.mp3><audio src=a.png>", "[sound:deckc-5.mp3]<img src=\"deckc-5.png\">"),
        ("<video src='http://x.org/a.mp4?b&amp;c'>", "<a href=\"http://x.org/a.mp4?b&amp;c\">a.mp4</a>"),
        ("<picture><source srcset=a.png></picture>", "<picture><source srcset=a.png></picture>"),
    ] {
        assert_eq!(replaced(html, &Media::new(&look_up)).as_deref().unwrap_or(html), expected);
    }
}

#[test]
fn packed_images_go_by_their_names() {
    let cases = [
        ("![x](a.png)", "<img src=\"deckc-5.png\" alt=\"x\" />"),
        ("![](<my pic.png> \"t\")", "<img src=\"deckc-10.png\" alt=\"\" title=\"t\" />"),
        ("![](my%20pic.png)", "<img src=\"deckc-12.png\" alt=\"\" />"),
        ("![x][far]", "<img src=\"deckc-7.png\" alt=\"x\" title=\"t\" />"),
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
        let rendering = inline(markdown);
        assert_eq!(rendering.html, html, "{markdown}");
        assert_eq!(rendering.markdown, markdown);
    }
    let blocks =
        Renderer::new().blocks("```html\n<img src=\"a.png\">\n```\n\n<div>\n<img src=\"a.png\">\n</div>", LOOK_UP);
    assert_eq!(blocks.html.matches("deckc-5.png").count(), 1);
}

#[test]
fn words_stand_for_what_is_not_there() {
    for (markdown, html) in [
        ("![a *b* c](gone.gif) d", "a <em>b</em> c d"),
        ("![](a/gone%20it.gif?raw)!", "gone it.gif!"),
        ("[![](gone.gif)](https://x.org)", "<a href=\"https://x.org\">gone.gif</a>"),
        ("![a ![b](a.png)](gone.gif)", "a <img src=\"deckc-5.png\" alt=\"b\" />"),
        ("![[gone.gif|200]] ![[gone.gif|b & c]]", "gone.gif b &amp; c"),
        ("![](C:\\pic.gif)", "pic.gif"),
        ("x <img alt='a' src=gone.gif>", "x a"),
        ("![](javascript:x)", "javascript:x"),
        ("a ![](data:image/png;base64,a/b) ![c](DATA:,x)", "a  c"),
        ("x <img> and <source> name nothing", "x &lt;img&gt; and &lt;source&gt; name nothing"),
    ] {
        assert_eq!(inline(markdown).html, html, "{markdown}");
        assert_eq!(inline(markdown).media.len(), html.matches("deckc-").count(), "{markdown}");
    }
}

#[test]
fn sounds_are_played_and_only_those_of_the_package() {
    for (markdown, html) in [
        ("![a *cry*](a.mp3)", "[sound:deckc-5.mp3]"),
        ("a ![](a.mp3) b", "a [sound:deckc-5.mp3] b"),
        ("[a](a.mp3)", "<a href=\"a.mp3\">a</a>"),
        ("[![](a.mp3)](b)", "<a href=\"b\">[sound:deckc-5.mp3]</a>"),
        ("![[a.mp3]]", "[sound:deckc-5.mp3]"),
        ("x <audio src=a.mp3 controls>none *here*</audio> y", "x [sound:deckc-5.mp3] y"),
        ("x <audio><source src=a.mp3><source src=ab.mp3>no</audio> y", "x [sound:deckc-5.mp3] y"),
        ("x <audio>no source</audio> y", "x  y"),
        ("x <video src=\"a.mp3\"/> y", "x [sound:deckc-5.mp3] y"),
        ("<audio> is an element", "&lt;audio&gt; is an element"),
        (
            "![cry](https://x.org/a.mp3) ![](https://x.org/b.ogg?c)",
            "<a href=\"https://x.org/a.mp3\">cry</a> <a href=\"https://x.org/b.ogg?c\">b.ogg</a>",
        ),
        ("[sound:x.mp3] `[sound:x.mp3]`", "&#91;sound:x.mp3] <code>&#91;sound:x.mp3]</code>"),
        ("![](a.mp3) `[sound:deckc-5.mp3]`", "[sound:deckc-5.mp3] <code>&#91;sound:deckc-5.mp3]</code>"),
        ("![](a.mp3) [sound:deckc-6.mp3]", "[sound:deckc-5.mp3] &#91;sound:deckc-6.mp3]"),
        (
            "![a \\[sound:deckc-5.mp3\\] b](a.png) ![](a.mp3)",
            "<img src=\"deckc-5.png\" alt=\"a &#91;sound:deckc-5.mp3] b\" /> [sound:deckc-5.mp3]",
        ),
    ] {
        assert_eq!(inline(markdown).html, html, "{markdown}");
    }
    let block = "<audio controls>\n<source src=\"a.mp3\" type=x>\nYour browser *can't*.\n</audio>\n\nb";
    assert_eq!(Renderer::new().blocks(block, LOOK_UP).html, "[sound:deckc-5.mp3]\n<p>b</p>");
}

#[test]
fn obsidians_embeds_are_images() {
    for (markdown, html) in [
        ("![[a.png]]", "<img src=\"deckc-5.png\" alt=\"\" />"),
        ("a ![[b c/a_b_c.png]].", "a <img src=\"deckc-13.png\" alt=\"\" />."),
        ("![[a.png|200]]", "<img src=\"deckc-5.png\" alt=\"\" width=\"200\" />"),
        ("![[ a.png | 20x10 ]]", "<img src=\"deckc-5.png\" alt=\"\" width=\"20\" height=\"10\" />"),
        ("![[a.png|a \"b\"|200]]", "<img src=\"deckc-5.png\" alt=\"a &quot;b&quot;\" width=\"200\" />"),
        ("![[a.png|an *x*]]", "<img src=\"deckc-5.png\" alt=\"an *x*\" />"),
        (
            "*![[a*b.png]] c* ![[a.png]]",
            "<em><img src=\"deckc-7.png\" alt=\"\" /></em> c* <img src=\"deckc-5.png\" alt=\"\" />",
        ),
        ("**b ![[a.png]]**", "<strong>b <img src=\"deckc-5.png\" alt=\"\" /></strong>"),
        (
            "\\![[a.png]] `![[a.png]]` ![[note]] ![[note#part]] ![[a.png",
            "![[a.png]] <code>![[a.png]]</code> ![[note]] ![[note#part]] ![[a.png",
        ),
        ("[[a.png]] is a link, [[Prototype]] is none", "[[a.png]] is a link, [[Prototype]] is none"),
        ("x <b>b</b> ![[a.png|200]]", "x <b>b</b> <img src=\"deckc-5.png\" alt=\"\" width=\"200\">"),
    ] {
        assert_eq!(inline(markdown).html, html, "{markdown}");
    }
    let table = Renderer::new().blocks("|a|b|\n|-|-|\n|![[a.png\\|20]]|![[a.png|c]]|", LOOK_UP).html;
    assert!(table.contains("<td><img src=\"deckc-5.png\" alt=\"\" width=\"20\" /></td><td>![[a.png</td>"), "{table}");
}

#[test]
fn what_a_text_shows_is_listed() {
    let found =
        inline("![a](b/ab.png) <img src=ab.mp3> ![](gone) ![![](c.png)](b/ab.png) ![](https://x.org/a.png)").media;
    let media = |address: &str, name: &str| PackedMedia {
        address: address.to_owned(),
        path: format!("images/{name}"),
        name: name.to_owned(),
    };
    assert_eq!(found, [media("ab.mp3", "deckc-6.mp3"), media("b/ab.png", "deckc-8.png")]);
}

#[test]
fn an_image_behind_one_that_hidden_content_ends_in_is_asked_for() {
    assert_all_asked_for("![![<script>x](a.png)*</script>*<IMG alt=a src=f.png>");
}

/// Asserts that all a text shows was found before it was rendered.
fn assert_all_asked_for(markdown: &str) {
    let references: &References<'_> = &|label| Some((label.to_owned(), String::new()));
    let found = |events: &[Event<'_>], _| super::references(events);
    let mut before = Vec::new();
    if may_be_in(markdown) {
        let look_up = LookUp { references, ..LookUp::NOTHING };
        before.extend(with_inline(markdown, look_up, &mut Numbers::default(), found));
        before.extend(with_blocks(markdown, look_up, &mut Numbers::default(), found));
    }
    let asked = RefCell::new(Vec::new());
    let media: &LookUpMedia<'_> = &|reference| {
        asked.borrow_mut().push(reference.clone());
        packed("deckc-0.png", MediaKind::Image)
    };
    let look_up = LookUp { references, media, ..LookUp::NOTHING };
    let (inline, blocks) = (Renderer::new().inline(markdown, look_up), Renderer::new().blocks(markdown, look_up));
    assert!(
        asked.borrow().iter().all(|reference| before.contains(reference)),
        "{}\n{:?} {:?}",
        markdown,
        before,
        asked
    );
    for html in [inline.html, blocks.html] {
        let mut sources = html.split("<img ").skip(1).filter_map(|tag| tag.split_once("src=\"")?.1.split('"').next());
        assert!(sources.all(|source| source == "deckc-0.png"), "{}\n{}", markdown, html);
    }
}

proptest! {
    #[test]
    fn what_is_replaced_is_what_is_found(pieces in prop::collection::vec(prop::sample::select(vec![
        "<img", "<IMAGE", " ", "src", "=", "\"", "'", ">", "/", "a.png", "\n", "<", "é", "&amp;", "alt=x", "</img>", "<b>", "-->",
    ]), 0..40)) {
        let html = pieces.concat();
        let found = in_html(&html);
        let replaced = replaced(&html, &Media::new(&|_| packed("name", MediaKind::Image))).unwrap_or(html);
        let names = in_html(&replaced).into_iter().map(|element| element.address).collect::<Vec<_>>();
        prop_assert_eq!(names, vec!["name"; found.len()]);
    }

    #[test]
    fn every_image_is_asked_for_before_it_is_shown(pieces in prop::collection::vec(prop::sample::select(vec![
        "![", "x](a.png)", "](<b c.png>)", "[r]", "<img src='d.png'>", "'", ">", "<script>", "</script>", "`", "- ", "#", "\n", "\n\n",
        "<div>", "</div>", "<!--", "-->", "text", "\\", "![x](e.png)", "<IMG alt=a src=f.png>", "&amp;", "|a|\n|-|\n", "\r\n", " ", "![[", "g.png", "|20]]", "<audio>", "</audio>", "<source src=h.png>", "*",
    ]), 0..30)) {
        assert_all_asked_for(&pieces.concat());
    }
}

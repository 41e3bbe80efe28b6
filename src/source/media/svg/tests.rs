use proptest::prelude::*;

use super::*;

const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";

fn clean(svg: &str) -> Result<String, MediaFault> {
    cleaned(svg.as_bytes().to_vec()).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// What is left between the root's tags.
fn inside(content: &str) -> String {
    let whole = clean(&format!("<svg>{content}</svg>")).unwrap();
    let inner = whole.strip_prefix(&format!("{HEAD}>")).and_then(|rest| rest.strip_suffix("</svg>\n"));
    inner.unwrap_or_else(|| panic!("{whole}")).to_owned()
}

#[test]
fn a_drawing_stays_as_it_is() {
    for drawing in [
        "<g id=\"a\" transform=\"scale(2)\"><path d=\"M0 0L1 1\" style=\"fill:red\"/></g>",
        "<linearGradient id=\"g\"><stop offset=\"0\"/></linearGradient><rect fill=\"url(#g)\"/>",
        "<text x=\"1\" xml:space=\"preserve\">1 &lt; 2 &amp; é<tspan> x</tspan></text>",
        "<use href=\"#a\"/><use xlink:href=\"#a\"/>",
        "<image href=\"data:image/png;base64,AAAA\"/>",
        "<style>.a{fill:url(#g)}</style>",
        "<animate attributeName=\"x\" values=\"0;1\" dur=\"1s\"/>",
        "<title>A &#x9;tab</title>",
    ] {
        assert_eq!(inside(drawing).replace("\tt", "&#x9;t"), drawing);
    }
}

#[test]
fn what_runs_or_fetches_goes() {
    for (content, left) in [
        ("<script>alert(1)</script><g/>", "<g/>"),
        ("<script><![CDATA[</script>]]></script>", ""),
        ("<SCRIPT>x</SCRIPT><x:script xmlns:x=\"http://www.w3.org/2000/svg\">x</x:script>", ""),
        ("<g onload=\"x()\" ONCLICK=\"y()\" on:x=\"z\"/>", "<g/>"),
        ("<foreignObject><div xmlns=\"http://www.w3.org/1999/xhtml\"><iframe/></div></foreignObject>", ""),
        ("<iframe src=\"x\"/><audio/><metadata><rdf:RDF/></metadata>", ""),
        ("<a href=\"javascript:x()\"><g/></a>", "<a><g/></a>"),
        ("<a xlink:href=\"https://x.org\"/>", "<a/>"),
        ("<use href=\"other.svg#a\"/><image href=\"https://x.org/a.png\"/>", "<use/><image/>"),
        ("<image xlink:href=\"data:image/svg+xml,&lt;svg/&gt;\"/>", "<image/>"),
        ("<image href=\"data:image/pngx;a\"/>", "<image/>"),
        ("<rect fill=\"url(https://x.org#a)\" style=\"fill: url(x)\"/>", "<rect fill=\"none\" style=\"fill: none\"/>"),
        ("<style>@import url(https://x.org/a.css); .a{b:url(https://x.org)}</style>", "<style> .a{b:none}</style>"),
        ("<style>.a{b:u\\72l(x)}</style>", "<style></style>"),
        ("<style>.a{b:ur<!-- -->l(x)}</style>", "<style>.a{b:none}</style>"),
        ("<style>@im&#112;ort 'x';</style>", "<style></style>"),
        ("<set attributeName=\"xlink:href\" to=\"javascript:x()\"/><animate attributeName=\"onload\"/>", ""),
        ("<animate attributeName=\"fill\" values=\"java&#10;script:x()\"/>", "<animate attributeName=\"fill\"/>"),
        ("<!-- c --><?xml-stylesheet href=\"x\"?><g/>", "<g/>"),
        ("&unknown;<text>&unknown;a</text>", "<text>a</text>"),
        ("<g sodipodi:x=\"1\" xmlns:y=\"z\" id=\"&unknown;\" class='a\"b'/>", "<g class=\"a&quot;b\"/>"),
        ("<style><script>x</script>.a{}</style>", "<style>.a{}</style>"),
    ] {
        assert_eq!(inside(content), left, "{content}");
    }
}

#[test]
fn a_document_type_and_its_entities_go() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">\
                <!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg width=\"1\"><text>&b;&x;</text></svg>";
    assert_eq!(clean(bomb).unwrap(), format!("{HEAD} width=\"1\"><text></text></svg>\n"));
    let prefixed = "\u{feff}<!-- c -->\n<svg:svg xmlns:svg=\"&ns_svg;\" viewBox=\"0 0 1 1\"><svg:g/></svg:svg>";
    assert_eq!(clean(prefixed).unwrap(), format!("{HEAD} viewBox=\"0 0 1 1\"><g/></svg>\n"));
}

#[test]
fn what_is_no_svg_is_refused() {
    for text in ["<html><svg/></html>", "<", "<p>", "<!-- a", "<svgx/>", "<?xml version=\"1.0\"?>", "<a/><svg/>"] {
        assert_eq!(clean(text), Err(MediaFault::OtherKind), "{text}");
    }
    for text in ["<svg>", "<svg><g></svg>", "<svg><g", "<svg></g></svg>"] {
        assert!(matches!(clean(text), Err(MediaFault::BrokenSvg(_))), "{text}: {:?}", clean(text));
    }
    assert!(matches!(cleaned(b"<svg>\xff</svg>".to_vec()), Err(MediaFault::BrokenSvg(_))));
    assert_eq!(cleaned(vec![b' '; LARGEST_SVG + 1]), Err(MediaFault::TooLarge(LARGEST_SVG as u64)));
}

#[test]
fn depth_and_copies_are_bounded() {
    let nested = |element: &str, times: usize| {
        let (open, close) = (format!("<{element}>").repeat(times), format!("</{element}>").repeat(times));
        clean(&format!("<svg>{open}{close}</svg>"))
    };
    for element in ["g", "script"] {
        assert!(nested(element, DEEPEST - 1).is_ok());
        assert!(matches!(nested(element, 100_000), Err(MediaFault::BrokenSvg(_))));
    }
    let many = |times: usize| clean(&format!("<svg><g id='a'/>{}</svg>", "<use href=\"#a\"/>".repeat(times)));
    assert!(many(MOST_COPIES as usize).is_ok());
    assert!(matches!(many(MOST_COPIES as usize + 1), Err(MediaFault::BrokenSvg(_))));
}

#[test]
fn few_lines_do_not_make_many_shapes() {
    // Each part shows the next one ten times, in three ways.
    for shows in ["<use href='#NEXT'/>", "<use xlink:href='#NEXT'/>", "<rect fill='url(#NEXT)'/>"] {
        let laughs = |parts: usize| {
            let part =
                |at: usize| format!("<g id='p{at}'>{}</g>", shows.replace("NEXT", &format!("p{}", at + 1)).repeat(10));
            clean(&format!("<svg>{}<g id='p{parts}'/></svg>", (0..parts).map(part).collect::<String>()))
        };
        assert!(laughs(4).is_ok());
        assert!(matches!(laughs(9), Err(MediaFault::BrokenSvg(_))), "{shows}");
        assert!(matches!(laughs(150), Err(MediaFault::BrokenSvg(_))), "{shows}");
    }
    assert!(clean("<svg><g id='a'><use href='#a'/><use href='#b'/></g><g id='b'><use href='#a'/></g></svg>").is_ok());
    let chain: String = (0..20_000).map(|at| format!("<g id='p{at}'><use href='#p{}'/></g>", at + 1)).collect();
    assert!(matches!(clean(&format!("<svg>{chain}</svg>")), Err(MediaFault::BrokenSvg(_))));
}

proptest! {
    #[test]
    fn cleaning_twice_changes_nothing_more(pieces in prop::collection::vec(prop::sample::select(vec![
        "<g>", "</g>", "<style>", "</style>", "<script>", "</script>", "<g onload='x' href='#a' style='fill:url(x)'/>", "&amp;", "&x;", "&#60;",
        "<![CDATA[", "]]>", "<!--", "-->", "x", "é", "<use href='b#c'/>", "\u{1}", "url(a)", "@import", ";", "<foreignObject>", "</foreignObject>",
    ]), 0..30)) {
        if let Ok(once) = clean(&format!("<svg>{}</svg>", pieces.concat())) {
            for gone in ["onload=\"", "<script", "<foreignObject", "href=\"b", "<!"] {
                prop_assert!(!once.contains(gone), "{}", once);
            }
            prop_assert_eq!(clean(&once), Ok(once.clone()));
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = cleaned([b"<svg>".as_slice(), &bytes].concat());
        let _ = cleaned(bytes);
    }
}

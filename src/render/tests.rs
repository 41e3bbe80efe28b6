//! What a learner gets, end to end: each test renders Markdown and looks at the field.

use std::fmt::Write;

use proptest::prelude::*;
use pulldown_cmark::Event;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::samples::SAMPLES;
use super::{LookUp, Renderer, Rendering, STYLE, code, safe};

const NOTHING: LookUp<'static> = LookUp::NOTHING;

fn blocks(markdown: &str) -> Rendering {
    Renderer::new().blocks(markdown, NOTHING)
}

fn inline(markdown: &str) -> Rendering {
    Renderer::new().inline(markdown, NOTHING)
}

/// The text of finished HTML, as a browser would show it.
fn decoded(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&#91;", "["), ("&#92;", "\\"), ("&#123;", "{"), ("&#824;", "\u{338}")]
        .iter()
        .fold(text, |text, (reference, character)| text.replace(reference, character))
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// What stands in a field's first code block.
fn shown_code(html: &str) -> String {
    let start = html.find("<code>").expect("a code block") + "<code>".len();
    let end = html.rfind("</code></pre>").expect("its end");
    decoded(html.get(start..end).expect("in this order"))
}

fn fenced(language: &str, code: &str) -> String {
    let fence = "`".repeat(code.split(|character| character != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
    format!("{fence}{language}\n{code}{fence}\n")
}

/// A snapshot with its source above its result.
fn framed(markdown: &str, rendering: &Rendering) -> String {
    let mut page = String::new();
    let _ = write!(page, "{markdown}\n----- HTML\n{}\n----- text\n{}", rendering.html, rendering.text);
    page
}

#[test]
fn an_answer_with_everything() {
    let markdown = "# Title\n\nSome *text* with `code`, ~~old~~ **new** and\na [link](https://a.example/?q=1&r=\"x\" \"T\").\n\n\
        1. one\n   - nested\n     - deeper\n\n       paragraph\n2. two\n   ```js\n   let a = 1; // <b>\n   ```\n\n\
        | a | b |\n|:-:|--:|\n| 1 | `x|y` |\n\n- [x] done\n- [ ] open\n\n> quoted\n> text\n\n---\n\n\
        ![alt *text*](img/a.png \"title\")  \nbroken\n\n    indented <code>\n";
    insta::assert_snapshot!(framed(markdown, &blocks(markdown)));
}

#[test]
fn an_answer_with_raw_html() {
    let markdown = "<details open><summary>More</summary>\n\nText with <kbd>Ctrl</kbd>, H<sub>2</sub>O and Vec<String>.\n\n\
        ```rust\nlet a: Vec<u8> = vec![];\n```\n\n</details>\n\nA line<br>break, <img src=a.png width=10 onerror=x()>, \
        <b>unclosed and before </body>.\n\n<!-- gone -->\n\n| a |\n|:-:|\n| <u>1</u> |\n\n- [x] done\n";
    insta::assert_snapshot!(framed(markdown, &blocks(markdown)));
}

#[test]
fn code_is_coloured() {
    let picked = SAMPLES.iter().filter(|(language, _)| matches!(*language, "js" | "python" | "yaml" | "bash" | "rust"));
    let mut page = String::new();
    for (language, code) in picked {
        let markdown = fenced(language, code);
        let _ = write!(page, "{markdown}-----\n{}\n\n", blocks(&markdown).html);
    }
    insta::assert_snapshot!(page);
}

#[test]
fn code_of_every_sample_is_exact_and_at_most_three_times_its_size() {
    SAMPLES.par_iter().for_each(|(language, code)| {
        let html = blocks(&fenced(language, code)).html;
        assert_eq!(shown_code(&html), *code, "{language}");
        let frame = format!("<pre data-language=\"{language}\"><code></code></pre>").len();
        assert!(html.len() - frame <= code.len() * 3, "{language}: {} of {}", html.len(), code.len());
        let coloured = html.contains("<i class=");
        assert!(coloured || code.len() < 10, "{language} has no colour");
    });
}

#[test]
fn code_that_no_colour_fits_is_plain() {
    let long_line = format!("let a = \"{}\";\n", "x".repeat(3000));
    let much = "let a = 1;\n".repeat(20_000);
    for (language, code) in
        [("json", long_line.as_str()), ("json", &much), ("qwerty", "let a = 1;\n"), ("", "let a;\n")]
    {
        let html = blocks(&fenced(language, code)).html;
        assert!(!html.contains("<i "), "{language}");
        assert_eq!(shown_code(&html), code);
    }
}

#[test]
fn code_without_a_last_line_end_gets_one_as_in_commonmark() {
    assert_eq!(shown_code(&blocks("```js\nlet a").html), "let a\n");
    assert_eq!(shown_code(&blocks("```\r\na\r\n\r\nb\r\n```\r\n").html), "a\n\nb\n");
    assert_eq!(shown_code(&blocks("    a\n\n      b\n").html), "a\n\n  b\n");
    assert_eq!(blocks("```js\n```").html, "<pre data-language=\"js\"><code></code></pre>");
}

/// Markdown with what must not be in its field as markup.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    "a <SCRIPT SRC=//x.example/a.js></SCRIPT> b",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "a <img src=x oNeRrOr=\"alert(1)\"> b",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<base href=javascript:alert(1)//>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" &#x6A;avascript&colon;alert(1)\">x</a>",
    "<a href=\"java&#1;script:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&#1;script&colon;alert(1))",
    "[x](<java\u{1}script:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<javascript:alert(1)>",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x](https://a.example \"\\\" onmouseover=alert(1)\")",
    "![\" onerror=alert(1) x=\"](a.png)",
    "```\"><script>alert(1)</script>\nx\n```",
    "```js\" onmouseover=alert(1)\nx\n```",
    "`<script>alert(1)</script>`",
    "<video><source onerror=alert(1)></video>",
    "<details ontoggle=alert(1) open>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><script>alert(1)</script>\">",
    "<template><script>alert(1)</script></template>",
    "<p id=qa class=question>x</p>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml <script>alert(1)</script> ?>",
    "<!-- --!><script>alert(1)</script> -->",
    "<plaintext><script>alert(1)</script>",
    "<T onclick=alert(1)>x</T>",
    "<b <script>alert(1)</script>",
];

/// Every tag of finished HTML, without its text.
fn tags_of(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default()).collect()
}

#[test]
fn no_attack_gets_into_a_field() {
    let allowed =
        "p i b a br em strong del code pre div table thead tbody tr th td ul ol li h1 img details summary hr input";
    for attack in ATTACKS {
        for rendering in
            [blocks(attack), inline(attack), blocks(&format!("- {attack}\n\n<u>x</u> {attack}\n\n> {attack}"))]
        {
            let html = &rendering.html;
            for tag in tags_of(html) {
                let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
                assert!(allowed.split(' ').chain(["u", "blockquote"]).any(|known| known == name), "{attack}\n{html}");
                let address = tag.split_once("href=\"").or(tag.split_once("src=\"")).map_or("", |(_, address)| address);
                assert!(safe::is_safe_address(&decoded(address), safe::Use::Link), "{attack}\n{html}");
                // Attribute values are no attributes.
                let names: String = tag.split('"').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
                for banned in [" on", "style", "srcdoc", "action", " id", "javascript"] {
                    assert!(!names.contains(banned), "{attack}\n{html}");
                }
            }
            // What was sanitised once has nothing left to sanitise.
            assert_eq!(decoded(&safe::clean(html)), decoded(html), "{attack}");
        }
    }
}

#[test]
fn safe_addresses_stay() {
    for address in ["https://a.example/b?c=d#e", "http://a", "mailto:a@b.example", "//a.example"] {
        assert!(blocks(&format!("[x]({address})")).html.contains("<a href="), "{address}");
        assert!(blocks(&format!("<a href=\"{address}\">x</a>")).html.contains("<a href="), "{address}");
    }
    assert_eq!(blocks("<a@b.example>").html, "<p><a href=\"mailto:a@b.example\">a@b.example</a></p>");
    assert!(blocks("![x](data:image/png;base64,AAAA)").html.contains("src=\"data:image/png;base64,AAAA\""));
    assert_eq!(blocks("[*x*](javascript:a) ![y](javascript:a)").html, "<p><em>x</em> y</p>");
}

#[test]
fn a_relative_link_leads_somewhere_or_is_none() {
    let links = |address: &str| Some(format!("https://a.example/{address}&\"x"));
    let with_base = LookUp { links: &links, ..NOTHING };
    for address in ["a/b.html", "#part", "../x", "?a:b", "/x"] {
        for markdown in [format!("[*x*]({address})"), format!("<a href={address} title=t><em>x</em></a>")] {
            let html = Renderer::new().inline(&markdown, with_base).html;
            assert!(html.contains(&format!("href=\"https://a.example/{address}&amp;%22x\"")), "{html}");
            assert!(html.contains("<em>x</em></a>"), "{html}");
            let html = inline(&markdown).html;
            assert!(!html.contains("href") && html.contains("<em>x</em>"), "{html}");
        }
    }
    assert_eq!(inline("[x](./a.md) and [y][z]\n\n[z]: b.md").html, "x and y");
    let links = |_: &str| Some("javascript:alert(1)".to_owned());
    assert_eq!(Renderer::new().inline("<a href=\"x\">x</a>", LookUp { links: &links, ..NOTHING }).html, "<a>x</a>");
}

#[test]
fn what_anki_would_act_on_is_disarmed() {
    let cases = [
        ("[sound:a.mp3]", "&#91;sound:a.mp3]"),
        ("[SOUND:a.mp3]", "&#91;SOUND:a.mp3]"),
        ("`[latex]x[/latex]`", "<code>&#91;latex]x[/latex]</code>"),
        ("[$]x[/$] [$$]y[/$$]", "&#91;$]x[/$] &#91;$$]y[/$$]"),
        ("[anki:tts lang=en]x[/anki:tts]", "&#91;anki:tts lang=en]x[/anki:tts]"),
        ("[[type:Front]]", "&#91;[type:Front]]"),
        ("{{c1::a}} {{c12::b::c}} {{{c3::d}}}", "&#123;&#123;c1::a}} &#123;&#123;c12::b::c}} {&#123;&#123;c3::d}}}"),
        ("{{ name }} {{count}}", "{{ name }} {{count}}"),
        ("&#91;sound:a]", "&#91;sound:a]"),
        ("![[sound:a]](b.png)", "<img src=\"b.png\" alt=\"&#91;sound:a]\" />"),
        ("<b>[sound:a]</b>", "<b>&#91;sound:a]</b>"),
        (r"`\(x\)`", "<code>&#92;(x&#92;)</code>"),
        (r"\\(x\\)", r"\<i></i>(x\<i></i>)"),
        (r"\\[x\\] [a]", r"\<i></i>[x\<i></i>] [a]"),
        ("a\u{1f}b\u{7}c&#31;d", "abcd"),
        ("e\u{301}", "é"),
        ("<b>\u{338}a</b>", "<b>&#824;a</b>"),
        ("\u{338}a", "&#824;a"),
    ];
    for (markdown, html) in cases {
        assert_eq!(inline(markdown).html, html, "{markdown}");
    }
    assert_eq!(blocks("```\n[sound:a] \\(x\\) {{c1::y}}\n```").text, "[sound:a] \\(x\\) {{c1::y}}");
    assert!(!blocks("```rust\nlet a = [sound::b]; [latex]\n```").html.contains("[latex]"));
}

#[test]
fn what_only_looks_like_html_is_shown() {
    let cases = [
        ("Vec<String> and Map<K, V>", "Vec&lt;String&gt; and Map&lt;K, V&gt;"),
        (
            "<script>, <script async> and <script defer>",
            "&lt;script&gt;, &lt;script async&gt; and &lt;script defer&gt;",
        ),
        ("before </body>", "before &lt;/body&gt;"),
        ("the <b> tag", "the &lt;b&gt; tag"),
        ("a <b>b</b> c", "a <b>b</b> c"),
        ("a <!-- b --> c", "a  c"),
        ("<?php echo ?>x", "&lt;?php echo ?&gt;x"),
        ("a<br>b", "a<br>b"),
        ("Box<A>", "Box&lt;A&gt;"),
        ("<Foo/> and <my-element>", "&lt;Foo/&gt; and &lt;my-element&gt;"),
    ];
    for (markdown, html) in cases {
        assert_eq!(inline(&format!("x {markdown}")).html, format!("x {html}"), "{markdown}");
    }
}

#[test]
fn an_unclosed_tag_keeps_the_rest_of_the_card() {
    let tags = "script style textarea title xmp iframe noembed noframes noscript plaintext select template svg math table \
        div b a h1 details p span button object form option";
    for tag in tags.split_whitespace() {
        for markdown in [
            format!("<{tag}>\n\n**rest** `x` of\n\n```js\nlet a;\n```\n"),
            format!("a <{tag}> b **rest** of\n\nlast\n\n```js\nlet a;\n```\n"),
            format!("<div>\n<{tag} x=\"1\">\n</div>\n\n**rest** of\n\n```js\nlet a;\n```\n"),
        ] {
            // CommonMark itself takes all after these for their content.
            let is_raw = matches!(tag, "script" | "style" | "textarea") && markdown.starts_with(&format!("<{tag}"));
            let html = blocks(&markdown).html;
            let rest = if is_raw { "**rest**" } else { "<strong>rest</strong>" };
            assert!(html.contains(rest), "{tag}: {html}");
            assert!(decoded(&html).contains("let a;"), "{tag}: {html}");
            assert_balanced(&html);
        }
    }
    assert!(blocks("<!-- never closed\n\nrest").html.contains("rest"));
}

fn assert_balanced(html: &str) {
    let mut open = Vec::new();
    for tag in tags_of(html) {
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{html}");
        } else if !matches!(name, "br" | "hr" | "img" | "input" | "wbr" | "col") {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} {html}");
}

#[test]
fn hidden_content_takes_no_end_with_it() {
    for (markdown, html) in [
        ("*a <script>b* c</script> d", "<em>a </em> d"),
        ("a <script>*b</script> c* d", "a  c d"),
        ("[a <script>b](https://x.org) *c</script> d* e", "<a href=\"https://x.org\">a </a> d e"),
        (
            "![a <script>b](x.png) *c</script> d* <img src=y.png> e",
            "<img src=\"x.png\" alt=\"a \"> d <img src=\"y.png\"> e",
        ),
        ("a <script>*b*</script> *c*", "a  <em>c</em>"),
    ] {
        assert_eq!(inline(markdown).html, html, "{markdown}");
    }
    let over_paragraphs = "a <audio src=\"https://x.org/b.mp3\">b\n\nc\n\nd</audio> e";
    let html = "<p>a <a href=\"https://x.org/b.mp3\">b.mp3</a></p>\n<p> e</p>";
    assert_eq!(blocks(over_paragraphs).html, html);
}

#[test]
fn deep_nesting_neither_crashes_nor_crawls() {
    for unit in
        ["<div>", "<b>", "<ul><li>", "> ", "- ", "*a ", "[", "<table><tr><td>", "![", "<details>\n\n", "<font><p>"]
    {
        let rendering = blocks(&unit.repeat(2000));
        assert!(rendering.html.len() < 3_000_000, "{unit}");
    }
}

#[test]
fn nested_lists_keep_their_depth() {
    let html = blocks("- a\n  1. b\n     - c\n       - d\n  2. e\n- f\n").html;
    assert_eq!((html.matches("<ul>").count(), html.matches("<ol>").count(), html.matches("<li>").count()), (3, 1, 6));
    assert_balanced(&html);
}

#[test]
fn link_definitions_elsewhere_are_found() {
    let references = |label: &str| (label == "MDN").then(|| ("https://mdn.example/".to_owned(), "Docs".to_owned()));
    let rendering =
        Renderer::new().blocks("See [the docs][MDN], [MDN] and [none].", LookUp { references: &references, ..NOTHING });
    assert_eq!(rendering.html.matches("<a href=\"https://mdn.example/\" title=\"Docs\">").count(), 2);
    assert!(rendering.html.contains("[none]"));
    let references = |_: &str| Some(("javascript:alert(1)".to_owned(), String::new()));
    assert_eq!(Renderer::new().inline("[x]", LookUp { references: &references, ..NOTHING }).html, "x");
}

#[test]
fn questions_are_inline() {
    let cases = [
        ("What is *this*?", "What is <em>this</em>?"),
        ("  spaced\nover lines ", "spaced\nover lines"),
        ("- a dash", "- a dash"),
        ("1. a number", "1. a number"),
        ("12) a number", "12) a number"),
        ("# a title", "# a title"),
        ("> a sign", "&gt; a sign"),
        ("---", "---"),
        ("", ""),
    ];
    for (markdown, html) in cases {
        assert_eq!(inline(markdown).html, html, "{markdown}");
    }
    assert_eq!(inline("a\n\n- b").html, "<p>a</p>\n<ul>\n<li>b</li>\n</ul>");
}

#[test]
fn right_to_left_text_is_untouched() {
    let text = "ما هو \u{200f}الإغلاق؟ שָׁלוֹם";
    let normal: String = text.nfc().collect();
    assert_eq!(inline(text).html, normal);
    assert_eq!(inline(text).text, normal);
}

#[test]
fn the_style_sheet_paints_every_class_and_stays_small() {
    for class in code::CLASSES {
        assert!(STYLE.contains(&format!(".deckc .{class} ")), "{class}");
        assert_eq!(STYLE.matches(&format!(" --{class}: #")).count(), 2, "{class}");
    }
    assert!(STYLE.len() < 9500);
    assert!(!STYLE.contains("prefers-color-scheme"), "Anki tells night mode by a class");
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(colour: &str) -> f64 {
    let digits: String = match colour.len() {
        3 => colour.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => colour.to_owned(),
    };
    let channel = |at: usize| {
        let value =
            f64::from(u8::from_str_radix(digits.get(at..at + 2).expect("six digits"), 16).expect("a colour")) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn colours_have_the_contrast_wcag_aa_asks_for() {
    for mode in [".card {", ".card.nightMode"] {
        let rules = STYLE.split_once(mode).and_then(|(_, rest)| rest.split_once('}')).expect("the mode").0;
        let colour = |name: &str| {
            let value = rules.split_once(&format!("--{name}: #")).expect(name).1;
            luminance(value.split(';').next().expect(name))
        };
        let inks = ["ink", "soft", "accent", "k", "s", "c", "n", "f", "t", "a"];
        let on_paper = inks.into_iter().flat_map(|ink| ["page", "code"].map(|paper| (ink, paper)));
        let judged = ["right", "ink", "accent", "k", "s", "c", "n", "f", "t", "a"].map(|ink| (ink, "right-page"));
        let typed = [("wrong", "wrong-page"), ("soft", "chip")];
        for (ink, paper) in on_paper.chain(judged).chain(typed) {
            let (ink_light, paper_light) = (colour(ink), colour(paper));
            let contrast = (ink_light.max(paper_light) + 0.05) / (ink_light.min(paper_light) + 0.05);
            assert!(contrast >= 4.5, "{mode} {ink} on {paper}: {contrast:.2}");
        }
    }
}

/// Text that is likely to upset a grammar.
fn code_like() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "let ", "x", "\"", "'", "`", "${", "}", "{", "(", ")", "<", ">", "&", "&amp;", "\\", "//", "/*", "*/", "#",
        "\n", "\n\n", "    ", "\t", "=>", "é", "🦀", "0x1F", "class ", "<b>", "</code>", "[sound:", "{{c1::", "\\(",
        "$", "@", "--", ":", "-", "function", "def ", "SELECT ", "%", "\u{a0}", "\u{338}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_code_is_shown_exactly(
        code in code_like(),
        language in prop::sample::select(vec!["js", "rust", "java", "python", "sql", "yaml", "json", "bash", ""]),
    ) {
        let code = format!("{code}\n");
        let html = blocks(&fenced(language, &code)).html;
        prop_assert_eq!(shown_code(&html), code.nfc().collect::<String>());
        let html = blocks(&format!("{}\n<b>and raw HTML</b>", fenced(language, &code))).html;
        prop_assert_eq!(shown_code(&html), code.nfc().collect::<String>());
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), code in code_like()) {
        let _ = (blocks(&text), inline(&text), blocks(&code), inline(&code));
    }

    #[test]
    fn no_mixture_of_tags_gets_through(pieces in prop::collection::vec(prop::sample::select(vec![
        "<script>", "</script>", "<b>", "</b>", "<style>", "</style>", "<svg", "<svg>", " onload=a ", ">", "<!--", "-->", "\n\n", "\n",
        "<img src=x onerror=a>", "`", "<textarea>", "</textarea>", "text", "\"", "'", "<a href=\"javascript:a\">", "</a>", "<T>",
        "<details>", "</details>", "- ", "> ", "*", "[x](javascript:a)", "<![CDATA[", "]]>", "<?", "?>", "|a|\n|-|\n", "=", "</", "<",
    ]), 0..30)) {
        let markdown = pieces.concat();
        for html in [blocks(&markdown).html, inline(&markdown).html] {
            for tag in tags_of(&html) {
                let names = tag.split('"').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
                let is_banned = [" on", "script", "style", "svg", "textarea"].iter().any(|banned| names.contains(banned));
                prop_assert!(!is_banned && !tag.contains("javascript:"), "{}\n{}", markdown, html);
            }
        }
    }

    /// What is not looked at closely, since nothing in it means anything, is what a close look finds.
    #[test]
    fn bare_words_are_one_paragraph_of_text(text in "[A-Za-z][A-Za-z0-9 ,.?!'\"()/:;+%-]{0,30}") {
        let text = text.trim();
        prop_assert!(super::is_bare(text));
        let events = super::events::parse(text, super::options(), &|_| None);
        let events: Vec<Event<'_>> = events.into_iter().map(|(event, _)| event).collect();
        let found: Option<String> = super::events::one_paragraph(&events).unwrap().iter().map(|event| match event {
            Event::Text(text) => Some(&**text),
            _ => None,
        }).collect();
        prop_assert_eq!(found.as_deref(), Some(text));
    }
}

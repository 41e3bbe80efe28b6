//! Texts with gaps, as Anki reads them.

use proptest::prelude::*;

use super::*;
use crate::source::SourceId;

const LOOK_UP: LookUp<'static> = LookUp { links: &|address| Some(address.to_owned()), ..LookUp::NOTHING };

/// Gaps written as Anki has them, found by looking for the marks: good enough for examples that do not nest.
fn gaps_in(source: SourceId, text: &str) -> Vec<Gap> {
    let span = |start: usize, end: usize| Span { source, start: start as u32, end: end as u32 };
    let marks = regex::Regex::new(r"(?s)\{\{c(\d+)::(.*?)(?:~~(.*?))?\}\}").unwrap();
    let gap = |found: regex::Captures<'_>| {
        let part = |at: usize| found.get(at).map(|part| span(part.start(), part.end()));
        Gap { span: part(0).unwrap(), text: part(2).unwrap(), hint: part(3), number: found[1].parse().unwrap() }
    };
    marks.captures_iter(text).map(gap).collect()
}

/// The source, one passage over all of it, its gaps: `{{c1::text~~hint}}`.
fn gapped(text: &str) -> Gapped {
    let mut sources = Sources::default();
    let id = sources.add_text("deck.md", text).unwrap();
    let passage = Passage::of(sources.get(id).span(0..text.len()));
    Gapped::new(&[&passage], &gaps_in(id, text), &sources)
}

fn rendered(text: &str) -> (Rendering, Vec<RenderedGap>) {
    Renderer::new().gapped(&gapped(text), LOOK_UP, &mut Numbers::default())
}

#[track_caller]
fn gives(text: &str, html: &str) {
    assert_eq!(rendered(text).0.html, html, "{text}");
}

#[test]
fn what_stands_in_a_gap_is_rendered() {
    gives("The capital is {{c1::Paris}}.", "The capital is {{c1::Paris}}.");
    gives("{{c1::**Paris** _is_~~a *city*}}", "{{c1::<strong>Paris</strong> <em>is</em>::a <em>city</em>}}");
    gives(
        "_{{c1::a}}_ **{{c2::b}}**, `{{c3::c}}`",
        "<em>{{c1::a}}</em> <strong>{{c2::b}}</strong>, <code>{{c3::c}}</code>",
    );
    gives("{{c12::a}}{{c500::b}}", "{{c12::a}}{{c500::b}}");
    gives("[{{c1::a}}](http://example.org \"{{c2::t}}\")", "<a href=\"http://example.org\" title=\"t\">{{c1::a}}</a>");
}

#[test]
fn a_text_may_be_blocks() {
    gives("- {{c1::a}}\n- {{c2::b}}", "<ul>\n<li>{{c1::a}}</li>\n<li>{{c2::b}}</li>\n</ul>");
    gives("a {{c1::b}}\n\nc", "<p>a {{c1::b}}</p>\n<p>c</p>");
    gives("{{c1::a\n\nb}}", "<p>{{c1::a</p>\n<p>b}}</p>");
    let table = rendered("| a | b |\n|---|---|\n| {{c1::1}} | {{c2::2~~h}} |").0.html;
    assert!(table.contains("<td>{{c1::1}}</td><td>{{c2::2::h}}</td>"), "{table}");
    let code = rendered("```rust\nlet x = {{c1::Vec::<u8>::new()}};\nfn f() {{c2::{ {1}}}}\n```").0.html;
    assert!(code.contains("<pre data-language=\"rust\"><code>"), "{code}");
    assert_eq!(code.matches("{{c1::").count() + code.matches("{{c2::").count(), 2, "{code}");
}

#[test]
fn nothing_in_a_gap_ends_it_early() {
    gives("{{c1::std::vec}}", "{{c1::std:<!-- -->:vec}}");
    gives("{{c1:::a:~~b::c:}}", "{{c1::<!-- -->:a:<!-- -->::b:<!-- -->:c:}}");
    gives("`{{c1::std::vec}}`", "<code>{{c1::std:<!-- -->:vec}}</code>");
    gives("{{{c1::a}}}", "{<!-- -->{{c1::a}}}");
}

/// A gap from one byte to another: what `}}` in it means can't be shown in Anki's own marks.
fn one_gap(text: &str, from: &str) -> String {
    let mut sources = Sources::default();
    let id = sources.add_text("deck.md", text).unwrap();
    let source = sources.get(id);
    let at = text.find(from).unwrap();
    let inner = source.span(at..at + from.len());
    let gap = Gap { span: source.span(at - 2..at + from.len() + 2), text: inner, hint: None, number: 1 };
    let text = Gapped::new(&[&Passage::of(source.span(0..text.len()))], &[gap], &sources);
    Renderer::new().gapped(&text, LOOK_UP, &mut Numbers::default()).0.html
}

#[test]
fn braces_are_text() {
    assert_eq!(one_gap("a ==x }} y== b", "x }} y"), "a {{c1::x }<!-- -->} y}} b");
    assert_eq!(one_gap("==}==", "}"), "{{c1::}<!-- -->}}");
    assert_eq!(one_gap("`==f({a: {}})==`", "f({a: {}})"), "<code>{{c1::f({a: {}<!-- -->})}}</code>");
    assert_eq!(one_gap("{==a==", "a"), "{<!-- -->{{c1::a}}");
    assert_eq!(one_gap("{{c2::x}} ==y==", "y"), "{<!-- -->{c2::x}} {{c1::y}}");
    assert_eq!(
        one_gap("`{{c2::x}}` ==y {{c3::z}}==", "y {{c3::z}}"),
        "<code>{<!-- -->{c2::x}}</code> {{c1::y {<!-- -->{c3:<!-- -->:z}<!-- -->}<!-- -->}}"
    );
    assert_eq!(
        one_gap("==[a](/x::y \"}}\")==", "[a](/x::y \"}}\")"),
        "{{c1::<a href=\"/x:&#58;y\" title=\"}&#125;\">a</a>}}"
    );
    assert_eq!(one_gap("==[sound:x.mp3]==", "[sound:x.mp3]"), "{{c1::&#91;sound:x.mp3]}}");
}

#[test]
fn gaps_and_formulas_may_hold_each_other() {
    gives("{{c1::$x^{2}$}}", r"{{c1::\(x^{2}\)}}");
    gives(r"{{c1::$\alpha$}} and $a {{c2::b}} c$", r"{{c1::\(\alpha\)}} and \(a {{c2::b}} c\)");
    gives("$$\nx = {{c1::y^{2}~~power}}\n$$", r"\[x = {{c1::y^{2}::power}}\]");
    gives("$x^{{{c1::n + 1}}}$", r"\(x^{ {{c1::n + 1}}}\)");
    gives("$x$ {{{c1::y}}}", r"\(x\) {<!-- -->{{c1::y}}}");
    assert_eq!(one_gap("$x^{==y^{2}==}$", "y^{2}"), r"\(x^{ {{c1::y^{2} }}}\)");
    let braces = r"$\frac{a}{b^{2}}$";
    assert_eq!(one_gap(&format!("=={braces}=="), braces), r"{{c1::\(\frac{a}{b^{2} }\)}}");
    let (rendering, gaps) = rendered("$a {{c1::b}} c$ {{c2::$x$}}");
    assert_eq!(rendering.text, "$a b c$ $x$");
    assert_eq!(gaps.iter().map(|gap| gap.text.as_str()).collect::<Vec<_>>(), ["b", "$x$"]);
}

#[test]
fn gaps_may_nest() {
    let mut sources = Sources::default();
    let text = "{{c1::a {{c2::b::h}} c}}";
    let id = sources.add_text("deck.md", text).unwrap();
    let source = sources.get(id);
    let inner = Gap { span: source.span(8..20), text: source.span(14..15), hint: Some(source.span(17..18)), number: 2 };
    let outer = Gap { span: source.span(0..24), text: source.span(6..22), hint: None, number: 1 };
    let text = Gapped::new(&[&Passage::of(source.span(0..24))], &[outer, inner], &sources);
    let (rendering, gaps) = Renderer::new().gapped(&text, LOOK_UP, &mut Numbers::default());
    assert_eq!(rendering.html, "{{c1::a {{c2::b::h}} c}}");
    assert_eq!(rendering.text, "a b c");
    let gap = |number, text: &str, hint: Option<&str>| RenderedGap {
        number,
        text: text.to_owned(),
        hint: hint.map(str::to_owned),
    };
    assert_eq!(gaps, [gap(1, "a b c", None), gap(2, "b", Some("h"))]);
}

#[test]
fn the_plain_text_is_filled() {
    let (rendering, gaps) = rendered("- {{c1::**a** `b`~~*hint*}} c\n- {{c1::d}}");
    assert_eq!(rendering.text, "- a b c\n- d");
    assert_eq!(rendering.markdown, "- {{c1::**a** `b`~~*hint*}} c\n- {{c1::d}}");
    let found: Vec<_> = gaps.iter().map(|gap| (gap.number, gap.text.as_str(), gap.hint.as_deref())).collect();
    assert_eq!(found, [(1, "a b", Some("hint")), (1, "d", None)]);
}

#[test]
fn a_number_that_anki_does_not_know_is_text() {
    gives("{{c501::a}} {{c0::b}} {{c1::c}}", "{<!-- -->{c501::a}} {<!-- -->{c0::b}} {{c1::c}}");
}

#[test]
fn a_gap_is_none_in_an_attribute() {
    gives("![{{c1::x}}](a.png) {{c2::y}}", "<img src=\"a.png\" alt=\"x\" /> {{c2::y}}");
    gives("[a](x{{c1::y}}z.html) {{c2::y}}", "<a href=\"xyz.html\">a</a> {{c2::y}}");
    gives("<!-- {{c1::x}} -->{{c2::y}}", "{{c2::y}}");
    gives("<b title=\"{{c1::x}}\">b</b> {{c2::y}}", "<b title=\"x\">b</b> {{c2::y}}");
}

#[test]
fn text_may_hold_the_characters_that_stand_for_marks() {
    let text = "\u{1d801} {{c1::a}} \u{1d9ff}\u{f0000}";
    gives(text, text);
    let every = std::iter::once(SIGN_WRITING).chain(PRIVATE.step_by(BLOCK as usize)).filter_map(char::from_u32);
    let text: String = every.chain("{{c1::a}}".chars()).collect();
    let html = rendered(&text).0.html;
    assert!(html.ends_with("{<!-- -->{c1::a}}") || html.ends_with("&#123;&#123;c1::a}}"), "{html}");
}

#[test]
fn line_ends_and_blank_lines_are_as_elsewhere() {
    gives("\r\n\r\na {{c1::b}}\r\nc\r\n", "a {{c1::b}}\nc");
    gives("    {{c1::code}}", "<pre><code>{{c1::code}}\n</code></pre>");
}

/// The numbers of the gaps that Anki finds, by its own rules: the first `}}` ends what was opened last.
fn anki_finds(html: &str) -> Vec<u16> {
    let mut found = Vec::new();
    let mut open: Vec<u16> = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let opening = rest.strip_prefix("{{c").and_then(|rest| rest.split_once("::"));
        if let Some((number, after)) = opening.and_then(|(number, after)| Some((number.parse().ok()?, after))) {
            open.push(number);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            found.extend(open.pop());
            rest = after;
        } else {
            rest = rest.get(rest.chars().next().map_or(1, char::len_utf8)..).unwrap_or_default();
        }
    }
    found.sort_unstable();
    found
}

proptest! {
    /// Whatever stands around and in the gaps: Anki finds those that stand in the text, and no others.
    #[test]
    fn anki_finds_the_gaps_there_are(pieces in prop::collection::vec(prop::sample::select(vec![
        "{{c1::", "{{c2::", "==", "==", "~~", "{", "}", "{{", "}}", "::", ":", "c1", "`", "```\n", "**", "_", "a", " ", "\n", "\n\n", "- ",
        "| ", "|-|\n", "[", "](x)", "<b>", "</b>", "<!--", "-->", "<b title=\"", "\">", "&#123;", "\u{1d801}", "$", "$", "$$", "x^{2}", "\\frac", "\\(", "\\)", "\\", "[sound:", "[^1]",
    ]), 0..40), cuts in prop::collection::vec((0..40_usize, 0..6_usize, 1..4_u16), 0..4)) {
        let text = pieces.concat();
        let mut sources = Sources::default();
        let id = sources.add_text("deck.md", text.as_str()).unwrap();
        let source = sources.get(id);
        let edges: Vec<usize> = pieces.iter().scan(0, |at, piece| { let here = *at; *at += piece.len(); Some(here) }).chain([text.len()]).collect();
        let mut gaps: Vec<Gap> = Vec::new();
        for (from, length, number) in cuts {
            let (Some(&start), Some(&end)) = (edges.get(from), edges.get(from + length + 2)) else { continue };
            let (inner_start, inner_end) = (edges[from + 1], edges[from + length + 1]);
            let gap = Gap { span: source.span(start..end), text: source.span(inner_start..inner_end), hint: None, number };
            if gaps.iter().all(|other| other.span.end <= gap.span.start || gap.span.end <= other.span.start) {
                gaps.push(gap);
            }
        }
        gaps.sort_by_key(|gap| gap.span);
        let gapped = Gapped::new(&[&Passage::of(source.span(0..text.len()))], &gaps, &sources);
        let (rendering, rendered) = Renderer::new().gapped(&gapped, LOOK_UP, &mut Numbers::default());
        let found = anki_finds(&rendering.html);
        // One in an attribute, in a comment or behind a fence is none.
        let numbers: Vec<u16> = gaps.iter().map(|gap| gap.number).collect();
        let mut left = numbers.clone();
        for number in &found {
            let at = left.iter().position(|other| other == number);
            prop_assert!(at.is_some(), "{}\n{}", text, rendering.html);
            left.remove(at.unwrap_or_default());
        }
        // Nor one with an end of it in a footnote, which stands elsewhere.
        let has_definition = text.contains("[^1]:");
        if !has_definition && !text.contains('<') && !text.contains("](x)") && !text.contains('|') && !text.contains("~~~") {
            prop_assert!(left.is_empty(), "{:?}\n{:?}\n{}", text, gapped.marked(), rendering.html);
            prop_assert_eq!(rendered.len(), gaps.len());
        }
        let mut shown = rendering.html.chars().chain(rendering.text.chars());
        prop_assert!(shown.all(|character| gapped.marks.read(character).is_none()));
    }
}

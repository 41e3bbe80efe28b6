//! What Markdown beyond the common one becomes on a card: formulas, footnotes, definitions, notes and warnings, links;
//! and that no such mark costs a word.
#![expect(clippy::unwrap_used, reason = "tests say what they expect")]

use deckc::check;
use deckc::diagnostic::Diagnostic;
use deckc::markdown::{Document, NodeKind};
use deckc::project::Project;
use deckc::render::{LookUp, RenderedNote, Renderer};
use deckc::source::Sources;
use proptest::prelude::*;

/// The notes of a deck as they are rendered, and what was found in it.
fn built(text: impl Into<Vec<u8>>) -> (Vec<RenderedNote>, Vec<Diagnostic>) {
    let project = Project::of_text("deck.md", text, None).unwrap();
    let found = check::check(&project.sources, &project.files, &project.identity_faults());
    let checked = check::pass(&found, &project.files).unwrap();
    let mut decks = project.render(&checked);
    (decks.remove(0).notes, found)
}

fn lints_of(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|finding| &*finding.lint).collect()
}

#[track_caller]
fn answers(markdown: &str, html: &str) {
    assert_eq!(Renderer::new().blocks(markdown, LookUp::NOTHING).html, html, "{markdown}");
}

#[test]
fn formulas_become_those_of_anki() {
    for (markdown, html) in [
        ("$x$", r"<p>\(x\)</p>"),
        ("$$x$$", r"<p>\[x\]</p>"),
        (r"\(a_b*c*d_e\)", r"<p>\(a_b*c*d_e\)</p>"),
        ("\\[\na \\\\\nb\n\\]", "<p>\\[a \\\\\nb\\]</p>"),
        ("$a<b & c>\\text{\"d\"}$", r"<p>\(a&lt;b &amp; c&gt;\text{&quot;d&quot;}\)</p>"),
        (r"${{c1::\pi}}^{2^{n}}$", r"<p>\({ {c1:{}:\pi} }^{2^{n} }\)</p>"),
        (r"$\begin{array}{c}a\\[2pt]b\end{array}$", r"<p>\(\begin{array}{c}a\\[2pt]b\end{array}\)</p>"),
        ("<b>$x<y$</b>", r"<p><b>\(x&lt;y\)</b></p>"),
        (
            "| $|a|$ |\n|-|\n| $b\\|c$ |",
            "<div class=\"scroll\"><table>\n<thead><tr><th>\\(|a|\\)</th></tr></thead><tbody>\n<tr><td>\\(b|c\\)</td></tr>\n</tbody></table></div>",
        ),
        ("```math\nx < 1\n```", r"<p>\[x &lt; 1\]</p>"),
        ("![$x$](https://a.example/b.png)", "<p><img src=\"https://a.example/b.png\" alt=\"$x$\" /></p>"),
        (r"`$x$` and `\(x\)`", r"<p><code>$x$</code> and <code>&#92;(x&#92;)</code></p>"),
        (r"\\(x\\)", r"<p>\<i></i>(x\<i></i>)</p>"),
        ("\u{fdd0}0\u{fdd1} $x$ &#xFDD0;0&#xFDD1;", r"<p>0 \(x\) 0</p>"),
    ] {
        answers(markdown, html);
    }
}

#[test]
fn prices_and_variables_are_none() {
    for text in ["$5 and $10", "US$5", "costs $5–$10 a $", "$HOME and $PATH", "between 5$ and 10$"] {
        answers(text, &format!("<p>{text}</p>"));
    }
}

#[test]
fn text_keeps_a_formula_as_typed() {
    let (notes, _) = built("## What is $a_b*c*$?\n\nThe sum\n$$\n\\sum_i x_i\n$$\n");
    assert_eq!(notes[0].question.html, r"What is \(a_b*c*\)?");
    assert_eq!(notes[0].question.text, "What is $a_b*c*$?");
    assert_eq!(notes[0].answer.text, "The sum $$\n\\sum_i x_i\n$$");
    assert_eq!(notes[0].answer.markdown, "The sum\n$$\n\\sum_i x_i\n$$");
}

#[test]
fn a_formula_in_a_title_tells_questions_apart() {
    let (notes, found) = built("## What is $x$?\n\na\n\n## What is $y$?\n\nb\n");
    assert_eq!((notes.len(), lints_of(&found)), (2, vec![]));
}

const FOOTNOTES: &str = "\
## What is a fresco[^Name]?

A picture on wet plaster.[^2] Seen twice.[^2]

[^2]: Says *Cennini*[^3], in $x$.

## What is tempera?

Bound with egg.[^2]

## What is oil?

Bound with oil.

[^name]: From `fresco`.
[^3]: A painter.

    With a second paragraph.
[^4]: Nobody asks.
";

#[test]
fn footnotes_stand_in_the_notes_that_refer_to_them() {
    let (notes, found) = built(FOOTNOTES);
    assert_eq!(notes[0].question.html, "What is a fresco<sup>[1]</sup>?");
    let first = &notes[0].answer.html;
    assert!(
        first.starts_with(
            "<p>A picture on wet plaster.<sup>[2]</sup> Seen twice.<sup>[2]</sup></p>\n<ol class=\"footnotes\">"
        ),
        "{first}"
    );
    assert_eq!(first.matches("<li>").count(), 3);
    assert!(first.contains("<p>Says <em>Cennini</em><sup>[3]</sup>, in \\(x\\).</p>"), "{first}");
    assert!(first.contains("<p>With a second paragraph.</p>\n</li>"), "{first}");
    assert_eq!(notes[1].answer.html.matches("<li>").count(), 2);
    assert!(notes[1].answer.html.starts_with("<p>Bound with egg.<sup>[1]</sup></p>"));
    assert_eq!(
        notes[1].answer.text,
        "Bound with egg.[1]\n\n[1] Says Cennini[2], in $x$.\n\n[2] A painter.\n\nWith a second paragraph."
    );
    assert_eq!(notes[2].answer.html, "<p>Bound with oil.</p>");
    assert_eq!(lints_of(&found), ["unclaimed-text"]);
    let nobody = found[0].primary().unwrap().span;
    assert_eq!(FOOTNOTES.get(nobody.range()), Some("[^4]: Nobody asks."));
}

#[test]
fn footnotes_of_all_parts_of_a_note_are_numbered_as_they_are_read() {
    let (notes, found) = built(
        "## Which is red[^c]?\n\nLook at $x$ and this.[^b]\n\n- [ ] A) blue[^a]\n- [x] B) red[^c], $y$, [more](x.md)\n\n\
         **Answer:** It is.[^d]\n\n[^a]: aaa\n[^b]: bbb\n[^c]: ccc\n[^d]: ddd\n",
    );
    let note = &notes[0];
    assert_eq!(
        note.question.html,
        "Which is red<sup>[1]</sup>?\n<div class=\"body\"><p>Look at \\(x\\) and this.<sup>[2]</sup></p></div>"
    );
    let options: Vec<&str> = note.options.iter().map(|option| option.text.html.as_str()).collect();
    assert_eq!(options, ["blue<sup>[3]</sup>", "red<sup>[1]</sup>, \\(y\\), more"]);
    assert!(
        note.answer.html.starts_with("<p>It is.<sup>[4]</sup></p>\n<ol class=\"footnotes\">"),
        "{}",
        note.answer.html
    );
    assert!(note.answer.text.ends_with("[1] ccc\n\n[2] bbb\n\n[3] aaa\n\n[4] ddd"), "{}", note.answer.text);
    assert_eq!(lints_of(&found), ["broken-link"]);
}

#[test]
fn a_text_with_gaps_has_footnotes_on_its_back() {
    let (notes, found) = built("It is {{c1::red[^1]}}.\n\n[^1]: Or blue.\n");
    assert_eq!(notes[0].question.html, "It is {{c1::red<sup>[1]</sup>}}.");
    assert!(notes[0].answer.html.contains("Or blue."), "{}", notes[0].answer.html);
    assert_eq!(lints_of(&found), [""; 0]);
}

#[test]
fn gaps_stand_in_formulas_and_formulas_in_gaps() {
    let html = |text: &str| built(text).0.into_iter().map(|note| note.question.html).collect::<Vec<_>>();
    assert_eq!(
        html("C: The command is [$\\alpha$] and $a [b] c$.\n\nC: It is [$\\sqrt[3]{x^{2^{n}}}$], not $f[1]$.\n"),
        [
            r"The command is {{c1::\(\alpha\)}} and \(a {{c2::b}} c\).",
            r"It is {{c1::\(\sqrt[3]{x^{2^{n} } }\)}}, not \(f[1]\).",
        ]
    );
    assert_eq!(html("It is {{c1::$x^{2}$}}.\n"), [r"It is {{c1::\(x^{2}\)}}."]);
    assert_eq!(html("It is {{c1::$x^{2^{n}}$::a $y^{2}$}}.\n"), [r"It is {{c1::\(x^{2^{n} }\)::a \(y^{2}\)}}."]);
    assert_eq!(html("It is $a + {{c1::b^{2} }}$.\n"), [r"It is \(a + {{c1::b^{2} }}\)."]);
    assert_eq!(html("#flashcards\n\nIt is ==$a = b$==.\n"), [r"It is {{c1::\(a = b\)}}."]);
}

#[test]
fn a_formula_parts_no_question_from_its_answer() {
    let (notes, _) = built(
        "What is $\\alpha :: b$ :: A ratio.\nWhat is $c$ :: A letter, $\\delta::e$.\nThis is no card of $3::4$ or $$5::6$$.\n",
    );
    assert_eq!(notes.len(), 2);
    let sides: Vec<_> = notes.iter().map(|note| (note.question.html.as_str(), note.answer.text.as_str())).collect();
    assert_eq!(sides[0], (r"What is \(\alpha :{}: b\)", "A ratio."));
    assert_eq!(sides[1], (r"What is \(c\)", r"A letter, $\delta::e$."));
}

#[test]
fn a_footnote_in_a_list_stays_with_its_answer() {
    let (notes, found) = built("## What is it?\n\n- one[^1]\n\n  [^1]: inside\n- two\n\n  [^2]: unused\n");
    assert_eq!(notes[0].answer.text, "- one[1]\n- two\n\n[1] inside\n\n[2] unused");
    assert_eq!(lints_of(&found), [""; 0]);
}

#[test]
fn a_broken_passage_does_not_swallow_footnotes() {
    let footnotes = |label: &str| (label == "1").then(|| "[^1]: ```\n    code\n\n    ```\n    and more".to_owned());
    let look_up = LookUp { footnotes: &footnotes, ..LookUp::NOTHING };
    for (markdown, start) in
        [("a[^1]\n\n```\nnever closed", "<p>a<sup>"), ("    code\n\nb[^1]", "<pre>"), ("[^1]\n\n<div>", "<p><sup>")]
    {
        let html = Renderer::new().blocks(markdown, look_up).html;
        assert!(html.starts_with(start), "{html}");
        assert!(html.contains("<ol class=\"footnotes\">") && html.contains("and more"), "{html}");
    }
    assert_eq!(Renderer::new().inline("- a[^1]", look_up).html, "- a<sup>[1]</sup>");
    assert_eq!(Renderer::new().blocks("a[^2] and `[^1]`", look_up).html, "<p>a[^2] and <code>[^1]</code></p>");
}

#[test]
fn definitions_are_a_list() {
    answers("Term\n: one\n: *two*", "<dl>\n<dt>Term</dt>\n<dd>one</dd>\n<dd><em>two</em></dd>\n</dl>");
    let text = Renderer::new().blocks("a\n\nTerm\n: one\n: two\n\nb", LookUp::NOTHING).text;
    assert_eq!(text, "a\n\nTerm\n: one\n: two\n\nb");
    for text in ["a :b", "a: b", ": b"] {
        assert!(!Renderer::new().blocks(text, LookUp::NOTHING).html.contains("<dl>"), "{text}");
    }
}

#[test]
fn a_list_of_definitions_ends_where_its_last_one_does() {
    let mut sources = Sources::default();
    let id = sources.add_text("deck.md", "``\n:```\n\nWords.").unwrap();
    let document = Document::parse(sources.get(id));
    let blocks: Vec<_> = document.blocks().map(|block| sources.slice(document.span(block)).trim()).collect();
    assert_eq!(blocks, ["``\n:```", "Words."]);
}

#[test]
fn notes_and_warnings_are_quotations_with_a_title() {
    let note = "<blockquote>\n<p><strong>Note</strong></p>\n<p>a <em>b</em></p>\n</blockquote>";
    for markdown in
        ["> [!NOTE]\n> a *b*", "> [!note]-\n>\n> a *b*", ":::note\na *b*\n:::", "::: note\n\na *b*\n\n:::\n"]
    {
        answers(markdown, note);
    }
    for markdown in ["> [!tip] My **own** title\n> a", ":::tip[My **own** title]\na\n:::"] {
        answers(
            markdown,
            "<blockquote>\n<p><strong>My <strong>own</strong> title</strong></p>\n<p>a</p>\n</blockquote>",
        );
    }
    answers("> [NOTE] a", "<blockquote>\n<p>[NOTE] a</p>\n</blockquote>");
    answers("> [!a b]\n> c", "<blockquote>\n<p>[!a b]\nc</p>\n</blockquote>");
    answers(":::note\nnever closed", "<p>:::note\nnever closed</p>");
}

#[test]
fn relative_links_lead_to_the_base() {
    let text = "## What is it?\n\n[a](../b.md#c) [d](#what-is-it) [f](/g)\n";
    let (notes, found) = built(text);
    assert_eq!(lints_of(&found), ["relative-link"]);
    assert_eq!(found[0].labels.len(), 3);
    assert_eq!(notes[0].answer.html, "<p>a d f</p>");
    let (notes, found) = built(format!("---\nbase-url: https://a.example/r/blob/main\n---\n{text}"));
    assert_eq!(lints_of(&found), [""; 0]);
    for address in ["r/blob/b.md#c", "r/blob/main/deck.md#what-is-it", "r/blob/main/g"] {
        let link = format!("<a href=\"https://a.example/{address}\">");
        assert!(notes[0].answer.html.contains(&link), "{link} {}", notes[0].answer.html);
    }
    let (notes, found) = built(format!("---\nbase-url: a.example/r\n---\n{text}"));
    assert_eq!(lints_of(&found), ["invalid-setting", "relative-link"]);
    assert_eq!(notes[0].answer.html, "<p>a d f</p>");
}

#[test]
fn every_encoding_reads_the_same() {
    let text = "## ما هو $x$؟\n\nإغلاق[^1]\n\n[^1]: 闭包\n";
    let (expected, found) = built(text);
    assert_eq!(lints_of(&found), [""; 0]);
    let marked = format!("\u{feff}{text}");
    let utf16 = |bytes: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let ways: [Vec<u8>; 6] = [
        marked.clone().into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        marked.replace('\n', "\r\n").into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    for bytes in ways {
        let (notes, found) = built(bytes.clone());
        assert_eq!(lints_of(&found), [""; 0], "{bytes:?}");
        assert_eq!(
            (&notes[0].question.html, &notes[0].answer.html),
            (&expected[0].question.html, &expected[0].answer.html)
        );
        assert_eq!(notes[0].guid, expected[0].guid);
        assert_eq!(
            (notes[0].question_line, notes[0].answer_lines),
            (expected[0].question_line, expected[0].answer_lines)
        );
    }
}

#[test]
fn the_same_question_in_another_width_is_a_duplicate() {
    let project =
        Project::of_text("deck.md", "## What is “CSS”?\n\na\n\n## Ｗhat is \"ＣＳＳ\"？\n\nb\n", None).unwrap();
    let found = check::check(&project.sources, &project.files, &project.identity_faults());
    assert_eq!(lints_of(&found), ["duplicate-question"]);
}

/// Words among marks that may mean something.
fn marked_words() -> impl Strategy<Value = Vec<String>> {
    let marks = prop::sample::select(vec![
        "$",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "[^1]",
        "[^a]",
        "\n\n[^1]: ",
        "\n[^a]: ",
        "`",
        "\\",
        "_",
        "*",
        "**",
        "{",
        "}",
        "^",
        "=",
        "\n",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n: ",
        "\n:::note ",
        "\n:::\n",
        "\n> [!NOTE] ",
        "\n$$\n",
        "\n# ",
        " ",
        "5",
        "é",
        "闭",
        "\\alpha",
        "\r\n",
        "]",
        "[",
        "(",
        ")",
        "\n    ",
        "~~",
        "\n\n    ",
    ]);
    prop::collection::vec(marks.prop_map(str::to_owned), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_mark_costs_a_word(marks in marked_words()) {
        let words: Vec<String> = (0..marks.len()).map(|number| format!("w{number}q")).collect();
        let markdown: String = words.iter().zip(&marks).flat_map(|(word, mark)| [word.as_str(), mark]).collect();
        let footnotes = |label: &str| Some(format!("[^{label}]: says"));
        for look_up in [LookUp::NOTHING, LookUp { footnotes: &footnotes, ..LookUp::NOTHING }] {
            let renderer = Renderer::new();
            let (_, rendered) = renderer.note_texts("q[^1]", "b[^1]", &markdown, look_up);
            let question = renderer.inline(&markdown, look_up);
            for word in &words {
                prop_assert!(rendered.text.to_lowercase().contains(word), "{word}: {markdown:?}\n{}", rendered.text);
                prop_assert!(rendered.html.to_lowercase().contains(word), "{word}: {markdown:?}\n{}", rendered.html);
                let is_kept = question.html.to_lowercase().contains(word) || markdown.contains("]:");
                prop_assert!(is_kept, "{word}: {markdown:?}\n{}", question.html);
            }
            let has_filler = rendered.html.contains(['\u{1}', '\u{2}', '\u{fdd0}', '\u{fdd1}']);
            prop_assert!(!has_filler, "{}", rendered.html);
        }
    }

    #[test]
    fn every_node_lies_on_characters(marks in marked_words(), text in any::<String>()) {
        for text in [marks.concat(), marks.join(&text)] {
            let mut sources = Sources::default();
            let id = sources.add_text("deck.md", text).unwrap();
            let source = sources.get(id);
            let document = Document::parse(source);
            for node in document.all() {
                let span = document.span(node);
                prop_assert!(source.text().get(span.range()).is_some(), "{:?}", document.node(node));
                let is_formula = matches!(document.kind(node), NodeKind::Formula { .. });
                prop_assert!(!is_formula || source.slice(span).starts_with(['$', '\\']));
            }
        }
    }
}

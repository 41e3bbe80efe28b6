//! What holds for every text, however odd: nothing panics, every place lies in the source, every word ends somewhere.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests say what they expect"
)]

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use deckc::check;
use deckc::deck::{Answer, Deck, Note, Piece};
use deckc::diagnostic::{Diagnostic, Safety};
use deckc::fix::{self, Fixed};
use deckc::identity::known::IdentityFaults;
use deckc::markdown::{Document, NodeKind};
use deckc::parsed::{Parsed, cache};
use deckc::report::{self, Format, Look, Summary};
use deckc::settings::Given;
use deckc::shape::{self, Terms};
use deckc::source::{Sources, Span};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};

/// A text as deckc understands it.
struct Read {
    bytes: Vec<u8>,
    sources: Sources,
    parsed: Parsed,
    findings: Vec<Diagnostic>,
}

impl Read {
    fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let mut sources = Sources::default();
        let id = sources.add_text("deck.md", bytes.clone()).unwrap();
        let parsed = Parsed::new(sources.get(id), &Given::default());
        let findings = check::check(&sources, std::slice::from_ref(&parsed), &IdentityFaults::default());
        Self { bytes, sources, parsed, findings }
    }

    fn deck(&self) -> &Deck {
        &self.parsed.deck
    }

    fn text(&self) -> &str {
        self.sources.get(self.deck().source).text()
    }

    /// Every span a deck and its findings have, with what it is.
    fn spans(&self) -> Vec<(String, Span)> {
        let mut spans: Vec<(String, Span)> = Vec::new();
        let mut add = |what: &str, span: Span| spans.push((what.to_owned(), span));
        for note in &self.deck().notes {
            add("question", note.question_span);
            note.question.pieces.iter().for_each(|piece| add("question's words", piece.span));
            note.question_body.pieces.iter().for_each(|piece| add("question's body", piece.span));
            for option in &note.options {
                add("option", option.span);
                option.text.pieces.iter().for_each(|piece| add("option's words", piece.span));
            }
            for gap in &note.gaps {
                [gap.span, gap.text].into_iter().chain(gap.hint).for_each(|span| add("gap", span));
            }
            note.number.iter().for_each(|number| add("number", number.span));
            if let Some(answer) = &note.answer {
                answer.heading.iter().for_each(|&heading| add("answer's heading", heading));
                answer.label.iter().for_each(|&label| add("answer's label", label));
                answer.body.pieces.iter().for_each(|piece| add("answer", piece.span));
            }
            if let Some(pairing) = &note.pairing {
                add("paired heading", pairing.heading);
                pairing.resembles.iter().for_each(|&question| add("resembling question", question));
            }
        }
        self.deck().sections.iter().filter_map(|section| section.span).for_each(|span| add("section", span));
        self.deck().leftovers.iter().for_each(|leftover| add("leftover", leftover.span));
        for finding in &self.findings {
            finding.labels.iter().for_each(|label| add(&finding.lint, label.span));
            finding.fix.iter().flat_map(|fix| &fix.edits).for_each(|edit| add("edit", edit.span));
        }
        spans
    }

    /// The spans that say where the source's words went: notes, titles, leftovers.
    fn places(&self) -> Vec<(&'static str, Span)> {
        let mut places = Vec::new();
        for note in &self.deck().notes {
            places.push(("question", note.question_span));
            // The heading over an answer is in its note even if nothing follows it.
            places.extend(note.pairing.as_ref().map(|pairing| ("paired heading", pairing.heading)));
            places.extend(note.question_body.pieces.iter().map(|piece| ("question's body", piece.span)));
            places.extend(note.options.iter().map(|option| ("option", option.span)));
            let label = note.answer.as_ref().and_then(|answer| answer.label);
            let of_option = |label: &Span| note.options.iter().any(|option| option.span == *label);
            places.extend(label.filter(|label| !of_option(label)).map(|label| ("answer's label", label)));
            places.extend(note.placeholder.map(|placeholder| ("placeholder", placeholder)));
            let body = note.answer.iter().flat_map(|answer| &answer.body.pieces);
            places.extend(body.map(|piece| ("answer", piece.span)));
        }
        places.extend(self.deck().sections.iter().filter_map(|section| Some(("section", section.span?))));
        places.extend(self.deck().leftovers.iter().map(|leftover| ("leftover", leftover.span)));
        places.sort_by_key(|(_, span)| (span.start, span.end));
        // The heading over an unlisted answer is its question too, and two shapes may each have a section under one heading.
        let is_again = |what| matches!(what, "paired heading" | "section");
        places.dedup_by(|next, first| next.1 == first.1 && (is_again(next.0) || first.0 == "paired heading"));
        places
    }
}

fn holds(condition: bool, message: impl FnOnce() -> String) -> Result<(), TestCaseError> {
    if condition { Ok(()) } else { Err(TestCaseError::fail(message())) }
}

fn every_span_lies_in_the_source(read: &Read) -> Result<(), TestCaseError> {
    read.spans().into_iter().try_for_each(|(what, span)| {
        holds(span.start <= span.end && read.text().get(span.range()).is_some(), || format!("{what}: {span:?}"))
    })
}

fn every_finding_has_one_primary_place(read: &Read) -> Result<(), TestCaseError> {
    read.findings.iter().try_for_each(|finding| {
        let primary = finding.labels.iter().filter(|label| label.primary).count();
        holds(primary == 1, || format!("{primary} primary labels: {finding:?}"))
    })
}

fn no_words_are_in_two_places(read: &Read) -> Result<(), TestCaseError> {
    let places = read.places();
    places.windows(2).try_for_each(|pair| {
        let ((first, a), (second, b)) = (pair[0], pair[1]);
        // The end of a list takes in the indentation of what follows it.
        let shared = read.text().get(b.start as usize..a.end.min(b.end).max(b.start) as usize);
        holds(shared.is_some_and(|shared| shared.trim().is_empty()), || {
            let words = |span: Span| read.sources.slice(span).chars().take(80).collect::<String>();
            let lines = |span: Span| read.sources.get(span.source).lines(span);
            let (a_lines, b_lines) = (lines(a), lines(b));
            format!("{first} at {a_lines:?} {:?} and {second} at {b_lines:?} {:?} share words", words(a), words(b))
        })
    })
}

/// What lies between the places holds no letter or digit, but for rules, list markers and numbers of listed questions,
/// and definitions of links, which are no block and are used where they are referred to.
fn no_word_is_lost(read: &Read) -> Result<(), TestCaseError> {
    let document = &read.parsed.document;
    let places = read.places();
    let inside = |byte: usize| {
        let byte = u32::try_from(byte).unwrap();
        places.iter().any(|(_, span)| span.start <= byte && byte < span.end)
    };
    for block in document.blocks().filter(|&block| document.kind(block) != NodeKind::Rule) {
        let span = document.span(block);
        let is_list = matches!(document.kind(block), NodeKind::List { .. });
        for (at, c) in read.sources.slice(span).char_indices() {
            let byte = span.start as usize + at;
            if !c.is_alphanumeric() || inside(byte) {
                continue;
            }
            let of_list = is_list && (is_marker(read.text(), byte) || is_in_definition(read.text(), byte));
            let is_box =
                byte > 0 && read.text().get(byte - 1..byte + 2).is_some_and(|text| text.eq_ignore_ascii_case("[x]"));
            if of_list || is_box || is_in_tag(read.text(), byte) {
                continue;
            }
            let line = read.text()[byte..].lines().next().unwrap_or_default();
            return Err(TestCaseError::fail(format!("{line:?} in {:?} {span:?} went nowhere", document.kind(block))));
        }
    }
    Ok(())
}

/// A digit of a list marker: only digits and white space stand before it on its line, a dot or bracket behind it.
fn is_marker(text: &str, byte: usize) -> bool {
    let line = text[..byte].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = text[line..byte].trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let behind = text[byte..].trim_start_matches(|c: char| c.is_ascii_digit());
    before.is_empty() && behind.len() < text.len() - byte && behind.starts_with(['.', ')'])
}

/// A byte between `<` and `>`.
fn is_in_tag(text: &str, byte: usize) -> bool {
    text[..byte].rfind(['<', '>']).is_some_and(|at| text[at..].starts_with('<'))
}

/// A byte of a line such as `[a]: http://b`.
fn is_in_definition(text: &str, byte: usize) -> bool {
    let start = text[..byte].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || ".)-*+".contains(c));
    line.starts_with('[') && line.contains("]:")
}

fn notes_stand_in_the_source(read: &Read) -> Result<(), TestCaseError> {
    let stands = |note: &Note| {
        let passages = std::iter::once(&note.question).chain(note.answer.iter().map(|answer| &answer.body));
        let in_order = |pieces: &[Piece]| pieces.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
        passages.into_iter().all(|passage| {
            let verbatim = passage.pieces.iter().all(|piece| read.text().contains(read.sources.slice(piece.span)));
            verbatim && in_order(&passage.pieces)
        })
    };
    read.deck().notes.iter().try_for_each(|note| holds(stands(note), || format!("{note:?}")))
}

/// A question's words lie in the block that holds it, and an answer is never blank.
fn notes_are_whole(read: &Read) -> Result<(), TestCaseError> {
    read.deck().notes.iter().try_for_each(|note| {
        let within = |inner: Span| note.question_span.start <= inner.start && inner.end <= note.question_span.end;
        holds(note.question.pieces.iter().all(|piece| within(piece.span)), || format!("words outside: {note:?}"))?;
        holds(note.number.is_none_or(|number| within(number.span)), || format!("number outside: {note:?}"))?;
        let is_blank = |answer: &Answer| answer.label.is_none() && answer.body.markdown(&read.sources).is_empty();
        let blank = note.answer.as_ref().is_some_and(is_blank);
        holds(!blank, || format!("blank answer: {note:?}"))?;
        holds(note.section < read.deck().sections.len(), || format!("no such section: {note:?}"))
    })
}

fn reports_are_written(read: &Read) -> Result<(), TestCaseError> {
    let summary = Summary::new(1, read.deck().notes.len(), &read.findings);
    for look in [Look { colour: false, unicode: false, width: 80 }, Look { colour: true, unicode: true, width: 20 }] {
        for &format in Format::value_variants() {
            let mut out = Vec::new();
            report::write(&mut out, format, &read.findings, &read.sources, &summary, &look).unwrap();
            holds(std::str::from_utf8(&out).is_ok(), || format!("{format:?} is not UTF-8"))?;
            if format == Format::Concise {
                let lines = String::from_utf8(out).unwrap().lines().count();
                let expected = read.findings.len() + 1 + usize::from(summary.fixable > 0);
                holds(lines == expected, || format!("{lines} lines for {expected}"))?;
            }
        }
    }
    Ok(())
}

fn reading_again_gives_the_same(read: &Read) -> Result<(), TestCaseError> {
    let again = Read::new(read.bytes.clone());
    let same = format!("{:?}", again.deck()) == format!("{:?}", read.deck())
        && format!("{:?}", again.findings) == format!("{:?}", read.findings);
    holds(same, || "another result the second time".to_owned())
}

/// The next run may give the source another number.
fn kept_is_read_back_the_same(read: &Read) -> Result<(), TestCaseError> {
    let source = read.sources.get(read.deck().source);
    // Without what settings say of it, which is not kept.
    let document = Document::parse(source);
    let deck = shape::recognise(&document, source, &Terms::of(&read.parsed.settings, source));
    let bytes = cache::kept(source, &document, &deck).unwrap();
    let mut next = Sources::default();
    next.add_text("another.md", "# Another\n").unwrap();
    let next_id = next.add_text("deck.md", read.bytes.clone()).unwrap();
    let Some((document_read, deck_read)) = cache::read_back(&bytes, next.get(next_id)) else {
        return Err(TestCaseError::fail("nothing is read back"));
    };
    let nodes = |document: &Document| {
        let nodes = document.all().map(|id| (document.node(id), document.footnote_label(id).map(str::to_owned)));
        let decoded: Vec<&str> = document.all_decoded().collect();
        format!("{:?} {decoded:?} {:?} {:?}", nodes.collect::<Vec<_>>(), document.fences(), document.fence_breaks())
    };
    let there = |text: String| text.replace(&format!("{next_id:?}"), &format!("{:?}", source.id()));
    holds(nodes(&document) == there(nodes(&document_read)), || format!("{document:?} {document_read:?}"))?;
    holds(document.defines_the_same(source, &document_read, next.get(next_id)), || format!("{document_read:?}"))?;
    let (deck, deck_read) = (format!("{deck:?}"), there(format!("{deck_read:?}")));
    holds(deck == deck_read, || format!("{deck} {deck_read}"))
}

/// What a learner reads of a text, but for signs and the languages of code.
fn learned(read: &Read) -> Vec<String> {
    let bare = |markdown: String| {
        let lines = markdown.lines().map(|line| {
            let fence = line.trim_start().trim_start_matches(['`', '~']);
            if line.trim_start().len() >= fence.len() + 3 { "" } else { line }
        });
        lines.flat_map(|line| line.chars().filter(|c| c.is_alphanumeric())).collect::<String>()
    };
    let texts = |note: &Note| note.passages().map(|passage| bare(passage.markdown(&read.sources))).collect::<String>();
    read.deck().notes.iter().map(texts).collect()
}

/// Safe fixes change nothing that is learned, and a second run finds nothing to do.
fn safe_fixes_keep_the_deck(read: &Read) -> Result<(), TestCaseError> {
    if !is_written(read) {
        return Ok(());
    }
    let fixed = fixed(read, Safety::Safe);
    let again = Read::new(fixed.text.clone());
    let same = learned(&again) == learned(read);
    holds(same, || format!("{:?}\n{}", fixed.applied, fixed.text))?;
    let text = self::fixed(&again, Safety::Safe).text;
    holds(text == fixed.text, || format!("a second run changes:\n{}\nto:\n{text}", fixed.text))
}

/// Also a guess loses no note, and a second run finds nothing to do.
fn unsafe_fixes_lose_no_note(read: &Read) -> Result<(), TestCaseError> {
    if !is_written(read) {
        return Ok(());
    }
    let fixed = fixed(read, Safety::Unsafe);
    let again = Read::new(fixed.text.clone());
    let (before, after) = (read.deck().studied().count(), again.deck().studied().count());
    holds(after >= before, || format!("{before} notes, then {after}: {:?}\n{}", fixed.applied, fixed.text))?;
    let text = self::fixed(&again, Safety::Unsafe).text;
    holds(text == fixed.text, || format!("a second run changes:\n{}\nto:\n{text}", fixed.text))
}

/// Whether fixes are written: what was decoded is left alone, for as UTF-8 it may be read as something else.
fn is_written(read: &Read) -> bool {
    read.sources.get(read.deck().source).is_verbatim()
}

fn fixed(read: &Read, safety: Safety) -> Fixed {
    let source = read.sources.get(read.deck().source);
    fix::fix(source, &Given::default(), safety, &|found, _| found)
}

fn guids_differ(read: &Read) -> Result<(), TestCaseError> {
    let mut guids: Vec<&str> = read.deck().own_notes().map(|note| note.guid.as_str()).collect();
    guids.sort_unstable();
    holds(guids.windows(2).all(|pair| pair[0] != pair[1]), || format!("{guids:?}"))
}

/// A property of a text as it was read.
type Property = fn(&Read) -> Result<(), TestCaseError>;

const PROPERTIES: [(&str, Property); 12] = [
    ("every span lies in the source", every_span_lies_in_the_source),
    ("every finding has one primary place", every_finding_has_one_primary_place),
    ("no words are in two places", no_words_are_in_two_places),
    ("no word is lost", no_word_is_lost),
    ("notes stand in the source", notes_stand_in_the_source),
    ("notes are whole", notes_are_whole),
    ("reports are written", reports_are_written),
    ("reading again gives the same", reading_again_gives_the_same),
    ("kept is read back the same", kept_is_read_back_the_same),
    ("guids differ", guids_differ),
    ("safe fixes keep the deck", safe_fixes_keep_the_deck),
    ("unsafe fixes lose no note", unsafe_fixes_lose_no_note),
];

/// Pieces of Markdown that mean something beside each other.
fn fragment() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "# ",
        "## ",
        "### ",
        "###### ",
        "What is ",
        "Why",
        "?",
        "Q: ",
        "A: ",
        "Q1. ",
        "1. ",
        "2. ",
        "3) ",
        "12. ",
        "- ",
        "* ",
        "+ ",
        "- [ ] ",
        "- [x] ",
        "> ",
        "    ",
        "\t",
        "  ",
        "```",
        "```js",
        "````",
        "~~~",
        "~~~~ py",
        "``",
        "`",
        "`x`",
        "***",
        "---",
        "===",
        "**",
        "__",
        "*",
        "_",
        "~~",
        "[",
        "]",
        "](#a)",
        "[a]: http://b",
        "[a]",
        "![",
        "(x)",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<!--",
        "-->",
        "<b>",
        "<br>",
        "<a name=\"x\"></a>",
        "&amp;",
        "&#0;",
        "\\",
        "\\*",
        "|",
        "| a | b |",
        "|---|---|",
        "---\ndeck: A::B\ntags: [x, y]\n---\n",
        "+++\na = 1\n+++\n",
        "\u{feff}",
        "\0",
        "🗃️",
        "👩‍👧",
        "é",
        "e\u{301}",
        "עברית",
        "\u{202e}",
        "中文？",
        "\u{2028}",
        "\u{a0}",
        "Table of contents",
        "Back to top",
        "Sure! Here is a list",
        "Would you like me to go on?",
        "Answer",
        "word",
        "{{c1::x}}",
        "{{c2::x::y}}",
        "==x==",
        "C: ",
        " :: ",
        "a:::b",
        "%\n",
        "?\n",
        "??\n",
        "A) ",
        "- A: ",
        "- B: ",
        "Answer: B",
        "**Answer:** ",
        "TODO",
        "<ul>",
        "<li>",
        "<h3>",
        "<p>",
        "| Question | Answer |\n|---|---|\n",
        "#flashcards",
        "[x]",
        "$x$",
        "$$\n",
        "[^1]",
        "[^1]: ",
        ": word",
        "> [!NOTE]\n> ",
        "1\u{fe0f}\u{20e3}",
    ])
    .prop_map(str::to_owned);
    let end = prop::sample::select(vec!["\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\r"]).prop_map(str::to_owned);
    prop_oneof![5 => fixed, 4 => end, 1 => "[a-z]{1,3} ?", 1 => any::<char>().prop_map(String::from)]
}

fn markdownish() -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..40).prop_map(|parts| parts.concat())
}

/// Blocks that are whole: decks as people write them, in odd orders.
fn blocks() -> impl Strategy<Value = String> {
    let block = prop::sample::select(vec![
        "# Part one",
        "# Part two",
        "## Part one",
        "## What is a?",
        "## What is b?",
        "### What is a?",
        "### 1. What is a?",
        "### 2. What is b?",
        "#### More",
        "1. What is a?\n2. What is b?\n3. What is c?",
        "- What is a?\n- What is b?",
        "1. **What is a?**\n\n2. What is b?",
        "- [a](#a)\n- [b](#b)",
        "Some words.",
        "Answer: words.",
        "---",
        "```js\nlet x;\n```",
        "```js\nlet x;",
        "    code",
        "> quote",
        "<details>\n<summary>What is a?</summary>",
        "</details>",
        "<!-- note -->",
        "| a | b |\n|---|---|\n| c | d |",
        "[a]: http://b",
        "What is a?\n===",
        "**What is a?**",
        "Sure! Here is a list of questions:",
        "Would you like me to go on?",
        "[Back to top](#top)",
        "* one\n\n  two\n* three",
        "## Answers",
        "## Conclusion",
        "###",
        "1. What is a?\n   - inner\n   - list",
        "![x](y)",
        "## `code`",
        "## **Bold?**",
        "## Q3: What is c?",
        "**What is b?**\n\nWords.",
        "**1.** What is c?\n- Answer:\n\n    Words.",
        "1. **What is d?** Words.\n2. **What is e?**\n   - inner",
        "1.  ### What is f?\n    Words.\n\n2.  ### What is g?\n\n    Words.\n  outdented",
        "- [ ] one\n- [x] two",
        "- A: one\n- B: two",
        "A) one\nB) two",
        "Answer: B",
        "> Answer: A",
        "Q: What is h?\nA: Words.",
        "**Question:** What is i?\n\n**Answer:** Words.",
        "C: It is [so] and [so].",
        "front :: back\nother ::: back",
        "What is j?\n?\nWords.",
        "%",
        "### Question",
        "What is k?",
        "### Answer",
        "<details><summary>What is l?</summary>\n\nWords.\n\n</details>",
        "<details>\n<summary>Answer</summary>\n<p>\n\nWords.\n\n</p>\n</details>",
        "| No | Question | Answer | Topic | Else |\n|---|---|---|---|---|\n| 1 | What is m? | Words. | t | e |\n| | | x | | |",
        "<ul><li>What is n?</li>\n<li>What is o?<ul><li>What is p?</li></ul></li><li>What is q?</li><li>How?</li></ul>",
        "TODO",
        "It is {{c1::so::hint}}.",
        "[What is r?](http://b)\n",
    ]);
    let end = prop::sample::select(vec!["\n\n", "\n", "\r\n\r\n", "\n\n\n"]);
    let front = prop::option::weighted(0.1, Just("---\ndeck: A::B\ntags: x\n---\n"));
    (front, prop::collection::vec((block, end), 0..24)).prop_map(|(front, parts)| {
        let parts: String = parts.into_iter().flat_map(|(block, end)| [block, end]).collect();
        front.unwrap_or_default().to_owned() + &parts
    })
}

fn cases() -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: asked.unwrap_or(192), failure_persistence: None, ..Config::default() }
}

fn all_hold(read: &Read) -> Result<(), TestCaseError> {
    PROPERTIES.iter().try_for_each(|(name, property)| {
        property(read).map_err(|error| TestCaseError::fail(format!("{name}: {error}; {:?}", read.text())))
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text(text in any::<String>()) {
        all_hold(&Read::new(text))?;
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        all_hold(&Read::new(bytes))?;
    }

    #[test]
    fn any_markdown(text in markdownish()) {
        all_hold(&Read::new(text))?;
    }

    #[test]
    fn any_blocks(text in blocks()) {
        all_hold(&Read::new(text))?;
    }
}

/// Found by `any_blocks`: an answer of a listed question inside the answer of a heading's question.
#[test]
fn an_answer_is_in_one_note() {
    let text = "1. What is a?\n2. What is b?\n3. What is c?\n\n### What is a?\n\nWhat is a?\n===\n\n# Part one\n\n## Q3: What is \
                c?\n\n## What is a?\n";
    all_hold(&Read::new(text)).unwrap();
}

/// Found by `any_blocks`: a heading inside an answer that is a section too.
#[test]
fn a_heading_inside_an_answer_is_no_section() {
    let text = "1. What is a?\n2. What is b?\n3. What is c?\n\nWhat is a?\n===\n\n# Part one\n\n# Part one\n\n### 2. What is b?\n\n\
                ## **Bold?**\n\n### What is a?\n";
    all_hold(&Read::new(text)).unwrap();
}

/// Found by `any_blocks`: which of two sections of one title an unlisted answer joins was left to chance.
#[test]
fn two_sections_of_one_title_are_told_apart() {
    let lists = "# Part\n\n1. What is a?\n2. What is b?\n\n# Part\n\n1. What is c?\n2. What is d?\n\n";
    let answers = "# Part\n\n## What is a?\n\nA.\n\n## What is c?\n\nC.\n\n## Unlisted\n\nWords.\n";
    for _ in 0..16 {
        all_hold(&Read::new([lists, answers].concat())).unwrap();
    }
}

/// Found by `any_markdown`: wide white space behind a lone line break moved all places behind it.
#[test]
fn a_placeholder_around_a_list_of_other_questions() {
    let list = "1. What is a?\n2. What is b?\n3. What is c?\n\n";
    let text = format!("What is a?\n===\n\n%\n\n{list}## Part one\n\n{list}TODO\n\n# Part one\n\n## What is a?\n\n");
    all_hold(&Read::new(text)).unwrap();
}

#[test]
fn white_space_of_several_bytes_behind_a_line_break() {
    all_hold(&Read::new("<br>\u{2028}\na%\n\n1. a\n\n")).unwrap();
}

/// Real files, where this checkout has them.
#[test]
fn real_files() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let mut folders: Vec<PathBuf> = vec![shared.join("corpus/files"), shared.join("seed")];
    let mut failures = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_some_and(|ending| ending == "md") {
                let read = Read::new(fs::read(entry.path()).unwrap());
                for (name, property) in PROPERTIES {
                    let failed = property(&read).err();
                    failures.extend(failed.map(|error| format!("{}: {name}: {error}", entry.path().display())));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

//! Packages and text files, judged by the real Anki.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests say what they expect, and keep what they built"
)]

#[path = "support/anki.rs"]
mod anki;

use anki::{Finished, log};
use deckc::deck::NoteKind;
use deckc::emit::{apkg, text};
use deckc::render::{Placing, RenderedDeck, RenderedNote, Rendering};

/// Questions and answers, as HTML, with what has gone wrong in packages.
fn nasty() -> Vec<(String, String)> {
    let mut pairs = [
        ("What does <b>bold</b>&nbsp;mean?", "<p>a &lt;b&gt; &amp;amp; b</p>"),
        ("=1+1", "=cmd|' /C calc'!A0"),
        ("-v", "+1"),
        ("@derive", "@x"),
        ("1e5", "1e5"),
        ("007", "0x1F"),
        ("12345678901234567890", " 9 "),
        ("Infinity", "<div></div>x"),
        ("{{c1 is not a gap}} {{Question}} {{#x}}", "{{FrontSide}} }}"),
        ("&#123;{c1::masked}}", "a"),
        ("quotes \" ' \"\" \u{201c}\u{201d}", "\"\t\"\n\"\",\";"),
        ("tab\there", "line\nline\r\nline\rline"),
        ("#separator:comma", "#a\n#html:false"),
        ("# heading", "#"),
        ("\u{1f980} \u{1f5c3}\u{fe0f} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{1f1e9}\u{1f1ea}"),
        ("\u{5de}\u{5d4} \u{5d6}\u{5d4}?", "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{202e}abc"),
        ("unit\u{1f}separator", "a\u{1f}b\u{0}c\u{7}\u{85}\u{9b}d"),
        ("e\u{301}, \u{212b} and \u{1112}\u{1161}\u{11ab}", "n\u{303}"),
        ("<img src=\"a&amp;b.png\" alt=\"x\"> which?", "picture"),
        ("<audio src='a b.mp3'></audio><source src=x.mp4> <object data=o.bin></object> what?", "sound"),
        ("<img alt=\"1 > 0\" src=\"https://example.org/a.png\"> remote?", "b"),
        ("&unknown; &amp; AT&T", "&amp; &x"),
        ("a <!-- <b> > --> b <code class=\"x\">Vec&lt;T&gt;</code>", "<pre><code>x\n\ty\n</code></pre>"),
        ("&#60;&#x3C;&lt;&quot;&apos;&nbsp;", "c"),
        ("<style>b{}</style>styled<script>1</script>", "d"),
        ("\u{feff}byte order mark", "\u{feff}"),
        (" space around ", " "),
        ("\n\nlines around\n\n", "\n"),
        ("&#91;sound:a.mp3] &#91;latex]x&#91;/latex] &#91;$]y&#91;/$]", "&#91;anki:tts lang=en_US]z&#91;/anki:tts]"),
    ]
    .map(|(question, answer)| (question.to_owned(), answer.to_owned()))
    .to_vec();
    pairs.push(("large".to_owned(), "<p>A megabyte \u{1f980}</p>".repeat(40_000)));
    pairs
}

fn rendering(html: &str) -> Rendering {
    Rendering { markdown: html.to_owned(), html: html.to_owned(), text: html.to_owned(), media: vec![] }
}

fn deck(name: &str, pairs: &[(String, String)]) -> RenderedDeck {
    let notes = pairs.iter().enumerate().map(|(at, (question, answer))| RenderedNote {
        guid: format!("guid{at:05}"),
        id: 1_573_000_000_000 + at as i64 * 1_000,
        kind: NoteKind::Basic,
        number: (at % 3 > 0).then_some(at as u64 + 1),
        section: ["", "Borrowing & <i>lifetimes</i> [sound:x.mp3] {{c1::y}}", "=Basics"][at % 3].to_owned(),
        subdeck: None,
        tags: [vec!["rust::borrowing", "z", "Z2"], vec![], vec!["\u{1f980}", "a::b::c", "-x", "\u{e9}t\u{e9}"]][at % 3]
            .iter()
            .map(|&tag| tag.to_owned())
            .collect(),
        question: rendering(question),
        options: vec![],
        gaps: vec![],
        typed: None,
        answer: rendering(answer),
        below: answer.clone(),
        source: "source/rust.md".to_owned(),
        question_line: 1,
        answer_lines: (2, 3),
        modified: 1_750_000_000 + at as i64,
    });
    RenderedDeck {
        name: name.to_owned(),
        source: "source/rust.md".to_owned(),
        notes: notes.collect(),
        media: vec![],
        placing: Placing::default(),
    }
}

fn one() -> Vec<(String, String)> {
    vec![("q".to_owned(), "a".to_owned())]
}

fn finish(name: &str, deck: &RenderedDeck) -> Finished {
    Finished::write(name, &apkg::apkg(deck).unwrap(), Some(&text::text(deck)))
}

#[test]
fn anki_takes_a_nasty_deck_as_it_is() {
    let deck = deck("Rust::Basics & more::\u{1f980} nasty", &nasty());
    let Some(report) = finish("nasty", &deck).report() else { return };
    let count = deck.notes.len();

    assert_eq!(report.imported, log("new", count));
    assert_eq!(report.file.len(), count);
    for (guid, note) in &report.file {
        // Fields, tags, id, time, sort field, checksum and cards: what Anki would write is what the file has.
        assert_eq!(report.collection.get(guid), Some(note), "{guid}");
    }
    assert_eq!(report.collection.len(), count);
    assert_eq!(report.decks, ["Default", "Rust", "Rust::Basics & more", "Rust::Basics & more::\u{1f980} nasty"]);
    assert_eq!(report.note_types.iter().filter(|name| name.starts_with("deckc")).collect::<Vec<_>>(), ["deckc Basic"]);

    let order = deck.notes.iter().map(|note| note.guid.clone()).collect::<Vec<_>>();
    assert_eq!(report.study_order, order);
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
    assert_eq!(report.empty_cards, "");
    assert!(report.states.is_empty(), "{:?}", report.states);
    assert!(report.bad_renderings.is_empty(), "{:?}", report.bad_renderings);
    assert!(report.played.is_empty(), "{:?}", report.played);

    assert_eq!(report.imported_again, log("duplicate", count));
    assert_eq!(report.changed_by_importing_again, [""; 0]);

    assert_eq!(report.text_over_package, Some(log("duplicate", count)));
    assert_eq!(report.changed_by_text, Some(vec![]));
    assert_eq!(report.text_alone, Some(log("new", count)));
    for (guid, note) in report.collection_of_text.unwrap() {
        let of_package = &report.collection[&guid];
        assert_eq!((&note.fields, &note.tags), (&of_package.fields, &of_package.tags), "{guid}");
        let place = |(ordinal, deck, _): &(u16, String, i64)| (*ordinal, deck.clone());
        assert_eq!(
            note.cards.iter().map(place).collect::<Vec<_>>(),
            of_package.cards.iter().map(place).collect::<Vec<_>>()
        );
    }
}

#[test]
fn fields_reach_anki_as_rendered() {
    let deck = deck("Plain", &[("What is <b>it</b>?".to_owned(), "<p>a</p>\n<p>b</p>".to_owned())]);
    let Some(report) = finish("plain", &deck).report() else { return };
    let note = &report.collection["guid00000"];
    assert_eq!(note.fields[0], "What is <b>it</b>?");
    assert_eq!(note.fields[1], "<p>a</p>\n<p>b</p>");
    assert_eq!(note.sort, "What is it?");
    assert_eq!(note.tags, ["Z2", "rust::borrowing", "z"]);
    assert!(report.media.is_empty(), "{:?}", report.media);
}

#[test]
fn a_deck_may_be_divided_and_have_a_number_of_its_own() {
    let pairs: Vec<_> = ["a", "b", "c", "d"].map(|text| (text.to_owned(), format!("<p>{text}</p>"))).to_vec();
    let mut deck = deck("Above::Sea", &pairs);
    for (note, subdeck) in deck.notes.iter_mut().zip([None, Some("01 Moon"), Some("02 Sun"), Some("01 Moon")]) {
        note.subdeck = subdeck.map(|name| format!("Above::Sea::{name}"));
    }
    for id in [77, 9_007_199_254_740_991] {
        deck.placing.id = Some(id);
        let Some(report) = finish(&format!("divided-{id}"), &deck).report() else { return };
        assert_eq!(report.imported, log("new", 4));
        let names = ["Above", "Above::Sea", "Above::Sea::01 Moon", "Above::Sea::02 Sun", "Default"];
        assert_eq!(report.decks, names);
        for (note, guid) in deck.notes.iter().zip(["guid00000", "guid00001", "guid00002", "guid00003"]) {
            assert_eq!(report.collection[guid].cards[0].1, deck.deck_of(note));
        }
        assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
        assert_eq!(report.changed_by_importing_again, [""; 0]);
        assert_eq!(report.changed_by_text, Some(vec![]));
    }
}

#[test]
fn a_deck_may_be_called_default() {
    for name in ["Default", "default"] {
        let deck = deck(name, &one());
        let Some(report) = finish(name, &deck).report() else { return };
        assert_eq!(report.imported, log("new", 1));
        assert_eq!(report.collection.len(), 1);
        assert_eq!(report.imported_again, log("duplicate", 1));
        assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
        assert_eq!(report.decks, ["Default"]);
    }
}

#[test]
fn names_may_look_like_formulas() {
    let mut deck = deck("@angular::-=x", &one());
    deck.notes[0].tags = vec!["@b".to_owned(), "=a".to_owned()];
    let Some(report) = finish("formula", &deck).report() else { return };
    assert_eq!(report.decks, ["@angular", "@angular::-=x", "Default"]);
    assert_eq!(report.text_over_package, Some(log("duplicate", 1)));
    assert_eq!(report.changed_by_text, Some(vec![]));
    assert_eq!(report.collection_of_text.unwrap()["guid00000"].cards, report.collection["guid00000"].cards);
}

#[test]
fn an_empty_deck_can_be_imported() {
    let package = apkg::apkg(&deck("Empty", &[])).unwrap();
    let Some(report) = Finished::write("empty", &package, None).report() else { return };
    assert!(report.imported.is_empty(), "{:?}", report.imported);
    assert_eq!(report.note_types.iter().filter(|name| name.starts_with("deckc")).count(), 0);
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
}

/// Hash maps are seeded anew in each process, so an order that leaks from one shows between processes.
#[test]
fn another_process_builds_the_same_bytes() {
    const BUILD_TO: &str = "DECKC_TEST_BUILD_TO";
    let package = apkg::apkg(&deck("Rust::Again", &nasty())).unwrap();
    if let Some(path) = std::env::var_os(BUILD_TO) {
        std::fs::write(path, package).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["first", "second"] {
        let path = folder.path().join(name);
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "another_process_builds_the_same_bytes"]).env(BUILD_TO, &path);
        assert!(again.output().unwrap().status.success());
        assert!(std::fs::read(&path).unwrap() == package, "two processes built different packages");
    }
}

/// A second build in which one note is edited, one new and one gone, and all thirty-odd checks of the tool beside the
/// project.
#[test]
fn every_check_passes() {
    // The tool wants every picture packed, and Python's csv reads no cell of a megabyte.
    let plain = |(question, _): &(String, String)| !question.contains("src=") && question != "large";
    let pairs = nasty().into_iter().filter(plain).collect::<Vec<_>>();
    let first = deck("Rust::Checked", &pairs);
    let mut later = first.clone();
    later.notes[2].answer = rendering("<p>edited</p>");
    later.notes[2].modified += 1_000_000;
    later.notes[4].tags.push("added".to_owned());
    later.notes[4].modified += 1_000_000;
    later.notes.remove(7);
    let mut added = later.notes[0].clone();
    added.guid = "added".to_owned();
    added.id += 500;
    added.question = rendering("an added question");
    later.notes.insert(1, added);
    finish("checked", &first).check(&finish("rebuilt", &first), Some(&finish("later", &later)));
}

//! Kinds of notes, from a recognised note to what a learner studies. Most notes are put together by hand; how they are
//! recognised is told in `tests/shapes.rs`.
#![expect(clippy::unwrap_used, reason = "tests say what they expect, and keep what they built")]

#[path = "support/anki.rs"]
mod anki;
#[path = "support/reimport.rs"]
mod reimport;
#[path = "support/written.rs"]
mod written;

use std::path::Path;

use anki::{Finished, Report, log};
use deckc::check;
use deckc::deck::NoteKind;
use deckc::emit::{self, Format};
use deckc::identity::lock::Lock;
use deckc::project::Project;
use deckc::render::{RenderedDeck, Renderer};
use serde_json::Value;
use written::{Made, Written, basic, choice, cloze, kind};

/// A deck of every kind, with what could go wrong in each.
fn every_kind() -> Vec<Written<'static>> {
    vec![
        basic("What is 1 + 1?", "Two."),
        Written { body: "```js\nlet a = [1];\n```\n\nOne line.", ..basic("What does this print?", "`1`") },
        kind(NoteKind::Reversed, "der Hund", "the dog"),
        kind(NoteKind::Typed, "Which command puts changes aside?", "`git stash`"),
        kind(NoteKind::Typed, "What is typed here?", "a < b && [x] {{c1::y}} \"é\" \\(z\\)"),
        kind(NoteKind::Typed, "What is too long?", "One line.\n\nAnother."),
        cloze("The capital of {{c1::France~~a country}} is {{c2::**Paris**}}."),
        Written { answer: "More about it.", ..cloze("- {{c1::`std::vec`}}\n- {{c1::b}}\n\nand {{c3::a: b}}") },
        cloze("| Command | Use |\n|---|---|\n| {{c1::`ls`}} | lists |\n| cd | {{c2::moves}} |"),
        cloze("```rust\nlet x = {{c1::Vec::<u8>::new()}};\n```"),
        cloze("Adjacent {{c1::a}}{{c2::b}}{{c1::c}} and `{{name}}` and {{c500::last}}"),
        cloze("\u{1d801} {{c1::[sound:a.mp3]}} \\[{{c2::x}}\\]"),
        choice("Which is a fruit?", &["A) Carrot", "*B) Apple", "C) `x`"], "Apples grow on trees."),
        choice("Which are even?", &["1", "*2", "3", "*4"], ""),
        choice("Which prints 1?", &["*a) ```js\n   f(1)\n   ```", "b) ```js\n   g()\n   ```"], ""),
        choice("None is marked?", &["A) x", "B) y"], "Both."),
        cloze(r"{{c1::$\frac{1}{x^{2} }$}} is $a {{c2::b^{2}~~power}} c$"),
    ]
}

fn finish(name: &str, deck: &RenderedDeck) -> Finished {
    let package = emit::apkg::apkg(deck).unwrap();
    Finished::write(name, &package, Some(&emit::text::text(deck)))
}

fn imports_cleanly(report: &Report, deck: &RenderedDeck) {
    let count = deck.notes.len();
    assert_eq!(report.imported, log("new", count));
    assert_eq!(report.collection, report.file);
    assert_eq!(report.requirements, report.requirements_in_file);
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
    assert_eq!(report.empty_cards, "");
    assert!(report.states.is_empty(), "{:?}", report.states);
    assert!(report.bad_renderings.is_empty(), "{:?}", report.bad_renderings);
    assert_eq!(report.imported_again, log("duplicate", count));
    assert_eq!(report.text_over_package, Some(log("duplicate", count)));
    assert_eq!(report.changed_by_text, Some(vec![]));
    assert_eq!(report.text_alone, Some(log("new", count)));
}

#[test]
fn anki_makes_the_cards_of_every_kind() {
    let made = Made::of(&every_kind()).identified(None);
    let deck = made.rendered();
    let Some(report) = finish("kinds", &deck).report() else { return };
    imports_cleanly(&report, &deck);
    let cards: Vec<Vec<u16>> = deck
        .notes
        .iter()
        .map(|note| report.collection[&note.guid].cards.iter().map(|(ordinal, ..)| *ordinal).collect())
        .collect();
    let expected: [&[u16]; 17] = [
        &[0],
        &[0],
        &[0, 1],
        &[0],
        &[0],
        &[0],
        &[0, 1],
        &[0, 2],
        &[0, 1],
        &[0],
        &[0, 1, 499],
        &[0, 1],
        &[0],
        &[0],
        &[0],
        &[0],
        &[0, 1],
    ];
    assert_eq!(cards, expected);
    for (guid, note) in report.collection_of_text.as_ref().unwrap() {
        let of_package = &report.collection[guid];
        assert_eq!((&note.fields, note.cards.len()), (&of_package.fields, of_package.cards.len()), "{guid}");
    }
    let front = |note: usize, card: usize| report.shown[&deck.notes[note].guid][card].1.as_str();
    let back = |note: usize, card: usize| report.shown[&deck.notes[note].guid][card].2.as_str();
    let shows = |html: &str, part: &str| assert!(html.contains(part), "{part}\n{html}");
    shows(front(1, 0), "print?\n<div class=\"body\"><pre");
    shows(front(2, 1), "<div class=\"answer prompt\" dir=\"auto\"><p>the dog</p></div>");
    shows(front(3, 0), "[[type:Typed]]");
    assert_eq!(back(3, 0).matches("[[type:Typed]]").count(), 1);
    assert!(!back(0, 0).contains("typed"), "{}", back(0, 0));
    for typed in [3, 4] {
        let comparison = &report.comparisons[&deck.notes[typed].guid];
        shows(comparison, "typeGood");
        assert!(!comparison.contains("typeBad") && !comparison.contains("typeMissed"), "{comparison}");
    }
    shows(
        front(6, 0),
        ">[a country]</span> is <span class=\"cloze-inactive\" data-ordinal=\"2\"><strong>Paris</strong></span>.",
    );
    shows(back(6, 1), "<span class=\"cloze\" data-ordinal=\"2\"><strong>Paris</strong></span>.");
    shows(back(7, 0), "<code>std:<!-- -->:vec</code></span></li>");
    shows(back(7, 0), "<div class=\"extra\" dir=\"auto\"><p>More about it.</p></div>");
    shows(back(8, 1), "<span class=\"cloze\" data-ordinal=\"2\">moves</span></td>");
    shows(back(9, 0), "<span class=\"cloze\" data-ordinal=\"1\">");
    shows(back(10, 2), "<code>{{name}}</code> and <span class=\"cloze\" data-ordinal=\"500\">last</span>");
    shows(
        back(12, 0),
        "<ol class=\"right\" type=\"A\">\n<li value=\"2\">Apple</li>\n</ol>\n<p>Apples grow on trees.</p>",
    );
    shows(front(16, 0), r">[...]</span> is \(a b^{2} c\)</div>");
    shows(front(16, 1), r"is \(a [power] c\)</div>");
    shows(back(16, 0), r">\(\frac{1}{x^{2} }\)</span> is \(a b^{2} c\)</div>");
}

#[test]
fn nothing_on_the_front_tells_which_option_is_right() {
    let deck = Made::of(&every_kind()).identified(None).rendered();
    let mut others = every_kind();
    others[13] = choice("Which are even?", &["*1", "2", "*3", "4"], "");
    let other = Made::of(&others).identified(None).rendered();
    let Some((one, two)) = finish("choice", &deck).report().zip(finish("choice-other", &other).report()) else {
        return;
    };
    let front = |report: &Report, guid: &str| report.shown[guid][0].1.clone();
    assert_eq!(deck.notes[13].guid, other.notes[13].guid);
    assert_eq!(front(&one, &deck.notes[13].guid), front(&two, &other.notes[13].guid));
    assert_ne!(one.shown[&deck.notes[13].guid][0].2, two.shown[&deck.notes[13].guid][0].2);
}

fn json(deck: &RenderedDeck) -> Value {
    serde_json::from_slice(&emit::json::json(deck).unwrap()).unwrap()
}

#[test]
fn json_tells_kinds_options_and_gaps() {
    let value = json(&Made::of(&every_kind()).identified(None).rendered());
    let schema: Value = serde_json::from_slice(&emit::json::schema().unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&value).unwrap();
    let kinds: Vec<&str> =
        value["notes"].as_array().unwrap().iter().map(|note| note["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..6], ["basic", "basic", "reversed", "typed", "typed", "basic"]);
    assert_eq!(kinds[6..], [["cloze"; 6].as_slice(), &["choice"; 4], &["cloze"]].concat());
    let question = &value["notes"][1]["question"];
    assert_eq!(question["markdown"], "What does this print?\n\n```js\nlet a = [1];\n```\n\nOne line.");
    assert_eq!(question["text"], "What does this print?\n\nlet a = [1];\n\nOne line.");
    let gapped = &value["notes"][6];
    assert_eq!(gapped["question"]["text"], "The capital of France is Paris.");
    assert_eq!(
        gapped["gaps"],
        serde_json::json!([
            {"number": 1, "text": "France", "hint": "a country"},
            {"number": 2, "text": "Paris", "hint": null},
        ])
    );
    let options = value["notes"][13]["options"].as_array().unwrap();
    let options: Vec<(&str, bool)> =
        options.iter().map(|option| (option["label"].as_str().unwrap(), option["right"].as_bool().unwrap())).collect();
    assert_eq!(options, [("A", false), ("B", true), ("C", false), ("D", true)]);
    assert!(value["notes"][0].get("options").is_none() && value["notes"][0].get("gaps").is_none());
}

#[test]
fn a_spreadsheet_shows_options_and_which_are_right() {
    let deck = Made::of(&[
        choice("Which is a fruit?", &["A) Carrot", "*B) Apple", "*C) two\n   lines"], "They grow on trees."),
        choice("Which are even?", &["1", "*2"], ""),
        cloze("The capital is {{c1::Paris}}."),
    ]);
    let bytes = emit::csv::csv(&deck.identified(None).rendered()).unwrap();
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |row: usize| (rows[row][2].to_owned(), rows[row][3].to_owned());
    let first = (
        "Which is a fruit?\n\nA. Carrot\nB. Apple\nC. two\n      lines",
        "B. Apple\nC. two\n      lines\n\nThey grow on trees.",
    );
    assert_eq!(cells(0), (first.0.to_owned(), first.1.to_owned()));
    assert_eq!(cells(1), ("Which are even?\n\nA. 1\nB. 2".to_owned(), "B. 2".to_owned()));
    assert_eq!(cells(2), ("The capital is {{c1::Paris}}.".to_owned(), String::new()));
}

const FIRST: i64 = 1_780_000_000;

/// Builds two versions of a note; gives the guids and times of both, and both decks.
fn edited(before: Written<'_>, after: Written<'_>) -> ((RenderedDeck, Lock), (RenderedDeck, Lock)) {
    let (deck, lock) = Made::of(&[before]).identified(None).recorded(None, FIRST);
    let later = Made::of(&[after]).identified(Some(&lock)).recorded(Some(&lock), FIRST + 100);
    ((deck, lock), later)
}

#[test]
fn a_note_may_become_another_kind_of_the_same_type() {
    let question = "Which is a fruit?";
    let options = ["A) Carrot", "*B) Apple"];
    let kinds = [
        basic(question, "Apple"),
        kind(NoteKind::Reversed, question, "Apple"),
        kind(NoteKind::Typed, question, "Apple"),
        choice(question, &options, "Apple"),
        choice(question, &["*A) Carrot", "B) Apple"], "Apple"),
    ];
    for before in &kinds {
        for after in &kinds {
            let ((old, _), (new, lock)) = edited(*before, *after);
            assert_eq!(old.notes[0].guid, new.notes[0].guid, "{before:?} {after:?}");
            assert_eq!(lock.entries.len(), 1);
            let is_same = format!("{before:?}") == format!("{after:?}");
            let time = if is_same { FIRST } else { FIRST + 100 };
            assert_eq!(new.notes[0].modified, time, "{before:?} {after:?}");
        }
    }
}

#[test]
fn a_gap_elsewhere_is_a_change_of_the_same_note() {
    let ((old, lock), (new, _)) = edited(cloze("a {{c1::bee}} and a cat"), cloze("a bee and a {{c1::cat}}"));
    assert!(lock.text().contains("\nkind = \"cloze\"\n"), "{}", lock.text());
    assert_eq!(old.notes[0].guid, new.notes[0].guid);
    assert_eq!(new.notes[0].modified, FIRST + 100);
    let ((_, lock), _) = edited(basic("a", "b"), basic("a", "b"));
    assert!(!lock.text().contains("kind ="), "{}", lock.text());
}

/// Anki can't change the type of a note, and refuses the import of one that has another: so it is another note.
#[test]
fn a_text_with_gaps_is_never_a_note_that_had_none() {
    let gapped = cloze("What is the capital of {{c1::France}}?");
    let plain = basic("What is the capital of {{c1::France}}?", "Paris.");
    let pinned = |note| Written { pin: "capital", ..note };
    for (before, after) in [(gapped, plain), (plain, gapped), (pinned(gapped), pinned(plain))] {
        let ((old, first_lock), (new, lock)) = edited(before, after);
        let (was, is) = (&old.notes[0].guid, &new.notes[0].guid);
        assert_ne!(was, is);
        assert!(lock.find(was).unwrap().retired.is_some() && lock.find(is).unwrap().retired.is_none());
        // Back again, it is the first note again.
        let (back, _) = Made::of(&[before]).identified(Some(&lock)).recorded(Some(&lock), FIRST + 200);
        assert_eq!(&back.notes[0].guid, was);
        // Also where the lock was lost.
        assert_ne!(&Made::of(&[after]).identified(None).rendered().notes[0].guid, was);
        let packages = |name: &str, deck: &RenderedDeck| vec![finish(name, deck).package];
        let builds = [packages("kind-before", &old), packages("kind-after", &new)];
        let Some(imported) = reimport::reimport(&builds, &reimport::Learner::default(), &[]) else { return };
        assert_eq!(imported.after(1).log, log("new", 1));
        assert!(first_lock.find(was).is_some() && imported.after(1).notes.contains_key(is));
    }
}

/// What is left of it reads much the same, but it is not followed.
#[test]
fn an_edited_text_with_gaps_is_followed_among_its_kind() {
    let answer = "Paris lies on the Seine, and has been the seat of most of the country's kings and of its republics.";
    let before = Written { answer, ..cloze("The capital of France is {{c1::Paris}}, on the Seine.") };
    let after = Written { answer, ..cloze("Paris is the {{c1::capital}} of France.") };
    let ((old, _), (new, _)) = edited(before, after);
    assert_eq!(old.notes[0].guid, new.notes[0].guid);
    let ((old, _), (new, _)) = edited(before, basic("Paris is the capital of France.", answer));
    assert_ne!(old.notes[0].guid, new.notes[0].guid);
}

/// Typing makes no card of its own, so an author may ask for it when people are learning already.
#[test]
fn a_note_that_is_to_be_typed_from_now_on_keeps_its_reviews() {
    let ((old, _), (new, _)) = edited(basic("der Hund", "the dog"), kind(NoteKind::Typed, "der Hund", "the dog"));
    let packages = |name: &str, deck: &RenderedDeck| vec![finish(name, deck).package];
    let builds = [packages("shown", &old), packages("typed", &new)];
    let learner = reimport::Learner { reviews: (1, 0), ..Default::default() };
    let Some(imported) = reimport::reimport(&builds, &learner, &[]) else { return };
    assert_eq!(imported.after(1).log, log("updated", 1));
    imported.reviews_are_kept();
    assert_eq!(imported.after(1).cards.len(), 1);
}

/// From Markdown to the cards, as an author and a learner see it.
#[test]
fn a_file_of_questions_with_options_is_a_deck() {
    let text = "---\ntags: [typed]\n---\n\n# Quiz\n\n## Which is a fruit?\n\n- [ ] Carrot\n- [x] Apple\n\nIt grows on trees.\n\n\
        ## What does this print?\n\n```js\nf(1)\n```\n\n- A: `1`\n- B: `2`\n\n**Answer:** B\n\n## Who was first?\n\nAda\n";
    let project = Project::of_text("quiz.md", text, None).unwrap();
    let found = check::check(&project.sources, &project.files, &project.identity_faults());
    assert!(found.is_empty(), "{found:?}");
    let deck = project.render(&check::pass(&found, &project.files).unwrap()).remove(0);
    let kinds: Vec<NoteKind> = deck.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [NoteKind::Choice, NoteKind::Choice, NoteKind::Typed]);
    let Some(report) = finish("quiz", &deck).report() else { return };
    imports_cleanly(&report, &deck);
    let back = |note: usize| report.shown[&deck.notes[note].guid][0].2.as_str();
    let answer = |note: usize| back(note).split_once("<hr id=\"answer\">").unwrap().1;
    assert!(answer(0).contains("<li value=\"2\">Apple</li>\n</ol>\n<p>It grows on trees.</p>"), "{}", answer(0));
    assert!(answer(1).contains("<li value=\"2\"><code>2</code></li>\n</ol></div>"), "{}", answer(1));
    assert!(!answer(1).contains("Answer"), "{}", answer(1));
    assert!(answer(2).contains("[[type:Typed]]"), "{}", answer(2));
}

#[test]
fn pictures_are_looked_for_wherever_a_card_shows_them() {
    let made = Made::of(&[
        Written { body: "![](body.png)", ..basic("![](title.png)?", "![](answer.png)") },
        Written { answer: "![](extra.png)", ..cloze("a {{c1::![](gap.png)}} b") },
        choice("Which?", &["A) ![](option.png)", "*B) ![](right.png)"], ""),
    ]);
    let named = Renderer::new().media_named(&made.sources, &made.parsed);
    let found: std::collections::BTreeSet<&str> = named.iter().map(|named| named.reference.address.as_str()).collect();
    let found: Vec<&str> = found.into_iter().collect();
    let names = ["answer", "body", "extra", "gap", "option", "right", "title"];
    assert_eq!(found, names.map(|name| format!("{name}.png")));
}

#[test]
fn a_package_reads_back_as_the_deck_it_was_made_of() {
    let deck = Made::of(&every_kind()).identified(None).rendered();
    let finished = finish("read-back", &deck);
    let packed = deckc::diff::package::read(&finished.package).unwrap();
    let made = deckc::diff::views_of_decks([(String::new(), &deck)]);
    assert_eq!(packed.len(), made.len());
    for (packed, made) in packed.iter().zip(&made) {
        let of = |view: &deckc::diff::View| {
            (view.guid.clone(), view.question.clone(), view.answer.clone(), view.section.clone(), view.content.clone())
        };
        assert_eq!(of(packed), of(made));
    }
    let text = |view: usize| (made[view].question.as_str(), made[view].answer.as_deref().unwrap());
    assert_eq!(text(12), ("Which is a fruit?\nCarrot\nApple\nx", "Apple\nApples grow on trees."));
}

/// Cards of a kind that a note no longer is stay in Anki, as anything does that a deck lost; those it gains come.
#[test]
fn a_note_that_becomes_reversed_gets_its_second_card() {
    let ((old, _), (new, _)) = edited(basic("der Hund", "the dog"), kind(NoteKind::Reversed, "der Hund", "the dog"));
    let packages = |name: &str, deck: &RenderedDeck| vec![finish(name, deck).package];
    let builds = [packages("one-way", &old), packages("both-ways", &new)];
    let Some(imported) = reimport::reimport(&builds, &reimport::Learner::default(), &[]) else { return };
    assert_eq!(imported.after(1).log, log("updated", 1));
    assert_eq!(imported.after(1).cards.len(), 2);
}

#[test]
fn every_format_is_made_and_made_again_alike() {
    let formats = [Format::Apkg, Format::Csv, Format::Txt, Format::Json];
    let made = || {
        let deck = Made::of(&every_kind()).identified(None).rendered();
        emit::artefacts(&deck, Path::new("out"), Path::new("kinds"), &formats).unwrap()
    };
    assert_eq!(made(), made());
}

//! The project's own example, where it is at hand: `../shared/seed/nodejs-interview.md`, read as it is.
//!
//! A user's clone has no such folder; there these tests say so and pass.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "a test may panic, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::Value;

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn seed() -> Option<PathBuf> {
    shared("seed/nodejs-interview.md")
}

fn deckc(arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_deckc")).args(arguments).output().expect("deckc runs");
    let text = String::from_utf8_lossy(&output.stdout);
    (output.status.code().expect("deckc ends by itself"), serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn findings(path: &Path) -> Vec<Value> {
    let (_, json) = deckc(&["check", "--format", "json", path.to_str().expect("a plain path")]);
    json["findings"].as_array().expect("findings").clone()
}

fn notes(path: &Path) -> Vec<Value> {
    let (_, json) = deckc(&["inspect", "--format", "json", path.to_str().expect("a plain path")]);
    json["files"][0]["notes"].as_array().expect("notes").clone()
}

/// First and last line of every label.
fn places(finding: &Value) -> Vec<(u64, u64)> {
    let labels = finding["labels"].as_array().expect("labels");
    labels.iter().map(|label| (line(&label["start"]), line(&label["end"]))).collect()
}

fn line(position: &Value) -> u64 {
    position["line"].as_u64().expect("a line")
}

#[test]
fn every_question_has_its_own_answer() {
    let Some(seed) = seed() else { return };
    let notes = notes(&seed);
    assert_eq!(notes.len(), 41);
    let at = |question: u64| {
        let note = notes.iter().find(|note| note["question_line"] == question).expect("a note of this line");
        (
            note["answer_lines"][0].as_u64(),
            note["answer_lines"][1].as_u64(),
            note["section"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(at(12), (Some(1740), Some(1810), Some("Architecture & Design Patterns".to_owned())));
    assert_eq!(at(52), (Some(715), Some(743), Some("Security".to_owned())));
    // In order, but for the one that stands at the end of the file: none took another's answer.
    let starts: Vec<u64> = notes
        .iter()
        .filter(|note| note["question_line"] != 12)
        .filter_map(|note| note["answer_lines"][0].as_u64())
        .collect();
    assert_eq!(starts.len(), 40);
    assert!(starts.is_sorted());
    let sections: std::collections::BTreeSet<&str> = notes.iter().filter_map(|note| note["section"].as_str()).collect();
    assert_eq!(sections.len(), 8);
}

#[test]
fn its_findings_are_few_and_right() {
    let Some(seed) = seed() else { return };
    let mut found: Vec<(String, Vec<(u64, u64)>)> = findings(&seed)
        .iter()
        .map(|finding| (finding["lint"].as_str().expect("a lint").to_owned(), places(finding)))
        .collect();
    found.sort();
    let expected = [
        ("chat-leftover", vec![(1, 1)]),
        ("chat-leftover", vec![(89, 89)]),
        ("chat-leftover", vec![(1814, 1816)]),
        ("fence-without-language", vec![(901, 901)]),
        ("mismatched-title", vec![(715, 715), (52, 52)]),
        ("misplaced-answer", vec![(1740, 1740), (12, 12)]),
        ("number-repeat", vec![(21, 21), (12, 12)]),
    ];
    let expected: Vec<(String, Vec<(u64, u64)>)> =
        expected.into_iter().map(|(lint, places)| (lint.to_owned(), places)).collect();
    assert_eq!(found, expected);
}

/// What CommonMark makes of the lines that are answers, read without deckc's help: headings of the first three levels
/// above line 1736 are titles, and what stands before line 97 and behind line 1810 is no answer.
fn expected_answers(text: &str) -> (Vec<String>, usize, usize, String) {
    let line_of = |byte: usize| text[..byte].matches('\n').count() + 1;
    let options = deckc::markdown::options();
    let (mut code, mut items, mut nested, mut words) = (Vec::new(), 0, 0, String::new());
    let (mut depth, mut in_title, mut in_code) = (0, false, None::<String>);
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        let line = line_of(range.start);
        if !((97..=1735).contains(&line) || (1741..=1810).contains(&line)) {
            continue;
        }
        match event {
            Event::Start(Tag::Heading { .. }) => in_title = line <= 1735,
            Event::End(TagEnd::Heading(_)) => in_title = false,
            Event::Start(Tag::CodeBlock(_)) => in_code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => code.extend(in_code.take()),
            Event::Start(Tag::List(_)) => depth += 1,
            Event::End(TagEnd::List(_)) => depth -= 1,
            Event::Start(Tag::Item) => {
                items += 1;
                nested += usize::from(depth > 1);
            }
            Event::Text(part) | Event::Code(part) if !in_title => {
                if let Some(code) = &mut in_code {
                    code.push_str(&part);
                }
                words.push_str(&part);
            }
            _ => {}
        }
    }
    (code, items, nested, letters(&words))
}

/// The answer fields of a package in source order, the one of the misplaced answer last.
fn answer_fields(package: &Path) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(package).expect("a package")).expect("a zip");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("collection.anki2");
    let mut entry = archive.by_name("collection.anki2").expect("a collection");
    std::io::copy(&mut entry, &mut std::fs::File::create(&database).expect("a file")).expect("a copy");
    let connection = rusqlite::Connection::open(&database).expect("a database");
    let mut statement = connection.prepare("select flds from notes order by id").expect("a query");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let mut answers: Vec<String> =
        rows.map(|row| row.expect("a row").split('\u{1f}').nth(1).expect("an answer").to_owned()).collect();
    let misplaced = answers.remove(5);
    answers.push(misplaced);
    answers
}

fn without_tags(html: &str) -> String {
    let text = regex::Regex::new(r"<[^>]*>").expect("valid").replace_all(html, "").into_owned();
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#91;", "["),
        ("&#92;", "\\"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character))
}

/// White space between blocks depends on the writer of the HTML; letters don't.
fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_package_holds_every_word_list_and_line_of_code() {
    let Some(seed) = seed() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a plain path");
    let lock = folder.path().join("deckc.lock");
    let lock = lock.to_str().expect("a plain path");
    deckc(&["build", seed.to_str().expect("a plain path"), "--out", out, "--lock", lock]);
    let answers = answer_fields(&folder.path().join("nodejs-interview.apkg"));
    let html = answers.join("\n");
    let text = std::fs::read_to_string(&seed).expect("the seed");
    let (code, items, nested, words) = expected_answers(&text);
    assert_eq!((code.len(), items, nested), (54, 689, 340), "the seed is not what it was");

    let blocks = regex::Regex::new(r"(?s)<pre[^>]*>(.*?)</pre>").expect("valid");
    let found: Vec<String> = blocks.captures_iter(&html).map(|block| without_tags(&block[1])).collect();
    assert_eq!(found, code);
    assert_eq!(html.matches("<li>").count(), items);
    assert_eq!(html.matches("<table>").count(), 1);
    let mut depth = 0;
    let tags = regex::Regex::new(r"</?(?:ul|ol|li)\b[^>]*>").expect("valid");
    let found_nested = tags.find_iter(&html).filter(|tag| {
        match tag.as_str() {
            tag if tag.starts_with("</ul") || tag.starts_with("</ol") => depth -= 1,
            tag if tag.starts_with("<ul") || tag.starts_with("<ol") => depth += 1,
            _ => {}
        }
        tag.as_str() == "<li>" && depth > 1
    });
    assert_eq!(found_nested.count(), nested);
    let found = letters(&without_tags(&html));
    let same = found.chars().zip(words.chars()).take_while(|(found, wanted)| found == wanted).count();
    assert!(
        found == words,
        "the words differ behind {:?}",
        words.chars().skip(same.saturating_sub(60)).take(90).collect::<String>()
    );
    for left in ["Here’s a list", "Would you like me", "planning for the future", "Want a real-world"] {
        assert!(!html.contains(left), "{left} is in a note");
    }
}

/// Each mutant has one planted defect. It must be found at its line, and nothing else that the seed has not.
#[test]
fn every_planted_defect_is_found_at_its_line() {
    let (Some(seed), Some(script)) = (seed(), shared("tools/mutate_seed.py")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let made = Command::new("python3").arg(script).arg(&seed).arg(folder.path()).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 is not here");
        return;
    }
    let describe = |finding: &Value| (finding["lint"].to_string(), finding["message"].to_string());
    let base: Vec<Value> = findings(&seed);
    let manifest = std::fs::read_to_string(folder.path().join("MANIFEST.tsv")).expect("a manifest");
    let mutants: Vec<&str> = manifest.lines().collect();
    assert_eq!(mutants.len(), 23);
    for row in mutants {
        let mut columns = row.split('\t');
        let name = columns.next().expect("a name");
        let lines: Vec<u64> =
            columns.next().expect("lines").split(',').map(|line| line.parse().expect("a line")).collect();
        let hits = |finding: &&Value| {
            places(finding).iter().any(|&(first, last)| lines.iter().any(|line| (first..=last).contains(line)))
        };
        let mut found = findings(&folder.path().join(format!("{name}.md")));
        // A finding of the seed may look the same as the planted one: the seed's own is the one elsewhere.
        found.sort_by_key(|finding| hits(&finding));
        let mut known: Vec<(String, String)> = base.iter().map(describe).collect();
        let fresh: Vec<&Value> = found
            .iter()
            .filter(|finding| {
                let at = known.iter().position(|known| *known == describe(finding));
                at.map(|at| known.swap_remove(at)).is_none()
            })
            .collect();
        if name == "00_base" {
            assert!(fresh.is_empty() && found.iter().any(|finding| hits(&finding)), "{name}");
            continue;
        }
        // A question taken off the list leaves a gap and an answer that no question asks for: both show it.
        let expected = if name == "01_gap" { 2 } else { 1 };
        assert!(fresh.iter().any(hits), "{name}: {lines:?} is not among {fresh:#?}");
        assert!(fresh.len() <= expected, "{name}: more than its defect explains: {fresh:#?}");
    }
}

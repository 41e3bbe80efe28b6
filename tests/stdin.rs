//! `check --stdin`.

#[path = "support/home.rs"]
mod home;

use home::Home;

const REPEATED: &str = "# Deck\n\n## 1. What is a heap?\n\nA tree.\n\n## 2. What?\n\nA list.\n\n## 2. Who?\n\nMe.\n";

#[test]
fn findings_have_the_name_of_the_file_to_be() {
    let ran = Home::new().deckc_on(REPEATED, &["check", "--stdin", "--stdin-filename", "a/b.md", "--format=concise"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("a/b.md:11:4: warn[number-repeat]"), "{}", ran.stdout);
}

#[test]
fn the_file_itself_is_not_read() {
    let home = Home::with("deck.md", "# Nothing\n");
    let ran = home.deckc_on(REPEATED, &["check", "--stdin", "--stdin-filename", "deck.md", "--format=concise"]);
    assert!(ran.stdout.starts_with("deck.md:11:4: warn[number-repeat]"), "{}", ran.stdout);
}

#[test]
fn settings_and_images_of_that_place_count() {
    let home = Home::with("notes/deckc.toml", "[lints]\nnumbers = \"allow\"\n");
    home.add("notes/tree.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
    let text = format!("{REPEATED}\n## How?\n\n![](tree.svg)\n");
    let ran = home.deckc_on(&text, &["check", "--stdin", "--stdin-filename", "notes/deck.md"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "no findings in 1 file (4 notes)\n"));
    assert_eq!(home.deckc_on(&text, &["check", "--stdin", "--stdin-filename", "deck.md"]).code, 1);
}

#[test]
fn bytes_that_are_no_text_are_a_finding() {
    let ran = Home::new().deckc_on(b"## What?\n\ncaf\xe9\n", &["check", "--stdin", "--format=concise"]);
    assert!(ran.stdout.starts_with("stdin.md:3:4: deny[invalid-encoding]"), "{}", ran.stdout);
}

#[test]
fn nothing_is_no_question() {
    let ran = Home::new().deckc_on("", &["check", "--stdin", "--format=concise"]);
    assert!(ran.stdout.contains("warn[no-questions]"), "{}", ran.stdout);
}

#[test]
fn files_beside_it_are_a_mistake() {
    let ran = Home::new().deckc_on("", &["check", "--stdin", "deck.md"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
}

//! Questions asked in two files of one deck.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/home.rs"]
mod home;

use home::{Home, Ran};

const ONE_DECK: &str = "deck = \"Medicine\"\n";
const FIRST: &str = "## What is an antibody?\n\nA protein that binds to one antigen.\n\n\
                     ## How does a vaccine work?\n\nIt shows the immune system an antigen.\n";

/// Two files below `source/`, and the settings of their project.
fn project(settings: &str, second: &str) -> Home {
    let home = Home::with("deckc.toml", settings);
    home.add("source/a.md", FIRST);
    home.add("source/b.md", second);
    home
}

fn asked_again(question: &str, answer: &str) -> String {
    format!("## What is a virus?\n\nA parasite of cells.\n\n## {question}\n\n{answer}\n")
}

fn json(home: &Home, options: &[&str]) -> serde_json::Value {
    let ran = home.deckc(&[&["check", "--format", "json"], options].concat());
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Lint, level, and the files and lines of the labels, the primary one first.
fn found(home: &Home, options: &[&str]) -> Vec<String> {
    let report = json(home, options);
    let of = |finding: &serde_json::Value| {
        let place = |label: &serde_json::Value| {
            let path = label.get("path").or_else(|| finding.get("path")).and_then(|path| path.as_str()).unwrap();
            format!("{}:{}", path.rsplit('/').next().unwrap(), label.pointer("/start/line").unwrap())
        };
        let text = |key: &str| finding.get(key).unwrap().as_str().unwrap().to_owned();
        let places: Vec<String> = finding.get("labels").unwrap().as_array().unwrap().iter().map(place).collect();
        format!("{} {} {}", text("lint"), text("level"), places.join(" "))
    };
    report.get("findings").unwrap().as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_question_with_another_answer_is_denied_in_the_later_file() {
    let home = project(ONE_DECK, &asked_again("What is an *antibody*", "What B cells make."));
    assert_eq!(found(&home, &[]), ["duplicate-question deny b.md:5 a.md:1"]);
}

#[test]
fn a_card_is_learnt_twice() {
    let home = project(ONE_DECK, &asked_again("What is an antibody?", "A protein that *binds* to one antigen."));
    assert_eq!(found(&home, &[]), ["duplicate-card warn b.md:5 a.md:1"]);
}

#[test]
fn a_question_in_nearly_the_same_words_is_a_warning() {
    let home = project(ONE_DECK, &asked_again("How do vaccines work?", "They train it without the disease."));
    assert_eq!(found(&home, &[]), ["near-duplicate-question warn b.md:5 a.md:5"]);
}

#[test]
fn one_word_makes_another_question() {
    let home = project(ONE_DECK, &asked_again("What is an antigen?", "What an antibody binds to."));
    assert_eq!(found(&home, &[]), Vec::<String>::new());
}

#[test]
fn files_of_two_decks_are_not_compared() {
    let second = asked_again("What is an antibody?", "What B cells make.");
    for settings in ["", "deck = \"Medicine\"\nsubdecks = \"files\"\n"] {
        assert_eq!(found(&project(settings, &second), &[]), Vec::<String>::new(), "{settings}");
    }
    let home = project("", &format!("---\ndeck: Immunology\n---\n\n{second}"));
    assert_eq!(found(&home, &[]), Vec::<String>::new());
}

#[test]
fn front_matter_makes_a_deck_of_two_files() {
    let home = project("", &format!("---\ndeck: a\n---\n\n{}", asked_again("What is an antibody?", "A protein.")));
    assert_eq!(found(&home, &[]), ["duplicate-question deny b.md:9 a.md:1"]);
}

#[test]
fn code_tells_questions_of_one_title_apart() {
    let outputs = |code: &str, answer: &str| format!("## What is the output?\n\n```js\n{code}\n```\n\n{answer}\n");
    let home = project(ONE_DECK, &outputs("console.log(2);", "A number above one."));
    home.add("source/a.md", outputs("console.log(1);", "A number."));
    assert_eq!(found(&home, &[]), Vec::<String>::new());
    home.add("source/a.md", outputs("console.log(2);", "A number."));
    assert_eq!(found(&home, &[]), ["duplicate-question deny b.md:1 a.md:1"]);
}

#[test]
fn a_question_without_an_answer_makes_no_card() {
    let home = project(ONE_DECK, "1. What is a virus?\n2. What is an antibody?\n3. What is a toxin?\n");
    assert!(!found(&home, &[]).iter().any(|finding| finding.starts_with("duplicate")), "{:?}", found(&home, &[]));
}

#[test]
fn what_a_file_asks_twice_itself_is_told_once() {
    let twice =
        asked_again("What is an antibody?", "What B cells make.") + "\n## What is an antibody?\n\nA part of blood.\n";
    let home = project(ONE_DECK, &twice);
    assert_eq!(found(&home, &[]), ["duplicate-question deny b.md:5 a.md:1", "duplicate-question deny b.md:9 b.md:5"]);
}

#[test]
fn many_are_gathered_in_the_later_file() {
    let text = |answer: &str| {
        let card = |at: usize| format!("## What is bone number {at}?\n\n{answer} {at}\n\n");
        (0..9).map(card).collect::<String>()
    };
    let home = project(ONE_DECK, &text("The one after bone"));
    home.add("source/a.md", text("Bone"));
    let found = found(&home, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found.concat().starts_with("duplicate-question deny b.md:1 b.md:5 "), "{found:?}");
}

#[test]
fn the_level_is_that_of_the_later_file() {
    let lowered = "---\nlints:\n  duplicate-question: warn\n---\n\n";
    let second = asked_again("What is an antibody?", "What B cells make.");
    let home = project(ONE_DECK, &format!("{lowered}{second}"));
    assert_eq!(found(&home, &[]), ["duplicate-question warn b.md:10 a.md:1"]);
    home.add("source/b.md", &second);
    home.add("source/a.md", format!("{lowered}{FIRST}"));
    assert_eq!(found(&home, &[]), ["duplicate-question deny b.md:5 a.md:6"]);
}

#[test]
fn a_comment_allows_it_and_is_not_taken_for_needless_where_the_other_file_is_not_looked_at() {
    let second = "<!-- deckc allow-file: duplicate-question -->\n\n".to_owned()
        + &asked_again("What is an antibody?", "What B cells make.");
    let home = project(ONE_DECK, &second);
    assert_eq!(found(&home, &[]), Vec::<String>::new());
    assert_eq!(found(&home, &["source/b.md"]), Vec::<String>::new());
    home.deckc(&["check", "--fix"]);
    assert_eq!(home.read("source/b.md"), second);
}

#[test]
fn a_baseline_knows_it_again() {
    let home = project(ONE_DECK, &asked_again("What is an antibody?", "What B cells make."));
    let Ran { code, .. } = home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(code, 0);
    home.add("source/a.md", format!("## What is blood?\n\nA tissue.\n\n{FIRST}"));
    home.deckc(&["check", "--baseline", "known.json"]).is_clean();
}

#[test]
fn a_denied_one_keeps_the_deck_from_being_built() {
    let home = project(ONE_DECK, &asked_again("What is an antibody?", "What B cells make."));
    let ran = home.build(&[]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(!home.path("out").exists());
}

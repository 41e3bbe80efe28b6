//! Levels of lints: on the command line, and in a `deckc.toml` for some files only.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::io::Write;
use std::process::Stdio;

use home::{Home, Ran};

/// A gap in the numbers, one question that has no answer, and a link to a file of its own.
const DECK: &str = "# Tides\n\n## 1. What is a spring tide?\n\nA high one.\n\n## 3. What is a neap tide?\n\n\
                    ## 4. What pulls?\n\nSee [the moon](moon.md).\n";

fn home() -> Home {
    let home = Home::with("source/tides.md", DECK);
    home.add("source/old/waves.md", DECK);
    home
}

/// `path lint level`, each once.
fn found(home: &Home, options: &[&str]) -> Vec<String> {
    let ran = home.deckc(&[&["check", "--format", "json"], options].concat());
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    let findings = report["findings"].as_array().expect("findings");
    let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    let line = |finding| format!("{} {} {}", word(finding, "path"), word(finding, "lint"), word(finding, "level"));
    findings.iter().map(line).collect()
}

/// What is found in the first file.
fn in_tides(home: &Home, options: &[&str]) -> Vec<String> {
    found(home, &[options, &["source/tides.md"]].concat())
        .iter()
        .map(|line| line.replace("source/tides.md ", ""))
        .collect()
}

fn fails(ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(all.contains(said), "{said:?} is not in {all}");
}

#[test]
fn levels_are_short_and_may_stand_in_a_list() {
    let home = home();
    let all = in_tides(&home, &[]);
    assert_eq!(all, ["empty-answer warn", "number-gap warn", "broken-link warn"]);
    assert_eq!(in_tides(&home, &["-A", "number-gap,empty-answer"]), ["broken-link warn"]);
    assert_eq!(in_tides(&home, &["-Anumbers", "-A", "answers", "-D", "broken-link"]), ["broken-link deny"]);
    assert_eq!(in_tides(&home, &["--allow", "numbers, answers"]), ["broken-link warn"]);
}

#[test]
fn what_is_more_specific_wins_in_any_order() {
    let home = home();
    for options in [["-A", "all", "-D", "numbers"], ["-D", "numbers", "-A", "all"]] {
        assert_eq!(in_tides(&home, &options), ["number-gap deny"]);
    }
    for options in [["-A", "numbers", "-D", "number-gap"], ["-D", "number-gap", "-A", "numbers"]] {
        assert!(in_tides(&home, &options).contains(&"number-gap deny".to_owned()), "{options:?}");
    }
    assert_eq!(in_tides(&home, &["-D", "all", "-A", "numbers,links"]), ["empty-answer deny"]);
}

#[test]
fn one_name_has_one_level_and_must_be_known() {
    let home = home();
    fails(&home.deckc(&["check", "-A", "number-gap", "-D", "number-gap"]), 2, "`number-gap` is given two levels");
    fails(&home.deckc(&["check", "-A", "number-gab"]), 2, "there is no lint `number-gab`");
    fails(&home.deckc(&["check", "-A", "number-gab"]), 2, "did you mean `number-gap`?");
    fails(&home.deckc(&["check", "-A", "number-gap,"]), 2, "there is no lint ``");
    fails(&home.deckc(&["check", "-A", "broken-lock"]), 2, "can't be lowered");
}

#[test]
fn all_does_not_lower_what_guards_reviews() {
    let home = home();
    home.add("deckc.lock", "no lock\n");
    fails(&home.deckc(&["check", "-A", "all"]), 1, "broken-lock");
}

#[test]
fn so_many_warnings_pass() {
    let home = home();
    for (options, code) in [
        (&["--max-warnings", "3"][..], 0),
        (&["--max-warnings", "2"], 1),
        (&["--max-warnings", "0"], 1),
        (&["--max-warnings", "0", "-A", "all"], 0),
        (&["--max-warnings", "3", "--fail-on", "deny"], 0),
        (&["--max-warnings", "2", "--fail-on", "deny"], 1),
        (&["--max-warnings", "9", "-D", "number-gap"], 1),
    ] {
        let ran = home.deckc(&[&["check", "source/tides.md"], options].concat());
        assert_eq!(ran.code, code, "{options:?}: {}{}", ran.stdout, ran.stderr);
    }
    let ran = home.deckc(&["check", "source/tides.md", "--max-warnings", "2"]);
    fails(&ran, 1, "\n3 warnings, more than the 2 of `--max-warnings`\n");
}

#[test]
fn warnings_are_counted_alike_in_every_format() {
    let deck: String = ('a'..='t').map(|letter| format!("## What does {letter}-{letter}{letter} mean?\n\n")).collect();
    let home = Home::with("source/many.md", deck + "## What is the end?\n\nThis.\n");
    for format in ["fancy", "concise", "json", "sarif", "gitlab", "junit", "github"] {
        let ran = home.deckc(&["check", "--format", format, "--max-warnings", "1"]);
        assert_eq!(ran.code, 0, "{format}: {}{}", ran.stdout, ran.stderr);
        let ran = home.deckc(&["check", "--format", format, "--max-warnings", "0"]);
        fails(&ran, 1, "1 warning, more than the 0 of `--max-warnings`");
        let is_for_people = ["fancy", "concise"].contains(&format);
        assert_eq!(ran.stderr.is_empty(), is_for_people, "{format}");
    }
}

#[test]
fn overrides_hold_for_their_files_and_the_last_wins() {
    let home = home();
    home.add(
        "deckc.toml",
        "tags = ['all']\n[lints]\nanswers = 'allow'\n[[overrides]]\npaths = ['source/old/**']\ntags = ['old']\n\
         [overrides.lints]\nall = 'deny'\n[[overrides]]\npaths = ['**/waves.md']\n[overrides.lints]\nnumbers = 'allow'\n",
    );
    assert_eq!(
        found(&home, &[]),
        [
            "source/old/waves.md empty-answer deny",
            "source/old/waves.md broken-link deny",
            "source/tides.md number-gap warn",
            "source/tides.md broken-link warn"
        ]
    );
    let built = home.deckc(&["build", "-A", "all", "--formats", "json"]);
    assert_eq!(built.code, 0, "{}{}", built.stdout, built.stderr);
    assert!(home.read("out/old/waves.json").contains("\"old\""));
    assert!(!home.read("out/tides.json").contains("\"old\""));
}

#[test]
fn front_matter_wins_over_overrides_and_the_command_line_over_both() {
    let home = home();
    home.add("deckc.toml", "[[overrides]]\npaths = ['source']\n[overrides.lints]\nnumber-gap = 'deny'\nanswers = 'allow'\nlinks = 'allow'\n");
    assert_eq!(in_tides(&home, &[]), ["number-gap deny"]);
    home.add("source/tides.md", format!("---\ndeckc:\n  lints: {{number-gap: warn}}\n---\n{DECK}"));
    assert_eq!(in_tides(&home, &[]), ["number-gap warn"]);
    assert_eq!(in_tides(&home, &["-A", "numbers"]), [""; 0]);
}

#[test]
fn overrides_are_the_same_from_every_folder_and_for_standard_input() {
    let home = home();
    home.add("deckc.toml", "[[overrides]]\npaths = ['source/old']\n[overrides.lints]\nall = 'allow'\n");
    assert_eq!(found(&home, &["source/old"]), [""; 0]);
    let ran =
        Home::command(&home).current_dir(home.path("source/old")).args(["check", "waves.md"]).output().expect("deckc");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    for (name, code) in [("source/old/new.md", 0), ("source/new.md", 1)] {
        let mut command = home.command();
        command.args(["check", "--stdin", "--stdin-filename", name]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().expect("deckc");
        child.stdin.take().expect("a pipe").write_all(DECK.as_bytes()).expect("a reader");
        assert_eq!(child.wait().expect("an end").code(), Some(code), "{name}");
    }
}

#[test]
fn mistakes_in_overrides_are_told_at_their_place() {
    for (text, said) in [
        ("[[overrides]]\ndeck = 'x'\n", "these overrides name no files"),
        ("[[overrides]]\npaths = ['a[']\n", "`a[` is no pattern of paths"),
        ("[[overrides]]\npaths = ['../a']\n", "leads out of the project"),
        ("[[overrides]]\npaths = [1]\n", "`paths` should be a text, not a number"),
        ("[[overrides]]\npaths = []\n", "`paths` should be a list of patterns, not an empty list"),
        ("[[overrides]]\npaths = ['a']\nout = 'x'\n", "`out` can't be set for some files"),
        ("[[overrides]]\npaths = ['a']\ntgas = ['x']\n", "did you mean `tags`?"),
        ("[[overrides]]\npaths = ['a']\n[overrides.lints]\nnumber-gab = 'deny'\n", "did you mean `number-gap`?"),
        ("overrides = 5\n", "`overrides` should be a list of tables, not a number"),
        ("overrides = [5]\n", "`overrides` should be a list of tables, not a number"),
    ] {
        let home = home();
        home.add("deckc.toml", text);
        let ran = home.deckc(&["check"]);
        fails(&ran, 2, said);
        assert!(ran.stderr.contains("deckc.toml:"), "{}", ran.stderr);
    }
}

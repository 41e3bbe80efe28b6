//! However many threads there are, the output is the same to the byte.
#![expect(clippy::unwrap_used, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::fmt::Write as _;
use std::process::Command;

use home::{Files, Home};

/// All formats.
const BUILD: &[&str] = &["build", "--allow", "duplicates,numbers"];
const THREADS: [&str; 3] = ["1", "2", "8"];

/// Notes of which many have something wrong: a number that is missing, a question of another file, code in an unknown
/// language.
fn deck(file: usize, notes: usize) -> String {
    let mut text = format!("# Deck {file}\n\n");
    for note in 1..=notes {
        let number = note + usize::from(note % 17 == 0);
        let question = if note % 13 == 0 { note } else { note + file * 10_000 };
        let language = ["js", "rust", "no-such", ""].get(note % 4).unwrap();
        write!(
            text,
            "## {number}. How does queue {question} hold back its writers?\n\nIt counts **{note}** and waits.\n\n- one\n- \
             two\n\n```{language}\nconst a{note} = await queue.get({file});\n```\n\n"
        )
        .unwrap();
    }
    text
}

/// What a command says, and the files that are there after it.
fn run(threads: &str, decks: &[(usize, usize)], arguments: &[&str]) -> (String, String, Files) {
    let home = Home::new();
    for (file, notes) in decks {
        home.add(&format!("source/deck-{file:02}.md"), deck(*file, *notes));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_deckc"));
    command.args(arguments).current_dir(home.path("")).env("SOURCE_DATE_EPOCH", "1767225600");
    let ran = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let mut shown = said(ran.stdout);
    if let Some(build) = shown.find("\nbuilt ") {
        // How long it took.
        shown.truncate(build);
    }
    (shown, said(ran.stderr), home.files())
}

#[track_caller]
fn is_the_same(decks: &[(usize, usize)], arguments: &[&str]) {
    let [one, others @ ..] = THREADS.map(|threads| run(threads, decks, arguments));
    for (threads, other) in THREADS.iter().skip(1).zip(others) {
        assert!(one.0.len() > 100 && one.1.is_empty(), "{}{}", one.0, one.1);
        assert_eq!(one.0, other.0, "standard output with {threads} threads");
        assert_eq!(one.1, other.1, "standard error with {threads} threads");
        let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&one.2), names(&other.2), "files with {threads} threads");
        for (name, bytes) in &one.2 {
            assert!(other.2.get(name) == Some(bytes), "{name} with {threads} threads");
        }
    }
}

fn many() -> Vec<(usize, usize)> {
    (0..12).map(|file| (file, 20 + file * 5)).collect()
}

#[test]
fn a_check_of_many_files() {
    is_the_same(&many(), &["check", "--format", "json"]);
}

#[test]
fn a_check_of_one_huge_file() {
    is_the_same(&[(1, 2_000)], &["check", "--format", "json"]);
}

#[test]
fn a_build_of_many_files() {
    is_the_same(&many(), BUILD);
}

#[test]
fn a_build_of_one_huge_file() {
    is_the_same(&[(1, 600)], BUILD);
}

//! `deckc diff` against packages and revisions of git; against the lock it is tried in `tests/cmd/identity.trycmd`.

#[path = "support/home.rs"]
mod home;

use std::fs;
use std::process::Command;

use home::{Home, Ran};

const DECK: &str = "\
# Numbers

## What is one?

The first number, and the smallest of those that count.

## What is two?

The number behind one; the only even prime there is.
";

/// A deck that was built.
fn built() -> Home {
    let home = Home::with("source/numbers.md", DECK);
    home.deckc(&["build"]).is_clean();
    home
}

/// The deck in a repository of git, with one commit; none where git is missing.
fn committed() -> Option<Home> {
    let home = built();
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "one"]] {
        let mut git = Command::new("git");
        git.current_dir(home.path(".")).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments);
        if !git.output().is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "git must be there under CI");
            return None;
        }
    }
    Some(home)
}

fn edit(home: &Home, old: &str, new: &str) {
    let text = home.read("source/numbers.md");
    assert!(text.contains(old), "{old}");
    home.add("source/numbers.md", text.replace(old, new));
}

/// What it says, without the number of a search.
fn said(ran: &Ran) -> String {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let lines = ran.stdout.lines().map(|line| if line.starts_with("  nid:") { "  nid:…" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn against_a_package() {
    let home = built();
    fs::rename(home.path("out/numbers.apkg"), home.path("old.apkg")).unwrap();
    edit(&home, "the only even prime", "the one even prime");
    edit(&home, "## What is one?", "## What is a half?\n\nOne part of two.\n\n## Which number is one?");
    let expected = "\
new source/numbers.md:3: What is a half?
changed source/numbers.md:7: Which number is one?
  question: [-What-]{+Which number+} is one?
changed source/numbers.md:11: What is two?
  answer: The number behind one; the [-only-]{+one+} even prime there is.

1 new, 2 changed, 0 moved, 0 retired, 0 unchanged";
    assert_eq!(said(&home.deckc(&["diff", "old.apkg"])), expected);
}

#[test]
fn against_a_package_a_note_that_is_gone_can_be_found_in_anki() {
    let home = built();
    fs::rename(home.path("out/numbers.apkg"), home.path("old.apkg")).unwrap();
    home.add("source/numbers.md", DECK.split("## What is two").next().unwrap());
    let expected = "\
retired: What is two?

0 new, 0 changed, 0 moved, 1 retired, 1 unchanged
this search finds the note that is gone in Anki:
  nid:…";
    assert_eq!(said(&home.deckc(&["diff", "old.apkg"])), expected);
}

#[test]
fn against_a_revision() {
    let Some(home) = committed() else { return };
    edit(&home, "the only even prime", "the one even prime");
    home.deckc(&["build"]).is_clean();
    let expected = "\
changed source/numbers.md:7: What is two?
  answer: The number behind one; the [-only-]{+one+} even prime there is.

0 new, 1 changed, 0 moved, 0 retired, 1 unchanged";
    assert_eq!(said(&home.deckc(&["diff", "HEAD"])), expected);
    home.deckc(&["diff", "gone"]).fails(
        "`gone` is no file, no folder, no package and no revision of git: git does not know it",
        "name a package such as `out/deck.apkg`, or a revision such as `HEAD~1` or `v1.0`",
    );
}

#[test]
fn against_a_revision_before_there_was_a_lock() {
    let Some(home) = committed() else { return };
    let mut git = Command::new("git");
    git.current_dir(home.path(".")).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
    assert!(git.args(["rm", "--quiet", "--cached", "deckc.lock"]).status().unwrap().success());
    let mut git = Command::new("git");
    git.current_dir(home.path(".")).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
    assert!(git.args(["commit", "--quiet", "--message", "without"]).status().unwrap().success());
    edit(&home, "## What is two?", "## Which number is two?");
    let expected = "\
changed source/numbers.md:7: Which number is two?
  question: [-What-]{+Which number+} is two?

0 new, 1 changed, 0 moved, 0 retired, 1 unchanged";
    assert_eq!(said(&home.deckc(&["diff", "HEAD"])), expected);
}

#[test]
fn against_a_revision_in_which_the_file_had_another_name() {
    let Some(home) = committed() else { return };
    fs::rename(home.path("source/numbers.md"), home.path("source/counting.md")).unwrap();
    let expected = "\
moved source/counting.md:3: What is one?
  deck: `numbers` to `counting`
  from source/numbers.md
moved source/counting.md:7: What is two?
  deck: `numbers` to `counting`
  from source/numbers.md

0 new, 0 changed, 2 moved, 0 retired, 0 unchanged";
    assert_eq!(said(&home.deckc(&["diff", "HEAD", "source/counting.md"])), expected);
}

#[test]
fn files_that_are_no_packages() {
    let home = built();
    home.add("text.apkg", "no zip");
    let ran = home.deckc(&["diff", "text.apkg"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: `text.apkg` is no Anki package: "), "{}", ran.stderr);
    home.deckc(&["diff", "gone.apkg"])
        .fails("cannot read `gone.apkg`: no such file or directory", "check the name and the permissions of the file");
}

#[test]
fn programs_get_every_kind_of_change() {
    let home = built();
    edit(&home, "the only even prime", "the one even prime");
    let json: serde_json::Value = serde_json::from_str(&home.deckc(&["diff", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["schema_version"], 1);
    for kind in ["new", "moved", "retired"] {
        assert_eq!(json[kind].as_array().map(Vec::len), Some(0), "{kind}");
    }
    assert_eq!(json["unchanged"], 1);
    let changed = &json["changed"][0];
    assert_eq!(changed["question"], "What is two?");
    assert_eq!(changed["answer_diff"][1], serde_json::json!({"op": "delete", "text": "only"}));
    assert_eq!(changed["after"]["question_line"], 7);
}

//! What files were understood as is kept for the next run: it changes nothing but the time a run takes.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test may panic, and changes files")]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/home.rs"]
mod home;

use std::fs;
use std::path::PathBuf;

use home::{Home, Ran};

/// What of a file is worth keeping in more ways than one: front matter, broken fences, footnotes, choices, gaps, repeats.
const ODD: &str = "---\ntags: [odd]\nsubject: nothing of ours\n---\n\n# Odd\n\n## What is `a`?\n\nA *letter*[^1], see [b][b]. \
                   &amp; $x$\n\n## Which one?\n\n- [ ] this\n- [x] that\n\n## What is `a`?\n\nA letter again.\n\n\
                   ## What breaks?\n\n```js\nlet a = 1;\n```js\n\nHidden.\n\n[^1]: Of the alphabet.\n[b]: b.md \"b\"\n";

/// A hundred files, together worth it.
fn home() -> Home {
    let home = Home::new();
    for number in 0..100 {
        let note = |n: usize| format!("## What is {number} and {n}?\n\n{}\n\n", "So much. ".repeat(60));
        home.add(&format!("source/n{number:02}.md"), (0..20).map(note).collect::<String>());
    }
    home.add("source/odd.md", ODD);
    home
}

fn run(home: &Home, arguments: &[&str]) -> Ran {
    // What is said again is not understood.
    forget::transcripts(&home.path("cache"));
    let mut command = home.command();
    command.env("DECKC_CACHE_DIR", home.path("cache")).env("SOURCE_DATE_EPOCH", "1700000000");
    Ran::of(command.args(arguments))
}

/// A check with a cache that says what one without says.
fn check(home: &Home, options: &[&str]) {
    let of = |more: &[&str]| run(home, &[&["check", "-W", "all", "--format", "json"], options, more].concat());
    let (with, without) = (of(&[]), of(&["--no-cache"]));
    assert_eq!((with.code, &with.stderr), (without.code, &without.stderr));
    assert!(with.stdout == without.stdout, "{} {}", with.stdout, without.stdout);
}

/// What was kept.
fn kept(home: &Home) -> PathBuf {
    let files = fs::read_dir(home.path("cache")).unwrap().map(Result::unwrap);
    let files = files.filter(|file| file.file_name().to_string_lossy().starts_with("parsed-"));
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// Whether any file has to be recognised.
fn recognises(home: &Home, options: &[&str]) -> bool {
    let told = run(home, &[&["check", "--timings"], options].concat()).stderr;
    let line = told.lines().find(|line| line.trim_start().starts_with("recognise ")).unwrap();
    !line.ends_with(" 0.00 ms")
}

#[test]
fn a_second_run_understands_nothing_anew_and_says_the_same() {
    let home = home();
    check(&home, &[]);
    assert!(!recognises(&home, &[]));
    check(&home, &[]);
}

#[test]
fn a_run_without_a_cache_keeps_nothing() {
    let home = home();
    run(&home, &["check", "--no-cache"]);
    assert!(!home.path("cache").exists());
}

#[test]
fn little_is_not_kept() {
    let home = Home::with("source/odd.md", ODD);
    run(&home, &["check"]);
    assert!(!home.path("cache").exists());
}

#[test]
fn files_are_known_by_what_is_in_them_wherever_they_stand() {
    let home = home();
    check(&home, &[]);
    home.add("source/a.md", "## What comes first?\n\nThis.\n\n## What comes first?\n\nThat.\n");
    home.add("source/n50.md", "## What is new?\n\nThis.\n\n## What is new?\n\nThat.\n");
    check(&home, &[]);
    fs::remove_file(home.path("source/a.md")).unwrap();
    fs::remove_file(home.path("source/n50.md")).unwrap();
    assert!(!recognises(&home, &[]));
}

#[test]
fn what_settings_say_counts() {
    let home = home();
    check(&home, &[]);
    for options in [&["--shape", "cloze"][..], &["--deck", "Other"], &["--tag", "reversed"], &["--kind", "typed"]] {
        check(&home, options);
    }
    assert!(recognises(&home, &["--deck", "Another"]));
}

#[test]
fn levels_leave_what_is_understood() {
    let home = home();
    check(&home, &[]);
    assert!(!recognises(&home, &["-A", "all"]));
}

#[test]
fn a_file_that_is_renamed_is_another_deck() {
    let home = home();
    check(&home, &[]);
    fs::rename(home.path("source/odd.md"), home.path("source/even.md")).unwrap();
    check(&home, &[]);
}

#[test]
fn a_damaged_cache_is_made_good() {
    let home = home();
    check(&home, &[]);
    let mut bytes = fs::read(kept(&home)).unwrap();
    (0..10).for_each(|at| bytes[at * 20_000] ^= 1);
    fs::write(kept(&home), bytes).unwrap();
    assert!(recognises(&home, &[]));
    assert!(!recognises(&home, &[]));
}

#[test]
fn a_damaged_cache_changes_nothing() {
    let home = home();
    check(&home, &[]);
    let sound = fs::read(kept(&home)).unwrap();
    let middle = sound.len() / 2;
    let scratched = [&sound[..middle], b"??", &sound[middle + 2..]].concat();
    for damaged in [&b""[..], b"x", &sound[..middle], &sound[1..], &scratched] {
        fs::write(kept(&home), damaged).unwrap();
        check(&home, &[]);
    }
}

#[test]
fn a_cache_is_written_anew_where_much_is_new() {
    let home = home();
    check(&home, &[]);
    let before = fs::read(kept(&home)).unwrap();
    home.add("source/n00.md", "## What is new?\n\nThis.\n");
    check(&home, &[]);
    assert!(fs::read(kept(&home)).unwrap() == before, "written for one file");
    (0..50).for_each(|number| home.add(&format!("source/n{number:02}.md"), format!("{ODD}{}", "More. ".repeat(2_000))));
    check(&home, &[]);
    assert!(fs::read(kept(&home)).unwrap() != before, "not written for fifty");
    assert!(!recognises(&home, &[]));
}

#[test]
fn a_build_makes_the_same_of_what_was_kept() {
    let home = home();
    fs::remove_file(home.path("source/odd.md")).unwrap();
    let files = |home: &Home, options: &[&str]| {
        let ran = run(home, &[&["build"], options].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let mut files = home.files();
        files.retain(|path, _| !path.starts_with("cache"));
        files
    };
    run(&home, &["check"]);
    let told = run(&home, &["build", "--timings"]).stderr;
    assert!(
        told.lines().any(|line| line.trim_start().starts_with("recognise ") && line.ends_with(" 0.00 ms")),
        "{told}"
    );
    let with = files(&home, &[]);
    fs::remove_dir_all(home.path("out")).unwrap();
    fs::remove_file(home.path("deckc.lock")).unwrap();
    assert!(files(&home, &["--no-cache"]) == with);
}

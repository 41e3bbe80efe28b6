//! The colours that a build keeps for the next: they change nothing but the time it takes.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test may panic, and keeps files of its own")]

#[path = "support/home.rs"]
mod home;

use std::collections::BTreeMap;
use std::fs;

use home::{Home, Ran};

fn deck(notes: std::ops::Range<usize>) -> String {
    let note = |n| format!("## What is number {n}?\n\nIt is:\n\n```js\nconst n{n} = 'a'; // {n}\n```\n\n");
    notes.map(note).collect()
}

fn home() -> Home {
    let home = Home::new();
    home.add("source/notes.md", deck(1..6));
    home
}

/// Builds with a cache in a folder of the home, and gives the files that were made.
fn build(home: &Home, options: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let mut command = home.command();
    command.env("DECKC_CACHE_DIR", home.path("cache")).env("SOURCE_DATE_EPOCH", "1700000000");
    let ran = Ran::of(command.arg("build").args(options));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let files = ["out/notes.apkg", "out/notes.csv", "out/notes.txt", "out/notes.json", "deckc.lock"];
    files.map(|name| (name.to_owned(), fs::read(home.path(name)).unwrap())).into()
}

#[test]
fn files_are_the_same_with_and_without_a_cache() {
    let home = home();
    let without = build(&home, &["--no-cache"]);
    assert!(!home.path("cache").exists());
    assert!(build(&home, &[]) == without, "the first build differs");
    assert!(home.path("cache/colours").exists());
    assert!(build(&home, &[]) == without, "the second build differs");
}

#[test]
fn one_changed_note_is_coloured_as_without_a_cache() {
    let home = home();
    build(&home, &[]);
    home.add("source/notes.md", deck(1..6).replace("const n3", "let n3"));
    let with = build(&home, &[]);
    assert!(build(&home, &["--no-cache"]) == with);
    let json = String::from_utf8(with["out/notes.json"].clone()).unwrap();
    assert!(json.contains("let n3 = <i class=s>'a'</i>"), "{json}");
}

#[test]
fn a_damaged_cache_changes_nothing() {
    let home = home();
    let sound = build(&home, &[]);
    let kept = fs::read(home.path("cache/colours")).unwrap();
    for damaged in [&b""[..], b"x", &kept[..kept.len() - 1], &[&kept[..60], b"??", &kept[62..]].concat()] {
        home.add("cache/colours", damaged);
        assert!(build(&home, &[]) == sound);
        assert_eq!(fs::read(home.path("cache/colours")).unwrap(), kept);
    }
}

#[test]
fn two_builds_at_once_both_make_what_one_makes() {
    let homes = [home(), home()];
    let alone = build(&homes[0], &["--no-cache"]);
    let cache = homes[0].path("cache");
    for _ in 0..3 {
        let started = homes.each_ref().map(|home| {
            let mut command = home.command();
            command.env("DECKC_CACHE_DIR", &cache).env("SOURCE_DATE_EPOCH", "1700000000");
            command.arg("build").stdout(std::process::Stdio::null()).spawn().unwrap()
        });
        for mut child in started {
            assert!(child.wait().unwrap().success());
        }
    }
    for home in &homes {
        assert!(fs::read(home.path("out/notes.json")).unwrap() == alone["out/notes.json"]);
    }
    assert!(build(&homes[0], &[]) == alone);
}

#[test]
fn a_build_without_a_place_for_a_cache_is_silent() {
    let home = home();
    let mut command = home.command();
    for variable in ["DECKC_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"] {
        command.env_remove(variable);
    }
    Ran::of(command.arg("build")).is_clean();
}

#[test]
fn a_build_that_cannot_keep_a_cache_is_silent() {
    let home = home();
    home.add("taken", "");
    let mut command = home.command();
    command.env("DECKC_CACHE_DIR", home.path("taken/below"));
    Ran::of(command.arg("build")).is_clean();
}

//! Locks that can't be used, and those that are used with care: whatever is wrong is told with its line, nothing is
//! written then, and no note loses its guid.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests say what they expect, and make files of their own"
)]

#[path = "support/home.rs"]
mod home;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use home::{Home, Ran};

const CLOSURES: &str = "\
# Functions

## 1. What is a closure?

A function with its surroundings, which live for as long as it may be called.

## 2. What is a module?

A file with a scope of its own, of which other files see only what it exports.
";

const SOCKETS: &str = "\
# Network

## What is a socket?

One end of a connection, which is read and written as a file is.

## What is a port?

A number by which one machine tells its programs apart when a packet comes in.
";

/// Two files that were built together.
fn built() -> Home {
    let home = Home::with("source/closures.md", CLOSURES);
    home.add("source/sockets.md", SOCKETS);
    home.build(&[]).is_clean();
    home
}

fn edit(home: &Home, path: &str, old: &str, new: &str) {
    let text = home.read(path);
    assert!(text.contains(old), "{old:?} is not in {path}");
    home.add(path, text.replace(old, new));
}

/// By question, those that are gone as well.
fn guids(home: &Home) -> BTreeMap<String, String> {
    let lock = home.read("deckc.lock");
    let value = |line: &str| line.split_once('"').unwrap().1.trim_end_matches('"').to_owned();
    let of = |key: &'static str| lock.lines().filter(move |line| line.starts_with(key)).map(value);
    of("question = ").zip(of("guid = ")).collect()
}

/// The number of the line in which a text stands first.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}

/// A lock that is no lock: said so where it is wrong, by every build, and the notes are known again once it is mended.
#[track_caller]
fn is_refused(lock: impl AsRef<[u8]>, said: &str) {
    let home = built();
    let (good, known) = (home.read("deckc.lock"), guids(&home));
    edit(&home, "source/closures.md", "What is a closure?", "What would a closure be?");
    home.add("deckc.lock", lock);
    let before = home.files();
    let summary = |files| format!("1 finding in {files}: 1 deny\n");
    home.check(&[]).finds(&format!("deckc.lock:{said}\n{}", summary("2 files (4 notes)")));
    // A file that is named alone has the same lock.
    home.check(&["source/closures.md"]).finds(&format!("deckc.lock:{said}\n{}", summary("1 file (2 notes)")));
    for arguments in [&[][..], &["source/closures.md"], &["--locked"], &["--check"]] {
        home.build(arguments).finds("\nnothing was written: mend what is denied first\n");
    }
    home.is_still(&before);
    home.add("deckc.lock", good);
    home.build(&[]).is_clean();
    assert_eq!(guids(&home).get("What would a closure be?"), known.get("What is a closure?"));
}

#[test]
fn an_empty_lock() {
    is_refused("", "1:1: deny[broken-lock] this is no lock of deckc");
}

#[test]
fn a_file_of_another_program() {
    is_refused("{\"lockfileVersion\": 3}\n", "1:1: deny[broken-lock] this is no lock of deckc");
}

#[test]
fn a_lock_that_ends_in_the_middle() {
    let lock = built().read("deckc.lock");
    let (torn, _) = lock.rsplit_once(" a port").unwrap();
    let line = torn.lines().count();
    is_refused(torn, &format!("{line}:1: deny[broken-lock] the lock was cut short"));
}

#[test]
fn a_lock_merged_in_part() {
    let lock = built().read("deckc.lock");
    let content = lock.lines().find(|line| line.starts_with("content = ")).unwrap();
    let conflict = format!("<<<<<<< HEAD\n{content}\n=======\ncontent = \"00\"\n>>>>>>> edits");
    let line = line_of(&lock, content);
    let merged = lock.replacen(content, &conflict, 1);
    is_refused(
        merged,
        &format!(
            "{line}:1: deny[broken-lock] the lock was merged only in part (also lines {}, {})",
            line + 2,
            line + 4
        ),
    );
}

#[test]
fn a_lock_merged_so_that_a_note_stands_twice() {
    let lock = built().read("deckc.lock");
    let (head, rest) = lock.split_once("[[note]]\n").unwrap();
    let (first, _) = rest.split_once("\n[[note]]\n").unwrap();
    let guid = first.lines().next().unwrap().trim_start_matches("guid = ").trim_matches('"');
    let line = line_of(&lock, "[[note]]") + 1 + first.lines().count() + 2;
    let merged = format!("{head}[[note]]\n{first}\n[[note]]\n{rest}");
    let said = format!("deny[broken-lock] two blocks of the lock are of the note `{guid}` (also line 6)");
    is_refused(merged, &format!("{line}:8: {said}"));
}

#[test]
fn a_lock_of_a_newer_deckc() {
    let lock = built().read("deckc.lock").replace("version = 1", "version = 2\nunheard = \"of\"");
    is_refused(lock, "3:1: deny[broken-lock] the lock was written by a newer deckc");
}

#[test]
fn a_value_changed_by_hand() {
    let lock = built().read("deckc.lock");
    let line = line_of(&lock, "modified = ");
    let lock = lock.replacen("modified = 2026-01-01T00:00:00Z", "modified = 2026-01-01", 1);
    is_refused(lock, &format!("{line}:12: deny[broken-lock] `modified` in the lock can't be right"));
}

#[test]
fn a_lock_in_utf16() {
    let lock = built().read("deckc.lock");
    let marked = |to_bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{lock}").encode_utf16().flat_map(to_bytes).collect()
    };
    for bytes in
        [marked(u16::to_le_bytes, "\u{feff}"), marked(u16::to_be_bytes, "\u{feff}"), marked(u16::to_le_bytes, "")]
    {
        is_refused(bytes, "1:1: deny[broken-lock] the lock was saved in another encoding");
    }
}

#[test]
fn a_lock_in_latin1() {
    let lock = built().read("deckc.lock");
    let line = line_of(&lock, "a port");
    let lock: Vec<u8> = lock.replace("a port", "a p\u{f6}rt").chars().map(|sign| sign as u8).collect();
    is_refused(lock, &format!("{line}:24: deny[broken-lock] the lock was saved in another encoding"));
}

#[cfg(unix)]
#[test]
fn a_folder_in_the_place_of_the_lock() {
    let home = built();
    let known = guids(&home);
    fs::rename(home.path("deckc.lock"), home.path("kept")).unwrap();
    fs::create_dir(home.path("deckc.lock")).unwrap();
    edit(&home, "source/closures.md", "What is a closure?", "What would a closure be?");
    let before = home.files();
    for arguments in [&[][..], &["source/closures.md"]] {
        let help = "check that other programs can open it, or name another file";
        home.build(arguments).fails("cannot read `deckc.lock`: is a directory", help);
    }
    home.is_still(&before);
    fs::remove_dir(home.path("deckc.lock")).unwrap();
    fs::rename(home.path("kept"), home.path("deckc.lock")).unwrap();
    home.build(&[]).is_clean();
    assert_eq!(guids(&home).get("What would a closure be?"), known.get("What is a closure?"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_takes_no_lock() {
    use std::os::unix::fs::PermissionsExt;
    let home = built();
    edit(&home, "source/closures.md", "A function", "Any function");
    let before = home.files();
    fs::set_permissions(home.path("."), fs::Permissions::from_mode(0o500)).unwrap();
    // Permissions do not bind everybody.
    if File::create(home.path("tried")).is_err() {
        let help = "check the permissions of the folder, or name a lock in another one with `--lock`";
        home.build(&[]).fails("cannot write `deckc.lock`: permission denied", help);
        home.is_still(&before);
    }
    fs::set_permissions(home.path("."), fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_disk_too_full_for_the_lock_keeps_the_earlier_one() {
    let home = built();
    edit(&home, "source/closures.md", "A function", "Any function");
    let before = home.files();
    let help = "the file is larger than allowed here (see `ulimit -f`): split the deck";
    let ran = home.on_a_small_disk(1, "build --formats csv");
    ran.fails("cannot write `deckc.lock`: file too large", help);
    home.is_still(&before);
}

// Locks that other programs touched without harm

#[test]
fn a_lock_with_windows_line_ends_or_a_mark_is_the_same_lock() {
    let lock = built().read("deckc.lock");
    let windows = lock.replace('\n', "\r\n");
    for touched in [&windows, &format!("\u{feff}{lock}"), &format!("\u{feff}{windows}")] {
        let home = built();
        let known = guids(&home);
        home.add("deckc.lock", touched);
        let before = home.files();
        home.build(&[]).is_clean();
        home.build(&["source/sockets.md", "--locked"]).is_clean();
        home.is_still(&before);
        edit(&home, "source/closures.md", "What is a closure?", "What would a closure be?");
        home.build(&[]).is_clean();
        assert_eq!(guids(&home).get("What would a closure be?"), known.get("What is a closure?"));
    }
}

// A lock that must not change

/// Nothing is written, and the place of what changed is told.
#[track_caller]
fn is_outdated(home: &Home, places: &[&str]) {
    let before = home.files();
    let ran = home.build(&["--locked"]);
    ran.finds("deny[outdated-lock]");
    ran.finds("`deckc.lock` is not what a build would make it");
    ran.finds("\nnothing was written: the lock would change\n");
    for place in places {
        ran.finds(place);
    }
    home.is_still(&before);
}

#[test]
fn locked_with_a_changed_answer() {
    let home = built();
    edit(&home, "source/sockets.md", "One end", "Either end");
    is_outdated(&home, &["source/sockets.md:3:1", "changed since the last build"]);
}

#[test]
fn locked_with_a_new_note() {
    let home = built();
    edit(&home, "source/sockets.md", "# Network", "# Network\n\n## What is a packet?\n\nWhat goes in one piece.");
    is_outdated(&home, &["source/sockets.md:3:1", "not in the lock"]);
}

#[test]
fn locked_with_a_note_removed() {
    let home = built();
    let line = line_of(&home.read("deckc.lock"), guids(&home).get("What is a module?").unwrap());
    let (kept, _) = CLOSURES.split_once("## 2.").unwrap();
    home.add("source/closures.md", kept);
    is_outdated(&home, &[&format!("deckc.lock:{line}:8"), "gone from the sources"]);
}

#[test]
fn locked_without_a_lock() {
    let home = built();
    fs::remove_file(home.path("deckc.lock")).unwrap();
    is_outdated(&home, &["source/closures.md:3:1", "not in the lock"]);
}

#[test]
fn locked_and_up_to_date_builds() {
    let home = built();
    let before = home.files();
    fs::remove_dir_all(home.path("out")).unwrap();
    home.build(&["--locked"]).is_clean();
    home.is_still(&before);
}

// Files that are only compared

const BUILD: &str = "`deckc build` brings the files up to date";

#[track_caller]
fn differs(home: &Home, lines: &str, remedy: &str) {
    let before = home.files();
    let ran = home.build(&["--check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    assert_eq!(ran.stdout, format!("{lines}\nnothing was written: {remedy}\n"));
    home.is_still(&before);
}

#[test]
fn check_of_files_that_are_right() {
    let home = built();
    let ran = home.build(&["--check"]);
    ran.is_clean();
    assert_eq!(ran.stdout, "all files are what the sources give\n");
}

#[test]
fn check_of_a_file_that_is_missing() {
    let home = built();
    fs::remove_file(home.path("out/sockets.csv")).unwrap();
    differs(&home, "out/sockets.csv  is missing\n", BUILD);
}

#[test]
fn check_of_a_file_that_was_edited() {
    let home = built();
    edit(&home, "out/closures.json", "What is a module?", "What is a package?");
    let line = line_of(&home.read("out/closures.json"), "What is a package?");
    differs(&home, &format!("out/closures.json  differs from line {line}\n"), BUILD);
}

#[test]
fn check_of_a_lock_that_is_stale() {
    let home = built();
    edit(&home, "source/sockets.md", "What is a port?", "What is a port for?");
    let said = home.build(&["--check"]).stdout;
    assert!(said.starts_with("deckc.lock        differs: 1 note changed\n"), "{said}");
}

#[test]
fn check_without_a_lock() {
    let home = built();
    fs::remove_file(home.path("deckc.lock")).unwrap();
    differs(&home, "deckc.lock  is missing: 4 notes new\n", BUILD);
}

#[test]
fn check_of_what_a_removed_source_left() {
    let home = built();
    fs::remove_file(home.path("source/sockets.md")).unwrap();
    home.build(&[]).is_clean();
    differs(
        &home,
        "out/sockets.csv   is left over from `source/sockets.md`; delete it\n\
         out/sockets.json  is left over from `source/sockets.md`; delete it\n",
        "delete what is left over",
    );
}

// One file of several

#[test]
fn building_one_file_leaves_the_notes_of_the_others_in_the_lock() {
    let home = built();
    let known = home.read("deckc.lock");
    edit(&home, "source/sockets.md", "One end", "Either end");
    home.build(&["source/closures.md"]).is_clean();
    assert_eq!(home.read("deckc.lock"), known);
    edit(&home, "source/closures.md", "A function", "Any function");
    assert!(home.build(&["source/closures.md"]).stdout.contains("deckc.lock: 1 note changed\n"));
    assert!(!home.read("deckc.lock").contains("retired"));
    assert!(!home.path("source/deckc.lock").exists());
}

#[test]
fn a_note_from_a_file_that_is_not_built_is_the_same_note() {
    let home = built();
    let known = guids(&home);
    let (kept, moved) = SOCKETS.split_once("## What is a port?").unwrap();
    home.add("source/sockets.md", kept);
    home.add("source/closures.md", format!("{CLOSURES}\n## What is a port?{moved}"));
    home.build(&["source/closures.md"]).is_clean();
    assert_eq!(guids(&home), known);
    home.build(&["source/sockets.md"]).is_clean();
    assert_eq!(guids(&home), known);
    assert!(!home.read("deckc.lock").contains("retired"));
}

#[test]
fn a_note_that_left_for_a_file_that_is_not_built_is_not_gone() {
    let home = built();
    let known = guids(&home);
    let (kept, moved) = SOCKETS.split_once("## What is a port?").unwrap();
    home.add("source/sockets.md", kept);
    home.add("source/closures.md", format!("{CLOSURES}\n## What is a port?{moved}"));
    let said = home.build(&["source/sockets.md"]).stdout;
    assert!(!said.contains("gone"), "{said}");
    assert_eq!(guids(&home), known);
    assert!(!home.read("deckc.lock").contains("retired"));
}

// Time

fn build_at(home: &Home, time: &str) -> Ran {
    Ran::of(home.command().args(["build", "--formats", "csv,json"]).env("SOURCE_DATE_EPOCH", time))
}

#[test]
fn the_time_of_a_change_is_the_one_that_is_given() {
    let home = built();
    edit(&home, "source/closures.md", "A function", "Any function");
    edit(&home, "source/sockets.md", "# Network", "# Network\n\n## What is a packet?\n\nWhat goes in one piece.");
    build_at(&home, "1767268800").is_clean();
    let lock = home.read("deckc.lock");
    assert_eq!(lock.matches("modified = 2026-01-01T12:00:00Z").count(), 2, "{lock}");
    assert_eq!(lock.matches("modified = 2026-01-01T00:00:00Z").count(), 3, "{lock}");
}

#[test]
fn two_changes_at_one_time_have_two_times() {
    let home = built();
    for answer in ["Any function", "Every function"] {
        home.add("source/closures.md", CLOSURES.replace("A function", answer));
        build_at(&home, "1767268800").is_clean();
    }
    assert!(home.read("deckc.lock").contains("modified = 2026-01-01T12:00:01Z"));
}

#[test]
fn a_time_that_is_none() {
    let home = built();
    let before = home.files();
    for time in ["today", "-1", "1e9", " 5"] {
        let error = format!(
            "the environment variable `SOURCE_DATE_EPOCH` is `{time}`, which is no number of seconds since 1970"
        );
        build_at(&home, time).fails(&error, "unset it, or set it to a time in seconds since 1970");
    }
    home.is_still(&before);
}

#[test]
fn an_unchanged_lock_is_not_written() {
    let home = built();
    let old = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(home.path("deckc.lock")).unwrap().set_modified(old).unwrap();
    fs::remove_dir_all(home.path("out")).unwrap();
    build_at(&home, "1767268800").is_clean();
    assert_eq!(fs::metadata(home.path("deckc.lock")).unwrap().modified().unwrap(), old);
}

const QUESTION: &str = "## What is a closure?\n\nA function with the names around it.\n";

#[test]
fn two_files_of_a_deck_that_ask_the_same_have_notes_of_their_own() {
    let home = Home::with("source/a.md", "---\ndeck: Rust\n---\n\n## What is a move?\n\nA new owner.\n");
    home.add("source/b.md", "---\ndeck: Rust\n---\n\n## What is a move?\n\nA step in a game.\n");
    home.build(&["--allow=duplicates"]).is_clean();
    home.build(&["--allow=duplicates", "--locked"]).is_clean();
    let guid = |name: &str| {
        home.read(&format!("out/{name}.json")).split("\"id\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_ne!(guid("a"), guid("b"));
}

#[test]
fn a_question_has_the_guid_that_it_has_in_a_build_of_its_file_alone() {
    let of_deck = |question: &str| format!("---\ndeck: Rust\n---\n\n## {question}\n\nIt is told elsewhere.\n");
    let both = Home::with("source/a.md", of_deck("What is a move?"));
    both.add("source/b.md", of_deck("What is a copy?"));
    both.build(&["--allow=duplicates"]).is_clean();
    let alone = Home::with("source/b.md", of_deck("What is a copy?"));
    alone.build(&[]).is_clean();
    assert_eq!(guids(&both)["What is a copy?"], guids(&alone)["What is a copy?"]);
}

#[test]
fn a_source_outside_the_folder_of_the_lock_is_not_gone() {
    let home = Home::with("source/a.md", QUESTION);
    home.add("source/b.md", QUESTION.replace("closure", "scope"));
    let lock = ["--lock", "locks/deckc.lock"];
    home.build(&lock).is_clean();
    let before = home.read("locks/deckc.lock");
    home.build(&[&lock[..], &["source/a.md"]].concat()).is_clean();
    assert_eq!(home.read("locks/deckc.lock"), before);
}

#[test]
fn a_question_that_lost_its_answer_is_not_gone() {
    let home = Home::with("source/a.md", format!("{QUESTION}\n## What is a scope?\n\nWhere a name is known.\n"));
    home.build(&[]).is_clean();
    let before = home.read("deckc.lock");
    home.add("source/a.md", format!("{QUESTION}\n## What is a scope?\n"));
    assert!(!home.build(&[]).stdout.contains("gone"));
    assert_eq!(home.read("deckc.lock"), before);
}

#[test]
fn a_folder_that_is_renamed_and_named_alone_keeps_its_lock() {
    let home = Home::with("source/old/a.md", QUESTION);
    home.build(&[]).is_clean();
    fs::rename(home.path("source/old"), home.path("source/new")).unwrap();
    assert!(!home.build(&["source/new"]).stdout.contains("new,"));
    assert!(!home.path("source/new/deckc.lock").exists());
    assert!(home.read("deckc.lock").contains("source = \"source/new/a.md\""));
}

#[test]
fn a_time_that_has_not_come() {
    let home = Home::with("source/a.md", QUESTION);
    for value in ["4102444800", "253402300800", "9223372036854775807"] {
        let mut command = home.command();
        let ran = Ran::of(command.arg("build").env("SOURCE_DATE_EPOCH", value));
        let error = format!("the environment variable `SOURCE_DATE_EPOCH` is `{value}`, a time that has not come");
        ran.fails(&error, "unset it, or set it to a time in seconds since 1970");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_lock_stays_one() {
    let home = built();
    fs::create_dir(home.path("elsewhere")).unwrap();
    fs::rename(home.path("deckc.lock"), home.path("elsewhere/lock")).unwrap();
    std::os::unix::fs::symlink("elsewhere/lock", home.path("deckc.lock")).unwrap();
    edit(&home, "source/closures.md", "A function", "Any function");
    home.build(&[]).is_clean();
    assert!(home.path("deckc.lock").is_symlink());
    home.build(&["--locked"]).is_clean();
}

#[test]
fn check_of_what_a_renamed_source_left() {
    let home = Home::with("source/a.md", QUESTION);
    home.deckc(&["build", "--formats", "apkg,csv"]).is_clean();
    home.add("out/mine.apkg", "of another program");
    fs::rename(home.path("source/a.md"), home.path("source/b.md")).unwrap();
    home.deckc(&["build", "--formats", "apkg,csv"]).is_clean();
    let ran = home.deckc(&["build", "--check", "--formats", "apkg,csv"]);
    let expected = "\
out/a.apkg  is left over from an earlier name of its source; delete it
out/a.csv   is left over from an earlier name of its source; delete it

nothing was written: delete what is left over
";
    assert_eq!((ran.code, ran.stdout.as_str()), (1, expected));
}

#[test]
fn check_of_one_file_leaves_the_others_alone() {
    let home = Home::with("source/a.md", QUESTION);
    home.add("source/b.md", QUESTION.replace("closure", "scope"));
    home.deckc(&["build"]).is_clean();
    home.deckc(&["build", "--check", "source/a.md"]).is_clean();
}

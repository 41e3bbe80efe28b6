//! What a run said is said again where nothing has changed; where anything has, a run says what one without a cache says.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test may panic, and changes files")]

#[path = "support/home.rs"]
mod home;
#[path = "support/png.rs"]
mod png;

use std::fs;
use std::path::{Path, PathBuf};

use home::{Home, Ran};
use tempfile::TempDir;

const FIRST: &str = "---\ntags: [one]\n---\n\n# First\n\n## What is `a`?\n\nA *letter*, see [b](b.md#what-is-b) and [c](c.md).\n\n\
                     ![A dot](dot.png)\n\n## What is missing?\n\n![](none.png) ![[far.png]] [d](d.txt) TODO\n";
const SECOND: &str = "# Second\n\n## What is b?\n\nThe next one.\n\n## What is c?\n\nThe last one.\n\n\
                      ## What does the court ask under the rule in Hadley?\n\nWhat the two could foresee.\n";

/// A project that hangs on many things, and is large enough for a transcript.
fn home() -> Home {
    let home = Home::new();
    home.add("source/first.md", FIRST);
    home.add("source/b.md", SECOND);
    home.add("source/c.md", "Nothing to learn\u{fffd}.\n");
    home.add("source/dot.png", png::png(1));
    home.add("source/deep/far.png", png::png(2));
    home.add("source/much.md", format!("<!-- {} -->\n", "much ".repeat(250_000)));
    home.add("deckc.toml", "style = \"style.css\"\n");
    home.add("style.css", ".card { color: red }\n");
    home.add("lints/to-do.md", "---\npattern: TODO\n---\n\n# to-do\n\nIt is to be done.\n");
    home
}

fn run(home: &Home, cache: &Path, arguments: &[&str]) -> Ran {
    let mut command = home.command();
    command.env("DECKC_CACHE_DIR", cache).env("SOURCE_DATE_EPOCH", "1700000000");
    Ran::of(command.args(arguments))
}

/// What was said, but for the time it took.
fn said(ran: &Ran) -> (i32, Vec<&str>, &str) {
    let words = ran.stdout.lines().map(|line| line.split(" in 0.").next().unwrap_or_default());
    (ran.code, words.collect(), &ran.stderr)
}

/// Whether nothing of the files was understood.
fn repeats(home: &Home, cache: &Path, arguments: &[&str]) -> bool {
    let told = run(home, cache, &[arguments, &["--timings"]].concat()).stderr;
    assert!(told.contains("whole "), "{told}");
    !told.contains("parse and recognise")
}

fn cache() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The files of transcripts.
fn kept(cache: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(cache).into_iter().flatten().map(|file| file.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("said-")).collect()
}

const CHECKS: [&[&str]; 5] = [
    &["check"],
    &["check", "--format", "concise", "-W", "all"],
    &["check", "--format", "json"],
    &["check", "--statistics", "--max-warnings", "1"],
    &["check", "source", "--fail-on", "deny"],
];

#[test]
fn a_check_says_the_same_again() {
    let (home, cache) = (home(), cache());
    for arguments in CHECKS {
        let first = run(&home, cache.path(), arguments);
        assert!(repeats(&home, cache.path(), arguments), "{arguments:?}");
        let again = run(&home, cache.path(), arguments);
        assert_eq!((again.code, &again.stdout, &again.stderr), (first.code, &first.stdout, &first.stderr));
        assert_ne!(first.stdout, "");
    }
    assert_eq!(kept(cache.path()).len(), CHECKS.len());
}

#[test]
fn much_is_said_again_too() {
    let (home, cache) = (home(), cache());
    let note = |number: u32| format!("## What is {number}?\n\n```\n{number}\n```\n\n");
    home.add("source/long.md", (0..4_000).map(note).collect::<String>());
    let first = run(&home, cache.path(), &["check", "--format", "json"]);
    assert!(first.stdout.len() > 1 << 20, "{}", first.stdout.len());
    assert!(repeats(&home, cache.path(), &["check", "--format", "json"]));
    let again = run(&home, cache.path(), &["check", "--format", "json"]);
    assert!((again.code, &again.stdout) == (first.code, &first.stdout), "{}", again.stdout);
}

#[test]
fn a_build_says_again_what_it_found() {
    let (home, cache) = (home(), cache());
    let first = run(&home, cache.path(), &["build"]);
    assert!(first.stdout.contains("deckc.lock: 5 notes new"), "{}", first.stdout);
    let before = home.files();
    assert!(repeats(&home, cache.path(), &["build"]));
    let (again, anew) = (run(&home, cache.path(), &["build"]), run(&home, cache.path(), &["build", "--no-cache"]));
    assert_eq!(said(&again), said(&anew));
    home.is_still(&before);
}

#[test]
fn a_build_that_made_something_anew_is_known_too() {
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["build"]);
    for (text, is_same) in [(SECOND.replace("next one", "one after"), false), (SECOND.to_owned(), false)] {
        home.add("source/b.md", text);
        assert_eq!(repeats(&home, cache.path(), &["build"]), is_same);
        assert!(repeats(&home, cache.path(), &["build"]));
        let (again, anew) = (run(&home, cache.path(), &["build"]), run(&home, cache.path(), &["build", "--no-cache"]));
        assert_eq!(said(&again), said(&anew));
    }
}

/// What changes, and how.
type Change = (&'static str, fn(&Home));

/// All that may change between two runs.
const CHANGES: [Change; 24] = [
    ("a text", |home| replace(home, "source/b.md", "next one", "one after")),
    ("the end of a text", |home| replace(home, "source/c.md", "learn\u{fffd}.\n", "learn\u{fffd}.\r\n")),
    ("an encoding", |home| home.add("source/c.md", b"Nothing to learn\xff.\n")),
    ("a new file", |home| home.add("source/a.md", SECOND)),
    ("a file less", |home| remove(home, "source/b.md")),
    ("another name", |home| rename(home, "source/b.md", "source/z.md")),
    ("a file that git ignores", |home| home.add(".ignore", "b.md\n")),
    ("an image", |home| home.add("source/dot.png", png::png(3))),
    ("an image that is none", |home| home.add("source/dot.png", "dot")),
    ("an image less", |home| remove(home, "source/dot.png")),
    ("an image in other capitals", |home| rename(home, "source/dot.png", "source/Dot.png")),
    ("an image that was missing", |home| home.add("source/none.png", png::png(4))),
    ("a second image of a name", |home| home.add("source/high/far.png", png::png(5))),
    ("a file that was missing", |home| home.add("source/d.txt", "Nothing.\n")),
    ("a folder that was missing", |home| fs::create_dir(home.path("source/d.txt")).unwrap()),
    ("settings", |home| home.add("deckc.toml", "style = \"style.css\"\ntags = [\"more\"]\n")),
    ("settings nearer by", |home| home.add("source/deckc.toml", "deck = \"Nearer\"\n")),
    ("a style sheet", |home| home.add("style.css", ".card { color: blue }\n")),
    ("a lint of its own", |home| replace(home, "lints/to-do.md", "TODO", "last one")),
    ("one lint more", |home| home.add("lints/next.md", "---\npattern: next\n---\n\n# next\n\nIt is next.\n")),
    ("a question like another", |home| {
        replace(home, "source/b.md", "in Hadley?\n\nWhat the two could foresee", "in Rylands?\n\nWhether it did harm");
    }),
    ("what a build left that was killed", |home| home.add("out/.deckc-abc.tmp", "half")),
    ("the lock", |home| replace(home, "deckc.lock", "version = 1", "version = 1 # mine")),
    ("no lock", |home| remove(home, "deckc.lock")),
];

fn replace(home: &Home, path: &str, what: &str, by: &str) {
    let text = home.read(path);
    assert!(text.contains(what), "{what:?} is not in:\n{text}");
    home.add(path, text.replacen(what, by, 1));
}

fn remove(home: &Home, path: &str) {
    fs::remove_file(home.path(path)).unwrap();
}

fn rename(home: &Home, from: &str, to: &str) {
    fs::rename(home.path(from), home.path(to)).unwrap();
}

/// A project whose texts lead to one that is none of them, and what may become of that.
#[test]
fn a_part_of_a_text_that_is_no_source() {
    for text in ["## Another part\n", ""] {
        let (home, cache) = (home(), cache());
        home.add("notes/e.md", "## A part\n");
        home.add("source/b.md", format!("{SECOND}\nSee [e](../notes/e.md#a-part).\n"));
        assert!(!repeats(&home, cache.path(), &["check"]));
        assert!(repeats(&home, cache.path(), &["check"]));
        home.add("notes/e.md", text);
        let (with, without) =
            (run(&home, cache.path(), &["check"]), run(&home, cache.path(), &["check", "--no-cache"]));
        assert_eq!(said(&with), said(&without));
        assert!(with.stdout.contains("a-part"), "{}", with.stdout);
    }
}

#[test]
fn a_change_is_seen_by_a_check() {
    for (what, change) in CHANGES {
        let (home, cache) = (home(), cache());
        run(&home, cache.path(), &["build"]);
        run(&home, cache.path(), &["check"]);
        change(&home);
        let (with, without) =
            (run(&home, cache.path(), &["check"]), run(&home, cache.path(), &["check", "--no-cache"]));
        assert_eq!(said(&with), said(&without), "{what}");
    }
}

#[test]
fn a_change_is_seen_by_a_build() {
    for (what, change) in CHANGES {
        let (home, other, cache) = (home(), home(), cache());
        for home in [&home, &other] {
            run(home, cache.path(), &["build"]);
            change(home);
        }
        // The one that finds the change, and the one that finds nothing any more.
        for time in ["first", "again"] {
            let with = run(&home, cache.path(), &["build"]);
            let without = run(&other, cache.path(), &["build", "--no-cache"]);
            assert_eq!(said(&with), said(&without), "{what}, {time}");
            home.is_still(&other.files());
        }
    }
}

/// Runs with the cache and without it, and gives what was said with it.
#[cfg(unix)]
fn says_as_without(home: &Home, cache: &Path, arguments: &[&str]) -> Ran {
    let with = run(home, cache, arguments);
    let without = run(home, cache, &[arguments, &["--no-cache"]].concat());
    assert_eq!(said(&with), said(&without), "{arguments:?}");
    with
}

#[cfg(unix)]
#[test]
fn a_page_that_is_no_lint_is_told_of() {
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["check"]);
    std::os::unix::fs::symlink("/etc/hostname", home.path("lints/out.md")).unwrap();
    assert_eq!(says_as_without(&home, cache.path(), &["check"]).code, 2);
}

#[cfg(unix)]
#[test]
fn settings_behind_a_link_are_those_of_where_it_leads() {
    let (home, cache) = (home(), cache());
    let link = |to: &str| {
        let _ = fs::remove_file(home.path("settings"));
        std::os::unix::fs::symlink(home.path(to), home.path("settings")).unwrap();
    };
    ["one", "two"].iter().for_each(|folder| home.add(&format!("{folder}/deckc.toml"), "formats = [\"csv\"]\n"));
    link("one");
    run(&home, cache.path(), &["build", "--config", "settings/deckc.toml"]);
    link("two");
    run(&home, cache.path(), &["build", "--config", "settings/deckc.toml"]);
    assert!(home.path("two/out/b.csv").exists());
}

#[cfg(unix)]
#[test]
fn a_listed_file_that_is_a_link_to_a_named_one_may_become_another() {
    let (home, cache) = (home(), cache());
    home.add("source/old.md", "# Old\n\n## What was here?\n\nSomething old, and long gone.\n");
    run(&home, cache.path(), &["build"]);
    let arguments = ["check", "source/first.md", "source/b.md", "source/c.md", "source/much.md"];
    fs::remove_file(home.path("source/old.md")).unwrap();
    std::os::unix::fs::symlink(home.path("source/b.md"), home.path("source/old.md")).unwrap();
    says_as_without(&home, cache.path(), &arguments);
    assert!(!repeats(&home, cache.path(), &arguments));
}

#[test]
fn a_deck_that_is_called_as_a_section_takes_no_notes_of_it() {
    let (home, cache) = (home(), cache());
    let front = |deck: &str| format!("---\ndeck: {deck}\n---\n\n");
    let last: String = (0..9).map(|year| format!("## What was last in {year}?\n\nThat.\n\n")).collect();
    home.add("deckc.toml", "subdecks = \"sections\"\n");
    home.add("source/a.md", format!("{}# Events\n\n## What was first?\n\nThis.\n", front("History")));
    home.add("source/b.md", format!("{}{last}", front("\"History::99 Events\"")));
    run(&home, cache.path(), &["build"]);
    let before = home.files();
    run(&home, cache.path(), &["build", "--no-cache"]);
    home.is_still(&before);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_text_may_lead_elsewhere() {
    let link = |home: &Home, to: &str| {
        let _ = fs::remove_file(home.path("source/e.md"));
        std::os::unix::fs::symlink(home.path(to), home.path("source/e.md")).unwrap();
    };
    let (home, other, cache) = (home(), home(), cache());
    for home in [&home, &other] {
        home.add("deckc.toml", "base-url = \"https://x.org/\"\n");
        for folder in ["one", "two"] {
            home.add(&format!("{folder}/e.md"), "# E\n\n## What is e?\n\nSee [f](f.md).\n");
        }
        link(home, "one/e.md");
        run(home, cache.path(), &["build"]);
        link(home, "two/e.md");
    }
    run(&home, cache.path(), &["build"]);
    run(&other, cache.path(), &["build", "--no-cache"]);
    assert!(home.read("out/e.json").contains("https://x.org/two/f.md"), "{}", home.read("out/e.json"));
    assert_eq!(home.read("out/e.json"), other.read("out/e.json"));
}

#[test]
fn files_that_were_made_are_looked_at() {
    let changes: [fn(&Home); 3] = [
        |home| remove(home, "out/b.csv"),
        |home| home.add("out/b.csv", "mine"),
        |home| fs::remove_dir_all(home.path("out")).unwrap(),
    ];
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["build"]);
    let before = home.files();
    for change in changes {
        change(&home);
        run(&home, cache.path(), &["build"]);
        home.is_still(&before);
        assert!(repeats(&home, cache.path(), &["build"]));
    }
}

#[test]
fn options_and_the_look_count() {
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["check"]);
    for arguments in [
        &["-A", "all"][..],
        &["--format", "concise"],
        &["--color", "always"],
        &["--lock", "other.lock"],
        &["source/b.md"],
    ] {
        assert!(!repeats(&home, cache.path(), &[&["check"], arguments].concat()), "{arguments:?}");
    }
    let mut narrow = home.command();
    narrow.env("DECKC_CACHE_DIR", cache.path()).env("COLUMNS", "40");
    let narrow = Ran::of(narrow.arg("check"));
    assert!(narrow.stdout.lines().count() > run(&home, cache.path(), &["check"]).stdout.lines().count());
}

#[test]
fn what_does_more_than_speak_is_done_each_time() {
    let (home, cache) = (home(), cache());
    for arguments in [
        &["check", "--output", "report.txt"][..],
        &["check", "--format", "sarif"],
        &["check", "--format", "json", "--max-warnings", "0"],
        &["check", "--baseline", "known.json", "--write-baseline"],
        &["check", "--baseline", "known.json"],
        &["check", "--diff"],
        &["check", "--fix"],
        &["build", "--check"],
        &["check", "--no-cache"],
    ] {
        run(&home, cache.path(), arguments);
        assert!(!repeats(&home, cache.path(), arguments), "{arguments:?}");
    }
    assert_eq!(kept(cache.path()), Vec::<PathBuf>::new());
}

#[test]
fn what_other_files_of_the_lock_say_is_looked_up() {
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["build"]);
    let arguments = ["check", "source/first.md", "source/much.md"];
    run(&home, cache.path(), &arguments);
    assert!(!repeats(&home, cache.path(), &arguments));
}

#[test]
fn a_time_to_come_is_told_of_until_it_came() {
    let (home, cache) = (home(), cache());
    run(&home, cache.path(), &["build"]);
    replace(&home, "deckc.lock", "2023-11-14", "2096-10-02");
    let ran = run(&home, cache.path(), &["check"]);
    assert!(ran.stdout.contains("at a time that has not come"), "{}", ran.stdout);
    assert!(!repeats(&home, cache.path(), &["check"]));
}

#[test]
fn a_damaged_transcript_is_none_and_is_made_good() {
    let (home, cache) = (home(), cache());
    let first = run(&home, cache.path(), &["check"]);
    let path = kept(cache.path()).remove(0);
    let sound = fs::read(&path).unwrap();
    for at in (0..sound.len()).step_by(97) {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert_eq!(run(&home, cache.path(), &["check"]).stdout, first.stdout);
    }
    for damaged in [&b""[..], b"x", &sound[..sound.len() / 2], &sound[1..]] {
        fs::write(&path, damaged).unwrap();
        assert!(!repeats(&home, cache.path(), &["check"]));
        assert!(repeats(&home, cache.path(), &["check"]));
    }
}

#[test]
fn little_has_no_transcript() {
    let cache = cache();
    let home = Home::with("source/first.md", FIRST);
    run(&home, cache.path(), &["check"]);
    assert!(!repeats(&home, cache.path(), &["check"]));
    assert_eq!(kept(cache.path()), Vec::<PathBuf>::new());
}

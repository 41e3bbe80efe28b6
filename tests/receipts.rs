//! A build makes nothing again of a deck that had nothing new, and of any other deck what a build without a cache makes.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test may panic, and changes files")]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/home.rs"]
mod home;
#[path = "support/png.rs"]
mod png;

use std::fs;
use std::path::Path;

use home::{Home, Ran};

const FIRST: &str = "---\ntags: [one]\n---\n\n# First\n\n## What is `a`?\n\nA *letter*[^1], see [b](b.md).\n\n\
                     ![A dot](dot.png)\n\n```js\nlet a = 1;\n```\n\n[^1]: Of the alphabet.\n";
const SECOND: &str = "# Second\n\n## What is `b`?\n\nThe next one.\n\n## What is `c`?\n\nThe last one.\n";

const THIRD: &str = "# Third\n\nIt is {{c1::here}} or {{c2::there::where}}.\n\n## Which one?\n\n- [ ] this\n- [x] that\n\n\
                     ## What is typed? <!-- id: typed-one -->\n\n#typed\n\nThis.\n\n## What is turned? <!-- id: other -->\n\n\
                     #reversed\n\nThat.\n\n## What is `e`?\n\nAnother letter.\n\n## What has no answer?\n";

/// Three decks, and enough beside them that receipts are worth it.
fn home() -> Home {
    let home = Home::new();
    home.add("source/first.md", FIRST);
    home.add("source/second.md", SECOND);
    home.add("source/third.md", THIRD);
    home.add("source/dot.png", png::png(1));
    home.add("source/much.md", format!("<!-- {} -->\n", "much ".repeat(250_000)));
    home.add("deckc.toml", "");
    home
}

fn run(home: &Home, cache: &Path, options: &[&str]) -> Ran {
    // Of what is said again nothing is made.
    forget::transcripts(cache);
    let mut command = home.command();
    command.env("DECKC_CACHE_DIR", cache).env("SOURCE_DATE_EPOCH", "1700000000");
    Ran::of(command.arg("build").args(options))
}

fn build(home: &Home, cache: &Path, options: &[&str]) -> Ran {
    let ran = run(home, cache, options);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran
}

/// Whether a build with these options renders any note.
fn renders(home: &Home, cache: &Path, options: &[&str]) -> bool {
    let told = build(home, cache, &[options, &["--timings"]].concat()).stderr;
    let line = told.lines().find(|line| line.trim_start().starts_with("render ")).unwrap();
    !line.ends_with(" 0.00 ms")
}

/// A home that was built once.
fn built(cache: &Path) -> Home {
    let home = home();
    build(&home, cache, &[]);
    home
}

/// Changes something after receipts were given, and builds with them and without any cache.
fn is_made_as_without(change: impl Fn(&Home), options: &[&str]) {
    let cache = tempfile::tempdir().unwrap();
    let (home, other) = (built(cache.path()), built(cache.path()));
    for home in [&home, &other] {
        change(home);
    }
    let without_cache = [options, &["--no-cache"]].concat();
    let (with, without) = (build(&home, cache.path(), options), build(&other, cache.path(), &without_cache));
    let said = |ran: &Ran| ran.stdout.lines().filter(|line| !line.starts_with("built ")).collect::<String>();
    assert_eq!(said(&with), said(&without));
    home.is_still(&other.files());
    // And again: nothing is new by now, for the one that knows it and for the other.
    assert!(!renders(&home, cache.path(), options));
    build(&other, cache.path(), &without_cache);
    home.is_still(&other.files());
}

fn replace(home: &Home, path: &str, what: &str, by: &str) {
    let text = home.read(path);
    assert!(text.contains(what), "{what:?} is not in:\n{text}");
    home.add(path, text.replacen(what, by, 1));
}

#[test]
fn nothing_is_rendered_that_has_nothing_new() {
    let cache = tempfile::tempdir().unwrap();
    let home = built(cache.path());
    let before = home.files();
    assert!(!renders(&home, cache.path(), &[]));
    assert!(!renders(&home, cache.path(), &["--locked"]));
    home.is_still(&before);
}

#[test]
fn times_of_the_clock_are_known_by_the_next_build() {
    let (cache, home) = (tempfile::tempdir().unwrap(), home());
    let build = || {
        forget::transcripts(cache.path());
        let mut command = home.command();
        command.env("DECKC_CACHE_DIR", cache.path()).env_remove("SOURCE_DATE_EPOCH");
        Ran::of(command.args(["build", "--timings"])).stderr
    };
    let renders = |told: String| !told.lines().any(|line| line.contains(" render ") && line.ends_with(" 0.00 ms"));
    for (what, by) in [("next one", "one after"), ("one after", "next one")] {
        assert!(renders(build()));
        assert!(!renders(build()));
        replace(&home, "source/second.md", what, by);
    }
}

#[test]
fn a_run_without_a_cache_renders_all() {
    let cache = tempfile::tempdir().unwrap();
    assert!(renders(&built(cache.path()), cache.path(), &["--no-cache"]));
}

#[test]
fn an_answer_that_changes() {
    is_made_as_without(|home| replace(home, "source/second.md", "next one", "last one"), &[]);
}

#[test]
fn a_line_that_moves_all_others() {
    is_made_as_without(|home| replace(home, "source/second.md", "\n\n", "\n\n\n"), &[]);
}

#[test]
fn a_footnote_that_changes() {
    is_made_as_without(|home| replace(home, "source/first.md", "Of the", "In the"), &[]);
}

#[test]
fn a_tag_that_changes() {
    is_made_as_without(|home| replace(home, "source/first.md", "[one]", "[two]"), &[]);
}

#[test]
fn an_image_that_changes() {
    is_made_as_without(|home| home.add("source/dot.png", png::png(2)), &[]);
}

#[test]
fn an_image_that_is_gone() {
    is_made_as_without(|home| fs::remove_file(home.path("source/dot.png")).unwrap(), &["--warn", "broken-image"]);
}

#[test]
fn settings_that_change() {
    for settings in [
        "highlight = false\n",
        "base-url = \"https://a.example/\"\n",
        "tags = [\"three\"]\n",
        "deck = \"All\"\n",
        "kind = \"reversed\"\n",
        "subdecks = \"sections\"\n",
        "formats = [\"csv\"]\n",
        "out = \"elsewhere\"\n",
    ] {
        is_made_as_without(|home| home.add("deckc.toml", settings), &[]);
    }
}

#[test]
fn a_style_sheet_that_changes() {
    let change = |home: &Home| {
        home.add("deckc.toml", "style = \"cards.css\"\n");
        home.add("cards.css", ".card { color: red }\n");
    };
    is_made_as_without(change, &[]);
}

#[test]
fn options_that_change() {
    is_made_as_without(|_| {}, &["--formats", "json"]);
    is_made_as_without(|_| {}, &["--out", "elsewhere"]);
}

#[test]
fn a_lock_that_changes() {
    is_made_as_without(|home| replace(home, "deckc.lock", "2023-11-14", "2022-11-14"), &[]);
    is_made_as_without(|home| fs::remove_file(home.path("deckc.lock")).unwrap(), &[]);
}

#[test]
fn a_lock_that_is_put_back_is_mended_again() {
    let cache = tempfile::tempdir().unwrap();
    let home = built(cache.path());
    let sound = home.read("deckc.lock");
    for _ in 0..2 {
        replace(&home, "deckc.lock", "section = \"Second\"", "section = \"Other\"");
        build(&home, cache.path(), &[]);
        assert_eq!(home.read("deckc.lock"), sound);
    }
}

#[test]
fn a_deck_in_front_that_changes_the_order() {
    let change = |home: &Home| {
        home.add("deckc.toml", "deck = \"All\"\n");
        home.add("source/a.md", "# More\n\n## What is `d`?\n\nAnother one.\n");
    };
    is_made_as_without(change, &[]);
}

#[test]
fn files_that_someone_else_changed_are_made_again() {
    let change = |home: &Home| {
        home.add("out/first.apkg", "x");
        fs::remove_file(home.path("out/second.json")).unwrap();
    };
    is_made_as_without(change, &[]);
}

#[test]
fn receipts_that_were_damaged_are_none() {
    let cache = tempfile::tempdir().unwrap();
    let home = built(cache.path());
    let (before, path) = (home.files(), cache.path().join("receipts"));
    let kept = fs::read(&path).unwrap();
    for damaged in [&b""[..], b"x", &kept[..kept.len() - 1], &kept[1..], &[&kept[..70], b"??", &kept[72..]].concat()] {
        fs::write(&path, damaged).unwrap();
        assert!(renders(&home, cache.path(), &[]));
        assert!(!renders(&home, cache.path(), &[]));
        home.is_still(&before);
    }
}

#[test]
fn only_the_deck_that_changed_is_made_again() {
    let cache = tempfile::tempdir().unwrap();
    let home = built(cache.path());
    replace(&home, "source/second.md", "next one", "one after");
    assert!(!renders(&home, cache.path(), &["source/first.md", "source/much.md"]));
    assert!(renders(&home, cache.path(), &[]));
    assert!(!renders(&home, cache.path(), &[]));
}

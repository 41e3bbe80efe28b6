//! `check --fix`, `--unsafe-fixes` and `--diff`.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use home::{Home, Ran};
use serde_json::Value;

/// Number 2 stands twice; what is below must not change.
const REPEATED: &str = "# Deck\n\n## 1. What is a heap?\n\nA tree.\n\n## 2. What is a stack?\n\nA list.\n\n## 2. What is a \
                        queue?\n\n1. In\n1. Out\n";

fn mended(text: &str) -> String {
    text.replace("2. What is a queue", "3. What is a queue")
}

fn fix(home: &Home, more: &[&str]) -> Ran {
    home.deckc(&[&["check", "--format", "concise"], more, &["deck.md"]].concat())
}

/// What a deck is to programs: question and answer of each note.
fn notes(home: &Home) -> Vec<(Value, Value)> {
    let ran = home.deckc(&["build", "--formats", "json", "--out", "built", "--lock", "built/lock", "deck.md"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let deck: Value = serde_json::from_str(&home.read("built/deck.json")).unwrap();
    let notes = deck["notes"].as_array().unwrap();
    notes.iter().map(|note| (note["question"].clone(), note["answer"].clone())).collect()
}

#[test]
fn numbers_are_mended_and_nothing_else() {
    let home = Home::with("deck.md", REPEATED);
    let before = notes(&home);
    let ran = fix(&home, &["--fix"]);
    assert_eq!(ran.stdout, "no findings in 1 file (3 notes)\nfixed 1 finding in 1 file\n");
    assert_eq!(ran.code, 0);
    assert_eq!(home.read("deck.md"), mended(REPEATED));
    assert_eq!(notes(&home), before);
}

#[test]
fn a_second_run_changes_nothing() {
    let home = Home::with("deck.md", REPEATED);
    fix(&home, &["--fix"]);
    let before = home.files();
    assert_eq!(fix(&home, &["--fix"]).stdout, "no findings in 1 file (3 notes)\n");
    home.is_still(&before);
}

#[test]
fn a_diff_shows_what_a_fix_would_do_and_does_not_do_it() {
    let home = Home::with("deck.md", REPEATED);
    let before = home.files();
    let ran = fix(&home, &["--diff"]);
    assert_eq!(ran.code, 1);
    for line in ["-## 2. What is a queue?", "+## 3. What is a queue?", "would fix 1 finding in 1 file"] {
        assert!(ran.stdout.lines().any(|shown| shown == line), "{line} in\n{}", ran.stdout);
    }
    home.is_still(&before);
}

#[test]
fn a_diff_of_nothing_passes() {
    let home = Home::with("deck.md", mended(REPEATED));
    let ran = fix(&home, &["--diff"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "nothing to fix\n"));
}

#[test]
fn line_ends_a_byte_order_mark_and_a_missing_last_line_end_stay() {
    for text in [
        REPEATED.replace('\n', "\r\n"),
        format!("\u{feff}{REPEATED}"),
        REPEATED.trim_end().to_owned(),
        format!("\u{feff}{}", REPEATED.trim_end().replace('\n', "\r\n")),
        REPEATED.replace("\n\n## 2", "\r\n\r\n## 2"),
    ] {
        let home = Home::with("deck.md", &text);
        fix(&home, &["--fix"]);
        assert_eq!(home.read("deck.md"), mended(&text), "{text:?}");
    }
}

#[test]
fn a_line_that_is_put_in_ends_as_the_others_do() {
    let text = "# Deck\r\n\r\n## What is a heap?\r\n\r\n```js\r\nlet a = 1;\r\n";
    let home = Home::with("deck.md", text);
    fix(&home, &["--fix"]);
    assert_eq!(home.read("deck.md"), format!("{text}```\r\n"));
}

#[test]
fn what_is_a_guess_is_left_to_unsafe_fixes() {
    let text = "# Deck\n\n## What is a heap?\n\nA tree.\n\nI hope this helps! Let me know if you have any questions.\n";
    let home = Home::with("deck.md", text);
    let ran = fix(&home, &["--fix"]);
    assert!(ran.stdout.contains("1 fixable with `--unsafe-fixes`"), "{}", ran.stdout);
    assert_eq!((ran.code, home.read("deck.md").as_str()), (1, text));
    let ran = fix(&home, &["--unsafe-fixes"]);
    assert_eq!((ran.code, home.read("deck.md").as_str()), (0, "# Deck\n\n## What is a heap?\n\nA tree.\n"));
}

#[test]
fn numbers_that_text_refers_to_are_a_guess() {
    let text = REPEATED.replace("A tree.", "A tree; see question 2.");
    let home = Home::with("deck.md", &text);
    fix(&home, &["--fix"]);
    assert_eq!(home.read("deck.md"), text);
    fix(&home, &["--unsafe-fixes"]);
    assert_eq!(home.read("deck.md"), mended(&text));
}

#[test]
fn a_finding_that_is_allowed_is_not_mended() {
    let home = Home::with("deck.md", REPEATED);
    let before = home.files();
    assert_eq!(fix(&home, &["--fix", "--allow", "numbers"]).code, 0);
    home.is_still(&before);
}

#[test]
fn findings_of_the_baseline_are_not_mended() {
    let home = Home::with("deck.md", REPEATED);
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline", "deck.md"]);
    let before = home.files();
    let ran = fix(&home, &["--fix", "--baseline", "known.json"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "no findings in 1 file (3 notes)\n1 known finding in `known.json`, not shown\n")
    );
    home.is_still(&before);
}

#[test]
fn findings_of_a_baseline_are_known_in_any_order() {
    let home = Home::new();
    for name in ["a.md", "b.md", "c.md"] {
        home.add(&format!("source/{name}"), REPEATED);
    }
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]);
    let mut known: Value = serde_json::from_str(&home.read("known.json")).unwrap();
    let entries = known["findings"].as_array_mut().unwrap();
    assert_eq!(entries.len(), 3);
    entries.swap(0, 1);
    entries.swap(1, 2);
    home.add("known.json", known.to_string());
    home.add("source/d.md", REPEATED);
    let ran = home.deckc(&["check", "--fix", "--baseline", "known.json"]);
    assert!(ran.stdout.contains("fixed 1 finding in 1 file"), "{}", ran.stdout);
    assert_eq!((home.read("source/b.md"), home.read("source/d.md")), (REPEATED.to_owned(), mended(REPEATED)));
}

#[test]
fn fixes_of_one_file_do_not_hang_on_another() {
    let home = Home::with("source/a.md", REPEATED);
    home.add("source/b.md", "# Other\n\n## What is a heap?\n\n```js\nlet a = 1;\n");
    home.add("source/c.md", mended(REPEATED));
    let ran = home.deckc(&["check", "--fix", "--format", "concise", "--allow", "duplicates"]);
    assert!(ran.stdout.ends_with("fixed 2 findings in 2 files\n"), "{}", ran.stdout);
    assert_eq!(home.read("source/a.md"), mended(REPEATED));
    assert!(home.read("source/b.md").ends_with("let a = 1;\n```\n"));
}

#[test]
fn prose_behind_a_closer_with_a_language_is_no_code() {
    for behind in ["[More](https://example.org) about it.", "`x` is the name of what you see here.", "**[Top](#deck)**"]
    {
        let text =
            format!("1. **What is a?**\n\n   ```js\n   x\n   ```js\n\n   {behind}\n\n2. **What is b?**\n\n   B.\n");
        let home = Home::with("deck.md", &text);
        fix(&home, &["--fix", "--allow", "links"]);
        assert_eq!(home.read("deck.md"), text.replace("   x\n   ```js", "   x\n   ```"), "{behind}");
    }
}

#[test]
fn fixes_of_two_kinds_in_one_answer_are_made_in_one_run() {
    let text = "# Deck\n\n## What is a heap?\n\nA tr\u{feff}ee.\n\n```\n{\"a\": 1}\n```\n";
    let home = Home::with("deck.md", text);
    let ran = fix(&home, &["--fix"]);
    assert_eq!(ran.stdout, "no findings in 1 file (1 note)\nfixed 2 findings in 1 file\n");
    let before = home.files();
    fix(&home, &["--fix"]);
    home.is_still(&before);
}

#[test]
fn what_the_baseline_knows_stays_where_its_line_is_mended() {
    let home = Home::with("deck.md", "# Deck\n\n## What is a heap?\n\nA tr\u{1}ee.\n");
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline", "deck.md"]);
    home.add("deck.md", "# Deck\n\n## What is a heap?\n\nA tr\u{1}ee.\n\nWith lea\u{2}ves.\n");
    let ran = fix(&home, &["--fix", "--baseline", "known.json"]);
    assert!(ran.stdout.contains("fixed 1 finding in 1 file"), "{}", ran.stdout);
    assert_eq!(home.read("deck.md"), "# Deck\n\n## What is a heap?\n\nA tr\u{1}ee.\n\nWith leaves.\n");
}

#[test]
fn a_fix_that_would_break_a_link_is_not_made() {
    let text = REPEATED.replace("A tree.", "A tree: see [below](#2-what-is-a-queue).");
    let home = Home::with("deckc.toml", "base-url = \"https://example.org\"\n");
    home.add("deck.md", &text);
    let ran = fix(&home, &["--fix"]);
    assert_eq!(home.read("deck.md"), text, "{}", ran.stdout);
}

#[test]
fn an_anchor_is_mended_on_a_card_too() {
    let text = "# Deck\n\n## What is a heap?\n\nA [part](#What-Is-A-Tree).\n\n## What is a tree?\n\nA graph.\n";
    let home = Home::with("deckc.toml", "base-url = \"https://example.org\"\n");
    home.add("deck.md", text);
    let ran = fix(&home, &["--fix"]);
    assert_eq!(home.read("deck.md"), text.replace("#What-Is-A-Tree", "#what-is-a-tree"), "{}", ran.stdout);
}

#[test]
fn a_comment_that_is_of_use_elsewhere_stays() {
    let home = Home::with("deckc.toml", "base-url = \"https://example.org\"\n");
    let text = "# Deck\n\n## What is a heap?\n\n{}\n\nA [tree](gone.md) ![](gone.png).\n";
    for comment in ["<!-- deckc allow-file: broken-link, media -->", "<!-- deckc allow-file: all -->"] {
        home.add("deck.md", text.replace("{}", comment));
        let before = home.files();
        let ran = fix(&home, &["--fix"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "no findings in 1 file (1 note)\n"), "{comment}");
        home.is_still(&before);
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_mode_of_a_file_stays() {
        let home = Home::with("deck.md", REPEATED);
        fs::set_permissions(home.path("deck.md"), fs::Permissions::from_mode(0o640)).unwrap();
        fix(&home, &["--fix"]);
        assert_eq!(home.read("deck.md"), mended(REPEATED));
        assert_eq!(fs::metadata(home.path("deck.md")).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_stays_one() {
        let home = Home::with("there/deck.md", REPEATED);
        std::os::unix::fs::symlink("there/deck.md", home.path("deck.md")).unwrap();
        fix(&home, &["--fix"]);
        assert!(home.path("deck.md").is_symlink());
        assert_eq!(home.read("there/deck.md"), mended(REPEATED));
    }

    #[test]
    fn a_link_out_of_a_folder_is_left_alone_unless_it_is_named() {
        let home = Home::with("out/victim.md", REPEATED);
        home.add("deck/there/inside.md", REPEATED);
        std::os::unix::fs::symlink("../out/victim.md", home.path("deck/link.md")).unwrap();
        let said = "deck/link.md: left alone: it is a link to a file outside of the folder";
        for command in ["check --fix", "check --diff", "pin"] {
            let ran = home.deckc(&command.split(' ').chain(["deck"]).collect::<Vec<_>>());
            assert!(ran.stdout.contains(said), "{command}: {}", ran.stdout);
        }
        assert_eq!(home.read("out/victim.md"), REPEATED);
        assert!(home.read("deck/there/inside.md").contains("## 3. What is a queue?"));
        home.deckc(&["check", "--fix", "deck/link.md"]);
        assert_eq!(home.read("out/victim.md"), mended(REPEATED));
    }

    #[test]
    fn a_link_within_the_project_is_followed() {
        let home = Home::with("shared/deck.md", REPEATED);
        home.add("deckc.toml", "");
        home.add("source/other.md", "## What?\n\nThis.\n");
        std::os::unix::fs::symlink("../shared/deck.md", home.path("source/deck.md")).unwrap();
        home.deckc(&["check", "--fix", "source"]);
        assert_eq!(home.read("shared/deck.md"), mended(REPEATED));
    }

    #[test]
    fn a_path_is_no_command_to_who_reads_the_log() {
        let home = Home::with("source/::error ::\u{1b}[31m.md", [REPEATED.as_bytes(), b"caf\xe9\n"].concat());
        for options in [&["--fix"][..], &["--diff"]] {
            let ran = Ran::of(
                home.command()
                    .current_dir(home.path("source"))
                    .args(["check", "--format=concise"])
                    .args(options)
                    .arg("."),
            );
            assert!(ran.stdout.contains("./::error ::"), "{}", ran.stdout);
            assert!(ran.stdout.contains(": left alone: "), "{}", ran.stdout);
            assert!(
                !ran.stdout.contains('\u{1b}') && ran.stdout.lines().all(|line| !line.starts_with("::")),
                "{}",
                ran.stdout
            );
        }
    }

    #[test]
    fn what_can_not_be_written_ends_the_run() {
        let home = Home::with("deck.md", REPEATED.repeat(40));
        let before = home.files();
        let ran = home.on_a_small_disk(1, "check --fix deck.md");
        assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
        home.is_still(&before);
    }
}

#[test]
fn bytes_that_are_no_text_are_left_alone() {
    let mut bytes = REPEATED.as_bytes().to_vec();
    bytes.extend(b"caf\xe9\n");
    let home = Home::with("deck.md", &bytes);
    let before = home.files();
    let ran = fix(&home, &["--fix"]);
    assert!(ran.stdout.contains("deck.md: left alone: "), "{}", ran.stdout);
    home.is_still(&before);
}

#[test]
fn standard_input_comes_out_mended() {
    let home = Home::new();
    let ran = home.deckc_on(REPEATED, &["check", "--stdin", "--fix"]);
    assert_eq!((ran.code, ran.stdout), (0, mended(REPEATED)));
}

#[test]
fn standard_input_that_is_no_text_comes_out_as_it_came() {
    let latin = [REPEATED.as_bytes(), b"caf\xe9\n"].concat();
    let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(REPEATED.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [latin, utf_16] {
        let home = Home::new();
        home.add("in.md", &bytes);
        let input = std::fs::File::open(home.path("in.md")).unwrap();
        let output = home.command().args(["check", "--stdin", "--fix"]).stdin(input).output().unwrap();
        assert_eq!(output.stdout, bytes);
    }
}

#[test]
fn a_diff_does_not_promise_what_a_fix_leaves_alone() {
    let home = Home::with("deck.md", [REPEATED.as_bytes(), b"caf\xe9\n"].concat());
    let ran = fix(&home, &["--diff"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("deck.md: left alone: "), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("\nnothing to fix\n"), "{}", ran.stdout);
}

#[test]
fn what_is_left_of_standard_input_is_told_beside_it() {
    let text = format!("{REPEATED}\n## How?\n\n## Why?\n\nSo.\n");
    let ran = Home::new().deckc_on(&text, &["check", "--stdin", "--fix"]);
    assert_eq!((ran.code, ran.stdout), (1, mended(&text)));
    assert!(ran.stderr.starts_with("stdin.md:16:1: warn[empty-answer] "), "{}", ran.stderr);
    let text = "## What?\n\n```\na\n```\n";
    let ran = Home::new().deckc_on(text, &["check", "--stdin", "--fix", "--max-warnings=0"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, text));
    assert!(ran.stderr.ends_with("1 warning, more than the 0 of `--max-warnings`\n"), "{}", ran.stderr);
    let ran = Home::new().deckc_on(REPEATED, &["check", "--stdin", "--fix"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "nothing is left");
}

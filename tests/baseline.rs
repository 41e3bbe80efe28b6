//! `check --baseline`.

#[path = "support/home.rs"]
mod home;

use home::{Home, Ran};

const KNOWN: &str = "# Deck\n\n## 1. What is a heap?\n\nA tree.\n\n## 2. What?\n\nA list.\n\n## 2. Who?\n\nMe.\n";

/// A project whose findings are known.
fn known() -> Home {
    let home = Home::with("source/deck.md", KNOWN);
    let ran = home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "known.json: 1 finding\n"));
    home
}

fn check(home: &Home) -> Ran {
    home.deckc(&["check", "--format", "concise", "--baseline", "known.json"])
}

#[test]
fn what_is_known_is_not_reported() {
    let ran = check(&known());
    let told = "no findings in 1 file (3 notes)\n1 known finding in `known.json`, not shown\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, told));
}

#[test]
fn a_finding_is_known_where_its_line_has_moved() {
    let home = known();
    home.add("source/deck.md", KNOWN.replace("# Deck\n", "# Deck\n\nNew words.\n\nMore of them.\n"));
    assert!(check(&home).stdout.ends_with("1 known finding in `known.json`, not shown\n"));
}

#[test]
fn what_is_new_is_reported() {
    let home = known();
    home.add("source/deck.md", format!("{KNOWN}\n## 9. How?\n\nSo.\n"));
    let ran = check(&home);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("source/deck.md:15:4: warn[number-gap]"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("number-repeat"), "{}", ran.stdout);
}

#[test]
fn as_many_are_known_as_stand_in_the_baseline() {
    let fence = "\n## What is this?\n\n```js\nlet a\n";
    let home = Home::with("source/a.md", format!("# A\n{fence}"));
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]);
    home.add("source/b.md", format!("# B\n{fence}"));
    let ran = check(&home);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("source/b.md:5:1: deny[unclosed-fence]"), "{}", ran.stdout);
}

#[test]
fn what_is_gone_can_be_taken_out() {
    let home = known();
    home.add("source/deck.md", KNOWN.replace("2. Who", "3. Who"));
    let ran = check(&home);
    assert_eq!(ran.code, 0);
    let gone = "1 finding of `known.json` is not there any more; take it out with `--write-baseline`:\n  source/deck.md: \
                number-repeat: ";
    assert!(ran.stdout.contains(gone), "{}", ran.stdout);
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(check(&home).stdout, "no findings in 1 file (3 notes)\n");
}

#[test]
fn a_file_may_be_renamed() {
    let home = known();
    home.add("source/other.md", home.read("source/deck.md"));
    std::fs::remove_file(home.path("source/deck.md")).ok();
    assert_eq!(check(&home).code, 0);
}

#[test]
fn a_run_over_a_few_files_keeps_what_is_known_of_the_others() {
    let home = known();
    home.add("source/other.md", KNOWN.replace("heap", "pile"));
    let ran = home.deckc(&["check", "--baseline", "known.json", "--write-baseline", "source/other.md"]);
    assert_eq!(ran.stdout, "known.json: 2 findings\n");
    assert_eq!(check(&home).code, 0);
}

#[test]
fn it_is_the_same_from_any_folder_and_written_the_same_twice() {
    let home = known();
    let first = home.read("known.json");
    home.deckc(&["check", "--baseline", "source/../known.json", "--write-baseline", "source/deck.md"]);
    assert_eq!(home.read("known.json"), first);
    let ran = Ran::of(home.command().current_dir(home.path("source")).args(["check", "--baseline=../known.json", "."]));
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn what_is_no_baseline_ends_the_run() {
    let home = known();
    let help = "delete it, and write it anew with `--write-baseline`";
    for (text, why) in [
        ("{", "it is no baseline: EOF while parsing an object at line 1 column 1"),
        ("{\"schema_version\":9,\"findings\":[]}", "its `schema_version` is 9, and this deckc knows 1"),
    ] {
        home.add("known.json", text);
        check(&home).fails(&format!("cannot use the baseline `known.json`: {why}"), help);
    }
}

#[test]
fn a_baseline_that_is_missing_ends_the_run() {
    let home = Home::with("source/deck.md", KNOWN);
    let error = "cannot use the baseline `known.json`: there is no such file";
    check(&home).fails(error, "write it with `--write-baseline`");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_baseline_stays_one() {
    let home = known();
    home.add("there/known.json", "{\"schema_version\":1,\"findings\":[]}");
    std::os::unix::fs::symlink("there/known.json", home.path("link.json")).unwrap();
    home.deckc(&["check", "--baseline", "link.json", "--write-baseline"]);
    assert!(home.path("link.json").is_symlink());
    assert_eq!(home.read("there/known.json"), home.read("known.json"));
}

#[test]
fn what_is_known_of_standard_input_does_not_fail() {
    let home = Home::new();
    let text = "## What?\n\n```\na\n```\n";
    let run = |more: &str| {
        let ran = home.deckc_on(text, &["check", "--stdin", "--baseline=known.json", more]);
        (ran.code, ran.stdout, ran.stderr)
    };
    assert_eq!(run("--write-baseline").0, 0);
    assert_eq!(run("--fix"), (0, text.to_owned(), String::new()));
}

/// That a file is missing would be told by a finding that is gone, or known again under another name.
#[test]
fn what_a_baseline_names_outside_of_the_project_is_not_looked_for() {
    let home = Home::with("project/deckc.toml", "");
    home.add("project/source/deck.md", "## What?\n\nThis.\n");
    let outside = home.path("gone.md").display().to_string().replace('\\', "/");
    let state = |path: &str| {
        let entry = format!("{{\"path\":\"{path}\",\"lint\":\"x\",\"fingerprint\":\"\",\"message\":\"y\"}}");
        home.add("project/ci/known.json", format!("{{\"schema_version\":1,\"findings\":[{entry}]}}"));
        let arguments = ["check", "--baseline=ci/known.json"];
        let ran = Ran::of(home.command().current_dir(home.path("project")).args(arguments));
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        ran.stdout.contains("is not there any more")
    };
    for path in ["gone.md", "../source/gone.md", "../source/../gone.md"] {
        assert!(state(path), "{path}");
    }
    for path in [&*outside, "../../gone.md", "../source/../../gone.md"] {
        assert!(!state(path), "{path}");
    }
}

/// Whoever writes a baseline writes no commands to the terminal, nor to the CI server that reads the log.
#[test]
fn what_a_baseline_says_is_shown_and_does_nothing() {
    let home = Home::with("source/deck.md", "## What?\n\nThis.\n");
    let entry = |path: &str, lint: &str| {
        format!(
            "{{\"path\":\"{path}\",\"lint\":\"{lint}\",\"fingerprint\":\"\",\"message\":\"a\\n::error ::b\\u001b[31m\"}}"
        )
    };
    let entries = [entry("::error ::gone.md", "x\\n"), entry("gone\\u001b.md", "y")].join(",");
    home.add("known.json", format!("{{\"schema_version\":1,\"findings\":[{entries}]}}"));
    let ran = check(&home);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("  ./::error ::gone.md: x"), "{}", ran.stdout);
    does_nothing(&ran);
    home.add("known.json", "{\"schema_version\":1,\"a\\n::error ::b\\u001b[31m\":1}");
    let ran = check(&home);
    assert!(ran.stderr.starts_with("error: cannot use the baseline `known.json`: "), "{}", ran.stderr);
    does_nothing(&ran);
}

#[track_caller]
fn does_nothing(ran: &Ran) {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains('\u{1b}') && said.lines().all(|line| !line.trim_start().starts_with("::")), "{said}");
}

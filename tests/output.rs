//! `--output`, `--statistics` and `deckc lints --format json`.
#![expect(clippy::unwrap_used, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::collections::BTreeMap;
use std::sync::Arc;

use deckc::check;
use deckc::diagnostic::Level;
use deckc::lints::CATALOGUE;
use deckc::project::Project;
use deckc::settings::{Given, Keys};
use home::Home;
use serde_json::Value;

const TWICE: &str = "# Deck\n\n1. What is a heap?\n   - y\n2. What is a heap?\n   - z\n";
const FORMATS: [&str; 7] = ["fancy", "concise", "json", "sarif", "github", "gitlab", "junit"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_report_in_a_file_is_what_standard_output_would_have_had() {
    let home = Home::with("deck.md", TWICE);
    for format in FORMATS {
        let shown = home.deckc(&["check", "--format", format, "deck.md"]);
        let path = format!("reports/deep/{format}");
        let ran = home.deckc(&["check", "--color", "always", "--format", format, "--output", &path, "deck.md"]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", ""), "{format}");
        assert_eq!(home.read(&path), shown.stdout, "{format}");
    }
    assert_eq!(home.deckc(&["check", "--fail-on=deny", "--output=x", "--allow=duplicates", "deck.md"]).code, 0);
    let names: Vec<String> =
        home.files().into_keys().filter(|name| name.contains("/.") || name.starts_with('.')).collect();
    assert_eq!(names, Vec::<String>::new(), "left over");
}

#[test]
fn an_earlier_report_is_replaced() {
    let home = Home::with("deck.md", TWICE);
    home.add("report.txt", "earlier ".repeat(1000));
    home.deckc(&["check", "--format=concise", "--output=report.txt", "deck.md"]);
    assert!(home.read("report.txt").starts_with("deck.md:5:1: deny[duplicate-question]"));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_report_stays_one() {
    let home = Home::with("deck.md", TWICE);
    home.add("there/report.txt", "");
    std::os::unix::fs::symlink("there/report.txt", home.path("report.txt")).unwrap();
    home.deckc(&["check", "--format=concise", "--output=report.txt", "deck.md"]);
    assert!(home.path("report.txt").is_symlink());
    assert!(home.read("there/report.txt").contains("duplicate-question"));
}

#[test]
fn a_report_does_not_overwrite_what_was_read() {
    let home = Home::with("source/deck.md", "## What is a move?\n\nA change of owner.\n");
    assert_eq!(home.deckc(&["build", "--formats=csv"]).code, 0);
    let before = home.files();
    for path in ["source/deck.md", "./source/../source/deck.md", "deckc.lock"] {
        let error = format!("the report would overwrite `{path}`, which was just read");
        home.deckc(&["check", "--output", path]).fails(&error, "name another file with `--output`");
    }
    home.is_still(&before);
}

#[test]
fn a_report_does_not_overwrite_what_a_project_says_of_its_files() {
    let home = Home::with("source/deck.md", "## What is a move?\n\nA change of owner.\n");
    home.add("deckc.toml", "style = \"deck.css\"\n");
    home.add("deck.css", "b {}\n");
    home.add("lints/todo-left.md", "---\npattern: TODO\n---\n\n# todo-left\n\nIt is found.\n");
    home.add("known.json", "{\"schema_version\":1,\"findings\":[]}");
    let before = home.files();
    for path in ["deckc.toml", "deck.css", "lints/todo-left.md", "source/../known.json"] {
        let error = format!("the report would overwrite `{path}`, which was just read");
        let ran = home.deckc(&["check", "--baseline", "known.json", "--output", path]);
        ran.fails(&error, "name another file with `--output`");
    }
    home.is_still(&before);
}

#[test]
fn a_report_that_can_not_be_written_is_a_failure_with_help() {
    let home = Home::with("deck.md", TWICE);
    home.add("file", "");
    home.add("folder/file", "");
    let before = home.files();
    let into = |path: &str| home.deckc(&["check", "--output", path, "deck.md"]);
    into("file/report").fails(
        "cannot make the folder `file`: a file of that name is in the way",
        "move that file away, or name another one with `--output`",
    );
    into("folder").fails(
        "cannot write `folder`: a folder of that name is in the way",
        "name a file in it, as in `--output reports/deckc.sarif`",
    );
    let long = "n".repeat(300);
    let refused = into(&long);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("name another file"), "{}", refused.stderr);
    home.is_still(&before);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_not_replaced() {
    let home = Home::with("deck.md", TWICE);
    // A name of its own for a device, so that nothing is lost where this fails.
    let made = std::process::Command::new("mkfifo").arg(home.path("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()));
    let help = "leave out `--output`, and the report goes to standard output";
    home.deckc(&["check", "--output", "pipe", "deck.md"]).fails("`pipe` is no file that could be replaced", help);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_earlier_report() {
    let home = Home::with("deck.md", TWICE);
    home.add("report.sarif", "earlier");
    let before = home.files();
    let ran = home.on_a_small_disk(1, "check --format sarif --output report.sarif deck.md");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("error: cannot write `report.sarif`: "), "{}", ran.stderr);
    assert!(ran.stderr.contains(" help: "), "{}", ran.stderr);
    home.is_still(&before);
}

#[cfg(target_os = "linux")]
#[test]
fn every_format_tells_of_a_full_disk_and_bears_a_closed_pipe() {
    let home = Home::with("deck.md", TWICE);
    for format in FORMATS {
        let run = |stream: std::process::Stdio| {
            let output = home.command().args(["check", "--format", format, "deck.md"]).stdout(stream).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let error =
            "error: cannot write the report: no space left on device\n help: check where standard output goes\n";
        assert_eq!(run(full.into()), (Some(2), error.to_owned()), "{format}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(run(writer.into()), (Some(1), String::new()), "{format}");
    }
}

// Statistics

#[test]
fn statistics_count_each_finding_also_where_many_are_shown_as_one() {
    let home = Home::new();
    let gaps: String = (0..20).map(|number| format!("## What is x{number}?\n\n```\ncode {number}\n```\n\n")).collect();
    home.add("deck.md", gaps);
    let counted = |arguments: &[&str]| home.deckc(&[&["check", "--statistics"], arguments, &["deck.md"]].concat());
    let ran = counted(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert_eq!(ran.stdout, "20  warn  fence-without-language\n20 findings in 1 file (20 notes): 20 warn\n");
    let value = json(&counted(&["--format=json"]).stdout);
    let row = serde_json::json!({ "lint": "fence-without-language", "level": "warn", "findings": 20, "fixable": 0 });
    assert_eq!(value["statistics"], Value::Array(vec![row]));
    assert_eq!((&value["schema_version"], &value["summary"]["warn"]), (&1.into(), &20.into()));
    assert_eq!(counted(&["--fail-on=deny"]).code, 0);
    assert_eq!(counted(&["--output=counts.txt"]).stdout, "");
    assert_eq!(home.read("counts.txt"), ran.stdout);
}

#[test]
fn statistics_need_a_format_that_tells_them() {
    let home = Home::with("deck.md", TWICE);
    for format in ["sarif", "github", "gitlab", "junit"] {
        let error = format!("`--format {format}` has no way to tell statistics");
        let help = "leave out `--statistics`, or use it with `--format fancy`, `concise` or `json`";
        home.deckc(&["check", "--statistics", "--format", format, "deck.md"]).fails(&error, help);
    }
}

// The catalogue

#[test]
fn the_catalogue_as_json_says_of_each_lint_what_it_is() {
    let ran = Home::new().deckc(&["lints", "--format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let value = json(&ran.stdout);
    assert_eq!(value["schema_version"], 1);
    let lints = value["lints"].as_array().unwrap();
    assert_eq!(lints.len(), CATALOGUE.len());
    for (shape, lint) in lints.iter().zip(CATALOGUE) {
        let url = format!("https://docs.rs/crate/deckc/{}/source/lints/{}.md", env!("CARGO_PKG_VERSION"), lint.name);
        let expected = serde_json::json!({
            "name": lint.name, "level": lint.level.name(), "group": lint.group.name(), "since": lint.since,
            "summary": lint.summary(), "url": url, "path": null, "fixable": lint.is_fixable(), "can_be_lowered": !lint.is_fixed(),
        });
        assert_eq!(*shape, expected);
    }
    let of = |name: &str| lints.iter().find(|lint| lint["name"] == name).unwrap();
    assert_eq!(
        (&of("unclosed-fence")["level"], &of("unclosed-fence")["can_be_lowered"]),
        (&"deny".into(), &true.into())
    );
    assert_eq!((&of("chat-leftover")["fixable"], &of("empty-answer")["fixable"]), (&true.into(), &false.into()));
    assert_eq!(of("broken-lock")["can_be_lowered"], false);
}

/// What lints say of their findings, and what the catalogue says of them, is the same.
#[test]
fn a_lint_with_a_fix_is_called_fixable() {
    let mut fixed: BTreeMap<&str, bool> = BTreeMap::new();
    for lint in CATALOGUE {
        let mut command = Keys::default();
        if !lint.is_fixed() {
            command.levels.set(lint.name, Level::Deny).unwrap();
        }
        let given = Given { command: Arc::new(command), ..Given::default() };
        let bad = lint.page.split("\n## Bad\n").nth(1).unwrap().split("\n## Good\n").next().unwrap();
        for example in bad.split("\n~~~~~markdown\n").skip(1) {
            let text = example.split("\n~~~~~\n").next().unwrap();
            let project = Project::of_text_given("example.md", format!("{text}\n").as_bytes(), None, &given).unwrap();
            let found = check::find(&project.sources, &project.files, &project.identity_faults());
            let has_fix = found.iter().any(|finding| finding.lint == lint.name && finding.fix.is_some());
            *fixed.entry(lint.name).or_default() |= has_fix;
        }
    }
    assert!(fixed.values().filter(|fixed| **fixed).count() > 2);
    for (name, has_fix) in fixed {
        assert_eq!(deckc::lints::find(name).unwrap().is_fixable(), has_fix, "{name}");
    }
}

#[test]
fn timings_keep_out_of_what_tools_read() {
    let home = Home::with("deck.md", TWICE);
    let plain = home.deckc(&["check", "--format=json", "deck.md"]);
    let timed = home.deckc(&["check", "--format=json", "--timings", "deck.md"]);
    assert_eq!((timed.code, timed.stdout), (plain.code, plain.stdout));
    assert!(timed.stderr.contains("\nparse and recognise"), "{}", timed.stderr);
}

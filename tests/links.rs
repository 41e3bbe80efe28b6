//! Links between files, with files that are there or not; and texts made to make the new lints slow.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests say what they expect, and make the files they need"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deckc::check;
use deckc::project::Project;
use serde_json::Value;

const DECK: &str = "\
---
base-url: https://example.org/biology
---

# Cells

See [here](other.md), [there](other.md#walls), [this](other.md#wals), [gone](gone.md), [page](topics/heart),
[case](OTHER.md), [outside](../../outside.md), [site](/docs/a.md), [folder](topics/) and [web](https://example.org/gone.md).

## What is a cell?

The smallest part of a living being; see [the heart](topics/heart.md#no-part \"title\") and <a href=\"missing.html\">x</a>.
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let add = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    add("cells.md", DECK);
    add("other.md", "# Other\n\n## Walls\n\nThey are strong.\n");
    add("topics/heart.md", "## What is a heart?\n\nA pump.\n");
    folder
}

/// The lint, line and message of each finding about links.
fn found(folder: &Path, arguments: &[&str], input: Option<&str>) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deckc"));
    command.current_dir(folder).args(["check", "--format", "json"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.unwrap_or_default().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let findings = report.get("findings").or(Some(&report)).and_then(Value::as_array).unwrap().clone();
    let shown = findings.iter().filter_map(|finding| {
        let lint = finding.get("lint")?.as_str()?;
        let line = finding.pointer("/labels/0/start/line")?;
        let message = finding.get("message")?.as_str()?;
        lint.starts_with("broken-").then(|| format!("{line} {lint}: {message}"))
    });
    shown.collect()
}

const OF_THE_DECK: &str = "\
7 broken-anchor: no heading of `other.md` has the anchor `#wals`
7 broken-link: the file `gone.md` is not there
8 broken-link: the file `OTHER.md` is not there, but `other.md` is
12 broken-anchor: no heading of `topics/heart.md` has the anchor `#no-part`
12 broken-link: the file `missing.html` is not there";

#[test]
fn links_lead_to_files_and_their_parts() {
    let folder = folder();
    assert_eq!(found(folder.path(), &["cells.md"], None).join("\n"), OF_THE_DECK);
}

#[test]
fn a_text_from_standard_input_has_the_links_of_its_name() {
    let folder = folder();
    fs::remove_file(folder.path().join("cells.md")).unwrap();
    let found = found(folder.path(), &["--stdin", "--stdin-filename", "cells.md"], Some(DECK));
    assert_eq!(found.join("\n"), OF_THE_DECK);
}

#[test]
fn a_fix_types_the_anchor_that_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let text = "- [A cell](#What-is-a-cell)\n- [Its wall](#what-is-its-wall)\n\n## What is a cell?\n\nSmall.\n\n## What is its wall?\n\nStrong.\n";
    fs::write(folder.path().join("a.md"), text).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_deckc"))
        .current_dir(folder.path())
        .args(["check", "--fix", "a.md"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let fixed = fs::read_to_string(folder.path().join("a.md")).unwrap();
    assert_eq!(fixed, text.replace("#What-is", "#what-is"));
}

/// The names of the lints that find something in a text.
fn lints(text: &str) -> Vec<String> {
    let project = Project::of_text("a.md", text, None).unwrap();
    let found = check::check(&project.sources, &project.files, &project.identity_faults());
    let mut lints: Vec<String> = found.iter().map(|finding| finding.lint.to_string()).collect();
    lints.dedup();
    lints
}

#[test]
fn data_is_told_only_where_it_can_be_nothing_but_a_slip() {
    let fence = |language: &str, code: &str| lints(&format!("## Q?\n\n```{language}\n{code}\n```\n"));
    for (language, code) in [
        ("json", "{\"a\": [1, 2, \"https://x.example\"]}"),
        ("json", "{\"a\": 1, ...}"),
        ("json", "{\"a\": <your key>}"),
        ("json", "{\"a\": 1}\n$ curl x"),
        ("json", "{\"a\": {{ value }}}"),
        ("json", "\"a\": 1,\n\"b\": 2"),
        ("json", "// a remark\n{\"a\": 1,}"),
        ("jsonc", "{\"a\": 1,}"),
        ("yaml", "a: 1\nb: [x, y]\nc: |\n  \ttext: x\n"),
        ("yaml", "kubectl get pods"),
        ("yaml", "a: !Ref b\nc: !!binary aGk="),
        ("yaml", "base: &base\n  a: 1\nother:\n  <<: *base\n"),
        ("yaml", "on:\n  push:\n    branches: [main]\n1: x\n"),
        ("toml", "a = 1979-05-27T07:32:00Z\n[b.c]\nd = [1, 2,]"),
        ("toml", "cargo add serde"),
    ] {
        assert_eq!(fence(language, code), [""; 0], "{language}: {code}");
    }
    for (language, code) in [
        ("json", "{\"a\": 1,}"),
        ("json", "{'a': 1}"),
        ("json", "{a: 1}"),
        ("json", "{\"a\": 1 \"b\": 2}"),
        ("json", "[1, 2"),
        ("json", "{\"a\": {\"b\": 1, \"b\": 2}}"),
        ("json", "{\"a\": 1}}"),
        ("yaml", "a:\n\tb: 1"),
        ("yaml", "a: 1\na: 2"),
        ("yaml", "a: [1, 2\nb: 3"),
        ("yaml", "a: b: c"),
        ("toml", "a = b"),
        ("toml", "[a]\nb = 1\nb = 2"),
    ] {
        assert_eq!(fence(language, code), [format!("invalid-{language}-fence")], "{language}: {code}");
    }
}

#[test]
fn faults_of_data_are_told_at_their_line() {
    let text = "- Q?\n\n  ```json\n  {\n    \"a\": 1\n    \"b\": 2\n  }\n  ```\n\n- Why?\n\n  So.\n";
    let project = Project::of_text("a.md", text, None).unwrap();
    let found = check::check(&project.sources, &project.files, &project.identity_faults());
    let finding = found.iter().find(|finding| finding.lint == "invalid-json-fence").unwrap();
    let label = finding.primary().unwrap();
    let position = project.sources.get(label.span.source).position(label.span.start);
    assert_eq!((position.line, position.column), (6, 5), "{}", finding.message);
}

#[test]
fn no_text_makes_these_lints_slow_or_deep() {
    const MANY: usize = 40_000;
    let deep = |language: &str, open: &str, close: &str| {
        format!("## Q?\n\n```{language}\n{}{}\n```\n", open.repeat(20_000), close.repeat(20_000))
    };
    let texts = [
        deep("json", "[", "]"),
        deep("json", "{\"a\":", ""),
        deep("yaml", "[", "]"),
        deep("yaml", "- ", ""),
        deep("toml", "[", "]"),
        deep("toml", "a.", "=1"),
        format!("## Q?\n\na {}\n", "[latex]".repeat(MANY)),
        format!("## Q?\n\na {}\n", "{{c1::".repeat(MANY)),
        format!("## Q?\n\na {}\n", "a\u{200b}\u{202e}".repeat(MANY)),
        format!("## Q?\n\n{}\n", "\u{200b}#".repeat(MANY)),
        format!("## Q?\n\na {}\n", "http".repeat(MANY)),
        format!("---\nlints: {{bare-url: warn}}\n---\n\n## Q?\n\na https://a{}\n", ")".repeat(MANY)),
        format!(
            "---\ntags: [{}]\n---\n\n## Q?\n\na\n",
            (0..MANY / 4).map(|n| format!("'t*{n}'")).collect::<Vec<_>>().join(", ")
        ),
        format!(
            "{}\n## Q?\n\na\n",
            (0..2_000).map(|n| format!("[x](#no-part-{n}) [y](gone/{n}.md)\n\n## T {n}\n\n")).collect::<String>()
        ),
        format!("{}\n", "## Q?\n\na\n\n".repeat(2_000)),
        format!("## Q?\n\n{}\n", "<svg onclick=x>".repeat(MANY / 10)),
    ];
    for text in texts {
        let started = Instant::now();
        let start: String = text.chars().take(60).collect();
        let _ = lints(&text);
        assert!(started.elapsed() < Duration::from_secs(20), "{start}: {:?}", started.elapsed());
    }
}

//! The project's own deck: `source/` is clean, its code runs, and `out/` is what the compiler makes of it today.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may panic, says what it skips, and keeps files of its own"
)]

use std::path::Path;
use std::process::{Command, Output};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn deckc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deckc")).args(arguments).current_dir(root()).output().expect("deckc runs")
}

#[test]
fn source_has_no_findings() {
    let output = deckc(&["check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn out_is_what_the_compiler_makes_of_source() {
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        assert!(deckc(&["build"]).status.success(), "out/ is not renewed");
    }
    let checked = deckc(&["build", "--check"]);
    let differences = String::from_utf8_lossy(&checked.stdout);
    let remedy = "run `SNAPSHOTS=overwrite cargo test --test source`";
    assert!(checked.status.success(), "out/ or the lock is stale: {remedy}\n{differences}");
}

/// Every JavaScript block of the deck, with its line.
fn scripts(text: &str) -> Vec<(usize, String)> {
    let (mut scripts, mut open) = (Vec::new(), None);
    for (event, range) in Parser::new_ext(text, deckc::markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "js" => {
                let line = text.get(..range.start).unwrap_or_default().matches('\n').count() + 1;
                open = Some((line, String::new()));
            }
            Event::Text(code) => {
                if let Some((_, script)) = &mut open {
                    script.push_str(&code);
                }
            }
            Event::End(TagEnd::CodeBlock) => scripts.extend(open.take()),
            _ => {}
        }
    }
    scripts
}

#[test]
fn the_decks_code_runs() {
    if Command::new("node").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "node must be there under CI");
        eprintln!("skipped: node is not here");
        return;
    }
    let text = std::fs::read_to_string(root().join("source/nodejs-senior.md")).expect("the deck");
    let scripts = scripts(&text);
    assert!(scripts.len() >= 20, "only {} scripts were found", scripts.len());
    let folder = tempfile::tempdir().expect("a folder");
    for (line, script) in scripts {
        let path = folder.path().join(format!("line-{line}.mjs"));
        std::fs::write(&path, script).expect("a file");
        let output = Command::new("node").arg(&path).output().expect("node runs");
        assert!(output.status.success(), "line {line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

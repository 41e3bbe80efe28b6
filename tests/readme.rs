//! The README is true: its commands parse, its links lead somewhere, and its examples give the notes it shows.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test may panic, and keeps files of its own")]

use std::path::Path;
use std::process::Command;

use clap::{Parser as _, ValueEnum as _};
use deckc::cli::Cli;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

const README: &str = include_str!("../README.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Language and text of every fenced block.
fn blocks() -> Vec<(String, String)> {
    let (mut blocks, mut open) = (Vec::new(), None);
    for event in Parser::new_ext(README, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                open = Some((language.to_string(), String::new()));
            }
            Event::Text(code) => {
                if let Some((_, block)) = &mut open {
                    block.push_str(&code);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// The command line as deckc sees it, if it runs deckc.
fn arguments(line: &str) -> Option<Vec<&str>> {
    // What the shell does is not deckc's.
    let words: Vec<&str> = line.split_whitespace().take_while(|word| *word != "<").collect();
    match words.as_slice() {
        ["deckc", ..] => Some(words),
        ["cargo", "run", rest @ ..] => {
            let own = rest.split(|word| *word == "--").nth(1).expect("`--` stands before deckc's own arguments");
            Some([&["deckc"], own].concat())
        }
        _ => None,
    }
}

#[test]
fn commands_are_what_deckc_understands() {
    let mut verbs = Vec::new();
    for (language, block) in blocks() {
        let lines = block.lines().filter_map(|line| match language.as_str() {
            "sh" => Some(line),
            "yaml" => ["- run: ", "script: "].into_iter().find_map(|key| line.trim().strip_prefix(key)),
            _ => None,
        });
        for arguments in lines.filter_map(arguments) {
            verbs.extend(arguments.get(1).map(ToString::to_string));
            if let Err(error) = Cli::try_parse_from(&arguments) {
                panic!("{arguments:?}: {error}");
            }
        }
    }
    for verb in ["build", "check", "inspect", "explain", "lints"] {
        assert!(verbs.iter().any(|found| found == verb), "the README does not show `deckc {verb}`");
    }
}

#[test]
fn lints_it_names_exist() {
    let mut named = 0;
    for event in Parser::new_ext(README, Options::all()) {
        if let Event::Code(code) = event
            && code.contains('-')
            && code.chars().all(|character| character.is_ascii_lowercase() || character == '-')
            && !code.starts_with('-')
        {
            named += 1;
            let shapes = deckc::deck::ShapeName::value_variants();
            let is_setting = include_str!("../src/settings/deckc.schema.json").contains(&format!("\"{code}\""));
            let is_known = deckc::lints::find(&code).is_some() || shapes.iter().any(|shape| shape.name() == &*code);
            let is_foreign = matches!(&*code, "cards-deck");
            let is_comment = matches!(&*code, "allow-section" | "allow-file");
            let is_hook = include_str!("../.pre-commit-hooks.yaml").contains(&format!("id: {code}\n"));
            let is_there = is_known || is_setting || is_foreign || is_comment || is_hook;
            assert!(is_there, "there is no lint, shape or setting `{code}`");
        }
    }
    assert!(named >= 4, "only {named} lints were found");
}

#[test]
fn links_and_pictures_lead_somewhere() {
    let mut targets = Vec::new();
    for event in Parser::new_ext(README, Options::all()) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                targets.push(dest_url.to_string())
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let quoted = html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
                targets.extend(quoted.map(str::to_owned));
            }
            _ => {}
        }
    }
    let local: Vec<&String> = targets.iter().filter(|target| !target.contains("://")).collect();
    assert!(local.len() >= 6, "only {} links were found", local.len());
    let slug = |title: &str| title.to_lowercase().replace(' ', "-");
    let headings: Vec<String> = README.lines().filter(|line| line.starts_with('#')).map(slug).collect();
    for target in local {
        let is_there = match target.strip_prefix('#') {
            Some(anchor) => headings.iter().any(|heading| heading.trim_start_matches(['#', '-']) == anchor),
            None => root().join(target).exists(),
        };
        assert!(is_there, "{target} does not exist");
    }
}

/// A `markdown` block, the `deckc inspect FILE` that reads it, and the `text` that it answers.
#[test]
fn examples_give_the_notes_shown() {
    let blocks = blocks();
    let examples: Vec<[&str; 3]> = blocks
        .windows(3)
        .filter_map(|three| match three {
            [(first, markdown), (_, command), (third, shown)] if first == "markdown" && third == "text" => {
                Some([markdown.as_str(), command.as_str(), shown.as_str()])
            }
            _ => None,
        })
        .collect();
    assert_eq!(examples.len(), 2, "one example a shape");
    let folder = tempfile::tempdir().expect("a folder");
    for [markdown, command, shown] in examples {
        let arguments = arguments(command.trim()).expect("deckc is run");
        std::fs::write(folder.path().join(arguments.last().expect("a file")), markdown).expect("a file");
        let deckc = Command::new(env!("CARGO_BIN_EXE_deckc"))
            .args(arguments.iter().skip(1))
            .current_dir(folder.path())
            .output()
            .expect("deckc runs");
        assert_eq!(String::from_utf8_lossy(&deckc.stdout), shown, "`{}`", command.trim());
    }
}

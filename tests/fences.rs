//! Fences wherever they may stand: well-formed ones raise nothing that stops a build, whatever they hold, and broken
//! ones raise one finding of the right lint.

#![expect(clippy::expect_used, reason = "a test may panic, and edits text at offsets it was given")]

use deckc::check;
use deckc::diagnostic::{Diagnostic, Level};
use deckc::identity::known::IdentityFaults;
use deckc::parsed::Parsed;
use deckc::settings::Given;
use deckc::source::Sources;

/// What stands around a snippet.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Top,
    Item,
    Quote,
}

/// What follows it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Behind {
    BlankLine,
    Text,
    EndOfFile,
}

const PLACES: [Place; 3] = [Place::Top, Place::Item, Place::Quote];

/// Snippets under `==== name` lines.
fn snippets(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let parts = text.strip_prefix("==== ").expect("a name").split("\n==== ");
    parts.map(|part| part.split_once('\n').expect("a snippet")).collect()
}

fn deck(snippet: &str, place: Place, behind: Behind) -> String {
    let prefixed = |first: &str, prefix: &str| {
        let lines = snippet.trim_end().lines();
        let lines =
            lines.map(|line| if line.is_empty() { prefix.trim_end().to_owned() } else { format!("{prefix}{line}") });
        format!("{first}{}", lines.collect::<Vec<_>>().join("\n"))
    };
    let (block, prefix) = match place {
        Place::Top => (prefixed("", ""), ""),
        Place::Item => (prefixed("1. A step:\n\n", "   "), "   "),
        Place::Quote => (prefixed("", "> "), "> "),
    };
    let second = "## What is second?\n\nThe second answer.\n\n```js\nlet z = 1;\n```\n";
    let behind = match behind {
        Behind::BlankLine => format!("\n\n{second}"),
        Behind::Text => format!("\n{prefix}Text goes on directly behind it.\n\n{second}"),
        Behind::EndOfFile => "\n".to_owned(),
    };
    format!("# Deck\n\n## What is first?\n\nIntro to the answer.\n\n{block}{behind}")
}

fn found(deck: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    sources.add_text("deck.md", deck).expect("a small file");
    let files: Vec<Parsed> = sources.all().iter().map(|source| Parsed::new(source, &Given::default())).collect();
    check::check(&sources, &files, &IdentityFaults::default())
}

fn denied(deck: &str) -> Vec<String> {
    let found = found(deck).into_iter().filter(|finding| finding.level == Level::Deny);
    found.map(|finding| finding.lint.into_owned()).collect()
}

#[test]
fn well_formed_fences_are_left_alone_wherever_they_stand() {
    let good = snippets(include_str!("fences/good.txt"));
    assert!(good.len() > 130);
    let mut wrong = Vec::new();
    for (name, snippet) in good {
        for place in PLACES {
            for behind in [Behind::BlankLine, Behind::Text, Behind::EndOfFile] {
                for line_end in ["\n", "\r\n"] {
                    let denied = denied(&deck(snippet, place, behind).replace('\n', line_end));
                    if !denied.is_empty() {
                        wrong.push(format!("{name}, {place:?}, {behind:?}: {denied:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn broken_fences_raise_one_finding_of_the_right_lint() {
    let mut wrong = Vec::new();
    for (name, snippet) in snippets(include_str!("fences/broken.txt")) {
        let (lint, _) = name.split_once(": ").expect("a lint");
        for place in PLACES {
            for behind in [Behind::BlankLine, Behind::EndOfFile] {
                let denied = denied(&deck(snippet, place, behind));
                if denied != [lint] {
                    wrong.push(format!("{name}, {place:?}, {behind:?}: {denied:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where a lint offers edits, they mend the fence and stay within the quote or the item.
#[test]
fn fixes_mend_fences_in_quotes_and_items() {
    let mut wrong = Vec::new();
    for (name, snippet) in snippets(include_str!("fences/broken.txt")) {
        for place in PLACES {
            let mut text = deck(snippet, place, Behind::BlankLine);
            let quoted = |text: &str| text.lines().filter(|line| line.starts_with('>')).count();
            let before = quoted(&text);
            let mut edits: Vec<_> =
                found(&text).into_iter().filter_map(|finding| finding.fix).flat_map(|fix| fix.edits).collect();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            if edits.is_empty() {
                continue;
            }
            for edit in edits {
                text.replace_range(edit.span.range(), &edit.text);
            }
            let denied = denied(&text);
            if !denied.is_empty() || quoted(&text) < before {
                wrong.push(format!("{name}, {place:?}: {denied:?}\n{text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn markdown_that_holds_a_fence_is_told_to_open_with_a_longer_one() {
    let found =
        found("## What is first?\n\n```md\nText.\n\n```js\nlet a;\n```\n\nMore.\n```\n\n## What is second?\n\nB.\n");
    let help = found.iter().find_map(|finding| finding.help.clone()).expect("a help");
    assert_eq!(help, "open and close the outer block with ````");
}

/// Parsing goes on behind the first of them, in the midst of the item.
#[test]
fn an_outdented_closer_is_found_behind_another_break_of_its_item() {
    let deck = "## What is first?\n\n1. one\n\n   ```js\n   a }```\n\n   Prose goes on here in the item.\n\n   ```js\n   b\n```\n\n2. two\n";
    assert_eq!(denied(deck), ["glued-fence-closer", "outdented-fence-closer"]);
    let indented = deck.replace("b\n```", "b\n   ```");
    assert_eq!(denied(&indented), ["glued-fence-closer"]);
}

/// Each of these lines was once judged by all others; now a few are, and the test ends.
#[test]
fn a_block_full_of_fences_takes_no_longer_than_another() {
    for line in ["``` js\n", "foo ```\n", "~~~\n", "````\n"] {
        let deck = format!("## What is first?\n\n````text\n{}````\n", line.repeat(20_000));
        found(&deck);
        found(&deck.replace("text", "js"));
    }
}

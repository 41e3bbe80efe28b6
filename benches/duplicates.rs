//! How long `check` takes, per question, where questions are many and alike: what grows in the last column from row to row
//! of a case does not grow in step with the questions.
//!
//! `cargo bench --bench duplicates`
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints, and may panic"
)]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use deckc::check;
use deckc::project::Project;
use deckc::settings::OnCommandLine;

const SIZES: [usize; 3] = [25_000, 50_000, 100_000];
/// Files of the deck.
const FILES: usize = 4;

/// The question of a number, with its answer.
type Case = fn(usize) -> String;

/// Twelve words that all share, and one that none does.
fn one_token(number: usize) -> String {
    format!(
        "## Why does the old red fox jump over that lazy dog near house h{number}?\n\nSince it is fox {number}.\n\n"
    )
}

fn different(number: usize) -> String {
    format!("## What is a{number} b{} c{}?\n\nIt is {number}.\n\n", number * 7, number * 13)
}

fn same_question(number: usize) -> String {
    format!("## What is a closure?\n\nAnswer {number}.\n\n")
}

fn same_card(_: usize) -> String {
    "## What is a closure?\n\nA function with all the variables that it can reach.\n\n".to_owned()
}

fn same_answer(number: usize) -> String {
    format!("## What is thing t{number}?\n\nA function with all the variables that it can reach.\n\n")
}

fn main() {
    let cases: [(&str, Case); 5] = [
        ("all differ", different),
        ("all but one token", one_token),
        ("same question", same_question),
        ("same card", same_card),
        ("same answer", same_answer),
    ];
    println!(
        "{:<20} {:>9} {:>9} {:>10} {:>9} {:>10}",
        "", "questions", "one file", "a question", "4 files", "a question"
    );
    for (name, case) in cases {
        for size in SIZES {
            let (one, several) = (time(case, size, 1), time(case, size, FILES));
            let each = |seconds: f64| seconds * 1e6 / size as f64;
            println!(
                "{name:<20} {size:>9} {one:>7.2} s {:>7.1} µs {several:>7.2} s {:>7.1} µs",
                each(one),
                each(several)
            );
        }
    }
    let long = format!("## What is {}?\n\nIt is long.\n\n", "word ".repeat(200_000));
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.md"), &long).expect("a file");
    fs::write(folder.path().join("b.md"), &long).expect("a file");
    println!("two questions of 1 MB: {:.2} s", seconds(folder.path()));
}

fn time(case: Case, size: usize, files: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    for file in 0..files {
        let text: String = (0..size / files).map(|at| case(file * size / files + at)).collect();
        fs::write(folder.path().join(format!("{file}.md")), text).expect("a file");
    }
    seconds(folder.path())
}

/// To find what is wrong in a folder, without the time to read it.
fn seconds(folder: &Path) -> f64 {
    fs::write(folder.join("deckc.toml"), "deck = \"One\"\n").expect("a file");
    let project = Project::read(&[folder.to_path_buf()], None, &OnCommandLine::default()).expect("a project");
    let from = Instant::now();
    black_box(check::check(&project.sources, &project.files, &project.identity_faults()));
    from.elapsed().as_secs_f64()
}

//! How long it takes to find what is wrong in a thousand files, beside a bare pass of the parser over the same bytes on the
//! same threads, in turn.
//!
//! `cargo bench --bench check`; `DECKC_BENCH_CORPUS=DIR` takes the Markdown in another folder, `-- --write DIR` writes the
//! files and measures nothing.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints, and may panic"
)]

mod support;

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use deckc::check;
use deckc::markdown::{Document, options};
use deckc::project::Project;
use deckc::settings::OnCommandLine;
use deckc::shape::{self, Terms};
use deckc::source::find_inputs;
use pulldown_cmark::Parser;
use rayon::prelude::*;
use support::{Work, cache_of, corpus, deckc, in_turn, table};

const FILES: usize = 1_000;
const ROUNDS: usize = 7;
const CHECK: [&str; 4] = ["check", "--format", "concise", "."];

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--write");
    if arguments.next().is_some() {
        let folder = arguments.next().expect("--write DIR");
        corpus::write_to(Path::new(&folder), FILES);
        return;
    }
    let made = tempfile::tempdir().expect("a folder");
    match std::env::var_os("DECKC_BENCH_CORPUS") {
        Some(folder) => copy(Path::new(&folder), made.path()),
        None => corpus::write_to(made.path(), FILES),
    }
    let folder = made.path().canonicalize().expect("a folder");
    let inputs = find_inputs(std::slice::from_ref(&folder)).expect("a folder");
    let paths: Vec<PathBuf> = inputs.into_iter().map(|input| input.path).collect();
    let texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).expect("UTF-8")).collect();
    let megabytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    println!("{} files, {megabytes:.1} MB, {} threads, {ROUNDS} rounds", paths.len(), rayon::current_num_threads());

    let changes = Cell::new(0);
    let works: Vec<Work<'_>> = vec![
        ("bare pass: files in memory", Box::new(|| bare(&texts))),
        ("bare pass: files read", Box::new(|| bare_read(&paths))),
        ("check, in this process", Box::new(|| checked(&folder))),
        (
            "deckc check --no-cache, the whole process",
            Box::new(|| deckc(&folder, &[&CHECK[..], &["--no-cache"]].concat())),
        ),
        (
            "deckc check, the first",
            Box::new(|| {
                let _ = fs::remove_dir_all(cache_of(&folder));
                deckc(&folder, &CHECK);
            }),
        ),
        (
            "deckc check, one file changed",
            Box::new(|| {
                changes.set(changes.get() + 1);
                let text = format!("# Changed\n\n## What is {}?\n\nA number.\n", changes.get());
                fs::write(folder.join("changed.md"), text).expect("written");
                deckc(&folder, &CHECK);
            }),
        ),
        ("deckc check, nothing changed", Box::new(|| deckc(&folder, &CHECK))),
    ];
    table("The whole, in turn", &in_turn(ROUNDS, works), "a MB", megabytes);

    let project = project(&folder);
    let faults = project.identity_faults();
    let pairs = || project.files.par_iter().map(|file| (file, project.source(file)));
    let works: Vec<Work<'_>> = vec![
        ("bare pass: files in memory", Box::new(|| bare(&texts))),
        ("parse", Box::new(|| pairs().for_each(|(_, source)| drop(black_box(Document::parse(source)))))),
        (
            "recognise",
            Box::new(|| {
                pairs().for_each(|(file, source)| {
                    let terms = Terms::of(&file.settings, source);
                    drop(black_box(shape::recognise(&file.document, source, &terms)));
                });
            }),
        ),
        ("check", Box::new(|| drop(black_box(check::check(&project.sources, &project.files, &faults))))),
    ];
    table("Stages, each on all threads", &in_turn(ROUNDS, works), "a MB", megabytes);
}

/// Copies the Markdown of a folder, for one file of it is to change.
fn copy(from: &Path, to: &Path) {
    for input in find_inputs(&[from.to_path_buf()]).expect("a folder") {
        let target = to.join(input.path.strip_prefix(from).expect("below it"));
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(&input.path, target).expect("copied");
    }
}

/// The parser of deckc with the options of deckc, and where each event stands; nothing is made of the events.
fn pass(text: &str) {
    for event in Parser::new_ext(text, options()).into_offset_iter() {
        black_box(event);
    }
}

fn bare(texts: &[String]) {
    texts.par_iter().for_each(|text| pass(text));
}

fn bare_read(paths: &[PathBuf]) {
    paths.par_iter().for_each(|path| pass(&fs::read_to_string(path).expect("UTF-8")));
}

fn project(folder: &Path) -> Project {
    let mut project = Project::read(&[folder.to_path_buf()], None, &OnCommandLine::default()).expect("a project");
    project.look_at_media();
    project.look_at_links();
    project
}

/// What `deckc check` does but for its report: find and read the files, parse, recognise, identify, check.
fn checked(folder: &Path) {
    let project = project(folder);
    black_box(check::check(&project.sources, &project.files, &project.identity_faults()));
}

//! How long it takes to build a deck of many notes: a paragraph, a list and six lines of JavaScript each.
//!
//! `cargo bench --bench notes`; `-- --notes N` takes another number than 10,000; `-- --write N FILE` writes the deck and
//! measures nothing.
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
use deckc::emit::{Format, artefacts};
use deckc::history::Clock;
use deckc::project::Project;
use deckc::settings::OnCommandLine;
use support::{Work, deckc, in_turn, notes, table};

const ROUNDS: usize = 5;
const PLAIN: &str = "highlight = false\n";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |of: &str| of.parse::<usize>().expect("a number of notes");
    let size = match arguments.as_slice() {
        [_, "--write", notes, file, ..] => {
            fs::write(file, notes::deck(number(notes))).expect("a file");
            return;
        }
        [_, "--notes", notes, ..] => number(notes),
        _ => 10_000,
    };
    let text = notes::deck(size);
    println!(
        "{size} notes, {:.1} MB, {} threads, {ROUNDS} rounds",
        text.len() as f64 / 1e6,
        rayon::current_num_threads()
    );
    processes(&text, size);
    stages(&text, size);
}

/// The whole of `deckc build`, all four formats.
fn processes(text: &str, size: usize) {
    let [first, plain, again, changed] = ["", PLAIN, "", ""].map(|settings| home(text, settings));
    deckc(again.path(), &["build"]);
    deckc(changed.path(), &["build"]);
    let round = Cell::new(0);
    let works: Vec<Work<'_>> = vec![
        ("first build", Box::new(|| fresh(first.path()))),
        ("first build, `highlight = false`", Box::new(|| fresh(plain.path()))),
        ("unchanged", Box::new(|| deckc(again.path(), &["build"]))),
        (
            "one note changed",
            Box::new(|| {
                round.set(round.get() + 1);
                let edited = text.replacen("It then ", &format!("In round {} it then ", round.get()), 1);
                fs::write(changed.path().join("source/notes.md"), edited).expect("a file");
                deckc(changed.path(), &["build"]);
            }),
        ),
    ];
    table("deckc build, the whole process, in turn", &in_turn(ROUNDS, works), "a note", size as f64);
}

/// A folder with the deck and settings.
fn home(text: &str, settings: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("source")).expect("a folder");
    fs::write(folder.path().join("source/notes.md"), text).expect("a file");
    fs::write(folder.path().join("deckc.toml"), settings).expect("a file");
    folder
}

/// A build as if there had been none before.
fn fresh(folder: &Path) {
    for left in ["out", ".cache"] {
        let _ = fs::remove_dir_all(folder.join(left));
    }
    let _ = fs::remove_file(folder.join("deckc.lock"));
    deckc(folder, &["build"]);
}

fn stages(text: &str, size: usize) {
    let [coloured, plain] = ["", PLAIN].map(|settings| home(text, settings));
    let [coloured, plain] = [coloured.path(), plain.path()].map(|folder| {
        let mut project = Project::read(&[folder.join("source")], None, &OnCommandLine::default()).expect("a project");
        project.read_media();
        project
    });
    let faults = coloured.identity_faults();
    let [of_coloured, of_plain] = [&coloured, &plain].map(|project| {
        let findings = check::check(&project.sources, &project.files, &faults);
        check::pass(&findings, &project.files).expect("nothing is denied")
    });
    let clock = Clock::at(1_767_225_600);
    let mut decks = coloured.render(&of_coloured);
    drop(coloured.record(&mut decks, clock));
    let decks = &decks;
    let emit = |format: Format| {
        move || {
            for deck in decks {
                drop(black_box(artefacts(deck, Path::new("out"), &PathBuf::from("notes"), &[format])));
            }
        }
    };
    let works: Vec<Work<'_>> = vec![
        ("render, no colours", Box::new(|| drop(black_box(plain.render(&of_plain))))),
        ("render, with colours", Box::new(|| drop(black_box(coloured.render(&of_coloured))))),
        ("check", Box::new(|| drop(black_box(check::check(&coloured.sources, &coloured.files, &faults))))),
        ("record", Box::new(|| drop(black_box(coloured.record(&mut decks.clone(), clock))))),
        ("emit apkg", Box::new(emit(Format::Apkg))),
        ("emit csv", Box::new(emit(Format::Csv))),
        ("emit txt", Box::new(emit(Format::Txt))),
        ("emit json", Box::new(emit(Format::Json))),
    ];
    let timed = in_turn(ROUNDS, works);
    table("Stages; a package uses one thread", &timed, "a note", size as f64);
    if let [plain, coloured, ..] = timed.as_slice() {
        let each = (coloured.wall() - plain.wall()) * 1e6 / size as f64;
        println!("colour, the difference of the first two: {each:.1} µs a note");
    }
}

//! Decks of real files in the real Anki. The files are those of others, and lie beside the project where it is made.
#![expect(clippy::disallowed_methods, clippy::print_stderr, reason = "tests say what they expect")]

#[path = "support/anki.rs"]
mod anki;

use std::path::{Path, PathBuf};
use std::process::Command;

use anki::{Finished, log};

/// Findings that deny a build are let pass: what is broken in these files is not what is tested here.
const LET_PASS: [&str; 4] = ["--warn", "fences", "--warn", "duplicates"];

#[test]
fn every_deck_of_real_files_arrives_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/files");
    let Ok(files) = folder.read_dir() else {
        eprintln!("skipped: no real files beside the project");
        return;
    };
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("source")).unwrap();
        std::fs::copy(&file, home.path().join("source/deck.md")).unwrap();
        let mut build = Command::new(env!("CARGO_BIN_EXE_deckc"));
        let ran = build.arg("build").args(LET_PASS).current_dir(home.path()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
        let package = home.path().join("out/deck.apkg");
        if !package.exists() {
            assert!(said.contains("answer"), "{name}: {said}");
            continue;
        }
        assert!(ran.status.success(), "{name}: {said}");
        let finished = Finished::write(&name, &std::fs::read(package).unwrap(), None);
        let Some(report) = finished.report() else { return };
        let notes = report.file.len();
        assert_eq!(report.imported, log("new", notes), "{name}");
        assert_eq!(report.imported_again, log("duplicate", notes), "{name}");
        assert!(report.changed_by_database_check.is_empty(), "{name}: {:?}", report.changed_by_database_check);
        assert!(report.media.is_empty(), "{name}: {:?}", report.media);
        assert!(report.bad_renderings.is_empty(), "{name}: {:?}", report.bad_renderings);
        assert_eq!(report.empty_cards, "", "{name}");
    }
}

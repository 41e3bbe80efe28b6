//! The real Anki, as a judge of packages: the backend the desktop application runs on, from PyPI.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it, and unit tests may do so anyway")]
#![expect(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "support of tests, which say what they expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "python.rs"]
mod python;

const ANKI: &str = "anki==26.9.3";

/// A note as the package or Anki's collection has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct NoteFacts {
    pub id: i64,
    pub modified: i64,
    pub tags: Vec<String>,
    pub fields: Vec<String>,
    pub sort: String,
    pub checksum: i64,
    /// Ordinal, deck and position of each card.
    pub cards: Vec<(u16, String, i64)>,
}

/// How many notes an import put where; what is missing is zero.
pub type Log = BTreeMap<String, usize>;

/// What Anki made of a package; see `anki_report.py`.
#[derive(Debug, serde::Deserialize)]
pub struct Report {
    pub file: BTreeMap<String, NoteFacts>,
    pub collection: BTreeMap<String, NoteFacts>,
    pub imported: Log,
    pub imported_again: Log,
    pub changed_by_importing_again: Vec<String>,
    pub decks: Vec<String>,
    pub note_types: Vec<String>,
    /// By note type: which fields the cards need.
    pub requirements: serde_json::Value,
    pub requirements_in_file: serde_json::Value,
    pub states: BTreeMap<String, String>,
    pub bad_renderings: Vec<String>,
    /// Ordinal, front and back of each card, by guid.
    pub shown: BTreeMap<String, Vec<(u16, String, String)>>,
    /// What a learner sees who types exactly what was asked for, by guid.
    pub comparisons: BTreeMap<String, String>,
    pub empty_cards: String,
    pub media: Vec<String>,
    /// The files that cards play.
    pub played: BTreeSet<String>,
    pub database_check: String,
    pub changed_by_database_check: Vec<String>,
    pub study_order: Vec<String>,
    pub text_over_package: Option<Log>,
    pub changed_by_text: Option<Vec<String>>,
    pub text_alone: Option<Log>,
    pub collection_of_text: Option<BTreeMap<String, NoteFacts>>,
}

pub fn log(name: &str, count: usize) -> Log {
    Log::from([(name.to_owned(), count)])
}

/// A finished package, and its text file if it has one, in a folder of its own below `target/`, where they stay to be
/// looked at.
pub struct Finished {
    pub package: PathBuf,
    pub text: Option<PathBuf>,
}

impl Finished {
    pub fn write(name: &str, package: &[u8], text: Option<&str>) -> Self {
        let folder = python::target().join("anki-packages");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.apkg"));
        fs::write(&path, package).unwrap();
        let text = text.map(|text| {
            let path = folder.join(format!("{name}.txt"));
            fs::write(&path, text).unwrap();
            path
        });
        Self { package: path, text }
    }

    /// What Anki makes of it; none where Anki can't be had.
    pub fn report(&self) -> Option<Report> {
        let files: Vec<OsString> = std::iter::once(&self.package).chain(&self.text).map(OsString::from).collect();
        Some(serde_json::from_slice(&ask("anki_report.py", &files)?).unwrap())
    }

    /// The checks that lie beside the project on the machine where it is made, or where `ANKI_CHECK` says; none
    /// elsewhere. `later` is a later build of the same deck.
    pub fn check(&self, rebuilt: &Self, later: Option<&Self>) {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/anki_check.py");
        let script = std::env::var_os("ANKI_CHECK").map_or(beside, PathBuf::from);
        if !script.exists() {
            return;
        }
        let Some(python) = python() else { return };
        let mut command = Command::new(python);
        command.arg(script).arg(&self.package).arg("--same-as").arg(&rebuilt.package);
        if let Some(text) = &self.text {
            command.arg("--text").arg(text);
        }
        if let Some(later) = later {
            command.arg("--v2").arg(&later.package);
        }
        // One check answers cards and then has Anki check its database. When the two reviews of a card fall into
        // different seconds, about once in two hundred runs, Anki mends that card's review time and reports it.
        let mends_its_own = |told: &str| {
            told.contains(" passed, 1 failed")
                && told.contains("FAIL  27")
                && told.contains("wrong fields none")
                && told.contains("scheduling changed on none")
                && told.contains("check ok False")
        };
        for attempt in 1.. {
            let output = command.output().unwrap();
            let told = String::from_utf8_lossy(&output.stdout);
            eprintln!("{told}");
            if output.status.success() {
                return;
            }
            let again = attempt < 3 && mends_its_own(&told);
            assert!(again, "{told}{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// What a script beside this file prints; none where Anki can't be had.
pub fn ask(script: &str, arguments: &[OsString]) -> Option<Vec<u8>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(script);
    // Its neighbours are imported; the folder of the sources is no place for what Python compiles them to.
    let mut command = Command::new(python()?);
    let output = command.arg("-B").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

fn python() -> Option<PathBuf> {
    python::with("anki-venv", &[ANKI])
}

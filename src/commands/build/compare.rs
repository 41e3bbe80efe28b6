//! `deckc build --check`: are the files on the disk what the sources give today?

use std::io::Write;
use std::path::{Component, Path};

use super::{Exit, Made, RunError, in_words};
use crate::cli::Build;
use crate::emit::{self, Artefact, Format, write};
use crate::history::Record;
use crate::project::Project;
use crate::source::Input;

/// Says of each file how it differs, and fails if one does.
pub(super) fn run(
    project: &Project,
    made: &[Made<'_>],
    records: &[Record],
    locks: &[Option<Artefact>],
    options: &Build,
    out: &mut dyn Write,
) -> Result<Exit, RunError> {
    let mut differences: Vec<(String, String)> = Vec::new();
    for ((lock, record), artefact) in project.locks.iter().zip(records).zip(locks) {
        if artefact.is_some() {
            let missing = lock.known.source.is_none();
            let how = if missing { "is missing".to_owned() } else { "differs".to_owned() };
            let notes = in_words(&record.changes).map_or_else(String::new, |changes| format!(": {changes}"));
            differences.push((lock.shown_path(), how + &notes));
        }
    }
    for artefact in made.iter().flat_map(|made| &made.artefacts) {
        let shown = Input::named(&artefact.path).shown();
        match write::on_disk(&artefact.path)? {
            None => differences.push((shown, "is missing".to_owned())),
            Some(bytes) if bytes != artefact.bytes => differences.push((shown, how(artefact, &bytes))),
            Some(_) => {}
        }
    }
    differences.extend(leftovers(records, made, options));
    let width = differences.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    for (path, how) in &differences {
        writeln!(out, "{path:width$}  {how}")?;
    }
    if differences.is_empty() {
        writeln!(out, "all files are what the sources give")?;
        return Ok(Exit::Clean);
    }
    writeln!(out, "\nnothing was written: `deckc build` brings the files up to date")?;
    Ok(Exit::Findings)
}

/// Where a text begins to differ; a package is no text.
fn how(artefact: &Artefact, bytes: &[u8]) -> String {
    let is_package = artefact.path.extension().is_some_and(|ending| ending == Format::Apkg.extension());
    if is_package {
        return "differs".to_owned();
    }
    let (new, old) = (artefact.bytes.split(|&byte| byte == b'\n'), bytes.split(|&byte| byte == b'\n'));
    let same = new.zip(old).take_while(|(new, old)| new == old).count();
    format!("differs from line {}", same + 1)
}

/// Files of decks whose source is gone.
fn leftovers(records: &[Record], made: &[Made<'_>], options: &Build) -> Vec<(String, String)> {
    let entries = records.iter().flat_map(|record| &record.lock.entries);
    let mut gone: Vec<&str> =
        entries.clone().filter(|entry| entry.retired.is_some()).map(|entry| entry.source.as_str()).collect();
    gone.sort_unstable();
    gone.dedup();
    gone.retain(|source| !entries.clone().any(|entry| entry.retired.is_none() && entry.source == *source));
    let mut found = Vec::new();
    for source in gone {
        let below = source.strip_prefix("source/").unwrap_or(source);
        // A lock is a text that others may have written.
        if !Path::new(below).components().all(|part| matches!(part, Component::Normal(_))) {
            continue;
        }
        let deck_path = Path::new(below).with_extension("");
        for format in [Format::Apkg, Format::Csv, Format::Txt, Format::Json] {
            let path = emit::path_of(&options.out, &deck_path, format);
            let is_made = made.iter().flat_map(|made| &made.artefacts).any(|artefact| artefact.path == path);
            if !is_made && path.symlink_metadata().is_ok_and(|found| found.is_file()) {
                found.push((Input::named(&path).shown(), format!("is left over from `{source}`; delete it")));
            }
        }
    }
    found
}

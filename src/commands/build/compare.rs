//! `deckc build --check`: are the files on the disk what the sources give today?

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use foldhash::HashSet;

use super::deck::Deck;
use super::{Exit, RunError, in_words};
use crate::cli::Build;
use crate::diff::package;
use crate::emit::{self, Emit, Format, Out, write};
use crate::history::Record;
use crate::project::Project;
use crate::source::Input;

/// A file that is not what the sources give, and how it differs.
type Difference = (String, String);

/// How the files of decks differ.
pub(super) fn decks(decks: &mut [Deck<'_>]) -> Result<Vec<Difference>, RunError> {
    let mut differences = Vec::new();
    for deck in decks {
        let paths: Vec<PathBuf> = deck.paths().into_iter().map(Path::to_path_buf).collect();
        let mut made = vec![Vec::new(); paths.len()];
        deck.emit(made.iter_mut().map(|made| -> Out<'_> { made }).collect())?;
        for (path, new) in paths.iter().zip(&made) {
            let shown = Input::named(path).shown();
            match write::on_disk(path)? {
                None => differences.push((shown, "is missing".to_owned())),
                Some(old) if *new != old => differences.push((shown, how(path, new, &old))),
                Some(_) => {}
            }
        }
    }
    Ok(differences)
}

/// Says of each file how it differs, and fails if one does.
pub(super) fn run(
    project: &Project,
    of_decks: Vec<Difference>,
    records: &[Record<'_>],
    options: &Build,
    out: &mut dyn Write,
) -> Result<Exit, RunError> {
    let mut differences: Vec<Difference> = Vec::new();
    for (lock, record) in project.locks.iter().zip(records) {
        if lock.is_changed_by(record) {
            let missing = lock.known.source.is_none();
            let how = if missing { "is missing".to_owned() } else { "differs".to_owned() };
            let notes = in_words(&record.changes).map_or_else(String::new, |changes| format!(": {changes}"));
            differences.push((lock.shown_path(), how + &notes));
        }
    }
    differences.extend(of_decks);
    let stale = differences.len();
    differences.extend(leftovers(project, records, options));
    let width = differences.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    for (path, how) in &differences {
        writeln!(out, "{path:width$}  {how}")?;
    }
    if differences.is_empty() {
        writeln!(out, "all files are what the sources give")?;
        return Ok(Exit::Clean);
    }
    let remedy = if stale > 0 { "`deckc build` brings the files up to date" } else { "delete what is left over" };
    writeln!(out, "\nnothing was written: {remedy}")?;
    Ok(Exit::Findings)
}

/// Where a text begins to differ; a package is no text.
fn how(path: &Path, new: &[u8], old: &[u8]) -> String {
    let is_package = path.extension().is_some_and(|ending| ending == Format::Apkg.extension());
    if is_package {
        return "differs".to_owned();
    }
    let [new, old] = [new, old].map(|text| text.split(|&byte| byte == b'\n'));
    let same = new.zip(old).take_while(|(new, old)| new == old).count();
    format!("differs from line {}", same + 1)
}

const ALL: [Format; 4] = [Format::Apkg, Format::Csv, Format::Txt, Format::Json];

/// What the files may be compiled to, in all formats; and other files of their locks, named alone or with their folders.
fn outputs(project: &Project, records: &[Record<'_>], options: &Build) -> HashSet<PathBuf> {
    let mut paths: HashSet<PathBuf> =
        project.files.iter().map(|file| project.source(file).deck_path().to_path_buf()).collect();
    for entry in records.iter().flat_map(|record| record.lock.live()) {
        let path = deck_path(&entry.source);
        paths.extend(path.file_name().map(PathBuf::from));
        paths.insert(path);
    }
    let outs = outs(project, options);
    let of_path = |path: &PathBuf| {
        outs.iter().flat_map(|out| ALL.map(|format| emit::path_of(out, path, format))).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The folders that are written to.
fn outs(project: &Project, options: &Build) -> BTreeSet<PathBuf> {
    project.files.iter().map(|file| file.settings.out(options.out.as_deref())).collect()
}

/// Where the files of a source go below the folder for output, as far as its place in the lock tells.
fn deck_path(source: &str) -> PathBuf {
    Path::new(source.strip_prefix("source/").unwrap_or(source)).with_extension("")
}

/// Files of decks whose source is gone.
fn leftovers(project: &Project, records: &[Record<'_>], options: &Build) -> Vec<(String, String)> {
    let ours = outputs(project, records, options);
    let entries = records.iter().flat_map(|record| record.lock.entries());
    let mut gone: Vec<&str> =
        entries.clone().filter(|entry| entry.retired.is_some()).map(|entry| &*entry.source).collect();
    gone.sort_unstable();
    gone.dedup();
    gone.retain(|source| !entries.clone().any(|entry| entry.retired.is_none() && &*entry.source == *source));
    let outs = outs(project, options);
    let mut found = Vec::new();
    for source in gone {
        let deck_path = deck_path(source);
        // A lock is a text that others may have written.
        if !deck_path.components().all(|part| matches!(part, Component::Normal(_))) {
            continue;
        }
        for path in outs.iter().flat_map(|out| ALL.map(|format| emit::path_of(out, &deck_path, format))) {
            if !ours.contains(&path) && is_file(&path) {
                found.push((Input::named(&path).shown(), format!("is left over from `{source}`; delete it")));
            }
        }
    }
    let known: HashSet<String> = found.iter().map(|(path, _)| path.clone()).collect();
    let renamed = outs.iter().flat_map(|out| renamed(records, &ours, out));
    let renamed = renamed.map(|path| Input::named(&path).shown());
    let renamed = renamed.filter(|path| !known.contains(path));
    found.extend(renamed.map(|path| (path, "is left over from an earlier name of its source; delete it".to_owned())));
    found
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file())
}

/// Packages that hold notes of the locks, though none is called so today, and what lies beside them under their names.
fn renamed(records: &[Record<'_>], ours: &HashSet<PathBuf>, out: &Path) -> Vec<PathBuf> {
    let guids: HashSet<&str> =
        records.iter().flat_map(|record| record.lock.entries()).map(|entry| entry.guid.as_str()).collect();
    let entries = ignore::WalkBuilder::new(out).standard_filters(false).sort_by_file_path(Path::cmp).build();
    let packages = entries.flatten().map(ignore::DirEntry::into_path).filter(|path| {
        let is_package = path.extension().is_some_and(|ending| ending == Format::Apkg.extension());
        is_package && is_file(path) && !ours.contains(path)
    });
    let earlier = packages.filter(|path| {
        package::read(path).is_ok_and(|notes| notes.iter().any(|note| guids.contains(note.guid.as_str())))
    });
    let names = earlier.flat_map(|path| ALL.map(|format| path.with_extension(format.extension())));
    names.filter(|path| is_file(path) && !ours.contains(path)).collect()
}

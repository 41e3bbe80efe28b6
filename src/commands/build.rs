//! `deckc build`: Markdown in, Anki packages, spreadsheets, Anki text and JSON out; all of it or nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::time::Instant;

use rayon::prelude::*;

use super::{Exit, Project, RunError, count};
use crate::check::{self, Checked, Parsed};
use crate::cli::Build;
use crate::emit::{self, Artefact, Format, write};
use crate::render::{RenderedDeck, Renderer};
use crate::report::{self, Look};
use crate::source::{self, Images};

pub(super) fn run(options: &Build, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let started = Instant::now();
    let project = Project::read(&options.paths.paths)?;
    let formats = formats(options);
    forbid_collisions(&project, options, &formats)?;
    let findings = check::check(&project.sources, &project.files);
    if !findings.is_empty() {
        let summary = project.summary(&findings);
        report::write(out, report::Format::Fancy, &findings, &project.sources, &summary, look)?;
        writeln!(out)?;
    }
    let Some(checked) = check::pass(&findings, &project.files) else {
        writeln!(out, "nothing was written: mend what is denied first")?;
        return Ok(Exit::Findings);
    };
    let images = images(&project, &checked);
    let build = |file: &Checked<&Parsed>| Built::new(&project, *file, &images, options, &formats);
    let built = checked.par_iter().map(build).collect::<Result<Vec<_>, _>>()?;
    let artefacts: Vec<&Artefact> = built.iter().flat_map(|built| &built.artefacts).collect();
    if artefacts.is_empty() {
        let why = if project.has_questions() { "no question has an answer" } else { "no question was recognised" };
        writeln!(out, "nothing was written: {why}")?;
        return Ok(Exit::Findings);
    }
    write::write_all(&artefacts)?;
    let written: Vec<&Built> = built.iter().filter(|built| !built.artefacts.is_empty()).collect();
    for built in &written {
        built.describe(out)?;
    }
    let notes: usize = written.iter().map(|built| built.deck.notes.len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "\nbuilt {} with {} in {seconds:.2} s", count(written.len(), "deck"), count(notes, "note"))?;
    Ok(Exit::Clean)
}

/// Each format once, however often it was named.
fn formats(options: &Build) -> Vec<Format> {
    let mut formats = options.formats.clone();
    formats.sort_unstable();
    formats.dedup();
    formats
}

/// Two files of one name in different folders named on the command line would overwrite each other, and `notes.txt`
/// would be overwritten by what is built of it beside it.
fn forbid_collisions(project: &Project, options: &Build, formats: &[Format]) -> Result<(), RunError> {
    let sources = project.sources.by_place();
    let mut targets: HashMap<String, &str> = HashMap::new();
    for source in project.sources.all() {
        for &format in formats {
            let path = emit::path_of(&options.out, source.deck_path(), format);
            if let Some(over) = sources.get(&source::place(&path)) {
                let (path, by) = (over.shown_path().to_owned(), source.shown_path().to_owned());
                return Err(RunError::OverSource { path, by });
            }
            let target = path.to_string_lossy().replace('\\', "/");
            // File systems that fold case would make one file of two.
            match targets.entry(target.to_lowercase()) {
                Entry::Vacant(free) => {
                    free.insert(source.shown_path());
                }
                Entry::Occupied(taken) => {
                    let (first, second) = ((*taken.get()).to_owned(), source.shown_path().to_owned());
                    return Err(RunError::SameTarget { first, second, target });
                }
            }
        }
    }
    Ok(())
}

/// What the notes show beside their text.
fn images(project: &Project, checked: &[Checked<&Parsed>]) -> Images {
    let addresses = |file: &Checked<&Parsed>| {
        let found = Renderer::new().image_addresses(&project.sources, *file);
        (file.get().deck.source, found)
    };
    Images::read(&project.sources, checked.par_iter().map(addresses).collect())
}

/// A deck with its files.
struct Built {
    deck: RenderedDeck,
    artefacts: Vec<Artefact>,
    sections: usize,
    unanswered: usize,
}

impl Built {
    fn new(
        project: &Project,
        file: Checked<&Parsed>,
        images: &Images,
        options: &Build,
        formats: &[Format],
    ) -> Result<Self, RunError> {
        let source = project.source(file.get());
        let deck = Renderer::new().deck(&project.sources, file, images);
        let all = &file.get().deck.notes;
        let mut sections: Vec<usize> =
            all.iter().filter(|note| note.answer.is_some()).map(|note| note.section).collect();
        sections.sort_unstable();
        sections.dedup();
        let artefacts = if deck.notes.is_empty() {
            Vec::new()
        } else {
            emit::artefacts(&deck, &options.out, source.deck_path(), formats)?
        };
        let unanswered = all.len() - deck.notes.len();
        Ok(Self { deck, artefacts, sections: sections.len(), unanswered })
    }

    fn describe(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let notes = count(self.deck.notes.len(), "note");
        write!(out, "{}: {notes} in {}", self.deck.name, count(self.sections, "section"))?;
        match self.unanswered {
            0 => writeln!(out)?,
            1 => writeln!(out, "; 1 question without an answer is left out")?,
            many => writeln!(out, "; {many} questions without an answer are left out")?,
        }
        let paths: Vec<String> = self.artefacts.iter().map(|artefact| artefact.path.display().to_string()).collect();
        let width = paths.iter().map(|path| path.chars().count()).max().unwrap_or(0);
        for (artefact, path) in self.artefacts.iter().zip(&paths) {
            writeln!(out, "  {path:width$}  {:>8}", size(artefact.bytes.len()))?;
        }
        Ok(())
    }
}

/// Bytes in the unit that needs at most four digits.
fn size(bytes: usize) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} B"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

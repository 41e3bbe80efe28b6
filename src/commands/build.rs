//! `deckc build`: Markdown in, Anki packages, spreadsheets, Anki text and JSON out; all of it or nothing.

mod compare;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;

use super::{Exit, RunError, count, read_project, summary};
use crate::check;
use crate::cli::Build;
use crate::diagnostic::Diagnostic;
use crate::emit::{self, Emit, Output, write};
use crate::history::{self, Changes, Clock, Record};
use crate::identity::lock::Entry as LockEntry;
use crate::parsed::Parsed;
use crate::project::{Project, ProjectLock};
use crate::render::{RenderedDeck, Renderer};
use crate::report::{self, Look};
use crate::source;
use crate::timings::{Stage, Timings};

pub(super) fn run(options: &Build, timings: &Timings, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let started = Instant::now();
    let clock = Clock::from_environment()?;
    let mut project = read_project(&options.paths, timings)?;
    forbid_collisions(&project, options)?;
    project.read_media();
    project.look_at_links();
    timings.end(Stage::Look);
    let mut faults = project.identity_faults();
    let mut findings = check::check(&project.sources, &project.files, &faults);
    timings.end(Stage::Check);
    let Some(checked) = check::pass(&findings, &project.files) else {
        show(&project, &findings, look, out)?;
        writeln!(out, "nothing was written: mend what is denied first")?;
        return Ok(Exit::Findings);
    };
    let cache = options.colours.cache();
    let mut decks = project.render_with(&Renderer::with_cache(cache.clone()), &checked);
    if let Some(cache) = cache {
        cache.save();
    }
    timings.end(Stage::Render);
    let records = project.record(&mut decks, clock);
    timings.end(Stage::Record);
    if options.locked {
        faults.outdated = project.outdated(&records);
        findings = check::check(&project.sources, &project.files, &faults);
        timings.end(Stage::Check);
    }
    show(&project, &findings, look, out)?;
    timings.end(Stage::Report);
    if !faults.outdated.is_empty() {
        let mut locks = project.locks.iter().zip(&records);
        let is_style = locks.any(|(lock, record)| lock.changes_style(record));
        let why = if is_style { ", for the style sheet is another one" } else { "" };
        writeln!(out, "nothing was written: the lock would change{why}")?;
        return Ok(Exit::Findings);
    }
    let made = decks.par_iter().zip(&project.files).map(|(deck, file)| Made::new(&project, file, deck, options));
    let made: Vec<Made<'_>> = made.collect();
    let locks: Vec<Option<Output<'_>>> =
        project.locks.iter().zip(&records).map(|(lock, record)| lock.output(record)).collect();
    if options.check {
        let exit = compare::run(&project, &made, &records, &locks, options, out);
        timings.end(Stage::Write);
        return exit;
    }
    if made.iter().all(|made| made.outputs.is_empty()) {
        let why = if project.has_questions() { "no question has an answer" } else { "no question was recognised" };
        writeln!(out, "nothing was written: {why}")?;
        return Ok(Exit::Findings);
    }
    // Locks first: a lock without its decks is made good by the next build, but not the other way round.
    let outputs: Vec<&Output<'_>> = locks.iter().flatten().chain(made.iter().flat_map(|made| &made.outputs)).collect();
    let lengths = write::write_each(&outputs, &as_read(&project))?;
    timings.end(Stage::Write);
    let lengths: HashMap<&Path, u64> = outputs.iter().map(|output| output.path()).zip(lengths).collect();
    describe(&made, &lengths, &project, &records, out)?;
    let written = made.iter().filter(|made| !made.outputs.is_empty());
    let notes: usize = written.clone().map(|made| made.deck.notes.len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "\nbuilt {} with {} in {seconds:.2} s", count(written.count(), "deck"), count(notes, "note"))?;
    timings.end(Stage::Report);
    drop((made, locks));
    // The process ends here: to give every text of a large project back takes time and brings nothing.
    std::mem::forget((decks, project));
    Ok(Exit::Clean)
}

fn show(project: &Project, findings: &[Diagnostic], look: &Look, out: &mut dyn Write) -> Result<(), RunError> {
    if !findings.is_empty() {
        let summary = summary(project, findings);
        report::write(out, report::Format::Fancy, findings, &project.sources, &summary, look)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Two files of one name in different folders named on the command line would overwrite each other, and `notes.txt`
/// would be overwritten by what is built of it beside it.
fn forbid_collisions(project: &Project, options: &Build) -> Result<(), RunError> {
    let sources = project.sources.by_place();
    let mut targets: HashMap<String, &str> = HashMap::new();
    for file in &project.files {
        let source = project.source(file);
        let out = file.settings.out(options.out.as_deref());
        for format in file.settings.formats(&options.formats) {
            let path = emit::path_of(&out, source.deck_path(), format);
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

/// The locks as they were read: a build that another one overtook must not undo what that one wrote.
fn as_read(project: &Project) -> Vec<write::AsRead<'_>> {
    let text = |lock: &ProjectLock| lock.known.source.map(|id| project.sources.get(id).text());
    project.locks.iter().map(|lock| write::AsRead { path: &lock.path, text: text(lock) }).collect()
}

/// A deck with its files.
struct Made<'a> {
    deck: &'a RenderedDeck,
    outputs: Vec<Output<'a>>,
    sections: usize,
    unanswered: usize,
}

impl<'a> Made<'a> {
    fn new(project: &Project, file: &Parsed, deck: &'a RenderedDeck, options: &Build) -> Self {
        let mut sections: Vec<usize> = file.deck.studied().map(|note| note.section).collect();
        sections.sort_unstable();
        sections.dedup();
        let outputs = if deck.notes.is_empty() {
            Vec::new()
        } else {
            let out = file.settings.out(options.out.as_deref());
            emit::outputs(deck, &out, project.source(file).deck_path(), &file.settings.formats(&options.formats))
        };
        let unanswered = file.deck.notes.iter().filter(|note| !note.has_answer() && note.answered_at.is_none()).count();
        Self { deck, outputs, sections: sections.len(), unanswered }
    }

    fn describe(&self, lengths: &HashMap<&Path, u64>, out: &mut dyn Write) -> std::io::Result<()> {
        let notes = count(self.deck.notes.len(), "note");
        write!(out, "{}: {notes} in {}", self.deck.name, count(self.sections, "section"))?;
        match self.unanswered {
            0 => writeln!(out)?,
            1 => writeln!(out, "; 1 question without an answer is left out")?,
            many => writeln!(out, "; {many} questions without an answer are left out")?,
        }
        let paths: Vec<String> = self.outputs.iter().map(|output| output.path().display().to_string()).collect();
        let width = paths.iter().map(|path| path.chars().count()).max().unwrap_or(0);
        for (output, path) in self.outputs.iter().zip(&paths) {
            writeln!(out, "  {path:width$}  {:>8}", size(lengths.get(output.path()).copied().unwrap_or_default()))?;
        }
        Ok(())
    }
}

fn describe(
    made: &[Made<'_>],
    lengths: &HashMap<&Path, u64>,
    project: &Project,
    records: &[Record],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for deck in made.iter().filter(|made| !made.outputs.is_empty()) {
        deck.describe(lengths, out)?;
    }
    for (lock, record) in project.locks.iter().zip(records) {
        if let Some(changes) = in_words(&record.changes) {
            writeln!(out, "{}: {changes}", lock.shown_path())?;
        }
    }
    for retired in records.iter().map(|record| &record.changes.retired).filter(|retired| !retired.is_empty()) {
        describe_retired(retired, out)?;
    }
    Ok(())
}

/// `2 notes new, 1 changed`; none where nothing changed for a learner.
fn in_words(changes: &Changes) -> Option<String> {
    let counts = [
        (changes.new.len(), "new"),
        (changes.changed.len(), "changed"),
        (changes.revived.len(), "back"),
        (changes.retired.len(), "gone"),
    ];
    let mut said = counts.into_iter().filter(|(number, _)| *number > 0);
    let (number, what) = said.next()?;
    let rest = said.map(|(number, what)| format!(", {number} {what}"));
    Some(format!("{} {what}{}", count(number, "note"), rest.collect::<String>()))
}

/// Anki can't be told to delete a note; whoever imported it decides.
fn describe_retired(retired: &[LockEntry], out: &mut dyn Write) -> std::io::Result<()> {
    let (notes, them) = match retired.len() {
        1 => ("the note that is gone stays".to_owned(), "it"),
        many => (format!("the {many} notes that are gone stay"), "them"),
    };
    writeln!(out, "{notes} in Anki, where this search finds {them}:")?;
    writeln!(out, "  {}", history::anki_search(retired.iter().flat_map(|entry| &entry.ids)))
}

/// Bytes in the unit that needs at most four digits.
fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} B"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

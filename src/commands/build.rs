//! `deckc build`: Markdown in, Anki packages, spreadsheets, Anki text and JSON out; all of it or nothing.

mod compare;
mod deck;
mod receipts;

use std::collections::hash_map::Entry;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use foldhash::HashMap;
use rayon::prelude::*;

use self::deck::{Deck, Made, Means};
use self::receipts::Receipts;
use super::transcript::{Done, Listener, Said, Transcripts};
use super::{Exit, RunError, count, read, summary};
use crate::cache::inputs::Digest;
use crate::check;
use crate::cli::Build;
use crate::diagnostic::Diagnostic;
use crate::emit::write::{self, AsRead, Staging, Written};
use crate::emit::{self, Emit, Format, LockFile};
use crate::history::{self, Changes, Clock, News, Record};
use crate::identity::known::IdentityFaults;
use crate::identity::lock::Entry as LockEntry;
use crate::project::{LockFiles, Project, ProjectLock, Reading};
use crate::render::{Cache, Renderer};
use crate::report::{self, Look};
use crate::source;
use crate::timings::{Stage, Timings};

pub(super) fn run(options: &Build, timings: &Timings, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let started = Instant::now();
    let clock = Clock::from_environment()?;
    let cache = options.cached.colours();
    let reading = read(&options.paths, timings)?;
    let transcripts = transcripts(options, look, &reading);
    let found = transcripts.as_ref().and_then(|transcripts| transcripts.find(&reading));
    timings.end(Stage::Read);
    if let Some(said) = found.filter(|said| is_done(said, &reading)) {
        out.write_all(&said.text)?;
        say_time(started, out)?;
        timings.end(Stage::Report);
        return Ok(said.done.exit);
    }
    let mut listener = Listener::new(out, transcripts.is_some());
    let out: &mut Listener<'_> = &mut listener;
    make_ready(&options.formats);
    let mut project = Project::of_reading(reading, options.cached.folder().as_deref(), timings)?;
    forbid_collisions(&project, options)?;
    project.read_media();
    project.look_at_links();
    timings.end(Stage::Look);
    let mut faults = project.identity_faults();
    let mut findings = check::check(&project.sources, &project.files, &faults);
    timings.end(Stage::Check);
    let renderer = Renderer::with_cache(cache.clone());
    let receipts = options.cached.folder().filter(|_| receipts::are_worth_it(&project));
    let receipts = receipts.as_deref().and_then(Receipts::read);
    let receipts = receipts.as_ref();
    let mut is_style = false;
    if let Some(checked) = check::pass(&findings, &project.files).filter(|_| options.locked) {
        let means = Means { project: &project, checked, renderer: &renderer, receipts, options, timings };
        let records = records(&means, clock);
        faults.outdated = project.outdated(&records);
        timings.end(Stage::Make);
        findings = check::check(&project.sources, &project.files, &faults);
        timings.end(Stage::Check);
        is_style = project.locks.iter().zip(&records).any(|(lock, record)| lock.changes_style(record));
    }
    show(&project, &findings, look, out)?;
    timings.end(Stage::Report);
    if !faults.outdated.is_empty() {
        let why = if is_style { ", for the style sheet is another one" } else { "" };
        writeln!(out, "nothing was written: the lock would change{why}")?;
        return Ok(Exit::Findings);
    }
    project.forget_blocks();
    let Some(checked) = check::pass(&findings, &project.files) else {
        writeln!(out, "nothing was written: mend what is denied first")?;
        return Ok(Exit::Findings);
    };
    let means = Means { project: &project, checked, renderer: &renderer, receipts, options, timings };
    let cache = cache.as_deref();
    let exit = if options.check {
        compare(&means, clock, cache, out)?
    } else if let Some(built) = write_files(&means, clock, cache, &mut listener)? {
        let text = listener.heard();
        say_time(started, &mut listener)?;
        if let Some((transcripts, text)) = transcripts.zip(text).filter(|_| built.is_said_again(&faults)) {
            let said = Said { text, done: Done { exit: Exit::Clean, files: Some(built.files) } };
            transcripts.keep_after(&mut project, said, &built.locks);
        }
        Exit::Clean
    } else {
        Exit::Findings
    };
    project.leave();
    timings.end(Stage::Report);
    Ok(exit)
}

/// What is said may be kept where it is said of files that are made.
fn transcripts(options: &Build, look: &Look, reading: &Reading) -> Option<Transcripts> {
    let folder = options.cached.folder().filter(|_| !options.check);
    Transcripts::of(folder, &Build { timings: false, ..options.clone() }, look, reading)
}

/// Whether the files of an earlier build are as it left them, with nothing beside them that is to be swept away.
fn is_done(said: &Said, reading: &Reading) -> bool {
    let Some((paths, content)) = &said.done.files else { return false };
    let is_left_over = write::is_left_over(paths) || write::is_left_over(&reading.lock_paths());
    !is_left_over && receipts::on_disk(paths).is_some_and(|found| receipts::digest_of(&found) == *content)
}

fn say_time(started: Instant, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:.2} s", started.elapsed().as_secs_f64())
}

/// Says which files are not what the sources give.
fn compare(means: &Means<'_>, clock: Clock, cache: Option<&Cache>, out: &mut dyn Write) -> Result<Exit, RunError> {
    let plan = means.project.plan(clock);
    let mut decks = deck::all(means, &plan);
    let found = compare::decks(&mut decks)?;
    save(cache);
    let news = news(decks);
    let exit = compare::run(means.project, found, &plan.finish(news), means.options, out);
    means.timings.end(Stage::Make);
    exit
}

/// What a build came to.
struct Built {
    /// All its files, and what they come to.
    files: (Vec<PathBuf>, Digest),
    /// What the locks are now.
    locks: LockFiles,
    is_lock_changed: bool,
    /// Whether a lock has a time that has not come yet.
    is_ahead: bool,
}

impl Built {
    /// Whether the next build will find nothing to do, and say the same of the sources.
    fn is_said_again(&self, faults: &IdentityFaults) -> bool {
        // What is wrong with the lock that was may be mended in the one that is.
        !self.is_ahead && (!self.is_lock_changed || *faults == IdentityFaults::default())
    }
}

/// Writes all files, and says which, but for the time it took. None where there is nothing to write.
fn write_files(
    means: &Means<'_>,
    clock: Clock,
    cache: Option<&Cache>,
    out: &mut Listener<'_>,
) -> Result<Option<Built>, RunError> {
    let &Means { project, receipts, timings, .. } = means;
    let plan = project.plan(clock);
    let mut decks = deck::all(means, &plan);
    if !decks.iter().any(Deck::has_files) {
        let why = if project.has_questions() { "no question has an answer" } else { "no question was recognised" };
        writeln!(out, "nothing was written: {why}")?;
        return Ok(None);
    }
    let targets: Vec<PathBuf> = project.locks.iter().map(ProjectLock::target).collect();
    let paths: Vec<&Path> = targets.iter().map(PathBuf::as_path).chain(decks.iter().flat_map(Emit::paths)).collect();
    let mut staging = Staging::begin(&paths, &as_read(project))?;
    drop(paths);
    let found: HashMap<PathBuf, Written> = decks.par_iter().filter_map(receipts::found).flatten().collect();
    let is_found = |paths: &[PathBuf]| paths.first().is_some_and(|path| found.contains_key(path));
    let mut to_make: Vec<&mut Deck<'_>> = decks.iter_mut().filter(|deck| !is_found(&deck.paths)).collect();
    let staged = staging.stage(&mut to_make);
    save(cache);
    staged?;
    timings.end(Stage::Make);
    let made = Made::of_all(&decks);
    let news = news(decks);
    let records = plan.finish(news);
    // Locks get their names first: a lock without its decks is made good by the next build, but not the other way round.
    let locks = project.locks.iter().zip(&records).filter_map(|(lock, record)| lock.output(record));
    let mut locks: Vec<LockFile<'_>> = locks.collect();
    let is_lock_changed = !locks.is_empty();
    staging.stage(&mut locks)?;
    let mut written = staging.written();
    let new_receipts = || {
        let anew: Vec<&Made> = made.iter().filter(|made| !is_found(&made.paths)).collect();
        receipts.map(|receipts| receipts.of(&anew, &written, (project, &records)))
    };
    // A disk is slow.
    let (finished, new_receipts) = rayon::join(|| staging.finish(), new_receipts);
    finished?;
    receipts.into_iter().zip(new_receipts).for_each(|(receipts, new)| receipts.keep(&new));
    written.extend(found);
    timings.end(Stage::Write);
    describe(&made, &written, project, &records, out)?;
    let notes: usize = made.iter().map(|made| made.notes).sum();
    write!(out, "\nbuilt {} with {} in ", count(made.len(), "deck"), count(notes, "note"))?;
    let paths: Vec<PathBuf> = made.into_iter().flat_map(|made| made.paths).collect();
    let files: Vec<Written> = paths.iter().filter_map(|path| written.get(path).copied()).collect();
    let content = receipts::digest_of(&files);
    let lock_now = |(target, before)| written.get(target).map(|lock| lock.content).or(before);
    Ok(Some(Built {
        files: (paths, content),
        locks: targets.iter().zip(project.lock_files()).map(lock_now).collect(),
        is_lock_changed,
        is_ahead: records.iter().any(|record| !history::from_the_future(record.lock.entries()).is_empty()),
    }))
}

/// Makes ready what is not of the sources, while those are understood.
fn make_ready(formats: &[Format]) {
    let formats = if formats.is_empty() { vec![Format::Apkg] } else { formats.to_vec() };
    rayon::spawn(move || emit::make_ready(&formats));
}

/// What each lock would be after a build.
fn records<'a>(means: &Means<'a>, clock: Clock) -> Vec<Record<'a>> {
    let plan = means.project.plan(clock);
    let decks = deck::all(means, &plan);
    let news = decks.par_iter().map(Deck::record).collect();
    drop(decks);
    plan.finish(news)
}

fn news(decks: Vec<Deck<'_>>) -> Vec<News> {
    decks.into_iter().map(|deck| deck.news).collect()
}

/// Keeps the colours that are new.
fn save(cache: Option<&Cache>) {
    if let Some(cache) = cache {
        cache.save();
    }
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
    let mut targets: HashMap<String, &str> = HashMap::default();
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
fn as_read(project: &Project) -> Vec<AsRead<'_>> {
    let content = |lock: &ProjectLock| lock.known.source.map(|id| project.sources.get(id).content());
    project.locks.iter().map(|lock| AsRead { path: &lock.path, content: content(lock) }).collect()
}

fn describe_deck(made: &Made, written: &HashMap<PathBuf, Written>, out: &mut dyn Write) -> io::Result<()> {
    let notes = count(made.notes, "note");
    write!(out, "{}: {notes} in {}", made.name, count(made.sections, "section"))?;
    match made.unanswered {
        0 => writeln!(out)?,
        1 => writeln!(out, "; 1 question without an answer is left out")?,
        many => writeln!(out, "; {many} questions without an answer are left out")?,
    }
    let shown: Vec<String> = made.paths.iter().map(|path| path.display().to_string()).collect();
    let width = shown.iter().map(|path| path.chars().count()).max().unwrap_or(0);
    for (path, shown) in made.paths.iter().zip(&shown) {
        writeln!(out, "  {shown:width$}  {:>8}", size(written.get(path).map_or(0, |written| written.length)))?;
    }
    Ok(())
}

fn describe(
    made: &[Made],
    written: &HashMap<PathBuf, Written>,
    project: &Project,
    records: &[Record<'_>],
    out: &mut Listener<'_>,
) -> io::Result<()> {
    made.iter().try_for_each(|made| describe_deck(made, written, out))?;
    // Another build would find the locks as they are now.
    let out = out.aside();
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
fn describe_retired(retired: &[LockEntry], out: &mut dyn Write) -> io::Result<()> {
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

//! `deckc check`: report what spoils a deck, and mend it where that is asked for.

mod baseline;
mod fixes;

use std::io::{self, Write};

use self::baseline::Known;
use self::fixes::{Mended, Outcome};
use super::transcript::{Done, Listener, Said, Transcripts};
use super::{Exit, RunError, count, output, summary, threads};
use crate::check;
use crate::cli::{Check, Paths};
use crate::diagnostic::{Diagnostic, Level};
use crate::project::{Project, Reading};
use crate::report::{self, Format, Look, Summary};
use crate::source::{Input, find_inputs, read_stdin};
use crate::timings::{Stage, Timings};

pub(super) fn run(options: &Check, timings: &Timings, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    if options.statistics && !options.format.tells_statistics() {
        return Err(RunError::NoStatistics { format: options.format.name() });
    }
    let input = options.stdin.then(read_stdin).transpose()?;
    let reading = read(options, input.clone(), timings)?;
    let transcripts = transcripts(options, look, &reading);
    if let Some(said) = transcripts.as_ref().and_then(|transcripts| transcripts.find(&reading)) {
        out.write_all(&said.text)?;
        timings.end(Stage::Report);
        // The process ends here: to give every text back takes longer than to say it.
        std::mem::forget(reading);
        return Ok(said.done.exit);
    }
    timings.end(Stage::Read);
    let mut project = understood(options, reading, timings)?;
    let known = match &options.baseline {
        Some(path) if !options.write_baseline => Some(Known::read(path)?),
        _ => None,
    };
    let mut outcome = Outcome::default();
    if let Some(safety) = options.fixes() {
        let mended = Mended::new(&project, safety, known.as_ref());
        if options.diff {
            timings.end(Stage::Fix);
            return mended.show(&project, look, out);
        }
        if let Some(input) = input {
            let (text, outcome) = mended.piped(&project);
            let bytes = text.map_or(input, |text| text.as_bytes().to_vec());
            timings.end(Stage::Fix);
            return pipe(options, bytes, known.as_ref(), &outcome, timings, look, out);
        }
        outcome = mended.write(&project)?;
        timings.end(Stage::Fix);
        if outcome.fixed > 0 {
            // What it keeps is there then.
            drop(project);
            project = understood(options, read(options, None, timings)?, timings)?;
        }
    }
    let mut listener = Listener::new(out, transcripts.is_some());
    let exit = report(options, &mut project, known.as_ref(), &outcome, timings, look, &mut listener)?;
    if let Some((transcripts, text)) = transcripts.zip(listener.heard()) {
        transcripts.keep(&mut project, Said { text, done: Done { exit, files: None } });
    }
    project.leave();
    timings.end(Stage::Report);
    Ok(exit)
}

/// What is said may be kept where it is all that is done, and hangs on nothing but the files and the look.
fn transcripts(options: &Check, look: &Look, reading: &Reading) -> Option<Transcripts> {
    let is_all = options.fixes().is_none() && options.baseline.is_none() && options.output.is_none() && !options.stdin;
    let is_said_here =
        options.format.is_for_people() || (options.format == Format::Json && options.max_warnings.is_none());
    let folder = options.cached.folder().filter(|_| is_all && is_said_here);
    Transcripts::of(folder, &Check { timings: false, ..options.clone() }, look, reading)
}

/// Standard input with its fixes goes to standard output, and nothing else: why the run fails goes to standard error, a line
/// each for people. Where it does not fail nothing is said, for editors may put both streams into the text.
fn pipe(
    options: &Check,
    bytes: Vec<u8>,
    known: Option<&Known>,
    outcome: &Outcome,
    timings: &Timings,
    look: &Look,
    out: &mut dyn Write,
) -> Result<Exit, RunError> {
    out.write_all(&bytes)?;
    let mut project = understood(options, read(options, Some(bytes), timings)?, timings)?;
    let format = if options.format == Format::Fancy { Format::Concise } else { options.format };
    let options = Check { format, ..options.clone() };
    let mut said = Vec::new();
    let exit = report(&options, &mut project, known, outcome, timings, &Look { colour: false, ..*look }, &mut said)?;
    if exit != Exit::Clean || !format.is_for_people() {
        // The text is out, which is what counts.
        let _ = io::stderr().lock().write_all(&said);
    }
    Ok(exit)
}

fn read(options: &Check, input: Option<Vec<u8>>, timings: &Timings) -> Result<Reading, RunError> {
    let Paths { paths, lock, settings } = &options.paths;
    let settings = settings.on_command_line()?;
    let is_stdin = input.is_some();
    let inputs = match input {
        Some(text) => vec![Input::with_text(&options.stdin_filename, text)],
        None => find_inputs(paths)?,
    };
    threads::fit(&inputs, lock.as_deref());
    let reading = Reading::of(inputs, lock.as_deref(), &settings, timings)?;
    if reading.is_empty() && !is_stdin {
        return Err(RunError::NoFiles { paths: paths.clone() });
    }
    Ok(reading)
}

fn understood(options: &Check, reading: Reading, timings: &Timings) -> Result<Project, RunError> {
    // What an editor pipes is seldom what is on the disk.
    let cache = options.cached.folder().filter(|_| !options.stdin);
    Ok(Project::of_reading(reading, cache.as_deref(), timings)?)
}

fn report(
    options: &Check,
    project: &mut Project,
    known: Option<&Known>,
    outcome: &Outcome,
    timings: &Timings,
    look: &Look,
    out: &mut dyn Write,
) -> Result<Exit, RunError> {
    project.look_at_media();
    project.look_at_links();
    timings.end(Stage::Look);
    let mut found = check::find(&project.sources, &project.files, &project.identity_faults());
    timings.end(Stage::Check);
    if let Some(path) = options.baseline.as_deref().filter(|_| options.write_baseline) {
        baseline::write(path, project, &found, look, out)?;
        timings.end(Stage::Report);
        return Ok(Exit::Clean);
    }
    let mut remarks = None;
    if let Some(known) = known {
        let (new, about) = known.compare(project, found);
        (found, remarks) = (new, Some(about));
    }
    // What reports take is made where this was.
    project.forget_blocks();
    let tells_each = options.statistics || options.format.names_each();
    let gathered = (!tells_each || options.max_warnings.is_some()).then(|| check::gather(found.clone()));
    let verdict = Verdict::new(options, gathered.as_deref().unwrap_or(&found));
    let findings = gathered.filter(|_| !tells_each).unwrap_or(found);
    let summary = summary(project, &findings);
    let mut said = Vec::new();
    if options.format.is_for_people() {
        outcome.describe(look, &mut said)?;
        if let Some(remarks) = &remarks {
            remarks.describe(look, &mut said)?;
        }
        verdict.describe(&mut said)?;
    } else {
        verdict.describe(&mut io::stderr().lock())?;
    }
    write_report(options, &findings, project, &summary, look, out)?;
    out.write_all(&said)?;
    timings.end(Stage::Report);
    Ok(if verdict.fails { Exit::Findings } else { Exit::Clean })
}

/// Whether a check fails, and whether that is for its number of warnings.
struct Verdict {
    fails: bool,
    /// How many there are and how many may be.
    too_many: Option<(usize, usize)>,
}

impl Verdict {
    /// Of findings as they are gathered, so that it is the same in every format.
    fn new(options: &Check, findings: &[Diagnostic]) -> Self {
        let fails = |level: Level| findings.iter().any(|finding| finding.level >= level);
        let Some(most) = options.max_warnings else {
            return Self { fails: fails(options.fail_on.level()), too_many: None };
        };
        let warnings = findings.iter().filter(|finding| finding.level == Level::Warn).count();
        let too_many = (warnings > most).then_some((warnings, most));
        Self { fails: fails(Level::Deny) || too_many.is_some(), too_many }
    }

    fn describe(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some((warnings, most)) = self.too_many else { return Ok(()) };
        writeln!(out, "{}, more than the {most} of `--max-warnings`", count(warnings, "warning"))
    }
}

/// To the file that is named, and then nowhere else, or to standard output.
fn write_report(
    options: &Check,
    findings: &[Diagnostic],
    project: &Project,
    summary: &Summary,
    look: &Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    let write = |out: &mut dyn Write, look: &Look| -> io::Result<()> {
        if options.statistics {
            report::write_statistics(out, options.format, findings, summary, look)
        } else {
            report::write_of_project(out, options.format, findings, project, summary, look)
        }
    };
    let Some(path) = &options.output else { return Ok(write(out, look)?) };
    let mut bytes = Vec::new();
    write(&mut bytes, &Look::of_file())?;
    Ok(output::write(path, bytes, project, options.baseline.as_deref())?)
}

//! One file a command. Each reads, does its part of the pipeline, and says how it ended.

mod build;
mod check;
mod diff;
mod explain;
mod init;
mod inspect;
mod lints;
mod output;
mod pin;
mod rewrite;
mod schema;
mod threads;
mod transcript;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::diff::GitError;
pub use self::output::OutputError;
use crate::baseline::BaselineError;
use crate::cli::{Cli, Command, Paths};
use crate::diagnostic::{Diagnostic, Level};
use crate::diff::package::PackageError;
use crate::emit::EmitError;
use crate::emit::write::WriteError;
use crate::history::ClockError;
use crate::lints::Group;
use crate::project::{Project, ProjectError, Reading};
use crate::report::{self, Look, Summary, clean};
use crate::settings::SettingsError;
use crate::settings::levels::LevelError;
use crate::source::{ReadError, find_inputs, reason};
use crate::timings::Timings;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// Nothing to complain of.
    Clean,
    /// Findings.
    Findings,
    /// The run could not be made.
    Failed,
}

impl Exit {
    /// The process's exit status.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A path can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The settings can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A level on the command line can't be used.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// The notes of one lock have two style sheets.
    #[error("{0}")]
    TwoStyles(ProjectError),
    /// The folders named hold no Markdown.
    #[error("no Markdown file in {}", listed(.paths))]
    NoFiles {
        /// As the user wrote them.
        paths: Vec<PathBuf>,
    },
    /// Two decks would be written to one file.
    #[error("`{first}` and `{second}` would both be written to `{target}`")]
    SameTarget {
        /// Path of the one.
        first: String,
        /// Path of the other.
        second: String,
        /// Path of what both would write.
        target: String,
    },
    /// A source lies where a file would be written.
    #[error("the source `{path}` would be overwritten by what is built of `{by}`")]
    OverSource {
        /// Path of the source.
        path: String,
        /// Path of the source whose output it is; often the same.
        by: String,
    },
    /// A package could not be made.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The time given is none.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// An earlier package can't be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A revision of git can't be had.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The files of a project could not be written.
    #[error("{0}")]
    Init(WriteError),
    /// A baseline can't be used.
    #[error("cannot use the baseline `{path}`: {error}")]
    Baseline {
        /// As the user wrote it.
        path: String,
        /// What is wrong with it.
        error: BaselineError,
    },
    /// A baseline could not be written.
    #[error("{0}")]
    WriteBaseline(WriteError),
    /// A source could not be written anew.
    #[error("{0}")]
    Rewrite(WriteError),
    /// A report could not be made a file.
    #[error(transparent)]
    OutputFile(#[from] OutputError),
    /// A format that has findings only.
    #[error("`--format {format}` has no way to tell statistics")]
    NoStatistics {
        /// The name of the format.
        format: &'static str,
    },
    /// There is no lint of this name.
    #[error("there is no lint `{name}`")]
    UnknownLint {
        /// As the user wrote it.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// The terminal or pipe went away or is full.
    #[error("cannot write the report: {}", reason(.0))]
    Output(#[from] io::Error),
}

impl RunError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Read(error) => error.help().to_owned(),
            Self::Settings(error) => error.help().to_owned(),
            Self::Level(error) => error.help(),
            Self::TwoStyles(_) => {
                "Anki keeps one style sheet for all notes of a kind: set the same `style` in each `deckc.toml`"
                    .to_owned()
            }
            Self::NoFiles { .. } => {
                "name a file, or a folder that holds `.md` files; files that git ignores are passed over".to_owned()
            }
            Self::SameTarget { .. } => "rename one of them, or build them into two folders with `--out`".to_owned(),
            Self::OverSource { .. } => "name another folder with `--out`".to_owned(),
            Self::Emit(error) => error.help().to_owned(),
            Self::Write(error) => error.help().to_owned(),
            Self::Init(_) => "name a folder that can be written to, as in `deckc init my-deck`".to_owned(),
            Self::Baseline { error: BaselineError::Missing, .. } => "write it with `--write-baseline`".to_owned(),
            Self::Baseline { .. } => "delete it, and write it anew with `--write-baseline`".to_owned(),
            Self::WriteBaseline(_) => "check the permissions of the folder, or name another file".to_owned(),
            Self::Rewrite(WriteError::Overtaken { .. }) => "run it again".to_owned(),
            Self::Rewrite(_) => {
                "check the permissions of the file and of its folder, and that there is room".to_owned()
            }
            Self::Package(error) => error.help().to_owned(),
            Self::Git(error) => error.help().to_owned(),
            Self::Clock(_) => "unset it, or set it to a time in seconds since 1970".to_owned(),
            Self::UnknownLint { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownLint { nearest: None, .. } => "see `deckc lints` for all of them".to_owned(),
            Self::OutputFile(error) => error.help().to_owned(),
            Self::NoStatistics { .. } => {
                "leave out `--statistics`, or use it with `--format fancy`, `concise` or `json`".to_owned()
            }
            Self::Output(_) => "check where standard output goes".to_owned(),
        }
    }
}

impl From<ProjectError> for RunError {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Read(error) => Self::Read(error),
            ProjectError::Settings(error) => Self::Settings(error),
            ProjectError::Level(error) => Self::Level(error),
            ProjectError::TwoStyles { .. } => Self::TwoStyles(error),
        }
    }
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ")
}

/// Runs a command; what it says goes to standard output, why it can't run to standard error.
pub(crate) fn run(cli: &Cli) -> Exit {
    let mut out = io::BufWriter::new(Patient { stream: io::stdout().lock(), failed: None });
    let look = Look::for_stream(io::stdout().is_terminal(), cli.color);
    let ended = dispatch(&cli.command, &look, &mut out).and_then(|exit| {
        out.flush()?;
        match out.get_mut().failed.take() {
            // Whoever reads has seen enough, as in `deckc check | head`.
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(RunError::Output(error)),
            _ => Ok(exit),
        }
    });
    ended.unwrap_or_else(|error| {
        let _ = out.flush();
        report_failure(&error, cli);
        Exit::Failed
    })
}

/// A stream that swallows what it can't pass on and keeps the first error for the end: a build is made, and the exit
/// status is true, though nobody reads the report.
struct Patient<W> {
    stream: W,
    failed: Option<io::Error>,
}

impl<W: Write> Patient<W> {
    fn keep<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failed.get_or_insert(error);
                Ok(otherwise)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Ok(bytes.len());
        }
        let written = self.stream.write(bytes);
        self.keep(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed.is_some() {
            return Ok(());
        }
        let flushed = self.stream.flush();
        self.keep(flushed, ())
    }
}

fn dispatch(command: &Command, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    match command {
        Command::Build(options) => timed(options.timings, out, |timings, out| build::run(options, timings, look, out)),
        Command::Check(options) => timed(options.timings, out, |timings, out| check::run(options, timings, look, out)),
        Command::Inspect(options) => inspect::run(options, out),
        Command::Diff(options) => diff::run(options, look, out),
        Command::Pin(options) => pin::run(options, look, out),
        Command::Init(options) => init::run(options, out),
        Command::Schema => schema::run(out),
        Command::Explain(options) => explain::run(options, out),
        Command::Lints(options) => lints::run(options, out),
    }
}

/// Tells where the time of a run went, below what it said, however it ended.
fn timed(
    is_asked: bool,
    out: &mut dyn Write,
    run: impl FnOnce(&Timings, &mut dyn Write) -> Result<Exit, RunError>,
) -> Result<Exit, RunError> {
    if !is_asked {
        return run(&Timings::off(), out);
    }
    let timings = Timings::on();
    let ended = run(&timings, out);
    out.flush()?;
    let _ = timings.write(&mut io::stderr().lock());
    ended
}

fn report_failure(error: &RunError, cli: &Cli) {
    let look = Look::for_stream(io::stderr().is_terminal(), cli.color);
    let mut stderr = io::stderr().lock();
    if let RunError::Settings(SettingsError::Mistakes { sources, findings }) = error {
        let _ = report::mistakes(&mut stderr, findings, sources, &look);
        return;
    }
    let (red, bold, plain) = if look.colour { ("\x1b[1;31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
    // Paths and what other programs say are no words of ours.
    let (said, help) = (error.to_string(), error.help());
    let [said, help] = [&said, &help].map(|text| clean(text, look.unicode, false));
    // Nothing is left to tell it to when standard error is gone too.
    let _ = writeln!(stderr, "{red}error{plain}: {said}\n {bold}help{plain}: {help}");
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn read(paths: &Paths, timings: &Timings) -> Result<Reading, RunError> {
    let settings = paths.settings.on_command_line()?;
    let inputs = find_inputs(&paths.paths)?;
    let reading = Reading::of(inputs, paths.lock.as_deref(), &settings, timings)?;
    if reading.is_empty() {
        return Err(RunError::NoFiles { paths: paths.paths.clone() });
    }
    Ok(reading)
}

fn read_project(paths: &Paths) -> Result<Project, RunError> {
    let timings = Timings::off();
    Ok(Project::of_reading(read(paths, &timings)?, None, &timings)?)
}

fn summary(project: &Project, findings: &[Diagnostic]) -> Summary {
    Summary::new(project.files.len(), project.notes(), findings)
}

/// Whether it is known which note is which; what keeps that from being known is reported.
fn identity_is_known(project: &Project, look: &Look, out: &mut dyn Write) -> Result<bool, RunError> {
    let mut findings = crate::check::check(&project.sources, &project.files, &project.identity_faults());
    findings.retain(|finding| {
        finding.level == Level::Deny
            && crate::lints::find(&finding.lint).is_some_and(|lint| lint.group == Group::Identity)
    });
    if findings.is_empty() {
        return Ok(true);
    }
    let summary = summary(project, &findings);
    report::write(out, report::Format::Fancy, &findings, &project.sources, &summary, look)?;
    Ok(false)
}

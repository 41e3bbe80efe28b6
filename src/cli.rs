//! The command line, as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Level;
use crate::emit;
use crate::report::{self, ColourChoice};

/// Where decks are looked for when no path is named.
pub(crate) const SOURCE: &str = "source";

/// A deck compiler and content linter: Markdown questions and answers in, Anki decks, CSV and JSON out.
#[derive(Debug, Parser)]
#[command(name = "deckc", version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    pub color: ColourChoice,
}

const EXIT_CODES: &str = "Exit status: 0 clean, 1 findings, 2 could not run";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile Markdown to Anki decks, CSV, Anki text and JSON
    Build(Build),
    /// Report what spoils a deck
    Check(Check),
    /// Show how files are understood: sections, shapes, notes, and what no note took
    Inspect(Inspect),
    /// Show what a learner would see change: since the last build, an earlier package, or a revision of git
    Diff(Diff),
    /// Write an id behind each question, so that it stays the same note without a lock, too
    Pin(Pin),
    /// Show what a lint means, with examples
    Explain {
        /// The lint, as in `number-gap`
        lint: String,
    },
    /// List all lints
    Lints,
}

/// Which files to read.
#[derive(Debug, Args)]
pub struct Paths {
    /// Files or folders; folders are searched for `.md` and `.markdown` files that git does not ignore
    #[arg(value_name = "PATH", default_value = SOURCE)]
    pub paths: Vec<PathBuf>,

    /// The lock to use instead of the `deckc.lock` beside the sources
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,
}

/// Options of `build`.
#[derive(Debug, Args)]
pub struct Build {
    /// What to read.
    #[command(flatten)]
    pub paths: Paths,

    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,

    /// What to make
    #[arg(long, value_enum, value_delimiter = ',', default_value = "apkg,csv,txt,json", value_name = "FORMATS")]
    pub formats: Vec<emit::Format>,

    /// Fail if the lock would change, and write nothing then; for CI
    #[arg(long)]
    pub locked: bool,

    /// Write nothing, and fail if the files are not what the sources give today
    #[arg(long)]
    pub check: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// What to read.
    #[command(flatten)]
    pub paths: Paths,

    /// How to report
    #[arg(long, value_enum, default_value_t = report::Format::Fancy)]
    pub format: report::Format,

    /// The level from which findings make the exit status 1
    #[arg(long, value_enum, default_value_t = FailOn::Warn, value_name = "LEVEL")]
    pub fail_on: FailOn,
}

/// From which level on findings fail a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any finding.
    Warn,
    /// Only what would make the deck wrong.
    Deny,
}

impl FailOn {
    /// The lowest level that fails.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Warn => Level::Warn,
            Self::Deny => Level::Deny,
        }
    }
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// What to read.
    #[command(flatten)]
    pub paths: Paths,

    /// How to show it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

/// For whom something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people.
    Text,
    /// For tools.
    Json,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// An earlier package (`.apkg`) or a revision of git; without one, the last build as the lock has it. Then files or
    /// folders to read, by default `source`
    #[arg(value_name = "OLD|PATH")]
    pub arguments: Vec<PathBuf>,

    /// The lock to use instead of the `deckc.lock` beside the sources
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,

    /// Where packages of the last build are, for the words of its answers
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,

    /// How to show it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

/// Options of `pin`.
#[derive(Debug, Args)]
pub struct Pin {
    /// What to write ids into.
    #[command(flatten)]
    pub paths: Paths,

    /// Show what would be written, and write nothing
    #[arg(long)]
    pub diff: bool,
}

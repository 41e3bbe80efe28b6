//! The command line, as clap reads it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cache;
use crate::deck::ShapeName;
use crate::diagnostic::{Level, Safety};
use crate::emit;
use crate::render::Cache;
use crate::report::{self, ColourChoice};
use crate::settings::levels::LevelError;
use crate::settings::{CardKind, Keys, Levels, OnCommandLine, Subdecks};

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
    #[arg(long, global = true, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN", display_order = 500)]
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
    /// Begin a project: a `deckc.toml` with all settings explained, and a small deck
    Init(Init),
    /// Print the JSON Schema of `deckc.toml`, for completion and checks in an editor
    Schema,
    /// Show what a lint means, with examples
    Explain(Explain),
    /// List all lints, also those of the project's own
    Lints(Lints),
}

/// Settings on the command line: they win over front matter, which wins over `deckc.toml`.
#[derive(Debug, Clone, Default, Args)]
pub struct SettingOptions {
    /// The settings file to use instead of the nearest `deckc.toml` above each source
    #[arg(long, value_name = "FILE", help_heading = SETTINGS)]
    pub config: Option<PathBuf>,

    /// The deck that all files go into, as in `Rust::Basics`
    #[arg(long, value_name = "NAME", help_heading = SETTINGS, value_parser = NonEmptyStringValueParser::new())]
    pub deck: Option<String>,

    /// A tag for every note, besides those set elsewhere; may be given more than once
    #[arg(long = "tag", value_name = "TAG", help_heading = SETTINGS, value_parser = NonEmptyStringValueParser::new())]
    pub tags: Vec<String>,

    /// The shape to read, whatever the text looks like
    #[arg(long, value_enum, value_name = "NAME", help_heading = SETTINGS)]
    pub shape: Option<ShapeName>,

    /// What cards a question with its answer makes
    #[arg(long, value_enum, value_name = "KIND", help_heading = SETTINGS)]
    pub kind: Option<CardKind>,

    /// How the deck is divided in Anki
    #[arg(long, value_enum, value_name = "HOW", help_heading = SETTINGS)]
    pub subdecks: Option<Subdecks>,

    /// Leave code without colours
    #[arg(long, help_heading = SETTINGS)]
    pub no_highlight: bool,

    /// Do not report a lint, a group of lints, or `all`; a lint wins over its group, a group over `all`, in any order
    #[arg(short = 'A', long, value_name = "LINT", value_delimiter = ',', help_heading = SETTINGS)]
    pub allow: Vec<String>,

    /// Report a lint, a group of lints, or `all`
    #[arg(short = 'W', long, value_name = "LINT", value_delimiter = ',', help_heading = SETTINGS)]
    pub warn: Vec<String>,

    /// Report a lint, a group of lints, or `all`, and build nothing where it finds something
    #[arg(short = 'D', long, value_name = "LINT", value_delimiter = ',', help_heading = SETTINGS)]
    pub deny: Vec<String>,
}

const SETTINGS: &str = "Settings";

impl SettingOptions {
    /// As the rest of deckc takes them.
    ///
    /// # Errors
    /// When a lint can't have the level it is given, or is given two.
    pub fn on_command_line(&self) -> Result<OnCommandLine, LevelError> {
        let mut levels = Levels::default();
        for (names, level) in [(&self.allow, Level::Allow), (&self.warn, Level::Warn), (&self.deny, Level::Deny)] {
            names.iter().try_for_each(|name| levels.set(name.trim(), level))?;
        }
        let keys = Keys {
            deck: self.deck.clone(),
            tags: self.tags.clone(),
            shape: self.shape,
            subdecks: self.subdecks,
            kind: self.kind,
            highlight: self.no_highlight.then_some(false),
            levels,
            ..Keys::default()
        };
        Ok(OnCommandLine { config: self.config.clone(), keys })
    }
}

/// Options of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder of the project; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// Which files to read.
#[derive(Debug, Clone, Args)]
pub struct Paths {
    /// Files or folders; folders are searched for `.md` and `.markdown` files that git does not ignore
    #[arg(value_name = "PATH", default_value = SOURCE)]
    pub paths: Vec<PathBuf>,

    /// The lock to use instead of the `deckc.lock` beside the sources
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,

    /// What to make of them.
    #[command(flatten)]
    pub settings: SettingOptions,
}

/// What is taken from earlier runs.
#[derive(Debug, Clone, Default, Args)]
pub struct Cached {
    /// Make all anew, and keep nothing for the next run
    #[arg(long)]
    pub no_cache: bool,
}

impl Cached {
    /// The folder of what earlier runs kept; none where that is not wanted or there is no place for it.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        if self.no_cache { None } else { cache::folder_of_environment() }
    }

    /// What earlier runs coloured.
    #[must_use]
    pub fn colours(&self) -> Option<Arc<Cache>> {
        self.folder().map(|folder| Arc::new(Cache::new(&folder)))
    }
}

/// Options of `build`.
#[derive(Debug, Clone, Args)]
pub struct Build {
    /// What to read.
    #[command(flatten)]
    pub paths: Paths,

    /// Where to write [default: `out` beside `deckc.toml`, or here where there is none]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// What to make [default: apkg,csv,txt,json]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMATS")]
    pub formats: Vec<emit::Format>,

    /// What is taken from earlier runs.
    #[command(flatten)]
    pub cached: Cached,

    /// Fail if the lock would change, and write nothing then; for CI
    #[arg(long)]
    pub locked: bool,

    /// Write nothing, and fail if the files are not what the sources give today
    #[arg(long)]
    pub check: bool,

    /// Tell on standard error where the time went
    #[arg(long)]
    pub timings: bool,
}

/// Options of `check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// What to read.
    #[command(flatten)]
    pub paths: Paths,

    /// How to report
    #[arg(long, value_enum, default_value_t = report::Format::Fancy)]
    pub format: report::Format,

    /// Write the report to a file, and nothing to standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Count the findings of each lint instead of showing them
    #[arg(long)]
    pub statistics: bool,

    /// The level from which findings make the exit status 1
    #[arg(long, value_enum, default_value_t = FailOn::Warn, value_name = "LEVEL")]
    pub fail_on: FailOn,

    /// Let up to so many warnings pass, and fail if there are more; what is denied always fails. Many of one kind in a
    /// file count once, as the summary counts them
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,

    /// What is taken from earlier runs.
    #[command(flatten)]
    pub cached: Cached,

    /// Tell on standard error where the time went
    #[arg(long)]
    pub timings: bool,

    /// Read one text from standard input instead of files
    #[arg(long, conflicts_with = "paths", help_heading = STDIN)]
    pub stdin: bool,

    /// Where that text is or will be saved: for its settings, its images and its name in the report
    #[arg(long, value_name = "FILE", requires = "stdin", default_value = "stdin.md", help_heading = STDIN)]
    pub stdin_filename: PathBuf,

    /// Report only findings that are not in this file
    #[arg(long, value_name = "FILE", help_heading = BASELINE)]
    pub baseline: Option<PathBuf>,

    /// Write all findings to the file of `--baseline`, and report none
    #[arg(long, requires = "baseline", help_heading = BASELINE)]
    pub write_baseline: bool,

    /// Mend what can be mended safely: where it is proven that the deck stays the same
    #[arg(long, help_heading = FIXES)]
    pub fix: bool,

    /// Mend also by what was most likely meant; no note is lost
    #[arg(long, help_heading = FIXES)]
    pub unsafe_fixes: bool,

    /// Show what `--fix` would change, and write nothing; with `--unsafe-fixes` all that can be mended
    #[arg(long, help_heading = FIXES)]
    pub diff: bool,
}

impl Check {
    /// How far fixes may go; none where none is asked for.
    #[must_use]
    pub fn fixes(&self) -> Option<Safety> {
        match (self.unsafe_fixes, self.fix || self.diff) {
            (true, _) => Some(Safety::Unsafe),
            (false, true) => Some(Safety::Safe),
            (false, false) => None,
        }
    }
}

const STDIN: &str = "Standard input";
const BASELINE: &str = "Baseline";
const FIXES: &str = "Fixes";

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

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The lint, as in `number-gap`
    pub lint: String,

    /// The settings file beside whose `lints/` folder to look, instead of the nearest `deckc.toml` from here upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Options of `lints`.
#[derive(Debug, Args)]
pub struct Lints {
    /// Try the examples of the project's own lints, and fail if one is not as it should be
    #[arg(long, conflicts_with = "format")]
    pub test: bool,

    /// The settings file beside whose `lints/` folder to look, instead of the nearest `deckc.toml` from here upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How to show them
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
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

    /// Where packages of the last build are, for the words of its answers [default: where `build` puts them]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// What to make of the files.
    #[command(flatten)]
    pub settings: SettingOptions,

    /// What is taken from earlier runs.
    #[command(flatten)]
    pub cached: Cached,

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

//! deckc compiles Markdown questions and answers to Anki decks, CSV and JSON, and lints them on the way.
//!
//! Data flows one way:
//!
//! ```text
//! read ─► Source ─► parse ─► Document ─► recognise ─► Deck ─► identify ─► check ─► Checked ─► render ─► record ─► emit ─► out/
//!         bytes              blocks                  notes    guids       findings            HTML      times     artefacts
//! ```
//!
//! - [`source`] reads files and knows lines, columns and spans; it is the only reader of the disk.
//! - [`markdown`] makes a [`markdown::Document`] of a text. It never fails; a broken fence is recorded.
//! - [`shape`] recognises the ways people write questions and answers, and makes a [`deck::Deck`]: Anki's notes with
//!   their questions, answers, sections and numbers. Every block ends in exactly one place. Document and deck together
//!   are a file as [`parsed`].
//! - [`project`] says which files belong together, reads their lock, and has [`source`] look at the images and sounds that
//!   their notes name. [`identity`] finds each note of the last build in the lock, through edits, and gives it the guid it
//!   had; a new note gets a new one.
//! - [`settings`] says what a user decided: on the command line, in front matter, in a `deckc.toml`.
//! - [`lints`] is the catalogue, [`check`] runs it; what a comment of the source allows is left out. What it finds are
//!   [`diagnostic::Diagnostic`]s, shown by [`report`]; [`fingerprint`] knows one again in a later run, [`baseline`] those
//!   that were there before.
//! - [`words`] says when two questions are the same, [`languages`] which words behind a fence name a language.
//! - [`render`] makes HTML of a checked deck's Markdown. [`history`] compares it with the lock: each note gets the time it
//!   last changed, and the lock becomes what it is after this build. [`emit`] makes files of it: pure functions to bytes,
//!   and one place that writes them, whole or not at all.
//! - [`fix`] mends what the lints found, where it can prove that the deck stays the same.
//! - [`diff`] compares two builds as a learner would see them.
//! - [`cache`] keeps files for the next run, which may be gone by then. [`timings`] tells where the time of a run goes.
//! - [`cli`] is the command line, and [`commands`] holds one file a command.

pub mod baseline;
pub mod cache;
pub mod check;
pub mod cli;
pub mod commands;
pub mod deck;
pub mod diagnostic;
pub mod diff;
pub mod emit;
pub mod fingerprint;
pub mod fix;
pub mod history;
pub mod identity;
pub mod languages;
pub mod lints;
pub mod markdown;
pub mod parsed;
pub mod project;
pub mod render;
pub mod report;
pub mod settings;
pub mod shape;
pub mod source;
mod suppress;
pub mod timings;
pub mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

/// Runs the command line and gives the process's exit status: 0 clean, 1 findings, 2 could not run.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match cli::Cli::try_parse_from(arguments) {
        Ok(cli) => commands::run(&cli),
        Err(error) => {
            // Help and version go to standard output and are no failure; clap tells which.
            let _ = error.print();
            if error.use_stderr() { commands::Exit::Failed } else { commands::Exit::Clean }
        }
    };
    ExitCode::from(exit.code())
}

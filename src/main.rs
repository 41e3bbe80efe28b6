//! The `deckc` binary: parse arguments, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    deckc::run(std::env::args_os())
}

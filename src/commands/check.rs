//! `deckc check`: report what spoils a deck.

use std::io::Write;

use super::{Exit, RunError, read_project, summary};
use crate::check;
use crate::cli::Check;
use crate::report::{self, Look};

pub(super) fn run(options: &Check, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let mut project = read_project(&options.paths)?;
    project.look_at_media();
    let findings = check::check(&project.sources, &project.files, &project.identity_faults());
    let summary = summary(&project, &findings);
    report::write(out, options.format, &findings, &project.sources, &summary, look)?;
    let fails = findings.iter().any(|finding| finding.level >= options.fail_on.level());
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}

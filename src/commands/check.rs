//! `deckc check`: report what spoils a deck, and mend it where that is asked for.

mod fixes;

use std::io::Write;

use super::{Exit, RunError, read_project, summary};
use crate::check;
use crate::cli::Check;
use crate::report::{self, Look};

pub(super) fn run(options: &Check, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let mut project = read_project(&options.paths)?;
    let mut outcome = fixes::Outcome::default();
    if let Some(safety) = options.fixes() {
        let mended = fixes::mend(&project, safety);
        if options.diff {
            return mended.show(&project, look, out);
        }
        outcome = mended.write(&project)?;
        if outcome.fixed > 0 {
            project = read_project(&options.paths)?;
        }
    }
    project.look_at_media();
    let findings = check::check(&project.sources, &project.files, &project.identity_faults());
    let summary = summary(&project, &findings);
    report::write(out, options.format, &findings, &project.sources, &summary, look)?;
    if options.format.is_for_people() {
        outcome.describe(out)?;
    }
    let fails = findings.iter().any(|finding| finding.level >= options.fail_on.level());
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}

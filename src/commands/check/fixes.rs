//! `deckc check --fix`: the texts of a project with what can be mended.

use std::io::Write;

use rayon::prelude::*;

use super::baseline::Known;
use crate::commands::rewrite::{self, Unwritable};
use crate::commands::{Exit, RunError, count};
use crate::diagnostic::{Diagnostic, Safety};
use crate::fix::{self, Difference, Fixed};
use crate::project::Project;
use crate::report::{Look, clean_line};
use crate::source::{Source, Sources};

/// The files of a project, each as mended.
pub(super) struct Mended {
    files: Vec<(usize, Fixed)>,
}

/// What was done, in words.
#[derive(Default)]
pub(super) struct Outcome {
    /// Findings that are gone.
    pub(super) fixed: usize,
    files: usize,
    remarks: Vec<String>,
}

impl Mended {
    /// Mends the named files in memory, but for what a baseline knows.
    pub(super) fn new(project: &Project, safety: Safety, known: Option<&Known<'_>>) -> Self {
        let fixed = project.files.par_iter().enumerate().map(|(index, file)| {
            let source = project.source(file);
            let path = known.map(|known| known.path_of(project, source.id())).unwrap_or_default();
            let wanted = |found: Vec<Diagnostic>, sources: &Sources| match known {
                Some(known) => known.new_in(&path, found, sources),
                None => found,
            };
            // What can't be written back as it was is left alone, however much there is to mend.
            let fixed = match rewrite::is_as_read(source) {
                Ok(()) => fix::fix(source, &file.settings.given(), safety, &wanted),
                Err(_) => Fixed { text: source.text().to_owned(), ..Fixed::default() },
            };
            (index, fixed)
        });
        Self { files: fixed.collect() }
    }

    /// The text of standard input with its fixes; none where it stays as it came.
    pub(super) fn piped<'a>(&'a self, project: &'a Project) -> (Option<&'a str>, Outcome) {
        let (outcome, texts) = self.outcome(project, rewrite::is_as_read);
        (texts.first().map(|(_, text)| *text), outcome)
    }

    fn each<'a>(&'a self, project: &'a Project) -> impl Iterator<Item = (&'a Source, &'a Fixed)> {
        self.files.iter().filter_map(|(index, fixed)| Some((project.source(project.files.get(*index)?), fixed)))
    }

    /// What there is to say, and the texts that changed and may be changed.
    fn outcome<'a>(
        &'a self,
        project: &'a Project,
        may_change: fn(&Source) -> Result<(), Unwritable>,
    ) -> (Outcome, Vec<(&'a Source, &'a str)>) {
        let mut outcome = Outcome::default();
        let mut texts = Vec::new();
        for (source, fixed) in self.each(project) {
            outcome.remarks.extend(refusals(source, fixed));
            if fixed.text == source.text() && rewrite::is_as_read(source).is_ok() {
                continue;
            }
            if let Err(why) = may_change(source) {
                outcome.remarks.push(format!("{}: left alone: {why}", source.shown_path()));
                continue;
            }
            outcome.fixed += fixed.applied.len();
            outcome.files += 1;
            texts.push((source, fixed.text.as_str()));
        }
        (outcome, texts)
    }

    /// Writes the texts that changed.
    pub(super) fn write(&self, project: &Project) -> Result<Outcome, RunError> {
        let (outcome, texts) = self.outcome(project, rewrite::can_be_written);
        rewrite::write(&texts).map_err(RunError::Rewrite)?;
        Ok(outcome)
    }

    /// Shows what would change.
    pub(super) fn show(&self, project: &Project, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
        let (outcome, texts) = self.outcome(project, rewrite::can_be_written);
        for (source, text) in texts {
            rewrite::show(source, text, look, out)?;
        }
        outcome.write_remarks(look, out)?;
        let would_fix = match outcome.fixed {
            0 => "nothing to fix".to_owned(),
            fixed => format!("would fix {} in {}", count(fixed, "finding"), count(outcome.files, "file")),
        };
        writeln!(out, "{would_fix}")?;
        Ok(if outcome.fixed > 0 { Exit::Findings } else { Exit::Clean })
    }
}

impl Outcome {
    fn write_remarks(&self, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
        self.remarks.iter().try_for_each(|remark| writeln!(out, "{}", clean_line(remark, look.unicode)))
    }

    pub(super) fn describe(&self, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
        self.write_remarks(look, out)?;
        if self.fixed > 0 {
            writeln!(out, "fixed {} in {}", count(self.fixed, "finding"), count(self.files, "file"))?;
        }
        Ok(())
    }
}

fn refusals(source: &Source, fixed: &Fixed) -> Vec<String> {
    let path = source.shown_path();
    let (unproven, judged): (Vec<_>, Vec<_>) =
        fixed.refused.iter().partition(|refused| refused.why == Difference::TooMany);
    let mut remarks: Vec<String> = judged
        .iter()
        .map(|refused| format!("{path}:{}: `{}` is not fixed: {}", refused.line, refused.finding.lint, refused.why))
        .collect();
    if !unproven.is_empty() {
        remarks.push(format!("{path}: {} not fixed: {}", count(unproven.len(), "finding"), Difference::TooMany));
    }
    remarks
}

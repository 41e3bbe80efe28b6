//! `deckc check --baseline`: what is new beside a file of known findings.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use crate::baseline::{Baseline, Entry, Named};
use crate::commands::{RunError, count};
use crate::diagnostic::Diagnostic;
use crate::emit::Artefact;
use crate::emit::write;
use crate::project::Project;
use crate::report::{Look, clean, clean_line};
use crate::source::{ReadError, SourceId, Sources, behind_link, folder_of};

/// More entries than this are only counted.
const MOST_SHOWN: usize = 5;

/// A baseline as read.
pub(super) struct Known<'a> {
    path: &'a Path,
    baseline: Baseline,
}

/// What there is to say of a baseline.
pub(super) struct Remarks {
    path: String,
    known: usize,
    gone: Vec<Entry>,
}

/// Writes all findings to the baseline.
pub(super) fn write(
    path: &Path,
    project: &Project,
    found: &[Diagnostic],
    look: &Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    let folder = folder_of(path);
    let mut baseline = Baseline::of(found, &project.sources, &|id| project.path_from(&folder, id));
    // Who looks at a few files leaves what is known of the others.
    if path.exists() {
        let before = Known::read(path)?;
        let looked_at = looked_at(project, &folder);
        baseline.keep(before.baseline, &|named| state_of(named, &looked_at, &folder) == Named::Elsewhere);
    }
    let text = baseline.text().map_err(|error| unusable(path, error))?;
    let artefact = Artefact { path: behind_link(path), bytes: text.into_bytes() };
    write::write_all(&[artefact], &[]).map_err(RunError::WriteBaseline)?;
    let shown = path.display().to_string();
    writeln!(out, "{}: {}", clean_line(&shown, look.unicode), count(baseline.len(), "finding"))?;
    Ok(())
}

impl<'a> Known<'a> {
    pub(super) fn read(path: &'a Path) -> Result<Self, RunError> {
        let mut sources = Sources::default();
        let missing = || ReadError::Missing { path: path.display().to_string().replace('\\', "/") };
        let id = sources.read_if_there(path)?.ok_or_else(missing)?;
        let baseline = Baseline::parse(sources.get(id).text()).map_err(|error| unusable(path, error))?;
        Ok(Self { path, baseline })
    }

    /// Leaves what is new, and says what can be taken out.
    pub(super) fn compare(&self, project: &Project, found: Vec<Diagnostic>) -> (Vec<Diagnostic>, Remarks) {
        let folder = folder_of(self.path);
        let path_of = |id: SourceId| project.path_from(&folder, id);
        let looked_at = looked_at(project, &folder);
        let state_of = |named: &str| state_of(named, &looked_at, &folder);
        let compared = self.baseline.compare(found, &project.sources, &path_of, &state_of);
        let path = self.path.display().to_string();
        (compared.new, Remarks { path, known: compared.known, gone: compared.gone })
    }

    /// The path of a file as the baseline has it.
    pub(super) fn path_of(&self, project: &Project, id: SourceId) -> String {
        project.path_from(&folder_of(self.path), id)
    }

    /// Leaves what is new in one file.
    pub(super) fn new_in(&self, path: &str, found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
        self.baseline.compare(found, sources, &|_| path.to_owned(), &|_| Named::Elsewhere).new
    }
}

/// The paths of the files of this run, from the folder of the baseline.
fn looked_at(project: &Project, folder: &Path) -> HashSet<String> {
    project.files.iter().map(|file| project.path_from(folder, file.deck.source)).collect()
}

fn state_of(named: &str, looked_at: &HashSet<String>, folder: &Path) -> Named {
    if looked_at.contains(named) {
        Named::LookedAt
    } else if folder.join(named).exists() {
        Named::Elsewhere
    } else {
        Named::Missing
    }
}

fn unusable(path: &Path, error: crate::baseline::BaselineError) -> RunError {
    RunError::Baseline { path: path.display().to_string(), error }
}

impl Remarks {
    pub(super) fn describe(&self, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
        let path = clean(&self.path, look.unicode, false);
        if self.known > 0 {
            writeln!(out, "{} in `{path}`, not shown", count(self.known, "known finding"))?;
        }
        if self.gone.is_empty() {
            return Ok(());
        }
        let (are, them) = if self.gone.len() == 1 { ("is", "it") } else { ("are", "them") };
        let gone = count(self.gone.len(), "finding");
        writeln!(out, "{gone} of `{path}` {are} not there any more; take {them} out with `--write-baseline`:")?;
        for entry in self.gone.iter().take(MOST_SHOWN) {
            let entry = format!("{}: {}: {}", entry.path, entry.lint, entry.message);
            writeln!(out, "  {}", clean_line(&entry, look.unicode))?;
        }
        match self.gone.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more"),
        }
    }
}

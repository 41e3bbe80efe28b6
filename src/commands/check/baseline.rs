//! `deckc check --baseline`: what is new beside a file of known findings.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use foldhash::HashSet;

use crate::baseline::{Baseline, BaselineError, Entry, Named};
use crate::commands::{RunError, count};
use crate::diagnostic::Diagnostic;
use crate::emit::Artefact;
use crate::emit::write;
use crate::project::{Project, ProjectPaths};
use crate::report::{Look, clean, clean_line};
use crate::source::{SourceId, Sources, behind_link, folder_of, place};

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
        let around = Around::new(path, project);
        baseline.keep(before.baseline, &|named| around.state_of(named) == Named::Elsewhere);
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
        let missing = || unusable(path, BaselineError::Missing);
        let id = sources.read_if_there(path)?.ok_or_else(missing)?;
        let baseline = Baseline::parse(sources.get(id).text()).map_err(|error| unusable(path, error))?;
        Ok(Self { path, baseline })
    }

    /// Leaves what is new, and says what can be taken out.
    pub(super) fn compare(&self, project: &Project, found: Vec<Diagnostic>) -> (Vec<Diagnostic>, Remarks) {
        let around = Around::new(self.path, project);
        let path_of = |id: SourceId| project.path_from(&around.folder, id);
        let compared = self.baseline.compare(found, &project.sources, &path_of, &|named| around.state_of(named));
        let path = self.path.display().to_string();
        (compared.new, Remarks { path, known: compared.known, gone: compared.gone })
    }

    /// The path of a file as the baseline has it.
    pub(super) fn path_of(&self, project: &Project, id: SourceId) -> String {
        project.path_from(&folder_of(self.path), id)
    }

    /// Leaves what is new in one file.
    pub(super) fn new_in(&self, path: &str, found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
        self.baseline.new_in(path, found, sources)
    }
}

/// What became of the files that a baseline names.
struct Around {
    /// The folder of the baseline, with links followed.
    folder: PathBuf,
    /// The paths of the files of this run, from there.
    looked_at: HashSet<String>,
    /// The roots of the projects; all that a baseline may ask about lies below one.
    roots: HashSet<PathBuf>,
}

impl Around {
    fn new(path: &Path, project: &Project) -> Self {
        let folder = place(&folder_of(path));
        let paths = ProjectPaths::new(&project.sources);
        let ids = || project.files.iter().map(|file| file.deck.source);
        let looked_at = ids().map(|id| project.path_from(&folder, id)).collect();
        let roots = ids().map(|id| paths.root(id).to_path_buf()).chain([folder.clone()]).collect();
        Self { folder, looked_at, roots }
    }

    /// A baseline is a text that others may have written: what it names outside of the projects is not looked for.
    fn state_of(&self, named: &str) -> Named {
        if self.looked_at.contains(named) {
            return Named::LookedAt;
        }
        let path = self.lies_at(named).filter(|path| path.ancestors().any(|above| self.roots.contains(above)));
        match path {
            Some(path) if !path.exists() => Named::Missing,
            _ => Named::Elsewhere,
        }
    }

    fn lies_at(&self, named: &str) -> Option<PathBuf> {
        let mut path = self.folder.clone();
        for part in Path::new(named).components() {
            match part {
                Component::Normal(name) => path.push(name),
                Component::CurDir => {}
                Component::ParentDir if path.pop() => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(path)
    }
}

fn unusable(path: &Path, error: BaselineError) -> RunError {
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

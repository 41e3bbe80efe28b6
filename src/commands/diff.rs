//! `deckc diff`: what a learner would see change.

mod git;
mod show;

use std::io::Write;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};

pub use git::GitError;

use super::{Exit, RunError, identity_is_known, read_project};
use crate::check::Checked;
use crate::cli::{Diff, Paths, SOURCE, TextOrJson};
use crate::diff::{Differences, View, package, views_of_decks, views_of_lock};
use crate::emit::{self, Format};
use crate::history::Clock;
use crate::identity::known::find;
use crate::identity::lock::{Entry, Lock};
use crate::project::Project;
use crate::render::Renderer;
use crate::report::Look;
use crate::source::listed_in;

/// What the sources are compared with.
enum Old {
    /// The last build, as the lock has it.
    Lock,
    /// A package.
    Package(PathBuf),
    /// A revision of git.
    Revision(String),
}

pub(super) fn run(options: &Diff, look: &Look, out: &mut dyn Write) -> Result<Exit, RunError> {
    let (old, paths) = sort_arguments(&options.arguments);
    let paths = Paths { paths, lock: options.lock.clone(), settings: options.settings.clone() };
    let mut project = read_project(&paths)?;
    if !identity_is_known(&project, look, out)? {
        return Ok(Exit::Findings);
    }
    project.read_media();
    let cache = options.cached.colours();
    let renderer = Renderer::with_cache(cache.clone());
    let mut decks = project.render_with(&renderer, &Checked::to_compare(&project.files));
    let records = project.record(&mut decks, Clock::at(0));
    let after = views_of_decks((0..decks.len()).map(|at| project.path_in_lock(at)).zip(&decks));
    let mut gone: Vec<Entry> = Vec::new();
    let differences = match &old {
        Old::Lock => {
            let before = of_locks(&project, options);
            let retired = records.iter().flat_map(|record| record.lock.entries());
            gone.extend(retired.filter(|entry| entry.retired.is_some()).cloned());
            let built: HashSet<&str> = gone.iter().map(|entry| entry.guid.as_str()).collect();
            let kept: HashSet<&str> = after.iter().map(|view| view.guid.as_str()).collect();
            // A project may be read in part: what is not read is not gone.
            let of_these = |view: &View| kept.contains(view.guid.as_str()) || built.contains(view.guid.as_str());
            let before: Vec<View> = before.into_iter().filter(of_these).collect();
            Differences::between(&before, &after)
        }
        Old::Package(path) => {
            let before = package::read(path)?;
            Differences::between(&before, &of_same_decks(&before, after))
        }
        Old::Revision(revision) => {
            let before = at_revision(revision, &project, &paths, &renderer)?;
            Differences::between(&before, &after)
        }
    };
    if let Some(cache) = cache {
        cache.save();
    }
    match options.format {
        TextOrJson::Text => show::text(&differences, &gone, look, out)?,
        TextOrJson::Json => show::json(&differences, &gone, out)?,
    }
    Ok(Exit::Clean)
}

/// A first argument that names no file or folder to read is a package or a revision.
fn sort_arguments(arguments: &[PathBuf]) -> (Old, Vec<PathBuf>) {
    let paths = |rest: &[PathBuf]| {
        if rest.is_empty() { vec![PathBuf::from(SOURCE)] } else { rest.to_vec() }
    };
    let Some((first, rest)) = arguments.split_first() else { return (Old::Lock, paths(&[])) };
    let is_package = first.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(Format::Apkg.extension()));
    if is_package {
        (Old::Package(first.clone()), paths(rest))
    } else if first.exists() {
        (Old::Lock, paths(arguments))
    } else {
        (Old::Revision(first.to_string_lossy().into_owned()), paths(rest))
    }
}

/// What the locks know, with the words of the packages that were built with them, where those are still there.
fn of_locks(project: &Project, options: &Diff) -> Vec<View> {
    let mut packed = Vec::new();
    for file in &project.files {
        let out = file.settings.out(options.out.as_deref());
        let path = emit::path_of(&out, project.source(file).deck_path(), Format::Apkg);
        // Only its words are wanted, and where it can't be read they are not known.
        packed.extend(package::read(&path).unwrap_or_default());
    }
    let nothing = Lock::default();
    let locks = project.locks.iter().map(|lock| lock.known.entries().unwrap_or(&nothing));
    locks.flat_map(|lock| views_of_lock(lock, &packed)).collect()
}

/// A package is of some decks of a project; the others are not new for that.
fn of_same_decks(before: &[View], after: Vec<View>) -> Vec<View> {
    let guids: HashSet<&str> = before.iter().map(|view| view.guid.as_str()).collect();
    let mut decks: HashSet<String> = before.iter().map(|view| view.deck.clone()).collect();
    let known = after.iter().filter(|view| guids.contains(view.guid.as_str()));
    decks.extend(known.map(|view| view.deck.clone()).collect::<Vec<_>>());
    after.into_iter().filter(|view| decks.contains(&view.deck)).collect()
}

/// The notes at a revision, under the guids they have today where they are the same notes.
fn at_revision(revision: &str, project: &Project, paths: &Paths, renderer: &Renderer) -> Result<Vec<View>, RunError> {
    let tree = git::check_out(revision)?;
    let settings = &paths.settings;
    let paths: Vec<PathBuf> = paths.paths.iter().map(|path| tree.path_of(path)).collect::<Result<_, _>>()?;
    let mut there: Vec<PathBuf> = paths.into_iter().filter(|path| path.exists()).collect();
    let lock = tree_lock(&tree, project)?;
    // What is gone or renamed since is not among the paths of today.
    for lock in &project.locks {
        let listed = tree.path_of(&lock.path).ok().and_then(|path| listed_in(&path)).unwrap_or_default();
        let gone = listed.iter().map(|source| lock.place_of(source)).filter(|path| !path.exists());
        there.extend(gone.filter_map(|path| tree.path_of(&path).ok()).filter(|path| path.is_file()));
    }
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let mut command = settings.on_command_line()?;
    // Settings that lie in the repository are read as they were.
    let in_tree = |path: PathBuf| tree.path_of(&path).ok().filter(|then: &PathBuf| then.exists()).unwrap_or(path);
    command.config = command.config.map(in_tree);
    let mut earlier = Project::read(&there, lock.as_deref(), &command)?;
    earlier.read_media();
    let mut decks = earlier.render_with(renderer, &Checked::to_compare(&earlier.files));
    let records = earlier.record(&mut decks, Clock::at(0));
    let mut views = views_of_decks((0..decks.len()).map(|at| earlier.path_in_lock(at)).zip(&decks));
    let entries: Vec<Entry> = records.iter().flat_map(|record| record.lock.live()).cloned().collect();
    rename(&mut views, &entries, project);
    Ok(views)
}

/// A lock that was named lies in the tree, too, if it lies in the repository.
fn tree_lock(tree: &git::Tree, project: &Project) -> Result<Option<PathBuf>, RunError> {
    let [lock] = project.locks.as_slice() else { return Ok(None) };
    let path = tree.path_of(&lock.path);
    Ok(path.ok().filter(|path: &PathBuf| Path::exists(path)))
}

/// Gives earlier notes the guids of the notes of today that they are.
fn rename(views: &mut [View], entries: &[Entry], project: &Project) {
    let paths: Vec<String> = (0..project.files.len()).map(|at| project.path_in_lock(at)).collect();
    let files: Vec<_> = paths.iter().map(String::as_str).zip(&project.files).collect();
    let guids: HashSet<&str> = entries.iter().map(|entry| entry.guid.as_str()).collect();
    let found = find(&project.sources, entries, &files, &guids);
    let notes = project.files.iter().flat_map(|file| file.deck.own_notes());
    let names: HashMap<&str, &str> = notes
        .zip(found.entries)
        .filter_map(|(note, entry)| Some((entries.get(entry?)?.guid.as_str(), note.guid.as_str())))
        .collect();
    for view in views {
        if let Some(name) = names.get(view.guid.as_str()) {
            view.guid = (*name).to_owned();
        }
    }
}

//! A revision of git, put into a folder of its own. The repository and its index are left as they are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::source::{place, reason};

/// Why a revision could not be had.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git can't be run.
    #[error("cannot run git: {reason}")]
    NoGit {
        /// What the system said, in words.
        reason: String,
    },
    /// Git knows no such revision.
    #[error("`{name}` is no file, no folder, no package and no revision of git: {said}")]
    NoRevision {
        /// As the user wrote it.
        name: String,
        /// What git said.
        said: String,
    },
    /// The revision can't be put into a folder.
    #[error("cannot check out `{name}`: {said}")]
    NoTree {
        /// As the user wrote it.
        name: String,
        /// What git or the system said.
        said: String,
    },
    /// The source lies outside the repository.
    #[error("`{path}` is not in the repository")]
    Outside {
        /// As the user wrote it.
        path: String,
    },
}

impl GitError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoGit { .. } => "install git, or name a package to compare with",
            Self::NoRevision { .. } => {
                "name a package such as `out/deck.apkg`, or a revision such as `HEAD~1` or `v1.0`"
            }
            Self::NoTree { .. } => "check that there is room in the folder for temporary files",
            Self::Outside { .. } => "run it in the repository that holds the sources",
        }
    }
}

/// The files of a revision.
pub(super) struct Tree {
    folder: TempDir,
    /// The folder of the repository.
    top: PathBuf,
}

impl Tree {
    /// Where a file or folder of today was.
    pub(super) fn path_of(&self, path: &Path) -> Result<PathBuf, GitError> {
        let here = place(Path::new(".")).join(path);
        // What is gone today has no place; its folder has.
        let lies_at = match (here.parent(), here.file_name()) {
            (Some(folder), Some(name)) if !here.exists() => place(folder).join(name),
            _ => place(&here),
        };
        let below = lies_at.strip_prefix(&self.top);
        let below = below.map_err(|_| GitError::Outside { path: path.display().to_string() })?;
        Ok(self.folder.path().join("tree").join(below))
    }
}

/// Puts the files of a revision into a temporary folder.
pub(super) fn check_out(name: &str) -> Result<Tree, GitError> {
    let no_tree = |said: String| GitError::NoTree { name: name.to_owned(), said };
    let no_revision = |said: String| GitError::NoRevision { name: name.to_owned(), said };
    let folder = tempfile::tempdir().map_err(|error| no_tree(reason(&error)))?;
    let index = folder.path().join("index");
    let git = |at: &Path, arguments: &[&OsStr]| {
        let output = Command::new("git").current_dir(at).args(arguments).env("GIT_INDEX_FILE", &index).output();
        let output = output.map_err(|error| GitError::NoGit { reason: reason(&error) })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let said = text(&output.stderr).lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
        Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(said) })
    };
    let here = Path::new(".");
    let top = git(here, &["rev-parse".as_ref(), "--show-toplevel".as_ref()])?.map_err(no_revision)?;
    let top = place(Path::new(&top));
    // A name that begins with a hyphen would be an option.
    let tree = format!("{name}^{{tree}}");
    let verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", &tree].map(OsStr::new);
    let tree = git(here, &verify)?.map_err(|_| no_revision("git does not know it".to_owned()))?;
    git(here, &["read-tree".as_ref(), tree.as_ref()])?.map_err(no_tree)?;
    let mut prefix = folder.path().join("tree").into_os_string();
    prefix.push("/");
    let mut option = std::ffi::OsString::from("--prefix=");
    option.push(&prefix);
    git(&top, &["checkout-index".as_ref(), "--all".as_ref(), "--quiet".as_ref(), &option])?.map_err(no_tree)?;
    Ok(Tree { folder, top })
}

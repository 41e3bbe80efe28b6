//! Where sources lie in their projects, for readers that know the project and not the machine: code scanning, merge
//! requests, a baseline. From whatever folder deckc runs, and however it is told of a file, the path is the same.

use std::path::{Path, PathBuf};

use foldhash::HashMap;

use super::{below, place_of_folder};
use crate::identity::lock;
use crate::settings::file;
use crate::source::{Source, SourceId, Sources, folder_of, place};

/// What the root of a project holds, the surest sign first. In a work tree that was added to a repository, `.git` is a
/// file.
const SIGNS: [&str; 3] = [".git", file::FILE_NAME, lock::FILE_NAME];

/// For each source the root of its project and its path from there.
///
/// The root is the nearest folder above the source that holds `.git`; where there is none, that of the `deckc.toml`, else
/// that of the `deckc.lock`, else the current folder. A source outside of that has the folder it may read as its root.
#[derive(Debug, Default)]
pub struct ProjectPaths {
    of: HashMap<SourceId, (PathBuf, String)>,
}

impl ProjectPaths {
    /// Looks for the roots of all sources.
    #[must_use]
    pub fn new(sources: &Sources) -> Self {
        let mut folders: HashMap<PathBuf, (PathBuf, PathBuf)> = HashMap::default();
        let path_of = |source: &Source| {
            let folder = folder_of(source.path());
            let (lies_in, root) = folders.entry(folder).or_insert_with_key(|folder| {
                let lies_in = place_of_folder(folder);
                let root = root_of(&lies_in, source);
                (lies_in, root)
            });
            let path = lies_in.join(source.path().file_name().unwrap_or_default());
            (source.id(), (root.clone(), below(root, &path)))
        };
        Self { of: sources.all().iter().map(path_of).collect() }
    }

    /// The path of a source from the root of its project, with forward slashes.
    #[must_use]
    pub fn path(&self, source: SourceId) -> &str {
        self.of.get(&source).map_or("", |(_, path)| path)
    }

    /// The root of a source's project.
    #[must_use]
    pub fn root(&self, source: SourceId) -> &Path {
        self.of.get(&source).map_or(Path::new(""), |(root, _)| root)
    }
}

fn root_of(folder: &Path, source: &Source) -> PathBuf {
    let holds = |sign: &str| folder.ancestors().find(|above| above.join(sign).symlink_metadata().is_ok());
    if let Some(root) = SIGNS.into_iter().find_map(holds) {
        return root.to_path_buf();
    }
    let here = place(Path::new("."));
    let outer = place(source.root());
    let roots = [here, outer].into_iter().find(|root| folder.starts_with(root));
    roots.unwrap_or_else(|| folder.to_path_buf())
}

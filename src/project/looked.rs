//! What a project looked for beside the texts it read, and what it found: another run may look again, and see whether all is
//! as it was.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::path::PathBuf;

use foldhash::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Reading;
use crate::cache::inputs::{Digest, Inputs};
use crate::source::{Depth, Linked, MediaFiles, Reference, Source, SourceId, Sources, look_behind, read_linked};

/// What was looked for, and what came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Looked {
    pub(super) media: Option<LookedForMedia>,
    pub(super) links: Option<LookedForLinks>,
}

/// Media, by the number of the file that names them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LookedForMedia {
    named: Vec<(usize, BTreeSet<Reference>)>,
    depth: Depth,
    found: Digest,
}

/// Where links lead, by the number of the file they stand in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LookedForLinks {
    named: Vec<(usize, BTreeSet<String>)>,
    found: Digest,
    /// Of these a part was looked for.
    texts: BTreeSet<PathBuf>,
    read: Digest,
}

impl LookedForMedia {
    pub(super) fn new(named: Vec<(SourceId, BTreeSet<Reference>)>, depth: Depth, found: &[MediaFiles]) -> Self {
        Self { named: numbered(named), depth, found: of_media(found) }
    }

    fn is_so(&self, sources: &Sources) -> bool {
        let Some(named) = of_sources(&self.named, sources) else { return false };
        of_media(&MediaFiles::read(sources, &named, self.depth)) == self.found
    }
}

impl LookedForLinks {
    pub(super) fn new(
        named: Vec<(SourceId, BTreeSet<String>)>,
        found: &[HashMap<String, Linked>],
        texts: BTreeSet<PathBuf>,
        read: &HashMap<PathBuf, String>,
    ) -> Self {
        let read = of_texts(&texts, read);
        Self { named: numbered(named), found: of_links(found), texts, read }
    }

    fn is_so(&self, sources: &Sources) -> bool {
        let Some(named) = of_sources(&self.named, sources) else { return false };
        of_links(&look_behind(sources, &named)) == self.found
            && of_texts(&self.texts, &read_linked(&self.texts)) == self.read
    }
}

impl Looked {
    /// Whether all that was looked for is as it was found, for files as they were read now.
    pub(crate) fn is_so(&self, reading: &Reading) -> bool {
        let sources = reading.sources();
        self.media.as_ref().is_none_or(|media| media.is_so(sources))
            && self.links.as_ref().is_none_or(|links| links.is_so(sources))
    }
}

/// Files that name nothing are left out, so that each has its number.
fn numbered<T>(named: Vec<(SourceId, BTreeSet<T>)>) -> Vec<(usize, BTreeSet<T>)> {
    let named = named.into_iter().enumerate().filter(|(_, (_, names))| !names.is_empty());
    named.map(|(file, (_, names))| (file, names)).collect()
}

fn of_sources<T: Clone>(named: &[(usize, BTreeSet<T>)], sources: &Sources) -> Option<Vec<(SourceId, BTreeSet<T>)>> {
    let of = |(file, names): &(usize, BTreeSet<T>)| Some((sources.all().get(*file).map(Source::id)?, names.clone()));
    named.iter().map(of).collect()
}

fn of_media(found: &[MediaFiles]) -> Digest {
    let mut inputs = Inputs::default();
    found.iter().for_each(|files| files.hash_found(&mut inputs));
    inputs.digest()
}

fn of_links(found: &[HashMap<String, Linked>]) -> Digest {
    let mut inputs = Inputs::default();
    for files in found {
        let mut files: Vec<_> = files.iter().collect();
        files.sort_unstable_by_key(|(path, _)| *path);
        files.iter().for_each(|found| found.hash(&mut inputs));
    }
    inputs.digest()
}

fn of_texts(paths: &BTreeSet<PathBuf>, texts: &HashMap<PathBuf, String>) -> Digest {
    let paths: Vec<&PathBuf> = paths.iter().collect();
    let hash = |path: &&PathBuf| texts.get(*path).map(|text| *blake3::hash(text.as_bytes()).as_bytes());
    let hashes: Vec<Option<Digest>> = paths.par_iter().map(hash).collect();
    let mut inputs = Inputs::default();
    hashes.hash(&mut inputs);
    inputs.digest()
}

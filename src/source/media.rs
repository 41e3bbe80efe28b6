//! Images and sounds that the text names: found, read once each, and recognised by their bytes.
//!
//! A deck may come from anybody, and what is read ends in a package that is given away. So nothing is read from outside
//! the [root](super::Source::root) of a source, links followed, and nothing is taken that is not an image or a sound by
//! its bytes. What an SVG could run or fetch is left out of it.

mod address;
mod folders;
mod kind;
mod style;
mod svg;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::address::Reach;
pub(super) use self::folders::Folders;
use super::{SourceId, Sources, reason};

/// Bytes of the largest file that is packed: a learner's phone has to hold it, and the network to carry it.
const LARGEST: u64 = 100_000_000;

/// Bytes of the largest SVG: it is read as text, and drawn anew each time its card is shown.
const LARGEST_SVG: usize = 10_000_000;

/// Bytes that tell what a file is.
const HEAD: u64 = 4_096;

/// A file that goes into a package with the notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Media {
    /// Made of the content, so that a changed image is a changed name: Anki keeps a file it has under a name, and takes
    /// a note whose fields did not change for unchanged.
    pub name: String,
    /// The file.
    pub bytes: Arc<[u8]>,
}

impl Media {
    fn new(bytes: Vec<u8>, extension: &str) -> Self {
        let hash = blake3::hash(&bytes).to_hex();
        let digits: String = hash.chars().take(16).collect();
        Self { name: format!("deckc-{digits}.{extension}"), bytes: bytes.into() }
    }
}

/// What a file is for a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Shown on the card.
    Image,
    /// Played by Anki: a sound, or a film.
    Sound,
}

/// A file as a text names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// As the author wrote it, Markdown's escapes and entities decoded.
    pub address: String,
    /// Written as `![[…]]`, which names a file wherever it lies.
    pub by_name: bool,
}

impl Reference {
    /// A path that starts at the file of the text.
    #[must_use]
    pub fn path(address: impl Into<String>) -> Self {
        Self { address: address.into(), by_name: false }
    }

    /// The name of a file that may lie anywhere in the project.
    #[must_use]
    pub fn name(address: impl Into<String>) -> Self {
        Self { address: address.into(), by_name: true }
    }

    /// The last part of the path, to show in its place; nothing for a file that is in its address.
    #[must_use]
    pub fn file_name(&self) -> String {
        if self.address.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            return String::new();
        }
        let bare = self.address.split(['?', '#']).next().unwrap_or_default();
        let name = bare.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
        address::decoded(name)
    }

    /// What its ending says it is, where that is an ending of sounds or films; all else is taken for an image.
    #[must_use]
    pub fn kind(&self) -> MediaKind {
        let name = self.file_name();
        let ending = Path::new(&name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if kind::SOUNDS.contains(&ending.as_str()) { MediaKind::Sound } else { MediaKind::Image }
    }

    /// Whether its ending is one of images, sounds or films.
    #[must_use]
    pub fn is_of_media(&self) -> bool {
        let name = self.file_name();
        let ending = Path::new(&name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
        [kind::SOUNDS.as_slice(), &kind::IMAGES].concat().contains(&ending.as_str())
    }
}

/// Why a file is not packed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MediaFault {
    /// The address is empty.
    #[error("no address")]
    NoAddress,
    /// No file is there.
    #[error("no such file")]
    Missing,
    /// A file is there whose name has other capitals: some systems find it, others do not.
    #[error("the file is called `{0}`")]
    OtherCase(String),
    /// A path from the root of the disk or of a site.
    #[error("not a path from this file")]
    Absolute,
    /// Neither a path nor an address of the web.
    #[error("not an address of a file")]
    OtherScheme,
    /// The page of the web that shows the file, and where the file itself is.
    #[error("a web page, not an image")]
    WebPage(String),
    /// The file lies outside the folder that may be read.
    #[error("outside the project")]
    Outside,
    /// A folder.
    #[error("a folder")]
    Folder,
    /// Neither a file nor a folder: a socket, a device, a pipe.
    #[error("neither a file nor a folder")]
    Special,
    /// The operating system refused.
    #[error("cannot read it: {0}")]
    Unreadable(String),
    /// Larger than a card can sensibly hold.
    #[error("larger than {} MB", .0 / 1_000_000)]
    TooLarge(u64),
    /// Nothing is in it.
    #[error("an empty file")]
    Empty,
    /// What Git LFS leaves in place of a file that was not fetched.
    #[error("a pointer of Git LFS")]
    LfsPointer,
    /// Its bytes are not those of a file that is packed.
    #[error("not an image or a sound that can be packed")]
    OtherKind,
    /// An SVG that can't be cleaned.
    #[error("not a proper SVG: {0}")]
    BrokenSvg(String),
    /// A name that several files have, equally near: their paths from the root.
    #[error("several files have this name")]
    Ambiguous(Vec<String>),
}

/// How much of the files is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Depth {
    /// As much as tells whether they can be packed.
    Look,
    /// All, to pack them.
    Whole,
}

/// What is behind a reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A file of the project, or one that is in the address itself.
    File {
        /// What it is.
        kind: MediaKind,
        /// Its path from the root, with forward slashes; empty where it is in the address.
        path: String,
        /// The file as it is packed, where all of it was read.
        media: Option<Media>,
    },
    /// A file of the web, by its whole address.
    Web(String),
}

/// The media that one source names.
#[derive(Debug, Default)]
pub struct MediaFiles {
    found: HashMap<Reference, Result<Target, MediaFault>>,
}

impl MediaFiles {
    /// Looks behind the references of each source. A file is read once, however often and by whatever address it is
    /// named.
    #[must_use]
    pub fn read(sources: &Sources, named: &[(SourceId, BTreeSet<Reference>)], depth: Depth) -> Vec<Self> {
        let mut trees = folders::Trees::default();
        let located: Vec<Vec<(&Reference, Result<Located, MediaFault>)>> =
            named.iter().map(|(id, references)| locate(sources, *id, references, &mut trees)).collect();
        let paths = located.iter().flatten().filter_map(|(_, located)| match located {
            Ok(Located::File { path, .. }) => Some(path),
            _ => None,
        });
        let paths: BTreeSet<&PathBuf> = paths.collect();
        let read: BTreeMap<&PathBuf, Result<(MediaKind, Option<Media>), MediaFault>> =
            paths.into_par_iter().map(|path| (path, read(path, depth))).collect();
        let target = |located: &Result<Located, MediaFault>| match located.clone()? {
            Located::Web(address) => Ok(Target::Web(address)),
            Located::Inline(bytes) => {
                let (kind, media) = understood(bytes, Path::new(""), depth)?;
                Ok(Target::File { kind, path: String::new(), media })
            }
            Located::File { path, shown } => {
                let (kind, media) = read.get(&path).cloned().unwrap_or(Err(MediaFault::Missing))?;
                Ok(Target::File { kind, path: shown, media })
            }
        };
        let files = located.iter().map(|of_source| Self {
            found: of_source.iter().map(|(reference, located)| ((*reference).clone(), target(located))).collect(),
        });
        files.collect()
    }

    /// What is behind each reference, and why it is not packed where it is not; packed files by their names, which are made
    /// of their content.
    pub(crate) fn hash_found(&self, state: &mut impl Hasher) {
        let mut found: Vec<_> = self.found.iter().collect();
        found.sort_unstable_by_key(|(reference, _)| *reference);
        for (reference, found) in found {
            reference.hash(state);
            match found {
                Ok(Target::File { kind, path, media }) => {
                    (kind, path, media.as_ref().map(|media| &media.name)).hash(state);
                }
                Ok(Target::Web(address)) => address.hash(state),
                Err(fault) => fault.hash(state),
            }
        }
    }

    /// What is behind each reference, by reference.
    fn sorted(&self) -> BTreeMap<&Reference, Option<&Target>> {
        self.found.iter().map(|(reference, found)| (reference, found.as_ref().ok())).collect()
    }

    /// What is behind a reference.
    ///
    /// # Errors
    /// When nothing can be packed for it; one that was not asked for counts as missing.
    pub fn find(&self, reference: &Reference) -> Result<&Target, &MediaFault> {
        self.found.get(reference).map_or(Err(&MediaFault::Missing), Result::as_ref)
    }

    /// All files to pack, in no order; one that is named by two addresses comes twice.
    pub fn packed(&self) -> impl Iterator<Item = &Media> {
        self.found.values().filter_map(|found| match found {
            Ok(Target::File { media, .. }) => media.as_ref(),
            _ => None,
        })
    }
}

/// Of what is packed and shown; why something is not makes no difference to a card.
impl Hash for MediaFiles {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sorted().hash(state);
    }
}

/// Where a reference leads.
#[derive(Debug, Clone)]
enum Located {
    File { path: PathBuf, shown: String },
    Web(String),
    Inline(Vec<u8>),
}

fn locate<'references>(
    sources: &Sources,
    id: SourceId,
    references: &'references BTreeSet<Reference>,
    trees: &mut folders::Trees,
) -> Vec<(&'references Reference, Result<Located, MediaFault>)> {
    if references.is_empty() {
        return Vec::new();
    }
    let folders = Folders::of(sources.get(id));
    let mut locate = |reference: &Reference| match address::reach(&reference.address)? {
        Reach::Web(address) => Ok(Located::Web(address)),
        Reach::Inline(bytes) => Ok(Located::Inline(bytes)),
        Reach::Disk => {
            let folders = folders.as_ref().ok_or(MediaFault::Missing)?;
            let path = folders.locate(reference, trees)?;
            let shown = folders.below_root(&path);
            Ok(Located::File { path, shown })
        }
    };
    references.iter().map(|reference| (reference, locate(reference))).collect()
}

/// What a file is, and the file itself if all of it is wanted.
fn read(path: &Path, depth: Depth) -> Result<(MediaKind, Option<Media>), MediaFault> {
    let refused = |error: std::io::Error| MediaFault::Unreadable(reason(&error));
    // Opening a pipe would wait for whoever fills it.
    let facts = std::fs::metadata(path).map_err(refused)?;
    if facts.is_dir() {
        return Err(MediaFault::Folder);
    }
    if !facts.is_file() {
        return Err(MediaFault::Special);
    }
    if facts.len() > LARGEST {
        return Err(MediaFault::TooLarge(LARGEST));
    }
    let mut file = File::open(path).map_err(refused)?;
    let mut bytes = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut bytes).map_err(refused)?;
    if depth == Depth::Whole || svg::may_be(&bytes) {
        // The file may grow while it is read, so what it says of its size is not relied upon.
        file.take(LARGEST + 1 - HEAD).read_to_end(&mut bytes).map_err(refused)?;
        if bytes.len() as u64 > LARGEST {
            return Err(MediaFault::TooLarge(LARGEST));
        }
    }
    understood(bytes, path, depth)
}

/// What bytes are; and the file to pack if it is wanted, of which all bytes must be there.
fn understood(bytes: Vec<u8>, path: &Path, depth: Depth) -> Result<(MediaKind, Option<Media>), MediaFault> {
    let (kind, extension, bytes) = if svg::may_be(&bytes) {
        (MediaKind::Image, "svg", svg::cleaned(bytes)?)
    } else {
        let (kind, extension) = kind::of(&bytes, path)?;
        (kind, extension, bytes)
    };
    Ok((kind, (depth == Depth::Whole).then(|| Media::new(bytes, extension))))
}

#[cfg(test)]
mod tests;

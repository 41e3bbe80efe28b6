//! Images that the text names by a relative path: found, read once each, and recognised by their bytes.
//!
//! A deck may come from anybody, and what is read ends in a package that is given away. So nothing is read from outside
//! the [root](super::Source::root) of a source, links followed, and nothing is taken that is not an image by its bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::{Source, SourceId, Sources, reason};

/// Bytes of the largest image that is packed: a learner's phone has to hold it, and the network to carry it.
const LARGEST: u64 = 100_000_000;

/// A file that goes into a package with the notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Made of the content, so that a changed image is a changed name: Anki keeps a file it has under a name, and takes
    /// a note whose fields did not change for unchanged.
    pub name: String,
    /// The file.
    pub bytes: Arc<[u8]>,
}

impl Media {
    /// An image under the name of its content; none if the bytes are no image.
    #[must_use]
    pub fn image(bytes: Vec<u8>) -> Option<Self> {
        let extension = extension(&bytes)?;
        let hash = blake3::hash(&bytes).to_hex();
        let digits: String = hash.chars().take(16).collect();
        Some(Self { name: format!("deckc-{digits}.{extension}"), bytes: bytes.into() })
    }
}

/// Why an image is not packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// The address is none of a file beside the text: of the web, `data:`, or a path from the root of the disk.
    #[error("not a relative path")]
    NotRelative,
    /// No file is there.
    #[error("no such file")]
    Missing,
    /// The file lies outside the folder that may be read.
    #[error("outside the project")]
    Outside,
    /// The operating system refused.
    #[error("cannot read it: {0}")]
    Unreadable(String),
    /// Larger than a card can sensibly hold.
    #[error("larger than {} MB", LARGEST / 1_000_000)]
    TooLarge,
    /// Its bytes are not those of an image that is packed.
    #[error("not a PNG, JPEG, GIF, WebP, BMP or AVIF image")]
    NotAnImage,
}

/// The images that sources name, by the address as the author wrote it.
#[derive(Debug, Default)]
pub struct Images {
    found: HashMap<SourceId, HashMap<String, Result<Media, ImageFault>>>,
}

impl Images {
    /// Reads the images behind the addresses that each source names. A file is read once, however often and by whatever
    /// address it is named.
    #[must_use]
    pub fn read(sources: &Sources, named: Vec<(SourceId, BTreeSet<String>)>) -> Self {
        let mut located = Vec::new();
        for (id, addresses) in named {
            let Some(folders) = Folders::of(sources.get(id)).filter(|_| !addresses.is_empty()) else { continue };
            located.extend(addresses.into_iter().map(|address| {
                let path = folders.locate(&address);
                (id, address, path)
            }));
        }
        let paths: BTreeSet<&PathBuf> = located.iter().filter_map(|(_, _, path)| path.as_ref().ok()).collect();
        let read: BTreeMap<PathBuf, Result<Media, ImageFault>> =
            paths.into_par_iter().map(|path| (path.clone(), read(path))).collect();
        let mut images = Self::default();
        for (id, address, path) in located {
            let image = path.and_then(|path| read.get(&path).cloned().unwrap_or(Err(ImageFault::Missing)));
            images.found.entry(id).or_default().insert(address, image);
        }
        images
    }

    /// The image behind an address, or why there is none.
    ///
    /// # Errors
    /// When nothing can be packed for this address; an address that was not asked for counts as missing.
    pub fn find(&self, source: SourceId, address: &str) -> Result<&Media, &ImageFault> {
        let found = self.found.get(&source).and_then(|images| images.get(address));
        found.map_or(Err(&ImageFault::Missing), Result::as_ref)
    }

    /// All images that a source names, in no order; one that it names by two addresses comes twice.
    pub fn of(&self, source: SourceId) -> impl Iterator<Item = &Media> {
        self.found.get(&source).into_iter().flat_map(HashMap::values).filter_map(|image| image.as_ref().ok())
    }
}

/// Where a source's addresses start, and what they may not leave.
struct Folders {
    start: PathBuf,
    root: PathBuf,
}

impl Folders {
    /// None if the root can't be found, and so nothing can lie below it.
    fn of(source: &Source) -> Option<Self> {
        let start = source.path().parent().unwrap_or(Path::new("")).to_path_buf();
        Some(Self { start, root: fs::canonicalize(source.root()).ok()? })
    }

    /// The file behind an address, links followed. A name may hold `%`, `?` and `#`, so it is first tried as written.
    fn locate(&self, address: &str) -> Result<PathBuf, ImageFault> {
        if has_scheme(address) {
            return Err(ImageFault::NotRelative);
        }
        let bare = address.split(['?', '#']).next().unwrap_or_default();
        let mut fault = ImageFault::Missing;
        for path in [address, &decoded(address), bare, &decoded(bare)] {
            match self.file(path) {
                Err(ImageFault::Missing) => {}
                Err(ImageFault::NotRelative) => fault = ImageFault::NotRelative,
                found => return found,
            }
        }
        Err(fault)
    }

    fn file(&self, path: &str) -> Result<PathBuf, ImageFault> {
        let steps_down = |part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
        if !Path::new(path).components().all(steps_down) {
            return Err(ImageFault::NotRelative);
        }
        let file = fs::canonicalize(self.start.join(path)).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => ImageFault::Unreadable(reason(&error)),
            // All others, such as a name with a NUL or one that is too long, mean that no file can be there.
            _ => ImageFault::Missing,
        })?;
        if !file.starts_with(&self.root) {
            return Err(ImageFault::Outside);
        }
        if file.is_file() { Ok(file) } else { Err(ImageFault::Missing) }
    }
}

/// Whether an address begins as `https:` does.
fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else { return false };
    let of_schemes = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '-' | '.');
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.chars().all(of_schemes)
}

/// With `%20` and its like as what they stand for; as it is if that is no text.
fn decoded(address: &str) -> String {
    percent_decode_str(address).decode_utf8().map_or_else(|_| address.to_owned(), String::from)
}

fn read(path: &Path) -> Result<Media, ImageFault> {
    let refused = |error: std::io::Error| ImageFault::Unreadable(reason(&error));
    let mut bytes = Vec::new();
    // The file may grow while it is read, so what it says of its size is not relied upon.
    File::open(path).map_err(refused)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ImageFault::TooLarge);
    }
    Media::image(bytes).ok_or(ImageFault::NotAnImage)
}

/// The usual ending of an image file with these bytes; none if it is no image that is packed.
fn extension(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        [b'B', b'M', ..] if is_bitmap(bytes) => Some("bmp"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if is_avif(bytes) => Some("avif"),
        _ => None,
    }
}

/// Two letters are too little to go by: the header that follows must have one of its known lengths.
fn is_bitmap(bytes: &[u8]) -> bool {
    let length = bytes.get(14..).and_then(|header| header.first_chunk::<4>());
    length.is_some_and(|&length| matches!(u32::from_le_bytes(length), 12 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// Whether the first box lists a brand of AVIF: length, `ftyp`, main brand, version, other brands.
fn is_avif(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map_or(0, |&length| u32::from_be_bytes(length) as usize);
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or_default().chunks_exact(4).enumerate();
    brands.filter(|(at, _)| *at != 1).any(|(_, brand)| brand == b"avif" || brand == b"avis")
}

#[cfg(test)]
mod tests;

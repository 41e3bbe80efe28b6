//! What a file is by its first bytes, whatever its name says.

use std::path::Path;

use super::{MediaFault, MediaKind};

/// Endings of images.
pub(super) const IMAGES: [&str; 9] = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "avif", "svg", "ico"];

/// Endings of what Anki plays.
pub(super) const SOUNDS: [&str; 17] = [
    "mp3", "ogg", "oga", "opus", "spx", "m4a", "wav", "flac", "aac", "mp4", "m4v", "mov", "3gp", "webm", "mkv", "ogv",
    "m4b",
];

/// What a file with these bytes is, and the ending its kind has: that of its name where both fit.
pub(super) fn of(head: &[u8], path: &Path) -> Result<(MediaKind, &'static str), MediaFault> {
    if head.is_empty() {
        return Err(MediaFault::Empty);
    }
    if head.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err(MediaFault::LfsPointer);
    }
    if let Some(extension) = image(head) {
        return Ok((MediaKind::Image, extension));
    }
    let endings = sound(head);
    let written = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let ending = endings.iter().find(|ending| **ending == written).or(endings.first());
    ending.map(|ending| (MediaKind::Sound, *ending)).ok_or(MediaFault::OtherKind)
}

/// The usual ending of an image file with these bytes; none if it is no image that is packed.
pub(super) fn image(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        [b'B', b'M', ..] if is_bitmap(bytes) => Some("bmp"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brands(bytes).any(|brand| matches!(brand, b"avif" | b"avis")) => {
            Some("avif")
        }
        _ => None,
    }
}

/// The endings a sound or film with these bytes may have, the usual one first; none if Anki would not play it.
fn sound(bytes: &[u8]) -> &'static [&'static str] {
    match bytes {
        [b'I', b'D', b'3', ..] => &["mp3", "aac"],
        // A frame begins with eleven ones, then version, layer, rate of bits and of samples.
        [0xff, second, third, ..] if second & 0xe6 == 0xe2 && is_mpeg_frame(*second, *third) => &["mp3"],
        [0xff, second, ..] if second & 0xf6 == 0xf0 => &["aac"],
        [b'O', b'g', b'g', b'S', ..] if holds(bytes, b"OpusHead") => &["opus", "ogg", "oga"],
        [b'O', b'g', b'g', b'S', ..] if holds(bytes, b"theora") => &["ogv", "ogg"],
        [b'O', b'g', b'g', b'S', ..] => &["ogg", "oga", "spx", "ogv"],
        [b'f', b'L', b'a', b'C', ..] => &["flac"],
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => &["wav"],
        [0x1a, 0x45, 0xdf, 0xa3, ..] if holds(bytes, b"webm") => &["webm"],
        [0x1a, 0x45, 0xdf, 0xa3, ..] if holds(bytes, b"matroska") => &["mkv"],
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => film(bytes),
        _ => &[],
    }
}

fn film(bytes: &[u8]) -> &'static [&'static str] {
    match brands(bytes).next() {
        Some(b"M4A " | b"M4B ") => &["m4a", "m4b"],
        Some(b"qt  ") => &["mov"],
        Some(brand) if brand.starts_with(b"3gp") => &["3gp"],
        // All that the same container holds besides, such as HEIC, is no film.
        Some(
            b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"dash" | b"M4V " | b"M4VP"
            | b"MSNV" | b"mmp4",
        ) => &["mp4", "m4a", "m4v"],
        _ => &[],
    }
}

fn is_mpeg_frame(second: u8, third: u8) -> bool {
    let (version, bits, samples) = (second >> 3 & 3, third >> 4, third >> 2 & 3);
    version != 1 && bits != 0xf && bits != 0 && samples != 3
}

/// Two letters are too little to go by: the header that follows must have one of its known lengths.
fn is_bitmap(bytes: &[u8]) -> bool {
    let length = bytes.get(14..).and_then(|header| header.first_chunk::<4>());
    length.is_some_and(|&length| matches!(u32::from_le_bytes(length), 12 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// The brands in the first box: length, `ftyp`, main brand, version, other brands.
fn brands(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let length = bytes.first_chunk::<4>().map_or(0, |&length| u32::from_be_bytes(length) as usize);
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or_default().chunks_exact(4).enumerate();
    brands.filter(|(at, _)| *at != 1).map(|(_, brand)| brand)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).take(256).any(|window| window == part)
}

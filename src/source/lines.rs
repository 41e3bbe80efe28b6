//! Where the lines and the characters of a text begin.

/// Bytes between two places of a text up to which its characters are counted.
pub(super) const BETWEEN_COUNTS: usize = 4096;

/// How many characters begin before each so many bytes of a text.
pub(super) fn characters(text: &str) -> Vec<u32> {
    let mut count = 0;
    let mut counts = vec![0];
    for piece in text.as_bytes().chunks(BETWEEN_COUNTS) {
        count += u32::try_from(beginnings(piece)).unwrap_or(u32::MAX);
        counts.push(count);
    }
    counts
}

/// The bytes that begin a character.
pub(super) fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// Line ends are LF, CRLF and lone CR, as in CommonMark section 2.1.
pub(super) fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    // As many as there are, or a few more: they stay as long as the text.
    let room = |ends: usize| Vec::with_capacity(ends + 1);
    let after = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    if memchr::memchr(b'\r', bytes).is_none() {
        let mut starts = room(memchr::memchr_iter(b'\n', bytes).count());
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(after));
        return starts;
    }
    let ends_line = |&at: &usize| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
    let mut starts = room(memchr::memchr2_iter(b'\n', b'\r', bytes).count());
    starts.push(0);
    starts.extend(memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends_line).map(after));
    starts
}

//! Bytes to text: UTF-8, and UTF-16 where a byte order mark says so. Nothing is refused: what can't be decoded becomes
//! U+FFFD and a fault at its place, so the rest of the file is still checked.

use super::{SourceId, Span};

/// Bytes that are no text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EncodingFault {
    /// The replacement character in the decoded text.
    pub span: Span,
    /// What was found.
    pub kind: EncodingFaultKind,
    /// How many more such places follow it.
    pub more: usize,
}

/// What was wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncodingFaultKind {
    /// Not UTF-8 at this byte of the file.
    InvalidUtf8 {
        /// The first bad byte.
        byte: u8,
        /// Its offset in the file.
        offset: usize,
    },
    /// UTF-16 without a byte order mark: every other byte is zero.
    Utf16WithoutMark,
    /// UTF-16 with a mark, but with a lone surrogate or an odd number of bytes.
    InvalidUtf16,
}

pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) faults: Vec<EncodingFault>,
    /// Whether the text is the bytes as they were.
    pub(super) is_verbatim: bool,
}

pub(super) fn decode(source: SourceId, bytes: Vec<u8>) -> Decoded {
    let mut decoded = decode_bytes(source, bytes);
    if memchr::memchr(b'\r', decoded.text.as_bytes()).is_some() {
        let text = with_line_feeds(&decoded.text);
        decoded.is_verbatim &= text == decoded.text;
        decoded.text = text;
    }
    decoded
}

/// A carriage return alone ends a line (CommonMark section 2.1), but pulldown-cmark does not see the fences of such
/// files. It is read as a line feed, which takes as many bytes; those of CRLF stay.
fn with_line_feeds(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut lines = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let alone = character == '\r' && characters.peek() != Some(&'\n');
        lines.push(if alone { '\n' } else { character });
    }
    lines
}

fn decode_bytes(source: SourceId, bytes: Vec<u8>) -> Decoded {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => decode_utf16(source, rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(source, rest, u16::from_be_bytes),
        other => match looks_like_utf16(other) {
            Some(unit) => {
                let mut decoded = decode_utf16(source, other, unit);
                let first = decoded.text.chars().next().map_or(0, char::len_utf8);
                let span = Span { source, start: 0, end: u32::try_from(first).unwrap_or(0) };
                decoded.faults = vec![EncodingFault { span, kind: EncodingFaultKind::Utf16WithoutMark, more: 0 }];
                decoded
            }
            None => decode_utf8(source, bytes),
        },
    }
}

fn decode_utf8(source: SourceId, bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, faults: Vec::new(), is_verbatim: true },
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let (mut first, mut count, mut offset) = (None, 0_usize, 0);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        offset += chunk.valid().len();
        if let Some(&byte) = chunk.invalid().first() {
            let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
            text.push(char::REPLACEMENT_CHARACTER);
            let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
            count += 1;
            first.get_or_insert((Span { source, start, end }, EncodingFaultKind::InvalidUtf8 { byte, offset }));
            offset += chunk.invalid().len();
        }
    }
    let faults = first.map(|(span, kind)| EncodingFault { span, kind, more: count - 1 });
    Decoded { text, faults: faults.into_iter().collect(), is_verbatim: false }
}

fn decode_utf16(source: SourceId, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let mut pairs = bytes.chunks_exact(2);
    let units: Vec<u16> = pairs.by_ref().filter_map(|pair| pair.try_into().ok().map(unit)).collect();
    let odd = !pairs.remainder().is_empty();
    let mut text = String::with_capacity(bytes.len());
    let (mut first, mut count) = (None, 0_usize);
    let mut fault = |text: &mut String| {
        let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
        text.push(char::REPLACEMENT_CHARACTER);
        count += 1;
        first.get_or_insert(Span { source, start, end: u32::try_from(text.len()).unwrap_or(u32::MAX) });
    };
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) => text.push(character),
            Err(_) => fault(&mut text),
        }
    }
    if odd {
        fault(&mut text);
    }
    let faults = first.map(|span| EncodingFault { span, kind: EncodingFaultKind::InvalidUtf16, more: count - 1 });
    Decoded { text, faults: faults.into_iter().collect(), is_verbatim: false }
}

/// Text in UTF-16 has zeros at one side of its pairs only: with nearly every Latin letter, and with every space and line
/// end in other scripts. UTF-8 text has none, or a stray one.
fn looks_like_utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let head = bytes.get(..bytes.len().min(512))?;
    let pairs = head.chunks_exact(2);
    let count = pairs.len();
    let zeros = |at: usize| pairs.clone().filter(|pair| pair.get(at) == Some(&0)).count();
    let enough = |zeros: usize| zeros >= 3 && zeros * 20 >= count;
    match (zeros(0), zeros(1)) {
        (0, low) if enough(low) => Some(u16::from_le_bytes),
        (high, 0) if enough(high) => Some(u16::from_be_bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Decoded {
        decode(SourceId::at(0), bytes.to_vec())
    }

    #[test]
    fn utf16_with_a_mark_is_text_without_a_fault() {
        let bytes: Vec<u8> = "\u{feff}# Q é 🦀\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let result = decoded(&bytes);
        assert_eq!(result.text, "# Q é 🦀\n");
        assert_eq!(result.faults, []);
    }

    #[test]
    fn what_is_decoded_is_not_verbatim() {
        for (bytes, is_verbatim) in [
            (&b"a\r\nb\n"[..], true),
            (b"\xef\xbb\xbfa", true),
            (b"a\rb", false),
            (b"a\xff", false),
            (b"\xff\xfea\0", false),
        ] {
            assert_eq!(decoded(bytes).is_verbatim, is_verbatim, "{bytes:?}");
        }
    }

    #[test]
    fn a_carriage_return_alone_is_a_line_end() {
        assert_eq!(decoded(b"a\rb\r\nc\r").text, "a\nb\r\nc\n");
    }

    #[test]
    fn a_bad_byte_keeps_its_place_and_the_rest() {
        let result = decoded(b"ab\xffcd\xfe");
        assert_eq!(result.text, "ab\u{fffd}cd\u{fffd}");
        let fault = &result.faults[0];
        assert_eq!(fault.kind, EncodingFaultKind::InvalidUtf8 { byte: 0xff, offset: 2 });
        assert_eq!((fault.span.start, fault.span.end, fault.more), (2, 5, 1));
    }

    #[test]
    fn utf16_in_another_script_is_no_utf8_though_its_bytes_could_be() {
        let text = "## Что такое замыкание?\n\nФункция и её окружение.\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let result = decoded(&bytes);
        assert_eq!(result.text, text);
        assert_eq!(result.faults[0].kind, EncodingFaultKind::Utf16WithoutMark);
    }

    #[test]
    fn a_stray_zero_is_no_utf16() {
        assert_eq!(decoded(b"## Q?\n\na\0b").faults, []);
    }

    #[test]
    fn utf16_without_a_mark_is_named_as_such() {
        let bytes: Vec<u8> = "# Questions\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let result = decoded(&bytes);
        assert_eq!(result.text, "# Questions\n");
        assert_eq!(result.faults[0].kind, EncodingFaultKind::Utf16WithoutMark);
    }
}

//! What Anki derives from a note's first field: the text it sorts by, and a checksum by which it finds duplicates. Both
//! must be as Anki makes them, or its duplicate search misses until "Check Database" has run.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use sha1::{Digest, Sha1};

/// A tag that names a media file; Anki keeps the name.
#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
static MEDIA: LazyLock<Regex> = LazyLock::new(|| {
    let tag = r#"(?is)<(?:img|audio|video|object|source)\b(?:[^>]|"[^"]+"|'[^']+')+?"#;
    let name = r#"\b(?:src|data)=(?:"([^"]+)"[^>]*>|'([^']+)'[^>]*>|([^ >]+?)(?: [^>]*)?>)"#;
    Regex::new(&format!("{tag}{name}")).unwrap()
});

/// What Anki takes for markup.
#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
static MARKUP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?is)<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>|<.*?>").unwrap());

/// The field without markup, with the names of media files, entities decoded.
pub(super) fn of(field: &str) -> Cow<'_, str> {
    let bare = if field.contains('<') { Cow::Owned(without_markup(field)) } else { Cow::Borrowed(field) };
    if !bare.contains(['&', '\u{a0}']) {
        return bare;
    }
    decode(&bare).map_or(bare, |text| Cow::Owned(text.replace('\u{a0}', " ")))
}

fn without_markup(field: &str) -> String {
    let named = MEDIA.replace_all(field, |found: &Captures<'_>| {
        let name = found.iter().skip(1).flatten().next().map_or("", |name| name.as_str());
        format!(" {name} ")
    });
    MARKUP.replace_all(&named, "").into_owned()
}

/// The first four bytes of the text's SHA-1, as a number.
pub(super) fn checksum(text: &str) -> u32 {
    Sha1::digest(text.as_bytes()).iter().take(4).fold(0, |sum, &byte| sum << 8 | u32::from(byte))
}

/// None where something is no entity: Anki then leaves the whole text alone.
fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';')?;
        decoded.push(character(entity)?);
        decoded.push_str(rest);
    }
    Some(decoded)
}

/// Numbers, and the names that can stand in a field: a field's HTML is written by ammonia or by `render`, and those know
/// no others.
fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "nbsp" => return Some('\u{a0}'),
        _ => {}
    }
    let number = entity.strip_prefix('#')?;
    let (digits, base) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.starts_with('+') {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, base).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_names_of_media_stay() {
        for (field, text) in [
            ("plain", "plain"),
            ("a<b>b</b>c<!-- x > -->d", "abcd"),
            ("<style>p{}</style>x<SCRIPT>y</script>", "x"),
            (r#"see <img class="c" src="a&amp;b.png" alt="x">!"#, "see  a&b.png !"),
            ("<img src=a.png>", " a.png "),
            ("1 &lt; 2&nbsp;&#61;&#x3d;", "1 < 2 =="),
            ("AT&T &lt;", "AT&T &lt;"),
            ("a &unknown; &lt;", "a &unknown; &lt;"),
            ("&apos; &lt;", "&apos; &lt;"),
            ("&", "&"),
        ] {
            assert_eq!(of(field), text, "{field}");
        }
    }

    #[test]
    fn the_checksum_is_the_start_of_sha1() {
        // printf '' | sha1sum: da39a3ee...
        assert_eq!(checksum(""), 0xda39_a3ee);
    }
}

//! What kind of address an author wrote: a path, an address of the web, or something that leads to no file.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use super::MediaFault;

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To a path that starts at the file of the text.
    Disk,
    /// To the web; the address with its scheme.
    Web(String),
    /// Nowhere: the file is in the address.
    Inline(Vec<u8>),
}

pub(super) fn reach(address: &str) -> Result<Reach, MediaFault> {
    let address = address.trim();
    if address.is_empty() {
        return Err(MediaFault::NoAddress);
    }
    if address.starts_with("//") {
        return web(format!("https:{address}"));
    }
    match scheme(address).map(str::to_ascii_lowercase).as_deref() {
        Some("http" | "https") => web(address.to_owned()),
        Some("data") => inline(address).map(Reach::Inline).ok_or(MediaFault::OtherKind),
        // A drive of Windows.
        Some("file") => Err(MediaFault::Absolute),
        Some(drive) if drive.len() == 1 => Err(MediaFault::Absolute),
        Some(_) => Err(MediaFault::OtherScheme),
        None if decoded(address).starts_with(['/', '\\']) => Err(MediaFault::Absolute),
        None => Ok(Reach::Disk),
    }
}

/// The bytes in an address as in `data:image/png;base64,…`.
fn inline(address: &str) -> Option<Vec<u8>> {
    let (head, data) = address.split_once(',')?;
    let data: Vec<u8> = percent_decode_str(data).collect();
    if !head.to_ascii_lowercase().ends_with(";base64") {
        return Some(data);
    }
    let data: Vec<u8> = data.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let indifferent = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&STANDARD, indifferent).decode(data).ok()
}

/// What stands before the `:` of `https:`.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let of_schemes = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '-' | '.');
    let is_one = scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.chars().all(of_schemes);
    is_one.then_some(scheme)
}

fn web(address: String) -> Result<Reach, MediaFault> {
    match raw_form(&address) {
        Some(raw) => Err(MediaFault::WebPage(raw)),
        None => Ok(Reach::Web(address)),
    }
}

/// The address of the file itself, for a page of GitHub or GitLab that shows a file.
fn raw_form(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let (path, query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    // GitHub sends such a question on to the file.
    if query.split(['&', '#']).any(|part| matches!(part, "raw=true" | "raw=1")) {
        return None;
    }
    if path.contains("/-/blob/") {
        return Some(format!("{scheme}://{}", path.replacen("/-/blob/", "/-/raw/", 1)));
    }
    let parts: Vec<&str> = path.splitn(5, '/').collect();
    let [host, owner, repository, "blob", file] = parts.as_slice() else { return None };
    let is_github = matches!(host.to_ascii_lowercase().as_str(), "github.com" | "www.github.com");
    is_github.then(|| format!("{scheme}://{host}/{owner}/{repository}/raw/{file}"))
}

/// With `%20` and its like as what they stand for; as it is if that is no text.
pub(super) fn decoded(address: &str) -> String {
    percent_decode_str(address).decode_utf8().map_or_else(|_| address.to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let web = |address: &str| Ok(Reach::Web(address.to_owned()));
        for (address, expected) in [
            ("a.png", Ok(Reach::Disk)),
            ("../a b.png?x:y", Ok(Reach::Disk)),
            ("a/b:c.png", Ok(Reach::Disk)),
            ("1:2.png", Ok(Reach::Disk)),
            ("", Err(MediaFault::NoAddress)),
            (" ", Err(MediaFault::NoAddress)),
            ("https://example.org/a.png", web("https://example.org/a.png")),
            ("HTTP://example.org/a.png", web("HTTP://example.org/a.png")),
            ("//example.org/a.png", web("https://example.org/a.png")),
            ("data:image/png;base64,AAEC", Ok(Reach::Inline(vec![0, 1, 2]))),
            ("DATA:;BASE64,AA EC%0AAA", Ok(Reach::Inline(vec![0, 1, 2, 0]))),
            ("data:image/svg+xml,%3Csvg/>", Ok(Reach::Inline(b"<svg/>".to_vec()))),
            ("data:image/png;base64,!", Err(MediaFault::OtherKind)),
            ("data:", Err(MediaFault::OtherKind)),
            ("C:\\a.png", Err(MediaFault::Absolute)),
            ("c:/a.png", Err(MediaFault::Absolute)),
            ("/etc/passwd", Err(MediaFault::Absolute)),
            ("%2Fetc%2Fpasswd", Err(MediaFault::Absolute)),
            ("\\server\\a.png", Err(MediaFault::Absolute)),
            ("file:///etc/passwd", Err(MediaFault::Absolute)),
            ("javascript:x()", Err(MediaFault::OtherScheme)),
            ("app://local/a.png", Err(MediaFault::OtherScheme)),
        ] {
            assert_eq!(reach(address), expected, "{address}");
        }
    }

    #[test]
    fn a_page_that_shows_a_file_is_not_the_file() {
        let page = |raw: &str| Err(MediaFault::WebPage(raw.to_owned()));
        for (address, expected) in [
            ("https://github.com/o/r/blob/main/a/b.png", page("https://github.com/o/r/raw/main/a/b.png")),
            ("https://www.github.com/o/r/blob/v1/b.png?x=1", page("https://www.github.com/o/r/raw/v1/b.png")),
            ("https://gitlab.com/g/s/r/-/blob/main/b.png", page("https://gitlab.com/g/s/r/-/raw/main/b.png")),
        ] {
            assert_eq!(reach(address), expected, "{address}");
        }
        for address in [
            "https://github.com/o/r/blob/main/a.png?raw=true",
            "https://github.com/o/r/raw/main/a.png",
            "https://raw.githubusercontent.com/o/r/main/blob/a.png",
            "https://example.org/o/r/blob/main/a.png",
        ] {
            assert_eq!(reach(address), Ok(Reach::Web(address.to_owned())), "{address}");
        }
    }
}

//! Style sheets of SVGs, without what they would fetch.

/// Data that a style sheet may hold: pictures of points, and fonts.
const DATA: [&str; 10] = [
    "data:image/png;",
    "data:image/jpeg;",
    "data:image/gif;",
    "data:image/webp;",
    "data:font/",
    "data:application/font-",
    "data:application/x-font-",
    "data:application/vnd.ms-fontobject",
    "data:application/octet-stream;",
    "data:application/x-woff",
];

/// Functions that fetch what stands between quotation marks, or run it.
const FORBIDDEN: [&str; 7] =
    ["image(", "image-set(", "src(", "expression(", "-moz-binding", "behavior:", "javascript:"];

/// A style sheet without imports, and with `none` for each address that leads out of the file. `None` for one that can't
/// be told to be harmless: nothing is left of it.
pub(super) fn cleaned(css: &str) -> Option<String> {
    // An escape can spell any word in a way that is not looked for here, and a comment can stand within one.
    if css.contains('\\') {
        return None;
    }
    let css = without_comments(css);
    let css = without_imports(&css);
    let lower = css.to_ascii_lowercase();
    if FORBIDDEN.iter().any(|forbidden| lower.contains(forbidden)) {
        return None;
    }
    let mut out = String::with_capacity(css.len());
    let mut from = 0;
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find("url(")).map(|at| from + at + 4) {
        let length = address_length(lower.get(at..)?)?;
        let address = css.get(at..at + length)?.trim().trim_matches(['"', '\'']).trim();
        let is_one = !address.contains(|sign: char| sign.is_whitespace() || matches!(sign, '(' | '"' | '\''));
        let is_kept = is_one && (address.starts_with('#') || is_data(address));
        out.push_str(css.get(from..at - 4)?);
        out.push_str(if is_kept { css.get(at - 4..=at + length)? } else { "none" });
        from = at + length + 1;
    }
    out.push_str(css.get(from..)?);
    Some(out)
}

/// Bytes up to the `)` behind an address; between quotation marks it is one of its signs.
fn address_length(text: &str) -> Option<usize> {
    let lead = text.len() - text.trim_start().len();
    let inner = text.get(lead..)?;
    match inner.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => {
            let end = lead + 1 + inner.get(1..)?.find(quote)? + 1;
            let behind = text.get(end..)?;
            behind.trim_start().starts_with(')').then(|| end + (behind.len() - behind.trim_start().len()))
        }
        None => text.find(')'),
    }
}

/// Whether an address holds its own picture or font.
fn is_data(address: &str) -> bool {
    let lower = address.get(..address.len().min(64)).unwrap_or_default().to_ascii_lowercase();
    DATA.iter().any(|data| lower.starts_with(data))
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        out.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

fn without_imports(css: &str) -> String {
    let lower = css.to_ascii_lowercase();
    let mut out = String::with_capacity(css.len());
    let mut from = 0;
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find("@import")).map(|at| from + at) {
        out.push_str(css.get(from..at).unwrap_or_default());
        from = import_end(&lower, at);
    }
    out.push_str(css.get(from..).unwrap_or_default());
    out
}

/// The byte behind the `;` of an import; one between quotation marks or brackets belongs to the address.
fn import_end(css: &str, at: usize) -> usize {
    let mut quote = None;
    let mut brackets = 0_usize;
    for (offset, sign) in css.get(at..).unwrap_or_default().char_indices() {
        match (quote, sign) {
            (Some(open), _) if open == sign => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(sign),
            (None, '(') => brackets += 1,
            (None, ')') => brackets = brackets.saturating_sub(1),
            (None, ';') if brackets == 0 => return at + offset + 1,
            _ => {}
        }
    }
    css.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_fetched_is_left_out() {
        for (css, expected) in [
            ("a{fill:red}", Some("a{fill:red}")),
            ("a{fill:url(#g)}", Some("a{fill:url(#g)}")),
            ("a{fill:URL( '#g' ) blue}", Some("a{fill:URL( '#g' ) blue}")),
            ("a{fill:url(https://x.org/a)}", Some("a{fill:none}")),
            ("a{fill:url(\"//x.org/)\") red}", Some("a{fill:none red}")),
            ("a{fill:url(b.svg#g)}", Some("a{fill:none}")),
            ("a{b:url(data:image/png;base64,AA)}", Some("a{b:url(data:image/png;base64,AA)}")),
            ("a{b:url(data:image/svg+xml,<svg>)}", Some("a{b:none}")),
            ("a{b:url(data:text/html,x)}", Some("a{b:none}")),
            ("@import url(https://x.org/?a;b); a{b:c}", Some(" a{b:c}")),
            ("@IMPORT \"x;y\"; a{b:c}", Some(" a{b:c}")),
            ("@import 'x'", Some("")),
            ("a{b:c}/* url(x) */d{e:f}", Some("a{b:c} d{e:f}")),
            ("@im/**/port 'x'; a{b:c}", Some("@im port 'x'; a{b:c}")),
            ("a{b:u\\72l(https://x.org)}", None),
            ("a{b:image-set('https://x.org' 1x)}", None),
            ("a{b:url(https://x.org", None),
            ("a{b:url('x' y)}", None),
            ("a{b:expression(1)}", None),
            ("é{b:url(é)}é", Some("é{b:none}é")),
        ] {
            assert_eq!(cleaned(css).as_deref(), expected, "{css}");
        }
    }

    proptest! {
        #[test]
        fn nothing_leads_out(pieces in prop::collection::vec(prop::sample::select(vec![
            "url(", "URL(", "'", "\"", ")", "#a", "https://x.org", "@import", ";", "/*", "*/", " ", "é", "{", "}", "data:image/png;,", "\\",
        ]), 0..24)) {
            if let Some(css) = cleaned(&pieces.concat()) {
                prop_assert!(!css.to_lowercase().contains("@import"));
                prop_assert_eq!(cleaned(&css), Some(css.clone()));
                for (at, _) in css.to_lowercase().match_indices("url(") {
                    let address = css.get(at + 4..).unwrap_or_default().trim_start_matches(['\'', '"', ' ']);
                    prop_assert!(address.starts_with('#') || address.starts_with("data:image/png;"), "{}", css);
                }
            }
        }
    }
}

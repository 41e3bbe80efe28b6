//! SVG, written anew with only what draws: no scripts, no event handlers, no foreign pages, no address that leads out of
//! the file.
//!
//! Elements are kept by a list of what is known to draw; attributes are kept unless they can run or fetch. A document
//! type goes, and with it every entity it defines.

mod copies;

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashSet;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use self::copies::{Copies, named_in};
use super::{LARGEST_SVG, MediaFault, style};

/// Elements may stand this deep in each other.
const DEEPEST: usize = 200;

/// How often parts may be drawn because others name them.
const MOST_COPIES: u64 = 100_000;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

const ELEMENTS: &str = "a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix \
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow \
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset \
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g image line linearGradient marker mask mpath \
    path pattern polygon polyline radialGradient rect set stop style svg switch symbol text textPath title tspan use view";

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ELEMENTS.split_whitespace().collect());

/// Whether a file may be an SVG by its first bytes: XML, or a comment before it.
pub(super) fn may_be(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.starts_with(b"<")
}

/// The same picture, cleaned.
pub(super) fn cleaned(bytes: Vec<u8>) -> Result<Vec<u8>, MediaFault> {
    if bytes.len() > LARGEST_SVG {
        return Err(MediaFault::TooLarge(LARGEST_SVG as u64));
    }
    let text = String::from_utf8(bytes).map_err(|_| MediaFault::BrokenSvg("it is not UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut cleaner = Cleaner::default();
    loop {
        let event = reader.read_event().map_err(|error| broken(&cleaner, &error.to_string()))?;
        if matches!(event, Event::Eof) {
            break;
        }
        cleaner.take(&event)?;
    }
    if !cleaner.is_svg {
        return Err(MediaFault::OtherKind);
    }
    if !cleaner.open.is_empty() || cleaner.hidden > 0 {
        return Err(MediaFault::BrokenSvg("an element is never closed".to_owned()));
    }
    if cleaner.copies.count() > MOST_COPIES {
        return Err(MediaFault::BrokenSvg(format!("it draws its parts more than {MOST_COPIES} times")));
    }
    cleaner.out.push('\n');
    Ok(cleaner.out.into_bytes())
}

/// What is no SVG from its first element is another kind of file, not a broken one.
fn broken(cleaner: &Cleaner, why: &str) -> MediaFault {
    if cleaner.is_svg { MediaFault::BrokenSvg(why.to_owned()) } else { MediaFault::OtherKind }
}

#[derive(Default)]
struct Cleaner {
    out: String,
    /// The root was an `svg`.
    is_svg: bool,
    /// The names of the elements that are open and written.
    open: Vec<String>,
    /// How many elements are open within one that is left out, with itself.
    hidden: usize,
    /// The text of the style sheet that is open.
    style: Option<String>,
    copies: Copies,
}

impl Cleaner {
    fn take(&mut self, event: &Event<'_>) -> Result<(), MediaFault> {
        match event {
            Event::Start(start) => self.start(start, false)?,
            Event::Empty(start) => self.start(start, true)?,
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&escape(text.xml10_content())),
            Event::GeneralRef(reference) => self.reference(reference),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), MediaFault> {
        if self.open.len() + self.hidden >= DEEPEST {
            return Err(MediaFault::BrokenSvg(format!("its elements are nested deeper than {DEEPEST}")));
        }
        let full = start.name();
        let full: &str = full.as_ref();
        let name = full.strip_prefix("svg:").unwrap_or(full);
        let is_root = self.open.is_empty() && self.hidden == 0;
        if is_root && (name != "svg" || self.is_svg) {
            return Err(MediaFault::OtherKind);
        }
        self.is_svg = true;
        let is_kept = self.hidden == 0 && self.style.is_none() && KNOWN.contains(name) && !changes_address(name, start);
        if !is_kept {
            self.hidden += usize::from(!is_empty);
            return Ok(());
        }
        self.out.push('<');
        self.out.push_str(name);
        if is_root {
            self.out.push_str(&format!(" xmlns=\"{NAMESPACE}\" xmlns:xlink=\"{XLINK}\""));
        }
        self.attributes(start);
        if is_empty {
            self.out.push_str("/>");
            self.copies.close();
            return Ok(());
        }
        self.out.push('>');
        self.open.push(name.to_owned());
        if name == "style" {
            self.style = Some(String::new());
        }
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) {
        let mut seen: HashSet<String> = HashSet::default();
        let (mut id, mut named) = (None, Vec::new());
        for attribute in start.attributes().with_checks(false).flatten() {
            let name: &str = attribute.key.as_ref();
            // One that names an entity of the document type can't be read, and goes.
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
            if !is_name(name) || seen.contains(name) {
                continue;
            }
            if let Some(value) = kept_value(name, &value) {
                self.out.push_str(&format!(" {name}=\"{}\"", escape(value.as_ref())));
                seen.insert(name.to_owned());
                named.extend(named_in(name, &value));
                if name == "id" {
                    id = Some(value.into_owned());
                }
            }
        }
        self.copies.open(id.as_deref(), &named);
    }

    fn end(&mut self) {
        if self.hidden > 0 {
            self.hidden -= 1;
            return;
        }
        if let Some(css) = self.style.take().and_then(|css| style::cleaned(&css)) {
            self.out.push_str(&escape(css.as_str()));
        }
        if let Some(name) = self.open.pop() {
            self.copies.close();
            self.out.push_str(&format!("</{name}>"));
        }
    }

    /// Text with its references, as it stood.
    fn text(&mut self, escaped: &str) {
        if self.hidden > 0 || self.open.is_empty() {
            return;
        }
        match &mut self.style {
            Some(style) => match quick_xml::escape::unescape(escaped) {
                Ok(css) => style.push_str(&css),
                Err(_) => style.push('\\'),
            },
            None => self.out.extend(escaped.chars().filter(|&sign| is_of_xml(sign))),
        }
    }

    /// Those that every reader knows stay; the others are of a document type.
    fn reference(&mut self, reference: &BytesRef<'_>) {
        let character = match reference.resolve_char_ref() {
            Ok(Some(character)) => Some(character),
            _ => match reference.xml10_content().as_ref() {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                _ => None,
            },
        };
        if let Some(character) = character {
            self.text(&escape(character.to_string()));
        }
    }
}

/// Characters that XML may hold; one that is not would make the whole picture unreadable.
fn is_of_xml(sign: char) -> bool {
    matches!(sign, '\t' | '\n' | '\r') || (sign >= ' ' && !matches!(sign, '\u{fffe}' | '\u{ffff}'))
}

/// An animation may set any attribute, also an address.
fn changes_address(name: &str, start: &BytesStart<'_>) -> bool {
    let animates = name == "set" || name.starts_with("animate");
    animates
        && start.attributes().with_checks(false).flatten().any(|attribute| {
            let target = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default().to_lowercase();
            let target = target.trim().rsplit(':').next().unwrap_or_default().to_owned();
            attribute.key.as_ref() == "attributeName" && (target == "href" || target.starts_with("on"))
        })
}

fn is_name(name: &str) -> bool {
    let of_names = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | ':');
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(of_names)
}

/// The value an attribute keeps; none if it goes.
fn kept_value<'value>(name: &str, value: &'value str) -> Option<Cow<'value, str>> {
    if !value.chars().all(is_of_xml) {
        return None;
    }
    match name.to_ascii_lowercase().as_str() {
        "href" | "xlink:href" => is_inside(value).then_some(Cow::Borrowed(value)),
        "xml:space" | "xml:lang" | "xlink:title" => Some(Cow::Borrowed(value)),
        // Namespaces are written at the root; what drawing programs keep for themselves draws nothing.
        name if name.starts_with("xmlns") || name.contains(':') || name.starts_with("on") => None,
        "src" | "srcset" | "data" | "action" | "formaction" | "ping" => None,
        "style" => style::cleaned(value).map(Cow::Owned),
        _ if runs(value) => None,
        _ if value.to_ascii_lowercase().contains("url(") => style::cleaned(value).map(Cow::Owned),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Whether an address leads to a part of the same file, or is a picture itself.
fn is_inside(address: &str) -> bool {
    const DATA: [&str; 4] = ["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"];
    let address = address.trim();
    let lower = address.get(..address.len().min(32)).unwrap_or_default().to_ascii_lowercase();
    let is_data = |data: &str| lower.strip_prefix(data).is_some_and(|rest| rest.starts_with([';', ',']));
    address.starts_with('#') || DATA.iter().any(|data| is_data(data))
}

fn runs(value: &str) -> bool {
    let bare: String = value.chars().filter(|sign| !sign.is_whitespace()).take(1_000).collect();
    let bare = bare.to_lowercase();
    ["javascript:", "vbscript:", "data:text"].iter().any(|scheme| bare.contains(scheme))
}

#[cfg(test)]
mod tests;

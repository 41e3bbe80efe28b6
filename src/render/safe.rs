//! What may stand in a field. Anki sanitises nothing: whatever is in a field runs on the learner's machine.
//!
//! Three gates, in this order: addresses are checked by scheme, raw HTML is rewritten by `ammonia` against a list of
//! what is allowed, and the finished HTML is freed of everything that Anki itself would act on.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::code;
use super::formulas::{Formulas, TOKEN};

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Link,
    Image,
}

const SCHEMES: [&str; 5] = ["http", "https", "mailto", "ftp", "tel"];

const IMAGE_DATA: [&str; 4] = ["data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"];

/// Whether an address leads to a place and not into a program. Relative addresses and fragments do.
pub(crate) fn is_safe_address(address: &str, purpose: Use) -> bool {
    // Browsers skip white space and control characters when they look for the scheme, and so must this.
    let skipped = |character: &char| !character.is_whitespace() && !character.is_control();
    let address: String = address.chars().filter(skipped).collect::<String>().nfc().collect::<String>().to_lowercase();
    let scheme_end = address.find([':', '/', '?', '#', '\\']);
    let Some((scheme, _)) = address.split_once(':').filter(|(scheme, _)| scheme_end == Some(scheme.len())) else {
        return true;
    };
    SCHEMES.contains(&scheme) || (purpose == Use::Image && IMAGE_DATA.iter().any(|data| address.starts_with(data)))
}

pub(super) const TAGS: &str = "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em \
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strike \
    strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr";

const ATTRIBUTES: [(&str, &str); 19] = [
    ("a", "href"),
    ("img", "src alt width height"),
    ("input", "disabled checked"),
    ("ol", "start reversed type"),
    ("li", "value"),
    ("pre", "data-language"),
    ("details", "open"),
    ("p", "align"),
    ("div", "align"),
    ("h1", "align"),
    ("h2", "align"),
    ("h3", "align"),
    ("h4", "align"),
    ("table", "align"),
    ("td", "align colspan rowspan"),
    ("th", "align colspan rowspan scope"),
    ("tr", "align"),
    ("col", "span"),
    ("colgroup", "span"),
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes = ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.split(' ').collect::<HashSet<_>>()));
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.split_whitespace().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(attributes.collect())
        .generic_attributes(HashSet::from(["title", "lang", "dir"]))
        .allowed_classes(HashMap::from([
            ("i", HashSet::from(code::CLASSES)),
            ("div", HashSet::from(["scroll"])),
            ("ol", HashSet::from(["footnotes"])),
        ]))
        // The only input Markdown makes is the box of a task. One attribute and no more may be set here: ammonia adds
        // them in the order of a hash map, and a build must be the same each time.
        .set_tag_attribute_value("input", "type", "checkbox")
        .url_schemes(SCHEMES.into_iter().chain(["data"]).collect())
        .url_relative(UrlRelative::PassThrough)
        // A card is no page of a site: nothing is gained by `noopener`, and every link would pay for it.
        .link_rel(None)
        .attribute_filter(|_, name, value| attribute(name, value));
    builder
});

/// The value an attribute may have; `None` drops it.
fn attribute<'value>(name: &str, value: &'value str) -> Option<Cow<'value, str>> {
    let is_allowed = match name {
        "href" => is_safe_address(value, Use::Link),
        "src" => is_safe_address(value, Use::Image),
        "data-language" => code::is_shown(value),
        _ => true,
    };
    is_allowed.then_some(Cow::Borrowed(value))
}

/// Raw HTML, rewritten with only what is allowed, every element closed.
pub(crate) fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// The text of raw HTML, without any markup.
pub(crate) fn text_of(html: &str) -> String {
    static STRIPPER: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut builder = Builder::empty();
        builder.clean_content_tags(HashSet::from(["script", "style"]));
        builder
    });
    let escaped = STRIPPER.clean(html).to_string();
    // These are all the references the sanitiser writes; `&amp;` comes last.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", "\u{a0}"), ("&amp;", "&")]
        .iter()
        .fold(escaped, |text, (reference, character)| text.replace(reference, character))
}

/// Text as Anki keeps it: without control characters, of which one in a field aborts the whole import, and composed,
/// since Anki composes it too and would see a difference at each import.
pub(crate) fn normal(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // No short cut, so that many bytes are looked at in one step.
    if text.bytes().fold(true, |are_plain, byte| are_plain & is_plain(byte)) {
        return Cow::Borrowed(text);
    }
    let is_banned = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    let kept = if text.contains(is_banned) { Cow::Owned(text.replace(is_banned, "")) } else { Cow::Borrowed(text) };
    if is_nfc_quick(kept.chars()) == IsNormalized::Yes { kept } else { Cow::Owned(kept.nfc().collect()) }
}

/// Finished HTML as a field may hold it, with its formulas. Of what Anki acts on, only that stays which plays one of these
/// files.
pub(super) fn field(html: &str, formulas: &Formulas, sounds: &[String]) -> String {
    // A stroke that follows a tag would be composed with its `>`, here or by Anki, and the tag would be none.
    let html = if html.contains(STROKE) { Cow::Owned(html.replace(STROKE, "&#824;")) } else { Cow::Borrowed(html) };
    let html = normal(&html);
    if !["[", "\\", "{{"].iter().any(|special| html.contains(special)) && !html.contains(TOKEN.0) {
        return html.into_owned();
    }
    let out = String::with_capacity(html.len() + 64);
    let mut scan = Scan { out, place: Place::Text, code: 0, formulas, token: None, sounds };
    scan.run(&html);
    scan.out
}

const STROKE: char = '\u{338}';

/// What Anki acts on after a `[`, wherever it stands, in either case.
const BRACKETS: [&str; 6] = ["sound:", "anki:", "latex]", "$]", "$$]", "[type:"];

/// Whether Anki acts on a `[` before this text.
pub(super) fn is_special(after: &str) -> bool {
    BRACKETS.iter().any(|special| starts_with(after, special))
}

/// Which of those a text has behind a `[`.
pub(crate) fn special_at(after: &str) -> Option<&'static str> {
    BRACKETS.into_iter().find(|special| starts_with(after, special))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Tag,
    Value,
}

/// One pass over finished HTML that writes Anki's special texts as references.
struct Scan<'html> {
    out: String,
    place: Place,
    /// How many `code` and `pre` elements are open.
    code: usize,
    formulas: &'html Formulas,
    /// Where the token of a formula began.
    token: Option<usize>,
    /// The files that may be played.
    sounds: &'html [String],
}

impl<'html> Scan<'html> {
    fn run(&mut self, html: &'html str) {
        // What a token begins and ends with has the first byte 0xEF.
        let means_something = |byte: u8| matches!(byte, b'[' | b'{' | b'\\' | b'<' | b'>' | b'"' | 0xef);
        let mut rest = html;
        loop {
            if self.token.is_none() {
                let plain = rest.bytes().position(means_something).unwrap_or(rest.len());
                self.out.push_str(rest.get(..plain).unwrap_or_default());
                rest = rest.get(plain..).unwrap_or_default();
            }
            let mut characters = rest.chars();
            let Some(character) = characters.next() else { return };
            self.take(html, html.len() - rest.len(), character, characters.as_str());
            rest = characters.as_str();
        }
    }

    fn take(&mut self, html: &'html str, at: usize, character: char, after: &str) {
        match character {
            _ if self.take_formula(html, at, character) => {}
            '[' if self.plays(after) => self.out.push('['),
            '[' if is_special(after) => self.out.push_str("&#91;"),
            '{' if opens_cloze(after) => self.out.push_str("&#123;"),
            '{' if self.out.ends_with("&#123;") && starts_cloze_number(after) => self.out.push_str("&#123;"),
            '\\' if after.starts_with(['(', ')', '[', ']']) => self.backslash(),
            _ => {
                self.turn(character, after);
                self.out.push(character);
            }
        }
    }

    /// Takes a character that belongs to a token, and puts the formula in the place of the last one.
    fn take_formula(&mut self, html: &'html str, at: usize, character: char) -> bool {
        match (self.token, character) {
            (_, start) if start == TOKEN.0 => self.token = Some(at + start.len_utf8()),
            (Some(start), end) if end == TOKEN.1 => {
                self.out.push_str(self.formulas.html(html.get(start..at).unwrap_or_default()));
                self.token = None;
            }
            (Some(_), digit) if digit.is_ascii_digit() => {}
            _ => {
                self.token = None;
                return character == TOKEN.1;
            }
        }
        true
    }

    /// Whether a file of the package is played here.
    fn plays(&self, after: &str) -> bool {
        let name = after.strip_prefix("sound:").and_then(|rest| rest.split_once(']'));
        let is_prose = self.place == Place::Text && self.code == 0;
        is_prose && name.is_some_and(|(name, _)| self.sounds.iter().any(|sound| sound == name))
    }

    /// MathJax starts at `\(` in the text the learner sees, where a reference is a backslash again; only an element
    /// between the two keeps them apart. It passes over `code`, but Anki's editor looks at the HTML itself, tags and
    /// code included, and there a reference is enough.
    fn backslash(&mut self) {
        let is_prose = self.place == Place::Text && self.code == 0;
        self.out.push_str(if is_prose { "\\<i></i>" } else { "&#92;" });
    }

    fn turn(&mut self, character: char, after: &str) {
        match (self.place, character) {
            (Place::Text, '<') => {
                self.place = Place::Tag;
                let opens = |tag: &str| after.strip_prefix(tag).is_some_and(|rest| rest.starts_with(['>', ' ']));
                if opens("code") || opens("pre") {
                    self.code += 1;
                } else if opens("/code") || opens("/pre") {
                    self.code = self.code.saturating_sub(1);
                }
            }
            (Place::Tag, '>') => self.place = Place::Text,
            (Place::Tag, '"') => self.place = Place::Value,
            (Place::Value, '"') => self.place = Place::Tag,
            _ => {}
        }
    }
}

fn starts_with(text: &str, special: &str) -> bool {
    text.get(..special.len()).is_some_and(|start| start.eq_ignore_ascii_case(special))
}

/// After the first brace of `{{c1::`.
fn opens_cloze(after: &str) -> bool {
    after.strip_prefix('{').is_some_and(starts_cloze_number)
}

fn starts_cloze_number(after: &str) -> bool {
    let mut characters = after.chars();
    matches!(characters.next(), Some('c' | 'C')) && characters.next().is_some_and(|digit| digit.is_ascii_digit())
}

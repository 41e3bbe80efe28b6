//! Texts with gaps: Anki's `{{c1::…::hint}}` around what is to be recalled, in HTML that was made of Markdown.
//!
//! Before the Markdown is parsed, each mark of a gap becomes one character that the text does not hold, and in the
//! finished field Anki's marks take its place. So nothing between the two can take a gap apart or make one of other
//! text, and what stands in a gap is rendered like everything else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Tag};

use super::events::one_paragraph;
use super::{LookUp, Numbers, RenderedGap, Renderer, Rendering, with_part};
use crate::deck::{Gap, Passage};
use crate::source::{Sources, Span};

/// Anki knows no gap beyond this.
pub(crate) const LAST_GAP: u16 = 500;

/// The first block of characters that may stand for marks: signs for writing sign language, which Markdown takes for
/// punctuation, as it takes the brackets and signs that authors write there.
const SIGN_WRITING: u32 = 0x1_D800;

/// For private use, should a text hold sign language.
const PRIVATE: std::ops::Range<u32> = 0xF_0000..0xF_FE00;

/// A character for each number of a gap, and two more.
const BLOCK: u32 = 512;

/// Kept apart by this, two characters mean nothing to Anki, and the learner sees them side by side. Unlike a reference it
/// is still there after the field was edited in Anki.
const APART: &str = "<!-- -->";

/// What stands at the edges of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open(u16),
    Hint,
    Close,
}

/// The characters that stand for marks in one text.
#[derive(Debug, Clone, Copy)]
struct Marks {
    first: u32,
}

impl Marks {
    /// None where a text holds a character of each block there is.
    fn absent_from(text: &str) -> Option<Self> {
        let used: BTreeSet<u32> = text.chars().map(u32::from).filter(|code| *code >= SIGN_WRITING).collect();
        let blocks = std::iter::once(SIGN_WRITING).chain(PRIVATE.step_by(BLOCK as usize));
        blocks.map(|first| Self { first }).find(|marks| used.range(marks.first..marks.first + BLOCK).next().is_none())
    }

    fn character(self, mark: Mark) -> char {
        let offset = match mark {
            Mark::Hint => 0,
            Mark::Open(number) => u32::from(number),
            Mark::Close => BLOCK - 1,
        };
        char::from_u32(self.first + offset).unwrap_or_default()
    }

    fn read(self, character: char) -> Option<Mark> {
        let offset = u32::from(character).checked_sub(self.first).filter(|offset| *offset < BLOCK)?;
        match u16::try_from(offset).ok()? {
            0 => Some(Mark::Hint),
            number @ 1..=LAST_GAP => Some(Mark::Open(number)),
            number if u32::from(number) == BLOCK - 1 => Some(Mark::Close),
            _ => None,
        }
    }

    fn removed_from(self, text: &str) -> String {
        text.chars().filter(|&character| self.read(character).is_none()).collect()
    }
}

/// Markdown with gaps.
pub(crate) struct Gapped {
    /// As the author wrote it.
    markdown: String,
    /// With a character for each mark.
    marked: String,
    marks: Marks,
}

impl Gapped {
    /// These passages, one below the other. A gap with a number that Anki does not know is text.
    pub(crate) fn new(passages: &[&Passage], gaps: &[Gap], sources: &Sources) -> Self {
        let markdown = joined(passages.iter().map(|passage| passage.markdown(sources)));
        let no_marks = Self { marked: markdown.clone(), markdown: markdown.clone(), marks: Marks { first: u32::MAX } };
        let Some(marks) = Marks::absent_from(&markdown) else { return no_marks };
        let known: Vec<&Gap> = gaps.iter().filter(|gap| (1..=LAST_GAP).contains(&gap.number)).collect();
        let with_marks = |span| Cow::Owned(marked(span, &known, marks, sources));
        let marked = joined(passages.iter().map(|passage| passage.markdown_with(with_marks)));
        Self { marked, markdown, marks }
    }

    /// What is parsed.
    pub(crate) fn marked(&self) -> &str {
        &self.marked
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A piece of the source with a character in place of each mark of the gaps that lie in it.
fn marked(piece: Span, gaps: &[&Gap], marks: Marks, sources: &Sources) -> String {
    let mut edits: BTreeMap<(u32, u32), char> = BTreeMap::new();
    for gap in gaps.iter().filter(|gap| gap.span.source == piece.source) {
        let (outer, inner) = (gap.span, gap.text);
        let end_of_text = gap.hint.map_or(outer.end, |hint| hint.start);
        let end_of_hint = gap.hint.map_or(inner.end, |hint| hint.end);
        let is_inside = piece.start <= outer.start && outer.end <= piece.end;
        let rises = outer.start <= inner.start && inner.start <= inner.end && inner.end <= end_of_hint;
        if !(is_inside && rises && inner.end <= end_of_text && end_of_hint <= outer.end) {
            continue;
        }
        edits.insert((outer.start, inner.start), marks.character(Mark::Open(gap.number)));
        if gap.hint.is_some() {
            edits.insert((inner.end, end_of_text), marks.character(Mark::Hint));
        }
        edits.insert((end_of_hint, outer.end), marks.character(Mark::Close));
    }
    let text = sources.slice(piece);
    let at = |byte: u32| (byte - piece.start) as usize;
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for ((start, end), character) in edits {
        // Gaps that overlap without one in the other are no gaps; the later mark is then text.
        if let Some(before) = text.get(from..at(start)) {
            out.push_str(before);
            out.push(character);
            from = at(end);
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

impl Renderer {
    /// Renders a text with gaps as blocks; one paragraph stands without an element around it.
    pub(super) fn gapped(
        &self,
        text: &Gapped,
        look_up: LookUp<'_>,
        numbers: &mut Numbers,
    ) -> (Rendering, Vec<RenderedGap>) {
        let marks = text.marks;
        let made = with_part(&text.marked, look_up, numbers, |events, has_raw_html| {
            let events: Vec<Event<'_>> =
                one_paragraph(events).unwrap_or(events).iter().map(|event| without_marks(event, marks)).collect();
            self.rendering(&text.markdown, &events, has_raw_html, look_up)
        });
        let (text, gaps) = filled(&made.text, marks);
        (Rendering { html: with_anki_marks(&made.html, marks), text, ..made }, gaps)
    }
}

/// An address can have no gap.
fn without_marks<'text>(event: &Event<'text>, marks: Marks) -> Event<'text> {
    let mut event = event.clone();
    if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = &mut event {
        *dest_url = marks.removed_from(dest_url).into();
    }
    event
}

/// Plain text with its gaps filled, and what they are.
fn filled(text: &str, marks: Marks) -> (String, Vec<RenderedGap>) {
    let mut filled = String::with_capacity(text.len());
    let mut gaps: Vec<RenderedGap> = Vec::new();
    // Index, and whether its hint has begun.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for character in text.chars() {
        match marks.read(character) {
            Some(Mark::Open(number)) => {
                open.push((gaps.len(), false));
                gaps.push(RenderedGap { number, text: String::new(), hint: None });
            }
            Some(Mark::Hint) => {
                if let Some((index, in_hint)) = open.last_mut() {
                    *in_hint = true;
                    gaps.get_mut(*index).into_iter().for_each(|gap| gap.hint = Some(String::new()));
                }
            }
            Some(Mark::Close) => drop(open.pop()),
            None => {
                let in_hint = open.iter().rposition(|(_, in_hint)| *in_hint);
                for (at, (index, is_hint)) in open.iter().enumerate() {
                    let Some(gap) = gaps.get_mut(*index) else { continue };
                    match &mut gap.hint {
                        Some(hint) if *is_hint => hint.push(character),
                        // A hint is not part of the text of the gaps around it.
                        _ if in_hint.is_none_or(|hint| hint < at) => gap.text.push(character),
                        _ => {}
                    }
                }
                if in_hint.is_none() {
                    filled.push(character);
                }
            }
        }
    }
    (filled, gaps)
}

/// Where in HTML a character stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Tag,
    Value,
}

impl Place {
    fn after(self, character: char) -> Self {
        match (self, character) {
            (Self::Text, '<') => Self::Tag,
            (Self::Tag, '>') => Self::Text,
            (Self::Tag, '"') => Self::Value,
            (Self::Value, '"') => Self::Tag,
            (place, _) => place,
        }
    }
}

/// Finished HTML with Anki's marks in place of the characters that stood for them. A mark that lost the other end of its
/// gap, or stands in a tag, is dropped.
fn with_anki_marks(html: &str, marks: Marks) -> String {
    let kept = complete(html, marks);
    let out = String::with_capacity(html.len() + 64);
    let mut writer = Writer { out, place: Place::Text, in_formula: false, depth: 0 };
    let mut rest = html;
    while let Some(character) = rest.chars().next() {
        let at = html.len() - rest.len();
        match marks.read(character) {
            Some(mark) if kept.contains(&at) => writer.mark(mark),
            Some(_) if writer.place == Place::Text => writer.out.push_str(writer.apart()),
            Some(_) => {}
            None if writer.place == Place::Text && rest.starts_with("&#123;&#123;c") => {
                // Edited in Anki, the references would become braces, and those a gap.
                writer.out.extend(["{", APART, "{"]);
                rest = rest.get("&#123;&#123;".len()..).unwrap_or_default();
                continue;
            }
            None => writer.text(character),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    writer.out
}

/// The bytes at which the marks of whole gaps stand.
fn complete(html: &str, marks: Marks) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let mut place = Place::Text;
    for (at, character) in html.char_indices() {
        place = place.after(character);
        match marks.read(character).filter(|_| place == Place::Text) {
            Some(Mark::Open(_)) => open.push((at, None)),
            Some(Mark::Hint) => {
                if let Some((_, hint)) = open.last_mut() {
                    hint.get_or_insert(at);
                }
            }
            Some(Mark::Close) => {
                if let Some((start, hint)) = open.pop() {
                    kept.extend([Some(start), hint, Some(at)].into_iter().flatten());
                }
            }
            None => {}
        }
    }
    kept
}

struct Writer {
    out: String,
    place: Place,
    /// Between the signs that Anki's MathJax takes for those of a formula; prose has them only as references.
    in_formula: bool,
    /// How many gaps are open.
    depth: usize,
}

impl Writer {
    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Open(number) => {
                self.keep_apart('{');
                self.out.push_str(&format!("{{{{c{number}::"));
                self.depth += 1;
            }
            Mark::Hint => {
                self.keep_apart(':');
                self.out.push_str("::");
            }
            Mark::Close => {
                self.keep_apart('}');
                self.out.push_str("}}");
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    /// In a gap, `}}` would end it and `::` begin its hint.
    fn text(&mut self, character: char) {
        self.place = self.place.after(character);
        if self.place == Place::Text && self.out.ends_with('\\') {
            self.in_formula = matches!(character, '(' | '[') || (self.in_formula && !matches!(character, ')' | ']'));
        }
        let means_something = self.depth > 0 && matches!(character, '}' | ':') && self.out.ends_with(character);
        match self.place {
            Place::Text if means_something => {
                self.keep_apart(character);
                self.out.push(character);
            }
            // A comment is none in a value; a reference is the character again.
            Place::Tag | Place::Value if means_something => {
                self.out.push_str(if character == ':' { "&#58;" } else { "&#125;" });
            }
            _ => self.out.push(character),
        }
    }

    fn keep_apart(&mut self, from: char) {
        if self.out.ends_with(from) {
            self.out.push_str(self.apart());
        }
    }

    /// TeX has no comments of HTML, but does not mind a space.
    fn apart(&self) -> &'static str {
        if self.in_formula { " " } else { APART }
    }
}

#[cfg(test)]
mod tests;

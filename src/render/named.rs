//! Which media the notes of a file name, and where: what to look for on the disk, and where to report it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::deck::{Texts, footnote};
use super::{LookUp, Numbers, Renderer, embeds, media, with_blocks, with_inline, with_part};
use crate::deck::Note;
use crate::markdown::{Document, NodeKind};
use crate::parsed::Parsed;
use crate::source::{Reference, Source, Sources, Span};

/// A file that a note names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// How.
    pub reference: Reference,
    /// Its address in the source, or the question of the note where that can't be told.
    pub span: Span,
}

impl Renderer {
    /// The media that the answered notes of a file name, in source order.
    #[must_use]
    pub fn media_named(&self, sources: &Sources, file: &Parsed) -> Vec<Named> {
        let source = sources.get(file.deck.source);
        if !media::may_be_in(source.text()) {
            return Vec::new();
        }
        let studied: Vec<&Note> = file.deck.studied().collect();
        let mut named: Vec<Named> =
            studied.into_par_iter().flat_map_iter(|note| in_note(sources, file, note)).collect();
        named.sort_by_key(|named| named.span);
        // One footnote may be that of several notes.
        named.dedup();
        named
    }
}

fn in_note(sources: &Sources, file: &Parsed, note: &Note) -> Vec<Named> {
    let document = &file.document;
    let look_up = LookUp {
        references: &|label| document.reference(label).cloned(),
        footnotes: &|label| footnote(sources, document, label),
        ..LookUp::NOTHING
    };
    let Texts { title, parts, answer } = Texts::of(sources, note);
    let has_mark = |text: &String| text.contains("[^");
    // What a footnote shows stands elsewhere.
    let has_footnotes =
        document.has_footnotes() && (has_mark(&title) || parts.iter().any(has_mark) || has_mark(&answer));
    let is_read = |text: &String| has_footnotes || media::may_be_in(text);
    let mut numbers = Numbers::default();
    let mut found: BTreeSet<Reference> = BTreeSet::new();
    if is_read(&title) {
        found.extend(with_inline(&title, look_up, &mut numbers, |events, _| media::references(events)));
    }
    for part in parts.iter().filter(|part| is_read(part)) {
        found.extend(with_part(part, look_up, &mut numbers, |events, _| media::references(events)));
    }
    if is_read(&answer) {
        found.extend(with_blocks(&answer, look_up, &mut numbers, |events, _| media::references(events)));
    }
    if found.is_empty() {
        return Vec::new();
    }
    let source = sources.get(file.deck.source);
    let pieces = note.passages().flat_map(|passage| &passage.pieces).map(|piece| piece.span);
    let footnotes = numbers.labels().filter_map(|label| document.footnote(label)).map(|id| document.span(id));
    let mut named: Vec<Named> = pieces.chain(footnotes).flat_map(|span| places(source, document, span)).collect();
    named.retain(|named| found.contains(&named.reference));
    for named in &named {
        found.remove(&named.reference);
    }
    named.extend(found.into_iter().map(|reference| Named { reference, span: note.question_span }));
    named
}

/// All that looks like media within a span.
fn places(source: &Source, document: &Document, piece: Span) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    for id in document.within(piece) {
        let span = document.span(id);
        let (start, text) = (span.start as usize, source.slice(span));
        match document.kind(id) {
            NodeKind::Image(index) => {
                let address = document.decoded(index);
                found.push(Named { reference: Reference::path(address), span: address_span(source, span, address) });
            }
            NodeKind::HtmlBlock | NodeKind::InlineHtml => {
                found.extend(media::in_html(text).into_iter().map(|element| {
                    let range = element.value;
                    let span = unquoted(source, start + range.start..start + range.end);
                    Named { reference: Reference::path(element.address), span }
                }));
            }
            NodeKind::Text => {
                let embeds = text.match_indices('!').filter_map(|(at, _)| embeds::Embed::at(source.text(), start + at));
                found.extend(embeds.map(|embed| Named {
                    reference: Reference::name(embed.target),
                    span: source.span(embed.target_range),
                }));
            }
            _ => {}
        }
    }
    found
}

/// Where the address of an image stands; the whole image where it is defined elsewhere in the file.
fn address_span(source: &Source, image: Span, address: &str) -> Span {
    let text = source.slice(image);
    let from = text.rfind("](").map_or(text.len(), |at| at + 2);
    let behind = text.get(from..).unwrap_or_default();
    if let Some(at) = behind.find(address).filter(|_| !address.is_empty()) {
        let start = image.start as usize + from + at;
        return source.span(start..start + address.len());
    }
    if behind.is_empty() {
        return image;
    }
    // Written with escapes or entities; or empty.
    let length = behind.trim_end_matches(')').trim_end().len();
    let start = image.start as usize + from;
    if length == 0 { image } else { source.span(start..start + length) }
}

fn unquoted(source: &Source, range: std::ops::Range<usize>) -> Span {
    let text = source.text().get(range.clone()).unwrap_or_default();
    let inner = text.trim_matches(['"', '\'']);
    let lead = text.len() - text.trim_start_matches(['"', '\'']).len();
    if inner.is_empty() {
        source.span(range)
    } else {
        source.span(range.start + lead..range.start + lead + inner.len())
    }
}

//! Which media the notes of a file name, and where: what to look for on the disk, and where to report it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::deck::texts;
use super::{Renderer, embeds, media, with_blocks, with_inline};
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
        named
    }
}

fn in_note(sources: &Sources, file: &Parsed, note: &Note) -> Vec<Named> {
    let references = |label: &str| file.document.reference(label).cloned();
    let mut found: BTreeSet<Reference> = BTreeSet::new();
    let (title, blocks) = texts(sources, note);
    if media::may_be_in(&title) {
        found.extend(with_inline(&title, &references, |events, _| media::references(events)));
    }
    for text in blocks.iter().filter(|text| media::may_be_in(text)) {
        found.extend(with_blocks(text, &references, |events, _| media::references(events)));
    }
    if found.is_empty() {
        return Vec::new();
    }
    let source = sources.get(file.deck.source);
    let options = note.options.iter().map(|option| &option.text);
    let answer = note.answer.iter().map(|answer| &answer.body);
    let passages = [&note.question, &note.question_body].into_iter().chain(options).chain(answer);
    let pieces = passages.flat_map(|passage| &passage.pieces);
    let mut named: Vec<Named> = pieces.flat_map(|piece| places(source, &file.document, piece.span)).collect();
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

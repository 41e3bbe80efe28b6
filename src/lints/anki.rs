//! What Anki would run, refuse or change.

use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::{Context, Finding, Findings, gathered, nodes, quoted};
use crate::deck::{LeftoverKind, Note, Passage, safe_tag};
use crate::markdown::NodeKind;
use crate::render::{RawPiece, RemovedKind, Renderer, removed, special_at};
use crate::source::Span;

/// Bytes of a note's fields that every program can read: Android gives 1 MB to a row of a database, and AnkiDroid can't
/// open a note that is larger (<https://github.com/ankidroid/Anki-Android/pull/4033>).
const LARGEST: usize = 1_000_000;

/// A byte of Markdown makes no more than so many of HTML, coloured code included.
const MOST_GROWTH: usize = 32;

/// Tags of a file that are looked for in its text, at most.
const MOST_TAGS: usize = 50;

static TEMPLATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\{\{(?:(?P<cloze>c\d{1,3}::[^{}]+)|FrontSide|(?:[#^/]?(?:Front|Back))|(?:type|cloze|hint|furigana|tts [^{}:]*):[^{}]+)\}\}")
        .ok()
});

pub(super) fn active_markup(context: &Context<'_>) -> Findings {
    let text = context.source.text();
    let has_templates = memmem::find(text.as_bytes(), b"{{").is_some();
    let is_special = |at: usize| text.get(at + 1..).is_some_and(|behind| special_at(behind).is_some());
    if !has_templates && !memchr::memchr_iter(b'[', text.as_bytes()).any(is_special) {
        return Findings::default();
    }
    let gaps: HashSet<u32> = context.deck.studied().flat_map(|note| &note.gaps).map(|gap| gap.span.start).collect();
    let mut found = Vec::new();
    for &passage in context.shown_text() {
        let text = context.source.slice(passage);
        let start = passage.start as usize;
        let mut candidates: Vec<(usize, usize, Markup)> = Vec::new();
        for (at, _) in text.match_indices('[') {
            let behind = text.get(at + 1..).unwrap_or_default();
            let closed = special_at(behind).and_then(|special| Some((special, Markup::closed(special, behind)?)));
            candidates.extend(closed.map(|(special, length)| (at, at + 1 + length, Markup::Bracket(special))));
        }
        let template = (has_templates && text.contains("{{")).then(|| TEMPLATE.as_ref()).flatten();
        for captures in template.iter().flat_map(|template| template.captures_iter(text)) {
            let Some(whole) = captures.get(0) else { continue };
            let markup = if captures.name("cloze").is_some() { Markup::Cloze } else { Markup::Template };
            candidates.push((whole.start(), whole.end(), markup));
        }
        if candidates.is_empty() {
            continue;
        }
        let is_prose = prose(context, passage);
        candidates.sort_by_key(|(at, ..)| *at);
        for (from, to, markup) in candidates {
            let place = context.source.span(start + from..start + to);
            if is_prose(place.start) && !gaps.contains(&place.start) {
                found.push(markup.finding(context, place));
            }
        }
    }
    gathered(found, |count| format!("{count} texts that Anki would act on are shown as they are typed"))
}

/// Whether a byte of a passage is in text: no code, no HTML, no formula.
fn prose(context: &Context<'_>, passage: Span) -> impl Fn(u32) -> bool {
    let document = context.document;
    let texts = document.within(passage).filter(|&id| matches!(document.kind(id), NodeKind::Text));
    let texts: Vec<Span> = texts.map(|id| document.span(id)).collect();
    move |byte| {
        let before = texts.partition_point(|text| text.start <= byte);
        before.checked_sub(1).and_then(|at| texts.get(at)).is_some_and(|text| text.holds(byte))
    }
}

/// What Anki acts on in a field.
#[derive(Debug, Clone, Copy)]
enum Markup {
    /// What stands behind the bracket.
    Bracket(&'static str),
    Cloze,
    Template,
}

impl Markup {
    /// Bytes up to the end of what a bracket begins, where it ends within reason.
    fn closed(special: &str, behind: &str) -> Option<usize> {
        const FAR: usize = 2_000;
        let end = match special {
            "latex]" => "[/latex]",
            "$]" => "[/$]",
            "$$]" => "[/$$]",
            "[type:" => "]]",
            _ => "]",
        };
        let reach = (0..=behind.len().min(FAR)).rev().find(|&at| behind.is_char_boundary(at))?;
        let at = behind.get(..reach)?.find(end)?;
        let is_on_line = special.ends_with(']') || !behind.get(..at)?.contains('\n');
        (is_on_line && (special != "anki:" || starts_with_any(behind, &["anki:tts", "anki:play"])))
            .then_some(at + end.len())
    }

    fn finding(self, context: &Context<'_>, place: Span) -> Finding {
        let typed = quoted(context.source.slice(place));
        let (message, help) = match self {
            Self::Bracket("sound:") => {
                (format!("{typed} plays nothing on the card"), "name the file as an image is: `![](sound.mp3)`")
            }
            Self::Bracket("anki:") => {
                (format!("{typed} speaks nothing on the card"), "delete it, or put it between backticks")
            }
            Self::Bracket("[type:") => {
                (format!("{typed} asks to type nothing"), "give the note the tag `typed`, or set `kind: typed`")
            }
            Self::Bracket(_) => (format!("{typed} makes no formula"), "write `$…$`, or `$$…$$` on lines of its own"),
            Self::Cloze => (
                format!("{typed} makes no gap here"),
                "make the text a note of its own, or put the marks between backticks",
            ),
            Self::Template => (
                format!("{typed} is of a template, and means nothing in a note"),
                "delete it, or put it between backticks",
            ),
        };
        Finding::new(message, place, "shown as it is typed").help(help)
    }
}

fn starts_with_any(text: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start)))
}

pub(super) fn unsafe_html(context: &Context<'_>) -> Findings {
    let (document, html) = (context.document, &context.nodes().html);
    if html.is_empty() {
        return Findings::default();
    }
    let has_html =
        |passage: &&Passage| passage.pieces.iter().any(|piece| !nodes::within(document, html, piece.span).is_empty());
    let mut found = Vec::new();
    for passage in context.deck.studied().flat_map(Note::passages).filter(has_html) {
        let mut pieces: Vec<RawPiece<'_>> = Vec::new();
        let mut places: Vec<Span> = Vec::new();
        let mut block = 0;
        for id in passage.pieces.iter().flat_map(|piece| document.within(piece.span)) {
            let kind = document.kind(id);
            block += usize::from(kind.is_block());
            if matches!(kind, NodeKind::HtmlBlock | NodeKind::InlineHtml) {
                let span = document.span(id);
                let is_inline = kind == NodeKind::InlineHtml;
                pieces.push(RawPiece { html: context.source.slice(span), is_inline, block });
                places.push(span);
            }
        }
        for removed in removed(&pieces) {
            let Some(piece) = places.get(removed.piece) else { continue };
            let start = piece.start as usize;
            let place = context.source.span(start + removed.range.start..start + removed.range.end);
            found.push(not_on_the_card(place, &removed.what));
        }
    }
    gathered(found, |count| format!("{count} pieces of HTML do not reach the card"))
}

fn not_on_the_card(place: Span, what: &RemovedKind) -> Finding {
    const BACKTICKS: &str = "put it between backticks if it is meant as text, or delete it";
    match what {
        RemovedKind::WithContent(name) => {
            let message = format!("`<{name}>` and all that is in it are left out of the card");
            Finding::new(message, place, "could run code").help(BACKTICKS)
        }
        RemovedKind::Tags(name) => {
            let message = format!("`<{name}>` is left out of the card, but for the words in it");
            Finding::new(message, place, "no element of a card").help(BACKTICKS)
        }
        RemovedKind::Empty(name) => {
            let message = format!("`<{name}>` is left out of the card");
            Finding::new(message, place, "not seen on a card").help(BACKTICKS)
        }
        RemovedKind::Handler(name) => {
            let message = format!("the attribute `{name}` is left out of the card");
            Finding::new(message, place, "would run code").help("delete the attribute")
        }
        RemovedKind::Address(address) => {
            let message = format!("the address {} is left out of the card", quoted(address));
            Finding::new(message, place, "would run code").help("type an address of the web, or delete it")
        }
    }
}

pub(super) fn oversized_field(context: &Context<'_>) -> Findings {
    let large = context.deck.studied().filter(|note| {
        let pieces = note.passages().flat_map(|passage| &passage.pieces);
        pieces.map(|piece| piece.span.len() as usize).sum::<usize>() > LARGEST / MOST_GROWTH
    });
    let found = large.filter_map(|note| {
        let (question, answer) = Renderer::new().card(context.sources, context.file, note);
        let bytes = question.len() + answer.len();
        let megabytes = bytes.div_ceil(100_000);
        let message = format!("this note has {}.{} MB of text", megabytes / 10, megabytes % 10);
        let place = super::first_line(context.source, note.question_span);
        let finding = Finding::new(message, place, "AnkiDroid can't open a note of more than 1 MB");
        (bytes > LARGEST).then(|| finding.help("divide it into several questions"))
    });
    found.collect()
}

pub(super) fn unsafe_tag(context: &Context<'_>) -> Findings {
    let mut seen: HashSet<&str> = HashSet::new();
    let tags = context.deck.tags.iter().chain(context.deck.notes.iter().flat_map(|note| &note.tags));
    let found = tags.filter(|tag| seen.insert(tag.as_str())).filter_map(|tag| {
        let made = safe_tag(tag);
        (!is_expected(tag, &made)).then_some((tag, made))
    });
    let found = found.take(MOST_TAGS).filter_map(|(tag, made)| Some(changed(tag, &made, place_of_tag(context, tag)?)));
    let found: Vec<Finding> = found.collect();
    let studied: HashSet<usize> = context.deck.studied().map(|note| note.section).collect();
    let sections = context.deck.sections.iter().enumerate().filter(|(index, _)| studied.contains(index));
    let may_be_split = |title: &str| title.contains("::") || is_reserved(title);
    let titles = sections.filter(|(_, section)| may_be_split(&section.title)).filter_map(|(_, section)| {
        let made = safe_tag(&section.title);
        let is_split = made.contains("::") || is_reserved(&section.title);
        let place = super::first_line(context.source, section.span?);
        is_split.then(|| changed(&section.title, &made, place))
    });
    gathered(found.into_iter().chain(titles).collect(), |count| format!("{count} tags are others in Anki"))
}

/// Tags have small letters, and hyphens for spaces: who reads one knows it again.
fn is_expected(tag: &str, made: &str) -> bool {
    let tag = tag.trim().trim_start_matches('#').replace('&', " ");
    let hyphenated = tag.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty());
    hyphenated.collect::<Vec<_>>().join("-").to_lowercase() == made.trim_start_matches('#')
}

/// Words that Anki keeps for itself.
fn is_reserved(tag: &str) -> bool {
    let tag = tag.trim();
    // No other letter has one of these as its small one but the sign of Kelvin, which is of three bytes.
    let is_short = tag.len() <= "marked".len() + '\u{212a}'.len_utf8();
    is_short && ["none", "marked", "leech"].contains(&tag.to_lowercase().as_str())
}

/// Where the front matter or a line of tags has it.
fn place_of_tag(context: &Context<'_>, tag: &str) -> Option<Span> {
    let front_matter = context.document.front_matter().and_then(|front_matter| front_matter.span);
    let of_tags = context.deck.leftovers.iter().filter(|leftover| leftover.kind == LeftoverKind::Tag);
    let typed = [tag.to_owned(), tag.replace("::", "/")];
    front_matter.into_iter().chain(of_tags.map(|leftover| leftover.span)).find_map(|span| {
        let text = context.source.slice(span);
        let (at, length) = typed.iter().find_map(|typed| Some((whole_word(text, typed)?, typed.len())))?;
        let start = span.start as usize + at;
        Some(context.source.span(start..start + length))
    })
}

/// Where a text stands that is not a part of a longer word.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let found = text.match_indices(word).find(|(at, _)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
    });
    found.map(|(at, _)| at).filter(|_| !word.is_empty())
}

fn changed(tag: &str, made: &str, place: Span) -> Finding {
    let (message, label) = match made {
        "" => (format!("{} makes no tag", quoted(tag)), "no letter or digit in it".to_owned()),
        made if is_reserved(tag) => {
            (format!("the tag {} is `{made}` in Anki", quoted(tag)), "Anki keeps this word for itself".to_owned())
        }
        made => match made.rsplit_once("::") {
            Some((above, name)) if tag.trim().contains(char::is_whitespace) => {
                (format!("the tag of {} is `{made}` in Anki", quoted(tag)), format!("`{name}` lies below `{above}`"))
            }
            _ => (
                format!("the tag {} is `{made}` in Anki", quoted(tag)),
                "not a word that Anki can search for".to_owned(),
            ),
        },
    };
    let help = if made.is_empty() {
        "write a word of letters and digits".to_owned()
    } else {
        format!("write `{made}`, or another word, to have the same here and in Anki")
    };
    Finding::new(message, place, label).help(help)
}

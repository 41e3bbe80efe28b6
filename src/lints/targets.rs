//! Links: whether they lead where they say.

use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::{Context, Finding, Findings, gathered, quoted};
use crate::diagnostic::{About, Edit, Level};
use crate::markdown::anchors::Anchors;
use crate::markdown::links::Link;
use crate::markdown::{NodeId, NodeKind};
use crate::source::{Linked, Span};

/// Fragments of a file for which the nearest heading is looked for, at most: each is compared with all headings.
const MOST_COMPARED: usize = 20;

/// What could be the name of a host, in place of a path.
static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:www\.)?(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|info|app)(?:/.*)?$").ok()
});

pub(super) fn broken_link(context: &Context<'_>) -> Findings {
    if context.links.files.is_empty() {
        return Findings::default();
    }
    let found = context.links_to_files().iter().filter_map(|link| {
        let path = quoted(&link.path);
        let (message, help) = match context.links.files.get(&link.path)? {
            Linked::There(_) | Linked::Unknown => return None,
            Linked::OtherCase(name) => (
                format!("the file {path} is not there, but {} is", quoted(name)),
                format!("type `{name}`: not every system takes the two for one"),
            ),
            Linked::Missing if HOST.as_ref().is_some_and(|host| host.is_match(&link.path)) => (
                format!("{path} is taken for a file, which is not there"),
                format!("type `https://{}` if it is an address of the web", link.path),
            ),
            Linked::Missing => (
                format!("the file {path} is not there"),
                "correct the path, which starts at this file, or delete the link".to_owned(),
            ),
        };
        Some(Finding::new(message, place(link), "leads to no file").help(help))
    });
    gathered(found.collect(), |count| format!("{count} links lead to files that are not there"))
}

pub(super) fn broken_anchor(context: &Context<'_>) -> Findings {
    let mut own: Option<Anchors> = None;
    let mut compared = 0;
    let mut found = Vec::new();
    for link in context.links_to_files() {
        let Some(fragment) = link.fragment.as_deref() else { continue };
        let (anchors, file) = if link.path.is_empty() {
            (&*own.get_or_insert_with(|| Anchors::of(context.document, context.source)), None)
        } else {
            let Some(Linked::There(path)) = context.links.files.get(&link.path) else { continue };
            let Some(anchors) = context.links.anchors.get(path) else { continue };
            (&**anchors, Some(link.path.as_str()))
        };
        if anchors.has(fragment) || is_of_footnote(context, fragment) {
            continue;
        }
        let within = file.map_or_else(|| "this file".to_owned(), quoted);
        let message = format!("no heading of {within} has the anchor {}", quoted(&format!("#{fragment}")));
        let finding = Finding::new(message, place(link), "leads to no part of it");
        found.push(match anchors.meant(fragment) {
            Some(meant) => {
                let finding = finding.help(format!("type `#{meant}`"));
                // A fix is proven by its file alone, where the parts of others are not known.
                match fragment_place(context, link, fragment).filter(|_| file.is_none()) {
                    Some(span) => finding.safe_fix(About::Anchors, vec![Edit { span, text: meant.to_owned() }]),
                    None => finding,
                }
            }
            None => {
                compared += 1;
                let nearest = (compared <= MOST_COMPARED).then(|| anchors.nearest(fragment)).flatten();
                match nearest {
                    Some(nearest) => finding.help(format!("did you mean `#{nearest}`?")),
                    None => finding.help("correct it, or delete the link"),
                }
            }
        });
    }
    gathered(found, |count| format!("{count} links lead to no part of a file"))
}

/// Where the links begin that [`broken_link`] and [`broken_anchor`] tell of, in order.
pub(super) fn broken_places(context: &Context<'_>) -> Vec<u32> {
    let tells = |lint: &str| super::find(lint).is_some_and(|lint| context.settings.level_of(lint) > Level::Allow);
    let mut found = if tells("broken-link") { broken_link(context).each } else { Vec::new() };
    found.extend(if tells("broken-anchor") { broken_anchor(context).each } else { Vec::new() });
    let primary = |finding: Finding| Some(finding.labels.first()?.span.start);
    let mut places: Vec<u32> = found.into_iter().filter_map(primary).collect();
    places.sort_unstable();
    places
}

/// Anchors that are made for footnotes.
fn is_of_footnote(context: &Context<'_>, fragment: &str) -> bool {
    context.document.has_footnotes() && (fragment.starts_with("fn") || fragment.starts_with("user-content-fn"))
}

fn place(link: &Link) -> Span {
    link.address.unwrap_or(link.span)
}

/// Where a fragment stands, if it stands there as it is.
fn fragment_place(context: &Context<'_>, link: &Link, fragment: &str) -> Option<Span> {
    let address = link.address?;
    let start = (address.end as usize).checked_sub(fragment.len())?;
    let span = context.source.span(start..address.end as usize);
    (context.source.slice(span) == fragment).then_some(span)
}

/// Bytes of the longest address that is one.
const LONGEST_URL: usize = 2_000;

static URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^https?://[^\s<>`|\x22\u{3000}-\u{303f}\u{ff00}-\u{ffef}]+").ok());

pub(super) fn bare_url(context: &Context<'_>) -> Findings {
    if memmem::find(context.source.text().as_bytes(), b"://").is_none() {
        return Findings::default();
    }
    let Some(url) = URL.as_ref() else { return Findings::default() };
    let document = context.document;
    let mut found = Vec::new();
    for &text in context.shown_text() {
        let mut end = 0;
        for id in document.within(text) {
            let span = document.span(id);
            match document.kind(id) {
                NodeKind::Link(_) | NodeKind::Image(_) => end = end.max(span.end),
                NodeKind::Text if span.start >= end => {
                    let rest = context.source.text().get(span.start as usize..text.end as usize).unwrap_or_default();
                    let inside = context.source.slice(span);
                    for start in inside.match_indices("http").map(|(at, _)| at) {
                        let at = span.start as usize + start;
                        if at < end as usize {
                            continue;
                        }
                        let begins = rest.get(start..).unwrap_or_default();
                        let Some(whole) = url.find(begins) else { continue };
                        end = u32::try_from(at + whole.len()).unwrap_or(u32::MAX);
                        if whole.len() > LONGEST_URL {
                            continue;
                        }
                        let address = trimmed(whole.as_str());
                        let place = context.source.span(at..at + address.len());
                        found.push(bare(context, id, place));
                    }
                }
                _ => {}
            }
        }
    }
    gathered(found, |count| format!("{count} addresses are no links on their cards"))
}

fn bare(context: &Context<'_>, id: NodeId, place: Span) -> Finding {
    let document = context.document;
    let address = context.source.slice(place);
    let finding = Finding::new(format!("{} is no link on the card", quoted(address)), place, "shown as text");
    let finding = finding.help(format!("write `<{address}>`, or give the link words: `[…]({address})`"));
    // A tag around it may make it one already.
    let is_plain = document.within(place).all(|id| matches!(document.kind(id), NodeKind::Text | NodeKind::Decoded(_)));
    let is_plain = is_plain && document.span(id).holds(place.start);
    let edit =
        |at: u32, text: &str| Edit { span: context.source.span(at as usize..at as usize), text: text.to_owned() };
    if is_plain { finding.unsafe_fix(vec![edit(place.start, "<"), edit(place.end, ">")]) } else { finding }
}

/// An address without the signs that end a sentence, as GitHub takes it.
fn trimmed(address: &str) -> &str {
    let count = |sign: char| address.matches(sign).count();
    let pairs = [('(', ')'), ('[', ']'), ('{', '}')];
    let mut unopened = pairs.map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut address = address;
    loop {
        let bare = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '…']);
        let Some((_, left)) = unopened.iter_mut().find(|(close, left)| *left > 0 && bare.ends_with(*close)) else {
            return bare;
        };
        *left -= 1;
        address = bare.get(..bare.len() - 1).unwrap_or_default();
    }
}

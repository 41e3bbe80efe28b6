//! What a chat assistant says around the text it was asked for: "Here's a list of …", "Would you like me to …?".

use super::{Builder, Owner};
use crate::deck::LeftoverKind;
use crate::markdown::NodeKind;

/// Longest run of paragraphs behind a rule that one closing offer takes with it.
const LONGEST_FAREWELL: usize = 3;

pub(super) fn claim(builder: &mut Builder<'_>) {
    let opening = opening(builder);
    for block in 0..builder.blocks.len() {
        let opens = block < opening;
        let may_be_chat = builder.kind(block) == NodeKind::Paragraph && (opens || closes_a_part(builder, block));
        if !may_be_chat || builder.owner(block) != Owner::Nobody {
            continue;
        }
        let text = text(builder, block);
        if opens && is_greeting(&text) {
            builder.claim(block, Owner::Leftover(LeftoverKind::Chat));
        } else if is_farewell(&text, builder, block) {
            for block in farewell(builder, block) {
                builder.claim(block, Owner::Leftover(LeftoverKind::Chat));
            }
        }
    }
}

/// Between two headings only what nobody but an assistant says counts, and only behind something else: what stands alone
/// under its heading is the answer.
fn is_farewell(text: &str, builder: &Builder<'_>, block: usize) -> bool {
    let behind = block.checked_sub(1).map(|before| builder.kind(before));
    let is_last = closes_the_file(builder, block);
    let is_only = matches!(behind, Some(NodeKind::Heading(_)));
    let is_offer = begins_with(text, &OFFERS) && (is_last || !is_only);
    let is_phrase = begins_with(text, &PHRASES) && !is_only && (is_last || behind == Some(NodeKind::Rule));
    (is_offer || is_phrase) && closes_a_part(builder, block)
}

fn text(builder: &Builder<'_>, block: usize) -> String {
    let text = builder.blocks.get(block).map(|&id| builder.document.plain_text(id, builder.source));
    text.unwrap_or_default().replace(['’', '‘'], "'").to_lowercase()
}

/// How many blocks open the file: those that no heading but the file's title, no list and no code stands before.
fn opening(builder: &Builder<'_>) -> usize {
    let mut titles = 0;
    let opens = |block: &usize| match builder.kind(*block) {
        NodeKind::Heading(1) => {
            titles += 1;
            titles == 1
        }
        NodeKind::Paragraph | NodeKind::Rule => true,
        _ => false,
    };
    (0..builder.blocks.len()).take_while(opens).count() + 1
}

/// A heading, a rule or the end of the file follows.
fn closes_a_part(builder: &Builder<'_>, block: usize) -> bool {
    closes_the_file(builder, block) || matches!(builder.kind(block + 1), NodeKind::Heading(_) | NodeKind::Rule)
}

fn closes_the_file(builder: &Builder<'_>, block: usize) -> bool {
    block + 1 >= builder.blocks.len()
}

/// The offer, and the few paragraphs that lead to it from a rule: the assistant speaks again.
fn farewell(builder: &Builder<'_>, offer: usize) -> std::ops::RangeInclusive<usize> {
    let paragraphs = (0..offer).rev().take_while(|&block| builder.kind(block) == NodeKind::Paragraph).count();
    let first = offer - paragraphs;
    let after_rule = first > 0 && builder.kind(first - 1) == NodeKind::Rule;
    if after_rule && closes_the_file(builder, offer) && paragraphs < LONGEST_FAREWELL {
        first..=offer
    } else {
        offer..=offer
    }
}

fn is_greeting(text: &str) -> bool {
    const OPENERS: [&str; 9] =
        ["sure", "certainly", "absolutely", "of course", "great question", "great", "awesome", "got it", "okay"];
    const HANDOVERS: [&str; 10] = [
        "here's a ",
        "here's your ",
        "here's the ",
        "here is a ",
        "here is your ",
        "here is the ",
        "here are ",
        "below is ",
        "below are ",
        "i've put together ",
    ];
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let opened = OPENERS
        .iter()
        .find_map(|opener| text.strip_prefix(opener))
        .filter(|rest| rest.starts_with(['!', ',', '.', '—', ':']));
    let rest = opened.unwrap_or(text).trim_start_matches(|c: char| !c.is_alphanumeric());
    opened.is_some() || HANDOVERS.iter().any(|handover| rest.starts_with(handover))
}

/// What an assistant says to whoever asked it.
const OFFERS: [&str; 17] = [
    "would you like me to",
    "would you like to see",
    "would you like a ",
    "would you like an ",
    "would you prefer",
    "do you want me to",
    "want me to",
    "let me know if",
    "let me know which",
    "let me know what",
    "if you'd like, i can",
    "if you like, i can",
    "if you want, i can",
    "if you want me to",
    "just let me know",
    "want a ",
    "want an ",
];

/// What an answer may say as well.
const PHRASES: [&str; 8] = [
    "shall i ",
    "should i ",
    "i can also",
    "i can help",
    "i hope this helps",
    "hope this helps",
    "feel free to ask",
    "happy to help",
];

fn begins_with(text: &str, offers: &[&str]) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let found = offers.iter().find(|offer| text.starts_with(**offer));
    let is_question = |offer: &str| ["want ", "shall ", "should "].iter().any(|verb| offer.starts_with(verb));
    found.is_some_and(|offer| !is_question(offer) || text.trim_end().ends_with('?'))
}

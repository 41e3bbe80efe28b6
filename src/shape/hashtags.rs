//! Lines of tags, `#rust #memory` or links that begin so, and emoji that a legend explains.

use std::collections::BTreeMap;

use super::units::{Unit, UnitKind};
use super::{Builder, Owner};
use crate::deck::{Deck, LeftoverKind};
use crate::source::{Source, Span};

/// Sets lines of tags apart, before they become a part of an answer.
pub(super) fn claim(builder: &mut Builder<'_>) {
    for at in 0..builder.units.len() {
        let is_text = |unit: &&Unit| unit.kind == UnitKind::Paragraph(None) && builder.is_free(at);
        let Some(unit) = builder.unit(at).filter(is_text) else { continue };
        let text = builder.source.slice(unit.span);
        if !text.contains('#') {
            continue;
        }
        let plain = builder.document.text_of(&super::units::inline(builder.document, unit), builder.source, "`");
        if let Some(tags) = of_line(&plain) {
            builder.tag_lines.push((unit.span, tags));
            builder.claim_unit(at, Owner::Leftover(LeftoverKind::Tag));
        }
    }
}

/// The tags of a line that holds nothing else; a number behind `#` is an issue.
fn of_line(line: &str) -> Option<Vec<String>> {
    let bare = line.trim();
    let bare = bare.strip_prefix("Tags:").or_else(|| bare.strip_prefix("tags:")).unwrap_or(bare);
    let words = bare.split([' ', '\t', '\n', ',', '·', '|']).filter(|word| !word.is_empty());
    let tags: Option<Vec<String>> = words
        .map(|word| {
            let tag = word.strip_prefix('#')?;
            let is_tag =
                tag.chars().all(|c| c.is_alphanumeric() || "-_/:".contains(c)) && tag.contains(char::is_alphabetic);
            is_tag.then(|| tag.replace('/', "::"))
        })
        .collect();
    tags.filter(|tags| !tags.is_empty())
}

/// Gives the tags of each line to the note above it, or to all below it where it stands before the first of a section or
/// of the file; and to each note those that the legend has for its emoji.
pub(super) fn give(source: &Source, units: &[Unit], tag_lines: &[(Span, Vec<String>)], deck: &mut Deck) {
    for (span, tags) in tag_lines {
        let above = deck.notes.iter().rposition(|note| note.question_span.start < span.start);
        let own_section =
            deck.sections.iter().rposition(|section| section.span.is_some_and(|section| section.start < span.start));
        match above.and_then(|above| deck.notes.get_mut(above)) {
            None => deck.tags.extend(tags.iter().cloned()),
            Some(note) if own_section.is_none_or(|section| section == note.section) => {
                note.tags.extend(tags.iter().cloned());
            }
            Some(_) => {
                for note in deck.notes.iter_mut().filter(|note| Some(note.section) == own_section) {
                    note.tags.extend(tags.iter().cloned());
                }
            }
        }
    }
    let legend = legend(source, units);
    if legend.is_empty() {
        return;
    }
    for note in &mut deck.notes {
        let text = source.slice(note.question_span);
        // A longer run of signs is another rank: two stars are not one.
        let found = runs(text).into_iter().filter_map(|(run, _)| legend.get(&run)).next_back();
        note.tags.extend(found.cloned());
    }
}

/// What emoji mean, where a line says so: `Legend: 👶 easy ⭐️ medium 🚀 expert`.
fn legend(source: &Source, units: &[Unit]) -> BTreeMap<String, String> {
    const WORDS: [&str; 8] = ["legend", "difficulty", "level", "rank", "обозначения", "сложность", "图例", "难度"];
    let mut legend = BTreeMap::new();
    for unit in units {
        if !matches!(unit.kind, UnitKind::Paragraph(_) | UnitKind::ItemHead { .. }) {
            continue;
        }
        let text = source.slice(unit.span);
        if text.is_ascii() {
            continue;
        }
        let lower = text.to_lowercase();
        if !WORDS.iter().any(|word| lower.contains(word)) {
            continue;
        }
        let runs = runs(text);
        if runs.len() < 2 {
            continue;
        }
        for (index, (run, end)) in runs.iter().enumerate() {
            let next = runs.get(index + 1).map_or(text.len(), |(next, end)| end - next.len());
            let words = text.get(*end..next).unwrap_or_default();
            let words: String = words.chars().take_while(|&c| !matches!(c, ',' | ';' | '\n' | '.' | '|')).collect();
            let word = words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
            if !word.is_empty() && word.split_whitespace().count() <= 3 {
                legend.insert(run.clone(), word);
            }
        }
    }
    legend
}

/// Runs of emoji with where each ends, without the characters that join and vary them.
fn runs(text: &str) -> Vec<(String, usize)> {
    let is_emoji = |c: char| matches!(u32::from(c), 0x2600..=0x27bf | 0x2b50 | 0x2b55 | 0x1f300..=0x1faff);
    let is_joiner = |c: char| matches!(c, '\u{fe0f}' | '\u{200d}');
    let mut runs: Vec<(String, usize)> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if is_emoji(c) {
            match runs.last_mut().filter(|_| open) {
                Some((run, last)) => {
                    run.push(c);
                    *last = end;
                }
                None => runs.push((c.to_string(), end)),
            }
            open = true;
        } else if !is_joiner(c) {
            open = false;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tags() {
        for (line, tags) in [
            ("#rust #memory/heap", Some(vec!["rust", "memory::heap"])),
            ("Tags: #rust, #go", Some(vec!["rust", "go"])),
            ("#1234", None),
            ("see #rust", None),
            ("#", None),
        ] {
            let tags = tags.map(|tags| tags.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(of_line(line), tags, "{line}");
        }
    }

    #[test]
    fn runs_of_emoji() {
        let runs: Vec<String> = runs("a 👶 b ‍⭐️⭐️ c").into_iter().map(|(run, _)| run).collect();
        assert_eq!(runs, ["👶", "⭐⭐"]);
    }
}

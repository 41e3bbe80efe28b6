//! What makes a finding the same finding in a later run: the lint and the words it is about, never where they stand.
//!
//! Code scanning and a baseline know a finding again by this, so it stays where lines move, where text is inserted
//! elsewhere, where a list is numbered anew, and where line ends or indents change.

use foldhash::HashMap;

use crate::diagnostic::{Diagnostic, Label};
use crate::source::{SourceId, Sources};

/// Characters of a fingerprint: 128 bits, so that no two texts share one by chance.
const LENGTH: usize = 32;
/// Lines of a label that count. A fence that is never closed reaches to the end of its file, and is the same fence
/// whatever is written there.
const MOST_LINES: u32 = 3;
/// Bytes of the text under a label that count, for the same reason.
const MOST_BYTES: usize = 512;

/// A fingerprint for each finding, 32 hexadecimal digits. No two findings with their primary places in one file have the
/// same: equal ones are counted in the order given.
#[must_use]
pub fn fingerprints(findings: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let mut lines = Lines { sources, known: HashMap::default() };
    let mut seen: HashMap<(Option<SourceId>, blake3::Hash), u64> = HashMap::default();
    let fingerprint = |finding: &Diagnostic| {
        let content = content(finding, &mut lines);
        let home = finding.primary().map(|label| label.span.source);
        let occurrence = seen.entry((home, content)).or_default();
        let hash = match *occurrence {
            0 => content,
            again => blake3::Hasher::new().update(content.as_bytes()).update(&again.to_le_bytes()).finalize(),
        };
        *occurrence += 1;
        let mut hex = hash.to_hex().to_string();
        hex.truncate(LENGTH);
        hex
    };
    findings.iter().map(fingerprint).collect()
}

/// What a finding is about. Each part ends in a byte that no UTF-8 has, so that two parts are never mistaken for one.
fn content(finding: &Diagnostic, lines: &mut Lines<'_>) -> blake3::Hash {
    const END: &[u8] = &[0xff];
    let mut hasher = blake3::Hasher::new();
    hasher.update(finding.lint.as_bytes()).update(END);
    let primary = finding.primary();
    if let Some(primary) = primary {
        lines.of(primary, |line| {
            hasher.update(line.as_bytes()).update(END);
        });
    }
    let others = finding.labels.iter().filter(|label| !label.primary);
    for label in primary.into_iter().chain(others) {
        hasher.update(&words(under(label, lines.sources))).update(END);
    }
    hasher.finalize()
}

/// The lines of the sources, each hashed once: a line may be long and have many findings.
struct Lines<'a> {
    sources: &'a Sources,
    known: HashMap<(SourceId, u32), Line>,
}

struct Line {
    /// How many bytes at its start number it.
    marker: usize,
    whole: Option<blake3::Hash>,
    without_marker: Option<blake3::Hash>,
}

impl Lines<'_> {
    fn of(&mut self, label: &Label, mut take: impl FnMut(blake3::Hash)) {
        let source = self.sources.get(label.span.source);
        let (first, last) = source.lines(label.span);
        for number in first..=last.min(first.saturating_add(MOST_LINES - 1)) {
            let text = source.line_text(number);
            let start = source.line_range(number).start;
            let inside = (label.span.end as usize).saturating_sub(start);
            let line = self.known.entry((source.id(), number)).or_insert_with(|| Line {
                marker: number_marker(text),
                whole: None,
                without_marker: None,
            });
            // A label that ends within the number is about the number.
            let keeps_number = number == first && last == first && inside > 0 && inside <= line.marker;
            let (hash, kept) = if keeps_number {
                (&mut line.whole, text)
            } else {
                (&mut line.without_marker, text.get(line.marker..).unwrap_or_default())
            };
            take(*hash.get_or_insert_with(|| blake3::hash(&words(kept))));
        }
    }
}

/// The first of the text under a label, without the number in front of it unless that is all.
fn under<'a>(label: &Label, sources: &'a Sources) -> &'a str {
    let text = sources.slice(label.span);
    let end = (0..=text.len().min(MOST_BYTES)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let text = text.get(..end).unwrap_or_default();
    let rest = text.get(number_marker(text)..).unwrap_or_default();
    if rest.trim().is_empty() { text } else { rest }
}

/// A text's words with one space between them.
fn words(text: &str) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    for word in text.trim_start_matches('\u{feff}').split_whitespace() {
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(word.as_bytes());
    }
    joined
}

/// How many bytes at the start of a line number it: `12. `, `### Q12: `, `- **12)** `.
fn number_marker(line: &str) -> usize {
    let is_mark = |character: char| character.is_whitespace() || "\u{feff}>#*_+-([".contains(character);
    let rest = line.trim_start_matches(is_mark);
    let rest = rest.trim_start_matches(char::is_alphabetic).trim_start();
    let after = rest.trim_start_matches(|character: char| character.is_ascii_digit());
    if after.len() == rest.len() {
        return 0;
    }
    let close = after.trim_start_matches(['*', '_']);
    let Some(after) = close.strip_prefix(['.', ')', ':', ']']) else { return 0 };
    let after = after.trim_start_matches(['*', '_']);
    if after.is_empty() || after.starts_with(char::is_whitespace) { line.len() - after.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Finding, Level};

    /// Findings at each place where one of the texts stands in the source; more places of one finding behind `+`.
    fn of(text: &str, places: &[&str]) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add_text("deck.md", text).unwrap();
        let source = sources.get(id);
        let mut findings = Vec::new();
        for place in places {
            let (first, others) = place.split_once('+').unwrap_or((place, ""));
            for (start, _) in text.match_indices(first) {
                let mut finding = Finding::new("wrong at some place", source.span(start..start + first.len()), "here");
                for other in others.split('+').filter(|other| !other.is_empty()) {
                    let start = text.find(other).unwrap();
                    finding = finding.and(source.span(start..start + other.len()), "there");
                }
                findings.push(stamped("some-lint", finding));
            }
        }
        fingerprints(&findings, &sources)
    }

    fn stamped(lint: &'static str, finding: Finding) -> Diagnostic {
        let Finding { message, labels, help, fix } = finding;
        Diagnostic { lint: lint.into(), level: Level::Warn, message, labels, help, fix, gather: None }
    }

    const DECK: &str = "# Deck\n\n1. What is teh stack?\n   - memory\n2. What is the heap?\n   - also memory\n";

    #[test]
    fn it_is_thirty_two_hexadecimal_digits() {
        let [print] = &of(DECK, &["teh"])[..] else { panic!("one finding") };
        assert_eq!(print.len(), 32);
        assert!(print.bytes().all(|byte| byte.is_ascii_hexdigit()), "{print}");
        // Those in people's baselines must stay what they are.
        assert_eq!(print, "76b004f50adce52012f2721198be4043");
    }

    #[test]
    fn it_stays_where_only_the_place_changes() {
        let before = of(DECK, &["teh", "heap+stack"]);
        let moved = format!("An introduction.\n\n{DECK}\n3. What is new?\n   - this\n");
        let renumbered = DECK.replace("1. ", "11) ").replace("2. ", "12) ");
        let indented = DECK.replace("What is", "What   is\t").replace("1. ", "  1.  ");
        let mut lines: Vec<&str> = DECK.lines().collect();
        lines.rotate_left(2);
        let reordered = lines.join("\n");
        for (how, text) in [
            ("moved", moved),
            ("renumbered", renumbered),
            ("CRLF", DECK.replace('\n', "\r\n")),
            ("CR", DECK.replace('\n', "\r")),
            ("byte order mark", format!("\u{feff}{DECK}")),
            ("indented", indented),
            ("reordered", reordered),
        ] {
            assert_eq!(of(&text, &["teh", "heap+stack"]), before, "{how}");
        }
    }

    #[test]
    fn it_changes_with_what_the_finding_is_about() {
        let before = of(DECK, &["teh+heap"]);
        assert_ne!(of(&DECK.replace("stack", "store"), &["teh+heap"]), before, "the line");
        assert_ne!(of(DECK, &["What is teh+heap"]), before, "the label");
        assert_ne!(of(DECK, &["teh+also"]), before, "another place");
        assert_ne!(of(DECK, &["teh"]), before, "no other place");
        assert_ne!(of(DECK, &["teh+he+ap"]), of(DECK, &["teh+hea+p"]), "the parts are kept apart");
    }

    #[test]
    fn a_number_counts_where_the_finding_is_about_it() {
        let text = "5. What?\n5. Why?\n";
        let renumbered = text.replace('5', "6");
        assert_ne!(of(text, &["5."]), of(&renumbered, &["6."]));
        assert_eq!(of(text, &["5. What?"]), of(&renumbered, &["6. What?"]));
    }

    #[test]
    fn numbers_in_front_of_a_line_are_found() {
        for (line, rest) in [
            ("12. What?", "What?"),
            ("### 12. What?", "What?"),
            ("### Q12: What?", "What?"),
            ("**Question 12:** What?", "What?"),
            ("> - 12) What?", "What?"),
            ("- [12] What?", "What?"),
            ("1.5 is a number", "1.5 is a number"),
            ("1 is a number", "1 is a number"),
            ("What is 12?", "What is 12?"),
            ("", ""),
        ] {
            assert_eq!(line.split_at(number_marker(line)).1.trim_start(), rest, "{line}");
        }
    }

    #[test]
    fn equal_ones_in_one_file_are_told_apart_and_in_two_files_are_not() {
        let repeated = "1. teh?\n2. teh?\n3. teh?\n";
        let prints = of(repeated, &["teh"]);
        assert_eq!(prints.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
        let mut sources = Sources::default();
        let ids = ["a.md", "b.md"].map(|path| sources.add_text(path, "1. teh?\n").unwrap());
        let finding = |id| stamped("some-lint", Finding::new("wrong", sources.get(id).span(3..6), "here"));
        let [first, second] = &fingerprints(&ids.map(finding), &sources)[..] else { panic!("two findings") };
        assert_eq!(first, second);
        assert_eq!(*first, prints[0]);
    }

    #[test]
    fn lints_are_told_apart_and_a_finding_may_have_no_place() {
        let mut sources = Sources::default();
        let id = sources.add_text("deck.md", "1. teh?\n").unwrap();
        let finding = || Finding::new("wrong", sources.get(id).span(3..6), "here");
        let mut nowhere = stamped("some-lint", finding());
        nowhere.labels.clear();
        let findings = [stamped("some-lint", finding()), stamped("other-lint", finding()), nowhere.clone(), nowhere];
        let prints = fingerprints(&findings, &sources);
        assert_eq!(prints.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{prints:?}");
    }

    #[test]
    fn what_stands_far_below_the_start_of_a_label_does_not_count() {
        let text = |end: &str| format!("```js\none\ntwo\nthree\n{end}\n");
        let whole = |text: String| {
            let mut sources = Sources::default();
            let id = sources.add_text("deck.md", text).unwrap();
            let source = sources.get(id);
            let finding = Finding::new("never closed", source.span(0..source.text().len()), "here");
            fingerprints(&[stamped("unclosed-fence", finding)], &sources)
        };
        let far = "x\n".repeat(1000);
        assert_eq!(whole(text(&format!("{far}one"))), whole(text(&format!("{far}other"))));
    }
}

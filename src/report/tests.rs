use std::ops::Range;

use proptest::prelude::*;
use unicode_width::UnicodeWidthChar as _;

use super::*;
use crate::diagnostic::{About, Edit, Finding, Fix, Safety};
use crate::source::{SourceId, Span};

const UNICODE: Look = Look { colour: false, unicode: true, width: 80 };
const ASCII: Look = Look { colour: false, unicode: false, width: 80 };
const NARROW: Look = Look { colour: false, unicode: true, width: 40 };

struct Deck {
    sources: Sources,
    ids: Vec<SourceId>,
}

impl Deck {
    fn new(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::default();
        let ids = files.iter().map(|(path, text)| sources.add_text(path, *text).unwrap()).collect();
        Self { sources, ids }
    }

    fn range(&self, file: usize, range: Range<usize>) -> Span {
        self.sources.get(self.ids[file]).span(range)
    }

    /// Where `what` stands for the `nth` time in a file.
    fn find(&self, file: usize, what: &str, nth: usize) -> Span {
        let text = self.sources.get(self.ids[file]).text();
        let (start, _) = text.match_indices(what).nth(nth).unwrap_or_else(|| panic!("{what:?} is not in {text:?}"));
        self.range(file, start..start + what.len())
    }

    fn render(&self, format: Format, findings: &[Diagnostic], look: &Look) -> String {
        let summary = Summary::new(self.ids.len(), 41, findings);
        let mut out = Vec::new();
        write(&mut out, format, findings, &self.sources, &summary, look).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The sources above what was made of them, so that a snapshot can be judged alone.
    fn picture(&self, findings: &[Diagnostic], look: &Look) -> String {
        let mut picture = String::new();
        for source in self.sources.all() {
            picture += &format!("==== {}\n", source.shown_path());
            if source.line_count() > 40 {
                picture += &format!("{} [{} such lines]\n", source.line_text(1), source.line_count());
                continue;
            }
            for line in 1..=source.line_count() {
                let text = source.line_text(line);
                let length = text.chars().count();
                let cut: String = text.chars().take(60).collect();
                let shown = if length > 200 { format!("{cut} [{length} characters]") } else { text.to_owned() };
                picture += &visible::clean(&shown, true, false);
                picture += "\n";
            }
        }
        picture + "==== drawn\n" + &self.render(Format::Fancy, findings, look)
    }
}

fn stamp(lint: &'static str, level: Level, finding: Finding) -> Diagnostic {
    let Finding { message, labels, help, fix } = finding;
    Diagnostic { lint: lint.into(), level, message, labels, help, fix, gather: None }
}

fn numbered(lines: usize) -> String {
    (1..=lines).map(|line| format!("{line}. what is the use of line {line}?\n")).collect()
}

fn two_places(first: usize, second: usize) -> (Deck, Vec<Diagnostic>) {
    let deck = Deck::new(&[("source/history.md", &numbered(800))]);
    let (first, second) = (format!("\n{first}. "), format!("\n{second}. "));
    let place = |what: &str| {
        let span = deck.find(0, what, 0);
        Span { start: span.start + 1, end: span.end - 1, ..span }
    };
    let finding = Finding::new("the number 52 is given twice", place(&second), "given again")
        .and(place(&first), "given first")
        .help("give the second question a number of its own, for example `801.`")
        .unsafe_fix(vec![Edit { span: place(&second), text: "801.".to_owned() }]);
    let finding = stamp("number-repeat", Level::Deny, finding);
    (deck, vec![finding])
}

fn one(text: &str, what: &str, nth: usize) -> (Deck, Vec<Diagnostic>) {
    let deck = Deck::new(&[("source/deck.md", text)]);
    let finding = Finding::new("this is what is wrong", deck.find(0, what, nth), "here").help("write it otherwise");
    let finding = stamp("some-lint", Level::Warn, finding);
    (deck, vec![finding])
}

fn picture((deck, findings): &(Deck, Vec<Diagnostic>), look: &Look) -> String {
    deck.picture(findings, look)
}

#[test]
fn far_labels_are_two_snippets_and_the_primary_one_is_first() {
    insta::assert_snapshot!(picture(&two_places(52, 715), &UNICODE));
}

#[test]
fn near_labels_share_a_snippet() {
    insta::assert_snapshot!(picture(&two_places(52, 54), &UNICODE));
}

#[test]
fn labels_meet_in_ascii() {
    insta::assert_snapshot!(picture(&two_places(52, 715), &ASCII));
}

#[test]
fn labels_meet_in_forty_columns() {
    insta::assert_snapshot!(picture(&two_places(52, 54), &NARROW));
}

#[test]
fn colour_and_links() {
    let look = Look { colour: true, ..UNICODE };
    insta::assert_snapshot!(
        picture(&two_places(52, 54), &look).replace('\u{1b}', "␛").replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn emoji_with_a_variation_selector() {
    insta::assert_snapshot!(picture(&one("1. 🗃\u{fe0f} 👩🏽\u{200d}🚀 what is teh archive?\n", "teh", 0), &UNICODE));
}

#[test]
fn wide_characters() {
    insta::assert_snapshot!(picture(&one("1. 漢字 は 何 ですか?\n", "何", 0), &UNICODE));
}

#[test]
fn tabs() {
    insta::assert_snapshot!(picture(&one("1.\twhat\tis teh use?\n\t- none\n", "teh", 0), &UNICODE));
}

#[test]
fn controls_do_not_reach_the_terminal() {
    let text = "# fine\n1. a\u{1b}[31mred\u{7f} \u{9b}1m \u{202e}txet teh\u{202c} \u{200b}?\n2. \u{0}\n";
    insta::assert_snapshot!(picture(&one(text, "teh", 0), &UNICODE));
    insta::assert_snapshot!(picture(&one(text, "teh", 0), &ASCII));
}

#[test]
fn what_a_label_points_at_is_shown_even_if_it_takes_no_room() {
    insta::assert_snapshot!(picture(&one("\u{feff}1. 🗃\u{fe0f} what?\n", "\u{fe0f}", 0), &UNICODE));
    insta::assert_snapshot!(picture(&one("\u{feff}1. 🗃\u{fe0f} what?\n", "\u{feff}", 0), &UNICODE));
}

#[test]
fn end_of_file() {
    let deck = Deck::new(&[("source/deck.md", "1. what?\n- that")]);
    let end = Finding::new("the file ends without a line end", deck.range(0, 15..15), "here");
    insta::assert_snapshot!(deck.picture(&[stamp("end", Level::Warn, end)], &UNICODE));
    let deck = Deck::new(&[("source/deck.md", "1. what?\n")]);
    let end = Finding::new("the last question has no answer", deck.range(0, 9..9), "expected an answer here");
    insta::assert_snapshot!(deck.picture(&[stamp("empty-answer", Level::Deny, end)], &UNICODE));
    let deck = Deck::new(&[("source/deck.md", "")]);
    let end = Finding::new("the file is empty", deck.range(0, 0..0), "");
    insta::assert_snapshot!(deck.picture(&[stamp("empty-file", Level::Warn, end)], &UNICODE));
}

#[test]
fn labels_over_several_lines() {
    let text = "1. what?\n- first\n  second\n  third\n\n2. next\n";
    insta::assert_snapshot!(picture(&one(text, "- first\n  second\n  third\n", 0), &UNICODE));
    let long = format!("1. what?\n{}\n2. next\n", "- a line of the answer\n".repeat(20));
    let answer = "- a line of the answer\n".repeat(20);
    insta::assert_snapshot!(picture(&one(&long, &answer, 0), &UNICODE));
}

#[test]
fn a_long_line_is_cut_around_its_label() {
    let words = "so many words ".repeat(180);
    let text = format!("1. what?\n- {words}teh end {words}\n2. next\n");
    insta::assert_snapshot!(picture(&one(&text, "teh", 0), &UNICODE));
    insta::assert_snapshot!(picture(&one(&text, "teh", 0), &NARROW));
    insta::assert_snapshot!(picture(&one(&text, "what", 0), &ASCII));
    let deck = Deck::new(&[("source/deck.md", &text)]);
    let finding =
        Finding::new("both are wrong", deck.find(0, "teh", 0), "the place").and(deck.range(0, 9..10), "start");
    insta::assert_snapshot!(deck.picture(&[stamp("some-lint", Level::Warn, finding)], &UNICODE));
}

#[test]
fn a_label_in_another_file() {
    let deck =
        Deck::new(&[("source/a.md", "1. what is it?\n- this\n"), ("source/b.md", "\n\n7. what is it?\n- that\n")]);
    let finding = Finding::new("the question is asked in two decks", deck.find(1, "what is it?", 0), "asked again")
        .and(deck.find(0, "what is it?", 0), "asked first")
        .help("take one of them out, or tell them apart: `what is it, in chemistry?`");
    let findings = [stamp("question-repeat", Level::Warn, finding)];
    insta::assert_snapshot!(deck.picture(&findings, &UNICODE));
    insta::assert_snapshot!(deck.render(Format::Concise, &findings, &UNICODE));
}

#[test]
fn too_many_labels_are_counted() {
    let deck = Deck::new(&[("source/deck.md", &numbered(30))]);
    let mut finding = Finding::new("the same words ten times", deck.find(0, "what", 9), "once more");
    for nth in 0..9 {
        finding = finding.and(deck.find(0, "what", nth * 3), "here");
    }
    let findings = [stamp("some-lint", Level::Warn, finding)];
    insta::assert_snapshot!(deck.picture(&findings, &UNICODE));
    insta::assert_snapshot!(deck.render(Format::Concise, &findings, &UNICODE));
}

#[test]
fn concise_is_one_line_a_finding() {
    let (deck, mut findings) = two_places(52, 715);
    let message = "an \u{1b}[31mescape\nand a line end";
    let other = Finding::new(message, deck.find(0, "800.", 0), "here");
    findings.push(stamp("control-character", Level::Warn, other));
    insta::assert_snapshot!(deck.render(Format::Concise, &findings, &UNICODE));
    assert_eq!(deck.render(Format::Concise, &findings, &UNICODE).lines().count(), 4);
}

#[test]
fn the_summary_says_what_there_was() {
    let deck = Deck::new(&[("a.md", "1. what?\n"), ("b.md", "")]);
    let clean = "no findings in 2 files (41 notes)\n";
    assert_eq!(deck.render(Format::Fancy, &[], &UNICODE), clean);
    assert_eq!(deck.render(Format::Concise, &[], &UNICODE), clean);
    let finding = stamp("some-lint", Level::Warn, Finding::new("wrong", deck.range(0, 0..1), ""));
    let drawn = deck.render(Format::Concise, &[finding], &UNICODE);
    assert_eq!(drawn, "a.md:1:1: warn[some-lint] wrong\n1 finding in 2 files (41 notes): 1 warn\n");
}

#[test]
fn json_has_its_fixed_shape() {
    let deck = Deck::new(&[("a.md", "# ä\n1. what?\r\n"), ("b.md", "1. what?")]);
    let finding = Finding::new("asked twice", deck.find(0, "what", 0), "again").and(deck.find(1, "what", 0), "first");
    let edit = Edit { span: deck.find(0, "1.", 0), text: "2.".to_owned() };
    let findings = [
        stamp("number-repeat", Level::Deny, finding.help("take one out").safe_fix(About::Numbers, vec![edit])),
        stamp("some-lint", Level::Warn, Finding::new("ends", deck.range(1, 8..8), "")),
    ];
    let text = deck.render(Format::Json, &findings, &UNICODE);
    assert!(text.ends_with("}\n"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "schema_version": 1,
        "findings": [{
            "lint": "number-repeat", "level": "deny", "message": "asked twice", "help": "take one out",
            "url": url("number-repeat"), "path": "a.md",
            "labels": [
                { "primary": true, "message": "again",
                  "start": { "line": 2, "column": 4, "byte": 8 }, "end": { "line": 2, "column": 8, "byte": 12 } },
                { "primary": false, "message": "first", "path": "b.md",
                  "start": { "line": 1, "column": 4, "byte": 3 }, "end": { "line": 1, "column": 8, "byte": 7 } },
            ],
            "fix": { "safety": "safe", "edits": [{ "start": 5, "end": 7, "text": "2." }] },
        }, {
            "lint": "some-lint", "level": "warn", "message": "ends", "help": null,
            "url": null, "path": "b.md",
            "labels": [{ "primary": true, "message": "",
                "start": { "line": 1, "column": 9, "byte": 8 }, "end": { "line": 1, "column": 9, "byte": 8 } }],
            "fix": null,
        }],
        "summary": { "files": 2, "notes": 41, "deny": 1, "warn": 1, "fixable": 1, "safely_fixable": 1 },
    });
    assert_eq!(value, expected);
    let place = |key: &str| text.find(&format!("\"{key}\"")).unwrap();
    let keys =
        ["schema_version", "findings", "lint", "level", "message", "help", "url", "path", "labels", "fix", "summary"];
    assert!(keys.windows(2).all(|pair| place(pair[0]) < place(pair[1])));
}

#[test]
fn a_span_past_the_end_is_held_inside() {
    let (deck, mut findings) = one("1. wer größe?", "öß", 0);
    for (start, end) in [(900, 901), (0, 900), (9, 10), (12, 3)] {
        findings[0].labels[0].span = Span { start, end, ..findings[0].labels[0].span };
        for format in Format::value_variants() {
            deck.render(*format, &findings, &UNICODE);
        }
    }
}

/// Columns under which the carets stand, beside the columns at which the text drawn above them does.
fn carets(text: &str, what: &str) -> (Range<usize>, Range<usize>) {
    let drawn = picture(&one(text, what, 0), &UNICODE);
    let lines: Vec<&str> = drawn.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("   · ") && line.contains('┬')).expect(&drawn);
    let columns = |text: &str| text.chars().map(|it| it.width().unwrap_or(0)).sum::<usize>();
    let (under, above) = (lines[at], lines[at - 1]);
    let (before_carets, _) = under.split_once(['─', '┬']).unwrap();
    let (before_text, _) = above.split_once(what).unwrap();
    let text_columns = columns(before_text)..columns(before_text) + columns(what);
    (columns(before_carets)..columns(under), text_columns)
}

#[test]
fn carets_stand_under_wide_and_marked_text() {
    for (text, what) in [
        ("1. 漢字 は 何 ですか?\n", "何"),
        ("1. 漢字 は 何 ですか?\n", "漢字 は"),
        ("1. 🗃\u{fe0f}\u{fe0f} 👩🏽\u{200d}🚀 teh?\n", "teh"),
        ("1. 🇩🇪 teh?\n", "teh"),
        ("1. cafe\u{301} nai\u{308}ve teh?\n", "teh"),
        ("1. cafe\u{301} teh?\n", "e\u{301}"),
        ("\u{feff}1. teh?\n", "teh"),
        ("1.\ta\tteh?\r\n", "teh"),
    ] {
        let (carets, text_columns) = carets(text, what);
        assert_eq!(carets, text_columns, "{text:?}");
    }
}

#[test]
fn a_label_on_an_accent_points_at_its_letter() {
    let drawn = picture(&one("1. cafe\u{301}?\n", "\u{301}", 0), &UNICODE);
    assert!(drawn.contains("\n   ·       ┬\n"), "{drawn}");
}

fn awkward() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => "[a-z ]{1,12}",
        2 => Just("\n".to_owned()),
        1 => prop::sample::select(vec!["\r\n", "\r", "\t", "\u{feff}", "🗃\u{fe0f}", "👩\u{200d}🚀", "漢", "e\u{301}", "\u{1b}[0m",
            "\u{202e}", "\u{301}\u{301}\u{301}"]).prop_map(str::to_owned),
        1 => ("[a-z]", 1..300_usize).prop_map(|(letter, times)| letter.repeat(times)),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A range of any text: thousandths of its length, moved to where characters start.
fn fraction(text: &str, (from, to): (usize, usize)) -> Range<usize> {
    let at = |thousandths: usize| {
        let most = text.len() * thousandths / 1000;
        (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
    };
    at(from.min(to))..at(from.max(to))
}

proptest! {
    #[test]
    fn any_label_in_any_text_is_drawn(
        texts in (awkward(), awkward()),
        spans in prop::collection::vec((any::<bool>(), (0..=1000_usize, 0..=1000_usize), "[a-z ]{0,50}"), 1..12),
        (width, unicode, colour) in (20..200_usize, any::<bool>(), any::<bool>()),
    ) {
        let deck = Deck::new(&[("a.md", &texts.0), ("b.md", &texts.1)]);
        let labels = spans.into_iter().enumerate().map(|(index, (second, ends, message))| {
            let file = usize::from(second);
            let text = deck.sources.get(deck.ids[file]).text();
            let span = deck.range(file, fraction(text, ends));
            crate::diagnostic::Label { span, message, primary: index == 0 }
        });
        let mut finding = stamp("some-lint", Level::Warn, Finding::new("wrong", deck.range(0, 0..0), ""));
        finding.labels = labels.collect();
        finding.help = Some("do this".to_owned());
        finding.fix = Some(Fix { safety: Safety::Safe, about: About::Source, edits: Vec::new() });
        let place = finding.labels[0].span;
        let position = deck.sources.get(place.source).position(place.start);
        let header = format!("{}:{}:{}", deck.sources.get(place.source).shown_path(), position.line, position.column);
        let findings = [finding];
        let drawn = deck.render(Format::Fancy, &findings, &Look { colour, unicode, width });
        prop_assert!(drawn.contains(&header), "{} is not in {}", header, drawn);
        prop_assert!(!drawn.contains("Failed to read"));
        let harmless = |character: char| character == '\n' || (colour && character == '\u{1b}')
            || visible::manner(character) != visible::Manner::Named;
        prop_assert!(drawn.chars().all(harmless), "{drawn:?}");
        if !colour {
            let first = drawn.lines().find(|line| line.contains(&header)).unwrap_or_default();
            let corner = if unicode { '╭' } else { ',' };
            prop_assert!(first.contains(corner));
            let bar = if unicode { " │ " } else { " | " };
            for (number, line) in drawn.lines().enumerate().filter(|(_, line)| line.contains(bar)) {
                let columns: usize = line.chars().map(|it| it.width().unwrap_or(0)).sum();
                let most = width.max(16 + 7 + 12 + 3);
                let is_source = line.trim_start().starts_with(|first: char| first.is_ascii_digit());
                prop_assert!(!is_source || columns <= most, "line {} is {} wide: {}", number, columns, drawn);
            }
        }
    }
}

/// A finding with more places in another file, a fix, and whatever must be escaped.
fn for_programs() -> (Deck, Vec<Diagnostic>) {
    let deck = Deck::new(&[
        ("source/a, b.md", "# Deck\n1. What is [100%](x)?\n2. What is the heap?\n"),
        ("source/ü.md", "1. What is [100%](x)?\n"),
    ]);
    let twice = Finding::new("`What is [100%](x)?` is asked twice", deck.find(1, "What is [100%](x)?", 0), "again")
        .and(deck.find(0, "What is [100%](x)?", 0), "[here] first")
        .and(deck.range(0, 0..6), "")
        .help("delete one of them:\neither")
        .unsafe_fix(vec![Edit { span: deck.range(1, 0..21), text: "<b>\"&".to_owned() }]);
    let own = Finding::new("a \u{1b}[31mred word", deck.find(0, "heap", 0), "");
    let findings = vec![stamp("duplicate-question", Level::Deny, twice), stamp("our-words", Level::Warn, own)];
    (deck, findings)
}

/// The sources above a report.
fn report_picture(format: Format) -> String {
    let (deck, findings) = for_programs();
    let mut picture = String::new();
    for source in deck.sources.all() {
        picture += &format!("==== {}\n{}", source.shown_path(), source.text());
    }
    picture + "==== report\n" + &deck.render(format, &findings, &UNICODE)
}

#[test]
fn github_is_a_command_a_finding() {
    insta::assert_snapshot!(report_picture(Format::Github));
}

#[test]
fn gitlab_is_a_list() {
    insta::assert_snapshot!(report_picture(Format::Gitlab));
}

#[test]
fn junit_is_a_suite_a_file() {
    insta::assert_snapshot!(report_picture(Format::Junit));
}

#[test]
fn sarif_has_results_that_link_to_other_places() {
    let picture = report_picture(Format::Sarif);
    let (before, log) = picture.split_once("==== report\n").unwrap();
    let mut log: serde_json::Value = serde_json::from_str(log).unwrap();
    // All others are of the catalogue, whose pages change.
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    assert_eq!(rules.len(), lints::CATALOGUE.len() + 1);
    rules.drain(..lints::CATALOGUE.len());
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        let index = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
        let is_own = result["ruleId"] == "our-words";
        assert_eq!(index == lints::CATALOGUE.len(), is_own, "{index}");
    }
    let log = serde_json::to_string_pretty(&log).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(format!("{before}==== report\n{log}\n"));
}

#[test]
fn statistics_count_the_findings_of_each_lint() {
    let deck = Deck::new(&[("a.md", "1. what?\n")]);
    let finding = || Finding::new("wrong", deck.range(0, 0..1), "");
    let fixed = || finding().safe_fix(About::Source, Vec::new());
    let findings = [
        stamp("rare", Level::Deny, finding()),
        stamp("frequent", Level::Warn, fixed()),
        stamp("frequent", Level::Warn, finding()),
        stamp("frequent", Level::Deny, fixed()),
        stamp("usual", Level::Warn, fixed()),
    ];
    let summary = Summary::new(1, 1, &findings);
    let written = |format| {
        let mut out = Vec::new();
        write_statistics(&mut out, format, &findings, &summary, &UNICODE).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        written(Format::Concise),
        "2  warn  frequent  1 fixable\n1  deny  frequent  fixable\n1  deny  rare\n1  warn  usual     fixable\n\
         5 findings in 1 file (1 note): 2 deny, 3 warn\n3 fixable with `--fix`\n"
    );
    let value: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
    let expected = serde_json::json!({
        "schema_version": 1,
        "statistics": [
            { "lint": "frequent", "level": "warn", "findings": 2, "fixable": 1 },
            { "lint": "frequent", "level": "deny", "findings": 1, "fixable": 1 },
            { "lint": "rare", "level": "deny", "findings": 1, "fixable": 0 },
            { "lint": "usual", "level": "warn", "findings": 1, "fixable": 1 },
        ],
        "summary": { "files": 1, "notes": 1, "deny": 2, "warn": 3, "fixable": 3, "safely_fixable": 3 },
    });
    assert_eq!(value, expected);
}

//! What the number lints say about series of numbers: one finding for each cause, and none where nothing is wrong.

use std::fmt::Write as _;

use deckc::check;
use deckc::identity::known::IdentityFaults;
use deckc::parsed::Parsed;
use deckc::settings::Given;
use deckc::source::Sources;

/// The messages for a deck with these numbers, a section for each slice.
fn messages(sections: &[&[u64]]) -> Vec<String> {
    let mut text = "# Deck\n".to_owned();
    let mut count = 0;
    for (section, numbers) in sections.iter().enumerate() {
        if sections.len() > 1 {
            writeln!(text, "\n## Part {}", "abcdefgh".chars().nth(section).unwrap_or('z')).unwrap_or_default();
        }
        for number in *numbers {
            count += 1;
            let name: String = format!("{count}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            let level = if sections.len() > 1 { "###" } else { "##" };
            writeln!(text, "\n{level} {number}. What is x{name}?\n\nIt is y{name}.").unwrap_or_default();
        }
    }
    let mut sources = Sources::default();
    let _ = sources.add_text("deck.md", text);
    let files: Vec<Parsed> = sources.all().iter().map(|source| Parsed::new(source, &Given::default())).collect();
    let notes: usize = files.iter().map(|file| file.deck.notes.len()).sum();
    assert_eq!(notes, count, "not every question is a note");
    check::check(&sources, &files, &IdentityFaults::default())
        .into_iter()
        .map(|diagnostic| format!("{}: {}", diagnostic.lint.trim_start_matches("number-"), diagnostic.message))
        .collect()
}

type Row<'a> = (&'a [&'a [u64]], &'a [&'a str]);

#[test]
fn each_cause_is_found_once() {
    let rows: &[Row<'_>] = &[
        // Gaps.
        (&[&[1, 2, 4, 5]], &["gap: 3 is missing before 4"]),
        (&[&[1, 2, 7]], &["gap: 3 to 6 are missing before 7"]),
        (&[&[2, 3, 4]], &["gap: 1 is missing before 2"]),
        (&[&[3, 4, 5]], &["gap: 1 and 2 are missing before 3"]),
        (&[&[2, 3, 4], &[1, 2, 3]], &["gap: 1 is missing before 2"]),
        (&[&[1, 2, 3], &[2, 3, 4]], &["gap: 1 is missing before 2"]),
        (&[&[1, 2, 3, 4], &[3, 4, 5]], &["gap: 1 and 2 are missing before 3"]),
        (&[&[1, 1], &[2, 3], &[4, 5]], &["repeat: number 1 stands twice"]),
        // Order.
        (&[&[2, 1, 3, 4]], &["order: 2 stands before 1"]),
        (&[&[1, 3, 2, 4]], &["order: 3 stands before 2"]),
        (&[&[1, 2, 4, 3]], &["order: 4 stands before 3"]),
        (&[&[11, 2, 3, 4]], &["order: 11 stands where 1 is expected"]),
        (&[&[1, 2, 4, 5, 3, 6]], &["order: 3 stands behind 4"]),
        (&[&[1, 2, 4, 5, 3]], &["order: 3 stands behind 4"]),
        (&[&[1, 5, 2, 3, 4, 6]], &["order: 5 stands before 4"]),
        (&[&[1, 2, 5, 6, 3, 4, 7]], &["order: 3 stands behind 5"]),
        (&[&[2, 3, 4, 1]], &["order: 1 stands behind 2"]),
        (&[&[27, 82, 29]], &["order: 82 stands where 28 is expected"]),
        (&[&[990, 91, 992]], &["order: 91 stands where 991 is expected"]),
        (&[&[1, 2, 30, 31, 5, 6]], &["order: 30 stands where 3 is expected"]),
        (&[&[1, 2, 3, 77, 4, 5]], &["order: 77 stands where 4 is expected"]),
        (&[&[1, 5, 3, 4, 2, 6]], &["order: 5 stands where 2 is expected", "order: 2 stands where 5 is expected"]),
        // Repeats.
        (&[&[1, 2, 2, 3]], &["repeat: number 2 stands twice"]),
        (&[&[1, 1, 3]], &["repeat: number 1 stands twice"]),
        (&[&[1, 2, 1, 4]], &["repeat: number 1 stands twice"]),
        (&[&[1, 2, 3, 4, 5, 3, 4, 5, 6, 7]], &["repeat: number 3 stands twice"]),
        (&[&[1, 2, 3], &[3, 4, 5]], &["repeat: number 3 stands twice"]),
        (&[&[1, 2, 3], &[2]], &["repeat: number 2 stands twice"]),
        // Two causes.
        (&[&[1, 2, 2, 5]], &["repeat: number 2 stands twice", "gap: 4 is missing before 5"]),
        (&[&[1, 3, 4, 4, 5]], &["gap: 2 is missing before 3", "repeat: number 4 stands twice"]),
    ];
    for (numbers, expected) in rows {
        assert_eq!(messages(numbers), *expected, "{numbers:?}");
    }
}

#[test]
fn a_series_may_begin_anywhere_and_again() {
    let rows: &[&[&[u64]]] = &[
        &[&[1, 2, 3]],
        &[&[0, 1, 2]],
        &[&[7, 8, 9]],
        &[&[4, 5], &[1, 2]],
        &[&[1, 2, 3], &[4, 5, 6]],
        &[&[1, 2, 3], &[1, 2]],
        &[&[1], &[1], &[1, 2]],
        &[&[1, 2, 3, 1, 2, 3]],
        &[&[20, 21, 22], &[10, 11]],
        // Lazy numbers: CommonMark counts by itself.
        &[&[1, 1]],
        &[&[1, 1, 1, 1]],
        &[&[5, 5, 5]],
        &[&[1, 1, 1], &[1, 1, 1]],
        &[&[1, 2, 3], &[1, 1, 1], &[4, 5]],
        &[&[1, 2, 3, 1, 1, 1, 1]],
        &[&[u64::MAX - 1, u64::MAX]],
    ];
    for numbers in rows {
        assert_eq!(messages(numbers), Vec::<String>::new(), "{numbers:?}");
    }
}

#[test]
fn a_long_series_takes_no_longer_than_its_length() {
    let mut numbers: Vec<u64> = (1..=6000).rev().collect();
    numbers.extend(1..=6000);
    let started = std::time::Instant::now();
    assert!(messages(&[&numbers]).len() <= 4);
    assert!(started.elapsed().as_secs() < 60);
}

//! How long it takes to find the notes of the last build again, per note, for three sizes of a project: what grows in
//! the last column from row to row does not grow in step with the notes.
//!
//! `cargo bench --bench identity`
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench prints, and may panic")]

use std::hint::black_box;
use std::time::Instant;

use deckc::identity::follow::{Seen, follow};
use deckc::identity::lock::{Entry, Lock, ReadLock};
use deckc::identity::question_key_of;
use deckc::identity::sketch::Sketch;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const SUBJECTS: [&str; 10] =
    ["cache", "stream", "socket", "thread", "parser", "index", "queue", "proxy", "buffer", "cursor"];
const VERBS: [&str; 10] =
    ["open", "close", "limit", "measure", "share", "retry", "encrypt", "merge", "order", "restart"];

/// A question and an answer, the same for the same number.
fn note(number: usize) -> (String, String) {
    let word = |from: &[&'static str; 10], at: usize| from.get(at % 10).copied().unwrap_or_default();
    let (subject, verb) = (word(&SUBJECTS, number / 7), word(&VERBS, number));
    let question = format!("How do you {verb} the {subject} of shard {number}?");
    let answer: String = (0..12)
        .map(|step| {
            let at = number.wrapping_mul(31).wrapping_add(step * 17);
            format!("Step {step}: {} the {} with key k{at}, then wait. ", word(&VERBS, at), word(&SUBJECTS, at / 3))
        })
        .collect();
    (question, answer)
}

fn entry(number: usize) -> Entry {
    let (question, answer) = note(number);
    Entry {
        guid: format!("guid{number:08}"),
        pin: None,
        source: format!("source/{}.md", number / 500).into(),
        deck: format!("{}", number / 500).into(),
        section: format!("Part {}", number / 50).into(),
        number: u64::try_from(number % 50 + 1).ok(),
        question: question.into(),
        code: None,
        answer: Sketch::of(&answer),
        content: "0123456789abcdef0123456789abcdef".into(),
        ids: vec![1_500_000_000_000].into(),
        modified: 1_767_225_600,
        is_cloze: false,
        retired: None,
    }
}

/// What was done to the notes of a project since its last build.
#[derive(Clone, Copy)]
enum Edit {
    Nothing,
    OneInAHundred,
    AllReworded,
    AllRewordedAndEdited,
    AllReplaced,
}

impl Edit {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Nothing, "nothing"),
        (Self::OneInAHundred, "one question in a hundred reworded"),
        (Self::AllReworded, "all questions reworded"),
        (Self::AllRewordedAndEdited, "all questions reworded, all answers edited"),
        (Self::AllReplaced, "all notes replaced"),
    ];

    fn of(self, number: usize, size: usize) -> (String, String) {
        let (question, answer) = note(number);
        let reworded = question.replace("How do you", "What is the way to");
        match self {
            Self::OneInAHundred if number.is_multiple_of(100) => (reworded, answer),
            Self::Nothing | Self::OneInAHundred => (question, answer),
            Self::AllReworded => (reworded, answer),
            Self::AllRewordedAndEdited => (reworded, answer.replace("Step 3", "And then 3") + "That is all."),
            Self::AllReplaced => note(number + size),
        }
    }
}

fn main() {
    println!("{:44} {:>8} {:>10} {:>10} {:>8}", "", "notes", "seconds", "us a note", "found");
    for size in SIZES {
        let entries: Vec<Entry> = (0..size).map(entry).collect();
        let lock = Lock { entries, style: None };
        for (edit, name) in Edit::ALL {
            follow_once(&lock, edit, name, size);
        }
        let started = Instant::now();
        let text = lock.text();
        line("writing the lock", size, started, text.len());
        let started = Instant::now();
        let read = ReadLock::parse(&text).expect("a lock that was just written");
        line("reading the lock", size, started, read.lock.entries.len());
    }
}

fn follow_once(lock: &Lock, edit: Edit, name: &str, size: usize) {
    let notes: Vec<(String, String)> = (0..size).map(|number| edit.of(number, size)).collect();
    let started = Instant::now();
    let seen: Vec<Seen<'_>> = lock
        .entries
        .iter()
        .zip(&notes)
        .map(|(entry, (question, _))| Seen {
            pin: None,
            source: &entry.source,
            section: &entry.section,
            number: entry.number,
            question,
            key: question_key_of(question, false).into(),
            code: None,
            is_cloze: false,
        })
        .collect();
    let sketch = |note: usize| notes.get(note).map(|(_, answer)| Sketch::of(answer));
    let followed = black_box(follow(&lock.entries, &seen, &sketch));
    let right = (0..).zip(&followed.entries).filter(|(note, entry)| **entry == Some(*note)).count();
    line(name, size, started, right);
}

fn line(name: &str, size: usize, started: Instant, found: usize) {
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a hundred thousand at most")]
    let each = seconds * 1e6 / size as f64;
    println!("{name:44} {size:>8} {seconds:>10.3} {each:>10.2} {found:>8}");
}

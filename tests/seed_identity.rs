//! The project's own example through heavy edits: each note stays the same note. Where the example is not at hand these
//! tests say so and pass.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may panic, keeps files of its own, and says what it skips"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A copy of the example in a project of its own, built once.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Option<Self> {
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/nodejs-interview.md");
        let Ok(text) = std::fs::read_to_string(&seed) else {
            eprintln!("skipped: {} is not here", seed.display());
            return None;
        };
        let project = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(project.folder.path().join("source")).expect("a folder");
        project.write(&text);
        project.build();
        Some(project)
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("source/interview.md")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.source()).expect("the source")
    }

    fn write(&self, text: &str) {
        std::fs::write(self.source(), text).expect("the source is written");
    }

    fn deckc(&self, arguments: &[&str]) -> String {
        let command = Command::new(env!("CARGO_BIN_EXE_deckc"))
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("deckc runs");
        let said = String::from_utf8_lossy(&command.stdout).into_owned();
        assert!(command.status.success(), "{said}{}", String::from_utf8_lossy(&command.stderr));
        said
    }

    fn build(&self) -> String {
        self.deckc(&["build", "--formats", "json"])
    }

    fn notes(&self) -> Vec<Value> {
        let json: Value = serde_json::from_str(&self.deckc(&["inspect", "--format", "json"])).expect("JSON");
        json["files"][0]["notes"].as_array().expect("notes").clone()
    }

    fn guids(&self) -> BTreeSet<String> {
        self.notes().iter().map(|note| note["id"].as_str().expect("an id").to_owned()).collect()
    }

    fn diff(&self) -> Value {
        serde_json::from_str(&self.deckc(&["diff", "--format", "json"])).expect("JSON")
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// The example taken apart: the line of each question in the lists, and the lines of its answer.
struct Apart {
    lines: Vec<String>,
    /// 0-based line of each listed question.
    listed: Vec<usize>,
    /// 0-based first line of each answer, and one past its last; in the order of the questions.
    answers: Vec<(usize, usize)>,
}

impl Apart {
    fn new(project: &Project) -> Self {
        let lines = project.text().lines().map(str::to_owned).collect();
        let notes = project.notes();
        let number = |value: &Value| usize::try_from(value.as_u64().expect("a line")).expect("a small file");
        let listed = notes.iter().map(|note| number(&note["question_line"]) - 1).collect();
        let answer = |note: &Value| (number(&note["answer_lines"][0]) - 1, number(&note["answer_lines"][1]));
        Self { lines, listed, answers: notes.iter().map(answer).collect() }
    }

    /// The question in a line of the lists: behind its number, without marks.
    fn question(&self, note: usize) -> String {
        let line = &self.lines[self.listed[note]];
        line.split_once(". ").expect("a number").1.replace("**", "").trim().to_owned()
    }

    fn answer(&self, note: usize) -> Vec<String> {
        let (first, end) = self.answers[note];
        self.lines[first + 1..end].to_vec()
    }

    /// A file of the same form with these questions and answers in this order, the lists numbered anew.
    fn put_together(&self, notes: &[(String, Vec<String>)]) -> String {
        let mut lines = self.lines.clone();
        let mut number = 0;
        for (at, (question, _)) in self.listed.iter().zip(notes) {
            number = if *at > 0 && self.listed.contains(&(at - 1)) { number + 1 } else { 1 };
            lines[*at] = format!("{number}. **{question}**");
        }
        // The answer at the end of the file has headings of the level of the sections, so it stays at the end.
        let mut places: Vec<usize> = (0..self.answers.len()).collect();
        places.sort_by_key(|&place| std::cmp::Reverse(self.answers[place].0));
        let deep = |answer: &[String]| answer.iter().any(|line| line.starts_with("## "));
        let mut order: Vec<usize> = (0..notes.len()).collect();
        order.sort_by_key(|&note| !deep(&notes[note].1));
        for (place, note) in places.into_iter().zip(order) {
            let ((first, end), (question, answer)) = (self.answers[place], &notes[note]);
            let level = if deep(answer) { "##" } else { "###" };
            let heading = format!("{level} {question}");
            lines.splice(first..end, std::iter::once(heading).chain(answer.iter().cloned()));
        }
        lines.join("\n") + "\n"
    }

    fn notes(&self) -> Vec<(String, Vec<String>)> {
        (0..self.listed.len()).map(|note| (self.question(note), self.answer(note))).collect()
    }
}

/// The same question in other words.
fn reworded(question: &str) -> String {
    let begins = [
        ("How would you", "In what way do you"),
        ("How do you", "Which way would you go to"),
        ("What are", "Can you name"),
        ("What is", "Please tell me about"),
        ("Explain", "Describe in your own words"),
        ("When should you", "In which cases do you"),
        ("What", "Which"),
        ("How", "By what means"),
    ];
    let begin = begins.iter().find(|(begin, _)| question.starts_with(begin));
    let rest = begin.map_or(question, |(begin, _)| question.strip_prefix(begin).unwrap_or(question));
    format!("{}{}", begin.map_or("So: ", |(_, other)| other), rest.replace("application", "program"))
}

#[test]
fn shuffled_and_reworded_all_41_stay() {
    let Some(project) = Project::new() else { return };
    let before = project.guids();
    assert_eq!(before.len(), 41);
    let apart = Apart::new(&project);
    for seed in 1..=5 {
        let mut dice = Dice(seed);
        let mut notes = apart.notes();
        let guid_of: BTreeMap<Vec<String>, String> = {
            let guids = project.notes();
            let answers = (0..41).map(|note| apart.answer(note));
            answers.zip(guids.iter().map(|note| note["id"].as_str().expect("an id").to_owned())).collect()
        };
        dice.shuffle(&mut notes);
        for note in notes.iter_mut().take(10) {
            note.0 = reworded(&note.0);
        }
        dice.shuffle(&mut notes);
        let original = project.text();
        project.write(&apart.put_together(&notes));
        let found = project.notes();
        for (note, (question, answer)) in found.iter().zip(&notes) {
            assert_eq!(note["id"].as_str(), Some(guid_of[answer].as_str()), "{question}, shuffled with {seed}");
        }
        assert_eq!(project.guids(), before);
        let said = project.build();
        assert!(!said.contains("gone") && !said.contains("new"), "{said}");
        project.write(&original);
        project.build();
    }
}

#[test]
fn five_replaced_are_five_new_and_five_gone() {
    let Some(project) = Project::new() else { return };
    let before = project.guids();
    let apart = Apart::new(&project);
    let mut notes = apart.notes();
    let others = [
        (
            "What does a WeakMap do for its keys?",
            "It holds its keys weakly, so that an entry goes when nobody else has the key.",
        ),
        (
            "Which module runs tests without any package?",
            "The built-in test runner, since it was declared stable in version 20.",
        ),
        (
            "How large may an ArrayBuffer be?",
            "About eight gigabytes on machines of 64 bits, less where memory is short.",
        ),
        (
            "Why do generators pause?",
            "They keep their frame at each yield and go on from there when somebody asks for more.",
        ),
        (
            "Who decides what a package exports?",
            "The exports field of its manifest; paths that it does not name can't be imported.",
        ),
    ];
    for (at, (question, answer)) in (3..).step_by(8).zip(others) {
        notes[at] = (question.to_owned(), vec![String::new(), answer.to_owned(), String::new()]);
    }
    project.write(&apart.put_together(&notes));
    let after = project.guids();
    assert_eq!((after.difference(&before).count(), before.difference(&after).count()), (5, 5));
    let diff = project.diff();
    let count = |kind: &str| diff[kind].as_array().map(Vec::len);
    assert_eq!((count("new"), count("retired"), count("changed")), (Some(5), Some(5), Some(0)));
    let said = project.build();
    assert!(said.contains("5 notes new, 5 gone"), "{said}");
}

/// Every question in other words, and every answer edited, at once. One answer is so short that the words put in make it
/// another one.
#[test]
fn all_reworded_and_all_answers_edited_stay() {
    let Some(project) = Project::new() else { return };
    let before = project.guids();
    let apart = Apart::new(&project);
    let mut notes = apart.notes();
    for (question, answer) in &mut notes {
        *question = reworded(question);
        answer.extend(["A sentence that was added in the end.".to_owned(), String::new()]);
    }
    project.write(&apart.put_together(&notes));
    let lost = before.difference(&project.guids()).count();
    assert!(lost <= 1, "{lost} of 41 notes were lost");
}

//! What a learner keeps when a deck is edited, built again and imported again: each fact is told by the real Anki, of
//! packages that the binary built.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests say what they expect, and make files of their own"
)]

#[path = "support/anki.rs"]
mod anki;
#[path = "support/home.rs"]
mod home;
#[path = "support/png.rs"]
mod png;
#[path = "support/reimport.rs"]
mod reimport;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anki::{Finished, Log, log};
use home::{Home, Ran};
use png::png;
use reimport::{Held, Learner, Reimported, reimport};

/// Questions that are headings.
const STREAMS: &str = "source/streams.md";
/// Questions in a list, answered further down.
const LOOP: &str = "source/loop.md";
const NOTES: usize = 12;

const LEARNER: Learner = Learner { reviews: (5, 3), tag: None, edit: None };

/// A project that is edited and built, over and over.
struct Course {
    home: Home,
    /// The packages of each build.
    builds: Vec<Vec<PathBuf>>,
}

impl Course {
    /// The first build.
    fn new() -> Self {
        let home = Home::with(STREAMS, include_str!("history/streams.md"));
        home.add(LOOP, include_str!("history/loop.md"));
        let mut course = Self { home, builds: Vec::new() };
        course.build();
        course
    }

    /// Builds everything, and puts the packages where the next build does not touch them.
    fn build(&mut self) -> Ran {
        let ran = self.home.deckc(&["build"]);
        ran.is_clean();
        self.keep();
        ran
    }

    fn keep(&mut self) {
        let folder = self.home.path(&format!("builds/{}", self.builds.len() + 1));
        fs::create_dir_all(&folder).unwrap();
        let mut packages = Vec::new();
        for name in self.home.files().into_keys().filter(|name| name.starts_with("out/") && name.ends_with(".apkg")) {
            let package = folder.join(Path::new(&name).file_name().unwrap());
            fs::rename(self.home.path(&name), &package).unwrap();
            packages.push(package);
        }
        self.builds.push(packages);
    }

    /// Puts other words into a file, wherever the old ones stand.
    #[track_caller]
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.home.read(path);
        assert!(text.contains(old), "{old:?} is not in {path}");
        self.home.add(path, text.replace(old, new));
    }

    /// Takes a heading and what stands below it out of a file.
    fn cut(&self, path: &str, heading: &str) -> String {
        let text = self.home.read(path);
        let (before, rest) = text.split_once(&format!("### {heading}\n")).unwrap();
        let (body, after) =
            rest.split_once("\n#").map_or((rest, String::new()), |(body, after)| (body, format!("#{after}")));
        self.home.add(path, format!("{before}{after}"));
        format!("### {heading}\n{body}\n")
    }

    /// All edits, built and imported over what the learner has.
    fn imported(&mut self) -> Option<Reimported> {
        self.build();
        reimport(&self.builds, &LEARNER, &[])
    }

    /// Guids of a deck in the order of its source, as JSON tells them.
    fn source_order(&self, deck: &str) -> Vec<String> {
        let json: serde_json::Value = serde_json::from_str(&self.home.read(&format!("out/{deck}.json"))).unwrap();
        json["notes"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned()).collect()
    }

    fn guid(&self, deck: &str, question: &str) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.home.read(&format!("out/{deck}.json"))).unwrap();
        let asks = |note: &&serde_json::Value| note["question"]["text"] == question;
        json["notes"].as_array().unwrap().iter().find(asks).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// New cards come as their questions stand in the sources, those of later builds in their places.
    #[track_caller]
    fn is_studied_in_source_order(&self, imported: &Reimported) {
        let order = &imported.after(self.builds.len() - 1).study_order;
        let expected: Vec<String> = [self.source_order("loop"), self.source_order("streams")].concat();
        assert!(order.len() > 2, "{order:?}");
        assert_eq!(*order, expected.into_iter().filter(|guid| order.contains(guid)).collect::<Vec<_>>());
    }
}

/// What Anki says of an import in which all other notes are as they were.
fn log_of(counts: &[(&str, usize)], duplicate: usize) -> Log {
    counts.iter().map(|&(name, count)| (name.to_owned(), count)).chain([("duplicate".to_owned(), duplicate)]).collect()
}

#[test]
fn the_same_sources_elsewhere_and_on_another_day_are_the_same_packages() {
    let mut here = Course::new();
    let there = Course { home: Home::new(), builds: Vec::new() };
    for path in [STREAMS, LOOP, "deckc.lock"] {
        there.home.add(path, here.home.read(path));
    }
    for (threads, zone, day) in [("1", "Pacific/Kiritimati", "1767300000"), ("8", "America/Adak", "1000000000")] {
        let mut command = there.home.command();
        command.args(["build"]).env("RAYON_NUM_THREADS", threads).env("TZ", zone).env("SOURCE_DATE_EPOCH", day);
        Ran::of(&mut command).is_clean();
        for package in &here.builds[0] {
            let name = format!("out/{}", package.file_name().unwrap().display());
            assert!(fs::read(package).unwrap() == fs::read(there.home.path(&name)).unwrap(), "{name}");
            fs::remove_file(there.home.path(&name)).unwrap();
        }
        assert_eq!(there.home.read("deckc.lock"), here.home.read("deckc.lock"));
    }
    let Some(imported) = here.imported() else { return };
    assert_eq!(imported.after(1).log, log("duplicate", NOTES));
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn an_edited_answer_reaches_the_note_that_was_reviewed() {
    let mut course = Course::new();
    course.edit(LOOP, "One thread that takes", "A single thread that takes");
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("updated", 1)], NOTES - 1));
    let note = &imported.after(1).notes[&course.guid("loop", "What is the event loop?")];
    assert!(note.answer.starts_with("<p>A single thread that takes"), "{}", note.answer);
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

/// Edits that leave one note the same note; `question` is what it asks then.
#[track_caller]
fn one_note_is_updated(deck: &str, path: &str, edits: &[(&str, &str)], question: &str) {
    let mut course = Course::new();
    for (old, new) in edits {
        course.edit(path, old, new);
    }
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("updated", 1)], NOTES - 1));
    let guid = course.guid(deck, question);
    assert_eq!(imported.after(1).notes[&guid].question, question);
    assert!(imported.was_reviewed(&guid));
    imported.reviews_are_kept();
}

#[test]
fn a_word_spelled_otherwise_makes_no_other_note() {
    let question = "How do you handle back-pressure?";
    one_note_is_updated("streams", STREAMS, &[("handle backpressure", "handle back-pressure")], question);
}

#[test]
fn a_question_put_more_politely_makes_no_other_note() {
    let question = "How would you handle backpressure?";
    one_note_is_updated("streams", STREAMS, &[("How do you handle", "How would you handle")], question);
}

#[test]
fn question_and_answer_mildly_edited_make_no_other_note() {
    let edits = [("How do you handle", "How do you deal with"), ("stop until", "wait until")];
    one_note_is_updated("streams", STREAMS, &edits, "How do you deal with backpressure?");
}

#[test]
fn a_listed_question_reworded_makes_no_other_note() {
    let edits = [("What blocks the loop?", "What would block the event loop?")];
    one_note_is_updated("loop", LOOP, &edits, "What would block the event loop?");
}

#[test]
fn a_note_put_first_renumbers_the_others_and_leaves_them_alone() {
    let mut course = Course::new();
    for number in (1..=5).rev() {
        course.edit(LOOP, &format!("\n{number}. "), &format!("\n{}. ", number + 1));
        course.edit(LOOP, &format!("### {number}. "), &format!("### {}. ", number + 1));
    }
    course.edit(LOOP, "\n2. What is", "\n1. Who turns the wheel?\n2. What is");
    course.edit(LOOP, "### 2.", "### 1. Who turns the wheel?\n\nA library in C, below the engine.\n\n### 2.");
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("new", 1)], NOTES));
    assert_eq!(imported.after(1).study_order[0], course.guid("loop", "Who turns the wheel?"));
    course.is_studied_in_source_order(&imported);
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_note_put_in_the_middle_is_studied_there() {
    let mut course = Course::new();
    let added =
        "### Who may read a stream twice?\n\nNobody: what was handed on is gone, so it has to be kept aside.\n\n";
    course.edit(STREAMS, "### Which error", &format!("{added}### Which error"));
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("new", 1)], NOTES));
    assert!(imported.after(1).study_order.contains(&course.guid("streams", "Who may read a stream twice?")));
    course.is_studied_in_source_order(&imported);
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn notes_in_another_order_are_the_same_notes() {
    let mut course = Course::new();
    let questions = ["What is a stream?", "How do you handle backpressure?", "What is a transform stream?"];
    let cut: Vec<String> = questions.iter().map(|question| course.cut(STREAMS, question)).collect();
    let reversed: String = cut.into_iter().rev().collect();
    course.edit(STREAMS, "## Files", &format!("{reversed}## Files"));
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log("duplicate", NOTES));
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_note_moved_to_another_section_is_the_same_note() {
    let mut course = Course::new();
    let cut = course.cut(STREAMS, "What is a stream?");
    course.edit(STREAMS, "## Files\n\n", &format!("## Files\n\n{cut}"));
    let Some(imported) = course.imported() else { return };
    // The section is shown on the card.
    assert_eq!(imported.after(1).log, log_of(&[("updated", 1)], NOTES - 1));
    assert_eq!(imported.after(1).notes[&course.guid("streams", "What is a stream?")].section, "Files");
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_note_moved_to_another_file_is_the_same_note() {
    let mut course = Course::new();
    let cut = course.cut(STREAMS, "What is a stream?");
    course.home.add("source/words.md", format!("---\ndeck: Node::Words\n---\n\n# Words\n\n{cut}"));
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("updated", 1)], NOTES - 1));
    assert_eq!(imported.after(1).notes[&course.guid("words", "What is a stream?")].section, "Words");
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_deck_file_with_another_name_holds_the_same_notes() {
    let mut course = Course::new();
    course.edit(STREAMS, "---\ndeck: Node::Streams\n---\n\n", "");
    course.build();
    // Its name is now that of the file.
    fs::rename(course.home.path(STREAMS), course.home.path("source/flows.md")).unwrap();
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log("duplicate", NOTES));
    assert_eq!(imported.after(2).log, log("duplicate", NOTES));
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_deleted_note_stays_with_its_reviews_and_the_search_finds_it() {
    let mut course = Course::new();
    let gone = course.guid("streams", "What is a stream?");
    course.cut(STREAMS, "What is a stream?");
    let said = course.build().stdout;
    assert!(said.contains("deckc.lock: 1 note gone\n"), "{said}");
    let search = said.lines().map(str::trim).find(|line| line.starts_with("nid:")).unwrap();
    let Some(imported) = reimport(&course.builds, &LEARNER, &[search.to_owned()]) else { return };
    assert_eq!(imported.after(1).log, log("duplicate", NOTES - 1));
    assert!(imported.was_reviewed(&gone));
    assert_eq!(imported.found, [[gone]]);
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_note_that_comes_back_is_the_one_that_went() {
    let mut course = Course::new();
    let cut = course.cut(STREAMS, "What is a stream?");
    course.build();
    course.edit(STREAMS, "## Basics\n\n", &format!("## Basics\n\n{cut}"));
    assert!(course.build().stdout.contains("deckc.lock: 1 note back\n"));
    let Some(imported) = reimport(&course.builds, &LEARNER, &[]) else { return };
    assert_eq!(imported.after(1).log, log("duplicate", NOTES - 1));
    assert_eq!(imported.after(2).log, log("duplicate", NOTES));
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

#[test]
fn a_question_replaced_by_another_is_another_note() {
    let mut course = Course::new();
    let old = course.guid("streams", "What is a stream?");
    course.cut(STREAMS, "What is a stream?");
    let other =
        "### Why are buffers pooled?\n\nSmall ones are sliced from one block, so that allocation stays cheap.\n\n";
    course.edit(STREAMS, "## Basics\n\n", &format!("## Basics\n\n{other}"));
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("new", 1)], NOTES - 1));
    assert!(imported.was_reviewed(&old));
    assert!(imported.after(1).notes[&old].answer.contains("A sequence of chunks"));
    course.is_studied_in_source_order(&imported);
    imported.reviews_are_kept();
    imported.questions_are_kept();
}

/// The same Markdown, and another picture under the old name.
#[test]
fn a_changed_picture_reaches_the_learner() {
    let mut course = Course::new();
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    course.home.add("source/chart.png", png(1));
    course.edit(STREAMS, "A sequence of chunks", "![](chart.png) A sequence of chunks");
    course.builds.clear();
    course.build();
    course.home.add("source/chart.png", png(2));
    let Some(imported) = course.imported() else { return };
    assert_eq!(imported.after(1).log, log_of(&[("updated", 1)], NOTES - 1));
    let (before, after) = (imported.learned(), imported.after(1));
    let guid = course.guid("streams", "What is a stream?");
    let shown = |notes: &BTreeMap<String, Held>, media: &BTreeMap<String, String>| {
        let names = media.iter().filter(|(name, _)| notes[&guid].answer.contains(name.as_str()));
        names.map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&before.notes, &before.media), [hex(png(1))]);
    assert_eq!(shown(&after.notes, &after.media), [hex(png(2))]);
    imported.reviews_are_kept();
}

/// The later build is of a time after the learner's own changes, so that only the times of the single notes guard those.
#[test]
fn what_a_learner_wrote_stays_when_other_notes_change() {
    let mut course = Course::new();
    course.edit(STREAMS, "A number that", "A small number that");
    let cut = course.cut(STREAMS, "How do you watch a folder?");
    course.edit(STREAMS, "## Basics\n\n", &format!("## Basics\n\n{}", cut.replace("How do you watch", "Who watches")));
    let later = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + 3_600;
    let mut command = course.home.command();
    Ran::of(command.arg("build").env("SOURCE_DATE_EPOCH", later.to_string())).is_clean();
    course.keep();
    let learner = Learner {
        tag: Some(("What is a stream?", "mine")),
        edit: Some(("What is the event loop?", "Answer", "In my own words")),
        ..LEARNER
    };
    let Some(imported) = reimport(&course.builds, &learner, &[]) else { return };
    assert_eq!(imported.after(1).log, log_of(&[("updated", 2)], NOTES - 2));
    let notes = &imported.after(1).notes;
    assert_eq!(notes[&course.guid("streams", "What is a stream?")].tags, ["basics", "mine"]);
    assert_eq!(notes[&course.guid("loop", "What is the event loop?")].answer, "In my own words");
    assert!(notes[&course.guid("streams", "What does a file handle hold?")].answer.contains("A small number that"));
    imported.reviews_are_kept();
}

/// All checks of the tool beside the project, of a deck with a picture that was edited, added to and cut.
#[test]
fn every_check_passes() {
    let with_picture = || {
        let mut course = Course::new();
        course.home.add("source/chart.png", png(1));
        course.edit(STREAMS, "A number that", "![](chart.png) A number that");
        fs::remove_file(course.home.path("deckc.lock")).unwrap();
        course.builds.clear();
        course.build();
        course
    };
    let (mut course, rebuilt) = (with_picture(), with_picture());
    let finished = |course: &Course, build: usize, text: Option<&str>| Finished {
        package: course.builds[build].iter().find(|path| path.ends_with("streams.apkg")).unwrap().clone(),
        text: text.map(|text| course.home.path(text)),
    };
    let first = finished(&course, 0, Some("builds/streams.txt"));
    fs::rename(course.home.path("out/streams.txt"), course.home.path("builds/streams.txt")).unwrap();
    course.edit(STREAMS, "A number that", "A small number that");
    course.cut(STREAMS, "What is a transform stream?");
    course.edit(STREAMS, "## Files\n\n", "## Files\n\n### Who owns a lock?\n\nWhoever opened the file first.\n\n");
    course.build();
    first.check(&finished(&rebuilt, 0, None), Some(&finished(&course, 1, None)));
}

//! Builds that are killed at any moment, and builds that run at once: every file is whole, the next build makes all of
//! it right, and no note becomes another one.
#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they expect, and make files of their own"
)]

#[path = "support/home.rs"]
mod home;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use home::{Files, Home};

/// A project is built from nothing, and then so many times from the two states of its sources in turn.
const STEPS: usize = 10;

/// A word that no other number gives.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "co", "du", "fe", "gi", "ho", "ja", "ke", "li", "mo", "nu", "pa", "qui", "ro", "su", "te"];
    [number / 256, number / 16, number].map(|part| SYLLABLES[part % 16]).concat()
}

/// A deck of which every other state has some answers edited, some questions reworded, some notes added and some gone.
fn source(state: usize) -> String {
    let is_later = state.is_multiple_of(2);
    let note = |at: usize| {
        let words: Vec<String> = (at * 14..at * 14 + 14).map(word).collect();
        let does = if is_later && at % 8 == 5 { "would" } else { "does" };
        let mut answer = words[2..].to_vec();
        if is_later && at.is_multiple_of(4) {
            answer[3] = "anything".to_owned();
        }
        format!("### What {does} a {} {} do?\n\n{}.\n\n", words[0], words[1], answer.join(" "))
    };
    let is_there = |at: &usize| at % 10 != if is_later { 3 } else { 7 };
    (0..100).filter(is_there).map(note).collect()
}

fn write_sources(home: &Home, state: usize) {
    home.add("source/words.md", source(state));
}

/// At a fixed time, so that what a build writes depends on nothing but the files.
fn build(home: &Home) -> Command {
    let mut command = home.command();
    let scratch = home.path(SCRATCH);
    fs::create_dir_all(&scratch).unwrap();
    command.arg("build").env("SOURCE_DATE_EPOCH", "1767300000").env("TMPDIR", scratch).stdin(Stdio::null());
    command
}

/// Databases of packages are put together here; who is killed leaves them.
const SCRATCH: &str = "scratch";

/// What builds write, and what they might leave behind.
fn written(home: &Home) -> Files {
    let mut files = home.files();
    files.retain(|name, bytes| bytes.is_some() && !name.starts_with("source/") && !name.starts_with(SCRATCH));
    files
}

/// How long a build takes, and how long of that it writes.
#[derive(Debug, Clone, Copy)]
struct Pace {
    whole: Duration,
    writing: Duration,
}

/// What is written when nothing goes wrong: before the first build, and after each.
fn undisturbed() -> (Vec<Files>, Pace) {
    let home = Home::new();
    let mut stages = vec![Files::new()];
    let mut pace = Pace { whole: Duration::ZERO, writing: Duration::MAX };
    for step in 1..=STEPS {
        write_sources(&home, step);
        let this = run(&home);
        pace = Pace { whole: pace.whole.max(this.whole), writing: pace.writing.min(this.writing) };
        stages.push(written(&home));
    }
    (stages, pace)
}

/// A build that nobody kills.
fn run(home: &Home) -> Pace {
    let started = Instant::now();
    let mut child = silent(home);
    let begun = begins_to_write(home, &mut child);
    assert!(child.wait().unwrap().success());
    Pace { whole: started.elapsed(), writing: begun.elapsed() }
}

fn silent(home: &Home) -> Child {
    build(home).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until a build has made its first temporary file, or has ended.
fn begins_to_write(home: &Home, child: &mut Child) -> Instant {
    let is_temporary = |entry: std::io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(".deckc-"))
    };
    let is_writing = |folder: &str| fs::read_dir(home.path(folder)).is_ok_and(|mut found| found.any(is_temporary));
    while !is_writing("") && !is_writing("out") && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_micros(100));
    }
    Instant::now()
}

fn guids(files: &Files) -> BTreeSet<&str> {
    let lock = files.get("deckc.lock").and_then(Option::as_deref).unwrap_or_default();
    std::str::from_utf8(lock).unwrap().lines().filter(|line| line.starts_with("guid = ")).collect()
}

/// Numbers that look random, the same in every run (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

/// How far the killed builds had come.
#[derive(Debug, Default)]
struct Reached {
    nothing_written: usize,
    something_written: usize,
    all_written: usize,
}

/// Every file is the one before or the one after, and no deck is newer than the lock. Says how many are new.
#[track_caller]
fn is_whole(now: &Files, before: &Files, after: &Files) -> (usize, usize) {
    let mut new = 0;
    let mut changed = 0;
    let is_new = |name: &str| now.get(name) == after.get(name);
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let is_old = now.get(name) == before.get(name);
        assert!(is_old || is_new(name), "{name} is torn");
        changed += usize::from(before.get(name) != after.get(name));
        new += usize::from(!is_old);
    }
    assert!(new == 0 || is_new("deckc.lock"), "a deck is newer than the lock");
    for name in now.keys().filter(|name| !before.contains_key(*name) && !after.contains_key(*name)) {
        let file = name.rsplit('/').next().unwrap();
        assert!(file.starts_with(".deckc-") && file.ends_with(".tmp"), "{name} was left");
    }
    (new, changed)
}

/// The number the file system has for the lock; another file of its name has another.
fn place_of_lock(home: &Home) -> Option<u64> {
    fs::metadata(home.path("deckc.lock")).ok().map(|found| found.ino())
}

/// Waits until a build has put another lock in place of this one, or has ended.
fn is_renamed(home: &Home, child: &mut Child, lock: Option<u64>) {
    begins_to_write(home, child);
    // It is a matter of some microseconds from here.
    for turn in 1.. {
        let has_ended = turn % 64 == 0 && child.try_wait().unwrap().is_some();
        if has_ended || place_of_lock(home) != lock {
            return;
        }
    }
}

/// When builds are killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Any,
    /// From the first temporary file on.
    Writing,
    /// Once the lock has its new name and the decks are yet to get theirs: the shortest part, and the most delicate.
    Renaming,
}

/// Kills builds of one project, and lets each be made good.
fn kill_builds(times: usize, stages: &[Files], pace: Pace, moment: Moment) -> Reached {
    let mut random = Random(1);
    let mut reached = Reached::default();
    let mut pace = pace;
    let mut home = Home::new();
    for time in 0..times {
        let step = time % STEPS + 1;
        if step == 1 {
            home = Home::new();
        }
        let (before, after) = (&stages[step - 1], &stages[step]);
        write_sources(&home, step);
        let lock = place_of_lock(&home);
        let mut child = silent(&home);
        let span = match moment {
            Moment::Any => pace.whole,
            Moment::Writing => {
                begins_to_write(&home, &mut child);
                pace.writing
            }
            Moment::Renaming => {
                is_renamed(&home, &mut child, lock);
                Duration::ZERO
            }
        };
        thread::sleep(span.mul_f64(1.3 * random.share()));
        child.kill().unwrap();
        child.wait().unwrap();
        match is_whole(&written(&home), before, after) {
            (0, _) => reached.nothing_written += 1,
            (new, changed) if new < changed => reached.something_written += 1,
            _ => reached.all_written += 1,
        }
        // How long a build takes changes with what else the machine does; how long it writes is known of one that did.
        pace.whole = run(&home).whole;
        let made_good = written(&home);
        assert_eq!(made_good.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "kill {time}, {moment:?}");
        assert!(made_good == *after, "kill {time}, {moment:?}: the next build made other files");
    }
    reached
}

#[test]
fn two_hundred_killed_builds_tear_nothing() {
    let (stages, pace) = undisturbed();
    for pair in stages.windows(2) {
        assert!(pair[0] != pair[1]);
        assert!(guids(&pair[0]).is_subset(&guids(&pair[1])), "a guid was lost");
    }
    assert_eq!(guids(&stages[2]), guids(&stages[STEPS]), "a note that came back became another one");
    let moments = [(80, Moment::Any), (60, Moment::Writing), (60, Moment::Renaming)];
    thread::scope(|scope| {
        let stages = &stages;
        let workers = moments.map(|(times, moment)| scope.spawn(move || kill_builds(times, stages, pace, moment)));
        for worker in workers {
            eprintln!("{:?}", worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
}

#[test]
fn builds_at_once_leave_whole_files() {
    let (stages, _) = undisturbed();
    let home = Home::new();
    for (step, after) in stages.iter().enumerate().skip(1) {
        write_sources(&home, step);
        let spawn = |_| build(&home).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<Child> = (0..4).map(spawn).collect();
        let mut clean = 0;
        for child in children {
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            match output.status.code() {
                Some(0) => clean += 1,
                Some(2) => assert_eq!(
                    told,
                    "error: `deckc.lock` was changed by another program while this one was at work\n help: run it again\n"
                ),
                _ => panic!("{}: {told}", output.status),
            }
        }
        assert!(clean > 0, "nobody won");
        assert!(written(&home) == *after, "step {step}");
    }
}

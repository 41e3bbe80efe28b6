//! Where the time of a run goes: `--timings`.
//!
//! A run is a line of stages, and each ends where the next begins, so that together they are the whole. Within a stage many
//! threads may do several things in turn, file by file: their parts are told as the time of all threads added up.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What a run does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Finding and reading files, settings and locks.
    Read,
    /// Parsing and recognising them, on all threads.
    Understand,
    /// Finding each note of the last build again.
    Identify,
    /// Looking at images, sounds and at what is behind links.
    Look,
    /// Running the lints.
    Check,
    /// Mending what they found.
    Fix,
    /// Making files, or comparing them with those that are there, on all threads.
    Make,
    /// Giving them their names.
    Write,
    /// Saying what there is to say.
    Report,
}

/// What threads do in turn within a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Making blocks of text.
    Parse,
    /// Making notes of blocks.
    Recognise,
    /// Taking both from an earlier run, or keeping them for the next.
    Recall,
    /// Making HTML of notes.
    Render,
    /// Comparing it with the lock.
    Record,
    /// Making files of it.
    Emit,
}

const STAGES: [(Stage, &str); 9] = [
    (Stage::Read, "read"),
    (Stage::Understand, "parse and recognise"),
    (Stage::Identify, "identify"),
    (Stage::Look, "media and links"),
    (Stage::Check, "check"),
    (Stage::Fix, "fix"),
    (Stage::Make, "make files"),
    (Stage::Write, "write"),
    (Stage::Report, "report"),
];

const PARTS: [(Part, Stage, &str); 6] = [
    (Part::Parse, Stage::Understand, "parse"),
    (Part::Recognise, Stage::Understand, "recognise"),
    (Part::Recall, Stage::Understand, "recall and keep"),
    (Part::Render, Stage::Make, "render"),
    (Part::Record, Stage::Make, "record"),
    (Part::Emit, Stage::Make, "emit"),
];

/// A stopwatch that is handed along. Turned off it reads no clock.
#[derive(Debug, Default)]
pub struct Timings(Option<Watch>);

#[derive(Debug)]
struct Watch {
    started: Instant,
    /// When the last stage ended, in nanoseconds from the start.
    last: AtomicU64,
    stages: [AtomicU64; STAGES.len()],
    parts: [AtomicU64; PARTS.len()],
}

impl Timings {
    /// One that measures nothing.
    #[must_use]
    pub const fn off() -> Self {
        Self(None)
    }

    /// One that begins to measure now.
    #[must_use]
    pub fn on() -> Self {
        let zeros = || AtomicU64::new(0);
        Self(Some(Watch {
            started: Instant::now(),
            last: zeros(),
            stages: std::array::from_fn(|_| zeros()),
            parts: std::array::from_fn(|_| zeros()),
        }))
    }

    /// Ends a stage: what passed since the last one ended was its time.
    pub fn end(&self, stage: Stage) {
        let Some(watch) = &self.0 else { return };
        let now = nanoseconds(watch.started);
        let took = now.saturating_sub(watch.last.swap(now, Ordering::Relaxed));
        add(&watch.stages, STAGES.iter().position(|(of, _)| *of == stage), took);
    }

    /// Does a part of a stage, on whichever thread this is.
    pub fn part<T>(&self, part: Part, work: impl FnOnce() -> T) -> T {
        let Some(watch) = &self.0 else { return work() };
        let started = Instant::now();
        let made = work();
        add(&watch.parts, PARTS.iter().position(|(of, ..)| *of == part), nanoseconds(started));
        made
    }

    /// Says what was measured; nothing if nothing was.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(watch) = &self.0 else { return Ok(()) };
        let line = |out: &mut dyn Write, name: &str, wall: &str, threads: &str| {
            let line = format!("{name:<22} {wall:>12} {threads:>16}");
            writeln!(out, "{}", line.trim_end())
        };
        line(out, "stage", "time passed", "of all threads")?;
        for ((stage, name), took) in STAGES.iter().zip(&watch.stages) {
            let took = took.load(Ordering::Relaxed);
            if took == 0 {
                continue;
            }
            line(out, name, &shown(took), "")?;
            let parts = PARTS.iter().zip(&watch.parts).filter(|((_, of, _), _)| of == stage);
            for ((part, _, name), took) in parts {
                let took = took.load(Ordering::Relaxed);
                // Few runs have a cache for this.
                if took > 0 || *part != Part::Recall {
                    line(out, &format!("  {name}"), "", &shown(took))?;
                }
            }
        }
        let threads = format!("{} threads", rayon::current_num_threads());
        line(out, "whole", &shown(nanoseconds(watch.started)), &threads)
    }
}

fn add(to: &[AtomicU64], at: Option<usize>, nanoseconds: u64) {
    if let Some(sum) = at.and_then(|at| to.get(at)) {
        sum.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn shown(nanoseconds: u64) -> String {
    format!("{:.2} ms", nanoseconds as f64 / 1e6)
}

//! What the benches share: texts of deckc's own words, and a stopwatch.
#![allow(dead_code, reason = "each uses a part of it")]
#![expect(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "support of benches, which print and may panic"
)]

pub mod corpus;
pub mod notes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// As in `deckc` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What took how long, in seconds, run by run.
pub struct Timed {
    pub name: &'static str,
    wall: Vec<f64>,
    processor: Vec<f64>,
}

/// Something to do, again and again.
pub type Work<'a> = (&'static str, Box<dyn FnMut() + 'a>);

/// Does all in turn (A B C, A B C, …), so that a busy machine is busy for each of them; one turn goes before to warm up.
pub fn in_turn(rounds: usize, mut works: Vec<Work<'_>>) -> Vec<Timed> {
    let timed = works.iter().map(|(name, _)| Timed { name, wall: Vec::new(), processor: Vec::new() });
    let mut timed: Vec<Timed> = timed.collect();
    for round in 0..=rounds {
        for ((_, work), timed) in works.iter_mut().zip(&mut timed) {
            let (wall, processor) = (Instant::now(), processor_seconds());
            work();
            if round > 0 {
                timed.wall.push(wall.elapsed().as_secs_f64());
                timed.processor.push(processor_seconds() - processor);
            }
        }
    }
    timed
}

impl Timed {
    /// The median of the time that passed.
    pub fn wall(&self) -> f64 {
        median(&self.wall)
    }

    /// The median of the time of all threads; not a number where the system does not tell.
    pub fn processor(&self) -> f64 {
        median(&self.processor)
    }
}

fn median(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The time of all threads of this process, and of those it has waited for, in steps of 10 ms. Linux tells it.
fn processor_seconds() -> f64 {
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return f64::NAN };
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split(' ');
    // proc_pid_stat(5): utime, stime, cutime, cstime are fields 14 to 17; `rsplit_once` took two.
    let ticks: f64 = fields.skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// A table of milliseconds, how often the first row each is, and what a unit takes.
pub fn table(title: &str, timed: &[Timed], unit: &str, units: f64) {
    println!("\n{title}");
    println!("{:<44} {:>10} {:>7} {:>10} {:>7} {:>12}", "", "wall", "ratio", "processor", "ratio", unit);
    let Some(first) = timed.first() else { return };
    for row in timed {
        println!(
            "{:<44} {:>7.1} ms {:>7.2} {:>7.0} ms {:>7.2} {:>9.1} µs",
            row.name,
            row.wall() * 1e3,
            row.wall() / first.wall(),
            row.processor() * 1e3,
            row.processor() / first.processor(),
            row.wall() * 1e6 / units,
        );
    }
}

/// The folder where [`deckc`] keeps something for its next run.
pub fn cache_of(folder: &Path) -> PathBuf {
    folder.join(".cache")
}

/// Runs the `deckc` of this build, silently, with a cache of its own in the folder.
pub fn deckc(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deckc"));
    command.args(arguments).current_dir(folder).env("DECKC_CACHE_DIR", cache_of(folder));
    let ended = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().expect("deckc runs");
    assert!(ended.code().is_some_and(|code| code < 2), "deckc {arguments:?}: {ended}");
}

/// Numbers that look random and are the same in each run (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }

    pub fn word(&mut self) -> &'static str {
        WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default()
    }

    pub fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

const WORDS: [&str; 64] = [
    "cache", "queue", "worker", "thread", "stream", "buffer", "index", "shard", "lock", "token", "batch", "retry",
    "stage", "route", "event", "handle", "promise", "module", "schema", "replica", "cursor", "socket", "proxy",
    "parser", "leader", "commit", "offset", "window", "budget", "signal", "reader", "writer", "slowly", "before",
    "after", "keeps", "sends", "drops", "holds", "waits", "counts", "splits", "merges", "orders", "only", "each",
    "small", "large", "stale", "fresh", "hot", "cold", "first", "last", "next", "other", "single", "shared", "local",
    "remote", "open", "closed", "full", "empty",
];

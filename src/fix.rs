//! Fixes, proven before they are applied: the text with a fix is compiled in memory like the text without it, and the two
//! decks are compared. `fix/proof.rs` says what may differ.
//!
//! Fixes are tried together; where the whole can't be proven, halves are, down to the one that is to blame. What one fix
//! uncovers is fixed in the next round, so that a second run finds nothing to do.

mod proof;

use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::HashSet;

use crate::check;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::identity::known::IdentityFaults;
use crate::parsed::Parsed;
use crate::settings::Given;
use crate::source::{Source, SourceId, Sources};

pub use proof::Difference;

/// Bytes that are compiled for one file at most, but for [`FEWEST_TRIALS`]: a file full of fixes that can't be proven must
/// not take forever.
const MOST_BYTES: usize = 8 << 20;
/// Texts that may be compiled however large they are.
const FEWEST_TRIALS: usize = 32;
/// Texts that are compiled for one file at most, however small they are.
const MOST_TRIALS: usize = 512;
/// Fixes may uncover others, but not without end.
const MOST_ROUNDS: usize = 16;

/// A text with its fixes.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The whole text.
    pub text: String,
    /// What was fixed.
    pub applied: Vec<Diagnostic>,
    /// What was not, since the deck would not be the same.
    pub refused: Vec<Refused>,
}

/// A fix that was not applied.
#[derive(Debug)]
pub struct Refused {
    /// What it would have mended.
    pub finding: Diagnostic,
    /// The 1-based line where that stands, once all before it is mended.
    pub line: u32,
    /// What would have changed.
    pub why: Difference,
}

/// A text, compiled.
struct Compiled {
    sources: Sources,
    id: SourceId,
    file: Parsed,
    found: Vec<Diagnostic>,
}

/// A finding with its edits.
#[derive(Clone)]
struct Repair {
    finding: Diagnostic,
    fix: Fix,
}

/// What makes a fix the same in the next round, wherever its place has moved.
type Key = (Cow<'static, str>, String, Vec<(String, String)>);

/// Which of the findings of a file are to be fixed.
pub type Wanted<'a> = &'a (dyn Fn(Vec<Diagnostic>, &Sources) -> Vec<Diagnostic> + Sync);

/// Fixes what can be fixed in a file: what is safe, or also what is not.
#[must_use]
pub fn fix(source: &Source, given: &Given, safety: Safety, wanted: Wanted<'_>) -> Fixed {
    let mut fixed = Fixed { text: source.text().to_owned(), ..Fixed::default() };
    let Some(mut current) = Compiled::new(source.shown_path(), fixed.text.clone(), given) else { return fixed };
    let unwanted = current.unwanted(wanted);
    let mut refused: HashSet<Key> = HashSet::default();
    let mut trials = Trials::for_text(&fixed.text);
    for _ in 0..MOST_ROUNDS {
        let left_out = |key: &Key| refused.contains(key) || unwanted.contains(key);
        let repairs = current.repairs(safety, wanted, &left_out);
        if repairs.is_empty() {
            break;
        }
        let attempt = current.attempt(repairs, given, &mut trials);
        if let Some((next, applied)) = attempt.reached {
            // In another text a fix may be proven that could not be in this one.
            refused.clear();
            fixed.refused = attempt.refused;
            fixed.applied.extend(applied);
            fixed.text = next.source().text().to_owned();
            current = next;
        } else {
            if refused.is_empty() {
                fixed.refused.clear();
            }
            refused.extend(attempt.refused.iter().map(|refused| current.key(&refused.finding)));
            fixed.refused.extend(attempt.refused);
        }
        if trials.are_used_up() {
            break;
        }
    }
    fixed
}

/// How many texts may still be compiled.
struct Trials(usize);

impl Trials {
    fn for_text(text: &str) -> Self {
        Self((MOST_BYTES / text.len().max(1)).clamp(FEWEST_TRIALS, MOST_TRIALS))
    }

    fn are_used_up(&self) -> bool {
        self.0 == 0
    }

    /// Whether there is one more, which is then used.
    fn take(&mut self) -> bool {
        let is_one = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_one
    }
}

/// What came of a round.
struct Attempt {
    reached: Option<(Compiled, Vec<Diagnostic>)>,
    refused: Vec<Refused>,
}

impl Compiled {
    fn new(path: &str, text: String, given: &Given) -> Option<Self> {
        let mut sources = Sources::default();
        // Only a text of 4 GiB is refused.
        let id = sources.add_text(path, text).ok()?;
        let files = vec![Parsed::new(sources.get(id), given)];
        let found = check::find(&sources, &files, &IdentityFaults::default());
        let file = files.into_iter().next()?;
        Some(Self { sources, id, file, found })
    }

    fn source(&self) -> &Source {
        self.sources.get(self.id)
    }

    /// The findings that are to stay, such as those of a baseline. Once a fix has changed their line, they would not be
    /// known again.
    fn unwanted(&self, wanted: Wanted<'_>) -> HashSet<Key> {
        let is_fixable = |finding: &&Diagnostic| finding.fix.is_some();
        let mut unwanted: HashSet<Key> =
            self.found.iter().filter(is_fixable).map(|finding| self.key(finding)).collect();
        for finding in wanted(self.found.clone(), &self.sources) {
            unwanted.remove(&self.key(&finding));
        }
        unwanted
    }

    /// The fixes to try together. What is a guess is made when nothing that is sure is left.
    fn repairs(&self, safety: Safety, wanted: Wanted<'_>, is_left_out: &dyn Fn(&Key) -> bool) -> Vec<Repair> {
        let found = wanted(self.found.clone(), &self.sources);
        let open: Vec<Diagnostic> = found.into_iter().filter(|finding| !is_left_out(&self.key(finding))).collect();
        let safe = self.compatible(&open, Safety::Safe);
        if safe.is_empty() && safety == Safety::Unsafe { self.compatible(&open, safety) } else { safe }
    }

    /// Fixes of which none overlaps another, but for those that do the same.
    fn compatible(&self, found: &[Diagnostic], safety: Safety) -> Vec<Repair> {
        let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
        let mut known: HashSet<&[Edit]> = HashSet::default();
        let mut repairs: Vec<Repair> = Vec::new();
        for finding in found {
            let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety == safety && !fix.edits.is_empty()) else {
                continue;
            };
            let is_here = fix.edits.iter().all(|edit| edit.span.source == self.id);
            let is_free = fix.edits.iter().all(|edit| is_free(&taken, edit));
            if is_here && (is_free || known.contains(&*fix.edits)) {
                taken.extend(fix.edits.iter().map(|edit| (edit.span.start, edit.span.end)));
                known.insert(&fix.edits);
                repairs.push(Repair { finding: finding.clone(), fix: fix.clone() });
            }
        }
        repairs
    }

    /// The largest part of the fixes that can be proven together.
    fn attempt(&self, repairs: Vec<Repair>, given: &Given, trials: &mut Trials) -> Attempt {
        let mut accepted: Vec<Repair> = Vec::new();
        let mut reached = None;
        let mut refused = Vec::new();
        let mut groups = vec![repairs];
        while let Some(mut group) = groups.pop() {
            let trial: Vec<Repair> = accepted.iter().chain(&group).cloned().collect();
            let verdict = match trials.take().then(|| self.with(&trial, given)).flatten() {
                Some(after) => proof::compare(self, &after, &trial).map(|()| after),
                None => Err(Difference::TooMany),
            };
            match verdict {
                Ok(after) => {
                    accepted = trial;
                    reached = Some(after);
                }
                Err(why) if group.len() <= 1 || why == Difference::TooMany => {
                    refused.extend(group.into_iter().map(|Repair { finding, .. }| {
                        let line = finding.primary().map_or(1, |label| self.source().line(label.span.start));
                        Refused { finding, line, why: why.clone() }
                    }));
                }
                Err(_) => {
                    let second = group.split_off(group.len() / 2);
                    groups.extend([second, group]);
                }
            }
        }
        let applied = accepted.into_iter().map(|repair| repair.finding).collect();
        Attempt { reached: reached.map(|after| (after, applied)), refused }
    }

    fn with(&self, repairs: &[Repair], given: &Given) -> Option<Self> {
        let edits = repairs.iter().flat_map(|repair| &repair.fix.edits);
        Self::new(self.source().shown_path(), edited(self.source().text(), edits), given)
    }

    fn key(&self, finding: &Diagnostic) -> Key {
        let text = |edit: &Edit| (self.sources.slice(edit.span).to_owned(), edit.text.clone());
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(text).collect();
        let place = finding.primary().map_or(String::new(), |label| self.sources.slice(label.span).to_owned());
        (finding.lint.clone(), place, edits)
    }
}

/// Whether an edit touches none of these places, by start and end. Two insertions at one place have no order.
fn is_free(taken: &BTreeMap<u32, u32>, edit: &Edit) -> bool {
    let (start, end) = (edit.span.start, edit.span.end);
    let before = taken.range(..=start).next_back();
    let is_clear = before.is_none_or(|(&other, &other_end)| other != start && other_end <= start && other_end != end);
    is_clear && taken.range(start + 1..).next().is_none_or(|(&other, _)| end <= other)
}

/// A text with edits made, each once. New lines end as those of the text do.
#[must_use]
pub fn edited<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by(|left, right| (left.span, &left.text).cmp(&(right.span, &right.text)));
    edits.dedup();
    let is_crlf = text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
    let mut result = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut from = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < from {
            continue;
        }
        result.push_str(text.get(from..range.start).unwrap_or_default());
        if is_crlf {
            result.push_str(&edit.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            result.push_str(&edit.text);
        }
        from = range.end;
    }
    result.push_str(text.get(from..).unwrap_or_default());
    result
}

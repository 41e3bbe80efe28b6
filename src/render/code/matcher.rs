//! Runs programs: a backtracking machine that matches at one place.

use fancy_regex::Assertion;

use super::program::{END, Program, Set, Step};

/// Steps that one match may take; what takes more is left to another engine.
const MOST_STEPS: usize = 100_000;

/// What captured nothing.
const UNSET: usize = usize::MAX;

/// A match took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// What to go back to.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// On from a step at a place.
    Branch(usize, usize),
    /// A slot had this.
    Slot(usize, usize),
    /// A run of characters gives some back: on from a step, at any place from the first to the second.
    Fewer(usize, usize, usize),
    /// A run takes more: its step, the place, and how many more it may take.
    More(usize, usize, usize),
}

/// The machine's memory, kept from match to match.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    slots: Vec<usize>,
    choices: Vec<Choice>,
    steps: usize,
}

impl Matcher {
    /// Where a match that begins at a place ends.
    pub(super) fn run(&mut self, program: &Program, text: &str, at: usize) -> Result<Option<usize>, TooLong> {
        self.slots.clear();
        self.slots.resize(program.slots(), UNSET);
        self.choices.clear();
        self.steps = 0;
        self.matched(program, text, 0, at)
    }

    /// What a group of the last match captured.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = (*self.slots.get(group * 2)?, *self.slots.get(group * 2 + 1)?);
        (start != UNSET && end != UNSET).then_some((start, end))
    }

    fn slot(&self, slot: usize) -> usize {
        self.slots.get(slot).copied().unwrap_or(UNSET)
    }

    fn save(&mut self, slot: usize, value: usize) {
        if let Some(kept) = self.slots.get_mut(slot) {
            self.choices.push(Choice::Slot(slot, *kept));
            *kept = value;
        }
    }

    /// Looks within looks nest as deep as the grammar has them.
    fn matched(&mut self, program: &Program, text: &str, step: usize, at: usize) -> Result<Option<usize>, TooLong> {
        let base = self.choices.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(TooLong);
            }
            let next = match program.step(step) {
                Some(Step::Done) | None => {
                    self.forget(base);
                    return Ok(Some(at));
                }
                Some(Step::Text(wanted)) => {
                    let is_there = text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(wanted.as_bytes()));
                    is_there.then(|| (step + 1, at + wanted.len()))
                }
                Some(Step::One(set)) => one(text, at, set).map(|at| (step + 1, at)),
                Some(Step::Many { set, least, most, greedy }) => {
                    self.many(text, at, set, (*least, *most), *greedy, step).map(|at| (step + 1, at))
                }
                Some(Step::Either(first, second)) => {
                    self.choices.push(Choice::Branch(*second, at));
                    Some((*first, at))
                }
                Some(Step::Choose(choice)) => {
                    let symbol = text.as_bytes().get(at).map_or(END, |&byte| usize::from(byte));
                    let before = self.choices.len();
                    self.choices.extend(choice.last_to_first(symbol).map(|branch| Choice::Branch(branch, at)));
                    if self.choices.len() > before { self.back(text, program, before) } else { None }
                }
                Some(Step::Jump(next)) => Some((*next, at)),
                Some(Step::Save(slot)) => {
                    self.save(*slot, at);
                    Some((step + 1, at))
                }
                Some(Step::Clear(slot)) => {
                    self.save(*slot, UNSET);
                    Some((step + 1, at))
                }
                Some(Step::Round { slot, out, greedy }) => {
                    if self.slot(*slot) == at {
                        Some((*out, at))
                    } else {
                        self.save(*slot, at);
                        let (first, second) = if *greedy { (step + 1, *out) } else { (*out, step + 1) };
                        self.choices.push(Choice::Branch(second, at));
                        Some((first, at))
                    }
                }
                Some(Step::Holds(assertion)) => holds(*assertion, text, at).then_some((step + 1, at)),
                Some(Step::Look { wanted, next }) => {
                    let before = self.choices.len();
                    let is_there = self.matched(program, text, step + 1, at)?.is_some();
                    if is_there && !wanted {
                        self.undo(before);
                    }
                    (is_there == *wanted).then_some((*next, at))
                }
                Some(Step::Atomic { next }) => self.matched(program, text, step + 1, at)?.map(|end| (*next, end)),
                Some(Step::Back(characters)) => back(text, at, *characters).map(|at| (step + 1, at)),
                Some(Step::Again(group)) => self.group(*group).and_then(|(start, end)| {
                    let wanted = text.as_bytes().get(start..end)?;
                    text.as_bytes().get(at..)?.starts_with(wanted).then(|| (step + 1, at + wanted.len()))
                }),
            };
            match next.or_else(|| self.back(text, program, base)) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    /// The last choice that is left above a base.
    fn back(&mut self, text: &str, program: &Program, base: usize) -> Option<(usize, usize)> {
        while self.choices.len() > base {
            match self.choices.pop()? {
                Choice::Branch(step, at) => return Some((step, at)),
                Choice::Slot(slot, value) => {
                    if let Some(kept) = self.slots.get_mut(slot) {
                        *kept = value;
                    }
                }
                Choice::Fewer(step, least, at) => {
                    let Some(at) = back(text, at, 1).filter(|at| *at >= least) else { continue };
                    if at > least {
                        self.choices.push(Choice::Fewer(step, least, at));
                    }
                    return Some((step, at));
                }
                Choice::More(step, at, left) => {
                    let Some(Step::Many { set, .. }) = program.step(step) else { continue };
                    let Some(at) = one(text, at, set) else { continue };
                    if left > 1 {
                        self.choices.push(Choice::More(step, at, left - 1));
                    }
                    return Some((step + 1, at));
                }
            }
        }
        None
    }

    fn undo(&mut self, base: usize) {
        while self.choices.len() > base {
            if let Some(Choice::Slot(slot, value)) = self.choices.pop()
                && let Some(kept) = self.slots.get_mut(slot)
            {
                *kept = value;
            }
        }
    }

    /// Nothing goes back into what has matched, but what it captured is still to be undone.
    fn forget(&mut self, base: usize) {
        if base == 0 {
            return self.choices.clear();
        }
        let mut kept = base;
        for at in base..self.choices.len() {
            if matches!(self.choices.get(at), Some(Choice::Slot(..))) {
                self.choices.swap(kept, at);
                kept += 1;
            }
        }
        self.choices.truncate(kept);
    }

    fn many(
        &mut self,
        text: &str,
        start: usize,
        set: &Set,
        (least, most): (usize, usize),
        greedy: bool,
        step: usize,
    ) -> Option<usize> {
        let (mut at, mut count) = (start, 0);
        let wanted = if greedy { most } else { least };
        let mut shortest = (least == 0).then_some(at);
        while count < wanted {
            let Some(next) = one(text, at, set) else { break };
            at = next;
            count += 1;
            if count == least {
                shortest = Some(at);
            }
        }
        self.steps += count / 8;
        let shortest = shortest?;
        if greedy && at > shortest {
            self.choices.push(Choice::Fewer(step + 1, shortest, at));
        } else if !greedy && most > least {
            self.choices.push(Choice::More(step, at, most - least));
        }
        Some(at)
    }
}

/// Behind one character of a set.
fn one(text: &str, at: usize, set: &Set) -> Option<usize> {
    let byte = *text.as_bytes().get(at)?;
    if byte < 128 {
        return set.has_byte(byte).then_some(at + 1);
    }
    let character = text.get(at..)?.chars().next()?;
    set.has(character).then(|| at + character.len_utf8())
}

fn back(text: &str, at: usize, characters: usize) -> Option<usize> {
    let mut at = at;
    for _ in 0..characters {
        at = at.checked_sub(1)?;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
    }
    Some(at)
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(|character| match u8::try_from(character) {
        Ok(byte) if byte < 128 => byte == b'_' || byte.is_ascii_alphanumeric(),
        _ => regex_syntax::try_is_word_character(character).unwrap_or(false),
    })
}

fn holds(assertion: Assertion, text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let words = || {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at..).and_then(|after| after.chars().next());
        (is_word(before), is_word(after))
    };
    let byte_before = || at.checked_sub(1).and_then(|at| bytes.get(at));
    match assertion {
        Assertion::StartText => at == 0,
        Assertion::EndText => at == text.len(),
        Assertion::StartLine { crlf: false } => byte_before().is_none_or(|&byte| byte == b'\n'),
        Assertion::EndLine { crlf: false } => bytes.get(at).is_none_or(|&byte| byte == b'\n'),
        Assertion::StartLine { crlf: true } => {
            byte_before().is_none_or(|&byte| byte == b'\n' || (byte == b'\r' && bytes.get(at) != Some(&b'\n')))
        }
        Assertion::EndLine { crlf: true } => {
            bytes.get(at).is_none_or(|&byte| byte == b'\r' || (byte == b'\n' && byte_before() != Some(&b'\r')))
        }
        Assertion::LeftWordBoundary => words() == (false, true),
        Assertion::RightWordBoundary => words() == (true, false),
        Assertion::WordBoundary => words().0 != words().1,
        Assertion::NotWordBoundary => words().0 == words().1,
    }
}

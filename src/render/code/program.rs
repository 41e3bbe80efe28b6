//! A grammar's regular expression as a program: what `fancy-regex` reads of it, compiled for matching at a given place.
//!
//! syntect searches each of a state's patterns through the rest of the line. The parser here asks the other way round:
//! which pattern matches at this very place. So a program knows what its match can begin with, and is never searched for.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use fancy_regex::{Assertion, Expr, LookAround};
use foldhash::{HashMap, HashSet};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The bytes, and the end of the text.
pub(super) const SYMBOLS: usize = 257;

/// The symbol for the end.
pub(super) const END: usize = 256;

/// Longer programs are left to another engine.
const LONGEST: usize = 50_000;

/// As syntect has its expressions read: Unicode, in the dialect of Oniguruma.
const FLAGS: u32 = 1 << 5 | 1 << 6;

/// What may stand where a match begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct First {
    bytes: [u64; 4],
    end: bool,
}

impl First {
    pub(super) const ALL: Self = Self { bytes: [u64::MAX; 4], end: true };
    const NONE: Self = Self { bytes: [0; 4], end: false };

    pub(super) fn has(&self, symbol: usize) -> bool {
        if symbol == END {
            return self.end;
        }
        self.bytes.get(symbol / 64).is_some_and(|word| word >> (symbol % 64) & 1 == 1)
    }

    fn add(&mut self, byte: u8) {
        if let Some(word) = self.bytes.get_mut(usize::from(byte) / 64) {
            *word |= 1 << (byte % 64);
        }
    }

    fn with(mut self, other: &Self) -> Self {
        self.bytes.iter_mut().zip(other.bytes).for_each(|(word, other)| *word |= other);
        self.end |= other.end;
        self
    }

    fn and(mut self, other: &Self) -> Self {
        self.bytes.iter_mut().zip(other.bytes).for_each(|(word, other)| *word &= other);
        self.end &= other.end;
        self
    }

    fn of_byte(byte: u8) -> Self {
        let mut first = Self::NONE;
        first.add(byte);
        first
    }
}

/// Some characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    ascii: u128,
    /// Beyond ASCII, in order.
    others: Box<[(char, char)]>,
    first: First,
}

impl Set {
    pub(super) fn has_byte(&self, byte: u8) -> bool {
        byte < 128 && self.ascii >> byte & 1 == 1
    }

    pub(super) fn has(&self, character: char) -> bool {
        match u8::try_from(character) {
            Ok(byte) if byte < 128 => self.has_byte(byte),
            _ => {
                let at = self.others.partition_point(|&(_, last)| last < character);
                self.others.get(at).is_some_and(|&(first, _)| first <= character)
            }
        }
    }

    fn of_ranges(ranges: impl Iterator<Item = (char, char)>) -> Self {
        let mut ascii = 0;
        let mut others = Vec::new();
        for (first, last) in ranges {
            for character in (first..='\u{7f}').take_while(|character| *character <= last) {
                ascii |= 1_u128 << u32::from(character);
            }
            if last >= '\u{80}' {
                others.push((first.max('\u{80}'), last));
            }
        }
        Self::new(ascii, others.into())
    }

    fn new(ascii: u128, others: Box<[(char, char)]>) -> Self {
        let mut first = First::NONE;
        (0..128).filter(|byte| ascii >> byte & 1 == 1).for_each(|byte| first.add(byte));
        for &(from, to) in &others {
            let lead = |character: char| character.encode_utf8(&mut [0; 4]).bytes().next().unwrap_or(u8::MAX);
            (lead(from)..=lead(to)).for_each(|byte| first.add(byte));
        }
        Self { ascii, others, first }
    }

    fn any(newline: bool) -> Self {
        let all = u128::MAX;
        let ascii = if newline { all } else { all & !(1 << b'\n') };
        Self::new(ascii, [('\u{80}', char::MAX)].into())
    }
}

/// One step.
#[derive(Debug)]
pub(super) enum Step {
    Text(Box<str>),
    One(Arc<Set>),
    /// So many of a set.
    Many {
        set: Arc<Set>,
        least: usize,
        most: usize,
        greedy: bool,
    },
    /// On with the first, and if that fails with the second.
    Either(usize, usize),
    Jump(usize),
    /// Keeps the place.
    Save(usize),
    /// At the head of a loop whose body may match nothing: the slot holds where the last round began.
    Round {
        slot: usize,
        out: usize,
        greedy: bool,
    },
    /// Before such a loop.
    Clear(usize),
    Holds(Assertion),
    /// The steps up to the next [`Step::Done`] match here, or must not; then on.
    Look {
        wanted: bool,
        next: usize,
    },
    /// The same, and what they match counts.
    Atomic {
        next: usize,
    },
    /// So many characters back.
    Back(usize),
    /// What a group captured.
    Again(usize),
    /// By the next symbol.
    Choose(Box<Choice>),
    Done,
}

/// Alternatives by what they can begin with.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) branches: Vec<usize>,
    firsts: Vec<First>,
}

impl Choice {
    /// The branches that may match before a symbol, from the last.
    pub(super) fn last_to_first(&self, symbol: usize) -> impl Iterator<Item = usize> {
        let pairs = self.branches.iter().zip(&self.firsts).rev();
        pairs.filter(move |(_, first)| first.has(symbol)).map(|(&branch, _)| branch)
    }
}

/// An expression, compiled.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    /// Two for each group, that of the whole among them, and what loops need.
    slots: usize,
    groups: usize,
    first: First,
}

impl Program {
    /// None where the expression is none, or has something in it that the engine can't do.
    pub(super) fn new(regex: &str) -> Option<Self> {
        let tree = Expr::parse_tree_with_flags(regex, FLAGS).ok()?;
        let groups = 1 + count_groups(&tree.expr);
        let mut compiler = Compiler { steps: Vec::new(), slots: groups * 2, group: 1 };
        compiler.visit(&tree.expr)?;
        compiler.add(Step::Done)?;
        let first = first_of(&tree.expr, &First::ALL);
        Some(Self { steps: compiler.steps, slots: compiler.slots, groups, first })
    }

    pub(super) fn first(&self) -> &First {
        &self.first
    }

    pub(super) fn step(&self, at: usize) -> Option<&Step> {
        self.steps.get(at)
    }

    pub(super) fn slots(&self) -> usize {
        self.slots
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }
}

fn count_groups(expr: &Expr) -> usize {
    match expr {
        Expr::Group(child) => 1 + count_groups(child),
        Expr::Concat(children) | Expr::Alt(children) => children.iter().map(count_groups).sum(),
        Expr::LookAround(child, _) | Expr::AtomicGroup(child) | Expr::Repeat { child, .. } => count_groups(child),
        _ => 0,
    }
}

struct Compiler {
    steps: Vec<Step>,
    slots: usize,
    group: usize,
}

impl Compiler {
    fn add(&mut self, step: Step) -> Option<usize> {
        let at = self.steps.len();
        self.steps.push(step);
        (at < LONGEST).then_some(at)
    }

    fn here(&self) -> usize {
        self.steps.len()
    }

    fn patch(&mut self, at: usize, step: Step) {
        if let Some(slot) = self.steps.get_mut(at) {
            *slot = step;
        }
    }

    fn visit(&mut self, expr: &Expr) -> Option<()> {
        if let Some(set) = set_of(expr) {
            self.add(Step::One(set))?;
            return Some(());
        }
        match expr {
            Expr::Empty => {}
            Expr::Literal { val, casei: false } => {
                self.add(Step::Text(val.as_str().into()))?;
            }
            Expr::Literal { val, casei: true } => {
                for character in val.chars() {
                    self.add(Step::One(folded(character)?))?;
                }
            }
            Expr::Delegate { inner, casei, .. } => self.delegate(&parsed(inner, *casei)?)?,
            Expr::Assertion(assertion) => {
                self.add(Step::Holds(*assertion))?;
            }
            Expr::Concat(children) => children.iter().try_for_each(|child| self.visit(child))?,
            Expr::Alt(children) => self.alternatives(children)?,
            Expr::Group(child) => {
                let group = self.group;
                self.group += 1;
                self.add(Step::Save(group * 2))?;
                self.visit(child)?;
                self.add(Step::Save(group * 2 + 1))?;
            }
            Expr::LookAround(child, look) => self.look(child, *look)?,
            Expr::AtomicGroup(child) => {
                let at = self.add(Step::Done)?;
                self.visit(child)?;
                self.add(Step::Done)?;
                self.patch(at, Step::Atomic { next: self.here() });
            }
            Expr::Repeat { child, lo, hi, greedy } => self.repeat(child, *lo, *hi, *greedy)?,
            Expr::Backref { group, casei: false } => {
                self.add(Step::Again(*group))?;
            }
            _ => return None,
        }
        Some(())
    }

    /// What `fancy-regex` leaves to another engine and is no single character.
    fn delegate(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(text) => {
                self.add(Step::Text(std::str::from_utf8(&text.0).ok()?.into()))?;
            }
            HirKind::Look(regex_syntax::hir::Look::End) => {
                self.add(Step::Holds(Assertion::EndText))?;
            }
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.delegate(part))?,
            HirKind::Repetition(repetition) => {
                let set = set_of_hir(&repetition.sub)?;
                let most = repetition.max.map_or(usize::MAX, |most| most as usize);
                self.add(Step::Many { set, least: repetition.min as usize, most, greedy: repetition.greedy })?;
            }
            _ => return None,
        }
        Some(())
    }

    fn alternatives(&mut self, children: &[Expr]) -> Option<()> {
        let at = self.add(Step::Done)?;
        let (mut branches, mut ends) = (Vec::new(), Vec::new());
        for child in children {
            branches.push(self.here());
            self.visit(child)?;
            ends.push(self.add(Step::Done)?);
        }
        let next = self.here();
        ends.into_iter().for_each(|end| self.patch(end, Step::Jump(next)));
        let firsts = children.iter().map(|child| first_of(child, &First::ALL)).collect();
        self.patch(at, Step::Choose(Box::new(Choice { branches, firsts })));
        Some(())
    }

    fn look(&mut self, child: &Expr, look: LookAround) -> Option<()> {
        let wanted = matches!(look, LookAround::LookAhead | LookAround::LookBehind);
        if matches!(look, LookAround::LookAhead | LookAround::LookAheadNeg) {
            return self.look_at(child, wanted, None);
        }
        match (child, length(child)) {
            (_, Some(length)) => self.look_at(child, wanted, Some(length)),
            (Expr::Alt(children), None) if wanted => {
                // As one whose alternatives go back as far as each needs.
                let at = self.add(Step::Done)?;
                let (mut branches, mut ends) = (Vec::new(), Vec::new());
                for child in children {
                    branches.push(self.here());
                    self.look_at(child, true, Some(length(child)?))?;
                    ends.push(self.add(Step::Done)?);
                }
                let next = self.here();
                ends.into_iter().for_each(|end| self.patch(end, Step::Jump(next)));
                let firsts = vec![First::ALL; branches.len()];
                self.patch(at, Step::Choose(Box::new(Choice { branches, firsts })));
                Some(())
            }
            (Expr::Alt(children), None) => {
                children.iter().try_for_each(|child| self.look_at(child, false, Some(length(child)?)))
            }
            _ => None,
        }
    }

    fn look_at(&mut self, child: &Expr, wanted: bool, back: Option<usize>) -> Option<()> {
        let at = self.add(Step::Done)?;
        if let Some(back) = back {
            self.add(Step::Back(back))?;
        }
        self.visit(child)?;
        self.add(Step::Done)?;
        self.patch(at, Step::Look { wanted, next: self.here() });
        Some(())
    }

    fn repeat(&mut self, child: &Expr, least: usize, most: usize, greedy: bool) -> Option<()> {
        if let Some(set) = set_of(child) {
            self.add(Step::Many { set, least, most, greedy })?;
            return Some(());
        }
        let group = self.group;
        for _ in 0..least {
            self.group = group;
            self.visit(child)?;
        }
        if most == usize::MAX {
            self.group = group;
            return self.rounds(child, greedy);
        }
        let mut splits = Vec::new();
        for _ in least..most {
            self.group = group;
            splits.push(self.add(Step::Done)?);
            self.visit(child)?;
        }
        let out = self.here();
        for at in splits {
            let step = if greedy { Step::Either(at + 1, out) } else { Step::Either(out, at + 1) };
            self.patch(at, step);
        }
        self.group = group + count_groups(child);
        Some(())
    }

    /// Any number of times.
    fn rounds(&mut self, child: &Expr, greedy: bool) -> Option<()> {
        let slot = is_nullable(child).then(|| {
            self.slots += 1;
            self.slots - 1
        });
        if let Some(slot) = slot {
            self.add(Step::Clear(slot))?;
        }
        let head = self.add(Step::Done)?;
        self.visit(child)?;
        self.add(Step::Jump(head))?;
        let out = self.here();
        let step = match (slot, greedy) {
            (Some(slot), _) => Step::Round { slot, out, greedy },
            (None, true) => Step::Either(head + 1, out),
            (None, false) => Step::Either(out, head + 1),
        };
        self.patch(head, step);
        Some(())
    }
}

fn parsed(inner: &str, ignores_case: bool) -> Option<Hir> {
    let parsed = if ignores_case { regex_syntax::parse(&format!("(?i:{inner})")) } else { regex_syntax::parse(inner) };
    parsed.ok()
}

/// The characters of a class, if it is one. The same few stand in most expressions, and Unicode's are large.
fn class(inner: &str, ignores_case: bool) -> Option<Arc<Set>> {
    type Known = HashMap<(String, bool), Option<Arc<Set>>>;
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let key = (inner.to_owned(), ignores_case);
    if let Some(known) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let set = parsed(inner, ignores_case).and_then(|hir| set_of_hir(&hir));
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(key, set.clone());
    set
}

/// The characters that are alike but for their case.
fn folded(character: char) -> Option<Arc<Set>> {
    class(&regex_syntax::escape(character.encode_utf8(&mut [0; 4])), true)
}

fn set_of_hir(hir: &Hir) -> Option<Arc<Set>> {
    let set = match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => Set::of_ranges(class.iter().map(|range| (range.start(), range.end()))),
        HirKind::Class(Class::Bytes(class)) if class.is_ascii() => {
            Set::of_ranges(class.iter().map(|range| (char::from(range.start()), char::from(range.end()))))
        }
        HirKind::Literal(text) => {
            let mut characters = std::str::from_utf8(&text.0).ok()?.chars();
            let one = characters.next().filter(|_| characters.next().is_none())?;
            Set::of_ranges([(one, one)].into_iter())
        }
        _ => return None,
    };
    Some(Arc::new(set))
}

/// The characters an expression stands for that is one.
fn set_of(expr: &Expr) -> Option<Arc<Set>> {
    match expr {
        Expr::Any { newline } => Some(Arc::new(Set::any(*newline))),
        Expr::Literal { val, casei } => {
            let mut characters = val.chars();
            let one = characters.next().filter(|_| characters.next().is_none())?;
            if *casei { folded(one) } else { Some(Arc::new(Set::of_ranges([(one, one)].into_iter()))) }
        }
        Expr::Delegate { inner, casei, .. } => class(inner, *casei),
        _ => None,
    }
}

/// How many characters an expression takes, where that is always the same.
fn length(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) => Some(0),
        Expr::Any { .. } => Some(1),
        Expr::Literal { val, .. } => Some(val.chars().count()),
        Expr::Delegate { size, .. } => Some(*size),
        Expr::Concat(children) => children.iter().map(length).sum(),
        Expr::Alt(children) => {
            let lengths: Option<HashSet<usize>> = children.iter().map(length).collect();
            let lengths = lengths.filter(|lengths| lengths.len() == 1)?;
            lengths.into_iter().next()
        }
        Expr::Group(child) | Expr::AtomicGroup(child) => length(child),
        Expr::Repeat { child, lo, hi, .. } if lo == hi => length(child)?.checked_mul(*lo),
        _ => None,
    }
}

fn is_nullable(expr: &Expr) -> bool {
    match expr {
        Expr::Any { .. } => false,
        Expr::Literal { val, .. } => val.is_empty(),
        Expr::Delegate { size, .. } => *size == 0,
        Expr::Concat(children) => children.iter().all(is_nullable),
        Expr::Alt(children) => children.iter().any(is_nullable),
        Expr::Group(child) | Expr::AtomicGroup(child) => is_nullable(child),
        Expr::Repeat { child, lo, .. } => *lo == 0 || is_nullable(child),
        _ => true,
    }
}

/// What may stand where an expression matches, before what may follow it.
fn first_of(expr: &Expr, after: &First) -> First {
    if let Some(set) = set_of(expr) {
        return set.first.clone();
    }
    match expr {
        Expr::Literal { val, casei } => match (val.chars().next(), casei) {
            (Some(first), true) => folded(first).map_or(First::ALL, |set| set.first.clone()),
            (Some(_), false) => val.bytes().next().map_or(First::ALL, First::of_byte),
            (None, _) => after.clone(),
        },
        Expr::Concat(children) => children.iter().rev().fold(after.clone(), |after, child| first_of(child, &after)),
        Expr::Alt(children) => children.iter().fold(First::NONE, |first, child| first.with(&first_of(child, after))),
        Expr::Group(child) | Expr::AtomicGroup(child) => first_of(child, after),
        Expr::LookAround(child, LookAround::LookAhead) => first_of(child, &First::ALL).and(after),
        Expr::Assertion(Assertion::EndLine { crlf: false }) => First { end: true, ..First::of_byte(b'\n') }.and(after),
        Expr::Assertion(Assertion::EndText) => First { end: true, ..First::NONE }.and(after),
        Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) => after.clone(),
        Expr::Repeat { child, lo, hi, .. } => {
            let again = if *hi > 1 { first_of(child, &First::ALL).with(after) } else { after.clone() };
            let once = first_of(child, &again);
            if *lo == 0 { once.with(after) } else { once }
        }
        _ => First::ALL,
    }
}

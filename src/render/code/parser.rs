//! Walks a grammar over code, with the outcome of syntect's `ParseState`.
//!
//! Its rules are kept to the letter, also where they are odd; a test compares the two over every language. What this
//! parser can't do it says, and the code is then parsed by syntect. But where syntect would never end, this does.

use std::ptr;
use std::rc::Rc;

use syntect::parsing::{Scope, ScopeStackOp};

use super::grammar::{Context, ContextId, Operation, Pattern, Reference, Table, start};
use super::matcher::Matcher;
use super::program::{END, Program};

/// Operations on the stack of scopes, each with its place in the line.
pub(super) type Operations = Vec<(usize, ScopeStackOp)>;

/// What each group of a match took; the first is that of the whole.
type Groups = Vec<Option<(usize, usize)>>;

/// What is nested deeper is not told apart any more.
const DEEPEST: usize = 100;

/// Matches in a row that take no character; with more a grammar goes in circles, as some do over odd code.
const MOST_EMPTY: usize = 500;

/// Why code could not be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The grammar has something in it that this parser does not know.
    Unsupported,
    /// The grammar goes in circles over this code, or tries too many ways.
    Endless,
}

/// Where the parser stands between two lines.
#[derive(Debug)]
pub(super) struct Parser {
    stack: Vec<Level>,
    is_first_line: bool,
    /// The depths at which the match was one of a `with_prototype`.
    proto_starts: Vec<usize>,
    matcher: Matcher,
}

#[derive(Debug)]
struct Level {
    context: &'static Context,
    prototypes: Vec<ContextId>,
    captured: Option<Rc<Captured>>,
}

/// What a pattern captured that those in its context refer to.
#[derive(Debug)]
struct Captured {
    groups: Vec<Option<String>>,
    /// The programs of patterns that refer to them.
    programs: std::cell::RefCell<Vec<(*const Pattern, Rc<Program>)>>,
}

impl Captured {
    fn program(&self, pattern: &'static Pattern) -> Result<Rc<Program>, Failure> {
        let known =
            self.programs.borrow().iter().find(|(of, _)| ptr::eq(*of, pattern)).map(|(_, known)| Rc::clone(known));
        if let Some(known) = known {
            return Ok(known);
        }
        let program = Rc::new(Program::new(&self.filled(&pattern.regex)).ok_or(Failure::Unsupported)?);
        self.programs.borrow_mut().push((pattern, Rc::clone(&program)));
        Ok(program)
    }

    /// An expression with what was captured in the place of `\1`.
    fn filled(&self, regex: &str) -> String {
        let mut filled = String::with_capacity(regex.len());
        let mut is_escaped = false;
        for character in regex.chars() {
            match (is_escaped, character.to_digit(10)) {
                (true, Some(group)) => {
                    filled.extend(self.groups.get(group as usize).and_then(Option::as_deref));
                }
                (true, None) => {
                    filled.push('\\');
                    filled.push(character);
                }
                (false, _) if character != '\\' => filled.push(character),
                (false, _) => {}
            }
            is_escaped = character == '\\' && !is_escaped;
        }
        if is_escaped {
            filled.push('\\');
        }
        filled
    }
}

/// A match that is to be acted on.
struct Found {
    pattern: &'static Pattern,
    start: usize,
    groups: Groups,
    end: usize,
    is_of_prototype: bool,
    would_loop: bool,
}

/// One of the tables that count in a state.
struct Source {
    table: &'static Table,
    is_of_prototype: bool,
    captured: Option<Rc<Captured>>,
}

impl Parser {
    /// For a syntax, by its place in the set.
    pub(super) fn new(syntax: usize) -> Option<Self> {
        let first = Level { context: start(syntax)?.context()?, prototypes: Vec::new(), captured: None };
        Some(Self { stack: vec![first], is_first_line: true, proto_starts: Vec::new(), matcher: Matcher::default() })
    }

    /// Parses a line, with its end.
    pub(super) fn line(&mut self, line: &str) -> Result<Operations, Failure> {
        let mut operations = Operations::new();
        if std::mem::replace(&mut self.is_first_line, false) {
            let scope = self.top()?.context.meta_content_scope.first();
            operations.extend(scope.map(|scope| (0, ScopeStackOp::Push(*scope))));
        }
        let mut at = 0;
        let mut empty = 0;
        // The place of a push that consumed nothing, and the depth it led to.
        let mut pushed = (0, 0);
        loop {
            let checks_loop = pushed == (at, self.stack.len());
            while self.proto_starts.last().is_some_and(|start| *start >= self.stack.len()) {
                self.proto_starts.pop();
            }
            let Some(found) = self.find(line, at, checks_loop)? else { return Ok(operations) };
            if found.would_loop {
                let next = line.get(at..).and_then(|rest| rest.char_indices().nth(1));
                let Some((length, _)) = next else { return Ok(operations) };
                at += length;
                continue;
            }
            if found.end <= at && matches!(found.pattern.operation, Operation::Push(_)) {
                pushed = (found.end, self.stack.len() + 1);
            }
            empty = if found.end > at { 0 } else { empty + 1 };
            if empty > MOST_EMPTY {
                return Err(Failure::Endless);
            }
            at = found.end;
            if found.is_of_prototype {
                self.proto_starts.push(self.stack.len());
            }
            self.act(line, &found, &mut operations)?;
        }
    }

    fn top(&self) -> Result<&Level, Failure> {
        self.stack.last().ok_or(Failure::Unsupported)
    }

    fn sources(&self) -> Result<Vec<Source>, Failure> {
        let top = self.top()?;
        let mut sources = Vec::with_capacity(2);
        let mut add = |context: Option<&'static Context>, is_of_prototype, captured: Option<&Rc<Captured>>| {
            let table = context.and_then(Context::table).ok_or(Failure::Unsupported)?;
            sources.push(Source { table, is_of_prototype, captured: captured.cloned() });
            Ok(())
        };
        let from = self.proto_starts.last().copied().unwrap_or(0);
        for level in self.stack.iter().skip(from) {
            for prototype in &level.prototypes {
                add(prototype.context(), true, level.captured.as_ref())?;
            }
        }
        if let Some(prototype) = top.context.prototype {
            add(prototype.context(), false, None)?;
        }
        add(Some(top.context), false, top.captured.as_ref())?;
        Ok(sources)
    }

    /// The first match from a place on: of those that begin there, that of the first pattern.
    fn find(&mut self, line: &str, from: usize, checks_loop: bool) -> Result<Option<Found>, Failure> {
        let is_deepest = self.stack.len() >= DEEPEST;
        let sources = self.sources()?;
        // What does nothing with an empty match is not looked for further on.
        let mut idle: Vec<*const Pattern> = Vec::new();
        let mut at = from;
        loop {
            let mut looping = None;
            let symbol = line.as_bytes().get(at).map_or(END, |&byte| usize::from(byte));
            for source in &sources {
                for pattern in source.table.candidates(symbol) {
                    if is_deepest && matches!(pattern.operation, Operation::Push(_)) {
                        continue;
                    }
                    if !idle.is_empty() && idle.iter().any(|one| ptr::eq(*one, pattern)) {
                        continue;
                    }
                    let Some((end, groups)) = self.try_at(pattern, source, line, at)? else { continue };
                    let is_empty = end == at;
                    if is_empty && matches!(pattern.operation, Operation::None) {
                        idle.push(pattern);
                        continue;
                    }
                    let would_loop =
                        checks_loop && at == from && is_empty && matches!(pattern.operation, Operation::Pop);
                    let is_of_prototype = source.is_of_prototype;
                    let found = Found { pattern, start: at, groups, end, is_of_prototype, would_loop };
                    if !would_loop {
                        return Ok(Some(found));
                    }
                    looping = Some(found);
                }
            }
            if looping.is_some() {
                return Ok(looping);
            }
            match line.get(at..).and_then(|rest| rest.chars().next()) {
                Some(character) => at += character.len_utf8(),
                None => return Ok(None),
            }
        }
    }

    fn try_at(
        &mut self,
        pattern: &'static Pattern,
        source: &Source,
        line: &str,
        at: usize,
    ) -> Result<Option<(usize, Groups)>, Failure> {
        let filled;
        let program = match &source.captured {
            Some(captured) if pattern.has_captures => {
                filled = captured.program(pattern)?;
                &*filled
            }
            _ => pattern.program().ok_or(Failure::Unsupported)?,
        };
        let Some(end) = self.matcher.run(program, line, at).map_err(|_| Failure::Endless)? else { return Ok(None) };
        let groups = (1..program.groups()).map(|group| self.matcher.group(group));
        Ok(Some((end, std::iter::once(Some((at, end))).chain(groups).collect())))
    }

    fn act(&mut self, line: &str, found: &Found, operations: &mut Operations) -> Result<(), Failure> {
        let context = self.top()?.context;
        let pattern = found.pattern;
        before(context, &pattern.operation, found.start, operations)?;
        operations.extend(pattern.scope.iter().map(|scope| (found.start, ScopeStackOp::Push(*scope))));
        captures(pattern, found, operations);
        if !pattern.scope.is_empty() {
            operations.push((found.end, ScopeStackOp::Pop(pattern.scope.len())));
        }
        after(context, &pattern.operation, found.end, operations)?;
        self.go(line, found)
    }

    fn go(&mut self, line: &str, found: &Found) -> Result<(), Failure> {
        let pattern = found.pattern;
        let (references, kept) = match &pattern.operation {
            Operation::Push(references) => (references, Vec::new()),
            // Prototypes stay until the level goes they came with.
            Operation::Set(references) => (references, self.stack.pop().ok_or(Failure::Unsupported)?.prototypes),
            Operation::Pop => {
                self.stack.pop();
                return if self.stack.is_empty() { Err(Failure::Unsupported) } else { Ok(()) };
            }
            Operation::None => return Ok(()),
        };
        let mut kept = Some(kept);
        for (index, reference) in references.iter().enumerate() {
            let mut prototypes = kept.take().unwrap_or_default();
            if index + 1 == references.len()
                && let Some(prototype) = &pattern.with_prototype
            {
                prototypes.push(prototype.id().ok_or(Failure::Unsupported)?);
            }
            let context = reference.context().ok_or(Failure::Unsupported)?;
            let refers = |id: &ContextId| id.context().is_some_and(|context| context.uses_backrefs);
            let captured = (context.uses_backrefs || prototypes.iter().any(refers)).then(|| {
                let text = |range: &Option<(usize, usize)>| {
                    range.and_then(|(start, end)| line.get(start..end)).map(regex_syntax::escape)
                };
                let groups = found.groups.iter().map(text).collect();
                Rc::new(Captured { groups, programs: std::cell::RefCell::default() })
            });
            self.stack.push(Level { context, prototypes, captured });
        }
        if self.stack.is_empty() { Err(Failure::Unsupported) } else { Ok(()) }
    }
}

/// The scopes of groups, the longer around the shorter.
fn captures(pattern: &Pattern, found: &Found, operations: &mut Operations) {
    let Some(captures) = &pattern.captures else { return };
    let mut ordered: Vec<((usize, i64), ScopeStackOp)> = Vec::new();
    for (group, scopes) in captures {
        let Some(&Some((start, end))) = found.groups.get(*group) else { continue };
        if start == end {
            continue;
        }
        let length = i64::try_from(end - start).unwrap_or(i64::MAX);
        ordered.extend(scopes.iter().map(|scope| ((start, -length), ScopeStackOp::Push(*scope))));
        ordered.push(((end, i64::MIN), ScopeStackOp::Pop(scopes.len())));
    }
    ordered.sort_by_key(|(place, _)| *place);
    operations.extend(ordered.into_iter().map(|((at, _), operation)| (at, operation)));
}

fn contexts(references: &[Reference]) -> impl Iterator<Item = Result<&'static Context, Failure>> {
    references.iter().map(|reference| reference.context().ok_or(Failure::Unsupported))
}

fn push(scopes: &[Scope], at: usize, operations: &mut Operations) {
    operations.extend(scopes.iter().map(|scope| (at, ScopeStackOp::Push(*scope))));
}

fn pop(count: usize, at: usize, operations: &mut Operations) {
    if count > 0 {
        operations.push((at, ScopeStackOp::Pop(count)));
    }
}

/// The scopes of contexts that end or begin, before the text of the match.
fn before(context: &Context, operation: &Operation, at: usize, operations: &mut Operations) -> Result<(), Failure> {
    match operation {
        Operation::Pop => pop(context.meta_content_scope.len(), at, operations),
        Operation::Push(references) | Operation::Set(references) => {
            let sets = matches!(operation, Operation::Set(_));
            if sets && context.clear_scopes.is_some() {
                operations.push((at, ScopeStackOp::Restore));
            }
            for next in contexts(references) {
                let next = next?;
                if let (false, Some(amount)) = (sets, next.clear_scopes) {
                    operations.push((at, ScopeStackOp::Clear(amount)));
                }
                push(&next.meta_scope, at, operations);
            }
        }
        Operation::None => {}
    }
    Ok(())
}

/// The same behind it.
fn after(context: &Context, operation: &Operation, at: usize, operations: &mut Operations) -> Result<(), Failure> {
    match operation {
        Operation::Pop => {
            pop(context.meta_scope.len(), at, operations);
            if context.clear_scopes.is_some() {
                operations.push((at, ScopeStackOp::Restore));
            }
        }
        Operation::Push(references) | Operation::Set(references) => {
            let sets = matches!(operation, Operation::Set(_));
            let next: Vec<&Context> = contexts(references).collect::<Result<_, _>>()?;
            let has_own = sets && !(context.meta_scope.is_empty() && context.meta_content_scope.is_empty());
            let has_next =
                |next: &&Context| !next.meta_content_scope.is_empty() || (sets && next.clear_scopes.is_some());
            if !has_own && !next.iter().any(has_next) {
                return Ok(());
            }
            let own = if sets { context.meta_content_scope.len() + context.meta_scope.len() } else { 0 };
            pop(next.iter().map(|next| next.meta_scope.len()).sum::<usize>() + own, at, operations);
            for next in next {
                if let (true, Some(amount)) = (sets, next.clear_scopes) {
                    operations.push((at, ScopeStackOp::Clear(amount)));
                }
                push(&next.meta_scope, at, operations);
                push(&next.meta_content_scope, at, operations);
            }
        }
        Operation::None => {}
    }
    Ok(())
}

//! The grammars of the syntax set, as the parser walks them.
//!
//! syntect keeps the contexts of its grammars to itself, but writes and reads them in a form that is public; the types here
//! mirror that form. Each grammar is read when it is first needed.

use std::sync::{LazyLock, OnceLock};

use foldhash::HashMap;
use serde::Deserialize;
use syntect::dumps;
use syntect::parsing::{ClearAmount, Scope, SyntaxReference, SyntaxSet};

use super::program::{First, Program, SYMBOLS};

/// All syntaxes.
pub(super) static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// The contexts of each, by its place in the set.
static GRAMMARS: LazyLock<Vec<OnceLock<Option<Grammar>>>> =
    LazyLock::new(|| SYNTAXES.syntaxes().iter().map(|_| OnceLock::new()).collect());

/// The contexts of a language.
#[derive(Debug, Deserialize)]
pub(super) struct Grammar {
    context_ids: HashMap<String, ContextId>,
    contexts: Vec<Context>,
}

/// Which context of which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct ContextId {
    syntax_index: usize,
    context_index: usize,
}

/// What may follow in one state.
#[derive(Debug, Deserialize)]
pub(super) struct Context {
    pub(super) meta_scope: Vec<Scope>,
    pub(super) meta_content_scope: Vec<Scope>,
    #[expect(dead_code, reason = "a part of the form")]
    meta_include_prototype: bool,
    pub(super) clear_scopes: Option<ClearAmount>,
    pub(super) prototype: Option<ContextId>,
    pub(super) uses_backrefs: bool,
    patterns: Vec<Item>,
    #[serde(skip)]
    table: OnceLock<Option<Table>>,
}

#[derive(Debug, Deserialize)]
enum Item {
    Match(Pattern),
    Include(Reference),
}

/// What is looked for, and what it leads to.
#[derive(Debug, Deserialize)]
pub(super) struct Pattern {
    /// Whether it refers to what an earlier pattern captured.
    pub(super) has_captures: bool,
    pub(super) regex: String,
    pub(super) scope: Vec<Scope>,
    pub(super) captures: Option<Vec<(usize, Vec<Scope>)>>,
    pub(super) operation: Operation,
    pub(super) with_prototype: Option<Reference>,
    #[serde(skip)]
    program: OnceLock<Option<Program>>,
}

/// Where to go.
#[derive(Debug, Deserialize)]
pub(super) enum Operation {
    Push(Vec<Reference>),
    Set(Vec<Reference>),
    Pop,
    None,
}

/// A context by its name, or what became of that.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "a part of the form")]
pub(super) enum Reference {
    Named(String),
    ByScope { scope: Scope, sub_context: Option<String>, with_escape: bool },
    File { name: String, sub_context: Option<String>, with_escape: bool },
    Inline(String),
    Direct(ContextId),
}

impl Reference {
    pub(super) fn id(&self) -> Option<ContextId> {
        match self {
            Self::Direct(id) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn context(&self) -> Option<&'static Context> {
        self.id()?.context()
    }
}

impl ContextId {
    pub(super) fn context(self) -> Option<&'static Context> {
        grammar(self.syntax_index)?.contexts.get(self.context_index)
    }
}

impl Pattern {
    /// Its regular expression; none where that is none by itself.
    pub(super) fn program(&self) -> Option<&Program> {
        self.program.get_or_init(|| Program::new(&self.regex)).as_ref()
    }
}

/// The patterns of a context with those it includes, by what they can begin with.
#[derive(Debug)]
pub(super) struct Table {
    patterns: Vec<&'static Pattern>,
    /// For each symbol the place of its list.
    by_symbol: Vec<u16>,
    lists: Vec<Vec<u16>>,
}

impl Table {
    /// Those that may match before a symbol, in their order.
    pub(super) fn candidates(&self, symbol: usize) -> impl Iterator<Item = &'static Pattern> {
        let list = self.by_symbol.get(symbol).and_then(|&list| self.lists.get(usize::from(list)));
        list.into_iter().flatten().filter_map(|&at| self.patterns.get(usize::from(at)).copied())
    }

    fn new(context: &'static Context) -> Option<Self> {
        let mut patterns = Vec::new();
        flatten(context, &mut patterns);
        let mut firsts = Vec::with_capacity(patterns.len());
        for pattern in &patterns {
            firsts.push(if pattern.has_captures { &First::ALL } else { pattern.program()?.first() });
        }
        let mut places: HashMap<Vec<u16>, u16> = HashMap::default();
        let mut by_symbol = Vec::with_capacity(SYMBOLS);
        for symbol in 0..SYMBOLS {
            let list: Option<Vec<u16>> = (firsts.iter().enumerate())
                .filter(|(_, first)| first.has(symbol))
                .map(|(at, _)| u16::try_from(at).ok())
                .collect();
            let next = u16::try_from(places.len()).ok()?;
            by_symbol.push(*places.entry(list?).or_insert(next));
        }
        let mut lists = vec![Vec::new(); places.len()];
        for (list, place) in places {
            if let Some(slot) = lists.get_mut(usize::from(place)) {
                *slot = list;
            }
        }
        Some(Self { patterns, by_symbol, lists })
    }
}

/// Includes within includes are walked as far as the grammar goes: it is not the reader's to make.
fn flatten(context: &'static Context, patterns: &mut Vec<&'static Pattern>) {
    for item in &context.patterns {
        match item {
            Item::Match(pattern) => patterns.push(pattern),
            Item::Include(reference) => {
                if let Some(context) = reference.context() {
                    flatten(context, patterns);
                }
            }
        }
    }
}

impl Context {
    /// None where a pattern of it is beyond the engine.
    pub(super) fn table(&'static self) -> Option<&'static Table> {
        self.table.get_or_init(|| Table::new(self)).as_ref()
    }
}

/// Where parsing starts in a syntax, by its place in the set.
pub(super) fn start(syntax: usize) -> Option<ContextId> {
    grammar(syntax)?.context_ids.get("__start").copied()
}

fn grammar(index: usize) -> Option<&'static Grammar> {
    GRAMMARS.get(index)?.get_or_init(|| read(SYNTAXES.syntaxes().get(index)?)).as_ref()
}

fn read(syntax: &SyntaxReference) -> Option<Grammar> {
    #[derive(Deserialize)]
    struct Written {
        serialized_lazy_contexts: Vec<u8>,
    }
    let written: Written = serde_json::from_slice(&serde_json::to_vec(syntax).ok()?).ok()?;
    dumps::from_reader(written.serialized_lazy_contexts.as_slice()).ok()
}

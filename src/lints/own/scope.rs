//! Where a lint of a project's own looks: parts of the source, each as written.

use std::borrow::Cow;
use std::cell::OnceCell;

use clap::ValueEnum;

use super::super::Context;
use super::OwnLint;
use crate::deck::{Note, Passage};
use crate::markdown::{Document, Fence, NodeId, NodeKind};
use crate::source::{Source, Span};

/// What a pattern looks at. `^` and `$` are the beginning and the end of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Scope {
    /// Questions with all that belongs to them: code, options
    Question,
    /// Answers, code and all
    Answer,
    /// Headings without their marks
    Heading,
    /// Words: no code, no formulas, no HTML, no addresses
    Text,
    /// Code: blocks and code within text, or with `languages` the fences of these
    Code,
    /// The whole file as it is, front matter and all
    Source,
}

impl Scope {
    /// Its name in a page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Heading => "heading",
            Self::Text => "text",
            Self::Code => "code",
            Self::Source => "source",
        }
    }
}

/// The parts of a file, found but once for all lints.
pub(crate) struct Scopes<'c, 'a> {
    context: &'c Context<'a>,
    questions: OnceCell<Vec<Span>>,
    answers: OnceCell<Vec<Span>>,
    headings: OnceCell<Vec<Span>>,
    texts: OnceCell<Vec<Span>>,
    code: OnceCell<Vec<Span>>,
}

impl<'c, 'a> Scopes<'c, 'a> {
    pub(crate) fn new(context: &'c Context<'a>) -> Self {
        let (questions, answers, headings) = Default::default();
        Self { context, questions, answers, headings, texts: OnceCell::new(), code: OnceCell::new() }
    }

    /// The parts a lint looks at, in source order, none overlapping another.
    pub(super) fn of(&self, lint: &OwnLint) -> Cow<'_, [Span]> {
        let Context { document, source, .. } = *self.context;
        let known = match lint.scope {
            Scope::Source => return Cow::Owned(vec![source.span(0..source.text().len())]),
            Scope::Code if !lint.languages.is_empty() => {
                let fences = document.fences().iter();
                let wanted = fences.filter(|fence| lint.wants_language(source.slice(fence.info)));
                return Cow::Owned(in_order(wanted.map(|fence| code_of(fence, source)).collect()));
            }
            Scope::Code => self.code.get_or_init(|| code(document, source)),
            Scope::Heading => self.headings.get_or_init(|| headings(document)),
            Scope::Text => self.texts.get_or_init(|| texts(document, source)),
            Scope::Question => {
                self.questions.get_or_init(|| self.passages(|note| note.passages_of_question().collect()))
            }
            Scope::Answer => self
                .answers
                .get_or_init(|| self.passages(|note| note.answer.iter().map(|answer| &answer.body).collect())),
        };
        Cow::Borrowed(known)
    }

    fn passages(&self, of: impl Fn(&Note) -> Vec<&Passage>) -> Vec<Span> {
        let source = self.context.source.id();
        let passages = self.context.deck.notes.iter().flat_map(of);
        let spans = passages.flat_map(|passage| &passage.pieces).map(|piece| piece.span);
        // An answer may stand in another file.
        in_order(spans.filter(|span| span.source == source).collect())
    }
}

/// Sorted, with what overlaps as one.
fn in_order(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut parts: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        match parts.last_mut() {
            Some(last) if span.start < last.end => *last = last.to(span),
            _ => parts.push(span),
        }
    }
    parts
}

fn code_of(fence: &Fence, source: &Source) -> Span {
    let (first, last) = fence.code_lines().into_inner();
    if last < first {
        return source.span(0..0);
    }
    source.span(source.line_range(first).start..source.line_range(last).end)
}

fn code(document: &Document, source: &Source) -> Vec<Span> {
    let fences = document.fences().iter().map(|fence| code_of(fence, source));
    let others = document.all().filter_map(|id| match document.kind(id) {
        NodeKind::IndentedCode => Some(document.span(id)),
        NodeKind::Code(_) => {
            let span = document.span(id);
            let text = source.slice(span);
            let marks = text.len() - text.trim_start_matches('`').len();
            Some(source.span(span.start as usize + marks..(span.end as usize).saturating_sub(marks)))
        }
        _ => None,
    });
    in_order(fences.chain(others).collect())
}

fn headings(document: &Document) -> Vec<Span> {
    let headings = document.all().filter(|&id| document.heading_level(id).is_some());
    let inner = headings.filter_map(|id| document.children(id).map(|child| document.span(child)).reduce(Span::to));
    in_order(inner.collect())
}

/// Runs of words: what nothing but a line end parts is one.
fn texts(document: &Document, source: &Source) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    let mut is_open = false;
    let mut behind_address = 0;
    for id in document.all() {
        let span = document.span(id);
        match document.kind(id) {
            NodeKind::Text | NodeKind::Decoded(_) | NodeKind::Break if span.start >= behind_address => {
                let gap = runs.last().and_then(|last| source.text().get(last.end as usize..span.start as usize));
                match runs.last_mut() {
                    Some(last) if is_open && gap.is_some_and(|gap| gap.trim().is_empty()) => *last = last.to(span),
                    _ => runs.push(span),
                }
                is_open = true;
            }
            NodeKind::Link(_) if is_bare_address(document, source, id) => {
                behind_address = span.end;
                is_open = false;
            }
            _ => is_open = false,
        }
    }
    in_order(runs)
}

/// `<https://example.org>` shows an address, which is no text of the author's.
fn is_bare_address(document: &Document, source: &Source, link: NodeId) -> bool {
    source.slice(document.span(link)).starts_with('<')
}

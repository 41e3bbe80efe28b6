//! A question as typed: its number, label and marks apart from its words.

use std::sync::OnceLock;

use super::packed::{packed_all, packed_lower};
use super::prefix::Prefix;
use super::{html, pin};
use crate::deck::{Number, Pin};
use crate::markdown::{Document, NodeId, NodeKind};
use crate::source::{Source, Span};
use crate::words;

/// The inline text of a heading or list item.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// The Markdown without number, label and marks around all of it.
    pub(super) markdown: Span,
    /// The same as plain text.
    pub(super) plain: String,
    /// The same with code between backticks, where there is code in it.
    pub(super) marked: Option<String>,
    /// See [`Self::key`]. Most lists hold no questions, and nobody asks for the words of their items.
    key: OnceLock<String>,
    /// The number typed before it.
    pub(super) number: Option<Number>,
    /// See [`Self::asks`].
    asking: OnceLock<Asking>,
    /// Whether a word such as `Question` stands before it.
    pub(super) is_labelled: bool,
    /// The id its author wrote behind it.
    pub(super) pin: Option<Box<Pin>>,
}

/// How much a title reads like a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// It ends in a question mark, begins with a question word, or a label says so.
    Surely,
    /// It begins as a task does.
    Task,
    No,
}

impl Title {
    fn new(
        markdown: Span,
        plain: String,
        marked: Option<String>,
        prefix: (Option<Number>, bool),
        pin: Option<Box<Pin>>,
    ) -> Self {
        let (number, is_labelled) = prefix;
        let marked = marked.filter(|marked| *marked != plain);
        let (key, asking) = (OnceLock::new(), OnceLock::new());
        Self { markdown, plain, marked, key, number, asking, is_labelled, pin }
    }

    /// Of a heading, a paragraph, or the first line of a list item.
    pub(super) fn of(document: &Document, source: &Source, block: NodeId) -> Self {
        let heading = document.children(block).next().filter(|&child| document.heading_level(child).is_some());
        let block = heading.unwrap_or(block);
        let fallback = document.node(block).start as usize;
        let is_heading = document.heading_level(block).is_some();
        Self::of_inline(document, source, document.leading_inline(block), (fallback, is_heading))
    }

    /// Of a run of sibling nodes; `at` says where a title without any text stands, and whether it may end in the
    /// attribute of a heading.
    pub(super) fn of_inline(document: &Document, source: &Source, mut inline: Vec<NodeId>, at: (usize, bool)) -> Self {
        let mut pin = inline.iter().rev().find_map(|&id| pin::of_node(document, source, id));
        trim(&mut inline, document, source);
        without_signs_around(&mut inline, document, source);
        while let [only] = inline.as_slice()
            && matches!(document.kind(*only), NodeKind::Strong | NodeKind::Emphasis)
        {
            inline = document.children(*only).collect();
            trim(&mut inline, document, source);
        }
        let mut plain = document.text_of(&inline, source, "");
        let mut marked = marked(document, source, &inline);
        let whole = match (inline.first(), inline.last()) {
            (Some(&first), Some(&last)) => document.span(first).to(document.span(last)),
            _ => source.span(at.0..at.0),
        };
        let mut text = source.slice(whole);
        if let Some((range, id)) = pin::at_end(text).filter(|_| at.1) {
            let span = source.span(whole.start as usize + range.start..whole.start as usize + range.end);
            pin = pin.or_else(|| Some(Box::new(Pin { id: id.to_owned(), span, is_anchor: true })));
            text = text.get(..range.start).unwrap_or_default();
            for shown in std::iter::once(&mut plain).chain(&mut marked) {
                let end = pin::at_end(shown).map(|(range, _)| range.start);
                shown.truncate(end.unwrap_or(shown.len()));
            }
        }
        let lead = text.len() - text.trim_start().len();
        let text = text.trim();
        let prefix = Prefix::within_marks(text);
        let start = whole.start as usize + lead;
        let markdown = source.span(start + prefix.length..start + text.len());
        let shown = if prefix.length == 0 && plain == text { Prefix::default() } else { Prefix::of(&plain) };
        let number = match (prefix.number, &shown.number) {
            (Some((value, range)), _) => Some((value, source.span(start + range.start..start + range.end))),
            // Inside a link the number stays on the card, but counts.
            (None, Some((value, _))) => Some((*value, source.span(start..start + text.len()))),
            (None, None) => None,
        };
        let number = number.map(|(value, span)| Number { value, span });
        let plain = without_lead(plain, shown.length);
        let marked = marked.map(|marked| {
            let length = Prefix::of(&marked).length;
            without_lead(marked, length)
        });
        Self::new(markdown, plain, marked, (number, prefix.labelled), pin)
    }

    /// Of a piece of text that is not all of its nodes: all of it is the title, words as in the source where a node is cut.
    pub(super) fn of_text(document: &Document, source: &Source, span: Span, inline: &[NodeId]) -> Self {
        let covered = match (inline.first(), inline.last()) {
            (Some(&first), Some(&last)) => document.span(first).to(document.span(last)) == span,
            _ => false,
        };
        let (plain, marked) = if covered {
            (document.text_of(inline, source, ""), marked(document, source, inline))
        } else {
            let text = source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
            (text.replace(['`', '*'], ""), Some(text))
        };
        Self::new(span, plain, marked, (None, false), None)
    }

    /// Of the raw HTML of a summary: Markdown does not reach it, tags around all of it say nothing.
    pub(super) fn of_html(source: &Source, span: Span) -> Self {
        let span = html::unwrapped(source, span);
        let text = source.slice(span);
        let prefix = Prefix::within_marks(text);
        let start = span.start as usize;
        let markdown = html::unwrapped(source, source.span(start + prefix.length..span.end as usize));
        let text = source.slice(markdown);
        let number = prefix
            .number
            .map(|(value, range)| Number { value, span: source.span(start + range.start..start + range.end) });
        let plain = html::plain(text, "");
        let marked = html::plain(text, "`");
        Self::new(markdown, plain, Some(marked), (number, prefix.labelled), None)
    }

    /// As words, for comparison; code counts as words.
    pub(super) fn key(&self) -> &str {
        self.key.get_or_init(|| words::key(&self.plain))
    }

    /// What the question has in common with another one: its words, and code to the letter.
    pub(super) fn question_words(&self) -> String {
        self.marked.as_deref().map_or_else(|| self.key().to_owned(), words::key)
    }

    /// Whether there is a word in it.
    pub(super) fn has_words(&self) -> bool {
        self.plain.bytes().any(|byte| byte.is_ascii_alphanumeric()) || !self.key().is_empty()
    }

    /// Whether it ends in a question mark or begins with a question word.
    pub(super) fn asks_surely(&self) -> bool {
        self.asking() == Asking::Surely
    }

    /// Whether it reads like a question or a task.
    pub(super) fn asks(&self) -> bool {
        self.asking() != Asking::No
    }

    fn asking(&self) -> Asking {
        *self.asking.get_or_init(|| {
            if self.is_labelled || ends_like_a_question(&self.plain) {
                return Asking::Surely;
            }
            if self.plain.is_ascii() && !may_begin_question(first_letters(&self.plain)) {
                return Asking::No;
            }
            match first_word(&self.plain) {
                first if is_question_word(&first) || holds_question_word(&self.plain) => Asking::Surely,
                first if begins_task(&first, &self.plain) => Asking::Task,
                _ => Asking::No,
            }
        })
    }

    /// Whether it ends in a question mark.
    pub(super) fn ends_asking(&self) -> bool {
        ends_like_a_question(&self.plain)
    }
}

/// A text without its first bytes, and without white space around it.
fn without_lead(text: String, length: usize) -> String {
    let bare = text.get(length..).unwrap_or_default().trim();
    if bare.len() == text.len() { text } else { bare.to_owned() }
}

fn ends_like_a_question(text: &str) -> bool {
    if text.is_ascii() && memchr::memchr(b'?', text.as_bytes()).is_none() {
        return false;
    }
    let bare = text.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '?' | '？' | '؟'));
    bare.ends_with(['?', '？', '؟'])
}

/// Strong text with nothing but emoji beside it is all there is of a title; a link with no words at its end, as `[⬆](#top)`,
/// is none of it.
fn without_signs_around(inline: &mut Vec<NodeId>, document: &Document, source: &Source) {
    let text = |id: NodeId| source.slice(document.span(id));
    let is_arrow = |id: &NodeId| {
        matches!(document.kind(*id), NodeKind::Link(_))
            && !document.plain_text(*id, source).contains(char::is_alphanumeric)
    };
    if inline.len() > 1 && inline.last().is_some_and(is_arrow) {
        inline.pop();
        trim(inline, document, source);
    }
    let is_sign = |id: &NodeId| {
        document.kind(*id) == NodeKind::Text && text(*id).chars().all(|c| !c.is_ascii_graphic() && !c.is_alphanumeric())
    };
    let is_strong = |id: &&NodeId| document.kind(**id) == NodeKind::Strong;
    if let (Some(&strong), 1) = (inline.iter().find(is_strong), inline.iter().filter(is_strong).count())
        && inline.iter().all(|id| *id == strong || is_sign(id))
    {
        *inline = vec![strong];
    }
}

/// Drops what is no text at either end: anchors, line breaks, task boxes, white space.
fn trim(inline: &mut Vec<NodeId>, document: &Document, source: &Source) {
    let is_nothing = |id: &NodeId| match document.kind(*id) {
        NodeKind::InlineHtml | NodeKind::Break | NodeKind::TaskBox => true,
        NodeKind::Text => source.slice(document.span(*id)).trim().is_empty(),
        _ => false,
    };
    while inline.last().is_some_and(is_nothing) {
        inline.pop();
    }
    let lead = inline.iter().take_while(|id| is_nothing(id)).count();
    inline.drain(..lead);
}

/// A title without the emoji and signs people put before and behind it.
pub(super) fn without_ornament(title: &str) -> String {
    let is_ornament = |c: char| !(c.is_alphanumeric() || "([{\"'“‘<`.#@$&+-_/«".contains(c)) || c == '\u{fe0f}';
    let start = title.trim_start_matches(is_ornament);
    let is_tail = |c: char| !(c.is_alphanumeric() || c.is_ascii() || "”’»？！。）؟…".contains(c));
    start.trim_end_matches(is_tail).trim().to_owned()
}

/// First words of questions in English, sorted.
const QUESTIONS: [&str; 40] = [
    "are",
    "can",
    "compare",
    "contrast",
    "could",
    "define",
    "describe",
    "did",
    "difference",
    "differences",
    "differentiate",
    "discuss",
    "do",
    "does",
    "explain",
    "has",
    "have",
    "how",
    "how's",
    "is",
    "mention",
    "name",
    "outline",
    "shall",
    "should",
    "suppose",
    "tell",
    "was",
    "were",
    "what",
    "what's",
    "whats",
    "when",
    "where",
    "which",
    "who",
    "why",
    "why's",
    "will",
    "would",
];

/// First words of tasks in English, sorted. Headings of ordinary documents begin so, too; a task takes more words.
const TASKS: [&str; 33] = [
    "add",
    "build",
    "change",
    "configure",
    "create",
    "delete",
    "deploy",
    "design",
    "draw",
    "enumerate",
    "find",
    "get",
    "give",
    "identify",
    "if",
    "implement",
    "in",
    "install",
    "list",
    "make",
    "predict",
    "prove",
    "refactor",
    "remove",
    "run",
    "show",
    "sketch",
    "solve",
    "state",
    "strategies",
    "tools",
    "view",
    "write",
];
/// A heading of fewer words is a title.
const SHORTEST_TASK: usize = 5;

/// The same in other languages, sorted.
const STARTS_ELSEWHERE: [&str; 46] = [
    "comment",
    "cuál",
    "cuáles",
    "cómo",
    "explica",
    "o",
    "pourquoi",
    "qu'est-ce",
    "quais",
    "quel",
    "quelle",
    "quelles",
    "quels",
    "qué",
    "warum",
    "was",
    "welche",
    "welcher",
    "welches",
    "wie",
    "wieso",
    "где",
    "зачем",
    "как",
    "какая",
    "какие",
    "каков",
    "какое",
    "какой",
    "когда",
    "кто",
    "назовите",
    "объясните",
    "опишите",
    "почему",
    "расскажите",
    "чем",
    "что",
    "أين",
    "اشرح",
    "كيف",
    "لماذا",
    "ما",
    "ماذا",
    "متى",
    "هل",
];

/// What makes a question in Chinese and Japanese, where it may stand anywhere.
const ASKING: [&str; 20] = [
    "什么",
    "如何",
    "怎么",
    "怎样",
    "为何",
    "哪些",
    "哪个",
    "区别",
    "是否",
    "吗",
    "谈谈",
    "说说",
    "介绍",
    "解释",
    "简述",
    "描述",
    "とは",
    "違い",
    "なぜ",
    "どのよう",
];

/// The letters and digits of ASCII that the first word begins with.
fn first_letters(text: &str) -> &str {
    let bare = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let length = bare.bytes().take_while(u8::is_ascii_alphanumeric).count();
    bare.get(..length).unwrap_or_default()
}

/// Whether a title may read like a question that begins with these letters of ASCII, as `how` or the `qu` of `qu'est-ce`.
pub(super) fn may_begin_question(letters: &str) -> bool {
    const QUESTION_STARTS: [u64; QUESTIONS.len()] = packed_all(&QUESTIONS);
    const TASK_STARTS: [u64; TASKS.len()] = packed_all(&TASKS);
    const ELSEWHERE: [u64; STARTS_ELSEWHERE.len()] = packed_all(&STARTS_ELSEWHERE);
    let first = packed_lower(letters.as_bytes());
    QUESTION_STARTS.binary_search(&first).is_ok()
        || TASK_STARTS.binary_search(&first).is_ok()
        || ELSEWHERE.binary_search(&first).is_ok()
        || letters.eq_ignore_ascii_case("qu")
}

fn is_question_word(first: &str) -> bool {
    QUESTIONS.binary_search(&first).is_ok() || STARTS_ELSEWHERE.binary_search(&first).is_ok()
}

fn holds_question_word(text: &str) -> bool {
    !text.is_ascii() && ASKING.iter().any(|sign| text.contains(sign))
}

fn begins_task(first: &str, text: &str) -> bool {
    TASKS.binary_search(&first).is_ok() && text.split_whitespace().count() >= SHORTEST_TASK
}

fn first_word(text: &str) -> String {
    let first = text.trim_start_matches(|c: char| !c.is_alphanumeric()).split_whitespace().next().unwrap_or_default();
    if first.is_ascii() {
        return first.trim_end_matches([',', ':']).to_ascii_lowercase();
    }
    first.to_lowercase().replace('’', "'").trim_end_matches([',', ':']).to_owned()
}

/// The text of some nodes with code between backticks, where there is code among them.
fn marked(document: &Document, source: &Source, inline: &[NodeId]) -> Option<String> {
    let is_code = |id: NodeId| matches!(document.kind(id), NodeKind::Code(_));
    let has_code = inline.iter().any(|&id| is_code(id) || document.descendants(id).any(is_code));
    has_code.then(|| document.text_of(inline, source, "`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ornaments_come_off() {
        assert_eq!(without_ornament("✅ Architecture & Design Patterns"), "Architecture & Design Patterns");
        assert_eq!(without_ornament("🗃️ C++ (basics)"), "C++ (basics)");
        assert_eq!(without_ornament(".NET ⭐️"), ".NET");
    }

    #[test]
    fn starts_are_sorted_for_the_search() {
        assert!(QUESTIONS.is_sorted() && TASKS.is_sorted() && STARTS_ELSEWHERE.is_sorted());
    }
}

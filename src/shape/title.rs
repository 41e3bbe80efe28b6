//! A question as typed: its number, label and marks apart from its words.

use crate::deck::Number;
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
    /// The same with code between backticks.
    pub(super) marked: String,
    /// The same as words, for comparison; code counts as words.
    pub(super) key: String,
    /// The number typed before it.
    pub(super) number: Option<Number>,
    /// Whether it reads like a question or a task.
    pub(super) asks: bool,
    /// Whether it ends in a question mark or begins with a question word.
    pub(super) asks_surely: bool,
}

impl Title {
    pub(super) fn of(document: &Document, source: &Source, block: NodeId) -> Self {
        let mut inline = document.leading_inline(block);
        trim(&mut inline, document, source);
        while let [only] = inline.as_slice()
            && matches!(document.kind(*only), NodeKind::Strong | NodeKind::Emphasis)
        {
            inline = document.children(*only).collect();
            trim(&mut inline, document, source);
        }
        let plain = document.text_of(&inline, source, "");
        let marked = document.text_of(&inline, source, "`");
        let whole = match (inline.first(), inline.last()) {
            (Some(&first), Some(&last)) => document.span(first).to(document.span(last)),
            _ => source.span(document.node(block).start as usize..document.node(block).start as usize),
        };
        let text = source.slice(whole);
        let lead = text.len() - text.trim_start().len();
        let text = text.trim();
        let prefix = Prefix::within_marks(text);
        let start = whole.start as usize + lead;
        let markdown = source.span(start + prefix.length..start + text.len());
        let number = prefix
            .number
            .map(|(value, range)| Number { value, span: source.span(start + range.start..start + range.end) });
        let plain = plain.get(Prefix::of(&plain).length..).unwrap_or_default().trim().to_owned();
        let marked = marked.get(Prefix::of(&marked).length..).unwrap_or_default().trim().to_owned();
        let key = words::key(&plain);
        let asks_surely = prefix.labelled || ends_like_a_question(&plain) || begins_like_a_question(&plain);
        let asks = asks_surely || begins_like_a_task(&plain);
        Self { markdown, plain, marked, key, number, asks, asks_surely }
    }
}

fn ends_like_a_question(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '?' | '？' | '؟'));
    bare.ends_with(['?', '？', '؟'])
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

/// What stands before a question: `12.`, `Q3:`, `Question 4 -`, `Q:`, `3️⃣`.
struct Prefix {
    length: usize,
    number: Option<(u64, std::ops::Range<usize>)>,
    labelled: bool,
}

impl Prefix {
    /// Also where emphasis stands around the prefix alone, as in `**Q4)** What`.
    fn within_marks(text: &str) -> Self {
        let bare = text.trim_start_matches(['*', '_']);
        let marks = text.len() - bare.len();
        let run = text.get(..marks).unwrap_or_default();
        if marks == 0 {
            return Self::of(text);
        }
        let Some((head, tail)) = bare.split_once(run) else { return Self::none() };
        // With some text behind it, the part in emphasis must be a prefix and nothing else.
        let inner = Self::of(&format!("{head} {}", tail.trim_start()));
        if inner.length < head.len() || inner.length == 0 || head.is_empty() {
            return Self::none();
        }
        let length = marks + head.len() + run.len() + tail.len() - tail.trim_start().len();
        let number = inner.number.map(|(value, range)| (value, range.start + marks..range.end + marks));
        Self { length, number, labelled: inner.labelled }
    }

    fn none() -> Self {
        Self { length: 0, number: None, labelled: false }
    }

    fn of(text: &str) -> Self {
        if let Some((value, length)) = keycap(text) {
            return Self { length, number: Some((value, 0..length)), labelled: false };
        }
        let after_label = label(text);
        let labelled = after_label > 0;
        let rest = text.get(after_label..).unwrap_or_default();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 6 {
            let separator = separator(rest);
            return if labelled && separator > 0 {
                Self { length: after_label + separator, number: None, labelled }
            } else {
                Self::none()
            };
        }
        let behind = rest.get(digits..).unwrap_or_default();
        let separator = separator(behind);
        let spaced = labelled && behind.starts_with(' ');
        let goes_on = behind.get(separator..).unwrap_or_default();
        // `3.5 ways` has no number before it, and `2.` alone no question behind it.
        let glued = !behind.get(..separator).unwrap_or_default().contains(char::is_whitespace);
        let decimal = glued && goes_on.starts_with(|c: char| c.is_ascii_digit());
        if (separator == 0 && !spaced) || decimal || goes_on.trim().is_empty() {
            return Self::none();
        }
        let value = rest.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let range = after_label..after_label + digits;
        let length = after_label + digits + separator.max(behind.len() - behind.trim_start().len());
        Self { length, number: Some((value, range)), labelled }
    }
}

/// The value of keycap digits (`1️⃣`, `🔟`) and the length of them with what parts them from the text.
fn keycap(text: &str) -> Option<(u64, usize)> {
    let ten = text.strip_prefix('\u{1f51f}');
    let (mut value, mut rest) = (ten.map(|_| 10_u64), ten.unwrap_or(text));
    while let Some(digit) = rest.chars().next().and_then(|digit| digit.to_digit(10)) {
        let behind = rest.get(1..)?;
        let Some(behind) = behind.strip_prefix('\u{fe0f}').unwrap_or(behind).strip_prefix('\u{20e3}') else { break };
        value = Some(value.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
        rest = behind;
    }
    let separator = separator(rest).max(rest.len() - rest.trim_start().len());
    let goes_on = rest.get(separator..).is_some_and(|rest| !rest.trim().is_empty());
    value.filter(|_| goes_on).map(|value| (value, text.len() - rest.len() + separator))
}

/// Length of `Q`, `Question`, `#` and white space behind it, where a number or a colon follows.
fn label(text: &str) -> usize {
    for name in ["Questions", "Question", "QUESTION", "question", "Ques", "Q", "q", "#", "№"] {
        if let Some(rest) = text.strip_prefix(name) {
            let bare = rest.trim_start_matches([' ', '#', '.']);
            let spaces = rest.len() - bare.len();
            if bare.starts_with(|c: char| c.is_ascii_digit()) {
                return name.len() + spaces;
            }
            let full_stop = name != "q" && rest.starts_with(". ");
            if (rest.starts_with([':', '：']) && name != "#") || full_stop {
                return name.len();
            }
        }
    }
    0
}

/// Length of `.`, `)`, `:`, ` - ` and the like, with the white space behind it.
fn separator(text: &str) -> usize {
    let bare = text.trim_start();
    let bare = bare.strip_prefix('\\').filter(|rest| rest.starts_with(['.', ')'])).unwrap_or(bare);
    let mark = bare.strip_prefix(['.', ')', ':', '：', '、', '．', '。']).or_else(|| {
        let dash = bare.strip_prefix(['-', '–', '—', '|'])?;
        (bare.len() < text.len() && dash.starts_with(' ')).then_some(dash)
    });
    mark.map_or(0, |rest| text.len() - rest.trim_start().len())
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

/// The same in other languages.
const STARTS_ELSEWHERE: [&str; 46] = [
    "как",
    "какая",
    "какие",
    "какой",
    "какое",
    "каков",
    "зачем",
    "почему",
    "что",
    "чем",
    "где",
    "когда",
    "кто",
    "объясните",
    "опишите",
    "расскажите",
    "назовите",
    "ما",
    "ماذا",
    "كيف",
    "لماذا",
    "هل",
    "متى",
    "أين",
    "اشرح",
    "qué",
    "cómo",
    "cuál",
    "cuáles",
    "explica",
    "qu'est-ce",
    "quelle",
    "quelles",
    "quel",
    "quels",
    "comment",
    "pourquoi",
    "was",
    "wie",
    "warum",
    "wieso",
    "welche",
    "welcher",
    "welches",
    "o",
    "quais",
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

fn begins_like_a_question(text: &str) -> bool {
    let first = first_word(text);
    let first = first.as_str();
    QUESTIONS.binary_search(&first).is_ok()
        || STARTS_ELSEWHERE.contains(&first)
        || ASKING.iter().any(|sign| text.contains(sign))
}

fn begins_like_a_task(text: &str) -> bool {
    TASKS.binary_search(&first_word(text).as_str()).is_ok() && text.split_whitespace().count() >= SHORTEST_TASK
}

fn first_word(text: &str) -> String {
    let first = text.trim_start_matches(|c: char| !c.is_alphanumeric()).split_whitespace().next().unwrap_or_default();
    first.to_lowercase().replace('’', "'").trim_end_matches([',', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> (Option<u64>, &str) {
        let prefix = Prefix::of(text);
        (prefix.number.map(|(value, _)| value), text.split_at(prefix.length).1)
    }

    #[test]
    fn numbers_and_labels_come_off() {
        assert_eq!(prefix("12. What?"), (Some(12), "What?"));
        assert_eq!(prefix("12.foo"), (Some(12), "foo"));
        assert_eq!(prefix("Q1: What?"), (Some(1), "What?"));
        assert_eq!(prefix("Q7 What?"), (Some(7), "What?"));
        assert_eq!(prefix("Question 4 - What?"), (Some(4), "What?"));
        assert_eq!(prefix("#5. What?"), (Some(5), "What?"));
        assert_eq!(prefix("Q: What?"), (None, "What?"));
        assert_eq!(prefix("３、什么"), (None, "３、什么"));
        assert_eq!(prefix("3、什么"), (Some(3), "什么"));
        assert_eq!(prefix("Q. What?"), (None, "What?"));
        assert_eq!(prefix("3\\. What?"), (Some(3), "What?"));
        assert_eq!(prefix("1\u{fe0f}\u{20e3} What?"), (Some(1), "What?"));
        assert_eq!(prefix("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3} What?"), (Some(12), "What?"));
    }

    #[test]
    fn emphasis_around_the_number_alone_comes_off_with_it() {
        let within = |text: &str| {
            let prefix = Prefix::within_marks(text);
            (prefix.number.map(|(value, _)| value), text.split_at(prefix.length).1.to_owned())
        };
        assert_eq!(within("**Q4)** What?"), (Some(4), "What?".to_owned()));
        assert_eq!(within("**12.** What?"), (Some(12), "What?".to_owned()));
        assert_eq!(within("**Why** not?"), (None, "**Why** not?".to_owned()));
        assert_eq!(within("**2 ways** to fail"), (None, "**2 ways** to fail".to_owned()));
    }

    #[test]
    fn a_number_that_belongs_to_the_text_stays() {
        assert_eq!(prefix("3.5 ways to fail"), (None, "3.5 ways to fail"));
        assert_eq!(prefix("2 ways to fail"), (None, "2 ways to fail"));
        assert_eq!(prefix("Queues"), (None, "Queues"));
        assert_eq!(prefix("#include"), (None, "#include"));
    }

    #[test]
    fn ornaments_come_off() {
        assert_eq!(without_ornament("✅ Architecture & Design Patterns"), "Architecture & Design Patterns");
        assert_eq!(without_ornament("🗃️ C++ (basics)"), "C++ (basics)");
        assert_eq!(without_ornament(".NET ⭐️"), ".NET");
    }

    #[test]
    fn starts_are_sorted_for_the_search() {
        assert!(QUESTIONS.is_sorted() && TASKS.is_sorted());
    }
}

//! Formulas in a text: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
//!
//! What stands in a formula is TeX, not Markdown: no star in it is emphasis, no backslash an escape, no line of it a
//! list. So formulas are found first, and the Markdown parser gets the text with as many bytes of filler in their place;
//! every place in it is the same place in the source. Its events then get the formulas back.

mod find;

pub(super) use find::may_be_in;
mod guard;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Tag, TagEnd};

/// The first byte of a filler, and all its other bytes. No text holds these control characters: one that does is taken
/// to have no formulas.
const FIRST: char = '\u{1}';
const OTHER: char = '\u{2}';

/// A formula with its delimiters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Formula {
    /// Its bytes.
    pub(crate) range: Range<usize>,
    /// Whether it stands on a line of its own.
    pub(crate) is_display: bool,
}

/// A text with its formulas put out of the parser's sight.
pub(crate) struct Masked<'text> {
    source: &'text str,
    text: String,
    formulas: Vec<Formula>,
}

impl<'text> Masked<'text> {
    /// None for a text without formulas.
    pub(crate) fn new(source: &'text str, options: Options) -> Option<Self> {
        if !find::may_be_in(source) || source.contains([FIRST, OTHER]) {
            return None;
        }
        let formulas = find::find(source, options);
        if formulas.is_empty() {
            return None;
        }
        let mut text = String::with_capacity(source.len());
        let mut from = 0;
        for Formula { range, .. } in &formulas {
            text.push_str(source.get(from..range.start).unwrap_or_default());
            text.push(FIRST);
            text.extend(std::iter::repeat_n(OTHER, range.len().saturating_sub(1)));
            from = range.end;
        }
        text.push_str(source.get(from..).unwrap_or_default());
        Some(Self { source, text, formulas })
    }

    /// What the parser is to read.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The parser's events, with the formulas back in them: as `InlineMath` and `DisplayMath` in text, as they were
    /// typed where they turn out to stand in code or an address.
    pub(crate) fn restore<'event>(
        &self,
        events: impl Iterator<Item = (Event<'event>, Range<usize>)>,
    ) -> Vec<(Event<'text>, Range<usize>)> {
        let mut restorer = Restorer { masked: self, out: Vec::new(), is_verbatim: false, is_table: false };
        events.for_each(|(event, range)| restorer.take(event, range));
        restorer.out
    }

    /// A text from within a range, with the formulas in it as they were typed.
    pub(crate) fn typed<'a>(&self, text: &'a str, range: &Range<usize>) -> Cow<'a, str> {
        let count = text.matches(FIRST).count();
        if count == 0 {
            return Cow::Borrowed(text);
        }
        let within = self.within(range);
        // What stands at the end of a link is its address; the formulas of its words come before.
        let mut formulas = within.iter().skip(within.len().saturating_sub(count));
        let mut typed = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                FIRST => typed.push_str(formulas.next().map_or("", |formula| self.source_of(formula))),
                OTHER => {}
                other => typed.push(other),
            }
        }
        Cow::Owned(typed)
    }

    fn source_of(&self, formula: &Formula) -> &'text str {
        self.source.get(formula.range.clone()).unwrap_or_default()
    }

    /// The formulas that lie in a range.
    fn within(&self, range: &Range<usize>) -> &[Formula] {
        let first = self.formulas.partition_point(|formula| formula.range.start < range.start);
        let last = self.formulas.partition_point(|formula| formula.range.end <= range.end);
        self.formulas.get(first..last).unwrap_or_default()
    }
}

struct Restorer<'masked, 'text> {
    masked: &'masked Masked<'text>,
    out: Vec<(Event<'text>, Range<usize>)>,
    /// In a block of code or HTML.
    is_verbatim: bool,
    is_table: bool,
}

impl<'text> Restorer<'_, 'text> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match &event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => self.is_verbatim = true,
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => self.is_verbatim = false,
            Event::Start(Tag::Table(_)) => self.is_table = true,
            Event::End(TagEnd::Table) => self.is_table = false,
            _ => {}
        }
        let typed = |text: &str| CowStr::from(self.masked.typed(text, &range).into_owned());
        let event = match event {
            Event::Text(text) if !self.is_verbatim => return self.text(&text, range),
            Event::Text(text) => Event::Text(typed(&text)),
            Event::Code(text) => Event::Code(typed(&text)),
            Event::Html(text) => Event::Html(typed(&text)),
            Event::InlineHtml(text) => Event::InlineHtml(typed(&text)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let (dest_url, title) = (typed(&dest_url), typed(&title));
                Event::Start(Tag::Link { link_type, dest_url, title, id: id.into_static() })
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let (dest_url, title) = (typed(&dest_url), typed(&title));
                Event::Start(Tag::Image { link_type, dest_url, title, id: id.into_static() })
            }
            other => other.into_static(),
        };
        self.out.push((event, range));
    }

    /// Text, with the formulas in it as events of their own.
    fn text(&mut self, text: &str, range: Range<usize>) {
        let masked = self.masked;
        let formulas = masked.within(&range);
        // Before an escaped character stands a backslash that is no part of the text.
        let offset = range.end.saturating_sub(text.len());
        let is_as_typed = masked.text.get(offset..range.end) == Some(text);
        if formulas.is_empty() || !is_as_typed {
            let typed = masked.typed(text, &range).into_owned();
            self.out.push((Event::Text(typed.into()), range));
            return;
        }
        let (mut from, mut shown_from) = (range.start, offset);
        for formula in formulas {
            self.plain(from, shown_from..formula.range.start);
            let typed = self.as_typed(masked.source_of(formula), formula.range.start);
            let event = if formula.is_display { Event::DisplayMath(typed) } else { Event::InlineMath(typed) };
            self.out.push((event, formula.range.clone()));
            (from, shown_from) = (formula.range.end, formula.range.end);
        }
        self.plain(from, shown_from..range.end);
    }

    fn plain(&mut self, start: usize, shown: Range<usize>) {
        let text = self.masked.source.get(shown.clone()).unwrap_or_default();
        if !text.is_empty() {
            self.out.push((Event::Text(text.into()), start..shown.end));
        }
    }

    /// A formula without what belongs to the blocks around it: the marks of a quotation before its lines, the backslash
    /// before a bar in a table.
    fn as_typed(&self, typed: &'text str, start: usize) -> CowStr<'text> {
        let mut typed = Cow::Borrowed(typed);
        if typed.contains(['\n', '\r']) {
            let line = self.masked.source.get(..start).unwrap_or_default().rsplit(['\n', '\r']).next();
            let is_quoted = line.is_some_and(|line| line.trim_start().starts_with('>'));
            let bare = |line: &str| {
                let line = line.trim();
                if is_quoted { line.trim_start_matches(['>', ' ']).to_owned() } else { line.to_owned() }
            };
            let lines = typed.lines().map(bare).filter(|line| !line.is_empty());
            typed = Cow::Owned(lines.collect::<Vec<_>>().join("\n"));
        }
        if self.is_table && typed.contains("\\|") {
            typed = Cow::Owned(typed.replace("\\|", "|"));
        }
        typed.into()
    }
}

/// The TeX of a formula, without its delimiters.
pub(crate) fn tex(typed: &str) -> &str {
    const DELIMITERS: [(&str, &str); 5] = [("$`", "`$"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")];
    let bare = |(open, close): &(&str, &str)| typed.strip_prefix(open)?.strip_suffix(close);
    DELIMITERS.iter().find_map(bare).unwrap_or(typed).trim()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::markdown::options;

    /// The formulas of a text, displayed ones with a `D` before them.
    fn formulas(text: &str) -> Vec<String> {
        let Some(masked) = Masked::new(text, options()) else { return Vec::new() };
        let events = Parser::new_ext(masked.text(), options()).into_offset_iter();
        let found = masked.restore(events).into_iter().filter_map(|(event, range)| match event {
            Event::InlineMath(typed) => Some((range, typed.to_string())),
            Event::DisplayMath(typed) => Some((range, format!("D{typed}"))),
            _ => None,
        });
        let found = found.collect::<Vec<_>>();
        assert!(found.iter().all(|(range, _)| text.get(range.clone()).is_some()));
        found.into_iter().map(|(_, typed)| typed).collect()
    }

    #[test]
    fn formulas_are_found() {
        let cases: [(&str, &[&str]); 27] = [
            ("$x$", &["$x$"]),
            ("a ratio of $3::4$ or $a :: b$", &["$3::4$", "$a :: b$"]),
            ("**$x$**, *$a_b c_d$* and ($n$)", &["$x$", "$a_b c_d$", "$n$"]),
            ("the $n$th of $k$-means, $2^n$, $0$ and $1/2$.", &["$n$", "$k$", "$2^n$", "$0$", "$1/2$"]),
            ("函数$f(x)$的值", &["$f(x)$"]),
            ("$O(n \\log n)$ or $O(n log n)$", &["$O(n \\log n)$", "$O(n log n)$"]),
            ("$P(A|B) = \\frac{P(B|A) P(A)}{P(B)}$", &["$P(A|B) = \\frac{P(B|A) P(A)}{P(B)}$"]),
            ("$\\text{precision and recall}$", &["$\\text{precision and recall}$"]),
            ("$准确率 = \\frac{TP}{TP + FP}$", &["$准确率 = \\frac{TP}{TP + FP}$"]),
            ("$a*b*c < d & e$", &["$a*b*c < d & e$"]),
            ("$\\{x_1, x_2\\}$ costs \\$5", &["$\\{x_1, x_2\\}$"]),
            ("$a +\nb$", &["$a +\nb$"]),
            ("$`a_b`$ as GitHub has it", &["$`a_b`$"]),
            ("$$x^2$$", &["D$$x^2$$"]),
            ("text $$ x^2 $$ text", &["D$$ x^2 $$"]),
            ("$$\nx\n=\ny\n- z\n$$", &["D$$\nx\n=\ny\n- z\n$$"]),
            ("$$\n\n\\alpha\n\n$$\n\ntext", &["D$$\n\\alpha\n$$"]),
            ("> $$\n> a \\\\\n> b\n> $$", &["D$$\na \\\\\nb\n$$"]),
            (
                "- item\n  $$\n  \\begin{pmatrix}\n  - a & b\n  \\end{pmatrix}\n  $$",
                &["D$$\n\\begin{pmatrix}\n- a & b\n\\end{pmatrix}\n$$"],
            ),
            ("\\(x\\) and \\(n + 1\\)", &["\\(x\\)", "\\(n + 1\\)"]),
            ("\\[\nx = y\n\\]", &["D\\[\nx = y\n\\]"]),
            ("as in \\[ \\sum_i x_i \\]", &["D\\[ \\sum_i x_i \\]"]),
            ("| a | b |\n|-|-|\n| $|x|$ | $P(A\\|B)$ |", &["$|x|$", "$P(A|B)$"]),
            (
                "| $A$ | $B$ | $A \\lor B$ |\n| --- | --- | ---------- |\n| F | F | $\\bot$ |",
                &["$A$", "$B$", "$A \\lor B$", "$\\bot$"],
            ),
            ("[$x$](https://a.example)", &["$x$"]),
            ("# The $x$ axis", &["$x$"]),
            ("$$\na \\\\[2pt]\nb\n$$", &["D$$\na \\\\[2pt]\nb\n$$"]),
        ];
        for (text, expected) in cases {
            assert_eq!(formulas(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_formula_is_left_alone() {
        for text in [
            "$5 and $10",
            "US$5, A$7 and R$ 9",
            "costs $5–$10 a $",
            "$5k-$10k, or 10$ to 20$",
            "from $1,000 (US$) to $2,000 (US$)",
            "$HOME and $PATH",
            "$HOME:$PATH and $HOME/$USER",
            "the $ sign, the $-sign, a $",
            "$scope, $http and ($a,$b)",
            "`$x$` and ``$y$``",
            "```\n$x$\n```",
            "    $x$",
            "<div>\n$x$\n</div>",
            "<code>$x$</code>",
            "\\$x\\$ and \\\\(x\\\\)",
            "[a](https://a.example/$x$)",
            "<https://a.example/$x$>",
            "[a]: https://a.example/$x$\n\n[a]",
            "$ x $",
            "$a\n\nb$",
            "- $a\n- b$",
            "$$ is the shell, and $$ its number",
            "costs $$$ here and $$$ there",
            "\\[x\\] \\[1\\] \\[Note\\] \\[link\\](a)",
            "\\(optional\\) and \\(see below\\)",
            "/^[a-z]+$/ and /^\\d+$/",
            "$foo->bar == $baz;",
            "$name$ and $user_name$",
            "$Foo::bar$ and $x :: Int$",
            "| costs $5 | and 6$ |\n|-|-|\n| $a | b$ |",
            "$x",
            "$$\nnever closed",
            "$}$ and ${$",
            "\u{1} $x$",
            "$GLOBALS、$_SERVER、$\\_GET、$_POST、$x、$y",
            "${a}${b}, $a{x}$b{y}",
            "[$]\\alpha[/$] [$$]\\beta[/$$]",
        ] {
            assert_eq!(formulas(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn code_and_addresses_get_their_text_back() {
        let text = "\\*a $x$ `b` $y$ &amp; [$z$](a$b$c)";
        let masked = Masked::new(text, options()).expect("formulas");
        let events = masked.restore(Parser::new_ext(masked.text(), options()).into_offset_iter());
        let mut shown = String::new();
        for (event, _) in events {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => shown.push_str(&text),
                Event::Start(Tag::Link { dest_url, .. }) => shown.push_str(&dest_url),
                _ => {}
            }
        }
        assert_eq!(shown, "*a $x$ b $y$ & a$b$c$z$");
    }

    #[test]
    fn delimiters_come_off() {
        for typed in ["$x$", "$$x$$", "$$ x\n$$", "\\(x\\)", "\\[ x \\]", "$`x`$"] {
            assert_eq!(tex(typed), "x", "{typed}");
        }
    }
}

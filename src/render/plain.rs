//! Markdown's events as text without markup, for JSON and for titles.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::safe;

/// Deeper blocks are indented no further, or text would grow with the square of the depth.
const DEEPEST: usize = 32;

/// Readable text: lists with their marks, code as it is, table cells between bars.
pub(crate) fn text(events: &[Event<'_>]) -> String {
    let mut writer = Writer { out: String::with_capacity(256), ..Writer::default() };
    for event in events {
        writer.take(event);
    }
    safe::normal(writer.out.trim()).into_owned()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// What each open list item or quotation puts before a line.
    indents: Vec<&'static str>,
    /// The next number of each open list; none where its items have no numbers.
    lists: Vec<Option<u64>>,
    /// Line ends owed before the next text.
    owed: usize,
    /// The next text stands on the line of a list mark.
    after_mark: bool,
    in_row: bool,
}

impl Writer {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::Code(text) => self.write(text),
            Event::InlineHtml(html) if is_line_break(html) => self.owe(1),
            Event::Html(html) => {
                self.block();
                self.write(safe::text_of(html).trim());
                self.block();
            }
            Event::SoftBreak => self.write(" "),
            Event::HardBreak => self.owe(1),
            Event::Rule => {
                self.block();
                self.write("---");
                self.block();
            }
            Event::TaskListMarker(true) => self.write("[x] "),
            Event::TaskListMarker(false) => self.write("[ ] "),
            Event::FootnoteReference(number) => self.write(&format!("[{number}]")),
            Event::InlineMath(typed) | Event::DisplayMath(typed) => self.write(typed),
            Event::InlineHtml(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(first) => {
                self.block();
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::BlockQuote(_) => {
                self.block();
                self.settle();
                self.write("> ");
                self.indents.push("> ");
                self.after_mark = true;
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::Table(_) => self.block(),
            Tag::FootnoteDefinition(number) => {
                self.block();
                self.write(&format!("[{number}] "));
                self.after_mark = true;
            }
            Tag::DefinitionList => self.block(),
            Tag::DefinitionListTitle => self.owe(1),
            Tag::DefinitionListDefinition => {
                self.owe(1);
                self.write(": ");
                self.indents.push("  ");
                self.after_mark = true;
            }
            Tag::TableHead | Tag::TableRow => {
                self.owe(1);
                self.in_row = false;
            }
            Tag::TableCell if std::mem::replace(&mut self.in_row, true) => self.write(" | "),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
                self.block();
            }
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.indents.pop();
                self.after_mark = false;
                self.block();
            }
            TagEnd::DefinitionListDefinition => {
                self.indents.pop();
                self.after_mark = false;
                self.owe(1);
            }
            TagEnd::FootnoteDefinition | TagEnd::DefinitionList => {
                self.after_mark = false;
                self.block();
            }
            TagEnd::CodeBlock => {
                if self.out.ends_with('\n') {
                    self.out.pop();
                }
                self.block();
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Table => self.block(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.after_mark = false;
        self.owe(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.write(&mark);
        self.indents.push(match mark.len() {
            2 => "  ",
            3 => "   ",
            _ => "    ",
        });
        self.after_mark = true;
    }

    /// A new block starts: an empty line before it, none inside a list.
    fn block(&mut self) {
        self.owe(if self.lists.is_empty() { 2 } else { 1 });
    }

    fn owe(&mut self, lines: usize) {
        if !self.after_mark {
            self.owed = self.owed.max(lines);
        }
    }

    fn settle(&mut self) {
        let owed = std::mem::take(&mut self.owed);
        if owed > 0 && !self.out.is_empty() {
            for _ in 0..owed {
                self.line_end();
            }
        }
    }

    fn line_end(&mut self) {
        let kept = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(kept);
        self.out.push('\n');
        self.out.extend(self.indents.iter().take(DEEPEST).copied());
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.settle();
        self.after_mark = false;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.out.push('\n');
                if !line.is_empty() || self.indents.iter().any(|indent| indent.starts_with('>')) {
                    self.out.extend(self.indents.iter().take(DEEPEST).copied());
                }
            }
            self.out.push_str(line);
        }
    }
}

fn is_line_break(html: &str) -> bool {
    html.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br"))
}

//! Notes, tips and warnings that stand out: `> [!NOTE]` of GitHub and Obsidian, `:::note` of Docusaurus and VitePress. Each
//! becomes a quotation with a title.

use std::borrow::Cow;

use foldhash::{HashMap, HashSet};
use pulldown_cmark::{Event, Tag, TagEnd};

/// Blocks stand no deeper in each other; each line gets a mark for each.
const DEEPEST: usize = 16;

/// A text with its `:::note` blocks written as `> [!note]`. One that is never closed stays as typed.
pub(crate) fn with_quotations(text: &str) -> Cow<'_, str> {
    if !text.contains(":::") {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let blocks = blocks(&lines);
    if blocks.is_empty() {
        return Cow::Borrowed(text);
    }
    let opening: HashMap<usize, &Block> = blocks.iter().map(|block| (block.first, block)).collect();
    let closing: HashSet<usize> = blocks.iter().map(|block| block.last).collect();
    let mut out: Vec<String> = Vec::with_capacity(lines.len() + 2 * blocks.len());
    let mut depth = 0_usize;
    for (at, line) in lines.iter().enumerate() {
        if let Some(block) = opening.get(&at) {
            // A blank line ends whatever stands before it, as the writer meant.
            out.push("> ".repeat(depth).trim_end().to_owned());
            depth += 1;
            let title = format!("{}[!{}] {}", "> ".repeat(depth), block.kind, block.title);
            out.push(title.trim_end().to_owned());
        } else if closing.contains(&at) {
            depth = depth.saturating_sub(1);
            out.push("> ".repeat(depth).trim_end().to_owned());
        } else {
            out.push(format!("{}{line}", "> ".repeat(depth)));
        }
    }
    Cow::Owned(out.join("\n"))
}

/// Lines from `:::note Title` to `:::`.
struct Block {
    first: usize,
    last: usize,
    kind: String,
    title: String,
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Vec<(usize, Block)> = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim();
        let run = |mark: char| bare.len() - bare.trim_start_matches(mark).len();
        if let Some((mark, length)) = fence {
            if run(mark) >= length && bare.trim_start_matches(mark).is_empty() {
                fence = None;
            }
            continue;
        }
        if let Some(mark) = ['`', '~'].into_iter().find(|&mark| run(mark) >= 3) {
            fence = Some((mark, run(mark)));
            continue;
        }
        let colons = run(':');
        if colons < 3 || line.starts_with("    ") || line.starts_with('\t') {
            continue;
        }
        let behind = bare.trim_start_matches(':').trim_start();
        if behind.is_empty() {
            if open.last().is_some_and(|(length, _)| *length <= colons)
                && let Some((_, block)) = open.pop()
            {
                blocks.push(Block { last: at, ..block });
            }
            continue;
        }
        let length = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(behind.len());
        let (kind, title) = behind.split_at_checked(length).unwrap_or((behind, ""));
        let title = without_attributes(title.trim());
        let title = title.strip_prefix('[').and_then(|title| title.strip_suffix(']')).unwrap_or(title);
        if !kind.is_empty() && open.len() < DEEPEST {
            let (kind, title) = (kind.to_owned(), title.to_owned());
            open.push((colons, Block { first: at, last: at, kind, title }));
        }
    }
    blocks
}

/// A title without `{#id .class key=value}` behind it.
fn without_attributes(title: &str) -> &str {
    match title.strip_suffix('}').and_then(|title| title.rsplit_once('{')) {
        Some((title, attributes)) if attributes.starts_with(['#', '.']) || attributes.contains('=') => title.trim_end(),
        _ => title,
    }
}

/// The events with a title in place of each `[!NOTE]` that a quotation begins with.
pub(crate) fn with_titles<'text>(events: Vec<Event<'text>>) -> Vec<Event<'text>> {
    let is_mark = |event: &Event<'_>| matches!(event, Event::Text(text) if text.starts_with('!'));
    if !events.iter().any(|event| matches!(event, Event::Start(Tag::BlockQuote(_)))) || !events.iter().any(is_mark) {
        return events;
    }
    let mut out: Vec<Event<'text>> = Vec::with_capacity(events.len() + 8);
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        let opens = matches!(event, Event::Start(Tag::BlockQuote(_)));
        out.push(event);
        if !opens || !matches!(events.peek(), Some(Event::Start(Tag::Paragraph))) {
            continue;
        }
        out.extend(events.next());
        let mut line = Vec::new();
        while let Some(event) = events
            .next_if(|event| !matches!(event, Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph)))
        {
            line.push(event);
        }
        match title(&line) {
            Some(title) => {
                out.push(Event::Start(Tag::Strong));
                out.extend(title);
                out.push(Event::End(TagEnd::Strong));
                if events.next_if(|event| matches!(event, Event::SoftBreak | Event::HardBreak)).is_some() {
                    out.extend([Event::End(TagEnd::Paragraph), Event::Start(Tag::Paragraph)]);
                }
            }
            None => out.extend(line),
        }
    }
    out
}

/// The title of a quotation that begins with this line; none where it is an ordinary one.
fn title<'text>(line: &[Event<'text>]) -> Option<Vec<Event<'text>>> {
    let [Event::Text(open), Event::Text(mark), Event::Text(close), rest @ ..] = line else { return None };
    let kind = mark.strip_prefix('!')?;
    let is_kind = |c: char| c.is_ascii_alphanumeric() || c == '-';
    // Obsidian folds those with a sign behind them.
    let behind = close.strip_prefix(']')?.trim_start_matches(['+', '-']).trim_start();
    if &**open != "[" || kind.is_empty() || !kind.chars().all(is_kind) {
        return None;
    }
    let mut title = Vec::new();
    if !behind.is_empty() {
        title.push(Event::Text(behind.to_owned().into()));
    }
    // Behind the bracket the parser begins another text.
    for event in rest {
        match event {
            Event::Text(text) if title.is_empty() => {
                let text = text.trim_start_matches(['+', '-']).trim_start();
                if !text.is_empty() {
                    title.push(Event::Text(text.to_owned().into()));
                }
            }
            event => title.push(event.clone()),
        }
    }
    if title.is_empty() {
        title.push(Event::Text(capitalised(kind).into()));
    }
    Some(title)
}

fn capitalised(word: &str) -> String {
    let lower = word.to_lowercase().replace('-', " ");
    let mut characters = lower.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_colons_become_quotations() {
        let cases = [
            (":::note\n\na\n\n:::", "\n> [!note]\n>\x20\n> a\n>\x20\n"),
            (":::tip[My *tip*]\na\n:::", "\n> [!tip] My *tip*\n> a\n"),
            ("::: warning Look out {.x}\na\n:::", "\n> [!warning] Look out\n> a\n"),
            ("b\n::::info\n:::tip\na\n:::\n::::\nc", "b\n\n> [!info]\n>\n> > [!tip]\n> > a\n>\n\nc"),
        ];
        for (text, expected) in cases {
            assert_eq!(with_quotations(text), expected, "{text}");
        }
        for text in
            ["a ::: b", ":::note\nnever closed", ":::\na\n:::", "```\n:::note\n:::\n```", "    :::note\n    :::", "a"]
        {
            assert_eq!(with_quotations(text), text);
        }
    }
}

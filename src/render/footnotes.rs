//! Footnotes. A note shows those that its question, its options and its answer refer to, at the end of the answer, numbered by the
//! order of their marks. What they say stands elsewhere in the file, and is put before the text for the parser to find.

use std::borrow::Cow;
use std::ops::Range;

use foldhash::HashSet;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

/// The Markdown of a footnote's definition, by its label.
pub(crate) type Definitions<'callback> = dyn Fn(&str) -> Option<String> + 'callback;

/// A block that ends whatever stands before it.
const END: &str = "<!---->\n\n";

/// The labels of a note's footnotes, in the order of their marks.
#[derive(Debug, Default, Clone)]
pub(crate) struct Numbers(Vec<String>);

impl Numbers {
    /// Whether no footnote was referred to so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels, by number.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The number of a label, from 1.
    fn of(&mut self, label: &str) -> usize {
        let label = label.to_lowercase();
        let known = self.0.iter().position(|known| *known == label);
        known.unwrap_or_else(|| {
            self.0.push(label);
            self.0.len() - 1
        }) + 1
    }
}

/// The definitions that a text needs, and the text; and where in it the text begins.
pub(crate) fn with_definitions<'text>(
    text: &'text str,
    numbers: &Numbers,
    definitions: &Definitions<'_>,
) -> (Cow<'text, str>, usize) {
    if numbers.0.is_empty() && !text.contains("[^") {
        return (Cow::Borrowed(text), 0);
    }
    let mut before = String::new();
    let mut seen = HashSet::default();
    let mut wanted: Vec<String> = labels(text);
    wanted.extend(numbers.0.iter().cloned());
    while let Some(label) = wanted.pop() {
        if !seen.insert(label.to_lowercase()) {
            continue;
        }
        if let Some(definition) = definitions(&label) {
            wanted.extend(labels(&definition));
            before.push_str(definition.trim_end());
            before.push_str("\n\n");
        }
    }
    if before.is_empty() {
        return (Cow::Borrowed(text), 0);
    }
    before.push_str(END);
    let start = before.len();
    before.push_str(text);
    (Cow::Owned(before), start)
}

/// What may be labels of footnotes in a text.
pub(crate) fn labels(text: &str) -> Vec<String> {
    let label = |rest: &str| rest.split_once(']').map(|(label, _)| label.to_owned());
    let pieces = text.split("[^").skip(1).filter_map(label);
    pieces.filter(|label| !label.is_empty() && !label.contains(['[', '\n'])).collect()
}

/// A text without the definitions in it, and these by the numbers of their marks.
pub(crate) struct Parts<'text> {
    pub(crate) text: Vec<Event<'text>>,
    pub(crate) footnotes: Vec<Vec<Event<'text>>>,
}

/// Takes definitions out of a text that begins at a byte.
pub(crate) fn parts<'text>(
    events: Vec<(Event<'text>, Range<usize>)>,
    start: usize,
    numbers: &mut Numbers,
) -> Parts<'text> {
    let mut text = Vec::with_capacity(events.len());
    let mut definitions: Vec<Definition<'text>> = Vec::new();
    // Definitions may stand in definitions.
    let mut open: Vec<Definition<'text>> = Vec::new();
    for (event, range) in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let (label, is_in_text) = (label.to_lowercase(), range.start >= start);
                open.push(Definition { label, is_in_text, events: Vec::new() });
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                let Some(definition) = open.pop() else { continue };
                match definitions.iter_mut().find(|known| known.label == definition.label) {
                    Some(known) => {
                        known.is_in_text |= definition.is_in_text;
                        // One label, two footnotes: no word is lost.
                        if known.events != definition.events {
                            known.events.extend(definition.events);
                        }
                    }
                    None => definitions.push(definition),
                }
            }
            event => match open.last_mut() {
                Some(definition) => definition.events.push(event),
                None if range.start >= start => text.push(event),
                None => {}
            },
        }
    }
    number(&mut text, numbers);
    for definition in definitions.iter().filter(|definition| definition.is_in_text) {
        // Perhaps nothing leads to it, but here it stands.
        numbers.of(&definition.label);
    }
    let mut footnotes = Vec::new();
    while let Some(label) = numbers.0.get(footnotes.len()) {
        let definition = definitions.iter_mut().find(|known| known.label == *label);
        let mut events = definition.map(|definition| std::mem::take(&mut definition.events)).unwrap_or_default();
        number(&mut events, numbers);
        footnotes.push(events);
    }
    Parts { text, footnotes }
}

struct Definition<'text> {
    label: String,
    /// It stands in the text, not before it.
    is_in_text: bool,
    events: Vec<Event<'text>>,
}

/// Puts numbers in the place of labels.
fn number(events: &mut [Event<'_>], numbers: &mut Numbers) {
    for event in events {
        if let Event::FootnoteReference(label) = event {
            *label = CowStr::from(numbers.of(label).to_string());
        }
    }
}

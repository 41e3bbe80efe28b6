//! Events without those of hidden content, each start still with its end.

use pulldown_cmark::{Event, Tag};

/// The events that stay. An image, a link or a paragraph may begin in hidden content and end behind it, or the other way
/// round: what began in front ends where it ends; what begins in hidden content is hidden, but for a block, in which the
/// text behind stands.
pub(super) struct Balance<'text> {
    kept: Vec<Event<'text>>,
    /// For each element that is open, whether its start was kept.
    open: Vec<bool>,
    /// What is open of the hidden content.
    hidden: Vec<Event<'text>>,
}

impl<'text> Balance<'text> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { kept: Vec::with_capacity(capacity), open: Vec::new(), hidden: Vec::new() }
    }

    /// Takes an event of the text.
    pub(super) fn take(&mut self, event: Event<'text>, is_hidden: bool) {
        match event {
            Event::Start(_) if is_hidden => self.hidden.push(event),
            Event::Start(_) => self.start(event, true),
            Event::End(_) => {
                let is_of_hidden = is_hidden && self.hidden.pop().is_some();
                if !is_of_hidden && self.open.pop() != Some(false) {
                    self.kept.push(event);
                }
            }
            _ if is_hidden => {}
            _ => self.kept.push(event),
        }
    }

    /// The hidden content ends.
    pub(super) fn end_hidden(&mut self) {
        for event in std::mem::take(&mut self.hidden) {
            let is_kept = matches!(&event, Event::Start(tag) if !is_inline(tag));
            self.start(event, is_kept);
        }
    }

    pub(super) fn into_events(self) -> Vec<Event<'text>> {
        self.kept
    }

    fn start(&mut self, event: Event<'text>, is_kept: bool) {
        self.open.push(is_kept);
        if is_kept {
            self.kept.push(event);
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

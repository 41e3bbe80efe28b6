//! Obsidian's `![[file.png|200]]`, which CommonMark takes for text, as images.
//!
//! The parser could read it, but then it would also take `[[Prototype]]`, which is no link, for one.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::source::Reference;

/// What an embed begins with.
pub(crate) const MARK: &str = "![[";

/// An embed in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Embed<'text> {
    /// The file.
    pub(crate) target: String,
    /// Where it is named.
    pub(crate) target_range: Range<usize>,
    /// What to read where no image is.
    alternative: &'text str,
    /// The width, or width and height as `200x100`.
    size: &'text str,
    /// One past the last byte.
    end: usize,
}

impl<'text> Embed<'text> {
    /// The embed that begins at a byte of a text; none if it is no embed of an image or a sound.
    pub(crate) fn at(text: &'text str, start: usize) -> Option<Self> {
        let is_escaped = text.as_bytes().iter().take(start).rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1;
        let inner = text.get(start..)?.strip_prefix(MARK).filter(|_| !is_escaped)?;
        let length = inner.find("]]")?;
        let inner = inner.get(..length)?;
        if inner.contains(['\n', '\r', '`', '<', '[']) {
            return None;
        }
        // In a table the bar is escaped.
        let mut parts = inner.split('|').map(|part| part.strip_suffix('\\').unwrap_or(part).trim());
        let first = inner.split('|').next().unwrap_or_default();
        let target = parts.next()?;
        let rest: Vec<&str> = parts.collect();
        let size = rest.last().copied().filter(|last| is_size(last)).unwrap_or_default();
        let words = rest.len() - usize::from(!size.is_empty());
        let lead = first.len() - first.trim_start().len();
        let begins = start + MARK.len() + lead;
        Reference::name(target).is_of_media().then(|| Self {
            target: target.to_owned(),
            target_range: begins..begins + target.len(),
            alternative: rest.get(..words).and_then(|words| words.first()).copied().unwrap_or_default(),
            size,
            end: start + MARK.len() + length + 2,
        })
    }
}

fn is_size(text: &str) -> bool {
    let is_number = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('x').map_or_else(|| is_number(text), |(width, height)| is_number(width) && is_number(height))
}

/// The events of a text, with its embeds as images. The size of one stands in the place of its label, which only links by
/// reference have.
pub(crate) fn read<'text>(
    markdown: &'text str,
    events: Vec<(Event<'text>, Range<usize>)>,
) -> Vec<(Event<'text>, Range<usize>)> {
    let mut reader = Reader { markdown, out: Vec::new(), embeds: Vec::new(), cell_end: None };
    for (event, range) in events {
        reader.take(event, range);
    }
    reader.out
}

struct Reader<'text> {
    markdown: &'text str,
    out: Vec<(Event<'text>, Range<usize>)>,
    /// Where the embeds found so far stand.
    embeds: Vec<Range<usize>>,
    /// Where the cell ends that is open: a bar in it would end it.
    cell_end: Option<usize>,
}

impl<'text> Reader<'text> {
    fn take(&mut self, event: Event<'text>, range: Range<usize>) {
        match &event {
            Event::Start(Tag::TableCell) => self.cell_end = Some(range.end),
            Event::End(TagEnd::TableCell) => self.cell_end = None,
            _ => {}
        }
        let at = self.embeds.partition_point(|embed| embed.start < range.start);
        let within = at.checked_sub(1).and_then(|at| self.embeds.get(at)).filter(|embed| range.start < embed.end);
        let behind = within.map(|embed| embed.end);
        match (behind, &event) {
            (Some(behind), Event::Text(_)) if range.end > behind => self.text(behind..range.end),
            // What the parser took for markup within a name.
            (Some(_), _) => {}
            (None, Event::Text(text)) if self.markdown.get(range.clone()) == Some(text) => self.text(range),
            (None, _) => self.out.push((event, range)),
        }
    }

    /// Text as it stands in the source.
    fn text(&mut self, range: Range<usize>) {
        let mut from = range.start;
        let mut search = range.start;
        // The parser may cut it behind its first sign.
        while let Some(start) = self.find('!', search..range.end) {
            search = start + 1;
            let embed =
                Embed::at(self.markdown, start).filter(|embed| self.cell_end.is_none_or(|end| embed.end <= end));
            if let Some(embed) = embed {
                self.plain(from..start);
                (from, search) = (embed.end, embed.end);
                self.embeds.push(start..embed.end);
                self.image(embed, start);
            }
            if search >= range.end {
                break;
            }
        }
        self.plain(from..range.end);
    }

    fn find(&self, mark: char, range: Range<usize>) -> Option<usize> {
        Some(range.start + self.markdown.get(range)?.find(mark)?)
    }

    fn plain(&mut self, range: Range<usize>) {
        if let Some(text) = self.markdown.get(range.clone()).filter(|text| !text.is_empty()) {
            self.out.push((Event::Text(CowStr::Borrowed(text)), range));
        }
    }

    fn image(&mut self, embed: Embed<'text>, start: usize) {
        let link_type = LinkType::WikiLink { has_pothole: !embed.alternative.is_empty() };
        let (dest_url, id) = (embed.target.into(), CowStr::Borrowed(embed.size));
        let mut push = |event| self.out.push((event, start..embed.end));
        push(Event::Start(Tag::Image { link_type, dest_url, title: CowStr::Borrowed(""), id }));
        if !embed.alternative.is_empty() {
            push(Event::Text(CowStr::Borrowed(embed.alternative)));
        }
        push(Event::End(TagEnd::Image));
    }
}

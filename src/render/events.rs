//! Markdown's events, made ready for writing: code in colour, tables that scroll, addresses checked.

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::images::{self, Names};
use super::safe::{self, Use};
use super::{code, raw};

/// Link definitions that stand elsewhere in the file: label to address and title.
pub(crate) type References<'callback> = dyn Fn(&str) -> Option<(String, String)> + 'callback;

/// The events of a text, with only real markup among its raw HTML; and whether there is any.
pub(crate) fn parse<'text>(
    markdown: &'text str,
    options: Options,
    references: &References<'_>,
) -> (Vec<Event<'text>>, bool) {
    let resolve = |link: BrokenLink<'text>| {
        let (address, title) = references(&link.reference)?;
        Some((CowStr::from(address), CowStr::from(title)))
    };
    raw::settle(Parser::new_with_broken_link_callback(markdown, options, Some(resolve)).collect())
}

/// The inline events of a text that is one paragraph; otherwise `None`.
pub(crate) fn one_paragraph<'events, 'text>(events: &'events [Event<'text>]) -> Option<&'events [Event<'text>]> {
    match events {
        [] => Some(events),
        [Event::Start(Tag::Paragraph), inner @ .., Event::End(TagEnd::Paragraph)] => {
            let is_one = !inner.iter().any(|event| matches!(event, Event::End(TagEnd::Paragraph)));
            is_one.then_some(inner)
        }
        _ => None,
    }
}

/// The events to hand to the HTML writer.
pub(crate) fn prepare<'text>(events: &[Event<'text>], names: &Names<'_>) -> Vec<Event<'text>> {
    let mut preparation = Preparation {
        out: Vec::with_capacity(events.len()),
        names,
        code: None,
        addresses: Vec::new(),
        images: 0,
        alignments: Vec::new(),
        in_head: false,
        column: 0,
    };
    for event in events {
        preparation.take(event);
    }
    preparation.out
}

struct Preparation<'text, 'names> {
    out: Vec<Event<'text>>,
    names: &'names Names<'names>,
    /// Info string and text of the code block that is open.
    code: Option<(String, String)>,
    /// For each open link or image, whether it is written.
    addresses: Vec<bool>,
    /// How many images are open and written: what stands in them is the text of an attribute.
    images: usize,
    alignments: Vec<Alignment>,
    in_head: bool,
    column: usize,
}

impl<'text> Preparation<'text, '_> {
    fn take(&mut self, event: &Event<'text>) {
        if let (Event::Text(text), Some((_, code))) = (event, &mut self.code) {
            code.push_str(text);
            return;
        }
        if matches!(event, Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell)) {
            // No image goes beyond its block, but the end of one is lost where hidden content begins in it.
            self.images = 0;
        }
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => self.close_code(),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let is_safe = *link_type == LinkType::Email || safe::is_safe_address(dest_url, Use::Link);
                self.open_address(is_safe, event);
            }
            Event::Start(tag @ Tag::Image { .. }) => self.open_image(tag.clone()),
            Event::End(end @ (TagEnd::Link | TagEnd::Image)) => {
                if self.addresses.pop().unwrap_or(false) {
                    // An end may stand without its start where hidden content begins in between.
                    self.images = self.images.saturating_sub(usize::from(*end == TagEnd::Image));
                    self.out.push(event.clone());
                }
            }
            Event::Html(html) => {
                let renamed = images::renamed(html, self.names);
                self.out.push(renamed.map_or_else(|| event.clone(), |html| Event::Html(html.into())));
            }
            Event::InlineHtml(html) if self.images == 0 => {
                let renamed = images::renamed(html, self.names);
                self.out.push(renamed.map_or_else(|| event.clone(), |html| Event::InlineHtml(html.into())));
            }
            Event::Start(tag @ (Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)) => {
                self.open_table(tag);
            }
            Event::End(tag @ (TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell)) => {
                self.close_table(*tag);
            }
            _ => self.out.push(event.clone()),
        }
    }

    fn html(&mut self, html: &str) {
        self.out.push(Event::Html(CowStr::from(html.to_owned())));
    }

    /// Starts a new line after text in a list item; what else can stand before a block ends its line itself.
    fn line(&mut self) {
        let is_inline = |event: &Event<'_>| {
            matches!(event, Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::End(_))
                && !matches!(
                    event,
                    Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::List(_) | TagEnd::BlockQuote(_))
                )
        };
        if self.out.last().is_some_and(is_inline) {
            self.out.push(Event::SoftBreak);
        }
    }

    fn close_code(&mut self) {
        let (info, mut text) = self.code.take().unwrap_or_default();
        if !text.is_empty() && !text.ends_with('\n') {
            // A fence that is never closed, at the end of a text without a last line end.
            text.push('\n');
        }
        self.line();
        self.html(&code::block(&info, &safe::normal(&text)));
    }

    fn open_image(&mut self, mut tag: Tag<'text>) {
        let Tag::Image { dest_url, .. } = &mut tag else { return };
        let is_safe = safe::is_safe_address(dest_url, Use::Image);
        if is_safe {
            self.images += 1;
            *dest_url = (self.names)(dest_url).map_or_else(|| dest_url.clone(), CowStr::from);
        }
        self.open_address(is_safe, &Event::Start(tag));
    }

    fn open_address(&mut self, is_safe: bool, event: &Event<'text>) {
        self.addresses.push(is_safe);
        if is_safe {
            self.out.push(event.clone());
        }
    }

    /// The writer aligns by a `style` attribute, which the sanitiser must forbid; so tables are written here.
    fn open_table(&mut self, tag: &Tag<'text>) {
        match tag {
            Tag::Table(alignments) => {
                self.alignments.clone_from(alignments);
                self.line();
                self.html("<div class=\"scroll\"><table>\n");
            }
            Tag::TableHead => {
                (self.in_head, self.column) = (true, 0);
                self.html("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.html("<tr>");
            }
            _ => {
                let name = if self.in_head { "th" } else { "td" };
                let align = match self.alignments.get(self.column) {
                    Some(Alignment::Left) => " align=\"left\"",
                    Some(Alignment::Center) => " align=\"center\"",
                    Some(Alignment::Right) => " align=\"right\"",
                    Some(Alignment::None) | None => "",
                };
                self.column += 1;
                self.html(&format!("<{name}{align}>"));
            }
        }
    }

    fn close_table(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Table => self.html("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.html("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.html("</tr>\n"),
            _ => self.html(if self.in_head { "</th>" } else { "</td>" }),
        }
    }
}

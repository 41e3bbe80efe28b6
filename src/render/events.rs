//! Markdown's events, made ready for writing: code in colour, tables that scroll, addresses checked.

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::media::{self, Media, Shown};
use super::safe::{self, Use};
use super::{code, embeds, plain, raw};
use crate::source::{MediaKind, Reference};

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
    let parser = Parser::new_with_broken_link_callback(markdown, options, Some(resolve));
    let has_embeds = markdown.contains(embeds::MARK);
    raw::settle(if has_embeds { embeds::read(markdown, parser.into_offset_iter()) } else { parser.collect() })
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
pub(crate) fn prepare<'text>(events: &[Event<'text>], media: &Media<'_>) -> Vec<Event<'text>> {
    let mut preparation = Preparation {
        out: Vec::with_capacity(events.len()),
        media,
        code: None,
        open: Vec::new(),
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

struct Preparation<'text, 'media> {
    out: Vec<Event<'text>>,
    media: &'media Media<'media>,
    /// Info string and text of the code block that is open.
    code: Option<(String, String)>,
    open: Vec<Open>,
    /// How many images are open and written: what stands in them is the text of an attribute.
    images: usize,
    alignments: Vec<Alignment>,
    in_head: bool,
    column: usize,
}

/// A link or an image that is open.
struct Open {
    is_image: bool,
    /// How many events were written before what stands in it.
    start: usize,
    becomes: Becomes,
}

/// What a link or an image becomes.
enum Becomes {
    Itself,
    /// What stands in it, or else these words.
    Words(String),
    /// A link with these words if nothing stands in it.
    Link(String),
    /// A sound of the package.
    Sound(String),
    /// An image of the package with a width, or a width and a height.
    Sized {
        name: String,
        size: String,
    },
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
            self.open.clear();
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
                let becomes = if is_safe { Becomes::Itself } else { Becomes::Words(String::new()) };
                if is_safe {
                    self.out.push(event.clone());
                }
                self.open.push(Open { is_image: false, start: self.out.len(), becomes });
            }
            Event::Start(tag @ Tag::Image { .. }) => self.open_image(tag.clone()),
            Event::End(TagEnd::Link) => self.close(false),
            Event::End(TagEnd::Image) => self.close(true),
            Event::Html(html) => {
                let replaced = media::replaced(html, self.media);
                self.out.push(replaced.map_or_else(|| event.clone(), |html| Event::Html(html.into())));
            }
            Event::InlineHtml(html) if self.images == 0 => {
                let replaced = media::replaced(html, self.media);
                self.out.push(replaced.map_or_else(|| event.clone(), |html| Event::InlineHtml(html.into())));
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
        let Tag::Image { link_type, dest_url, id, .. } = &mut tag else { return };
        let reference = media::reference(*link_type, dest_url);
        let size = if reference.by_name { std::mem::replace(id, CowStr::Borrowed("")) } else { CowStr::Borrowed("") };
        // Nothing but text is written within the description of another image.
        let shown = if self.images > 0 { Shown::Nothing } else { self.media.find(&reference) };
        let becomes = match shown {
            Shown::Packed { name, kind: MediaKind::Sound, .. } => Becomes::Sound(name),
            Shown::Packed { name, .. } if !size.is_empty() => Becomes::Sized { name, size: size.into_string() },
            Shown::Packed { name, .. } => {
                *dest_url = name.into();
                Becomes::Itself
            }
            Shown::Elsewhere(address) => self.elsewhere(&reference, address, dest_url),
            Shown::Nothing => Becomes::Words(reference.file_name()),
        };
        match &becomes {
            Becomes::Itself => {
                self.images += 1;
                self.out.push(Event::Start(tag));
            }
            Becomes::Link(_) => {
                let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
                let dest_url = dest_url.clone();
                self.out.push(Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id }));
            }
            Becomes::Words(_) | Becomes::Sound(_) | Becomes::Sized { .. } => {}
        }
        self.open.push(Open { is_image: true, start: self.out.len(), becomes });
    }

    /// Anki plays no sound of the web, so that is a link.
    fn elsewhere(&self, reference: &Reference, address: String, dest_url: &mut CowStr<'text>) -> Becomes {
        let is_played = reference.kind() == MediaKind::Sound;
        let purpose = if is_played { Use::Link } else { Use::Image };
        let is_safe = safe::is_safe_address(&address, purpose);
        *dest_url = address.into();
        match (is_safe, is_played) {
            (true, true) => Becomes::Link(reference.file_name()),
            (true, false) => Becomes::Itself,
            (false, _) => Becomes::Words(String::new()),
        }
    }

    /// An end may stand without its start, and a start without its end, where hidden content begins in between.
    fn close(&mut self, is_image: bool) {
        let Some(at) = self.open.iter().rposition(|open| open.is_image == is_image) else { return };
        self.open.truncate(at + 1);
        let Some(open) = self.open.pop() else { return };
        let is_empty = self.out.len() == open.start;
        match open.becomes {
            Becomes::Itself => {
                self.images = self.images.saturating_sub(usize::from(is_image));
                self.out.push(Event::End(if is_image { TagEnd::Image } else { TagEnd::Link }));
            }
            Becomes::Words(words) => {
                if is_empty && !words.is_empty() {
                    self.out.push(Event::Text(words.into()));
                }
            }
            Becomes::Link(words) => {
                if is_empty {
                    self.out.push(Event::Text(words.into()));
                }
                self.out.push(Event::End(TagEnd::Link));
            }
            Becomes::Sound(name) => {
                self.out.truncate(open.start);
                self.out.push(Event::Text(media::sound(&name).into()));
            }
            Becomes::Sized { name, size } => {
                let alternative = plain::text(self.out.get(open.start..).unwrap_or_default());
                self.out.truncate(open.start);
                self.out.push(Event::InlineHtml(media::sized_image(&name, &alternative, &size).into()));
            }
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

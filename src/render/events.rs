//! Markdown's events, made ready for writing: code in colour, tables that scroll, addresses checked.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::code::{self, Colours};
use super::footnotes::Parts;
use super::formulas::{self, Formulas};
use super::links::{self, Absolute};
use super::media::{self, Media, Shown};
use super::safe::{self, Use};
use super::{embeds, plain, quotations, raw};
use crate::languages;
use crate::markdown::formulas::Masked;
use crate::source::{MediaKind, Reference};

/// Link definitions that stand elsewhere in the file: label to address and title.
pub(crate) type References<'callback> = dyn Fn(&str) -> Option<(String, String)> + 'callback;

/// The events of a text with their places in it, formulas among them.
pub(crate) fn parse<'text>(
    markdown: &'text str,
    options: Options,
    references: &References<'_>,
) -> Vec<(Event<'text>, Range<usize>)> {
    let found = |label: &str| {
        let (address, title) = references(label)?;
        Some((CowStr::from(address), CowStr::from(title)))
    };
    let events: Vec<_> = match Masked::new(markdown, options) {
        None => {
            let resolve = |link: BrokenLink<'text>| found(&link.reference);
            Parser::new_with_broken_link_callback(markdown, options, Some(resolve)).into_offset_iter().collect()
        }
        Some(masked) => {
            let resolve = |link: BrokenLink<'_>| found(&masked.typed(&link.reference, &link.span));
            let parser = Parser::new_with_broken_link_callback(masked.text(), options, Some(resolve));
            masked.restore(parser.into_offset_iter())
        }
    };
    if markdown.contains(embeds::MARK) { embeds::read(markdown, events) } else { events }
}

/// The events with only real markup among the raw HTML; and whether there is any.
fn settle<'text>(events: Vec<Event<'text>>) -> (Vec<Event<'text>>, bool) {
    let (events, has_raw_html) = raw::settle(events);
    (quotations::with_titles(events), has_raw_html)
}

/// The events of a text whose footnotes stand elsewhere; and whether there is raw HTML among them.
pub(crate) fn without_footnotes<'text>(parts: Parts<'text>) -> (Vec<Event<'text>>, bool) {
    settle(parts.text)
}

/// The events of an answer with its footnotes at the end; and whether there is raw HTML among them.
pub(crate) fn with_footnotes<'text>(parts: Parts<'text>) -> (Vec<Event<'text>>, bool) {
    let (mut events, mut has_raw_html) = settle(parts.text);
    for (footnote, number) in parts.footnotes.into_iter().zip(1..) {
        let (footnote, footnote_has_raw_html) = settle(footnote);
        has_raw_html |= footnote_has_raw_html;
        events.push(Event::Start(Tag::FootnoteDefinition(CowStr::from(number.to_string()))));
        events.extend(footnote);
        events.push(Event::End(TagEnd::FootnoteDefinition));
    }
    (events, has_raw_html)
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

/// The events to hand to the HTML writer, and the formulas whose tokens are in them.
pub(super) fn prepare<'text>(
    events: &[Event<'text>],
    media: &Media<'_>,
    absolute: &Absolute<'_>,
    colours: Colours<'_>,
) -> (Vec<Event<'text>>, Formulas) {
    let mut preparation = Preparation {
        out: Vec::with_capacity(events.len()),
        media,
        absolute,
        colours,
        formulas: Formulas::default(),
        footnotes: false,
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
    if preparation.footnotes {
        preparation.html("</ol>");
    }
    (preparation.out, preparation.formulas)
}

/// Most texts hold none, and are not copied.
fn without_tokens<'text>(text: &CowStr<'text>) -> CowStr<'text> {
    match formulas::without_tokens(text) {
        Cow::Borrowed(_) => text.clone(),
        Cow::Owned(bare) => bare.into(),
    }
}

struct Preparation<'text, 'look_up> {
    out: Vec<Event<'text>>,
    media: &'look_up Media<'look_up>,
    absolute: &'look_up Absolute<'look_up>,
    colours: Colours<'look_up>,
    formulas: Formulas,
    /// Whether the list of footnotes is open.
    footnotes: bool,
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
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => self.close_code(),
            Event::Start(tag @ Tag::Link { .. }) => self.open_link(tag.clone()),
            Event::Start(tag @ Tag::Image { .. }) => self.open_image(tag.clone()),
            Event::End(TagEnd::Link) => self.close(false),
            Event::End(TagEnd::Image) => self.close(true),
            Event::Html(html) => {
                let html = self.raw_html(html);
                self.out.push(Event::Html(html));
            }
            Event::InlineHtml(html) if self.images == 0 => {
                let html = self.raw_html(html);
                self.out.push(Event::InlineHtml(html));
            }
            Event::Text(text) => self.out.push(Event::Text(without_tokens(text))),
            Event::Code(text) => self.out.push(Event::Code(without_tokens(text))),
            Event::InlineMath(typed) => self.formula(typed, false),
            Event::DisplayMath(typed) => self.formula(typed, true),
            Event::FootnoteReference(number) if self.images == 0 => {
                self.out.push(Event::InlineHtml(format!("<sup>[{number}]</sup>").into()));
            }
            Event::FootnoteReference(number) => self.out.push(Event::Text(format!("[{number}]").into())),
            Event::Start(Tag::FootnoteDefinition(_)) => {
                self.line();
                let is_first = !std::mem::replace(&mut self.footnotes, true);
                self.html(if is_first { "<ol class=\"footnotes\">\n<li>" } else { "<li>" });
            }
            Event::End(TagEnd::FootnoteDefinition) => self.html("</li>\n"),
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

    /// A formula; in the description of an image, which is an attribute, as it was typed.
    fn formula(&mut self, typed: &str, is_display: bool) {
        let text = if self.images == 0 { self.formulas.add(typed, is_display) } else { typed.to_owned() };
        self.out.push(Event::Text(text.into()));
    }

    fn raw_html(&self, html: &CowStr<'text>) -> CowStr<'text> {
        let bare = formulas::without_tokens(html);
        let shown = media::replaced(&bare, self.media).map_or(bare, Cow::Owned);
        let linked = links::replaced(&shown, self.absolute).map_or(shown, Cow::Owned);
        if *linked == **html { html.clone() } else { linked.into_owned().into() }
    }

    /// A relative link becomes an absolute one, or the words of it remain.
    fn open_link(&mut self, mut tag: Tag<'text>) {
        let Tag::Link { link_type, dest_url, .. } = &mut tag else { return };
        let is_mail = *link_type == LinkType::Email;
        let mut is_safe = is_mail || safe::is_safe_address(dest_url, Use::Link);
        if is_safe && !is_mail && links::is_relative(dest_url) {
            let absolute = (self.absolute)(dest_url);
            is_safe = absolute.is_some();
            *dest_url = absolute.map_or_else(|| dest_url.clone(), CowStr::from);
        }
        if is_safe {
            self.out.push(Event::Start(tag));
        }
        let becomes = if is_safe { Becomes::Itself } else { Becomes::Words(String::new()) };
        self.open.push(Open { start: self.out.len(), becomes });
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
        if languages::of_info(&info) == "math" {
            // As GitHub has it.
            let token = self.formulas.add_tex(text.trim(), true);
            return self.html(&format!("<p>{token}</p>\n"));
        }
        self.html(&code::block(&info, &formulas::without_tokens(&safe::normal(&text)), self.colours));
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
        self.open.push(Open { start: self.out.len(), becomes });
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

    fn close(&mut self, is_image: bool) {
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

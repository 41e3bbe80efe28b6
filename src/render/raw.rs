//! Raw HTML in Markdown, before it is written: what is markup, and what only looks like it.
//!
//! Authors write `Vec<String>` and "put it before `</body>`" without backticks, and mean the text. Taken as markup, such
//! words vanish from the card, and an unclosed `<script>` or `<textarea>` swallows what follows. So a tag that is no
//! HTML element, or that is never closed, is shown as it was typed, as long as it holds no `=`; elements that hold
//! anything but HTML never get through at all. What is left goes through the sanitiser in `safe`.

use std::ops::Range;
use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use pulldown_cmark::{Event, Tag, TagEnd};

use super::balance::Balance;
use super::media;

/// Elements whose content is code or a page of its own: gone with what is in them.
const HIDDEN: [&str; 6] = ["script", "style", "iframe", "noembed", "noframes", "object"];

/// Elements in which tags mean nothing, so that everything after an unclosed one is lost: their content stays.
const OPAQUE: [&str; 8] = ["title", "textarea", "xmp", "noscript", "template", "select", "plaintext", "frameset"];

const VOID: &str = "area base br col embed hr img input link meta param source track wbr";

const ELEMENTS: &str = "a abbr acronym address area article aside audio b base basefont bdi bdo bgsound big blink \
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir \
    div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup \
    hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu \
    menuitem meta meter nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext \
    portal pre progress q rb rp rt rtc ruby s samp script search section select slot small source span strike strong \
    style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr \
    xmp";

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ELEMENTS.split_whitespace().collect());

/// A tag in a piece of raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawTag {
    /// Where it stands: the event and the bytes in it.
    event: usize,
    pub(super) range: Range<usize>,
    /// In lower case.
    pub(super) name: String,
    pub(super) closes: bool,
    /// Needs no end tag.
    is_void: bool,
    /// Holds no `=`: nothing in it could do harm, and it may be a piece of prose.
    is_bare: bool,
    /// Stands in a line of text, not in a block of HTML.
    is_inline: bool,
    /// Number of the block it stands in.
    block: usize,
    /// Index of the tag at the other end of its element.
    partner: Option<usize>,
}

/// Elements that play a file: what they hold besides it is for who can't play it.
const PLAYERS: [&str; 2] = ["audio", "video"];

/// What becomes of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Markup,
    Text,
    Gone,
    /// With everything up to its end tag.
    GoneWithContent,
    /// The tag in it that names the file stands for all of it.
    Player,
}

/// The same events with only markup left among the raw HTML, each block of HTML in one event; and whether any is left.
pub(crate) fn settle(events: Vec<Event<'_>>) -> (Vec<Event<'_>>, bool) {
    let has_html = |event: &Event<'_>| matches!(event, Event::Html(_) | Event::InlineHtml(_));
    if !events.iter().any(has_html) {
        return (events, false);
    }
    let events = join_blocks(events);
    let mut tags = find_tags(&events);
    pair(&mut tags);
    let files = files_played(&events, &tags);
    rebuild(events, &tags, &files)
}

/// For each player, by the index of its tag, the tag that names the file it plays: its own, or that of its first source.
fn files_played(events: &[Event<'_>], tags: &[RawTag]) -> HashMap<usize, String> {
    let mut files = HashMap::default();
    let players = tags.iter().enumerate().filter(|(_, tag)| !tag.closes && PLAYERS.contains(&tag.name.as_str()));
    for (index, player) in players {
        let within = player.partner.map_or(index..index + 1, |partner| index..partner);
        let may_name = tags.get(within).unwrap_or_default().iter();
        let may_name = may_name.filter(|tag| !tag.closes && (tag.name == player.name || tag.name == "source"));
        let mut typed = may_name.filter_map(|tag| match events.get(tag.event)? {
            Event::Html(html) | Event::InlineHtml(html) => Some((tag, html.get(tag.range.clone())?)),
            _ => None,
        });
        if let Some((_, typed)) = typed.find(|(tag, typed)| media::names_file(typed, &tag.name)) {
            files.insert(index, typed.to_owned());
        }
    }
    files
}

/// The parser gives a block of HTML line by line.
fn join_blocks(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut joined = Vec::with_capacity(events.len());
    let mut block: Option<String> = None;
    for event in events {
        match (event, &mut block) {
            (Event::Start(Tag::HtmlBlock), _) => block = Some(String::new()),
            (Event::Html(html) | Event::InlineHtml(html) | Event::Text(html), Some(block)) => block.push_str(&html),
            (Event::End(TagEnd::HtmlBlock), open) => {
                joined.push(Event::Html(without_comments(&open.take().unwrap_or_default()).into()));
            }
            (event, _) => joined.push(event),
        }
    }
    joined
}

/// Comments go; one that never ends, a declaration or an instruction becomes text, lest it swallow what follows.
fn without_comments(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        kept.push_str(before);
        rest = after;
        match after.strip_prefix("!--").map(|comment| comment.split_once("-->")) {
            Some(Some((_, after_comment))) => rest = after_comment,
            Some(None) => kept.push_str("&lt;"),
            None if after.starts_with(['!', '?']) => kept.push_str("&lt;"),
            None => kept.push('<'),
        }
    }
    kept.push_str(rest);
    kept
}

fn find_tags(events: &[Event<'_>]) -> Vec<RawTag> {
    let mut tags = Vec::new();
    let mut block = 0;
    for (index, event) in events.iter().enumerate() {
        let (html, is_inline) = match event {
            Event::Html(html) => (html, false),
            Event::InlineHtml(html) => (html, true),
            Event::Start(tag) if begins_block(tag) => {
                block += 1;
                continue;
            }
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::TableCell
                | TagEnd::DefinitionListTitle
                | TagEnd::DefinitionListDefinition,
            ) => {
                block += 1;
                continue;
            }
            _ => continue,
        };
        block += usize::from(!is_inline);
        let mut from = 0;
        while let Some(mut tag) = next_tag(html, from) {
            from = tag.range.end;
            (tag.event, tag.is_inline, tag.block) = (index, is_inline, block);
            tags.push(tag);
        }
        block += usize::from(!is_inline);
    }
    tags
}

/// How a tag reaches the card, for findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it was typed.
    Text,
    /// As markup, as far as the sanitiser lets it.
    Markup,
    /// Not at all.
    Removed,
    /// Not at all, nor what is in it.
    Hidden,
}

impl RawTag {
    /// The number of the piece of HTML it stands in.
    pub(super) fn piece(&self) -> usize {
        self.event
    }
}

/// What becomes of a tag, and the index of the tag at the other end of its element.
pub(super) fn what_becomes(tag: &RawTag) -> (Shown, Option<usize>) {
    let shown = match fate(tag) {
        Fate::Text => Shown::Text,
        Fate::Markup | Fate::Player => Shown::Markup,
        Fate::Gone => Shown::Removed,
        Fate::GoneWithContent => Shown::Hidden,
    };
    (shown, tag.partner)
}

/// The tags of pieces of HTML, each with whether it stands in a line of text, and the number of its block.
pub(super) fn tags_of<'html>(pieces: impl Iterator<Item = (&'html str, bool, usize)>) -> Vec<RawTag> {
    let mut tags = Vec::new();
    for (index, (html, is_inline, block)) in pieces.enumerate() {
        let mut from = 0;
        while let Some(mut tag) = next_tag(html, from) {
            from = tag.range.end;
            (tag.event, tag.is_inline, tag.block) = (index, is_inline, block);
            tags.push(tag);
        }
    }
    pair(&mut tags);
    tags
}

/// Whether what is in it stands in no block with what is around it.
fn begins_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::Item
            | Tag::TableCell
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
    )
}

/// The first tag at or after a byte.
pub(super) fn next_tag(html: &str, from: usize) -> Option<RawTag> {
    let mut from = from;
    loop {
        let start = from + html.get(from..)?.find('<')?;
        let after = html.get(start + 1..)?;
        let closes = after.starts_with('/');
        let inner = after.strip_prefix('/').unwrap_or(after);
        if !inner.starts_with(|first: char| first.is_ascii_alphabetic()) {
            from = start + 1;
            continue;
        }
        let ends_name = |character: char| character.is_whitespace() || matches!(character, '/' | '>' | '<');
        let name = inner.split(ends_name).next()?.to_ascii_lowercase();
        let length = tag_length(after)?;
        let body = after.get(..length)?;
        return Some(RawTag {
            event: 0,
            range: start..start + 1 + length,
            is_void: body.ends_with("/>") || VOID.split(' ').any(|void| void == name),
            is_bare: !body.contains('='),
            name,
            closes,
            is_inline: false,
            block: 0,
            partner: None,
        });
    }
}

/// Bytes up to and with the `>` that ends a tag; quoted values may hold one.
fn tag_length(after: &str) -> Option<usize> {
    let mut quote = None;
    let mut value = false;
    for (at, character) in after.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') if value => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        value = character == '=' || (value && character.is_whitespace());
    }
    None
}

/// Finds the two ends of each element. Those of hidden and opaque elements must stand in one block, since between
/// them the HTML of the text around would mean nothing.
fn pair(tags: &mut [RawTag]) {
    let mut open: HashMap<String, Vec<(usize, usize)>> = HashMap::default();
    let mut pairs = Vec::new();
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| !tag.is_void || tag.closes) {
        let waiting = open.entry(tag.name.clone()).or_default();
        if !tag.closes {
            waiting.push((index, tag.block));
        } else if let Some((start, block)) = waiting.pop()
            && (block == tag.block || !is_raw(&tag.name))
        {
            pairs.push((start, index));
        }
    }
    for (start, end) in pairs {
        for (one, other) in [(start, end), (end, start)] {
            if let Some(tag) = tags.get_mut(one) {
                tag.partner = Some(other);
            }
        }
    }
}

fn is_raw(name: &str) -> bool {
    HIDDEN.contains(&name) || OPAQUE.contains(&name)
}

fn fate(tag: &RawTag) -> Fate {
    let is_open_ended = tag.partner.is_none() && !tag.is_void;
    if !KNOWN.contains(tag.name.as_str()) {
        return if tag.is_bare { Fate::Text } else { Fate::Markup };
    }
    if is_raw(&tag.name) {
        let hides = HIDDEN.contains(&tag.name.as_str());
        return match (tag.partner, tag.closes) {
            (Some(_), false) if hides => Fate::GoneWithContent,
            (None, _) if tag.is_bare => Fate::Text,
            _ => Fate::Gone,
        };
    }
    if tag.partner.is_some() && !tag.closes && PLAYERS.contains(&tag.name.as_str()) {
        return Fate::Player;
    }
    // One without an address shows nothing: it is spoken of.
    let is_empty = tag.is_bare && matches!(tag.name.as_str(), "img" | "source");
    if (is_open_ended || is_empty) && tag.is_inline && tag.is_bare { Fate::Text } else { Fate::Markup }
}

/// Elements may stand this deep in each other; the parser behind the sanitiser looks through all open elements at each
/// tag, and takes minutes over a file of `<div>`.
const DEEPEST: usize = 100;

/// Elements whose end tags authors leave out, so that they can't be counted; they can't nest by themselves either.
const OPEN_ENDED: [&str; 10] = ["p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot"];

/// Where hidden content ends: the event and the byte after its end tag.
type End = (usize, usize);

fn rebuild<'text>(
    events: Vec<Event<'text>>,
    tags: &[RawTag],
    files: &HashMap<usize, String>,
) -> (Vec<Event<'text>>, bool) {
    let mut balance = Balance::with_capacity(events.len());
    let mut hidden_until: Option<End> = None;
    let mut has_markup = false;
    let mut depth = 0;
    let mut tags_left = tags.iter().enumerate().peekable();
    for (index, event) in events.into_iter().enumerate() {
        let (html, is_inline) = match event {
            Event::Html(html) => (html, false),
            Event::InlineHtml(html) => (html, true),
            other => {
                balance.take(other, hidden_until.is_some());
                continue;
            }
        };
        let was_hidden_until = hidden_until;
        let mut piece = Piece { html: &html, at: 0, text: String::new(), has_markup: false, depth };
        let is_declaration = html.starts_with("<?") || (html.starts_with("<!") && !html.starts_with("<!--"));
        let mut is_text = is_inline && is_declaration;
        let mut player = None;
        while let Some((at, tag)) = tags_left.next_if(|(_, tag)| tag.event == index) {
            let fate = piece.take(tag, tags, &mut hidden_until);
            is_text |= fate == Fate::Text;
            if fate == Fate::Player {
                player = files.get(&at);
                piece.text.extend(player.map(String::as_str));
            }
        }
        if hidden_until != was_hidden_until {
            balance.end_hidden();
        }
        depth = piece.depth;
        let (text, piece_has_markup) = piece.finish(hidden_until.is_some(), is_inline);
        has_markup |= piece_has_markup;
        if let Some(file) = player.filter(|_| is_inline) {
            balance.take(Event::InlineHtml(file.clone().into()), false);
        }
        match (is_inline, is_text) {
            (true, true) => balance.take(Event::Text(html), hidden_until.is_some()),
            (true, false) if piece_has_markup => balance.take(Event::InlineHtml(html), hidden_until.is_some()),
            (true, _) => {}
            (false, _) => balance.take(Event::Html(text.into()), false),
        }
    }
    (balance.into_events(), has_markup)
}

/// One raw event while its tags are gone through.
struct Piece<'html> {
    html: &'html str,
    at: usize,
    text: String,
    has_markup: bool,
    /// Elements open in the whole text.
    depth: usize,
}

impl Piece<'_> {
    fn take(&mut self, tag: &RawTag, tags: &[RawTag], hidden_until: &mut Option<End>) -> Fate {
        if let Some(end) = *hidden_until {
            if (tag.event, tag.range.end) < end {
                return Fate::Gone;
            }
            (*hidden_until, self.at) = (None, tag.range.end);
            return Fate::Gone;
        }
        self.text.push_str(self.html.get(self.at..tag.range.start).unwrap_or_default());
        self.at = tag.range.end;
        let typed = self.html.get(tag.range.clone()).unwrap_or_default();
        let fate = match fate(tag) {
            Fate::Markup if self.is_too_deep(tag) => Fate::Gone,
            fate => fate,
        };
        match fate {
            Fate::Markup => {
                self.text.push_str(typed);
                self.has_markup = true;
            }
            Fate::Text => self.text.push_str(&typed.replace('<', "&lt;")),
            Fate::Gone => {}
            Fate::GoneWithContent | Fate::Player => {
                let partner = tag.partner.and_then(|partner| tags.get(partner));
                *hidden_until = partner.map(|partner| (partner.event, partner.range.end));
                // Whatever hides something is seen by the sanitiser too.
                self.has_markup = true;
            }
        }
        fate
    }

    fn is_too_deep(&mut self, tag: &RawTag) -> bool {
        if tag.is_void || OPEN_ENDED.contains(&tag.name.as_str()) {
            return false;
        }
        if tag.closes {
            self.depth = self.depth.saturating_sub(1);
            return false;
        }
        self.depth += 1;
        self.depth > DEEPEST
    }

    /// The text of a block, and whether it needs the sanitiser. Any block does: what no tag was found in may still be
    /// taken for one by a browser.
    fn finish(mut self, is_hidden: bool, is_inline: bool) -> (String, bool) {
        if !is_hidden {
            self.text.push_str(self.html.get(self.at..).unwrap_or_default());
        }
        (self.text, self.has_markup || !is_inline)
    }
}

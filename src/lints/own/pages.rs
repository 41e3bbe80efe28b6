//! The pages of a project's own lints: front matter with a `pattern`, then a page as deckc's own lints have.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use regex::{Regex, RegexBuilder};

use super::{OwnLint, OwnLints, Scope, Template};
use crate::diagnostic::Level;
use crate::lints;
use crate::markdown::front_matter;
use crate::settings::keys::{Dialect, Fault, Reader};
use crate::settings::levels;
use crate::settings::value::{self, Key, Node, Table, Value};
use crate::source::{ReadError, Source, SourceId, Sources, markdown_in, place, shortened};

/// The folder beside `deckc.toml` that holds them.
pub(crate) const FOLDER: &str = "lints";
/// What may stand in the front matter of a page.
const KEYS: [&str; 7] = ["help", "languages", "level", "message", "pattern", "replace", "scope"];
/// The most that a pattern may take of memory, in bytes: what repeats itself takes much more than it is long.
const LARGEST_PATTERN: usize = 1 << 19;
/// The longest pattern, in bytes.
const LONGEST_PATTERN: usize = 10_000;
/// The most pages of a project.
const MOST_PAGES: usize = 1_000;
/// The largest page, in bytes.
const LARGEST_PAGE: u64 = 1_000_000;

/// What is wrong with the pages of a project.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// In a page.
    pub(crate) of_pages: Vec<(SourceId, Fault)>,
    /// With the folder, in words: what, and what to do.
    pub(crate) of_folder: Vec<(String, String)>,
}

/// Reads the pages of the project in a folder, whose links were followed.
pub(crate) fn read(sources: &mut Sources, project: &Path) -> Result<(OwnLints, Faults), ReadError> {
    let mut faults = Faults::default();
    let mut paths = markdown_in(&project.join(FOLDER))?;
    let is_readme = |path: &Path| path.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("readme"));
    paths.retain(|path| !is_readme(path));
    if paths.len() > MOST_PAGES {
        let what = format!("`{FOLDER}/` holds {} pages of lints, {MOST_PAGES} are the most", paths.len());
        faults.of_folder.push((what, "delete those that are not needed".to_owned()));
        return Ok((OwnLints::default(), faults));
    }
    let (mut own, mut names) = (Vec::new(), BTreeSet::new());
    for path in paths {
        let shown = shortened(&path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A project reads nothing outside of it.
        if !place(&path).starts_with(project) {
            let what = format!("the page `{}` lies outside of the project", shown.display());
            faults.of_folder.push((what, "copy it into the project".to_owned()));
            continue;
        }
        if path.metadata().is_ok_and(|found| found.len() > LARGEST_PAGE) {
            let what = format!("the page `{}` is larger than {} MB", shown.display(), LARGEST_PAGE / 1_000_000);
            faults.of_folder.push((what, "make it shorter".to_owned()));
            continue;
        }
        let Some(id) = sources.read_if_there(&shown)? else { continue };
        match page(sources.get(id), &name) {
            Ok(None) => {}
            Ok(Some(lint)) => {
                names.insert(name);
                own.push(lint);
            }
            Err(of_page) => {
                names.insert(name);
                faults.of_pages.extend(of_page.into_iter().map(|fault| (id, fault)));
            }
        }
    }
    names.retain(|name| !levels::is_known(name));
    Ok((OwnLints::new(own, names), faults))
}

fn fault(place: Range<usize>, message: impl Into<String>, label: &str, help: impl Into<String>) -> Fault {
    let (message, label, help) = (message.into(), label.to_owned(), help.into());
    Fault { place, is_unknown_key: false, message, label, help, lint: None }
}

/// A page; none where it is that of a lint of deckc itself.
fn page(source: &Source, name: &str) -> Result<Option<OwnLint>, Vec<Fault>> {
    let first_line = source.line_range(1);
    if let Some(encoding) = source.faults().first() {
        let place = encoding.span.range();
        return Err(vec![fault(place, "the page is not UTF-8", "not UTF-8", "save it as UTF-8")]);
    }
    let is_built_in = lints::find(name).is_some();
    let Some(block) = front_matter::block(source) else {
        if is_built_in {
            return Ok(None);
        }
        let help = "put `---`, `pattern: '\\bTODO\\b'` and `---` on lines of their own at its top";
        return Err(vec![fault(first_line, format!("the lint `{name}` has no pattern"), "no front matter", help)]);
    };
    let text = source.text().get(block.inside.clone()).unwrap_or_default();
    let shifted = |place: Range<usize>| place.start + block.inside.start..place.end + block.inside.start;
    let table = match block.dialect {
        Dialect::Yaml => value::of_yaml(text),
        Dialect::Toml => value::of_toml(text),
    };
    let table = match table {
        Ok(table) => table,
        Err(_) if is_built_in => return Ok(None),
        Err(error) => {
            let help = "put a pattern between single quotation marks, as in `pattern: '\\bTODO\\b'`";
            return Err(vec![fault(shifted(error.place), "the front matter can't be read", &error.message, help)]);
        }
    };
    let pattern = table.iter().find(|(key, _)| key.name == "pattern");
    if is_built_in && pattern.is_none() {
        return Ok(None);
    }
    let mut faults: Vec<Fault> = name_fault(name, first_line).into_iter().collect();
    let mut front = Front::new(text, block.dialect);
    let pattern = front.read(&table, name);
    faults.extend(front.reader.faults.into_iter().map(|mut fault| {
        fault.place = shifted(fault.place);
        fault
    }));
    let body = Body::read(source, block.end, name);
    let (Some(pattern), Ok(body), true) = (pattern, &body, faults.is_empty()) else {
        faults.extend(body.err());
        return Err(faults);
    };
    Ok(Some(OwnLint {
        name: name.to_owned(),
        level: front.level.unwrap_or(Level::Warn),
        scope: front.scope.unwrap_or(Scope::Text),
        page: body.text.clone(),
        summary: body.summary.clone(),
        path: source.shown_path().to_owned(),
        page_line: body.line,
        longest: longest(pattern.as_str()),
        pattern,
        languages: front.languages,
        message: front.message.unwrap_or_else(|| Template::plain(&body.summary)),
        replace: front.replace,
        help: front.help,
    }))
}

fn name_fault(name: &str, place: Range<usize>) -> Option<Fault> {
    if levels::is_known(name) {
        let what = if lints::find(name).is_some() { "a lint" } else { "a group" };
        let help = "give the page another name";
        return Some(fault(place, format!("`{name}` is {what} of deckc itself"), "the name is taken", help));
    }
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if name.split('-').all(is_word) {
        return None;
    }
    let help = "name the page in lower case with hyphens, as in `todo-left.md`";
    Some(fault(place, format!("`{name}` can't be the name of a lint"), "the page of a lint", help))
}

/// What the front matter of a page says.
struct Front<'a> {
    reader: Reader<'a>,
    level: Option<Level>,
    scope: Option<Scope>,
    languages: Vec<String>,
    message: Option<Template>,
    replace: Option<Template>,
    help: Option<Template>,
}

impl<'a> Front<'a> {
    fn new(text: &'a str, dialect: Dialect) -> Self {
        let reader = Reader::new(text, dialect);
        Self { reader, level: None, scope: None, languages: Vec::new(), message: None, replace: None, help: None }
    }

    fn read(&mut self, table: &Table, name: &str) -> Option<Regex> {
        let pattern = table.iter().find(|(key, _)| key.name == "pattern");
        let Some((key, node)) = pattern.filter(|(_, node)| node.value != Value::Nothing) else {
            let place = pattern.map_or(0..0, |(key, _)| key.place.clone());
            let help = "add `pattern: '…'`, a regular expression as in <https://docs.rs/regex/latest/regex/#syntax>";
            self.reader.faults.push(fault(place, format!("the lint `{name}` has no pattern"), "no pattern", help));
            return None;
        };
        let pattern = self.pattern(key, node);
        for (key, node) in table {
            match key.name.as_str() {
                "pattern" => {}
                "level" => self.level = self.reader.choice(key, node),
                "scope" => self.scope = self.reader.choice(key, node),
                "languages" => self.languages = self.reader.tags(key, node),
                "message" => self.message = self.template(key, node, pattern.as_ref()),
                "replace" => self.replace = self.template(key, node, pattern.as_ref()),
                "help" => self.help = self.template(key, node, pattern.as_ref()),
                _ => self.reader.unknown(key, "the page of a lint", &KEYS),
            }
        }
        let languages = table.iter().find(|(key, _)| key.name == "languages");
        if let Some((_, node)) = languages.filter(|_| self.scope.is_none_or(|scope| scope != Scope::Code)) {
            let message = "`languages` are of code only".to_owned();
            self.reader.invalid(node, message, "says nothing", "add `scope: code`, or delete the line".to_owned());
        }
        pattern
    }

    fn pattern(&mut self, key: &Key, node: &Node) -> Option<Regex> {
        let text = self.reader.text(key, node, r"'\bTODO\b'")?;
        let mut refuse = |message: &str, label: String, help: &str| {
            self.reader.invalid(node, message.to_owned(), label, help.to_owned());
            None
        };
        const TOO_LARGE: &str = "the pattern is too large";
        if text.len() > LONGEST_PATTERN {
            let label = format!("longer than {LONGEST_PATTERN} bytes");
            return refuse(TOO_LARGE, label, "make several lints of it");
        }
        let built = RegexBuilder::new(&text).size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN).build();
        match built {
            Ok(pattern) if takes_nothing(&text) => {
                let what = if pattern.as_str().is_empty() { "is empty" } else { "finds the empty text" };
                let help = "write `+` in place of `*`, and at least one character that is always there";
                refuse("the pattern finds nothing, everywhere", what.to_owned(), help)
            }
            Ok(pattern) => Some(pattern),
            Err(regex::Error::CompiledTooBig(_)) => {
                let label = "repeats too much, or takes too many characters".to_owned();
                refuse(TOO_LARGE, label, "count less far in `{…}`, or write `(?-u:\\w)` for `\\w` without accents")
            }
            Err(error) => {
                let said = error.to_string();
                let said = said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                let help =
                    "see <https://docs.rs/regex/latest/regex/#syntax>; a backslash before a sign takes it as it is";
                refuse("the pattern is no regular expression", said, help)
            }
        }
    }

    fn template(&mut self, key: &Key, node: &Node, pattern: Option<&Regex>) -> Option<Template> {
        if node.value == Value::Nothing {
            return Some(Template::plain(""));
        }
        let text = self.reader.text(key, node, "…")?;
        match Template::parse(&text, pattern?) {
            Ok(template) => Some(template),
            Err(group) => {
                let message = format!("the pattern has no group `{group}`");
                let help = "put what is meant between `(` and `)` in the pattern; `$$` is a dollar sign";
                self.reader.invalid(node, message, "no such group", help.to_owned());
                None
            }
        }
    }
}

/// Whether a pattern can find the empty text, which is everywhere.
fn takes_nothing(pattern: &str) -> bool {
    let parsed = regex_syntax::Parser::new().parse(pattern);
    parsed.is_ok_and(|parsed| parsed.properties().minimum_len().is_none_or(|least| least == 0))
}

/// Bytes of the longest text that a pattern can find, if there is one.
fn longest(pattern: &str) -> Option<usize> {
    regex_syntax::Parser::new().parse(pattern).ok()?.properties().maximum_len()
}

/// The page below the front matter.
struct Body {
    text: String,
    line: u32,
    summary: String,
}

impl Body {
    fn read(source: &Source, start: usize, name: &str) -> Result<Self, Fault> {
        let first = source.line(u32::try_from(start).unwrap_or(u32::MAX)) + 1;
        let filled = |from: u32| (from..=source.line_count()).find(|&line| !source.line_text(line).trim().is_empty());
        let title = filled(first);
        let line = title.unwrap_or_else(|| source.line_count().max(1));
        let place = source.line_range(line);
        let help = format!("write `# {name}` below the front matter, and below that what the lint reports");
        match source.line_text(line).strip_prefix("# ").map(str::trim).filter(|_| title.is_some()) {
            None => return Err(fault(place, "the page has no title", "no title", help)),
            Some(text) if text != name => {
                let message = format!("the title is `{text}`, the page is called `{name}`");
                return Err(fault(place, message, "not the name of the page", help));
            }
            Some(_) => {}
        }
        let summary = filled(line + 1).map(|line| source.line_text(line).trim());
        let Some(summary) = summary.filter(|text| text.starts_with(|c: char| !"#~`".contains(c))) else {
            let help = "write one sentence below the title: `deckc lints` shows it";
            return Err(fault(place, "the page says nothing below its title", "no sentence below it", help));
        };
        let text = source.text().get(source.line_range(line).start..).unwrap_or_default();
        let summary = summary.trim_end_matches('.').to_owned();
        Ok(Self { text: text.replace("\r\n", "\n"), line, summary })
    }
}

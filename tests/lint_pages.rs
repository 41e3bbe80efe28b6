//! The pages in `lints/` are documentation and tests: each bad example raises exactly the lint of its page, each good
//! one nothing, and where a fix is shown, it is what the finding's edits make of the example before it.
//!
//! An example is a fence under `## Bad` or `## Good`; its info string says what it holds:
//!
//! - `markdown`: a deck.
//! - `markdown bytes`: a deck in which `\xNN` stands for that byte, so that a page can show what is no UTF-8.
//! - `toml lock`: the lock beside the deck that follows. On the page of `outdated-lock` the deck is checked as
//!   `deckc build --locked` does.
//! - `markdown fixed`: the bad example before it, with the edits of its findings made.
//!
//! A lint that is off by default is turned on for its own page.

use std::fmt::{self, Write as _};
use std::path::Path;

use deckc::check;
use deckc::diagnostic::{Diagnostic, Edit, Level, Safety};
use deckc::history::Clock;
use deckc::lints::{self, Lint};
use deckc::project::Project;
use deckc::source::Sources;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

/// The sections of a page, in order.
const SECTIONS: [&str; 4] = ["Why", "Bad", "Good", "Fix"];
/// Examples a page shows of each kind, at least.
const FEWEST: usize = 2;
/// `deckc lints` shows summaries in one line.
const LONGEST_SUMMARY: usize = 80;
const FENCE: &str = "~~~~~";

datatest_stable::harness! {
    { test = page, root = "lints", pattern = r"\.md$" },
}

fn page(path: &Path, text: String) -> datatest_stable::Result<()> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let Some(lint) = lints::find(name) else {
        let complaint = format!("{}: no row of the catalogue in src/lints.rs has this name", path.display());
        return Err(Complaints(complaint).into());
    };
    let page = Page::read(&text);
    let mut complaints = structure(lint, &text, &page);
    complaints.extend(page.examples.iter().filter_map(|example| judge(lint, example, &page).err()));
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Complaints(format!("{}:\n{}", path.display(), complaints.join("\n"))).into())
}

/// What is wrong with a page. The harness shows errors by `Debug`, which would escape the line ends of a text.
struct Complaints(String);

impl fmt::Debug for Complaints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Complaints {}

/// What an example must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bad,
    Fixed,
    Good,
}

struct Example {
    kind: Kind,
    /// Counted within its kind; a fixed text has the number of the bad example it mends.
    number: usize,
    /// 1-based line of its fence.
    line: usize,
    bytes: Vec<u8>,
    lock: Option<String>,
}

impl Example {
    fn place(&self) -> String {
        let kind = match self.kind {
            Kind::Bad => "bad example",
            Kind::Fixed => "fixed text of bad example",
            Kind::Good => "good example",
        };
        format!("  line {}, {kind} {}", self.line, self.number)
    }
}

/// A page, taken apart.
#[derive(Default)]
struct Page {
    titles: Vec<String>,
    sections: Vec<String>,
    /// Plain text of each section, without its fences.
    texts: Vec<String>,
    examples: Vec<Example>,
    /// The lock of the example that follows.
    lock: Option<String>,
    complaints: Vec<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading = None;
        let mut fence: Option<(String, usize, String)> = None;
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
                Event::End(TagEnd::Heading(_)) => page.heading(heading.take()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let line = text.get(..range.start).unwrap_or_default().matches('\n').count() + 1;
                    if text.get(range.clone()).is_some_and(|text| !text.starts_with(FENCE)) {
                        page.complaints.push(format!("  line {line}: fence examples with `{FENCE}`"));
                    }
                    fence = Some((info.to_string(), line, String::new()));
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some((info, line, text)) = fence.take() {
                        page.example(&info, line, &text);
                    }
                }
                Event::Text(text) | Event::Code(text) => match (&mut fence, &mut heading) {
                    (Some((_, _, code)), _) => code.push_str(&text),
                    (None, Some((_, title))) => title.push_str(&text),
                    (None, None) => {
                        if let Some(section) = page.texts.last_mut() {
                            section.push_str(&text);
                            section.push(' ');
                        }
                    }
                },
                _ => {}
            }
        }
        page
    }

    fn heading(&mut self, heading: Option<(HeadingLevel, String)>) {
        match heading {
            Some((HeadingLevel::H1, title)) => self.titles.push(title),
            Some((_, title)) => {
                self.sections.push(title);
                self.texts.push(String::new());
            }
            None => {}
        }
    }

    fn example(&mut self, info: &str, line: usize, text: &str) {
        if info == "toml lock" {
            self.lock = Some(text.to_owned());
            return;
        }
        let count = |kind| self.examples.iter().filter(|example| example.kind == kind).count();
        let (kind, number) = match (self.sections.last().map(String::as_str), info) {
            (Some("Bad"), "markdown" | "markdown bytes") => (Kind::Bad, count(Kind::Bad) + 1),
            (Some("Bad"), "markdown fixed") => (Kind::Fixed, count(Kind::Bad)),
            (Some("Good"), "markdown" | "markdown bytes") => (Kind::Good, count(Kind::Good) + 1),
            (Some("Bad" | "Good"), other) => {
                return self.complaints.push(format!("  line {line}: an example can't be `{other}`"));
            }
            _ => return,
        };
        let bytes = if info == "markdown bytes" { unescaped(text) } else { text.as_bytes().to_vec() };
        let lock = self.lock.take();
        self.examples.push(Example { kind, number, line, bytes, lock });
    }

    fn section(&self, name: &str) -> &str {
        let at = self.sections.iter().position(|section| section == name);
        at.and_then(|at| self.texts.get(at)).map_or("", |text| text.trim())
    }
}

/// `\xNN` to the byte it stands for.
fn unescaped(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.split_at_checked(2).and_then(|(digits, rest)| Some((u8::from_str_radix(digits, 16).ok()?, rest))) {
            Some((byte, rest)) => {
                bytes.push(byte);
                bytes.extend(rest.bytes());
            }
            None => bytes.extend(format!("\\x{piece}").bytes()),
        }
    }
    bytes
}

fn structure(lint: &Lint, text: &str, page: &Page) -> Vec<String> {
    let mut complaints = page.complaints.clone();
    let mut complain = |fails: bool, complaint: String| {
        if fails {
            complaints.push(format!("  {complaint}"));
        }
    };
    complain(page.titles != [lint.name], format!("the title is {:?}, not `{}`", page.titles, lint.name));
    complain(page.sections != SECTIONS, format!("the sections are {:?}, not {SECTIONS:?}", page.sections));
    let third = text.lines().nth(2).unwrap_or_default();
    let summary = lint.summary();
    complain(
        summary.is_empty() || third.strip_suffix('.') != Some(summary) || summary.chars().count() > LONGEST_SUMMARY,
        format!("line 3 should be one sentence of at most {LONGEST_SUMMARY} characters with a full stop"),
    );
    for section in SECTIONS {
        complain(page.section(section).is_empty(), format!("`## {section}` says nothing"));
    }
    for (kind, name) in [(Kind::Bad, "bad"), (Kind::Good, "good")] {
        let count = page.examples.iter().filter(|example| example.kind == kind).count();
        complain(count < FEWEST, format!("{count} {name} examples, {FEWEST} are the least"));
    }
    complaints
}

fn judge(lint: &Lint, example: &Example, page: &Page) -> Result<(), String> {
    let (sources, found) = findings(lint, &example.bytes, example.lock.as_deref());
    let place = example.place();
    match example.kind {
        Kind::Good if found.is_empty() => Ok(()),
        Kind::Good => Err(format!("{place} raises something:\n{}", shown(&sources, &found))),
        Kind::Bad if found.is_empty() => Err(format!("{place} raises nothing")),
        Kind::Bad if found.iter().any(|finding| finding.lint != lint.name) => {
            Err(format!("{place} raises another lint:\n{}", shown(&sources, &found)))
        }
        Kind::Bad => {
            let fixable = found.iter().any(|finding| finding.fix.is_some());
            let fixed = page.examples.iter().any(|other| other.kind == Kind::Fixed && other.number == example.number);
            if fixable && !fixed {
                let text = fixed_text(&example.bytes, &found);
                return Err(format!("{place} can be fixed; show it in a `markdown fixed` fence behind it:\n{text}"));
            }
            Ok(())
        }
        Kind::Fixed if found.is_empty() => compare_fixed(lint, example, page),
        Kind::Fixed => Err(format!("{place} still raises something:\n{}", shown(&sources, &found))),
    }
}

fn compare_fixed(lint: &Lint, fixed: &Example, page: &Page) -> Result<(), String> {
    let place = fixed.place();
    let bad = page.examples.iter().find(|example| example.kind == Kind::Bad && example.number == fixed.number);
    let Some(bad) = bad else { return Err(format!("{place} stands behind no bad example")) };
    let (_, found) = findings(lint, &bad.bytes, bad.lock.as_deref());
    let text = fixed_text(&bad.bytes, &found);
    if text.as_bytes() != fixed.bytes {
        return Err(format!("{place} is not what the fix makes:\n{text}"));
    }
    let is_unsafe = found.iter().filter_map(|finding| finding.fix.as_ref()).any(|fix| fix.safety == Safety::Unsafe);
    let says = if is_unsafe { "fix is unsafe" } else { "fix is safe" };
    if !page.section("Fix").contains(says) {
        return Err(format!("{place}: `## Fix` should say that the {says}"));
    }
    Ok(())
}

fn findings(lint: &Lint, bytes: &[u8], lock: Option<&str>) -> (Sources, Vec<Diagnostic>) {
    // What is off is turned on as its reader would, so that its page can show what it finds.
    let front_matter = match lint.level {
        Level::Allow => format!("---\nlints:\n  {}: warn\n---\n\n", lint.name),
        Level::Warn | Level::Deny => String::new(),
    };
    let bytes = [front_matter.as_bytes(), bytes].concat();
    // Only a text of 4 GiB is refused.
    let Ok(project) = Project::of_text("example.md", bytes, lock) else { return Default::default() };
    let mut faults = project.identity_faults();
    let mut found = check::check(&project.sources, &project.files, &faults);
    if let Some(checked) = check::pass(&found, &project.files).filter(|_| lint.name == "outdated-lock") {
        let mut decks = project.render(&checked);
        let records = project.record(&mut decks, Clock::at(1_800_000_000));
        faults.outdated = project.outdated(&records);
        found = check::check(&project.sources, &project.files, &faults);
    }
    (project.sources, found)
}

/// The text after all edits of all fixes.
fn fixed_text(bytes: &[u8], found: &[Diagnostic]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let mut edits: Vec<&Edit> =
        found.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// Findings, a line each, with where they stand within the example.
fn shown(sources: &Sources, found: &[Diagnostic]) -> String {
    let mut lines = String::new();
    for finding in found {
        let line = finding.primary().map_or(0, |label| sources.get(label.span.source).line(label.span.start));
        let _ = writeln!(lines, "    {} at its line {line}: {}", finding.lint, finding.message);
    }
    lines
}

//! The pages of lints are documentation and tests: each bad example raises the lint of its page, each good one does not,
//! and where a fix is shown, it is what `deckc check --fix --unsafe-fixes` makes of the example before it.
//!
//! An example is a fence under `## Bad` or `## Good`; its info string says what it holds:
//!
//! - `markdown`: a deck.
//! - `markdown bytes`: a deck in which `\xNN` stands for that byte, so that a page can show what is no UTF-8.
//! - `toml lock`: the lock beside the deck that follows. On the page of `outdated-lock` the deck is checked as
//!   `deckc build --locked` does.
//! - `markdown last line N times`: a deck whose last line stands N times, so that a page can show what is large.
//! - `markdown fixed`: the bad example before it, fixed.
//!
//! A lint that is off by default is turned on for its own page.
//!
//! A page of deckc's own has a form, and its examples raise no other lint. A project writes its pages as it likes; they show
//! at least one example of each kind.

use std::fmt::Write as _;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::own::{OwnLint, OwnLints};
use super::{Check, Lint};
use crate::check;
use crate::diagnostic::{Diagnostic, Level, Safety};
use crate::fix;
use crate::history::Clock;
use crate::project::Project;
use crate::settings::{Config, Given, Keys};
use crate::source::Sources;

/// The sections of a page of deckc's own, in order.
const SECTIONS: [&str; 4] = ["Why", "Bad", "Good", "Fix"];
/// Examples such a page shows of each kind, at least.
const FEWEST: usize = 2;
/// `deckc lints` shows summaries in one line.
const LONGEST_SUMMARY: usize = 80;
const FENCE: &str = "~~~~~";
/// A page can't ask for more of one line.
const MOST_LINES: usize = 100_000;
/// What the repeated lines of a page may come to, in bytes.
const MOST_REPEATED: usize = 4_000_000;

/// What came of the examples of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many examples it shows.
    pub examples: usize,
    /// What is wrong, each in one text that may have several lines.
    pub complaints: Vec<String>,
}

/// Judges the page of a lint of deckc's own.
#[must_use]
pub fn judge(lint: &'static Lint, text: &str) -> Verdict {
    let page = Page::read(text, 1);
    let mut complaints = structure(lint, text, &page);
    complaints.extend(judged(&BuiltIn(lint), &page));
    Verdict { examples: page.examples.len(), complaints }
}

/// Judges the page of a lint of a project's own.
#[must_use]
pub fn judge_own(lint: &Arc<OwnLint>) -> Verdict {
    let page = Page::read(&lint.page, lint.page_line as usize);
    let mut complaints = page.complaints.clone();
    for (kind, section) in [(Kind::Bad, "Bad"), (Kind::Good, "Good")] {
        if page.examples.iter().all(|example| example.kind != kind) {
            let complaint = "shows no example; put one between `~~~~~markdown` and `~~~~~`";
            complaints.push(format!("`## {section}` {complaint}"));
        }
    }
    complaints.extend(judged(&OfProject::new(lint), &page));
    Verdict { examples: page.examples.len(), complaints }
}

fn judged(subject: &dyn Subject, page: &Page) -> Vec<String> {
    page.examples.iter().filter_map(|example| judge_example(subject, example, page).err()).collect()
}

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
        format!("line {}, {kind} {}", self.line, self.number)
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
    /// Lines of fences of another kind.
    other_fences: Vec<usize>,
    /// The lock of the example that follows.
    lock: Option<String>,
    /// Bytes of repeated lines so far.
    repeated: usize,
    complaints: Vec<String>,
}

impl Page {
    fn read(text: &str, first_line: usize) -> Self {
        let mut page = Self::default();
        let mut heading = None;
        let mut fence: Option<(String, usize, String)> = None;
        let (mut line, mut counted) = (first_line, 0);
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
                Event::End(TagEnd::Heading(_)) => page.heading(heading.take()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    line += text.get(counted..range.start).unwrap_or_default().matches('\n').count();
                    counted = range.start.max(counted);
                    if text.get(range.clone()).is_some_and(|text| !text.starts_with(FENCE)) {
                        page.other_fences.push(line);
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
        let (info, times) = repeated(info);
        let (kind, number) = match (self.sections.last().map(String::as_str), info) {
            (Some("Bad"), "markdown" | "markdown bytes") => (Kind::Bad, count(Kind::Bad) + 1),
            (Some("Bad"), "markdown fixed") => (Kind::Fixed, count(Kind::Bad)),
            (Some("Good"), "markdown" | "markdown bytes") => (Kind::Good, count(Kind::Good) + 1),
            (Some("Bad" | "Good"), other) => {
                return self.complaints.push(format!("line {line}: an example can't be `{other}`"));
            }
            _ => return,
        };
        let mut bytes = if info == "markdown bytes" { unescaped(text) } else { text.as_bytes().to_vec() };
        let last_line = text.split_inclusive('\n').next_back().unwrap_or_default();
        self.repeated = self.repeated.saturating_add(last_line.len().saturating_mul(times - 1));
        if self.repeated > MOST_REPEATED {
            let most = MOST_REPEATED / 1_000_000;
            return self.complaints.push(format!("line {line}: the repeated lines of a page are more than {most} MB"));
        }
        bytes.extend(last_line.repeat(times - 1).into_bytes());
        let lock = self.lock.take();
        self.examples.push(Example { kind, number, line, bytes, lock });
    }

    fn section(&self, name: &str) -> &str {
        let at = self.sections.iter().position(|section| section == name);
        at.and_then(|at| self.texts.get(at)).map_or("", |text| text.trim())
    }
}

/// What an info string says of a deck, and how often its last line stands there.
fn repeated(info: &str) -> (&str, usize) {
    let times = info.strip_prefix("markdown last line ").and_then(|rest| rest.strip_suffix(" times")?.parse().ok());
    times.map_or((info, 1), |times: usize| ("markdown", times.clamp(1, MOST_LINES)))
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
    let fences = page.other_fences.iter().map(|line| format!("line {line}: fence examples with `{FENCE}`"));
    complaints.extend(fences);
    let mut complain = |fails: bool, complaint: String| {
        if fails {
            complaints.push(complaint);
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

/// A lint whose page is judged.
trait Subject {
    fn name(&self) -> &str;
    /// What is found in an example.
    fn findings(&self, example: &Example) -> (Sources, Vec<Diagnostic>);
    /// An example as the fixes of the lint make it.
    fn fixed(&self, example: &Example) -> String;
    /// Whether its page must show what fixes make, and say how safe they are.
    fn must_show_fixes(&self) -> bool;
}

struct BuiltIn(&'static Lint);

impl BuiltIn {
    /// A lint that is off is turned on, as its reader would, so that its page can show what it finds.
    fn given(&self) -> Given {
        let mut command = Keys::default();
        if self.0.level == Level::Allow {
            // Nothing else is set for it, so that this can't fail.
            let _ = command.levels.set(self.0.name, Level::Warn);
        }
        Given { command: Arc::new(command), ..Given::default() }
    }

    fn project(&self, example: &Example) -> Option<Project> {
        // Only a text of 4 GiB is refused.
        let lock = example.lock.as_deref();
        Project::of_text_given("example.md", example.bytes.clone(), lock, &self.given()).ok()
    }
}

impl Subject for BuiltIn {
    fn name(&self) -> &str {
        self.0.name
    }

    fn findings(&self, example: &Example) -> (Sources, Vec<Diagnostic>) {
        let Some(project) = self.project(example) else { return Default::default() };
        let mut faults = project.identity_faults();
        let mut found = check::check(&project.sources, &project.files, &faults);
        if let Some(checked) = check::pass(&found, &project.files).filter(|_| self.0.name == "outdated-lock") {
            let mut decks = project.render(&checked);
            let records = project.record(&mut decks, Clock::at(1_800_000_000));
            faults.outdated = project.outdated(&records);
            found = check::check(&project.sources, &project.files, &faults);
        }
        (project.sources, found)
    }

    fn fixed(&self, example: &Example) -> String {
        if matches!(self.0.check, Check::Project(_)) {
            // What is found in several files together is not fixed file by file.
            let (sources, found) = self.findings(example);
            let text = sources.all().first().map_or("", |source| source.text());
            let edits = found.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
            return fix::edited(text, edits);
        }
        let Some(project) = self.project(example) else { return String::new() };
        fixed(&project.sources, &self.given(), self.0.name)
    }

    fn must_show_fixes(&self) -> bool {
        true
    }
}

struct OfProject<'a> {
    lint: &'a OwnLint,
    given: Given,
}

impl<'a> OfProject<'a> {
    fn new(lint: &'a Arc<OwnLint>) -> Self {
        let config = Config { own_lints: OwnLints::of(lint), ..Config::default() };
        let mut command = Keys::default();
        // Nothing else is set for it, so that this can't fail.
        let _ = command.levels.set(&lint.name, Level::Warn);
        let given = Given { command: Arc::new(command), config: Some(Arc::new(config)), overrides: Vec::new() };
        Self { lint, given }
    }
}

impl Subject for OfProject<'_> {
    fn name(&self) -> &str {
        &self.lint.name
    }

    fn findings(&self, example: &Example) -> (Sources, Vec<Diagnostic>) {
        let Ok(project) = Project::of_text_given("example.md", example.bytes.clone(), None, &self.given) else {
            return Default::default();
        };
        let mut found = check::find(&project.sources, &project.files, &project.identity_faults());
        found.retain(|finding| finding.lint == self.lint.name);
        (project.sources, found)
    }

    fn fixed(&self, example: &Example) -> String {
        let (sources, _) = self.findings(example);
        fixed(&sources, &self.given, &self.lint.name)
    }

    fn must_show_fixes(&self) -> bool {
        false
    }
}

/// The first source as the fixes of one lint make it.
fn fixed(sources: &Sources, given: &Given, lint: &str) -> String {
    let of_lint = |found: Vec<Diagnostic>, _: &Sources| found.into_iter().filter(|one| one.lint == lint).collect();
    let Some(source) = sources.all().first() else { return String::new() };
    fix::fix(source, given, Safety::Unsafe, &of_lint).text
}

fn judge_example(subject: &dyn Subject, example: &Example, page: &Page) -> Result<(), String> {
    let (sources, found) = subject.findings(example);
    let place = example.place();
    match example.kind {
        Kind::Good if found.is_empty() => Ok(()),
        Kind::Good => Err(format!("{place} raises something:\n{}", shown(&sources, &found))),
        Kind::Bad if found.is_empty() => Err(format!("{place} raises nothing")),
        Kind::Bad if found.iter().any(|finding| finding.lint != subject.name()) => {
            Err(format!("{place} raises another lint:\n{}", shown(&sources, &found)))
        }
        Kind::Bad => {
            let fixable = found.iter().any(|finding| finding.fix.is_some());
            let fixed = page.examples.iter().any(|other| other.kind == Kind::Fixed && other.number == example.number);
            if fixable && !fixed && subject.must_show_fixes() {
                let text = subject.fixed(example);
                return Err(format!("{place} can be fixed; show it in a `markdown fixed` fence behind it:\n{text}"));
            }
            Ok(())
        }
        Kind::Fixed if found.is_empty() => compare_fixed(subject, example, page),
        Kind::Fixed => Err(format!("{place} still raises something:\n{}", shown(&sources, &found))),
    }
}

fn compare_fixed(subject: &dyn Subject, fixed: &Example, page: &Page) -> Result<(), String> {
    let place = fixed.place();
    let bad = page.examples.iter().find(|example| example.kind == Kind::Bad && example.number == fixed.number);
    let Some(bad) = bad else { return Err(format!("{place} stands behind no bad example")) };
    let text = subject.fixed(bad);
    if text.as_bytes() != fixed.bytes {
        return Err(format!("{place} is not what the fix makes:\n{text}"));
    }
    if !subject.must_show_fixes() {
        return Ok(());
    }
    let (_, found) = subject.findings(bad);
    let is_unsafe = found.iter().filter_map(|finding| finding.fix.as_ref()).any(|fix| fix.safety == Safety::Unsafe);
    let says = if is_unsafe { "fix is unsafe" } else { "fix is safe" };
    if !page.section("Fix").contains(says) {
        return Err(format!("{place}: `## Fix` should say that the {says}"));
    }
    Ok(())
}

/// Findings, a line each, with where they stand within the example.
fn shown(sources: &Sources, found: &[Diagnostic]) -> String {
    let mut lines = String::new();
    for finding in found {
        let line = finding.primary().map_or(0, |label| sources.get(label.span.source).line(label.span.start));
        let _ = writeln!(lines, "  {} at its line {line}: {}", finding.lint, finding.message);
    }
    lines.truncate(lines.trim_end().len());
    lines
}

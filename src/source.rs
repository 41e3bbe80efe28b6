//! Files as read: text, lines, spans; and the images and sounds beside them. The only room that reads the disk.
//!
//! A [`Span`] is a byte range in the whole decoded file, front matter and byte order mark included, so that every
//! line number shown is the one an editor shows. Lines and columns exist only where a finding is shown:
//! [`Source::position`] makes them.

mod decode;
mod lines;
mod links;
mod media;
mod span;
mod walk;

use std::hash::{Hash, Hasher};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use foldhash::HashMap;
use lines::{BETWEEN_COUNTS, beginnings, characters, line_starts};
use rayon::prelude::*;

use crate::cache::inputs::Inputs;
pub use decode::{EncodingFault, EncodingFaultKind};
pub use links::{Linked, is_markdown, look_behind, read_linked};
pub use media::{Depth, Media, MediaFault, MediaFiles, MediaKind, Reference, Target};
pub use span::{Position, SourceId, Span};
pub(crate) use walk::markdown_in;
pub use walk::{Input, find_inputs, listed_in};

/// One file's text with its line starts.
#[derive(Debug)]
pub struct Source {
    id: SourceId,
    path: PathBuf,
    shown_path: String,
    deck_path: PathBuf,
    root: PathBuf,
    is_named: bool,
    lies_at: PathBuf,
    /// None while it is [lent](Source::lend), or since it was.
    text: OnceLock<String>,
    /// What it comes to.
    content: OnceLock<blake3::Hash>,
    /// Of locks they are seldom asked for.
    line_starts: OnceLock<Vec<u32>>,
    /// See [`characters`]; made for a long line.
    characters: OnceLock<Vec<u32>>,
    faults: Vec<EncodingFault>,
    is_verbatim: bool,
}

/// Why a file or folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The path names nothing.
    #[error("`{path}` does not exist")]
    Missing {
        /// As the user wrote it.
        path: String,
    },
    /// The path is a link that leads nowhere.
    #[error("`{path}` is a link to `{target}`, which does not exist")]
    BrokenLink {
        /// As the user wrote it.
        path: String,
        /// As the link has it.
        target: String,
    },
    /// The operating system refused.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// As the user wrote it.
        path: String,
        /// What the system said, in words.
        reason: String,
        /// Its kind, which decides the help.
        kind: ErrorKind,
    },
    /// Neither a file nor a folder: a socket, a device, a pipe.
    #[error("`{path}` is neither a file nor a folder")]
    Special {
        /// As the user wrote it.
        path: String,
    },
    /// Standard input can't be read.
    #[error("cannot read standard input: {reason}")]
    NoInput {
        /// What the system said, in words.
        reason: String,
    },
    /// Longer than a [`Span`] can address.
    #[error("`{path}` is {size} bytes long; a source may have {} at most", u32::MAX)]
    TooLarge {
        /// As the user wrote it.
        path: String,
        /// Bytes of decoded text.
        size: usize,
    },
}

impl ReadError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "name a Markdown file or a folder that holds some, or put your decks in `source/`",
            Self::BrokenLink { .. } => "mend the link or delete it",
            Self::Unreadable { kind: ErrorKind::PermissionDenied, .. } => {
                "check the permissions of the file and of the folders above it"
            }
            Self::Unreadable { .. } => "check that other programs can open it, or name another file",
            Self::Special { .. } => "name a Markdown file or a folder; `deckc check --stdin` reads a stream",
            Self::NoInput { .. } => "pass a text, as in `deckc check --stdin < notes.md`",
            Self::TooLarge { .. } => "split the file into several decks",
        }
    }
}

/// All of standard input.
///
/// # Errors
/// When it is closed or can't be read.
pub fn read_stdin() -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(ReadError::NoInput { reason: reason(&error) }),
    }
}

/// Where a path leads when links are followed; as it stands if it leads to nothing.
#[must_use]
pub fn place(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Where to write what goes to a path: where a link leads, so that the link stays one.
pub(crate) fn behind_link(path: &Path) -> PathBuf {
    if path.is_symlink() { place(path) } else { path.to_path_buf() }
}

/// The path from the current folder, where it lies below that.
pub(crate) fn shortened(path: &Path) -> PathBuf {
    let here = place(Path::new("."));
    match path.strip_prefix(here) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_path_buf(),
        Err(_) => path.to_path_buf(),
    }
}

/// The folder of a file.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Turns an input-output error into words without the `(os error 13)` tail.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = plain.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

impl Source {
    fn new(id: SourceId, input: &Input, bytes: Vec<u8>) -> Result<Self, ReadError> {
        let decoded = decode::decode(id, bytes);
        let shown_path = input.shown();
        if u32::try_from(decoded.text.len()).is_err() {
            return Err(ReadError::TooLarge { path: shown_path, size: decoded.text.len() });
        }
        Ok(Self {
            id,
            path: input.path.clone(),
            shown_path,
            deck_path: input.deck_path.clone(),
            root: input.root.clone(),
            is_named: input.is_named,
            lies_at: input.lies_at(),
            text: OnceLock::from(decoded.text),
            content: OnceLock::new(),
            line_starts: OnceLock::new(),
            characters: OnceLock::new(),
            faults: decoded.faults,
            is_verbatim: decoded.is_verbatim,
        })
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| line_starts(self.text()))
    }

    /// Its number among the [`Sources`].
    #[must_use]
    pub fn id(&self) -> SourceId {
        self.id
    }

    /// Where it was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it lies, with links to folders followed.
    #[must_use]
    pub fn lies_at(&self) -> &Path {
        &self.lies_at
    }

    /// The path as findings show it: as the user named it, with forward slashes.
    #[must_use]
    pub fn shown_path(&self) -> &str {
        &self.shown_path
    }

    /// The path below the folder the user named, without its extension: where the deck's files go below `out/`.
    #[must_use]
    pub fn deck_path(&self) -> &Path {
        &self.deck_path
    }

    /// The folder that holds all that may be read for this source, such as images: the folder the user named, the one
    /// above it if it is called `source`, or the folder of a file the user named.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether it may be written: who names a file means the file behind it, but a folder may hold links to anywhere.
    pub(crate) fn is_in_place(&self) -> bool {
        self.is_named || place(&self.path).starts_with(place(&self.root))
    }

    /// The path that artefacts record: as the user named it where that says nothing of this machine, or else the path
    /// below the folder the user named.
    #[must_use]
    pub fn recorded_path(&self) -> String {
        let mut parts = self.path.components();
        let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if parts.all(is_plain) {
            return self.shown_path.clone();
        }
        let name = self.path.file_name().map_or_else(PathBuf::new, PathBuf::from);
        let below = self.deck_path.parent().map_or_else(|| name.clone(), |folder| folder.join(&name));
        below.to_string_lossy().replace('\\', "/")
    }

    /// The whole decoded text, byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.read_again())
    }

    /// What its text comes to.
    #[must_use]
    pub(crate) fn content(&self) -> blake3::Hash {
        *self.content.get_or_init(|| blake3::hash(self.text().as_bytes()))
    }

    /// What its file comes to: its text, and how it was read.
    pub(crate) fn file(&self) -> blake3::Hash {
        if self.is_verbatim {
            return self.content();
        }
        let mut inputs = Inputs::default();
        (self.content().as_bytes(), &self.faults).hash(&mut inputs);
        inputs.digest().into()
    }

    /// Gives its text away to who may be the last to need it: a lock is as long as what it is of, and hardly looked at once
    /// it was read. The text is to be [given back](Self::give_back) or [left](Self::leave); where somebody asks for one that
    /// was left, it is read again. None where the file does not hold the very text.
    pub(crate) fn lend(&mut self) -> Option<String> {
        if self.is_verbatim { self.text.take() } else { None }
    }

    /// Takes back a text that was lent.
    pub(crate) fn give_back(&self, text: String) {
        let _ = self.text.set(text);
    }

    /// Does without a text that was lent, but remembers what it comes to.
    pub(crate) fn leave(&self, text: &str) {
        self.content.get_or_init(|| blake3::hash(text.as_bytes()));
    }

    /// Empty where another program has changed it meanwhile: places in it would show something else.
    fn read_again(&self) -> String {
        let read = walk::read_bytes(&Input::named(&self.path)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        read.filter(|text| self.content.get() == Some(&blake3::hash(text.as_bytes()))).unwrap_or_default()
    }

    /// What was wrong with the bytes.
    #[must_use]
    pub fn faults(&self) -> &[EncodingFault] {
        &self.faults
    }

    /// Whether the text is the file, byte by byte: UTF-8 with the usual line ends.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        self.is_verbatim
    }

    /// The text under a span; empty if the span is not of this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }

    /// A span of this source.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let clamp = |at: usize| u32::try_from(at.min(self.text().len())).unwrap_or(u32::MAX);
        Span { source: self.id, start: clamp(range.start), end: clamp(range.end.max(range.start)) }
    }

    /// The span of a range as a finding shows it: within one line, and all of that line where the range is empty.
    #[must_use]
    pub fn visible(&self, range: Range<usize>) -> Span {
        let floor = |byte: usize| (0..=byte.min(self.text().len())).rev().find(|&at| self.text().is_char_boundary(at));
        let start = floor(range.start).unwrap_or(0);
        let line = self.line_range(self.line(u32::try_from(start).unwrap_or(u32::MAX)));
        let end = floor(range.end.min(line.end)).unwrap_or(0);
        if end > start { self.span(start..end) } else { self.span(line) }
    }

    /// How many lines the file has; an unfinished last line counts.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        let lines = u32::try_from(self.line_starts().len()).unwrap_or(u32::MAX);
        let ends_open = self.line_starts().last().is_some_and(|&start| (start as usize) < self.text().len());
        if ends_open { lines } else { lines.saturating_sub(1) }
    }

    /// The 1-based line that holds a byte.
    #[must_use]
    pub fn line(&self, byte: u32) -> u32 {
        u32::try_from(self.line_starts().partition_point(|&start| start <= byte)).unwrap_or(u32::MAX).max(1)
    }

    /// The same, looked for from a line that is near it, as where one byte after the other is asked for.
    #[must_use]
    pub fn line_near(&self, byte: u32, near: u32) -> u32 {
        const FARTHEST: usize = 8;
        let from = near.max(1) as usize;
        let begins_before = |line: usize| self.line_starts().get(line - 1).is_some_and(|&start| start <= byte);
        let ahead = (from..=from + FARTHEST).take_while(|&line| begins_before(line)).count();
        // None begins before it, or all of them do.
        if ahead == 0 || ahead > FARTHEST {
            return self.line(byte);
        }
        u32::try_from(from + ahead - 1).unwrap_or(u32::MAX)
    }

    /// The byte where a 1-based line begins; the end of the text past the last line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> usize {
        let index = line.saturating_sub(1) as usize;
        self.line_starts().get(index).map_or(self.text().len(), |&start| start as usize)
    }

    /// The 1-based first and last line of a span; trailing line ends do not count.
    #[must_use]
    pub fn lines(&self, span: Span) -> (u32, u32) {
        let kept = self.slice(span).trim_end().len();
        let last = (span.start as usize + kept.saturating_sub(1)).max(span.start as usize);
        (self.line(span.start), self.line(u32::try_from(last).unwrap_or(span.start)))
    }

    /// The bytes of a 1-based line, without its line end; empty past the end.
    #[must_use]
    pub fn line_range(&self, line: u32) -> Range<usize> {
        let (start, end) = (self.line_start(line), self.line_start(line.saturating_add(1)));
        let content = self.text().get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        start..start + content.len()
    }

    /// The text of a 1-based line, without its line end.
    #[must_use]
    pub fn line_text(&self, line: u32) -> &str {
        self.text().get(self.line_range(line)).unwrap_or_default()
    }

    /// The span of a 1-based line, without its line end.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Span {
        self.span(self.line_range(line))
    }

    /// Line and column of a byte. A byte order mark takes no column.
    #[must_use]
    pub fn position(&self, byte: u32) -> Position {
        let line = self.line(byte);
        let start = self.line_starts().get(line as usize - 1).copied().unwrap_or(0);
        let before = self.text().get(start as usize..byte as usize).unwrap_or_default();
        let marks = usize::from(before.starts_with('\u{feff}'));
        let column = self.characters(start as usize..start as usize + before.len()) - marks + 1;
        Position { line, column: u32::try_from(column).unwrap_or(u32::MAX), byte }
    }

    /// How many characters begin in a range.
    fn characters(&self, range: Range<usize>) -> usize {
        let count = |range: Range<usize>| self.text().as_bytes().get(range).map_or(0, beginnings);
        if range.len() <= BETWEEN_COUNTS {
            return count(range);
        }
        // One long line may have many findings.
        let counts = self.characters.get_or_init(|| characters(self.text()));
        let before = |at: usize| {
            let counted = counts.get(at / BETWEEN_COUNTS).map_or(0, |&count| count as usize);
            counted + count(at - at % BETWEEN_COUNTS..at)
        };
        before(range.end).saturating_sub(before(range.start))
    }
}

/// All that decides about what is made of texts, but for where they were found.
pub(crate) fn hash_inputs(sources: &[Source], state: &mut impl Hasher) {
    // The texts of many files at once.
    let files: Vec<blake3::Hash> = sources.par_iter().map(Source::file).collect();
    for (source, file) in sources.iter().zip(files) {
        state.write(file.as_bytes());
        source.shown_path.hash(state);
    }
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Reads and decodes each input, in order.
    ///
    /// # Errors
    /// The first file that can't be read.
    pub fn read(inputs: &[Input]) -> Result<Self, ReadError> {
        let read = inputs.par_iter().enumerate().map(|(index, input)| {
            let bytes = walk::read_bytes(input)?;
            let source = Source::new(SourceId::at(index), input, bytes)?;
            // While it is at hand: a run over many texts that keeps anything asks for it, and the processor would have to
            // fetch them again. Of few it takes next to nothing.
            let _ = source.content();
            Ok(source)
        });
        // Of several files that can't be read the first is told, whichever thread comes first.
        let list = read.collect::<Vec<_>>().into_iter().collect::<Result<_, _>>()?;
        Ok(Self { list })
    }

    /// Reads one more file, if there is one of this name.
    ///
    /// # Errors
    /// When it is there and can't be read.
    pub fn read_if_there(&mut self, path: &Path) -> Result<Option<SourceId>, ReadError> {
        if path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Ok(None);
        }
        let input = Input::named(path);
        let bytes = walk::read_bytes(&input)?;
        self.add(&input, bytes).map(Some)
    }

    /// [Lends](Source::lend) the text of a source.
    pub(crate) fn lend(&mut self, id: SourceId) -> Option<String> {
        self.list.get_mut(id.index())?.lend()
    }

    /// Adds bytes that are already at hand, as if they had been read from `path`.
    ///
    /// # Errors
    /// When the text is longer than a [`Span`] can address.
    pub fn add_text(&mut self, path: &str, text: impl Into<Vec<u8>>) -> Result<SourceId, ReadError> {
        self.add(&Input::named(Path::new(path)), text.into())
    }

    fn add(&mut self, input: &Input, bytes: Vec<u8>) -> Result<SourceId, ReadError> {
        let id = SourceId::at(self.list.len());
        self.list.push(Source::new(id, input, bytes)?);
        Ok(id)
    }

    /// All sources, in the order they were read.
    #[must_use]
    pub fn all(&self) -> &[Source] {
        &self.list
    }

    /// The source a span lies in.
    ///
    /// # Panics
    /// Never for an id these sources gave out.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are only made by `add`, and sources are never removed")]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.index()]
    }

    /// The text under a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }

    /// The sources by where they lie on the disk, whatever links led to them; see [`place`].
    #[must_use]
    pub fn by_place(&self) -> HashMap<PathBuf, &Source> {
        self.list.iter().map(|source| (place(source.path()), source)).collect()
    }
}

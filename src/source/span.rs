//! Places in sources.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which of the [`Sources`](super::Sources) a span lies in.
///
/// The next run may give a file another number, so it is kept as nothing, and read back as that of the source of which
/// something is read back.
///
/// Never zero, so that a span which may be missing takes no more room: every note has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(NonZeroU32);

thread_local! {
    static OF_ALL: Cell<SourceId> = const { Cell::new(SourceId::NONE) };
}

impl SourceId {
    /// That of no source.
    const NONE: Self = Self(NonZeroU32::MAX);

    pub(super) fn at(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// Reads back something whose spans all lie in this source.
    pub(crate) fn of_all<T>(self, read: impl FnOnce() -> T) -> T {
        OF_ALL.set(self);
        let read = read();
        OF_ALL.set(Self::NONE);
        read
    }
}

impl Serialize for SourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for SourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(OF_ALL.get())
    }
}

/// A byte range in one source's decoded text; always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The source it lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range as `usize`, to slice with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether a byte of the same source lies in it.
    #[must_use]
    pub fn holds(self, byte: u32) -> bool {
        (self.start..self.end).contains(&byte)
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// From the start of this span to the end of `other`.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place as a person reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
    /// 0-based byte in the decoded file.
    pub byte: u32,
}

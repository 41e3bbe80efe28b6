//! A lock as a build leaves it: the entries that were, and those that are new or other ones.

use std::cmp::Ordering;
use std::io::{self, Write};

use super::{ByGuid, Entry, Lock, LockedStyle};

/// A lock after a build. Nothing is copied of what stays as it was: a lock is as long as what it is of.
#[derive(Debug, Clone)]
pub struct NextLock<'a> {
    /// Sorted by guid.
    old: &'a [Entry],
    old_by_guid: ByGuid,
    /// Each in the place of an old one of its guid, if there is one; sorted by guid.
    new: Vec<Entry>,
    new_by_guid: ByGuid,
    pub(crate) style: Option<LockedStyle>,
}

impl<'a> NextLock<'a> {
    /// The entries of a lock, with these in the places of those with their guids, or added to them.
    #[must_use]
    pub(crate) fn new((old, old_by_guid): (&'a [Entry], ByGuid), mut new: Vec<Entry>) -> Self {
        new.sort_unstable_by(|left, right| left.guid.cmp(&right.guid));
        let new_by_guid = ByGuid::of(&new);
        Self { old, old_by_guid, new, new_by_guid, style: None }
    }

    /// All entries, sorted by guid.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> + Clone {
        let (mut old, mut new) = (self.old.iter().peekable(), self.new.iter().peekable());
        std::iter::from_fn(move || {
            let (Some(before), Some(after)) = (old.peek(), new.peek()) else {
                return old.next().or_else(|| new.next());
            };
            match before.guid.cmp(&after.guid) {
                Ordering::Less => old.next(),
                Ordering::Greater => new.next(),
                Ordering::Equal => {
                    old.next();
                    new.next()
                }
            }
        })
    }

    /// The entry of this guid.
    #[must_use]
    pub fn find(&self, guid: &str) -> Option<&Entry> {
        let new = self.new_by_guid.find(&self.new, guid);
        new.or_else(|| self.old_by_guid.find(self.old, guid))
    }

    /// The entries of notes that stand in the sources.
    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        self.entries().filter(|entry| entry.retired.is_none())
    }

    /// Whether it is not what the old one was.
    pub(crate) fn is_other_than(&self, old: &Lock) -> bool {
        !self.new.is_empty() || self.style != old.style
    }

    /// The same as a lock of its own.
    #[must_use]
    pub fn to_lock(&self) -> Lock {
        Lock { entries: self.entries().cloned().collect(), style: self.style.clone() }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }

    /// Writes the text of the file, piece by piece.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        super::write(self.style.as_ref(), self.entries(), out)
    }
}

//! The number of a source among those of a run.

use std::cell::Cell;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which of the [`Sources`](super::Sources) a span lies in.
///
/// The next run may give a file another number, so it is kept as nothing, and read back as that of the source of which
/// something is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(super) u32);

thread_local! {
    static OF_ALL: Cell<SourceId> = const { Cell::new(SourceId(u32::MAX)) };
}

impl SourceId {
    /// Reads back something whose spans all lie in this source.
    pub(crate) fn of_all<T>(self, read: impl FnOnce() -> T) -> T {
        OF_ALL.set(self);
        let read = read();
        OF_ALL.set(SourceId(u32::MAX));
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

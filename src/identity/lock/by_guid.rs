//! The entries of a lock by their guids.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Entry;

/// Where among some entries each guid is. A lock is asked for each note of its project several times over, and to look
/// through what is sorted reads a dozen entries that lie far apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByGuid {
    random: RandomState,
    places: HashTable<u32>,
}

impl ByGuid {
    /// Of entries with a guid each.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let random = RandomState::default();
        let mut places = HashTable::with_capacity(entries.len());
        let hash_of = |at: &u32| entries.get(*at as usize).map_or(0, |entry| random.hash_one(&entry.guid));
        for (at, entry) in (0_u32..).zip(entries) {
            places.insert_unique(random.hash_one(&entry.guid), at, hash_of);
        }
        Self { random, places }
    }

    /// The entry of this guid among those that this is of.
    pub(crate) fn find<'e>(&self, entries: &'e [Entry], guid: &str) -> Option<&'e Entry> {
        let entry = |at: &u32| entries.get(*at as usize).filter(|entry| entry.guid == guid);
        entry(self.places.find(self.random.hash_one(guid), |at| entry(at).is_some())?)
    }
}

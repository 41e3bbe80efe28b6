//! Files as earlier runs understood them: what parsing and recognising makes of a text hangs on nothing but the text and a
//! few settings.

use std::hash::{Hash, Hasher};
use std::path::Path;
use std::thread::{Builder, JoinHandle};

use crate::cache::entries::{Entries, Key};
use crate::cache::inputs::{Digest, Inputs};
use crate::cache::kind::Kind;
use crate::cache::program;
use crate::deck::Deck;
use crate::markdown::Document;
use crate::shape::Terms;
use crate::source::Source;

const KIND: Kind = Kind { name: "parsed", mark: "deckc parsed files 1\n", largest: 256 << 20 };

/// Bytes of sources that are worth it: fewer are understood in the time it takes to look.
const ENOUGH: usize = 1 << 20;

/// Bytes of sources of which there is no room for what they come to.
const MOST: usize = 256 << 20;

/// Bytes of one of them: it is in memory once more while it is kept.
const LARGEST: usize = 8 << 20;

/// What files were understood as.
#[derive(Debug)]
pub struct ParsedCache {
    program: Digest,
    entries: Entries,
}

impl ParsedCache {
    /// That of a project, which is known by its folder, if it is worth it for these sources.
    pub(crate) fn open<'a>(folder: &Path, project: &Path, sources: impl Iterator<Item = &'a Source>) -> Option<Self> {
        let text: usize = sources.map(|source| source.text().len()).filter(|&size| size <= LARGEST).sum();
        (ENOUGH..=MOST).contains(&text).then_some(())?;
        Some(Self { program: program(folder)?, entries: Entries::open(folder, KIND, project) })
    }

    /// All that decides about what a source is understood as. None for one that is not kept.
    pub(super) fn key(&self, source: &Source, terms: &Terms) -> Option<Key> {
        (source.text().len() <= LARGEST).then_some(())?;
        let mut inputs = Inputs::default();
        self.program.hash(&mut inputs);
        terms.hash(&mut inputs);
        inputs.write(source.content().as_bytes());
        inputs.digest().first_chunk().copied()
    }

    /// What a source was understood as.
    pub(super) fn get(&self, key: &Key, source: &Source) -> Option<(Document, Deck)> {
        read_back(&self.entries.get(key)?, source)
    }

    /// Keeps what a source is understood as: the [blocks](kept_blocks) with the notes behind them.
    pub(super) fn put(&self, key: Key, blocks: Vec<u8>, deck: &Deck) {
        if let Ok(bytes) = postcard::to_extend(deck, blocks) {
            self.entries.put(key, bytes);
        }
    }

    /// Writes for the next run what was put, beside other work.
    pub(crate) fn save(self) -> Saving {
        // Where there is no thread, it is no more than a cache.
        let saving = self.entries.has_news().then(|| Builder::new().spawn(|| self.entries.save()).ok());
        Saving(saving.flatten())
    }
}

/// A cache that is being written, which is waited for in the end.
#[derive(Debug, Default)]
pub(crate) struct Saving(Option<JoinHandle<()>>);

impl Drop for Saving {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

/// A source as it was understood, for a later run of this very program. The front matter is not in it.
#[must_use]
pub fn kept(source: &Source, document: &Document, deck: &Deck) -> Option<Vec<u8>> {
    postcard::to_extend(deck, kept_blocks(source, document)?).ok()
}

/// What comes first of it, which is known before the notes are.
pub(super) fn kept_blocks(source: &Source, document: &Document) -> Option<Vec<u8>> {
    postcard::to_extend(document, Vec::with_capacity(source.text().len())).ok()
}

/// The same as that run had it, of a source with the same text; none if that is not what the bytes are.
#[must_use]
pub fn read_back(bytes: &[u8], source: &Source) -> Option<(Document, Deck)> {
    source.id().of_all(|| postcard::from_bytes(bytes).ok())
}

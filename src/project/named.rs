//! What the texts of a project name, and lies elsewhere: images, sounds, and where links lead.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use super::Project;
use super::looked::{LookedForLinks, LookedForMedia};
use crate::markdown::Document;
use crate::markdown::anchors::Anchors;
use crate::markdown::links::{self, Link};
use crate::parsed::{NamedLinks, NamedMedia};
use crate::render::Renderer;
use crate::source::{Depth, Linked, MediaFiles, Reference, SourceId, Sources, is_markdown, look_behind, read_linked};

impl Project {
    /// Looks at the media that the notes of the named files show: whether they are there, and what they are.
    pub fn look_at_media(&mut self) {
        self.find_media(Depth::Look);
    }

    /// Reads the media that the notes of the named files show, to pack them.
    pub fn read_media(&mut self) {
        self.find_media(Depth::Whole);
    }

    fn find_media(&mut self, depth: Depth) {
        let renderer = Renderer::new();
        let named: Vec<_> = self.files.par_iter().map(|file| renderer.media_named(&self.sources, file)).collect();
        let references: Vec<(SourceId, BTreeSet<Reference>)> = self
            .files
            .iter()
            .zip(&named)
            .map(|(file, named)| (file.deck.source, named.iter().map(|named| named.reference.clone()).collect()))
            .collect();
        let found = MediaFiles::read(&self.sources, &references, depth);
        self.looked.media = Some(LookedForMedia::new(references, depth, &found));
        for (file, (named, files)) in self.files.iter_mut().zip(named.into_iter().zip(found)) {
            file.media = NamedMedia { named, files };
        }
    }

    /// Looks at the files that links lead to: whether they are there, and which parts they have.
    pub fn look_at_links(&mut self) {
        let named: Vec<Vec<Link>> =
            self.files.par_iter().map(|file| links::of(&file.document, self.sources.get(file.deck.source))).collect();
        let is_asked = |link: &&Link| !link.path.is_empty();
        let asked: Vec<(SourceId, BTreeSet<String>)> = self
            .files
            .iter()
            .zip(&named)
            .map(|(file, links)| {
                (file.deck.source, links.iter().filter(is_asked).map(|link| link.path.clone()).collect())
            })
            .collect();
        let found = look_behind(&self.sources, &asked);
        let parts_of = |links: &[Link], files: &HashMap<String, Linked>| -> BTreeSet<PathBuf> {
            let parts = links.iter().filter(|link| link.fragment.is_some());
            let there = parts.filter_map(|link| match files.get(&link.path)? {
                Linked::There(path) if is_markdown(path) => Some(path.clone()),
                _ => None,
            });
            there.collect()
        };
        let wanted: Vec<BTreeSet<PathBuf>> =
            named.iter().zip(&found).map(|(links, files)| parts_of(links, files)).collect();
        let texts: BTreeSet<PathBuf> = wanted.iter().flatten().cloned().collect();
        let read = read_linked(&texts);
        self.looked.links = Some(LookedForLinks::new(asked, &found, texts, &read));
        let anchors = anchors_of(read);
        let found = found.into_iter().zip(wanted).zip(named);
        for (file, ((files, wanted), links)) in self.files.iter_mut().zip(found) {
            let anchors = wanted.into_iter().filter_map(|path| Some((path.clone(), Arc::clone(anchors.get(&path)?))));
            file.links = NamedLinks { all: Some(links), files, anchors: anchors.collect() };
        }
    }
}

/// The parts that texts have, by their path.
fn anchors_of(texts: HashMap<PathBuf, String>) -> HashMap<PathBuf, Arc<Anchors>> {
    let of_text = |(path, text)| {
        let mut sources = Sources::default();
        let id = sources.add_text("linked.md", text).ok()?;
        let source = sources.get(id);
        Some((path, Arc::new(Anchors::of(&Document::parse(source), source))))
    };
    texts.into_par_iter().filter_map(of_text).collect()
}

//! Sources written anew, as `pin` and `check --fix` do: whole or not at all, and only if nobody else did meanwhile.

use std::io::Write;

use similar::TextDiff;

use crate::emit::Artefact;
use crate::emit::write::{self, AsRead, WriteError};
use crate::report::{Look, clean};
use crate::source::{Source, behind_link};

/// Why a source can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unwritable {
    #[error("its encoding or its line ends could not be kept; save it as UTF-8 with usual line ends first")]
    NotVerbatim,
    #[error("it is a link to a file outside of the folder; name the file itself to change it")]
    Elsewhere,
    #[error("it can only be read; change its permissions first")]
    ReadOnly,
}

/// What was decoded can't be written back as it was.
pub(super) fn is_as_read(source: &Source) -> Result<(), Unwritable> {
    if source.is_verbatim() { Ok(()) } else { Err(Unwritable::NotVerbatim) }
}

/// Whether the file of a source may be another text.
pub(super) fn can_be_written(source: &Source) -> Result<(), Unwritable> {
    is_as_read(source)?;
    if !source.is_in_place() {
        return Err(Unwritable::Elsewhere);
    }
    let is_read_only = source.path().metadata().is_ok_and(|found| found.permissions().readonly());
    if is_read_only { Err(Unwritable::ReadOnly) } else { Ok(()) }
}

/// Writes new texts for sources.
pub(super) fn write(texts: &[(&Source, &str)]) -> Result<(), WriteError> {
    let artefacts: Vec<Artefact> = texts.iter().map(|(source, text)| artefact(source, text)).collect();
    let as_read: Vec<AsRead<'_>> =
        texts.iter().map(|(source, _)| AsRead { path: source.path(), content: Some(source.content()) }).collect();
    write::write_all(&artefacts, &as_read)
}

fn artefact(source: &Source, text: &str) -> Artefact {
    Artefact { path: behind_link(source.path()), bytes: text.as_bytes().to_vec() }
}

/// What would change, line by line.
pub(super) fn show(source: &Source, text: &str, look: &Look, out: &mut dyn Write) -> std::io::Result<()> {
    let diff = TextDiff::from_lines(source.text(), text);
    let unified = diff.unified_diff().context_radius(1).header(source.shown_path(), source.shown_path()).to_string();
    for line in unified.lines() {
        let colour = match line.chars().next().filter(|_| look.colour) {
            Some('-') => "\u{1b}[31m",
            Some('+') => "\u{1b}[32m",
            _ => "",
        };
        let end = if colour.is_empty() { "" } else { "\u{1b}[0m" };
        writeln!(out, "{colour}{}{end}", clean(line, look.unicode, false))?;
    }
    Ok(())
}

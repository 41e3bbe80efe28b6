//! An earlier package, read for comparison: the form deckc writes, which Anki also exports for older clients.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use foldhash::HashMap;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::View;
use crate::emit::{Faces, content_of};
use crate::render::plain_text;
use crate::source::reason;

/// A database beyond this is none of a deck, in bytes.
const LARGEST: u64 = 512 << 20;

/// Why a package could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It can't be opened.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// As the user wrote it.
        path: String,
        /// What the system said, in words.
        reason: String,
    },
    /// It is no zip, or has no collection in it.
    #[error("`{path}` is no Anki package: {reason}")]
    NoPackage {
        /// As the user wrote it.
        path: String,
        /// What is missing.
        reason: String,
    },
    /// Anki wrote it in its newer form.
    #[error("`{path}` is a package in Anki's newer form")]
    Newer {
        /// As the user wrote it.
        path: String,
    },
}

impl PackageError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check the name and the permissions of the file",
            Self::NoPackage { .. } => "name a package that deckc built, or a revision of git",
            Self::Newer { .. } => "export it with \"Support older Anki versions\" ticked",
        }
    }
}

/// The notes of a package.
///
/// # Errors
/// When it is no package, or none of a form that is known.
pub fn read(path: &Path) -> Result<Vec<View>, PackageError> {
    let shown = path.display().to_string();
    let no_package = |reason: String| PackageError::NoPackage { path: shown.clone(), reason };
    let file =
        File::open(path).map_err(|error| PackageError::Unreadable { path: shown.clone(), reason: reason(&error) })?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| no_package(error.to_string()))?;
    let has = |archive: &zip::ZipArchive<File>, name: &str| archive.index_for_name(name).is_some();
    if has(&archive, "collection.anki21b") && !has(&archive, "collection.anki21") {
        return Err(PackageError::Newer { path: shown });
    }
    let name = if has(&archive, "collection.anki21") { "collection.anki21" } else { "collection.anki2" };
    let entry = archive.by_name(name).map_err(|_| no_package("it holds no collection".to_owned()))?;
    let mut bytes = Vec::new();
    entry.take(LARGEST).read_to_end(&mut bytes).map_err(|error| no_package(reason(&error)))?;
    if bytes.len() as u64 == LARGEST {
        return Err(no_package("its collection is larger than that of any deck".to_owned()));
    }
    let scratch = |error: std::io::Error| PackageError::Unreadable {
        path: std::env::temp_dir().display().to_string(),
        reason: reason(&error),
    };
    let mut file = tempfile::NamedTempFile::new().map_err(scratch)?;
    file.write_all(&bytes).map_err(scratch)?;
    let connection = Connection::open_with_flags(file.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
    connection.and_then(|connection| notes(&connection)).map_err(|error| no_package(error.to_string()))
}

fn notes(connection: &Connection) -> rusqlite::Result<Vec<View>> {
    let (models, decks) = connection.query_row("select models, decks from col", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let (models, decks) = (names(&models), names(&decks));
    let mut statement = connection.prepare(
        "select n.guid, n.mid, n.tags, n.flds, min(c.did), n.id from notes n join cards c on c.nid = n.id \
         group by n.id order by min(c.due), n.id",
    )?;
    let rows = statement.query_map([], |row| {
        let (guid, model, tags): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (fields, deck, id): (String, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        Ok((guid, model, tags, fields, deck, id))
    })?;
    let mut views = Vec::new();
    for (row, order) in rows.zip(0..) {
        let (guid, model, tags, fields, deck, id) = row?;
        let fields: Vec<String> = fields.split('\u{1f}').map(str::to_owned).collect();
        let tags: Vec<String> = tags.split_whitespace().map(str::to_owned).collect();
        let model = models.get(&model).map_or("", String::as_str);
        let faces = Faces::of_fields(model, &fields);
        views.push(View {
            content: content_of(model, &fields, &tags),
            guid,
            deck: decks.get(&deck).cloned().unwrap_or_default(),
            section: plain_text(&faces.section),
            question: plain_text(&faces.question),
            answer: Some(plain_text(&faces.answer)),
            tags: Some(tags.into_iter().collect()),
            order,
            ids: vec![id],
            ..View::default()
        });
    }
    Ok(views)
}

/// The names of decks or note types, by their numbers.
fn names(json: &str) -> HashMap<i64, String> {
    let Ok(Value::Object(objects)) = serde_json::from_str(json) else { return HashMap::default() };
    let name = |(id, object): (&String, &Value)| Some((id.parse().ok()?, object.get("name")?.as_str()?.to_owned()));
    objects.iter().filter_map(name).collect()
}

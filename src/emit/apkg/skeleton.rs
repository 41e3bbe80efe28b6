//! The frame of a package: tables, collection, decks and note types, as genanki-rs builds them from one stub note. No text
//! of the user's goes through genanki-rs, which panics on some of it; its JSON is then completed with the note types, the
//! style sheet and what genanki-rs leaves out: integer ids, ids of fields and templates, parent decks, times that are not
//! the clock's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use genanki_rs::{Deck, Field, Model, Note, Package, Template};
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::{Decks, ids};
use crate::emit::EmitError;
use crate::emit::note_types::{BASIC, Look, NoteType};

/// The time genanki-rs is told, in seconds. It numbers the stubs, which are thrown away.
const STUB_TIME: f64 = 1_700_000_000.0;

/// What everything is called that is thrown away.
const STUB: &str = "stub";

/// The number of the note type that all are made of.
const STUB_MODEL: i64 = 1;

/// When every collection was made, in seconds: a day's start. Anki counts review days from it, and there are no reviews.
const CREATED: i64 = 1_700_000_000;

/// What Anki finds notes and cards by. Made when all rows are there: a tree that grows with every row takes longer, and
/// more room.
const INDEXES: &str = "\
    CREATE INDEX ix_notes_usn on notes (usn);
    CREATE INDEX ix_cards_usn on cards (usn);
    CREATE INDEX ix_revlog_usn on revlog (usn);
    CREATE INDEX ix_cards_nid on cards (nid);
    CREATE INDEX ix_cards_sched on cards (did, queue, due);
    CREATE INDEX ix_revlog_cid on revlog (cid);
    CREATE INDEX ix_notes_csum on notes (csum);";

/// What is the same for every deck, so built once.
pub(super) struct Skeleton {
    /// A database of tables without notes, cards and indexes, and of a collection row without its JSON. genanki-rs writes
    /// the keys of that in another order each time, and what SQLite writes over leaves traces.
    pub(super) bytes: Vec<u8>,
    conf: Map<String, Value>,
    models: Map<String, Value>,
    decks: Map<String, Value>,
    presets: Map<String, Value>,
}

pub(super) fn skeleton() -> Result<&'static Skeleton, EmitError> {
    static SKELETON: OnceLock<Skeleton> = OnceLock::new();
    static BUILDING: Mutex<()> = Mutex::new(());
    if let Some(skeleton) = SKELETON.get() {
        return Ok(skeleton);
    }
    // Whoever needs it meanwhile waits: it takes longer than a small deck.
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(skeleton) = SKELETON.get() {
        return Ok(skeleton);
    }
    let built = build()?;
    Ok(SKELETON.get_or_init(|| built))
}

fn build() -> Result<Skeleton, EmitError> {
    let fault = |error: genanki_rs::Error| EmitError::Skeleton(error.to_string());
    let mut deck = Deck::new(ids::deck(STUB), STUB, "");
    deck.add_note(Note::new(model(), vec![STUB]).map_err(fault)?);
    let mut zipped = Cursor::new(Vec::new());
    Package::new(vec![deck], vec![]).map_err(fault)?.write_timestamp(&mut zipped, STUB_TIME).map_err(fault)?;
    let mut archive = zip::ZipArchive::new(zipped)?;
    let mut database = Vec::new();
    let mut entry = archive.by_name("collection.anki2")?;
    entry.read_to_end(&mut database).map_err(|error| EmitError::Skeleton(error.to_string()))?;
    stripped(&database)
}

/// Without the stubs and without indexes, see [`add_indexes`]; packed anew, so that nothing of them is left.
fn stripped(database: &[u8]) -> Result<Skeleton, EmitError> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| EmitError::scratch(&error))?;
    file.write_all(database).map_err(|error| EmitError::scratch(&error))?;
    let path = file.into_temp_path();
    let connection = Connection::open(&path)?;
    connection
        .execute_batch("pragma journal_mode = off; pragma synchronous = off; delete from cards; delete from notes;")?;
    let texts = connection.query_row("select conf, models, decks, dconf from col", [], |row| {
        Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
    })?;
    let [conf, models, decks, presets] = texts.map(|text| parse(&text));
    connection.execute_batch("update col set conf = '', models = '', decks = '', dconf = '', tags = ''")?;
    let mut named = connection.prepare("select name from sqlite_master where type = 'index' and sql is not null")?;
    let names: Vec<String> = named.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    drop(named);
    names.iter().try_for_each(|name| connection.execute_batch(&format!("drop index \"{name}\"")))?;
    connection.execute_batch("vacuum;")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(Skeleton { bytes: super::read(&path)?, conf: conf?, models: models?, decks: decks?, presets: presets? })
}

/// The last thing that a database gets.
pub(super) fn add_indexes(connection: &Connection) -> Result<(), EmitError> {
    Ok(connection.execute_batch(INDEXES)?)
}

/// A note type with one field and one template. genanki-rs tries each field in each template, by an expression it compiles
/// anew every time; all note types, fields and templates are made of these.
fn model() -> Model {
    // The font of Anki's editor; genanki-rs names one that only Linux has.
    let field = Field::new(STUB).font("Arial");
    let template = Template::new(STUB).qfmt("{{stub}}").afmt("");
    Model::new(STUB_MODEL, STUB, vec![field], vec![template])
}

/// Makes the frame that of one deck: completes the JSON.
pub(super) fn dress(
    connection: &Connection,
    in_package: &Decks,
    in_use: &[&'static NoteType],
    look: Look<'_>,
) -> Result<(), EmitError> {
    let Skeleton { conf, models, decks, presets, .. } = skeleton()?;
    let conf = complete_conf(conf.clone(), in_use);
    let models = complete_models(models, in_use, look)?;
    let decks = complete_decks(decks, in_package)?;
    connection.execute(
        "update col set crt = ?, mod = ?, scm = ?, usn = 0, ls = 0, conf = ?, models = ?, decks = ?, dconf = ?, tags = '{}'",
        params![CREATED, CREATED * 1000, CREATED * 1000, text(&conf), text(&models), text(&decks), text(presets)],
    )?;
    Ok(())
}

fn parse(text: &str) -> Result<Map<String, Value>, EmitError> {
    serde_json::from_str(text).map_err(|error| EmitError::Skeleton(error.to_string()))
}

/// With keys in order, whatever order genanki-rs wrote them in.
fn text(object: &Map<String, Value>) -> String {
    let sorted = object.iter().collect::<BTreeMap<_, _>>();
    json!(sorted).to_string()
}

fn complete_conf(mut conf: Map<String, Value>, in_use: &[&'static NoteType]) -> Map<String, Value> {
    conf.insert("curModel".to_owned(), json!(in_use.first().map_or(BASIC.id, |note_type| note_type.id)));
    conf
}

fn complete_models(
    models: &Map<String, Value>,
    in_use: &[&'static NoteType],
    look: Look<'_>,
) -> Result<Map<String, Value>, EmitError> {
    // A style sheet checked out with Windows line ends must not make other bytes.
    let style = look.style.replace("\r\n", "\n");
    let completed = in_use.iter().map(|note_type| {
        let id = note_type.id.to_string();
        let mut model = object(models, &STUB_MODEL.to_string())?.clone();
        model.insert("id".to_owned(), json!(note_type.id));
        model.insert("name".to_owned(), json!(note_type.name));
        model.insert("type".to_owned(), json!(i32::from(note_type.is_cloze)));
        model.insert("css".to_owned(), json!(style));
        model.insert("mod".to_owned(), json!(look.modified));
        // genanki-rs names the stub's deck here; new notes should go where the user is.
        model.insert("did".to_owned(), Value::Null);
        model.insert("req".to_owned(), requirements(note_type));
        model.insert("latexsvg".to_owned(), json!(false));
        let fields = note_type.fields.iter().map(|field| {
            json!({"id": field.id, "name": field.name, "description": field.description, "collapsed": field.folded,
                   "plainText": false, "excludeFromSearch": false})
        });
        let templates = note_type.templates.iter().map(
            |template| json!({"id": template.id, "name": template.name, "qfmt": template.front, "afmt": template.back}),
        );
        repeat(&mut model, "flds", fields)?;
        repeat(&mut model, "tmpls", templates)?;
        Ok((id, Value::Object(model)))
    });
    completed.collect()
}

fn object<'a>(objects: &'a Map<String, Value>, key: &str) -> Result<&'a Map<String, Value>, EmitError> {
    let found = objects.get(key).and_then(Value::as_object);
    found.ok_or_else(|| EmitError::Skeleton(format!("genanki-rs made no `{key}`")))
}

/// Makes of the one object of a list as many, each with what is its own.
fn repeat(model: &mut Map<String, Value>, key: &str, own: impl Iterator<Item = Value>) -> Result<(), EmitError> {
    let Some([Value::Object(stub)]) = model.get(key).and_then(Value::as_array).map(Vec::as_slice) else {
        return Err(EmitError::Skeleton(format!("genanki-rs made another list of `{key}`")));
    };
    let repeated = own.enumerate().map(|(ordinal, own)| {
        let mut object = stub.clone();
        object.insert("ord".to_owned(), json!(ordinal));
        object.extend(own.as_object().cloned().unwrap_or_default());
        Value::Object(object)
    });
    let repeated = Value::Array(repeated.collect());
    model.insert(key.to_owned(), repeated);
    Ok(())
}

/// Which fields a card needs, in the short form that only old clients read, as Anki works it out; today's clients go by
/// the templates.
fn requirements(note_type: &NoteType) -> Value {
    let needed = (0_u16..).zip(note_type.templates).map(|(ordinal, template)| match template.shown_if {
        Some(field) if template.any_of != [field] => json!([ordinal, "all", [field]]),
        _ => json!([ordinal, "any", template.any_of]),
    });
    Value::Array(needed.collect())
}

/// "Default", the decks and those above them. No description: an import would write it over the user's own.
fn complete_decks(decks: &Map<String, Value>, in_package: &Decks) -> Result<Map<String, Value>, EmitError> {
    let default = ids::DEFAULT_DECK.to_string();
    let default_deck = object(decks, &default)?.clone();
    let stub = object(decks, &ids::deck(STUB).to_string())?;
    let mut completed = Map::new();
    let all: BTreeSet<&str> = in_package.ids.keys().flat_map(|name| with_parents(name)).collect();
    for name in all {
        let id = in_package.id_of(name);
        let mut deck = stub.clone();
        deck.insert("id".to_owned(), json!(id));
        deck.insert("name".to_owned(), json!(name));
        deck.insert("mod".to_owned(), json!(CREATED));
        deck.insert("browserCollapsed".to_owned(), json!(false));
        for count in ["lrnToday", "revToday", "newToday", "timeToday"] {
            deck.insert(count.to_owned(), json!([0, 0]));
        }
        completed.insert(id.to_string(), Value::Object(deck));
    }
    completed.insert(default, Value::Object(default_deck));
    Ok(completed)
}

/// `A`, `A::B`, `A::B::C`.
pub(super) fn with_parents(name: &str) -> impl Iterator<Item = &str> {
    let parents = name.match_indices("::").map(|(at, _)| name.get(..at).unwrap_or_default());
    parents.chain([name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_the_same_to_the_byte() {
        assert_eq!(build().unwrap().bytes, build().unwrap().bytes);
    }

    #[test]
    fn every_deck_above_is_there() {
        assert_eq!(with_parents("A::B::C").collect::<Vec<_>>(), ["A", "A::B", "A::B::C"]);
    }
}

//! What can be known of a package without Anki; the rest is asked of Anki itself in `tests/anki.rs`.

#[path = "../../../tests/support/anki.rs"]
mod anki;
#[path = "../../../tests/support/reimport.rs"]
mod reimport;

use std::io::{Cursor, Read};

use serde_json::Value;
use zip::DateTime;

use super::*;
use crate::emit::fields::tests::{deck, note};
use crate::emit::note_types::{ALL, BASIC, CLOZE, STYLE, basic};

fn open(package: &[u8]) -> (tempfile::TempPath, Connection) {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut database = Vec::new();
    archive.by_name("collection.anki2").unwrap().read_to_end(&mut database).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&database).unwrap();
    let path = file.into_temp_path();
    let connection = Connection::open(&path).unwrap();
    (path, connection)
}

fn json_of(connection: &Connection, column: &str) -> Value {
    let text: String = connection.query_row(&format!("select {column} from col"), [], |row| row.get(0)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list<T: rusqlite::types::FromSql>(connection: &Connection, query: &str) -> Vec<T> {
    let mut statement = connection.prepare(query).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn anki_note(note_type: &'static NoteType, guid: &str, filled: &[(usize, &str)]) -> AnkiNote<'static> {
    let mut fields = vec![Cow::Borrowed(""); note_type.fields.len()];
    for &(at, text) in filled {
        fields[at] = text.to_owned().into();
    }
    let guid = guid.to_owned().into();
    AnkiNote { note_type, guid, subdeck: None, id: 0, fields, tags: vec![], modified: 1_750_000_000 }
}

fn package_of(name: &str, notes: &[AnkiNote<'_>], look: Look<'_>) -> Vec<u8> {
    let in_use = |note_type: &&NoteType| notes.iter().any(|note| note.note_type.id == note_type.id);
    let types: Vec<_> = ALL.into_iter().filter(in_use).collect();
    let mut package = Package::new(Decks::new(name, None, &BTreeSet::new()), 0, &types, look).unwrap();
    package.add(notes).unwrap();
    let mut out = Vec::new();
    package.finish(&[], &mut out).unwrap();
    out
}

/// Notes with Anki's numbers, in this order.
fn numbered<const N: usize>(mut notes: [AnkiNote<'static>; N]) -> [AnkiNote<'static>; N] {
    for (note, at) in notes.iter_mut().zip(0..) {
        note.id = 1_500_000_000_000 + at * 1_000;
    }
    notes
}

#[test]
fn the_same_deck_gives_the_same_bytes() {
    let deck = deck((0..50).map(|at| note(&format!("guid{at}"), &format!("question {at}"), "answer")).collect());
    assert_eq!(apkg(&deck).unwrap(), apkg(&deck).unwrap());
}

#[test]
fn two_decks_never_have_one_number() {
    let mut deck = deck(vec![note("g", "q", "a")]);
    for (id, expected) in [(77, 77), (ids::deck("Rust"), ids::deck("Rust::Basics"))] {
        deck.placing.id = Some(id);
        let (_path, connection) = open(&apkg(&deck).unwrap());
        let decks = json_of(&connection, "decks");
        assert_eq!(decks[expected.to_string()]["name"], "Rust::Basics");
        assert_eq!(decks[ids::deck("Rust").to_string()]["name"], "Rust");
        assert_eq!(list::<i64>(&connection, "select did from cards"), [expected]);
    }
}

#[test]
fn the_zip_knows_nothing_of_the_machine() {
    let package = apkg(&deck(vec![note("g", "q", "a")])).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned()).collect::<Vec<_>>();
    assert_eq!(names, ["collection.anki2", "media"]);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).unwrap();
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o644));
    }
}

#[test]
fn media_are_numbered_and_named_in_a_map() {
    let bytes_of = |at: u8| vec![at; 3];
    let media = (0..12).map(|at| Media { name: format!("deckc-{at:02}.png"), bytes: bytes_of(at).into() });
    let deck = RenderedDeck { media: media.collect(), ..deck(vec![note("g", "q", "a")]) };
    let package = apkg(&deck).unwrap();
    assert_eq!(package, apkg(&deck).unwrap());
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut bytes = |name: &str| {
        let mut entry = archive.by_name(name).unwrap();
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        bytes
    };
    let map: Value = serde_json::from_slice(&bytes("media")).unwrap();
    assert_eq!(map.as_object().unwrap().len(), 12);
    for at in 0..12 {
        assert_eq!(map[at.to_string()], format!("deckc-{at:02}.png"));
        assert_eq!(bytes(&at.to_string()), bytes_of(at));
    }
}

#[test]
fn a_package_holds_only_what_the_deck_needs() {
    let (_path, connection) = open(&apkg(&deck(vec![note("g", "q", "a")])).unwrap());
    let models = json_of(&connection, "models");
    assert_eq!(models.as_object().unwrap().len(), 1);
    let model = &models[BASIC.id.to_string()];
    assert_eq!(model["id"], BASIC.id);
    assert_eq!(model["flds"][0]["id"], BASIC.fields[0].id);
    assert_eq!(model["tmpls"][1]["name"], "Answer to question");
    let decks = json_of(&connection, "decks");
    let mut names = decks.as_object().unwrap().values().map(|deck| deck["name"].as_str().unwrap()).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["Default", "Rust", "Rust::Basics"]);
    assert_eq!(list::<i64>(&connection, "select count() from revlog union all select count() from graves"), [0, 0]);
}

#[test]
fn notes_stand_in_source_order() {
    let notes = (0..5).map(|at| note(&format!("guid{at}"), &format!("question {at}"), "answer")).collect();
    let (_path, connection) = open(&apkg(&deck(notes)).unwrap());
    let guids = list::<String>(&connection, "select guid from notes order by id");
    assert_eq!(guids, ["guid0", "guid1", "guid2", "guid3", "guid4"]);
    assert_eq!(list::<i64>(&connection, "select due from cards order by id"), [1, 2, 3, 4, 5]);
    assert_eq!(list::<String>(&connection, "select tags from notes limit 1"), [" a::c b "]);
}

#[test]
fn an_empty_deck_is_a_package_too() {
    let (_path, connection) = open(&apkg(&deck(vec![])).unwrap());
    assert_eq!(list::<i64>(&connection, "select count() from notes"), [0]);
}

#[test]
fn a_deck_may_mix_note_types() {
    let notes = numbered([
        anki_note(&CLOZE, "cloze", &[(0, "{{c1::a}} and {{c2::b}}")]),
        anki_note(&BASIC, "both ways", &[(basic::QUESTION, "q"), (basic::ANSWER, "a"), (basic::REVERSE, "y")]),
        anki_note(&BASIC, "typed", &[(basic::QUESTION, "q2"), (basic::ANSWER, "a"), (basic::TYPED, "a")]),
    ]);
    let (_path, connection) = open(&package_of("Mixed", &notes, LOOK));
    assert_eq!(json_of(&connection, "models").as_object().unwrap().len(), 2);
    assert_eq!(json_of(&connection, "models")[CLOZE.id.to_string()]["type"], 1);
    assert_eq!(list::<i64>(&connection, "select due * 10 + ord from cards order by id"), [10, 11, 20, 21, 30]);
    let counts = list::<i64>(&connection, "select count(distinct id) from cards");
    assert_eq!(counts, [5]);
}

/// Notes the front end does not make yet, so only a test in here can have them judged.
#[test]
fn anki_makes_the_same_cards() {
    let question = |text| (basic::QUESTION, text);
    let answer = (basic::ANSWER, "a");
    let notes = numbered([
        anki_note(&BASIC, "plain", &[question("q1"), answer]),
        anki_note(&BASIC, "reversed", &[question("q2"), answer, (basic::REVERSE, "y")]),
        anki_note(&BASIC, "typed", &[question("q3"), answer, (basic::TYPED, "a"), (basic::HINT, "h")]),
        anki_note(&BASIC, "typed and reversed", &[question("q4"), answer, (basic::TYPED, "a"), (basic::REVERSE, "y")]),
        anki_note(&BASIC, "reserved", &[question("q7"), answer, (basic::RESERVED, "a")]),
        anki_note(&BASIC, "blank typed", &[question("q5"), answer, (basic::TYPED, " <br> <div></div>")]),
        anki_note(&BASIC, "options", &[question("q6"), answer, (basic::OPTIONS, "<ol><li>x</ol>")]),
        anki_note(&CLOZE, "gaps", &[(0, "{{c1::a}} and {{c3::b::hint}}")]),
        anki_note(&CLOZE, "nested", &[(0, "{{c1::a {{c2::b}} c}}")]),
        anki_note(&CLOZE, "several numbers", &[(0, "{{c1,4::a}}")]),
        anki_note(&CLOZE, "open", &[(0, "{{c2::a}} {{c1::b {{c3::c}}")]),
        anki_note(&CLOZE, "masked", &[(0, "{{c2::a}&#125; &#58;&#58;}} &#123;&#123;c5::x}}")]),
        anki_note(&CLOZE, "last", &[(0, "{{c500::a}} {{c501::b}}")]),
    ]);
    let finished = anki::Finished::write("mixed", &package_of("Mixed", &notes, LOOK), None);
    let Some(report) = finished.report() else { return };
    assert_eq!(report.imported, anki::log("new", notes.len()));
    assert_eq!(report.collection, report.file);
    assert_eq!(report.requirements, report.requirements_in_file);
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
    assert_eq!(report.empty_cards, "");
    assert!(report.states.is_empty(), "{:?}", report.states);
    assert!(report.bad_renderings.is_empty(), "{:?}", report.bad_renderings);
    assert_eq!(report.imported_again, anki::log("duplicate", notes.len()));
}

/// The style sheet is newer and the code is coloured otherwise: what a learner sees of the notes is the same, so their
/// times are.
#[test]
fn another_look_reaches_the_learner_and_touches_no_note() {
    let with_keyword = |class: &str| {
        let notes = (0..5).map(|at| {
            let code = format!("<pre><code><i class={class}>let</i> a = {at};</code></pre>");
            note(&format!("guid{at}"), &format!("question {at}"), &code)
        });
        deck(notes.collect())
    };
    let (before, after) = (with_keyword("k"), with_keyword("v"));
    for (before, after) in before.notes.iter().zip(&after.notes) {
        assert_eq!(crate::emit::content(before), crate::emit::content(after));
        assert_ne!(before.answer.html, after.answer.html);
    }
    let later = Look { style: ".deckc { color: teal }", modified: LOOK.modified + 1 };
    let build = |name: &str, deck: &RenderedDeck, look| {
        let notes: Vec<AnkiNote<'_>> = deck.notes.iter().map(AnkiNote::of).collect();
        let package = package_of("Look", &notes, look);
        vec![anki::Finished::write(name, &package, None).package]
    };
    let builds = [build("look", &before, LOOK), build("look-later", &after, later)];
    let learner = reimport::Learner { reviews: (2, 1), ..Default::default() };
    let Some(imported) = reimport::reimport(&builds, &learner, &[]) else { return };
    assert_eq!(imported.learned().looks["deckc Basic"], STYLE.replace("\r\n", "\n"));
    assert_eq!(imported.after(1).looks["deckc Basic"], later.style);
    assert_eq!(imported.after(1).log, anki::log("duplicate", before.notes.len()));
    assert_eq!(imported.after(1).notes, imported.learned().notes);
    imported.reviews_are_kept();
}

//! How long it takes to write a package, next to the least that any writer of such a package must do: the same rows into
//! the same tables by SQLite, and the same database into a zip at the same level. Both in turn; medians.
//!
//! `cargo bench --bench apkg`
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints, and may panic"
)]

use std::fs;
use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::time::Instant;

use deckc::check;
use deckc::emit::apkg::{DEFLATE_LEVEL, apkg};
use deckc::history::Clock;
use deckc::project::Project;
use deckc::render::RenderedDeck;
use deckc::settings::OnCommandLine;
use rusqlite::{Connection, params};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SIZES: [usize; 2] = [10_000, 100_000];
const TURNS: usize = 5;

const WORDS: [&str; 20] = [
    "cache", "queue", "worker", "thread", "stream", "buffer", "index", "shard", "lock", "token", "batch", "retry",
    "stage", "route", "event", "handle", "promise", "module", "schema", "replica",
];

/// Words in an order that does not repeat.
struct Words(u32);

impl Words {
    fn next(&mut self) -> &'static str {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        WORDS.get((self.0 >> 16) as usize % WORDS.len()).copied().unwrap_or_default()
    }

    fn some(&mut self, count: usize) -> String {
        (0..count).map(|_| self.next()).collect::<Vec<_>>().join(" ")
    }
}

fn markdown(size: usize) -> String {
    let mut words = Words(1);
    let mut text = String::from("# A deck\n\n");
    for number in 1..=size {
        let [one, two, three] = [(); 3].map(|()| words.next());
        text += &format!(
            "## {number}. How does the {one} {number} handle a {two} when the {three} is {}?\n\n",
            words.some(2)
        );
        text += &format!(
            "The {one} keeps a **{two}** for `{three}` and {}. It then {}.\n\n",
            words.some(8),
            words.some(10)
        );
        (0..3).for_each(|_| text += &format!("- {}\n", words.some(6)));
        text += &format!("\n```\nconst {one} = require('{two}');\nreturn {three}.{one}({number});\n```\n\n");
    }
    text
}

fn rendered(size: usize) -> RenderedDeck {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deck.md");
    fs::write(&path, markdown(size)).expect("a file");
    let project = Project::read(&[path], None, &OnCommandLine::default()).expect("a project");
    let checked = check::pass(&[], &project.files).expect("nothing is denied");
    let mut decks = project.render(&checked);
    drop(project.record(&mut decks, Clock::at(1_767_225_600)));
    decks.pop().expect("a deck")
}

/// Number, guid, note type, time, tags, fields, what it is sorted by, checksum.
type NoteRow = (i64, String, i64, i64, String, String, String, i64);
/// Number, note, deck, ordinal, time, position.
type CardRow = (i64, i64, i64, i64, i64, i64);

/// What a package holds.
struct Rows {
    notes: Vec<NoteRow>,
    cards: Vec<CardRow>,
    /// What makes the tables and the indexes.
    tables: Vec<String>,
    indexes: Vec<String>,
}

/// The rows of a package; a bare writer makes none of them itself.
fn rows(package: &[u8], folder: &Path) -> Rows {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("a zip");
    let mut database = Vec::new();
    archive.by_name("collection.anki2").expect("a database").read_to_end(&mut database).expect("a database");
    let path = folder.join("rows.anki2");
    fs::write(&path, database).expect("a file");
    let connection = Connection::open(&path).expect("a database");
    let sql = |kind: &str| -> Vec<String> {
        let query = format!("select sql from sqlite_master where type = '{kind}' and sql is not null");
        let mut statement = connection.prepare(&query).expect("a query");
        statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("texts")
    };
    let notes = "select id, guid, mid, mod, tags, flds, cast(sfld as text), csum from notes order by id";
    let mut notes = connection.prepare(notes).expect("a query");
    let notes = notes.query_map([], |row| {
        let texts = (row.get(4)?, row.get(5)?, row.get(6)?);
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, texts.0, texts.1, texts.2, row.get(7)?))
    });
    let mut cards = connection.prepare("select id, nid, did, ord, mod, due from cards order by id").expect("a query");
    let cards =
        cards.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)));
    Rows {
        notes: notes.expect("rows").collect::<Result<_, _>>().expect("notes"),
        cards: cards.expect("rows").collect::<Result<_, _>>().expect("cards"),
        tables: sql("table"),
        indexes: sql("index"),
    }
}

/// Tables, one transaction, prepared inserts, indexes, zip.
fn bare(rows: &Rows, folder: &Path) -> Vec<u8> {
    let path = folder.join("bare.anki2");
    let mut connection = Connection::open(&path).expect("a database");
    connection.execute_batch("pragma journal_mode = off; pragma synchronous = off;").expect("settings");
    let transaction = connection.transaction().expect("a transaction");
    rows.tables.iter().for_each(|sql| transaction.execute_batch(sql).expect("a table"));
    {
        let mut notes =
            transaction.prepare("insert into notes values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')").expect("a statement");
        for (id, guid, mid, modified, tags, fields, sorted_by, checksum) in &rows.notes {
            notes.execute(params![id, guid, mid, modified, tags, fields, sorted_by, checksum]).expect("a note");
        }
        let mut cards = transaction
            .prepare("insert into cards values (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')")
            .expect("a statement");
        for (id, note, deck, ordinal, modified, due) in &rows.cards {
            cards.execute(params![id, note, deck, ordinal, modified, due]).expect("a card");
        }
    }
    rows.indexes.iter().for_each(|sql| transaction.execute_batch(sql).expect("an index"));
    transaction.commit().expect("a commit");
    connection.close().expect("a database that closes");
    let database = fs::read(&path).expect("a file");
    fs::remove_file(&path).expect("a file");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(i64::from(DEFLATE_LEVEL)));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("collection.anki2", options).expect("an entry");
    zip.write_all(&database).expect("an entry");
    zip.start_file("media", options).expect("an entry");
    zip.write_all(b"{}").expect("an entry");
    zip.finish().expect("a zip").into_inner()
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    println!("{:>8} {:>11} {:>11} {:>7} {:>10} {:>10}", "notes", "deckc", "bare", "ratio", "deckc", "bare");
    for size in SIZES {
        let deck = rendered(size);
        let package = apkg(&deck).expect("a package");
        let rows = rows(&package, folder.path());
        let bare_package = bare(&rows, folder.path());
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            ours.push(seconds(|| apkg(&deck).expect("a package")));
            theirs.push(seconds(|| bare(&rows, folder.path())));
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "{size:>8} {:>8.1} ms {:>8.1} ms {:>7.2} {:>7} kB {:>7} kB",
            ours * 1e3,
            theirs * 1e3,
            ours / theirs,
            package.len() / 1000,
            bare_package.len() / 1000
        );
    }
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#![expect(clippy::disallowed_methods, reason = "a test changes files")]

use std::fs;

use super::*;

const KIND: Kind = Kind { name: "entries", mark: "entries of a test\n", largest: 1 << 20 };

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &Path, enough: u64) -> Entries {
    open_of(folder, "one", enough)
}

fn open_of(folder: &Path, project: &str, enough: u64) -> Entries {
    Entries { enough, ..Entries::open(folder, KIND, Path::new(project)) }
}

/// The file of the project.
fn path(folder: &Path) -> PathBuf {
    open(folder, 0).path
}

fn key(number: u8) -> Key {
    [number; 16]
}

/// Puts entries of ten bytes, and writes them.
fn fill(entries: Entries, numbers: std::ops::Range<u8>) {
    numbers.for_each(|number| entries.put(key(number), vec![number; 10]));
    entries.save();
}

/// The entries there are of these.
fn held(folder: &Path, numbers: std::ops::Range<u8>) -> Vec<u8> {
    let entries = open(folder, 0);
    numbers.filter(|&number| entries.get(&key(number)) == Some(vec![number; 10])).collect()
}

/// Changes a byte of the second entry.
fn damage_second(folder: &Path) {
    let path = path(folder);
    let mut bytes = fs::read(&path).unwrap();
    bytes[15] ^= 1;
    fs::write(&path, bytes).unwrap();
}

#[test]
fn what_was_put_is_there_in_the_next_run() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 2]);
}

#[test]
fn what_was_there_stays_beside_what_is_new() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..2);
    fill(open(folder.path(), 0), 5..7);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 5, 6]);
}

#[test]
fn little_that_is_new_is_not_worth_a_file() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    fill(open(folder.path(), 21), 5..7);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 2]);
}

#[test]
fn what_becomes_worth_it_late_is_written_from_the_first() {
    let folder = folder();
    fill(open(folder.path(), 20), 5..8);
    assert_eq!(held(folder.path(), 0..9), [5, 6, 7]);
}

#[test]
fn nothing_new_writes_nothing() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..0);
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn of_what_was_not_asked_for_as_much_is_left_as_there_was() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..4);
    let entries = open(folder.path(), 0);
    assert!(entries.get(&key(2)).is_some());
    fill(entries, 5..6);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 2, 5]);
}

#[test]
fn a_thirty_second_of_a_file_is_enough_to_write_it_anew() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..64);
    for (number, expected) in [(70, None), (71, Some(vec![71; 10]))] {
        let entries = Entries::open(folder.path(), KIND, Path::new("one"));
        (70..=number).for_each(|number| entries.put(key(number), vec![number; 10]));
        entries.save();
        assert_eq!(open(folder.path(), 0).get(&key(number)), expected);
    }
}

#[test]
fn projects_have_files_of_their_own() {
    let folder = folder();
    fill(open_of(folder.path(), "other", 0), 0..4);
    fill(open(folder.path(), 0), 5..6);
    assert_eq!(held(folder.path(), 0..9), [5]);
    assert!(open_of(folder.path(), "other", 0).get(&key(3)).is_some());
}

#[test]
fn the_oldest_files_go_where_all_take_too_much() {
    let folder = folder();
    let others = ["entries.csv", "entries-0123456789abcdef.csv", "entries-short"].map(|name| folder.path().join(name));
    others.iter().for_each(|path| fs::write(path, [0; 1000]).unwrap());
    let names = ["first", "second", "one"];
    for (name, age) in names.into_iter().zip((0..3).rev()) {
        let entries = open_of(folder.path(), name, 0).of_size(500);
        let path = entries.path.clone();
        fill(entries, 0..4);
        let file = File::options().write(true).open(path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap() - Duration::from_secs(age * 60);
        file.set_modified(modified).unwrap();
    }
    let is_there = |name| open_of(folder.path(), name, 0).path.exists();
    assert_eq!(names.map(is_there), [false, true, true]);
    assert!(others.iter().all(|path| path.exists()));
}

#[test]
fn a_run_with_more_than_there_is_room_for_leaves_what_there_is() {
    let folder = folder();
    fill(open(folder.path(), 0).of_size(30), 0..3);
    let entries = open(folder.path(), 0).of_size(30);
    assert!((0..3).all(|number| entries.get(&key(number)).is_some()));
    fill(entries, 5..6);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 2]);
}

#[test]
fn a_large_entry_is_not_kept() {
    let folder = folder();
    let entries = open(folder.path(), 0);
    entries.put(key(1), vec![1; LARGEST_ENTRY + 1]);
    fill(entries, 2..3);
    assert_eq!(fs::metadata(path(folder.path())).unwrap().len(), (10 + LINE + COUNT + KIND.mark.len() + 32) as u64);
}

#[test]
fn a_damaged_entry_is_none_and_the_others_are_there() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    damage_second(folder.path());
    assert_eq!(held(folder.path(), 0..9), [0, 2]);
}

#[test]
fn a_damaged_entry_is_replaced() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    damage_second(folder.path());
    fill(open(folder.path(), 0), 1..2);
    assert_eq!(held(folder.path(), 0..9), [0, 1, 2]);
}

#[test]
fn what_was_put_twice_is_kept_once() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    fill(open(folder.path(), 0), 1..2);
    assert_eq!(open(folder.path(), 0).kept.unwrap().places.len(), 3);
}

#[test]
fn a_damaged_index_is_no_file() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    let path = path(folder.path());
    let sound = fs::read(&path).unwrap();
    for at in 30..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x80;
        fs::write(&path, bytes).unwrap();
        assert!(held(folder.path(), 0..9).is_empty(), "byte {at}");
    }
}

#[test]
fn a_part_of_a_file_is_no_file() {
    let folder = folder();
    fill(open(folder.path(), 0), 0..3);
    let path = path(folder.path());
    let sound = fs::read(&path).unwrap();
    for length in 0..sound.len() {
        fs::write(&path, &sound[..length]).unwrap();
        assert!(held(folder.path(), 0..9).is_empty(), "{length} bytes");
    }
}

#[test]
fn another_mark_is_another_file() {
    let folder = folder();
    let other = Kind { mark: "entries of a toast\n", ..KIND };
    fill(Entries::open(folder.path(), other, Path::new("one")), 0..3);
    assert!(held(folder.path(), 0..9).is_empty());
}

#[test]
fn a_folder_that_can_not_be_made_keeps_nothing() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").unwrap();
    let below = folder.path().join("file/below");
    fill(open(&below, 0), 0..3);
    assert!(held(&below, 0..9).is_empty());
}

#[test]
fn what_a_run_left_that_was_ended_is_taken_away_a_day_later() {
    let folder = folder();
    let names = [".entries-0123456789abcdef.tmp", ".entries-fedcba9876543210.tmp", ".entries-other.tmp"];
    let [old, young, other] = names.map(|name| folder.path().join(name));
    for path in [&old, &young, &other] {
        fs::write(path, "").unwrap();
    }
    for path in [&old, &other] {
        let file = File::options().write(true).open(path).unwrap();
        let long_ago = file.metadata().unwrap().modified().unwrap() - LEFT_OVER - Duration::from_secs(1);
        file.set_modified(long_ago).unwrap();
    }
    fill(open(folder.path(), 0), 0..3);
    assert_eq!([old, young, other].map(|path| path.exists()), [false, true, true]);
}

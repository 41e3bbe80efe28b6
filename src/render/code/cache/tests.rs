use super::*;

const CODE: &str = "let one = 'a'; // ä\n";

fn made() -> Vec<Run> {
    super::super::coloured("JavaScript", CODE).unwrap()
}

fn ask(cache: &Cache, code: &str) -> Option<Vec<Run>> {
    let mut is_made = false;
    let runs = cache.runs("JavaScript", code, || {
        is_made = true;
        super::super::coloured("JavaScript", code).unwrap()
    });
    (!is_made).then_some(runs)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A cache of a folder that holds the code.
fn filled(folder: &Path) -> Cache {
    let cache = Cache::new(folder);
    assert_eq!(ask(&cache, CODE), None);
    cache.save();
    Cache::new(folder)
}

#[test]
fn what_was_coloured_is_known_in_the_next_run() {
    let folder = folder();
    assert_eq!(ask(&filled(folder.path()), CODE), Some(made()));
}

#[test]
fn what_was_coloured_is_known_in_the_same_run() {
    let folder = folder();
    let cache = Cache::new(folder.path());
    assert_eq!(ask(&cache, CODE), None);
    assert_eq!(ask(&cache, CODE), Some(made()));
}

#[test]
fn other_code_and_other_languages_are_others() {
    let folder = folder();
    let cache = filled(folder.path());
    assert_eq!(ask(&cache, "let one = 'b'; // ä\n"), None);
    let keys = [key("js", "a"), key("ts", "a"), key("jsa", ""), key("", "jsa")];
    let different: std::collections::HashSet<Key> = keys.into_iter().collect();
    assert_eq!(different.len(), keys.len());
}

#[test]
fn a_damaged_file_is_no_cache_and_is_written_anew() {
    let folder = folder();
    let path = filled(folder.path()).file.path().to_path_buf();
    let whole = std::fs::read(&path).unwrap();
    let damages = (0..whole.len()).map(|at| {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        damaged
    });
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    for damaged in damages.chain(cut) {
        std::fs::write(&path, &damaged).unwrap();
        assert_eq!(ask(&Cache::new(folder.path()), CODE), None);
    }
    assert_eq!(ask(&filled(folder.path()), CODE), Some(made()));
}

#[test]
fn two_runs_at_once_keep_what_both_made() {
    let folder = folder();
    let (one, other) = (Cache::new(folder.path()), Cache::new(folder.path()));
    ask(&one, CODE);
    ask(&other, "2\n");
    one.save();
    other.save();
    let next = Cache::new(folder.path());
    assert!(ask(&next, CODE).is_some() && ask(&next, "2\n").is_some());
}

#[test]
fn many_runs_at_once_leave_a_whole_file() {
    let folder = folder();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let folder = folder.path();
            scope.spawn(move || {
                for round in 0..10 {
                    let cache = Cache::new(folder);
                    ask(&cache, &format!("{thread} + {round}\n"));
                    cache.save();
                }
            });
        }
    });
    assert!(!Kept::read(&Cache::new(folder.path()).file).entries.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_file_stays_small_and_keeps_what_is_used() {
    const LARGEST: usize = 2_000;
    let folder = folder();
    for round in 0..200 {
        let cache = Cache::of_size(folder.path(), LARGEST);
        ask(&cache, CODE);
        ask(&cache, &format!("let x = {round};\n"));
        cache.save();
        let size = std::fs::metadata(cache.file.path()).unwrap().len() as usize;
        assert!(size <= LARGEST + cache.file.overhead(), "{size}");
    }
    let cache = Cache::of_size(folder.path(), LARGEST);
    assert!(ask(&cache, CODE).is_some() && ask(&cache, "let x = 199;\n").is_some());
    assert!(ask(&cache, "let x = 0;\n").is_none());
}

#[test]
fn a_folder_that_cannot_be_is_passed_over() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let cache = Cache::new(&folder.path().join("file/below"));
    assert_eq!(ask(&cache, CODE), None);
    cache.save();
}

#[test]
fn runs_are_read_as_they_were_written() {
    let runs = made();
    assert_eq!(read_runs(&written_runs(&runs), CODE), Some(runs));
    for numbers in [0, 1, 127, 128, 300, 16_384, usize::MAX >> 3] {
        let mut written = Vec::new();
        write_number(numbers, &mut written);
        assert_eq!(read_number(&mut written.as_slice()), Some(numbers));
    }
}

#[test]
fn runs_of_other_code_are_none() {
    assert_eq!(read_runs(&written_runs(&made()), "let"), None);
    assert_eq!(read_runs(&[7, 1], "abc"), None);
    assert_eq!(read_runs(&[0, 1], "ä"), None);
    assert_eq!(read_runs(&[255; 20], "abc"), None);
}

#[test]
fn the_key_knows_where_grammars_come_from() {
    let lock = include_str!("../../../../Cargo.lock").replace("\r\n", "\n");
    let words: Vec<&str> = VERSION.split(' ').skip(3).collect();
    for pair in words.chunks(2) {
        let [name, version] = pair else { panic!("{VERSION}") };
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")), "{name} {version}");
    }
}

use super::*;

fn artefact(path: PathBuf, text: &str) -> Artefact {
    Artefact { path, bytes: text.as_bytes().to_vec() }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort_unstable();
    names
}

#[test]
fn folders_are_made_and_files_replaced() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("out/web/a.b.csv");
    write_all(&[artefact(path.clone(), "one"), artefact(home.path().join("out/c.csv"), "c")], &[]).unwrap();
    write_all(&[artefact(path.clone(), "two")], &[]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    assert_eq!(names(&home.path().join("out")), ["c.csv", "web"]);
    assert_eq!(names(&home.path().join("out/web")), ["a.b.csv"]);
}

#[test]
fn a_file_that_holds_the_bytes_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.csv");
    write_all(&[artefact(path.clone(), "one")], &[]).unwrap();
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    write_all(&[artefact(path.clone(), "one")], &[]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
    write_all(&[artefact(path.clone(), "two")], &[]).unwrap();
    assert_ne!(fs::metadata(&path).unwrap().modified().unwrap(), old);
}

#[test]
fn what_a_killed_run_left_is_removed_also_where_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let (path, lock) = (home.path().join("out/a.csv"), home.path().join("lock"));
    write_all(&[artefact(path.clone(), "one")], &[]).unwrap();
    fs::write(home.path().join(".deckc-a.tmp"), "x").unwrap();
    fs::write(home.path().join("out/.deckc-b.tmp"), "x").unwrap();
    fs::write(home.path().join("out/.deckc-mine"), "x").unwrap();
    write_all(&[artefact(path, "one")], &[AsRead { path: &lock, content: None }]).unwrap();
    assert_eq!(names(home.path()), ["out"]);
    assert_eq!(names(&home.path().join("out")), [".deckc-mine", "a.csv"]);
}

#[test]
fn a_file_where_the_folder_should_be() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("out"), "mine").unwrap();
    let error = write_all(&[artefact(home.path().join("out/web/a.csv"), "x")], &[]).unwrap_err();
    let shown = home.path().join("out").display().to_string();
    assert_eq!(error.to_string(), format!("cannot make the folder `{shown}`: a file of that name is in the way"));
    assert_eq!(fs::read_to_string(home.path().join("out")).unwrap(), "mine");
}

#[test]
fn one_bad_target_leaves_every_file_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let good = home.path().join("a.csv");
    fs::write(&good, "old").unwrap();
    fs::create_dir(home.path().join("b.csv")).unwrap();
    fs::write(home.path().join("c"), "a file").unwrap();
    for bad in ["b.csv", "c/d.csv", "a.csv"] {
        let error = write_all(&[artefact(good.clone(), "new"), artefact(home.path().join(bad), "x")], &[]).unwrap_err();
        assert!(!error.help().is_empty());
        assert_eq!(fs::read_to_string(&good).unwrap(), "old", "{error}");
        assert_eq!(names(home.path()), ["a.csv", "b.csv", "c"], "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files() {
    let error = write_all(&[artefact(PathBuf::from("/proc/deckc/a.csv"), "x")], &[]).unwrap_err();
    assert!(error.to_string().starts_with("cannot make the folder `/proc/deckc`: "), "{error}");
}

#[test]
fn a_rename_that_fails_undoes_those_before_it() {
    let home = tempfile::tempdir().unwrap();
    let (old, new, bad) = (home.path().join("a.csv"), home.path().join("b.csv"), home.path().join("c.csv"));
    fs::write(&old, "old").unwrap();
    let artefacts = [&old, &new, &bad].map(|path| artefact(path.clone(), "new"));
    let mut syncers = Syncers::default();
    let staged = stage_all(&mut artefacts.each_ref(), &syncers).unwrap();
    syncers.wait().unwrap();
    fs::create_dir(&bad).unwrap();
    rename_all(staged.into_iter().map(|staged| (staged.file.unwrap(), staged.path)).collect()).unwrap_err();
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(names(home.path()), ["a.csv", "c.csv"]);
}

#[test]
fn folders_made_in_vain_are_removed() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("c"), "a file").unwrap();
    let paths = ["out/web/a.csv", "c/d.csv"];
    write_all(&paths.map(|path| artefact(home.path().join(path), "x")), &[]).unwrap_err();
    assert_eq!(names(home.path()), ["c"]);
}

#[cfg(unix)]
#[test]
fn files_are_as_readable_as_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("usual"), "x").unwrap();
    write_all(&[artefact(home.path().join("ours"), "x")], &[]).unwrap();
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("usual"));
}

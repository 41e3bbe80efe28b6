//! Reports for other programs name files from the root of the project, from whatever folder deckc runs and however it
//! is told of them; all others as the user named them.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::path::Path;

use home::{Home, Ran};
use serde_json::Value;

/// The paths in each report that names them from the root, which are the same in all.
#[track_caller]
fn paths(home: &Home, from: &str, argument: &Path) -> Vec<String> {
    let run = |format: &str| {
        let mut command = home.command();
        command.current_dir(home.path(from)).args(["check", "--format", format]).arg(argument);
        Ran::of(&mut command).stdout
    };
    let gitlab: Value = serde_json::from_str(&run("gitlab")).unwrap();
    let paths: Vec<String> = gitlab.as_array().unwrap().iter().map(|issue| text(&issue["location"]["path"])).collect();
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let uri = |result: &Value| text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    assert_eq!(results.iter().map(uri).collect::<Vec<_>>(), paths);
    let (github, junit) = (run("github"), run("junit"));
    for path in &paths {
        assert!(github.contains(&format!("file={path},")), "{path} is not in {github}");
        assert!(junit.contains(&format!("<testsuite name=\"{path}\"")), "{path} is not in {junit}");
    }
    assert!(!paths.is_empty());
    paths
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// From each folder, by each way to name it, the file has this path.
#[track_caller]
fn is_always(home: &Home, file: &str, expected: &str) {
    let absolute = home.path(file);
    let relative = Path::new(file);
    assert_eq!(paths(home, ".", &absolute), [expected]);
    assert_eq!(paths(home, ".", relative), [expected]);
    assert_eq!(paths(home, ".", &Path::new("elsewhere/..").join(file)), [expected]);
    assert_eq!(paths(home, "elsewhere", &absolute), [expected]);
    assert_eq!(paths(home, "elsewhere", &Path::new("..").join(file)), [expected]);
    let folder = relative.parent().unwrap().to_str().unwrap();
    assert_eq!(paths(home, folder, Path::new(relative.file_name().unwrap())), [expected]);
    assert_eq!(paths(home, folder, Path::new(".")), [expected]);
}

#[test]
fn the_root_is_the_work_tree_of_git() {
    let home = Home::with("repo/.git/HEAD", "");
    home.add("repo/decks/deckc.toml", "");
    home.add("repo/decks/source/a.md", "");
    home.add("elsewhere/x", "");
    is_always(&home, "repo/decks/source/a.md", "decks/source/a.md");
}

#[test]
fn the_root_is_an_added_work_tree_of_git() {
    // There `.git` is a file.
    let home = Home::with(".git/HEAD", "");
    home.add("tree/.git", "gitdir: ../.git/worktrees/tree\n");
    home.add("tree/source/a.md", "");
    home.add("elsewhere/x", "");
    is_always(&home, "tree/source/a.md", "source/a.md");
}

#[test]
fn without_git_the_root_is_the_folder_of_the_settings() {
    let home = Home::with("project/deckc.toml", "");
    home.add("project/part/source/a.md", "");
    home.add("elsewhere/x", "");
    is_always(&home, "project/part/source/a.md", "part/source/a.md");
}

#[test]
fn without_settings_the_root_is_the_folder_of_the_lock() {
    let home = Home::with("project/source/a.md", "## What is a move?\n\nA change of owner.\n");
    home.add("elsewhere/x", "");
    assert_eq!(home.deckc(&["build", "--formats", "csv", "--out", "elsewhere", "project/source"]).code, 0);
    assert!(home.path("project/deckc.lock").exists());
    home.add("project/source/a.md", "");
    let found = paths(&home, "elsewhere", &home.path("project/source/a.md"));
    assert!(found.contains(&"source/a.md".to_owned()), "{found:?}");
}

#[test]
fn without_any_the_root_is_the_current_folder() {
    let home = Home::with("project/source/a.md", "");
    home.add("elsewhere/x", "");
    for argument in [Path::new("project"), &home.path("project"), Path::new("elsewhere/../project/source/a.md")] {
        assert_eq!(paths(&home, ".", argument), ["project/source/a.md"]);
    }
    assert_eq!(paths(&home, "project", Path::new("source")), ["source/a.md"]);
    // What lies outside of it has no better root than what it may read.
    assert_eq!(paths(&home, "elsewhere", &home.path("project/source")), ["source/a.md"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_lies_where_the_link_does() {
    let home = Home::with("repo/.git/HEAD", "");
    home.add("repo/source/b.md", "## What is a move?\n\nA change of owner.\n");
    home.add("shared/a.md", "");
    std::os::unix::fs::symlink("../../shared/a.md", home.path("repo/source/a.md")).unwrap();
    std::os::unix::fs::symlink("repo", home.path("link")).unwrap();
    assert_eq!(paths(&home, ".", Path::new("repo")), ["source/a.md"]);
    assert_eq!(paths(&home, ".", Path::new("link/source")), ["source/a.md"]);
}

#[test]
fn other_formats_have_the_path_as_it_was_named() {
    let home = Home::with("repo/.git/HEAD", "");
    home.add("repo/source/a.md", "");
    let named = home.path("repo/source").join("a.md");
    let ran = home.deckc(&["check".as_ref(), "--format=concise".as_ref(), named.as_os_str()]);
    assert!(ran.stdout.starts_with(&format!("{}:1:1: ", named.display())), "{}", ran.stdout);
}

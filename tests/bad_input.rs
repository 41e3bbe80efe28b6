//! What users hand to deckc by mistake, and disks that refuse: each gets one clear message, the right exit status, and
//! leaves what was built before as it was.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests make files and say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use home::{Home, Ran};

const QUESTION: &str = "## What is a closure?\n\nA function with its surroundings.\n";

const NAME_SOME: &str = "name a file, or a folder that holds `.md` files; files that git ignores are passed over";
const NAME_ANOTHER: &str = "name a Markdown file or a folder that holds some, or put your decks in `source/`";

// Nothing to read

#[test]
fn an_empty_file_has_one_finding() {
    let ran = Home::with("a.md", "").check(&["a.md"]);
    ran.finds("a.md:1:1: warn[no-questions] the file is empty\n1 finding in 1 file (0 notes): 1 warn\n");
}

#[test]
fn a_file_of_blanks_is_empty() {
    Home::with("a.md", "  \n\n\t\r\n").check(&["a.md"]).finds("a.md:1:1: warn[no-questions] the file is empty\n");
}

#[test]
fn a_byte_order_mark_alone_is_empty() {
    Home::with("a.md", "\u{feff}").check(&["a.md"]).finds("a.md:1:1: warn[no-questions] the file is empty\n");
}

#[test]
fn a_file_without_questions_is_not_built() {
    let home = Home::with("a.md", "Just prose.\n");
    let ran = home.build(&["a.md"]);
    ran.finds("no question was recognised");
    assert!(ran.stdout.ends_with("\nnothing was written: no question was recognised\n"), "{}", ran.stdout);
    assert!(!home.path("out").exists());
}

#[test]
fn questions_without_answers_are_not_built() {
    let home = Home::with("a.md", "## What is a closure?");
    let ran = home.build(&["a.md"]);
    ran.finds("nothing was written: no question has an answer\n");
    assert!(!home.path("out").exists());
}

#[test]
fn decks_without_notes_do_not_count_as_built() {
    let ran = Home::with("source/a.md", QUESTION);
    ran.add("source/b.md", "Just prose.\n");
    assert!(ran.build(&[]).stdout.contains("\nbuilt 1 deck with 1 note in "));
}

#[test]
fn a_folder_without_markdown() {
    let home = Home::with("notes/a.txt", QUESTION);
    home.build(&["notes"]).fails("no Markdown file in `notes`", NAME_SOME);
}

#[test]
fn a_folder_whose_files_git_ignores() {
    let home = Home::with("notes/a.md", QUESTION);
    home.add("notes/.gitignore", "*.md\n");
    home.build(&["notes"]).fails("no Markdown file in `notes`", NAME_SOME);
}

#[test]
fn a_file_that_git_ignores_is_read_when_it_is_named() {
    let home = Home::with("notes/a.md", QUESTION);
    home.add("notes/.gitignore", "*.md\n");
    home.check(&["notes/a.md"]).is_clean();
}

#[test]
fn a_missing_path() {
    Home::new().build(&["gone.md"]).fails("`gone.md` does not exist", NAME_ANOTHER);
}

#[test]
fn no_path_and_no_source_folder() {
    Home::new().check(&[]).fails("`source` does not exist", NAME_ANOTHER);
}

#[test]
fn one_missing_path_among_good_ones_builds_nothing() {
    let home = Home::with("a.md", QUESTION);
    home.build(&["a.md", "gone.md"]).fails("`gone.md` does not exist", NAME_ANOTHER);
    assert!(!home.path("out").exists());
}

#[test]
fn a_folder_called_as_a_file_is_a_folder() {
    let home = Home::with("deck.md/inner.md", QUESTION);
    home.build(&["deck.md"]).is_clean();
    assert!(home.path("out/inner.csv").exists());
}

#[test]
fn a_folder_called_as_a_file_within_a_folder() {
    let home = Home::with("source/deck.md/inner.md", QUESTION);
    home.build(&[]).is_clean();
    assert!(home.path("out/deck.md/inner.csv").exists());
}

// Paths that are no plain files

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// Whether permissions do not bind this user, as with root.
    fn reads_anything(path: &Path) -> bool {
        fs::read_dir(path).is_ok() || fs::read(path).is_ok()
    }

    fn forbid(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }

    fn allow(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_file_that_may_not_be_read() {
        let home = Home::with("source/a.md", QUESTION);
        forbid(&home.path("source/a.md"));
        if !reads_anything(&home.path("source/a.md")) {
            let help = "check the permissions of the file and of the folders above it";
            home.build(&[]).fails("cannot read `source/a.md`: permission denied", help);
        }
    }

    #[test]
    fn a_folder_that_may_not_be_read() {
        let home = Home::with("source/b/a.md", QUESTION);
        forbid(&home.path("source/b"));
        if !reads_anything(&home.path("source/b")) {
            let help = "check the permissions of the file and of the folders above it";
            home.build(&[]).fails("cannot read `source/b`: permission denied", help);
        }
        allow(&home.path("source/b"));
    }

    #[test]
    fn an_out_folder_that_may_not_be_written() {
        let home = Home::with("source/a.md", QUESTION);
        fs::create_dir(home.path("out")).unwrap();
        forbid(&home.path("out"));
        if !reads_anything(&home.path("out")) {
            let help = "check the permissions of the folder, or name another one with `--out`";
            home.build(&[]).fails("cannot write `out`: permission denied", help);
        }
        allow(&home.path("out"));
    }

    #[test]
    fn a_link_to_nothing() {
        let home = Home::new();
        symlink("gone.md", home.path("a.md")).unwrap();
        home.build(&["a.md"])
            .fails("`a.md` is a link to `gone.md`, which does not exist", "mend the link or delete it");
    }

    #[test]
    fn a_link_to_nothing_within_a_folder() {
        let home = Home::with("source/b.md", QUESTION);
        symlink("gone.md", home.path("source/a.md")).unwrap();
        let error = "`source/a.md` is a link to `gone.md`, which does not exist";
        home.build(&[]).fails(error, "mend the link or delete it");
    }

    #[test]
    fn a_link_to_itself() {
        let home = Home::new();
        symlink("a.md", home.path("a.md")).unwrap();
        let ran = home.build(&["a.md"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.starts_with("error: cannot read `a.md`: too many levels of symbolic links\n"));
    }

    #[test]
    fn a_link_to_a_file_within_a_folder_is_read() {
        let home = Home::with("elsewhere.md", QUESTION);
        fs::create_dir(home.path("source")).unwrap();
        symlink("../elsewhere.md", home.path("source/a.md")).unwrap();
        home.build(&[]).is_clean();
        assert!(home.path("out/a.csv").exists());
    }

    #[test]
    fn a_file_and_a_link_to_it_are_one_deck() {
        let home = Home::with("source/a.md", QUESTION);
        symlink("a.md", home.path("source/b.md")).unwrap();
        assert!(home.build(&[]).stdout.contains("built 1 deck "));
    }

    #[test]
    fn a_loop_of_folders_ends() {
        let home = Home::with("source/b/a.md", QUESTION);
        symlink("..", home.path("source/b/up")).unwrap();
        assert!(home.build(&[]).stdout.contains("built 1 deck "));
    }

    #[test]
    fn a_pipe() {
        let home = Home::new();
        assert!(Command::new("mkfifo").arg(home.path("a.md")).status().unwrap().success());
        let help = "name a Markdown file or a folder; `deckc check --stdin` reads a stream";
        home.build(&["a.md"]).fails("`a.md` is neither a file nor a folder", help);
    }

    #[test]
    fn a_pipe_within_a_folder_is_passed_over() {
        let home = Home::with("source/b.md", QUESTION);
        assert!(Command::new("mkfifo").arg(home.path("source/a.md")).status().unwrap().success());
        home.check(&[]).is_clean();
    }

    #[test]
    fn a_file_name_that_is_no_unicode() {
        use std::os::unix::ffi::OsStrExt;
        let home = Home::new();
        let name = OsStr::from_bytes(b"caf\xe9.md");
        if fs::write(home.0.path().join(name), QUESTION).is_ok() {
            let arguments = [OsStr::new("build"), OsStr::new("--formats=csv"), name];
            home.deckc(&arguments).is_clean();
            assert!(home.path("out").join(OsStr::from_bytes(b"caf\xe9.csv")).exists());
        }
    }

    // Disks that refuse

    fn many_questions() -> String {
        (0..100).map(|n| format!("## What is {n}?\n\nIt is a number, and {} is the next.\n\n", n + 1)).collect()
    }

    #[test]
    fn a_full_disk_names_the_file_and_makes_nothing() {
        let home = Home::with("source/a.md", many_questions());
        let ran = home.on_a_small_disk(1, "build --formats csv,json");
        let help = "the file is larger than allowed here (see `ulimit -f`): split the deck";
        ran.fails("cannot write `out/a.csv`: file too large", help);
        assert!(!home.path("out").exists());
    }

    #[test]
    fn a_full_disk_leaves_earlier_files_as_they_were() {
        let home = Home::with("source/a.md", QUESTION);
        home.add("source/b.md", QUESTION);
        home.build(&[]).is_clean();
        let before = home.files();
        home.add("source/a.md", QUESTION.replace("function", "thing"));
        home.add("source/b.md", many_questions());
        assert_eq!(home.on_a_small_disk(1, "build --formats csv,json").code, 2);
        let sources = ["source/a.md", "source/b.md"];
        let outputs = |mut files: BTreeMap<String, Option<Vec<u8>>>| {
            files.retain(|name, _| !sources.contains(&name.as_str()));
            files
        };
        assert_eq!(outputs(home.files()), outputs(before));
    }

    #[test]
    fn no_room_for_the_scratch_file_of_a_package() {
        let home = Home::with("source/a.md", QUESTION);
        let ran = Ran::of(home.command().args(["build", "--formats", "apkg"]).env("TMPDIR", home.path("gone")));
        let error =
            format!("cannot use a temporary file in `{}`: no such file or directory", home.path("gone").display());
        let help = "make room in the system's temporary folder, or name another one in the environment variable \
                    `TMPDIR` (`TEMP` on Windows)";
        ran.fails(&error, help);
        assert!(!home.path("out").exists());
    }

    // Streams that refuse

    #[cfg(target_os = "linux")]
    #[test]
    fn a_report_that_cannot_be_written() {
        let home = Home::with("a.md", "");
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = home.command().args(["check", "a.md"]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error =
            "error: cannot write the report: no space left on device\n help: check where standard output goes\n";
        assert_eq!(String::from_utf8(output.stderr).unwrap(), error);
    }

    /// Standard output whose reader is gone.
    fn into_a_closed_pipe(home: &Home, arguments: &[&str]) -> Ran {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = home.command().args(arguments).stdout(writer).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Ran { code: output.status.code().unwrap(), stdout: String::new(), stderr }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_keeps_the_exit_status() {
        let home = Home::with("a.md", "");
        home.add("b.md", QUESTION);
        for (file, code) in [("a.md", 1), ("b.md", 0)] {
            let ran = into_a_closed_pipe(&home, &["check", file]);
            assert_eq!((ran.code, ran.stderr.as_str()), (code, ""), "{file}");
        }
    }

    #[test]
    fn a_closed_pipe_does_not_stop_a_build() {
        let home = Home::with("source/a.md", QUESTION);
        home.add("source/b.md", "Just prose.\n");
        let ran = into_a_closed_pipe(&home, &["build", "--formats", "csv"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert!(home.path("out/a.csv").exists());
    }

    #[test]
    fn every_command_bears_a_closed_pipe() {
        let home = Home::with("source/a.md", QUESTION);
        for arguments in
            [&["inspect"][..], &["inspect", "--format=json"], &["lints"], &["explain", "number-gap"], &["help"]]
        {
            let ran = into_a_closed_pipe(&home, arguments);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        }
    }
}

// Bytes

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_byte_that_is_no_utf8_is_found_at_its_place_and_nothing_is_written() {
    let home = Home::with("a.md", b"## What is a caf\xe9?\n\nA place.\n");
    home.check(&["a.md"]).finds("a.md:1:17: deny[invalid-encoding] byte 0xe9 at offset 16 is not UTF-8\n");
    home.build(&["a.md"]).finds("nothing was written: mend what is denied first\n");
    assert!(!home.path("out").exists());
}

#[test]
fn utf16_with_a_mark_is_built() {
    let text = format!("\u{feff}{}", QUESTION.replace("closure", "clôture 🦀"));
    for bytes in [utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)] {
        let home = Home::with("a.md", bytes);
        home.build(&["a.md"]).is_clean();
        assert!(home.read("out/a.csv").contains(",What is a clôture 🦀?,"));
    }
}

#[test]
fn utf16_without_a_mark_is_denied() {
    for bytes in [utf16(QUESTION, u16::to_le_bytes), utf16(QUESTION, u16::to_be_bytes)] {
        let home = Home::with("a.md", bytes);
        home.check(&["a.md"]).finds("a.md:1:1: deny[invalid-encoding] the file is UTF-16 without a byte order mark\n");
    }
}

#[test]
fn a_package_named_as_a_source_is_denied_and_survives() {
    let home = Home::with("a.apkg", b"PK\x03\x04\x00\x00\xff\xfe\x80\x00");
    let before = home.files();
    assert_eq!(home.build(&["a.apkg"]).code, 1);
    assert_eq!(home.files(), before);
}

#[test]
fn a_zero_byte_reaches_no_file() {
    // It is denied unless the author says that it is meant.
    let home = Home::with("a.md", "---\nlints: {invisible-character: allow}\n---\n\n## What is a closure?\n\nA\0B.\n");
    home.build(&["a.md"]).is_clean();
    assert!(!home.read("out/a.csv").contains('\0'));
}

#[test]
fn line_ends_do_not_matter() {
    let text = "---\ndeck: Lines\n---\n\n# Part\n\n## What is a closure?\n\n- one\n- two\n\n```js\nlet x;\n\nlet y;\n```\n\n## What is it for?\n\nState.\n";
    let table = |text: &str| {
        let home = Home::with("a.md", text);
        home.build(&["a.md"]).is_clean();
        home.read("out/a.csv").replace("\r\n", "\n").replace('\r', "\n")
    };
    let expected = table(text);
    assert_eq!(table(&text.replace('\n', "\r\n")), expected, "CRLF");
    assert_eq!(table(text.trim_end()), expected, "no final line end");
    assert_eq!(table(&format!("\u{feff}{text}")), expected, "byte order mark");
}

#[test]
fn lone_carriage_returns_end_lines() {
    let home = Home::with("a.md", "# Part\r\r## What is a closure?\r\r- one\r- two\r\r## What is it for?\r\rState.\r");
    home.build(&["a.md"]).is_clean();
    let table = home.read("out/a.csv");
    let answers = [",What is a closure?,", ",What is it for?,State.,"].map(|row| table.matches(row).count());
    assert_eq!(answers, [1, 1], "{table}");
}

#[test]
fn line_numbers_do_not_depend_on_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let home = Home::with("a.md", ["## What is a closure?", "", "A thing.", "", "## What else?", ""].join(end));
        home.check(&["a.md"]).finds("a.md:5:1: warn[empty-answer]");
    }
}

// Much of it

#[test]
fn a_large_file() {
    let body = "Text with `code` and **bold**. ".repeat(30);
    let count = 2_000;
    let text: String = (0..count).map(|n| format!("## What is thing {n}?\n\n{body}\n\n")).collect();
    let home = Home::with("a.md", text);
    home.build(&["a.md"]).is_clean();
    let table = home.read("out/a.csv");
    assert_eq!(table.matches("What is thing ").count(), count);
    assert_eq!(table.matches("**bold**").count() + table.matches("code and bold").count(), count * 30);
}

#[test]
fn one_long_line() {
    let home = Home::with("a.md", format!("## What is a closure?\n\n{}\n", "word ".repeat(400_000)));
    home.build(&["a.md"]).is_clean();
    assert_eq!(home.read("out/a.csv").matches("word").count(), 400_000);
}

#[test]
fn one_long_line_of_a_finding() {
    let home = Home::with("a.md", format!("## What is {}?\n", "word ".repeat(400_000)));
    let ran = home.deckc(&["check", "a.md"]);
    ran.finds("empty-answer");
    assert!(ran.stdout.len() < 5_000, "{} bytes", ran.stdout.len());
}

#[test]
fn deep_nesting() {
    for mark in [">", "> ", "- ", "1. ", "[", "*a ", "**a ", "<b>", "![", "`"] {
        let nested = |depth: usize| format!("## What is a closure?\n\n{}x\n", mark.repeat(depth));
        let home = Home::with("deep.md", nested(100_000));
        assert_eq!(home.check(&["deep.md"]).stderr, "", "{mark}");
        // Rendering nested lists takes time and memory by the square of their depth.
        home.add("less-deep.md", nested(1_000));
        assert_eq!(home.build(&["less-deep.md"]).stderr, "", "{mark}");
    }
}

#[test]
fn many_fences_that_are_never_closed() {
    let home = Home::with("a.md", "## What is a closure?\n\n```js\nlet x;\n\n".repeat(20_000));
    let ran = home.check(&["a.md"]);
    ran.finds("deny[");
    assert!(ran.stdout.lines().count() < 100, "{}", ran.stdout);
}

#[test]
fn many_headings() {
    let text: String = (0..20_000).map(|n| format!("## Thing {n}\n\n")).collect();
    Home::with("a.md", text).check(&["a.md"]).finds("warn[no-questions]");
}

// Names

#[test]
fn colons_in_a_file_name_do_not_nest() {
    if cfg!(windows) {
        return;
    }
    let home = Home::with("a::b.md", QUESTION);
    home.build(&["a::b.md"]).is_clean();
    assert!(home.read("out/a::b.json").contains("\"deck\": \"a b\""));
}

#[test]
fn a_deck_name_of_the_front_matter_makes_no_path() {
    for (name, shown) in [("TCP/IP", "TCP/IP"), ("A::B", "A::B"), ("../../x", "../../x"), ("/etc/x", "/etc/x")] {
        let home = Home::with("in/a.md", format!("---\ndeck: {name}\n---\n\n{QUESTION}"));
        home.build(&["in/a.md", "--out", "in/out"]).is_clean();
        let expected = ["in", "in/a.md", "in/deckc.lock", "in/out", "in/out/a.csv", "in/out/a.json"];
        assert_eq!(home.files().into_keys().collect::<Vec<_>>(), expected, "{name}");
        assert!(home.read("in/out/a.json").contains(&format!("\"deck\": \"{shown}\"")), "{name}");
    }
}

#[test]
fn a_name_of_dots_does_not_leave_the_out_folder() {
    let home = Home::with("in/...md", QUESTION);
    home.build(&["in/...md"]).is_clean();
    let expected = ["in", "in/...md", "in/deckc.lock", "out", "out/deck.csv", "out/deck.json"];
    assert_eq!(home.files().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn odd_names_are_kept() {
    for name in ["my 🗃️ deck", "a.b.c", "-dash", "'quoted'", "ünïcode", "node.js"] {
        let home = Home::with(&format!("source/{name}.md"), QUESTION);
        home.build(&[]).is_clean();
        assert!(home.path(&format!("out/{name}.csv")).exists(), "{:?}", home.files());
    }
}

#[test]
fn no_package_is_called_as_a_backup() {
    let home = Home::with("source/collection.md", QUESTION);
    home.add("source/backup-1.md", QUESTION);
    home.deckc(&["build", "--formats", "apkg"]).is_clean();
    let files = home.files();
    let made: Vec<&String> = files.keys().filter(|name| name.starts_with("out/")).collect();
    assert_eq!(made, ["out/deck-backup-1.apkg", "out/deck-collection.apkg"]);
}

const RENAME: &str = "rename one of them, or build them into two folders with `--out`";

#[test]
fn two_files_of_one_name() {
    let home = Home::with("one/a.md", QUESTION);
    home.add("two/a.md", QUESTION);
    let error = "`one/a.md` and `two/a.md` would both be written to `out/a.csv`";
    home.build(&["one/a.md", "two/a.md"]).fails(error, RENAME);
    home.build(&["one", "two"]).fails(error, RENAME);
    assert!(!home.path("out").exists());
}

#[test]
fn two_files_whose_packages_have_one_name() {
    let home = Home::with("collection.md", QUESTION);
    home.add("deck-collection.md", QUESTION);
    let error = "`collection.md` and `deck-collection.md` would both be written to `out/deck-collection.apkg`";
    home.deckc(&["build", "collection.md", "deck-collection.md"]).fails(error, RENAME);
}

#[test]
fn one_file_named_twice_is_one_deck() {
    let home = Home::with("source/a.md", QUESTION);
    let ran = home.build(&["source/a.md", "source", "./source/../source/a.md"]);
    assert!(ran.stdout.contains("built 1 deck "), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_format_named_twice_is_made_once() {
    let home = Home::with("a.md", QUESTION);
    home.deckc(&["build", "--formats", "csv,csv", "a.md"]).is_clean();
}

#[test]
fn a_source_is_never_overwritten() {
    let home = Home::with("notes.txt", QUESTION);
    let ran = home.deckc(&["build", "notes.txt", "--out", "."]);
    let error = "the source `notes.txt` would be overwritten by what is built of `notes.txt`";
    ran.fails(error, "name another folder with `--out`");
    assert_eq!(home.read("notes.txt"), QUESTION);
}

// Where it goes

#[test]
fn a_file_where_the_out_folder_should_be() {
    let home = Home::with("a.md", QUESTION);
    home.add("out", "mine");
    let error = "cannot make the folder `out`: a file of that name is in the way";
    home.build(&["a.md"]).fails(error, "move that file away, or name another folder with `--out`");
    assert_eq!(home.read("out"), "mine");
}

#[test]
fn a_folder_where_an_output_should_be() {
    let home = Home::with("a.md", QUESTION);
    home.add("out/a.json/mine", "mine");
    let before = home.files();
    let error = "cannot write `out/a.json`: a folder of that name is in the way";
    home.build(&["a.md"]).fails(error, "move that folder away, or name another folder with `--out`");
    assert_eq!(home.files(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn an_out_folder_that_cannot_be_made() {
    let ran = Home::with("a.md", QUESTION).build(&["a.md", "--out", "/proc/deckc"]);
    let help = "check that the folder can be written to, or name another one with `--out`";
    ran.fails("cannot make the folder `/proc/deckc`: no such file or directory", help);
}

#[test]
fn a_name_too_long_for_an_output() {
    // 251 bytes and `.md` are a name; with `.json` it is too long for most file systems.
    let name = format!("{}.md", "n".repeat(251));
    let home = Home::new();
    if fs::write(home.path(&name), QUESTION).is_ok() {
        let ran = home.build(&[&name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(
            ran.stderr
                .ends_with("\n help: the name is too long or has a character not allowed here: rename the source\n")
        );
        assert!(!home.path("out").exists());
    }
}

#[test]
fn a_denied_finding_leaves_earlier_files_as_they_were() {
    let home = Home::with("source/a.md", QUESTION);
    home.build(&[]).is_clean();
    let (table, json) = (home.read("out/a.csv"), home.read("out/a.json"));
    home.add("source/a.md", format!("{QUESTION}\n{QUESTION}Another answer.\n"));
    home.build(&[]).finds("nothing was written: mend what is denied first\n");
    assert_eq!((home.read("out/a.csv"), home.read("out/a.json")), (table, json));
}

#[test]
fn a_denied_finding_in_one_file_stops_the_others() {
    let home = Home::with("source/a.md", QUESTION);
    home.add("source/b.md", format!("{QUESTION}\n{QUESTION}Another answer.\n"));
    assert_eq!(home.build(&[]).code, 1);
    assert!(!home.path("out").exists());
}

#[test]
fn a_build_leaves_nothing_but_its_outputs() {
    let home = Home::with("source/a.md", QUESTION);
    home.build(&[]).is_clean();
    let expected = ["deckc.lock", "out", "out/a.csv", "out/a.json", "source", "source/a.md"];
    assert_eq!(home.files().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn a_second_build_writes_the_same_bytes() {
    let home = Home::with("source/a.md", QUESTION);
    home.deckc(&["build"]).is_clean();
    let before = home.files();
    fs::remove_dir_all(home.path("out")).unwrap();
    home.deckc(&["build"]).is_clean();
    assert_eq!(home.files(), before);
}

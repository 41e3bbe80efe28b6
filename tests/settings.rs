//! Settings: which of the places that set something wins, what a mistake looks like, and what each setting does.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic, and keeps files of its own"
)]

#[path = "support/anki.rs"]
mod anki;
#[path = "support/home.rs"]
mod home;
#[path = "support/reimport.rs"]
mod reimport;

use std::io::{Cursor, Read};

use home::{Home, Ran};

const DECK: &str = "# Tides\n\n## Moon\n\n### What is a spring tide?\n\nA high one.\n\n### What is a neap tide?\n\nA weak one.\n\n\
                    ## Sun\n\n### What does the sun pull?\n\nThe sea.\n";

/// A project with one file in `source/`.
fn project(settings: &str, front_matter: &str) -> Home {
    let home = Home::with("deckc.toml", settings);
    home.add("source/tides.md", format!("{front_matter}{DECK}"));
    home
}

/// What a build says of a deck in its JSON.
fn built(home: &Home, options: &[&str], path: &str) -> serde_json::Value {
    let ran = home.deckc(&[&["build"], options].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    serde_json::from_str(&home.read(path)).unwrap()
}

fn deck_of(home: &Home, options: &[&str]) -> String {
    built(home, options, "out/tides.json")["deck"].as_str().unwrap().to_owned()
}

fn tags_of(home: &Home, options: &[&str]) -> String {
    let deck = built(home, options, "out/tides.json");
    let tags: Vec<&str> =
        deck["notes"][0]["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.join(" ")
}

/// A column of the first rows of a query in a package.
fn packed(home: &Home, package: &str, query: &str) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(home.path(package)).unwrap())).unwrap();
    let mut database = Vec::new();
    archive.by_name("collection.anki2").unwrap().read_to_end(&mut database).unwrap();
    let path = home.path("opened.anki2");
    std::fs::write(&path, database).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    let text = |value| match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    };
    rows.map(|row| text(row.unwrap())).collect()
}

/// Style sheet and time of the note type in a package.
fn look(home: &Home) -> (String, i64) {
    let models: serde_json::Value =
        serde_json::from_str(&packed(home, "out/tides.apkg", "select models from col")[0]).unwrap();
    let model = models.as_object().unwrap().values().next().unwrap();
    (model["css"].as_str().unwrap().to_owned(), model["mod"].as_i64().unwrap())
}

#[test]
fn the_command_line_wins_over_front_matter_over_the_project_over_what_is_usual() {
    let home = project("", "");
    assert_eq!(deck_of(&home, &[]), "tides");
    let home = project("deck = 'Project'", "");
    assert_eq!(deck_of(&home, &[]), "Project");
    let home = project("deck = 'Project'", "---\ndeck: File::Own\n---\n");
    assert_eq!(deck_of(&home, &[]), "File::Own");
    assert_eq!(deck_of(&home, &["--deck", "Line"]), "Line");
}

#[test]
fn tags_add_up_and_are_safe_for_anki() {
    let home =
        project("tags = ['Exam', 'machine  learning']", "---\ntags: [b::::c, '#Exam', NONE, '::']\ntag: x y\n---\n");
    assert_eq!(
        tags_of(&home, &["--tag", "From Line", "--tag", "l2"]),
        "exam machine-learning b::c none- x y from-line l2 moon"
    );
}

#[test]
fn every_file_has_the_nearest_settings() {
    let home = project("deck = 'Far'", "");
    home.add("source/near/deckc.toml", "deck = 'Near'\n");
    home.add("source/near/a/waves.md", DECK);
    let ran = home.deckc(&["build", "--formats", "json", "source/tides.md", "source/near/a/waves.md", "--out", "out"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(home.read("out/tides.json").contains("\"deck\": \"Far\""));
    assert!(home.read("out/waves.json").contains("\"deck\": \"Near\""));
    // Each project has its own lock, beside its settings.
    assert!(home.read("deckc.lock").contains("source = \"source/tides.md\""));
    assert!(home.read("source/near/deckc.lock").contains("source = \"a/waves.md\""));
}

#[test]
fn a_lock_that_is_there_stays_the_lock() {
    let home = Home::with("source/tides.md", DECK);
    home.build(&["source/tides.md"]).is_clean();
    let lock = home.read("source/deckc.lock");
    home.add("deckc.toml", "");
    home.build(&["source/tides.md"]).is_clean();
    assert_eq!(home.read("source/deckc.lock"), lock);
    assert!(!home.path("deckc.lock").exists());
}

#[test]
fn output_goes_where_the_project_says_wherever_it_is_run() {
    let home = project("out = 'decks'\nformats = ['csv']", "");
    let ran = Home::command(&home).current_dir(home.path("source")).args(["build", "tides.md"]).output().unwrap();
    assert!(ran.status.success());
    let outputs = |home: &Home| {
        let files = home.files();
        files.keys().filter(|name| name.contains("tides.") && !name.contains("source/")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(outputs(&home), ["decks/tides.csv"]);
    home.deckc(&["build"]).is_clean();
    assert_eq!(home.deckc(&["build", "--check"]).code, 0);
    home.deckc(&["build", "--out", "other", "--formats", "txt,txt"]).is_clean();
    assert_eq!(outputs(&home), ["decks/tides.csv", "other/tides.txt"]);
    let home = project("", "");
    let ran = Home::command(&home).current_dir(home.path("source")).args(["build", "tides.md"]).output().unwrap();
    assert!(ran.status.success());
    assert_eq!(outputs(&home), ["out/tides.apkg", "out/tides.csv", "out/tides.json", "out/tides.txt"]);
}

#[test]
fn images_may_lie_anywhere_in_the_project() {
    let png = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0];
    let home = Home::with("pictures/a.png", png);
    home.add(
        "texts/deep/tides.md",
        "# T\n\n## What is this?\n\n![a](../../pictures/a.png)\n\n## What is that?\n\nB.\n",
    );
    let media = |home: &Home| {
        home.deckc(&["build", "texts/deep/tides.md"]).is_clean();
        let package = std::fs::read(home.path("out/tides.apkg")).unwrap();
        zip::ZipArchive::new(Cursor::new(package)).unwrap().len() - 2
    };
    assert_eq!(media(&home), 0);
    home.add("deckc.toml", "");
    assert_eq!(media(&home), 1);
}

#[test]
fn settings_can_be_named() {
    let home = project("deck = 'Found'", "");
    home.add("other/my.toml", "deck = 'Named'\nout = 'decks'");
    home.deckc(&["build", "--config", "other/my.toml", "--formats", "json"]).is_clean();
    assert!(home.read("other/decks/tides.json").contains("\"deck\": \"Named\""));
    home.deckc(&["check", "--config", "no.toml"]).fails(
        "`no.toml` does not exist",
        "name a file that is there; without `--config` the nearest `deckc.toml` above each source counts",
    );
    let ran = home.deckc(&["check", "--config", "source"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("error: cannot read `source`: "), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn settings_that_can_not_be_read_are_not_passed_over() {
    let home = Home::with("source/tides.md", DECK);
    std::os::unix::fs::symlink("gone.toml", home.path("deckc.toml")).unwrap();
    home.check(&[]).fails("`deckc.toml` is a link to `gone.toml`, which does not exist", "mend the link or delete it");
    // A folder of that name holds no settings.
    std::fs::remove_file(home.path("deckc.toml")).unwrap();
    std::fs::create_dir(home.path("deckc.toml")).unwrap();
    home.check(&[]).is_clean();
}

#[track_caller]
fn refuses(settings: impl AsRef<[u8]>, frame: &str) {
    let home = Home::with("deckc.toml", settings);
    home.add("source/tides.md", DECK);
    let before = home.files();
    let ran = home.deckc(&["build"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert_eq!(ran.stderr.trim(), frame.trim());
    home.is_still(&before);
}

#[test]
fn mistakes_are_framed_all_of_them() {
    refuses(
        "\u{feff}# ü\r\nsub_decks = \"files\"\r\ntags = [\"ü\", 1]\r\n\r\n[lints]\r\nnumber-gab = \"allow\"\r\n",
        "
error

  × unknown key `sub_decks`
   ╭─[deckc.toml:2:1]
 1 │ # ü
 2 │ sub_decks = \"files\"
   · ────┬────
   ·     ╰── no key of `deckc.toml`
 3 │ tags = [\"ü\", 1]
   ╰────
  help: did you mean `subdecks`?

error

  × each of `tags` should be a text, not a number
   ╭─[deckc.toml:3:14]
 2 │ sub_decks = \"files\"
 3 │ tags = [\"ü\", 1]
   ·              ┬
   ·              ╰── a number
 4 │
   ╰────
  help: write `tags = [\"rust\", \"async\"]`

error

  × there is no lint `number-gab`
   ╭─[deckc.toml:6:1]
 5 │ [lints]
 6 │ number-gab = \"allow\"
   · ─────┬────
   ·      ╰── no lint and no group of lints
   ╰────
  help: did you mean `number-gap`?
",
    );
}

#[test]
fn what_is_no_toml_or_no_text_is_framed() {
    refuses(
        "deck = Rust\n",
        "
error

  × this is no TOML
   ╭─[deckc.toml:1:8]
 1 │ deck = Rust
   ·        ──┬─
   ·          ╰── string values must be quoted, expected literal string
   ╰────
  help: texts stand between quotation marks, as in `deck = \"Rust\"`; see
        <https://toml.io>
",
    );
    refuses(
        b"deck = \"\xff\"\n",
        "
error

  × the file is not UTF-8
   ╭─[deckc.toml:1:9]
 1 │ deck = \"\u{fffd}\"
   ·         ┬
   ·         ╰── not UTF-8
   ╰────
  help: save it as UTF-8
",
    );
}

#[test]
fn no_style_sheet_is_read_from_outside_the_project() {
    let home = Home::with("secret.css", "a {}");
    home.add("p/source/tides.md", DECK);
    for (style, said) in [
        ("../secret.css", "lies outside of the project"),
        ("gone.css", "there is no style sheet `gone.css`"),
        ("source", "there is no style sheet `source`"),
        ("bad.css", "would end the style sheet"),
    ] {
        home.add("p/bad.css", "a {} </STYLE><script>");
        home.add("p/deckc.toml", format!("style = '{style}'"));
        let ran = home.deckc(&["check", "p/source"]);
        assert_eq!(ran.code, 2, "{style}");
        assert!(ran.stderr.contains(said) && ran.stderr.contains("p/deckc.toml:1:9"), "{}", ran.stderr);
    }
}

#[test]
fn front_matter_tells_its_mistakes_at_their_place() {
    let home = project("", "---\ntitle: x\nsubdeks: left alone\ndeckc:\n  subdeks: files\n  deck: [a]\n---\n");
    let ran = home.check(&[]);
    ran.finds("source/tides.md:5:3: warn[unknown-key] unknown key `subdeks`");
    ran.finds("source/tides.md:6:9: warn[invalid-setting] `deck` should be a text, not a list");
    assert!(!ran.stdout.contains("md:3:"), "{}", ran.stdout);
    // A warning stops nothing.
    assert_eq!(deck_of(&home, &[]), "tides");
}

const GAP: &str = "# T\n\n## 1. What is one?\n\nA.\n\n## 3. What is three?\n\n";

#[test]
fn levels_of_lints_go_by_lint_then_group_then_place() {
    let home = Home::with("a.md", GAP);
    let levels = |options: &[&str]| {
        let ran = home.deckc(&[&["check", "--format", "concise", "a.md"], options].concat());
        let of = |lint: &str| {
            let line = ran.stdout.lines().find(|line| line.contains(&format!("[{lint}]")));
            line.map_or("allow", |line| if line.contains(" deny[") { "deny" } else { "warn" })
        };
        (of("number-gap"), of("empty-answer"), ran.code)
    };
    assert_eq!(levels(&[]), ("warn", "warn", 1));
    home.add("deckc.toml", "lints.numbers = 'allow'\nlints.answers = 'deny'");
    assert_eq!(levels(&[]), ("allow", "deny", 1));
    home.add("deckc.toml", "lints.numbers = 'allow'\nlints.number-gap = 'deny'\nlints.empty-answer = 'allow'");
    assert_eq!(levels(&[]), ("deny", "allow", 1));
    assert_eq!(levels(&["--allow", "numbers"]), ("allow", "allow", 0));
    assert_eq!(levels(&["--warn", "numbers", "--deny", "empty-answer"]), ("warn", "deny", 1));
    home.add("a.md", format!("---\ndeckc:\n  lints:\n    number-gap: allow\n---\n{GAP}"));
    assert_eq!(levels(&[]), ("allow", "allow", 0));
    assert_eq!(levels(&["--deny", "number-gap"]), ("deny", "allow", 1));
    home.deckc(&["check", "a.md", "--allow", "numbers", "--deny", "numbers"])
        .fails("`numbers` is given two levels", "name it once");
    home.deckc(&["check", "a.md", "--allow", "broken-lock"]).fails(
        "`broken-lock` can't be lowered: a build that goes on would lose learners' reviews",
        "mend what it finds; `deckc explain broken-lock` shows how",
    );
}

#[test]
fn a_level_is_that_of_the_file_and_what_is_denied_stops_a_build() {
    let home = Home::with("deckc.toml", "lints.number-gap = 'deny'");
    home.add("source/a.md", GAP);
    home.add("source/b.md", format!("+++\n[lints]\nnumber-gap = 'allow'\n+++\n{GAP}"));
    let ran = home.deckc(&["build"]);
    ran.finds("nothing was written");
    assert_eq!(ran.stdout.matches("[number-gap]").count(), 1, "{}", ran.stdout);
    assert!(!home.path("out").exists());
    assert_eq!(home.deckc(&["build", "source/b.md"]).code, 0);
}

#[test]
fn files_can_be_subdecks() {
    let home = Home::with("deckc.toml", "deck = 'Sea'\nsubdecks = 'files'\ndeck-id = 77\n");
    home.add("source/tides.md", DECK);
    home.add("source/far/waves.md", DECK);
    home.add("source/own.md", format!("---\ndeck: Own\n---\n{DECK}"));
    assert_eq!(deck_of(&home, &[]), "Sea::tides");
    assert!(home.read("out/far/waves.json").contains("\"deck\": \"Sea::far::waves\""));
    assert!(home.read("out/own.json").contains("\"deck\": \"Own\""));
    let dids = packed(&home, "out/tides.apkg", "select distinct did from cards");
    assert_eq!(dids, ["77"]);
    assert_eq!(deck_of(&home, &["--subdecks", "none"]), "Sea");
}

/// The deck of each note in the text for Anki.
fn decks(home: &Home) -> Vec<String> {
    let text = home.read("out/tides.txt");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| row.split('\t').nth(2)).map(|deck| deck.trim_matches('"').to_owned()).collect()
}

#[test]
fn sections_can_be_subdecks_that_keep_their_numbers() {
    let home = project("subdecks = 'sections'\ndeck = 'Sea'", "");
    home.deckc(&["build"]).is_clean();
    assert_eq!(decks(&home), ["Sea::01 Moon", "Sea::01 Moon", "Sea::02 Sun"]);
    let names = packed(&home, "out/tides.apkg", "select decks from col");
    for name in ["\"Sea\"", "\"Sea::01 Moon\"", "\"Sea::02 Sun\""] {
        assert!(names[0].contains(&format!("\"name\":{name}")), "{name} is not in {}", names[0]);
    }
    assert_eq!(packed(&home, "out/tides.apkg", "select count(distinct did) from cards"), ["2"]);
    assert!(home.read("deckc.lock").contains("deck = \"Sea::02 Sun\""));
    // What was imported into a deck stays there, so no deck gets another name.
    let wind = "## Wind\n\n### What does wind make?\n\nWaves.\n\n## Sun";
    home.add("source/tides.md", DECK.replace("## Sun", wind));
    home.deckc(&["build"]).is_clean();
    assert_eq!(decks(&home), ["Sea::01 Moon", "Sea::01 Moon", "Sea::03 Wind", "Sea::02 Sun"]);
    assert_eq!(home.deckc(&["build", "--check"]).code, 0);
    let diff = home.deckc(&["diff", "out/tides.apkg"]);
    assert!(diff.stdout.contains("4 unchanged"), "{}", diff.stdout);
}

#[test]
fn notes_keep_their_guids_when_decks_are_divided() {
    let home = project("", "");
    let guids = |home: &Home, options: &[&str]| {
        let deck = built(home, options, "out/tides.json");
        deck["notes"].as_array().unwrap().iter().map(|note| note["id"].to_string()).collect::<Vec<_>>()
    };
    let before = guids(&home, &[]);
    let content = |home: &Home| {
        let lock = home.read("deckc.lock");
        lock.lines()
            .filter(|line| line.starts_with("content") || line.starts_with("modified"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let unchanged = content(&home);
    for options in [vec!["--subdecks", "sections"], vec!["--deck", "Other", "--subdecks", "files"], vec![]] {
        assert_eq!(guids(&home, &options), before);
        assert_eq!(content(&home), unchanged);
    }
}

#[test]
fn files_of_one_deck_are_learned_one_after_the_other() {
    let home = Home::with("deckc.toml", "deck = 'Sea'");
    home.add("source/a.md", DECK);
    home.add("source/tides.md", DECK.replace("tide", "wave").replace("sun pull", "moon pull"));
    home.deckc(&["build"]).is_clean();
    let due = |home: &Home, name: &str| packed(home, &format!("out/{name}.apkg"), "select due from cards order by id");
    assert_eq!(
        (due(&home, "a"), due(&home, "tides")),
        (vec!["1".into(), "2".into(), "3".into()], vec!["4".into(), "5".into(), "6".into()])
    );
    // Also when only one of them is built.
    home.add("source/tides.md", DECK.replace("tide", "wave").replace("sun pull", "wind pull"));
    home.deckc(&["build", "source/tides.md"]).is_clean();
    assert_eq!(due(&home, "tides"), ["4", "5", "6"]);
}

#[test]
fn a_style_sheet_reaches_anki_each_time_it_changes() {
    let home = project("", "");
    home.deckc(&["build"]).is_clean();
    let plain = look(&home);
    assert!(!home.read("deckc.lock").contains("[style]"));
    home.add("deckc.toml", "style = 'my.css'");
    home.add("my.css", "\u{feff}.deckc { color: teal }\r\n");
    let mut last = plain.clone();
    let notes = home.read("deckc.lock").split_once("[[note]]").unwrap().1.to_owned();
    for (style, expected) in [(".deckc { color: teal }\n", "teal"), (".deckc { color: navy }\n", "navy")] {
        home.add("my.css", style);
        home.deckc(&["build", "--locked"])
            .finds("nothing was written: the lock would change, for the style sheet is another one");
        home.deckc(&["build"]).is_clean();
        let (css, modified) = look(&home);
        assert!(css.starts_with(&plain.0) && css.contains(expected), "{css}");
        assert!(modified > last.1);
        last = (css, modified);
        // An unchanged one stays as old as it is.
        home.deckc(&["build", "--locked"]).is_clean();
        assert_eq!(look(&home), last);
        assert_eq!(home.deckc(&["build", "--check"]).code, 0);
        assert_eq!(home.read("deckc.lock").split_once("[[note]]").unwrap().1, notes, "no note is newer for it");
    }
    home.add("deckc.toml", "");
    home.deckc(&["build"]).is_clean();
    let (css, modified) = look(&home);
    assert_eq!(css, plain.0);
    assert!(modified > last.1);
}

#[test]
fn relative_links_start_at_the_folder_of_the_project() {
    let home = Home::with("deckc.toml", "base-url = 'https://a.example/notes'");
    home.add("source/tides.md", "## What is a tide?\n\nSee [the moon](moon.md#phases) and [the sea](/sea.md).\n");
    for (folder, file) in [(".", "source/tides.md"), ("source", "tides.md")] {
        let ran = Ran::of(home.command().current_dir(home.path(folder)).args(["build", file]));
        assert_eq!((ran.code, ran.stdout.contains("relative-link")), (0, false), "{}{}", ran.stdout, ran.stderr);
        let deck: serde_json::Value = serde_json::from_str(&home.read("out/tides.json")).unwrap();
        let answer = deck["notes"][0]["answer"]["html"].as_str().unwrap();
        assert!(answer.contains("\"https://a.example/notes/source/moon.md#phases\""), "{answer}");
        assert!(answer.contains("\"https://a.example/notes/sea.md\""), "{answer}");
    }
    home.add("deckc.toml", "base-url = 'a.example/notes'");
    let ran = home.deckc(&["build"]);
    assert!(ran.code != 0 && ran.stderr.contains("`base-url` can't be `a.example/notes`"), "{}", ran.stderr);
}

#[test]
fn code_stays_plain_where_that_is_said() {
    let code = "## What is two?\n\n```js\nlet two = 2;\n```\n";
    let front_matter = |value: &str| format!("---\nhighlight: {value}\n---\n{code}");
    for (config, note, options, is_coloured) in [
        ("", code.to_owned(), &["build"][..], true),
        ("highlight = false", code.to_owned(), &["build"], false),
        ("highlight = false", front_matter("true"), &["build"], true),
        ("", front_matter("false"), &["build"], false),
        ("", front_matter("tango"), &["build"], true),
        ("", front_matter("true"), &["build", "--no-highlight"], false),
        ("[[overrides]]\npaths = ['source']\nhighlight = false", code.to_owned(), &["build"], false),
    ] {
        let home = Home::with("deckc.toml", config);
        home.add("source/two.md", &note);
        home.deckc(options).is_clean();
        let deck: serde_json::Value = serde_json::from_str(&home.read("out/two.json")).unwrap();
        let answer = deck["notes"][0]["answer"]["html"].as_str().unwrap();
        assert!(answer.contains("<pre data-language=\"js\"><code>") || answer.contains("\"javascript\""), "{answer}");
        assert_eq!(answer.contains("<i class="), is_coloured, "{config} {options:?} {note}");
    }
}

#[test]
fn the_first_build_with_a_style_sheet_asks_no_clock() {
    let home = project("style = 'my.css'", "");
    home.add("my.css", "a {}");
    home.deckc(&["build"]).is_clean();
    let first = (look(&home), home.read("deckc.lock"));
    std::fs::remove_file(home.path("deckc.lock")).unwrap();
    home.deckc(&["build"]).is_clean();
    assert_eq!((look(&home), home.read("deckc.lock")), first);
    let plain = project("", "");
    plain.deckc(&["build"]).is_clean();
    assert!(first.0.1 > look(&plain).1, "newer than deckc's own style sheet");
}

#[test]
fn anki_takes_one_deck_of_two_files_and_each_new_style_sheet() {
    let home = Home::with("deckc.toml", "deck = 'Sea'");
    home.add("source/a.md", DECK);
    home.add("source/tides.md", DECK.replace("tide", "wave").replace("sun pull", "moon pull"));
    let mut builds = Vec::new();
    for (build, style) in ["", ".a {}", ".b {}", ""].iter().enumerate() {
        home.add("my.css", style);
        home.add("deckc.toml", if style.is_empty() { "deck = 'Sea'" } else { "deck = 'Sea'\nstyle = 'my.css'" });
        home.deckc(&["build"]).is_clean();
        let packages = ["a", "tides"].map(|name| {
            let kept = home.path(&format!("{name}-{build}.apkg"));
            std::fs::copy(home.path(&format!("out/{name}.apkg")), &kept).unwrap();
            kept
        });
        builds.push(packages.to_vec());
    }
    let learner = reimport::Learner { reviews: (1, 1), ..Default::default() };
    let Some(imported) = reimport::reimport(&builds, &learner, &[]) else { return };
    let looks: Vec<&str> = imported.states.iter().map(|state| state.looks["deckc Basic"].as_str()).collect();
    assert!(looks[1].ends_with(".a {}\n") && looks[2].ends_with(".b {}\n"), "{looks:?}");
    assert_eq!(looks[0], looks[3]);
    let questions = |name: &str| {
        let deck: serde_json::Value = serde_json::from_str(&home.read(&format!("out/{name}.json"))).unwrap();
        deck["notes"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // What was reviewed is no longer among the new cards.
    let order = [questions("a"), questions("tides")].concat();
    let new: Vec<&String> = order.iter().filter(|guid| !imported.was_reviewed(guid)).collect();
    assert_eq!(imported.states[3].study_order.iter().collect::<Vec<_>>(), new);
    imported.reviews_are_kept();
}

#[test]
fn one_lock_has_one_style_sheet() {
    let home = Home::with("source/a.md", DECK);
    home.add("source/in/b.md", DECK.replace("tide", "wave"));
    home.deckc(&["build"]).is_clean();
    home.add("deckc.toml", "style = 'my.css'");
    home.add("my.css", "a {}");
    home.deckc(&["build"]).is_clean();
    home.add("source/in/deckc.toml", "");
    home.deckc(&["build"]).fails(
        "the notes of `deckc.lock` are given two style sheets: `my.css` and none",
        "Anki keeps one style sheet for all notes of a kind: set the same `style` in each `deckc.toml`",
    );
}

#[test]
fn a_new_project_builds_and_has_no_findings() {
    let home = Home::new();
    let ran = home.deckc(&["init", "my deck"]);
    ran.is_clean();
    let in_project =
        |arguments: &[&str]| home::Ran::of(home.command().current_dir(home.path("my deck")).args(arguments));
    in_project(&["check"]).is_clean();
    in_project(&["build"]).is_clean();
    assert!(home.path("my deck/out/first-deck.apkg").exists());
    // What is there is kept and named.
    home.add("my deck/deckc.toml", "deck = 'Mine'\n");
    let before = home.files();
    let ran = in_project(&["init"]);
    ran.is_clean();
    for kept in ["deckc.toml", "source", "lints", "out"] {
        assert!(ran.stdout.contains(&format!("kept {kept}, which was there")), "{}", ran.stdout);
    }
    home.is_still(&before);
}

#[test]
fn a_project_can_not_begin_in_a_file() {
    let home = Home::with("taken", "x");
    home.deckc(&["init", "taken"]).fails(
        "cannot make the folder `taken`: a file of that name is in the way",
        "name a folder that can be written to, as in `deckc init my-deck`",
    );
}

#[test]
fn the_schema_is_printed() {
    let ran = Home::new().deckc(&["schema"]);
    ran.is_clean();
    assert_eq!(ran.stdout, include_str!("../src/settings/deckc.schema.json").replace("\r\n", "\n"));
}

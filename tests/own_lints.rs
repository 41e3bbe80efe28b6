//! Lints of a project's own: pages in `lints/` beside its `deckc.toml`.

#[path = "support/home.rs"]
mod home;

use std::fmt::Write as _;

use home::{Home, Ran};

const DECK: &str = "# Web\n\n## Is Javascript a language?\n\nYes; `Javascript` is one. TODO more\n\n```js\nnew Buffer(Javascript)\n```\n\n\
                    ```cpp\nnew Buffer(64)\n```\n";

/// A page with this front matter.
fn page(name: &str, front_matter: &str) -> String {
    format!("---\n{front_matter}\n---\n\n# {name}\n\nIt is found.\n")
}

fn project(pages: &[(&str, &str)]) -> Home {
    let home = Home::with("deckc.toml", "");
    home.add("source/web.md", DECK);
    for (name, front_matter) in pages {
        home.add(&format!("lints/{name}.md"), page(name, front_matter));
    }
    home
}

/// `line:column lint message` of each finding, of no lint but the project's own.
fn found(home: &Home, options: &[&str]) -> Vec<String> {
    let ran = home.check(options);
    assert!(ran.code < 2, "{}", ran.stderr);
    let findings = ran.stdout.lines().filter_map(|line| line.strip_prefix("source/web.md:"));
    findings.map(str::to_owned).collect()
}

#[track_caller]
fn ends(ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(all.contains(said), "{said:?} is not in {all}");
}

#[test]
fn a_lint_looks_where_its_scope_says() {
    for (scope, places) in [
        ("question", &["3:7"][..]),
        ("answer", &["5:7", "8:12"]),
        ("heading", &["3:7"]),
        ("text", &["3:7"]),
        ("code", &["5:7", "8:12"]),
        ("source", &["3:7", "5:7", "8:12"]),
    ] {
        let home = project(&[("name", &format!("pattern: Javascript\nscope: {scope}"))]);
        let expected: Vec<String> = places.iter().map(|place| format!("{place}: warn[name] It is found")).collect();
        assert_eq!(found(&home, &[]), expected, "{scope}");
    }
    let home = project(&[("name", "pattern: Javascript")]);
    assert_eq!(found(&home, &[]), ["3:7: warn[name] It is found"], "without a scope: text");
}

#[test]
fn code_may_be_of_some_languages_by_any_of_their_names() {
    let home = project(&[("name", "pattern: new Buffer\nscope: code\nlanguages: [JavaScript]")]);
    assert_eq!(found(&home, &[]), ["8:1: warn[name] It is found"]);
    home.add("lints/name.md", page("name", "pattern: new Buffer\nscope: code\nlanguages: c++"));
    assert_eq!(found(&home, &[]), ["12:1: warn[name] It is found"]);
}

#[test]
fn words_of_two_lines_are_found_and_marks_part_them() {
    let home = project(&[("name", r"pattern: 'two\s+words'")]);
    home.add(
        "source/web.md",
        "## Q?\n\n- are two\n  words, two **words**\n\n> two\n> words\n\ntwo\n\nwords [two words](two-words)\n",
    );
    assert_eq!(
        found(&home, &["-A", "all", "-W", "own"]),
        ["3:7: warn[name] It is found", "11:8: warn[name] It is found"]
    );
}

#[test]
fn what_was_found_goes_into_message_help_and_fix() {
    let front_matter = "pattern: '(?<first>new) (Buffer)\\('\nscope: code\nlanguages: [js]\nlevel: deny\nmessage: '`$2` is $$1: $0'\n\
                        help: 'no ${first}'\nreplace: '$2.from('";
    let home = project(&[("old-buffer", front_matter)]);
    let ran = home.deckc(&["check"]);
    ends(&ran, 1, "`Buffer` is $1: new Buffer(");
    ends(&ran, 1, "help: no new\n");
    ends(&home.deckc(&["build"]), 1, "old-buffer");
    home.deckc(&["check", "--fix"]);
    assert_eq!(home.read("source/web.md"), DECK, "no fix of an own lint is safe");
    ends(&home.deckc(&["check", "--fix", "--unsafe-fixes"]), 0, "fixed 1 finding in 1 file");
    assert_eq!(home.read("source/web.md"), DECK.replace("new Buffer(J", "Buffer.from(J"));
}

#[test]
fn a_replacement_that_would_be_found_again_is_no_fix() {
    let home = project(&[
        ("more", "pattern: a\nreplace: aa\nscope: source"),
        ("ping", "pattern: x1\nreplace: y1 y1"),
        ("pong", "pattern: y1\nreplace: x1 x1"),
    ]);
    home.add("source/web.md", "## Q?\n\nx1 a\n");
    let ran = home.deckc(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let text = home.read("source/web.md");
    assert_eq!(text.matches('a').count(), 1);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
}

#[test]
fn levels_are_set_wherever_those_of_other_lints_are() {
    let home = project(&[("one", "pattern: Yes\nlevel: allow"), ("two", "pattern: more")]);
    let lints = |options: &[&str]| -> Vec<String> {
        found(&home, options).iter().filter_map(|line| line.split(' ').nth(1).map(str::to_owned)).collect()
    };
    assert_eq!(lints(&[]), ["warn[two]"]);
    assert_eq!(lints(&["-W", "one", "-D", "two"]), ["warn[one]", "deny[two]"]);
    assert_eq!(lints(&["-A", "own"]), [""; 0]);
    assert_eq!(lints(&["-D", "all", "-A", "one"]), ["deny[two]"]);
    home.add("deckc.toml", "[lints]\none = 'deny'\nown = 'allow'\n");
    assert_eq!(lints(&[]), ["deny[one]"]);
    home.add("deckc.toml", "[[overrides]]\npaths = ['source']\n[overrides.lints]\ntwo = 'deny'\n");
    assert_eq!(lints(&[]), ["deny[two]"]);
    home.add("source/web.md", format!("---\ndeckc:\n  lints: {{one: warn, two: allow}}\n---\n{DECK}"));
    assert_eq!(lints(&[]), ["warn[one]"]);
}

#[test]
fn a_name_that_is_none_is_told_with_the_nearest_of_the_projects_own() {
    let home = project(&[("todo-left", "pattern: TODO")]);
    home.deckc(&["check", "-A", "todo-lft"]).fails("there is no lint `todo-lft`", "did you mean `todo-left`?");
    home.deckc(&["explain", "todo-lft"]).fails("there is no lint `todo-lft`", "did you mean `todo-left`?");
    home.add(
        "source/web.md",
        format!("---\ndeckc:\n  lints: {{todo-lft: warn}}\n---\n{DECK}<!-- deckc allow: todo-lef -->\n"),
    );
    let ran = home.deckc(&["check"]);
    ends(&ran, 1, "there is no lint `todo-lft`");
    ends(&ran, 1, "there is no lint `todo-lef`");
    assert_eq!(ran.stdout.matches("did you mean `todo-left`?").count(), 2, "{}", ran.stdout);
    home.add("deckc.toml", "[lints]\ntodo-lft = 'deny'\n");
    ends(&home.deckc(&["check"]), 2, "did you mean `todo-left`?");
}

#[test]
fn comments_allow_what_it_finds() {
    for names in ["todo-left", "own", "all"] {
        let home = project(&[("todo-left", "pattern: TODO\nscope: answer")]);
        home.add(
            "source/web.md",
            format!("## Q?\n\n<!-- deckc allow: {names} -- it is asked for -->\n\nTODO\n\nAnd more.\n"),
        );
        home.deckc(&["check"]).is_clean();
    }
    let home = project(&[("todo-left", "pattern: TODO")]);
    home.add("source/web.md", "## Q?\n\n<!-- deckc allow: todo-left -->\n\nNothing.\n");
    ends(&home.deckc(&["check"]), 1, "there is nothing of `todo-left` to allow here");
    home.deckc(&["check", "-A", "todo-left"]).is_clean();
}

#[test]
fn a_baseline_knows_it_again() {
    let home = project(&[("todo-left", "pattern: TODO")]);
    home.deckc(&["check", "--baseline", "known.json", "--write-baseline"]).is_clean();
    assert_eq!(home.deckc(&["check", "--baseline", "known.json"]).code, 0);
    home.add("source/web.md", format!("{DECK}\nTODO again\n"));
    let ran = home.check(&["--baseline", "known.json"]);
    assert_eq!((ran.code, ran.stdout.matches("[todo-left]").count()), (1, 1), "{}", ran.stdout);
}

#[test]
fn every_format_tells_it() {
    let home = project(&[("todo-left", "pattern: TODO")]);
    for format in ["fancy", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        let ran = home.deckc(&["check", "--format", format]);
        ends(&ran, 1, "todo-left");
        assert!(!ran.stdout.contains("source/lints/todo-left.md"), "{format} has no address for it: {}", ran.stdout);
    }
}

#[test]
fn pages_are_listed_and_explained() {
    let home = project(&[("todo-left", "pattern: TODO\nlevel: deny\nreplace: ''")]);
    ends(&home.deckc(&["lints"]), 0, "\nown\n  todo-left                deny   It is found\n");
    let ran = home.deckc(&["explain", "todo-left"]);
    ends(
        &ran,
        0,
        "# todo-left\n\nIt is found.\n\nlevel: deny, group: own, scope: text, page: lints/todo-left.md\npattern: TODO\n",
    );
    let ran = home.deckc(&["lints", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let last = listed["lints"].as_array().and_then(|lints| lints.last()).expect("a lint");
    let expected = serde_json::json!({
        "name": "todo-left", "level": "deny", "group": "own", "since": null, "summary": "It is found", "url": null,
        "path": "lints/todo-left.md", "fixable": true, "can_be_lowered": true,
    });
    assert_eq!(last, &expected);
}

#[test]
fn examples_are_tried() {
    let good = "## Bad\n\n~~~~~markdown\n## Q?\n\nTODO\n~~~~~\n\n~~~~~markdown fixed\n## Q?\n\nDONE\n~~~~~\n\n## Good\n\n~~~~~markdown\n## Q?\n\nA.\n~~~~~\n";
    let home = project(&[]);
    let write = |body: &str| {
        home.add(
            "lints/todo-left.md",
            format!("{}\n{body}", page("todo-left", "pattern: TODO\nreplace: DONE\nlevel: allow")),
        );
    };
    write(good);
    ends(&home.deckc(&["lints", "--test"]), 0, "1 page with 3 examples: all as they should be\n");
    for (body, said) in [
        (good.replace("\nTODO\n", "\nDO\n"), "lints/todo-left.md: line 13, bad example 1 raises nothing\n"),
        (good.replace("A.", "A TODO."), "line 27, good example 1 raises something:\n    todo-left at its line 3"),
        (good.replace("DONE", "DUNE"), "line 19, fixed text of bad example 1 is not what the fix makes:\n  ## Q?\n"),
        (good.replace("## Good", "## Better"), "`## Good` shows no example"),
        (String::new(), "`## Bad` shows no example"),
    ] {
        write(&body);
        let ran = home.deckc(&["lints", "--test"]);
        ends(&ran, 1, said);
        ends(&ran, 1, "1 not as it should be\n");
    }
    ends(
        &Home::new().deckc(&["lints", "--test"]),
        0,
        "no lints of its own: their pages lie in `lints/` beside a `deckc.toml`\n",
    );
}

#[test]
fn a_page_can_not_fill_the_memory() {
    let home = project(&[]);
    let example = |bytes: usize, times: usize| {
        format!("\n~~~~~markdown last line {times} times\n## Q?\n\n{}\n~~~~~\n", "TODO ".repeat(bytes / 5))
    };
    for examples in [example(100_000, 100_000), example(1_000, 1_000).repeat(5)] {
        let page = page("todo-left", "pattern: TODO");
        home.add(
            "lints/todo-left.md",
            format!("{page}\n## Bad\n{examples}\n## Good\n\n~~~~~markdown\n## Q?\n\nA\n~~~~~\n"),
        );
        ends(&home.deckc(&["lints", "--test"]), 1, ": the repeated lines of a page are more than 4 MB\n");
    }
}

#[test]
fn mistakes_are_told_in_the_page() {
    for (name, text, said) in [
        ("x", page("x", "pattern: '(a'"), "the pattern is no regular expression"),
        ("x", page("x", "pattern: ''"), "the pattern finds nothing, everywhere"),
        ("x", page("x", "pattern: 'a*'"), "finds the empty text"),
        ("x", page("x", "pattern: '\\b'"), "finds the empty text"),
        ("x", page("x", "pattern: '(a{1000}){1000}'"), "the pattern is too large"),
        ("x", page("x", &format!("pattern: {}", "a".repeat(20_000))), "longer than 10000 bytes"),
        (
            "x",
            page("x", &format!("pattern: '{}a{}'", "(".repeat(3_000), ")".repeat(3_000))),
            "the pattern is no regular expression",
        ),
        ("x", page("x", "pattern:"), "the lint `x` has no pattern"),
        ("x", page("x", "pattern: [a]"), "`pattern` should be a text, not a list"),
        ("x", page("x", "level: deny"), "the lint `x` has no pattern"),
        ("x", "# x\n\nIt.\n".to_owned(), "no front matter"),
        ("x", String::new(), "no front matter"),
        ("x", page("x", "pattern: a\npatern: b"), "did you mean `pattern`?"),
        ("x", page("x", "pattern: a\nlevel: error"), "`level` can't be `error`"),
        ("x", page("x", "pattern: a\nscope: answers"), "did you mean `answer`?"),
        ("x", page("x", "pattern: a\nlanguages: [js]"), "`languages` are of code only"),
        ("x", page("x", "pattern: a\nmessage: $1"), "the pattern has no group `$1`"),
        ("x", page("x", "pattern: a\nreplace: '${b}'"), "the pattern has no group `${b}`"),
        ("x", page("y", "pattern: a"), "the title is `y`, the page is called `x`"),
        ("x", "---\npattern: a\n---\n\nIt.\n".to_owned(), "the page has no title"),
        ("x", "---\npattern: a\n---\n\n# x\n".to_owned(), "the page says nothing below its title"),
        ("x", "---\npattern: [a\n---\n\n# x\n\nIt.\n".to_owned(), "the front matter can't be read"),
        ("number-gap", page("number-gap", "pattern: a"), "`number-gap` is a lint of deckc itself"),
        ("numbers", page("numbers", "pattern: a"), "`numbers` is a group of deckc itself"),
        ("all", page("all", "pattern: a"), "`all` is a group of deckc itself"),
        ("Left_Over", page("Left_Over", "pattern: a"), "`Left_Over` can't be the name of a lint"),
    ] {
        let home = project(&[]);
        home.add(&format!("lints/{name}.md"), text);
        let ran = home.deckc(&["check"]);
        ends(&ran, 2, said);
        assert!(ran.stderr.contains(&format!("lints/{name}.md:")) && ran.stderr.contains("help: "), "{}", ran.stderr);
    }
}

#[test]
fn a_page_that_is_no_text_is_told() {
    let home = project(&[]);
    home.add("lints/x.md", b"---\npattern: a\xff\n---\n\n# x\n\nIt.\n");
    ends(&home.deckc(&["check"]), 2, "the page is not UTF-8");
}

#[test]
fn a_name_of_a_page_with_mistakes_is_no_second_mistake() {
    let home = project(&[("x", "pattern: '('")]);
    home.add("deckc.toml", "[lints]\nx = 'deny'\n");
    let ran = home.deckc(&["check", "-A", "x"]);
    ends(&ran, 2, "unclosed group");
    assert!(!ran.stderr.contains("there is no lint"), "{}", ran.stderr);
}

#[test]
fn what_is_no_page_is_passed_over() {
    let home = project(&[("todo-left", "pattern: TODO")]);
    home.add("lints/README.md", "# Our lints\n");
    home.add("lints/number-gap.md", "# number-gap\n\nAs deckc has it.\n");
    home.add("lints/notes.txt", "no page");
    home.add("lints/old/x.md", "no page");
    assert_eq!(found(&home, &["-A", "all", "-W", "own"]).len(), 1);
    assert_eq!(home.check(&["."]).stdout.matches("lints/todo-left.md").count(), 0, "a page is no deck");
}

#[test]
fn without_a_deckc_toml_there_are_none() {
    let home = Home::with("source/web.md", DECK);
    home.add("lints/x.md", "# Anything\n");
    home.add("lints/todo-left.md", page("todo-left", "pattern: TODO"));
    assert_eq!(found(&home, &["-A", "all"]), [""; 0]);
    home.deckc(&["check", "-W", "todo-left"])
        .fails("there is no lint `todo-left`", "see `deckc lints` for all of them and their groups");
}

#[test]
fn of_very_many_places_the_first_are_told() {
    let home = project(&[("each", "pattern: '(?s).'\nscope: source"), ("whole", "pattern: '(?s).+'\nscope: source")]);
    home.add("source/web.md", format!("## Q?\n\n{}\n", "ab ".repeat(100_000)));
    let ran = home.check(&[]);
    ends(&ran, 1, "It is found (the first 1000 places; more are not looked for)");
    ends(&ran, 1, "warn[whole] It is found\n");
    let ran = home.deckc(&["check", "--format", "sarif", "-A", "whole"]);
    assert_eq!(ran.stdout.matches("\"ruleId\": \"each\"").count(), 1_000);
    ends(&ran, 1, "this is place 1000 of this file, and more are not looked for");
}

#[test]
fn very_many_pages_are_refused() {
    let home = project(&[]);
    for number in 0..10_000 {
        home.add(&format!("lints/p{number}.md"), "x");
    }
    ends(&home.deckc(&["check"]), 2, "`lints/` holds 10000 pages of lints, 1000 are the most");
}

#[test]
fn many_pages_are_read_once() {
    let home = project(&[]);
    for number in 0..300 {
        home.add(
            &format!("lints/p{number}.md"),
            page(&format!("p{number}"), &format!("pattern: TODO\nmessage: m{number}")),
        );
    }
    let mut decks = String::new();
    for number in 0..50 {
        let _ = write!(decks, "## Q {number}?\n\nA.\n\n");
        home.add(&format!("source/{number}/deck.md"), &decks);
    }
    assert_eq!(found(&home, &[]).len(), 300);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_the_folder_do_no_harm() {
    use std::os::unix::fs::symlink;

    let home = project(&[("todo-left", "pattern: TODO")]);
    symlink("../lints", home.path("lints/self.md")).expect("a link");
    let pipe = std::process::Command::new("mkfifo").arg(home.path("lints/pipe.md")).status().expect("mkfifo");
    assert!(pipe.success());
    assert_eq!(found(&home, &["-A", "all", "-W", "own"]).len(), 1);
    symlink("b.md", home.path("lints/a.md")).expect("a link");
    symlink("a.md", home.path("lints/b.md")).expect("a link");
    ends(&home.deckc(&["check"]), 2, "too many levels of symbolic links");
    let home = project(&[]);
    let outside = Home::with("x.md", page("x", "pattern: a"));
    std::fs::create_dir(home.path("lints")).expect("a folder");
    symlink(outside.path("x.md"), home.path("lints/x.md")).expect("a link");
    ends(&home.deckc(&["check"]), 2, "the page `lints/x.md` lies outside of the project");
}

#[test]
fn code_scanning_is_told_what_a_page_says() {
    let home = project(&[("todo-left", "pattern: TODO\nlevel: deny")]);
    let body = "# todo-left\n\nWork that is left.\n\n## Why\n\nNobody learns\nwhat is to be written.\n";
    home.add("lints/todo-left.md", format!("---\npattern: TODO\nlevel: deny\n---\n\n{body}"));
    let log: serde_json::Value =
        serde_json::from_str(&home.deckc(&["check", "--format=sarif"]).stdout).unwrap_or_default();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().cloned().unwrap_or_default();
    let rule = rules.iter().find(|rule| rule["id"] == "todo-left").cloned().unwrap_or_default();
    assert_eq!(rule["shortDescription"]["text"], "Work that is left");
    let whole = "Work that is left. Nobody learns what is to be written.";
    assert_eq!(rule["fullDescription"]["text"], whole);
    assert_eq!(rule["help"]["markdown"].as_str().map(str::trim), Some(body.trim()));
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
}

#[test]
fn more_places_than_are_told_are_mended_in_one_run() {
    let home = Home::with("deckc.toml", "");
    home.add("lints/aa.md", "---\npattern: a\nscope: source\nreplace: b\n---\n\n# aa\n\nFinds it.\n");
    home.add("source/deck.md", format!("## What?\n\n{}\n", "a b ".repeat(1500)));
    let ran = home.deckc(&["check", "--unsafe-fixes", "--format", "concise"]);
    assert_eq!(ran.stdout, "no findings in 1 file (1 note)\nfixed 1501 findings in 1 file\n");
    assert!(!home.read("source/deck.md").contains('a'));
}

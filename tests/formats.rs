//! Reports for other programs, each read as those programs read it: SARIF by the standard's own schema, GitLab's by its
//! documentation, JUnit by a library that reads it, GitHub's commands as the runner takes them apart.
#![expect(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "tests say what they expect")]

#[path = "support/home.rs"]
mod home;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use deckc::check;
use deckc::diagnostic::{Diagnostic, Level};
use deckc::lints::CATALOGUE;
use deckc::project::Project;
use deckc::settings::OnCommandLine;
use home::Home;
use percent_encoding::percent_decode_str;
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;

/// A path and a text that use whatever has a meaning in one of the formats.
const AWKWARD_PATH: &str = "source/a, b:c %41 <ü>&'[]#?.md";
const AWKWARD: &str = "\u{feff}# Deck\r\n\r\n1. What is 100%0A, \u{1b}[31m <b>&amp;]]></b>: [x](y)::\u{fffe}\u{ffff} 🗃\u{fe0f}?\r\n   - x\r\n2. What is a heap?\r\n   - y\r\n2. What is a heap?\r\n   - z\r\n";

/// A project with the bad examples of all lints, a file that is clean, and an awkward one.
fn project() -> Home {
    let home = Home::new();
    home.add(".git/HEAD", "");
    home.add(AWKWARD_PATH, AWKWARD);
    home.add("source/clean.md", "# Deck\n\n## What is a move?\n\nA change of owner.\n");
    for lint in CATALOGUE {
        let bad = lint.page.split("\n## Bad\n").nth(1).unwrap().split("\n## Good\n").next().unwrap();
        for (number, example) in bad.split("\n~~~~~markdown\n").skip(1).enumerate() {
            let text = example.split("\n~~~~~\n").next().unwrap();
            home.add(&format!("source/{}/{number}.md", lint.name), format!("{text}\n"));
        }
    }
    home
}

/// What is found in a project, each finding for itself or as it is shown.
fn findings(home: &Home, each: bool) -> (Project, Vec<Diagnostic>) {
    let mut project = Project::read(&[home.path("source")], None, &OnCommandLine::default()).unwrap();
    project.look_at_media();
    project.look_at_links();
    let found = check::find(&project.sources, &project.files, &project.identity_faults());
    let shown = if each { found } else { check::gather(found) };
    assert!(shown.len() > 60 && shown.iter().any(|finding| finding.fix.is_some()), "{} findings", shown.len());
    (project, shown)
}

fn report(home: &Home, format: &str) -> String {
    let ran = home.deckc(&["check", "--format", format]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    ran.stdout
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A path below the root of the project, as the finding's source has it.
fn path_of(home: &Home, project: &Project, finding: &Diagnostic) -> String {
    let source = project.sources.get(finding.primary().unwrap().span.source);
    source.path().strip_prefix(home.0.path()).unwrap().to_string_lossy().replace('\\', "/")
}

fn complaints(schema: &str, value: &Value) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(schema);
    let mut schema = parsed(&schema_text(&path));
    // A pattern of the standard's, for languages that deckc does not name, has a bracket too many.
    for owner in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")) {
            *language = serde_json::json!({ "type": "string" });
        }
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

#[expect(clippy::disallowed_methods, reason = "a schema is no source")]
fn schema_text(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

// SARIF

fn sarif(home: &Home) -> Value {
    parsed(&report(home, "sarif"))
}

#[test]
fn sarif_is_valid_and_its_schema_would_tell() {
    let mut log = sarif(&project());
    assert_eq!(complaints("sarif-2.1.0.json", &log), Vec::<String>::new());
    for (pointer, broken) in [
        ("/runs/0/results/0/message", Value::Null),
        ("/runs/0/results/0/level", "deny".into()),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", 0.into()),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "a b.md".into()),
        ("/runs/0/columnKind", "bytes".into()),
    ] {
        let place = log.pointer_mut(pointer).unwrap();
        let good = std::mem::replace(place, broken);
        assert_ne!(complaints("sarif-2.1.0.json", &log), Vec::<String>::new(), "{pointer}");
        *log.pointer_mut(pointer).unwrap() = good;
    }
}

#[test]
fn sarif_has_each_finding_with_its_rule_and_fingerprint() {
    let home = project();
    let (project, found) = findings(&home, true);
    let log = sarif(&home);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["newlineSequences"], serde_json::json!(["\r\n", "\n", "\r"]));
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &driver["version"]), (&"deckc".into(), &env!("CARGO_PKG_VERSION").into()));
    let rules = driver["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, CATALOGUE.iter().map(|lint| lint.name).collect::<Vec<_>>());
    for (rule, lint) in rules.iter().zip(CATALOGUE) {
        assert_eq!(rule["help"]["markdown"], lint.page);
        assert_eq!(rule["help"]["text"], lint.page);
        assert_eq!(rule["shortDescription"]["text"], lint.summary());
        let description = rule["fullDescription"]["text"].as_str().unwrap();
        assert!(description.len() > lint.summary().len() + 20, "{}: {description}", lint.name);
        assert!(rule["helpUri"].as_str().unwrap().ends_with(&format!("/{}.md", lint.name)));
        assert_eq!(rule["defaultConfiguration"]["enabled"], lint.level > Level::Allow);
        assert_eq!(rule["properties"]["tags"][0], lint.group.name());
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), found.len());
    let mut prints = HashSet::new();
    for (result, finding) in results.iter().zip(&found) {
        assert_eq!(result["ruleId"], *finding.lint);
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], *finding.lint);
        assert_eq!(result["level"], if finding.level == Level::Deny { "error" } else { "warning" });
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        let path = path_of(&home, &project, finding);
        assert_eq!(percent_decode_str(uri).decode_utf8().unwrap(), path);
        assert!(prints.insert((path, result["partialFingerprints"]["deckc/v1"].as_str().unwrap())), "{result}");
    }
}

/// The text of a region, found by its lines and columns, which count characters; the byte order mark takes none.
fn under<'a>(text: &'a str, region: &Value) -> &'a str {
    let number = |key: &str| region[key].as_u64().unwrap() as usize;
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = |line: usize, column: usize| {
        let start: usize = bare.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let inside: usize = bare[start..].chars().take(column - 1).map(char::len_utf8).sum();
        text.len() - bare.len() + start + inside
    };
    let range = offset(number("startLine"), number("startColumn"))..offset(number("endLine"), number("endColumn"));
    if let Some(start) = region["byteOffset"].as_u64() {
        assert_eq!(range, start as usize..(start + region["byteLength"].as_u64().unwrap()) as usize, "{region}");
    }
    &text[range]
}

#[test]
fn sarif_places_every_label_and_edit() {
    let home = project();
    let (project, found) = findings(&home, true);
    let log = sarif(&home);
    let text_at = |location: &Value| {
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        home.read(&percent_decode_str(uri).decode_utf8().unwrap())
    };
    let (mut related, mut edits) = (0, 0);
    for (result, finding) in log["runs"][0]["results"].as_array().unwrap().iter().zip(&found) {
        let mut labels: Vec<_> = finding.labels.iter().collect();
        labels.sort_by_key(|label| !label.primary);
        let locations = result["locations"].as_array().unwrap().iter();
        let others = result["relatedLocations"].as_array().map(Vec::as_slice).unwrap_or_default();
        related += others.len();
        let places: Vec<&Value> = locations.chain(others).collect();
        assert_eq!(places.len(), labels.len());
        for (place, label) in places.iter().zip(labels) {
            let text = text_at(&place["physicalLocation"]);
            let range = label.span.range();
            assert_eq!(under(&text, &place["physicalLocation"]["region"]), &text[range], "{place}");
            assert_eq!(place["message"]["text"].as_str().unwrap_or(""), label.message);
        }
        let message = result["message"]["text"].as_str().unwrap();
        for other in others.iter().take(10) {
            assert!(message.contains(&format!("]({})", other["id"])), "{message}");
        }
        assert!(message.contains(finding.help.as_deref().unwrap_or("")) || message.contains('\\'), "{message}");
        let Some(fix) = &finding.fix else {
            assert!(result["fixes"].is_null());
            continue;
        };
        let change = &result["fixes"][0]["artifactChanges"][0];
        let text = text_at(change);
        let replacements = change["replacements"].as_array().unwrap();
        assert_eq!(replacements.len(), fix.edits.len());
        for (replacement, edit) in replacements.iter().zip(&fix.edits) {
            assert_eq!(under(&text, &replacement["deletedRegion"]), project.sources.slice(edit.span));
            assert_eq!(replacement["insertedContent"]["text"], edit.text);
            edits += 1;
        }
    }
    assert!(related > 20 && edits > 10, "{related} labels, {edits} edits");
}

#[test]
fn sarif_says_nothing_of_this_machine() {
    let home = project();
    let text = report(&home, "sarif");
    assert!(!text.contains(home.0.path().to_str().unwrap()));
    let bases = &parsed(&text)["runs"][0]["originalUriBaseIds"];
    assert_eq!(bases.as_object().unwrap().keys().collect::<Vec<_>>(), ["%SRCROOT%"]);
    assert!(bases["%SRCROOT%"]["uri"].is_null());
}

#[test]
fn sarif_tells_apart_where_two_projects_lie() {
    let home = Home::with("one/.git/HEAD", "");
    home.add("two/.git/HEAD", "");
    home.add("one/deck.md", "");
    home.add("two/deck.md", "");
    let ran = home.deckc(&["check", "--format", "sarif", "one", "two"]);
    let log = parsed(&ran.stdout);
    assert_eq!(complaints("sarif-2.1.0.json", &log), Vec::<String>::new());
    let run = &log["runs"][0];
    let place = |index: usize| {
        let at = &run["results"][index]["locations"][0]["physicalLocation"]["artifactLocation"];
        let base = run["originalUriBaseIds"][at["uriBaseId"].as_str().unwrap()]["uri"].as_str().unwrap();
        url::Url::parse(base).unwrap().join(at["uri"].as_str().unwrap()).unwrap().to_file_path().unwrap()
    };
    let file = |path: &str| home.path(path).canonicalize().unwrap();
    assert_eq!((place(0), place(1)), (file("one/deck.md"), file("two/deck.md")));
}

// GitLab

#[test]
fn gitlab_is_valid_and_its_schema_would_tell() {
    let home = project();
    let mut list = parsed(&report(&home, "gitlab"));
    assert_eq!(complaints("gitlab-code-quality.json", &list), Vec::<String>::new());
    for (pointer, broken) in [("/0/severity", "deny"), ("/0/location/lines/begin", "1"), ("/0/location/path", "./a.md")]
    {
        let good = std::mem::replace(list.pointer_mut(pointer).unwrap(), broken.into());
        assert_ne!(complaints("gitlab-code-quality.json", &list), Vec::<String>::new(), "{pointer}");
        *list.pointer_mut(pointer).unwrap() = good;
    }
    let clean = home.deckc(&["check", "--format", "gitlab", "source/clean.md"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, "[]\n"));
}

#[test]
fn gitlab_has_each_finding_once() {
    let home = project();
    // The same text, and so the same findings, in one more file.
    home.add("source/copy.md", AWKWARD);
    let (project, found) = findings(&home, true);
    let list = parsed(&report(&home, "gitlab"));
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), found.len());
    let prints: BTreeSet<&str> = list.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), list.len());
    for (issue, finding) in list.iter().zip(&found) {
        assert_eq!(issue["check_name"], *finding.lint);
        assert_eq!(issue["severity"], if finding.level == Level::Deny { "major" } else { "minor" });
        assert_eq!(issue["location"]["path"], path_of(&home, &project, finding));
        let label = finding.primary().unwrap();
        let (first, last) = project.sources.get(label.span.source).lines(label.span);
        assert_eq!(issue["location"]["lines"], serde_json::json!({ "begin": first, "end": last }));
        assert!(issue["description"].as_str().unwrap().starts_with(&finding.message));
    }
}

#[test]
fn gitlab_knows_a_finding_again_where_lines_have_moved() {
    let prints = |text: &str| -> Vec<String> {
        let home = Home::with("deck.md", text);
        let list = parsed(&home.deckc(&["check", "--format", "gitlab", "deck.md"]).stdout);
        list.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let before = prints(AWKWARD);
    let moved = AWKWARD.replace("# Deck\r\n", "# Deck\r\n\r\n\r\n\r\n").replace("\r\n", "\n");
    assert_eq!(prints(&moved), before);
    assert_ne!(prints(&AWKWARD.replace("heap", "stack")), before);
}

// JUnit

/// What a case is called, and of what file it is.
type Case = (String, String);

fn junit(text: &str) -> (Report, BTreeMap<Case, TestCaseStatus>) {
    let report = Report::deserialize_from_str(text).unwrap_or_else(|error| panic!("{error}"));
    let mut cases = BTreeMap::new();
    for suite in &report.test_suites {
        assert_eq!(suite.tests, suite.test_cases.len());
        for case in &suite.test_cases {
            let file = case.classname.as_ref().unwrap();
            assert_eq!(file, &suite.name);
            cases.insert((case.name.to_string(), file.to_string()), case.status.clone());
        }
    }
    (report, cases)
}

#[test]
fn junit_has_a_suite_for_each_file_and_a_failure_for_each_finding() {
    let home = project();
    let (project, found) = findings(&home, true);
    let (report, cases) = junit(&report(&home, "junit"));
    assert_eq!(report.test_suites.len(), project.files.len());
    assert_eq!(report.failures, found.len());
    assert_eq!(report.tests, report.test_suites.iter().map(|suite| suite.tests).sum::<usize>());
    let passed = |status: &TestCaseStatus| matches!(status, TestCaseStatus::Success { .. });
    let clean: Vec<&Case> = cases.iter().filter(|(_, status)| passed(status)).map(|(case, _)| case).collect();
    assert!(clean.iter().any(|(_, file)| file == "source/clean.md"), "{clean:?}");
    assert_eq!(report.tests, report.failures + clean.len());
    for finding in &found {
        let label = finding.primary().unwrap();
        let start = project.sources.get(label.span.source).position(label.span.start);
        let name = format!("{} at {}:{}", finding.lint, start.line, start.column);
        let status = &cases[&(name, path_of(&home, &project, finding))];
        let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message, ty, .. } = status else {
            panic!("{finding:?} is {status:?}")
        };
        assert_eq!(ty.as_ref().unwrap().as_str(), finding.level.name());
        let is_awkward = finding.message.contains(['\u{1b}', '\u{fffe}']);
        assert!(is_awkward || message.as_ref().unwrap().as_str() == finding.message, "{message:?}");
    }
}

#[test]
fn junit_holds_no_character_that_xml_forbids() {
    let first = AWKWARD.lines().nth(2).unwrap();
    let home = Home::with("deck.md", AWKWARD.replace("2. What is a heap?", first));
    let text = home.deckc(&["check", "--format", "junit", "deck.md"]).stdout;
    assert!(text.contains("␛[31m &amp;]]&gt;: x::"), "{text}");
    let forbidden =
        |character: char| (character.is_control() && character != '\n') || matches!(character, '\u{fffe}' | '\u{ffff}');
    assert!(!text.contains(forbidden), "{text:?}");
    junit(&text);
}

#[test]
fn junit_has_one_passed_case_for_a_clean_file() {
    let home = Home::with("source/clean.md", "# Deck\n\n## What is a move?\n\nA change of owner.\n");
    let ran = home.deckc(&["check", "--format", "junit"]);
    assert_eq!(ran.code, 0);
    let (report, cases) = junit(&ran.stdout);
    assert_eq!((report.tests, report.failures), (1, 0));
    assert_eq!(cases.keys().next().unwrap().1, "source/clean.md");
}

// GitHub

/// A command of a workflow, taken apart as the runner does.
#[derive(Debug)]
struct Annotation {
    command: String,
    properties: BTreeMap<String, String>,
    message: String,
}

/// As `ActionCommand` of the runner reads a line: the name up to a space, properties up to `::`, divided by commas; then
/// the escapes are undone, `%25` last.
fn annotation(line: &str) -> Option<Annotation> {
    let (head, message) = line.strip_prefix("::")?.split_once("::")?;
    let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("{pair:?} in {line}"));
        (key.to_owned(), property(value))
    });
    Some(Annotation { command: command.to_owned(), properties: properties.collect(), message: data(message) })
}

#[test]
fn github_has_an_annotation_for_each_finding_and_then_the_summary() {
    let home = project();
    let (project, found) = findings(&home, false);
    let text = report(&home, "github");
    let lines: Vec<&str> = text.lines().collect();
    let (commands, [summary, fixable]) = lines.split_at(lines.len() - 2) else { panic!("{text}") };
    assert!(fixable.contains("fixable with `--fix`"), "{fixable}");
    assert!(summary.starts_with(&format!("{} findings in ", found.len())), "{summary}");
    assert_eq!(commands.len(), found.len());
    for (line, finding) in commands.iter().zip(&found) {
        let Annotation { command, properties, message } = annotation(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(command, if finding.level == Level::Deny { "error" } else { "warning" });
        assert_eq!(properties["file"], path_of(&home, &project, finding));
        assert_eq!(properties["title"], *finding.lint);
        let label = finding.primary().unwrap();
        let source = project.sources.get(label.span.source);
        let (first, last) = source.lines(label.span);
        assert_eq!((&properties["line"], &properties["endLine"]), (&first.to_string(), &last.to_string()));
        let column = source.position(label.span.start).column.to_string();
        assert_eq!(properties.get("col"), (first == last).then_some(&column));
        assert_eq!(properties.contains_key("endColumn"), first == last);
        let shown = finding.message.replace('\u{1b}', "␛");
        assert_eq!(message.lines().next().unwrap(), shown);
        assert!(!message.contains('\u{1b}'));
        assert!(message.ends_with(finding.help.as_deref().unwrap_or("")));
    }
    assert!(found.iter().any(|finding| finding.labels.len() > 1));
}

#[test]
fn github_takes_what_an_author_writes_as_text() {
    let question = "What is 100%0A, a%25b: c::error file=x::y?";
    let text = format!("# Deck\n\n1. {question}\n   - x\n2. {question}\n   - y\n");
    let home = Home::with("100%, a:b/deck.md", text);
    let ran = home.deckc(&["check", "--format", "github", "100%, a:b/deck.md"]);
    let annotations: Vec<Annotation> = ran.stdout.lines().filter_map(annotation).collect();
    let twice = annotations.iter().find(|it| it.properties["title"] == "duplicate-question").unwrap();
    assert_eq!(twice.message.lines().next().unwrap(), format!("`{question}` is asked twice"));
    assert_eq!(twice.message.lines().nth(1).unwrap(), "100%, a:b/deck.md:3: asked here first");
    assert_eq!(twice.properties["file"], "100%, a:b/deck.md");
}

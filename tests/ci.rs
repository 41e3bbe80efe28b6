//! The hooks for pre-commit and the action for GitHub, as their users run them.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests say what they expect"
)]

#[path = "support/home.rs"]
mod home;
#[path = "support/python.rs"]
mod python;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use home::Home;
use serde_json::Value;

const REPEATED: &str =
    "# Deck\n\n## 1. What is a heap?\n\nA tree.\n\n## 2. What is a stack?\n\nA list.\n\n## 2. Who?\n\nMe.\n";
const TOOLS: [&str; 2] = ["pre-commit==4.7.0", "check-jsonschema==0.39.0"];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(here(path)).unwrap()).unwrap()
}

fn deckc() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_deckc"))
}

/// The usual programs, with those of a folder before them.
fn path_with(folder: &Path) -> OsString {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([folder.to_path_buf()].into_iter().chain(std::env::split_paths(&usual))).unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A program of [`TOOLS`], run in a folder.
fn tool(name: &str, folder: &Path, arguments: &[&str]) -> Option<Output> {
    let program = python::with("ci-venv", &TOOLS)?.with_file_name(name);
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    // Whoever runs the tests may do so in a hook.
    for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(inherited);
    }
    command.env("PRE_COMMIT_HOME", folder.join(".cache")).env("PATH", path_with(deckc().parent().unwrap()));
    Some(command.output().unwrap())
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git").current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn pre_commit_and_github_take_the_files_for_what_they_are() {
    let root = here("");
    let manifest = ["validate-manifest", ".pre-commit-hooks.yaml"];
    let action = ["--builtin-schema", "vendor.github-actions", "action.yml"];
    for (program, arguments) in [("pre-commit", &manifest[..]), ("check-jsonschema", &action[..])] {
        let Some(output) = tool(program, &root, arguments) else { return };
        assert!(output.status.success(), "{}", told(&output));
    }
}

/// A work tree whose hooks are ours, but for how deckc is installed: it is there.
fn hooked(hook: &str) -> Home {
    let home = Home::with("source/deck.md", REPEATED);
    home.add(".gitignore", ".cache\n");
    let hooks = yaml(".pre-commit-hooks.yaml");
    let mut hook = hooks.as_array().unwrap().iter().find(|found| found["id"] == hook).unwrap().clone();
    assert_eq!(hook["language"], "rust");
    hook["language"] = "system".into();
    let config = serde_json::json!({ "repos": [{ "repo": "local", "hooks": [hook] }] });
    home.add(".pre-commit-config.yaml", config.to_string());
    git(home.0.path(), &["init", "--quiet"]);
    git(home.0.path(), &["add", "."]);
    home
}

#[test]
fn the_hook_reports_findings_and_stops_the_commit() {
    let home = hooked("deckc");
    let Some(output) = tool("pre-commit", home.0.path(), &["run", "--color", "never"]) else { return };
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("number-repeat"), "{}", told(&output));
    assert_eq!(home.read("source/deck.md"), REPEATED);
}

#[test]
fn the_hook_that_fixes_stops_the_first_commit_and_lets_the_next_pass() {
    let home = hooked("deckc-fix");
    let run = || tool("pre-commit", home.0.path(), &["run", "--color", "never"]);
    let Some(output) = run() else { return };
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("files were modified by this hook"), "{}", told(&output));
    assert_eq!(home.read("source/deck.md"), REPEATED.replace("2. Who", "3. Who"));
    git(home.0.path(), &["add", "."]);
    let output = run().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn the_hook_runs_where_a_deck_changes_and_not_elsewhere() {
    let home = hooked("deckc");
    home.add("main.c", "int main(void) {}");
    git(home.0.path(), &["rm", "--quiet", "--cached", "source/deck.md"]);
    git(home.0.path(), &["add", "main.c"]);
    let Some(output) = tool("pre-commit", home.0.path(), &["run", "--color", "never"]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("no files to check"), "{}", told(&output));
}

/// What a runner of GitHub has when it comes to the action.
struct Runner {
    home: Home,
    inputs: Vec<(&'static str, String)>,
}

impl Runner {
    /// With deckc as the cache of an earlier run brings it.
    fn with_deckc() -> Self {
        let home = Home::with("source/deck.md", REPEATED);
        fs::create_dir_all(home.path("temp/deckc/bin")).unwrap();
        std::os::unix::fs::symlink(deckc(), home.path("temp/deckc/bin/deckc")).unwrap();
        Self { home, inputs: Vec::new() }
    }

    fn input(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.inputs.push((name, value.into()));
        self
    }

    /// The value an expression such as `${{ inputs.paths }}` has.
    fn value(&self, text: &str) -> String {
        let Some(expression) = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            return text.to_owned();
        };
        let name = expression.strip_prefix("inputs.").unwrap_or_else(|| panic!("{expression}"));
        let given = self.inputs.iter().find(|(given, _)| *given == name);
        let default = || yaml("action.yml")["inputs"][name]["default"].as_str().unwrap().to_owned();
        given.map_or_else(default, |(_, value)| value.clone())
    }

    /// Runs the steps that are scripts in their order, as the runner does: until one fails.
    fn run(&self) -> Output {
        let action = yaml("action.yml");
        let steps = action["runs"]["steps"].as_array().unwrap();
        let mut output = None;
        for step in steps.iter().filter(|step| step["run"].is_string()) {
            assert_eq!(step["shell"], "bash");
            let script = step["run"].as_str().unwrap();
            assert!(!script.contains("${{"), "an input in a script would be run:\n{script}");
            let folder = step["working-directory"].as_str().map_or(".".to_owned(), |text| self.value(text));
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]);
            command.current_dir(self.home.path(&folder)).env("PATH", path_with(&self.home.path("bin")));
            command.env("GITHUB_ACTION_PATH", here("")).env("RUNNER_TEMP", self.home.path("temp"));
            command.env("GITHUB_OUTPUT", self.home.path("output"));
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                command.env(name, self.value(value.as_str().unwrap()));
            }
            let ran = command.output().unwrap();
            let goes_on = ran.status.success();
            output = Some(ran);
            if !goes_on {
                break;
            }
        }
        output.unwrap()
    }
}

#[test]
fn the_action_annotates_findings_and_fails() {
    let output = Runner::with_deckc().run();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).starts_with("::warning file=source/deck.md,line=11,"), "{}", told(&output));
}

#[test]
fn the_action_passes_its_inputs_on() {
    let runner = Runner::with_deckc()
        .input("paths", "my decks/a.md\nmy decks/b.md\n")
        .input("format", "sarif")
        .input("output", "deckc.sarif")
        .input("args", "--fail-on deny  --tag x")
        .input("working-directory", "work");
    runner.home.add("work/my decks/a.md", REPEATED);
    runner.home.add("work/my decks/b.md", "# Other\n\n## Who?\n\nMe.\n");
    let output = runner.run();
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&runner.home.read("work/deckc.sarif")).unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap();
    let rules: Vec<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(rules, ["number-repeat"]);
}

#[test]
fn no_input_of_the_action_is_run() {
    let text = "$(touch ran) `touch ran`; touch ran *";
    for name in ["paths", "format", "output", "args"] {
        let runner = Runner::with_deckc().input(name, text);
        runner.run();
        let files = runner.home.files();
        assert!(!files.keys().any(|path| path == "ran" || path.ends_with("/ran")), "{name}: {:?}", files.keys());
    }
}

#[test]
fn the_action_installs_this_version_where_no_earlier_run_left_it() {
    let runner = Runner::with_deckc();
    fs::remove_file(runner.home.path("temp/deckc/bin/deckc")).unwrap();
    // What stands for cargo says how it was called, and puts deckc where it was told to.
    let script = format!(
        "#!/bin/sh\necho \"$@\" > {}\nln -s {} \"$6/bin/deckc\"\n",
        runner.home.path("called").display(),
        deckc().display()
    );
    runner.home.add("bin/cargo", script);
    fs::set_permissions(runner.home.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(runner.run().status.code(), Some(1));
    let root = runner.home.path("temp/deckc");
    let called = format!("install --locked --path {} --root {}\n", here("").display(), root.display());
    assert_eq!(runner.home.read("called"), called);
    let version = runner.home.read("output");
    let hash = version.trim_end().strip_prefix("version=").unwrap();
    assert!(hash.len() >= 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{version}");
}

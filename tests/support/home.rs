//! A folder to run the `deckc` binary in, and what it said.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "support of tests, which say what they expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Files and folders by their path from the home; a folder has no bytes.
pub type Files = BTreeMap<String, Option<Vec<u8>>>;

/// A folder to run deckc in.
pub struct Home(pub TempDir);

/// What a run said, and how it ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn with(path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let home = Self::new();
        home.add(path, bytes);
        home
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn add(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}; {:?}", self.files()))
    }

    /// Every file and folder with its bytes, hidden ones too.
    pub fn files(&self) -> Files {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.0.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let name = entry.path().strip_prefix(self.0.path()).unwrap().to_string_lossy().replace('\\', "/");
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                }
                files.insert(name, kind.is_file().then(|| fs::read(entry.path()).unwrap()));
            }
        }
        files
    }

    /// Nothing was written since, made or removed.
    #[track_caller]
    pub fn is_still(&self, before: &Files) {
        let now = self.files();
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let changed: Vec<&String> = names.into_iter().filter(|name| before.get(*name) != now.get(*name)).collect();
        assert!(changed.is_empty(), "{changed:?} changed");
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deckc"));
        for variable in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "SOURCE_DATE_EPOCH"] {
            command.env_remove(variable);
        }
        command.current_dir(self.0.path()).env("RUST_BACKTRACE", "1");
        // Below a file there is no folder: no test leaves a cache, or has the colours of another.
        command.env("DECKC_CACHE_DIR", concat!(env!("CARGO_BIN_EXE_deckc"), "/none"));
        command
    }

    pub fn deckc<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ran {
        Ran::of(self.command().args(arguments))
    }

    /// Runs deckc with a text on standard input.
    pub fn deckc_on(&self, input: impl AsRef<[u8]>, arguments: &[&str]) -> Ran {
        self.add(".stdin", input);
        let input = fs::File::open(self.path(".stdin")).unwrap();
        fs::remove_file(self.path(".stdin")).unwrap();
        Ran::reading(self.command().args(arguments), input.into())
    }

    /// Runs deckc where no file may grow beyond some blocks of 512 or 1024 bytes.
    #[cfg(unix)]
    pub fn on_a_small_disk(&self, blocks: usize, arguments: &str) -> Ran {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {arguments}");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_deckc")]).current_dir(self.0.path());
        Ran::of(&mut command)
    }

    /// Builds what is quick to build.
    pub fn build(&self, paths: &[&str]) -> Ran {
        self.deckc(&[&["build", "--formats", "csv,json"], paths].concat())
    }

    pub fn check(&self, paths: &[&str]) -> Ran {
        self.deckc(&[&["check", "--format", "concise"], paths].concat())
    }
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        Self::reading(command, Stdio::null())
    }

    fn reading(command: &mut Command, input: Stdio) -> Self {
        let output = command.stdin(input).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let code = output.status.code().unwrap_or_else(|| panic!("killed: {}\n{stdout}{stderr}", output.status));
        assert!(code <= 2, "{code}\n{stdout}{stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("backtrace"), "{stderr}");
        Self { code, stdout, stderr }
    }

    /// The run could not be made: what and what to do about it, on standard error only.
    #[track_caller]
    pub fn fails(&self, error: &str, help: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{}", self.stderr);
        assert_eq!(self.stderr, format!("error: {error}\n help: {help}\n"));
    }

    /// Findings, on standard output only.
    #[track_caller]
    pub fn finds(&self, what: &str) {
        assert_eq!((self.code, self.stderr.as_str()), (1, ""), "{}", self.stdout);
        assert!(self.stdout.contains(what), "{what:?} is not in:\n{}", self.stdout);
    }

    #[track_caller]
    pub fn is_clean(&self) {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
    }
}

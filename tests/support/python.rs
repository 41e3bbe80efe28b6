//! Programs from PyPI, each kind in a virtual environment below `target/`. Tests that need one say so and pass where
//! Python is missing, but fail in CI.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it, and unit tests may do so anyway")]
#![expect(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "support of tests, which say what they expect"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that has these packages. The first test that asks installs them, while the others wait for its lock.
pub fn with(environment: &str, packages: &[&str]) -> Option<PathBuf> {
    let home = target().join(environment);
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    fs::create_dir_all(target()).unwrap();
    let lock = File::create(target().join(format!("{environment}.lock"))).unwrap();
    lock.lock().unwrap();
    let ready = home.join(packages.join(" "));
    if ready.exists() {
        return Some(python);
    }
    match install(&home, &python, packages) {
        Ok(()) => {
            fs::write(ready, "").unwrap();
            Some(python)
        }
        Err(why) => {
            assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{packages:?} are needed in CI: {why}");
            eprintln!("skipped: {packages:?} can't be had here: {why}");
            None
        }
    }
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(usual, PathBuf::from)
}

fn install(home: &Path, python: &Path, packages: &[&str]) -> Result<(), String> {
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system).args(["-m", "venv", "--clear"]).arg(home))?;
    run(Command::new(python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

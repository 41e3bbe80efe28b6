//! `deckc init`: the files of a new project. What is there is kept.

use std::io::Write;
use std::path::Path;

use super::{Exit, RunError};
use crate::cli::Init;
use crate::emit::{Artefact, write};
use crate::source::Input;

/// Folder and name of each file, and what it holds.
const FILES: [(&str, &str, &str); 4] = [
    ("", "deckc.toml", include_str!("init/deckc.toml")),
    ("source", "first-deck.md", include_str!("init/first-deck.md")),
    ("lints", "README.md", include_str!("init/lints.md")),
    ("out", ".gitkeep", ""),
];

pub(super) fn run(options: &Init, out: &mut dyn Write) -> Result<Exit, RunError> {
    let mut artefacts: Vec<Artefact> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    for (folder, name, text) in FILES {
        let folder = if folder.is_empty() { options.folder.clone() } else { options.folder.join(folder) };
        let path = folder.join(name);
        // Whoever has decks already needs no example beside them.
        let is_full = folder != options.folder && has_entries(&folder);
        if is_full || path.symlink_metadata().is_ok() {
            kept.push(Input::named(if is_full { &folder } else { &path }).shown());
        } else {
            // Sources checked out with Windows line ends must not make other files.
            artefacts.push(Artefact { path, bytes: text.replace("\r\n", "\n").into_bytes() });
        }
    }
    write::write_all(&artefacts, &[]).map_err(RunError::Init)?;
    for artefact in &artefacts {
        writeln!(out, "made {}", Input::named(&artefact.path).shown())?;
    }
    for path in kept {
        writeln!(out, "kept {path}, which was there")?;
    }
    let there =
        if options.folder == Path::new(".") { String::new() } else { format!("cd {} && ", shown(&options.folder)) };
    writeln!(out, "\n`{there}deckc build` makes decks of source/ in out/; deckc.toml has the settings")?;
    Ok(Exit::Clean)
}

fn has_entries(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|mut entries| entries.next().is_some())
}

fn shown(folder: &Path) -> String {
    folder.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::file::{OF_PROJECTS, of_text};
    use crate::settings::keys::OF_FILES;

    fn settings() -> String {
        let line =
            |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#'])).unwrap_or(line).to_owned();
        FILES[0].2.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_is_shown_and_can_be_used() {
        let text = settings().replace("\nstyle = ", "\n#style = ");
        assert_eq!(of_text(&text).1, []);
        for key in OF_FILES.into_iter().chain(OF_PROJECTS) {
            let is_shown = settings().lines().any(|line| {
                line.starts_with(&format!("{key} = "))
                    || [format!("[{key}]"), format!("[[{key}]]")].contains(&line.to_owned())
            });
            assert!(is_shown, "`{key}` is not in src/commands/init/deckc.toml");
        }
    }

    #[test]
    fn nothing_is_set_at_first() {
        assert_eq!(of_text(FILES[0].2), (crate::settings::Config::default(), vec![]));
    }
}

//! `deckc.toml`: what holds for a project. The nearest one from a source's folder upwards counts, or the one that is named;
//! its folder is the root of the project, and paths in it start there.

use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;

use super::keys::{Fault, Keys, OF_FILES, Reader};
use super::levels::{Levels, NoLint, lint_or_group};
use super::overrides::{self, Override};
use super::value::{self, Key, Node};
use crate::cache::inputs::Inputs;
use crate::diagnostic::Finding;
use crate::emit::Format;
use crate::lints::own::{OwnLints, pages};
use crate::source::{ReadError, SourceId, Sources, folder_of, hash_inputs, place, shortened};

/// The name of the file.
pub const FILE_NAME: &str = "deckc.toml";

/// What only a project can decide.
pub(crate) const OF_PROJECTS: [&str; 4] = ["formats", "out", "overrides", "style"];

/// A `deckc.toml` as read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Where it is.
    pub path: PathBuf,
    /// Its folder, with links followed.
    pub folder: PathBuf,
    /// What a file may say, too.
    pub keys: Keys,
    /// Where to write.
    pub out: Option<PathBuf>,
    /// What to make.
    pub formats: Option<Vec<Format>>,
    /// What comes behind deckc's own style sheet.
    pub style: Option<StyleSheet>,
    /// What holds for some files only, a later one over an earlier.
    pub overrides: Vec<Override>,
    /// The lints of the project's own, whose pages lie beside the file.
    pub own_lints: OwnLints,
}

impl Config {
    /// What it says of a file beyond what it says of all, the strongest first. The path has its folder's links followed.
    #[must_use]
    pub fn overrides_of(&self, path: &Path) -> Vec<Arc<Keys>> {
        let Ok(below) = path.strip_prefix(&self.folder) else { return Vec::new() };
        let matching = self.overrides.iter().rev().filter(|one| one.paths.match_path(below));
        matching.map(|one| Arc::clone(&one.keys)).collect()
    }

    /// Itself and the files that were read with it.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let style = self.style.iter().map(|style| self.folder.join(&style.name));
        let pages = self.own_lints.iter().map(|lint| PathBuf::from(&lint.path));
        [self.path.clone()].into_iter().chain(style).chain(pages).collect()
    }
}

/// A style sheet of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleSheet {
    /// As the `deckc.toml` has it.
    pub name: String,
    /// Its text, with line feeds.
    pub text: String,
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A `deckc.toml` can't be read.
    #[error(transparent)]
    Unreadable(ReadError),
    /// There are mistakes in it.
    #[error("{}", match .findings.len() { 1 => "a setting can't be used".to_owned(), many => format!("{many} settings can't be used") })]
    Mistakes {
        /// The texts they stand in.
        sources: Box<Sources>,
        /// By file and place.
        findings: Vec<Finding>,
    },
}

impl SettingsError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(ReadError::Missing { .. }) => {
                "name a file that is there; without `--config` the nearest `deckc.toml` above each source counts"
            }
            Self::Unreadable(error) => match error {
                ReadError::BrokenLink { .. } | ReadError::Unreadable { .. } => error.help(),
                _ => "name a file of settings",
            },
            Self::Mistakes { .. } => "`deckc schema` prints what may stand in a `deckc.toml`",
        }
    }
}

/// The `deckc.toml` files of a run, each read but once.
#[derive(Debug, Default)]
pub struct Configs {
    /// The one that was named: no other counts.
    named: Option<Arc<Config>>,
    /// For each folder what is there or above.
    of_folders: HashMap<PathBuf, Option<Arc<Config>>>,
    /// Each that was read.
    all: Vec<Arc<Config>>,
    sources: Sources,
    findings: Vec<Finding>,
}

impl Configs {
    /// Those that are found, or the one that is named.
    ///
    /// # Errors
    /// When the one that is named can't be read.
    pub fn new(named: Option<&Path>) -> Result<Self, SettingsError> {
        let mut configs = Self::default();
        if let Some(path) = named {
            let read = configs.read(path)?;
            let missing = || ReadError::Missing { path: path.to_string_lossy().replace('\\', "/") };
            configs.named = Some(read.ok_or_else(|| SettingsError::Unreadable(missing()))?);
        }
        Ok(configs)
    }

    /// Whether all that was read so far can be used.
    pub(crate) fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// All that was read so far, and where.
    pub(crate) fn hash_inputs(&self, inputs: &mut Inputs) {
        hash_inputs(self.sources.all(), inputs);
        self.all.iter().for_each(|config| (&config.path, &config.folder).hash(inputs));
    }

    /// What counts for the files in a folder, which is given with links followed.
    ///
    /// # Errors
    /// When a `deckc.toml` is there and can't be read.
    pub fn of(&mut self, folder: &Path) -> Result<Option<Arc<Config>>, SettingsError> {
        if self.named.is_some() {
            return Ok(self.named.clone());
        }
        let mut passed: Vec<&Path> = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            if let Some(known) = self.of_folders.get(folder) {
                found.clone_from(known);
                break;
            }
            passed.push(folder);
            let path = folder.join(FILE_NAME);
            if !path.is_dir() {
                found = self.read(&shortened(&path))?;
            }
            if found.is_some() {
                break;
            }
        }
        self.of_folders.extend(passed.into_iter().map(|folder| (folder.to_path_buf(), found.clone())));
        Ok(found)
    }

    /// A name on the command line that is no lint, also none of those projects' own.
    #[must_use]
    pub fn unknown(&self, levels: &Levels) -> Option<NoLint> {
        let of = |name: &str| {
            let own = self.all.iter().map(|config| &config.own_lints);
            let unknown = own.filter_map(|own| lint_or_group(name, own).err());
            let is_there = self.all.iter().any(|config| config.own_lints.has(name));
            let nearest = || unknown.max_by_key(|unknown| unknown.nearest.is_some());
            (!is_there).then(nearest).map(|nearest| nearest.or_else(|| lint_or_group(name, &OwnLints::default()).err()))
        };
        levels.unknown().find_map(|name| of(name).flatten())
    }

    /// All that was read can be used.
    ///
    /// # Errors
    /// When there are mistakes in it.
    pub fn finish(self) -> Result<(), SettingsError> {
        if self.findings.is_empty() {
            return Ok(());
        }
        Err(SettingsError::Mistakes { sources: Box::new(self.sources), findings: self.findings })
    }

    fn read(&mut self, path: &Path) -> Result<Option<Arc<Config>>, SettingsError> {
        let Some(id) = self.sources.read_if_there(path).map_err(SettingsError::Unreadable)? else { return Ok(None) };
        let mut config = Config { path: path.to_path_buf(), folder: place(&folder_of(path)), ..Config::default() };
        let mut faults = self.read_text(id, &mut config);
        let of_pages = self.read_pages(&mut config)?;
        faults.extend(of_pages.of_folder.into_iter().map(|(message, help)| of_folder(message, help)));
        faults.sort_by_key(|fault| fault.place.start);
        let faults = faults.into_iter().filter_map(|fault| fault.with(&config.own_lints)).map(|fault| (id, fault));
        let (sources, faults) = (&self.sources, faults.chain(of_pages.of_pages));
        self.findings.extend(faults.map(|(id, fault)| fault.finding(sources.get(id))));
        let config = Arc::new(config);
        self.all.push(Arc::clone(&config));
        Ok(Some(config))
    }

    /// Reads the lints of the project's own.
    fn read_pages(&mut self, config: &mut Config) -> Result<pages::Faults, SettingsError> {
        let (own, faults) = pages::read(&mut self.sources, &config.folder).map_err(SettingsError::Unreadable)?;
        config.own_lints = own;
        Ok(faults)
    }

    fn read_text(&mut self, id: SourceId, config: &mut Config) -> Vec<Fault> {
        let source = self.sources.get(id);
        if let Some(fault) = source.faults().first() {
            return vec![encoding_fault(fault.span.range())];
        }
        let text = source.text().to_owned();
        let bare = text.trim_start_matches('\u{feff}');
        let mark = text.len() - bare.len();
        let table = match value::of_toml(bare) {
            Ok(table) => table,
            Err(error) => {
                let place = error.place.start + mark..error.place.end + mark;
                return vec![syntax_fault(place, error.message)];
            }
        };
        let mut reader = Reader::of_project(bare);
        let known: Vec<&str> = OF_FILES.into_iter().chain(OF_PROJECTS).collect();
        for (key, node) in &table {
            if reader.file_key(&mut config.keys, key, node) {
                continue;
            }
            match key.name.as_str() {
                "formats" => config.formats = reader.choices(key, node),
                "overrides" => config.overrides = overrides::read(&mut reader, key, node),
                "out" => config.out = folder_in(&mut reader, config, key, node),
                "style" => config.style = self.style(&mut reader, config, key, node),
                _ => reader.unknown(key, &format!("`{FILE_NAME}`"), &known),
            }
        }
        let shift = |mut fault: Fault| {
            fault.place = fault.place.start + mark..fault.place.end + mark;
            fault
        };
        reader.faults.into_iter().map(shift).collect()
    }

    /// Reads a style sheet. It lies in the project: a `deckc.toml` is a text that others may have written.
    fn style(&mut self, reader: &mut Reader<'_>, config: &Config, key: &Key, node: &Node) -> Option<StyleSheet> {
        let name = reader.text(key, node, "style.css")?;
        let path = config.folder.join(&name);
        let mut refuse = |message: String, label: &str, help: &str| {
            reader.invalid(node, message, label, help.to_owned());
            None
        };
        if !path.is_file() {
            let label = if path.exists() { "no file" } else { "not there" };
            return refuse(format!("there is no style sheet `{name}`"), label, "its path starts at this file");
        }
        if !place(&path).starts_with(&config.folder) {
            let message = format!("the style sheet `{name}` lies outside of the project");
            return refuse(message, "outside", "move it below the folder of this file");
        }
        let source = match self.sources.read_if_there(&path) {
            Ok(Some(id)) => self.sources.get(id),
            Ok(None) => return refuse(format!("there is no style sheet `{name}`"), "not there", "name another"),
            Err(error) => return refuse(error.to_string(), "this style sheet", error.help()),
        };
        if !source.faults().is_empty() {
            return refuse(format!("the style sheet `{name}` is not UTF-8"), "this style sheet", "save it as UTF-8");
        }
        let text = source.text().trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        if text.to_ascii_lowercase().contains("</style") {
            let help = "take it out: deckc puts the text where a style sheet stands";
            return refuse(format!("`</style` in `{name}` would end the style sheet"), "this style sheet", help);
        }
        Some(StyleSheet { name, text })
    }
}

/// A folder, which starts at that of the `deckc.toml`.
fn folder_in(reader: &mut Reader<'_>, config: &Config, key: &Key, node: &Node) -> Option<PathBuf> {
    let name = reader.text(key, node, "out")?;
    if name.trim().is_empty() {
        let help = "write `.` for the folder of this file, or leave the key out for `out` in it";
        reader.invalid(node, format!("`{}` names no folder", key.name), "an empty text", help.to_owned());
        return None;
    }
    Some(shortened(&config.folder.join(name)))
}

fn of_folder(message: String, help: String) -> Fault {
    Fault { place: 0..0, is_unknown_key: false, message, label: "the project's own lints".to_owned(), help, lint: None }
}

fn encoding_fault(place: std::ops::Range<usize>) -> Fault {
    Fault {
        place,
        is_unknown_key: false,
        message: "the file is not UTF-8".to_owned(),
        label: "not UTF-8".to_owned(),
        help: "save it as UTF-8".to_owned(),
        lint: None,
    }
}

fn syntax_fault(place: std::ops::Range<usize>, said: String) -> Fault {
    Fault {
        place,
        is_unknown_key: false,
        message: "this is no TOML".to_owned(),
        label: said,
        help: "texts stand between quotation marks, as in `deck = \"Rust\"`; see <https://toml.io>".to_owned(),
        lint: None,
    }
}

/// What a `deckc.toml` of this text says, as if it lay in the current folder; none where it has mistakes.
#[cfg(test)]
pub(crate) fn of_text(text: &str) -> (Config, Vec<Fault>) {
    let mut configs = Configs::default();
    let mut config = Config::default();
    let faults = match configs.sources.add_text(FILE_NAME, text) {
        Ok(id) => configs.read_text(id, &mut config),
        Err(_) => Vec::new(),
    };
    (config, faults)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::Document;

    /// Texts that look much like settings.
    fn settings() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\u{301}".to_owned()),
            "[a-z-]{0,8}",
            prop::sample::select(vec!["deck", "tags", "lints", "deckc", "style", "out", "formats", "deck-id", "shape"])
                .prop_map(str::to_owned),
            prop::sample::select(vec![
                "=", ":", "\n", "[", "]", "{", "}", "\"", "'", "- ", " ", "\r\n", "\t", "ü", "1", "#"
            ])
            .prop_map(str::to_owned),
        ];
        prop_oneof![any::<String>(), prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())]
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_told_where_it_is_wrong(text in settings()) {
            for fault in of_text(&text).1 {
                prop_assert!(text.get(fault.place.clone()).is_some(), "{fault:?}");
            }
            for text in [format!("---\ndeck: a\n{text}\n---\n"), format!("+++\ndeck = 'a'\n{text}\n+++\n")] {
                let mut sources = Sources::default();
                let id = sources.add_text("a.md", text.as_str()).expect("a short text");
                let document = Document::parse(sources.get(id));
                for fault in document.front_matter().into_iter().flat_map(|front_matter| &front_matter.faults) {
                    prop_assert!(text.get(fault.place.clone()).is_some(), "{fault:?}");
                }
            }
        }
    }
}

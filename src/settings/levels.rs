//! The levels of lints, as one place sets them.
//!
//! What is more specific wins, in whatever order it stands: a lint over its group, a group over `all`. Lints of a project's
//! own are known only where their pages were read, so that any name is taken here; `Levels::unknown` tells which are
//! still to be looked up.

use std::collections::BTreeMap;

use super::nearest;
use crate::diagnostic::Level;
use crate::lints::own::{self, OwnLints};
use crate::lints::{self, CATALOGUE, Lint};

/// All lints at once.
pub const ALL: &str = "all";

/// Levels of lints and of groups of lints, by name. A lint wins over its group, a group over [`ALL`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Level>);

/// There is no lint and no group of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no lint `{name}`")]
pub struct NoLint {
    /// As written.
    pub name: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl NoLint {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "see `deckc lints` for all of them and their groups".to_owned(),
        }
    }
}

/// A level that a lint can't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// A build that goes on would cost learners their reviews.
    #[error("`{0}` can't be lowered: a build that goes on would lose learners' reviews")]
    Fixed(String),
    /// Two levels for one name.
    #[error("`{0}` is given two levels")]
    Twice(String),
    /// Nothing of this name is there.
    #[error(transparent)]
    Unknown(NoLint),
}

impl LevelError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Fixed(name) => format!("mend what it finds; `deckc explain {name}` shows how"),
            Self::Twice(_) => "name it once".to_owned(),
            Self::Unknown(unknown) => unknown.help(),
        }
    }
}

/// All names of deckc's own that a level can be set for: all lints at once, groups and lints.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(ALL).chain(groups()).chain(CATALOGUE.iter().map(|lint| lint.name))
}

/// The groups of lints, each once; that of the lints of a project's own comes last.
pub(crate) fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = CATALOGUE.iter().map(|lint| lint.group.name()).collect();
    groups.dedup();
    groups.push(own::GROUP);
    groups
}

impl Levels {
    /// Sets the level of a lint or a group.
    ///
    /// # Errors
    /// When the lint can't have that level.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), LevelError> {
        if level < Level::Deny && lints::find(name).is_some_and(Lint::is_fixed) {
            return Err(LevelError::Fixed(name.to_owned()));
        }
        match self.0.insert(name.to_owned(), level) {
            Some(before) if before != level => Err(LevelError::Twice(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// The level it sets for a lint, if it does.
    #[must_use]
    pub fn of(&self, lint: &Lint) -> Option<Level> {
        self.of_name(lint.name, lint.group.name()).filter(|_| !lint.is_fixed())
    }

    /// The same for a lint of a project's own.
    #[must_use]
    pub fn of_own(&self, name: &str) -> Option<Level> {
        self.of_name(name, own::GROUP)
    }

    fn of_name(&self, name: &str, group: &str) -> Option<Level> {
        [name, group, ALL].into_iter().find_map(|name| self.0.get(name)).copied()
    }

    /// Names that are none of deckc's own.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| !is_known(name))
    }
}

/// Whether it is a lint or a group of deckc itself.
pub(crate) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// There is a lint or a group of this name, also among those of a project's own.
///
/// # Errors
/// When there is none.
pub fn lint_or_group(name: &str, own: &OwnLints) -> Result<(), NoLint> {
    if is_known(name) || own.has(name) {
        return Ok(());
    }
    let all: Vec<&str> = names().collect();
    let nearest = nearest(name, all.into_iter().chain(own.names())).map(str::to_owned);
    Err(NoLint { name: name.to_owned(), nearest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_wins_over_its_group_and_a_group_over_all() {
        let mut levels = Levels::default();
        levels.set("number-gap", Level::Deny).unwrap();
        levels.set("numbers", Level::Allow).unwrap();
        let level = |levels: &Levels, name: &str| levels.of(lints::find(name).unwrap());
        assert_eq!(level(&levels, "number-gap"), Some(Level::Deny));
        assert_eq!(level(&levels, "number-order"), Some(Level::Allow));
        assert_eq!(level(&levels, "empty-answer"), None);
        assert_eq!(levels.set("numbers", Level::Warn), Err(LevelError::Twice("numbers".to_owned())));
        levels.set(ALL, Level::Warn).unwrap();
        assert_eq!(level(&levels, "number-gap"), Some(Level::Deny));
        assert_eq!(level(&levels, "empty-answer"), Some(Level::Warn));
    }

    #[test]
    fn lints_of_a_projects_own_have_a_group() {
        let mut levels = Levels::default();
        levels.set(ALL, Level::Allow).unwrap();
        assert_eq!(levels.of_own("todo-left"), Some(Level::Allow));
        levels.set("own", Level::Warn).unwrap();
        assert_eq!(levels.of_own("todo-left"), Some(Level::Warn));
        levels.set("todo-left", Level::Deny).unwrap();
        assert_eq!(levels.of_own("todo-left"), Some(Level::Deny));
        assert_eq!(levels.unknown().collect::<Vec<_>>(), ["todo-left"]);
    }

    #[test]
    fn what_guards_reviews_stays_denied() {
        let mut levels = Levels::default();
        assert_eq!(levels.set("broken-lock", Level::Warn), Err(LevelError::Fixed("broken-lock".to_owned())));
        levels.set("identity", Level::Allow).unwrap();
        levels.set(ALL, Level::Allow).unwrap();
        let level = |name: &str| levels.of(lints::find(name).unwrap());
        assert_eq!(level("broken-lock"), None);
        assert_eq!(level("misplaced-id"), Some(Level::Allow));
    }

    #[test]
    fn no_lint_is_called_as_a_group() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
    }
}

//! The levels of lints, as one place sets them.

use std::collections::BTreeMap;

use super::nearest;
use crate::diagnostic::Level;
use crate::lints::{self, CATALOGUE, Lint};

/// Levels of lints and of groups of lints, by name. A lint wins over its group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<&'static str, Level>);

/// There is no lint and no group of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no lint `{name}`{}", .nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?")))]
pub struct NoLint {
    /// As written.
    pub name: String,
    /// What was probably meant.
    pub nearest: Option<&'static str>,
}

/// A level that a lint can't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// A build that goes on would cost learners their reviews.
    #[error("`{0}` can't be lowered: a build that goes on would lose learners' reviews")]
    Fixed(&'static str),
    /// Two levels for one name.
    #[error("`{0}` is given two levels")]
    Twice(&'static str),
}

impl LevelError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Fixed(name) => format!("mend what it finds; `deckc explain {name}` shows how"),
            Self::Twice(_) => "name it once".to_owned(),
        }
    }
}

/// All names a level can be set for: lints and groups.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    groups().into_iter().chain(CATALOGUE.iter().map(|lint| lint.name))
}

/// The groups of lints, each once.
pub(crate) fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = CATALOGUE.iter().map(|lint| lint.group.name()).collect();
    groups.dedup();
    groups
}

impl Levels {
    /// The name as the catalogue has it.
    ///
    /// # Errors
    /// When there is no lint and no group of this name.
    pub fn find(&self, name: &str) -> Result<&'static str, NoLint> {
        lint_or_group(name)
    }

    /// Sets the level of a lint or a group.
    ///
    /// # Errors
    /// When the lint can't have that level.
    pub fn set(&mut self, name: &'static str, level: Level) -> Result<(), LevelError> {
        if level < Level::Deny && lints::find(name).is_some_and(Lint::is_fixed) {
            return Err(LevelError::Fixed(name));
        }
        match self.0.insert(name, level) {
            Some(before) if before != level => Err(LevelError::Twice(name)),
            _ => Ok(()),
        }
    }

    /// The level it sets for a lint, if it does.
    #[must_use]
    pub fn of(&self, lint: &Lint) -> Option<Level> {
        self.0.get(lint.name).or_else(|| self.0.get(lint.group.name())).copied().filter(|_| !lint.is_fixed())
    }
}

/// The name of a lint or a group as the catalogue has it.
///
/// # Errors
/// When there is none of this name.
pub fn lint_or_group(name: &str) -> Result<&'static str, NoLint> {
    let found = names().find(|known| *known == name);
    found.ok_or_else(|| NoLint { name: name.to_owned(), nearest: nearest(name, names()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_wins_over_its_group() {
        let mut levels = Levels::default();
        levels.set("numbers", Level::Allow).unwrap();
        levels.set("number-gap", Level::Deny).unwrap();
        let level = |name: &str| levels.of(lints::find(name).unwrap());
        assert_eq!(level("number-gap"), Some(Level::Deny));
        assert_eq!(level("number-order"), Some(Level::Allow));
        assert_eq!(level("empty-answer"), None);
        assert_eq!(levels.set("numbers", Level::Warn), Err(LevelError::Twice("numbers")));
    }

    #[test]
    fn what_guards_reviews_stays_denied() {
        let mut levels = Levels::default();
        assert_eq!(levels.set("broken-lock", Level::Warn), Err(LevelError::Fixed("broken-lock")));
        levels.set("identity", Level::Allow).unwrap();
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

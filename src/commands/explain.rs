//! `deckc explain LINT`: the lint's page.

use std::io::Write;

use super::{Exit, RunError};
use crate::cli::Explain;
use crate::lints::own::{GROUP, OwnLint, OwnLints};
use crate::lints::{self, Lint};
use crate::report::clean;
use crate::settings::levels::lint_or_group;

pub(super) fn run(options: &Explain, out: &mut dyn Write) -> Result<Exit, RunError> {
    if let Some(lint) = lints::find(&options.lint) {
        return built_in(lint, out);
    }
    let own = super::lints::own_lints(options.config.as_deref())?;
    match own.find(&options.lint) {
        Some(lint) => of_project(lint, out),
        None => Err(unknown(&options.lint, &own)),
    }
}

fn built_in(lint: &Lint, out: &mut dyn Write) -> Result<Exit, RunError> {
    writeln!(out, "{}", lint.page.trim_end())?;
    let fixed = if lint.is_fixed() { " (can't be lowered)" } else { "" };
    writeln!(out, "\nlevel: {}{fixed}, group: {}, since: {}", lint.level.name(), lint.group.name(), lint.since)?;
    Ok(Exit::Clean)
}

fn of_project(lint: &OwnLint, out: &mut dyn Write) -> Result<Exit, RunError> {
    // Others may have written it.
    let page: Vec<String> = lint.page.trim_end().lines().map(|line| clean(line, true, false).into_owned()).collect();
    writeln!(out, "{}", page.join("\n"))?;
    writeln!(out, "\nlevel: {}, group: {GROUP}, scope: {}, page: {}", lint.level.name(), lint.scope.name(), lint.path)?;
    writeln!(out, "pattern: {}", clean(lint.pattern(), true, false))?;
    Ok(Exit::Clean)
}

fn unknown(name: &str, own: &OwnLints) -> RunError {
    let nearest = lints::nearest(name).map(|lint| lint.name.to_owned());
    let of_own = || lint_or_group(name, own).err().and_then(|unknown| unknown.nearest).filter(|name| own.has(name));
    RunError::UnknownLint { name: name.to_owned(), nearest: of_own().or(nearest) }
}

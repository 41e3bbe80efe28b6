//! What the stream can show: colour, box drawing, width. Asked of the environment once, never by miette.

use clap::ValueEnum;

/// Narrower than this, no layout helps.
const NARROWEST: usize = 20;
/// Wider than this, prose is hard to read.
const WIDEST: usize = 160;
/// Where nothing tells the width.
const USUAL: usize = 80;

/// When to write colour: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR`, `CLICOLOR_FORCE` or `TERM` say otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the stream a report goes to can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether colour and hyperlinks are written.
    pub colour: bool,
    /// Whether frames are drawn with Unicode characters, else with ASCII.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Look {
    /// The look for a stream, as the user's choice and the environment have it.
    #[must_use]
    pub fn for_stream(is_terminal: bool, choice: ColourChoice) -> Self {
        let variable = |name: &str| {
            let value = std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
            value.filter(|value| !value.is_empty())
        };
        // Only where the stream is a terminal: asked about a pipe, `terminal_size` answers for another stream.
        let columns = is_terminal.then(terminal_size::terminal_size).flatten();
        let columns = columns.map(|(terminal_size::Width(columns), _)| usize::from(columns));
        Self::from_environment(is_terminal, choice, columns, &variable)
    }

    /// The look in a file, which is the same whatever the environment says.
    #[must_use]
    pub fn of_file() -> Self {
        Self { colour: false, unicode: true, width: USUAL }
    }

    fn from_environment(
        is_terminal: bool,
        choice: ColourChoice,
        columns: Option<usize>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let colour = match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => colour_by_default(is_terminal, variable),
        };
        let asked = variable("COLUMNS").and_then(|value| value.trim().parse().ok()).filter(|&columns| columns > 0);
        let width = asked.or(columns).filter(|&columns| columns > 0).unwrap_or(USUAL).clamp(NARROWEST, WIDEST);
        Self { colour, unicode: cfg!(windows) || locale_is_unicode(variable), width }
    }
}

/// <https://no-color.org> and <https://bixense.com/clicolors>; who asks for no colour wins.
fn colour_by_default(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let is_zero = |name: &str| variable(name).is_some_and(|value| value == "0");
    if variable("NO_COLOR").is_some() {
        return false;
    }
    if variable("CLICOLOR_FORCE").is_some() && !is_zero("CLICOLOR_FORCE") {
        return true;
    }
    is_terminal && !is_zero("CLICOLOR") && variable("TERM").is_none_or(|term| term != "dumb")
}

/// The first of the three that is set decides, as in `setlocale`. Containers often set none, and show Unicode well.
fn locale_is_unicode(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(is_terminal: bool, choice: ColourChoice, columns: Option<usize>, set: &[(&str, &str)]) -> Look {
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned()).filter(|value| !value.is_empty())
        };
        Look::from_environment(is_terminal, choice, columns, &variable)
    }

    #[test]
    fn colour_follows_the_choice_then_the_environment_then_the_stream() {
        let colour = |is_terminal, choice, set: &[(&str, &str)]| look(is_terminal, choice, None, set).colour;
        assert!(colour(true, ColourChoice::Auto, &[]));
        assert!(!colour(false, ColourChoice::Auto, &[]));
        assert!(colour(true, ColourChoice::Auto, &[("NO_COLOR", "")]));
        assert!(!colour(true, ColourChoice::Auto, &[("NO_COLOR", "1")]));
        assert!(!colour(true, ColourChoice::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(colour(false, ColourChoice::Auto, &[("CLICOLOR_FORCE", "1")]));
        assert!(!colour(false, ColourChoice::Auto, &[("CLICOLOR_FORCE", "0")]));
        assert!(!colour(true, ColourChoice::Auto, &[("TERM", "dumb")]));
        assert!(!colour(true, ColourChoice::Auto, &[("CLICOLOR", "0")]));
        assert!(colour(false, ColourChoice::Always, &[("NO_COLOR", "1"), ("TERM", "dumb")]));
        assert!(!colour(true, ColourChoice::Never, &[("CLICOLOR_FORCE", "1")]));
    }

    #[test]
    fn width_is_columns_then_the_terminal_then_eighty() {
        let width = |columns, set: &[(&str, &str)]| look(true, ColourChoice::Auto, columns, set).width;
        assert_eq!(width(None, &[]), 80);
        assert_eq!(width(Some(100), &[]), 100);
        assert_eq!(width(Some(100), &[("COLUMNS", "60")]), 60);
        assert_eq!(width(Some(100), &[("COLUMNS", "wide")]), 100);
        assert_eq!(width(Some(0), &[("COLUMNS", "0")]), 80);
        assert_eq!((width(Some(3), &[]), width(Some(1000), &[])), (20, 160));
    }

    #[cfg(not(windows))]
    #[test]
    fn a_locale_without_utf_8_gets_ascii() {
        let unicode = |set: &[(&str, &str)]| look(true, ColourChoice::Auto, None, set).unicode;
        assert!(unicode(&[]));
        assert!(unicode(&[("LANG", "de_DE.UTF-8")]));
        assert!(unicode(&[("LANG", "C.utf8")]));
        assert!(!unicode(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]));
        assert!(!unicode(&[("LANG", "en_US.ISO-8859-1")]));
        assert!(unicode(&[("LANG", "C"), ("LC_CTYPE", "en_US.UTF-8"), ("LC_ALL", "")]));
    }
}

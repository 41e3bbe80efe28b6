//! Texts with `$0`, `$1` and `${name}` in them.

use foldhash::HashSet;
use regex::Regex;

use super::Groups;

/// A text, and what of a match goes into it. `$0` is all that was found, `$1` the first group, `${name}` the group of that
/// name, `$$` a dollar sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
    Name(String),
}

impl Template {
    /// A text as it is.
    pub(crate) fn plain(text: &str) -> Self {
        Self(vec![Part::Text(text.to_owned())])
    }

    /// Reads a text; the error is a group that the pattern does not have, as written.
    pub(crate) fn parse(text: &str, pattern: &Regex) -> Result<Self, String> {
        let names: HashSet<&str> = pattern.capture_names().flatten().collect();
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('$') {
            parts.push(Part::Text(before.to_owned()));
            let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let braced = behind.strip_prefix('{').and_then(|behind| behind.split_once('}'));
            if let Some(behind) = behind.strip_prefix('$') {
                parts.push(Part::Text("$".to_owned()));
                rest = behind;
            } else if let Some((number, behind)) = behind.split_at_checked(digits).filter(|_| digits > 0) {
                let group = number.parse().ok().filter(|&group: &usize| group < pattern.captures_len());
                parts.push(Part::Group(group.ok_or_else(|| format!("${number}"))?));
                rest = behind;
            } else if let Some((name, behind)) = braced {
                let group = name.parse().ok().filter(|&group: &usize| group < pattern.captures_len());
                parts.push(match group {
                    Some(group) => Part::Group(group),
                    None if names.contains(name) => Part::Name(name.to_owned()),
                    None => return Err(format!("${{{name}}}")),
                });
                rest = behind;
            } else {
                parts.push(Part::Text("$".to_owned()));
                rest = behind;
            }
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// Whether it asks for more than all that was found.
    pub(crate) fn names_groups(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Name(_) | Part::Group(1..)))
    }

    /// With what was found in it, as it stands.
    pub(crate) fn filled(&self, groups: Groups<'_, '_>) -> String {
        self.fill(groups, str::to_owned)
    }

    /// With what was found in it, as part of a sentence: on one line, and not too long.
    pub(crate) fn shown(&self, groups: Groups<'_, '_>) -> String {
        const LONGEST: usize = 60;
        self.fill(groups, |text| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
            match line.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
                None => line,
            }
        })
    }

    fn fill(&self, groups: Groups<'_, '_>, shown: impl Fn(&str) -> String) -> String {
        let of = |part: &Part| match (part, groups) {
            (Part::Text(text), _) => text.clone(),
            (Part::Group(0), Groups::Whole(text)) => shown(text),
            (Part::Group(group), Groups::All(captures)) => {
                captures.get(*group).map_or_else(String::new, |found| shown(found.as_str()))
            }
            (Part::Name(name), Groups::All(captures)) => {
                captures.name(name).map_or_else(String::new, |found| shown(found.as_str()))
            }
            (Part::Group(_) | Part::Name(_), Groups::Whole(_)) => String::new(),
        };
        self.0.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Result<String, String> {
        let pattern = Regex::new("(?<first>[a-z]+)-([0-9]+)?").unwrap();
        let captures = pattern.captures("<ab->").unwrap();
        Template::parse(template, &pattern).map(|template| template.filled(Groups::All(&captures)))
    }

    #[test]
    fn groups_are_filled_in() {
        for (template, expected) in [
            ("", ""),
            ("[$0]", "[ab-]"),
            ("$1a", "aba"),
            ("${1}2", "ab2"),
            ("${first}!", "ab!"),
            ("$2|", "|"),
            ("$$1 costs $ and {$}", "$1 costs $ and {$}"),
            ("ü$1ü", "üabü"),
        ] {
            assert_eq!(filled(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn groups_that_are_not_there_are_told() {
        for (template, wrong) in
            [("$3", "$3"), ("a ${last}", "${last}"), ("$99999999999999999999", "$99999999999999999999")]
        {
            assert_eq!(filled(template).unwrap_err(), wrong, "{template}");
        }
    }
}

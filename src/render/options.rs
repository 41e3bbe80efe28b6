//! The options of a question: their texts and what they are called.

use foldhash::HashSet;

use super::RenderedOption;

/// What the options are called: what the author wrote before them, or else letters.
pub(super) fn labels(written: &[Option<&str>]) -> Vec<String> {
    let count = written.len();
    let written: Vec<&str> = written.iter().copied().flatten().collect();
    let is_label = |label: &&str| (1..=3).contains(&label.chars().count()) && label.chars().all(char::is_alphanumeric);
    let distinct: HashSet<&str> = written.iter().copied().collect();
    if written.iter().all(is_label) && distinct.len() == count {
        return written.into_iter().map(str::to_owned).collect();
    }
    (0..count).map(letters).collect()
}

/// A to Z, then AA, AB and so on.
fn letters(index: usize) -> String {
    let letter = |place: usize| char::from(b'A' + u8::try_from(place % 26).unwrap_or_default());
    match index / 26 {
        0 => letter(index).to_string(),
        before => format!("{}{}", letters(before - 1), letter(index)),
    }
}

/// Options as lines of Markdown, each with its label; further lines of an option are indented.
#[must_use]
pub fn options_markdown<'a>(options: impl IntoIterator<Item = &'a RenderedOption>) -> String {
    let line = |option: &RenderedOption| {
        let indented = format!("\n{}", " ".repeat(option.label.chars().count() + 2));
        format!("{}. {}", option.label, option.text.markdown.replace('\n', &indented))
    };
    options.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_labels_stay_where_each_option_has_its_own() {
        for labels_written in [["A", "B"], ["a", "b"], ["1", "2"], ["C", "A"], ["א", "ב"], ["10", "11"]] {
            assert_eq!(labels(&labels_written.map(Some)), labels_written);
        }
        for labels_written in
            [[None, None], [Some("A"), None], [Some("A"), Some("A")], [Some("A."), Some("B.")], [Some(""), Some("B")]]
        {
            assert_eq!(labels(&labels_written), ["A", "B"]);
        }
    }

    #[test]
    fn letters_go_on_beyond_the_last() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}

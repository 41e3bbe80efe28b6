//! The options of a question as two lists: all of them below the question, in the order of the source, and those that
//! are right above the explanation.

use crate::render::RenderedOption;

/// All options; nothing tells which are right.
pub(super) fn all(options: &[RenderedOption]) -> String {
    list("options", &options.iter().collect::<Vec<_>>())
}

/// The right ones, called what they are called in the list of all.
pub(super) fn right(options: &[RenderedOption]) -> String {
    list("right", &options.iter().filter(|option| option.is_right).collect::<Vec<_>>())
}

/// Empty where there is nothing to list.
fn list(class: &str, options: &[&RenderedOption]) -> String {
    let Some(first) = options.first() else { return String::new() };
    let places: Option<Vec<(char, usize)>> = options.iter().map(|option| place(&option.label)).collect();
    let kind = place(&first.label).map(|(kind, _)| kind);
    let places = places.filter(|places| places.iter().all(|(other, _)| Some(*other) == kind));
    let mut html = format!("<ol class=\"{class}\"");
    html.extend(kind.filter(|_| places.is_some()).map(|kind| format!(" type=\"{kind}\"")));
    html.push('>');
    let mut next = 1;
    for (at, option) in options.iter().enumerate() {
        let attribute = match places.as_ref().and_then(|places| places.get(at)) {
            Some((_, place)) if *place == next => String::new(),
            Some((_, place)) => format!(" value=\"{place}\""),
            // A browser numbers by these letters only if it is told each.
            None => format!(" style=\"list-style-type:'{}. '\"", option.label),
        };
        next = places.as_ref().and_then(|places| places.get(at)).map_or(1, |(_, place)| place + 1);
        html.extend(["\n<li", &attribute, ">", &option.text.html, "</li>"]);
    }
    html.push_str("\n</ol>");
    html
}

/// What HTML calls this kind of label, and which of its kind it is: `C` is the third `A`.
fn place(label: &str) -> Option<(char, usize)> {
    let (kind, alphabet) = match label.chars().next()? {
        '0'..='9' => return Some(('1', label.parse().ok().filter(|number: &usize| number.to_string() == label)?)),
        'A'..='Z' => ('A', b'A'),
        'a'..='z' => ('a', b'a'),
        _ => return None,
    };
    let digit = |letter: u8| Some(usize::from(letter.checked_sub(alphabet).filter(|digit| *digit < 26)?) + 1);
    let place = label.bytes().try_fold(0_usize, |place, letter| Some(place * 26 + digit(letter)?))?;
    Some((kind, place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Rendering;

    fn options(labels: &[&str]) -> Vec<RenderedOption> {
        let option = |(at, label): (usize, &&str)| {
            let text = format!("<b>{at}</b>");
            RenderedOption {
                label: (*label).to_owned(),
                text: Rendering { markdown: text.clone(), html: text.clone(), text, media: vec![] },
                is_right: at % 2 == 1,
            }
        };
        labels.iter().enumerate().map(option).collect()
    }

    #[test]
    fn the_list_below_the_question_does_not_tell() {
        let mut options = options(&["A", "B", "C"]);
        let all_of_them = all(&options);
        assert_eq!(
            all_of_them,
            "<ol class=\"options\" type=\"A\">\n<li><b>0</b></li>\n<li><b>1</b></li>\n<li><b>2</b></li>\n</ol>"
        );
        options.iter_mut().for_each(|option| option.is_right = !option.is_right);
        assert_eq!(all(&options), all_of_them);
    }

    #[test]
    fn the_right_ones_keep_their_labels() {
        let right_of = |labels: &[&str]| right(&options(labels));
        assert_eq!(
            right_of(&["A", "B", "C", "D", "E"]),
            "<ol class=\"right\" type=\"A\">\n<li value=\"2\"><b>1</b></li>\n<li value=\"4\"><b>3</b></li>\n</ol>"
        );
        assert_eq!(right_of(&["0", "1"]), "<ol class=\"right\" type=\"1\">\n<li><b>1</b></li>\n</ol>");
        assert_eq!(right_of(&["z", "aa"]), "<ol class=\"right\" type=\"a\">\n<li value=\"27\"><b>1</b></li>\n</ol>");
        assert_eq!(right_of(&["A"]), "");
    }

    #[test]
    fn labels_that_html_can_not_count_are_written_out() {
        for labels in [["А", "Б"], ["A", "2"], ["01", "02"], ["a", "B"]] {
            let html = all(&options(&labels));
            assert!(html.starts_with("<ol class=\"options\">\n"), "{html}");
            for label in labels {
                assert!(html.contains(&format!("<li style=\"list-style-type:'{label}. '\">")), "{html}");
            }
        }
        assert!(all(&options(&["C", "A"])).contains("<li value=\"3\"><b>0</b></li>\n<li value=\"1\">"));
    }
}

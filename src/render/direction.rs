//! The direction of a note's text. A browser takes it from the first letter, and what is written from right to left often
//! begins with a name that is not: "React هي مكتبة". So the letters are counted.

/// One letter in so many makes a text run from right to left: names and terms stand in it in Latin letters.
const ENOUGH: usize = 4;

/// Whether a field's HTML is written from right to left, code aside.
#[must_use]
pub(crate) fn is_right_to_left(html: &str) -> bool {
    let (mut right_to_left, mut all) = (0_usize, 0_usize);
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        count(text, &mut right_to_left, &mut all);
        let end = ["code", "pre"]
            .iter()
            .find(|name| tag.strip_prefix(**name).is_some_and(|rest| rest.starts_with(['>', ' '])));
        let end = end.map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = tag.split_once(&end).map_or("", |(_, rest)| rest);
    }
    count(rest, &mut right_to_left, &mut all);
    right_to_left * ENOUGH >= all && right_to_left > 0
}

fn count(text: &str, right_to_left: &mut usize, all: &mut usize) {
    for letter in text.chars().filter(|character| character.is_alphabetic()) {
        *all += 1;
        *right_to_left += usize::from(is_of_right_to_left(letter));
    }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours, as Unicode sets them apart (Bidi_Class R and AL).
fn is_of_right_to_left(letter: char) -> bool {
    matches!(
        u32::from(letter),
        0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_outside_of_code() {
        for html in [
            "إغلاق",
            "<p>React هي مكتبة JavaScript لبناء واجهات</p>",
            "<p><code>const closure = () =&gt; {}</code> شرح</p>\n<pre data-language=\"js\"><code>let a;</code></pre>",
            "שלום <b>world</b>",
        ] {
            assert!(is_right_to_left(html), "{html}");
        }
        for html in
            ["", "<p>What is שלום in English, and where does it come from?</p>", "<code>إغلاق</code> text", "闭包"]
        {
            assert!(!is_right_to_left(html), "{html}");
        }
    }
}

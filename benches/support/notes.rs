//! One deck of many notes: a paragraph, a list, and six lines of JavaScript each.

use std::fmt::Write;

use super::Numbers;

/// The Markdown of so many notes.
pub fn deck(notes: usize) -> String {
    let mut numbers = Numbers(1);
    let mut text = String::from("# Many notes\n\n");
    for note in 1..=notes {
        write(&mut text, note, &mut numbers).expect("a string takes all");
    }
    text
}

fn write(text: &mut String, note: usize, numbers: &mut Numbers) -> std::fmt::Result {
    let (one, two, three) = (numbers.word(), numbers.word(), numbers.word());
    writeln!(text, "## {note}. How does the {one} {note} handle a {two} when the {three} is {}?\n", numbers.words(2))?;
    write!(text, "The {one} keeps a **{two}** for `{three}{note}` and {}. ", numbers.words(8))?;
    writeln!(text, "It then {}.\n", numbers.words(10))?;
    for _ in 0..3 {
        writeln!(text, "- {}", numbers.words(6))?;
    }
    writeln!(text, "\n```js\nconst {one}{note} = require('{two}');\nasync function {three}(input) {{")?;
    writeln!(text, "  const value = await {one}{note}.get(input.id);\n  // {}", numbers.words(4))?;
    writeln!(text, "  return value ? value.{two} : {note};\n}}\n```\n")
}

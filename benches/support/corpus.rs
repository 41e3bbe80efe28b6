//! Files as people write them for an interview: a numbered list of questions first, their answers later, in sections.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::Numbers;

const TOPICS: [&str; 10] = ["Redis", "Kafka", "Rust", "Go", "Python", "React", "Docker", "Nginx", "Node.js", "gRPC"];
/// The size of a usual file.
const USUAL: usize = 46_000;

/// Writes so many files, a hundred to a folder; 1,000 are some 26 MB.
pub fn write_to(folder: &Path, files: usize) {
    for file in 0..files {
        let home = folder.join(format!("d{:02}", file / 100));
        fs::create_dir_all(&home).expect("a folder");
        fs::write(home.join(format!("topic-{file:04}.md")), text(file)).expect("a file");
    }
}

/// The text of a file, the same for the same number.
pub fn text(file: usize) -> String {
    let mut numbers = Numbers(file as u64 + 1);
    let topic = TOPICS.get(file % TOPICS.len()).copied().unwrap_or_default();
    let percent = if numbers.below(4) == 0 { 70 + numbers.below(81) } else { 10 + numbers.below(70) };
    let size = USUAL * percent / 100;
    let mut list = format!("# {topic} interview questions\n\n");
    let mut answers = String::from("# ANSWERS\n\n");
    let (mut question, mut section) = (0, 0);
    while list.len() + answers.len() < size {
        section += 1;
        let title = format!("{section}. The {} {}", numbers.word(), numbers.word());
        writeln!(list, "## {title}\n").expect("a string takes all");
        writeln!(answers, "## {title}\n").expect("a string takes all");
        for _ in 0..3 + numbers.below(8) {
            question += 1;
            let (one, two) = (numbers.word(), numbers.word());
            let asked = format!("How does the {one} of {topic} {question} handle a {two} {}?", numbers.words(3));
            writeln!(list, "{question}. **{asked}**").expect("a string takes all");
            writeln!(answers, "### {asked}\n").expect("a string takes all");
            answer(&mut answers, question, &mut numbers).expect("a string takes all");
        }
        list.push('\n');
    }
    list + "---\n\n" + &answers
}

fn answer(text: &mut String, question: usize, numbers: &mut Numbers) -> std::fmt::Result {
    write!(text, "The **{}** {}", numbers.word(), numbers.words(10))?;
    writeln!(text, " with `{}.{}()`, and {}.\n", numbers.word(), numbers.word(), numbers.words(9))?;
    match numbers.below(4) {
        0 => {
            writeln!(text, "| {} | {} |\n| --- | --- |", numbers.word(), numbers.word())?;
            for _ in 0..3 {
                writeln!(text, "| `{}` | {} |", numbers.word(), numbers.words(4))?;
            }
        }
        1 => {
            for step in 1..=4 {
                writeln!(text, "{step}. **{}**: {}", numbers.word(), numbers.words(7))?;
            }
        }
        _ => {
            for _ in 0..3 {
                writeln!(text, "- {} *{}* {}", numbers.word(), numbers.word(), numbers.words(6))?;
            }
        }
    }
    text.push('\n');
    let (one, two, three) = (numbers.word(), numbers.word(), numbers.words(5));
    match numbers.below(6) {
        0 => writeln!(
            text,
            "```js\nconst {one} = require('{two}');\n// {three}\nasync function run() {{\n  return await {one}.get({question});\n}}\n```\n"
        ),
        1 => writeln!(
            text,
            "```ts\nexport class {one} {{\n  constructor(private {two}: Map<string, number>) {{}}\n}}\n```\n"
        ),
        2 => writeln!(
            text,
            "```python\ndef {one}({two}):\n    # {three}\n    return [{two} for _ in range({question})]\n```\n"
        ),
        3 => writeln!(text, "```bash\n{one} --{two} {question} | grep -v '{one}'\n```\n"),
        4 => writeln!(text, "```yaml\n{one}:\n  {two}: {question}\n  - {three}\n```\n"),
        _ => writeln!(text, "> {three}: see [{one}](https://example.org/{one}/{question}).\n"),
    }
}

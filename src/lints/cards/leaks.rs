//! Questions that say their answer.

use super::{Context, Finding, Findings, first_line, gathered, quoted};
use crate::deck::{Note, NoteKind};
use crate::words;

/// Words of an answer: a longer one does not stand in a question by chance, nor at all.
const MOST_WORDS: usize = 6;
/// Bytes of an answer's Markdown that may hold so many.
const MOST_BYTES: usize = 120;
/// Words of a question that lets choose: the answer stands there because it must.
const CHOOSE: [&str; 15] =
    ["or", "vs", "versus", "between", "either", "which", "whether", "oder", "ou", "o", "и", "или", "或", "还", "和"];

pub(in crate::lints) fn question_leaks_answer(context: &Context<'_>) -> Findings {
    let asked = context.deck.studied().filter(|note| !matches!(note.kind, NoteKind::Choice | NoteKind::Cloze));
    let found = asked.filter_map(|note| {
        let answer = short_answer(context, note)?;
        let question = words::words(note.marked_title());
        let lets_choose = question.iter().any(|word| CHOOSE.contains(&word.as_str()));
        let leaks = !lets_choose && question.windows(answer.len()).any(|part| part == answer);
        let place = first_line(context.source, note.answer_span()?);
        leaks.then(|| {
            let message = format!("the question {} says its answer", quoted(&note.title));
            let finding = Finding::new(message, note.question_span, "these words hold the answer");
            let finding = if place == note.question_span { finding } else { finding.and(place, "the answer") };
            finding.help("ask in words that do not give it away")
        })
    });
    gathered(found.collect(), |count| format!("{count} questions say their answer"))
}

/// The words of an answer that is only a few, of which some have weight.
fn short_answer(context: &Context<'_>, note: &Note) -> Option<Vec<String>> {
    let body = &note.answer.as_ref()?.body;
    if body.span()?.len() as usize > MOST_BYTES {
        return None;
    }
    let text = body.markdown(context.sources);
    let words = words::words(&text);
    let weight = words::content_words(&text).iter().any(|word| word.chars().nth(1).is_some());
    (weight && (1..=MOST_WORDS).contains(&words.len())).then_some(words)
}

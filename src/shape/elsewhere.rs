//! Shape A over two files: the list stands in one, its answers in another file of the same deck.
//!
//! The notes are those of the file with the answers; a listed question that is answered there is no question without an
//! answer. It gives the number it has in the list to a note without one.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::pairing::{self, Title};
use crate::deck::{Note, Number};
use crate::parsed::Parsed;
use crate::source::Sources;
use crate::words;

/// Looks for the answers of questions that have none in other files of their deck.
pub(crate) fn find(sources: &Sources, files: &mut [Parsed]) {
    let mut decks: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        decks.entry(&file.deck.name).or_default().push(index);
    }
    let decks: Vec<Vec<usize>> = decks.into_values().filter(|files| files.len() > 1).collect();
    for of_deck in decks {
        // Most files are none, and a deck may be of thousands.
        let lists: Vec<usize> = of_deck.iter().copied().filter(|&at| files.get(at).is_some_and(is_list)).collect();
        if lists.is_empty() {
            continue;
        }
        let sides: BTreeMap<usize, Side> =
            of_deck.into_iter().filter_map(|at| files.get(at).map(|file| (at, Side::of(sources, file)))).collect();
        let answers = Answers::of(&sides);
        for list in lists {
            let Some(listing) = sides.get(&list) else { continue };
            for at in answers.that_may_pair(listing) {
                let Some(answering) = sides.get(&at).filter(|_| at != list) else { continue };
                if !files.get(list).is_some_and(is_list) {
                    break;
                }
                pair(files, (list, listing), (at, answering));
            }
        }
    }
}

fn pair(files: &mut [Parsed], (list, listing): (usize, &Side), (answers, answering): (usize, &Side)) {
    let Some(notes) = files.get(list).map(|file| &file.deck.notes) else { return };
    let open = listing.open.iter().filter(|(at, _)| notes.get(*at).is_some_and(is_open));
    let (open, questions): (Vec<usize>, Vec<Title<'_>>) = open.map(|(at, texts)| (*at, texts.title(0))).unzip();
    let titles: Vec<Title<'_>> = answering.answered.iter().map(|(_, texts)| texts.title(1)).collect();
    let pairs = pairing::pair(&questions, &titles);
    let found: Vec<(usize, usize)> = open
        .iter()
        .zip(&pairs.answers)
        .filter_map(|(&question, answer)| Some((question, answering.answered.get(answer.as_ref()?.0)?.0)))
        .collect();
    for (question, answer) in found {
        let place = files.get(answers).and_then(|file| file.deck.notes.get(answer)).map(|note| note.question_span);
        let listed = files.get_mut(list).and_then(|file| file.deck.notes.get_mut(question));
        let number = listed.and_then(|note| {
            note.answered_at = place;
            note.number
        });
        give_number(files.get_mut(answers).and_then(|file| file.deck.notes.get_mut(answer)), number);
    }
}

/// The questions of a file, each with its index.
struct Side {
    /// Those without an answer.
    open: Vec<(usize, Texts)>,
    answered: Vec<(usize, Texts)>,
}

impl Side {
    fn of(sources: &Sources, file: &Parsed) -> Self {
        let texts = |fits: &dyn Fn(&Note) -> bool| {
            let notes = file.deck.notes.iter().enumerate().filter(|(_, note)| fits(note));
            notes.filter_map(|(at, _)| Some((at, Texts::of(sources, file, at)?))).collect()
        };
        Self { open: texts(&is_open), answered: texts(&|note| note.answer.is_some()) }
    }
}

/// Which files have an answer that a question may be paired with, so that not each list is compared with each file.
#[derive(Default)]
struct Answers<'t> {
    /// By what is compared as a whole.
    by_title: HashMap<&'t str, BTreeSet<usize>>,
    /// By the number, and what one word has of a likeness.
    by_number: HashMap<(u64, &'t str), BTreeSet<usize>>,
    /// By that likeness of their words which the fewest answers have.
    by_word: HashMap<&'t str, BTreeSet<usize>>,
}

impl<'t> Answers<'t> {
    fn of(sides: &'t BTreeMap<usize, Side>) -> Self {
        let all = || sides.iter().flat_map(|(&at, side)| side.answered.iter().map(move |(_, texts)| (at, texts)));
        let mut frequency: HashMap<&str, usize> = HashMap::default();
        for word in all().flat_map(|(_, texts)| &texts.words) {
            *frequency.entry(likeness(word)).or_default() += 1;
        }
        let mut answers = Self::default();
        for (at, texts) in all() {
            for title in texts.whole() {
                answers.by_title.entry(title).or_default().insert(at);
            }
            let words = || texts.words.iter().map(|word| likeness(word));
            for (number, word) in texts.number.into_iter().flat_map(|number| words().map(move |word| (number, word))) {
                answers.by_number.entry((number, word)).or_default().insert(at);
            }
            if let Some(rarest) = words().min_by_key(|word| frequency.get(word)) {
                answers.by_word.entry(rarest).or_default().insert(at);
            }
        }
        answers
    }

    fn that_may_pair(&self, list: &Side) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for (_, texts) in &list.open {
            found.extend(texts.whole().into_iter().filter_map(|title| self.by_title.get(title)).flatten());
            for word in texts.words.iter().map(|word| likeness(word)) {
                let of_number = texts.number.and_then(|number| self.by_number.get(&(number, word)));
                found.extend(of_number.into_iter().chain(self.by_word.get(word)).flatten());
            }
        }
        found
    }
}

/// What a word has in common with all that count as the same: the whole word, or else its first letter (see
/// [`words::likeness`]: a slip in a longer one leaves that, and changes no digit).
fn likeness(word: &str) -> &str {
    let may_slip = word.chars().nth(4).is_some() && !word.starts_with('`');
    if !may_slip {
        return word;
    }
    let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let first = word.chars().next().map_or(0, char::len_utf8);
    if digits.len() > 1 { digits } else { word.get(..first).unwrap_or_default() }
}

/// A few questions without an answer in a file of answers are no list.
fn is_list(file: &Parsed) -> bool {
    let open = file.deck.notes.iter().filter(|note| is_open(note)).count();
    open > 0 && open * 2 >= file.deck.notes.len()
}

fn is_open(note: &Note) -> bool {
    !note.has_answer() && note.placeholder.is_none() && note.answered_at.is_none()
}

fn give_number(note: Option<&mut Note>, number: Option<Number>) {
    if let (Some(note), Some(number)) = (note, number)
        && note.number.is_none()
    {
        note.listed_number = Some(number.value);
    }
}

/// What is compared of a question.
struct Texts {
    markdown: String,
    plain: String,
    key: String,
    words: Vec<String>,
    number: Option<u64>,
    section: String,
}

impl Texts {
    fn of(sources: &Sources, file: &Parsed, note: usize) -> Option<Self> {
        let note = file.deck.notes.get(note)?;
        let section = file.deck.sections.get(note.section).map(|section| words::key(&section.title));
        Some(Self {
            markdown: note.question.markdown(sources),
            plain: note.title.to_string(),
            key: words::key(&note.title),
            words: words::content_words(&note.title),
            number: note.number.map(|number| number.value),
            section: section.unwrap_or_default(),
        })
    }

    fn whole(&self) -> [&str; 3] {
        [self.markdown.trim(), &self.plain, &self.key]
    }

    /// A list stands before the answers, whichever file comes first.
    fn title(&self, block: usize) -> Title<'_> {
        Title {
            markdown: &self.markdown,
            plain: &self.plain,
            key: &self.key,
            words: OnceCell::new(),
            number: self.number,
            section: Some(self.section.as_str()).filter(|section| !section.is_empty()),
            region: 0,
            block,
            usual: true,
        }
    }
}

//! Listed questions to the headings of their answers, the surest sign first.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};

use crate::deck::PairedBy;
use crate::words::{self, Likeness};

/// A word that stands in more headings than this tells nothing, and comparing all of them would cost much.
const COMMON_WORD: usize = 64;
/// Share of words from which "did you mean" is worth asking.
const RESEMBLING: f64 = 0.55;

/// One side of a pair.
pub(super) struct Title<'a> {
    pub(super) markdown: &'a str,
    pub(super) plain: &'a str,
    pub(super) key: &'a str,
    /// See [`Self::words`].
    pub(super) words: OnceCell<Vec<String>>,
    pub(super) number: Option<u64>,
    /// Key of the title of its section.
    pub(super) section: Option<&'a str>,
    /// Which stretch of the file it stands in: some lists and the headings up to the next list.
    pub(super) region: usize,
    /// Where it stands; an answer comes behind its question.
    pub(super) block: usize,
    /// Whether it stands at the level of most answers, so that more than its exact words may pair it.
    pub(super) usual: bool,
}

impl Title<'_> {
    /// Its content words. Most titles are paired without them.
    fn words(&self) -> &[String] {
        self.words.get_or_init(|| words::content_words(self.plain))
    }
}

/// For each question the index of its answer and what they have in common.
pub(super) struct Pairs {
    pub(super) answers: Vec<Option<(usize, PairedBy)>>,
    taken: Vec<bool>,
}

pub(super) fn pair(questions: &[Title<'_>], answers: &[Title<'_>]) -> Pairs {
    let mut pairs = Pairs { answers: vec![None; questions.len()], taken: vec![false; answers.len()] };
    pairs.by_key(PairedBy::ExactTitle, questions, answers, |title| title.markdown.trim());
    pairs.by_key(PairedBy::PlainTitle, questions, answers, |title| title.plain);
    pairs.by_key(PairedBy::Words, questions, answers, |title| title.key);
    pairs.by_number(questions, answers);
    pairs.by_similarity(questions, answers);
    pairs
}

impl Pairs {
    pub(super) fn count(&self) -> usize {
        self.answers.iter().flatten().count()
    }

    pub(super) fn is_taken(&self, answer: usize) -> bool {
        self.taken.get(answer).copied().unwrap_or(false)
    }

    fn take(&mut self, question: usize, answer: usize, by: PairedBy) {
        if let (Some(slot), Some(taken)) = (self.answers.get_mut(question), self.taken.get_mut(answer)) {
            *slot = Some((answer, by));
            *taken = true;
        }
    }

    fn is_open(&self, question: usize) -> bool {
        self.answers.get(question).is_some_and(Option::is_none)
    }

    /// Equal keys; among several answers the one in the question's section, then in its region, then the first.
    fn by_key(
        &mut self,
        by: PairedBy,
        questions: &[Title<'_>],
        answers: &[Title<'_>],
        key: for<'t> fn(&Title<'t>) -> &'t str,
    ) {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::default();
        for (index, answer) in answers.iter().enumerate().filter(|(index, _)| !self.is_taken(*index)) {
            places.entry(key(answer)).or_default().push(index);
        }
        let open: Vec<usize> = (0..questions.len()).filter(|&index| self.is_open(index)).collect();
        for index in open {
            let Some(question) = questions.get(index) else { continue };
            let key = key(question);
            let Some(found) = places.get(key).filter(|_| !key.is_empty()) else { continue };
            let free = || found.iter().copied().filter(|&at| !self.is_taken(at) && behind(question, answers, at));
            let same_section = free().find(|&at| shares_section(question, answers, at));
            let same_region = || free().find(|&at| shares_region(question, answers, at));
            if let Some(answer) = same_section.or_else(same_region).or_else(|| free().next()) {
                self.take(index, answer, by);
            }
        }
    }

    /// The same number and a word, in the same section or region, or anywhere if no number repeats on either side.
    fn by_number(&mut self, questions: &[Title<'_>], answers: &[Title<'_>]) {
        let unique = are_unique(questions) && are_unique(answers);
        let mut places: HashMap<u64, Vec<usize>> = HashMap::default();
        for (index, answer) in answers.iter().enumerate().filter(|(_, answer)| answer.usual) {
            if let Some(number) = answer.number {
                places.entry(number).or_default().push(index);
            }
        }
        for (index, question) in questions.iter().enumerate() {
            let Some(found) = question.number.and_then(|number| places.get(&number)) else { continue };
            if !self.is_open(index) {
                continue;
            }
            // Without a word in common the numbers may be of different series.
            let fits = |&at: &usize| {
                let free = !self.is_taken(at) && behind(question, answers, at);
                let known = unique || shares_section(question, answers, at) || shares_region(question, answers, at);
                free && known && answers.get(at).is_some_and(|answer| compare(question, answer).common > 0)
            };
            if let Some(answer) = found.iter().copied().find(fits) {
                self.take(index, answer, PairedBy::Number);
            }
        }
    }

    /// A shortened title: all its content words stand in the question. The question in the same section is taken first,
    /// then the one with the fewest words of its own; where two are as near, none. One word is enough within a region,
    /// if no other question there has it.
    fn by_similarity(&mut self, questions: &[Title<'_>], answers: &[Title<'_>]) {
        let index = WordIndex::new(answers, |at| !self.is_taken(at));
        let mut matches: Vec<Match> = Vec::new();
        let mut by_one_word: HashMap<usize, Vec<Match>> = HashMap::default();
        for (at, question) in questions.iter().enumerate().filter(|(at, _)| self.is_open(*at)) {
            for answer in index.sharing(question) {
                let fits = |other: &&Title<'_>| other.usual && behind(question, answers, answer);
                let Some(other) = answers.get(answer).filter(fits) else { continue };
                let found = compare(question, other);
                // One word more may ask about something else.
                if found.only_right > 0 {
                    continue;
                }
                let elsewhere = !shares_section(question, answers, answer);
                let found_here = Match { elsewhere, distance: found.only_left, question: at, answer };
                if found.common >= 2 {
                    matches.push(found_here);
                } else if other.words().len() == 1 && shares_region(question, answers, answer) {
                    by_one_word.entry(answer).or_default().push(found_here);
                }
            }
        }
        matches.extend(by_one_word.into_values().filter(|found| found.len() == 1).flatten());
        matches.sort_unstable();
        for group in matches.chunk_by(|left, right| left.nearness() == right.nearness()) {
            let open: Vec<&Match> =
                group.iter().filter(|found| self.is_open(found.question) && !self.is_taken(found.answer)).collect();
            let mut questions_of: HashMap<usize, usize> = HashMap::default();
            for found in &open {
                *questions_of.entry(found.answer).or_default() += 1;
            }
            for found in open.into_iter().filter(|found| questions_of.get(&found.answer) == Some(&1)) {
                if self.is_open(found.question) {
                    self.take(found.question, found.answer, PairedBy::Similarity);
                }
            }
        }
    }

    /// The questions without an answer, to look for one that an unlisted answer's title resembles.
    pub(super) fn open_questions<'q>(&self, questions: &'q [Title<'q>]) -> OpenQuestions<'q> {
        OpenQuestions { questions, index: WordIndex::new(questions, |at| self.is_open(at)) }
    }
}

/// Questions that found no answer.
pub(super) struct OpenQuestions<'q> {
    questions: &'q [Title<'q>],
    index: WordIndex,
}

impl OpenQuestions<'_> {
    /// The question that reads most like an answer's title, if one reads much like it.
    pub(super) fn resembling(&self, answer: &Title<'_>) -> Option<usize> {
        let candidates = self.index.sharing(answer).into_iter();
        let scored = candidates.filter_map(|at| Some((compare(self.questions.get(at)?, answer).shared, at)));
        let best = scored.max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(&left.1)))?;
        (best.0 >= RESEMBLING).then_some(best.1)
    }
}

/// A question that has all the words of an answer's title; the nearest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    /// The two stand in different sections.
    elsewhere: bool,
    /// Content words that only the question has.
    distance: usize,
    question: usize,
    answer: usize,
}

impl Match {
    fn nearness(&self) -> (bool, usize) {
        (self.elsewhere, self.distance)
    }
}

fn behind(question: &Title<'_>, answers: &[Title<'_>], at: usize) -> bool {
    answers.get(at).is_some_and(|answer| answer.block > question.block)
}

fn shares_region(question: &Title<'_>, answers: &[Title<'_>], at: usize) -> bool {
    answers.get(at).is_some_and(|answer| answer.region == question.region)
}

fn shares_section(question: &Title<'_>, answers: &[Title<'_>], at: usize) -> bool {
    question.section.is_some() && answers.get(at).is_some_and(|answer| answer.section == question.section)
}

fn are_unique(titles: &[Title<'_>]) -> bool {
    let mut seen = HashSet::default();
    titles.iter().filter_map(|title| title.number).all(|number| seen.insert(number))
}

fn compare(left: &Title<'_>, right: &Title<'_>) -> Likeness {
    words::likeness(left.words(), right.words())
}

/// Which titles a word stands in, so that none is compared with all of them.
struct WordIndex {
    places: HashMap<String, Vec<usize>>,
}

impl WordIndex {
    fn new(titles: &[Title<'_>], open: impl Fn(usize) -> bool) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::default();
        for (at, title) in titles.iter().enumerate().filter(|(at, _)| open(*at)) {
            for word in title.words() {
                places.entry(word.clone()).or_default().push(at);
            }
        }
        Self { places }
    }

    fn sharing(&self, title: &Title<'_>) -> Vec<usize> {
        let lists =
            title.words().iter().filter_map(|word| self.places.get(word)).filter(|places| places.len() <= COMMON_WORD);
        let mut found: Vec<usize> = lists.flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

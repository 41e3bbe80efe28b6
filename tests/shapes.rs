//! How files are read: which headings and list items become notes, and which answer each of them gets.
#![expect(clippy::expect_used, reason = "a test may panic")]

use deckc::parsed::Parsed;
use deckc::settings::Given;
use deckc::source::Sources;

/// A line for each note: number, question, first line of its answer, section.
fn notes(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let id = sources.add_text("deck.md", text).expect("a short text");
    let deck = Parsed::new(sources.get(id), &Given::default()).deck;
    let described = deck.notes.iter().map(|note| {
        let number = note.number.map_or_else(|| "-".to_owned(), |number| number.value.to_string());
        let answer = note.answer.as_ref().map(|answer| answer.body.markdown(&sources)).unwrap_or_default();
        let section = deck.sections.get(note.section).map(|section| section.title.clone()).unwrap_or_default();
        format!("{number} {} = {} ({section})", note.title, answer.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    described.collect()
}

/// Blocks separated by `|`, to keep an example on a few lines.
#[track_caller]
fn reads(blocks: &str, expected: &[&str]) {
    let text: String = blocks.split('|').map(|block| format!("{}\n\n", block.trim())).collect();
    assert_eq!(notes(&text), expected, "{text}");
}

#[test]
fn what_asks_below_a_question_belongs_to_its_answer() {
    reads(
        "## What is Redis? | A store. | ### Why is it fast? | Memory. | ## What is Memcached? | A cache. | ### Why is it fast? | Simple.",
        &[
            "- What is Redis? = A store. ### Why is it fast? Memory. ()",
            "- What is Memcached? = A cache. ### Why is it fast? Simple. ()",
        ],
    );
}

#[test]
fn a_footnote_is_no_part_of_the_answer_it_stands_below() {
    for blocks in [
        "## What is a? | One.[^1] | [^1]: Note. | ## What is b? | Two.[^1]",
        "1. What is a?\n\n   One.[^1] | 2. What is b?\n\n   Two.[^1] | [^1]: Note.",
        "**What is a?** | One.[^1] | [^1]: Note. | **What is b?** | Two.[^1]",
        "Q: What is a?\nA: One.[^1] | [^1]: Note. | Q: What is b?\nA: Two.[^1]",
        "<details><summary>What is a?</summary> | One.[^1] | </details> | [^1]: Note. | <details><summary>What is b?</summary> | Two.[^1] | </details>",
        "What is a?\n?\nOne.[^1] | [^1]: Note. | What is b?\n?\nTwo.[^1]",
        "What is a? :: One.[^1] | [^1]: Note. | What is b? :: Two.[^1]",
    ] {
        let text: String = blocks.split('|').map(|block| format!("{}\n\n", block.trim_matches(' '))).collect();
        let read: Vec<String> =
            notes(&text).into_iter().map(|note| note.split_once(' ').expect("a number").1.to_owned()).collect();
        assert_eq!(read, ["What is a? = One.[^1] ()", "What is b? = Two.[^1] ()"], "{text}");
    }
}

#[test]
fn numbered_steps_are_no_questions() {
    reads(
        "## How do you debug a pod? | ### 1. Check logs | x | ### 2. Describe it | y | ## How do you scale? | ### 1. HPA | z",
        &[
            "- How do you debug a pod? = ### 1. Check logs x ### 2. Describe it y ()",
            "- How do you scale? = ### 1. HPA z ()",
        ],
    );
}

#[test]
fn a_heading_without_a_number_among_numbered_ones_stays_in_the_answer() {
    reads(
        "## 1. How does GC work? | gc | ## Mark and sweep | ms | ## 2. What is a heap? | h",
        &["1 How does GC work? = gc ## Mark and sweep ms ()", "2 What is a heap? = h ()"],
    );
}

#[test]
fn an_ordinary_document_is_no_deck() {
    reads("# My tool | A tool. | ## Install | npm i | ## Build from source | make | ## Run tests | make test", &[]);
    reads("# Essay | ## Why now? | a | ## Method | b | ## Results | c | ## Discussion | d", &[]);
}

#[test]
fn a_part_of_the_file_may_ask_at_another_level() {
    reads(
        "# One | ## What is X? | a | ## What is W? | b | # Two | ### What is Y? | c",
        &["- What is X? = a (One)", "- What is W? = b (One)", "- What is Y? = c (Two)"],
    );
}

#[test]
fn sub_headings_at_the_level_of_the_answers_stay_inside() {
    reads(
        "1. What is A?\n2. What is B? | ## What is A? | a | ## Pros | p | ## Cons | c | ## What is B? | b",
        &["1 What is A? = a ## Pros p ## Cons c ()", "2 What is B? = b ()"],
    );
}

#[test]
fn an_item_with_more_in_it_does_not_spoil_the_list() {
    reads(
        "1. What is A?\n2. What is B?\n   - a hint\n3. What is C? | ## What is A? | a | ## What is B? | b | ## What is C? | c",
        &["1 What is A? = a ()", "2 What is B? = b ()", "3 What is C? = c ()"],
    );
}

#[test]
fn a_second_list_below_an_answer_ends_it() {
    reads(
        "1. What is A?\n2. What is B? | ### What is A? | a | ### What is B? | b | 3. What is C?\n4. What is D? | ### What is C? | c | ### What is D? | d",
        &["1 What is A? = a ()", "2 What is B? = b ()", "3 What is C? = c ()", "4 What is D? = d ()"],
    );
}

#[test]
fn lists_and_answers_in_turn_pair_though_their_titles_are_short() {
    reads(
        "# JS | ## Questions | 1. What is a closure and why use it?\n2. What is hoisting? | ## Answers | ### Closure | a | ### Hoisting | b \
         | # CSS | ## Questions | 1. What is the box model made of?\n2. How is specificity counted? | ## Answers | ### Box model | c | ### Specificity | d",
        &[
            "1 What is a closure and why use it? = a (JS)",
            "2 What is hoisting? = b (JS)",
            "1 What is the box model made of? = c (CSS)",
            "2 How is specificity counted? = d (CSS)",
        ],
    );
}

#[test]
fn a_short_title_goes_to_the_question_with_the_fewest_words_beside_it() {
    reads(
        "1. How do you limit promise concurrency and retry failed jobs?\n2. What is promise concurrency?\n3. What is a job? \
         | ### Promise concurrency | short | ### What is a job? | j | ### How do you limit promise concurrency and retry failed jobs? | long",
        &[
            "1 How do you limit promise concurrency and retry failed jobs? = long ()",
            "2 What is promise concurrency? = short ()",
            "3 What is a job? = j ()",
        ],
    );
    reads(
        "1. How do you test the React router?\n2. How do you test the React store?\n3. What is a job?\n4. What is a queue? \
         | ### Test React | which? | ### What is a job? | j | ### What is a queue? | q",
        &[
            "1 How do you test the React router? =  ()",
            "2 How do you test the React store? =  ()",
            "3 What is a job? = j ()",
            "4 What is a queue? = q ()",
            "- Test React = which? ()",
        ],
    );
}

#[test]
fn a_title_with_a_word_more_answers_another_question() {
    reads(
        "1. How do you test React?\n2. What is a job?\n3. What is a queue? | ### How do you test React Native? | n | ### What is a job? | j | ### What is a queue? | q",
        &[
            "1 How do you test React? =  ()",
            "2 What is a job? = j ()",
            "3 What is a queue? = q ()",
            "- How do you test React Native? = n ()",
        ],
    );
}

#[test]
fn another_part_of_the_file_is_read_by_its_own_shape() {
    reads(
        "# One | 1. What is A?\n2. What is B? | ## What is A? | a | ## What is B? | b | # Two | ## What is C? | c | ## What is D? | d",
        &["1 What is A? = a (One)", "2 What is B? = b (One)", "- What is C? = c (Two)", "- What is D? = d (Two)"],
    );
}

#[test]
fn links_to_the_top_are_on_no_card() {
    reads(
        "## What is A? | a | <p align=\"right\">(<a href=\"#top\">back to top</a>)</p> | ## What is B? | b | [↑ Up](#t)",
        &["- What is A? = a ()", "- What is B? = b ()"],
    );
}

//! Each way to write questions and answers, as small files that imitate what real ones do.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

use deckc::deck::Deck;
use deckc::parsed::Parsed;
use deckc::settings::Given;
use deckc::source::Sources;

fn read(text: &str) -> (Sources, Deck) {
    let mut sources = Sources::default();
    let id = sources.add_text("deck.md", text).expect("a short text");
    let deck = Parsed::new(sources.get(id), &Given::default()).deck;
    (sources, deck)
}

/// A line for each note: shape and kind, number, question with what belongs to it, options with a `*` at the right ones,
/// answer.
fn notes(text: &str) -> Vec<String> {
    let (sources, deck) = read(text);
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let described = deck.notes.iter().map(|note| {
        let shape = deck.sections[note.section].shape.name();
        let kind = note.kind.name();
        let number = note.number.map_or_else(String::new, |number| format!("{}. ", number.value));
        let body = one_line(note.question_body.markdown(&sources));
        let body = if body.is_empty() { body } else { format!(" [{body}]") };
        let option = |option: &deckc::deck::ChoiceOption| {
            let right = if option.is_right { "*" } else { "" };
            let label = option.label.as_deref().unwrap_or("-");
            format!(" ({right}{label} {})", one_line(option.text.markdown(&sources)))
        };
        let options: String = note.options.iter().map(option).collect();
        let answer = note.answer.as_ref().map(|answer| one_line(answer.body.markdown(&sources)));
        let answer = answer.unwrap_or_else(|| "nothing".to_owned());
        let question = one_line(note.question.markdown(&sources));
        format!("{shape} {kind}: {number}{question}{body}{options} = {answer}")
    });
    described.collect()
}

#[track_caller]
fn reads(text: &str, expected: &[&str]) {
    assert_eq!(notes(text), expected, "{text}");
}

#[test]
fn an_item_that_holds_a_heading() {
    reads(
        "## Core\n\n1.  ### What is a heap?\n\n    Memory.\n\n    ```c\n    malloc(1);\n    ```\n\n   2. ### What is a stack?\n      Frames.\n\n      #### Note\n\n      Small.\n\n**[⬆ Back to top](#core)**\n",
        &[
            "list-item basic: 1. What is a heap? = Memory. ```c malloc(1); ```",
            "list-item basic: 2. What is a stack? = Frames. #### Note Small.",
        ],
    );
}

#[test]
fn a_numbered_item_with_its_answer_below_the_list() {
    reads(
        "## Models\n\n1. **What is overfitting?**\n- Answer:\n\n    Learning noise.\n\n---\n\n2. How is it seen?\n- Answer\n\n    On held-out data.\n\n**3.** What helps against it?\n\n- Answer: More data.\n",
        &[
            "list-item basic: 1. What is overfitting? = Learning noise.",
            "list-item basic: 2. How is it seen? = On held-out data.",
            "bold basic: 3. What helps against it? = More data.",
        ],
    );
}

#[test]
fn a_bold_item_with_a_link_or_a_list() {
    reads(
        "### Base\n\n* **What is `Context`?** - [Learn](http://a.b)\n\n* **What is a service?**\n    - It runs.\n    - It stays.\n\n* **Design a cache.**\n",
        &[
            "list-item basic: What is `Context`? = [Learn](http://a.b)",
            "list-item basic: What is a service? = - It runs. - It stays.",
            "list-item basic: Design a cache. = nothing",
        ],
    );
}

#[test]
fn pasted_text_has_its_answer_in_the_next_line() {
    reads(
        "1. What is DNS?\nIt maps names to addresses.\n\n2. What is TLS?\nIt encrypts.\n",
        &[
            "list-item basic: 1. What is DNS? = It maps names to addresses.",
            "list-item basic: 2. What is TLS? = It encrypts.",
        ],
    );
}

#[test]
fn a_bold_paragraph() {
    reads(
        "## Regression\n\n**What is regression? 👶**\n\n**Linear** models fit a line.\n\n<br/>\n\n**What is ridge?**\nA penalty.\n\n**What is lasso?** Another one.\n",
        &[
            "bold basic: What is regression? 👶 = **Linear** models fit a line.",
            "bold basic: What is ridge? = A penalty.",
            "bold basic: What is lasso? = Another one.",
        ],
    );
}

#[test]
fn a_bold_title_in_an_answer_is_no_question() {
    reads(
        "**What is ACID?**\n\n**Properties:**\n\nFour of them.\n\n**What is BASE?**\n\nThe other side.\n",
        &["bold basic: What is ACID? = **Properties:** Four of them.", "bold basic: What is BASE? = The other side."],
    );
}

#[test]
fn a_summary() {
    reads(
        "<details>\n<summary><b>1. What is <code>ls</code>?</b></summary><br>\n- A list.\n\nMore.\n\n</details>\n\n<details><summary>What is cp?\n</summary>\n<p>\n\nA copy.\n\n</p></details>\n",
        &["details basic: 1. What is <code>ls</code>? = - A list. More.", "details basic: What is cp? = A copy."],
    );
}

#[test]
fn a_summary_that_is_a_button() {
    reads(
        "### Show the pods\n\n<details><summary>show</summary>\n<p>\n\n```bash\nkubectl get po\n```\n\n</p>\n</details>\n\n### Delete the pods\n\n<details><summary>show</summary>\n\nDelete.\n\n</details>\n\n### What is a pod?\n\n<details><summary>show</summary>\n\nA group.\n\n</details>\n",
        &[
            "heading basic: Show the pods = ```bash kubectl get po ```",
            "heading basic: Delete the pods = Delete.",
            "heading basic: What is a pod? = A group.",
        ],
    );
}

#[test]
fn labelled_lines() {
    reads(
        "Q: What is 1 + 1?\nA: 2\n\nQ: What is a group?\n\n(in algebra)\n\nA:\n\n$$\nx\n$$\n\n**Question 3:** What is a ring?\n\n**Answer:** A set.\n",
        &[
            "prefix basic: What is 1 + 1? = 2",
            "prefix basic: What is a group? [(in algebra)] = $$ x $$",
            "prefix basic: 3. What is a ring? = A set.",
        ],
    );
}

#[test]
fn rows_of_a_table() {
    reads(
        "| No | Question | Answer | Topic |\n|----|---|---|---|\n| 1 | What is `a`? | *one* | letters |\n| 2 | What is b? | | letters |\n",
        &["table basic: 1. What is `a`? = *one*", "table basic: 2. What is b? = nothing"],
    );
}

#[test]
fn a_table_of_contents_is_no_table_of_cards() {
    reads(
        "| No | Questions |\n|---|---|\n| 1 | [What is a?](#a) |\n\n## What is a?\n\nA letter.\n",
        &["heading basic: What is a? = A letter."],
    );
}

#[test]
fn cards_on_one_line() {
    reads(
        "---\ncards-deck: Words\n---\n\nhund::dog\n\nkatze ::: cat\n\nsee `a::b` and std::vec\n",
        &["inline basic: hund = dog", "inline reversed: katze = cat", "inline basic: see `a::b` and std = vec"],
    );
    reads("The path std::vec is one.\n\nSo is a::b.\n", &[]);
    reads("- hund :: dog\n- katze :: cat\n", &["inline basic: hund = dog", "inline basic: katze = cat"]);
}

#[test]
fn lone_signs() {
    reads(
        "## Front\n\nmore\n\n%\n\nback\n\n## What else?\n\nall\n",
        &["separator basic: Front [more] = back", "separator basic: What else? = all"],
    );
    reads(
        "What is HTTP?\n?\nA protocol.\nStateless.\n\nHTTPS\n??\nwith TLS\n",
        &["separator basic: What is HTTP? = A protocol. Stateless.", "separator reversed: HTTPS = with TLS"],
    );
}

#[test]
fn one_card_a_file() {
    reads(
        "### Question\nWhat is swap?\n\n### Answer\n\nDisk.\n\n### Step 1: What is a disk?\n\nA plate.\n",
        &["one-card basic: What is swap? = Disk. ### Step 1: What is a disk? A plate."],
    );
}

#[test]
fn gaps() {
    let (sources, deck) = read("Q: What is it?\nA: That.\n\nC: The capital of [France] is [Paris](x) or [Lyon].\n");
    let gaps: Vec<&str> = deck.notes[1].gaps.iter().map(|gap| sources.slice(gap.text)).collect();
    assert_eq!(gaps, ["France", "Lyon"]);
    reads(
        "It is {{c1::so::how}} and `{{c1::not}}`.\n",
        &["cloze cloze: It is {{c1::so::how}} and `{{c1::not}}`. = nothing"],
    );
}

#[test]
fn options_and_which_are_right() {
    reads(
        "#### Q1. Which is a fruit?\n\n- [ ] Carrot\n- [x] Apple\n\nIt grows on trees.\n",
        &["heading choice: 1. Which is a fruit? (- Carrot) (*- Apple) = It grows on trees."],
    );
    reads(
        "###### 1. What is the output?\n\n```js\nf()\n```\n\n- A: `1`\n- B: `2`\n\n<details><summary><b>Answer</b></summary>\n<p>\n\n#### Answer: B\n\nBecause.\n\n</p>\n</details>\n",
        &["heading choice: 1. What is the output? [```js f() ```] (A `1`) (*B `2`) = Because."],
    );
    reads(
        "**1. Which port has HTTPS?**\n\nA) 80\nB) 443\n\n> Answer: B\n\n**2. Which has SSH?**\n\na. 22\nb. 23\n\n**Correct answer: a**\n",
        &[
            "bold choice: 1. Which port has HTTPS? (A 80) (*B 443) = ",
            "bold choice: 2. Which has SSH? (*a 22) (b 23) = ",
        ],
    );
}

#[test]
fn a_list_of_things_to_do_has_no_options() {
    reads(
        "## What is left to do?\n\n- [x] one\n- [x] two\n",
        &["heading basic: What is left to do? = - [x] one - [x] two"],
    );
}

#[test]
fn questions_without_answers() {
    reads(
        "## HTML\n\n- [What is a doctype?](http://a.b/1)\n- [What is `data-`?](http://a.b/2)\n",
        &[
            "question-list basic: [What is a doctype?](http://a.b/1) = nothing",
            "question-list basic: [What is `data-`?](http://a.b/2) = nothing",
        ],
    );
    reads(
        "<h3>HTML:</h3>\n<ul>\n<li>What is a doctype?</li>\n<li>What is a tag?</li>\n<li>Why <code>alt</code>?</li>\n<li>How is it parsed?</li>\n<li>Name a void element.</li>\n</ul>\n",
        &[
            "question-list basic: What is a doctype? = nothing",
            "question-list basic: What is a tag? = nothing",
            "question-list basic: Why <code>alt</code>? = nothing",
            "question-list basic: How is it parsed? = nothing",
            "question-list basic: Name a void element. = nothing",
        ],
    );
}

#[test]
fn topics_whose_text_asks() {
    let topic = |title: &str| format!("#### {title}\n\nWhy is it bad? Can you show it?\n\n");
    let text: String = ["Globals", "Singletons", "Inheritance", "Null"].map(topic).concat();
    let expected = ["Globals", "Singletons", "Inheritance", "Null"]
        .map(|title| format!("question-list basic: {title} [Why is it bad? Can you show it?] = nothing"));
    assert_eq!(notes(&text), expected);
}

#[test]
fn a_list_without_answers_beside_answered_questions_is_left_out() {
    reads(
        "## Warm up\n\n- What did you learn?\n- What do you like?\n\n## Shell\n\n<details><summary>What is ls?</summary>\n\nA list.\n\n</details>\n\n<details><summary>What is cp?</summary>\n\nA copy.\n\n</details>\n",
        &["details basic: What is ls? = A list.", "details basic: What is cp? = A copy."],
    );
}

#[test]
fn placeholders_are_no_answers() {
    for placeholder in ["TODO", "To be completed.", "*Answer here*", "...", "Answer:"] {
        reads(
            &format!("## What is a?\n\n{placeholder}\n\n## What is b?\n\nWords.\n"),
            &["heading basic: What is a? = nothing", "heading basic: What is b? = Words."],
        );
    }
}

#[test]
fn tags_of_lines_and_legends() {
    let (_, deck) = read(
        "#web\n\nLegend: 👶 easy, ⭐ hard\n\n## What is HTTP? ⭐\n\nA protocol.\n\n#net/http\n\n## What is DNS? 👶\n\nNames.\n",
    );
    let tags: Vec<Vec<String>> = deck.notes.iter().map(|note| deckc::deck::tags_of(&deck, note)).collect();
    assert_eq!(tags, [vec!["web", "net::http", "hard"], vec!["web", "easy"]]);
}

#[test]
fn the_same_card_in_two_sections_has_the_tags_of_both() {
    let (_, deck) =
        read("# JS\n\n## What is a closure?\n\nA function.\n\n# React\n\n## What is a closure?\n\nA function.\n");
    assert_eq!(deck.studied().count(), 1);
    let tags = deckc::deck::tags_of(&deck, &deck.notes[0]);
    assert_eq!(tags, ["js", "react"]);
    let (_, deck) =
        read("# JS\n\n## What is a closure?\n\nA function.\n\n# React\n\n## What is a closure?\n\nAnother thing.\n");
    assert_eq!(deck.studied().count(), 2);
}

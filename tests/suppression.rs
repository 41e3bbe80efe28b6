//! Comments in a source that allow findings.

#[path = "support/home.rs"]
mod home;

use home::Home;

/// What is found in a text, as `line lint`.
fn found(text: &str) -> Vec<String> {
    let ran = Home::with("deck.md", text).check(&["deck.md"]);
    let parts = |line: &str| -> Option<String> {
        let (place, rest) = line.split_once(": ")?;
        let lint = rest.split_once('[')?.1.split_once(']')?.0;
        Some(format!("{} {lint}", place.split(':').nth(1)?))
    };
    ran.stdout.lines().filter_map(parts).collect()
}

const OPEN: &str = "# Deck\n\n## What is a heap?\n\n{}\n\n```js\nlet a = 1;\n```\n\n~~~nodejs\nlet b\n~~~\n\n\
                    ```\nplain\n```\n\n## Who?\n\n```\nplain\n```\n";

fn with(comment: &str) -> String {
    OPEN.replace("{}", comment)
}

#[test]
fn a_comment_is_for_the_next_block() {
    let text = with("").replace("\n```\nplain", "\n<!-- deckc allow: fence-without-language -->\n\n```\nplain");
    assert_eq!(found(&with("")), ["15 fence-without-language", "21 fence-without-language"]);
    assert_eq!(found(&text), Vec::<String>::new());
}

#[test]
fn before_a_heading_it_is_for_all_below_it() {
    let text = with("").replace("## What", "<!-- deckc allow: fence-without-language -->\n\n## What");
    assert_eq!(found(&text), ["23 fence-without-language"]);
}

#[test]
fn a_section_or_the_file_may_be_meant() {
    assert_eq!(found(&with("<!-- deckc allow-section: fences -->")), ["21 fence-without-language"]);
    assert_eq!(found(&with("<!-- deckc allow-file: fences -- old notes -->")), Vec::<String>::new());
}

#[test]
fn within_a_line_it_is_for_the_item_or_the_row_it_stands_in() {
    for text in [
        "1. **What is a?**\n\n   Text.\n\n3. **What is b?** <!-- deckc allow: number-gap -->\n\n   Text.\n",
        "1. ### What is a?\n\n   Text.\n\n3. ### What is b? <!-- deckc allow: number-gap -->\n\n   Text.\n",
        "<details>\n<summary>What is a? <!-- deckc allow: empty-answer --></summary>\n\n</details>\n\n<details>\n\
         <summary>What is b?</summary>\n\nText.\n\n</details>\n",
    ] {
        let bare = text.split(" <!--").next().unwrap_or_default().len();
        let end = text.find("-->").unwrap_or_default() + 3;
        let without =
            format!("{}{}", &text.chars().take(bare).collect::<String>(), &text.chars().skip(end).collect::<String>());
        assert_eq!(found(&without).len(), 1, "{without}: {:?}", found(&without));
        assert_eq!(found(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn an_unused_comment_within_an_answer_is_taken_out() {
    let home = Home::with("deck.md", "## What is a heap?\n\nA <!-- deckc allow: number-gap --> tree.\n");
    let ran = home.deckc(&["check", "--fix", "--format=concise", "deck.md"]);
    assert_eq!(ran.stdout, "no findings in 1 file (1 note)\nfixed 1 finding in 1 file\n");
    assert_eq!(home.read("deck.md"), "## What is a heap?\n\nA tree.\n");
}

#[test]
fn one_that_allows_nothing_is_a_finding() {
    let both = ["15 fence-without-language", "21 fence-without-language"];
    let first = ["5 unused-suppression"];
    for comment in [
        "<!-- deckc allow: number-gap -->",
        "<!-- deckc allow-file: number-gapp -->",
        "<!-- deckc alow: fences -->",
        "<!-- deckc allow: -- why -->",
        "<!-- deckc allow: outdated-lock -->",
    ] {
        assert_eq!(found(&with(comment)), [&first[..], &both].concat(), "{comment}");
    }
}

#[test]
fn other_comments_are_no_business_of_deckc() {
    for comment in ["<!-- deckc is nice -->", "<!-- markdownlint-disable MD040 -->", "<!-- deckc -->"] {
        assert_eq!(found(&with(comment)).len(), 2, "{comment}");
    }
    assert_eq!(found(&with("```html\n<!-- deckc allow-file: fences -->\n```")).len(), 2);
}

#[test]
fn the_deck_is_built_and_the_comment_is_on_no_card() {
    let text = with("<!-- deckc allow-file: fences -->");
    let home = Home::with("deck.md", text.replace("## Who", "## What is a heap"));
    home.add("deck.md", format!("<!-- deckc allow-file: duplicates -->\n\n{}", home.read("deck.md")));
    assert_eq!(home.build(&["deck.md"]).code, 0);
    assert!(!home.read("out/deck.json").contains("deckc allow"));
}

#[test]
fn many_comments_and_findings_take_no_time_to_speak_of() {
    let section = "<!-- deckc allow: fence-without-language -->\n\n## What is {}?\n\n```\nx\n```\n\n<!-- a -->\n\n";
    let text: String = (0..4000).map(|number| section.replace("{}", &format!("number {number}"))).collect();
    assert_eq!(found(&text), Vec::<String>::new());
}

use proptest::prelude::*;
use rayon::prelude::*;
use syntect::parsing::ParseState;

use super::super::samples::SAMPLES;
use super::*;

/// Whether the quick parser parsed all of it. What it parsed, syntect parses to the same.
fn is_as_syntect_has_it(syntax: usize, code: &str) -> bool {
    let mut quick = Parser::new(syntax).unwrap();
    let reference = &SYNTAXES.syntaxes()[syntax];
    let mut slow = ParseState::new(reference);
    for line in code.split_inclusive('\n') {
        let line = format!("{}\n", line.trim_end_matches('\n'));
        let Ok(operations) = quick.line(&line) else { return false };
        assert_eq!(operations, slow.parse_line(&line, &SYNTAXES).unwrap(), "{}: {line:?}", reference.name);
    }
    true
}

fn place(language: &str) -> usize {
    PLACES[languages::syntax_name(&languages::of_info(language)).unwrap()]
}

/// Something of many languages, whole and torn.
const MIXED: &str = r#"<?php /* a */ $b = "c {$d['e']} \n"; // f
<div class="g" style="a: b" onclick='h(1)'>i &amp; <script>let j = `k ${l}`;</script> <!-- m --></div>
def n(o: int = 0x1F, *p) -> 'q': return f"{r!r:>10}" # s
SELECT t.u, COUNT(*) FROM v WHERE w = 'x' AND y IS NOT NULL; -- z
@G(h = 1) public static void main(String[] args) throws I { int[] j = {1, 2L, 'k'}; }
  n: {o: [p, "q"], r: 1.5e3} # s
-}{- """ ``` ''' ~~~ /* <![CDATA[ )]}> 日本語 «été» \u{1F600} 'ſ'
"#;

#[test]
fn every_sample_is_parsed_as_syntect_parses_it() {
    for (info, code) in SAMPLES {
        assert!(is_as_syntect_has_it(place(info), code), "{info}");
    }
}

#[test]
fn every_language_of_fences_is_parsed_as_syntect_parses_it() {
    let syntaxes: std::collections::BTreeSet<usize> = languages::syntax_names().map(|name| PLACES[name]).collect();
    let syntaxes: Vec<usize> = syntaxes.into_iter().collect();
    let beyond = syntaxes.into_par_iter().filter(|syntax| !is_as_syntect_has_it(*syntax, MIXED));
    let beyond: Vec<&str> = beyond.map(|syntax| SYNTAXES.syntaxes()[syntax].name.as_str()).collect();
    // It looks back by `\\G`.
    assert_eq!(beyond, ["Todo.txt"]);
}

#[test]
fn what_nests_deep_is_coloured() {
    let code = format!("{}'x'{} // y\n", "(".repeat(150), ")".repeat(150));
    let classes: Vec<Class> = coloured("JavaScript", &code).unwrap().into_iter().map(|run| run.class).collect();
    assert_eq!(classes, [Class::Text, Class::Comment]);
}

#[test]
fn code_over_which_a_grammar_goes_in_circles_stays_plain() {
    // syntect never ends with this.
    assert_eq!(coloured("JavaScript", "{é${SELECT /*<b>@*/\u{a0}\n"), None);
}

fn mangled() -> impl Strategy<Value = (usize, String)> {
    let edit = (any::<prop::sample::Index>(), 0..40_usize, r#"[\[\](){}<>'"`$#\\/*\-=:;%&|@!?,. \na-c0é]{0,4}"#);
    (0..SAMPLES.len(), prop::collection::vec(edit, 1..6)).prop_map(|(sample, edits)| {
        let (info, code) = SAMPLES[sample];
        let mut characters: Vec<char> = code.chars().collect();
        for (at, length, text) in edits {
            let at = at.index(characters.len() + 1);
            let end = (at + length).min(characters.len());
            characters.splice(at..end, text.chars());
        }
        (place(info), characters.into_iter().collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn mangled_code_is_parsed_as_syntect_parses_it((syntax, code) in mangled()) {
        is_as_syntect_has_it(syntax, &code);
    }
}

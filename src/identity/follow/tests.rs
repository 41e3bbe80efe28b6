use super::*;
use crate::identity::lock::tests::entry;
use crate::identity::question_key_of;

const LOOP: &str =
    "It runs one task at a time: timers, pending callbacks, input and output, and what was set immediate.";
const STREAM: &str = "It hands data on in chunks, so that a file need not fit in memory before its first byte is used.";
const CLUSTER: &str =
    "It starts several processes that share one port, so that every core answers some of the requests.";

/// Question and answer of each side, and for each note the question of the entry it was found to be.
fn followed(before: &[(&str, &str)], after: &[(&str, &str)]) -> (Vec<Option<String>>, usize) {
    let entries: Vec<Entry> = before
        .iter()
        .enumerate()
        .map(|(at, (question, answer))| entry(&format!("g{at:03}"), question, answer))
        .collect();
    let seen: Vec<Seen<'_>> = after.iter().map(|(question, _)| seen(question)).collect();
    let sketch = |note: usize| after.get(note).map(|(_, answer)| Sketch::of(answer));
    let found = follow(&entries, &seen, &sketch);
    let question = |entry: usize| entries[entry].question.to_string();
    (found.entries.into_iter().map(|entry| entry.map(question)).collect(), found.ambiguous.len())
}

fn seen(question: &str) -> Seen<'_> {
    Seen {
        pin: None,
        source: "source/deck.md",
        section: "Basics",
        number: None,
        question,
        key: Cow::Owned(question_key_of(question, false)),
        code: None,
        is_cloze: false,
    }
}

/// One note before, one after.
#[track_caller]
fn stays(before: (&str, &str), after: (&str, &str)) {
    assert_eq!(followed(&[before], &[after]), (vec![Some(before.0.to_owned())], 0));
}

#[track_caller]
fn is_another(before: (&str, &str), after: (&str, &str)) {
    assert_eq!(followed(&[before], &[after]), (vec![None], 0));
}

#[test]
fn the_same_question_stays_whatever_its_answer() {
    stays(("What is the event loop?", LOOP), ("**What is** the event loop", STREAM));
}

#[test]
fn the_same_answer_stays_whatever_its_question() {
    stays(("What is the event loop?", LOOP), ("Describe how Node schedules work.", LOOP));
}

#[test]
fn words_of_no_weight_may_change_with_the_answer() {
    stays(("How do you handle backpressure?", STREAM), ("How would you handle back-pressure?", CLUSTER));
}

#[test]
fn both_mildly_edited() {
    let edited = STREAM.replace("hands data on", "passes data on").replace("first byte", "first line");
    stays(
        ("How do you handle backpressure in streams?", STREAM),
        ("How do you deal with backpressure in pipes?", &edited),
    );
}

#[test]
fn one_word_tells_two_questions_apart_where_the_answers_differ() {
    is_another(
        ("What does `slice` do?", "Returns a copy of a part of an array and leaves the array alone."),
        ("What does `splice` do?", "Takes elements out of an array, puts others in, and returns those it took."),
    );
    is_another(("What is the event loop?", LOOP), ("What is a stream?", STREAM));
    is_another(("What is new in React 18?", LOOP), ("What is new in React 19?", STREAM));
}

#[test]
fn numbers_tell_questions_apart_however_alike_the_answers() {
    let found = "The resource was found elsewhere for a while: the client asks there, with the method it used, and asks \
        here again the next time.";
    let moved = found.replace("for a while", "for good").replace("here again", "there again");
    is_another(("What does status 302 mean for a client?", found), ("What does status 301 mean for a client?", &moved));
    stays(("What does status 302 mean for a client?", found), ("What does a client do with status 302?", &moved));
}

/// Answers of one frame, as people write commands and quizzes.
fn framed(command: &str) -> String {
    format!("Open a terminal, type the command `{command}` and press the Enter key to run it.")
}

#[test]
fn a_frame_that_all_answers_share_tells_nothing() {
    let [list, date, who] = ["ls", "date", "whoami"].map(framed);
    let before = [("How do you list files?", list.as_str()), ("What shows the date?", date.as_str())];
    let after = [("Who is logged in?", who.as_str()), ("What shows the date?", date.as_str())];
    assert_eq!(followed(&before, &after), (vec![None, Some("What shows the date?".to_owned())], 0));
    // Gone for a while, it is no more alike.
    let mut entries = before.map(|(question, answer)| entry(question, question, answer));
    entries[0].retired = Some(1);
    let seen = after.map(|(question, _)| seen(question));
    let found = follow(&entries, &seen, &|note| after.get(note).map(|(_, answer)| Sketch::of(answer)));
    assert_eq!(found.entries, [None, Some(1)]);
}

#[test]
fn within_a_frame_an_edited_question_is_found_by_its_answer() {
    let answers: Vec<String> =
        ["ls", "date", "whoami", "pwd", "uptime"].iter().map(|command| framed(command)).collect();
    let questions =
        ["How do you list files?", "What shows the date?", "Who is it?", "Where am I?", "How long is it up?"];
    let before: Vec<(&str, &str)> = questions.iter().copied().zip(answers.iter().map(String::as_str)).collect();
    let mut after = before.clone();
    after[0].0 = "Which command gives the names in a folder?";
    let same = questions.map(|question| Some(question.to_owned())).to_vec();
    assert_eq!(followed(&before, &after), (same, 0));
}

#[test]
fn signs_and_code_tell_questions_apart_however_alike_the_answers() {
    is_another(
        ("What does `i++` evaluate to?", "The value that i has before it is incremented by one."),
        ("What does `++i` evaluate to?", "The value that i has after it is incremented by one."),
    );
    let structs = "A record of named members of any types, laid out one behind the other in memory.";
    is_another(("What is a struct in C?", structs), ("What is a struct in C++?", &structs.replace("any", "whatever")));
}

#[test]
fn the_order_of_words_tells_questions_apart_where_the_answers_differ() {
    is_another(("How do you convert JSON to XML?", LOOP), ("How do you convert XML to JSON?", STREAM));
    stays(("What sets tabs and spaces apart?", LOOP), ("What sets spaces and tabs apart?", LOOP));
}

#[test]
fn numbers_tell_questions_apart_where_the_answers_look_the_same() {
    let long: String = (0..400).map(|number| format!("word{number} ")).collect();
    is_another(
        ("What does status 301 mean?", &format!("{long} 301")),
        ("What does status 302 mean?", &format!("{long} 302")),
    );
}

#[test]
fn an_answer_without_words_is_like_no_other() {
    is_another(("How does a cat look?", "\u{1f408}"), ("How does the dog look?", "\u{1f415}"));
}

#[test]
fn an_attribute_of_a_heading_names_its_note_in_its_file_only() {
    let mut before = [entry("a", "What is the intro to courts?", LOOP)];
    before[0].pin = Some("#intro".into());
    let find = |note: Seen<'_>, answer: &str| follow(&before, &[note], &|_| Some(Sketch::of(answer))).entries;
    assert_eq!(find(Seen { pin: Some("#intro".into()), ..seen("How do courts begin?") }, STREAM), [Some(0)]);
    let elsewhere = Seen { pin: Some("#intro".into()), source: "source/b.md", ..seen("How do whales sing?") };
    assert_eq!(find(elsewhere, STREAM), [None]);
    // Renamed, it is the same note.
    assert_eq!(find(Seen { pin: Some("#first".into()), ..seen("What is the intro to courts?") }, LOOP), [Some(0)]);
}

#[test]
fn a_question_stays_in_its_file_when_code_comes_below_it() {
    let before = [
        entry("a", "What is a closure?", LOOP),
        Entry { source: "source/b.md".into(), ..entry("b", "What is a closure?", STREAM) },
    ];
    let after = [
        Seen { code: Some("1".into()), ..seen("What is a closure?") },
        Seen { source: "source/b.md", ..seen("What is a closure?") },
    ];
    let found = follow(&before, &after, &|note| Some(Sketch::of([CLUSTER, STREAM][note])));
    assert_eq!(found.entries, [Some(0), Some(1)]);
}

#[test]
fn the_same_in_two_files_stays_apart_when_both_move() {
    let at = |source: &str, id| Entry {
        source: source.into(),
        ids: vec![id].into(),
        ..entry(source, "What is a closure?", LOOP)
    };
    let before = [at("source/o.md", 9), at("source/p.md", 1)];
    let after = ["source/x/o.md", "source/x/p.md"].map(|source| Seen { source, ..seen("What is a closure?") });
    assert_eq!(follow(&before, &after, &|_| Some(Sketch::of(LOOP))).entries, [Some(0), Some(1)]);
}

#[test]
fn an_answer_of_today_goes_before_a_question_of_yesterday() {
    let mut before = [entry("a", "Pros and cons?", STREAM), entry("b", "Pros and cons of loops?", LOOP)];
    before[0].retired = Some(1);
    let found = follow(&before, &[seen("Pros and cons?")], &|_| Some(Sketch::of(LOOP)));
    assert_eq!(found.entries, [Some(1)]);
}

#[test]
fn a_short_answer_that_others_have_is_no_evidence() {
    let before = [("Is Go compiled?", "Yes, it is."), ("Is water wet?", "Yes, it is.")];
    let after = [("Is Java compiled?", "Yes, it is."), ("Is water wet?", "Yes, it is.")];
    assert_eq!(followed(&before, &after), (vec![None, Some("Is water wet?".to_owned())], 0));
    is_another(("Who won the World Cup in 1958?", "Brazil."), ("Who won the World Cup in 1962?", "Brazil."));
    stays(("Was heißt Hund?", "dog"), ("Wie übersetzt man Hund?", "dog"));
}

#[test]
fn marks_and_joined_words_are_no_other_question() {
    stays(("What does async do?", "It makes promises."), ("What does `async` do?", "It always makes promises."));
    stays(("Why event-delegation?", "Fewer listeners."), ("Why event delegation?", "Fewer listeners in all."));
    stays(("What is Node JS?", "A runtime."), ("What is Node.js?", "A runtime for JavaScript."));
    is_another(("What is a `Map` of keys?", "An object."), ("What is a `map` of keys?", "A function of arrays."));
}

#[test]
fn a_typing_slip_among_many_words_is_no_other_question() {
    stays(
        ("How do you prevnt memory leaks in a long running Node.js process?", "Remove listeners."),
        ("How do you prevent memory leaks in a long running Node.js process?", "Clear timers, bound caches."),
    );
    stays(("Show all laebls of the pods", "Describe them."), ("Show all labels of the pods", "Ask for more columns."));
}

#[test]
fn a_question_split_with_its_answer_is_ambiguous() {
    let reads = "Reads go to secondaries of a replica set, where a little delay does no harm.";
    let writes = "Writes are spread over shards by a key of many values that queries name.";
    let both = format!("{reads} {writes}");
    let before = [("How do you scale reads and writes in MongoDB?", both.as_str())];
    let after = [("How do you scale reads in MongoDB?", reads), ("How do you scale writes in MongoDB?", writes)];
    assert_eq!(followed(&before, &after), (vec![None, None], 1));
    let [one, two] = after;
    assert_eq!(followed(&[one, two], &before), (vec![None], 1));
    // One half may be much longer than the other.
    let long = format!("{reads} A driver says so by its read preference, which may also name tags of data centres.");
    let both = format!("{long} {writes}");
    let before = [("How do you scale reads and writes in MongoDB?", both.as_str())];
    let after =
        [("How do you scale reads in MongoDB?", long.as_str()), ("How do you scale writes in MongoDB?", writes)];
    assert_eq!(followed(&before, &after), (vec![None, None], 1));
}

#[test]
fn a_new_question_that_reads_like_one_that_went_is_told() {
    let before = [entry("a", "What does `slice` do to the elements of an array?", LOOP)];
    let spliced = seen("What does `splice` do to the elements of an array?");
    let found = follow(&before, &[spliced], &|_| Some(Sketch::of(STREAM)));
    assert_eq!((found.entries, found.alike), (vec![None], vec![(0, 0)]));
    let found = follow(&before, &[seen("Why are streams read in chunks?")], &|_| Some(Sketch::of(STREAM)));
    assert_eq!((found.entries, found.alike), (vec![None], vec![]));
}

#[test]
fn a_short_answer_answers_many_questions() {
    is_another(("Is Node single-threaded?", "Yes."), ("Has SQLite got transactions?", "Yes."));
    stays(("Is Node single-threaded?", "Yes."), ("Is Node.js really single-threaded?", "Yes."));
}

#[test]
fn the_best_of_all_pairs_wins() {
    let before = [("What is the event loop?", LOOP), ("What is a stream?", STREAM), ("What is a cluster?", CLUSTER)];
    let after = [
        ("What is a cluster of processes?", CLUSTER),
        ("Explain the loop of events.", LOOP),
        ("Something else entirely?", "An answer with words that none of the other answers has got, or hardly any."),
        ("Why streams?", STREAM),
    ];
    let expected = [Some("What is a cluster?"), Some("What is the event loop?"), None, Some("What is a stream?")];
    let expected = expected.map(|question| question.map(str::to_owned)).to_vec();
    assert_eq!(followed(&before, &after), (expected, 0));
}

#[test]
fn a_question_split_in_two_is_ambiguous() {
    let before = [("How do streams and buffers work?", STREAM)];
    let after = [("How do streams work?", STREAM), ("How do buffers work?", STREAM)];
    assert_eq!(followed(&before, &after), (vec![None, None], 1));
}

#[test]
fn two_questions_made_one_are_ambiguous() {
    let before = [("How do streams work?", STREAM), ("How do buffers work?", STREAM)];
    let after = [("How do streams and buffers work?", STREAM)];
    assert_eq!(followed(&before, &after), (vec![None], 1));
}

#[test]
fn questions_that_read_the_same_go_by_their_answers() {
    let before = [("Pros and cons?", LOOP), ("Pros and cons?", STREAM), ("Pros and cons?", CLUSTER)];
    let entries: Vec<Entry> = (0..).zip(before).map(|(at, (q, a))| entry(&format!("g{at}"), q, a)).collect();
    let after =
        [CLUSTER, "Quite another answer, with words that none of those before it has, so that it is new.", LOOP];
    let seen: Vec<Seen<'_>> = after.iter().map(|_| seen("Pros and cons?")).collect();
    let found = follow(&entries, &seen, &|note| after.get(note).map(|answer| Sketch::of(answer)));
    assert_eq!(found.entries, [Some(2), Some(1), Some(0)]);
}

#[test]
fn a_question_moves_to_another_section_and_file() {
    let before = [entry("a", "What is the event loop?", LOOP)];
    let moved = Seen { source: "source/other.md", section: "Advanced", ..seen("What is the event loop?") };
    let found = follow(&before, &[moved], &|_| Some(Sketch::of(STREAM)));
    assert_eq!(found.entries, [Some(0)]);
}

#[test]
fn of_two_that_ask_the_same_each_stays_in_its_section() {
    let mut before = [entry("a", "Pros and cons?", LOOP), entry("b", "Pros and cons?", STREAM)];
    before[1].section = "Advanced".into();
    let after = [Seen { section: "Advanced", ..seen("Pros and cons?") }, seen("Pros and cons?")];
    let found = follow(&before, &after, &|_| Some(Sketch::of(CLUSTER)));
    assert_eq!(found.entries, [Some(1), Some(0)]);
}

#[test]
fn a_question_that_comes_back_is_the_one_that_went() {
    let mut before = [entry("a", "What is the event loop?", LOOP)];
    before[0].retired = Some(1);
    let back = |question, answer| follow(&before, &[seen(question)], &|_| Some(Sketch::of(answer))).entries;
    assert_eq!(back("What is the event loop?", STREAM), [Some(0)]);
    assert_eq!(back("What's the event loop, please?", LOOP), [Some(0)]);
    assert_eq!(back("What is a stream?", STREAM), [None]);
}

#[test]
fn an_id_names_its_note_whatever_else_changes() {
    let mut before = [entry("a", "What is the event loop?", LOOP), entry("b", "What is a stream?", STREAM)];
    before[0].pin = Some("loop".into());
    let follow = |note: Seen<'_>, answer: &str| follow(&before, &[note], &|_| Some(Sketch::of(answer))).entries;
    assert_eq!(follow(Seen { pin: Some("loop".into()), ..seen("Quite another?") }, CLUSTER), [Some(0)]);
    // The guid is an id, too: it is what `deckc pin` writes.
    assert_eq!(follow(Seen { pin: Some("b".into()), ..seen("Quite another?") }, CLUSTER), [Some(1)]);
    // Another id is another note.
    assert_eq!(follow(Seen { pin: Some("ring".into()), ..seen("What is the event loop?") }, LOOP), [None]);
    // An id may be added and taken away.
    assert_eq!(follow(Seen { pin: Some("stream".into()), ..seen("What is a stream?") }, CLUSTER), [Some(1)]);
    assert_eq!(follow(seen("What is the event loop?"), CLUSTER), [Some(0)]);
    // Who writes an id of their own says that the question is new.
    assert_eq!(follow(Seen { pin: Some("new".into()), ..seen("Streams: what are they?") }, STREAM), [None]);
}

#[test]
fn code_below_the_same_title_tells_questions_apart() {
    let quiz = |guid, code: &str, answer| Entry { code: Some(code.into()), ..entry(guid, "What is printed?", answer) };
    let before = [quiz("a", "1", LOOP), quiz("b", "2", STREAM)];
    let after = ["2", "3"].map(|code| Seen { code: Some(code.into()), ..seen("What is printed?") });
    let found = follow(&before, &after, &|_| Some(Sketch::of(CLUSTER)));
    assert_eq!(found.entries, [Some(1), None]);
    // Where the title is the only one of its kind, its code may be edited.
    let found = follow(&before[..1], &after[1..], &|_| Some(Sketch::of(CLUSTER)));
    assert_eq!(found.entries, [Some(0)]);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Texts that have a lot in common.
    fn text(most_words: usize) -> impl Strategy<Value = String> {
        let word =
            prop::sample::select(vec!["loop", "stream", "slice", "splice", "what", "is", "the", "18", "19", "yes"]);
        prop::collection::vec(word, 1..most_words).prop_map(|words| words.join(" "))
    }

    fn notes() -> impl Strategy<Value = Vec<(String, String, bool)>> {
        prop::collection::vec((text(5), text(12), any::<bool>()), 0..12)
    }

    fn section(first: bool) -> &'static str {
        if first { "Basics" } else { "Advanced" }
    }

    fn of_lock(notes: &[(String, String, bool)]) -> Vec<Entry> {
        let entries = (0..).zip(notes).map(|(at, (question, answer, first))| Entry {
            section: section(*first).into(),
            ids: vec![at + 1].into(),
            ..entry(&format!("g{at:03}"), question, answer)
        });
        entries.collect()
    }

    fn find(entries: &[Entry], notes: &[(String, String, bool)]) -> Followed {
        let seen: Vec<Seen<'_>> =
            notes.iter().map(|(question, _, first)| Seen { section: section(*first), ..seen(question) }).collect();
        follow(entries, &seen, &|note| notes.get(note).map(|(_, answer, _)| Sketch::of(answer)))
    }

    proptest! {
        #[test]
        fn what_did_not_change_stays(notes in notes()) {
            let found = find(&of_lock(&notes), &notes);
            prop_assert_eq!(found.ambiguous.len(), 0);
            for (note, entry) in found.entries.iter().enumerate() {
                // Of notes that are the same in all, any is as good.
                prop_assert_eq!(entry.map(|entry| &notes[entry]), Some(&notes[note]));
            }
        }

        #[test]
        fn a_new_order_changes_nothing(notes in notes(), turn in 0..12_usize) {
            let mut turned = notes.clone();
            let turn = turn.min(notes.len());
            turned.rotate_left(turn);
            let found = find(&of_lock(&notes), &turned);
            prop_assert_eq!(found.ambiguous.len(), 0);
            for (note, entry) in found.entries.iter().enumerate() {
                prop_assert_eq!(entry.map(|entry| &notes[entry]), Some(&turned[note]));
            }
        }

        #[test]
        fn no_entry_is_two_notes(before in notes(), after in notes()) {
            let found = find(&of_lock(&before), &after);
            let mut taken: Vec<usize> = found.entries.iter().flatten().copied().collect();
            let all = taken.len();
            taken.sort_unstable();
            taken.dedup();
            prop_assert_eq!(taken.len(), all);
            prop_assert_eq!(find(&of_lock(&before), &after), found);
        }
    }
}

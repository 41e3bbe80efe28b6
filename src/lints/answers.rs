//! Answers and the questions they belong to.

use foldhash::HashSet;

use super::{Context, Finding, Findings, TOO_MANY, first_line, gathered, quoted};
use crate::deck::{Note, NoteKind, PairedBy, Pairing, ShapeName};
use crate::diagnostic::{About, Edit};
use crate::render::{LONGEST_TYPED, LookUp, Untypable, footnote, typed};
use crate::source::Span;

pub(super) fn missing_answer(context: &Context<'_>) -> Findings {
    // The finding of an unlisted answer that reads much like a question shows that question already.
    let resembled: HashSet<Span> = context.notes().filter_map(|(_, note)| note.pairing.as_ref()?.resembles).collect();
    let found = context.notes().filter(|(index, note)| {
        let is_listed = matches!(shape(context, note), Some(ShapeName::ListFirst | ShapeName::QuestionList));
        let is_open = note.pairing.is_none() && is_open(note) && note.placeholder.is_none();
        is_listed && is_open && !is_duplicate(context, *index) && !resembled.contains(&note.question_span)
    });
    let found: Vec<(usize, &Note)> = found.collect();
    // Of many, the questions say enough.
    let shows_place = found.len() <= TOO_MANY;
    let findings = found.iter().map(|&(index, note)| {
        let mut place = None;
        let (label, help) = if shape(context, note) == Some(ShapeName::ListFirst) {
            let title = one_line(context, note);
            place = place_of_answer(context, index).filter(|_| shows_place);
            ("no heading answers this", format!("add a heading `{title}` with the answer below it"))
        } else {
            (
                "nothing answers this",
                "write the answer below the question; until then it is left out of the deck".to_owned(),
            )
        };
        let finding = Finding::new(format!("{} has no answer", quoted(&note.title)), note.question_span, label);
        match place {
            Some(place) => finding.and(place, "its answer belongs before this").help(help),
            None => finding.help(help),
        }
    });
    gathered(findings.collect(), |count| format!("{count} questions have no answer"))
}

/// The heading over the answer of a listed question, if it stands where the list has it.
fn heading_of_answer(note: &Note) -> Option<Span> {
    note.pairing.as_ref().filter(|pairing| pairing.misplaced.is_none()).map(|pairing| pairing.heading)
}

/// What would stand behind the answer of a listed question: the answer of the next question of its section, or what is
/// behind the answer of the one before.
fn place_of_answer(context: &Context<'_>, index: usize) -> Option<Span> {
    let notes = &context.deck.notes;
    let section = notes.get(index)?.section;
    let (before, behind) = notes.split_at_checked(index)?;
    let is_beside = |note: &&Note| note.section == section;
    let next = behind.iter().skip(1).take_while(is_beside).find_map(heading_of_answer);
    let place = next.or_else(|| {
        let last = before.iter().rev().take_while(is_beside).find_map(Note::answer_span)?;
        let document = context.document;
        let from = document.all().skip_while(|&id| document.span(id).start < last.end);
        from.filter(|&id| document.heading_level(id).is_some()).map(|id| document.span(id)).next()
    });
    place.filter(|place| place.source == context.source.id()).map(|place| first_line(context.source, place))
}

pub(super) fn empty_answer(context: &Context<'_>) -> Findings {
    let found = context.notes().filter(|(_, note)| {
        let is_listed = matches!(shape(context, note), Some(ShapeName::ListFirst | ShapeName::QuestionList));
        let is_empty = is_open(note) && note.placeholder.is_none();
        is_empty && (note.pairing.is_some() || !is_listed)
    });
    let findings = found.map(|(_, note)| {
        let place = note.pairing.as_ref().map_or(note.question_span, |pairing| pairing.heading);
        let is_below_heading = note.pairing.is_some() || shape(context, note) == Some(ShapeName::Heading);
        let (label, help) = if is_below_heading {
            ("no answer stands below this heading", "write the answer below the heading")
        } else {
            ("no answer follows this question", "write the answer behind the question")
        };
        let finding = Finding::new(format!("the answer to {} is empty", quoted(&note.title)), place, label);
        let listed = place != note.question_span;
        let finding = if listed { finding.and(note.question_span, "asked here") } else { finding };
        finding.help(format!("{help}; until then the question is left out of the deck"))
    });
    gathered(findings.collect(), |count| format!("{count} answers are empty"))
}

pub(super) fn placeholder_answer(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let placeholder = first_line(context.source, note.placeholder?);
        let finding = Finding::new(
            format!("{} has no answer yet", quoted(&note.title)),
            note.question_span,
            "the question is left out of the deck",
        );
        let finding = finding.and(placeholder, "this stands where the answer should");
        Some(finding.help("write the answer in its place"))
    });
    gathered(found.collect(), |count| format!("{count} questions have no answer yet"))
}

pub(super) fn unlisted_answer(context: &Context<'_>) -> Findings {
    let found = context.notes().filter(|(index, _)| !is_duplicate(context, *index)).filter_map(|(_, note)| {
        let pairing = note.pairing.as_ref().filter(|pairing| pairing.by == PairedBy::Unlisted)?;
        let finding = Finding::new(
            format!("no question in the list asks {}", quoted(&pairing.title)),
            pairing.heading,
            "this answer is not in the list",
        );
        Some(match pairing.resembles {
            Some(question) => finding
                .and(question, "did you mean this question, which has no answer?")
                .help("make the two titles equal, or add the question to the list"),
            None if note.number.is_some() => finding.help("add the question to the list"),
            None => finding.help("add the question to the list; until then the note has no number"),
        })
    });
    gathered(found.collect(), |count| format!("{count} answers are not in the list"))
}

pub(super) fn mismatched_title(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let pairing = note.pairing.as_ref().filter(|_| note.answer.is_some())?;
        let by = match pairing.by {
            PairedBy::ExactTitle | PairedBy::PlainTitle | PairedBy::Words | PairedBy::Unlisted => return None,
            PairedBy::Number => "paired by its number",
            PairedBy::Similarity => "paired by most of its words",
        };
        let finding = Finding::new("the answer's title differs from the question's", pairing.heading, by)
            .and(note.question_span, "the question as listed");
        let finding = finding.help(format!("title the answer `{}`", one_line(context, note)));
        let Some(edit) = equal_title(context, note, pairing) else { return Some(finding) };
        // A number may be a slip, too.
        let is_sure = pairing.by == PairedBy::Similarity;
        Some(if is_sure { finding.safe_fix(About::Source, vec![edit]) } else { finding.unsafe_fix(vec![edit]) })
    });
    gathered(found.collect(), |count| format!("the titles of {count} answers differ from their questions'"))
}

/// The question as the title of its answer, with the marks around all of that title as they are.
fn equal_title(context: &Context<'_>, note: &Note, pairing: &Pairing) -> Option<Edit> {
    let title = first_line(context.source, pairing.heading);
    let text = context.source.slice(title);
    let bare = text.trim_start_matches(['#', ' ', '\t', '*', '_']);
    let marks = text.len() - bare.len();
    let numbers = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = if numbers.starts_with(['.', ')']) { bare.len() - numbers.len() + 1 } else { 0 };
    let number = number + bare.get(number..)?.len() - bare.get(number..)?.trim_start().len();
    let open: Vec<char> = text.get(..marks)?.chars().filter(|c| matches!(c, '*' | '_')).collect();
    let kept = bare.trim_end_matches(['#', ' ', '\t']);
    let kept = if open.is_empty() { kept } else { kept.trim_end_matches(['*', '_']) };
    let start = title.start as usize + marks + number;
    let end = title.start as usize + marks + kept.len();
    let question = note.question.markdown(context.sources).split_whitespace().collect::<Vec<_>>().join(" ");
    (start < end).then(|| Edit { span: context.source.span(start..end), text: question })
}

pub(super) fn misplaced_answer(context: &Context<'_>) -> Findings {
    let found = context.notes().filter_map(|(_, note)| {
        let pairing = note.pairing.as_ref()?;
        let misplaced = pairing.misplaced.as_ref()?;
        let section = context.deck.sections.get(note.section).map(|section| quoted(&section.title))?;
        let label = match &misplaced.under {
            Some(title) => format!("stands in {}", quoted(title)),
            None => "stands in no section".to_owned(),
        };
        let finding = Finding::new("the answer stands outside the section of its question", pairing.heading, label)
            .and(note.question_span, format!("asked in {section}"));
        Some(finding.help(format!("move the answer to {section}")))
    });
    gathered(found.collect(), |count| format!("{count} answers stand outside the section of their question"))
}

pub(super) fn untypable_answer(context: &Context<'_>) -> Findings {
    let found = context.notes().filter(|(_, note)| note.kind == NoteKind::Typed).filter_map(|(_, note)| {
        let answer = note.answer.as_ref()?;
        let look_up = LookUp {
            references: &|label| context.document.reference(label).cloned(),
            footnotes: &|label| footnote(context.sources, context.document, label),
            ..LookUp::NOTHING
        };
        let why = match typed(&answer.body.markdown(context.sources), look_up).err()? {
            Untypable::Lines => "this has more than one line".to_owned(),
            Untypable::Long(characters) => format!("this has {characters} characters; {LONGEST_TYPED} are the most"),
            Untypable::NoText => "this is no line of text or code".to_owned(),
        };
        let place = first_line(context.source, answer.span()?);
        let finding = Finding::new(format!("the answer to {} can't be typed", quoted(&note.title)), place, why)
            .and(note.question_span, "the note that is to be typed");
        Some(finding.help("write the answer in one line, or take the tag `typed` away; until then it is only shown"))
    });
    gathered(found.collect(), |count| format!("{count} answers can't be typed"))
}

/// Whether nothing answers it, in its own file or in another one.
fn is_open(note: &Note) -> bool {
    !note.has_answer() && note.answered_at.is_none()
}

fn shape(context: &Context<'_>, note: &Note) -> Option<ShapeName> {
    context.deck.sections.get(note.section).map(|section| section.shape)
}

/// A question asked twice has one answer; what is wrong with it is that it is asked twice.
fn is_duplicate(context: &Context<'_>, index: usize) -> bool {
    context.first_of_duplicates().get(index).is_some_and(Option::is_some)
}

fn one_line(context: &Context<'_>, note: &Note) -> String {
    note.question.markdown(context.sources).split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "")
}

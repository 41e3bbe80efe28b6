//! What makes a note the same note in the next build: the lock, and the ids authors write.

use foldhash::HashMap;

use super::{Finding, Findings, ProjectContext, quoted};
use crate::deck::{Note, Pin};
use crate::identity::known::{BrokenLock, OutdatedLock, Unclear};
use crate::identity::lock::{LockFault, LockFaultKind};
use crate::source::{SourceId, Span};

/// More places than this are only counted.
const MOST_PLACES: usize = 5;

pub(super) fn ambiguous_identity(context: &ProjectContext<'_>) -> Findings {
    context.identity.unclear.iter().filter_map(unclear).collect()
}

fn unclear(unclear: &Unclear) -> Option<Finding> {
    let ((span, title, own), others) = unclear.questions.split_first()?;
    let guid = &unclear.blocks.first()?.guid;
    let one_note = others.is_empty();
    let message = if one_note {
        format!("{} may be either of {} notes of the last build", quoted(title), unclear.blocks.len())
    } else {
        format!("{} and {} may be the same note of the last build", quoted(title), quoted(&others.first()?.1))
    };
    let mut finding = Finding::new(message, *span, if one_note { "which one is it?" } else { "this one" });
    for (span, _, _) in others.iter().take(MOST_PLACES) {
        finding = finding.and(*span, "or this one");
    }
    for block in unclear.blocks.iter().take(MOST_PLACES) {
        finding = finding.and(block.span, format!("asked {}", quoted(&block.question)));
    }
    Some(finding.help(if one_note {
        format!(
            "write the guid of the right block behind the question, as in `<!-- id: {guid} -->`, or if it is a new question \
             one of its own, as in `<!-- id: {own} -->`"
        )
    } else {
        let news: Vec<String> = unclear.questions.iter().map(|(_, _, own)| format!("`<!-- id: {own} -->`")).collect();
        format!(
            "write `<!-- id: {guid} -->` behind the question that is that note, and behind each that is new an id of its \
             own: {}",
            news.join(", ")
        )
    }))
}

pub(super) fn replaced_question(context: &ProjectContext<'_>) -> Findings {
    let findings = context.identity.replaced.iter().map(|replaced| {
        let ((span, title), block) = (&replaced.question, &replaced.block);
        let message = format!("{} is new, though it reads much like one that is gone", quoted(title));
        let finding =
            Finding::new(message, *span, "a new note").and(block.span, format!("asked {}", quoted(&block.question)));
        finding.help(format!(
            "to keep the reviews of that one write `<!-- id: {} -->` behind the question before you build; if it asks \
             something else, just build",
            block.guid
        ))
    });
    super::gathered(findings.collect(), |count| {
        format!("{count} questions are new, though they read much like ones that are gone")
    })
}

pub(super) fn broken_lock(context: &ProjectContext<'_>) -> Findings {
    let broken = context.identity.broken.iter().filter_map(|broken| broken_finding(context, broken));
    let future = context.identity.from_the_future.split_first().map(|(first, others)| {
        let message = "a note was changed at a time that has not come";
        let mut finding = Finding::new(message, *first, "this note");
        for other in others.iter().take(MOST_PLACES) {
            finding = finding.and(*other, "this one, too");
        }
        finding.help("set the clock of this machine; if that is right, set `modified` to a time that has passed")
    });
    broken.chain(future).collect()
}

fn broken_finding(context: &ProjectContext<'_>, broken: &BrokenLock) -> Option<Finding> {
    let (fault, others) = broken.faults.split_first()?;
    let span = |fault: &LockFault| place(context, broken.source, fault.place.clone());
    let path = context.sources.get(broken.source).shown_path();
    let restore = format!("restore the file, as with `git checkout -- {path}`");
    let (message, label, help) = match &fault.kind {
        LockFaultKind::Conflict => (
            "the lock was merged only in part".to_owned(),
            "git left this line".to_owned(),
            "keep one side throughout each block, whichever, delete the lines git left, and build again".to_owned(),
        ),
        LockFaultKind::Newer(version) => (
            "the lock was written by a newer deckc".to_owned(),
            format!("this deckc knows version 1, not {version}"),
            "install the newer deckc; this one would lose what it does not know".to_owned(),
        ),
        LockFaultKind::Encoding => {
            let help = format!("save it as UTF-8, or restore it, as with `git checkout -- {path}`");
            ("the lock was saved in another encoding".to_owned(), "should be UTF-8".to_owned(), help)
        }
        LockFaultKind::NoVersion => {
            ("this is no lock of deckc".to_owned(), "`version = 1` should stand here".to_owned(), restore)
        }
        LockFaultKind::CutShort => {
            let help = format!("{restore}; without its end, notes are missing");
            ("the lock was cut short".to_owned(), "its last line should say that it ends".to_owned(), help)
        }
        LockFaultKind::Syntax(said) => {
            let said = said.lines().collect::<Vec<_>>().join(", ");
            ("the lock can't be read".to_owned(), said, restore)
        }
        LockFaultKind::Repeated(guid) => (
            format!("two blocks of the lock are of the note `{guid}`"),
            "again here".to_owned(),
            "delete the one whose question is not in the sources".to_owned(),
        ),
        LockFaultKind::Mixed => {
            let help =
                "keep the lines of one side throughout a block: the guid must be that of the question".to_owned();
            ("a block has lines of two notes".to_owned(), "not the question of this guid".to_owned(), help)
        }
        LockFaultKind::Value { key, expected } => {
            (format!("`{key}` in the lock can't be right"), format!("should be {expected}"), restore)
        }
    };
    let mut finding = Finding::new(message, span(fault), label);
    if let Some(other) = &fault.other {
        finding = finding.and(
            place(context, broken.source, other.clone()),
            match fault.kind {
                LockFaultKind::Mixed => "the guid",
                _ => "first here",
            },
        );
    }
    for other in others.iter().take(MOST_PLACES) {
        finding = finding.and(span(other), "and this one");
    }
    Some(finding.help(help))
}

fn place(context: &ProjectContext<'_>, lock: SourceId, range: std::ops::Range<usize>) -> Span {
    context.sources.get(lock).visible(range)
}

pub(super) fn duplicate_id(context: &ProjectContext<'_>) -> Findings {
    // The attribute of a heading names a place in its file; the same in another file is another place.
    let mut in_file: HashMap<(&str, SourceId), (&Note, &Pin)> = HashMap::default();
    let mut anywhere: HashMap<&str, (&Note, &Pin)> = HashMap::default();
    let mut findings = Vec::new();
    let notes = context.files.iter().flat_map(|file| &file.deck.notes);
    for (note, pin) in notes.filter_map(|note| Some((note, note.pin.as_ref()?))) {
        let here = in_file.insert((&pin.id, pin.span.source), (note, pin));
        let elsewhere = if pin.is_anchor { None } else { anywhere.insert(&pin.id, (note, pin)) };
        let Some((earlier, other)) = here.or(elsewhere) else { continue };
        let message =
            format!("the id `{}` is given to {} and to {}", pin.id, quoted(&earlier.title), quoted(&note.title));
        let finding = Finding::new(message, pin.span, "again here").and(other.span, "first here");
        findings.push(finding.help("an id is for one question; write another one at one of them, or none"));
    }
    findings.into_iter().collect()
}

pub(super) fn misplaced_id(context: &ProjectContext<'_>) -> Findings {
    let loose = context.files.iter().flat_map(|file| &file.deck.loose_ids);
    let findings = loose.map(|&span| {
        let finding = Finding::new("this id belongs to no question", span, "names nothing");
        finding.help("write it behind its question or in the line below it, one for each question; or delete it")
    });
    super::gathered(findings.collect(), |count| format!("{count} ids belong to no question"))
}

pub(super) fn outdated_lock(context: &ProjectContext<'_>) -> Findings {
    context.identity.outdated.iter().filter_map(outdated).collect()
}

fn outdated(lock: &OutdatedLock) -> Option<Finding> {
    let questions = lock.questions.iter().map(|(span, why)| (*span, *why));
    let retired = lock.retired.iter().map(|span| (*span, "gone from the sources"));
    let mut places = questions.chain(retired);
    let (span, why) = places.next()?;
    let mut finding = Finding::new(format!("`{}` is not what a build would make it", lock.path), span, why);
    for (span, why) in places.by_ref().take(MOST_PLACES) {
        finding = finding.and(span, why);
    }
    let more = match places.count() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(finding.help(format!("run `deckc build` without `--locked`, and commit `{}`{more}", lock.path)))
}

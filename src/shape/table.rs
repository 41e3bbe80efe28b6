//! Shape G: a row of a table is a question with its answer. A table of questions alone is an index.

use super::title::Title;
use super::units::UnitKind;
use super::{Builder, Owner};
use crate::deck::{Answer, Leftover, LeftoverKind, Number, Passage, Piece, ShapeName};
use crate::markdown::NodeId;
use crate::source::Span;
use crate::words;

/// What a column holds, by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Question,
    Answer,
    /// Topic, level: what becomes a tag.
    Tag,
    Other,
}

pub(super) fn claim(builder: &mut Builder<'_>) {
    claim_tables(builder, 1, |_| true);
}

/// Tables of questions alone, in a file without other notes. One whose questions are links into the file is an index.
pub(super) fn claim_questions(builder: &mut Builder<'_>) {
    if builder.notes.is_empty() {
        claim_tables(builder, 0, |text| !text.contains("](#"));
    }
}

/// Tables with one column of questions and this many of answers.
fn claim_tables(builder: &mut Builder<'_>, answers: usize, fits: impl Fn(&str) -> bool) {
    for at in 0..builder.units.len() {
        let table = builder.unit(at).filter(|unit| unit.kind == UnitKind::Table && builder.is_free(at)).copied();
        let Some(table) = table.filter(|table| fits(builder.source.slice(table.span))) else { continue };
        let rows: Vec<NodeId> = builder.document.children(table.node).collect();
        let Some((&head, rows)) = rows.split_first() else { continue };
        let columns = columns(builder, head);
        let count = |column: Column| columns.iter().filter(|&&other| other == column).count();
        if count(Column::Question) != 1 || count(Column::Answer) != answers || rows.is_empty() {
            continue;
        }
        builder.claim_unit(at, Owner::Note);
        let span = builder.document.span(head);
        builder.nested.push(Leftover { span, kind: LeftoverKind::Boilerplate });
        for &row in rows {
            add_row(builder, at, row, &columns);
        }
    }
}

fn columns(builder: &Builder<'_>, head: NodeId) -> Vec<Column> {
    let cells = builder.document.children(head);
    let mut columns: Vec<Column> =
        cells.map(|cell| column(&words::key(&builder.document.plain_text(cell, builder.source)))).collect();
    // Beside a question, the only column without a name of its own holds the answers.
    let is = |kind: Column| columns.iter().filter(|&&column| column == kind).count();
    if is(Column::Question) == 1 && is(Column::Answer) == 0 && is(Column::Other) == 1 {
        columns.iter_mut().filter(|column| **column == Column::Other).for_each(|column| *column = Column::Answer);
    }
    columns
}

fn column(key: &str) -> Column {
    const NUMBERS: [&str; 10] = ["#", "no", "nr", "number", "num", "id", "s no", "sno", "sl no", "№"];
    const QUESTIONS: [&str; 15] = [
        "question",
        "questions",
        "q",
        "front",
        "term",
        "interview question",
        "prompt",
        "вопрос",
        "问 题",
        "問 題",
        "题 目",
        "pregunta",
        "frage",
        "pergunta",
        "word",
    ];
    const ANSWERS: [&str; 16] = [
        "answer",
        "answers",
        "a",
        "back",
        "definition",
        "meaning",
        "explanation",
        "solution",
        "ответ",
        "答 案",
        "回 答",
        "respuesta",
        "antwort",
        "resposta",
        "description",
        "translation",
    ];
    const TAGS: [&str; 10] =
        ["tag", "tags", "topic", "topics", "category", "difficulty", "level", "section", "area", "type"];
    match key {
        key if NUMBERS.contains(&key) || key.is_empty() => Column::Number,
        key if QUESTIONS.contains(&key) => Column::Question,
        key if ANSWERS.contains(&key) => Column::Answer,
        key if TAGS.contains(&key) => Column::Tag,
        _ => Column::Other,
    }
}

fn add_row(builder: &mut Builder<'_>, table: usize, row: NodeId, columns: &[Column]) {
    let cells: Vec<NodeId> = builder.document.children(row).collect();
    let cell = |kind: Column| columns.iter().position(|&column| column == kind).and_then(|at| cells.get(at)).copied();
    let row_span = builder.document.span(row);
    let title = cell(Column::Question).map(|cell| {
        let inline = builder.document.children(cell).collect();
        Title::of_inline(builder.document, builder.source, inline, (row_span.start as usize, false))
    });
    let Some(title) = title.filter(|title| title.has_words()) else {
        builder.nested.push(Leftover { span: row_span, kind: LeftoverKind::Unclaimed });
        return;
    };
    let number = cell(Column::Number).and_then(|cell| {
        let span = inner(builder, cell)?;
        let value = builder.source.slice(span).trim_end_matches('.').parse().ok()?;
        Some(Number { value, span })
    });
    let answer = cell(Column::Answer).and_then(|cell| inner(builder, cell));
    let mut tags = Vec::new();
    for (&column, &cell) in columns.iter().zip(&cells) {
        let Some(span) = inner(builder, cell) else { continue };
        match column {
            Column::Tag => {
                tags.push(builder.document.plain_text(cell, builder.source));
                builder.nested.push(Leftover { span, kind: LeftoverKind::Tag });
            }
            Column::Other => builder.nested.push(Leftover { span, kind: LeftoverKind::Unclaimed }),
            Column::Number if number.is_none() => {
                builder.nested.push(Leftover { span, kind: LeftoverKind::Boilerplate });
            }
            _ => {}
        }
    }
    // A row may have more cells than its table has columns; the parser leaves them out (GFM, tables).
    let cells_end = cells.last().map_or(row_span.start, |&cell| builder.document.span(cell).end);
    let excess = builder.source.span(cells_end as usize..row_span.end.max(cells_end) as usize);
    if builder.source.slice(excess).contains(char::is_alphanumeric) {
        builder.nested.push(Leftover { span: excess, kind: LeftoverKind::Unclaimed });
    }
    let section = builder.section_under(table, ShapeName::Table);
    let question = cell(Column::Question).and_then(|cell| inner(builder, cell)).unwrap_or(row_span);
    let span = number.map_or(question, |number| number.span.to(question));
    // The number may stand behind the question.
    let span = if number.is_some_and(|number| number.span.start > question.start) { question } else { span };
    let outside = number.filter(|number| !(span.start <= number.span.start && number.span.end <= span.end));
    let note = builder.add_note(section, &title, span, number.or(title.number));
    note.answer = answer.map(|span| Answer {
        heading: None,
        label: None,
        body: Passage { pieces: vec![Piece { span, indent: 0 }] },
    });
    note.tags = tags;
    if outside.is_some() {
        note.number = None;
    }
}

/// The text of a cell, without the white space around it; none if it is empty.
fn inner(builder: &Builder<'_>, cell: NodeId) -> Option<Span> {
    let span = builder.document.span(cell);
    let text = builder.source.slice(span);
    let lead = text.len() - text.trim_start_matches(['|', ' ', '\t']).len();
    let tail = text.len() - text.trim_end_matches(['|', ' ', '\t']).len();
    let (start, end) = (span.start as usize + lead, span.end as usize - tail.min(text.len() - lead.min(text.len())));
    (start < end).then(|| builder.source.span(start..end))
}

//! A paragraph of one line that ends in a question mark, as text pasted from a page has it.

use super::Builder;
use super::candidates::{Candidate, Style};
use super::prefix::Prefix;
use super::title::Title;
use super::units::{self, UnitKind};

/// Longest question, in characters.
const LONGEST: usize = 250;

pub(super) fn candidate(builder: &Builder<'_>, at: usize) -> Option<Candidate> {
    let unit = builder.unit(at).filter(|unit| unit.kind == UnitKind::Paragraph(None) && unit.item.is_none())?;
    let text = builder.source.slice(unit.span);
    if !text.contains(['?', '？', '؟']) && !Prefix::may_stand_in(text) {
        return None;
    }
    if text.trim_end().contains('\n') || text.chars().count() > LONGEST {
        return None;
    }
    let inline = units::inline(builder.document, unit);
    let title = Title::of_inline(builder.document, builder.source, inline, (unit.span.start as usize, false));
    let number = title.number;
    let fits = title.ends_asking() || number.is_some() && title.asks();
    fits.then_some(Candidate {
        unit: at,
        start: at,
        style: Style::Plain,
        title,
        number,
        span: unit.span,
        rest: None,
        end: None,
    })
}

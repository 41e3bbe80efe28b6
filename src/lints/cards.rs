//! Cards that are hard to learn: they ask or tell more than one thing, or lean on what is not on the card.

mod elsewhere;
mod leaks;
mod length;
mod stacked;

pub(super) use elsewhere::context_reference;
pub(super) use leaks::question_leaks_answer;
pub(super) use length::{long_answer, long_enumeration};
pub(super) use stacked::stacked_questions;

use super::{Context, Finding, Findings, first_line, gathered, quoted};

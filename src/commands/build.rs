//! x
use std::io::Write;
use super::{Exit, RunError};
use crate::cli::Build;
use crate::report::Look;
pub(super) fn run(_o: &Build, _l: &Look, _out: &mut dyn Write) -> Result<Exit, RunError> { Ok(Exit::Clean) }

//! What front matter sets.

use super::{Context, Findings};

pub(super) fn unknown_key(context: &Context<'_>) -> Findings {
    faults(context, true)
}

pub(super) fn invalid_setting(context: &Context<'_>) -> Findings {
    faults(context, false)
}

fn faults(context: &Context<'_>, is_unknown_key: bool) -> Findings {
    let faults = context.document.front_matter().into_iter().flat_map(|front_matter| &front_matter.faults);
    let faults = faults.filter(|fault| fault.is_unknown_key == is_unknown_key);
    let faults = faults.filter_map(|fault| fault.clone().with(context.settings.own_lints()));
    faults.map(|fault| fault.finding(context.source)).collect()
}

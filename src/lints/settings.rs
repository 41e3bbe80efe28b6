//! What front matter sets.

use super::{Context, Finding, Findings};

pub(super) fn unknown_key(context: &Context<'_>) -> Findings {
    faults(context, true)
}

pub(super) fn invalid_setting(context: &Context<'_>) -> Findings {
    faults(context, false)
}

fn faults(context: &Context<'_>, is_unknown_key: bool) -> Findings {
    let faults = context.document.front_matter().into_iter().flat_map(|front_matter| &front_matter.faults);
    let faults = faults.filter(|fault| fault.is_unknown_key == is_unknown_key);
    let findings = faults.map(|fault| {
        let span = context.source.visible(fault.place.clone());
        Finding::new(fault.message.as_str(), span, fault.label.as_str()).help(fault.help.as_str())
    });
    findings.collect()
}

//! The links of a text that lead to a file or to a part of one, not to the web.

use super::{Document, NodeKind};
use crate::render::{is_relative, relative_addresses_in_html};
use crate::source::{Source, Span};

/// A link without a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// All of it, or the tag.
    pub(crate) span: Span,
    /// Where its address stands, if it stands there as it is.
    pub(crate) address: Option<Span>,
    /// What stands before the `#`, without `?…`; empty for a link within its file.
    pub(crate) path: String,
    /// What stands behind it.
    pub(crate) fragment: Option<String>,
}

/// All of them, in order.
pub(crate) fn of(document: &Document, source: &Source) -> Vec<Link> {
    let mut links = Vec::new();
    for id in document.all() {
        let span = document.span(id);
        match document.kind(id) {
            NodeKind::Link(index) if is_relative(document.decoded(index)) => {
                let text_end = document.children(id).map(|child| document.span(child).end).last().unwrap_or(span.start);
                links.push(link(source, span, text_end as usize..span.end as usize, document.decoded(index)));
            }
            NodeKind::HtmlBlock | NodeKind::InlineHtml => {
                for (tag, value, address) in relative_addresses_in_html(source.slice(span)) {
                    let start = span.start as usize;
                    let tag = source.span(start + tag.start..start + tag.end);
                    links.push(link(source, tag, start + value.start..start + value.end, &address));
                }
            }
            _ => {}
        }
    }
    links
}

fn link(source: &Source, span: Span, within: std::ops::Range<usize>, address: &str) -> Link {
    let (path, fragment) = match address.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment.to_owned())),
        None => (address, None),
    };
    let path = path.split('?').next().unwrap_or_default().trim().to_owned();
    let typed = source.text().get(within.clone()).unwrap_or_default();
    let at = typed.rfind(address).filter(|_| !address.is_empty()).map(|at| within.start + at);
    let address = at.map(|at| source.span(at..at + address.len()));
    Link { span, address, path, fragment }
}

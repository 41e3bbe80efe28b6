//! Images and sounds that do not reach the card.

use super::{Context, Finding, Findings, gathered, gathered_above, quoted};
use crate::render::Named;
use crate::source::{MediaFault, MediaKind, Reference, Span, Target};

/// Places that a finding of one address shows, at most.
const MOST_PLACES: usize = 5;

pub(super) fn broken_image(context: &Context<'_>) -> Findings {
    let mut found: Vec<(&Reference, &MediaFault, Vec<Span>)> = Vec::new();
    for Named { reference, span } in &context.media.named {
        let Err(fault) = context.media.files.find(reference) else { continue };
        match found.iter_mut().find(|(known, ..)| *known == reference) {
            Some((.., places)) => places.push(*span),
            None => found.push((reference, fault, vec![*span])),
        }
    }
    let found = found.into_iter().filter_map(|(reference, fault, places)| {
        let (first, others) = places.split_first()?;
        let finding = Finding::new(message(reference, fault), *first, fault.to_string()).help(help(reference, fault));
        Some(others.iter().take(MOST_PLACES - 1).fold(finding, |finding, place| finding.and(*place, "here too")))
    });
    gathered(found.collect(), |count| format!("{count} images or sounds do not reach their cards"))
}

fn message(reference: &Reference, fault: &MediaFault) -> String {
    let what = what(reference);
    let address = quoted(&reference.address);
    match fault {
        MediaFault::NoAddress => format!("the {what} has no address"),
        MediaFault::Missing => format!("the {what} {address} is not there"),
        MediaFault::OtherCase(name) => format!("the {what} {address} is not there, but {} is", quoted(name)),
        MediaFault::Absolute => format!("the path {address} does not start at this file"),
        MediaFault::OtherScheme => format!("{address} is not the address of a file"),
        MediaFault::WebPage(_) => format!("{address} is a page of the web, not an image"),
        MediaFault::Outside => format!("the {what} {address} lies outside the project"),
        MediaFault::Folder => format!("{address} is a folder, not an image or a sound"),
        MediaFault::Special => format!("{address} is a device or a pipe, not an image or a sound"),
        MediaFault::Unreadable(why) => format!("cannot read the {what} {address}: {why}"),
        MediaFault::TooLarge(most) => format!("the {what} {address} is larger than {} MB", most / 1_000_000),
        MediaFault::Empty => format!("the {what} {address} is an empty file"),
        MediaFault::LfsPointer => format!("the {what} {address} was not fetched by Git LFS"),
        MediaFault::OtherKind => format!("{address} is not an image or a sound that can be packed"),
        MediaFault::BrokenSvg(why) => format!("the image {address} is not a proper SVG: {why}"),
        MediaFault::Ambiguous(_) => format!("several files are called {address}"),
    }
}

fn help(reference: &Reference, fault: &MediaFault) -> String {
    match fault {
        MediaFault::NoAddress => "type a path that starts at this file, or delete it".to_owned(),
        MediaFault::Missing if reference.by_name => "put the file into the project, or correct its name".to_owned(),
        MediaFault::Missing => "put the file there, or correct the path: it starts at this file".to_owned(),
        MediaFault::OtherCase(name) => format!("type `{name}`: not every system takes the two for one"),
        MediaFault::Absolute => "type a path that starts at this file, as in `images/pic.png`".to_owned(),
        MediaFault::OtherScheme => "save the file beside this one, and type its path".to_owned(),
        MediaFault::WebPage(raw) => format!("type `{raw}`, or save the image beside this file and type its path"),
        MediaFault::Outside => "copy the file into the project, or run deckc on the folder that holds both".to_owned(),
        MediaFault::Folder => "type the path of a file in it".to_owned(),
        MediaFault::Special => "put a file in its place".to_owned(),
        MediaFault::Unreadable(_) => "check the permissions of the file and of the folders above it".to_owned(),
        MediaFault::TooLarge(_) => "make it smaller: a learner's phone has to hold it".to_owned(),
        MediaFault::Empty => "save the file again".to_owned(),
        MediaFault::LfsPointer => "run `git lfs pull`".to_owned(),
        MediaFault::OtherKind => {
            "save it as PNG, JPEG, GIF, WebP, BMP, AVIF or SVG; a sound as MP3, Ogg, Opus, M4A, WAV \
                                  or FLAC; a film as MP4 or WebM"
                .to_owned()
        }
        MediaFault::BrokenSvg(_) => "save it again from a drawing program, or as PNG".to_owned(),
        MediaFault::Ambiguous(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            format!("type the path of the one that is meant: {}", paths.join(" or "))
        }
    }
}

fn what(reference: &Reference) -> &'static str {
    match reference.kind() {
        MediaKind::Image => "image",
        MediaKind::Sound => "sound",
    }
}

/// One finding a file: whoever links to images of the web mostly does so throughout.
pub(super) fn remote_image(context: &Context<'_>) -> Findings {
    let remote = context.media.named.iter().filter(|named| {
        let target = context.media.files.find(&named.reference);
        matches!(target, Ok(Target::Web(_)))
    });
    let found = remote.map(|named| {
        let what = what(&named.reference);
        let finding = Finding::new(format!("this {what} is fetched from the web"), named.span, "not in the package");
        finding.help("save it beside this file and type its path, as in `images/pic.png`, to have it offline")
    });
    gathered_above(1, found.collect(), |count| format!("{count} images or sounds are fetched from the web"))
}

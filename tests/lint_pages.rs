//! The pages in `lints/`: those of the catalogue, and the lints of this repository's own. How they are judged is told by
//! [`deckc::lints::page`].

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use deckc::lints::page::{judge, judge_own};
use deckc::lints::{self, own::OwnLints};

datatest_stable::harness! {
    { test = page, root = "lints", pattern = r"^[a-z0-9-]+\.md$" },
}

fn page(path: &Path, text: String) -> datatest_stable::Result<()> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let complaints = match (lints::find(name), own().as_ref().map(|own| own.find(name))) {
        (Some(lint), _) => judge(lint, &text).complaints,
        (None, Ok(Some(lint))) => judge_own(lint).complaints,
        (None, Ok(None)) => vec!["no row of the catalogue in src/lints.rs has this name".to_owned()],
        (None, Err(complaint)) => vec![complaint.clone()],
    };
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Complaints(format!("{}:\n{}", path.display(), complaints.join("\n"))).into())
}

/// The lints of this repository's own.
fn own() -> &'static Result<OwnLints, String> {
    static OWN: LazyLock<Result<OwnLints, String>> = LazyLock::new(|| {
        OwnLints::of_project(Path::new(env!("CARGO_MANIFEST_DIR"))).map_err(|error| error.to_string())
    });
    &OWN
}

/// What is wrong with a page. The harness shows errors by `Debug`, which would escape the line ends of a text.
struct Complaints(String);

impl fmt::Debug for Complaints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Complaints {}

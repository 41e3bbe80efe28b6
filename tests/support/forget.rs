//! Forgetting what runs said.
#![expect(unreachable_pub, clippy::unwrap_used, reason = "support of tests")]

use std::fs;
use std::path::Path;

/// Takes away the transcripts in a cache, so that the next run is one that understands and makes.
pub fn transcripts(cache: &Path) {
    for file in fs::read_dir(cache).into_iter().flatten().map(Result::unwrap) {
        if file.file_name().to_string_lossy().starts_with("said-") {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

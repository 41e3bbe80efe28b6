//! How many threads a run is worth: to start them takes about as long as to check a small text.

use std::fs;
use std::path::Path;

use crate::identity::lock;
use crate::source::Input;

/// Bytes that one thread has checked about when the others would have started.
const SMALL: u64 = 128 * 1024;

/// Stays on this thread where all there is to read is small. For a run that asks for threads nowhere but here, and before
/// it does.
pub(super) fn fit(inputs: &[Input], lock: Option<&Path>) {
    if is_small(inputs, lock) {
        // It fails where threads were started, which does no harm.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    }
}

fn is_small(inputs: &[Input], lock: Option<&Path>) -> bool {
    let mut left = SMALL;
    inputs.iter().all(|input| {
        let size = input.text.as_ref().map_or_else(|| size_of(&input.path), |text| text.len() as u64);
        // A lock names other files, which are read as well.
        let listed = match lock {
            Some(lock) => size_of(lock),
            None => input.folder.ancestors().map(|above| size_of(&above.join(lock::FILE_NAME))).sum(),
        };
        let fits = left.checked_sub(size.saturating_add(listed));
        left = fits.unwrap_or(0);
        fits.is_some()
    })
}

/// Nothing where there is no file.
fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

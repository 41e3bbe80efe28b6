//! Which program is running: another one may make something else of the same.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::CacheFile;
use super::inputs::Digest;
use super::kind::Kind;

/// What programs come to, each by what the system says of its file: to read all of a program takes longer than some runs.
const KIND: Kind = Kind { name: "program", mark: "deckc program 1\n", largest: 4 << 10 };

/// How old a file has to be, in seconds, for its time to tell it from what it may become within the same tick of a clock.
const SETTLED: u64 = 2;

/// The content of the program that is running, as an earlier run read it where the file is still that one.
pub(crate) fn program(folder: &Path) -> Option<Digest> {
    static PROGRAM: OnceLock<Option<Digest>> = OnceLock::new();
    *PROGRAM.get_or_init(|| read(folder))
}

fn read(folder: &Path) -> Option<Digest> {
    // Also where another one has taken its name since.
    let path = if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() };
    let file = File::open(path.ok()?).ok()?;
    let known = file.metadata().ok().and_then(|found| settled(&found));
    let known = known.map(|identity| CacheFile::new(KIND.path(folder, &identity), KIND.mark));
    if let Some(digest) = known.as_ref().and_then(CacheFile::read).and_then(|digest| digest.try_into().ok()) {
        return Some(digest);
    }
    let mut hasher = blake3::Hasher::new();
    // What runs it may be taken for it.
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update_reader(file).ok()?;
    let digest = *hasher.finalize().as_bytes();
    if let Some(known) = known.filter(|known| known.write(&digest).is_ok()) {
        KIND.make_room(known.path());
    }
    Some(digest)
}

/// What tells a file from every other one, and from itself before it was written to or replaced: nobody can set the time at
/// which that happens. None where that is not told, or is too near.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "nothing that is made hangs on it")]
fn settled(found: &Metadata) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, SystemTime};
    let (seconds, nanos) = (u64::try_from(found.ctime()).ok()?, u32::try_from(found.ctime_nsec()).ok()?);
    let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))?;
    let age = SystemTime::now().duration_since(changed).ok()?;
    let told = [found.dev(), found.ino(), found.size(), seconds, nanos.into()];
    (age.as_secs() >= SETTLED).then(|| told.into_iter().flat_map(u64::to_le_bytes).collect())
}

#[cfg(not(unix))]
fn settled(_: &Metadata) -> Option<Vec<u8>> {
    None
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "files are made and read to try a cache")]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settled_program() -> Vec<u8> {
        loop {
            let found = std::fs::metadata("/proc/self/exe").ok();
            if let Some(identity) = found.and_then(|found| settled(&found)) {
                return identity;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    #[test]
    fn a_program_is_read_but_once() {
        let folder = tempfile::tempdir().unwrap();
        let kept = CacheFile::new(KIND.path(folder.path(), &settled_program()), KIND.mark);
        let digest = read(folder.path()).unwrap();
        assert_eq!(kept.read().unwrap(), digest);
        kept.write(&[7; 32]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), [7; 32]);
    }

    #[test]
    fn what_is_damaged_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = KIND.path(folder.path(), &settled_program());
        let digest = read(folder.path()).unwrap();
        for damaged in [&b""[..], b"something else"] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(read(folder.path()).unwrap(), digest);
        }
    }

    #[test]
    fn a_file_that_has_just_changed_may_change_again() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(settled(&file.metadata().unwrap()), None);
    }
}

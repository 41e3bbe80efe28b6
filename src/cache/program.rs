//! Which program is running: another one may make something else of the same.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::CacheFile;
use super::inputs::Digest;
use super::kind::Kind;

/// What programs come to, each by what the system says of its file: to read all of a program takes longer than some runs.
const KIND: Kind = Kind { name: "program", mark: "deckc program 1\n", largest: 4 << 10 };

/// What runs it may be taken for it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The content of the program that is running, as an earlier run read it where the file is still that one.
pub(crate) fn program(folder: &Path) -> Option<Digest> {
    static PROGRAM: OnceLock<Option<Digest>> = OnceLock::new();
    *PROGRAM.get_or_init(|| read(folder))
}

fn read(folder: &Path) -> Option<Digest> {
    let mut file = open().ok()?;
    let known = settled(&mut file).map(|identity| CacheFile::new(KIND.path(folder, &identity), KIND.mark));
    if let Some(digest) = known.as_ref().and_then(CacheFile::read).and_then(|digest| digest.try_into().ok()) {
        return Some(digest);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(VERSION.as_bytes());
    file.rewind().ok()?;
    hasher.update_reader(file).ok()?;
    let digest = *hasher.finalize().as_bytes();
    if let Some(known) = known.filter(|known| known.write(&digest).is_ok()) {
        KIND.make_room(known.path());
    }
    Some(digest)
}

/// Also where another one has taken its name since.
fn open() -> io::Result<File> {
    let path = if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() };
    File::open(path?)
}

/// What tells a file from every other one, and from itself before it was written to or replaced: where it is, how it begins,
/// and when it last changed, which most file systems let nobody set. None where that is not told, or is so near that it may
/// change again within the same tick of the clock.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "nothing that is made hangs on it")]
fn settled(file: &mut File) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, SystemTime};
    /// How old a file has to be.
    const SETTLED: Duration = Duration::from_secs(2);
    /// Bytes of its beginning: the sizes of its parts, and the number of its build where there is one.
    const BEGINNING: u64 = 4096;
    let found = file.metadata().ok()?;
    let (seconds, nanos) = (u64::try_from(found.ctime()).ok()?, u32::try_from(found.ctime_nsec()).ok()?);
    let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))?;
    SystemTime::now().duration_since(changed).ok().filter(|age| *age >= SETTLED)?;
    let told = [found.dev(), found.ino(), found.size(), seconds, nanos.into()];
    let mut identity: Vec<u8> = told.into_iter().flat_map(u64::to_le_bytes).collect();
    identity.extend(VERSION.as_bytes());
    file.take(BEGINNING).read_to_end(&mut identity).ok()?;
    Some(identity)
}

#[cfg(not(unix))]
fn settled(_: &mut File) -> Option<Vec<u8>> {
    None
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "files are made and read to try a cache")]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settled_program() -> Vec<u8> {
        loop {
            if let Some(identity) = open().ok().and_then(|mut file| settled(&mut file)) {
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
        assert_eq!(settled(&mut tempfile::tempfile().unwrap()), None);
    }
}

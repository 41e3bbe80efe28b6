//! Transcripts of runs: what a run said of these very files, settings and options, for the next one that would say the same.
//!
//! A transcript is found by a digest of all that was read and asked for, so that nothing of the files has to be understood.
//! What was looked for beside them — images, sounds, where links lead — stands in it, and is looked for again; so do the
//! files that a build left. Nothing is kept of a run that hangs on anything else.

use std::fmt::Debug;
use std::hash::Hash;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Exit;
use crate::cache::inputs::{Digest, Inputs};
use crate::cache::kind::Kind;
use crate::cache::{CacheFile, program};
use crate::history;
use crate::project::{LockFiles, Looked, Project, Reading};
use crate::report::Look;

const KIND: Kind = Kind { name: "said", mark: "deckc transcripts 2\n", largest: 64 << 20 };

/// Bytes of sources that are worth it: of fewer all is found out in the time it takes to look.
const ENOUGH: usize = 1 << 20;

/// Bytes of a transcript.
const LARGEST: usize = 8 << 20;

/// Where the transcript of a run is, or may be kept.
pub(super) struct Transcripts {
    file: CacheFile,
    /// All that was asked for and read, but for the locks.
    inputs: Digest,
    /// What the locks were.
    locks: LockFiles,
}

/// What a run said hangs on. The very words stand behind it.
#[derive(Serialize, Deserialize)]
struct Transcript {
    /// All that was asked for and read.
    inputs: Digest,
    /// When it was said: a time in a lock that has not come yet would be told of, so the clock must not go back.
    at: SystemTime,
    looked: Looked,
    done: Done,
}

/// What a run said, and did.
pub(super) struct Said {
    pub(super) text: Vec<u8>,
    pub(super) done: Done,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) exit: Exit,
    /// The files that a build left, and what they come to.
    pub(super) files: Option<(Vec<PathBuf>, Digest)>,
}

impl Transcripts {
    /// Those of runs with these options and this look; none where there is no folder for them, where little was read, or what
    /// can't be used.
    pub(super) fn of(folder: Option<PathBuf>, options: &impl Debug, look: &Look, reading: &Reading) -> Option<Self> {
        let folder = folder.filter(|_| reading.size() >= ENOUGH && reading.has_sound_settings())?;
        let asked = format!("{:?} {options:?} {look:?}", std::env::current_dir().ok()?);
        let mut inputs = Inputs::default();
        program(&folder)?.hash(&mut inputs);
        asked.hash(&mut inputs);
        reading.hash_inputs(&mut inputs);
        let inputs = inputs.digest();
        let file = CacheFile::new(KIND.path(&folder, asked.as_bytes()), KIND.mark);
        Some(Self { file, inputs, locks: reading.lock_files() })
    }

    /// What a run said of these inputs that found beside them what is there now.
    pub(super) fn find(&self, reading: &Reading) -> Option<Said> {
        let mut text = self.file.read()?;
        let (Transcript { inputs, at, looked, done }, behind): (_, &[u8]) = postcard::take_from_bytes(&text).ok()?;
        let start = text.len() - behind.len();
        let is_so = inputs == self.with(&self.locks) && at <= now() && looked.is_so(reading);
        is_so.then(|| Said { text: text.split_off(start), done })
    }

    /// Keeps what a run said that left all as it was. Where that can't be, it is no more than a cache.
    pub(super) fn keep(&self, project: &mut Project, said: Said) {
        self.keep_after(project, said, &self.locks);
    }

    /// Keeps what a run would have said that had found the locks as this one left them.
    pub(super) fn keep_after(&self, project: &mut Project, said: Said, locks: &LockFiles) {
        if !project.is_of_named_files() || !history::is_clock_right() {
            return;
        }
        let Said { text, done } = said;
        let (inputs, at, looked) = (self.with(locks), now(), project.take_looked());
        let Ok(mut bytes) = postcard::to_allocvec(&Transcript { inputs, at, looked, done }) else { return };
        bytes.extend(text);
        if bytes.len() <= LARGEST && self.file.write(&bytes).is_ok() {
            KIND.make_room(self.file.path());
        }
    }

    fn with(&self, locks: &LockFiles) -> Digest {
        let mut inputs = Inputs::default();
        self.inputs.hash(&mut inputs);
        locks.iter().for_each(|lock| lock.as_ref().map(blake3::Hash::as_bytes).hash(&mut inputs));
        inputs.digest()
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing that is made hangs on it")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Passes on what is said, and remembers it.
pub(super) struct Listener<'out> {
    out: &'out mut dyn Write,
    /// None where nobody asks, or it is too much.
    heard: Option<Vec<u8>>,
}

impl<'out> Listener<'out> {
    pub(super) fn new(out: &'out mut dyn Write, is_asked: bool) -> Self {
        Self { out, heard: is_asked.then(Vec::new) }
    }

    /// Where to say what another run would not.
    pub(super) fn aside(&mut self) -> &mut dyn Write {
        self.out
    }

    /// What was said so far. What is said from then on is not remembered.
    pub(super) fn heard(&mut self) -> Option<Vec<u8>> {
        self.heard.take()
    }
}

impl Write for Listener<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        if let (Some(heard), Some(said)) = (&mut self.heard, bytes.get(..written)) {
            heard.extend(said);
            if heard.len() > LARGEST {
                self.heard = None;
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

//! Waits until files are on the disk, several at once and beside the work of making more: a disk that is waited for keeps
//! no processor busy.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

/// Threads that wait.
const WAITING: usize = 4;

/// A file that did not get to the disk, and why.
type Failure = (PathBuf, io::Error);

/// Takes files that were written.
pub(super) struct Syncers {
    /// None where the system gave no thread.
    send: Option<SyncSender<(File, PathBuf)>>,
}

impl Syncers {
    /// Does the work, and waits until all files it hands over are on the disk.
    pub(super) fn with<T>(work: impl FnOnce(&Self) -> T) -> (T, Result<(), Failure>) {
        let (send, receive) = sync_channel(WAITING);
        let receive = Mutex::new(receive);
        std::thread::scope(|scope| {
            let sync = || sync_all(&receive);
            let spawned = (0..WAITING).filter_map(|_| Builder::new().spawn_scoped(scope, sync).ok());
            let threads: Vec<_> = spawned.collect();
            let syncers = Self { send: Some(send).filter(|_| !threads.is_empty()) };
            let done = work(&syncers);
            drop(syncers);
            let ended = threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
            (done, ended.collect())
        })
    }

    /// Closes a file when it is on the disk.
    pub(super) fn sync(&self, file: File, path: &Path) -> io::Result<()> {
        match &self.send {
            Some(send) => send.send((file, path.to_path_buf())).map_err(io::Error::other),
            None => file.sync_all(),
        }
    }
}

fn sync_all(receive: &Mutex<Receiver<(File, PathBuf)>>) -> Result<(), Failure> {
    let mut ended = Ok(());
    loop {
        let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((file, path)) = next else { return ended };
        if let Err(error) = file.sync_all() {
            ended = ended.and(Err((path, error)));
        }
    }
}

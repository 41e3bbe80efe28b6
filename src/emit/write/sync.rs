//! Waits until files are on the disk, several at once and beside the work of making more: a disk that is waited for keeps
//! no processor busy.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Threads that wait.
const WAITING: usize = 4;

/// A file that did not get to the disk, and why.
type Failure = (PathBuf, io::Error);

/// Takes files that were written.
#[derive(Default)]
pub(super) struct Syncers {
    /// None until there is a file.
    threads: OnceLock<Threads>,
}

struct Threads {
    /// None where the system gave no thread.
    send: Option<SyncSender<(File, PathBuf)>>,
    waiting: Vec<JoinHandle<Result<(), Failure>>>,
}

impl Syncers {
    /// Closes a file when it is on the disk, which may be later.
    pub(super) fn sync(&self, file: File, path: &Path) -> io::Result<()> {
        match &self.threads.get_or_init(Threads::start).send {
            Some(send) => send.send((file, path.to_path_buf())).map_err(io::Error::other),
            None => file.sync_all(),
        }
    }

    /// Has what a file holds so far brought to the disk, while more of it is made; nothing happens where others are
    /// waited for.
    pub(super) fn begin(&self, file: &File, path: &Path) {
        if let (Some(send), Ok(file)) = (&self.threads.get_or_init(Threads::start).send, file.try_clone()) {
            let _ = send.try_send((file, path.to_path_buf()));
        }
    }

    /// Waits until all files are on the disk. Those that come later are waited for again.
    pub(super) fn wait(&mut self) -> Result<(), Failure> {
        self.threads.take().map_or(Ok(()), Threads::end)
    }
}

impl Threads {
    fn start() -> Self {
        let (send, receive) = sync_channel(WAITING);
        let receive = Arc::new(Mutex::new(receive));
        let spawned = (0..WAITING).filter_map(|_| {
            let receive = Arc::clone(&receive);
            Builder::new().spawn(move || sync_all(&receive)).ok()
        });
        let waiting: Vec<_> = spawned.collect();
        Self { send: Some(send).filter(|_| !waiting.is_empty()), waiting }
    }

    fn end(self) -> Result<(), Failure> {
        drop(self.send);
        let ended: Vec<Result<(), Failure>> =
            self.waiting.into_iter().map(|thread| thread.join().unwrap_or(Ok(()))).collect();
        ended.into_iter().collect()
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

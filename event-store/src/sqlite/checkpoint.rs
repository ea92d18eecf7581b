//! Folding the write-ahead log into the database, beside the writer.
//!
//! SQLite does it inside a commit by default, and that commit then takes twenty times as long as the others. Here
//! a thread of its own copies most of the log while the writer goes on (a passive checkpoint stops nobody). It can
//! never quite finish, as new pages come in meanwhile; so when the log has grown long and such a copy was just
//! made, the writer copies the little rest itself, after which SQLite writes the log from its beginning again.

use super::DATABASE_FILE;
use rusqlite::Connection;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Pages in the log after which the thread copies again: 16 MiB. Less often is less work: a page that was written many
/// times is copied once.
const COPY_EVERY_PAGES: i32 = 4_000;
/// Pages in the log from which on the writer finishes what the thread has begun: 64 MiB.
const FINISH_FROM_PAGES: i32 = 16_000;
/// Pages in the log from which on the writer does not wait for the thread: 256 MiB.
const MAX_PAGES: i32 = 64_000;

thread_local! {
    /// Pages in the log after the newest commit of this thread's connection.
    static LOG_PAGES: Cell<i32> = const { Cell::new(0) };
}

/// The writer's side.
pub struct Checkpoints {
    wake: Option<SyncSender<()>>,
    /// The thread has copied everything up to a moment ago.
    fresh: Arc<AtomicBool>,
    /// Pages in the log after the last commit.
    pages: i32,
    /// Pages in the log at which the thread copies again.
    copy_at: i32,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// To be called once for the writing connection.
    #[expect(
        clippy::disallowed_methods,
        reason = "it belongs to the writer, which is a thread"
    )]
    pub fn start(connection: &Connection, path: &Path) -> rusqlite::Result<Self> {
        connection.wal_hook(Some(|_, pages| {
            LOG_PAGES.set(pages);
            Ok(())
        }));
        let own = Connection::open(path)?;
        own.execute_batch("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;")?;
        let (wake, waiting) = sync_channel::<()>(1);
        let fresh = Arc::new(AtomicBool::new(false));
        let thread = {
            let fresh = fresh.clone();
            let path: PathBuf = path.to_owned();
            std::thread::Builder::new()
                .name(format!("{DATABASE_FILE}-log"))
                .spawn(move || {
                    while waiting.recv().is_ok() {
                        match passive(&own) {
                            Ok(()) => fresh.store(true, Ordering::Release),
                            // The writer does it, and fails if it must.
                            Err(error) => {
                                tracing::warn!(path = %path.display(), %error, "the write-ahead log was not copied");
                            }
                        }
                    }
                })
                .map_err(|_| rusqlite::Error::InvalidQuery)?
        };
        Ok(Self {
            wake: Some(wake),
            fresh,
            pages: 0,
            copy_at: COPY_EVERY_PAGES,
            thread: Some(thread),
        })
    }

    /// To be called after each commit. An error means that the disk fails.
    pub fn after_commit(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let pages = LOG_PAGES.get();
        if pages < self.pages {
            // The log is written from its beginning again.
            self.copy_at = COPY_EVERY_PAGES;
        }
        self.pages = pages;
        // At once when a copy was made: what came since is little.
        let finish = pages >= FINISH_FROM_PAGES && self.fresh.swap(false, Ordering::AcqRel);
        if finish || pages >= MAX_PAGES {
            return match passive(connection) {
                // It fits again after some has been freed: the log holds everything meanwhile.
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => {
                    Ok(())
                }
                done => done,
            };
        }
        if pages < self.copy_at {
            return Ok(());
        }
        self.copy_at = pages + COPY_EVERY_PAGES;
        self.fresh.store(false, Ordering::Release);
        if let Some(wake) = &self.wake {
            // A full channel means that it is awake already.
            let _ = wake.try_send(());
        }
        Ok(())
    }

    /// Ends the thread, and leaves one file behind instead of three.
    pub fn stop(&mut self, connection: &Connection) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpoint thread ended with a panic");
        }
        // Nothing is lost if it fails: the next start does it.
        if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be folded in");
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

fn passive(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

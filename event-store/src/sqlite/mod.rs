//! The embedded engine: `SQLite` in WAL mode, `synchronous=FULL`, one writer thread with group commit.
//!
//! Why `SQLite`: measured against six others it is within a factor of two of the fastest, opens in
//! milliseconds after a crash, and is the best-tested code of them all.
//!
//! - One thread writes. It takes all appends that wait (up to [`writer::MAX_BATCH`]), checks each against the
//!   stored heads and those pending in the batch, commits once, then acknowledges.
//! - Positions are given by that thread in commit order, so that a reader never sees a hole fill in later.
//! - A full disk rejects the batch and the store goes on. Any other failed write or flush is final: what the disk
//!   holds is then unknown, and only opening the store again can tell.
//! - Readers are a pool of read-only connections with short transactions.
//! - A subscription reads from disk up to the published head, then waits for the head to move: there is no second
//!   path to race with.

mod read;
mod subscription;
mod writer;

pub use read::SqliteReader;

use crate::clock::Clock;
use crate::port::{
    AppendError, Appended, Direction, EventStore, EventSubscription, ExpectedRevision,
    MAX_APPEND_BYTES, MAX_EVENTS_PER_APPEND, NewEvent, Position, ReadError, RecordedEvent,
    StreamName,
};
use async_trait::async_trait;
use rusqlite::Connection;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot, watch};
use writer::{Request, Writer};

/// The database file inside the data directory.
pub const DATABASE_FILE: &str = "events.sqlite3";
/// Held as long as a server has the data directory open.
const LOCK_FILE: &str = "upkeep.lock";
/// Appends that may wait for the writer before a new one has to wait at the door.
const WRITER_QUEUE: usize = 1_024;
/// Bumped when the tables change.
const SCHEMA_VERSION: i64 = 1;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data directory {path} cannot be used: {cause}")]
    Directory {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error(
        "the data directory {path} is in use by another server: stop it first, or choose another directory"
    )]
    Locked { path: PathBuf },
    #[error("the event store {path} cannot be opened: {cause}")]
    Database {
        path: PathBuf,
        cause: rusqlite::Error,
    },
    #[error(
        "the event store {path} has format {found}, and this program knows {SCHEMA_VERSION}: use a newer program"
    )]
    NewerFormat { path: PathBuf, found: i64 },
    #[error(
        "there is no event store in {path}: start the server once, or name another data directory"
    )]
    Missing { path: PathBuf },
}

/// The embedded event store.
pub struct SqliteStore {
    requests: mpsc::Sender<Request>,
    reader: SqliteReader,
    head: watch::Receiver<Position>,
    failure: watch::Receiver<Option<String>>,
    path: PathBuf,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Released when the store is dropped.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in a data directory, and makes both if they are not there.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        std::fs::create_dir_all(directory).map_err(|cause| OpenError::Directory {
            path: directory.to_owned(),
            cause,
        })?;
        let lock = lock(directory)?;
        let path = directory.join(DATABASE_FILE);
        let failed = |cause| OpenError::Database {
            path: path.clone(),
            cause,
        };
        let connection = Connection::open(&path).map_err(failed)?;
        prepare(&connection).map_err(failed)?;
        let found = format(&connection).map_err(failed)?;
        if found > SCHEMA_VERSION {
            return Err(OpenError::NewerFormat { path, found });
        }
        let (head_sender, head) = watch::channel(Position::START);
        let (failure_sender, failure) = watch::channel(None);
        let (requests, queue) = mpsc::channel(WRITER_QUEUE);
        let writer = Writer::new(connection, path.clone(), clock, head_sender, failure_sender)
            .map_err(failed)?;
        let thread = std::thread::Builder::new()
            .name("event-store-writer".into())
            .spawn(move || writer.run(queue))
            .map_err(|cause| OpenError::Directory {
                path: path.clone(),
                cause,
            })?;
        Ok(Self {
            requests,
            reader: SqliteReader::open(directory)?,
            head,
            failure,
            path,
            thread: Mutex::new(Some(thread)),
            _lock: lock,
        })
    }

    /// Read access to the same events.
    pub fn reader(&self) -> &SqliteReader {
        &self.reader
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Closing the queue ends the writer after what it has accepted.
        let (closed, _) = mpsc::channel(1);
        self.requests = closed;
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the event store's writer ended with a panic");
        }
    }
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|cause| OpenError::Directory {
            path: path.clone(),
            cause,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
            path: directory.to_owned(),
        }),
        Err(TryLockError::Error(cause)) => Err(OpenError::Directory { path, cause }),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -65536;
         PRAGMA busy_timeout = 10000;
         PRAGMA temp_store = MEMORY;
         BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS streams (
             stream_id INTEGER PRIMARY KEY,
             name TEXT NOT NULL UNIQUE
         );
         CREATE TABLE IF NOT EXISTS log (
             pos INTEGER PRIMARY KEY,
             stream_id INTEGER NOT NULL,
             rev INTEGER NOT NULL,
             id BLOB NOT NULL,
             type TEXT NOT NULL,
             created INTEGER NOT NULL,
             meta BLOB NOT NULL,
             data BLOB NOT NULL
         );
         CREATE TABLE IF NOT EXISTS sidx (
             stream_id INTEGER NOT NULL,
             rev INTEGER NOT NULL,
             pos INTEGER NOT NULL,
             PRIMARY KEY (stream_id, rev)
         ) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS recent (
             id BLOB PRIMARY KEY,
             pos INTEGER NOT NULL
         ) WITHOUT ROWID;
         COMMIT;",
    )
}

/// The tables' version, set when they are new.
fn format(connection: &Connection) -> rusqlite::Result<i64> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == 0 {
        connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        return Ok(SCHEMA_VERSION);
    }
    Ok(found)
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        if events.is_empty() || events.len() > MAX_EVENTS_PER_APPEND {
            return Err(AppendError::Count(events.len()));
        }
        let bytes = events
            .iter()
            .map(|event| event.data.len() + event.metadata.len())
            .sum();
        if bytes > MAX_APPEND_BYTES {
            return Err(AppendError::TooLarge(bytes));
        }
        let (reply, answer) = oneshot::channel();
        let request = Request {
            stream: stream.clone(),
            expected,
            events,
            reply,
        };
        if self.requests.send(request).await.is_err() {
            return Err(self.closed());
        }
        answer.await.unwrap_or_else(|_| Err(self.closed()))
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.reader
            .read_stream(stream, from, direction, limit)
            .await
    }

    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.reader.read_all(from, direction, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(*self.head.borrow())
    }

    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError> {
        Ok(Box::new(subscription::Subscription::new(
            self.reader.clone(),
            self.head.clone(),
            after,
        )))
    }

    async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        let cause = match failure.wait_for(Option::is_some).await {
            Ok(cause) => cause.clone(),
            // The writer ended without a failure: the store is being closed.
            Err(_) => None,
        };
        match cause {
            Some(cause) => cause,
            None => std::future::pending().await,
        }
    }
}

impl SqliteStore {
    fn closed(&self) -> AppendError {
        match &*self.failure.borrow() {
            Some(cause) => AppendError::Failed {
                path: self.path.clone(),
                cause: cause.clone(),
            },
            None => AppendError::Closed,
        }
    }
}

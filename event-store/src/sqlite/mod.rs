//! The embedded engine: `SQLite` in WAL mode, `synchronous=FULL`, one writer thread with group commit. What it does is in `engine.rs`,
//! which neither waits nor has a thread; in memory, for tests and a simulation, it is used as it is.
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

mod acknowledge;
mod backup;
mod batch;
mod checkpoint;
mod engine;
mod inline;
mod inspect;
mod read;
mod read_only;
mod recent;
mod scavenge;
mod schema;
mod stream;
mod subscription;
mod writer;

pub use backup::{BackupError, Restored, backup, restore};
pub use engine::{Heads, Receipt};
pub use read::{FEW_EVENTS, Followed, Scan, Scanned, Sight, SqliteReader, StreamPage};
pub use read_only::ReadOnlyStore;
pub use stream::Stream;

use crate::port::{
    AppendError, Appended, Direction, EventFault, EventStore, EventSubscription, ExpectedRevision,
    NewEvent, Position, ReadError, RecordedEvent, StreamName, check,
};
use crate::private;
use acknowledge::Acknowledger;
use async_trait::async_trait;
use engine::{Answer, Engine, Work, Write};
use inline::Inline;
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use upkeep_world::World;
use uuid::Uuid;
use writer::{Request, Writer};

/// The database file inside the data directory.
pub const DATABASE_FILE: &str = "events.sqlite3";
/// Held as long as a server has the data directory open.
const LOCK_FILE: &str = "upkeep.lock";
/// How long the lock of a server that has just ended may be held by what it was starting: a process that was forked has it, too, until
/// its program begins.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
/// Between two attempts at it.
const LOCK_AGAIN: Duration = Duration::from_millis(20);
/// Appends that may wait for the writer before a new one has to wait at the door.
const WRITER_QUEUE: usize = 1_024;
/// Bumped when the tables change.
const SCHEMA_VERSION: i64 = 2;

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
    shell: Shell,
    reader: SqliteReader,
    heads: watch::Receiver<Heads>,
    failure: watch::Receiver<Option<String>>,
    path: PathBuf,
    world: World,
}

/// What is around the engine.
enum Shell {
    Threads {
        requests: mpsc::Sender<Request>,
        writer: Option<JoinHandle<()>>,
        /// Released when the store is dropped.
        _lock: File,
    },
    Inline(Inline),
}

impl SqliteStore {
    /// Opens the store in a data directory, and makes both if they are not there.
    #[expect(
        clippy::disallowed_methods,
        reason = "the writer is a thread: it waits for the disk, and nobody waits behind it"
    )]
    pub fn open(directory: &Path, world: World) -> Result<Self, OpenError> {
        let lock = lock(directory)?;
        let path = directory.join(DATABASE_FILE);
        let failed = |cause| OpenError::Database {
            path: path.clone(),
            cause,
        };
        // Made private first: what SQLite makes beside it is like it.
        if !path.exists() {
            private::create_new(&path).map_err(|cause| OpenError::Directory {
                path: path.clone(),
                cause,
            })?;
        }
        let connection = Connection::open(&path).map_err(failed)?;
        schema::prepare(&connection, &path)?;
        let engine = Engine::new(connection, &path, world.clone())?;
        let (heads_sender, heads) = watch::channel(engine.heads());
        let (failure_sender, failure) = watch::channel(None);
        let (requests, queue) = mpsc::channel(WRITER_QUEUE);
        let reader = SqliteReader::open(directory, world.clone())?;
        let writer = Writer::new(
            engine,
            path.clone(),
            heads_sender,
            failure_sender,
            Acknowledger::start(),
        )
        .map_err(failed)?;
        let writer = std::thread::Builder::new()
            .name("event-store-writer".into())
            .spawn(move || writer.run(queue))
            .map_err(|cause| OpenError::Directory {
                path: path.clone(),
                cause,
            })?;
        Ok(Self {
            shell: Shell::Threads {
                requests,
                writer: Some(writer),
                _lock: lock,
            },
            reader,
            heads,
            failure,
            path,
            world,
        })
    }

    /// An empty store in memory. It has no thread: whatever is asked of it is done before the answer is waited for.
    pub fn in_memory(world: World) -> Result<Self, OpenError> {
        let path = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|cause| OpenError::Database {
            path: path.clone(),
            cause,
        })?;
        schema::prepare(&connection, &path)?;
        let engine = Engine::new(connection, &path, world.clone())?;
        let (heads_sender, heads) = watch::channel(engine.heads());
        let (failure_sender, failure) = watch::channel(None);
        let engine = Arc::new(Mutex::new(engine));
        Ok(Self {
            reader: SqliteReader::of(engine.clone(), &path, world.clone()),
            shell: Shell::Inline(Inline {
                engine,
                path: path.clone(),
                heads: heads_sender,
                failure: failure_sender,
            }),
            heads,
            failure,
            path,
            world,
        })
    }

    /// Read access to the same events.
    pub fn reader(&self) -> &SqliteReader {
        &self.reader
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        let Shell::Threads {
            requests, writer, ..
        } = &mut self.shell
        else {
            return;
        };
        // Closing the queue ends the writer after what it has accepted.
        let (closed, _) = mpsc::channel(1);
        *requests = closed;
        if let Some(writer) = writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the event store's writer ended with a panic");
        }
    }
}

/// Takes a data directory for this process, and makes it if it is not there. It is free again when the file is
/// dropped. It must be this account's, and nobody else has rights to it from then on.
#[expect(
    clippy::disallowed_methods,
    reason = "it is not another world's: a process of this machine holds it"
)]
pub fn lock(directory: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Directory {
        path: directory.to_owned(),
        cause,
    };
    private::folder(directory)
        .and_then(|()| private::check_owner(directory))
        .and_then(|()| private::check_purpose(directory))
        .map_err(failed)?;
    for lax in private::tighten(directory).map_err(failed)? {
        tracing::warn!(path = %lax.display(), "other accounts had rights to this: they have none any more; see that they have not used them");
    }
    let path = directory.join(LOCK_FILE);
    let file = private::open_or_create(&path).map_err(|cause| OpenError::Directory {
        path: path.clone(),
        cause,
    })?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if waited < LOCK_PATIENCE => {
                std::thread::sleep(LOCK_AGAIN);
                waited += LOCK_AGAIN;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked {
                    path: directory.to_owned(),
                });
            }
            Err(TryLockError::Error(cause)) => return Err(OpenError::Directory { path, cause }),
        }
    }
}

/// `SQLite`'s integers are signed; 63 bits are enough for everything that is counted here.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        if events.is_empty() {
            return Err(AppendError::Count(0));
        }
        check(&events)?;
        self.write(stream, expected, Work::Append(events))
            .await
            .map(Receipt::appended)
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

    async fn read_metadata(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.reader.read_metadata(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(self.heads.borrow().visible)
    }

    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError> {
        Ok(Box::new(subscription::Subscription::new(
            self.reader.clone(),
            self.heads.clone(),
            after,
        )))
    }

    fn refuses(&self, _: &RecordedEvent) -> Option<EventFault> {
        // What another store has recorded is taken as it is.
        None
    }

    async fn import(&self, events: Vec<RecordedEvent>) -> Result<(), AppendError> {
        if events.is_empty() {
            return Ok(());
        }
        let nobody = StreamName::of("$import", "all");
        self.write(&nobody, ExpectedRevision::Any, Work::Import(events))
            .await
            .map(|_| ())
    }

    async fn delete_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.delete(stream, expected).await.map(|_| ())
    }

    async fn tombstone_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.tombstone(stream, expected).await.map(|_| ())
    }

    fn new_id(&self) -> Uuid {
        self.world.id()
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
    /// The ends of the log, as they move.
    pub fn heads(&self) -> watch::Receiver<Heads> {
        self.heads.clone()
    }

    /// See [`EventStore::delete_stream`]; answers with the position of the event that says so.
    pub async fn delete(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<Position, AppendError> {
        let deleted = self.write(stream, expected, Work::Delete).await?;
        Ok(deleted.position)
    }

    /// See [`EventStore::tombstone_stream`]; answers with the position of the event that says so.
    pub async fn tombstone(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<Position, AppendError> {
        let ended = self.write(stream, expected, Work::Tombstone).await?;
        Ok(ended.position)
    }

    /// Frees the space of all events that retention hides, in steps between which others write.
    pub async fn scavenge(&self) -> Result<(), AppendError> {
        let nobody = StreamName::of("$scavenge", "all");
        let mut from = 0;
        loop {
            let work = Work::Scavenge { from };
            let step = self.write(&nobody, ExpectedRevision::Any, work).await?;
            from = signed(step.revision.unwrap_or(0));
            if from == 0 {
                return Ok(());
            }
        }
    }

    /// Puts an append in line behind all before it; the answer comes when it is on disk. One without events only compares
    /// the expectation, and lets a deleted stream exist again.
    pub async fn enqueue(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<oneshot::Receiver<Answer>, AppendError> {
        check(&events)?;
        self.put_in_line(Write {
            stream: stream.clone(),
            expected,
            work: Work::Append(events),
        })
        .await
    }

    async fn write(&self, stream: &StreamName, expected: ExpectedRevision, work: Work) -> Answer {
        let write = Write {
            stream: stream.clone(),
            expected,
            work,
        };
        let answer = self.put_in_line(write).await?;
        answer.await.unwrap_or_else(|_| Err(self.closed()))
    }

    async fn put_in_line(&self, write: Write) -> Result<oneshot::Receiver<Answer>, AppendError> {
        let (reply, answer) = oneshot::channel();
        match &self.shell {
            Shell::Threads { requests, .. } => {
                let request = Request { write, reply };
                let sent = requests.send(request).await;
                sent.map_err(|_| self.closed())?;
            }
            Shell::Inline(inline) => {
                // It is waited for right after.
                let _ = reply.send(inline.write(&write));
            }
        }
        Ok(answer)
    }

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

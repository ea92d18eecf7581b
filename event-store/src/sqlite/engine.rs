//! The engine itself: one connection, on which it is written and read. It waits for nobody, and has no thread.

use super::OpenError;
use super::batch::Batch;
use super::read::ReadConnection;
use super::recent::RecentIds;
use super::stream::Stream;
use crate::port::{
    AppendError, Appended, ExpectedRevision, NewEvent, Position, RecordedEvent, StreamName,
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use upkeep_world::World;

/// Most streams whose state is kept in memory.
const CACHED_STREAMS: usize = 65_536;

/// The ends of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Of all events.
    pub all: Position,
    /// Of those that are not of the store's own streams.
    pub visible: Position,
    /// Of those that describe a stream, or further: what was read of all such since is as it stands.
    pub described: Position,
}

/// What a request led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Of its last event; where it brought none, of the newest event of all.
    pub position: Position,
    /// Of its last event; where it brought none, the stream's newest; nothing if there is none.
    pub revision: Option<u64>,
    /// Whether that event was written before and no read finds it any more.
    pub hidden: bool,
}

impl Receipt {
    /// Of something new.
    pub fn new(position: Position, revision: u64) -> Self {
        Self {
            position,
            revision: Some(revision),
            hidden: false,
        }
    }

    /// The same as the port has it, for an append that brought an event.
    pub fn appended(self) -> Appended {
        Appended {
            position: self.position,
            revision: self.revision.unwrap_or(0),
        }
    }
}

pub type Answer = Result<Receipt, AppendError>;

/// What is to be written.
pub struct Write {
    pub stream: StreamName,
    pub expected: ExpectedRevision,
    pub work: Work,
}

pub enum Work {
    Append(Vec<NewEvent>),
    Delete,
    Tombstone,
    /// Events of another store, with their revisions and times.
    Import(Vec<RecordedEvent>),
    /// Frees the space of what retention hides, from a stream's number on; the answer's revision is the number to
    /// go on with, 0 at the end.
    Scavenge {
        from: i64,
    },
}

/// A store, for one at a time.
pub struct Engine {
    connection: ReadConnection,
    path: PathBuf,
    world: World,
    heads: Heads,
    last_created: DateTime<Utc>,
    /// Committed states only: what a batch changes is merged after its commit, so that no eviction and no failed
    /// batch can number a stream twice.
    streams: HashMap<StreamName, Stream>,
    /// Nothing until an append asks for it: whoever always knows the revision pays nothing.
    recent: Option<RecentIds>,
}

impl Engine {
    /// Over a connection that is prepared.
    pub fn new(connection: Connection, path: &Path, world: World) -> Result<Self, OpenError> {
        let (heads, last_created) = ends(&connection).map_err(|cause| OpenError::Database {
            path: path.to_owned(),
            cause,
        })?;
        Ok(Self {
            connection: ReadConnection::of(connection),
            path: path.to_owned(),
            world,
            heads,
            last_created,
            streams: HashMap::new(),
            recent: None,
        })
    }

    pub fn connection(&self) -> &Connection {
        self.connection.connection()
    }

    pub fn heads(&self) -> Heads {
        self.heads
    }

    /// Decides and writes what comes together, with one flush. What it answers is on disk; an error is a failure for good, and nobody
    /// knows what is there then.
    pub fn commit(&mut self, writes: &[&Write]) -> Result<Vec<Answer>, String> {
        match self.write(writes) {
            Ok(answers) => Ok(answers),
            // The transaction is rolled back: nothing of it is there, and the store goes on.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                tracing::warn!(path = %self.path.display(), "the disk is full: appends are rejected");
                if let Some(recent) = &mut self.recent {
                    recent.forget_after(self.heads.all);
                }
                let full = || AppendError::StorageFull {
                    path: self.path.clone(),
                };
                Ok(writes.iter().map(|_| Err(full())).collect())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn write(&mut self, writes: &[&Write]) -> rusqlite::Result<Vec<Answer>> {
        let now = self.world.now().max(self.last_created);
        let transaction = self
            .connection
            .connection_mut()
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(
            &transaction,
            self.heads,
            now,
            self.last_created,
            &self.streams,
            &mut self.recent,
            &self.world,
        )?;
        let answers = writes
            .iter()
            .map(|write| batch.decide(write))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let (heads, created, touched) = batch.finish();
        transaction.commit()?;
        self.heads = heads;
        self.last_created = created;
        if self.streams.len() + touched.len() > CACHED_STREAMS {
            self.streams.clear();
        }
        self.streams.extend(touched);
        Ok(answers)
    }

    /// Reads what is committed.
    pub fn read<T>(
        &mut self,
        query: impl FnOnce(&mut ReadConnection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        query(&mut self.connection)
    }
}

/// Where the log ends, and when the newest event was recorded.
fn ends(connection: &Connection) -> rusqlite::Result<(Heads, DateTime<Utc>)> {
    let position: i64 =
        connection.query_row("SELECT coalesce(max(pos), 0) FROM log", [], |row| {
            row.get(0)
        })?;
    let visible: Option<(i64, i64)> = connection
        .query_row(
            "SELECT log.pos, log.created FROM log JOIN streams USING (stream_id)
             WHERE substr(streams.name, 1, 1) <> '$' ORDER BY log.pos DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (visible, created) = visible.unwrap_or((0, 0));
    let heads = Heads {
        all: Position(position.unsigned_abs()),
        visible: Position(visible.unsigned_abs()),
        described: Position(position.unsigned_abs()),
    };
    let created = DateTime::from_timestamp_micros(created).unwrap_or_default();
    Ok((heads, created))
}

//! The one thread that writes.

use super::acknowledge::{Acknowledged, Acknowledger};
use super::batch::Batch;
use super::checkpoint::Checkpoints;
use super::recent::RecentIds;
use super::stream::Stream;
use crate::port::{
    AppendError, Appended, ExpectedRevision, NewEvent, Position, RecordedEvent, StreamName,
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};
use std::collections::HashMap;
use std::path::PathBuf;
use tokio::sync::{mpsc, oneshot, watch};
use upkeep_world::World;

/// Most requests of one commit.
pub const MAX_BATCH: usize = 256;
/// Most streams whose state the writer keeps in memory.
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

/// What waits to be written.
pub struct Request {
    pub stream: StreamName,
    pub expected: ExpectedRevision,
    pub work: Work,
    pub reply: oneshot::Sender<Answer>,
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

pub struct Writer {
    connection: Connection,
    path: PathBuf,
    world: World,
    heads: watch::Sender<Heads>,
    failure: watch::Sender<Option<String>>,
    last_created: DateTime<Utc>,
    /// Committed states only: what a batch changes is merged after its commit, so that no eviction and no failed
    /// batch can number a stream twice.
    streams: HashMap<StreamName, Stream>,
    /// Nothing until an append asks for it: whoever always knows the revision pays nothing.
    recent: Option<RecentIds>,
    checkpoints: Checkpoints,
    acknowledger: Acknowledger,
}

impl Writer {
    pub fn new(
        connection: Connection,
        path: PathBuf,
        world: World,
        heads: watch::Sender<Heads>,
        failure: watch::Sender<Option<String>>,
        acknowledger: Acknowledger,
    ) -> rusqlite::Result<Self> {
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
        heads.send_replace(Heads {
            all: Position(position.unsigned_abs()),
            visible: Position(visible.unsigned_abs()),
            described: Position(position.unsigned_abs()),
        });
        let checkpoints = Checkpoints::start(&connection, &path)?;
        Ok(Self {
            connection,
            path,
            world,
            heads,
            failure,
            last_created: DateTime::from_timestamp_micros(created).unwrap_or_default(),
            streams: HashMap::new(),
            recent: None,
            checkpoints,
            acknowledger,
        })
    }

    /// Works until the queue is closed or the disk fails.
    pub fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while queue.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            let outcome = self
                .commit(std::mem::replace(&mut batch, Vec::with_capacity(MAX_BATCH)))
                .and_then(|()| {
                    self.checkpoints
                        .after_commit(&self.connection)
                        .map_err(|error| error.to_string())
                });
            if let Err(cause) = outcome {
                tracing::error!(path = %self.path.display(), cause, "the event store failed");
                self.failure.send_replace(Some(cause));
                return;
            }
        }
        self.checkpoints.stop(&self.connection);
    }

    /// Decides and writes a batch and answers everybody; an error is a failure for good.
    fn commit(&mut self, requests: Vec<Request>) -> Result<(), String> {
        let answers = match self.write(&requests) {
            Ok((answers, heads, created, touched)) => {
                self.last_created = created;
                if self.streams.len() + touched.len() > CACHED_STREAMS {
                    self.streams.clear();
                }
                self.streams.extend(touched);
                // The heads first: whoever got an answer finds the event.
                self.heads.send_replace(heads);
                answers
            }
            // The transaction is rolled back: nothing of it is there, and the store goes on.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                tracing::warn!(path = %self.path.display(), "the disk is full: appends are rejected");
                if let Some(recent) = &mut self.recent {
                    recent.forget_after(self.heads.borrow().all);
                }
                requests
                    .iter()
                    .map(|_| {
                        Err(AppendError::StorageFull {
                            path: self.path.clone(),
                        })
                    })
                    .collect()
            }
            Err(error) => {
                let cause = error.to_string();
                for request in requests {
                    // Who does not wait any more asks again after the restart.
                    let _ = request.reply.send(Err(AppendError::Failed {
                        path: self.path.clone(),
                        cause: cause.clone(),
                    }));
                }
                return Err(cause);
            }
        };
        let acknowledged: Vec<Acknowledged> = requests
            .into_iter()
            .zip(answers)
            .map(|(request, answer)| (request.reply, answer))
            .collect();
        self.acknowledger.send(acknowledged);
        Ok(())
    }

    #[expect(clippy::type_complexity, reason = "named at its one use")]
    fn write(
        &mut self,
        requests: &[Request],
    ) -> rusqlite::Result<(
        Vec<Answer>,
        Heads,
        DateTime<Utc>,
        HashMap<StreamName, Stream>,
    )> {
        let heads = *self.heads.borrow();
        let now = self.world.now().max(self.last_created);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(
            &transaction,
            heads,
            now,
            self.last_created,
            &self.streams,
            &mut self.recent,
            &self.world,
        )?;
        let answers = requests
            .iter()
            .map(|request| batch.decide(request))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let (heads, created, touched) = batch.finish();
        transaction.commit()?;
        Ok((answers, heads, created, touched))
    }
}

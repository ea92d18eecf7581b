//! The one thread that writes.

use crate::clock::Clock;
use crate::port::{AppendError, Appended, ExpectedRevision, NewEvent, Position, StreamName};
use chrono::{DateTime, Utc};
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

/// Most appends of one commit.
pub const MAX_BATCH: usize = 256;
/// How many events that were appended with [`ExpectedRevision::Any`] are remembered by their ids.
pub const RECENT_IDS: i64 = 65_536;

/// An append that waits.
pub struct Request {
    pub stream: StreamName,
    pub expected: ExpectedRevision,
    pub events: Vec<NewEvent>,
    pub reply: oneshot::Sender<Result<Appended, AppendError>>,
}

pub struct Writer {
    connection: Connection,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    head: watch::Sender<Position>,
    failure: watch::Sender<Option<String>>,
    last_created: DateTime<Utc>,
}

/// What one batch knows besides what is committed.
struct Batch<'a> {
    transaction: &'a Transaction<'a>,
    next: Position,
    created: DateTime<Utc>,
    /// Streams that this batch touched: their ids, and their heads after it. Never evicted: a forgotten head
    /// would number a stream twice, which only the primary key of `sidx` would then stop.
    touched: HashMap<StreamName, Stream>,
}

#[derive(Clone, Copy)]
struct Stream {
    id: i64,
    head: Option<u64>,
}

/// A request's fate inside the batch.
enum Decided {
    Append(Appended),
    Reject(AppendError),
}

impl Writer {
    pub fn new(
        connection: Connection,
        path: PathBuf,
        clock: Arc<dyn Clock>,
        head: watch::Sender<Position>,
        failure: watch::Sender<Option<String>>,
    ) -> rusqlite::Result<Self> {
        let last: Option<(i64, i64)> = connection
            .query_row(
                "SELECT pos, created FROM log ORDER BY pos DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let (position, created) = last.unwrap_or((0, 0));
        head.send_replace(Position(position.unsigned_abs()));
        Ok(Self {
            connection,
            path,
            clock,
            head,
            failure,
            last_created: DateTime::from_timestamp_micros(created).unwrap_or_default(),
        })
    }

    /// Works until the queue is closed or the disk fails.
    pub fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while queue.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            if let Err(cause) = self.commit(batch.drain(..)) {
                tracing::error!(path = %self.path.display(), cause, "the event store failed");
                self.failure.send_replace(Some(cause));
                return;
            }
        }
        // Leaves one file behind instead of three. Nothing is lost if it fails: the next start does it.
        if let Err(error) = self
            .connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::warn!(%error, "the write-ahead log could not be folded in");
        }
    }

    /// Decides and writes a batch and answers everybody; an error is a failure for good.
    fn commit(&mut self, requests: impl Iterator<Item = Request>) -> Result<(), String> {
        let requests: Vec<Request> = requests.collect();
        match self.write(&requests) {
            Ok((decided, head, created)) => {
                self.last_created = created;
                // The head first: whoever got an answer finds the event.
                self.head.send_replace(head);
                for (request, decided) in requests.into_iter().zip(decided) {
                    // Who does not wait for the answer any more asks again and finds it.
                    let _ = request.reply.send(match decided {
                        Decided::Append(appended) => Ok(appended),
                        Decided::Reject(error) => Err(error),
                    });
                }
                Ok(())
            }
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                tracing::warn!(path = %self.path.display(), "the disk is full: appends are rejected");
                for request in requests {
                    let _ = request.reply.send(Err(AppendError::StorageFull {
                        path: self.path.clone(),
                    }));
                }
                Ok(())
            }
            Err(error) => {
                let cause = error.to_string();
                for request in requests {
                    let _ = request.reply.send(Err(AppendError::Failed {
                        path: self.path.clone(),
                        cause: cause.clone(),
                    }));
                }
                Err(cause)
            }
        }
    }

    fn write(
        &mut self,
        requests: &[Request],
    ) -> rusqlite::Result<(Vec<Decided>, Position, DateTime<Utc>)> {
        let committed = *self.head.borrow();
        let created = self.clock.now().max(self.last_created);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            transaction: &transaction,
            next: committed.next(),
            created,
            touched: HashMap::new(),
        };
        let decided = requests
            .iter()
            .map(|request| batch.decide(request))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let head = Position(batch.next.0 - 1);
        transaction.commit()?;
        Ok((decided, head, created))
    }
}

impl Batch<'_> {
    fn decide(&mut self, request: &Request) -> rusqlite::Result<Decided> {
        let stream = self.find(&request.stream)?;
        let head = stream.and_then(|stream| stream.head);
        let fits = match request.expected {
            ExpectedRevision::Any => true,
            ExpectedRevision::NoStream => head.is_none(),
            ExpectedRevision::Exactly(revision) => head == Some(revision),
        };
        if let Some(appended) = self.find_repetition(request, stream, fits)? {
            return Ok(Decided::Append(appended));
        }
        if !fits {
            return Ok(Decided::Reject(AppendError::Conflict {
                stream: request.stream.clone(),
                expected: request.expected,
                actual: head,
            }));
        }
        let stream = match stream {
            Some(stream) => stream,
            None => self.create(&request.stream)?,
        };
        self.insert(request, stream).map(Decided::Append)
    }

    fn find(&mut self, name: &StreamName) -> rusqlite::Result<Option<Stream>> {
        if let Some(stream) = self.touched.get(name) {
            return Ok(Some(*stream));
        }
        let id: Option<i64> = self
            .transaction
            .prepare_cached("SELECT stream_id FROM streams WHERE name = ?1")?
            .query_row([name.as_str()], |row| row.get(0))
            .optional()?;
        let Some(id) = id else {
            return Ok(None);
        };
        let head: Option<i64> = self
            .transaction
            .prepare_cached("SELECT rev FROM sidx WHERE stream_id = ?1 ORDER BY rev DESC LIMIT 1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(Some(Stream {
            id,
            head: head.map(i64::unsigned_abs),
        }))
    }

    fn create(&mut self, name: &StreamName) -> rusqlite::Result<Stream> {
        self.transaction
            .prepare_cached("INSERT INTO streams (name) VALUES (?1)")?
            .execute([name.as_str()])?;
        Ok(Stream {
            id: self.transaction.last_insert_rowid(),
            head: None,
        })
    }

    /// The same ids at the same place are the same append, offered again.
    fn find_repetition(
        &self,
        request: &Request,
        stream: Option<Stream>,
        fits: bool,
    ) -> rusqlite::Result<Option<Appended>> {
        let (Some(stream), Some(last)) = (stream, request.events.last()) else {
            return Ok(None);
        };
        let first_revision = match request.expected {
            ExpectedRevision::Any => {
                let found: Option<(i64, i64)> = self
                    .transaction
                    .prepare_cached(
                        "SELECT log.pos, log.rev FROM recent JOIN log ON log.pos = recent.pos
                         WHERE recent.id = ?1 AND log.stream_id = ?2",
                    )?
                    .query_row(params![last.id.as_bytes(), stream.id], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()?;
                return Ok(found.map(|(pos, rev)| Appended {
                    position: Position(pos.unsigned_abs()),
                    revision: rev.unsigned_abs(),
                }));
            }
            _ if fits => return Ok(None),
            ExpectedRevision::NoStream => 0,
            ExpectedRevision::Exactly(revision) => revision + 1,
        };
        let mut statement = self.transaction.prepare_cached(
            "SELECT log.id, log.pos, log.rev FROM sidx JOIN log ON log.pos = sidx.pos
             WHERE sidx.stream_id = ?1 AND sidx.rev >= ?2 ORDER BY sidx.rev LIMIT ?3",
        )?;
        let stored = statement.query_map(
            params![
                stream.id,
                signed(first_revision),
                signed(request.events.len() as u64)
            ],
            |row| {
                let id: [u8; 16] = row.get(0)?;
                Ok((
                    Uuid::from_bytes(id),
                    row.get::<_, i64>(1)?,
                    row.get::<_, i64>(2)?,
                ))
            },
        )?;
        let mut offered = request.events.iter();
        let mut appended = None;
        for row in stored {
            let (id, pos, rev) = row?;
            if offered.next().map(|event| event.id) != Some(id) {
                return Ok(None);
            }
            appended = Some(Appended {
                position: Position(pos.unsigned_abs()),
                revision: rev.unsigned_abs(),
            });
        }
        Ok(appended.filter(|_| offered.next().is_none()))
    }

    fn insert(&mut self, request: &Request, stream: Stream) -> rusqlite::Result<Appended> {
        let mut log = self.transaction.prepare_cached(
            "INSERT INTO log (pos, stream_id, rev, id, type, created, meta, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut index = self
            .transaction
            .prepare_cached("INSERT INTO sidx (stream_id, rev, pos) VALUES (?1, ?2, ?3)")?;
        let mut revision = stream.head;
        let mut position = self.next;
        for event in &request.events {
            let next = revision.map_or(0, |revision| revision + 1);
            position = self.next;
            log.execute(params![
                signed(position.0),
                stream.id,
                signed(next),
                event.id.as_bytes(),
                event.event_type,
                self.created.timestamp_micros(),
                event.metadata,
                event.data,
            ])?;
            index.execute(params![stream.id, signed(next), signed(position.0)])?;
            if request.expected == ExpectedRevision::Any {
                self.remember(event.id, position)?;
            }
            revision = Some(next);
            self.next = position.next();
        }
        self.touched.insert(
            request.stream.clone(),
            Stream {
                id: stream.id,
                head: revision,
            },
        );
        Ok(Appended {
            position,
            revision: revision.unwrap_or(0),
        })
    }

    fn remember(&self, id: Uuid, position: Position) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO recent (id, pos) VALUES (?1, ?2)")?
            .execute(params![id.as_bytes(), signed(position.0)])?;
        if position.0.is_multiple_of(1_024) {
            self.transaction.execute(
                "DELETE FROM recent WHERE pos < ?1",
                [signed(position.0) - RECENT_IDS],
            )?;
        }
        Ok(())
    }
}

/// `SQLite`'s integers are signed; 63 bits are enough for everything that is counted here.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

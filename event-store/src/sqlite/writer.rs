//! The one thread that writes.

use super::acknowledge::{Acknowledged, Acknowledger};
use super::checkpoint::Checkpoints;
use super::stream::{DELETED, Stream, TOMBSTONE_REVISION, TOMBSTONE_TYPE};
use super::{scavenge, signed};
use crate::clock::Clock;
use crate::port::{
    AppendError, Appended, ContentType, ExpectedRevision, METADATA_TYPE, NewEvent, Position,
    RecordedEvent, Retention, StreamName,
};
use chrono::{DateTime, Utc};
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior,
    params,
};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

/// Most requests of one commit.
pub const MAX_BATCH: usize = 256;
/// How many events that were appended whatever the revision are remembered by their ids.
pub const RECENT_IDS: i64 = 65_536;
/// Most streams whose state the writer keeps in memory.
const CACHED_STREAMS: usize = 65_536;

/// The ends of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Of all events.
    pub all: Position,
    /// Of those that are not of the store's own streams.
    pub visible: Position,
}

/// What waits to be written.
pub struct Request {
    pub stream: StreamName,
    pub expected: ExpectedRevision,
    pub work: Work,
    pub reply: oneshot::Sender<Result<Appended, AppendError>>,
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
    clock: Arc<dyn Clock>,
    heads: watch::Sender<Heads>,
    failure: watch::Sender<Option<String>>,
    last_created: DateTime<Utc>,
    /// Committed states only: what a batch changes is merged after its commit, so that no eviction and no failed
    /// batch can number a stream twice.
    streams: HashMap<StreamName, Stream>,
    checkpoints: Checkpoints,
    acknowledger: Acknowledger,
}

/// What one batch knows besides what is committed.
struct Batch<'a> {
    transaction: &'a Transaction<'a>,
    insert: CachedStatement<'a>,
    index: CachedStatement<'a>,
    next: Position,
    visible: Position,
    /// When the batch began.
    now: DateTime<Utc>,
    /// Of what is written now.
    created: DateTime<Utc>,
    /// Of the newest event that is not of the store's own streams: among those, times never go back.
    last_created: DateTime<Utc>,
    committed: &'a HashMap<StreamName, Stream>,
    touched: HashMap<StreamName, Stream>,
}

impl Writer {
    pub fn new(
        connection: Connection,
        path: PathBuf,
        clock: Arc<dyn Clock>,
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
        });
        let checkpoints = Checkpoints::start(&connection, &path)?;
        Ok(Self {
            connection,
            path,
            clock,
            heads,
            failure,
            last_created: DateTime::from_timestamp_micros(created).unwrap_or_default(),
            streams: HashMap::new(),
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
        Vec<Result<Appended, AppendError>>,
        Heads,
        DateTime<Utc>,
        HashMap<StreamName, Stream>,
    )> {
        let heads = *self.heads.borrow();
        let now = self.clock.now().max(self.last_created);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            insert: transaction.prepare_cached(
                "INSERT INTO log (pos, stream_id, rev, id, type, created, meta, data, content)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?,
            index: transaction
                .prepare_cached("INSERT INTO sidx (stream_id, rev, pos) VALUES (?1, ?2, ?3)")?,
            transaction: &transaction,
            next: Position(heads.all.0 + 1),
            visible: heads.visible,
            now,
            created: now,
            last_created: self.last_created,
            committed: &self.streams,
            touched: HashMap::new(),
        };
        let answers = requests
            .iter()
            .map(|request| batch.decide(request))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let heads = Heads {
            all: Position(batch.next.0 - 1),
            visible: batch.visible,
        };
        let created = batch.last_created;
        let touched = std::mem::take(&mut batch.touched);
        drop(batch);
        transaction.commit()?;
        Ok((answers, heads, created, touched))
    }
}

impl Batch<'_> {
    fn decide(&mut self, request: &Request) -> rusqlite::Result<Result<Appended, AppendError>> {
        self.created = self.now.max(self.last_created);
        if let Work::Scavenge { from } = request.work {
            let next = scavenge::step(self.transaction, from, self.created)?;
            return Ok(Ok(Appended {
                position: Position(self.next.0 - 1),
                revision: next.unsigned_abs(),
            }));
        }
        if let Work::Import(events) = &request.work {
            return self.import(events);
        }
        let stream = self.find(&request.stream)?;
        if stream.is_some_and(|stream| stream.tombstoned) {
            return Ok(Err(AppendError::StreamDeleted {
                stream: request.stream.clone(),
            }));
        }
        let fits = fits(request.expected, stream);
        if let Work::Append(events) = &request.work
            && let Some(appended) = self.find_repetition(request.expected, events, stream, fits)?
        {
            return Ok(Ok(appended));
        }
        if !fits {
            return Ok(Err(AppendError::Conflict {
                stream: request.stream.clone(),
                expected: request.expected,
                actual: stream.and_then(|stream| stream.head),
            }));
        }
        let stream = match stream {
            Some(stream) => stream,
            None => Stream::create(self.transaction, &request.stream)?,
        };
        match &request.work {
            Work::Append(events) => {
                let remember = matches!(
                    request.expected,
                    ExpectedRevision::Any | ExpectedRevision::StreamExists
                );
                let appended = self.append(&request.stream, stream, events, remember)?;
                if stream.is_deleted() {
                    self.revive(&request.stream, stream)?;
                }
                Ok(Ok(appended))
            }
            Work::Delete if stream.is_deleted() => Ok(Ok(Appended {
                position: Position(self.next.0 - 1),
                revision: stream.head.unwrap_or(0),
            })),
            Work::Delete => {
                self.touched.insert(request.stream.clone(), stream);
                let retention = Retention {
                    truncate_before: Some(DELETED),
                    ..stream.retention
                };
                self.describe(&request.stream, retention).map(Ok)
            }
            Work::Tombstone => self
                .tombstone(&request.stream, stream, Uuid::now_v7())
                .map(Ok),
            Work::Import(_) | Work::Scavenge { .. } => unreachable!("answered above"),
        }
    }

    fn find(&mut self, name: &StreamName) -> rusqlite::Result<Option<Stream>> {
        if let Some(stream) = self.touched.get(name).or_else(|| self.committed.get(name)) {
            return Ok(Some(*stream));
        }
        Stream::load(self.transaction, name)
    }

    /// The same ids at the same place are the same append, offered again.
    fn find_repetition(
        &self,
        expected: ExpectedRevision,
        events: &[NewEvent],
        stream: Option<Stream>,
        fits: bool,
    ) -> rusqlite::Result<Option<Appended>> {
        let (Some(stream), Some(last)) = (stream, events.last()) else {
            return Ok(None);
        };
        let first_revision = match expected {
            ExpectedRevision::Any | ExpectedRevision::StreamExists => {
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
            ExpectedRevision::Exactly(revision) => revision.saturating_add(1),
        };
        let mut statement = self.transaction.prepare_cached(
            "SELECT log.id, log.pos, log.rev FROM sidx JOIN log ON log.pos = sidx.pos
             WHERE sidx.stream_id = ?1 AND sidx.rev >= ?2 ORDER BY sidx.rev LIMIT ?3",
        )?;
        let stored = statement.query_map(
            params![
                stream.id,
                signed(first_revision),
                signed(events.len() as u64)
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
        let mut offered = events.iter();
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

    fn append(
        &mut self,
        name: &StreamName,
        mut stream: Stream,
        events: &[NewEvent],
        remember: bool,
    ) -> rusqlite::Result<Appended> {
        let mut appended = Appended {
            position: Position(self.next.0 - 1),
            revision: stream.head.unwrap_or(0),
        };
        for event in events {
            let revision = stream.head.map_or(0, |revision| revision + 1);
            appended = Appended {
                position: self.insert(name, stream.id, revision, event)?,
                revision,
            };
            if remember {
                self.remember(event.id, appended.position)?;
            }
            stream.head = Some(revision);
        }
        self.touched.insert(name.clone(), stream);
        if let (Some(described), Some(last)) = (name.described_stream(), events.last()) {
            self.obey(&described, last)?;
        }
        Ok(appended)
    }

    /// Stops at an event that does not fit. What stands before it is written, and is found again next time.
    fn import(
        &mut self,
        events: &[RecordedEvent],
    ) -> rusqlite::Result<Result<Appended, AppendError>> {
        for event in events {
            let known = self.find(&event.stream)?;
            let mut stream = match known {
                Some(stream) => stream,
                None => Stream::create(self.transaction, &event.stream)?,
            };
            if event.revision == TOMBSTONE_REVISION {
                if !stream.tombstoned {
                    self.created = self.created_at(event.created);
                    self.tombstone(&event.stream, stream, event.id)?;
                }
                continue;
            }
            if stream.head.is_some_and(|head| head >= event.revision) {
                if self.holds(&stream, event)? {
                    continue;
                }
            } else if stream.head.is_none_or(|head| head + 1 == event.revision) {
                // The beginning of a stream may be gone in the source.
                self.created = self.created_at(event.created);
                let new = NewEvent {
                    id: event.id,
                    event_type: event.event_type.to_string().into(),
                    content_type: event.content_type,
                    data: event.data.to_vec(),
                    metadata: event.metadata.to_vec(),
                };
                self.insert(&event.stream, stream.id, event.revision, &new)?;
                stream.head = Some(event.revision);
                self.touched.insert(event.stream.clone(), stream);
                continue;
            }
            return Ok(Err(AppendError::Conflict {
                stream: event.stream.clone(),
                expected: event
                    .revision
                    .checked_sub(1)
                    .map_or(ExpectedRevision::NoStream, ExpectedRevision::Exactly),
                actual: stream.head,
            }));
        }
        Ok(Ok(Appended {
            position: Position(self.next.0 - 1),
            revision: 0,
        }))
    }

    /// Times never go back.
    fn created_at(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        time.max(self.last_created)
    }

    fn holds(&self, stream: &Stream, event: &RecordedEvent) -> rusqlite::Result<bool> {
        let id: Option<[u8; 16]> = self
            .transaction
            .prepare_cached(
                "SELECT log.id FROM sidx JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev = ?2",
            )?
            .query_row(params![stream.id, signed(event.revision)], |row| row.get(0))
            .optional()?;
        Ok(id == Some(*event.id.as_bytes()))
    }

    fn insert(
        &mut self,
        name: &StreamName,
        stream: i64,
        revision: u64,
        event: &NewEvent,
    ) -> rusqlite::Result<Position> {
        let position = self.next;
        self.insert.execute(params![
            signed(position.0),
            stream,
            signed(revision),
            event.id.as_bytes(),
            event.event_type,
            self.created.timestamp_micros(),
            event.metadata,
            event.data,
            event.content_type == ContentType::Binary,
        ])?;
        self.index
            .execute(params![stream, signed(revision), signed(position.0)])?;
        self.next = Position(position.0 + 1);
        if !name.is_system() {
            self.visible = position;
            self.last_created = self.created;
        }
        Ok(position)
    }

    /// Appends metadata of the store's own making.
    fn describe(&mut self, name: &StreamName, retention: Retention) -> rusqlite::Result<Appended> {
        let event = NewEvent {
            id: Uuid::now_v7(),
            event_type: METADATA_TYPE.into(),
            content_type: ContentType::Json,
            data: serde_json::to_vec(&retention).unwrap_or_default(),
            metadata: vec![],
        };
        let name = name.metadata_stream();
        let stream = match self.find(&name)? {
            Some(stream) => stream,
            None => Stream::create(self.transaction, &name)?,
        };
        self.append(&name, stream, &[event], false)
    }

    /// Takes over what new metadata says about a stream. What cannot be understood says nothing.
    fn obey(&mut self, name: &StreamName, metadata: &NewEvent) -> rusqlite::Result<()> {
        let mut stream = match self.find(name)? {
            Some(stream) => stream,
            None => Stream::create(self.transaction, name)?,
        };
        stream.retention = serde_json::from_slice(&metadata.data).unwrap_or_default();
        stream.save(self.transaction)?;
        self.touched.insert(name.clone(), stream);
        Ok(())
    }

    /// A deleted stream that is appended to again shows what is new and hides what was there.
    fn revive(&mut self, name: &StreamName, before: Stream) -> rusqlite::Result<()> {
        let retention = Retention {
            truncate_before: Some(before.head.map_or(0, |head| head + 1)),
            ..before.retention
        };
        self.describe(name, retention).map(|_| ())
    }

    fn tombstone(
        &mut self,
        name: &StreamName,
        mut stream: Stream,
        id: Uuid,
    ) -> rusqlite::Result<Appended> {
        let event = NewEvent {
            id,
            event_type: TOMBSTONE_TYPE.into(),
            content_type: ContentType::Binary,
            data: vec![],
            metadata: vec![],
        };
        let position = self.insert(name, stream.id, TOMBSTONE_REVISION, &event)?;
        stream.tombstoned = true;
        stream.save(self.transaction)?;
        self.touched.insert(name.clone(), stream);
        Ok(Appended {
            position,
            revision: TOMBSTONE_REVISION,
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

fn fits(expected: ExpectedRevision, stream: Option<Stream>) -> bool {
    let head = stream.and_then(|stream| stream.head);
    let visible = stream.and_then(|stream| stream.visible_head());
    match expected {
        ExpectedRevision::Any => true,
        ExpectedRevision::NoStream => visible.is_none(),
        ExpectedRevision::StreamExists => visible.is_some(),
        ExpectedRevision::Exactly(revision) => head == Some(revision),
    }
}

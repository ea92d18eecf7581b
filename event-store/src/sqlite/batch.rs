//! What one commit of the writer decides and writes.

use super::engine::{Answer, Heads, Receipt, Work, Write};
use super::recent::RecentIds;
use super::stream::Stream;
use super::{scavenge, signed};
use crate::port::{
    AppendError, ContentType, ExpectedRevision, METADATA_TYPE, NewEvent, Position, RecordedEvent,
    Retention, StreamName, TOMBSTONE_REVISION, TOMBSTONE_TYPE,
};
use crate::recognition::{self, Fate, Known, Place, Standing, Verdict};
use crate::retention::DELETED;
use chrono::{DateTime, Utc};
use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};
use serde_json::{Map, Value};
use std::collections::HashMap;
use upkeep_world::World;
use uuid::Uuid;

/// What one batch knows besides what is committed.
pub struct Batch<'a> {
    transaction: &'a Transaction<'a>,
    insert: CachedStatement<'a>,
    index: CachedStatement<'a>,
    next: Position,
    visible: Position,
    described: Position,
    /// When the batch began.
    now: DateTime<Utc>,
    /// Of what is written now.
    created: DateTime<Utc>,
    /// Of the newest event that is not of the store's own streams: among those, times never go back.
    last_created: DateTime<Utc>,
    committed: &'a HashMap<StreamName, Stream>,
    touched: HashMap<StreamName, Stream>,
    /// Read when it is first asked for; what was not committed is forgotten by the writer.
    recent: &'a mut Option<RecentIds>,
    world: &'a World,
}

impl<'a> Batch<'a> {
    pub fn new(
        transaction: &'a Transaction<'a>,
        heads: Heads,
        now: DateTime<Utc>,
        last_created: DateTime<Utc>,
        committed: &'a HashMap<StreamName, Stream>,
        recent: &'a mut Option<RecentIds>,
        world: &'a World,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            insert: transaction.prepare_cached(
                "INSERT INTO log (pos, stream_id, rev, id, type, created, meta, data, content)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?,
            index: transaction
                .prepare_cached("INSERT INTO sidx (stream_id, rev, pos) VALUES (?1, ?2, ?3)")?,
            transaction,
            next: Position(heads.all.0 + 1),
            visible: heads.visible,
            described: heads.described,
            now,
            created: now,
            last_created,
            committed,
            touched: HashMap::new(),
            recent,
            world,
        })
    }

    /// The ends of the log, the newest time and the streams as they are when this is committed.
    pub fn finish(self) -> (Heads, DateTime<Utc>, HashMap<StreamName, Stream>) {
        let heads = Heads {
            all: self.newest(),
            visible: self.visible,
            described: self.described,
        };
        (heads, self.last_created, self.touched)
    }

    fn newest(&self) -> Position {
        Position(self.next.0 - 1)
    }

    pub fn decide(&mut self, write: &Write) -> rusqlite::Result<Answer> {
        self.created = self.now.max(self.last_created);
        let (name, expected) = (&write.stream, write.expected);
        match &write.work {
            Work::Append(events) => self.append(name, expected, events),
            Work::Delete => self.delete(name, expected),
            Work::Tombstone => self.tombstone(name, expected),
            Work::Import(events) => self.import(events),
            Work::Scavenge { from } => {
                let next = scavenge::step(self.transaction, *from, self.created)?;
                Ok(Ok(Receipt::new(self.newest(), next.unsigned_abs())))
            }
        }
    }

    fn find(&self, name: &StreamName) -> rusqlite::Result<Option<Stream>> {
        if let Some(stream) = self.touched.get(name).or_else(|| self.committed.get(name)) {
            return Ok(Some(*stream));
        }
        Stream::load(self.transaction, name)
    }

    fn find_or_create(&self, name: &StreamName) -> rusqlite::Result<Stream> {
        match self.find(name)? {
            Some(stream) => Ok(stream),
            None => Stream::create(self.transaction, name),
        }
    }

    /// A stream's metadata are gone with it.
    fn fate(&self, name: &StreamName, stream: Option<Stream>) -> rusqlite::Result<Fate> {
        let described = match name.described_stream() {
            Some(described) => self.find(&described)?,
            None => None,
        };
        Ok(
            if [stream, described]
                .iter()
                .flatten()
                .any(|stream| stream.tombstoned)
            {
                Fate::Tombstoned
            } else if stream.is_some_and(|stream| stream.is_deleted()) {
                Fate::Deleted
            } else {
                Fate::Open
            },
        )
    }

    fn judge(
        &mut self,
        name: &StreamName,
        stream: Option<Stream>,
        expected: ExpectedRevision,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> rusqlite::Result<Result<Option<Place>, AppendError>> {
        let standing = Standing {
            head: stream.and_then(|stream| stream.head),
            fate: self.fate(name, stream)?,
        };
        let mut looked = Looked {
            batch: self,
            name,
            stream,
        };
        Ok(
            match recognition::judge(standing, expected, ids, &mut looked)? {
                Verdict::New => Ok(None),
                Verdict::Known(place) => Ok(Some(place)),
                Verdict::Conflict => Err(AppendError::Conflict {
                    stream: name.clone(),
                    expected,
                    actual: standing.head,
                }),
                Verdict::Deleted => Err(AppendError::StreamDeleted {
                    stream: name.clone(),
                }),
            },
        )
    }

    fn append(
        &mut self,
        name: &StreamName,
        expected: ExpectedRevision,
        events: &[NewEvent],
    ) -> rusqlite::Result<Answer> {
        let stream = self.find(name)?;
        let ids = events.iter().map(|event| event.id);
        match self.judge(name, stream, expected, ids)? {
            Err(refused) => Ok(Err(refused)),
            Ok(Some(place)) => Ok(Ok(Receipt {
                position: place.position,
                revision: Some(place.revision),
                hidden: self.hides(stream, place)?,
            })),
            Ok(None) => self.begin_or_go_on(name, stream, events).map(Ok),
        }
    }

    /// Writes events; and what has to be said of the stream if it was deleted, or if they are metadata of one that was.
    fn begin_or_go_on(
        &mut self,
        name: &StreamName,
        stream: Option<Stream>,
        events: &[NewEvent],
    ) -> rusqlite::Result<Receipt> {
        let described = match name.described_stream() {
            Some(described) => (self.find(&described)?)
                .filter(Stream::is_deleted)
                .map(|stream| (described, stream.head)),
            None => None,
        };
        let receipt = if events.is_empty() {
            Receipt {
                position: self.newest(),
                revision: stream.and_then(|stream| stream.head),
                hidden: false,
            }
        } else {
            let stream = match stream {
                Some(stream) => stream,
                None => Stream::create(self.transaction, name)?,
            };
            self.write(name, stream, events)?
        };
        if let Some(stream) = stream.filter(Stream::is_deleted) {
            self.revive(name, stream.head)?;
        }
        if let Some((described, head)) = described {
            self.revive(&described, head)?;
        }
        Ok(receipt)
    }

    fn write(
        &mut self,
        name: &StreamName,
        mut stream: Stream,
        events: &[NewEvent],
    ) -> rusqlite::Result<Receipt> {
        let mut receipt = Receipt {
            position: self.newest(),
            revision: stream.head,
            hidden: false,
        };
        for event in events {
            let revision = stream.head.map_or(0, |revision| revision + 1);
            receipt = Receipt::new(self.insert(name, stream.id, revision, event)?, revision);
            stream.head = Some(revision);
        }
        self.touched.insert(name.clone(), stream);
        if let (Some(described), Some(last)) = (name.described_stream(), events.last()) {
            self.obey(&described, last)?;
        }
        Ok(receipt)
    }

    /// Whether no read finds an event any more.
    fn hides(&self, stream: Option<Stream>, place: Place) -> rusqlite::Result<bool> {
        let Some(stream) = stream else {
            return Ok(true);
        };
        if stream.is_deleted() || place.revision < stream.first_kept() {
            return Ok(true);
        }
        let created: Option<i64> = self
            .transaction
            .prepare_cached("SELECT created FROM log WHERE pos = ?1")?
            .query_row([signed(place.position.0)], |row| row.get(0))
            .optional()?;
        let since = stream.kept_since(self.now);
        Ok(created
            .is_none_or(|created| since.is_some_and(|since| created < since.timestamp_micros())))
    }

    fn delete(
        &mut self,
        name: &StreamName,
        expected: ExpectedRevision,
    ) -> rusqlite::Result<Answer> {
        let stream = self.find(name)?;
        // What says so is new each time.
        let id = self.world.id();
        if let Err(refused) = self.judge(name, stream, expected, [id])? {
            return Ok(Err(refused));
        }
        let metadata = name.metadata_stream();
        let described = self.find(&metadata)?;
        if described.is_some_and(|metadata| metadata.tombstoned) {
            return Ok(Err(AppendError::StreamDeleted { stream: metadata }));
        }
        let head = |stream: Option<Stream>| stream.and_then(|stream| stream.head);
        if head(stream).is_none() && head(described).is_none() {
            return Ok(Err(AppendError::Conflict {
                stream: name.clone(),
                expected,
                actual: None,
            }));
        }
        let retention = Retention {
            truncate_before: Some(DELETED),
            ..Retention::default()
        };
        let data = serde_json::to_vec(&retention).unwrap_or_default();
        self.describe(name, data).map(Ok)
    }

    fn tombstone(
        &mut self,
        name: &StreamName,
        expected: ExpectedRevision,
    ) -> rusqlite::Result<Answer> {
        let stream = self.find(name)?;
        let id = self.world.id();
        if let Err(refused) = self.judge(name, stream, expected, [id])? {
            return Ok(Err(refused));
        }
        let stream = self.find_or_create(name)?;
        let id = self.world.id();
        self.end(name, stream, id).map(Ok)
    }

    fn end(
        &mut self,
        name: &StreamName,
        mut stream: Stream,
        id: Uuid,
    ) -> rusqlite::Result<Receipt> {
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
        Ok(Receipt::new(position, TOMBSTONE_REVISION))
    }

    /// Stops at an event that does not fit. What stands before it is written, and is found again next time.
    fn import(&mut self, events: &[RecordedEvent]) -> rusqlite::Result<Answer> {
        for event in events {
            let mut stream = self.find_or_create(&event.stream)?;
            if event.revision == TOMBSTONE_REVISION {
                if !stream.tombstoned {
                    self.created = self.created_at(event.created);
                    self.end(&event.stream, stream, event.id)?;
                }
                continue;
            }
            if stream.head.is_some_and(|head| head >= event.revision) {
                let there = self.stored(stream.id, event.revision)?;
                if there.is_some_and(|(id, _)| id == event.id) {
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
        Ok(Ok(Receipt::new(self.newest(), 0)))
    }

    /// Times never go back.
    fn created_at(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        time.max(self.last_created)
    }

    /// What stands at a revision.
    fn stored(&self, stream: i64, revision: u64) -> rusqlite::Result<Option<(Uuid, Position)>> {
        self.transaction
            .prepare_cached(
                "SELECT log.id, log.pos FROM sidx JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev = ?2",
            )?
            .query_row(params![stream, signed(revision)], |row| {
                let position = Position(row.get::<_, i64>(1)?.unsigned_abs());
                Ok((Uuid::from_bytes(row.get(0)?), position))
            })
            .optional()
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
        if name.described_stream().is_some() {
            self.described = position;
        }
        if !name.is_system() {
            self.visible = position;
            self.last_created = self.created;
        }
        if let Some(recent) = self.recent {
            recent.remember(event.id, stream, Place { revision, position });
        }
        Ok(position)
    }

    /// Appends metadata of the store's own making.
    fn describe(&mut self, name: &StreamName, data: Vec<u8>) -> rusqlite::Result<Receipt> {
        let event = NewEvent {
            id: self.world.id(),
            event_type: METADATA_TYPE.into(),
            content_type: ContentType::Json,
            data,
            metadata: vec![],
        };
        let metadata = name.metadata_stream();
        let stream = self.find_or_create(&metadata)?;
        self.write(&metadata, stream, &[event])
    }

    /// Takes over what new metadata say about a stream. Those of metadata change nothing.
    fn obey(&mut self, name: &StreamName, metadata: &NewEvent) -> rusqlite::Result<()> {
        if name.described_stream().is_some() {
            return Ok(());
        }
        let mut stream = self.find_or_create(name)?;
        stream.retention = Retention::told_by(metadata.content_type, &metadata.data);
        stream.save(self.transaction)?;
        self.touched.insert(name.clone(), stream);
        Ok(())
    }

    /// A deleted stream that goes on shows what comes and hides what was there up to its head; what else its newest
    /// metadata say stays. Here, unlike where they are obeyed, the real server reads strictly: those that are no JSON object
    /// to their end stay as they are.
    fn revive(&mut self, name: &StreamName, head: Option<u64>) -> rusqlite::Result<()> {
        let metadata = name.metadata_stream();
        let described = self.find(&metadata)?;
        if described.is_some_and(|metadata| metadata.tombstoned) {
            return Ok(());
        }
        let newest = match described.and_then(|metadata| Some((metadata.id, metadata.head?))) {
            Some((stream, revision)) => self.data(stream, revision)?,
            None => None,
        };
        let Ok(mut fields) =
            serde_json::from_slice::<Map<String, Value>>(newest.as_deref().unwrap_or(b"{}"))
        else {
            return Ok(());
        };
        let first = head.map_or(0, |head| head + 1);
        fields.insert("$tb".to_owned(), first.into());
        let data = serde_json::to_vec(&fields).unwrap_or_default();
        self.describe(name, data).map(|_| ())
    }

    fn data(&self, stream: i64, revision: u64) -> rusqlite::Result<Option<Vec<u8>>> {
        self.transaction
            .prepare_cached(
                "SELECT log.data FROM sidx JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev = ?2",
            )?
            .query_row(params![stream, signed(revision)], |row| row.get(0))
            .optional()
    }
}

/// What the rule looks up of one stream.
struct Looked<'l, 'b> {
    batch: &'l mut Batch<'b>,
    name: &'l StreamName,
    stream: Option<Stream>,
}

impl Known for Looked<'_, '_> {
    type Error = rusqlite::Error;

    fn remembered(&mut self, id: Uuid) -> rusqlite::Result<Option<Place>> {
        let Some(stream) = self.stream else {
            return Ok(None);
        };
        if self.batch.recent.is_none() {
            *self.batch.recent = Some(RecentIds::load(self.batch.transaction)?);
        }
        let recent = self.batch.recent.as_ref();
        Ok(recent.and_then(|recent| recent.find(id, stream.id)))
    }

    fn stored(&mut self, revision: u64) -> rusqlite::Result<Option<(Uuid, Position)>> {
        let Some(stream) = self.stream else {
            return Ok(None);
        };
        self.batch.stored(stream.id, revision)
    }

    fn is_described(&mut self) -> rusqlite::Result<bool> {
        let metadata = self.batch.find(&self.name.metadata_stream())?;
        Ok(metadata.is_some_and(|metadata| metadata.head.is_some()))
    }
}

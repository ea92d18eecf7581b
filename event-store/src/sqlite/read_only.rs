//! The store of a data directory for those who only read it, beside a running server or without one.

use super::engine::Heads;
use super::subscription::Subscription;
use super::{OpenError, SqliteReader};
use crate::port::{
    AppendError, Appended, Direction, EventStore, EventSubscription, ExpectedRevision, NewEvent,
    Position, ReadError, RecordedEvent, StreamName,
};
use async_trait::async_trait;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;
use upkeep_world::{Task, World};
use uuid::Uuid;

/// How often the file is asked whether it grew.
const POLL: Duration = Duration::from_millis(100);

pub struct ReadOnlyStore {
    reader: SqliteReader,
    heads: watch::Receiver<Heads>,
    world: World,
    _poll: Task<()>,
}

impl ReadOnlyStore {
    /// Opens the store of a data directory; it must be there.
    pub fn open(directory: &Path, world: World) -> Result<Self, OpenError> {
        let reader = SqliteReader::open(directory, world.clone())?;
        let (sender, heads) = watch::channel(Heads::default());
        let poll = world.spawn("the look at a store's end", {
            let (reader, world) = (reader.clone(), world.clone());
            async move {
                loop {
                    // A file that cannot be read now is asked again.
                    if let Ok(newest) = reader.newest().await {
                        sender.send_if_modified(|heads| {
                            std::mem::replace(&mut heads.all, newest) != newest
                        });
                    }
                    world.sleep(POLL).await;
                }
            }
        });
        Ok(Self {
            reader,
            heads,
            world,
            _poll: poll,
        })
    }

    pub fn reader(&self) -> &SqliteReader {
        &self.reader
    }
}

fn refused() -> AppendError {
    AppendError::Refused {
        cause: "it is open for reading only".into(),
    }
}

#[async_trait]
impl EventStore for ReadOnlyStore {
    async fn append(
        &self,
        _: &StreamName,
        _: ExpectedRevision,
        _: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        Err(refused())
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
        let newest = self
            .read_all(Position::END, Direction::Backwards, 1)
            .await?;
        Ok(newest
            .first()
            .map_or(Position::START, |event| event.position))
    }

    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError> {
        Ok(Box::new(Subscription::new(
            self.reader.clone(),
            self.heads.clone(),
            after,
        )))
    }

    async fn import(&self, _: Vec<RecordedEvent>) -> Result<(), AppendError> {
        Err(refused())
    }

    async fn delete_stream(&self, _: &StreamName, _: ExpectedRevision) -> Result<(), AppendError> {
        Err(refused())
    }

    async fn tombstone_stream(
        &self,
        _: &StreamName,
        _: ExpectedRevision,
    ) -> Result<(), AppendError> {
        Err(refused())
    }

    fn new_id(&self) -> Uuid {
        self.world.id()
    }

    async fn failed(&self) -> String {
        std::future::pending().await
    }
}

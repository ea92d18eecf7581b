//! A store that is away, and one that refuses: what ends the projector, and what it waits for.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    AppendError, Appended, ContentType, Delivery, Direction, EventStore, EventSubscription,
    ExpectedRevision, NewEvent, Position, ReadError, RecordedEvent, SqliteStore, StreamName,
    real_world,
};
use upkeep_projections::Projections;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Well,
    Away,
    Refusing,
}

impl How {
    fn check(self) -> Result<(), ReadError> {
        let cause = || "as the test wants".to_owned();
        match self {
            Self::Well => Ok(()),
            Self::Away => Err(ReadError::Unreachable { cause: cause() }),
            Self::Refusing => Err(ReadError::Refused { cause: cause() }),
        }
    }
}

/// An embedded store that is as the test wants it to be.
struct Moody {
    inner: SqliteStore,
    how: watch::Receiver<How>,
}

struct MoodySubscription {
    inner: Box<dyn EventSubscription>,
    how: watch::Receiver<How>,
}

#[async_trait]
impl EventSubscription for MoodySubscription {
    async fn next(&mut self) -> Result<Delivery, ReadError> {
        tokio::select! {
            delivery = self.inner.next() => delivery,
            how = self.how.wait_for(|how| *how != How::Well) => {
                let how = how.map_or(How::Away, |how| *how);
                how.check().map(|()| Delivery::FellBehind)
            }
        }
    }
}

#[async_trait]
impl EventStore for Moody {
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.inner.append(stream, expected, events).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let how = *self.how.borrow();
        how.check()?;
        self.inner.read_stream(stream, from, direction, limit).await
    }

    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let how = *self.how.borrow();
        how.check()?;
        self.inner.read_all(from, direction, limit).await
    }

    async fn read_metadata(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.inner.read_metadata(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.inner.head().await
    }

    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError> {
        let how = *self.how.borrow();
        how.check()?;
        Ok(Box::new(MoodySubscription {
            inner: self.inner.subscribe(after).await?,
            how: self.how.clone(),
        }))
    }

    async fn import(&self, events: Vec<RecordedEvent>) -> Result<(), AppendError> {
        self.inner.import(events).await
    }

    async fn delete_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.inner.delete_stream(stream, expected).await
    }

    async fn tombstone_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.inner.tombstone_stream(stream, expected).await
    }

    fn new_id(&self) -> Uuid {
        self.inner.new_id()
    }

    async fn failed(&self) -> String {
        std::future::pending().await
    }
}

/// An event that no view is made of; its position is all that counts.
fn event() -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    }
}

struct World {
    _folder: TempDir,
    store: Arc<Moody>,
    mood: watch::Sender<How>,
}

impl World {
    fn new(how: How) -> Self {
        let folder = TempDir::new().unwrap();
        let inner = SqliteStore::open(folder.path(), real_world()).unwrap();
        let (mood, how) = watch::channel(how);
        Self {
            _folder: folder,
            store: Arc::new(Moody { inner, how }),
            mood,
        }
    }

    async fn append(&self) -> Position {
        let stream = StreamName::new("other-1").unwrap();
        let appended = self
            .store
            .append(&stream, ExpectedRevision::Any, vec![event()])
            .await;
        appended.unwrap().position
    }
}

#[tokio::test]
async fn the_view_goes_on_from_where_it_was_when_the_store_is_back() {
    let world = World::new(How::Away);
    world.append().await;
    let stop = CancellationToken::new();
    let (projections, folding) =
        Projections::new(world.store.clone(), real_world(), None, stop.clone());
    let folding = tokio::spawn(folding);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!projections.is_ready() && !folding.is_finished());
    world.mood.send_replace(How::Well);
    tokio::time::timeout(PATIENCE, projections.ready())
        .await
        .unwrap()
        .unwrap();
    // Away, and refusing: a server that is starting may do that.
    for how in [How::Away, How::Refusing] {
        world.mood.send_replace(how);
        let reached = projections.live().position();
        let position = world.append().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(projections.live().position() <= position && !folding.is_finished());
        if let How::Refusing = how {
            assert!(!projections.is_ready(), "it is not told as up to date");
        }
        assert!(
            projections.live().position() >= reached,
            "it keeps what it has"
        );
        world.mood.send_replace(How::Well);
        let view = projections.at_least(position, PATIENCE).await.unwrap();
        assert_eq!(view.position(), position);
    }
    stop.cancel();
    folding.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_store_that_refuses_from_the_beginning_ends_the_start() {
    let world = World::new(How::Refusing);
    let (_projections, folding) = Projections::new(
        world.store.clone(),
        real_world(),
        None,
        CancellationToken::new(),
    );
    let ended = tokio::time::timeout(PATIENCE, folding).await.unwrap();
    assert!(ended.is_err());
}

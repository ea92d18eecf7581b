//! What happens, for everybody who follows it: one subscription of the store's for all of them.
//!
//! A store has room for some hundred subscriptions, calls among them (EventStoreDB over HTTP/2), and each would keep pages of its own; those
//! who follow share what came last, and read from the store what is older.

use crate::error::{self, ErrorCode};
use async_graphql::{Error, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_event_store::{Delivery, Direction, EventStore, Position, RecordedEvent};

/// Most events that are kept for those who follow.
const KEPT_EVENTS: usize = 4_096;
/// Most bytes of them; one delivery may come on top.
const KEPT_BYTES: usize = 8 * 1024 * 1024;
/// Events that one of them is given at once.
const PAGE: usize = 128;
/// How long the store is left alone after it ended the subscription.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// An event, and what is said of it: read once for all who follow.
#[derive(Clone)]
pub struct Heard {
    pub event: RecordedEvent,
    /// Nothing where it is not the domain's.
    pub metadata: Option<Arc<EventMetadata>>,
}

impl From<RecordedEvent> for Heard {
    fn from(event: RecordedEvent) -> Self {
        let metadata = serde_json::from_slice(&event.metadata).ok();
        Self {
            event,
            metadata: metadata.map(Arc::new),
        }
    }
}

/// What came last.
struct Recent {
    /// Every event after this position that has come is in `events`.
    since: Position,
    events: VecDeque<Heard>,
    bytes: usize,
}

impl Recent {
    fn push(&mut self, heard: Heard) {
        self.bytes += size(&heard.event);
        self.events.push_back(heard);
        while self.events.len() > KEPT_EVENTS || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= size(&oldest.event);
            self.since = oldest.event.position;
        }
    }

    /// What came after a position; nothing if that is not kept any more.
    fn after(&self, position: Position) -> Option<Vec<Heard>> {
        if position < self.since {
            return None;
        }
        let begin = self
            .events
            .partition_point(|heard| heard.event.position <= position);
        Some(self.events.iter().skip(begin).take(PAGE).cloned().collect())
    }
}

/// What an event takes, its metadata twice.
fn size(event: &RecordedEvent) -> usize {
    let read = size_of::<EventMetadata>() + event.metadata.len();
    size_of::<Heard>() + event.data.len() + event.metadata.len() + read
}

/// What happens.
pub struct Feed {
    store: Arc<dyn EventStore>,
    /// Nothing before somebody follows.
    recent: Mutex<Option<Recent>>,
    newest: watch::Sender<Position>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Feed {
    pub fn new(store: Arc<dyn EventStore>, stop: CancellationToken, tasks: TaskTracker) -> Self {
        Self {
            store,
            recent: Mutex::default(),
            newest: watch::Sender::new(Position::START),
            stop,
            tasks,
        }
    }

    /// Follows what happens after a position that the store has reached.
    pub fn follow(self: &Arc<Self>, after: Position, reached: Position) -> Follower {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.is_none() {
            *recent = Some(Recent {
                since: reached,
                events: VecDeque::new(),
                bytes: 0,
            });
            self.tasks.spawn(self.clone().run(reached));
        }
        Follower {
            feed: self.clone(),
            reached: after,
            newest: self.newest.subscribe(),
        }
    }

    /// Until the server stops.
    async fn run(self: Arc<Self>, mut reached: Position) {
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = self.take_in(&mut reached) => {}
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    /// Until the store ends the subscription.
    async fn take_in(&self, reached: &mut Position) {
        let mut subscription = match self.store.subscribe(*reached).await {
            Ok(subscription) => subscription,
            Err(error) => {
                tracing::debug!(%error, "nobody can follow what happens yet");
                return;
            }
        };
        loop {
            let events = match subscription.next().await {
                Ok(Delivery::Events(events)) => events,
                Ok(Delivery::CaughtUp | Delivery::FellBehind) => continue,
                Err(error) => {
                    tracing::debug!(%error, "those who follow wait for the store");
                    return;
                }
            };
            let Some(last) = events.last().map(|event| event.position) else {
                continue;
            };
            let heard: Vec<Heard> = events.into_iter().map(Heard::from).collect();
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(recent) = &mut *recent {
                for heard in heard {
                    recent.push(heard);
                }
            }
            drop(recent);
            *reached = last;
            self.newest.send_replace(last);
        }
    }

    fn after(&self, position: Position) -> Option<Vec<Heard>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.as_ref()?.after(position)
    }

    fn since(&self) -> Position {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent
            .as_ref()
            .map_or(Position::START, |recent| recent.since)
    }
}

/// Somebody who follows what happens.
pub struct Follower {
    feed: Arc<Feed>,
    /// Everything up to here was given.
    reached: Position,
    newest: watch::Receiver<Position>,
}

impl Follower {
    /// The next events in order, at least one; waits until there is one. What is not kept any more is read, in turn with others. Cancel-safe:
    /// a dropped call loses nothing.
    pub async fn next(&mut self, turns: &Semaphore) -> Result<Vec<RecordedEvent>> {
        loop {
            self.newest.borrow_and_update();
            let events = match self.feed.after(self.reached) {
                Some(heard) => heard.into_iter().map(|heard| heard.event).collect(),
                None => self.read(turns).await?,
            };
            if let Some(last) = events.last() {
                self.reached = last.position;
                return Ok(events);
            }
            if self.reached >= self.feed.since() {
                self.newest.changed().await.map_err(|_| stopping())?;
            }
        }
    }

    /// Everything up to here was given.
    pub fn reached(&self) -> Position {
        self.reached
    }

    /// What is kept goes up to here, where something came since somebody follows.
    pub fn newest(&self) -> Position {
        *self.newest.borrow()
    }

    /// Waits until something came that was not given. Cancel-safe.
    pub async fn come(&mut self) -> Result<()> {
        let reached = self.reached;
        let newest = self.newest.wait_for(|newest| *newest > reached).await;
        newest.map(|_| ()).map_err(|_| stopping())
    }

    /// Some of what came since, all after some calls, without reading the store; nothing where it is not kept any more: then it is passed over.
    pub fn kept(&mut self) -> Option<Vec<Heard>> {
        let heard = self.feed.after(self.reached);
        match &heard {
            Some(heard) => {
                let last = heard.last().map(|last| last.event.position);
                self.reached = last.unwrap_or(self.reached);
            }
            None => self.reached = self.feed.since().max(self.newest()),
        }
        heard
    }

    async fn read(&mut self, turns: &Semaphore) -> Result<Vec<RecordedEvent>> {
        // What is after this is kept; what is before was there when it is read.
        let since = self.feed.since();
        let turn = turns.acquire().await;
        let _turn = turn.map_err(|error| error::internal(&error))?;
        let read = self
            .feed
            .store
            .read_all(self.reached, Direction::Forwards, PAGE);
        let events = read.await.map_err(|error| error::of_read(&error))?;
        if events.is_empty() {
            self.reached = self.reached.max(since);
        }
        Ok(events)
    }
}

fn stopping() -> Error {
    ErrorCode::Unavailable.error("the server is stopping")
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_event_store::{
        ContentType, ExpectedRevision, NewEvent, SqliteStore, StreamName, real_world,
    };

    fn event(position: u64, bytes: usize) -> RecordedEvent {
        RecordedEvent {
            position: Position(position),
            stream: StreamName::new("tenant-1").unwrap(),
            revision: position,
            id: uuid::Uuid::nil(),
            event_type: "TenantCreated".into(),
            created: chrono::DateTime::UNIX_EPOCH,
            content_type: ContentType::Json,
            data: vec![0; bytes].into(),
            metadata: bytes::Bytes::new(),
        }
    }

    fn positions(heard: Option<Vec<Heard>>) -> Option<Vec<u64>> {
        heard.map(|heard| heard.iter().map(|heard| heard.event.position.0).collect())
    }

    #[test]
    fn what_came_last_is_kept_and_what_is_older_is_known_to_be_gone() {
        let mut recent = Recent {
            since: Position(10),
            events: VecDeque::new(),
            bytes: 0,
        };
        assert_eq!(positions(recent.after(Position(9))), None);
        assert_eq!(positions(recent.after(Position(10))), Some(vec![]));
        for position in [12, 15, 16] {
            recent.push(event(position, 10).into());
        }
        assert_eq!(
            positions(recent.after(Position(10))),
            Some(vec![12, 15, 16])
        );
        assert_eq!(positions(recent.after(Position(12))), Some(vec![15, 16]));
        assert_eq!(positions(recent.after(Position(99))), Some(vec![]));
        // One that is as large as all may be pushes the others out.
        recent.push(event(20, KEPT_BYTES - size(&event(20, 0))).into());
        assert_eq!(positions(recent.after(Position(12))), None);
        assert_eq!(positions(recent.after(Position(16))), Some(vec![20]));
        for position in 21..30_000 {
            recent.push(event(position, 1).into());
        }
        assert_eq!(recent.events.len(), KEPT_EVENTS);
        assert_eq!(
            recent.bytes,
            recent
                .events
                .iter()
                .map(|heard| size(&heard.event))
                .sum::<usize>()
        );
        let first = recent.since.0 + 1;
        let page: Vec<u64> = (first..first + PAGE as u64).collect();
        assert_eq!(positions(recent.after(recent.since)), Some(page));
    }

    async fn append(store: &SqliteStore, count: usize) {
        let event = || NewEvent {
            id: uuid::Uuid::new_v4(),
            event_type: "TenantCreated".into(),
            content_type: ContentType::Json,
            data: b"{}".to_vec(),
            metadata: b"{}".to_vec(),
        };
        let stream = StreamName::new("tenant-1").unwrap();
        for begin in (0..count).step_by(500) {
            let events = (begin..count.min(begin + 500)).map(|_| event()).collect();
            let any = ExpectedRevision::Any;
            store.append(&stream, any, events).await.unwrap();
        }
    }

    /// As many as there are after a position, by their places.
    async fn told(follower: &mut Follower, count: usize) -> Vec<Position> {
        let (turns, mut told) = (Semaphore::new(1), vec![]);
        while told.len() < count {
            let events = tokio::time::timeout(Duration::from_secs(30), follower.next(&turns));
            let events = events.await.expect("in time").unwrap();
            told.extend(events.iter().map(|event| event.position));
        }
        told
    }

    #[tokio::test]
    async fn who_only_wants_what_is_kept_is_told_when_something_is_not() {
        let store = Arc::new(SqliteStore::in_memory(real_world()).unwrap());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let feed = Arc::new(Feed::new(store.clone(), stop.clone(), tasks.clone()));
        append(&store, 10).await;
        let reached = store.head().await.unwrap();
        let mut early = feed.follow(Position::START, reached);
        assert_eq!(positions(early.kept()), None, "nobody followed then");
        assert_eq!(early.reached(), reached);
        assert_eq!(positions(early.kept()), Some(vec![]));

        append(&store, PAGE + 1).await;
        let head = store.head().await.unwrap();
        while early.newest() < head {
            early.come().await.unwrap();
            tokio::task::yield_now().await;
        }
        let first = early.kept().unwrap();
        assert_eq!(first.len(), PAGE);
        assert_eq!(early.kept().unwrap().len(), 1);
        assert_eq!(early.reached(), head);
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    #[tokio::test]
    async fn whoever_follows_hears_everything_once_wherever_they_begin_and_however_slow_they_are() {
        let store = Arc::new(SqliteStore::in_memory(real_world()).unwrap());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let feed = Arc::new(Feed::new(store.clone(), stop.clone(), tasks.clone()));
        append(&store, 300).await;
        let reached = store.head().await.unwrap();
        let mut from_the_start = feed.follow(Position::START, reached);
        let mut live = feed.follow(reached, reached);
        let mut slow = feed.follow(Position(100), reached);
        // More than is kept; who is quick hears it from what is kept, and who is slow finds it gone.
        let (heard, ()) = tokio::join!(told(&mut live, 6_000), append(&store, 6_000));
        let mut all = vec![];
        loop {
            let from = all.last().copied().unwrap_or(Position::START);
            let page = store
                .read_all(from, Direction::Forwards, 1_000)
                .await
                .unwrap();
            if page.is_empty() {
                break;
            }
            all.extend(page.iter().map(|event| event.position));
        }
        assert_eq!(all.len(), 6_300);
        assert_eq!(heard, all[300..]);
        assert_eq!(told(&mut from_the_start, 6_300).await, all);
        let after: Vec<_> = all.iter().filter(|place| place.0 > 100).copied().collect();
        assert_eq!(told(&mut slow, after.len()).await, after);
        // Then they are all where the others are.
        append(&store, 1).await;
        let newest = vec![store.head().await.unwrap()];
        for follower in [&mut live, &mut from_the_start, &mut slow] {
            assert_eq!(told(follower, 1).await, newest);
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }
}

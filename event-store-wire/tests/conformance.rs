//! What every event store must do, written against the port.
//!
//! The same cases run against the embedded engine; against the adapter, which speaks the wire protocol to the
//! embedded engine; and, where `UPKEEP_TEST_EVENTSTORE=esdb://…` names one, against a real server or cluster. As
//! that may hold other things, each case has streams and events of its own and looks only at what came after it began.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    AppendError, ContentType, Delivery, Direction, EventStore, EventStoreDb, ExpectedRevision,
    NewEvent, Position, ReadError, RecordedEvent, Retention, SqliteStore, StreamName, real_world,
};
use upkeep_event_store_wire::{Role, Users, WireServer};
use uuid::Uuid;

/// A store, and what belongs to one case in it.
struct World {
    store: Arc<dyn EventStore>,
    tag: u64,
    /// The head when the case began.
    base: Position,
    _directory: Option<TempDir>,
    _stop: Option<tokio_util::sync::DropGuard>,
}

impl World {
    async fn new(
        store: Arc<dyn EventStore>,
        directory: Option<TempDir>,
        stop: Option<CancellationToken>,
    ) -> Self {
        Self {
            base: store.head().await.unwrap(),
            store,
            tag: Uuid::new_v4().as_u64_pair().0,
            _directory: directory,
            _stop: stop.map(CancellationToken::drop_guard),
        }
    }

    fn stream(&self, name: &str) -> StreamName {
        StreamName::new(&format!("{name}-{:x}", self.tag)).unwrap()
    }

    fn event(&self, n: u64) -> NewEvent {
        event(self.tag, n)
    }

    fn events(&self, range: std::ops::Range<u64>) -> Vec<NewEvent> {
        range.map(|n| self.event(n)).collect()
    }

    /// All events since the case began, in order.
    async fn all(&self) -> Vec<RecordedEvent> {
        self.store
            .read_all(self.base, Direction::Forwards, 4_096)
            .await
            .unwrap()
    }

    async fn read(&self, stream: &StreamName) -> Vec<u64> {
        numbers(
            &self
                .store
                .read_stream(stream, 0, Direction::Forwards, 4_096)
                .await
                .unwrap(),
        )
    }
}

async fn embedded() -> Option<World> {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    Some(World::new(Arc::new(store), Some(directory), None).await)
}

/// The same engine without a disk and without threads.
async fn in_memory() -> Option<World> {
    let store = SqliteStore::in_memory(real_world()).unwrap();
    Some(World::new(Arc::new(store), None, None).await)
}

/// The adapter, the wire protocol, the embedded engine.
async fn over_the_wire() -> Option<World> {
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    let users = Users::open(directory.path()).unwrap();
    let password = users.add("test", Role::Writer).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = WireServer::new(Arc::new(store), users, None);
    tokio::spawn(server.serve(listener, address, stop.clone()));
    let adapter = EventStoreDb::connect(
        &format!("esdb://test:{password}@{address}?tls=false"),
        real_world(),
    )
    .await
    .unwrap();
    Some(World::new(Arc::new(adapter), Some(directory), Some(stop)).await)
}

/// Somebody's server or cluster, where one is named.
async fn real() -> Option<World> {
    let Ok(connection_string) = std::env::var("UPKEEP_TEST_EVENTSTORE") else {
        eprintln!("skipped: UPKEEP_TEST_EVENTSTORE names no server");
        return None;
    };
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let adapter = EventStoreDb::connect(&connection_string, real_world())
        .await
        .unwrap();
    Some(World::new(Arc::new(adapter), None, None).await)
}

macro_rules! stores {
    ($($adapter:ident: $fixture:path;)*) => {$(
        mod $adapter {
            use super::*;
            conformance!($fixture;
                an_append_is_numbered_from_zero_without_gaps
                a_wrong_expected_revision_changes_nothing
                the_same_events_offered_again_are_appended_once
                events_for_any_revision_are_recognised_while_recent
                other_events_at_the_same_revision_are_a_conflict
                an_append_is_bounded
                a_stream_must_exist_where_that_is_expected
                what_is_not_json_comes_back_as_it_was
                a_stream_is_read_both_ways
                all_events_are_read_both_ways_in_one_order
                what_does_not_exist_is_empty
                large_events_fill_pages_all_the_same
                retention_hides_events_at_once
                a_deleted_stream_is_empty_and_goes_on_with_its_numbering
                what_never_was_is_not_deleted_and_what_is_deleted_does_not_exist
                a_tombstoned_stream_is_gone_for_ever
                the_stores_own_streams_are_left_out
                a_subscription_catches_up_and_goes_live_without_gap_or_repeat
                a_subscription_starts_after_its_position
                subscriptions_beside_many_writers_pass_nothing_over
                many_writers_of_one_stream_lose_nothing
                a_random_history_matches_a_simple_model
            );
        }
    )*};
}

macro_rules! conformance {
    ($fixture:path; $($case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            if let Some(world) = $fixture().await {
                let world = Arc::new(world);
                super::cases::$case(&world).await;
            }
        }
    )*};
}

stores! {
    sqlite: embedded;
    memory: in_memory;
    wire: over_the_wire;
    cluster: real;
}

fn event(tag: u64, n: u64) -> NewEvent {
    NewEvent {
        id: Uuid::from_u64_pair(tag, n),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: format!("{{\"n\":{n}}}").into_bytes(),
        metadata: b"{}".to_vec(),
    }
}

fn numbers(events: &[RecordedEvent]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event.id.as_u64_pair().1)
        .collect()
}

mod cases {
    use super::*;

    const NEW: ExpectedRevision = ExpectedRevision::NoStream;

    pub async fn an_append_is_numbered_from_zero_without_gaps(world: &Arc<World>) {
        let store = world.store.clone();
        let a = store
            .append(&world.stream("a-1"), NEW, world.events(0..3))
            .await
            .unwrap();
        let b = store
            .append(&world.stream("b-1"), NEW, world.events(3..4))
            .await
            .unwrap();
        assert_eq!((a.revision, b.revision), (2, 0));
        assert!(b.position > a.position);
        assert_eq!(store.head().await.unwrap(), b.position);
        let read = store
            .read_stream(&world.stream("a-1"), 0, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(
            read.iter().map(|e| e.revision).collect::<Vec<_>>(),
            [0, 1, 2]
        );
        assert_eq!(read[1].data, world.event(1).data);
        assert_eq!(&*read[1].event_type, "Happened");
        assert!(read[0].created <= read[2].created);
    }

    pub async fn a_wrong_expected_revision_changes_nothing(world: &Arc<World>) {
        let store = world.store.clone();
        store
            .append(&world.stream("a-1"), NEW, world.events(0..2))
            .await
            .unwrap();
        for expected in [
            NEW,
            ExpectedRevision::Exactly(0),
            ExpectedRevision::Exactly(5),
        ] {
            let error = store
                .append(&world.stream("a-1"), expected, world.events(10..11))
                .await
                .unwrap_err();
            let AppendError::Conflict { actual, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(actual, Some(1));
        }
        let error = store
            .append(
                &world.stream("b-1"),
                ExpectedRevision::Exactly(0),
                world.events(10..11),
            )
            .await
            .unwrap_err();
        assert!(matches!(error, AppendError::Conflict { actual: None, .. }));
        let all = world.all().await;
        assert_eq!(numbers(&all), [0, 1]);
    }

    pub async fn the_same_events_offered_again_are_appended_once(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        let first = store.append(&name, NEW, world.events(0..2)).await.unwrap();
        let second = store
            .append(&name, ExpectedRevision::Exactly(1), world.events(2..4))
            .await
            .unwrap();
        assert_eq!(
            store.append(&name, NEW, world.events(0..2)).await.unwrap(),
            first
        );
        assert_eq!(
            store
                .append(&name, ExpectedRevision::Exactly(1), world.events(2..4))
                .await
                .unwrap(),
            second
        );
        let read = store
            .read_stream(&name, 0, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(numbers(&read), [0, 1, 2, 3]);
    }

    pub async fn events_for_any_revision_are_recognised_while_recent(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        let first = store
            .append(&name, ExpectedRevision::Any, world.events(0..2))
            .await
            .unwrap();
        store
            .append(&name, ExpectedRevision::Any, world.events(2..3))
            .await
            .unwrap();
        let again = store
            .append(&name, ExpectedRevision::Any, world.events(0..2))
            .await
            .unwrap();
        assert_eq!(again, first);
        let read = store
            .read_stream(&name, 0, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(numbers(&read), [0, 1, 2]);
    }

    pub async fn other_events_at_the_same_revision_are_a_conflict(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        store.append(&name, NEW, world.events(0..2)).await.unwrap();
        for other in [
            world.events(0..3),
            world.events(1..2),
            vec![world.event(0), world.event(9)],
        ] {
            let error = store.append(&name, NEW, other).await.unwrap_err();
            assert!(matches!(error, AppendError::Conflict { .. }), "{error}");
        }
    }

    pub async fn an_append_is_bounded(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        let error = store.append(&name, NEW, vec![]).await.unwrap_err();
        assert!(matches!(error, AppendError::Count(0)));
        let mut large = world.event(1);
        large.data = vec![b'x'; 1024 * 1024 + 1];
        let error = store.append(&name, NEW, vec![large]).await.unwrap_err();
        assert!(matches!(error, AppendError::TooLarge(_)));
        assert_eq!(store.head().await.unwrap(), world.base);
    }

    pub async fn a_stream_must_exist_where_that_is_expected(world: &Arc<World>) {
        let name = world.stream("a");
        let exists = ExpectedRevision::StreamExists;
        let error = world
            .store
            .append(&name, exists, world.events(0..1))
            .await
            .unwrap_err();
        assert!(matches!(error, AppendError::Conflict { actual: None, .. }));
        world
            .store
            .append(&name, NEW, world.events(0..1))
            .await
            .unwrap();
        let first = world
            .store
            .append(&name, exists, world.events(1..3))
            .await
            .unwrap();
        let again = world
            .store
            .append(&name, exists, world.events(1..3))
            .await
            .unwrap();
        assert_eq!((first.revision, first), (2, again));
    }

    pub async fn what_is_not_json_comes_back_as_it_was(world: &Arc<World>) {
        let name = world.stream("a");
        let binary = NewEvent {
            content_type: ContentType::Binary,
            data: vec![0, 159, 146, 150, b'\n'],
            metadata: vec![],
            ..world.event(0)
        };
        let spaced = NewEvent {
            data: b"{ \"a\" :\t[1,  2.50, \"\\u00e9\"] }".to_vec(),
            metadata: b"{\"b\" : 1}".to_vec(),
            ..world.event(1)
        };
        world
            .store
            .append(&name, NEW, vec![binary.clone(), spaced.clone()])
            .await
            .unwrap();
        let read = world
            .store
            .read_stream(&name, 0, Direction::Forwards, 9)
            .await
            .unwrap();
        for (read, written) in read.iter().zip([binary, spaced]) {
            assert_eq!(read.content_type, written.content_type);
            assert_eq!(read.data, written.data, "to the byte");
            assert_eq!(read.metadata, written.metadata, "to the byte");
        }
    }

    /// A page that is asked for by number comes with that number, however large the events are.
    pub async fn large_events_fill_pages_all_the_same(world: &Arc<World>) {
        const EVENTS: u64 = 12;
        let name = world.stream("a");
        for n in 0..EVENTS {
            let mut event = world.event(n);
            event.data = format!("\"{}\"", "x".repeat(900_000)).into_bytes();
            world
                .store
                .append(&name, ExpectedRevision::Any, vec![event])
                .await
                .unwrap();
        }
        let in_order: Vec<u64> = (0..EVENTS).collect();
        assert_eq!(world.read(&name).await, in_order);
        let back = world
            .store
            .read_stream(&name, u64::MAX, Direction::Backwards, 11)
            .await
            .unwrap();
        assert_eq!(numbers(&back), (1..EVENTS).rev().collect::<Vec<_>>());
        assert_eq!(numbers(&world.all().await), in_order);
        let mut subscription = world.store.subscribe(world.base).await.unwrap();
        let mut seen = vec![];
        while (seen.len() as u64) < EVENTS {
            if let Delivery::Events(events) = subscription.next().await.unwrap() {
                seen.extend(numbers(&events));
            }
        }
        assert_eq!(seen, in_order);
    }

    pub async fn retention_hides_events_at_once(world: &Arc<World>) {
        let store = &world.store;
        let name = world.stream("a");
        store.append(&name, NEW, world.events(0..6)).await.unwrap();
        let keep = |retention| store.set_retention(&name, retention);
        let newest = Retention {
            max_count: Some(4),
            ..Retention::default()
        };
        keep(newest).await.unwrap();
        assert_eq!(store.retention(&name).await.unwrap(), newest);
        assert_eq!(world.read(&name).await, [2, 3, 4, 5]);
        store
            .append(&name, ExpectedRevision::Exactly(5), world.events(6..7))
            .await
            .unwrap();
        assert_eq!(world.read(&name).await, [3, 4, 5, 6]);
        keep(Retention {
            truncate_before: Some(5),
            ..newest
        })
        .await
        .unwrap();
        assert_eq!(world.read(&name).await, [5, 6]);
        let back = store
            .read_stream(&name, u64::MAX, Direction::Backwards, 9)
            .await
            .unwrap();
        assert_eq!(numbers(&back), [6, 5]);
        keep(Retention {
            max_age: Some(1),
            ..Retention::default()
        })
        .await
        .unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        assert!(world.read(&name).await.is_empty());
        let appended = store
            .append(&name, ExpectedRevision::Any, world.events(7..8))
            .await
            .unwrap();
        assert_eq!(appended.revision, 7);
        assert_eq!(world.read(&name).await, [7]);
        assert_eq!(numbers(&world.all().await), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    pub async fn a_deleted_stream_is_empty_and_goes_on_with_its_numbering(world: &Arc<World>) {
        let store = &world.store;
        let name = world.stream("a");
        store.append(&name, NEW, world.events(0..3)).await.unwrap();
        let wrong = store
            .delete_stream(&name, ExpectedRevision::Exactly(7))
            .await
            .unwrap_err();
        assert!(
            matches!(
                wrong,
                AppendError::Conflict {
                    actual: Some(2),
                    ..
                }
            ),
            "{wrong}"
        );
        assert_eq!(world.read(&name).await, [0, 1, 2]);
        store
            .delete_stream(&name, ExpectedRevision::Exactly(2))
            .await
            .unwrap();
        assert!(world.read(&name).await.is_empty());
        let again = store.append(&name, NEW, world.events(3..5)).await.unwrap();
        assert_eq!(again.revision, 4);
        assert_eq!(world.read(&name).await, [3, 4]);
        let newest = store
            .read_stream(&name, u64::MAX, Direction::Backwards, 9)
            .await
            .unwrap();
        assert_eq!(numbers(&newest), [4, 3]);
        assert_eq!(newest[0].revision, 4);
    }

    pub async fn what_never_was_is_not_deleted_and_what_is_deleted_does_not_exist(
        world: &Arc<World>,
    ) {
        let store = &world.store;
        let name = world.stream("a");
        for expected in [NEW, ExpectedRevision::Any, ExpectedRevision::StreamExists] {
            let error = store.delete_stream(&name, expected).await.unwrap_err();
            let is_conflict = matches!(error, AppendError::Conflict { actual: None, .. });
            assert!(is_conflict, "{expected}: {error}");
        }
        store.append(&name, NEW, world.events(0..2)).await.unwrap();
        store
            .delete_stream(&name, ExpectedRevision::StreamExists)
            .await
            .unwrap();
        let exists = ExpectedRevision::StreamExists;
        let error = store
            .append(&name, exists, world.events(2..3))
            .await
            .unwrap_err();
        assert!(
            matches!(error, AppendError::StreamDeleted { .. }),
            "{error}"
        );
    }

    pub async fn a_tombstoned_stream_is_gone_for_ever(world: &Arc<World>) {
        let store = &world.store;
        let name = world.stream("a");
        store.append(&name, NEW, world.events(0..3)).await.unwrap();
        store
            .tombstone_stream(&name, ExpectedRevision::Any)
            .await
            .unwrap();
        let read = store.read_stream(&name, 0, Direction::Forwards, 9).await;
        assert!(
            matches!(read, Err(ReadError::StreamDeleted { .. })),
            "{read:?}"
        );
        assert_eq!(store.retention(&name).await.unwrap(), Retention::default());
        for expected in [NEW, ExpectedRevision::Any, ExpectedRevision::Exactly(2)] {
            let error = store
                .append(&name, expected, world.events(3..4))
                .await
                .unwrap_err();
            assert!(
                matches!(error, AppendError::StreamDeleted { .. }),
                "{error}"
            );
        }
    }

    pub async fn the_stores_own_streams_are_left_out(world: &Arc<World>) {
        let store = &world.store;
        let mut subscription = store.subscribe(world.base).await.unwrap();
        for n in 0..50 {
            let name = world.stream(&format!("a{n}"));
            store
                .append(&name, NEW, vec![world.event(n)])
                .await
                .unwrap();
            let retention = Retention {
                max_count: Some(9),
                ..Retention::default()
            };
            store.set_retention(&name, retention).await.unwrap();
        }
        let all = world.all().await;
        assert_eq!(numbers(&all), (0..50).collect::<Vec<_>>());
        assert_eq!(store.head().await.unwrap(), all[49].position);
        let page = store
            .read_all(world.base, Direction::Forwards, 7)
            .await
            .unwrap();
        assert_eq!(numbers(&page), [0, 1, 2, 3, 4, 5, 6]);
        let mut seen = vec![];
        while seen.len() < 50 {
            if let Delivery::Events(events) = subscription.next().await.unwrap() {
                seen.extend(numbers(&events));
            }
        }
        assert_eq!(seen, numbers(&all));
    }

    pub async fn a_stream_is_read_both_ways(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        store.append(&name, NEW, world.events(0..5)).await.unwrap();
        let read = |from, direction, limit| {
            let (store, name) = (store.clone(), name.clone());
            async move {
                numbers(
                    &store
                        .read_stream(&name, from, direction, limit)
                        .await
                        .unwrap(),
                )
            }
        };
        assert_eq!(read(1, Direction::Forwards, 2).await, [1, 2]);
        assert!(read(9, Direction::Forwards, 2).await.is_empty());
        assert_eq!(read(3, Direction::Backwards, 2).await, [3, 2]);
        assert_eq!(
            read(u64::MAX, Direction::Backwards, 9).await,
            [4, 3, 2, 1, 0]
        );
    }

    pub async fn all_events_are_read_both_ways_in_one_order(world: &Arc<World>) {
        let store = world.store.clone();
        for n in 0..6 {
            let name = world.stream(if n % 2 == 0 { "a-1" } else { "b-1" });
            store
                .append(&name, ExpectedRevision::Any, vec![world.event(n)])
                .await
                .unwrap();
        }
        let all = world.all().await;
        assert_eq!(numbers(&all), [0, 1, 2, 3, 4, 5]);
        assert!(all.is_sorted_by(|a, b| a.position < b.position && a.created <= b.created));
        let page = store
            .read_all(all[2].position, Direction::Forwards, 2)
            .await
            .unwrap();
        assert_eq!(page, all[3..5]);
        let back = store
            .read_all(all[3].position, Direction::Backwards, 3)
            .await
            .unwrap();
        assert_eq!(numbers(&back), [2, 1, 0]);
        let until = store.read_all_until(all[2].position, 3).await.unwrap();
        assert_eq!(numbers(&until), [2, 1, 0]);
        let newest = store.read_all_until(all[5].position, 2).await.unwrap();
        assert_eq!(numbers(&newest), [5, 4]);
        let end = store
            .read_all(Position::END, Direction::Backwards, 1)
            .await
            .unwrap();
        assert_eq!(numbers(&end), [5]);
    }

    pub async fn what_does_not_exist_is_empty(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("nobody-1");
        assert!(
            store
                .read_stream(&name, 0, Direction::Forwards, 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(world.all().await.is_empty());
        assert_eq!(store.head().await.unwrap(), world.base);
    }

    pub async fn a_subscription_catches_up_and_goes_live_without_gap_or_repeat(world: &Arc<World>) {
        const TOTAL: u64 = 3_000;
        let store = world.store.clone();
        let write = |range: std::ops::Range<u64>| {
            let (store, world) = (store.clone(), world.clone());
            async move {
                for n in range {
                    let name = world.stream(&format!("s-{}", n % 7));
                    store
                        .append(&name, ExpectedRevision::Any, vec![world.event(n)])
                        .await
                        .unwrap();
                }
            }
        };
        write(0..1_500).await;
        let mut subscription = store.subscribe(world.base).await.unwrap();
        let writer = tokio::spawn(write(1_500..TOTAL));
        let mut seen = Vec::new();
        let mut caught_up = 0;
        while seen.len() < usize::try_from(TOTAL).unwrap() {
            match subscription.next().await.unwrap() {
                Delivery::Events(events) => seen.extend(numbers(&events)),
                Delivery::CaughtUp => caught_up += 1,
                Delivery::FellBehind => {}
            }
        }
        writer.await.unwrap();
        assert_eq!(seen, (0..TOTAL).collect::<Vec<_>>());
        if caught_up == 0 {
            assert_eq!(subscription.next().await.unwrap(), Delivery::CaughtUp);
        }
    }

    pub async fn a_subscription_starts_after_its_position(world: &Arc<World>) {
        let store = world.store.clone();
        let third = store
            .append(&world.stream("a-1"), NEW, world.events(0..3))
            .await
            .unwrap()
            .position;
        let mut subscription = store.subscribe(third).await.unwrap();
        assert_eq!(subscription.next().await.unwrap(), Delivery::CaughtUp);
        store
            .append(&world.stream("b-1"), NEW, world.events(3..4))
            .await
            .unwrap();
        let Delivery::Events(events) = subscription.next().await.unwrap() else {
            panic!()
        };
        assert_eq!(numbers(&events), [3]);
    }

    /// Subscribers that are now quicker and now slower than the writers, and that turn live again and again.
    pub async fn subscriptions_beside_many_writers_pass_nothing_over(world: &Arc<World>) {
        const WRITERS: u64 = 8;
        const EACH: u64 = 250;
        let readers: Vec<_> = (0..4u64)
            .map(|reader| {
                let world = world.clone();
                tokio::spawn(async move {
                    let mut subscription = world.store.subscribe(world.base).await.unwrap();
                    let mut seen: Vec<RecordedEvent> = vec![];
                    while (seen.len() as u64) < WRITERS * EACH {
                        if let Delivery::Events(events) = subscription.next().await.unwrap() {
                            seen.extend(events);
                        }
                        if reader % 2 == 1 && seen.len().is_multiple_of(3) {
                            tokio::time::sleep(Duration::from_millis(2)).await;
                        }
                    }
                    seen
                })
            })
            .collect();
        let writers = (0..WRITERS).map(|writer| {
            let world = world.clone();
            tokio::spawn(async move {
                for n in 0..EACH {
                    let name = world.stream(&format!("w{writer}"));
                    let event = vec![world.event(writer * 1_000 + n)];
                    world
                        .store
                        .append(&name, ExpectedRevision::Any, event)
                        .await
                        .unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let all = world.all().await;
        assert_eq!(all.len() as u64, WRITERS * EACH);
        for reader in readers {
            assert_eq!(reader.await.unwrap(), all);
        }
    }

    pub async fn many_writers_of_one_stream_lose_nothing(world: &Arc<World>) {
        let store = world.store.clone();
        let name = world.stream("a-1");
        let writers = (0..16u64).map(|writer| {
            let (store, name, world) = (store.clone(), name.clone(), world.clone());
            tokio::spawn(async move {
                for n in 0..20 {
                    let new = vec![world.event(writer * 100 + n)];
                    let mut expected = NEW;
                    while let Err(error) = store.append(&name, expected, new.clone()).await {
                        let AppendError::Conflict { actual, .. } = error else {
                            panic!("{error}")
                        };
                        expected = actual.map_or(NEW, ExpectedRevision::Exactly);
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let read = store
            .read_stream(&name, 0, Direction::Forwards, 1_000)
            .await
            .unwrap();
        assert_eq!(
            read.iter().map(|e| e.revision).collect::<Vec<_>>(),
            (0..320).collect::<Vec<_>>()
        );
        let mut found = numbers(&read);
        found.sort_unstable();
        let mut wanted: Vec<_> = (0..16)
            .flat_map(|w| (0..20).map(move |n| w * 100 + n))
            .collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }

    /// Streams as lists, in memory.
    pub async fn a_random_history_matches_a_simple_model(world: &Arc<World>) {
        let store = world.store.clone();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let attempt = (0u8..4, 0u8..4, 1u64..4, any::<bool>());
        let history = prop::collection::vec(attempt, 300);
        let history = history.new_tree(&mut runner).unwrap().current();
        let mut model: HashMap<u8, Vec<u64>> = HashMap::new();
        let mut order = Vec::new();
        let mut next = 0;
        for (name, guess, count, any) in history {
            let known = model.entry(name).or_default();
            let expected = match (any, guess) {
                (true, _) => ExpectedRevision::Any,
                (_, 0) => NEW,
                (_, n) => {
                    ExpectedRevision::Exactly((known.len() as u64 + u64::from(n)).saturating_sub(2))
                }
            };
            let fits = match expected {
                ExpectedRevision::Any => true,
                ExpectedRevision::NoStream => known.is_empty(),
                ExpectedRevision::StreamExists => !known.is_empty(),
                ExpectedRevision::Exactly(revision) => known.len() as u64 == revision + 1,
            };
            let new = next..next + count;
            next += count;
            let result = store
                .append(
                    &world.stream(&format!("m-{name}")),
                    expected,
                    world.events(new.clone()),
                )
                .await;
            assert_eq!(result.is_ok(), fits, "{expected} at {}", known.len());
            if fits {
                known.extend(new.clone());
                order.extend(new);
            }
        }
        let all = world.all().await;
        assert_eq!(numbers(&all), order);
        for (name, known) in model {
            let name = world.stream(&format!("m-{name}"));
            let read = store
                .read_stream(&name, 0, Direction::Forwards, 4_096)
                .await
                .unwrap();
            assert_eq!(numbers(&read), known);
        }
    }
}

//! What every event store must do, written against the port. An adapter is added by one more line in `stores!`.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::HashMap;
use std::sync::Arc;
use tempfile::TempDir;
use upkeep_event_store::{
    AppendError, Delivery, Direction, EventStore, ExpectedRevision, NewEvent, Position,
    RecordedEvent, SqliteStore, StreamName, SystemClock,
};
use uuid::Uuid;

/// A fresh store and what keeps it alive.
struct Fixture {
    store: Arc<dyn EventStore>,
    _directory: TempDir,
}

fn embedded() -> Fixture {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), Arc::new(SystemClock)).unwrap();
    Fixture {
        store: Arc::new(store),
        _directory: directory,
    }
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
                a_stream_is_read_both_ways
                all_events_are_read_both_ways_in_one_order
                what_does_not_exist_is_empty
                a_subscription_catches_up_and_goes_live_without_gap_or_repeat
                a_subscription_starts_after_its_position
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
            let fixture = $fixture();
            super::cases::$case(fixture.store.clone()).await;
        }
    )*};
}

stores! {
    sqlite: embedded;
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

fn event(n: u64) -> NewEvent {
    NewEvent {
        id: Uuid::from_u64_pair(7, n),
        event_type: "Happened".into(),
        data: format!("{{\"n\":{n}}}").into_bytes(),
        metadata: b"{}".to_vec(),
    }
}

fn events(range: std::ops::Range<u64>) -> Vec<NewEvent> {
    range.map(event).collect()
}

fn numbers(events: &[RecordedEvent]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event.id.as_u64_pair().1)
        .collect()
}

mod cases {
    use super::*;

    type Store = Arc<dyn EventStore>;
    const NEW: ExpectedRevision = ExpectedRevision::NoStream;

    pub async fn an_append_is_numbered_from_zero_without_gaps(store: Store) {
        let a = store
            .append(&stream("a-1"), NEW, events(0..3))
            .await
            .unwrap();
        let b = store
            .append(&stream("b-1"), NEW, events(3..4))
            .await
            .unwrap();
        assert_eq!((a.revision, b.revision), (2, 0));
        assert!(b.position > a.position);
        assert_eq!(store.head().await.unwrap(), b.position);
        let read = store
            .read_stream(&stream("a-1"), 0, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(
            read.iter().map(|e| e.revision).collect::<Vec<_>>(),
            [0, 1, 2]
        );
        assert_eq!(read[1].data, event(1).data);
        assert_eq!(&*read[1].event_type, "Happened");
        assert!(read[0].created <= read[2].created);
    }

    pub async fn a_wrong_expected_revision_changes_nothing(store: Store) {
        store
            .append(&stream("a-1"), NEW, events(0..2))
            .await
            .unwrap();
        for expected in [
            NEW,
            ExpectedRevision::Exactly(0),
            ExpectedRevision::Exactly(5),
        ] {
            let error = store
                .append(&stream("a-1"), expected, events(10..11))
                .await
                .unwrap_err();
            let AppendError::Conflict { actual, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(actual, Some(1));
        }
        let error = store
            .append(&stream("b-1"), ExpectedRevision::Exactly(0), events(10..11))
            .await
            .unwrap_err();
        assert!(matches!(error, AppendError::Conflict { actual: None, .. }));
        let all = store
            .read_all(Position::START, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(numbers(&all), [0, 1]);
    }

    pub async fn the_same_events_offered_again_are_appended_once(store: Store) {
        let name = stream("a-1");
        let first = store.append(&name, NEW, events(0..2)).await.unwrap();
        let second = store
            .append(&name, ExpectedRevision::Exactly(1), events(2..4))
            .await
            .unwrap();
        assert_eq!(store.append(&name, NEW, events(0..2)).await.unwrap(), first);
        assert_eq!(
            store
                .append(&name, ExpectedRevision::Exactly(1), events(2..4))
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

    pub async fn events_for_any_revision_are_recognised_while_recent(store: Store) {
        let name = stream("a-1");
        let first = store
            .append(&name, ExpectedRevision::Any, events(0..2))
            .await
            .unwrap();
        store
            .append(&name, ExpectedRevision::Any, events(2..3))
            .await
            .unwrap();
        let again = store
            .append(&name, ExpectedRevision::Any, events(0..2))
            .await
            .unwrap();
        assert_eq!(again, first);
        let read = store
            .read_stream(&name, 0, Direction::Forwards, 10)
            .await
            .unwrap();
        assert_eq!(numbers(&read), [0, 1, 2]);
    }

    pub async fn other_events_at_the_same_revision_are_a_conflict(store: Store) {
        let name = stream("a-1");
        store.append(&name, NEW, events(0..2)).await.unwrap();
        for other in [events(0..3), events(1..2), vec![event(0), event(9)]] {
            let error = store.append(&name, NEW, other).await.unwrap_err();
            assert!(matches!(error, AppendError::Conflict { .. }), "{error}");
        }
    }

    pub async fn an_append_is_bounded(store: Store) {
        let name = stream("a-1");
        let error = store.append(&name, NEW, vec![]).await.unwrap_err();
        assert!(matches!(error, AppendError::Count(0)));
        let mut large = event(1);
        large.data = vec![b'x'; 1024 * 1024 + 1];
        let error = store.append(&name, NEW, vec![large]).await.unwrap_err();
        assert!(matches!(error, AppendError::TooLarge(_)));
        assert_eq!(store.head().await.unwrap(), Position::START);
    }

    pub async fn a_stream_is_read_both_ways(store: Store) {
        let name = stream("a-1");
        store.append(&name, NEW, events(0..5)).await.unwrap();
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

    pub async fn all_events_are_read_both_ways_in_one_order(store: Store) {
        for n in 0..6 {
            let name = stream(if n % 2 == 0 { "a-1" } else { "b-1" });
            store
                .append(&name, ExpectedRevision::Any, vec![event(n)])
                .await
                .unwrap();
        }
        let all = store
            .read_all(Position::START, Direction::Forwards, 100)
            .await
            .unwrap();
        assert_eq!(numbers(&all), [0, 1, 2, 3, 4, 5]);
        assert!(all.is_sorted_by(|a, b| a.position < b.position && a.created <= b.created));
        let page = store
            .read_all(all[2].position, Direction::Forwards, 2)
            .await
            .unwrap();
        assert_eq!(page, all[2..4]);
        let back = store
            .read_all(all[2].position, Direction::Backwards, 9)
            .await
            .unwrap();
        assert_eq!(numbers(&back), [2, 1, 0]);
        let end = store
            .read_all(Position::END, Direction::Backwards, 1)
            .await
            .unwrap();
        assert_eq!(numbers(&end), [5]);
    }

    pub async fn what_does_not_exist_is_empty(store: Store) {
        let name = stream("nobody-1");
        assert!(
            store
                .read_stream(&name, 0, Direction::Forwards, 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            store
                .read_all(Position::START, Direction::Forwards, 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(store.head().await.unwrap(), Position::START);
    }

    pub async fn a_subscription_catches_up_and_goes_live_without_gap_or_repeat(store: Store) {
        const TOTAL: u64 = 3_000;
        let write = |range: std::ops::Range<u64>| {
            let store = store.clone();
            async move {
                for n in range {
                    let name = stream(&format!("s-{}", n % 7));
                    store
                        .append(&name, ExpectedRevision::Any, vec![event(n)])
                        .await
                        .unwrap();
                }
            }
        };
        write(0..1_500).await;
        let mut subscription = store.subscribe(Position::START).await.unwrap();
        let writer = tokio::spawn(write(1_500..TOTAL));
        let mut seen = Vec::new();
        let mut caught_up = 0;
        while seen.len() < usize::try_from(TOTAL).unwrap() {
            match subscription.next().await.unwrap() {
                Delivery::Events(events) => seen.extend(numbers(&events)),
                Delivery::CaughtUp => caught_up += 1,
            }
        }
        writer.await.unwrap();
        assert_eq!(seen, (0..TOTAL).collect::<Vec<_>>());
        if caught_up == 0 {
            assert_eq!(subscription.next().await.unwrap(), Delivery::CaughtUp);
        }
    }

    pub async fn a_subscription_starts_after_its_position(store: Store) {
        let third = store
            .append(&stream("a-1"), NEW, events(0..3))
            .await
            .unwrap()
            .position;
        let mut subscription = store.subscribe(third).await.unwrap();
        assert_eq!(subscription.next().await.unwrap(), Delivery::CaughtUp);
        store
            .append(&stream("b-1"), NEW, events(3..4))
            .await
            .unwrap();
        let Delivery::Events(events) = subscription.next().await.unwrap() else {
            panic!()
        };
        assert_eq!(numbers(&events), [3]);
    }

    pub async fn many_writers_of_one_stream_lose_nothing(store: Store) {
        let name = stream("a-1");
        let writers = (0..16u64).map(|writer| {
            let (store, name) = (store.clone(), name.clone());
            tokio::spawn(async move {
                for n in 0..20 {
                    let new = vec![event(writer * 100 + n)];
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
    pub async fn a_random_history_matches_a_simple_model(store: Store) {
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
                ExpectedRevision::Exactly(revision) => known.len() as u64 == revision + 1,
            };
            let new = next..next + count;
            next += count;
            let result = store
                .append(&stream(&format!("m-{name}")), expected, events(new.clone()))
                .await;
            assert_eq!(result.is_ok(), fits, "{expected} at {}", known.len());
            if fits {
                known.extend(new.clone());
                order.extend(new);
            }
        }
        let all = store
            .read_all(Position::START, Direction::Forwards, 4_096)
            .await
            .unwrap();
        assert_eq!(numbers(&all), order);
        for (name, known) in model {
            let name = stream(&format!("m-{name}"));
            let read = store
                .read_stream(&name, 0, Direction::Forwards, 4_096)
                .await
                .unwrap();
            assert_eq!(numbers(&read), known);
        }
    }
}

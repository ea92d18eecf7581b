use super::*;
use crate::schema::event::gather::{Bounds, gather};
use tempfile::TempDir;
use upkeep_event_store::retention::Retention;
use upkeep_event_store::{ContentType, ExpectedRevision, NewEvent, SqliteStore, real_world};
use uuid::Uuid;

/// Longer than what is read at once.
const EVENTS: u32 = 400;

fn name(n: u32) -> StreamName {
    StreamName::of("session", n)
}

/// Streams that begin one after another and lie over each other, one of them long, between those of others.
async fn history(store: &SqliteStore) -> Vec<RecordedEvent> {
    for n in 0..EVENTS {
        let stream = match n % 7 {
            0 | 1 => name(0),
            2 | 3 => name(1 + n / 50),
            4 => name(1 + n / 90),
            5 => name(100),
            _ => StreamName::of("tenant", n % 3),
        };
        let event = NewEvent {
            id: Uuid::now_v7(),
            event_type: "SomethingHappened".into(),
            content_type: ContentType::Json,
            data: n.to_string().into_bytes(),
            metadata: b"{}".to_vec(),
        };
        let appended = store.append(&stream, ExpectedRevision::Any, vec![event]);
        appended.await.unwrap();
    }
    let all = store.read_all(Position::START, Direction::Forwards, 4_096);
    all.await.unwrap()
}

/// Where the events of some streams lie, up to a position.
fn extents(log: &[RecordedEvent], end: Position) -> Vec<(StreamName, Extent)> {
    let mut extents: BTreeMap<StreamName, Extent> = BTreeMap::new();
    for event in log.iter().filter(|event| event.position <= end) {
        if event.stream.category() == "session" {
            let extent = extents.entry(event.stream.clone()).or_insert(Extent {
                first: event.position,
                last: event.position,
                revision: 0,
            });
            extent.last = event.position;
            extent.revision = event.revision;
        }
    }
    extents.into_iter().collect()
}

async fn told(mut reading: Reading<'_>, most: usize) -> Vec<RecordedEvent> {
    let mut told = vec![];
    while told.len() < most
        && let Some(event) = reading.next().await.unwrap()
    {
        told.push(event);
    }
    told
}

#[tokio::test]
async fn streams_as_one_tell_what_a_look_through_the_log_finds() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    let log = history(&store).await;
    let turns = Semaphore::new(1);
    let last = log.last().unwrap().position;
    let middle = log[log.len() / 2].position;
    for end in [last, middle] {
        let extents = extents(&log, end);
        assert!(extents.len() > 5);
        for direction in [Direction::Forwards, Direction::Backwards] {
            let reads = Reads {
                store: &store,
                turns: &turns,
                direction,
            };
            let cursors = (log.iter().step_by(11)).map(|event| Some(event.position));
            for from in std::iter::once(None).chain(cursors) {
                let looked_at = told(Reading::of_the_log(reads, end, from), usize::MAX).await;
                let found: Vec<RecordedEvent> = (looked_at.into_iter())
                    .filter(|event| event.position <= end)
                    .filter(|event| event.stream.category() == "session")
                    .collect();
                let merged = Reading::of_streams(reads, extents.clone(), from).await;
                assert_eq!(told(merged.unwrap(), usize::MAX).await, found);
            }
        }
    }
}

#[tokio::test]
async fn one_stream_tells_what_a_look_through_the_log_finds_and_no_more_is_read() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    let log = history(&store).await;
    let foreign = NewEvent {
        id: Uuid::now_v7(),
        event_type: "Ordered".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    };
    let orders = StreamName::new("orders-1").unwrap();
    let any = ExpectedRevision::Any;
    store.append(&orders, any, vec![foreign]).await.unwrap();
    let turns = Semaphore::new(1);
    let last = log.last().unwrap().position;
    let middle = log[log.len() / 2].position;
    for end in [last, middle, log[0].position] {
        for direction in [Direction::Forwards, Direction::Backwards] {
            let reads = Reads {
                store: &store,
                turns: &turns,
                direction,
            };
            let cursors = (log.iter().step_by(23)).map(|event| Some(event.position));
            for from in std::iter::once(None).chain(cursors) {
                for name in ["session-0", "session-1", "tenant-2", "session-nobody"] {
                    let within = |event: &RecordedEvent| event.position <= end;
                    let of_log = Reading::of_the_log(reads, end, from);
                    let mut looked_at = told(of_log, usize::MAX).await;
                    looked_at.retain(|event| event.stream.as_str() == name && within(event));
                    let stream = Reading::of_a_stream(reads, name, end, from).await;
                    let mut told = told(stream.unwrap(), usize::MAX).await;
                    assert!(told.iter().all(|event| event.stream.as_str() == name));
                    told.retain(within);
                    assert_eq!(told, looked_at, "{name} to {end} {direction:?} {from:?}");
                }
                for name in ["orders-1", "$all", "$streams", "", "\n", "nothing"] {
                    let stream = Reading::of_a_stream(reads, name, end, from).await;
                    assert_eq!(told(stream.unwrap(), usize::MAX).await, [], "{name:?}");
                }
            }
        }
    }
}

/// A stream whose beginning is gone: the view still knows where it was.
#[tokio::test]
async fn a_stream_without_its_beginning_waits_for_its_turn() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    let log = history(&store).await;
    let turns = Semaphore::new(1);
    let end = log.last().unwrap().position;
    let extents = extents(&log, end);
    let retention = Retention {
        truncate_before: Some(60),
        ..Retention::default()
    };
    let cut = name(0);
    store.set_retention(&cut, retention).await.unwrap();
    for direction in [Direction::Forwards, Direction::Backwards] {
        let reads = Reads {
            store: &store,
            turns: &turns,
            direction,
        };
        let cursors = (log.iter().step_by(11)).map(|event| Some(event.position));
        for from in std::iter::once(None).chain(cursors) {
            let merged = Reading::of_streams(reads, extents.clone(), from).await;
            let told = told(merged.unwrap(), usize::MAX).await;
            let expected: Vec<RecordedEvent> = log
                .iter()
                .filter(|event| event.stream.category() == "session")
                .filter(|event| event.stream != cut || event.revision >= 60)
                .filter(|event| {
                    from.is_none_or(|from| match direction {
                        Direction::Forwards => event.position > from,
                        Direction::Backwards => event.position < from,
                    })
                })
                .cloned()
                .collect();
            let expected: Vec<RecordedEvent> = match direction {
                Direction::Forwards => expected,
                Direction::Backwards => expected.into_iter().rev().collect(),
            };
            assert_eq!(told, expected, "{direction:?} from {from:?}");
        }
    }
}

/// However little fits, and however little is looked at for a page: whoever goes on comes to the end, past nothing and over nothing
/// twice.
#[tokio::test]
async fn whoever_goes_on_where_a_page_ended_finds_everything_that_fits() {
    let directory = TempDir::new().unwrap();
    let store = SqliteStore::open(directory.path(), real_world()).unwrap();
    let log = history(&store).await;
    let turns = Semaphore::new(1);
    let end = log.last().unwrap().position;
    let number = |event: &RecordedEvent| String::from_utf8_lossy(&event.data).parse::<u32>();
    let fits = |event: &RecordedEvent| number(event).unwrap() % 90 == 7;
    for direction in [Direction::Forwards, Direction::Backwards] {
        let reads = Reads {
            store: &store,
            turns: &turns,
            direction,
        };
        let mut expected: Vec<Position> = log
            .iter()
            .filter(|event| fits(event))
            .map(|event| event.position)
            .collect();
        if direction == Direction::Backwards {
            expected.reverse();
        }
        assert!(expected.len() > 2);
        for (size, scan) in [(1, 25), (2, 100), (50, 25), (50, 1_000)] {
            let (mut found, mut cursor, mut pages) = (vec![], None, 0);
            loop {
                let mut reading = Reading::of_the_log(reads, end, cursor);
                let bounds = Bounds { end, size, scan };
                let node = |event: RecordedEvent| fits(&event).then_some(());
                let page = gather(&mut reading, bounds, node).await.unwrap();
                let last = page.edges.last().map(|(position, ())| *position);
                found.extend(page.edges.iter().map(|(position, ())| *position));
                pages += 1;
                if !page.has_more {
                    break;
                }
                let next = page.looked_to.or(last);
                assert!(next.is_some() && next != cursor, "it goes on");
                cursor = next;
            }
            assert_eq!(found, expected, "{size} of {scan}");
            let most = log.len() / scan + expected.len() / size + 2;
            assert!(pages <= most, "{pages} pages");
        }
    }
}

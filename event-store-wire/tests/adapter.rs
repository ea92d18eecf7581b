//! The adapter beside a server that behaves as the real one does where ours is kinder.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use upkeep_event_store::transfer::{copy, export, import};
use upkeep_event_store::{
    AppendError, ContentType, Delivery, Direction, EventStore, EventStoreDb, ExpectedRevision,
    NewEvent, Position, RecordedEvent, SqliteStore, StreamName, real_world,
};
use upkeep_event_store_wire::{Acknowledgements, HalfClosed, Imitation, Role, Users, WireServer};
use uuid::Uuid;

/// A store that several nodes serve, as if they were a cluster.
struct Cluster {
    folder: TempDir,
    store: Arc<SqliteStore>,
    password: String,
}

struct Node {
    address: SocketAddr,
    /// Who leads, if it is not this one.
    leader: watch::Sender<Option<SocketAddr>>,
    stop: DropGuard,
}

impl Cluster {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path(), real_world()).unwrap();
        let users = Users::open(folder.path()).unwrap();
        Self {
            password: users.add("test", Role::Writer).unwrap(),
            folder,
            store: Arc::new(store),
        }
    }

    /// A node that leads and otherwise behaves as the real one.
    async fn node(&self) -> Node {
        self.node_like(Imitation::default()).await
    }

    async fn node_like(&self, imitation: Imitation) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (leader, told) = watch::channel(None);
        let users = Users::open(self.folder.path()).unwrap();
        let server = WireServer::new(self.store.clone(), users, None).imitating(Imitation {
            half_closed_batches: HalfClosed::Stays,
            calls_per_connection: Some(100),
            acknowledgements: Acknowledgements::Delayed,
            leader: Some(told),
            ..imitation
        });
        let stop = CancellationToken::new();
        tokio::spawn(server.serve(listener, address, stop.clone()));
        Node {
            address,
            leader,
            stop: stop.drop_guard(),
        }
    }

    async fn connect(&self, nodes: &[&Node]) -> EventStoreDb {
        let hosts: Vec<String> = nodes.iter().map(|node| node.address.to_string()).collect();
        let uri = format!(
            "esdb://test:{}@{}?tls=false",
            self.password,
            hosts.join(",")
        );
        EventStoreDb::connect(&uri, real_world()).await.unwrap()
    }
}

fn event(n: u64) -> NewEvent {
    NewEvent {
        id: Uuid::from_u64_pair(7, n),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    }
}

fn name() -> StreamName {
    StreamName::new("a-1").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_refusals_than_a_connection_has_calls_stop_nobody_from_writing() {
    const REFUSALS: u64 = 250;
    let cluster = Cluster::new();
    let node = cluster.node().await;
    let store = cluster.connect(&[&node]).await;
    store
        .append(&name(), ExpectedRevision::NoStream, vec![event(0)])
        .await
        .unwrap();
    for n in 1..=REFUSALS {
        let wrong = ExpectedRevision::Exactly(n);
        let refused = store.append(&name(), wrong, vec![event(n)]).await;
        assert!(
            matches!(
                refused,
                Err(AppendError::Conflict {
                    actual: Some(0),
                    ..
                })
            ),
            "{n}: {refused:?}"
        );
    }
    let appended = store
        .append(&name(), ExpectedRevision::Exactly(0), vec![event(1_000)])
        .await
        .unwrap();
    assert_eq!(appended.revision, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_nothing_about_the_appends_beside_it() {
    let cluster = Cluster::new();
    let node = cluster.node().await;
    let store = Arc::new(cluster.connect(&[&node]).await);
    let mut writers = vec![];
    for writer in 0..16_u64 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            let name = StreamName::of("a", writer);
            for n in 0..50 {
                let id = writer * 1_000 + n;
                let expected = match n {
                    0 => ExpectedRevision::NoStream,
                    n => ExpectedRevision::Exactly(n - 1),
                };
                let appended = store
                    .append(&name, expected, vec![event(id)])
                    .await
                    .unwrap();
                assert_eq!(appended.revision, n);
                let wrong = ExpectedRevision::Exactly(n + 7);
                let refused = store.append(&name, wrong, vec![event(id + 500)]).await;
                assert!(
                    matches!(refused, Err(AppendError::Conflict { .. })),
                    "{refused:?}"
                );
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let all = store
        .read_all(Position::START, Direction::Forwards, 4_096)
        .await
        .unwrap();
    assert_eq!(all.len(), 16 * 50);
}

/// With packets that wait for the acknowledgement of the one before, even the fastest pair of calls takes some 40 ms, however busy the
/// machine is.
#[tokio::test(flavor = "multi_thread")]
async fn calls_wait_for_no_acknowledgement() {
    const CALLS: u32 = 50;
    let cluster = Cluster::new();
    let node = cluster.node().await;
    let store = cluster.connect(&[&node]).await;
    let mut fastest = Duration::MAX;
    for n in 0..CALLS {
        let begun = Instant::now();
        let id = u64::from(n);
        let stream = StreamName::of("a", n);
        store
            .append(&stream, ExpectedRevision::NoStream, vec![event(id)])
            .await
            .unwrap();
        let read = store.read_stream(&stream, 0, Direction::Forwards, 10).await;
        assert_eq!(read.unwrap().len(), 1);
        fastest = fastest.min(begun.elapsed());
    }
    assert!(fastest < Duration::from_millis(30), "{fastest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_whose_reader_is_too_slow_loses_nothing() {
    const EVENTS: u64 = 400;
    let cluster = Cluster::new();
    let node = cluster
        .node_like(Imitation {
            messages_per_read: Some(50),
            ..Imitation::default()
        })
        .await;
    let store = cluster.connect(&[&node]).await;
    let mut subscription = store.subscribe(Position::START).await.unwrap();
    let reader = tokio::spawn(async move {
        let mut seen = vec![];
        while (seen.len() as u64) < EVENTS {
            if let Delivery::Events(events) = subscription.next().await.unwrap() {
                seen.extend(events.iter().map(|event| event.revision));
            }
        }
        seen
    });
    let mut expected = ExpectedRevision::NoStream;
    for n in 0..EVENTS {
        store
            .append(&name(), expected, vec![event(n)])
            .await
            .unwrap();
        expected = ExpectedRevision::Exactly(n);
    }
    let seen = reader.await.unwrap();
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>(), "no gap, no repeat");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_names_another_leader_is_left_for_that_one() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node().await, cluster.node().await);
    two.leader.send_replace(Some(one.address));
    // It names only the one that does not lead.
    let store = cluster.connect(&[&two]).await;
    let mut subscription = store.subscribe(Position::START).await.unwrap();
    let mut expected = ExpectedRevision::NoStream;
    for n in 0..40 {
        match n % 20 {
            5 => {
                two.leader.send_replace(None);
                one.leader.send_replace(Some(two.address));
            }
            15 => {
                one.leader.send_replace(None);
                two.leader.send_replace(Some(one.address));
            }
            _ => {}
        }
        let appended = store
            .append(&name(), expected, vec![event(n)])
            .await
            .unwrap();
        assert_eq!(appended.revision, n);
        expected = ExpectedRevision::Exactly(n);
    }
    let mut seen = vec![];
    while seen.len() < 40 {
        if let Delivery::Events(events) = subscription.next().await.unwrap() {
            seen.extend(events.iter().map(|event| event.revision));
        }
    }
    assert_eq!(seen, (0..40).collect::<Vec<_>>(), "no gap, no repeat");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_node_is_gone_another_one_is_found() {
    let cluster = Cluster::new();
    let mut n = 0;
    // It talks to one of them, whichever that is.
    for gone in [0, 1] {
        let mut nodes = [cluster.node().await, cluster.node().await].map(Some);
        let [Some(one), Some(two)] = &nodes else {
            unreachable!()
        };
        let store = cluster.connect(&[one, two]).await;
        let write = async |n: u64| {
            let expected = match n {
                0 => ExpectedRevision::NoStream,
                n => ExpectedRevision::Exactly(n - 1),
            };
            store
                .append(&name(), expected, vec![event(n)])
                .await
                .unwrap()
        };
        assert_eq!(write(n).await.revision, n);
        if let Some(Node { stop, .. }) = nodes[gone].take() {
            drop(stop);
        }
        assert_eq!(write(n + 1).await.revision, n + 1);
        n += 2;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_removed_where_the_leader_is_and_only_once() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node().await, cluster.node().await);
    let store = cluster.connect(&[&one]).await;
    let write = async |n: u64| {
        store
            .append(&name(), ExpectedRevision::Any, vec![event(n)])
            .await
            .unwrap()
    };
    write(0).await;
    let wrong = ExpectedRevision::Exactly(7);
    let refused = store.delete_stream(&name(), wrong).await;
    assert!(
        matches!(
            refused,
            Err(AppendError::Conflict {
                actual: Some(0),
                ..
            })
        ),
        "{refused:?}"
    );
    let right = ExpectedRevision::Exactly(0);
    store.delete_stream(&name(), right).await.unwrap();
    assert_eq!(write(1).await.revision, 1, "the numbering goes on");

    one.leader.send_replace(Some(two.address));
    let moved = store.delete_stream(&name(), ExpectedRevision::Any).await;
    if let Err(error) = moved {
        // The node that was asked does not lead any more. The connection is made to the one that does.
        assert!(
            matches!(error, AppendError::Unreachable { .. }),
            "{error:?}"
        );
        let again = store.delete_stream(&name(), ExpectedRevision::Any).await;
        again.unwrap();
    }

    // Nobody leads, and nobody answers: it is said, and in time.
    drop(one.stop);
    drop(two.stop);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let refused = store.tombstone_stream(&name(), ExpectedRevision::Any).await;
    assert!(
        matches!(refused, Err(AppendError::Unreachable { .. })),
        "{refused:?}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(12),
        "{:?}",
        begun.elapsed()
    );
}

/// Where a stream is counted from 0 anew, what its retention counts is too; what else its metadata say stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_beginning_is_gone_is_hidden_no_further_where_it_is_counted_anew() {
    let folder = TempDir::new().unwrap();
    let source = SqliteStore::open(folder.path(), real_world()).unwrap();
    let stream = StreamName::new("orders-1").unwrap();
    let other = StreamName::new("orders-2").unwrap();
    let hidden = StreamName::new("orders-3").unwrap();
    for name in [&stream, &other, &hidden] {
        let events = (0..10).map(event).collect();
        let none = ExpectedRevision::NoStream;
        source.append(name, none, events).await.unwrap();
    }
    let metadata = |first: u64| format!(r#"{{"$tb":{first},"owner":"x"}}"#).into_bytes();
    for (name, first) in [(&stream, 6), (&other, 6), (&hidden, 10)] {
        let described = source.describe(name, ContentType::Json, metadata(first));
        described.await.unwrap();
    }
    source.scavenge().await.unwrap();
    // What is hidden later is not gone yet.
    let described = source.describe(&other, ContentType::Json, metadata(8));
    described.await.unwrap();
    let file = folder.path().join("file");
    export(&source, &file, |_| {}).await.unwrap();

    let expected = [(&stream, 0, 4), (&other, 2, 2)];
    for through_a_file in [false, true] {
        let cluster = Cluster::new();
        let node = cluster.node().await;
        let target = cluster.connect(&[&node]).await;
        for described in [3, 0, 0] {
            let moved = if through_a_file {
                import(&file, &target, &real_world(), |_, _| {}).await
            } else {
                copy(&source, &target, |_| {}).await
            };
            assert_eq!(moved.unwrap().described, described);
        }
        for (name, first, shown) in expected {
            let read = target.read_stream(name, 0, Direction::Forwards, 100);
            let read = read.await.unwrap();
            let there = source.read_stream(name, 0, Direction::Forwards, 100);
            let ids = |events: &[RecordedEvent]| events.iter().map(|event| event.id).collect();
            let (read_ids, there_ids): (Vec<_>, Vec<_>) = (ids(&read), ids(&there.await.unwrap()));
            assert_eq!(read_ids, there_ids, "{name}");
            assert_eq!((read[0].revision, read.len()), (first, shown), "{name}");
            let said = target.description(name).await.unwrap().unwrap();
            assert_eq!(said.data, metadata(first), "{name}");
        }
        // What is said anew is counted in the same way, also where nothing can be read any more.
        for (there, here) in [(12, 3), (10, 1)] {
            if through_a_file {
                continue;
            }
            let described = source.describe(&hidden, ContentType::Json, metadata(there));
            described.await.unwrap();
            let moved = copy(&source, &target, |_| {}).await.unwrap();
            assert_eq!(moved.described, 1);
            let said = target.description(&hidden).await.unwrap().unwrap();
            assert_eq!(said.data, metadata(here));
        }
        // What comes there is seen, also where all that came before is hidden.
        let any = ExpectedRevision::Any;
        target.append(&hidden, any, vec![event(99)]).await.unwrap();
        let read = target.read_stream(&hidden, 0, Direction::Forwards, 100);
        assert_eq!(read.await.unwrap().len(), 1);
    }
}

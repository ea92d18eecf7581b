//! The adapter beside a server that goes and comes back.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    AppendError, ConnectError, ContentType, Delivery, EventStore, EventStoreDb, ExpectedRevision,
    NewEvent, Position, SqliteStore, StreamName, real_world,
};
use upkeep_event_store_wire::{Role, Users, WireServer};
use uuid::Uuid;

struct Served {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Served {
    fn start(directory: &Path, address: std::net::SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        let listener: TcpListener = socket.listen(64).unwrap();
        let store = SqliteStore::open(directory, real_world()).unwrap();
        let users = Users::open(directory).unwrap();
        let stop = CancellationToken::new();
        let server = WireServer::new(Arc::new(store), users, None);
        let serving = server.serve(listener, address, stop.clone());
        let task = tokio::spawn(async move { serving.await.unwrap() });
        Self { stop, task }
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

fn free() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn event(n: u64) -> NewEvent {
    NewEvent {
        id: Uuid::from_u64_pair(9, n),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_and_subscriptions_go_on_when_the_server_comes_back() {
    const EVENTS: u64 = 300;
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = TempDir::new().unwrap();
    let users = Users::open(directory.path()).unwrap();
    let password = users.add("test", Role::Writer).unwrap();
    let address = free();
    let mut served = Served::start(directory.path(), address);
    let uri = format!("esdb://test:{password}@{address}?tls=false");
    let store = Arc::new(EventStoreDb::connect(&uri, real_world()).await.unwrap());
    let mut subscription = store.subscribe(Position::START).await.unwrap();
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            let name = StreamName::new("a-1").unwrap();
            let mut expected = ExpectedRevision::NoStream;
            for n in 0..EVENTS {
                let appended = store.append(&name, expected, vec![event(n)]).await.unwrap();
                assert_eq!(appended.revision, n);
                expected = ExpectedRevision::Exactly(n);
                tokio::time::sleep(Duration::from_millis(4)).await;
            }
        }
    });
    let reader = tokio::spawn(async move {
        let mut seen: Vec<u64> = vec![];
        let mut fell_behind = 0;
        while (seen.len() as u64) < EVENTS {
            match subscription.next().await.unwrap() {
                Delivery::Events(events) => seen.extend(events.iter().map(|event| event.revision)),
                Delivery::FellBehind => fell_behind += 1,
                Delivery::CaughtUp => {}
            }
        }
        (seen, fell_behind)
    });
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        served.end().await;
        served = Served::start(directory.path(), address);
    }
    writer.await.unwrap();
    let (seen, fell_behind) = reader.await.unwrap();
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>(), "no gap, no repeat");
    assert!(fell_behind >= 1, "it was told");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_said_clearly() {
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let connect = async |uri: String| EventStoreDb::connect(&uri, real_world()).await.map(|_| ());
    let wrong = connect("esdb://".into()).await;
    assert!(
        matches!(wrong, Err(ConnectError::ConnectionString(_))),
        "{wrong:?}"
    );
    let nobody = connect(format!("esdb://{}?tls=false&maxDiscoverAttempts=1", free())).await;
    assert!(
        matches!(nobody, Err(ConnectError::Unreachable(_))),
        "{nobody:?}"
    );
    let directory = TempDir::new().unwrap();
    let users = Users::open(directory.path()).unwrap();
    let password = users.add("reader", Role::Reader).unwrap();
    let address = free();
    let served = Served::start(directory.path(), address);
    let stranger = connect(format!("esdb://x:secret@{address}?tls=false")).await;
    let Err(ConnectError::Unreachable(cause)) = stranger else {
        panic!("{stranger:?}")
    };
    assert!(
        cause.contains("access denied") && !cause.contains("secret"),
        "{cause}"
    );
    let uri = format!("esdb://reader:{password}@{address}?tls=false");
    let reader = EventStoreDb::connect(&uri, real_world()).await.unwrap();
    let name = StreamName::new("a-1").unwrap();
    let refused = reader
        .append(&name, ExpectedRevision::Any, vec![event(1)])
        .await;
    assert!(
        matches!(refused, Err(AppendError::Refused { .. })),
        "{refused:?}"
    );
    served.end().await;
}

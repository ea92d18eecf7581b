//! What is particular to the embedded engine: its lock, its survival of a restart.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]
use tempfile::TempDir;
use upkeep_event_store::{
    ContentType, Direction, EventStore, ExpectedRevision, NewEvent, OpenError, Position, Retention,
    SqliteReader, SqliteStore, StreamName, real_world,
};
use uuid::Uuid;

fn open(directory: &TempDir) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(directory.path(), real_world())
}

fn event(n: u128) -> NewEvent {
    NewEvent {
        id: Uuid::from_u128(1_000_000 + n),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    }
}

#[tokio::test]
async fn two_servers_cannot_open_one_data_directory() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory).unwrap();
    assert!(matches!(open(&directory), Err(OpenError::Locked { .. })));
    drop(store);
    assert!(open(&directory).is_ok());
}

#[tokio::test]
async fn a_reopened_store_goes_on_where_it_stopped() {
    let directory = TempDir::new().unwrap();
    let name = StreamName::new("a-1").unwrap();
    let store = open(&directory).unwrap();
    let first = store
        .append(&name, ExpectedRevision::NoStream, vec![event(1)])
        .await
        .unwrap();
    drop(store);
    let store = open(&directory).unwrap();
    assert_eq!(store.head().await.unwrap(), first.position);
    let second = store
        .append(&name, ExpectedRevision::Exactly(0), vec![event(2)])
        .await
        .unwrap();
    assert_eq!(second.position, Position(first.position.0 + 1));
}

#[tokio::test]
async fn another_process_may_read_beside_the_server() {
    let directory = TempDir::new().unwrap();
    assert!(matches!(
        SqliteReader::open(directory.path(), real_world()),
        Err(OpenError::Missing { .. })
    ));
    let store = open(&directory).unwrap();
    let reader = SqliteReader::open(directory.path(), real_world()).unwrap();
    let name = StreamName::new("a-1").unwrap();
    store
        .append(&name, ExpectedRevision::NoStream, vec![event(1)])
        .await
        .unwrap();
    assert_eq!(reader.newest().await.unwrap(), Position(1));
    let read = reader
        .read_all(Position::START, Direction::Forwards, 9)
        .await
        .unwrap();
    assert_eq!(read.len(), 1);
}

#[tokio::test]
async fn what_retention_hides_is_removed_and_the_numbering_goes_on() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory).unwrap();
    let keep = |name: &'static str| StreamName::new(name).unwrap();
    let (bounded, deleted, whole) = (keep("a-1"), keep("b-1"), keep("c-1"));
    for (n, stream) in [&bounded, &deleted, &whole].into_iter().enumerate() {
        for chunk in 0..30 {
            let first = (n as u128) * 10_000 + chunk * 100;
            let events = (first..first + 100).map(event).collect();
            store
                .append(stream, ExpectedRevision::Any, events)
                .await
                .unwrap();
        }
    }
    let five = Retention {
        max_count: Some(5),
        ..Retention::default()
    };
    store.set_retention(&bounded, five).await.unwrap();
    store
        .delete_stream(&deleted, ExpectedRevision::Any)
        .await
        .unwrap();
    store.scavenge().await.unwrap();
    // 5, the newest of the deleted stream, all of the third, and what two streams say of themselves.
    assert_eq!(store.reader().count().await.unwrap(), 5 + 1 + 3_000 + 2);
    let left = store
        .read_stream(&bounded, 0, Direction::Forwards, 99)
        .await
        .unwrap();
    assert_eq!(left.first().map(|event| event.revision), Some(2_995));
    drop(store);
    let store = open(&directory).unwrap();
    for (stream, next) in [(&bounded, 3_000), (&deleted, 3_000)] {
        let appended = store
            .append(stream, ExpectedRevision::Any, vec![event(77_777 + next)])
            .await
            .unwrap();
        assert_eq!(u128::from(appended.revision), next);
    }
    store.scavenge().await.unwrap();
    assert_eq!(
        store.reader().integrity().await.unwrap(),
        Vec::<String>::new()
    );
}

/// The tables of version 1, with an event, as the first release wrote them.
const VERSION_1: &str = "
    CREATE TABLE streams (stream_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE log (pos INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, rev INTEGER NOT NULL, id BLOB NOT NULL,
        type TEXT NOT NULL, created INTEGER NOT NULL, meta BLOB NOT NULL, data BLOB NOT NULL);
    CREATE TABLE sidx (stream_id INTEGER NOT NULL, rev INTEGER NOT NULL, pos INTEGER NOT NULL,
        PRIMARY KEY (stream_id, rev)) WITHOUT ROWID;
    CREATE TABLE recent (id BLOB PRIMARY KEY, pos INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO streams VALUES (1, 'a-1');
    INSERT INTO log VALUES (1, 1, 0, x'00000000000000000000000000000001', 'Happened', 1, x'7b7d', x'7b7d');
    INSERT INTO sidx VALUES (1, 0, 1);
    PRAGMA user_version = 1;";

#[tokio::test]
async fn a_store_of_version_1_is_taken_over() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("events.sqlite3");
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch(VERSION_1)
        .unwrap();
    let store = open(&directory).unwrap();
    let name = StreamName::new("a-1").unwrap();
    let appended = store
        .append(&name, ExpectedRevision::Exactly(0), vec![event(2)])
        .await
        .unwrap();
    assert_eq!((appended.revision, appended.position), (1, Position(2)));
    let read = store
        .read_stream(&name, 0, Direction::Forwards, 9)
        .await
        .unwrap();
    assert_eq!(read[0].content_type, ContentType::Json);
    assert_eq!(read.len(), 2);
    drop(store);
    let newer = rusqlite::Connection::open(&file).unwrap();
    newer.execute_batch("PRAGMA user_version = 99;").unwrap();
    drop(newer);
    assert!(matches!(
        open(&directory),
        Err(OpenError::NewerFormat { found: 99, .. })
    ));
}

//! What is particular to the embedded engine: its lock, its survival of a restart, its handler.

use std::sync::Arc;
use tempfile::TempDir;
use upkeep_domain::ids::{CommandId, TenantId};
use upkeep_domain::metadata::Actor;
use upkeep_domain::name::Name;
use upkeep_domain::script::Sha256Digest;
use upkeep_domain::tenant::{Tenant, TenantCommand};
use upkeep_event_store::{
    CommandError, CommandHandler, Direction, Envelope, EventStore, ExpectedRevision, NewEvent,
    OpenError, Position, SqliteReader, SqliteStore, StreamName, SystemClock,
};
use uuid::Uuid;

fn open(directory: &TempDir) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(directory.path(), Arc::new(SystemClock))
}

fn event(n: u128) -> NewEvent {
    NewEvent {
        id: Uuid::from_u128(n),
        event_type: "Happened".into(),
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
    assert_eq!(second.position, first.position.next());
}

#[tokio::test]
async fn another_process_may_read_beside_the_server() {
    let directory = TempDir::new().unwrap();
    assert!(matches!(
        SqliteReader::open(directory.path()),
        Err(OpenError::Missing { .. })
    ));
    let store = open(&directory).unwrap();
    let reader = SqliteReader::open(directory.path()).unwrap();
    let name = StreamName::new("a-1").unwrap();
    store
        .append(&name, ExpectedRevision::NoStream, vec![event(1)])
        .await
        .unwrap();
    assert_eq!(reader.head().await.unwrap(), Position(1));
    let read = reader
        .read_all(Position::START, Direction::Forwards, 9)
        .await
        .unwrap();
    assert_eq!(read.len(), 1);
}

fn handler(directory: &TempDir) -> CommandHandler {
    CommandHandler::new(Arc::new(open(directory).unwrap()), Arc::new(SystemClock))
}

fn create(name: &str) -> TenantCommand {
    TenantCommand::Create {
        name: Name::new(name).unwrap(),
        parent: None,
    }
}

fn envelope(n: u128, input: &str) -> Envelope {
    Envelope {
        digest: Some(Sha256Digest::of(input.as_bytes())),
        ..Envelope::new(CommandId(Uuid::from_u128(n)), Actor::Operator)
    }
}

#[tokio::test]
async fn a_retried_command_answers_as_the_first_time() {
    let directory = TempDir::new().unwrap();
    let handler = handler(&directory);
    let id = TenantId(Uuid::from_u128(1));
    let first = handler
        .execute::<Tenant>(id, create("A"), &envelope(1, "A"))
        .await
        .unwrap();
    let again = handler
        .execute::<Tenant>(id, create("A"), &envelope(1, "A"))
        .await
        .unwrap();
    assert_eq!((first.events.len(), again.events.len()), (1, 0));
    assert_eq!(
        (first.position, first.revision),
        (again.position, again.revision)
    );
    let other = handler
        .execute::<Tenant>(id, create("B"), &envelope(1, "B"))
        .await;
    assert!(matches!(other, Err(CommandError::CommandIdReused(_))));
}

#[tokio::test]
async fn an_expected_revision_that_is_not_the_newest_is_a_conflict() {
    let directory = TempDir::new().unwrap();
    let handler = handler(&directory);
    let id = TenantId(Uuid::from_u128(1));
    handler
        .execute::<Tenant>(id, create("A"), &envelope(1, ""))
        .await
        .unwrap();
    let rename = TenantCommand::Rename {
        name: Name::new("B").unwrap(),
    };
    let stale = Envelope {
        expected_revision: Some(7),
        ..envelope(2, "")
    };
    let error = handler
        .execute::<Tenant>(id, rename.clone(), &stale)
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        CommandError::RevisionConflict {
            expected: 7,
            actual: Some(0)
        }
    ));
    let fresh = Envelope {
        expected_revision: Some(0),
        ..envelope(3, "")
    };
    assert!(handler.execute::<Tenant>(id, rename, &fresh).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_commands_on_one_stream_are_all_decided() {
    let directory = TempDir::new().unwrap();
    let handler = handler(&directory);
    let id = TenantId(Uuid::from_u128(1));
    handler
        .execute::<Tenant>(id, create("A"), &envelope(1, ""))
        .await
        .unwrap();
    let renames = (0..8u128).map(|n| {
        let handler = handler.clone();
        tokio::spawn(async move {
            let rename = TenantCommand::Rename {
                name: Name::new(&format!("T{n}")).unwrap(),
            };
            handler
                .execute::<Tenant>(id, rename, &envelope(100 + n, ""))
                .await
                .unwrap();
        })
    });
    for rename in renames.collect::<Vec<_>>() {
        rename.await.unwrap();
    }
    let name = StreamName::of("tenant", id);
    let read = handler
        .store()
        .read_stream(&name, 0, Direction::Forwards, 99)
        .await
        .unwrap();
    assert_eq!(read.len(), 9);
}

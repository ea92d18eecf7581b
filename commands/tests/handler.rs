//! The one command handler, on the embedded engine.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use std::sync::Arc;
use tempfile::TempDir;
use upkeep_commands::{CommandError, CommandHandler, Envelope};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::evidence::verify::verify;
use upkeep_event_store::{Direction, ExpectedRevision, SqliteStore, StreamName, real_world};
use uuid::Uuid;

fn open(directory: &TempDir) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(directory.path(), real_world()).unwrap())
}

fn handler(directory: &TempDir) -> CommandHandler {
    CommandHandler::new(open(directory), real_world())
}

/// Two servers on one store: each keeps aggregates of its own.
fn two_handlers(directory: &TempDir) -> [CommandHandler; 2] {
    let store = open(directory);
    [(); 2].map(|()| CommandHandler::new(store.clone(), real_world()))
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

fn rename(name: &str) -> TenantCommand {
    TenantCommand::Rename {
        name: Name::new(name).unwrap(),
    }
}

#[tokio::test]
async fn what_another_server_wrote_counts_though_something_older_is_kept() {
    let directory = TempDir::new().unwrap();
    let [one, other] = two_handlers(&directory);
    let id = TenantId(Uuid::from_u128(1));
    let run = async |handler: &CommandHandler, n, command| {
        let envelope = envelope(n, "");
        handler.execute::<Tenant>(id, command, &envelope).await
    };
    run(&one, 1, create("A")).await.unwrap();
    run(&other, 2, rename("B")).await.unwrap();
    // For the first one it is called A still: what it would take for no change is one.
    let renamed = run(&one, 3, rename("A")).await.unwrap();
    assert_eq!((renamed.events.len(), renamed.revision), (1, Some(2)));
    // And for the second one it is called B.
    let same = run(&other, 4, rename("A")).await.unwrap();
    assert_eq!((same.events.len(), same.revision), (0, Some(2)));
    let again = run(&one, 2, rename("B")).await.unwrap();
    assert_eq!(again.events.len(), 0, "the other one executed it");
    let other_input = envelope(2, "another input");
    let reused = one.execute::<Tenant>(id, rename("E"), &other_input).await;
    let reused = reused.unwrap_err();
    assert!(
        matches!(reused, CommandError::CommandIdReused(_)),
        "{reused}"
    );
    let expected = Envelope {
        expected_revision: Some(2),
        ..envelope(5, "")
    };
    run(&one, 6, rename("C")).await.unwrap();
    let stale = other.execute::<Tenant>(id, rename("D"), &expected).await;
    let conflict = CommandError::RevisionConflict {
        expected: 2,
        actual: Some(3),
    };
    assert_eq!(stale.unwrap_err().to_string(), conflict.to_string());
    let known = other.read::<Tenant>(id).await.unwrap();
    assert_eq!(known.name.as_ref().map(Name::as_str), Some("C"));
}

/// What servers and agents command has ids of its own, and is decided on what is kept without looking: only what is appended counts.
#[tokio::test]
async fn what_is_decided_without_looking_is_decided_again_where_another_server_was_faster() {
    let directory = TempDir::new().unwrap();
    let [one, other] = two_handlers(&directory);
    let id = TenantId(Uuid::from_u128(1));
    let run = async |handler: &CommandHandler, command| {
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::System);
        handler.execute::<Tenant>(id, command, &envelope).await
    };
    run(&one, create("A")).await.unwrap();
    run(&other, rename("B")).await.unwrap();
    // For the first one it is called A still: this is no change to it, and one to the stream.
    let renamed = run(&one, rename("A")).await.unwrap();
    assert_eq!((renamed.events.len(), renamed.revision), (1, Some(2)));
    // For the second one it is called B: this is a change to it, and none to the stream.
    let same = run(&other, rename("A")).await.unwrap();
    assert_eq!((same.events.len(), same.revision), (0, Some(2)));
    let next = run(&one, rename("C")).await.unwrap();
    assert_eq!((next.events.len(), next.revision), (1, Some(3)));
    let refused = run(&other, create("D")).await;
    assert!(matches!(refused, Err(CommandError::Rejected { .. })));
    let known = other.read::<Tenant>(id).await.unwrap();
    assert_eq!(known.name.as_ref().map(Name::as_str), Some("C"));
    let report = verify(&**one.store(), [], |_| {}).await.unwrap();
    assert_eq!(report.findings, []);
}

#[tokio::test]
async fn a_refusal_is_never_answered_from_what_is_kept_alone() {
    let directory = TempDir::new().unwrap();
    let [one, other] = two_handlers(&directory);
    let id = TenantId(Uuid::from_u128(1));
    // The first one keeps nothing of what is not there, and the second one makes it.
    let early = one
        .execute::<Tenant>(id, rename("A"), &envelope(1, ""))
        .await;
    assert!(matches!(early, Err(CommandError::Rejected { .. })));
    other
        .execute::<Tenant>(id, create("A"), &envelope(2, ""))
        .await
        .unwrap();
    let late = one
        .execute::<Tenant>(id, rename("B"), &envelope(3, ""))
        .await;
    assert_eq!(late.unwrap().events.len(), 1);
}

#[tokio::test]
async fn what_is_kept_of_a_stream_that_was_deleted_is_forgotten() {
    let directory = TempDir::new().unwrap();
    let handler = handler(&directory);
    let id = TenantId(Uuid::from_u128(1));
    let run = async |n, command| {
        let envelope = envelope(n, "");
        handler.execute::<Tenant>(id, command, &envelope).await
    };
    run(1, create("A")).await.unwrap();
    let stream = StreamName::of("tenant", id);
    let store = handler.store();
    store
        .delete_stream(&stream, ExpectedRevision::Any)
        .await
        .unwrap();
    let known = handler.read::<Tenant>(id).await.unwrap();
    assert_eq!(known.name, None);
    let renamed = run(2, rename("B")).await;
    assert!(matches!(renamed, Err(CommandError::Rejected { .. })));
}

/// A client whose answer was lost sends its command again, and a load balancer hands it to another server, at the same moment.
#[tokio::test]
async fn a_command_that_two_servers_execute_at_once_happens_once_and_is_told_as_such() {
    let directory = TempDir::new().unwrap();
    let [one, other] = two_handlers(&directory);
    let id = TenantId(Uuid::from_u128(1));
    let run = async |handler: &CommandHandler, n, input: &str| {
        let envelope = envelope(n, input);
        let command = rename(&format!("{n} {input}"));
        handler.execute::<Tenant>(id, command, &envelope).await
    };
    one.execute::<Tenant>(id, create("A"), &envelope(1, ""))
        .await
        .unwrap();
    for n in 2..40 {
        let (first, second) = tokio::join!(run(&one, n, "same"), run(&other, n, "same"));
        let events = first.unwrap().events.len() + second.unwrap().events.len();
        assert_eq!(events, 1, "{n}");
    }
    for n in 40..80 {
        let (first, second) = tokio::join!(run(&one, n, "this"), run(&other, n, "that"));
        let reused = [first, second].into_iter().filter_map(Result::err);
        let reused: Vec<_> = reused.collect();
        assert!(
            matches!(reused[..], [CommandError::CommandIdReused(_)]),
            "{n}: {reused:?}"
        );
    }
    let report = verify(&**one.store(), [], |_| {}).await.unwrap();
    assert_eq!(report.findings, []);
}

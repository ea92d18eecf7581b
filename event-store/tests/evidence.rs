//! Whoever changes the history is found: each way of doing it, and the name of what was changed.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use rusqlite::{Connection, params};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::evidence::chain::Linked;
use upkeep_event_store::evidence::checkpoint::{CheckpointKey, Notary};
use upkeep_event_store::evidence::verify::{Finding, Report, verify};
use upkeep_event_store::{
    ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position, ReadOnlyStore,
    RecordedEvent, SqliteStore, StreamName, real_world,
};
use uuid::Uuid;

const TENANTS: u128 = 6;

struct History {
    folder: TempDir,
    key: CheckpointKey,
    events: Vec<RecordedEvent>,
}

fn tenant(n: u128) -> StreamName {
    StreamName::of("tenant", TenantId(Uuid::from_u128(n)))
}

/// Tenants that are created and renamed, two checkpoints, and a little that is not covered yet.
async fn history() -> History {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
    let handler = CommandHandler::new(store.clone(), real_world());
    let key = CheckpointKey::open(folder.path(), [5; 32]).unwrap();
    let tell = async |n: u128, command: TenantCommand| {
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
        let id = TenantId(Uuid::from_u128(n));
        handler
            .execute::<Tenant>(id, command, &envelope)
            .await
            .unwrap();
    };
    let name = |text: &str| Name::new(text).unwrap();
    for n in 0..TENANTS {
        let create = TenantCommand::Create {
            name: name("old"),
            parent: None,
        };
        tell(n, create).await;
    }
    for round in ["new", "newer"] {
        for n in 0..TENANTS {
            tell(n, TenantCommand::Rename { name: name(round) }).await;
        }
        sign(&store, &key).await;
    }
    tell(
        0,
        TenantCommand::Rename {
            name: name("newest"),
        },
    )
    .await;
    let events = store
        .read_all(Position::START, Direction::Forwards, 4_096)
        .await
        .unwrap();
    History {
        folder,
        key,
        events,
    }
}

/// Lets a notary sign what there is: it does when it is stopped.
async fn sign(store: &Arc<SqliteStore>, key: &CheckpointKey) {
    let stop = CancellationToken::new();
    let notary = Notary::new(store.clone(), real_world(), key.clone());
    let work = tokio::spawn(notary.run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.cancel();
    work.await.unwrap();
}

impl History {
    fn tamper(&self, change: impl FnOnce(&Connection)) {
        let connection = Connection::open(self.folder.path().join("events.sqlite3")).unwrap();
        change(&connection);
    }

    async fn verify(&self) -> Report {
        let store = ReadOnlyStore::open(self.folder.path(), real_world()).unwrap();
        verify(&store, [self.key.public()], |_| {}).await.unwrap()
    }

    /// The event number `revision` of a tenant.
    fn event(&self, n: u128, revision: u64) -> &RecordedEvent {
        self.events
            .iter()
            .find(|event| event.stream == tenant(n) && event.revision == revision)
            .unwrap()
    }
}

fn pos(event: &RecordedEvent) -> i64 {
    i64::try_from(event.position.0).unwrap()
}

fn names(finding: &Finding, event: &RecordedEvent) -> bool {
    let text = finding.to_string();
    text.contains(&format!("event {} of {} (", event.revision, event.stream))
}

#[tokio::test]
async fn an_honest_history_has_no_findings_and_says_what_is_covered() {
    let report = history().await.verify().await;
    assert_eq!(report.findings, []);
    // 18 events and the first checkpoint; then the second checkpoint and one more event.
    assert_eq!(report.checkpoint, Some((2, 19)));
    assert_eq!((report.events, report.uncovered), (21, 2));
}

#[tokio::test]
async fn changed_data_and_changed_metadata_are_named() {
    for column in ["data", "meta"] {
        let history = history().await;
        let victim = history.event(2, 1);
        history.tamper(|connection| {
            let change =
                format!("UPDATE log SET {column} = replace({column}, ?2, ?3) WHERE pos = ?1");
            let (from, to) = if column == "data" {
                ("new", "own")
            } else {
                ("operator", "system")
            };
            let changed = connection
                .execute(&change, params![pos(victim), from, to])
                .unwrap();
            assert_eq!(changed, 1);
            // SQLite's replace answers with text.
            let blob = format!("UPDATE log SET {column} = CAST({column} AS BLOB) WHERE pos = ?1");
            connection.execute(&blob, [pos(victim)]).unwrap();
        });
        let report = history.verify().await;
        assert!(
            report
                .findings
                .iter()
                .any(|f| matches!(f, Finding::Changed { .. }) && names(f, victim)),
            "{column}: {:?}",
            report.findings
        );
        assert!(
            report
                .findings
                .iter()
                .any(|f| matches!(f, Finding::NotCovered { .. }) && names(f, victim))
        );
        let innocent = history.event(3, 1);
        assert!(
            !report.findings.iter().any(|f| names(f, innocent)),
            "only what was changed"
        );
    }
}

#[tokio::test]
async fn whoever_recomputes_the_chain_is_found_by_the_checkpoint() {
    let history = history().await;
    let victims = [history.event(2, 1), history.event(2, 2)];
    history.tamper(|connection| {
        let mut previous =
            upkeep_event_store::evidence::chain::link_of(&history.event(2, 0).metadata);
        for victim in victims {
            let data = br#"{"name":"forged"}"#;
            let (metadata, _) =
                upkeep_event_store::evidence::chain::split(&victim.metadata).unwrap();
            let link = Linked {
                stream: &victim.stream,
                revision: victim.revision,
                id: victim.id,
                event_type: &victim.event_type,
                data,
                metadata: &metadata,
            }
            .link(previous);
            previous = Some(link);
            let text = String::from_utf8(metadata).unwrap();
            let open = text.strip_suffix('}').unwrap();
            let sealed = format!("{open},\"digest\":\"{link}\"}}");
            connection
                .execute(
                    "UPDATE log SET data = ?2, meta = ?3 WHERE pos = ?1",
                    params![pos(victim), data, sealed.into_bytes()],
                )
                .unwrap();
        }
    });
    let report = history.verify().await;
    assert!(
        !report
            .findings
            .iter()
            .any(|f| matches!(f, Finding::Changed { .. })),
        "the chain holds: {:?}",
        report.findings
    );
    for victim in victims {
        assert!(
            report
                .findings
                .iter()
                .any(|f| matches!(f, Finding::NotCovered { .. }) && names(f, victim)),
            "{:?}",
            report.findings
        );
    }
}

#[tokio::test]
async fn a_missing_event_is_named_in_the_middle_and_at_the_end_of_its_stream() {
    let history = history().await;
    let (middle, end) = (history.event(1, 1), history.event(4, 2));
    history.tamper(|connection| {
        for victim in [middle, end] {
            connection
                .execute("DELETE FROM sidx WHERE pos = ?1", [pos(victim)])
                .unwrap();
            connection
                .execute("DELETE FROM log WHERE pos = ?1", [pos(victim)])
                .unwrap();
        }
    });
    let report = history.verify().await;
    let missing = Finding::Missing {
        stream: tenant(1),
        from: 1,
        to: 1,
        next: name_of(history.event(1, 2)),
    };
    assert!(report.findings.contains(&missing), "{:?}", report.findings);
    // Of the end only the checkpoint knows: something is gone behind the event before it.
    let gone = |before: &RecordedEvent, checkpoint| Finding::Gone {
        checkpoint,
        count: 1,
        behind: Some(name_of(before)),
    };
    assert!(
        report.findings.contains(&gone(history.event(0, 1), 1)),
        "{:?}",
        report.findings
    );
    assert!(
        report.findings.contains(&gone(history.event(3, 2), 2)),
        "{:?}",
        report.findings
    );
}

fn name_of(event: &RecordedEvent) -> upkeep_event_store::evidence::verify::Name {
    upkeep_event_store::evidence::verify::Name {
        position: event.position,
        stream: event.stream.clone(),
        revision: event.revision,
    }
}

#[tokio::test]
async fn an_inserted_event_and_reordered_events_are_named() {
    let history = history().await;
    let (one, two) = (history.event(1, 1), history.event(2, 1));
    // Swaps two events of different streams, which no chain can notice.
    history.tamper(|connection| {
        let swap = |table: &str| {
            for (from, to) in [(pos(one), -1), (pos(two), pos(one)), (-1, pos(two))] {
                connection
                    .execute(
                        &format!("UPDATE {table} SET pos = ?2 WHERE pos = ?1"),
                        [from, to],
                    )
                    .unwrap();
            }
        };
        swap("log");
        swap("sidx");
    });
    let report = history.verify().await;
    let reordered = |f: &Finding| matches!(f, Finding::Reordered { checkpoint: 1, .. });
    assert!(
        report
            .findings
            .iter()
            .any(|f| reordered(f) && (names(f, one) || names(f, two))),
        "{:?}",
        report.findings
    );

    let history = self::history().await;
    let last = history.events.last().unwrap();
    history.tamper(|connection| {
        connection
            .execute(
                "INSERT INTO log (pos, stream_id, rev, id, type, created, meta, data, content)
                 SELECT pos + 1, stream_id, rev + 1, randomblob(16), type, created, '{\"actor\":1}', data, 0 FROM log WHERE pos = ?1",
                [pos(last)],
            )
            .unwrap();
    });
    let report = history.verify().await;
    assert!(
        report
            .findings
            .iter()
            .any(|f| matches!(f, Finding::Unlinked { .. })),
        "{:?}",
        report.findings
    );
}

#[tokio::test]
async fn a_checkpoint_of_another_key_counts_for_nothing() {
    let history = history().await;
    let store = ReadOnlyStore::open(history.folder.path(), real_world()).unwrap();
    let other = CheckpointKey::open(TempDir::new().unwrap().path(), [6; 32]).unwrap();
    let report = verify(&store, [other.public()], |_| {}).await.unwrap();
    let bad = report
        .findings
        .iter()
        .filter(|f| matches!(f, Finding::BadCheckpoint { .. }));
    assert_eq!(bad.count(), 2);
}

#[tokio::test]
async fn a_removed_checkpoint_is_missed() {
    let history = history().await;
    history.tamper(|connection| {
        connection
            .execute_batch(
                "DELETE FROM sidx WHERE rev = 0 AND stream_id = (SELECT stream_id FROM streams WHERE name = 'checkpoint-main');
                 DELETE FROM log WHERE type = 'CheckpointSigned' AND rev = 0;",
            )
            .unwrap();
    });
    let report = history.verify().await;
    assert!(
        report
            .findings
            .iter()
            .any(|f| matches!(f, Finding::BadCheckpoint { .. })),
        "{:?}",
        report.findings
    );
}

/// Any one byte of data or metadata that a checkpoint covers, anywhere.
#[tokio::test]
async fn no_changed_byte_goes_unnoticed() {
    let history = history().await;
    let covered: Vec<&RecordedEvent> = history.events.iter().take(18).collect();
    for (n, victim) in covered.iter().enumerate() {
        let (column, bytes) = if n % 2 == 0 {
            ("data", &victim.data)
        } else {
            ("meta", &victim.metadata)
        };
        let mut changed = bytes.to_vec();
        let at = (n * 7) % changed.len();
        changed[at] ^= 0x01;
        let write = |bytes: &[u8]| {
            history.tamper(|connection| {
                connection
                    .execute(
                        &format!("UPDATE log SET {column} = ?2 WHERE pos = ?1"),
                        params![pos(victim), bytes],
                    )
                    .unwrap();
            });
        };
        write(&changed);
        let report = history.verify().await;
        assert!(
            report.findings.iter().any(|f| names(f, victim)),
            "byte {at} of the {column} of {}: {:?}",
            victim.position,
            report.findings
        );
        write(bytes);
    }
    assert_eq!(history.verify().await.findings, []);
}

fn by_hand(event_type: &'static str, data: &str) -> NewEvent {
    let id = Uuid::now_v7();
    let metadata = serde_json::json!({
        "$correlationId": id, "$causationId": id, "commandId": id, "actor": { "kind": "operator" },
        "time": "2026-01-01T00:00:00Z", "version": 1,
    });
    NewEvent {
        id,
        event_type: event_type.into(),
        content_type: ContentType::Json,
        data: data.as_bytes().to_vec(),
        metadata: metadata.to_string().into_bytes(),
    }
}

#[tokio::test]
async fn what_no_server_signed_is_named_and_what_is_not_upkeeps_is_told_apart() {
    let history = history().await;
    let store = SqliteStore::open(history.folder.path(), real_world()).unwrap();
    let forged = tenant(77);
    for stream in [&forged, &StreamName::new("orders-1").unwrap()] {
        let event = by_hand("TenantRenamed", "{\"name\":\"forged\"}");
        store
            .append(stream, ExpectedRevision::NoStream, vec![event])
            .await
            .unwrap();
    }
    drop(store);
    let report = history.verify().await;
    assert!(
        matches!(&report.findings[..], [Finding::Unsigned { event }] if event.stream == forged),
        "{:?}",
        report.findings
    );
    assert_eq!(report.foreign, (1, 1));
    let orders = StreamName::new("orders-1").unwrap();
    assert_eq!(report.foreign_streams.get(&orders), Some(&1));
}

#[tokio::test]
async fn what_others_delete_neither_stops_the_signing_nor_looks_like_damage() {
    let history = history().await;
    let store = Arc::new(SqliteStore::open(history.folder.path(), real_world()).unwrap());
    let orders = StreamName::new("orders-1").unwrap();
    let event = by_hand("Ordered", "{}");
    store
        .append(&orders, ExpectedRevision::NoStream, vec![event])
        .await
        .unwrap();
    sign(&store, &history.key).await;
    store
        .tombstone_stream(&orders, ExpectedRevision::Any)
        .await
        .unwrap();
    store.scavenge().await.unwrap();
    let handler = CommandHandler::new(store.clone(), real_world());
    let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
    let rename = TenantCommand::Rename {
        name: Name::new("the newest of all").unwrap(),
    };
    handler
        .execute::<Tenant>(TenantId(Uuid::from_u128(0)), rename, &envelope)
        .await
        .unwrap();
    sign(&store, &history.key).await;
    drop((handler, store));
    let report = history.verify().await;
    assert_eq!(report.findings, []);
    assert_eq!(report.checkpoint.map(|(number, _)| number), Some(4));
    assert_eq!(report.uncovered, 1, "the newest checkpoint itself");
}

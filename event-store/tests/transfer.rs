//! Moving events through files: what comes back, and what a file that somebody made to do harm cannot do.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_event_store::evidence::checkpoint::BEGINNING;
use upkeep_event_store::transfer::{Manifest, TransferError, copy, export, import, manifest_path};
use upkeep_event_store::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position,
    SqliteStore, StreamName, real_world,
};
use uuid::Uuid;

fn open(directory: &Path) -> SqliteStore {
    SqliteStore::open(directory, real_world()).unwrap()
}

fn event() -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: b"{}".to_vec(),
        metadata: b"{}".to_vec(),
    }
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

#[tokio::test]
async fn a_stream_that_was_deleted_for_good_keeps_no_store_from_moving() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let store = open(&at("one"));
    let (gone, stays) = (stream("orders-1"), stream("orders-2"));
    for name in [&gone, &stays] {
        store
            .append(name, ExpectedRevision::NoStream, vec![event(), event()])
            .await
            .unwrap();
    }
    store
        .tombstone_stream(&gone, ExpectedRevision::Any)
        .await
        .unwrap();
    let manifest = export(&store, &at("file"), |_| {}).await.unwrap();
    assert_eq!(manifest.events, 5);
    let other = open(&at("two"));
    let moved = import(&at("file"), &other, &real_world(), |_, _| {})
        .await
        .unwrap();
    assert_eq!((moved.events, moved.there_before), (5, 0));
    let again = import(&at("file"), &other, &real_world(), |_, _| {})
        .await
        .unwrap();
    assert_eq!((again.events, again.there_before), (0, 5));
    let refused = other
        .append(&gone, ExpectedRevision::Any, vec![event()])
        .await;
    assert!(matches!(refused, Err(AppendError::StreamDeleted { .. })));
    let read = |store: &SqliteStore| {
        let reader = store.reader().clone();
        async move {
            reader
                .read_all(Position::START, Direction::Forwards, 100)
                .await
                .unwrap()
        }
    };
    assert_eq!(read(&store).await, read(&other).await);
}

#[tokio::test]
async fn nothing_that_is_there_is_written_over_and_nothing_half_stays() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let store = open(&at("one"));
    for taken in [at("file"), manifest_path(&at("file"))] {
        std::fs::write(&taken, "precious").unwrap();
        let error = export(&store, &at("file"), |_| {}).await.unwrap_err();
        assert!(matches!(error, TransferError::Exists { .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&taken).unwrap(), "precious");
        std::fs::remove_file(&taken).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn what_the_metadata_of_streams_say_moves_to_the_byte() {
    const SAID: &[u8] = br#"{"$acl":{"$r":"audit"}, "$maxCount":2,"owner":"x"}"#;
    const BINARY: &[u8] = b"\xff\x00";
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let store = open(&at("one"));
    let (orders, others, all) = (stream("orders-1"), stream("orders-2"), StreamName::all());
    let said = [
        (&orders, ContentType::Json, SAID),
        (&others, ContentType::Binary, BINARY),
    ];
    for (name, content_type, data) in said {
        store
            .append(name, ExpectedRevision::NoStream, vec![event(); 3])
            .await
            .unwrap();
        store
            .describe(name, content_type, data.to_vec())
            .await
            .unwrap();
    }
    for name in [&all, &stream("to-come")] {
        store
            .describe(name, ContentType::Json, SAID.to_vec())
            .await
            .unwrap();
    }
    let manifest = export(&store, &at("file"), |_| {}).await.unwrap();
    assert_eq!((manifest.events, manifest.streams_with_metadata), (6, 3));
    let (imported, copied) = (open(&at("two")), open(&at("three")));
    for expected in [3, 0] {
        let moved = import(&at("file"), &imported, &real_world(), |_, _| {})
            .await
            .unwrap();
        assert_eq!(moved.described, expected);
        let moved = copy(&store, &copied, |_| {}).await.unwrap();
        assert_eq!(moved.described, expected);
    }
    for store in [imported, copied] {
        for (name, content_type, data) in said {
            let description = store.description(name).await.unwrap().unwrap();
            assert_eq!(description.data, data);
            assert_eq!(description.content_type, content_type);
        }
        let to_come = store.description(&stream("to-come")).await.unwrap();
        assert_eq!(to_come.unwrap().data, SAID);
        assert_eq!(store.description(&all).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_file_of_before_says_how_long_events_are_kept() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("one"));
    let kept = json!({ "retention_of": "orders-1", "retention": { "$maxCount": 7 } });
    let path = file(folder.path(), [line(&json!({})), kept], 1);
    let manifest = std::fs::read_to_string(manifest_path(&path)).unwrap();
    let of_before = manifest.replace("\"streamsWithMetadata\":0", "\"streamsWithRetention\":1");
    assert_ne!(manifest, of_before);
    std::fs::write(manifest_path(&path), of_before).unwrap();
    let moved = import(&path, &store, &real_world(), |_, _| {})
        .await
        .unwrap();
    assert_eq!((moved.events, moved.described), (1, 1));
    let retention = store.retention(&stream("orders-1")).await.unwrap();
    assert_eq!(retention.max_count, Some(7));
}

/// A file that is refused has said nothing of the store.
#[tokio::test]
async fn a_file_of_another_store_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (one, other) = (open(&at("one")), open(&at("two")));
    let orders = stream("orders-1");
    for store in [&one, &other] {
        let none = ExpectedRevision::NoStream;
        store.append(&orders, none, vec![event()]).await.unwrap();
    }
    let said = br#"{"$acl":{"$r":"audit"}}"#.to_vec();
    let described = one.describe(&orders, ContentType::Json, said);
    described.await.unwrap();
    export(&one, &at("file"), |_| {}).await.unwrap();
    let refused = import(&at("file"), &other, &real_world(), |_, _| {})
        .await
        .unwrap_err();
    assert!(matches!(refused, TransferError::OtherEvents { .. }));
    assert_eq!(other.description(&orders).await.unwrap(), None);
}

fn line(change: &Value) -> Value {
    let mut line = json!({
        "position": 1, "stream": "orders-1", "revision": 0, "id": Uuid::new_v4(), "type": "Happened",
        "recordedAt": "2026-01-01T00:00:00Z", "contentType": "json", "data": "{}", "metadata": "{}",
    });
    for (key, value) in change.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

fn said_of(stream: &str) -> Value {
    json!({ "metadataOf": stream, "contentType": "json", "data": "{\"$acl\":{\"$r\":\"$all\"}}" })
}

/// A file with these lines, and a manifest that says so many events.
fn file(folder: &Path, lines: impl IntoIterator<Item = Value>, events: u64) -> PathBuf {
    let mut gzip = GzEncoder::new(vec![], Compression::best());
    for line in lines {
        writeln!(gzip, "{line}").unwrap();
    }
    let bytes = gzip.finish().unwrap();
    let manifest = Manifest {
        format: "upkeep-events-1".into(),
        events,
        categories: BTreeMap::new(),
        streams_with_metadata: 0,
        first_recorded: None,
        last_recorded: None,
        digest: BEGINNING,
        sha256: Sha256Digest(Sha256::digest(&bytes).into()),
        bytes: bytes.len() as u64,
    };
    let path = folder.join("file");
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(manifest_path(&path), serde_json::to_vec(&manifest).unwrap()).unwrap();
    path
}

#[tokio::test]
async fn a_file_that_would_do_harm_is_refused_and_nothing_of_it_is_taken() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("one"));
    for (change, words) in [
        (json!({ "revision": u64::MAX }), "no event has the number"),
        (json!({ "revision": i64::MAX }), "no event has the number"),
        (
            json!({ "recordedAt": "9999-01-01T00:00:00Z" }),
            "which is to come",
        ),
        (json!({ "data": "x".repeat(2_000_000) }), "at most 1048576"),
        (json!({ "type": "x".repeat(2_000) }), "its type is longer"),
        (json!({ "stream": "a\u{0}b" }), "no stream name"),
        (json!({ "stream": "$$orders-1" }), "the store's own"),
        (json!({ "dataBase64": "e30=" }), "either data or dataBase64"),
        (json!({ "data": "x".repeat(20_000_000) }), "line 2"),
    ] {
        let lines = [line(&json!({})), line(&change)];
        let path = file(folder.path(), lines, 2);
        let error = import(&path, &store, &real_world(), |_, _| {})
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    for (description, words) in [
        (said_of("$all"), "the store's own"),
        (said_of("a\u{0}b"), "no stream name"),
        (said_of("orders-1"), "metadata of 1 streams, not 1 events"),
    ] {
        let path = file(folder.path(), [line(&json!({})), description], 1);
        let error = import(&path, &store, &real_world(), |_, _| {})
            .await
            .unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    // However much more there is to unpack than was told, it is not unpacked.
    let bomb = (0..50_000).map(|n| line(&json!({ "revision": n })));
    let path = file(folder.path(), bomb, 1);
    let error = import(&path, &store, &real_world(), |_, _| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("it has 2 events"), "{error}");
    assert_eq!(store.head().await.unwrap(), Position::START);
    let fine = file(folder.path(), [line(&json!({}))], 1);
    import(&fine, &store, &real_world(), |_, _| {})
        .await
        .unwrap();
}

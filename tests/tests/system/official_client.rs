//! The official client for Rust against our store: what we do not use ourselves, others do.

use kurrentdb::{
    BatchAppendOptions, Client, EventData, ReadStreamOptions, StreamPosition, StreamState,
    SubscribeToStreamOptions,
};
use serde_json::json;
use tempfile::TempDir;
use upkeep_tests::Server;

#[tokio::test(flavor = "multi_thread")]
async fn kurrentdb_of_crates_io_reads_writes_and_subscribes() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let client = Client::new(store.store_uri().parse().unwrap()).unwrap();
    let event = |n: u32| EventData::json("Counted", &json!({ "n": n })).unwrap();
    let events: Vec<EventData> = (0..10).map(event).collect();
    let written = client
        .append_to_stream(
            "count-1",
            &kurrentdb::AppendToStreamOptions::default(),
            events,
        )
        .await
        .unwrap();
    assert_eq!(written.next_expected_version, 9);
    let batch = client
        .batch_append(&BatchAppendOptions::default())
        .await
        .unwrap();
    let exactly = StreamState::StreamRevision(9);
    let written = batch
        .append_to_stream("count-1", exactly, vec![event(10)])
        .await
        .unwrap();
    assert_eq!(written.current_revision(), Some(10));
    let refused = batch
        .append_to_stream("count-1", exactly, vec![event(11)])
        .await;
    assert!(refused.is_err(), "{refused:?}");

    let options = ReadStreamOptions::default().position(StreamPosition::Start);
    let mut read = client.read_stream("count-1", &options).await.unwrap();
    let mut count = 0;
    while let Some(event) = read.next().await.unwrap() {
        let original = event.get_original_event();
        assert_eq!(original.revision, count);
        count += 1;
    }
    assert_eq!(count, 11);

    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
    let mut subscription = client.subscribe_to_stream("count-1", &options).await;
    for revision in 0..11 {
        let event = subscription.next().await.unwrap();
        assert_eq!(event.get_original_event().revision, revision);
    }
}

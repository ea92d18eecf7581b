//! The suite of the official Rust client, as its package on crates.io brings it, against a store alone.
//!
//! Left out: `projections` (not served), `operations` (users and scavenges are not managed over gRPC, and the suite ends with a
//! shutdown), and what starts containers (`plugins`, `misc`, the clusters, and reconnection, which `event-store-wire/tests/reconnection.rs`
//! and `tests/system/servers.rs` try instead).

use kurrentdb::{Client, ClientSettings};
use tempfile::TempDir;
use upkeep_tests::Server;

/// Nothing in it is ours.
macro_rules! theirs {
    ($($module:ident: $file:literal;)*) => {$(
        #[allow(warnings, unused_must_use, clippy::all, clippy::pedantic)]
        mod $module {
            include!(concat!(env!("KURRENTDB_TESTS"), "/", $file));
        }
    )*};
}

theirs! {
    common: "common.rs";
    streams: "api/streams.rs";
    persistent_subscriptions: "api/persistent_subscriptions.rs";
}

async fn store() -> (TempDir, Server, Client) {
    // Whoever was first has installed it, and the log.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let _ = tracing_subscriber::fmt()
        .with_test_writer()
        .with_max_level(tracing::Level::DEBUG)
        .try_init();
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("data")).await;
    let settings: ClientSettings = store.store_uri().parse().unwrap();
    (folder, store, Client::new(settings).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_as_the_clients_own_suite_expects() {
    let (_folder, _store, client) = store().await;
    streams::tests(client).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn persistent_subscriptions_are_as_the_clients_own_suite_expects() {
    let (_folder, _store, client) = store().await;
    persistent_subscriptions::tests(client).await.unwrap();
}

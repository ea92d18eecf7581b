//! The adapter over TLS: a private authority, the machine's own, and none at all.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    ConnectError, EventStore, EventStoreDb, ExpectedRevision, SqliteStore, StreamName, real_world,
};
use upkeep_event_store_wire::{Role, Tls, Users, WireServer};

/// A certificate for `localhost` and its key, signed by an authority whose certificate lies in the folder.
fn certificate(folder: &TempDir) -> Tls {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(vec![]).unwrap();
    ca.distinguished_name
        .push(DnType::CommonName, "upkeep test authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = ca.self_signed(&ca_key).unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()])
        .unwrap()
        .signed_by(&key, &Issuer::new(ca, ca_key))
        .unwrap();
    Tls {
        certificate: certificate.pem().into_bytes(),
        key: key.serialize_pem().into_bytes(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_by_whoever_is_told_so() {
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path(), real_world()).unwrap();
    let users = Users::open(folder.path()).unwrap();
    let password = users.add("test", Role::Server).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = WireServer::new(Arc::new(store), users, Some(certificate(&folder)));
    tokio::spawn(server.serve(listener, address, stop.clone()));
    let uri = |more: &str| {
        let port = address.port();
        format!("esdb://test:{password}@localhost:{port}?maxDiscoverAttempts=2{more}")
    };

    let authority = folder.path().join("ca.pem").display().to_string();
    let with_authority = format!("&tlsCaFile={authority}");
    for trusting in [with_authority.as_str(), "&tls=true&tlsVerifyCert=false"] {
        let store = EventStoreDb::connect(&uri(trusting), real_world())
            .await
            .unwrap();
        store.head().await.unwrap();
        // Through the official client, which has a connection of its own.
        let gone = StreamName::new(&format!("a-{}", trusting.len())).unwrap();
        let removed = store.tombstone_stream(&gone, ExpectedRevision::Any).await;
        removed.unwrap();
    }

    for stranger in ["", "&tls=false"] {
        let refused = EventStoreDb::connect(&uri(stranger), real_world())
            .await
            .err();
        let Some(ConnectError::Unreachable(cause)) = refused else {
            panic!("{refused:?}")
        };
        let is_said = cause.contains("certificate") || stranger == "&tls=false";
        assert!(is_said && !cause.contains(&password), "{cause}");
    }
    let nothing = EventStoreDb::connect(&uri("&tlsCaFile=/nowhere/ca.pem"), real_world()).await;
    assert!(
        matches!(nothing, Err(ConnectError::ConnectionString(ref cause)) if cause.contains("/nowhere/ca.pem")),
        "{:?}",
        nothing.err()
    );
    stop.cancel();
}

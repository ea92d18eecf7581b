//! The embedded store, served in EventStoreDB's own protocol, so that its clients and tools can read and write it.
//!
//! gRPC over HTTP/2, with or without TLS, with a name and a password for each call: they are looked at before anything else
//! of it is read ([`gate`]), and a connection without them ends soon ([`door`]). PROTOCOL.md beside `event-store`
//! says what is served and how it differs from the real server.
//!
//! Not here: the store (`event-store`), and the adapter that speaks this protocol to somebody else's server
//! (`event-store`, too).
//!
//! Start reading at [`WireServer`], then `streams.rs` and `persistent/mod.rs`.

#![expect(
    clippy::result_large_err,
    reason = "the gRPC library's own error is that large, and its traits want it unboxed"
)]

mod append;
mod convert;
mod door;
mod features;
mod filter;
mod follow;
mod gate;
mod gossip;
mod imitation;
mod limits;
mod persistent;
mod read;
mod refusal;
mod rights;
mod socket;
mod streams;
mod users;

pub use imitation::{Acknowledgements, HalfClosed, Imitation};
pub use users::{Role, UserError, Users};

use door::Door;
use gate::{For, Gate};
use limits::{
    CALLS_PER_CONNECTION, KEEPALIVE_EVERY, KEEPALIVE_PATIENCE, LINGER, LOOK_EVERY,
    MAX_EMPTY_MESSAGE_BYTES, MAX_MESSAGE_BYTES, MAX_SMALL_MESSAGE_BYTES, WAITING_PER_CONNECTION,
};
use rights::Rights;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use upkeep_event_store::{OpenError, SqliteReader, SqliteStore};

/// The protocol's generated types; their names are the protocol's.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    reason = "generated from proto/"
)]
mod proto {
    pub mod google {
        pub mod rpc {
            tonic::include_proto!("google.rpc");
        }
    }
    pub mod event_store {
        pub mod client {
            tonic::include_proto!("event_store.client");
            pub mod streams {
                tonic::include_proto!("event_store.client.streams");
            }
            pub mod persistent_subscriptions {
                tonic::include_proto!("event_store.client.persistent_subscriptions");
            }
            pub mod gossip {
                tonic::include_proto!("event_store.client.gossip");
            }
            pub mod server_features {
                tonic::include_proto!("event_store.client.server_features");
            }
        }
    }
    pub use event_store::client as shared;
    pub use event_store::client::{
        gossip, persistent_subscriptions as persistent, server_features, streams,
    };
    pub use google::rpc;
}

/// A certificate and its key, both PEM.
pub struct Tls {
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

/// Why the protocol is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "the certificate or its key cannot be used: {0}; both must be PEM files that belong together"
    )]
    Tls(tonic::transport::Error),
    #[error("the event store's listener failed: {0}")]
    Listener(tonic::transport::Error),
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// Serves one embedded store.
pub struct WireServer {
    store: Arc<SqliteStore>,
    users: Arc<Users>,
    tls: Option<Tls>,
    imitation: Arc<Imitation>,
}

/// What every call needs.
#[derive(Clone)]
struct Shared {
    store: Arc<SqliteStore>,
    /// Apart from the server's own: whoever reads much keeps nothing of Upkeep waiting.
    reader: SqliteReader,
    rights: Rights,
    stop: CancellationToken,
    tasks: TaskTracker,
    imitation: Arc<Imitation>,
}

impl WireServer {
    pub fn new(store: Arc<SqliteStore>, users: Users, tls: Option<Tls>) -> Self {
        Self {
            store,
            users: Arc::new(users),
            tls,
            imitation: Arc::default(),
        }
    }

    /// For tests of clients: it behaves like other servers where those differ.
    #[must_use]
    pub fn imitating(self, imitation: Imitation) -> Self {
        Self {
            imitation: Arc::new(imitation),
            ..self
        }
    }

    /// Serves until `stop` is cancelled, and waits for the calls to end. Subscriptions are ended with `UNAVAILABLE`,
    /// so that their clients look for another server.
    pub async fn serve(
        self,
        listener: TcpListener,
        address: SocketAddr,
        stop: CancellationToken,
    ) -> Result<(), ServeError> {
        let reader = self.store.reader().apart()?;
        let shared = Shared {
            rights: Rights::of(&self.store, reader.clone()),
            reader,
            store: self.store,
            stop: stop.clone(),
            tasks: TaskTracker::new(),
            imitation: self.imitation.clone(),
        };
        let calls = self.imitation.calls_per_connection;
        let door = Door::default();
        let gate = Gate::new(self.users.clone(), door.clone());
        let groups = persistent::Groups::open(shared.clone()).await;
        let mut server = Server::builder()
            .max_concurrent_streams(calls.unwrap_or(CALLS_PER_CONNECTION))
            .initial_connection_window_size(WAITING_PER_CONNECTION)
            .http2_keepalive_interval(Some(KEEPALIVE_EVERY))
            .http2_keepalive_timeout(Some(KEEPALIVE_PATIENCE));
        if let Some(tls) = self.tls {
            let identity = Identity::from_pem(tls.certificate, tls.key);
            server = server
                .tls_config(ServerTlsConfig::new().identity(identity))
                .map_err(ServeError::Tls)?;
        }
        let streams = proto::streams::streams_server::StreamsServer::new(streams::Streams {
            shared: shared.clone(),
        })
        .max_decoding_message_size(MAX_MESSAGE_BYTES);
        let persistent =
            proto::persistent::persistent_subscriptions_server::PersistentSubscriptionsServer::new(
                groups,
            )
            .max_decoding_message_size(MAX_SMALL_MESSAGE_BYTES);
        let features = proto::server_features::server_features_server::ServerFeaturesServer::new(
            features::Features,
        )
        .max_decoding_message_size(MAX_EMPTY_MESSAGE_BYTES);
        let gossip = proto::gossip::gossip_server::GossipServer::new(gossip::Gossip::new(address))
            .max_decoding_message_size(MAX_EMPTY_MESSAGE_BYTES);
        let serving = server
            .add_service(gate.guard(For::Users, streams))
            .add_service(gate.guard(For::Users, persistent))
            .add_service(gate.guard(For::Anybody, features))
            .add_service(gate.guard(For::Anybody, gossip))
            .serve_with_incoming_shutdown(
                socket::incoming(listener, door.clone(), self.imitation.acknowledgements),
                stop.clone().cancelled_owned(),
            );
        let outcome = tokio::select! {
            outcome = serving => outcome.map_err(ServeError::Listener),
            never = keep_order(&door, &stop) => match never {},
            never = self.users.watch() => match never {},
        };
        stop.cancel();
        shared.tasks.close();
        shared.tasks.wait().await;
        outcome
    }
}

/// Ends the connections that have to go, and in the end all.
async fn keep_order(door: &Door, stop: &CancellationToken) -> std::convert::Infallible {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => door.sweep(Instant::now()),
            () = stop.cancelled() => {
                tokio::time::sleep(LINGER).await;
                door.close();
                return std::future::pending().await;
            }
        }
    }
}

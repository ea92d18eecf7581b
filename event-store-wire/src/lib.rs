//! The embedded store, served in EventStoreDB's own protocol, so that its clients and tools can read and write it.
//!
//! gRPC over HTTP/2, with or without TLS, with a name and a password for each call. PROTOCOL.md beside `event-store`
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
mod features;
mod filter;
mod gossip;
mod persistent;
mod read;
mod refusal;
mod socket;
mod streams;
mod users;

pub use users::{Role, UserError, Users};

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use upkeep_event_store::SqliteStore;

/// Calls of one connection that go on at once; a client waits with more.
const CALLS_PER_CONNECTION: u32 = 1_000;
/// How often a silent connection is asked whether it lives.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(15);
/// How long it has to answer.
const KEEPALIVE_PATIENCE: Duration = Duration::from_secs(20);
/// The largest message that is read: an append may be 1 MiB, and is refused with its own error somewhat beyond.
const MAX_MESSAGE_BYTES: usize = 8 * 1024 * 1024;

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
}

/// Serves one embedded store.
pub struct WireServer {
    store: Arc<SqliteStore>,
    users: Arc<Users>,
    tls: Option<Tls>,
}

/// What every call needs.
#[derive(Clone)]
struct Shared {
    store: Arc<SqliteStore>,
    users: Arc<Users>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl WireServer {
    pub fn new(store: Arc<SqliteStore>, users: Users, tls: Option<Tls>) -> Self {
        Self {
            store,
            users: Arc::new(users),
            tls,
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
        let shared = Shared {
            store: self.store,
            users: self.users,
            stop: stop.clone(),
            tasks: TaskTracker::new(),
        };
        let groups = persistent::Groups::open(shared.clone()).await;
        let mut server = Server::builder()
            .max_concurrent_streams(CALLS_PER_CONNECTION)
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
        });
        let persistent =
            proto::persistent::persistent_subscriptions_server::PersistentSubscriptionsServer::new(
                groups,
            );
        let outcome = server
            .add_service(streams.max_decoding_message_size(MAX_MESSAGE_BYTES))
            .add_service(persistent.max_decoding_message_size(MAX_MESSAGE_BYTES))
            .add_service(
                proto::server_features::server_features_server::ServerFeaturesServer::new(
                    features::Features,
                ),
            )
            .add_service(proto::gossip::gossip_server::GossipServer::new(
                gossip::Gossip::new(address),
            ))
            .serve_with_incoming_shutdown(
                socket::incoming(listener),
                stop.clone().cancelled_owned(),
            )
            .await
            .map_err(ServeError::Listener);
        stop.cancel();
        shared.tasks.close();
        shared.tasks.wait().await;
        outcome
    }
}

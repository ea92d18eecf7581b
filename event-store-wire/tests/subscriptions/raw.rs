//! A store that is served, and a client that shows what is on the wire.

use base64::Engine;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;
use tonic::client::Grpc;
use tonic::codec::ProstCodec;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};
use upkeep_event_store::{
    ContentType, EventStore, ExpectedRevision, NewEvent, SqliteStore, StreamName, real_world,
};
use upkeep_event_store_wire::{Role, Users, WireServer};
use uuid::Uuid;

/// The protocol's generated types.
#[allow(
    clippy::all,
    clippy::pedantic,
    dead_code,
    unused_imports,
    unused_qualifications
)]
pub mod proto {
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
        }
    }
    pub use event_store::client as shared;
    pub use event_store::client::{persistent_subscriptions as persistent, streams};
}

/// How long nothing comes before it is taken that nothing will.
pub const QUIET: Duration = Duration::from_millis(400);
/// How long something may take that has to come.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub store: Arc<SqliteStore>,
    channel: Channel,
    authorization: String,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    directory: Option<TempDir>,
}

impl World {
    pub async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let mut world = Self::of(directory.path()).await;
        world.directory = Some(directory);
        world
    }

    async fn of(directory: &Path) -> Self {
        let store = Arc::new(SqliteStore::open(directory, real_world()).unwrap());
        let users = Users::open(directory).unwrap();
        if !users.list().is_empty() {
            users.remove("test").unwrap();
        }
        let password = users.add("test", Role::Server).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = WireServer::new(store.clone(), users, None);
        let work = server.serve(listener, address, stop.clone());
        let serving = tokio::spawn(async move { work.await.unwrap() });
        let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
        let login = base64::engine::general_purpose::STANDARD.encode(format!("test:{password}"));
        Self {
            store,
            channel: endpoint.connect_lazy(),
            authorization: format!("Basic {login}"),
            stop,
            serving,
            directory: None,
        }
    }

    /// The server ends, and another one opens the same store.
    pub async fn restarted(self) -> Self {
        let directory = self.directory.unwrap();
        self.stop.cancel();
        drop(self.channel);
        self.serving.await.unwrap();
        drop(self.store);
        let mut world = Self::of(directory.path()).await;
        world.directory = Some(directory);
        world
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.authorization.parse().unwrap());
        request
    }

    async fn grpc(&self) -> Grpc<Channel> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready().await.unwrap();
        grpc
    }

    pub async fn ask<A, B>(&self, path: &'static str, message: A) -> Result<B, Status>
    where
        A: prost::Message + Send + Sync + 'static,
        B: prost::Message + Default + Send + Sync + 'static,
    {
        let (request, path) = (self.request(message), path.parse().unwrap());
        let mut grpc = self.grpc().await;
        let answer = grpc.unary(request, path, ProstCodec::default());
        answer.await.map(tonic::Response::into_inner)
    }

    pub async fn open<A, B>(
        &self,
        path: &'static str,
        messages: impl Stream<Item = A> + Send + 'static,
    ) -> Result<Streaming<B>, Status>
    where
        A: prost::Message + Send + Sync + 'static,
        B: prost::Message + Default + Send + Sync + 'static,
    {
        let (request, path) = (self.request(messages), path.parse().unwrap());
        let mut grpc = self.grpc().await;
        let answer = grpc.streaming(request, path, ProstCodec::default());
        answer.await.map(tonic::Response::into_inner)
    }

    /// Appends so many events and answers with their ids.
    pub async fn append(&self, stream: &str, events: usize) -> Vec<Uuid> {
        let events: Vec<NewEvent> = (0..events).map(|_| event("T", b"{}")).collect();
        let ids = events.iter().map(|event| event.id).collect();
        self.write(stream, events).await;
        ids
    }

    pub async fn write(&self, stream: &str, events: Vec<NewEvent>) {
        let any = ExpectedRevision::Any;
        self.store.append(&name(stream), any, events).await.unwrap();
    }

    pub async fn tombstone(&self, stream: &str) {
        let any = ExpectedRevision::Any;
        self.store.tombstone(&name(stream), any).await.unwrap();
    }
}

pub fn name(stream: &str) -> StreamName {
    StreamName::new(stream).unwrap()
}

pub fn event(event_type: &'static str, data: &[u8]) -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        event_type: event_type.into(),
        content_type: ContentType::Json,
        data: data.to_vec(),
        metadata: vec![],
    }
}

pub fn identifier(stream: &str) -> proto::shared::StreamIdentifier {
    proto::shared::StreamIdentifier {
        stream_name: stream.to_owned().into(),
    }
}

pub fn id(id: Option<proto::shared::Uuid>) -> Uuid {
    match id.and_then(|id| id.value) {
        Some(proto::shared::uuid::Value::String(text)) => text.parse().unwrap(),
        other => panic!("no text: {other:?}"),
    }
}

/// The next message; nothing if the call ends well.
pub async fn next<T>(messages: &mut Streaming<T>) -> Result<Option<T>, Status> {
    let next = tokio::time::timeout(PATIENCE, messages.next()).await;
    next.expect("nothing came").transpose()
}

/// All messages until none comes for a while, and how the call ended if it did.
pub async fn all<T>(messages: &mut Streaming<T>) -> (Vec<T>, Option<Status>) {
    let mut got = vec![];
    loop {
        match tokio::time::timeout(QUIET, messages.next()).await {
            Ok(Some(Ok(message))) => got.push(message),
            Ok(Some(Err(status))) => return (got, Some(status)),
            Ok(None) => return (got, Some(Status::ok(""))),
            Err(_) => return (got, None),
        }
    }
}

/// A trailer's text.
pub fn trailer(status: &Status, name: &str) -> String {
    let value = status.metadata().get(name);
    value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

//! The protocol without a client's own ideas of it: messages go out as they are written here.

#[allow(
    dead_code,
    clippy::all,
    clippy::pedantic,
    missing_docs,
    reason = "generated from proto/"
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
        }
    }
    pub use event_store::client as shared;
    pub use event_store::client::streams;
}

use base64::Engine;
use futures_util::StreamExt;
use proto::shared::{Empty, StreamIdentifier, Uuid as WireId, uuid::Value};
use proto::streams::{self, append_req, batch_append_req, read_req, read_resp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::client::Grpc;
use tonic::codec::ProstCodec;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_event_store_wire::{Role, Users, WireServer};
use uuid::Uuid;

/// The longest that anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of a store of its own, and one connection to it.
pub struct World {
    pub store: Arc<SqliteStore>,
    /// For clients with ideas of their own.
    pub connection_string: String,
    channel: Channel,
    authorization: MetadataValue<tonic::metadata::Ascii>,
    directory: Arc<TempDir>,
    stop: DropGuard,
}

/// What is expected of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    Any,
    NoStream,
    Exists,
    At(u64),
    /// Nothing is said.
    Unsaid,
}

/// How a write was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With the revision, if the stream has one.
    Done(Option<u64>),
    /// It was done before, and what it wrote is hidden by now.
    Hidden(u64),
    /// With the revision at which the stream is.
    Conflict(Option<u64>),
    /// With the code, and the exception that is named.
    Refused(Code, String),
}

pub fn deleted() -> Answer {
    Answer::Refused(Code::FailedPrecondition, "stream-deleted".into())
}

pub fn invalid() -> Answer {
    Answer::Refused(Code::InvalidArgument, String::new())
}

pub fn refused(status: &Status) -> Answer {
    let exception = status.metadata().get("exception");
    let exception = exception.and_then(|exception| exception.to_str().ok());
    Answer::Refused(status.code(), exception.unwrap_or_default().to_owned())
}

/// An event as it is read: `stream@revision`, its number, and the link that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub place: String,
    pub id: Uuid,
    pub data: String,
    pub via: Option<String>,
}

pub fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x4d, n)
}

pub fn wire_id(id: Uuid) -> WireId {
    WireId {
        value: Some(Value::String(id.to_string())),
    }
}

pub fn identifier(stream: &str) -> StreamIdentifier {
    StreamIdentifier {
        stream_name: stream.to_owned().into(),
    }
}

/// An event of this number; its data tell it.
pub fn event(n: u64) -> append_req::ProposedMessage {
    proposed(
        id(n),
        "Happened",
        "application/json",
        format!("{{\"n\":{n}}}"),
    )
}

pub fn proposed(
    id: Uuid,
    kind: &str,
    content_type: &str,
    data: impl Into<Vec<u8>>,
) -> append_req::ProposedMessage {
    append_req::ProposedMessage {
        id: Some(wire_id(id)),
        metadata: HashMap::from([
            ("type".into(), kind.into()),
            ("content-type".into(), content_type.into()),
        ]),
        custom_metadata: vec![].into(),
        data: data.into().into(),
    }
}

pub fn events(numbers: &[u64]) -> Vec<append_req::ProposedMessage> {
    numbers.iter().map(|n| event(*n)).collect()
}

impl World {
    pub async fn new() -> Self {
        Self::of(Arc::new(TempDir::new().unwrap())).await
    }

    async fn of(directory: Arc<TempDir>) -> Self {
        let store = Arc::new(SqliteStore::open(directory.path(), real_world()).unwrap());
        let users = Users::open(directory.path()).unwrap();
        let name = format!("test{}", users.list().len());
        let password = users.add(&name, Role::Server).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = WireServer::new(store.clone(), users, None);
        tokio::spawn(server.serve(listener, address, stop.clone()));
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let token = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        Self {
            store,
            connection_string: format!("esdb://{name}:{password}@{address}?tls=false"),
            channel: endpoint.connect().await.unwrap(),
            authorization: format!("Basic {token}").parse().unwrap(),
            directory,
            stop: stop.drop_guard(),
        }
    }

    /// The same store after its server was stopped and started again.
    pub async fn again(self) -> Self {
        let directory = self.directory.clone();
        drop(self.stop);
        drop(self.channel);
        let store = Arc::downgrade(&self.store);
        drop(self.store);
        tokio::time::timeout(PATIENCE, async {
            while store.strong_count() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
        .unwrap();
        Self::of(directory).await
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.authorization.clone());
        request.set_timeout(PATIENCE);
        request
    }

    fn path(method: &str) -> PathAndQuery {
        PathAndQuery::try_from(format!("/event_store.client.streams.Streams/{method}")).unwrap()
    }

    async fn grpc(&self) -> Grpc<Channel> {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(64 << 20);
        grpc.ready().await.unwrap();
        grpc
    }

    pub async fn append(&self, stream: &str, expect: Expect, numbers: &[u64]) -> Answer {
        self.append_these(stream, expect, events(numbers)).await
    }

    pub async fn append_these(
        &self,
        stream: &str,
        expect: Expect,
        events: Vec<append_req::ProposedMessage>,
    ) -> Answer {
        use append_req::options::ExpectedStreamRevision as Expected;
        use streams::append_resp::success::{CurrentRevisionOption, PositionOption};
        use streams::append_resp::wrong_expected_version::CurrentRevisionOption as Current;
        let expected = match expect {
            Expect::Any => Some(Expected::Any(Empty {})),
            Expect::NoStream => Some(Expected::NoStream(Empty {})),
            Expect::Exists => Some(Expected::StreamExists(Empty {})),
            Expect::At(revision) => Some(Expected::Revision(revision)),
            Expect::Unsaid => None,
        };
        let options = append_req::Content::Options(append_req::Options {
            stream_identifier: Some(identifier(stream)),
            expected_stream_revision: expected,
        });
        let messages = std::iter::once(options)
            .chain(events.into_iter().map(append_req::Content::ProposedMessage))
            .map(|content| streams::AppendReq {
                content: Some(content),
            });
        let messages: Vec<_> = messages.collect();
        let request = self.request(futures_util::stream::iter(messages));
        let codec = ProstCodec::<streams::AppendReq, streams::AppendResp>::default();
        let answer = (self.grpc().await)
            .client_streaming(request, Self::path("Append"), codec)
            .await;
        match answer.map(|answer| answer.into_inner().result) {
            Ok(Some(streams::append_resp::Result::Success(success))) => {
                let revision = match success.current_revision_option {
                    Some(CurrentRevisionOption::CurrentRevision(revision)) => Some(revision),
                    _ => None,
                };
                match (success.position_option, revision) {
                    (Some(PositionOption::Position(_)), revision) => Answer::Done(revision),
                    (_, Some(revision)) => Answer::Hidden(revision),
                    _ => panic!("neither a position nor a revision"),
                }
            }
            Ok(Some(streams::append_resp::Result::WrongExpectedVersion(wrong))) => {
                Answer::Conflict(match wrong.current_revision_option {
                    Some(Current::CurrentRevision(revision)) => Some(revision),
                    _ => None,
                })
            }
            Ok(None) => panic!("an answer without a result"),
            Err(status) => refused(&status),
        }
    }

    pub async fn set_metadata(&self, stream: &str, expect: Expect, n: u64, json: &str) -> Answer {
        let event = proposed(id(n), "$metadata", "application/json", json);
        self.append_these(&format!("$${stream}"), expect, vec![event])
            .await
    }

    pub async fn delete(&self, stream: &str, expect: Expect) -> Result<(), Status> {
        use streams::delete_req::{Options, options::ExpectedStreamRevision as Expected};
        let expected = match expect {
            Expect::Any => Some(Expected::Any(Empty {})),
            Expect::NoStream => Some(Expected::NoStream(Empty {})),
            Expect::Exists => Some(Expected::StreamExists(Empty {})),
            Expect::At(revision) => Some(Expected::Revision(revision)),
            Expect::Unsaid => None,
        };
        let options = Some(Options {
            stream_identifier: Some(identifier(stream)),
            expected_stream_revision: expected,
        });
        let request = self.request(streams::DeleteReq { options });
        let codec = ProstCodec::<streams::DeleteReq, streams::DeleteResp>::default();
        (self.grpc().await)
            .unary(request, Self::path("Delete"), codec)
            .await
            .map(|_| ())
    }

    pub async fn tombstone(&self, stream: &str, expect: Expect) -> Result<(), Status> {
        use streams::tombstone_req::{Options, options::ExpectedStreamRevision as Expected};
        let expected = match expect {
            Expect::Any => Some(Expected::Any(Empty {})),
            Expect::NoStream => Some(Expected::NoStream(Empty {})),
            Expect::Exists => Some(Expected::StreamExists(Empty {})),
            Expect::At(revision) => Some(Expected::Revision(revision)),
            Expect::Unsaid => None,
        };
        let options = Some(Options {
            stream_identifier: Some(identifier(stream)),
            expected_stream_revision: expected,
        });
        let request = self.request(streams::TombstoneReq { options });
        let codec = ProstCodec::<streams::TombstoneReq, streams::TombstoneResp>::default();
        (self.grpc().await)
            .unary(request, Self::path("Tombstone"), codec)
            .await
            .map(|_| ())
    }

    /// Sends messages of a batch in one call, and answers with what came until it ended or as many answers are there.
    pub async fn batch(
        &self,
        messages: Vec<streams::BatchAppendReq>,
        most: usize,
    ) -> (Vec<streams::BatchAppendResp>, Option<Status>) {
        let open = futures_util::stream::iter(messages).chain(futures_util::stream::pending());
        let codec = ProstCodec::<streams::BatchAppendReq, streams::BatchAppendResp>::default();
        let call = (self.grpc().await)
            .streaming(self.request(open), Self::path("BatchAppend"), codec)
            .await;
        let mut answers = vec![];
        let mut call = match call.map(Response::into_inner) {
            Ok(call) => call,
            Err(status) => return (answers, Some(status)),
        };
        while answers.len() < most {
            let answer = tokio::time::timeout(PATIENCE, call.message()).await;
            match answer.expect("an answer in time") {
                Ok(Some(answer)) => answers.push(answer),
                Ok(None) => break,
                Err(status) => return (answers, Some(status)),
            }
        }
        (answers, None)
    }

    /// Everything of a stream, or why it cannot be read; nothing if there is no such stream.
    pub async fn read(&self, stream: &str) -> Result<Option<Vec<Seen>>, Status> {
        self.read_by(stream_options(stream, false)).await
    }

    pub async fn read_links(&self, stream: &str) -> Vec<Seen> {
        let read = self.read_by(stream_options(stream, true)).await;
        read.unwrap().unwrap()
    }

    /// Everything that was ever written, in order.
    pub async fn read_all(&self) -> Vec<Seen> {
        use read_req::options::{AllOptions, StreamOption, all_options::AllOption};
        let all = AllOptions {
            all_option: Some(AllOption::Start(Empty {})),
        };
        let options = read_req::Options {
            stream_option: Some(StreamOption::All(all)),
            ..stream_options("", false)
        };
        self.read_by(options).await.unwrap().unwrap()
    }

    pub async fn read_by(&self, options: read_req::Options) -> Result<Option<Vec<Seen>>, Status> {
        let request = self.request(streams::ReadReq {
            options: Some(options),
        });
        let codec = ProstCodec::<streams::ReadReq, streams::ReadResp>::default();
        let call = (self.grpc().await)
            .server_streaming(request, Self::path("Read"), codec)
            .await?;
        let mut call = call.into_inner();
        let mut found = vec![];
        while let Some(answer) = call.message().await.expect("the call itself is refused") {
            match answer.content {
                Some(read_resp::Content::Event(event)) => found.push(seen(&event)),
                Some(read_resp::Content::StreamNotFound(_)) => return Ok(None),
                Some(read_resp::Content::FirstStreamPosition(at)) => found.push(told("first", at)),
                Some(read_resp::Content::LastStreamPosition(at)) => found.push(told("last", at)),
                other => panic!("{other:?}"),
            }
        }
        Ok(Some(found))
    }

    /// The data of the events that a read of a stream finds; nothing if there is no such stream.
    pub async fn data(&self, stream: &str) -> Option<Vec<String>> {
        let read = self.read(stream).await.unwrap()?;
        Some(read.into_iter().map(|event| event.data).collect())
    }

    /// The numbers of the events that a read of a stream finds.
    pub async fn numbers(&self, stream: &str) -> Option<Vec<u64>> {
        let read = self.read(stream).await.unwrap()?;
        Some(read.iter().map(|event| event.id.as_u64_pair().1).collect())
    }
}

/// A read of everything in a stream.
pub fn stream_options(stream: &str, links: bool) -> read_req::Options {
    use read_req::options::{
        CountOption, FilterOption, StreamOption, StreamOptions, UuidOption, stream_options,
        uuid_option,
    };
    read_req::Options {
        read_direction: 0,
        resolve_links: links,
        stream_option: Some(StreamOption::Stream(StreamOptions {
            stream_identifier: Some(identifier(stream)),
            revision_option: Some(stream_options::RevisionOption::Start(Empty {})),
        })),
        count_option: Some(CountOption::Count(10_000)),
        filter_option: Some(FilterOption::NoFilter(Empty {})),
        uuid_option: Some(UuidOption {
            content: Some(uuid_option::Content::String(Empty {})),
        }),
        control_option: None,
    }
}

fn seen(event: &read_resp::ReadEvent) -> Seen {
    let place = |event: &read_resp::read_event::RecordedEvent| {
        let name = event.stream_identifier.as_ref().unwrap();
        let name = std::str::from_utf8(&name.stream_name).unwrap();
        format!("{name}@{}", event.stream_revision)
    };
    let via = event.link.as_ref().map(place);
    match &event.event {
        Some(event) => Seen {
            place: place(event),
            id: match event.id.as_ref().unwrap().value.as_ref().unwrap() {
                Value::String(text) => text.parse().unwrap(),
                Value::Structured(_) => panic!("ids were asked for as text"),
            },
            data: String::from_utf8_lossy(&event.data).into_owned(),
            via,
        },
        None => Seen {
            place: "nowhere".into(),
            id: Uuid::nil(),
            data: String::new(),
            via,
        },
    }
}

/// What is told of a stream's ends.
pub fn told(end: &str, revision: u64) -> Seen {
    Seen {
        place: format!("{end} {revision}"),
        id: Uuid::nil(),
        data: String::new(),
        via: None,
    }
}

/// One message of a batch.
pub fn part(
    correlation: u64,
    options: Option<batch_append_req::Options>,
    events: Vec<append_req::ProposedMessage>,
) -> streams::BatchAppendReq {
    streams::BatchAppendReq {
        correlation_id: Some(wire_id(id(correlation))),
        options,
        proposed_messages: events
            .into_iter()
            .map(|event| batch_append_req::ProposedMessage {
                id: event.id,
                metadata: event.metadata,
                custom_metadata: event.custom_metadata,
                data: event.data,
            })
            .collect(),
        is_final: true,
    }
}

/// What a batch's append asks for: any revision of a stream.
pub fn to(stream: &str) -> batch_append_req::Options {
    batch_append_req::Options {
        stream_identifier: Some(identifier(stream)),
        expected_stream_position: Some(batch_append_req::options::ExpectedStreamPosition::Any(())),
        deadline_option: None,
    }
}

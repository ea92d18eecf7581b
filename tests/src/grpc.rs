//! A caller of gRPC that does what no library would: messages that never end, calls that nobody answers. Protobuf by hand.

use crate::PATIENCE;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub const READ: &str = "/event_store.client.streams.Streams/Read";
pub const APPEND: &str = "/event_store.client.streams.Streams/Append";
pub const BATCH_APPEND: &str = "/event_store.client.streams.Streams/BatchAppend";
pub const GOSSIP: &str = "/event_store.client.gossip.Gossip/Read";

/// The status of who is not known.
pub const UNAUTHENTICATED: u32 = 16;
/// The status of who has as much as may be.
pub const RESOURCE_EXHAUSTED: u32 = 8;
/// The status of who may not.
pub const PERMISSION_DENIED: u32 = 7;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// One connection, and what is shown on it.
pub struct Grpc {
    sender: SendRequest<Body>,
    authorization: Option<String>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Grpc {
    /// Connects, with a name and a password or without.
    pub async fn connect(address: &str, login: Option<(&str, &str)>) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("HTTP/2");
        Self {
            sender,
            authorization: login
                .map(|(name, password)| STANDARD.encode(format!("{name}:{password}")))
                .map(|login| format!("Basic {login}")),
            connection: tokio::spawn(connection),
        }
    }

    /// Begins a call; nothing of its message is sent yet.
    pub async fn call(&self, path: &str) -> Call {
        let (requests, waiting) = mpsc::channel::<Bytes>(1);
        let body = stream::unfold(waiting, |mut waiting| async {
            let bytes = waiting.recv().await?;
            Some((Ok::<_, Infallible>(Frame::data(bytes)), waiting))
        });
        let mut request = Request::post(format!("http://store{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let request = request
            .body(StreamBody::new(body).boxed_unsync())
            .expect("a request");
        let mut sender = self.sender.clone();
        sender.ready().await.expect("the connection is there");
        Call {
            requests: Some(requests),
            answer: Answer::Coming(tokio::spawn(sender.send_request(request))),
            buffer: BytesMut::new(),
        }
    }

    /// Waits until the other side ends the connection.
    pub async fn ended(self) {
        // How it ends is its own affair.
        let _ = tokio::time::timeout(PATIENCE, self.connection)
            .await
            .expect("it ends in time");
    }
}

enum Answer {
    Coming(JoinHandle<hyper::Result<Response<Incoming>>>),
    Here(Incoming),
    Over,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    Message(Bytes),
    /// The call's end.
    Status(u32),
    /// The connection or the call ended without a status.
    Broken,
}

/// A call that goes on.
pub struct Call {
    /// Nothing once the request is whole.
    requests: Option<mpsc::Sender<Bytes>>,
    answer: Answer,
    buffer: BytesMut,
}

impl Call {
    /// Sends bytes of the request; false if nobody takes them any more.
    pub async fn send(&self, bytes: Bytes) -> bool {
        match &self.requests {
            Some(requests) => requests.send(bytes).await.is_ok(),
            None => false,
        }
    }

    /// Sends the one message that the request has.
    pub async fn ask(&mut self, message: Bytes) {
        self.send(message).await;
        self.requests = None;
    }

    /// What comes next; whoever waits longer than patience fails.
    pub async fn next(&mut self) -> Said {
        tokio::time::timeout(PATIENCE, self.next_unhurried())
            .await
            .expect("an answer in time")
    }

    /// The status with which the call ends.
    pub async fn status(&mut self) -> Said {
        loop {
            match self.next().await {
                Said::Message(_) => {}
                end => return end,
            }
        }
    }

    async fn next_unhurried(&mut self) -> Said {
        loop {
            if let Some(message) = self.whole_message() {
                return Said::Message(message);
            }
            match &mut self.answer {
                Answer::Coming(answer) => {
                    let Ok(Ok(response)) = answer.await else {
                        self.answer = Answer::Over;
                        return Said::Broken;
                    };
                    if let Some(status) = status_in(response.headers()) {
                        self.answer = Answer::Over;
                        return Said::Status(status);
                    }
                    self.answer = Answer::Here(response.into_body());
                }
                Answer::Here(body) => match body.frame().await {
                    Some(Ok(frame)) => {
                        if let Some(data) = frame.data_ref() {
                            self.buffer.extend_from_slice(data);
                        } else if let Some(status) = frame.trailers_ref().and_then(status_in) {
                            self.answer = Answer::Over;
                            return Said::Status(status);
                        }
                    }
                    _ => self.answer = Answer::Over,
                },
                Answer::Over => return Said::Broken,
            }
        }
    }

    fn whole_message(&mut self) -> Option<Bytes> {
        let length = self.buffer.get(1..5)?.try_into().ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        if self.buffer.len() < 5 + length {
            return None;
        }
        self.buffer.advance(5);
        Some(self.buffer.split_to(length).freeze())
    }
}

fn status_in(headers: &hyper::HeaderMap) -> Option<u32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}

/// A message as it goes over the wire.
pub fn frame(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).expect("a small message");
    let mut frame = vec![0];
    frame.extend(length.to_be_bytes());
    frame.extend(message);
    frame.into()
}

/// The beginning of a message that says that so much will come.
pub fn promise(bytes: u32) -> Bytes {
    let mut frame = vec![0];
    frame.extend(bytes.to_be_bytes());
    frame.into()
}

fn varint(mut number: u64, to: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            to.push(low);
            return;
        }
        to.push(low | 0x80);
    }
}

fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![];
    varint(number << 3 | 2, &mut bytes);
    varint(content.len() as u64, &mut bytes);
    bytes.extend(content);
    bytes
}

/// An append of one event, whatever the stream's revision, as a part of a `BatchAppend`.
pub fn append(stream: &str, event_type: &str, metadata: &[u8], data: &[u8]) -> Bytes {
    let id = || field(2, Uuid::new_v4().to_string().as_bytes());
    let pair = |key: &str, value: &str| {
        field(
            2,
            &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat(),
        )
    };
    let options = [field(1, &field(3, stream.as_bytes())), field(4, &[])].concat();
    let event = [
        field(1, &id()),
        pair("type", event_type),
        pair("content-type", "application/json"),
        field(3, metadata),
        field(4, data),
    ]
    .concat();
    let request = [
        field(1, &id()),
        field(2, &options),
        field(3, &event),
        vec![4 << 3, 1],
    ]
    .concat();
    frame(&request)
}

/// How an `Append` begins: to which stream, whatever its revision.
pub fn append_options(stream: &str) -> Bytes {
    let options = [field(1, &field(3, stream.as_bytes())), field(4, &[])].concat();
    frame(&field(1, &options))
}

/// A subscription to everything, from the start on.
pub fn subscribe_to_all() -> Bytes {
    let options = [
        field(2, &field(2, &[])),
        field(6, &[]),
        field(8, &[]),
        field(9, &field(2, &[])),
    ]
    .concat();
    frame(&field(1, &options))
}

/// Whether a `BatchAppend`'s answer says that the append was taken.
pub fn was_taken(answer: &[u8]) -> bool {
    let mut rest = answer;
    while let [tag, tail @ ..] = rest {
        if tag >> 3 == 3 {
            return true;
        }
        // All of it is of a length that is told, and short.
        let Some((length, tail)) = tail.split_first() else {
            return false;
        };
        let Some(next) = tail.get(usize::from(*length)..) else {
            return false;
        };
        rest = next;
    }
    false
}

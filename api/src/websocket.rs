//! Subscriptions over WebSocket: `graphql-transport-ws`, as its protocol document has it.
//!
//! Our own loop, because the ready-made one breaks the protocol in several places (close codes, duplicate ids, no
//! time limit for `connection_init`, validation errors sent as data).

use crate::Shared;
use crate::auth::{Authenticated, Shown};
use crate::bound::places::{Holder, Share};
use crate::execution::{Allowed, Asked};
use async_graphql::Response;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response as HttpResponse};
use futures_util::stream::BoxStream;
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, interval, interval_at, timeout};
use upkeep_listener::{Peer, Proof};

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// How long a client has for `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
/// Operations that one socket may have open at once.
const MAX_OPERATIONS: usize = 100;
/// Largest message from a client, in bytes.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Largest message before `connection_ack`, in bytes: it holds a token.
const MAX_INIT_BYTES: usize = 8 * 1024;
/// How often the server pings.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How often it looks whether the token has expired. That it was revoked shows at once.
const EXPIRY_EVERY: Duration = Duration::from_secs(1);
/// A client that takes nothing for so long is closed; it resumes from its last position.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);

/// A close code and its reason, of at most 123 bytes.
type Close = (u16, String);

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Value>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Operation,
    },
    Complete {
        id: String,
    },
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// Has shown no token yet.
    Anonymous,
    Admitted,
}

/// The message. From who has shown no token it is small, and what comes with a ping is not kept.
fn parse(text: &str, speaker: Speaker) -> Result<ClientMessage, Close> {
    let is_anonymous = speaker == Speaker::Anonymous;
    if is_anonymous && text.len() > MAX_INIT_BYTES {
        let reason = format!("before connection_ack a message has at most {MAX_INIT_BYTES} bytes");
        return Err((4400, reason));
    }
    match serde_json::from_str(text) {
        Ok(ClientMessage::Ping { .. }) if is_anonymous => Ok(ClientMessage::Ping { payload: None }),
        Ok(message) => Ok(message),
        Err(_) => Err((
            4400,
            "the message is not of graphql-transport-ws".to_owned(),
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    query: String,
    #[serde(default)]
    #[serde(rename = "operationName")]
    name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
    #[serde(default)]
    #[allow(dead_code, reason = "allowed by the protocol, of no use here")]
    extensions: Option<Map<String, Value>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Ping,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: Value,
    },
    Error {
        id: &'a str,
        payload: Value,
    },
    Complete {
        id: &'a str,
    },
}

pub fn upgrade(shared: Arc<Shared>, upgrade: WebSocketUpgrade, peer: Option<Peer>) -> HttpResponse {
    let tasks = shared.tasks.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| tasks.track_future(serve(shared, socket, peer)))
        .into_response()
}

/// Who has to make room is left without a word: it may be one that reads nothing.
async fn serve(shared: Arc<Shared>, socket: WebSocket, peer: Option<Peer>) {
    tokio::select! {
        () = has_to_go(peer.as_ref()) => tracing::debug!("a socket that showed no token made room"),
        () = converse(shared, socket, peer.clone()) => {}
    }
}

async fn converse(shared: Arc<Shared>, socket: WebSocket, peer: Option<Peer>) {
    if socket
        .protocol()
        .and_then(|protocol| protocol.to_str().ok())
        != Some(SUBPROTOCOL)
    {
        close(
            socket,
            (
                4406,
                format!("Subprotocol not acceptable: offer {SUBPROTOCOL}"),
            ),
        )
        .await;
        return;
    }
    let mut session = Session {
        shared: shared.clone(),
        socket,
        peer,
        admitted: None,
        operations: Operations::default(),
    };
    let reason = session.talk().await;
    let Session { socket, .. } = session;
    match reason {
        Err(reason) => close(socket, reason).await,
        Ok(()) => answer_close(socket).await,
    }
}

/// A client that closes is owed the same in return.
async fn answer_close(mut socket: WebSocket) {
    // Who is gone does not wait for it.
    let _ = timeout(WRITE_PATIENCE, SinkExt::close(&mut socket)).await;
}

async fn close(mut socket: WebSocket, (code, reason): Close) {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let frame = CloseFrame {
        code,
        reason: reason[..end].to_owned().into(),
    };
    // Who is gone needs no reason.
    let _ = timeout(WRITE_PATIENCE, socket.send(Message::Close(Some(frame)))).await;
}

struct Session {
    shared: Arc<Shared>,
    socket: WebSocket,
    /// The connection below, if it is one that may have to make room.
    peer: Option<Peer>,
    /// Nothing before `connection_ack`.
    admitted: Option<Admitted>,
    operations: Operations,
}

/// Somebody who has shown a token.
struct Admitted {
    caller: Authenticated,
    shown: Shown,
    _share: Share,
    _proof: Option<Proof>,
}

/// What is open, in the order in which it is looked at next.
#[derive(Default)]
struct Operations(VecDeque<(String, BoxStream<'static, Response>)>);

impl Operations {
    fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|(open, _)| open == id)
    }

    fn remove(&mut self, id: &str) {
        self.0.retain(|(open, _)| open != id);
    }
}

/// The next answer of any operation; one that ended answers with nothing. Who answered is looked at last the next time, so
/// that one that always has something to say lets the others have their turn.
struct NextOf<'a>(&'a mut Operations);

impl Future for NextOf<'_> {
    type Output = (String, Option<Response>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let open = &mut self.get_mut().0.0;
        for at in 0..open.len() {
            if let Poll::Ready(answer) = open[at].1.poll_next_unpin(context) {
                let id = open[at].0.clone();
                open.rotate_left(at + 1);
                return Poll::Ready((id, answer));
            }
        }
        Poll::Pending
    }
}

/// Waits until a connection that has shown nothing has to make room for another one.
async fn has_to_go(peer: Option<&Peer>) {
    match peer {
        Some(peer) => peer.has_to_go().await,
        None => std::future::pending().await,
    }
}

impl Session {
    /// Talks until the client leaves, or there is a reason to close.
    async fn talk(&mut self) -> Result<(), Close> {
        let stop = self.shared.stop.clone();
        let init = tokio::time::sleep(INIT_TIMEOUT);
        tokio::pin!(init);
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut expiry = interval(EXPIRY_EVERY);
        let mut revocations = self.shared.services.projections.watch_tokens();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err((1012, "the server restarts: come back".into())),
                () = &mut init, if self.admitted.is_none() => {
                    return Err((4408, "Connection initialisation timeout".into()));
                }
                Ok(()) = revocations.changed() => self.check_token()?,
                _ = expiry.tick() => self.check_token()?,
                message = self.socket.recv() => match message {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return Ok(()),
                    Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                    Some(Ok(Message::Binary(_))) => {
                        return Err((4400, "messages are text, not binary".into()));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                },
                (id, answer) = NextOf(&mut self.operations), if !self.operations.0.is_empty() => {
                    self.pass_on(&id, answer).await?;
                }
                _ = ping.tick() => {
                    if self.admitted.is_some() {
                        self.say(&ServerMessage::Ping).await?;
                    }
                }
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        let speaker = match self.admitted {
            Some(_) => Speaker::Admitted,
            None => Speaker::Anonymous,
        };
        match parse(text, speaker)? {
            ClientMessage::ConnectionInit { .. } if self.admitted.is_some() => {
                Err((4429, "Too many initialisation requests".into()))
            }
            ClientMessage::ConnectionInit { payload } => self.init(payload).await,
            ClientMessage::Ping { payload } => self.say(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong {} => Ok(()),
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload),
        }
    }

    /// The token comes in `payload.Authorization` or `payload.token`.
    async fn init(&mut self, payload: Option<Value>) -> Result<(), Close> {
        let payload = payload.unwrap_or_default();
        let text = |name: &str| payload.get(name).and_then(Value::as_str);
        let header = text("Authorization").or_else(|| text("authorization"));
        let token = header
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .or_else(|| text("token"))
            .ok_or_else(|| {
                (
                    4401,
                    "a token is needed in connection_init: {\"token\": \"…\"}".to_owned(),
                )
            })?;
        let Some((caller, shown)) = self.shared.services.authenticate_shown(token) else {
            return Err((4403, "the token is not in force".into()));
        };
        let Some(share) = self.shared.sockets.take(Holder::of(caller)) else {
            return Err((1013, "too many of your sockets are open: close some".into()));
        };
        self.admitted = Some(Admitted {
            caller,
            shown,
            _share: share,
            _proof: self.peer.as_ref().map(Peer::proven),
        });
        self.say(&ServerMessage::ConnectionAck).await
    }

    /// Closes when the token expired or was revoked meanwhile.
    fn check_token(&self) -> Result<(), Close> {
        match &self.admitted {
            Some(admitted) if !self.shared.services.is_in_force(&admitted.shown) => {
                Err((4403, "the token is not in force any more".into()))
            }
            _ => Ok(()),
        }
    }

    fn subscribe(&mut self, id: String, operation: Operation) -> Result<(), Close> {
        let Some(admitted) = &self.admitted else {
            return Err((4401, "Unauthorized".into()));
        };
        if self.operations.contains(&id) {
            return Err((4409, format!("Subscriber for {id} already exists")));
        }
        if self.operations.0.len() >= MAX_OPERATIONS {
            return Err((
                4429,
                format!("at most {MAX_OPERATIONS} operations may be open on one socket"),
            ));
        }
        self.check_token()?;
        let asked = Asked {
            query: operation.query,
            operation_name: operation.name,
            variables: operation.variables.unwrap_or_default(),
            allowed: Allowed::All,
        };
        let answers = self.shared.clone().follow(asked, admitted.caller);
        self.operations.0.push_back((id, answers));
        Ok(())
    }

    async fn pass_on(&mut self, id: &str, answer: Option<Response>) -> Result<(), Close> {
        // Nothing that happened after the revocation is told.
        self.check_token()?;
        let Some(answer) = answer else {
            self.operations.remove(id);
            return self.say(&ServerMessage::Complete { id }).await;
        };
        // Errors without data and without a path: the operation was never executed.
        let was_refused = answer.data == async_graphql::Value::Null
            && !answer.errors.is_empty()
            && answer.errors.iter().all(|error| error.path.is_empty());
        if was_refused {
            self.operations.remove(id);
            let payload = json!(answer.errors);
            return self.say(&ServerMessage::Error { id, payload }).await;
        }
        let payload = json!(answer);
        self.say(&ServerMessage::Next { id, payload }).await
    }

    async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), Close> {
        let text =
            serde_json::to_string(message).map_err(|_| (1011, "Internal error".to_owned()))?;
        match timeout(WRITE_PATIENCE, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err((1001, "gone".into())),
            Err(_) => Err((
                1013,
                "you read too slowly: resume from your last position".into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn operations_that_always_have_an_answer_take_turns() {
        let endless = || stream::repeat_with(Response::default).boxed();
        let mut open = Operations::default();
        for id in ["a", "b", "c"] {
            open.0.push_back((id.to_owned(), endless()));
        }
        let mut order = String::new();
        for _ in 0..6 {
            order += &NextOf(&mut open).await.0;
        }
        assert_eq!(order, "abcabc");
    }

    #[test]
    fn who_has_shown_no_token_says_little_and_is_repeated_nothing() {
        let init = |bytes| {
            let token = "a".repeat(bytes);
            json!({"type": "connection_init", "payload": {"token": token}}).to_string()
        };
        let code = |text: &str, speaker| parse(text, speaker).err().map(|(code, _)| code);
        assert_eq!(code(&init(MAX_INIT_BYTES / 2), Speaker::Anonymous), None);
        assert_eq!(code(&init(MAX_INIT_BYTES), Speaker::Anonymous), Some(4400));
        assert_eq!(code(&init(MAX_INIT_BYTES), Speaker::Admitted), None);

        let ping = json!({"type": "ping", "payload": {"n": 1}}).to_string();
        let payload = |speaker| match parse(&ping, speaker) {
            Ok(ClientMessage::Ping { payload }) => payload,
            _ => panic!("a ping"),
        };
        assert_eq!(payload(Speaker::Anonymous), None);
        assert_eq!(payload(Speaker::Admitted), Some(json!({"n": 1})));
    }
}

//! Subscriptions over WebSocket: `graphql-transport-ws`, as its protocol document has it.
//!
//! The loop is ours: async-graphql-axum's `GraphQLWebSocket` cannot carry the conversation. It asks its operations inside
//! of itself, so that nothing in front of it or behind it could put right what it gets wrong (7.2.1; the rows are those of
//! `the_socket_keeps_graphql_transport_ws`, and `tests/tests/system/ready_made.rs` shows it each):
//!
//! - 4408, no `connection_init` in time: it waits for ever.
//! - 4401, `subscribe` before `connection_ack`: it closes with 1011, after which clients do not come back.
//! - 4400, not of the protocol: it closes with 1002, too, and takes the messages of the older protocol.
//! - 4403, a token that is not in force: it closes with 1002, and knows of no token that ends meanwhile.
//! - 4409, a duplicate id: the second operation takes the place of the first without a word.
//! - `error` for what was never executed: it sends `next` without data, and `complete`.
//! - Nothing after the client's `complete`: it sends one of its own, which ends what has the id by then.
//! - 4429, so many operations and no more: it has no bound, and takes messages as long as there are any before it answers one.
//!
//! It always asks its operations in one order, so that one that has much to say keeps the others silent, and waits for ever
//! for a client that reads nothing. Its extractor of the subprotocol, `GraphQLProtocol`, keeps to itself what it found, takes the
//! older protocol where that is offered first, whatever the handshake says, and answers 400 instead of closing with 4406.

mod credential;
mod message;
mod operations;

use crate::auth::{Authenticated, Shown};
use crate::bound::places::{Holder, Share};
use crate::upload::Problem;
use crate::{EXPIRY_EVERY, Shared, WRITE_PATIENCE, error};
use async_graphql::Response;
use async_graphql::http::WebSocketProtocols;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response as HttpResponse};
use credential::Credential;
use futures_util::SinkExt;
use message::{ClientMessage, Operation, ServerMessage, Speaker, parse};
use operations::Operations;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, interval, interval_at, timeout};
use upkeep_listener::{Peer, Proof};

/// How long a client has for `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
/// Operations that one socket may have open at once.
pub const MAX_OPERATIONS: usize = 100;
/// Largest message from a client, in bytes.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// How often the server pings.
const PING_EVERY: Duration = Duration::from_secs(20);

/// A close code and its reason, of at most 123 bytes.
type Close = (u16, String);

/// `graphql-transport-ws`.
fn subprotocol() -> &'static str {
    WebSocketProtocols::GraphQLWS.sec_websocket_protocol()
}

pub fn upgrade(
    shared: Arc<Shared>,
    upgrade: WebSocketUpgrade,
    headers: &HeaderMap,
    peer: Option<Peer>,
) -> HttpResponse {
    let tasks = shared.tasks.clone();
    let credential = match Credential::of_upgrade(&shared.services, headers) {
        Ok(credential) => credential,
        Err(why) => return Problem::of(why, &shared.services).into_response(),
    };
    upgrade
        .protocols([subprotocol()])
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| tasks.track_future(serve(shared, socket, credential, peer)))
        .into_response()
}

/// Who has to make room is left without a word: it may be one that reads nothing.
async fn serve(shared: Arc<Shared>, socket: WebSocket, credential: Credential, peer: Option<Peer>) {
    tokio::select! {
        () = has_to_go(peer.as_ref()) => tracing::debug!("a socket that showed no token made room"),
        () = converse(shared, socket, credential, peer.clone()) => {}
    }
}

async fn converse(
    shared: Arc<Shared>,
    socket: WebSocket,
    credential: Credential,
    peer: Option<Peer>,
) {
    if socket
        .protocol()
        .and_then(|protocol| protocol.to_str().ok())
        != Some(subprotocol())
    {
        let reason = format!("Subprotocol not acceptable: offer {}", subprotocol());
        close(socket, (4406, reason)).await;
        return;
    }
    let mut session = Session {
        shared: shared.clone(),
        socket,
        of_upgrade: credential,
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
    /// What the handshake showed. It counts from `connection_init` on, so that who sends none is still one who has shown nothing: it
    /// has no share yet and may have to make room.
    of_upgrade: Credential,
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
                (id, answer) = self.operations.answer() => {
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

    async fn init(&mut self, payload: Option<Value>) -> Result<(), Close> {
        let payload = payload.unwrap_or_default();
        let shown = match Credential::of_payload(&payload).or(self.of_upgrade) {
            Credential::Nothing => {
                let reason = "a token is needed in connection_init: {\"token\": \"…\"}";
                return Err((4401, reason.to_owned()));
            }
            Credential::Worthless => None,
            Credential::Showed(shown) => Some(shown),
        };
        let known = shown.and_then(|shown| Some((self.shared.services.caller_of(shown)?, shown)));
        let Some((caller, shown)) = known else {
            return Err((4403, "the token, or the session, is not in force".into()));
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
            Some(admitted) if !self.shared.services.is_in_force(&admitted.shown) => Err((
                4403,
                "the token, or the session, is not in force any more".into(),
            )),
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
        if self.operations.count() >= MAX_OPERATIONS {
            return Err((
                4429,
                format!("at most {MAX_OPERATIONS} operations may be open on one socket"),
            ));
        }
        self.check_token()?;
        let answers = self.shared.clone().follow(
            operation.asked().with(Some(admitted.shown)),
            admitted.caller,
        );
        self.operations.open(id, answers);
        Ok(())
    }

    async fn pass_on(&mut self, id: &str, answer: Option<Response>) -> Result<(), Close> {
        // Nothing that happened after the revocation is told.
        self.check_token()?;
        let Some(answer) = answer else {
            self.operations.remove(id);
            return self.say(&ServerMessage::Complete { id }).await;
        };
        if error::was_refused(&answer) {
            self.operations.remove(id);
            let payload = json!(answer.errors);
            return self.say(&ServerMessage::Error { id, payload }).await;
        }
        self.say(&ServerMessage::Next {
            id,
            payload: &answer,
        })
        .await
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

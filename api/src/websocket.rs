//! Subscriptions over WebSocket: `graphql-transport-ws`, as its protocol document has it.
//!
//! Our own loop, because the ready-made one breaks the protocol in several places (close codes, duplicate ids, no
//! time limit for `connection_init`, validation errors sent as data).

use crate::Shared;
use crate::auth::Authenticated;
use crate::request::Request as RequestState;
use async_graphql::{Request, Response, Variables};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response as HttpResponse};
use futures_util::stream::BoxStream;
use futures_util::{SinkExt, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, interval_at, timeout};

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// How long a client has for `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
/// Operations that one socket may have open at once.
const MAX_OPERATIONS: usize = 100;
/// Largest message from a client, in bytes.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// How often the server pings, and looks whether the token is still worth something.
const PING_EVERY: Duration = Duration::from_secs(20);
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

pub fn upgrade(shared: Arc<Shared>, upgrade: WebSocketUpgrade) -> HttpResponse {
    let tasks = shared.tasks.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| tasks.track_future(serve(shared, socket)))
        .into_response()
}

async fn serve(shared: Arc<Shared>, socket: WebSocket) {
    let Ok(_permit) = shared.sockets.try_acquire() else {
        close(
            socket,
            (1013, "too many sockets are open: come back later".into()),
        )
        .await;
        return;
    };
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
        caller: None,
        token: None,
        operations: HashMap::new(),
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
    /// Nothing before `connection_ack`.
    caller: Option<Authenticated>,
    token: Option<String>,
    operations: HashMap<String, BoxStream<'static, Response>>,
}

/// The next answer of any operation; one that ended answers with nothing.
struct NextOf<'a>(&'a mut HashMap<String, BoxStream<'static, Response>>);

impl Future for NextOf<'_> {
    type Output = (String, Option<Response>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        for (id, stream) in self.0.iter_mut() {
            if let Poll::Ready(answer) = stream.poll_next_unpin(context) {
                return Poll::Ready((id.clone(), answer));
            }
        }
        Poll::Pending
    }
}

impl Session {
    /// Talks until the client leaves, or there is a reason to close.
    async fn talk(&mut self) -> Result<(), Close> {
        let stop = self.shared.stop.clone();
        let init = tokio::time::sleep(INIT_TIMEOUT);
        tokio::pin!(init);
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err((1012, "the server restarts: come back".into())),
                () = &mut init, if self.caller.is_none() => {
                    return Err((4408, "Connection initialisation timeout".into()));
                }
                message = self.socket.recv() => match message {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return Ok(()),
                    Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                    Some(Ok(Message::Binary(_))) => {
                        return Err((4400, "messages are text, not binary".into()));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                },
                (id, answer) = NextOf(&mut self.operations), if !self.operations.is_empty() => {
                    self.pass_on(&id, answer).await?;
                }
                _ = ping.tick() => {
                    self.check_token()?;
                    if self.caller.is_some() {
                        self.say(&ServerMessage::Ping).await?;
                    }
                }
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        let message: ClientMessage = serde_json::from_str(text).map_err(|_| {
            (
                4400,
                "the message is not of graphql-transport-ws".to_owned(),
            )
        })?;
        match message {
            ClientMessage::ConnectionInit { .. } if self.caller.is_some() => {
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
        self.caller = self.shared.services.authenticate_token(token);
        if self.caller.is_none() {
            return Err((4403, "the token is not in force".into()));
        }
        self.token = Some(token.to_owned());
        self.say(&ServerMessage::ConnectionAck).await
    }

    /// Closes when the token expired or was revoked meanwhile.
    fn check_token(&self) -> Result<(), Close> {
        let valid = |token: &String| self.shared.services.authenticate_token(token).is_some();
        match &self.token {
            Some(token) if !valid(token) => {
                Err((4403, "the token is not in force any more".into()))
            }
            _ => Ok(()),
        }
    }

    fn subscribe(&mut self, id: String, operation: Operation) -> Result<(), Close> {
        let Some(caller) = self.caller else {
            return Err((4401, "Unauthorized".into()));
        };
        if self.operations.contains_key(&id) {
            return Err((4409, format!("Subscriber for {id} already exists")));
        }
        if self.operations.len() >= MAX_OPERATIONS {
            return Err((
                4429,
                format!("at most {MAX_OPERATIONS} operations may be open on one socket"),
            ));
        }
        self.check_token()?;
        let mut request = Request::new(operation.query).variables(Variables::from_json(
            Value::Object(operation.variables.unwrap_or_default()),
        ));
        if let Some(name) = operation.name {
            request = request.operation_name(name);
        }
        self.operations.insert(id, self.answers(request, caller));
        Ok(())
    }

    /// Each answer says at which position it is true, like one over HTTP.
    fn answers(&self, request: Request, caller: Authenticated) -> BoxStream<'static, Response> {
        let view = self.shared.services.projections.live();
        let state = Arc::new(RequestState::new(caller, view));
        let stream = self
            .shared
            .schema
            .execute_stream(request.data(state.clone()));
        Stamped {
            stream: stream.boxed(),
            state,
        }
        .boxed()
    }

    async fn pass_on(&mut self, id: &str, answer: Option<Response>) -> Result<(), Close> {
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

struct Stamped {
    stream: BoxStream<'static, Response>,
    state: Arc<RequestState>,
}

impl Stream for Stamped {
    type Item = Response;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Response>> {
        let answer = self.stream.poll_next_unpin(context);
        answer.map(|answer| answer.map(|answer| self.state.stamp(answer)))
    }
}

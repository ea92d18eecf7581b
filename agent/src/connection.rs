//! Talking to the server: connect, prove, say what waits, do what is asked; and again when it breaks.

use crate::clock::{ServerClock, until, uptime};
use crate::platform::Computer;
use crate::proxy;
use crate::runner::Runner;
use crate::state::{Identity, State, StateError};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async_tls_with_config, connect_async_with_config,
};
use tokio_util::sync::CancellationToken;
use upkeep_agent_protocol::proof::{self, Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CONNECT_PATH, HANDSHAKE_TIMEOUT, MAX_FRAME_BYTES, RunOrder,
    SUBPROTOCOL, ServerFrame, ServerMessage,
};

/// The first wait after a broken connection; it doubles up to the limit that the operator set.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How long connecting and each write may take.
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Keeps the connection to the server.
pub struct Connector {
    pub state: Arc<State>,
    pub computer: Arc<Computer>,
    pub identity: Identity,
    pub runner: Runner,
    pub reconnect_max: Duration,
    /// After how long a server that is not heard counts as gone.
    pub silence_limit: Duration,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the server did not prove who it is: it is not the one that this agent enrolled with")]
    WrongServer,
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("the server says: {why}")]
    Goodbye { why: String, after: Duration },
    #[error("the server said something that is not of the protocol: {0}")]
    Protocol(&'static str),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("stopped")]
    Stopped,
}

impl Connector {
    /// Connects, again and again, until it is stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut failures = 0u32;
        loop {
            let began = Instant::now();
            let ended = self.converse(&stop).await;
            self.runner.link_ended().await;
            let wait = match ended {
                Ended::Stopped => return,
                Ended::Goodbye { after, .. } => after.min(self.reconnect_max),
                _ => {
                    // A connection that held counts as a success.
                    failures = if began.elapsed() > self.silence_limit {
                        0
                    } else {
                        failures + 1
                    };
                    self.wait_after(failures)
                }
            };
            tracing::warn!(why = %ended, again_in_ms = wait.as_millis(), "not connected");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Full jitter, from a hash of the agent's id the first time: not everybody at once after an outage.
    fn wait_after(&self, failures: u32) -> Duration {
        let ceiling = FIRST_WAIT
            .saturating_mul(1 << failures.saturating_sub(1).min(16))
            .min(self.reconnect_max);
        let mut random = [0; 8];
        if failures <= 1 || getrandom::fill(&mut random).is_err() {
            random.copy_from_slice(&self.identity.agent_id.as_bytes()[8..]);
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a wait needs no 64 bits of precision"
        )]
        let share = u64::from_le_bytes(random) as f64 / u64::MAX as f64;
        ceiling.mul_f64(share)
    }

    async fn converse(&self, stop: &CancellationToken) -> Ended {
        let opened = tokio::select! {
            () = stop.cancelled() => return Ended::Stopped,
            opened = timeout(PATIENCE + HANDSHAKE_TIMEOUT, self.open()) => opened,
        };
        let mut conversation = match opened {
            Ok(Ok(conversation)) => conversation,
            Ok(Err(ended)) => return ended,
            Err(_) => return Ended::Unreachable("it took too long".into()),
        };
        tracing::info!(agent = %self.identity.agent_id, server = %self.identity.server, "connected");
        let ended = tokio::select! {
            () = stop.cancelled() => Ended::Stopped,
            ended = conversation.talk() => match ended {
                Ok(()) => Ended::Broken("it was closed".into()),
                Err(ended) => ended,
            },
        };
        if matches!(ended, Ended::Stopped) {
            // The server notices anyway.
            let _ = timeout(Duration::from_secs(1), conversation.socket.close(None)).await;
        }
        ended
    }

    /// Connects and proves; only a server that proves itself too is talked to.
    async fn open(&self) -> Result<Conversation<'_>, Ended> {
        let unreachable = |error: &dyn std::fmt::Display| Ended::Unreachable(error.to_string());
        let address = format!(
            "{}{CONNECT_PATH}",
            self.identity.server.replacen("http", "ws", 1)
        );
        let mut request = address
            .into_client_request()
            .map_err(|error| unreachable(&error))?;
        request.headers_mut().insert(
            "sec-websocket-protocol",
            HeaderValue::from_static(SUBPROTOCOL),
        );
        let host = request
            .headers()
            .get("host")
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        let tunnel = proxy::tunnel(&self.identity.server)
            .await
            .map_err(Ended::Unreachable)?;
        let opened = match tunnel {
            Some(stream) => client_async_tls_with_config(request, stream, Some(config), None).await,
            None => connect_async_with_config(request, Some(config), true).await,
        };
        let (socket, _) = opened.map_err(|error| unreachable(&error))?;
        let mut conversation = Conversation {
            connector: self,
            socket,
            heard: 0,
            said: 0,
            credit: 0,
            last_heard: uptime(),
            server_key: [0; 32],
        };
        conversation.shake_hands(&host).await?;
        Ok(conversation)
    }
}

struct Conversation<'a> {
    connector: &'a Connector,
    socket: Socket,
    /// The server's last number.
    heard: u64,
    /// The last number of the outbox that was sent in this conversation.
    said: u64,
    /// Output that may be sent, in bytes.
    credit: u64,
    /// When the server was heard last, in uptime.
    last_heard: Duration,
    /// The pinned key that the server proved.
    server_key: [u8; 32],
}

impl Conversation<'_> {
    async fn shake_hands(&mut self, host: &str) -> Result<(), Ended> {
        let ServerFrame::Hello {
            nonce,
            server_time,
            key_id,
            ..
        } = self.hear().await?
        else {
            return Err(Ended::Protocol("hello was expected"));
        };
        let identity = &self.connector.identity;
        self.server_key = identity
            .server_keys
            .iter()
            .find(|key| key.key_id == key_id)
            .and_then(|key| proof::parse_key(&key.public_key))
            .ok_or(Ended::WrongServer)?;
        let mut clock = ServerClock::default();
        clock.heard(server_time, uptime());
        let mut agent_nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut agent_nonce).map_err(StateError::Random)?;
        let agent_nonce = hex::encode(agent_nonce);
        let handshake = Handshake {
            server_nonce: &nonce,
            agent_nonce: &agent_nonce,
            agent_id: identity.agent_id,
            host,
        };
        let sig = handshake.sign_as_agent(&SigningKey::from_bytes(&identity.key));
        let auth = AgentFrame::Auth {
            agent_id: identity.agent_id,
            nonce: agent_nonce.clone(),
            host: host.to_owned(),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            sig,
        };
        self.say(0, auth).await?;
        let ServerFrame::Welcome {
            sig,
            ticket,
            credit,
        } = self.hear().await?
        else {
            return Err(Ended::Protocol("welcome was expected"));
        };
        if !handshake.verify_server(&self.server_key, &sig) {
            return Err(Ended::WrongServer);
        }
        self.credit = credit;
        self.connector.runner.link_begins(ticket, clock);
        let first_seq = self.connector.state.first_seq().await?;
        self.said = first_seq - 1;
        self.say(0, AgentFrame::Resume { first_seq }).await?;
        let generated = self.connector.state.generated_id().await?;
        let facts = self.connector.computer.facts(&generated);
        self.say(0, AgentFrame::Inventory { facts }).await
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        let state = self.connector.state.clone();
        let patience = self.connector.silence_limit;
        self.say_what_waits().await?;
        loop {
            tokio::select! {
                // What came while something was said counts before the silence that it ended.
                biased;
                message = self.socket.next() => {
                    self.last_heard = uptime();
                    let frame = self.read(message).await?;
                    if let Some(frame) = frame {
                        self.obey(frame).await?;
                    }
                }
                // Whatever is said meanwhile: silence is what is not heard.
                () = until(self.last_heard.saturating_add(patience)) => {
                    return Err(Ended::Broken("the server is silent".into()));
                }
                () = state.news.notified() => self.say_what_waits().await?,
            }
        }
    }

    async fn obey(&mut self, frame: ServerFrame) -> Result<(), Ended> {
        match frame {
            ServerFrame::Run { order, sig } => self.take_order(&order, &sig).await,
            ServerFrame::Cancel { run_id } => Ok(self.connector.runner.cancel(run_id).await?),
            ServerFrame::Credit { bytes } => {
                self.credit = self.credit.saturating_add(bytes);
                self.say_what_waits().await
            }
            ServerFrame::Ping { server_time } => {
                if let Some(time) = server_time {
                    self.connector.runner.server_said(time);
                }
                self.say(0, AgentFrame::Pong).await
            }
            ServerFrame::Goodbye {
                reason,
                retry_after_ms,
            } => Err(Ended::Goodbye {
                why: reason,
                after: Duration::from_millis(retry_after_ms),
            }),
            ServerFrame::Ack | ServerFrame::Unknown => Ok(()),
            ServerFrame::Hello { .. } | ServerFrame::Welcome { .. } => {
                Err(Ended::Protocol("the handshake is over"))
            }
        }
    }

    /// An order counts only if the pinned server signed it, for this agent.
    async fn take_order(&mut self, text: &str, sig: &str) -> Result<(), Ended> {
        if !proof::verify_order(&self.server_key, text, sig) {
            return Err(Ended::Protocol("an order is not signed by the server"));
        }
        let order: RunOrder =
            serde_json::from_str(text).map_err(|_| Ended::Protocol("an order cannot be read"))?;
        if order.agent_id != self.connector.identity.agent_id {
            return Err(Ended::Protocol("an order is for another agent"));
        }
        Ok(self.connector.runner.accept(order).await?)
    }

    /// Says what waits in the outbox, in order, as far as the credit for output goes.
    async fn say_what_waits(&mut self) -> Result<(), Ended> {
        loop {
            let waiting = self.connector.state.waiting(self.said).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            for (seq, frame) in waiting {
                if let AgentFrame::Output { text, .. } = &frame {
                    let cost = text.len() as u64;
                    if cost > self.credit {
                        return Ok(());
                    }
                    self.credit -= cost;
                }
                self.say(seq, frame).await?;
                self.said = seq;
            }
        }
    }

    async fn say(&mut self, seq: u64, frame: AgentFrame) -> Result<(), Ended> {
        let message = AgentMessage {
            seq,
            ack: self.heard,
            frame,
        };
        let text = serde_json::to_string(&message)
            .map_err(|_| Ended::Protocol("a frame cannot be written"))?;
        match timeout(PATIENCE, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Ended::Broken(error.to_string())),
            Err(_) => Err(Ended::Broken("nothing can be written".into())),
        }
    }

    /// The next frame of the handshake.
    async fn hear(&mut self) -> Result<ServerFrame, Ended> {
        loop {
            let message = timeout(HANDSHAKE_TIMEOUT, self.socket.next())
                .await
                .map_err(|_| Ended::Broken("the server is silent".into()))?;
            if let Some(frame) = self.read(message).await? {
                return Ok(frame);
            }
        }
    }

    /// A frame, its numbers taken in; nothing for what the WebSocket itself sends.
    async fn read(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<Option<ServerFrame>, Ended> {
        let text = match message {
            None => return Err(Ended::Broken("it was closed".into())),
            Some(Err(error)) => return Err(Ended::Broken(error.to_string())),
            Some(Ok(Message::Close(frame))) => {
                let why = frame.map_or_else(String::new, |frame| {
                    format!("{} ({})", frame.reason, u16::from(frame.code))
                });
                return Err(Ended::Broken(why));
            }
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(_)) => return Ok(None),
        };
        let message: ServerMessage =
            serde_json::from_str(&text).map_err(|_| Ended::Protocol("a frame cannot be read"))?;
        if message.seq != self.heard + 1 {
            return Err(Ended::Protocol("a frame is missing"));
        }
        self.heard = message.seq;
        // Before the server's proof nothing was said, so that nobody else can say that something arrived.
        if message.ack > self.said {
            return Err(Ended::Protocol("what was not said is acknowledged"));
        }
        if message.ack > 0 {
            self.connector.state.acknowledged(message.ack).await?;
        }
        Ok(Some(message.frame))
    }
}

#[cfg(test)]
mod tests;

//! An agent of our own hand, to say what a real one never would.

use crate::client::http;
use chrono::Utc;
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use upkeep_agent_protocol::proof::Handshake;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CONNECT_PATH, ENROL_PATH, Feature, Outcome, PACKAGES_PATH, Report,
    RunOrder, SUBPROTOCOL, ServerFrame, ServerMessage,
};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

/// Who the peer is.
pub struct Peer {
    pub id: Uuid,
    /// What it tells of its computer.
    pub facts: Value,
    /// What it says that it can do: nothing that agents could not always, unless it is told otherwise.
    features: Vec<Feature>,
    key: SigningKey,
    server: String,
}

/// A connection of a peer.
pub struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The number of the last frame from the server.
    heard: u64,
    /// What opens downloads, once it is welcome.
    ticket: String,
}

/// Facts of a computer with this name.
pub fn facts(name: &str) -> Value {
    json!({
        "hostName": name,
        "hardware": { "uuid": Uuid::new_v4(), "source": "productUuid" },
        "os": { "family": "linux", "name": "Test", "version": "1" },
        "chassisType": 3,
        "agentVersion": "0.0.0",
    })
}

impl Peer {
    /// Enrols with the token; the answer's status and body if it was refused.
    pub async fn enrol(server: &str, token: &str, name: &str) -> Result<Self, (u16, Value)> {
        Self::enrol_with(server, token, &facts(name)).await
    }

    /// The same, with these facts.
    pub async fn enrol_with(
        server: &str,
        token: &str,
        facts: &Value,
    ) -> Result<Self, (u16, Value)> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("random bytes");
        let key = SigningKey::from_bytes(&seed);
        let body = json!({
            "token": token,
            "publicKey": hex::encode(key.verifying_key().to_bytes()),
            "facts": facts,
        });
        let response = http()
            .post(format!("{server}{ENROL_PATH}"))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        let status = response.status();
        let answer: Value = response.json().await.expect("JSON");
        if !status.is_success() {
            return Err((status.as_u16(), answer));
        }
        let id = answer["agentId"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("a UUID");
        Ok(Self {
            id,
            facts: facts.clone(),
            features: vec![],
            key,
            server: server.to_owned(),
        })
    }

    /// The same, which can do all this.
    #[must_use]
    pub fn with(self, features: Vec<Feature>) -> Self {
        Self { features, ..self }
    }

    /// Opens a socket and says nothing.
    pub async fn dial(&self) -> Line {
        dial(&self.server).await
    }

    /// Connects, proves, resumes, tells of its computer.
    pub async fn connect(&self) -> Line {
        let mut line = self.dial().await;
        assert!(self.prove(&mut line, &self.key).await, "the proof holds");
        line.say(0, AgentFrame::Resume { first_seq: 1 }).await;
        line.say(0, inventory(&self.facts)).await;
        line
    }

    /// Whether the server lets it in.
    pub async fn is_welcome(&self) -> bool {
        let mut line = self.dial().await;
        self.prove(&mut line, &self.key).await
    }

    pub fn key(&self) -> SigningKey {
        self.key.clone()
    }

    /// Answers `hello` with a proof by this key; whether the server welcomes it.
    pub async fn prove(&self, line: &mut Line, key: &SigningKey) -> bool {
        let Some(ServerFrame::Hello { nonce, .. }) = line.hear().await else {
            return false;
        };
        let host = self.server.trim_start_matches("http://").to_owned();
        let agent_nonce = "ab".repeat(32);
        let handshake = Handshake {
            server_nonce: &nonce,
            agent_nonce: &agent_nonce,
            agent_id: self.id,
            host: &host,
        };
        let sig = handshake.sign_as_agent(key);
        let auth = AgentFrame::Auth {
            agent_id: self.id,
            nonce: agent_nonce.clone(),
            host: host.clone(),
            agent_version: "0.0.0".into(),
            features: self.features.clone(),
            sig,
        };
        line.say(0, auth).await;
        let Some(ServerFrame::Welcome { ticket, .. }) = line.hear().await else {
            return false;
        };
        line.ticket = ticket.0;
        true
    }

    /// Asks for a package with the line's ticket; the answer's status.
    pub async fn fetch(&self, line: &Line, sha256: &str) -> u16 {
        let answer = http()
            .get(format!("{}{PACKAGES_PATH}/{sha256}", self.server))
            .bearer_auth(&line.ticket)
            .send()
            .await;
        answer.expect("an answer").status().as_u16()
    }

    /// A proof that somebody else might try.
    pub async fn prove_with_wrong_key(&self, line: &mut Line) -> bool {
        self.prove(line, &SigningKey::from_bytes(&[1; 32])).await
    }
}

/// What a computer is like.
pub fn inventory(facts: &Value) -> AgentFrame {
    let facts = serde_json::from_value(facts.clone()).expect("facts");
    AgentFrame::Inventory { facts }
}

pub async fn dial(server: &str) -> Line {
    let address = format!("{}{CONNECT_PATH}", server.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("a request");
    let protocol = SUBPROTOCOL.parse().expect("a header");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (socket, _) = connect_async(request).await.expect("a socket");
    Line {
        socket,
        heard: 0,
        ticket: String::new(),
    }
}

impl Line {
    pub async fn say(&mut self, seq: u64, frame: AgentFrame) {
        self.say_acknowledging(self.heard, seq, frame).await;
    }

    /// Says something as if only this much had been heard.
    pub async fn say_acknowledging(&mut self, ack: u64, seq: u64, frame: AgentFrame) {
        let message = AgentMessage { seq, ack, frame };
        self.say_raw(Message::text(
            serde_json::to_string(&message).expect("JSON"),
        ))
        .await;
    }

    /// Says several things that come together.
    pub async fn say_at_once(&mut self, frames: impl IntoIterator<Item = (u64, AgentFrame)>) {
        for (seq, frame) in frames {
            let ack = self.heard;
            let message = AgentMessage { seq, ack, frame };
            let text = serde_json::to_string(&message).expect("JSON");
            let _ = self.socket.feed(Message::text(text)).await;
        }
        let _ = self.socket.flush().await;
    }

    pub async fn say_raw(&mut self, message: Message) {
        // The server may have closed already; what it said is looked at elsewhere.
        let _ = self.socket.send(message).await;
    }

    /// The next frame; nothing if the line is closed.
    pub async fn hear(&mut self) -> Option<ServerFrame> {
        self.hear_message().await.map(|message| message.frame)
    }

    pub async fn hear_message(&mut self) -> Option<ServerMessage> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("in time");
            match message? {
                Ok(Message::Text(text)) => {
                    let message: ServerMessage = serde_json::from_str(&text).expect("a frame");
                    self.heard = message.seq;
                    return Some(message);
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next order to run something.
    pub async fn order(&mut self) -> RunOrder {
        loop {
            let frame = self.hear().await.expect("the line is open");
            if let ServerFrame::Run { order, .. } = frame {
                return serde_json::from_str(&order).expect("an order");
            }
        }
    }

    /// Up to where the next frame acknowledges what was said; an order that it is goes to the others.
    pub async fn hear_acknowledged(&mut self, orders: &mut Vec<RunOrder>) -> u64 {
        let message = self.hear_message().await.expect("the line is open");
        if let ServerFrame::Run { order, .. } = message.frame {
            orders.push(serde_json::from_str(&order).expect("an order"));
        }
        message.ack
    }

    /// The code with which the server closes the line.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("in time");
            match message {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

/// A run that ended well and said this.
pub fn success(stdout: &str) -> Report {
    Report {
        outcome: Outcome::Exited { code: 0 },
        stdout_tail: stdout.to_owned(),
        stderr_tail: String::new(),
        output_bytes: stdout.len() as u64,
        output_sha256: "0".repeat(64),
        truncated: false,
        duration_ms: 1,
        remark: None,
        result: None,
    }
}

/// A moment, for names that do not repeat.
pub fn stamp() -> i64 {
    Utc::now().timestamp_micros()
}

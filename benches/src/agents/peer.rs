//! An agent that enrols, proves its key, and from then on only answers pings.

use anyhow::{Context, Result, bail};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use upkeep_agent_protocol::proof::Handshake;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CONNECT_PATH, ENROL_PATH, Facts, Hardware, IdentitySource,
    MAX_CHUNK_BYTES, OsFacts, OsFamily, Outcome, Report, RunOrder, SUBPROTOCOL, ServerFrame,
    ServerMessage,
};
use uuid::Uuid;

/// Answers to pings in a quarter of an hour.
const SMALL_FRAMES: usize = 30;

/// One that is enrolled.
#[derive(Clone)]
pub struct Peer {
    id: Uuid,
    key: SigningKey,
    facts: Facts,
}

impl Peer {
    /// Enrols a new one, with hardware of its own.
    pub async fn enrol(
        client: &reqwest::Client,
        base: &str,
        secret: &str,
        number: usize,
    ) -> Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("{error}"))?;
        let key = SigningKey::from_bytes(&seed);
        let facts = facts(number);
        let body = json!({
            "token": secret,
            "publicKey": hex::encode(key.verifying_key().to_bytes()),
            "facts": facts,
        });
        let request = client.post(format!("{base}{ENROL_PATH}")).json(&body);
        let answer: Value = request.send().await?.json().await?;
        let id = answer["agentId"]
            .as_str()
            .with_context(|| answer.to_string())?
            .parse()?;
        Ok(Self { id, key, facts })
    }

    /// Connects, with both proofs, and tells what an agent has to tell first.
    pub async fn connect(&self, base: &str) -> Result<Connection> {
        let host = base.trim_start_matches("http://");
        let mut request = format!("ws://{host}{CONNECT_PATH}").into_client_request()?;
        request
            .headers_mut()
            .insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
        let (socket, _) = connect_async(request).await?;
        let mut connection = Connection {
            socket,
            said: 0,
            heard: 0,
            acknowledged: 0,
        };
        let ServerFrame::Hello { nonce, .. } = connection.hear().await? else {
            bail!("hello was expected");
        };
        let agent_nonce = "ab".repeat(32);
        let handshake = Handshake {
            server_nonce: &nonce,
            agent_nonce: &agent_nonce,
            agent_id: self.id,
            host,
        };
        let auth = AgentFrame::Auth {
            agent_id: self.id,
            nonce: agent_nonce.clone(),
            host: host.to_owned(),
            agent_version: self.facts.agent_version.clone(),
            features: vec![],
            sig: handshake.sign_as_agent(&self.key),
        };
        connection.say(auth).await?;
        let ServerFrame::Welcome { .. } = connection.hear().await? else {
            bail!("welcome was expected");
        };
        connection.say(AgentFrame::Resume { first_seq: 1 }).await?;
        let facts = self.facts.clone();
        connection.say(AgentFrame::Inventory { facts }).await?;
        Ok(connection)
    }
}

fn facts(number: usize) -> Facts {
    Facts {
        host_name: format!("pc-{number}"),
        hardware: Hardware {
            uuid: Uuid::new_v4(),
            source: IdentitySource::ProductUuid,
        },
        os: OsFacts {
            family: OsFamily::Linux,
            name: "Debian GNU/Linux".to_owned(),
            version: "12".to_owned(),
        },
        chassis_type: Some(3),
        interpreters: vec![],
        agent_version: "0.1.0".to_owned(),
    }
}

/// Of a script that printed that and nothing else.
fn report(stdout: &str) -> Report {
    Report {
        outcome: Outcome::Exited { code: 0 },
        stdout_tail: stdout.to_owned(),
        stderr_tail: String::new(),
        output_bytes: stdout.len() as u64,
        output_sha256: hex::encode(Sha256::digest(stdout)),
        truncated: false,
        duration_ms: 1,
        remark: None,
        result: None,
    }
}

/// One that is connected.
pub struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The highest number that was said.
    said: u64,
    /// The highest number that the server has sent.
    heard: u64,
    /// The highest number that the server has taken in.
    acknowledged: u64,
}

impl Connection {
    /// Answers pings until the server is gone.
    pub async fn stay(mut self) -> Result<()> {
        loop {
            if let ServerFrame::Ping { .. } = self.hear().await? {
                self.say(AgentFrame::Pong).await?;
            }
        }
    }

    /// Pretends to run whatever it is given, and never uses its computer for it.
    pub async fn work(mut self) -> Result<()> {
        let mut installed = HashSet::new();
        loop {
            self.serve(|script| {
                let (verb, item) = script.split_once(' ').unwrap_or_default();
                match verb {
                    "install" => {
                        installed.insert(item.to_owned());
                        ""
                    }
                    "detect" if installed.contains(item) => "1.0",
                    _ => "",
                }
            })
            .await?;
        }
    }

    /// Answers the next thing that it is told; `run` says what a script prints.
    async fn serve(&mut self, run: impl FnOnce(&str) -> &'static str) -> Result<()> {
        match self.hear().await? {
            ServerFrame::Ping { .. } => self.say(AgentFrame::Pong).await,
            ServerFrame::Run { order, .. } => {
                let order: RunOrder = serde_json::from_str(&order)?;
                let run_id = order.run_id;
                self.say_next(AgentFrame::RunStarted { run_id }).await?;
                let report = report(run(&order.script));
                self.say_next(AgentFrame::RunEnded { run_id, report }).await
            }
            _ => Ok(()),
        }
    }

    async fn say_next(&mut self, frame: AgentFrame) -> Result<()> {
        self.said += 1;
        self.say_numbered(self.said, frame).await
    }

    /// Says as much as fits into a piece, of a run that nobody knows: it is acknowledged and dropped. Then what an agent says in
    /// a quarter of an hour that does nothing.
    pub async fn bring_output(&mut self) -> Result<()> {
        let frame = AgentFrame::Output {
            run_id: Uuid::new_v4(),
            index: 0,
            text: "x".repeat(MAX_CHUNK_BYTES),
        };
        self.say_next(frame).await?;
        while self.acknowledged < self.said {
            self.hear().await?;
        }
        for _ in 0..SMALL_FRAMES {
            self.say(AgentFrame::Ack).await?;
        }
        Ok(())
    }

    async fn say(&mut self, frame: AgentFrame) -> Result<()> {
        self.say_numbered(0, frame).await
    }

    async fn say_numbered(&mut self, seq: u64, frame: AgentFrame) -> Result<()> {
        let message = AgentMessage {
            seq,
            ack: self.heard,
            frame,
        };
        let text = serde_json::to_string(&message)?;
        Ok(self.socket.send(Message::text(text)).await?)
    }

    async fn hear(&mut self) -> Result<ServerFrame> {
        loop {
            if let Message::Text(text) = self.socket.next().await.context("it is closed")?? {
                let message: ServerMessage = serde_json::from_str(&text)?;
                self.heard = message.seq;
                self.acknowledged = message.ack;
                return Ok(message.frame);
            }
        }
    }
}

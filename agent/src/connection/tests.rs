//! A server of our own hand, to be what a real one never is.

use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use upkeep_agent_protocol::{Interpreter, Outcome, ServerKey};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

fn hour() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

struct Server {
    listener: TcpListener,
    key: SigningKey,
}

/// The server's side of a link.
struct Line {
    socket: WebSocketStream<TcpStream>,
    said: u64,
    /// The number that each frame acknowledges.
    acknowledges: u64,
    key: SigningKey,
}

impl Server {
    async fn start() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            key: SigningKey::from_bytes(&[9; 32]),
        }
    }

    fn connector(&self, folder: &TempDir, silence_limit: Duration) -> Connector {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let public = self.key.verifying_key().to_bytes();
        let server = format!("http://{}", self.listener.local_addr().unwrap());
        let computer = Arc::new(Computer::new(folder.path().to_owned()));
        let state = Arc::new(State::open(&computer.state_directory()).unwrap());
        Connector {
            runner: Runner::new(state.clone(), computer.clone(), server.clone()).unwrap(),
            state,
            computer,
            identity: Identity {
                agent_id: Uuid::from_u128(5),
                key: [7; 32],
                server,
                server_keys: vec![ServerKey {
                    key_id: proof::key_id(&public),
                    public_key: hex::encode(public),
                }],
            },
            reconnect_max: FIRST_WAIT,
            silence_limit,
        }
    }

    /// The next link, on which nothing was said.
    async fn accept(&self) -> Line {
        let (stream, _) = self.listener.accept().await.unwrap();
        #[expect(clippy::result_large_err, reason = "the library's callback")]
        let protocol = |_: &Request, mut response: Response| {
            let name = HeaderValue::from_static(SUBPROTOCOL);
            response
                .headers_mut()
                .insert("sec-websocket-protocol", name);
            Ok(response)
        };
        Line {
            socket: accept_hdr_async(stream, protocol).await.unwrap(),
            said: 0,
            acknowledges: 0,
            key: self.key.clone(),
        }
    }

    fn hello(&self, nonce: String) -> ServerFrame {
        ServerFrame::Hello {
            protocol: SUBPROTOCOL.into(),
            nonce,
            server_time: hour(),
            key_id: proof::key_id(&self.key.verifying_key().to_bytes()),
        }
    }

    /// Takes one agent in, at the hour.
    async fn welcome(&self) -> Line {
        let mut line = self.accept().await;
        let nonce = "ab".repeat(NONCE_BYTES);
        line.say(self.hello(nonce.clone())).await;
        let AgentFrame::Auth {
            agent_id,
            nonce: agent_nonce,
            host,
            ..
        } = line.hear().await
        else {
            panic!("auth was expected");
        };
        let handshake = Handshake {
            server_nonce: &nonce,
            agent_nonce: &agent_nonce,
            agent_id,
            host: &host,
        };
        line.say(ServerFrame::Welcome {
            sig: handshake.sign_as_server(&self.key),
            ticket: "ticket".into(),
            credit: 1024 * 1024,
        })
        .await;
        line
    }
}

impl Line {
    async fn say(&mut self, frame: ServerFrame) {
        self.said += 1;
        let message = upkeep_agent_protocol::ServerMessage {
            seq: self.said,
            ack: self.acknowledges,
            frame,
        };
        let text = serde_json::to_string(&message).unwrap();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn hear(&mut self) -> AgentFrame {
        loop {
            if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                return serde_json::from_str::<AgentMessage>(&text).unwrap().frame;
            }
        }
    }

    /// How the next run ends.
    async fn outcome(&mut self) -> Outcome {
        loop {
            if let AgentFrame::RunEnded { report, .. } = self.hear().await {
                return report.outcome;
            }
        }
    }

    async fn order(&mut self, order: &RunOrder) {
        let order = serde_json::to_string(order).unwrap();
        let sig = proof::sign_order(&self.key, &order);
        self.say(ServerFrame::Run { order, sig }).await;
    }
}

fn order(n: u128) -> RunOrder {
    RunOrder {
        agent_id: Uuid::from_u128(5),
        run_id: Uuid::from_u128(n),
        interpreter: Interpreter::Sh,
        script: "true".into(),
        timeout_seconds: 60,
        not_after: hour() + TimeDelta::minutes(30),
        package: None,
        environment: BTreeMap::new(),
        answer_only: false,
    }
}

#[tokio::test]
async fn who_has_proven_nothing_acknowledges_nothing() {
    let (folder, server) = (TempDir::new().unwrap(), Server::start().await);
    let connector = server.connector(&folder, PATIENCE);
    let state = connector.state.clone();
    state.output(Uuid::nil(), 0, "x".into()).await.unwrap();
    let says = async {
        let mut line = server.accept().await;
        line.acknowledges = 1_000_000_000;
        line.say(server.hello("ab".repeat(NONCE_BYTES))).await;
        line.socket.next().await;
    };
    let stop = CancellationToken::new();
    let both = Box::pin(async { tokio::join!(connector.converse(&stop), says) });
    let (ended, ()) = tokio::time::timeout(PATIENCE, both).await.expect("it ends");
    assert_eq!(state.waiting(0).await.unwrap().len(), 1, "{ended}");
}

#[tokio::test]
async fn a_silent_server_is_left_however_much_there_is_to_say() {
    let (folder, server) = (TempDir::new().unwrap(), Server::start().await);
    let connector = server.connector(&folder, Duration::from_millis(400));
    let state = connector.state.clone();
    let speaks = async {
        for index in 0.. {
            state.output(Uuid::nil(), index, "x".into()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let listens = async {
        let mut line = server.welcome().await;
        loop {
            line.hear().await;
        }
    };
    let stop = CancellationToken::new();
    let ended = tokio::select! {
        ended = connector.converse(&stop) => ended,
        () = speaks => unreachable!("it goes on for ever"),
        () = listens => unreachable!("it goes on for ever"),
        () = tokio::time::sleep(PATIENCE) => panic!("it waits for a silent server"),
    };
    assert_eq!(
        ended.to_string(),
        "the connection broke: the server is silent"
    );
}

#[tokio::test]
async fn an_order_is_measured_by_what_the_server_said_last() {
    let (folder, server) = (TempDir::new().unwrap(), Server::start().await);
    let connector = server.connector(&folder, PATIENCE);
    let says = async {
        let mut line = server.welcome().await;
        line.order(&order(1)).await;
        let before = line.outcome().await;
        // The agent's own clock says nothing of the kind.
        let server_time = Some(hour() + TimeDelta::hours(1));
        line.say(ServerFrame::Ping { server_time }).await;
        line.order(&order(2)).await;
        (before, line.outcome().await)
    };
    let stop = CancellationToken::new();
    let (before, after) = tokio::select! {
        ended = connector.converse(&stop) => panic!("{ended}"),
        outcomes = says => outcomes,
        () = tokio::time::sleep(PATIENCE) => panic!("there is no answer"),
    };
    assert_eq!(before, Outcome::Exited { code: 0 });
    assert!(matches!(after, Outcome::Refused { .. }), "{after:?}");
}

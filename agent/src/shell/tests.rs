//! The whole agent, and a server of our own hand, to be what a real one never is.

use crate::platform::Computer;
use crate::state::State;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tokio_util::sync::CancellationToken;
use upkeep_agent_core::{Change, Durability, Identity, Memory, Settings};
use upkeep_agent_protocol::proof::{self, Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, Interpreter, Outcome, PackageOrder, Report, RunOrder, SUBPROTOCOL,
    Secret, ServerFrame, ServerKey,
};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

fn hour() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

struct Server {
    listener: TcpListener,
    key: SigningKey,
    /// The computer.
    root: TempDir,
    silence_limit: Duration,
    /// Processes are killed by the marks of their runs: those of another test must not be the same.
    runs: Uuid,
    stop: CancellationToken,
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
            root: TempDir::new().unwrap(),
            silence_limit: PATIENCE,
            runs: Uuid::new_v4(),
            stop: CancellationToken::new(),
        }
    }

    fn computer(&self) -> Computer {
        Computer::new(self.root.path().to_owned())
    }

    fn state(&self) -> State {
        State::open(&self.computer().state_directory()).unwrap()
    }

    /// An agent of this server on its computer.
    fn agent(&self) -> JoinHandle<anyhow::Result<()>> {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let public = self.key.verifying_key().to_bytes();
        let identity = Identity {
            agent_id: Uuid::from_u128(5),
            key: [7; 32],
            server: format!("http://{}", self.listener.local_addr().unwrap()),
            server_keys: vec![ServerKey {
                key_id: proof::key_id(&public),
                public_key: hex::encode(public),
            }],
        };
        let settings = Settings {
            silence_limit: self.silence_limit,
            ..crate::settings(Duration::from_secs(1))
        };
        let (computer, state, stop) = (self.computer(), self.state(), self.stop.clone());
        tokio::spawn(crate::work(computer, state, identity, settings, stop))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn run(&self, n: u128) -> Uuid {
        Uuid::new_v5(&self.runs, &n.to_be_bytes())
    }

    /// An order for the n-th run, to be started within half an hour.
    fn order(&self, n: u128, script: &str) -> RunOrder {
        RunOrder {
            agent_id: Uuid::from_u128(5),
            run_id: self.run(n),
            interpreter: Interpreter::Sh,
            script: script.into(),
            timeout_seconds: 600,
            not_after: hour() + TimeDelta::minutes(30),
            package: None,
            environment: BTreeMap::from([("GREETING".into(), "hello".into())]),
            programs: None,
            parameters: serde_json::Map::new(),
            secrets: std::collections::BTreeMap::new(),
            answer_only: false,
            answer: None,
        }
    }

    async fn eventually(&self, what: &str, is_so: impl Fn() -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so() {
            assert!(tokio::time::Instant::now() < deadline, "{what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Scripts that take every place until `go` is there.
    async fn take_every_place(&self, line: &mut Line) {
        for n in 100..104 {
            let script = format!(
                "echo > \"$UPKEEP_ROOT/place-{n}\"\nwhile ! [ -e \"$UPKEEP_ROOT/go\" ]; do sleep 0.02; done"
            );
            line.order(&self.order(n, &script)).await;
        }
        for n in 100..104 {
            let file = self.file(&format!("place-{n}"));
            self.eventually("a place is taken", || file.exists()).await;
        }
    }

    fn folders(&self) -> usize {
        let runs = self.computer().state_directory().join("runs");
        std::fs::read_dir(runs).map_or(0, Iterator::count)
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
            ticket: Secret("ticket".into()),
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
            let heard = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            let heard = heard.expect("the agent says something");
            if let Message::Text(text) = heard.unwrap().unwrap() {
                return serde_json::from_str::<AgentMessage>(&text).unwrap().frame;
            }
        }
    }

    /// Waits until the agent is gone.
    async fn is_left(&mut self) {
        let gone = async { while let Some(Ok(_)) = self.socket.next().await {} };
        let gone = tokio::time::timeout(PATIENCE, gone).await;
        gone.expect("the agent leaves");
    }

    /// The next run that ends, and how.
    async fn ended(&mut self) -> (Uuid, Report) {
        loop {
            if let AgentFrame::RunEnded { run_id, report } = self.hear().await {
                return (run_id, report);
            }
        }
    }

    async fn outcome(&mut self) -> Outcome {
        self.ended().await.1.outcome
    }

    async fn cancel(&mut self, run_id: Uuid) {
        self.say(ServerFrame::Cancel { run_id }).await;
    }

    async fn order(&mut self, order: &RunOrder) {
        let order = serde_json::to_string(order).unwrap();
        let sig = proof::sign_order(&self.key, &order);
        self.say(ServerFrame::Run { order, sig }).await;
    }
}

#[tokio::test]
async fn who_has_proven_nothing_acknowledges_nothing() {
    let server = Server::start().await;
    let (run, index, text) = (Uuid::nil(), 0, "x".to_owned());
    let said = Change::Output { run, index, text };
    server.state().store(&said, Durability::Loose);
    let agent = server.agent();
    let mut line = server.accept().await;
    line.acknowledges = 1_000_000_000;
    line.say(server.hello("ab".repeat(NONCE_BYTES))).await;
    line.is_left().await;
    server.stop.cancel();
    agent.await.unwrap().unwrap();
    assert_eq!(server.state().recall(0).unwrap().frames.len(), 1);
}

#[tokio::test]
async fn a_silent_server_is_left_however_much_there_is_to_say_and_visited_again() {
    let mut server = Server::start().await;
    server.silence_limit = Duration::from_secs(1);
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let script = "while ! [ -e \"$UPKEEP_ROOT/go\" ]; do echo x; sleep 0.02; done";
    line.order(&server.order(1, script)).await;
    line.is_left().await;
    let mut line = server.welcome().await;
    std::fs::write(server.file("go"), "").unwrap();
    assert_eq!(line.outcome().await, Outcome::Exited { code: 0 });
}

#[tokio::test]
async fn an_order_is_measured_by_what_the_server_said_last() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    line.order(&server.order(1, "true")).await;
    assert_eq!(line.outcome().await, Outcome::Exited { code: 0 });
    // The agent's own clock says nothing of the kind.
    let server_time = Some(hour() + TimeDelta::hours(1));
    line.say(ServerFrame::Ping { server_time }).await;
    line.order(&server.order(2, "true")).await;
    let after = line.outcome().await;
    assert!(matches!(after, Outcome::Refused { .. }), "{after:?}");
}

/// Nothing on the way takes them for anything but text.
#[tokio::test]
async fn what_a_script_is_told_arrives_byte_for_byte() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let odd = "it's \"odd\" \\ $HOME $(touch x) `touch y`\r\n\t; rm -rf / # é \u{1f600}\n\n";
    let told = serde_json::json!({ "odd": odd, "port": 443, "on": true, "many": ["a b", "c"] });
    let script = "cat > \"$UPKEEP_ROOT/input\"\nfor name in ODD PORT ON MANY; do printenv UPKEEP_PARAMETER_$name > \"$UPKEEP_ROOT/$name\"; done\nls";
    let order = RunOrder {
        parameters: told.as_object().unwrap().clone(),
        ..server.order(1, script)
    };
    line.order(&order).await;
    let (_, report) = line.ended().await;
    assert_eq!(report.outcome, Outcome::Exited { code: 0 }, "{report:?}");
    assert_eq!(report.stdout_tail, "", "nothing was carried out");
    let read = |name: &str| std::fs::read_to_string(server.file(name)).unwrap();
    let input: serde_json::Value = serde_json::from_str(&read("input")).unwrap();
    assert_eq!(input, told);
    for (name, value) in [
        ("ODD", odd),
        ("PORT", "443"),
        ("ON", "true"),
        ("MANY", "a b\nc"),
    ] {
        assert_eq!(read(name), format!("{value}\n"));
    }
    let silent = server.order(2, "cat; printenv | grep -c UPKEEP_PARAMETER_ || true");
    line.order(&silent).await;
    assert_eq!(line.ended().await.1.stdout_tail, "0\n");
    assert_eq!(server.folders(), 0);
}

#[tokio::test]
async fn a_script_has_its_environment_and_what_it_writes_arrives() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let script = "echo \"$GREETING $UPKEEP_RUN\"; echo oops >&2; umask; i=0; while [ $i -lt 1000 ]; do echo 0123456789; i=$((i+1)); done; exit 3";
    line.order(&server.order(1, script)).await;
    let (mut output, mut indexes) = (String::new(), vec![]);
    let report = loop {
        match line.hear().await {
            AgentFrame::Output { text, index, .. } => {
                output.push_str(&text);
                indexes.push(index);
            }
            AgentFrame::RunEnded { report, .. } => break report,
            _ => {}
        }
    };
    assert_eq!(report.outcome, Outcome::Exited { code: 3 });
    assert_eq!(report.output_bytes, output.len() as u64);
    assert_eq!(indexes, (0..indexes.len() as u64).collect::<Vec<_>>());
    assert!(output.contains(&format!("hello {}", server.run(1))));
    assert!(output.contains("oops\n") && output.contains("0022\n"));
    assert!(report.stdout_tail.ends_with("0123456789\n"));
    assert_eq!(report.stderr_tail, "oops\n");
    assert_eq!(server.folders(), 0);
}

#[tokio::test]
async fn what_has_not_started_ends_with_its_link_and_can_be_ordered_again() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    server.take_every_place(&mut line).await;
    let script = "echo started >> \"$UPKEEP_ROOT/waited\"";
    line.order(&server.order(1, script)).await;
    drop(line);
    let mut line = server.welcome().await;
    std::fs::write(server.file("go"), "").unwrap();
    for _ in 0..4 {
        let outcome = line.outcome().await;
        assert_eq!(outcome, Outcome::Exited { code: 0 }, "it had started");
    }
    assert!(!server.file("waited").exists());
    line.order(&server.order(1, script)).await;
    assert_eq!(line.outcome().await, Outcome::Exited { code: 0 });
    let waited = std::fs::read_to_string(server.file("waited")).unwrap();
    assert_eq!(waited, "started\n");
}

#[tokio::test]
async fn what_waits_for_its_package_ends_with_its_link_and_leaves_no_folder() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let package = Some(PackageOrder {
        file_name: "x".into(),
        sha256: "0".repeat(64),
        size: 1,
        url: None,
    });
    let order = RunOrder {
        package,
        ..server.order(1, "true")
    };
    line.order(&order).await;
    let (_request, _) = server.listener.accept().await.unwrap();
    assert_eq!(server.folders(), 1, "it waits for its package");
    drop(line);
    // The next link begins when nothing is left of it.
    let mut line = server.welcome().await;
    assert_eq!(server.folders(), 0);
    line.cancel(server.run(1)).await;
    let (run, report) = line.ended().await;
    assert_eq!(run, server.run(1), "it was not known");
    assert_eq!(report.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_script_that_is_cancelled_ends_with_all_that_it_started() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let script = "trap '' TERM; (setsid sh -c 'while true; do echo x >> \"$UPKEEP_ROOT/lives\"; sleep 0.02; done') & wait";
    line.order(&server.order(1, script)).await;
    let lives = server.file("lives");
    server.eventually("it runs", || lives.exists()).await;
    line.cancel(server.run(1)).await;
    assert_eq!(line.outcome().await, Outcome::Cancelled);
    let size = || std::fs::metadata(&lives).unwrap().len();
    let before = size();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(size(), before);
}

#[tokio::test]
async fn a_script_has_its_time_and_its_child_may_keep_the_pipe() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let order = RunOrder {
        timeout_seconds: 1,
        ..server.order(1, "sleep 600")
    };
    line.order(&order).await;
    assert_eq!(line.outcome().await, Outcome::TimedOut);
    line.order(&server.order(2, "sleep 30 & echo done")).await;
    let (_, report) = line.ended().await;
    assert_eq!(report.outcome, Outcome::Exited { code: 0 });
    assert_eq!(report.stdout_tail, "done\n");
    assert!(report.duration_ms < 20_000);
}

#[tokio::test]
async fn a_start_that_cannot_be_written_down_is_answered_and_does_not_happen() {
    let server = Server::start().await;
    let _agent = server.agent();
    let mut line = server.welcome().await;
    let database = server.computer().state_directory().join("agent.sqlite3");
    let other = rusqlite::Connection::open(database).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON runs WHEN NEW.report IS NULL
             BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END;",
        )
        .unwrap();
    let script = "echo > \"$UPKEEP_ROOT/unwritten\"";
    line.order(&server.order(1, script)).await;
    let outcome = line.outcome().await;
    let Outcome::CouldNotStart { why } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("disk is full"), "{why}");
    assert!(!server.file("unwritten").exists());
}

#[tokio::test]
async fn what_runs_when_the_agent_stops_is_not_called_cancelled() {
    let server = Server::start().await;
    let agent = server.agent();
    let mut line = server.welcome().await;
    server.take_every_place(&mut line).await;
    line.order(&server.order(1, "true")).await;
    server.stop.cancel();
    agent.await.unwrap().unwrap();
    let mut state = server.state();
    let runs = state.runs().unwrap();
    assert_eq!(runs.len(), 4, "what had not started is offered again");
    let frames = state.recall(0).unwrap().frames;
    let ends = frames.into_iter().filter_map(|(_, frame)| match frame {
        AgentFrame::RunEnded { report, .. } => Some(report),
        _ => None,
    });
    let ends: Vec<Report> = ends.collect();
    assert_eq!(ends.len(), 4);
    for report in ends {
        assert_eq!(report.outcome, Outcome::Interrupted);
        assert!(report.remark.unwrap().contains("the agent was stopped"));
    }
}

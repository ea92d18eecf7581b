//! One agent's connection: the handshake, then frames in both directions until it ends.

use crate::allowance::Doing;
use crate::enrol::{ADMISSION_PATIENCE, Refused, line};
use crate::intake::{IntakeError, Taken, Vouched};
use crate::orders::order;
use crate::registry::{Handle, Order};
use crate::{MAX_CONNECTIONS, Shared, system_envelope};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, interval, interval_at, timeout};
use upkeep_agent_protocol::proof::{self, Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CREDIT_BYTES, Facts, HANDSHAKE_TIMEOUT, MAX_FRAME_BYTES,
    MAX_RUN_OUTPUT_BYTES, MAX_UNANSWERED_RUNS, PING_EVERY, SILENCE_LIMIT, SUBPROTOCOL, ServerFrame,
    ServerMessage, close,
};
use upkeep_commands::CommandError;
use upkeep_domain::catalogue::script::Sha256Digest;
use upkeep_domain::fleet::agent::{
    Agent, AgentCommand, AgentRejection, DisconnectReason, HoldReason, Standing,
};
use upkeep_domain::kernel::decider::Rejection as _;
use upkeep_domain::kernel::ids::{AgentId, RunId};
use upkeep_event_store::Position;
use upkeep_listener::{Peer, Proof};
use upkeep_projections::View;
use uuid::Uuid;

/// Each connection's read buffer: most frames are small, and there are many connections.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Largest first frame, in bytes: who has proven nothing says who it is, and no more.
const MAX_AUTH_BYTES: usize = 8 * 1024;
/// How long the older of two connections with one key has to show that it lives.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
/// How long writing one frame may take before the connection counts as dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// After a restart agents come back spread over this time.
const RESTART_SPREAD_MS: u64 = 2_000;
/// How often a connection that others took for dead is written down anew, at most: two servers whose clocks differ would go
/// on for ever.
const REASSERT_EVERY: Duration = Duration::from_mins(1);
/// The highest number with which an outbox may begin: agents count with 63 bits.
const MAX_FIRST_SEQ: u64 = u64::MAX / 2;
/// Between two attempts to write down that an agent is gone, while the store is away.
const DISCONNECT_AGAIN: Duration = Duration::from_secs(2);
/// Orders that may wait for one connection.
const ORDERS: usize = 4;

/// `GET /agent/v1/connect`.
pub async fn upgrade(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if shared.registry.len() >= MAX_CONNECTIONS || shared.stop.is_cancelled() {
        return Refused::busy().into_response();
    }
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    if upgrade.selected_protocol().is_none() {
        let message = format!("offer the subprotocol {SUBPROTOCOL}");
        return Refused::new(StatusCode::BAD_REQUEST, "SUBPROTOCOL", message).into_response();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let peer = peer.map(|Extension(peer)| peer);
    let tasks = shared.connections.clone();
    upgrade.on_upgrade(move |socket| tasks.track_future(serve(shared, socket, host, peer)))
}

/// Waits until a connection that has proven nothing has to make room for another one.
async fn has_to_go(peer: Option<&Peer>) {
    match peer {
        Some(peer) => peer.has_to_go().await,
        None => std::future::pending().await,
    }
}

async fn serve(shared: Arc<Shared>, socket: WebSocket, host: String, peer: Option<Peer>) {
    let mut wire = Wire {
        socket,
        sent: 0,
        received: 0,
    };
    // Who has to make room is left without a word: it may be one that reads nothing.
    let proven = tokio::select! {
        () = has_to_go(peer.as_ref()) => None,
        proven = prove_or_close(&shared, &mut wire, &host, peer.as_ref()) => proven,
    };
    let Some(proven) = proven else {
        return;
    };
    let admitted = admit(&shared, &mut wire, &host, proven).await;
    let Admitted {
        agent,
        agent_version,
        handle,
        orders,
        since,
        proof: _proof,
    } = match admitted {
        Ok(admitted) => admitted,
        Err(end) => {
            wire.close(end.code, end.why).await;
            return;
        }
    };
    let mut connection = Connection {
        shared: &shared,
        agent,
        wake: handle.wake.clone(),
        orders,
        wire,
        given: HashSet::new(),
        cancelled: HashSet::new(),
        expected_seq: None,
        spent: 0,
        probes: Vec::new(),
        contested: None,
        forgotten: None,
        reasserted: None,
        vouched: Vouched::No,
        news: None,
        id: handle.connection,
        agent_version,
        since,
    };
    let end = connection.talk().await;
    tracing::debug!(%agent, why = end.why, "an agent's connection ended");
    let Connection { mut wire, .. } = connection;
    if end.reason == DisconnectReason::ServerRestarted {
        let frame = ServerFrame::Goodbye {
            reason: "the server restarts".into(),
            retry_after_ms: spread(agent),
        };
        // Who does not hear it finds out by itself.
        let _ = wire.send(frame).await;
    }
    wire.close(end.code, end.why).await;
    shared.registry.remove(agent, handle.connection);
    let command = AgentCommand::Disconnect {
        connection: handle.connection,
        reason: end.reason,
    };
    drop(wire);
    disconnect(&shared, agent, command).await;
}

/// Writes down that an agent is gone; waits for a store that is away, because nobody else would find out while this server lives.
async fn disconnect(shared: &Shared, agent: AgentId, command: AgentCommand) {
    let envelope = system_envelope(agent);
    loop {
        let told = shared
            .commands
            .send::<Agent>(agent, command.clone(), &envelope)
            .await;
        match told {
            Ok(_) => return,
            Err(error) if error.is_outage() && !shared.stop.is_cancelled() => {
                tokio::select! {
                    () = tokio::time::sleep(DISCONNECT_AGAIN) => {}
                    () = shared.stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%agent, %error, "a disconnection was not stored; the next start finds it");
                return;
            }
        }
    }
}

/// A moment of its own for each agent, so that they do not all come back at once.
fn spread(agent: AgentId) -> u64 {
    let (high, low) = agent.0.as_u64_pair();
    (high ^ low) % RESTART_SPREAD_MS
}

/// Why a connection ends.
struct End {
    code: u16,
    why: &'static str,
    reason: DisconnectReason,
}

impl End {
    fn new(code: u16, why: &'static str, reason: DisconnectReason) -> Self {
        Self { code, why, reason }
    }

    fn malformed(why: &'static str) -> Self {
        Self::new(close::MALFORMED, why, DisconnectReason::ProtocolError)
    }

    fn closed() -> Self {
        Self::new(1000, "closed", DisconnectReason::Closed)
    }

    fn refused(why: &'static str) -> Self {
        Self::new(close::REFUSED, why, DisconnectReason::Refused)
    }

    fn restart() -> Self {
        Self::new(
            close::RESTART,
            "the server restarts",
            DisconnectReason::ServerRestarted,
        )
    }
}

fn parse(text: &str, at_most: usize) -> Result<AgentMessage, End> {
    if text.len() > at_most {
        return Err(End::malformed("a frame is too large"));
    }
    serde_json::from_str(text).map_err(|_| End::malformed("a frame is not of the protocol"))
}

/// The socket with its numbers.
struct Wire {
    socket: WebSocket,
    sent: u64,
    received: u64,
}

impl Wire {
    async fn send(&mut self, frame: ServerFrame) -> Result<(), End> {
        self.sent += 1;
        let message = ServerMessage {
            seq: self.sent,
            ack: self.received,
            frame,
        };
        let text = serde_json::to_string(&message)
            .map_err(|_| End::malformed("a frame could not be written"))?;
        match timeout(WRITE_PATIENCE, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::closed()),
            Err(_) => Err(End::new(
                close::SILENT,
                "nothing can be written",
                DisconnectReason::Silent,
            )),
        }
    }

    /// The next frame, of at most so many bytes; pings of the WebSocket itself are answered below us.
    async fn receive(&mut self, at_most: usize) -> Result<AgentMessage, End> {
        loop {
            match self.socket.recv().await {
                None | Some(Ok(Message::Close(_))) => return Err(End::closed()),
                Some(Ok(Message::Text(text))) => return parse(&text, at_most),
                Some(Ok(Message::Binary(_))) => {
                    return Err(End::malformed("frames are text, not binary"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(_)) => return Err(End::malformed("a frame is broken or too large")),
            }
        }
    }

    async fn close(&mut self, code: u16, why: &'static str) {
        let frame = CloseFrame {
            code,
            reason: why.into(),
        };
        // A peer that is gone needs no goodbye.
        let _ = timeout(
            WRITE_PATIENCE,
            self.socket.send(Message::Close(Some(frame))),
        )
        .await;
    }
}

/// An agent that has proven who it is.
struct Admitted {
    agent: AgentId,
    agent_version: String,
    handle: Handle,
    /// What is said to its connection from outside.
    orders: mpsc::Receiver<Order>,
    /// Where it is written that the connection began.
    since: Position,
    /// What keeps it from making room for others.
    proof: Option<Proof>,
}

/// An agent that has shown its key, and what it is answered with.
struct Proven {
    agent: AgentId,
    agent_version: String,
    nonce: String,
    agent_nonce: String,
    /// What keeps it from making room for others.
    proof: Option<Proof>,
}

/// The first half of the handshake; who fails it is told why.
async fn prove_or_close(
    shared: &Shared,
    wire: &mut Wire,
    host: &str,
    peer: Option<&Peer>,
) -> Option<Proven> {
    match prove(shared, wire, host, peer).await {
        Ok(proven) => Some(proven),
        Err(end) => {
            wire.close(end.code, end.why).await;
            None
        }
    }
}

/// The agent proves who it is.
async fn prove(
    shared: &Shared,
    wire: &mut Wire,
    host: &str,
    peer: Option<&Peer>,
) -> Result<Proven, End> {
    let nonce = random_hex()?;
    wire.send(ServerFrame::Hello {
        protocol: SUBPROTOCOL.into(),
        nonce: nonce.clone(),
        server_time: shared.commands.clock().now(),
        key_id: shared.keys.current_id(),
    })
    .await?;
    let answer = timeout(HANDSHAKE_TIMEOUT, wire.receive(MAX_AUTH_BYTES))
        .await
        .map_err(|_| too_slow())??;
    let AgentFrame::Auth {
        agent_id,
        nonce: agent_nonce,
        host: dialled,
        agent_version,
        sig,
    } = answer.frame
    else {
        return Err(unauthenticated());
    };
    let agent = AgentId(agent_id);
    if dialled != host {
        tracing::warn!(
            %agent, dialled = line(&dialled), header = line(host),
            "an agent is refused: the Host header is not what it dialled; let the reverse proxy pass the header on as it is"
        );
        return Err(changed_on_the_way());
    }
    if agent_nonce.len() != 2 * NONCE_BYTES {
        return Err(unauthenticated());
    }
    // Only now: who is silent keeps nobody else waiting.
    let permit = timeout(ADMISSION_PATIENCE, shared.admissions.acquire()).await;
    let Ok(Ok(_permit)) = permit else {
        let why = "the server is busy";
        return Err(End::new(1013, why, DisconnectReason::Refused));
    };
    let key = public_key(shared, agent).await?;
    let handshake = Handshake {
        server_nonce: &nonce,
        agent_nonce: &agent_nonce,
        agent_id,
        host,
    };
    if !handshake.verify_agent(&key, &sig) {
        tracing::warn!(%agent, "an agent is refused: its proof of identity does not hold");
        return Err(unauthenticated());
    }
    // Only who has the key uses it up.
    if !shared.allowances.take(agent, Doing::Connecting) {
        return Err(too_often());
    }
    Ok(Proven {
        agent,
        agent_version,
        nonce,
        agent_nonce,
        proof: peer.map(Peer::proven),
    })
}

/// The second half: the agent is registered, and the server proves who it is.
async fn admit(
    shared: &Arc<Shared>,
    wire: &mut Wire,
    host: &str,
    proven: Proven,
) -> Result<Admitted, End> {
    let Proven {
        agent,
        agent_version,
        nonce,
        agent_nonce,
        proof,
    } = proven;
    let handshake = Handshake {
        server_nonce: &nonce,
        agent_nonce: &agent_nonce,
        agent_id: agent.0,
        host,
    };
    let ticket = random_hex()?;
    let (orders_sender, orders) = mpsc::channel(ORDERS);
    let handle = Handle {
        connection: Uuid::new_v4(),
        wake: Arc::new(Notify::new()),
        orders: orders_sender,
        ticket: Sha256Digest::of(ticket.as_bytes()),
    };
    take_place(shared, agent, &handle).await?;
    let connected = connect(shared, agent, handle.connection, &agent_version).await;
    let welcomed = match connected {
        Ok(since) => wire
            .send(ServerFrame::Welcome {
                sig: handshake.sign_as_server(shared.keys.current()),
                ticket,
                credit: CREDIT_BYTES,
            })
            .await
            .map(|()| since),
        Err(end) => Err(end),
    };
    match welcomed {
        Ok(since) => Ok(Admitted {
            agent,
            agent_version,
            handle,
            orders,
            since,
            proof,
        }),
        Err(end) => {
            shared.registry.remove(agent, handle.connection);
            Err(end)
        }
    }
}

fn too_slow() -> End {
    End::new(
        close::HANDSHAKE_TIMEOUT,
        "no proof in time",
        DisconnectReason::Refused,
    )
}

fn too_often() -> End {
    End::new(
        1013,
        "this agent connects too often",
        DisconnectReason::Refused,
    )
}

fn changed_on_the_way() -> End {
    End::new(
        close::UNAUTHENTICATED,
        "the Host header was changed on the way: let the reverse proxy pass it on as it is",
        DisconnectReason::Refused,
    )
}

fn unauthenticated() -> End {
    End::new(
        close::UNAUTHENTICATED,
        "the proof of identity does not hold",
        DisconnectReason::Refused,
    )
}

fn random_hex() -> Result<String, End> {
    let mut bytes = [0; NONCE_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|_| End::new(1011, "no random bytes", DisconnectReason::Refused))?;
    Ok(hex::encode(bytes))
}

/// The key of a trusted agent. From the view; from the stream if it enrolled a moment ago.
async fn public_key(shared: &Shared, agent: AgentId) -> Result<[u8; 32], End> {
    let view = shared.projections.live();
    let state = if let Some(entry) = view.agents.get(agent) {
        entry.state.clone()
    } else {
        let read = shared.commands.read::<Agent>(agent).await;
        read.map(Arc::unwrap_or_clone)
            .map_err(|_| End::new(1011, "the store cannot be read", DisconnectReason::Refused))?
    };
    match (state.standing, state.enrolment) {
        (Standing::Revoked, _) => Err(End::refused("this agent is revoked")),
        (Standing::Held, _) => Err(End::refused("this agent is held")),
        (Standing::Trusted, Some(enrolment)) => Ok(enrolment.public_key.0),
        (Standing::Trusted, None) => Err(unauthenticated()),
    }
}

/// Registers the connection. If the agent has another one that lives, the key is in two places: nobody works
/// until a person decides.
async fn take_place(shared: &Shared, agent: AgentId, handle: &Handle) -> Result<(), End> {
    let Err(other) = shared.registry.insert(agent, handle) else {
        return Ok(());
    };
    let (reply, answer) = oneshot::channel();
    let asked = other.orders.send(Order::Probe(reply)).await.is_ok();
    let lives = asked
        && timeout(PROBE_PATIENCE, answer)
            .await
            .is_ok_and(|answer| answer.is_ok());
    if lives {
        tracing::warn!(%agent, "two live connections show one agent's key: both are held");
        let held = shared
            .commands
            .send::<Agent>(
                agent,
                AgentCommand::Hold(HoldReason::CopiedKey),
                &system_envelope(agent),
            )
            .await;
        if let Err(error) = held {
            tracing::warn!(%agent, %error, "the agent could not be held");
        }
        return Err(End::refused("two computers showed this agent's key"));
    }
    // It is dead and does not know it yet.
    let _ = other.orders.send(Order::Yield).await;
    shared.registry.remove(agent, other.connection);
    shared.registry.insert(agent, handle).map_err(|_| {
        End::new(
            1013,
            "another connection was faster",
            DisconnectReason::Refused,
        )
    })
}

async fn connect(
    shared: &Shared,
    agent: AgentId,
    connection: Uuid,
    agent_version: &str,
) -> Result<Position, End> {
    let command = AgentCommand::Connect {
        agent_version: line(agent_version),
        connection,
        server: shared.server,
    };
    let connected = shared
        .commands
        .send::<Agent>(agent, command, &system_envelope(agent))
        .await;
    match connected {
        Ok(outcome) => Ok(outcome.position),
        Err(CommandError::Rejected { code, .. }) => {
            Err(End::refused(if code == AgentRejection::Held.code() {
                "this agent is held"
            } else {
                "this agent is revoked"
            }))
        }
        Err(error) => {
            tracing::warn!(%agent, %error, "an agent could not be connected");
            Err(End::new(
                1013,
                "the store takes nothing now",
                DisconnectReason::Refused,
            ))
        }
    }
}

struct Connection<'a> {
    shared: &'a Shared,
    agent: AgentId,
    id: Uuid,
    agent_version: String,
    /// Where it is written that this connection began.
    since: Position,
    wake: Arc<Notify>,
    orders: mpsc::Receiver<Order>,
    wire: Wire,
    /// Runs that were given in this connection and have no answer yet.
    given: HashSet<RunId>,
    cancelled: HashSet<RunId>,
    /// The next number from the agent's outbox; nothing before `resume`.
    expected_seq: Option<u64>,
    /// Output taken in since credit was last granted, in bytes.
    spent: u64,
    /// Who waits to hear whether the agent lives, and the number of the frame that asked it: only what
    /// acknowledges that one is an answer. Anything else may have been under way since before.
    probes: Vec<(u64, oneshot::Sender<()>)>,
    /// The agent has another connection, on another server, and this one was asked whether it lives: until when it
    /// may answer, and the number of the frame that asked it.
    contested: Option<(Instant, u64)>,
    /// The store says that the agent is gone, another server took this one for dead: the number of the frame that asked the
    /// agent whether it is here.
    forgotten: Option<u64>,
    /// When this connection was last written down anew.
    reasserted: Option<Instant>,
    /// Whether the agent is on the hardware that its key is known for: before that is known it gets nothing to run, and
    /// nothing that it says of runs counts.
    vouched: Vouched,
    /// What the agent told of its computer and nobody wrote down yet.
    news: Option<Facts>,
}

impl Connection<'_> {
    async fn talk(&mut self) -> End {
        let mut ping = interval(PING_EVERY);
        let mut last_heard = Instant::now();
        loop {
            let wake = self.wake.clone();
            let step = tokio::select! {
                () = self.shared.stop.cancelled() => Err(End::restart()),
                message = self.wire.receive(MAX_FRAME_BYTES) => {
                    let heard = match message {
                        Ok(message) => self.hear(message).await,
                        Err(end) => Err(end),
                    };
                    // It may have waited for the store, and the agent's next words behind it.
                    last_heard = Instant::now();
                    heard
                }
                () = wake.notified() => self.look().await,
                order = self.orders.recv() => self.obey(order).await,
                _ = ping.tick() => {
                    if last_heard.elapsed() > SILENCE_LIMIT {
                        Err(End::new(close::SILENT, "nothing was heard", DisconnectReason::Silent))
                    } else {
                        self.tell_news().await;
                        let server_time = Some(self.shared.commands.clock().now());
                        self.wire.send(ServerFrame::Ping { server_time }).await
                    }
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits for what may have to wait for the store, and pings meanwhile: the agent stays, and whatever it says waits behind.
    async fn stay_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = ping.tick() => {
                    let server_time = Some(self.shared.commands.clock().now());
                    self.wire.send(ServerFrame::Ping { server_time }).await?;
                }
            }
        }
    }

    async fn obey(&mut self, order: Option<Order>) -> Result<(), End> {
        match order {
            Some(Order::Probe(reply)) => {
                self.wire
                    .send(ServerFrame::Ping { server_time: None })
                    .await?;
                self.probes.push((self.wire.sent, reply));
                Ok(())
            }
            Some(Order::Yield) | None => Err(End::new(
                close::REPLACED,
                "another connection took over",
                DisconnectReason::Replaced,
            )),
        }
    }

    /// Gives the agent what the store says that it owes, and stops what was cancelled.
    async fn look(&mut self) -> Result<(), End> {
        let view = self.shared.projections.live();
        let standing = view
            .agents
            .get(self.agent)
            .map(|entry| entry.state.standing);
        match standing {
            Some(Standing::Revoked) => return Err(End::refused("this agent is revoked")),
            Some(Standing::Held) => return Err(End::refused("this agent is held")),
            Some(Standing::Trusted) | None => {}
        }
        self.contest(&view).await?;
        self.miss(&view).await?;
        // Before `resume` the agent may still have answers to give, and before its inventory nobody knows where it is.
        if self.expected_seq.is_none() || self.vouched == Vouched::No {
            return Ok(());
        }
        let now = self.shared.commands.clock().now();
        let open: HashSet<RunId> = view
            .sessions
            .open_runs_of(self.agent)
            .map(|open| open.run)
            .collect();
        self.given.retain(|run| open.contains(run));
        self.cancelled.retain(|run| open.contains(run));
        for open in view.sessions.open_runs_of(self.agent) {
            if open.cancelled {
                if self.cancelled.insert(open.run) {
                    self.wire
                        .send(ServerFrame::Cancel { run_id: open.run.0 })
                        .await?;
                }
                continue;
            }
            if self.given.len() >= MAX_UNANSWERED_RUNS || self.given.contains(&open.run) {
                continue;
            }
            if let Some(order) = order(&view, self.agent, &open, now) {
                let order = serde_json::to_string(&order)
                    .map_err(|_| End::malformed("an order could not be written"))?;
                let sig = proof::sign_order(self.shared.keys.current(), &order);
                self.wire.send(ServerFrame::Run { order, sig }).await?;
                self.given.insert(open.run);
            }
        }
        Ok(())
    }

    /// The agent has shown its key to another server, too. If it still answers here, the key is in two places.
    async fn contest(&mut self, view: &View) -> Result<(), End> {
        let newest = view.agents.get(self.agent).and_then(|entry| {
            let position = entry.changed.position;
            entry.state.connection.map(|newest| (newest, position))
        });
        let elsewhere =
            newest.is_some_and(|(newest, position)| newest != self.id && position > self.since);
        match self.contested {
            _ if !elsewhere => self.contested = None,
            None => {
                self.wire
                    .send(ServerFrame::Ping { server_time: None })
                    .await?;
                self.contested = Some((Instant::now() + PROBE_PATIENCE, self.wire.sent));
            }
            Some((until, _)) if Instant::now() > until => {
                return Err(End::new(
                    close::REPLACED,
                    "the agent is connected to another server",
                    DisconnectReason::Replaced,
                ));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Somebody else wrote that the agent is gone. If it still answers here, that is put right.
    async fn miss(&mut self, view: &View) -> Result<(), End> {
        let is_gone = view.agents.get(self.agent).is_some_and(|entry| {
            entry.state.connection.is_none() && entry.changed.position > self.since
        });
        let lately = self
            .reasserted
            .is_some_and(|at| at.elapsed() < REASSERT_EVERY);
        if !is_gone {
            self.forgotten = None;
        } else if self.forgotten.is_none() && !lately {
            self.wire
                .send(ServerFrame::Ping { server_time: None })
                .await?;
            self.forgotten = Some(self.wire.sent);
        }
        Ok(())
    }

    async fn reassert(&mut self) -> Result<(), End> {
        tracing::warn!(agent = %self.agent, "another server took this one for dead: the agent is still here");
        self.forgotten = None;
        self.reasserted = Some(Instant::now());
        self.since = connect(self.shared, self.agent, self.id, &self.agent_version).await?;
        Ok(())
    }

    /// Where the agent is comes first, then what its computer is like.
    async fn hear_inventory(&mut self, facts: Facts) -> Result<(), End> {
        let (shared, agent) = (self.shared, self.agent);
        let vouched = self.stay_for(shared.vouch(agent, &facts)).await?;
        if vouched.map_err(broken)? == Vouched::No {
            return Err(End::refused("this agent is held"));
        }
        self.vouched = Vouched::Yes;
        self.news = Some(facts);
        self.tell_news().await;
        self.look().await
    }

    /// The newest is kept until it is written down, or the connection ends: the next one begins with it.
    async fn tell_news(&mut self) {
        if let Some(facts) = self.news.take()
            && self.shared.take_inventory(self.agent, &facts).await == Taken::Later
        {
            self.news = Some(facts);
        }
    }

    async fn hold(&mut self) -> End {
        tracing::warn!(agent = %self.agent, "two servers see one agent's key live: both connections are held");
        let held = self
            .shared
            .commands
            .send::<Agent>(
                self.agent,
                AgentCommand::Hold(HoldReason::CopiedKey),
                &system_envelope(self.agent),
            )
            .await;
        if let Err(error) = held {
            tracing::warn!(agent = %self.agent, %error, "the agent could not be held");
        }
        End::refused("two computers showed this agent's key")
    }

    async fn hear(&mut self, message: AgentMessage) -> Result<(), End> {
        let (answered, open) = std::mem::take(&mut self.probes)
            .into_iter()
            .partition(|(asked, _)| message.ack >= *asked);
        self.probes = open;
        let answered: Vec<(u64, oneshot::Sender<()>)> = answered;
        for (_, probe) in answered {
            // Who asked may have stopped waiting.
            let _ = probe.send(());
        }
        if let Some((_, asked)) = self.contested
            && message.ack >= asked
        {
            return Err(self.hold().await);
        }
        let is_away = self.shared.projections.outage().is_some();
        if !is_away && self.forgotten.is_some_and(|asked| message.ack >= asked) {
            self.reassert().await?;
        }
        match message.frame {
            AgentFrame::Resume { first_seq } => {
                if first_seq > MAX_FIRST_SEQ {
                    return Err(End::malformed("no outbox has come that far"));
                }
                if self.expected_seq.replace(first_seq.max(1)).is_some() {
                    return Err(End::malformed("resume comes once, after welcome"));
                }
                self.look().await
            }
            AgentFrame::Inventory { facts } => self.hear_inventory(facts).await,
            AgentFrame::RunStarted { .. }
            | AgentFrame::Output { .. }
            | AgentFrame::RunEnded { .. } => self.hear_numbered(message.seq, message.frame).await,
            AgentFrame::Auth { .. } => Err(End::malformed("auth comes once, after hello")),
            AgentFrame::Pong | AgentFrame::Ack | AgentFrame::Unknown => Ok(()),
        }
    }

    async fn hear_numbered(&mut self, seq: u64, frame: AgentFrame) -> Result<(), End> {
        let expected = self
            .expected_seq
            .ok_or_else(|| End::malformed("resume must come before numbered frames"))?;
        if self.vouched == Vouched::No {
            return Err(End::malformed(
                "the inventory must come before numbered frames",
            ));
        }
        if seq < expected {
            // It was taken in already, and the acknowledgement was lost.
            return self.wire.send(ServerFrame::Ack).await;
        }
        if seq > expected {
            return Err(End::new(
                close::OUT_OF_ORDER,
                "a numbered frame is missing",
                DisconnectReason::ProtocolError,
            ));
        }
        let mut credit = None;
        let (shared, agent, since) = (self.shared, self.agent, self.since);
        match frame {
            AgentFrame::RunStarted { run_id } => {
                let taken = shared.take_run_started(agent, RunId(run_id), since);
                self.stay_for(taken).await?.map_err(broken)?;
            }
            AgentFrame::Output {
                run_id,
                index,
                text,
            } => {
                let bytes = text.len() as u64;
                self.spent += bytes;
                let run = RunId(run_id);
                let before = self.shared.outputs.taken(self.agent, run);
                // What is too much is acknowledged and dropped: the agent has counted it.
                if before + bytes <= MAX_RUN_OUTPUT_BYTES {
                    let taken = shared.take_output(agent, run, since, (index, &text));
                    let stored = self.stay_for(taken).await?.map_err(broken)?;
                    if stored > 0 {
                        self.note_output(run, before + stored);
                    }
                } else {
                    self.note_output(run, MAX_RUN_OUTPUT_BYTES + 1);
                }
                if self.spent >= CREDIT_BYTES / 4 {
                    credit = Some(std::mem::take(&mut self.spent));
                }
            }
            AgentFrame::RunEnded { run_id, report } => {
                let run = RunId(run_id);
                shared.outputs.forget(agent, run);
                let taken = shared.take_run_ended(agent, run, since, report);
                self.stay_for(taken).await?.map_err(broken)?;
            }
            _ => {}
        }
        self.wire.received = seq;
        let next = seq.checked_add(1);
        self.expected_seq =
            Some(next.ok_or_else(|| End::malformed("there is no number behind that one"))?);
        match credit {
            Some(bytes) => self.wire.send(ServerFrame::Credit { bytes }).await,
            None => self.wire.send(ServerFrame::Ack).await,
        }
    }
}

impl Connection<'_> {
    fn note_output(&self, run: RunId, bytes: u64) {
        let view = self.shared.projections.live();
        let is_owed = |agent, run| view.sessions.session_of_run(agent, run).is_some();
        self.shared.outputs.note(self.agent, run, bytes, is_owed);
    }
}

fn broken(error: IntakeError) -> End {
    match error {
        IntakeError::Protocol(why) => End::malformed(why),
        IntakeError::Store(cause) => {
            tracing::warn!(cause, "what an agent said could not be stored");
            End::new(
                1013,
                "the store takes nothing now",
                DisconnectReason::Closed,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_frame_holds_a_proof_and_no_more() {
        let frame = |bytes| {
            format!(
                r#"{{"seq":0,"ack":0,"t":"pong","more":"{}"}}"#,
                "a".repeat(bytes)
            )
        };
        let why = |text: &str, at_most| parse(text, at_most).err().map(|end| end.why);
        assert_eq!(why(&frame(10), MAX_AUTH_BYTES), None);
        assert_eq!(
            why(&frame(MAX_AUTH_BYTES), MAX_AUTH_BYTES),
            Some("a frame is too large")
        );
        assert_eq!(why(&frame(MAX_AUTH_BYTES), MAX_FRAME_BYTES), None);
    }
}

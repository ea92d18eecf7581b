//! The second half of the handshake: the agent's connection takes its place, and the server proves who it is.

use super::PROBE_PATIENCE;
use super::elsewhere::hold;
use super::end::{End, STORE_TAKES_NOTHING};
use super::proof::{Proven, random_hex};
use super::wire::Wire;
use crate::Shared;
use crate::enrol::line;
use crate::registry::{Handle, Order};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};
use upkeep_agent_protocol::proof::Handshake;
use upkeep_agent_protocol::{CREDIT_BYTES, Feature, Secret, ServerFrame};
use upkeep_commands::CommandError;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, AgentRejection};
use upkeep_domain::kernel::decider::Rejection as _;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::AgentId;
use upkeep_event_store::Position;
use upkeep_listener::Proof;
use uuid::Uuid;

/// Orders that may wait for one connection.
const ORDERS: usize = 4;

/// An agent that has proven who it is.
pub(super) struct Admitted {
    pub(super) agent: AgentId,
    pub(super) agent_version: String,
    pub(super) features: Vec<Feature>,
    pub(super) handle: Handle,
    /// What is said to its connection from outside.
    pub(super) orders: mpsc::Receiver<Order>,
    /// Where it is written that the connection began.
    pub(super) since: Position,
    /// What keeps it from making room for others.
    pub(super) proof: Option<Proof>,
}

/// The second half: the agent is registered, and the server proves who it is.
pub(super) async fn admit(
    shared: &Arc<Shared>,
    wire: &mut Wire,
    host: &str,
    proven: Proven,
) -> Result<Admitted, End> {
    let Proven {
        agent,
        agent_version,
        features,
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
    let ticket = random_hex(shared)?;
    let (orders_sender, orders) = mpsc::channel(ORDERS);
    let handle = Handle {
        connection: shared.world().id(),
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
                ticket: Secret(ticket),
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
            features,
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

/// Registers the connection. If the agent has another one that lives, the key is in two places: nobody works
/// until a person decides.
async fn take_place(shared: &Shared, agent: AgentId, handle: &Handle) -> Result<(), End> {
    let Err(other) = shared.registry.insert(agent, handle) else {
        return Ok(());
    };
    let (reply, answer) = oneshot::channel();
    let asked = other.orders.send(Order::Probe(reply)).await.is_ok();
    let lives = asked
        && (shared.world().within(PROBE_PATIENCE, answer).await).is_ok_and(|answer| answer.is_ok());
    if lives {
        tracing::warn!(%agent, "two live connections show one agent's key: both are held");
        return Err(hold(shared, agent).await);
    }
    // It is dead and does not know it yet.
    let _ = other.orders.send(Order::Yield).await;
    shared.registry.remove(agent, other.connection);
    let placed = shared.registry.insert(agent, handle);
    placed.map_err(|_| End::later("another connection was faster"))
}

pub(super) async fn connect(
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
        .send::<Agent>(agent, command, &shared.system_envelope(agent))
        .await;
    match connected {
        Ok(outcome) => Ok(outcome.position),
        Err(CommandError::Rejected { code, .. }) => Err(if code == AgentRejection::Held.code() {
            End::held()
        } else {
            End::revoked()
        }),
        Err(error) => {
            tracing::warn!(%agent, %error, "an agent could not be connected");
            Err(End::later(STORE_TAKES_NOTHING))
        }
    }
}

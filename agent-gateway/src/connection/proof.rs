//! The first half of the handshake: the agent proves who it is.

use super::end::End;
use super::wire::Wire;
use crate::Shared;
use crate::allowance::Doing;
use crate::enrol::line;
use std::sync::Arc;
use upkeep_agent_protocol::proof::{Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{AgentFrame, Feature, HANDSHAKE_TIMEOUT, SUBPROTOCOL, ServerFrame};
use upkeep_domain::fleet::agent::{Agent, Standing};
use upkeep_domain::kernel::ids::AgentId;
use upkeep_listener::{Peer, Proof};

/// Largest first frame, in bytes: who has proven nothing says who it is, and no more.
pub(super) const MAX_AUTH_BYTES: usize = 8 * 1024;

/// An agent that has shown its key, and what it is answered with.
pub(super) struct Proven {
    pub(super) agent: AgentId,
    pub(super) agent_version: String,
    pub(super) features: Vec<Feature>,
    pub(super) nonce: String,
    pub(super) agent_nonce: String,
    /// What keeps it from making room for others.
    pub(super) proof: Option<Proof>,
}

/// The first half of the handshake; who fails it is told why.
pub(super) async fn prove_or_close(
    shared: &Shared,
    wire: &mut Wire,
    host: &str,
    peer: Option<&Peer>,
) -> Option<Proven> {
    match prove(shared, wire, host, peer).await {
        Ok(proven) => Some(proven),
        Err(end) => {
            wire.close(&end).await;
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
    let nonce = random_hex(shared)?;
    wire.send(ServerFrame::Hello {
        protocol: SUBPROTOCOL.into(),
        nonce: nonce.clone(),
        server_time: shared.commands.clock().now(),
        key_id: shared.keys.current_id(),
    })
    .await?;
    let answer = wire.receive(MAX_AUTH_BYTES);
    let answer =
        (shared.world().within(HANDSHAKE_TIMEOUT, answer).await).map_err(|_| End::too_slow())??;
    let AgentFrame::Auth {
        agent_id,
        nonce: agent_nonce,
        host: dialled,
        agent_version,
        features,
        sig,
    } = answer.frame
    else {
        return Err(End::unauthenticated());
    };
    let agent = AgentId(agent_id);
    if dialled != host {
        tracing::warn!(
            %agent, dialled = line(&dialled), header = line(host),
            "an agent is refused: the Host header is not what it dialled; let the reverse proxy pass the header on as it is"
        );
        return Err(End::changed_on_the_way());
    }
    if agent_nonce.len() != 2 * NONCE_BYTES {
        return Err(End::unauthenticated());
    }
    // Only now: who is silent keeps nobody else waiting.
    let Some(_turn) = shared.admission().await else {
        return Err(End::later("the server is busy"));
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
        return Err(End::unauthenticated());
    }
    // Only who has the key uses it up.
    let now = shared.world().uptime();
    if !shared.allowances.take(agent, Doing::Connecting, now) {
        return Err(End::later("this agent connects too often"));
    }
    Ok(Proven {
        agent,
        agent_version,
        features,
        nonce,
        agent_nonce,
        proof: peer.map(Peer::proven),
    })
}

/// The key of a trusted agent. From the view; from the stream if it enrolled a moment ago.
async fn public_key(shared: &Shared, agent: AgentId) -> Result<[u8; 32], End> {
    let view = shared.projections.live();
    let state = if let Some(entry) = view.agents.get(agent) {
        entry.state.clone()
    } else {
        let read = shared.commands.read::<Agent>(agent).await;
        read.map(Arc::unwrap_or_clone)
            .map_err(|_| End::failed("the store cannot be read"))?
    };
    match (state.standing, state.enrolment) {
        (Standing::Revoked, _) => Err(End::revoked()),
        (Standing::Held, _) => Err(End::held()),
        (Standing::Trusted, Some(enrolment)) => Ok(enrolment.public_key.0),
        (Standing::Trusted, None) => Err(End::unauthenticated()),
    }
}

pub(super) fn random_hex(shared: &Shared) -> Result<String, End> {
    let mut bytes = [0; NONCE_BYTES];
    (shared.world().fill(&mut bytes)).map_err(|_| End::failed("no random bytes"))?;
    Ok(hex::encode(bytes))
}

//! One agent's connection, from the request to its end:
//!
//! 1. `upgrade.rs`: the request becomes a WebSocket. Who has proven nothing may have to make room for others.
//! 2. `proof.rs`: the agent shows its key.
//! 3. `place.rs`: the connection takes the agent's place among those that are live, it is written down that the agent is here, and
//!    the server proves itself.
//! 4. `talk.rs`: frames in both directions: `hear.rs` takes in what the agent says, `give.rs` gives it what it owes, `elsewhere.rs`
//!    finds out whether it is somewhere else.
//! 5. `leave.rs`: goodbye, and it is written down that the agent is gone.
//!
//! Below all that is a [`Link`] (`link.rs`), which `socket.rs` makes of a WebSocket; `wire.rs` numbers what goes over it, and `end.rs` has every
//! reason to end.

mod elsewhere;
mod end;
mod give;
mod hear;
mod leave;
mod link;
mod place;
mod proof;
mod socket;
mod talk;
mod upgrade;
mod wire;

pub use link::{Link, Lost, Text};
pub use upgrade::upgrade;

use crate::Shared;
use crate::intake::Vouched;
use crate::registry::Order;
use place::{Admitted, admit};
use proof::prove_or_close;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use upkeep_agent_protocol::{Facts, Feature};
use upkeep_domain::kernel::ids::{AgentId, RunId};
use upkeep_event_store::Position;
use upkeep_listener::{Peer, Proof};
use uuid::Uuid;
use wire::Wire;

/// How long the older of two connections with one key has to show that it lives.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn serve(
    shared: Arc<Shared>,
    link: Box<dyn Link>,
    host: String,
    peer: Option<Peer>,
) {
    // A future is as large as the largest of its steps, and this one waits for as long as its agent is there: what comes once
    // is on the heap until it is over.
    let Some(mut connection) = Box::pin(open(&shared, link, host, peer)).await else {
        return;
    };
    let end = connection.talk().await;
    tracing::debug!(agent = %connection.agent, why = end.why, "an agent's connection ended");
    Box::pin(connection.leave(end)).await;
}

/// Both halves of the handshake; who fails one is told why.
async fn open(
    shared: &Arc<Shared>,
    link: Box<dyn Link>,
    host: String,
    peer: Option<Peer>,
) -> Option<Connection<'_>> {
    let mut wire = Wire::new(link, shared.world());
    // Who has to make room is left without a word: it may be one that reads nothing.
    let proven = tokio::select! {
        biased;
        () = has_to_go(peer.as_ref()) => None,
        proven = prove_or_close(shared, &mut wire, &host, peer.as_ref()) => proven,
    };
    match admit(shared, &mut wire, &host, proven?).await {
        Ok(admitted) => Some(Connection::new(shared, wire, admitted)),
        Err(end) => {
            wire.close(&end).await;
            None
        }
    }
}

/// Waits until a connection that has proven nothing has to make room for another one.
async fn has_to_go(peer: Option<&Peer>) {
    match peer {
        Some(peer) => peer.has_to_go().await,
        None => std::future::pending().await,
    }
}

/// An agent that is here, and what is going on with it.
struct Connection<'a> {
    shared: &'a Shared,
    agent: AgentId,
    id: Uuid,
    agent_version: String,
    /// What it can do that agents could not always.
    features: Vec<Feature>,
    /// Where it is written that this connection began.
    since: Position,
    wake: Arc<Notify>,
    orders: mpsc::Receiver<Order>,
    wire: Wire,
    /// As an uptime.
    last_heard: Duration,
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
    /// The agent has another connection, on another server, and this one was asked whether it lives: until which uptime
    /// it may answer, and the number of the frame that asked it.
    contested: Option<(Duration, u64)>,
    /// The store says that the agent is gone, another server took this one for dead: the number of the frame that asked the
    /// agent whether it is here.
    forgotten: Option<u64>,
    /// When this connection was last written down anew, as an uptime.
    reasserted: Option<Duration>,
    /// Whether the agent is on the hardware that its key is known for: before that is known it gets nothing to run, and
    /// nothing that it says of runs counts.
    vouched: Vouched,
    /// What the agent told of its computer and nobody wrote down yet.
    news: Option<Facts>,
    /// What keeps it from making room for others.
    proof: Option<Proof>,
}

impl<'a> Connection<'a> {
    fn new(shared: &'a Shared, wire: Wire, admitted: Admitted) -> Self {
        let Admitted {
            agent,
            agent_version,
            features,
            handle,
            orders,
            since,
            proof,
        } = admitted;
        Self {
            shared,
            agent,
            id: handle.connection,
            agent_version,
            features,
            since,
            wake: handle.wake,
            orders,
            wire,
            last_heard: shared.world().uptime(),
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
            proof,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that a connection may hold besides its buffers: there are thousands that only wait.
    const MAX_IDLE_BYTES: usize = 2 * 1024;

    fn bytes_of<F: Future>(
        _: impl FnOnce(Arc<Shared>, Box<dyn Link>, String, Option<Peer>) -> F,
    ) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_connection_that_only_waits_holds_little() {
        let bytes = bytes_of(serve);
        assert!(bytes <= MAX_IDLE_BYTES, "{bytes}");
    }
}

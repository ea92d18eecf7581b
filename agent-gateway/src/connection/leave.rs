//! How a connection is left: goodbye, and it is written down that the agent is gone.

use super::Connection;
use super::end::End;
use crate::Shared;
use std::time::Duration;
use upkeep_agent_protocol::ServerFrame;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason};
use upkeep_domain::kernel::ids::AgentId;

/// After a restart agents come back spread over this time.
const RESTART_SPREAD_MS: u64 = 2_000;
/// Between two attempts to write down that an agent is gone, while the store is away.
const DISCONNECT_AGAIN: Duration = Duration::from_secs(2);

impl Connection<'_> {
    pub(super) async fn leave(self, end: End) {
        let Self {
            shared,
            agent,
            id,
            mut wire,
            proof: _proof,
            ..
        } = self;
        if end.reason == DisconnectReason::ServerRestarted {
            let frame = ServerFrame::Goodbye {
                reason: "the server restarts".into(),
                retry_after_ms: spread(agent),
            };
            // Who does not hear it finds out by itself.
            let _ = wire.send(frame).await;
        }
        wire.close(&end).await;
        shared.registry.remove(agent, id);
        let command = AgentCommand::Disconnect {
            connection: id,
            reason: end.reason,
        };
        drop(wire);
        disconnect(shared, agent, command).await;
    }
}

/// Writes down that an agent is gone; waits for a store that is away, because nobody else would find out while this server lives.
async fn disconnect(shared: &Shared, agent: AgentId, command: AgentCommand) {
    let envelope = shared.system_envelope(agent);
    loop {
        let told = shared
            .commands
            .send::<Agent>(agent, command.clone(), &envelope)
            .await;
        match told {
            Ok(_) => return,
            Err(error) if error.is_outage() && !shared.stop.is_cancelled() => {
                tokio::select! {
                    // Either way it is tried again; at the end for the last time.
                    biased;
                    () = shared.stop.cancelled() => {}
                    () = shared.world().sleep(DISCONNECT_AGAIN) => {}
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

//! Two servers and one agent: what another server wrote about it is doubted until the agent itself has answered here.

use super::end::End;
use super::place::connect;
use super::{Connection, PROBE_PATIENCE};
use crate::Shared;
use std::time::Duration;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, HoldReason};
use upkeep_domain::kernel::ids::AgentId;
use upkeep_projections::View;

/// How often a connection that others took for dead is written down anew, at most: two servers whose clocks differ would go
/// on for ever.
const REASSERT_EVERY: Duration = Duration::from_mins(1);

impl Connection<'_> {
    /// The agent has shown its key to another server, too. If it still answers here, the key is in two places.
    pub(super) async fn contest(&mut self, view: &View) -> Result<(), End> {
        let newest = view.agents.get(self.agent).and_then(|entry| {
            let position = entry.changed.position;
            entry.state.connection.map(|newest| (newest, position))
        });
        let elsewhere =
            newest.is_some_and(|(newest, position)| newest != self.id && position > self.since);
        let now = self.shared.world().uptime();
        match self.contested {
            _ if !elsewhere => self.contested = None,
            None => {
                let asked = self.ask().await?;
                self.contested = Some((now + PROBE_PATIENCE, asked));
            }
            Some((until, _)) if now > until => {
                return Err(End::replaced("the agent is connected to another server"));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Somebody else wrote that the agent is gone. If it still answers here, that is put right.
    pub(super) async fn miss(&mut self, view: &View) -> Result<(), End> {
        let is_gone = view.agents.get(self.agent).is_some_and(|entry| {
            entry.state.connection.is_none() && entry.changed.position > self.since
        });
        let lately = self
            .reasserted
            .is_some_and(|at| self.shared.world().uptime() < at + REASSERT_EVERY);
        if !is_gone {
            self.forgotten = None;
        } else if self.forgotten.is_none() && !lately {
            self.forgotten = Some(self.ask().await?);
        }
        Ok(())
    }

    pub(super) async fn reassert(&mut self) -> Result<(), End> {
        tracing::warn!(agent = %self.agent, "another server took this one for dead: the agent is still here");
        self.forgotten = None;
        self.reasserted = Some(self.shared.world().uptime());
        self.since = connect(self.shared, self.agent, self.id, &self.agent_version).await?;
        Ok(())
    }
}

/// One key lives in two places: nobody works with it until a person decides.
pub(super) async fn hold(shared: &Shared, agent: AgentId) -> End {
    let command = AgentCommand::Hold(HoldReason::CopiedKey);
    let envelope = shared.system_envelope(agent);
    let held = shared.commands.send::<Agent>(agent, command, &envelope);
    if let Err(error) = held.await {
        tracing::warn!(%agent, %error, "the agent could not be held");
    }
    End::copied_key()
}

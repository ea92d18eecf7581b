//! What the store says that an agent owes, given to it; and whether it may still be connected.

use super::Connection;
use super::end::End;
use crate::intake::Vouched;
use crate::orders::order;
use std::collections::HashSet;
use upkeep_agent_protocol::{MAX_UNANSWERED_RUNS, ServerFrame, proof};
use upkeep_domain::fleet::agent::Standing;
use upkeep_domain::kernel::ids::RunId;

impl Connection<'_> {
    /// Gives the agent what the store says that it owes, and stops what was cancelled.
    pub(super) async fn look(&mut self) -> Result<(), End> {
        let view = self.shared.projections.live();
        let standing = view
            .agents
            .get(self.agent)
            .map(|entry| entry.state.standing);
        match standing {
            Some(Standing::Revoked) => return Err(End::revoked()),
            Some(Standing::Held) => return Err(End::held()),
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
}

//! What the store says that an agent owes, given to it; and whether it may still be connected.

use super::Connection;
use super::end::End;
use crate::intake::Vouched;
use crate::orders::order;
use std::collections::HashSet;
use upkeep_agent_protocol::{Feature, MAX_UNANSWERED_RUNS, ServerFrame, proof};
use upkeep_domain::fleet::agent::Standing;
use upkeep_domain::kernel::ids::RunId;
use upkeep_domain::maintenance::session::{RunOutcome, RunReport, RunUpdate};

/// Why a script does not run that has to be told something.
const CANNOT_TELL: &str = "the agent is too old to tell scripts their parameters, and without them it must not run: update the agent on this computer";

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
                if !order.parameters.is_empty() && !self.features.contains(&Feature::Parameters) {
                    self.refuse_to_give(open.run).await?;
                    continue;
                }
                let order = serde_json::to_string(&order)
                    .map_err(|_| End::malformed("an order could not be written"))?;
                let sig = proof::sign_order(self.shared.keys.current(), &order);
                self.wire.send(ServerFrame::Run { order, sig }).await?;
                self.given.insert(open.run);
            }
        }
        Ok(())
    }

    /// Ends a run that this agent would start without telling the script what it has to be told.
    async fn refuse_to_give(&mut self, run: RunId) -> Result<(), End> {
        let why = CANNOT_TELL.to_owned();
        let report = Box::new(RunReport::without_output(RunOutcome::CouldNotStart { why }));
        let updates = vec![RunUpdate::Ended { run, report }];
        let (shared, agent, since) = (self.shared, self.agent, self.since);
        self.stay_for(shared.take_updates(agent, since, updates))
            .await??;
        self.given.insert(run);
        Ok(())
    }
}

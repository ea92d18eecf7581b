//! What the store says that an agent owes, given to it; and whether it may still be connected.

use super::Connection;
use super::end::End;
use crate::intake::Vouched;
use crate::orders::{opened, order};
use std::collections::HashSet;
use upkeep_agent_protocol::{
    AnswerMode, Feature, Interpreter, MAX_UNANSWERED_RUNS, RunOrder, ServerFrame, proof,
};
use upkeep_domain::fleet::agent::Standing;
use upkeep_domain::kernel::ids::RunId;
use upkeep_domain::maintenance::session::{RunOutcome, RunReport, RunUpdate};

/// What not every agent can do: which orders need it, and why they are not given to an agent that does not say that it can.
const NEEDS: [Need; 4] = [
    Need {
        is_needed: |order| !order.parameters.is_empty(),
        feature: Feature::Parameters,
        why: "the agent is too old to tell scripts their parameters, and without them it must not run: update the agent on this computer",
    },
    Need {
        is_needed: |order| !order.secrets.is_empty(),
        feature: Feature::Secrets,
        why: "the agent is too old to tell scripts secrets and to keep them out of what they print: update the agent on this computer",
    },
    // What it prints may be nothing because an error ended it, and would be taken for absence.
    Need {
        is_needed: |order| {
            order.interpreter == Interpreter::PowerShell && order.answer == Some(AnswerMode::Value)
        },
        feature: Feature::Results,
        why: "the agent is too old to tell what PowerShell answers from what it prints, and what it found would not be known: update the agent on this computer",
    },
    // It would ask the server for it, which has none.
    Need {
        is_needed: |order| {
            let package = order.package.as_ref();
            package.is_some_and(|package| package.url.is_some())
        },
        feature: Feature::PackageUrls,
        why: "the agent is too old to fetch packages from their vendors: update the agent on this computer",
    },
];

struct Need {
    is_needed: fn(&RunOrder) -> bool,
    feature: Feature,
    why: &'static str,
}

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
            if let Some(mut order) = order(&view, self.agent, &open, now) {
                let opened = opened(&view, &self.shared.keyring, &open);
                let why_not = match opened {
                    Ok(secrets) => {
                        order.secrets = secrets;
                        self.why_not(&order).map(str::to_owned)
                    }
                    Err(why) => Some(why),
                };
                if let Some(why) = why_not {
                    self.refuse_to_give(open.run, why).await?;
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

    /// Why this agent must not be given an order.
    fn why_not(&self, order: &RunOrder) -> Option<&'static str> {
        let lacks =
            |need: &&Need| (need.is_needed)(order) && !self.features.contains(&need.feature);
        NEEDS.iter().find(lacks).map(|need| need.why)
    }

    /// Ends a run that this agent would carry out otherwise than it has to be.
    async fn refuse_to_give(&mut self, run: RunId, why: String) -> Result<(), End> {
        let report = Box::new(RunReport::without_output(RunOutcome::CouldNotStart { why }));
        let updates = vec![RunUpdate::Ended { run, report }];
        let (shared, agent, since) = (self.shared, self.agent, self.since);
        self.stay_for(shared.take_updates(agent, since, updates))
            .await??;
        self.given.insert(run);
        Ok(())
    }
}

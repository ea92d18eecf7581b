use super::about::{About, Requested};
use super::action::Action;
use super::draft::{Draft, Reading};
use super::lock::Lock;
use super::runs::Run;
use super::waits::Wait;
use crate::kernel::ids::{ActionId, ComputerId, RunId, ServerId, TenantId};
use chrono::{DateTime, Utc};
use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    Resolution,
    Detection,
    Execution,
    Verification,
}

/// How a session ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// Every action succeeded; no action at all is a success too.
    Passed,
    PartiallyPassed,
    Failed,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It waits for its turn, or for its computer to come online.
    #[default]
    Queued,
    Running(Stage),
    Ended(Ending),
    Cancelled,
    Missed,
}

impl Status {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended(_) | Self::Cancelled | Self::Missed)
    }
}

/// What is known of a session. Copies share what they have in common: views and whoever decides keep several of one session, whose
/// actions and runs may be many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Nothing until it was created.
    pub request: Option<Requested>,
    pub status: Status,
    /// The server that works on it.
    pub claim: Option<ServerId>,
    pub actions: Vector<Arc<Action>>,
    pub left_out: u32,
    pub runs: OrdMap<RunId, Arc<Run>>,
    /// Those of them that have no result yet.
    pub(super) open: BTreeSet<RunId>,
    /// How many events something may have followed from: from a run's start nothing follows but time.
    pub moves: u64,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// The script that it tries, if it does nothing else.
    pub draft: Option<Arc<Draft>>,
    /// What that came to; nothing before it ended.
    pub reading: Option<Arc<Reading>>,
    /// What it waits for now, once for each cause.
    pub waits: Vec<Wait>,
    /// The serial task that it brings about.
    pub(super) lock: Option<Lock>,
}

impl Session {
    /// The computer that this session has onboarded: the first one about everything that achieved something does.
    pub fn onboards(&self) -> Option<(ComputerId, TenantId)> {
        let request = self.request?;
        let achieved = matches!(
            self.status,
            Status::Ended(Ending::Passed | Ending::PartiallyPassed)
        );
        (achieved && request.about == About::Everything)
            .then_some((request.computer(), request.tenant))
    }

    /// In the order of the plan.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().map(AsRef::as_ref)
    }

    /// Whether it waits for its turn, or for its computer. One that waits no more never waits again.
    pub fn is_queued(&self) -> bool {
        self.request.is_some() && self.status == Status::Queued
    }

    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions().find(|action| action.plan.action == id)
    }
}

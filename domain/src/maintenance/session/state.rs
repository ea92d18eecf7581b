use super::about::{About, Requested};
use super::action::Action;
use super::runs::Run;
use super::waits::Wait;
use crate::kernel::ids::{ActionId, ComputerId, RunId, ServerId, TenantId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// What is known of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Nothing until it was created.
    pub request: Option<Requested>,
    pub status: Status,
    /// The server that works on it.
    pub claim: Option<ServerId>,
    pub actions: Vec<Action>,
    pub left_out: u32,
    pub runs: BTreeMap<RunId, Run>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// What it waits for now, once for each cause.
    pub waits: Vec<Wait>,
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

    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.plan.action == id)
    }
}

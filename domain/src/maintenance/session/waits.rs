//! What a session waits for, since when, and until when at most.

use super::about::Requested;
use super::action::ResultReason;
use super::advance::Advance;
use super::elapsed::Elapsed;
use super::runs::Run;
use super::stages::fail;
use super::state::{Session, Stage};
use super::words::WENT_OFFLINE;
use super::{SessionEvent, SessionMissed, WaitBegan, WaitEnded};
use crate::kernel::limits::{MAX_EVENTS_PER_ADVANCE, OFFLINE_LIMIT, RUN_GRACE};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum WaitCause {
    /// To begin: in the queue, or for its computer to come online. When the wait is over it is missed.
    Turn,
    /// For its computer to come back. When the wait is over what is left of it fails.
    Connectivity,
    /// For another session to have brought a serial task about. When the wait is over its action fails.
    SerialTask,
}

/// How a wait ended. Who ended it, if somebody did, is in the event's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum WaitOutcome {
    /// What it waited for is there.
    Met,
    /// Its time was over.
    Lapsed,
}

/// A wait that goes on. What is over waits for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub cause: WaitCause,
    pub since: DateTime<Utc>,
    /// It is not given up before: later where a clock jumped, or where nobody listened meanwhile.
    pub deadline: DateTime<Utc>,
}

impl Wait {
    pub(super) fn ended(&self, outcome: WaitOutcome, at: DateTime<Utc>) -> SessionEvent {
        WaitEnded {
            cause: self.cause,
            outcome,
            at,
        }
        .into()
    }
}

impl From<&WaitBegan> for Wait {
    fn from(began: &WaitBegan) -> Self {
        Self {
            cause: began.cause,
            since: began.at,
            deadline: began.deadline,
        }
    }
}

impl Session {
    /// From then on time alone may change something; nothing where it cannot. A clock that jumps and a server that starts
    /// make it later, never earlier.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        if self.status.is_over() {
            return None;
        }
        let waits = self.waits.iter().map(|wait| wait.deadline);
        let runs = self.open_runs().map(|(_, run)| run.due());
        waits.chain(runs).min()
    }

    pub fn waits_for(&self, cause: WaitCause) -> Option<&Wait> {
        self.waits.iter().find(|wait| wait.cause == cause)
    }

    /// Whether time alone has changed something by now, for a server that has seen this much time pass.
    pub fn is_due(&self, elapsed: &Elapsed<'_>) -> bool {
        let has_lapsed = self.waits.iter().any(|wait| elapsed.is_over(wait));
        let has_lost = || self.open_runs().any(|(_, run)| elapsed.is_lost(run));
        !self.status.is_over() && (has_lapsed || has_lost())
    }
}

impl Run {
    /// When it counts as lost if nothing was heard.
    pub(super) fn due(&self) -> DateTime<Utc> {
        let begun = self
            .started_at
            .map(|at| at + self.timeout.duration() + RUN_GRACE);
        begun.map_or(self.deadline, |begun| begun.max(self.deadline))
    }
}

/// The first wait of a session.
pub(super) fn for_turn(request: &Requested) -> WaitBegan {
    WaitBegan {
        cause: WaitCause::Turn,
        deadline: request.at + request.about.max_wait(),
        at: request.at,
    }
}

impl Advance<'_> {
    pub(super) fn wait_for_turn(&self) -> Vec<SessionEvent> {
        let elapsed = self.elapsed();
        let turn = self.session.waits_for(WaitCause::Turn);
        match turn.filter(|wait| elapsed.is_over(wait)) {
            Some(wait) => vec![self.lapsed(wait), SessionMissed { at: self.now }.into()],
            None => vec![],
        }
    }

    fn lapsed(&self, wait: &Wait) -> SessionEvent {
        wait.ended(WaitOutcome::Lapsed, self.now)
    }

    /// The computer is back, or it does not come back any more; nothing if it is not waited for, or still is.
    pub(super) fn end_of_wait(&self) -> Vec<SessionEvent> {
        let Some(wait) = self.session.waits_for(WaitCause::Connectivity) else {
            return vec![];
        };
        if self.surroundings.agent.is_some() {
            vec![wait.ended(WaitOutcome::Met, self.now)]
        } else if self.elapsed().is_over(wait) {
            self.give_up(wait)
        } else {
            vec![]
        }
    }

    /// Where nothing can be done and nothing is on its way it is the computer that is missing, once its agents had time to come
    /// back. To resolve takes no computer.
    pub(super) fn wait_for_computer(&self, stage: Stage) -> Vec<SessionEvent> {
        let is_missing = self.surroundings.agent.is_none()
            && self.session.open_runs().next().is_none()
            && stage != Stage::Resolution;
        let is_waited_for = self.session.waits_for(WaitCause::Connectivity).is_some();
        let had_time = self.elapsed().had_patience() && self.surroundings.is_gone(self.now);
        if !is_missing || is_waited_for || !had_time {
            return vec![];
        }
        vec![
            WaitBegan {
                cause: WaitCause::Connectivity,
                deadline: self.now + OFFLINE_LIMIT,
                at: self.now,
            }
            .into(),
        ]
    }

    /// What is open fails first, however many appends that takes.
    fn give_up(&self, wait: &Wait) -> Vec<SessionEvent> {
        if let Some(unread) = self.give_up_draft() {
            return vec![unread];
        }
        let open = self
            .session
            .actions()
            .filter(|action| !action.progress.is_completed());
        let events: Vec<SessionEvent> = open
            .take(MAX_EVENTS_PER_ADVANCE)
            .map(|action| fail(action, ResultReason::DeviceOffline, WENT_OFFLINE.to_owned()))
            .collect();
        if events.is_empty() {
            vec![self.lapsed(wait), self.complete()]
        } else {
            events
        }
    }
}

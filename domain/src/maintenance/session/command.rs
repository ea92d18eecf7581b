use super::about::Requested;
use super::draft::Trial;
use super::elapsed::Elapsed;
use super::lock::LockAnswer;
use super::report::RunReport;
use crate::catalogue::Catalogue;
use crate::catalogue::parameter::Values;
use crate::kernel::clock_jumps::ClockJumps;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::{AgentId, DeploymentId, RunId, ServerId, SessionId};
use crate::kernel::limits::MAX_WAITING_SESSIONS_PER_COMPUTER;
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use crate::rules::prerequisite::Prerequisites;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A deployment that won an item on the session's computer.
#[derive(Clone, Debug, PartialEq)]
pub struct Winner {
    pub item: MaintenanceItem,
    pub deployment: DeploymentId,
    pub desired: DesiredState,
    /// The deployment's target in words.
    pub target_phrase: String,
    pub scope: Scope,
    /// What it tells its task.
    pub parameters: Values,
}

/// What is around a session when it is to take its next steps.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The session itself: the ids of its actions and runs follow from it.
    pub session: SessionId,
    /// A connected agent of the computer, if there is one.
    pub agent: Option<AgentId>,
    /// When something last happened to one of its agents: who has just gone may come back in a moment. Nothing where it has none.
    pub agents_changed_at: Option<DateTime<Utc>>,
    /// The computer's winners; needed in the stage Resolution only, which waits until they are there.
    pub winners: Option<Vec<Winner>>,
    /// What software needs before it; needed with the winners.
    pub prerequisites: Prerequisites,
    /// Has the software and the tasks of the winners and of the actions, and the software of the prerequisites.
    pub catalogue: Arc<dyn Catalogue>,
    /// What became of asking for the lock that it wants; nothing if nobody asked.
    pub lock: Option<LockAnswer>,
    /// The server that works on it.
    pub server: ServerId,
    /// Since when this server lets agents connect: none counts as lost before it could come back.
    pub listening_since: DateTime<Utc>,
    /// How far its clock jumped forward meanwhile: no time passed for the computers.
    pub jumps: ClockJumps,
}

impl Surroundings {
    /// Whether the computer has no agent, and had none for long enough that a lost connection is not merely being made anew.
    pub fn is_gone(&self, now: DateTime<Utc>) -> bool {
        let elapsed = self.elapsed(now);
        let has_settled = self
            .agents_changed_at
            .is_none_or(|at| elapsed.has_settled(at));
        self.agent.is_none() && has_settled
    }

    /// How much time has passed for the server by a moment.
    pub fn elapsed(&self, now: DateTime<Utc>) -> Elapsed<'_> {
        Elapsed {
            now,
            listening_since: self.listening_since,
            jumps: &self.jumps,
        }
    }
}

/// What can be asked of a session.
#[derive(Clone, Debug)]
pub enum SessionCommand {
    /// It has claimed a place among those that wait for the computer.
    Create {
        request: Requested,
    },
    /// The same of a session that tries a script.
    Try(Box<Trial>),
    /// It is its turn, and this server will work on it.
    Start {
        server: ServerId,
    },
    /// The server that had claimed it is gone; this one goes on with it.
    TakeOver {
        server: ServerId,
        from: ServerId,
    },
    /// Take every step that can be taken now.
    Advance(Arc<Surroundings>),
    /// What the agent says of its runs, in the order in which it says it: all of it is recorded, or nothing.
    RecordRuns {
        agent: AgentId,
        updates: Vec<RunUpdate>,
    },
    Cancel,
}

impl SessionCommand {
    /// What is asked for, if it asks for a session.
    pub(super) fn request(&self) -> Option<Requested> {
        match self {
            Self::Create { request } => Some(*request),
            Self::Try(trial) => Some(trial.request()),
            Self::Start { .. }
            | Self::TakeOver { .. }
            | Self::Advance(_)
            | Self::RecordRuns { .. }
            | Self::Cancel => None,
        }
    }

    /// The agent says that it started a run.
    pub fn run_started(agent: AgentId, run: RunId) -> Self {
        let updates = vec![RunUpdate::Started { run }];
        Self::RecordRuns { agent, updates }
    }

    /// The agent says how a run ended.
    pub fn run_ended(agent: AgentId, run: RunId, report: RunReport) -> Self {
        let report = Box::new(report);
        let updates = vec![RunUpdate::Ended { run, report }];
        Self::RecordRuns { agent, updates }
    }
}

/// What an agent says of one run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunUpdate {
    Started { run: RunId },
    Ended { run: RunId, report: Box<RunReport> },
}

impl RunUpdate {
    pub fn run(&self) -> RunId {
        match self {
            Self::Started { run } | Self::Ended { run, .. } => *run,
        }
    }

    /// The run, if this is its end.
    pub fn ended(&self) -> Option<RunId> {
        match self {
            Self::Started { .. } => None,
            Self::Ended { run, .. } => Some(*run),
        }
    }
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SessionRejection {
    #[error("there is no such session: check the id")]
    NotFound,
    #[error("this session exists already: use another id")]
    AlreadyExists,
    #[error("the session is over: start a new one")]
    Over,
    #[error(
        "the computer has {MAX_WAITING_SESSIONS_PER_COMPUTER} sessions waiting, which is the most: wait, or cancel some"
    )]
    TooManyWaiting,
    #[error("a script that is tried is told no secrets: write a value to try it with")]
    SecretInDraft,
    #[error("another server works on this session: leave it to that one")]
    ClaimedElsewhere,
    #[error("the session has no such run for this agent: nothing was recorded")]
    UnknownRun,
}

impl Rejection for SessionRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Over => Code::SessionOver,
            Self::TooManyWaiting => Code::TooManySessionsWaiting,
            Self::SecretInDraft => Code::Invalid,
            Self::ClaimedElsewhere => Code::SessionClaimedElsewhere,
            Self::UnknownRun => Code::UnknownRun,
        }
    }
}

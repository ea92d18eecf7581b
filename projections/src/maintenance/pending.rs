//! Where each session stands that is not over: which wait for their turn on which computer, which server works on the others, which
//! hold and wait for the locks of serial tasks, and when time alone may change something.

use crate::index::Index;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use upkeep_domain::kernel::ids::{ComputerId, ServerId, SessionId, TaskId};
use upkeep_domain::maintenance::session::{Session, Status};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// For their turn, by computer.
    pub waiting: Index<ComputerId, SessionId>,
    pub running: Index<Worker, SessionId>,
    /// By [`Session::due`].
    pub due: Index<DateTime<Utc>, SessionId>,
    /// By the serial task that each brings about.
    pub locking: Index<TaskId, SessionId>,
    /// By the serial task that each waits for, in the order in which they came to it.
    pub awaiting: Index<(TaskId, DateTime<Utc>), SessionId>,
}

/// Who works on a session that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Worker {
    /// It is from before there were claims.
    Nobody,
    Server(ServerId),
}

impl From<Option<ServerId>> for Worker {
    fn from(claim: Option<ServerId>) -> Self {
        claim.map_or(Self::Nobody, Self::Server)
    }
}

/// The keys of one session.
#[derive(Clone, Copy, Default)]
pub struct Keys {
    waits_on: Option<ComputerId>,
    runs_for: Option<Worker>,
    due: Option<DateTime<Utc>>,
    locks: Option<TaskId>,
    awaits: Option<(TaskId, DateTime<Utc>)>,
}

impl Keys {
    pub fn of(session: &Session) -> Self {
        let status = session.status;
        let computer = session.request.map(|request| request.computer());
        Self {
            waits_on: computer.filter(|_| status == Status::Queued),
            runs_for: matches!(status, Status::Running(_)).then(|| session.claim.into()),
            due: session.due(),
            locks: session.locked_task(),
            awaits: session.awaits_task(),
        }
    }
}

impl Pending {
    pub fn place(&mut self, session: SessionId, before: Keys, after: Keys) {
        self.waiting.place(session, before.waits_on, after.waits_on);
        self.running.place(session, before.runs_for, after.runs_for);
        self.due.place(session, before.due, after.due);
        self.locking.place(session, before.locks, after.locks);
        self.awaiting.place(session, before.awaits, after.awaits);
    }
}

//! How much time has passed for a session, as the server knows it that moves it on.

use super::runs::Run;
use super::waits::{Wait, WaitCause};
use crate::kernel::clock_jumps::ClockJumps;
use crate::kernel::limits::{CONNECTION_GRACE, RECONNECT_GRACE, RUN_GRACE};
use chrono::{DateTime, Utc};

/// A moment, and what a server knows of the time before it.
#[derive(Clone, Copy, Debug)]
pub struct Elapsed<'a> {
    pub now: DateTime<Utc>,
    /// Since when the server lets agents connect: none counts as lost before it could come back.
    pub listening_since: DateTime<Utc>,
    /// How far its clock jumped forward meanwhile: no time passed for the computers.
    pub jumps: &'a ClockJumps,
}

impl Elapsed<'_> {
    /// Until then agents that were connected before this server started may come back.
    fn patience(&self) -> DateTime<Utc> {
        let listening = self.listening_since;
        self.jumps.shift(listening + RECONNECT_GRACE, listening)
    }

    /// Whether agents had time to come back since the server started.
    pub fn had_patience(&self) -> bool {
        self.now > self.patience()
    }

    /// Whether what happened to an agent then was long enough ago that it would be back if it were on its way. A store whose clock is
    /// ahead of this server's delays nothing.
    pub fn has_settled(&self, changed_at: DateTime<Utc>) -> bool {
        let is_ahead = changed_at > self.now;
        is_ahead || self.now > self.jumps.shift(changed_at + CONNECTION_GRACE, changed_at)
    }

    /// Whether a wait has lasted as long as it may. A computer can only come back to a server that listens: the time of that
    /// wait begins again where this one started later.
    pub(super) fn is_over(&self, wait: &Wait) -> bool {
        let since = match wait.cause {
            WaitCause::Turn | WaitCause::SerialTask => wait.since,
            WaitCause::Connectivity => wait.since.max(self.listening_since),
        };
        let until = since + (wait.deadline - wait.since);
        self.now > self.jumps.shift(until, since)
    }

    /// A run is lost when it should have begun and ended by now, and when agents had time to come back since the server
    /// started. Its script is given all its time from its start on, and the time is real: a clock that was set ends nothing.
    pub(super) fn is_lost(&self, run: &Run) -> bool {
        let asked = self.jumps.shift(run.deadline, run.requested_at);
        let begun = run.started_at.map(|at| {
            self.jumps
                .shift(at + run.timeout.duration() + RUN_GRACE, at)
        });
        self.now > asked.max(self.patience()).max(begun.unwrap_or(asked))
    }
}

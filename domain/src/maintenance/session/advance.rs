//! The engine of a session: which events follow from where it stands and what is around it.

use super::elapsed::Elapsed;
use super::state::{Session, Stage, Status};
use super::{SessionEvent, Surroundings};
use crate::kernel::decider::{Context, Decider, EventPayload};
use crate::kernel::limits::{MAX_ADVANCE_BYTES, MAX_EVENTS_PER_ADVANCE};
use chrono::{DateTime, Utc};

/// Every event that follows now, until the session has to wait, is over, or has made as much as one append takes: what
/// is left follows the next time.
pub(super) fn advance(
    session: &Session,
    surroundings: &Surroundings,
    context: &Context,
) -> Vec<SessionEvent> {
    let mut state = session.clone();
    let mut all = Vec::new();
    let mut bytes = 0;
    while all.len() < MAX_EVENTS_PER_ADVANCE && bytes < MAX_ADVANCE_BYTES {
        let next = Advance {
            session: &state,
            surroundings,
            now: context.now,
        }
        .next();
        if next.is_empty() {
            break;
        }
        bytes += next.iter().map(size).sum::<usize>();
        state = next.iter().fold(state, Session::evolve);
        all.extend(next);
    }
    all
}

impl Session {
    /// Whether another step can be taken at once: what one append takes may not have been all.
    pub fn can_go_on(&self, surroundings: &Surroundings, now: DateTime<Utc>) -> bool {
        let advance = Advance {
            session: self,
            surroundings,
            now,
        };
        !advance.next().is_empty()
    }
}

/// Of an event, in bytes. What cannot be written is refused where it is.
fn size(event: &SessionEvent) -> usize {
    event.to_json().map_or(0, |json| json.len())
}

/// A session, what is around it, and the moment.
pub(super) struct Advance<'a> {
    pub(super) session: &'a Session,
    pub(super) surroundings: &'a Surroundings,
    pub(super) now: DateTime<Utc>,
}

impl Advance<'_> {
    pub(super) fn elapsed(&self) -> Elapsed<'_> {
        self.surroundings.elapsed(self.now)
    }

    /// What follows next; nothing if it has to wait.
    fn next(&self) -> Vec<SessionEvent> {
        match self.session.status {
            Status::Queued => self.wait_for_turn(),
            Status::Running(stage) => self.run(stage),
            Status::Ended(_) | Status::Cancelled | Status::Missed => vec![],
        }
    }

    fn run(&self, stage: Stage) -> Vec<SessionEvent> {
        let overdue = self.end_overdue_runs();
        if !overdue.is_empty() {
            return overdue;
        }
        let end = self.end_of_wait();
        if !end.is_empty() {
            return end;
        }
        let events = match (&self.session.draft, stage) {
            (Some(draft), _) => self.try_out(draft),
            (None, Stage::Resolution) => self.resolve(),
            (None, Stage::Detection) => self.detect(),
            (None, Stage::Execution) => self.execute(),
            (None, Stage::Verification) => self.verify(),
        };
        if events.is_empty() {
            self.wait_for_computer(stage)
        } else {
            events
        }
    }
}

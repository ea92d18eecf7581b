//! What a session waits for, and when it stops.

use super::action::ResultReason;
use super::advance::Advance;
use super::stages::fail;
use super::words::WENT_OFFLINE;
use super::{SessionEvent, SessionMissed};
use crate::kernel::limits::{
    MAX_EVENTS_PER_ADVANCE, OFFLINE_LIMIT, RECONNECT_GRACE, SESSION_MAX_WAIT,
};
use chrono::{DateTime, Utc};

impl Advance<'_> {
    /// Until then agents that were connected before this server started may come back.
    pub(super) fn patience(&self) -> DateTime<Utc> {
        let listening = self.surroundings.listening_since;
        self.surroundings
            .jumps
            .shift(listening + RECONNECT_GRACE, listening)
    }

    pub(super) fn wait_for_turn(&self) -> Vec<SessionEvent> {
        let jumps = &self.surroundings.jumps;
        let is_missed = self.session.request.is_some_and(|request| {
            self.now > jumps.shift(request.at + SESSION_MAX_WAIT, request.at)
        });
        if is_missed {
            vec![SessionMissed { at: self.now }.into()]
        } else {
            vec![]
        }
    }

    pub(super) fn computer_is_lost(&self) -> bool {
        let since = self
            .session
            .last_progress
            .map_or(self.surroundings.listening_since, |last| {
                last.max(self.surroundings.listening_since)
            });
        let until = self.surroundings.jumps.shift(since + OFFLINE_LIMIT, since);
        self.surroundings.agent.is_none()
            && self.session.open_runs().next().is_none()
            && self.now > until
    }

    pub(super) fn give_up(&self) -> Vec<SessionEvent> {
        let open = self
            .session
            .actions
            .iter()
            .filter(|action| !action.progress.is_completed());
        let events: Vec<SessionEvent> = open
            .take(MAX_EVENTS_PER_ADVANCE)
            .map(|action| fail(action, ResultReason::DeviceOffline, WENT_OFFLINE.to_owned()))
            .collect();
        if events.is_empty() {
            vec![self.complete()]
        } else {
            events
        }
    }
}

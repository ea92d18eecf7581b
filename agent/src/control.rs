//! Whether a run may still start, and why it is to stop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// Why a run is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server said so.
    Cancelled,
    /// The link on which it was ordered is gone, and with it every word about whether it is still wanted. Only what
    /// has not started ends so: the server offers it again.
    LinkEnded,
    /// The agent ends.
    AgentStops,
}

/// One run that waits or goes on.
#[derive(Debug, Default)]
pub struct Control {
    state: Mutex<State>,
    stopped: CancellationToken,
    over: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    has_started: bool,
    why: Option<Stop>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first reason counts.
    pub fn stop(&self, why: Stop) {
        let mut state = self.state();
        if state.has_started && why == Stop::LinkEnded {
            return;
        }
        state.why.get_or_insert(why);
        self.stopped.cancel();
    }

    /// From here on the run counts as started; refused if it was stopped before.
    pub fn begin(&self) -> Result<(), Stop> {
        let mut state = self.state();
        if let Some(why) = state.why {
            return Err(why);
        }
        state.has_started = true;
        Ok(())
    }

    pub fn has_started(&self) -> bool {
        self.state().has_started
    }

    /// Why it is to stop, if it is.
    pub fn why(&self) -> Option<Stop> {
        self.state().why
    }

    /// Waits until it is to stop.
    pub async fn stopped(&self) -> Stop {
        self.stopped.cancelled().await;
        self.why().unwrap_or(Stop::AgentStops)
    }

    /// Nothing of it is left.
    pub fn end(&self) {
        self.over.cancel();
    }

    /// Waits until nothing of it is left.
    pub async fn ended(&self) {
        self.over.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stopped_does_not_start() {
        for why in [Stop::Cancelled, Stop::LinkEnded, Stop::AgentStops] {
            let control = Control::default();
            control.stop(why);
            assert_eq!(control.begin(), Err(why));
            control.stop(Stop::AgentStops);
            assert_eq!(control.why(), Some(why), "the first reason counts");
        }
    }

    #[test]
    fn what_has_started_outlives_its_link_and_nothing_else() {
        let control = Control::default();
        assert_eq!(control.begin(), Ok(()));
        control.stop(Stop::LinkEnded);
        assert_eq!(control.why(), None);
        control.stop(Stop::Cancelled);
        assert_eq!(control.why(), Some(Stop::Cancelled));
    }
}

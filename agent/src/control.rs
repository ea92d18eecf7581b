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
    /// It has started, or its answer is under way.
    is_settled: bool,
    why: Option<Stop>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first reason counts.
    pub fn stop(&self, why: Stop) {
        let mut state = self.state();
        if state.is_settled && why == Stop::LinkEnded {
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
        state.is_settled = true;
        Ok(())
    }

    /// It will not start, and its answer is under way: that outlives its link, however long the disk is full.
    pub fn settle(&self) {
        self.state().is_settled = true;
    }

    /// Whether the end of its link is nothing to it.
    pub fn is_settled(&self) -> bool {
        self.state().is_settled
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
    fn an_answer_that_is_under_way_outlives_its_link() {
        let control = Control::default();
        assert!(!control.is_settled());
        control.settle();
        control.stop(Stop::LinkEnded);
        assert_eq!((control.is_settled(), control.why()), (true, None));
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

//! Which deployments win.

use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::{SessionEvent, Stage, StageStarted};

impl Advance<'_> {
    /// Waits for the winners: nothing is planned without them.
    pub(in crate::maintenance::session) fn resolve(&self) -> Vec<SessionEvent> {
        let Some(winners) = &self.surroundings.winners else {
            return vec![];
        };
        let stage = Stage::Detection;
        vec![self.plan(winners), StageStarted { stage }.into()]
    }
}

//! How much output of each run was taken in, over whatever connections it came: an agent that comes again begins no new count.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use upkeep_domain::kernel::ids::{AgentId, RunId};

/// So many runs are remembered before those are forgotten that no agent owes any more.
const REMEMBERED: usize = 1_024;

/// The counts of this server.
#[derive(Default)]
pub struct Outputs {
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    bytes: HashMap<(AgentId, RunId), u64>,
    /// How many are remembered before a look at all of them: twice those that stayed the last time.
    before_forgetting: usize,
}

impl Outputs {
    /// What was taken in of a run, in bytes.
    pub fn taken(&self, agent: AgentId, run: RunId) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.bytes.get(&(agent, run)).copied().unwrap_or_default()
    }

    /// What has been taken in of a run by now.
    pub fn note(
        &self,
        agent: AgentId,
        run: RunId,
        bytes: u64,
        is_owed: impl Fn(AgentId, RunId) -> bool,
    ) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.bytes.len() >= REMEMBERED.max(counts.before_forgetting) {
            counts.bytes.retain(|(agent, run), _| is_owed(*agent, *run));
            counts.before_forgetting = 2 * counts.bytes.len();
        }
        counts.bytes.insert((agent, run), bytes);
    }

    /// The run is over.
    pub fn forget(&self, agent: AgentId, run: RunId) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.bytes.remove(&(agent, run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_owed_is_remembered_and_nothing_else() {
        let outputs = Outputs::default();
        let agent = AgentId(Uuid::from_u128(1));
        let run = |n| RunId(Uuid::from_u128(n));
        let is_owed = |_, of: RunId| of == run(0);
        for n in 0..4 * REMEMBERED as u128 {
            outputs.note(agent, run(n), 7, is_owed);
        }
        assert_eq!(outputs.taken(agent, run(0)), 7);
        assert!(outputs.counts.lock().unwrap().bytes.len() <= REMEMBERED);
        outputs.forget(agent, run(0));
        assert_eq!(outputs.taken(agent, run(0)), 0);
    }
}

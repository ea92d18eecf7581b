//! How often one agent may make the store grow: an agent that comes and goes, or whose computer changes with every look,
//! is answered, but not written down each time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use upkeep_domain::kernel::ids::AgentId;

/// Connections that an agent may begin one after the other, and how often then; each is two events.
const CONNECTIONS: Rate = Rate {
    burst: 60,
    every: Duration::from_secs(20),
};
/// The same for inventories that differ from the one before.
const INVENTORIES: Rate = Rate {
    burst: 10,
    every: Duration::from_mins(5),
};
/// So many agents are remembered before those are forgotten that may do all again.
const REMEMBERED: usize = 1_024;

/// What an agent may do so often and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    Connecting,
    TellingOfItsComputer,
}

#[derive(Clone, Copy)]
struct Rate {
    burst: u32,
    every: Duration,
}

impl Doing {
    fn rate(self) -> Rate {
        match self {
            Self::Connecting => CONNECTIONS,
            Self::TellingOfItsComputer => INVENTORIES,
        }
    }
}

/// What each agent has used up.
#[derive(Default)]
pub struct Allowances {
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    /// When each will have all of it again, as an uptime.
    whole_again: HashMap<(AgentId, Doing), Duration>,
    /// How many are remembered before somebody is forgotten: twice those that could not be the last time, so that a look at all
    /// of them is paid by those who came since.
    before_forgetting: usize,
}

impl Allowances {
    /// Takes one at an uptime, if there is one left.
    pub fn take(&self, agent: AgentId, doing: Doing, now: Duration) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Used {
            whole_again,
            before_forgetting,
        } = &mut *used;
        let Rate { burst, every } = doing.rate();
        let used_up_until = whole_again.get(&(agent, doing)).copied().unwrap_or(now);
        let after = used_up_until.max(now) + every;
        if after.saturating_sub(now) > every * burst {
            return false;
        }
        if whole_again.len() >= REMEMBERED.max(*before_forgetting) {
            whole_again.retain(|_, moment| *moment > now);
            *before_forgetting = 2 * whole_again.len();
        }
        whole_again.insert((agent, doing), after);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_comes_too_often_waits_and_harms_nobody_else() {
        let allowances = Allowances::default();
        let (one, other) = (AgentId(Uuid::from_u128(1)), AgentId(Uuid::from_u128(2)));
        let now = Duration::from_hours(1);
        let take = |agent, doing, now| allowances.take(agent, doing, now);
        for _ in 0..CONNECTIONS.burst {
            assert!(take(one, Doing::Connecting, now));
        }
        assert!(!take(one, Doing::Connecting, now));
        assert!(take(one, Doing::TellingOfItsComputer, now));
        assert!(take(other, Doing::Connecting, now));
        let later = now + CONNECTIONS.every;
        assert!(take(one, Doing::Connecting, later));
        assert!(!take(one, Doing::Connecting, later));
        let much_later = later + CONNECTIONS.every * CONNECTIONS.burst;
        for _ in 0..CONNECTIONS.burst {
            assert!(take(one, Doing::Connecting, much_later));
        }
    }

    #[test]
    fn only_those_are_remembered_that_have_used_something_up() {
        let allowances = Allowances::default();
        let now = Duration::from_hours(1);
        for n in 0..4 * REMEMBERED as u128 {
            let moment = now + CONNECTIONS.every * u32::try_from(n).unwrap() * 2;
            let agent = AgentId(Uuid::from_u128(n));
            assert!(allowances.take(agent, Doing::Connecting, moment));
        }
        assert!(allowances.used.lock().unwrap().whole_again.len() <= REMEMBERED);
    }
}

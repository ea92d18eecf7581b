//! Whether the server's clock was set while the server runs: it is held against one that only counts.

use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use upkeep_domain::kernel::clock_jumps::ClockJumps;

/// A difference that is no drift and no busy machine, in seconds.
const NOTICEABLE_SECONDS: i64 = 2;

/// What the two clocks showed when last looked, and how they came apart so far.
#[derive(Default)]
pub struct Steady {
    last: Option<(Duration, DateTime<Utc>)>,
    jumps: ClockJumps,
}

impl Steady {
    /// Compares them again; `counted` leaves out what the server was asleep. A server that was suspended sees a jump, too: nothing was waited for meanwhile.
    pub fn look(&mut self, counted: Duration, shown: DateTime<Utc>) -> ClockJumps {
        if let Some((then, showed)) = self.last.replace((counted, shown)) {
            let passed = TimeDelta::from_std(counted.saturating_sub(then));
            let expected = showed + passed.unwrap_or_default();
            let by = shown - expected;
            if by.num_seconds().abs() >= NOTICEABLE_SECONDS {
                tracing::warn!(
                    seconds = by.num_seconds(),
                    "the clock was set: what waits goes on waiting"
                );
                self.jumps.notice(expected, by);
            }
        }
        self.jumps.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_told_from_time_that_passes() {
        let begun = Duration::from_hours(1);
        let noon = DateTime::from_timestamp(1_795_500_000, 0).unwrap();
        let minutes = |n| TimeDelta::minutes(n);
        let counted = |n| begun + Duration::from_mins(n);
        let mut steady = Steady::default();
        assert_eq!(steady.look(begun, noon), ClockJumps::default());
        let usual = steady.look(counted(1), noon + minutes(1) + TimeDelta::milliseconds(900));
        assert_eq!(usual, ClockJumps::default());
        let jumps = steady.look(counted(2), noon + minutes(62));
        let deadline = noon + minutes(5);
        assert_eq!(
            jumps
                .shift(deadline, noon)
                .signed_duration_since(deadline)
                .num_minutes(),
            59,
            "and a little"
        );
        let late = noon + minutes(70);
        assert_eq!(jumps.shift(late, noon + minutes(62)), late);
        let back = steady.look(counted(3), noon + minutes(3));
        assert_eq!(back, ClockJumps::default());
    }
}

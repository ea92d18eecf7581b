//! How a clock jumped. Waits are written down as moments of a clock, and a clock that is set while they last makes them
//! end at once: what is waited for is time, not a number. Whoever waits keeps the jumps that it has seen.

use crate::kernel::limits::MAX_CLOCK_JUMPS;
use chrono::{DateTime, TimeDelta, Utc};

/// The jumps forward that are not taken back, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockJumps(Vec<Jump>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Jump {
    /// What the clock showed before.
    before: DateTime<Utc>,
    by: TimeDelta,
}

impl ClockJumps {
    /// The clock showed `before`, and without any time passing it showed `by` more, or less.
    pub fn notice(&mut self, before: DateTime<Utc>, by: TimeDelta) {
        if by > TimeDelta::zero() {
            self.0.push(Jump { before, by });
            if self.0.len() > MAX_CLOCK_JUMPS {
                let oldest = self.0.remove(0);
                self.0[0].by += oldest.by;
            }
            return;
        }
        // A jump back takes the newest ones back; what is left of it makes waits longer, which harms nobody.
        let mut back = -by;
        while let Some(newest) = self.0.last_mut() {
            if newest.by > back {
                newest.by -= back;
                return;
            }
            back -= newest.by;
            self.0.pop();
        }
    }

    /// What the clock shows when `moment` has come that was reckoned when it showed `since`.
    pub fn shift(&self, moment: DateTime<Utc>, since: DateTime<Utc>) -> DateTime<Utc> {
        let jumped = self.0.iter().filter(|jump| jump.before >= since);
        let by = jumped.fold(TimeDelta::zero(), |sum, jump| sum + jump.by);
        moment.checked_add_signed(by).unwrap_or(moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::noon;

    fn after(minutes: i64) -> DateTime<Utc> {
        noon() + TimeDelta::minutes(minutes)
    }

    fn jumps(all: &[(i64, i64)]) -> ClockJumps {
        let mut jumps = ClockJumps::default();
        for (at, by) in all {
            jumps.notice(after(*at), TimeDelta::minutes(*by));
        }
        jumps
    }

    #[test]
    fn a_wait_lasts_as_long_as_it_was_meant_to() {
        let ahead = jumps(&[(10, 60)]);
        assert_eq!(ahead.shift(after(15), after(0)), after(75), "began before");
        assert_eq!(ahead.shift(after(85), after(70)), after(85), "began after");
        let twice = jumps(&[(10, 60), (80, 60)]);
        assert_eq!(twice.shift(after(15), after(0)), after(135));
    }

    #[test]
    fn a_jump_that_is_taken_back_did_not_happen() {
        assert_eq!(jumps(&[(10, 60), (80, -60)]), ClockJumps::default());
        let half = jumps(&[(10, 60), (80, -20)]);
        assert_eq!(half.shift(after(15), after(0)), after(55));
        assert_eq!(jumps(&[(10, -60)]), ClockJumps::default());
    }

    #[test]
    fn only_so_many_are_kept_and_none_is_forgotten() {
        let count = i64::try_from(MAX_CLOCK_JUMPS).unwrap() + 10;
        let many: Vec<(i64, i64)> = (0..count).map(|n| (n, 1)).collect();
        let kept = jumps(&many);
        assert_eq!(kept.0.len(), MAX_CLOCK_JUMPS);
        assert_eq!(kept.shift(after(0), after(-1)), after(count));
    }
}

//! The server's clock, as far as it is known here: what it last said, plus the uptime since.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;
use std::time::Duration;

/// What the server said so often at last is compared. A frame that was long under way tells an old time, and the
/// latest of them is the truest; what is older than that is forgotten, for the server's clock may be set, too.
const SAYINGS: usize = 4;

/// The server's clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerClock {
    /// What it said, and the uptime then.
    said: VecDeque<(DateTime<Utc>, Duration)>,
}

impl ServerClock {
    pub(crate) fn heard(&mut self, said: DateTime<Utc>, at: Duration) {
        if self.said.len() == SAYINGS {
            self.said.pop_front();
        }
        self.said.push_back((said, at));
    }

    /// The server's time at an uptime; nothing before it was heard.
    pub(crate) fn at(&self, uptime: Duration) -> Option<DateTime<Utc>> {
        let since = |at: Duration| TimeDelta::from_std(uptime.saturating_sub(at)).ok();
        let told = |(said, at): &(DateTime<Utc>, Duration)| said.checked_add_signed(since(*at)?);
        self.said.iter().filter_map(told).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn the_servers_time_goes_on_with_the_uptime() {
        let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut clock = ServerClock::default();
        assert_eq!(clock.at(HOUR), None);
        clock.heard(noon, HOUR);
        assert_eq!(clock.at(HOUR), Some(noon));
        assert_eq!(clock.at(3 * HOUR), Some(noon + 2 * HOUR));
    }

    #[test]
    fn a_frame_that_was_long_under_way_does_not_set_it_back_and_a_clock_that_was_set_does() {
        let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let second = Duration::from_secs(1);
        let mut clock = ServerClock::default();
        clock.heard(noon, HOUR);
        clock.heard(noon, HOUR + 20 * second);
        assert_eq!(clock.at(HOUR + 20 * second), Some(noon + 20 * second));
        for n in 0..4 {
            let at = HOUR + n * 30 * second;
            clock.heard(noon + n * 30 * second - HOUR, at);
        }
        let (later, now) = (HOUR + 90 * second, noon + 90 * second - HOUR);
        assert_eq!(clock.at(later), Some(now), "it was set back");
    }
}

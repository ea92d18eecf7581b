//! What time it is, for what must not be fooled: neither by a clock that is set nor by a computer that slept.
//!
//! Everything is measured in uptime, which counts sleep and is set by nobody. The server's time is what it last
//! said, plus the uptime since.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;
use std::time::Duration;

pub use crate::platform::uptime;

/// A timer stands still while the computer sleeps: so often the clock itself is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// What the server said so often at last is compared. A frame that was long under way tells an old time, and the
/// latest of them is the truest; what is older than that is forgotten, for the server's clock may be set, too.
const SAYINGS: usize = 4;

/// Waits until an uptime, however much of it the computer sleeps.
pub async fn until(moment: Duration) {
    wait(moment, uptime, LOOK_EVERY).await;
}

async fn wait(moment: Duration, now: impl Fn() -> Duration, look_every: Duration) {
    loop {
        let left = moment.saturating_sub(now());
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(look_every)).await;
    }
}

/// The server's clock, as far as it is known here.
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    /// What it said, and the uptime then.
    said: VecDeque<(DateTime<Utc>, Duration)>,
}

impl ServerClock {
    pub fn heard(&mut self, said: DateTime<Utc>, at: Duration) {
        if self.said.len() == SAYINGS {
            self.said.pop_front();
        }
        self.said.push_back((said, at));
    }

    /// The server's time at an uptime; nothing before it was heard.
    pub fn at(&self, uptime: Duration) -> Option<DateTime<Utc>> {
        let since = |at: Duration| TimeDelta::from_std(uptime.saturating_sub(at)).ok();
        let told = |(said, at): &(DateTime<Utc>, Duration)| said.checked_add_signed(since(*at)?);
        self.said.iter().filter_map(told).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Instant;

    const HOUR: Duration = Duration::from_hours(1);

    /// A clock of which the timers know nothing, as after two days asleep.
    #[tokio::test]
    async fn what_the_computer_sleeps_counts() {
        let uptime = AtomicU64::new(0);
        let clock = || Duration::from_secs(uptime.load(Ordering::Relaxed));
        let waits = wait(HOUR, clock, Duration::from_millis(1));
        let sleeps = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            uptime.store(2 * 24 * 3600, Ordering::Relaxed);
        };
        let both = async { tokio::join!(waits, sleeps) };
        let ended = tokio::time::timeout(Duration::from_mins(1), both).await;
        assert!(ended.is_ok(), "the hour is long over");
    }

    #[tokio::test]
    async fn nothing_ends_before_its_time() {
        let (began, at) = (Instant::now(), uptime());
        until(at + Duration::from_millis(50)).await;
        assert!(began.elapsed() >= Duration::from_millis(45));
    }

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

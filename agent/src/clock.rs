//! How time passes: waits that neither a clock that is set nor a computer that slept can fool.

use crate::platform;
use crate::ports::Clock;
use std::time::Duration;

/// A timer stands still while the computer sleeps: so often the clock itself is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The computer's own clock.
pub struct Boottime;

impl Clock for Boottime {
    fn uptime(&self) -> Duration {
        platform::uptime()
    }
}

/// Waits until an uptime, however much of it the computer sleeps.
pub async fn until(moment: Duration, clock: &dyn Clock) {
    wait(moment, || clock.uptime(), LOOK_EVERY).await;
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
        let (began, at) = (Instant::now(), platform::uptime());
        until(at + Duration::from_millis(50), &Boottime).await;
        assert!(began.elapsed() >= Duration::from_millis(45));
    }
}

//! Waits that grow.

use super::failure::Failure;
use std::time::Duration;
use upkeep_world::World;

/// The first wait; each is twice as long as the one before.
const FIRST: Duration = Duration::from_millis(50);
/// The longest wait: so long after the store is back nobody has noticed.
const LONGEST: Duration = Duration::from_secs(1);
/// How often something is tried.
const ATTEMPTS: u32 = 8;
/// For how many attempts one counts that was over its patience: another such one is one too many.
const SILENCE_COUNTS: u32 = 4;

/// One wait after the other, without end.
#[derive(Default)]
pub struct Waits {
    done: u32,
}

impl Waits {
    pub fn next(&mut self) -> Duration {
        let doublings = self.done.min(16);
        self.done += 1;
        (FIRST * 2u32.pow(doublings)).min(LONGEST)
    }
}

/// A bounded number of attempts.
#[derive(Default)]
pub struct Tries {
    made: u32,
    waits: Waits,
}

impl Tries {
    /// Waits before the next attempt; false if there are to be no more.
    pub async fn again(&mut self, failure: &Failure, world: &World) -> bool {
        match self.wait_after(failure) {
            Some(wait) => {
                world.sleep(wait).await;
                true
            }
            None => false,
        }
    }

    fn wait_after(&mut self, failure: &Failure) -> Option<Duration> {
        self.made += match failure {
            Failure::Silent => SILENCE_COUNTS,
            _ => 1,
        };
        (self.made < ATTEMPTS).then(|| self.waits.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        let mut waits = Waits::default();
        let all: Vec<Duration> = (0..100).map(|_| waits.next()).collect();
        assert_eq!(all[0], FIRST);
        assert!(all.is_sorted() && all[99] == LONGEST);
    }

    #[test]
    fn attempts_are_bounded_and_silent_ones_more_so() {
        let busy = Failure::Busy(String::new());
        let mut tries = Tries::default();
        for _ in 1..ATTEMPTS {
            assert!(tries.wait_after(&busy).is_some());
        }
        assert!(tries.wait_after(&busy).is_none());
        let mut tries = Tries::default();
        assert!(tries.wait_after(&Failure::Silent).is_some());
        assert!(tries.wait_after(&Failure::Silent).is_none());
    }
}

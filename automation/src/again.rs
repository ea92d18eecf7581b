//! What did not succeed, and when it may be tried again. That it is to be done is found by state: here it is only put off.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use uuid::Uuid;

/// The wait after the first failure; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest of these waits.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Most that are put off: what fails besides is tried at the next look.
const MAX_PUT_OFF: usize = 4_096;

/// What a process has put off, by what it is done to.
#[derive(Default)]
pub struct Again(BTreeMap<Uuid, PutOff>);

#[derive(Clone, Copy)]
struct PutOff {
    /// As an uptime.
    until: Duration,
    /// The wait after its next failure.
    next: Duration,
}

impl Again {
    /// What may be tried now; whatever is not to be done any more is forgotten.
    pub fn without_failed<T>(
        &mut self,
        todo: Vec<T>,
        subject: impl Fn(&T) -> Uuid,
        now: Duration,
    ) -> Vec<T> {
        if self.0.is_empty() {
            return todo;
        }
        let pending: BTreeSet<Uuid> = todo.iter().map(&subject).collect();
        self.0.retain(|id, _| pending.contains(id));
        let is_put_off = |id: Uuid| self.0.get(&id).is_some_and(|put_off| now < put_off.until);
        let mut todo = todo;
        todo.retain(|todo| !is_put_off(subject(todo)));
        todo
    }

    pub fn failed(&mut self, subject: Uuid, now: Duration) {
        let known = self.0.get(&subject).copied();
        if known.is_none() && self.0.len() >= MAX_PUT_OFF {
            return;
        }
        let wait = known.map_or(FIRST_WAIT, |put_off| put_off.next);
        let put_off = PutOff {
            until: now + wait,
            next: (wait * 2).min(LONGEST_WAIT),
        };
        self.0.insert(subject, put_off);
    }

    pub fn succeeded(&mut self, subject: Uuid) {
        self.0.remove(&subject);
    }

    /// How long until the next one may be tried.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        let waits = self.0.values().map(|put_off| put_off.until);
        waits.min().map(|until| until.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(again: &mut Again, pending: &[u128], now: Duration) -> Vec<u128> {
        again.without_failed(pending.to_vec(), |n| Uuid::from_u128(*n), now)
    }

    #[test]
    fn what_failed_waits_longer_each_time_and_holds_nothing_else_up() {
        let begun = Duration::from_hours(1);
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut again = Again::default();
        again.failed(Uuid::from_u128(1), begun);
        assert_eq!(tried(&mut again, &[1, 2], begun), [2]);
        assert_eq!(again.next(begun), Some(FIRST_WAIT));
        assert_eq!(tried(&mut again, &[1, 2], after(1)), [1, 2]);
        again.failed(Uuid::from_u128(1), after(1));
        assert_eq!(tried(&mut again, &[1, 2], after(2)), [2]);
        assert_eq!(tried(&mut again, &[1, 2], after(3)), [1, 2]);
        again.succeeded(Uuid::from_u128(1));
        assert_eq!(again.next(after(3)), None);
    }

    #[test]
    fn what_is_not_to_be_done_any_more_is_forgotten_and_no_more_is_kept_than_the_bound() {
        let now = Duration::from_hours(1);
        let mut again = Again::default();
        for n in 0..=MAX_PUT_OFF as u128 {
            again.failed(Uuid::from_u128(n), now);
        }
        assert_eq!(again.0.len(), MAX_PUT_OFF);
        assert_eq!(
            tried(&mut again, &[1, MAX_PUT_OFF as u128], now),
            [MAX_PUT_OFF as u128]
        );
        assert_eq!(again.0.len(), 1);
    }
}

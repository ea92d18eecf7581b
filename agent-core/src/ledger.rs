//! Which runs were started and which have ended: what the memory holds of them, without their reports.

use crate::words::Remembered;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Runs that are remembered after they ended, to answer again if the server asks again. An order older than that
/// has passed its last moment to start.
const REMEMBERED_RUNS: u64 = 10_000;
/// Runs that one change forgets, at most.
const FORGOTTEN_AT_ONCE: usize = 16;

/// What is known of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It was never heard of.
    Nothing,
    /// It was started, and there is no answer yet.
    Started,
    Ended,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u64,
    has_ended: bool,
}

/// Every run that is written down.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    runs: BTreeMap<Uuid, Entry>,
    /// The same by number, in the order in which they were written down.
    order: BTreeMap<u64, Uuid>,
    last: u64,
}

impl Ledger {
    pub(crate) fn new(remembered: Vec<Remembered>) -> Self {
        let mut ledger = Self::default();
        for Remembered { run, has_ended } in remembered {
            ledger.write(run, has_ended);
        }
        ledger
    }

    pub(crate) fn known(&self, run: Uuid) -> Known {
        match self.runs.get(&run) {
            None => Known::Nothing,
            Some(entry) if entry.has_ended => Known::Ended,
            Some(_) => Known::Started,
        }
    }

    /// That it starts, or ended, is written down.
    pub(crate) fn write(&mut self, run: Uuid, has_ended: bool) {
        let last = &mut self.last;
        let order = &mut self.order;
        let entry = self.runs.entry(run).or_insert_with(|| {
            *last += 1;
            order.insert(*last, run);
            let number = *last;
            Entry { number, has_ended }
        });
        entry.has_ended |= has_ended;
    }

    pub(crate) fn forget(&mut self, run: Uuid) {
        if let Some(entry) = self.runs.remove(&run) {
            self.order.remove(&entry.number);
        }
    }

    /// What ended so long ago that it need not be remembered.
    pub(crate) fn to_forget(&self) -> Vec<Uuid> {
        let oldest = self.last.saturating_sub(REMEMBERED_RUNS);
        let old = self.order.range(..=oldest).map(|(_, run)| *run);
        old.filter(|run| self.known(*run) == Known::Ended)
            .take(FORGOTTEN_AT_ONCE)
            .collect()
    }

    /// What was started and has no answer, in the order in which it was started.
    pub(crate) fn without_end(&self) -> Vec<Uuid> {
        let runs = self.order.values().copied();
        runs.filter(|run| self.known(*run) == Known::Started)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_that_ended_are_forgotten_and_no_other() {
        let mut ledger = Ledger::default();
        let run = |n: u64| Uuid::from_u128(n.into());
        ledger.write(run(1), false);
        for n in 2..=REMEMBERED_RUNS + 3 {
            ledger.write(run(n), true);
        }
        assert_eq!(ledger.to_forget(), [run(2), run(3)]);
        for old in ledger.to_forget() {
            ledger.forget(old);
        }
        assert_eq!(ledger.known(run(2)), Known::Nothing);
        assert!(ledger.to_forget().is_empty());
        assert_eq!(ledger.without_end(), [run(1)]);
        ledger.write(run(1), true);
        assert_eq!(ledger.to_forget(), [run(1)]);
    }
}

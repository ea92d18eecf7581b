//! The tallies that are kept from one question to the next.

use super::Tally;
use crate::rules::resolution::Moment;
use crate::view::View;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tallies that are kept: of the newest view, of one just before it that a request still answers from, and of some of the past, the
/// future or what is only imagined. Each costs what differs from the others; the first one some 60 bytes for each tenant and
/// deployment that applies to a computer of it.
const MAX_TALLIES: usize = 4;

/// Questions that are worked on at once: one about the past, or about what is only imagined, does not keep those about now waiting.
const MAX_TURNS: usize = 2;

/// The newest tallies that were asked for, so that the next question costs only what changed since.
#[derive(Clone)]
pub struct Tallies {
    kept: Arc<Mutex<Vec<Tally>>>,
    turn: Arc<Semaphore>,
}

impl Default for Tallies {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            turn: Arc::new(Semaphore::new(MAX_TURNS)),
        }
    }
}

impl Tallies {
    /// Waits for one's turn to ask, in the order of asking, without a thread. It is over when what is returned is dropped. Cancel-safe.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        self.turn.clone().acquire_owned().await.ok()
    }

    /// That of a moment. Nobody is waited for: who asks at the same time may count the same. Blocks while it works: it is for a thread
    /// that may.
    pub fn at(&self, moment: Moment) -> Tally {
        if let Some(known) = self.known(&moment) {
            return known;
        }
        let new = match self.nearest(&moment) {
            Some(nearest) => nearest.renewed(moment),
            None => Tally::of(moment),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_TALLIES {
            // What is imagined is asked about by one request alone.
            let imagined = kept
                .iter()
                .position(|tally| tally.moment.view.is_imagined());
            kept.remove(imagined.unwrap_or_default());
        }
        kept.push(new.clone());
        new
    }

    /// The one that is kept.
    fn known(&self, moment: &Moment) -> Option<Tally> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = |tally: &Tally| {
            is_same(&tally.moment.view, &moment.view) && tally.steady.holds(moment.at)
        };
        let at = kept.iter().position(answers)?;
        let known = kept.remove(at);
        kept.push(known.clone());
        Some(known)
    }

    /// The one from which it is the least work.
    fn nearest(&self, moment: &Moment) -> Option<Tally> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = moment.view.position();
        let distance = |tally: &&Tally| tally.moment.view.position().0.abs_diff(asked.0);
        let happened = kept.iter().filter(|tally| !tally.moment.view.is_imagined());
        happened.min_by_key(distance).cloned()
    }
}

/// Whether two views say the same: what happened is at its position, what is imagined nowhere else than where it is.
fn is_same(one: &Arc<View>, other: &Arc<View>) -> bool {
    Arc::ptr_eq(one, other)
        || !one.is_imagined() && !other.is_imagined() && one.position() == other.position()
}

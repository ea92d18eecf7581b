//! The tallies that are kept from one question to the next.

use super::Tally;
use crate::rules::resolution::Moment;
use crate::view::View;
use std::sync::{Arc, Mutex, PoisonError};

/// Tallies that are kept: of the newest view, of one just before it that a request still answers from, and of some of the past, the
/// future or what is only imagined. Each costs what differs from the others; the first one some 60 bytes for each tenant and
/// deployment that applies to a computer of it.
const MAX_TALLIES: usize = 4;

/// The newest tallies that were asked for, so that the next question costs only what changed since.
#[derive(Clone, Default)]
pub struct Tallies(Arc<Mutex<Vec<Tally>>>);

impl Tallies {
    /// That of a moment. Whoever asks at the same time waits: it needs the same. Blocks while it works: it is for a thread that may.
    pub fn at(&self, moment: Moment) -> Tally {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = |tally: &Tally| {
            is_same(&tally.moment.view, &moment.view) && tally.steady.holds(moment.at)
        };
        if let Some(at) = kept.iter().position(answers) {
            let known = kept.remove(at);
            kept.push(known.clone());
            return known;
        }
        let asked = moment.view.position();
        let distance = |tally: &&Tally| tally.moment.view.position().0.abs_diff(asked.0);
        let happened = kept.iter().filter(|tally| !tally.moment.view.is_imagined());
        let nearest = happened.min_by_key(distance);
        let new = match nearest {
            Some(known) => known.renewed(moment),
            None => Tally::of(moment),
        };
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
}

/// Whether two views say the same: what happened is at its position, what is imagined nowhere else than where it is.
fn is_same(one: &Arc<View>, other: &Arc<View>) -> bool {
    Arc::ptr_eq(one, other)
        || !one.is_imagined() && !other.is_imagined() && one.position() == other.position()
}

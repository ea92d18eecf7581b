//! What lists look at and a view does not keep: made of a view when somebody asks, moved on to the next one by what differs.

use crate::view::View;
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_event_store::Position;

/// Of each kind that are kept: of the newest view, of one just before it that a request still answers from, and of some of the past
/// that people look at. Each costs what differs from the others; what the first one costs, its kind says.
const MAX_LISTINGS: usize = 4;

/// Made of one view.
pub trait Listing {
    /// Made anew.
    fn of(view: &View) -> Self;

    /// That of another view of the same history, earlier or later. Costs what differs.
    #[must_use]
    fn renewed(&self, view: &View) -> Self;

    /// Of which view it is.
    fn position(&self) -> Position;
}

/// Some of one kind, those that were asked for last.
pub(crate) struct Listings<L>(Mutex<Vec<Arc<L>>>);

impl<L> Default for Listings<L> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<L: Listing> Listings<L> {
    /// That of a view. Whoever asks at the same time waits: it needs the same.
    pub fn of(&self, view: &View) -> Arc<L> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = view.position();
        if let Some(at) = kept.iter().position(|known| known.position() == asked) {
            let known = kept.remove(at);
            kept.push(known.clone());
            return known;
        }
        let distance = |known: &&Arc<L>| known.position().0.abs_diff(asked.0);
        let nearest = kept.iter().min_by_key(distance);
        let new = Arc::new(nearest.map_or_else(|| L::of(view), |known| known.renewed(view)));
        if view.is_imagined() {
            return new;
        }
        if kept.len() >= MAX_LISTINGS {
            kept.remove(0);
        }
        kept.push(new.clone());
        new
    }
}

//! Rows of a list, beside each other in the order of creation: a list that is sorted, filtered or counted is one walk through memory.

use crate::index::{Place, Within};
use imbl::Vector;
use std::cmp::Ordering;
use std::ops::{Bound, Range};

/// What stands in a row of its own.
pub trait Placed {
    type Id: Copy + Ord;

    fn place(&self) -> Place<Self::Id>;
}

/// Those of one moment. A copy costs nothing, and afterwards what differs.
#[derive(Clone)]
pub struct Rows<R>(Vector<R>);

impl<R: Clone> FromIterator<R> for Rows<R> {
    /// They come in the order of creation.
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl<R: Placed + Clone> Rows<R> {
    /// Puts a row in a place, or leaves it empty.
    pub(crate) fn put(&mut self, place: Place<R::Id>, row: Option<R>) {
        match (self.find(place), row) {
            (Ok(at), Some(row)) => {
                self.0.set(at, row);
            }
            (Ok(at), None) => {
                self.0.remove(at);
            }
            (Err(at), Some(row)) => self.0.insert(at, row),
            (Err(_), None) => {}
        }
    }

    fn find(&self, place: Place<R::Id>) -> Result<usize, usize> {
        self.0.binary_search_by(|row| row.place().cmp(&place))
    }

    /// In the order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        self.0.leaves().flatten()
    }

    /// Those between two places, by their numbers in that order.
    pub fn between(&self, (start, end): Within<Place<R::Id>>) -> Range<usize> {
        let first_behind = |is_before: &dyn Fn(Place<R::Id>) -> bool| {
            // Never equal: what is found is where one side ends.
            let side =
                |row: &R| [Ordering::Greater, Ordering::Less][usize::from(is_before(row.place()))];
            self.0.binary_search_by(side).unwrap_or_else(|end| end)
        };
        let from = match start {
            Bound::Unbounded => 0,
            Bound::Included(start) => first_behind(&|place| place < start),
            Bound::Excluded(start) => first_behind(&|place| place <= start),
        };
        let to = match end {
            Bound::Unbounded => self.0.len(),
            Bound::Included(end) => first_behind(&|place| place <= end),
            Bound::Excluded(end) => first_behind(&|place| place < end),
        };
        from..to.max(from)
    }

    /// The row with a number.
    pub fn get(&self, number: usize) -> Option<&R> {
        self.0.get(number)
    }

    /// The row in a place.
    pub fn at(&self, place: Place<R::Id>) -> Option<&R> {
        self.0.get(self.find(place).ok()?)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

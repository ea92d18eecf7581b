//! Things in the order of something that each one has at most one of.

use imbl::OrdSet;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::iter::successors;
use std::ops::Bound;
use upkeep_event_store::Position;
use uuid::Uuid;

/// A stretch of a list: from one id to another.
pub type Within<I> = (Bound<I>, Bound<I>);

/// What can be listed: something is before all of it, and something behind.
pub trait Listed: Ord + Copy {
    fn first() -> Self;
    fn last() -> Self;
}

/// A UUID of zeros is before all ids, and one of ones behind.
impl<I: Ord + Copy + From<Uuid>> Listed for I {
    fn first() -> Self {
        Uuid::nil().into()
    }

    fn last() -> Self {
        Uuid::max().into()
    }
}

/// Where something stands in a list that is in the order of creation, whatever the ids are: a client chooses the ids of what it
/// makes, by the ids of its commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place<I> {
    pub made_at: Position,
    pub id: I,
}

impl<I: Listed> Listed for Place<I> {
    fn first() -> Self {
        Self {
            made_at: Position::START,
            id: I::first(),
        }
    }

    fn last() -> Self {
        Self {
            made_at: Position(u64::MAX),
            id: I::last(),
        }
    }
}

/// Costs what it holds: what has no key is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    transparent,
    bound(
        serialize = "K: Serialize, I: Serialize",
        deserialize = "K: DeserializeOwned, I: DeserializeOwned"
    )
)]
pub struct Index<K: Ord + Copy, I: Listed>(OrdSet<(K, I)>);

impl<K: Ord + Copy, I: Listed> Default for Index<K, I> {
    fn default() -> Self {
        Self(OrdSet::new())
    }
}

impl<K: Ord + Copy, I: Listed> Index<K, I> {
    /// Takes in that something has another key than before, or none.
    pub fn place(&mut self, id: I, before: Option<K>, after: Option<K>) {
        if before == after {
            return;
        }
        if let Some(key) = before {
            self.0.remove(&(key, id));
        }
        if let Some(key) = after {
            self.0.insert((key, id));
        }
    }

    /// Everything with a key, in the order of the keys.
    pub fn all(&self) -> impl Iterator<Item = I> {
        self.0.iter().map(|(_, id)| *id)
    }

    /// What has this key.
    pub fn of(&self, key: K) -> impl DoubleEndedIterator<Item = I> {
        self.0
            .range((key, I::first())..=(key, I::last()))
            .map(|(_, id)| *id)
    }

    /// What has this key, between two ids.
    pub fn of_within(&self, key: K, within: Within<I>) -> impl DoubleEndedIterator<Item = I> {
        let start = match within.0 {
            Bound::Unbounded => Bound::Included((key, I::first())),
            bound => bound.map(|id| (key, id)),
        };
        let end = match within.1 {
            Bound::Unbounded => Bound::Included((key, I::last())),
            bound => bound.map(|id| (key, id)),
        };
        between(&self.0, (start, end)).map(|(_, id)| *id)
    }

    /// What has one of these keys, in their order.
    pub fn among(&self, first: K, last: K) -> impl DoubleEndedIterator<Item = I> {
        self.0
            .range((first, I::first())..=(last, I::last()))
            .map(|(_, id)| *id)
    }

    /// What has a smaller key.
    pub fn before(&self, key: K) -> impl Iterator<Item = I> {
        self.0.range(..(key, I::first())).map(|(_, id)| *id)
    }

    /// The smallest key, or the smallest that is greater than this one.
    pub fn next(&self, key: Option<K>) -> Option<K> {
        let next = match key {
            None => self.0.get_min(),
            Some(key) => self
                .0
                .get_next(&(key, I::last()))
                .filter(|(next, _)| *next > key),
        };
        next.map(|(key, _)| *key)
    }

    /// Every key once; costs as many steps as there are keys.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        successors(self.next(None), |key| self.next(Some(*key)))
    }
}

/// What a set has between two places; nothing where the second is before the first.
pub fn between<T: Ord>(
    set: &OrdSet<T>,
    (start, end): (Bound<T>, Bound<T>),
) -> impl DoubleEndedIterator<Item = &T> {
    let within = (start, end);
    let stretch = is_something(&within).then(|| set.range(within));
    stretch.into_iter().flatten()
}

/// Whether anything can be between two places.
pub fn is_something<T: Ord>(within: &(Bound<T>, Bound<T>)) -> bool {
    match within {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Included(start), Bound::Included(end)) => start <= end,
        (
            Bound::Included(start) | Bound::Excluded(start),
            Bound::Included(end) | Bound::Excluded(end),
        ) => start < end,
    }
}

/// Several walks as one, in the order of their keys.
pub fn merged<K: Ord + Copy, I: DoubleEndedIterator<Item = K>>(
    parts: impl IntoIterator<Item = I>,
) -> impl DoubleEndedIterator<Item = K> {
    let part = |rest| Part {
        rest,
        first: None,
        last: None,
    };
    Merged(parts.into_iter().map(part).collect())
}

struct Merged<K, I>(Vec<Part<K, I>>);

/// What is left of one walk; its ends once they were looked at.
struct Part<K, I> {
    first: Option<K>,
    rest: I,
    last: Option<K>,
}

impl<K: Copy, I: DoubleEndedIterator<Item = K>> Part<K, I> {
    fn first(&mut self) -> Option<K> {
        if self.first.is_none() {
            self.first = self.rest.next().or_else(|| self.last.take());
        }
        self.first
    }

    fn last(&mut self) -> Option<K> {
        if self.last.is_none() {
            self.last = self.rest.next_back().or_else(|| self.first.take());
        }
        self.last
    }
}

impl<K: Ord + Copy, I: DoubleEndedIterator<Item = K>> Iterator for Merged<K, I> {
    type Item = K;

    fn next(&mut self) -> Option<K> {
        let parts = self.0.iter_mut();
        let (_, part) = parts
            .filter_map(|part| Some((part.first()?, part)))
            .min_by_key(|(key, _)| *key)?;
        part.first.take()
    }
}

impl<K: Ord + Copy, I: DoubleEndedIterator<Item = K>> DoubleEndedIterator for Merged<K, I> {
    fn next_back(&mut self) -> Option<K> {
        let parts = self.0.iter_mut();
        let (_, part) = parts
            .filter_map(|part| Some((part.last()?, part)))
            .max_by_key(|(key, _)| *key)?;
        part.last.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::kernel::ids::SessionId;

    fn session(n: u128) -> SessionId {
        SessionId(Uuid::from_u128(n))
    }

    fn index() -> Index<u8, SessionId> {
        let mut index = Index::default();
        for (n, key) in [(1, 5), (2, 5), (3, 7), (4, 9)] {
            index.place(session(n), None, Some(key));
        }
        index
    }

    #[test]
    fn what_is_placed_is_found_under_the_key_that_it_has_now() {
        let mut index = index();
        index.place(session(2), Some(5), Some(8));
        index.place(session(4), Some(9), None);
        assert!(index.of(5).eq([session(1)]));
        assert!(index.before(8).eq([session(1), session(3)]));
        assert!(index.among(6, 8).eq([session(3), session(2)]));
        assert!(index.keys().eq([5, 7, 8]));
        assert_eq!((index.next(Some(5)), index.next(Some(8))), (Some(7), None));
        assert!(index.all().eq([session(1), session(3), session(2)]));
    }

    #[test]
    fn a_stretch_is_within_its_key_and_its_ends() {
        let mut index = index();
        for n in 10..200 {
            index.place(session(n), None, Some(5));
        }
        let found = |start, end| -> Vec<SessionId> { index.of_within(5, (start, end)).collect() };
        let all = found(Bound::Unbounded, Bound::Unbounded);
        assert_eq!(all.len(), 192);
        for start in [0, 1, 2, 5, 50, 150, 199, 300] {
            for end in [0, 1, 2, 5, 50, 150, 199, 300] {
                let expected: Vec<SessionId> = (all.iter().copied())
                    .filter(|id| *id > session(start) && *id < session(end))
                    .collect();
                let (start, end) = (
                    Bound::Excluded(session(start)),
                    Bound::Excluded(session(end)),
                );
                assert_eq!(found(start, end), expected);
            }
        }
    }
}

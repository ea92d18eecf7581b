//! Sessions in the order of something that each one has at most one of.

use imbl::OrdSet;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::iter::successors;
use upkeep_domain::kernel::ids::SessionId;
use uuid::Uuid;

const FIRST: SessionId = SessionId(Uuid::nil());
const LAST: SessionId = SessionId(Uuid::max());

/// Costs what it holds: a session without a key is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    transparent,
    bound(serialize = "K: Serialize", deserialize = "K: DeserializeOwned")
)]
pub struct Index<K: Ord + Copy>(OrdSet<(K, SessionId)>);

impl<K: Ord + Copy> Default for Index<K> {
    fn default() -> Self {
        Self(OrdSet::new())
    }
}

impl<K: Ord + Copy> Index<K> {
    /// Takes in that a session has another key than before, or none.
    pub fn place(&mut self, session: SessionId, before: Option<K>, after: Option<K>) {
        if before == after {
            return;
        }
        if let Some(key) = before {
            self.0.remove(&(key, session));
        }
        if let Some(key) = after {
            self.0.insert((key, session));
        }
    }

    /// All sessions with a key, in the order of the keys.
    pub fn all(&self) -> impl Iterator<Item = SessionId> {
        self.0.iter().map(|(_, session)| *session)
    }

    /// Those with this key.
    pub fn of(&self, key: K) -> impl Iterator<Item = SessionId> {
        self.0
            .range((key, FIRST)..=(key, LAST))
            .map(|(_, session)| *session)
    }

    /// Those with a smaller key.
    pub fn before(&self, key: K) -> impl Iterator<Item = SessionId> {
        self.0.range(..(key, FIRST)).map(|(_, session)| *session)
    }

    /// The smallest key, or the smallest that is greater than this one.
    pub fn next(&self, key: Option<K>) -> Option<K> {
        let next = match key {
            None => self.0.get_min(),
            Some(key) => self
                .0
                .get_next(&(key, LAST))
                .filter(|(next, _)| *next > key),
        };
        next.map(|(key, _)| *key)
    }

    /// Every key once; costs as many steps as there are keys.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        successors(self.next(None), |key| self.next(Some(*key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_under_the_key_that_it_has_now() {
        let session = |n| SessionId(Uuid::from_u128(n));
        let mut index = Index::default();
        for (n, key) in [(1, 5), (2, 5), (3, 7), (4, 9)] {
            index.place(session(n), None, Some(key));
        }
        index.place(session(2), Some(5), Some(8));
        index.place(session(4), Some(9), None);
        assert!(index.of(5).eq([session(1)]));
        assert!(index.before(8).eq([session(1), session(3)]));
        assert!(index.keys().eq([5, 7, 8]));
        assert_eq!((index.next(Some(5)), index.next(Some(8))), (Some(7), None));
        assert!(index.all().eq([session(1), session(3), session(2)]));
    }
}

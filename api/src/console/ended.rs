//! Sessions that somebody has signed out of, for as long as their cookies would be good.

use crate::MAX_ENDED_SESSIONS;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// By their ids, with the moment at which they end anyway.
#[derive(Default)]
pub struct Ended(Mutex<HashMap<Uuid, DateTime<Utc>>>);

impl Ended {
    /// From now on it is over. Where there is room for no more, what would end first is forgotten.
    pub fn add(&self, id: Uuid, expires_at: DateTime<Utc>, now: DateTime<Utc>) {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= MAX_ENDED_SESSIONS {
            ended.retain(|_, expires_at| now < *expires_at);
        }
        if ended.len() >= MAX_ENDED_SESSIONS {
            let first = ended.iter().min_by_key(|(_, expires_at)| **expires_at);
            if let Some(first) = first.map(|(id, _)| *id) {
                ended.remove(&first);
            }
        }
        ended.insert(id, expires_at);
    }

    pub fn contains(&self, id: Uuid) -> bool {
        let ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.contains_key(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_is_remembered_within_bounds() {
        let ended = Ended::default();
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        for number in 0..MAX_ENDED_SESSIONS {
            let seconds = 100 + i64::try_from(number).unwrap();
            ended.add(Uuid::from_u128(number as u128), at(seconds), at(0));
        }
        assert!(ended.contains(Uuid::from_u128(0)));
        let next = |number: u128| Uuid::from_u128(u128::MAX - number);
        ended.add(next(0), at(1_000_000), at(0));
        assert!(ended.contains(next(0)) && ended.contains(Uuid::from_u128(1)));
        assert!(
            !ended.contains(Uuid::from_u128(0)),
            "it would have ended first"
        );
        // Those whose time is over make room by themselves.
        ended.add(next(1), at(1_000_000), at(101));
        assert!(!ended.contains(Uuid::from_u128(1)));
        assert!(ended.contains(Uuid::from_u128(2)));
    }
}

//! Sessions that somebody has signed out of, for as long as their cookies would be good.

use super::session::Session;
use crate::{MAX_ENDED_OF_TOKEN, MAX_ENDED_SESSIONS};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use upkeep_domain::kernel::ids::ApiTokenId;
use uuid::Uuid;

/// Whose it was, and when it ends anyway.
struct Entry {
    token: ApiTokenId,
    expires_at: DateTime<Utc>,
}

/// By their ids.
#[derive(Default)]
pub struct Ended(Mutex<HashMap<Uuid, Entry>>);

impl Ended {
    /// From now on it is over. Where a token has room for no more, that of its own which would end first is forgotten, so that nobody
    /// brings somebody else's back; where all have none, that of all.
    pub fn add(&self, session: &Session, now: DateTime<Utc>) {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, entry| now < entry.expires_at);
        let of_token = |entry: &Entry| entry.token == session.token;
        if ended.values().filter(|entry| of_token(entry)).count() >= MAX_ENDED_OF_TOKEN {
            forget_first(&mut ended, of_token);
        }
        if ended.len() >= MAX_ENDED_SESSIONS {
            forget_first(&mut ended, |_| true);
        }
        let entry = Entry {
            token: session.token,
            expires_at: session.expires_at,
        };
        ended.insert(session.id, entry);
    }

    pub fn contains(&self, id: Uuid) -> bool {
        let ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.contains_key(&id)
    }
}

/// Of these.
fn forget_first(ended: &mut HashMap<Uuid, Entry>, of_these: impl Fn(&Entry) -> bool) {
    let these = ended.iter().filter(|(_, entry)| of_these(entry));
    let first = these.min_by_key(|(id, entry)| (entry.expires_at, **id));
    if let Some(first) = first.map(|(id, _)| *id) {
        ended.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::kernel::digest::Sha256Digest;
    use upkeep_domain::kernel::secret::SecretHash;

    fn at(seconds: usize) -> DateTime<Utc> {
        DateTime::from_timestamp(i64::try_from(seconds).unwrap(), 0).unwrap()
    }

    fn session(token: usize, number: usize) -> Session {
        Session {
            id: Uuid::from_u64_pair(token as u64, number as u64),
            token: ApiTokenId(Uuid::from_u128(token as u128)),
            secret_hash: SecretHash(Sha256Digest::of(b"secret")),
            expires_at: at(100 + number),
        }
    }

    #[test]
    fn what_a_token_ended_is_remembered_within_its_own_bound() {
        let ended = Ended::default();
        let remembers = |token, number| ended.contains(session(token, number).id);
        ended.add(&session(1, 0), at(0));
        for number in 0..MAX_ENDED_OF_TOKEN {
            ended.add(&session(2, number), at(0));
        }
        assert!(remembers(1, 0) && remembers(2, 0));
        ended.add(&session(2, MAX_ENDED_OF_TOKEN), at(0));
        assert!(!remembers(2, 0), "it would have ended first");
        assert!(remembers(2, 1) && remembers(2, MAX_ENDED_OF_TOKEN));
        assert!(remembers(1, 0), "others' are not touched");
        // Those whose time is over make room by themselves.
        ended.add(&session(3, 50), at(101));
        assert!(!remembers(1, 0) && !remembers(2, 1) && remembers(2, 2));
    }

    #[test]
    fn all_together_have_a_bound() {
        let ended = Ended::default();
        for number in 0..=MAX_ENDED_SESSIONS {
            ended.add(&session(number / MAX_ENDED_OF_TOKEN, number), at(0));
        }
        assert!(!ended.contains(session(0, 0).id));
        assert!(ended.contains(session(0, 1).id));
    }
}

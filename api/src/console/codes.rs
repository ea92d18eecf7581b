//! One-time codes: what a token hands to a browser, so that the token itself stands in no link.
//!
//! They are kept in memory, by their digests: they are over when the server restarts, and whoever reads its memory's image finds none.

use crate::{CODES, CODES_REMEMBERED};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{ApiTokenId, TenantId};
use upkeep_domain::kernel::secret::SecretHash;

const PREFIX: &str = "upc_";

/// What stands behind a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    pub id: ApiTokenId,
    pub secret_hash: SecretHash,
    /// Of its role, where that is of one: its tokens together take no room from others.
    pub tenant: Option<TenantId>,
}

/// As many codes wait to be used as may.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany;

/// Why a code opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worthless {
    Unknown,
    Expired,
    Used,
}

#[derive(Clone, Copy)]
struct Code {
    token: Token,
    expires_at: DateTime<Utc>,
    is_used: bool,
}

impl Code {
    fn is_waiting(&self, now: DateTime<Utc>) -> bool {
        self.token_at(now).is_ok()
    }

    fn token_at(&self, now: DateTime<Utc>) -> Result<Token, Worthless> {
        if self.is_used {
            return Err(Worthless::Used);
        }
        if now >= self.expires_at {
            return Err(Worthless::Expired);
        }
        Ok(self.token)
    }
}

/// Those that wait to be used, and for a while those that do no more, to tell why.
#[derive(Default)]
pub struct Codes(Mutex<HashMap<[u8; 32], Code>>);

impl Codes {
    /// A new code, made of these random bits.
    pub fn make(
        &self,
        token: Token,
        (now, life): (DateTime<Utc>, Duration),
        random: [u8; 32],
    ) -> Result<(String, DateTime<Utc>), TooMany> {
        let text = format!("{PREFIX}{}", hex::encode(random));
        let expires_at = now + life;
        let mut codes = self.lock();
        codes.retain(|_, code| now < code.expires_at + CODES_REMEMBERED);
        if codes.len() >= CODES.in_all {
            codes.retain(|_, code| code.is_waiting(now));
        }
        let waiting = || codes.values().filter(|code| code.is_waiting(now));
        let of_token = waiting().filter(|code| code.token.id == token.id);
        let of_tenant =
            waiting().filter(|code| token.tenant.is_some() && code.token.tenant == token.tenant);
        if of_token.count() >= CODES.of_token
            || of_tenant.count() >= CODES.of_tenant
            || codes.len() >= CODES.in_all
        {
            return Err(TooMany);
        }
        let code = Code {
            token,
            expires_at,
            is_used: false,
        };
        codes.insert(digest(&text), code);
        Ok((text, expires_at))
    }

    /// What stands behind a code that is good; it stays good.
    pub fn look(&self, text: &str, now: DateTime<Utc>) -> Result<Token, Worthless> {
        let codes = self.lock();
        let code = codes.get(&digest(text)).ok_or(Worthless::Unknown)?;
        code.token_at(now)
    }

    /// What stands behind a code, once.
    pub fn redeem(&self, text: &str, now: DateTime<Utc>) -> Result<Token, Worthless> {
        let mut codes = self.lock();
        let code = codes.get_mut(&digest(text)).ok_or(Worthless::Unknown)?;
        let token = code.token_at(now)?;
        code.is_used = true;
        Ok(token)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Code>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256Digest::of(text.as_bytes()).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LIFE: Duration = Duration::from_mins(5);

    fn token(number: u128) -> Token {
        Token {
            id: ApiTokenId(Uuid::from_u128(number)),
            secret_hash: SecretHash(Sha256Digest([0; 32])),
            tenant: None,
        }
    }

    fn of_tenant(tenant: u128, number: u128) -> Token {
        Token {
            tenant: Some(TenantId(Uuid::from_u128(tenant))),
            ..token(number)
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn random(number: usize) -> [u8; 32] {
        let mut random = [0; 32];
        random[..8].copy_from_slice(&number.to_be_bytes());
        random
    }

    #[test]
    fn a_code_is_good_once_and_for_a_while() {
        let codes = Codes::default();
        let (first, expires_at) = codes.make(token(1), (at(0), LIFE), random(1)).unwrap();
        let (second, _) = codes.make(token(2), (at(0), LIFE), random(2)).unwrap();
        assert_eq!(expires_at, at(300));
        for _ in 0..2 {
            assert_eq!(codes.look(&first, at(299)), Ok(token(1)), "it stays good");
        }
        assert_eq!(codes.redeem(&first, at(299)), Ok(token(1)));
        assert_eq!(codes.redeem(&first, at(299)), Err(Worthless::Used));
        assert_eq!(codes.look(&first, at(299)), Err(Worthless::Used));
        assert_eq!(codes.look(&second, at(300)), Err(Worthless::Expired));
        assert_eq!(codes.redeem(&second, at(300)), Err(Worthless::Expired));
        for unknown in ["", "upc_", &second[1..], &second.to_uppercase()] {
            assert_eq!(codes.redeem(unknown, at(1)), Err(Worthless::Unknown));
            assert_eq!(codes.look(unknown, at(1)), Err(Worthless::Unknown));
        }
        // One day nobody remembers why.
        codes.make(token(1), (at(10_000), LIFE), random(3)).unwrap();
        assert_eq!(codes.redeem(&second, at(10_000)), Err(Worthless::Unknown));
    }

    #[test]
    fn so_many_wait_and_no_more() {
        let codes = Codes::default();
        for number in 0..CODES.in_all {
            let owner = token((number / CODES.of_token) as u128);
            codes.make(owner, (at(0), LIFE), random(number)).unwrap();
        }
        let more = |owner, now| codes.make(owner, (at(now), LIFE), random(CODES.in_all));
        assert_eq!(more(token(1_000), 0), Err(TooMany), "of all");
        assert!(more(token(1_000), 300).is_ok(), "what is over makes room");
    }

    #[test]
    fn a_token_has_so_many_and_leaves_room_for_others() {
        let codes = Codes::default();
        let make = |owner, number| codes.make(token(owner), (at(0), LIFE), random(number));
        let first_ones: Vec<_> = (0..CODES.of_token).map(|number| make(1, number)).collect();
        assert_eq!(make(1, 500), Err(TooMany));
        assert!(make(2, 501).is_ok());
        let (first, _) = first_ones[0].as_ref().unwrap();
        codes.redeem(first, at(1)).unwrap();
        assert!(make(1, 502).is_ok(), "one that was used waits no more");
    }

    #[test]
    fn a_tenants_tokens_together_have_so_many_and_leave_room_for_others() {
        let codes = Codes::default();
        let make = |owner, number| codes.make(owner, (at(0), LIFE), random(number));
        let mut texts = vec![];
        for number in 0..CODES.of_tenant {
            let owner = of_tenant(7, (number / CODES.of_token) as u128);
            texts.push(make(owner, number).unwrap().0);
        }
        assert_eq!(make(of_tenant(7, 999), 998), Err(TooMany), "by any token");
        assert!(make(of_tenant(8, 1_000), 999).is_ok(), "of another tenant");
        // Those of the provider's own people have no tenant to be bound by together.
        for number in 0..=CODES.of_tenant {
            let owner = token((2_000 + number / CODES.of_token) as u128);
            make(owner, 10_000 + number).unwrap();
        }
        codes.redeem(&texts[0], at(1)).unwrap();
        assert!(make(of_tenant(7, 999), 998).is_ok(), "one waits no more");
    }
}

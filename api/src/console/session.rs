//! A session of the console: that somebody has shown an API token here, said again by a cookie.
//!
//! The server keeps nothing of it. The cookie names the token, and is sealed together with the digest of the token's secret: it holds nothing
//! of the secret, and is worth nothing for another token, nor longer than the token is, because the token is looked up at every request.

use super::key::SessionKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use upkeep_domain::kernel::ids::ApiTokenId;
use upkeep_domain::kernel::secret::SecretHash;
use uuid::Uuid;

/// A token's id, the session's own, and the second at which it ends.
const CONTENT_BYTES: usize = 16 + 16 + 8;
const SEAL_BYTES: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// By which it is ended before its time.
    pub id: Uuid,
    pub token: ApiTokenId,
    /// Of the token's secret.
    pub secret_hash: SecretHash,
    /// Whole seconds.
    pub expires_at: DateTime<Utc>,
}

impl Session {
    /// What the cookie holds.
    pub fn write(&self, key: &SessionKey) -> String {
        let content = self.content();
        let seal = key.seal(&sealed(&content, self.secret_hash));
        URL_SAFE_NO_PAD.encode([&content[..], &seal].concat())
    }

    /// The session in a cookie, if this key sealed it for the token as it is: the second argument tells of a token what its secret's
    /// digest is. Whether it has ended is not looked at.
    pub fn read(
        text: &str,
        key: &SessionKey,
        secret_of: impl Fn(ApiTokenId) -> Option<SecretHash>,
    ) -> Option<Self> {
        let mut bytes = [0; CONTENT_BYTES + SEAL_BYTES];
        // One that decodes to more is no cookie of ours.
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        if length != bytes.len() {
            return None;
        }
        let (content, seal) = bytes.split_at(CONTENT_BYTES);
        let (token, rest) = content.split_first_chunk::<16>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (expires, _) = rest.split_first_chunk::<8>()?;
        let token = ApiTokenId(Uuid::from_bytes(*token));
        let secret_hash = secret_of(token)?;
        if !key.is_seal(&sealed(content, secret_hash), seal) {
            return None;
        }
        Some(Self {
            id: Uuid::from_bytes(*id),
            token,
            secret_hash,
            expires_at: DateTime::from_timestamp(i64::from_be_bytes(*expires), 0)?,
        })
    }

    fn content(&self) -> [u8; CONTENT_BYTES] {
        let mut content = [0; CONTENT_BYTES];
        content[..16].copy_from_slice(self.token.0.as_bytes());
        content[16..32].copy_from_slice(self.id.as_bytes());
        content[32..].copy_from_slice(&self.expires_at.timestamp().to_be_bytes());
        content
    }
}

/// What the seal is over.
fn sealed(content: &[u8], secret_hash: SecretHash) -> Vec<u8> {
    [content, &secret_hash.0.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::kernel::digest::Sha256Digest;

    const TOKEN: ApiTokenId = ApiTokenId(Uuid::from_u128(7));

    fn session() -> Session {
        Session {
            id: Uuid::from_u128(8),
            token: TOKEN,
            secret_hash: SecretHash(Sha256Digest([9; 32])),
            expires_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        }
    }

    fn read(text: &str, key: &SessionKey) -> Option<Session> {
        Session::read(text, key, |token| {
            (token == TOKEN).then_some(session().secret_hash)
        })
    }

    #[test]
    fn a_session_comes_back_as_it_was_and_says_nothing_of_the_secret() {
        let key = SessionKey::new([1; 32]);
        let text = session().write(&key);
        assert_eq!(read(&text, &key), Some(session()));
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert!(!bytes.windows(4).any(|part| part == [9; 4]));
    }

    #[test]
    fn whatever_is_changed_in_it_is_noticed() {
        let key = SessionKey::new([1; 32]);
        let good = URL_SAFE_NO_PAD.decode(session().write(&key)).unwrap();
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1;
            assert_eq!(read(&URL_SAFE_NO_PAD.encode(changed), &key), None, "{at}");
        }
    }

    #[test]
    fn what_is_none_of_ours_is_nothing() {
        let key = SessionKey::new([1; 32]);
        let good = session().write(&key);
        let (longer, spaced) = (format!("{good}AAAA"), format!(" {good}"));
        for text in ["", "x", "====", "ä", &good[1..], &longer, &spaced] {
            assert_eq!(read(text, &key), None, "{text}");
        }
        assert_eq!(
            read(&good, &SessionKey::new([2; 32])),
            None,
            "another server's"
        );
        let other_secret = |_| Some(SecretHash(Sha256Digest([8; 32])));
        assert_eq!(Session::read(&good, &key, other_secret), None);
        assert_eq!(Session::read(&good, &key, |_| None), None, "no such token");
    }
}

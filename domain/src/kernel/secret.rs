//! Bearer secrets, which are stored only as digests.

use crate::kernel::digest::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What is stored of a bearer secret: its SHA-256. The secrets are 256 random bits, so that no salt is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(pub Sha256Digest);

/// A bearer token as its holder shows it: `{prefix}_{id}_{secret}`, with the id as 32 hexadecimal digits and
/// the secret as 64. Printing it shows the id only.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken {
    pub id: Uuid,
    secret: [u8; 32],
}

impl BearerToken {
    pub fn new(id: Uuid, secret: [u8; 32]) -> Self {
        Self { id, secret }
    }

    /// Reads a token with this prefix; nothing if the text has another form.
    pub fn parse(prefix: &str, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(prefix)?.strip_prefix('_')?;
        let (id, secret_text) = rest.split_once('_')?;
        let mut secret = [0; 32];
        hex::decode_to_slice(secret_text, &mut secret).ok()?;
        Some(Self {
            id: Uuid::try_parse(id).ok()?,
            secret,
        })
    }

    /// The text to hand to the holder, once.
    pub fn reveal(&self, prefix: &str) -> String {
        format!("{prefix}_{}_{}", self.id.simple(), hex::encode(self.secret))
    }

    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256Digest::of(&self.secret))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BearerToken({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_text_and_hides_its_secret() {
        let token = BearerToken::new(Uuid::from_u128(7), [9; 32]);
        let text = token.reveal("upt");
        assert_eq!(BearerToken::parse("upt", &text), Some(token.clone()));
        assert_eq!(BearerToken::parse("upe", &text), None);
        assert_eq!(BearerToken::parse("upt", "upt_x_y"), None);
        assert!(!format!("{token:?}").contains("0909"));
    }
}

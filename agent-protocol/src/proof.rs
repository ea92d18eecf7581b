//! Who is who: what is signed, by whom, over which bytes.
//!
//! Every signed text starts with its own context, so that a signature for one purpose is worth nothing for another.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 32;

/// The two nonces and the agent of one handshake.
#[derive(Clone, Copy, Debug)]
pub struct Handshake<'a> {
    pub server_nonce: &'a str,
    pub agent_nonce: &'a str,
    pub agent_id: Uuid,
    /// The host that the agent dialled.
    pub host: &'a str,
}

impl Handshake<'_> {
    fn text(&self, context: &str) -> Vec<u8> {
        format!(
            "upkeep.agent.v1 {context}\n{}\n{}\n{}\n{}",
            self.server_nonce,
            self.agent_nonce,
            self.agent_id.hyphenated(),
            self.host
        )
        .into_bytes()
    }

    /// The agent's proof, sent in `auth`.
    pub fn sign_as_agent(&self, key: &SigningKey) -> String {
        sign(key, &self.text("auth"))
    }

    pub fn verify_agent(&self, key: &[u8; 32], signature: &str) -> bool {
        verify(key, &self.text("auth"), signature)
    }

    /// The server's proof, sent in `welcome`.
    pub fn sign_as_server(&self, key: &SigningKey) -> String {
        sign(key, &self.text("welcome"))
    }

    pub fn verify_server(&self, key: &[u8; 32], signature: &str) -> bool {
        verify(key, &self.text("welcome"), signature)
    }
}

/// The server's signature under a run order's JSON text.
pub fn sign_order(key: &SigningKey, order: &str) -> String {
    sign(key, format!("upkeep.agent.v1 run\n{order}").as_bytes())
}

/// Whether a run order is the server's.
pub fn verify_order(key: &[u8; 32], order: &str, signature: &str) -> bool {
    verify(
        key,
        format!("upkeep.agent.v1 run\n{order}").as_bytes(),
        signature,
    )
}

/// The name of a key: the first 8 bytes of its SHA-256, as 16 hexadecimal digits.
pub fn key_id(public_key: &[u8; 32]) -> String {
    hex::encode(&Sha256::digest(public_key)[..8])
}

/// Reads a key of 64 hexadecimal digits.
pub fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key).ok()?;
    Some(key)
}

/// Whether these bytes are a public key that one holder alone can sign for (RFC 8032; keys of small order sign for everybody).
pub fn is_public_key(key: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak())
}

fn sign(key: &SigningKey, text: &[u8]) -> String {
    hex::encode(key.sign(text).to_bytes())
}

fn verify(key: &[u8; 32], text: &[u8], signature: &str) -> bool {
    let mut bytes = [0; 64];
    let (Ok(()), Ok(key)) = (
        hex::decode_to_slice(signature, &mut bytes),
        VerifyingKey::from_bytes(key),
    ) else {
        return false;
    };
    key.verify_strict(text, &Signature::from_bytes(&bytes))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_everybody_can_sign_for_is_none() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(!is_public_key(&identity));
        assert!(!is_public_key(&[0; 32]));
        let key = SigningKey::from_bytes(&[7; 32]);
        assert!(is_public_key(&key.verifying_key().to_bytes()));
    }

    #[test]
    fn a_proof_holds_for_its_purpose_and_its_handshake_only() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let handshake = Handshake {
            server_nonce: "aa",
            agent_nonce: "bb",
            agent_id: Uuid::from_u128(1),
            host: "upkeep.example",
        };
        let proof = handshake.sign_as_agent(&key);
        assert!(handshake.verify_agent(&public, &proof));
        assert!(!handshake.verify_server(&public, &proof));
        for other in [
            Handshake {
                server_nonce: "ab",
                ..handshake
            },
            Handshake {
                agent_nonce: "ab",
                ..handshake
            },
            Handshake {
                agent_id: Uuid::from_u128(2),
                ..handshake
            },
            Handshake {
                host: "evil.example",
                ..handshake
            },
        ] {
            assert!(!other.verify_agent(&public, &proof));
        }
        assert!(!handshake.verify_agent(&[8; 32], &proof));
        assert!(!handshake.verify_agent(&public, "zz"));
        let order = sign_order(&key, "{}");
        assert!(verify_order(&public, "{}", &order) && !verify_order(&public, "{ }", &order));
    }
}

//! Secrets under lock and key: sealed when they are set, opened when a run that is told one goes to its agent, and nowhere else.
//!
//! Each is sealed by XChaCha20-Poly1305 under a random nonce, together with the id of what it is: what was sealed for one does not open
//! as another. The keys are in a file that is kept apart from the data: whoever has a copy of the data without it has nothing.
//!
//! Start reading at [`Keyring`].

mod file;
mod key;
#[cfg(test)]
mod tests;

pub use file::{KEY_FILE_LIMIT, KeyFileError};
pub use key::{NEW_KEY_BYTES, NewKey};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use key::Key;
use std::fmt;
use upkeep_domain::catalogue::secret::Sealed;
use upkeep_domain::kernel::ids::SecretId;
use zeroize::Zeroizing;

/// Bytes of a nonce, which has to be random: so many that none ever comes twice.
pub const NONCE_BYTES: usize = 24;
/// Most keys in a file.
pub const MAX_KEYS: usize = 16;

/// The keys of an installation. The first one seals, each of them opens.
#[derive(Clone, Default)]
pub struct Keyring(Vec<Key>);

/// There is no key to seal with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this server has no key for secrets: make one with `upkeep secrets new-key FILE`, and start the server with --secrets-key-file FILE"
)]
pub struct NotSetUp;

/// Why a secret stays closed. It says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    #[error(transparent)]
    NotSetUp(#[from] NotSetUp),
    #[error(
        "this server does not have the key under which the secret was sealed: add that key to its file of keys, or set the secret anew"
    )]
    OtherKey,
    #[error("what is kept of the secret does not open: set it anew")]
    Damaged,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring of {}", self.0.len())
    }
}

impl Keyring {
    /// Seals a secret as this one. The nonce has to be random.
    pub fn seal(
        &self,
        secret: SecretId,
        value: &str,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Sealed, NotSetUp> {
        let key = self.0.first().ok_or(NotSetUp)?;
        let sealed = cipher(key).encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: value.as_bytes(),
                aad: secret.0.as_bytes(),
            },
        );
        // It fails for texts of hundreds of gigabytes alone.
        let sealed = sealed.map_err(|_| NotSetUp)?;
        let content = [&nonce[..], &sealed].concat();
        Ok(Sealed {
            key: key.name(),
            content: STANDARD.encode(content),
        })
    }

    /// Opens what was sealed as this secret.
    pub fn open(&self, secret: SecretId, sealed: &Sealed) -> Result<Zeroizing<String>, Closed> {
        if self.0.is_empty() {
            return Err(NotSetUp.into());
        }
        let mut keys = self.0.iter();
        let key = keys.find(|key| key.name() == sealed.key);
        let key = key.ok_or(Closed::OtherKey)?;
        let content = STANDARD.decode(&sealed.content);
        let content = content.map_err(|_| Closed::Damaged)?;
        let (nonce, sealed) = content
            .split_at_checked(NONCE_BYTES)
            .ok_or(Closed::Damaged)?;
        let opened = cipher(key).decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: secret.0.as_bytes(),
            },
        );
        let opened = opened.map_err(|_| Closed::Damaged)?;
        match String::from_utf8(opened) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(Closed::Damaged)
            }
        }
    }

    /// Whether there is a key to seal with.
    pub fn is_set_up(&self) -> Result<(), NotSetUp> {
        self.0.first().map(|_| ()).ok_or(NotSetUp)
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

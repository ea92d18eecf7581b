use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const NEW_KEY_BYTES: usize = 32;
/// What a name is made from besides the key, so that the digest is of no use elsewhere.
const NAMING: &[u8] = b"upkeep-secrets-key-v1";
/// Bytes of the digest that name a key.
const NAME_BYTES: usize = 8;

/// A key; never shown.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; NEW_KEY_BYTES]>);

impl Key {
    /// From 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; NEW_KEY_BYTES]);
        hex::decode_to_slice(text, &mut bytes[..]).ok()?;
        Some(Self(bytes))
    }

    pub fn bytes(&self) -> &[u8; NEW_KEY_BYTES] {
        &self.0
    }

    /// What stands beside everything that it sealed: it says nothing of the key.
    pub fn name(&self) -> String {
        let digest = Sha256::new()
            .chain_update(NAMING)
            .chain_update(&self.0[..])
            .finalize();
        hex::encode(&digest[..NAME_BYTES])
    }
}

/// The text of a file with one new key.
pub struct NewKey(Zeroizing<String>);

impl NewKey {
    /// Made from random bytes.
    pub fn new(random: [u8; NEW_KEY_BYTES]) -> Self {
        let random = Zeroizing::new(random);
        let digits = Zeroizing::new(hex::encode(&random[..]));
        let head = "# The key of this installation's secrets. Keep it apart from the data, and keep a copy: without it they are lost.";
        Self(Zeroizing::new(format!("{head}\n{}\n", &*digits)))
    }

    /// For the file, which its owner alone may read.
    pub fn text(&self) -> &str {
        &self.0
    }
}

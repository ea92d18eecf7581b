use serde::{Deserialize, Serialize};
use std::fmt;

/// A secret under a key: which one, and what it made of it. It says nothing without that key, and is shown nowhere all the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// Names the key: the beginning of its SHA-256.
    pub key: String,
    /// The nonce and what it was encrypted to, in Base64.
    pub content: String,
}

impl Sealed {
    /// Of nothing, by no key: to ask what one may do with a secret that is not there yet.
    pub fn nothing() -> Self {
        Self {
            key: String::new(),
            content: String::new(),
        }
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(by {})", self.key)
    }
}

//! Scripts: the only thing that ever touches a computer.

use crate::limits::{MAX_SCRIPT_BYTES, MAX_SCRIPT_TIMEOUT};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, time::Duration};

/// The program that runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interpreter {
    /// POSIX shell, `/bin/sh`.
    Sh,
    /// GNU Bash.
    Bash,
    /// Python 3.
    Python,
    /// `PowerShell` 7 on Linux, Windows `PowerShell` or 7 on Windows.
    PowerShell,
}

/// The longest time that one run of a script may take, in whole seconds, at most 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScriptTimeout(u32);

impl ScriptTimeout {
    /// For detection, which only reads (design.md, section 10).
    pub const DETECTION: Self = Self(2 * 60);
    /// For scripts that change something.
    pub const ACTION: Self = Self(15 * 60);

    pub fn from_seconds(seconds: u32) -> Result<Self, ScriptError> {
        if seconds == 0 || u64::from(seconds) > MAX_SCRIPT_TIMEOUT.as_secs() {
            Err(ScriptError::Timeout(seconds))
        } else {
            Ok(Self(seconds))
        }
    }

    pub fn seconds(self) -> u32 {
        self.0
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

/// A script with its interpreter and its time limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Script {
    pub interpreter: Interpreter,
    pub text: String,
    pub timeout: ScriptTimeout,
}

/// Why a text cannot be a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("the script is empty: give at least one command")]
    Empty,
    #[error(
        "the script has {0} bytes: at most {MAX_SCRIPT_BYTES} are allowed; put large files into the package"
    )]
    TooLong(usize),
    #[error("the script holds a NUL character: remove it")]
    Nul,
    #[error("a timeout of {0} seconds is not possible: give 1 to {max}", max = MAX_SCRIPT_TIMEOUT.as_secs())]
    Timeout(u32),
}

impl Script {
    pub fn new(
        interpreter: Interpreter,
        text: &str,
        timeout: ScriptTimeout,
    ) -> Result<Self, ScriptError> {
        if text.trim().is_empty() {
            Err(ScriptError::Empty)
        } else if text.len() > MAX_SCRIPT_BYTES {
            Err(ScriptError::TooLong(text.len()))
        } else if text.contains('\0') {
            Err(ScriptError::Nul)
        } else {
            Ok(Self {
                interpreter,
                text: text.to_owned(),
                timeout,
            })
        }
    }

    /// The digest that names this script: interpreter and text, not the timeout.
    pub fn digest(&self) -> Sha256Digest {
        let interpreter: &[u8] = match self.interpreter {
            Interpreter::Sh => b"sh\0",
            Interpreter::Bash => b"bash\0",
            Interpreter::Python => b"python\0",
            Interpreter::PowerShell => b"powershell\0",
        };
        Sha256Digest(
            Sha256::new()
                .chain_update(interpreter)
                .chain_update(self.text.as_bytes())
                .finalize()
                .into(),
        )
    }
}

/// A SHA-256 digest; in text, 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

impl Sha256Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("a SHA-256 has 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_bounded_and_named_by_what_it_does() {
        let sh = Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION).unwrap();
        let bash = Script::new(Interpreter::Bash, "true", ScriptTimeout::DETECTION).unwrap();
        assert_ne!(sh.digest(), bash.digest());
        assert_eq!(
            Sha256Digest::parse(&sh.digest().to_string()),
            Some(sh.digest())
        );
        assert_eq!(
            Script::new(Interpreter::Sh, " \n", ScriptTimeout::ACTION),
            Err(ScriptError::Empty)
        );
        assert_eq!(ScriptTimeout::from_seconds(0), Err(ScriptError::Timeout(0)));
        assert!(ScriptTimeout::from_seconds(86_401).is_err());
    }
}

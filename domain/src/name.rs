//! Names that people read: trimmed, not empty, bounded, without control characters.

use crate::limits::MAX_NAME_CHARS;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A name that a person gave to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

/// Why a text cannot be a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("the name is empty: give at least one visible character")]
    Empty,
    #[error("the name has {0} characters: at most {MAX_NAME_CHARS} are allowed")]
    TooLong(usize),
    #[error("the name holds a control character: remove it")]
    ControlCharacter,
}

impl Name {
    /// Checks and trims a name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            Err(NameError::Empty)
        } else if chars > MAX_NAME_CHARS {
            Err(NameError::TooLong(chars))
        } else if text.chars().any(char::is_control) {
            Err(NameError::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reading history never fails on a rule that was made stricter later: only new names are checked.
impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_bounded_and_visible() {
        assert_eq!(Name::new("  Contoso ").unwrap().as_str(), "Contoso");
        assert_eq!(Name::new(" \t"), Err(NameError::Empty));
        assert_eq!(Name::new(&"x".repeat(201)), Err(NameError::TooLong(201)));
        assert_eq!(Name::new("a\u{7}b"), Err(NameError::ControlCharacter));
    }
}

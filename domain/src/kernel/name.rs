//! Names that people read: trimmed, bounded, composed, and of characters that can be seen.

use crate::kernel::limits::MAX_NAME_CHARS;
use crate::kernel::text::{self, CodePoint, TextError};
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
    #[error("the name holds a line break or another control character: remove it")]
    ControlCharacter,
    #[error("the name holds {}, which cannot be seen: remove it", CodePoint(*.0))]
    Invisible(char),
}

impl From<TextError> for NameError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Empty,
            TextError::Control => Self::ControlCharacter,
            TextError::Invisible(c) => Self::Invisible(c),
        }
    }
}

impl Name {
    /// Checks, trims and composes a name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text::line(text)?;
        match text.chars().count() {
            chars if chars > MAX_NAME_CHARS => Err(NameError::TooLong(chars)),
            _ => Ok(Self(text)),
        }
    }

    /// One that is there already, written when more was allowed: to find it, never to make one.
    pub fn known(text: &str) -> Self {
        Self(text::composed(text.trim()))
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

/// Reading history never fails on a rule that was made stricter later: only new names are checked. All are composed, so
/// that what looks the same is the same, whenever it was written.
impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text::composed(&text)))
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
        let invisible = Name::new("\u{200b}").unwrap_err();
        assert_eq!(
            invisible.to_string(),
            "the name holds U+200B, which cannot be seen: remove it"
        );
    }

    #[test]
    fn a_name_is_composed_whenever_it_was_written() {
        let old: Name = serde_json::from_str("\"Cafe\\u0301\"").unwrap();
        assert_eq!(old, Name::new("Caf\u{e9}").unwrap());
        assert_eq!(old, Name::new("Cafe\u{301}").unwrap());
        let invisible: Name = serde_json::from_str("\"\\u200b\"").unwrap();
        assert_eq!(invisible, Name::known("\u{200b}"), "it can still be named");
    }
}

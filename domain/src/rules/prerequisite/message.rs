//! Why an action fails that a prerequisite forbids, as whoever wrote it says.

use crate::kernel::limits::MAX_PREREQUISITE_MESSAGE_CHARS;
use crate::kernel::text::{self, CodePoint, TextError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One visible line of at most [`MAX_PREREQUISITE_MESSAGE_CHARS`] characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailMessage(String);

/// Why a text cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailMessageError {
    #[error("the message is empty: say why it fails, and what to do")]
    Empty,
    #[error("the message has {0} characters: at most {MAX_PREREQUISITE_MESSAGE_CHARS} are allowed")]
    TooLong(usize),
    #[error("the message holds a line break or another control character: remove it")]
    ControlCharacter,
    #[error("the message holds {}, which cannot be seen: remove it", CodePoint(*.0))]
    Invisible(char),
}

impl FailMessage {
    /// Checks, trims and composes a message.
    pub fn new(text: &str) -> Result<Self, FailMessageError> {
        let text = text::line(text).map_err(|error| match error {
            TextError::Empty => FailMessageError::Empty,
            TextError::Control => FailMessageError::ControlCharacter,
            TextError::Invisible(c) => FailMessageError::Invisible(c),
        })?;
        match text.chars().count() {
            chars if chars > MAX_PREREQUISITE_MESSAGE_CHARS => {
                Err(FailMessageError::TooLong(chars))
            }
            _ => Ok(Self(text)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FailMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_bounded_line() {
        assert_eq!(FailMessage::new(" no "), Ok(FailMessage("no".into())));
        assert_eq!(FailMessage::new(" "), Err(FailMessageError::Empty));
        assert_eq!(
            FailMessage::new(&"x".repeat(301)),
            Err(FailMessageError::TooLong(301))
        );
        assert_eq!(
            FailMessage::new("a\nb"),
            Err(FailMessageError::ControlCharacter)
        );
    }
}

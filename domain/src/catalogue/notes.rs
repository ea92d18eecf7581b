//! What technicians should know of a software or of a task.

use crate::kernel::limits::MAX_NOTES_CHARS;
use crate::kernel::text::{self, CodePoint, TextError};
use serde::{Deserialize, Serialize};

/// Lines of plain text, at most [`MAX_NOTES_CHARS`] characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Notes(String);

/// Why a text cannot be notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotesError {
    #[error("the notes are empty: leave them out to take them away")]
    Empty,
    #[error("the notes have {0} characters: at most {MAX_NOTES_CHARS} are allowed")]
    TooLong(usize),
    #[error("the notes hold a control character: remove it")]
    ControlCharacter,
    #[error("the notes hold {}, which cannot be seen: remove it", CodePoint(*.0))]
    Invisible(char),
}

impl Notes {
    /// Checks, trims and composes notes.
    pub fn new(text: &str) -> Result<Self, NotesError> {
        let text = text::prose(text).map_err(|error| match error {
            TextError::Empty => NotesError::Empty,
            TextError::Control => NotesError::ControlCharacter,
            TextError::Invisible(c) => NotesError::Invisible(c),
        })?;
        match text.chars().count() {
            chars if chars > MAX_NOTES_CHARS => Err(NotesError::TooLong(chars)),
            _ => Ok(Self(text)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

use crate::kernel::limits::MAX_PARAMETER_NAME_CHARS;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What scripts call a parameter: a letter, and then letters, digits and underscores, so that it is a name in each of their languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParameterName(String);

/// Why a text cannot name a parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterNameError {
    #[error(
        "a parameter's name begins with one of A to Z or a to z and goes on with letters, digits and underscores: scripts use it as it is"
    )]
    Characters,
    #[error(
        "the parameter's name has {0} characters: at most {MAX_PARAMETER_NAME_CHARS} are allowed"
    )]
    TooLong(usize),
}

impl ParameterName {
    pub fn new(text: &str) -> Result<Self, ParameterNameError> {
        let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
        let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !begins || !text.chars().all(goes_on) {
            Err(ParameterNameError::Characters)
        } else if text.len() > MAX_PARAMETER_NAME_CHARS {
            Err(ParameterNameError::TooLong(text.len()))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is the same to those who do not tell capitals from small letters: PowerShell, and the environment, where it is in capitals.
    pub fn in_capitals(&self) -> String {
        self.0.to_ascii_uppercase()
    }
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! Versions of software, compared by the rules of the kind that the software is of.
//!
//! [`Version`] is in the universal order, which is also the default of [`VersionScheme`]: events hold versions, and what they
//! meant when they were written they mean for ever. The other schemes compare texts as their own specifications say; each is
//! one file beside this one.
//!
//! The shape of a [`Version`], for those that somebody writes and for what detections answer: an optional `v`, an optional epoch such as
//! `2:`, a number, then ASCII letters, digits and `. - + ~ ^ _`, the last of them no `.`, `-` or `_`. Nothing stands before or
//! beside it: `tool-1.2.4`, `Version:25.0` and `23.1 (64-bit)` are none. What is stored from before is taken as it is.

mod debian;
mod number;
mod scheme;
mod semver;
mod universal;
mod windows;
pub mod winget;

pub use scheme::VersionScheme;

use crate::kernel::limits::MAX_VERSION_CHARS;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, hash::Hash};

/// A version as its publisher wrote it, with its place in the total order.
#[derive(Clone)]
pub struct Version {
    text: String,
    key: universal::Key,
}

/// Why a text cannot be a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    #[error("the version is empty: give something like 1.2.3")]
    Empty,
    #[error("the version has {0} characters: at most {MAX_VERSION_CHARS} are allowed")]
    TooLong(usize),
    #[error("the version {0:?} holds white space or a control character: remove it")]
    Blank(String),
    #[error(
        "{0:?} is not in the shape of a version: it begins with a number (v1.2 and 2:1.2 do too), then come only letters, \
         digits and . - + ~ ^ _, as in 1.2.3"
    )]
    Shape(String),
}

impl Version {
    /// Checks a version and finds its place in the order.
    pub fn new(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            Err(VersionError::Empty)
        } else if chars > MAX_VERSION_CHARS {
            Err(VersionError::TooLong(chars))
        } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            Err(VersionError::Blank(text.to_owned()))
        } else if has_shape(text) {
            Ok(Self::unchecked(text))
        } else {
            Err(VersionError::Shape(text.to_owned()))
        }
    }

    /// One that is there already, written when versions had no shape: to find it, never to make one.
    pub fn known(text: &str) -> Self {
        Self::unchecked(text.trim())
    }

    fn unchecked(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            key: universal::key(text),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn has_shape(text: &str) -> bool {
    let (_, rest) = universal::epoch_and_rest(text);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && !rest.ends_with(['.', '-', '_'])
        && rest
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '~' | '^' | '_'))
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::unchecked(&text))
    }
}

#[cfg(test)]
mod tests;

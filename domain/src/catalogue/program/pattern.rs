//! What a name has to look like.

use crate::kernel::limits::{MAX_PROGRAM_PATTERN_BYTES, MAX_PROGRAM_REGEX_CHARS};
use crate::kernel::name::Name;
use regex_automata::{meta::Regex, util::syntax};
use serde::{Deserialize, Serialize};

/// What a name has to look like. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum NamePattern {
    /// This, and nothing before or after it.
    Equals { text: Name },
    /// This somewhere in it.
    Contains { text: Name },
    /// All of it, where `*` stands for anything and `?` for one character.
    Wildcard { text: Name },
    /// This somewhere in it.
    Regex { text: ProgramRegex },
}

/// A regular expression as Rust's crate `regex` reads it, at most [`MAX_PROGRAM_REGEX_CHARS`] characters; matched in linear time.
/// A group `(?<version>…)` takes the version out of the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProgramRegex(String);

/// Why a regular expression is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error(
        "the regular expression is empty, which would fit every name: say what a name has to look like"
    )]
    Empty,
    #[error(
        "the regular expression has {0} characters: at most {MAX_PROGRAM_REGEX_CHARS} are allowed"
    )]
    TooLong(usize),
    #[error("the regular expression is wrong at character {place}: {what}")]
    Wrong {
        /// Counted from 1.
        place: usize,
        what: String,
    },
    #[error(
        "the regular expression comes to more than {} KiB once compiled: repeat less, and write [a-z0-9_] instead of \\w where no \
         other letters are meant",
        MAX_PROGRAM_PATTERN_BYTES / 1024
    )]
    TooLarge,
}

impl ProgramRegex {
    /// Checks an expression, as the agent will compile it.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            return Err(PatternError::Empty);
        }
        if chars > MAX_PROGRAM_REGEX_CHARS {
            return Err(PatternError::TooLong(chars));
        }
        compile(text)?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only whether it can be: what fits is decided on computers.
fn compile(text: &str) -> Result<Regex, PatternError> {
    let config = Regex::config().nfa_size_limit(Some(MAX_PROGRAM_PATTERN_BYTES));
    let syntax = syntax::Config::new().case_insensitive(true);
    let compiled = Regex::builder()
        .configure(config)
        .syntax(syntax)
        .build(text);
    compiled.map_err(|error| match error.syntax_error() {
        Some(error) => wrong(text, error),
        None => PatternError::TooLarge,
    })
}

/// Where it is wrong, and what is wrong with it.
fn wrong(text: &str, error: &regex_syntax::Error) -> PatternError {
    let (offset, what) = match error {
        regex_syntax::Error::Parse(error) => (error.span().start.offset, error.kind().to_string()),
        regex_syntax::Error::Translate(error) => {
            (error.span().start.offset, error.kind().to_string())
        }
        error => (0, error.to_string().replace('\n', " ")),
    };
    let before = text.get(..offset).unwrap_or_default();
    PatternError::Wrong {
        place: before.chars().count() + 1,
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_shown_with_its_place() {
        for (text, at) in [
            ("ü(a", 2),
            ("a)", 2),
            ("7-Zip [", 7),
            ("a{2,1}", 2),
            (r"\p{Nothing}", 1),
        ] {
            let refused = ProgramRegex::new(text);
            let Err(PatternError::Wrong { place, what }) = refused else {
                panic!("{text}: {refused:?}");
            };
            assert_eq!(place, at, "{text}: {what}");
            assert!(!what.is_empty() && !what.contains('\n'), "{what}");
        }
    }

    #[test]
    fn what_could_fill_a_memory_is_refused() {
        assert_eq!(ProgramRegex::new(" "), Err(PatternError::Empty));
        let long = "a".repeat(MAX_PROGRAM_REGEX_CHARS);
        assert!(ProgramRegex::new(&long).is_ok());
        let longer = "a".repeat(MAX_PROGRAM_REGEX_CHARS + 1);
        let too_long = PatternError::TooLong(MAX_PROGRAM_REGEX_CHARS + 1);
        assert_eq!(ProgramRegex::new(&longer), Err(too_long));
        let refused = ProgramRegex::new(r"((\w{200}){200}){200}");
        assert_eq!(refused, Err(PatternError::TooLarge));
    }
}

//! Regular expressions that people write: matched in linear time, and small, whatever is written.
//!
//! `regex` itself does not say what a compiled expression occupies, and grows caches for each thread that never become
//! smaller; its engine, `regex-automata`, does and need not. Only the compiled program is kept here.

use crate::kernel::limits::MAX_COMPILED_PATTERN_BYTES;
use regex_automata::{Input, meta::Regex};

/// What is left of the memory for patterns that are kept together.
pub struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_COMPILED_PATTERN_BYTES)
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("this is no regular expression: {0}")]
    Syntax(String),
    #[error(
        "the regular expressions of one filter expression, or of one parameter, may come to {} KiB together once compiled, and they do not \
         with this one: repeat less, and write [a-z0-9_] instead of \\w where no other letters are meant",
        MAX_COMPILED_PATTERN_BYTES / 1024
    )]
    TooLarge,
}

/// A compiled regular expression.
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles within what is left of the budget, and takes its part of it.
    pub fn new(pattern: &str, budget: &mut Budget) -> Result<Self, PatternError> {
        // Without the engines that trade memory for speed: texts here are short.
        let config = Regex::config()
            .nfa_size_limit(Some(budget.0))
            .hybrid(false)
            .dfa(false)
            .onepass(false);
        let compiled = Regex::builder().configure(config).build(pattern);
        let regex = compiled.map_err(|error| match error.syntax_error() {
            Some(error) => {
                let message = error.to_string();
                let last = message.lines().last().unwrap_or_default();
                PatternError::Syntax(last.to_owned())
            }
            None => PatternError::TooLarge,
        })?;
        let left = budget.0.checked_sub(regex.memory_usage());
        budget.0 = left.ok_or(PatternError::TooLarge)?;
        Ok(Self(regex))
    }

    /// Whether it matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).earliest(true);
        // Room for this once: what is kept for every expression and thread is what fills a memory.
        self.0
            .search_half_with(&mut self.0.create_cache(), &input)
            .is_some()
    }
}

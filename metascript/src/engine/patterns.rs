//! Regular expressions, in time that is linear in the text.

use crate::{MAX_REGEX_BYTES, MAX_REGEX_PROGRAM_BYTES, MAX_REGEX_TEXT_BYTES};
use regex::{Regex, RegexBuilder};

/// Steps for looking at so many bytes.
const BYTES_PER_STEP: usize = 16;
/// Steps for each byte of an expression: compiling it is most of the work.
const STEPS_PER_PATTERN_BYTE: u64 = 64;

/// An expression and a text that are within bounds, and what looking costs.
pub(super) struct Search {
    pub regex: Regex,
    pub text: String,
    pub steps: u64,
}

impl Search {
    pub(super) fn new(text: String, pattern: &str) -> Result<Self, String> {
        if pattern.len() > MAX_REGEX_BYTES {
            return Err(format!(
                "a regular expression has at most {MAX_REGEX_BYTES} bytes"
            ));
        }
        if text.len() > MAX_REGEX_TEXT_BYTES {
            return Err(format!(
                "a regular expression looks at {MAX_REGEX_TEXT_BYTES} bytes at most: take a part of the text"
            ));
        }
        let regex = RegexBuilder::new(pattern)
            .size_limit(MAX_REGEX_PROGRAM_BYTES)
            .dfa_size_limit(MAX_REGEX_PROGRAM_BYTES)
            .nest_limit(64)
            .build()
            .map_err(|error| format!("the regular expression is wrong: {error}"))?;
        let looked = text.len() / BYTES_PER_STEP;
        Ok(Self {
            steps: looked as u64 + pattern.len() as u64 * STEPS_PER_PATTERN_BYTE,
            regex,
            text,
        })
    }
}

//! What the host answers to a call.

use crate::{MAX_COMMAND_OUTPUT_BYTES, MAX_MESSAGE_CHARS, MAX_RESPONSE_BODY_BYTES};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The answer to one call. Values of secrets were taken out of it ([`crate::Secrets::mask`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    Command(CommandEnd),
    Http(HttpResponse),
    /// Milliseconds since 1970, UTC.
    Moment(i64),
    /// 64 random bits.
    Chance(u64),
    /// What is known of the computer.
    Computer(Value),
    /// It could not be done, and a sentence that says why: the script gets it as an error, which it may catch.
    Failed(String),
}

/// How a command on the computer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandEnd {
    /// None if a signal ended it.
    pub exit_code: Option<i32>,
    pub output: String,
    pub errors: String,
    /// Whether something of output or errors was left away.
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    pub status: u16,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub truncated: bool,
}

impl CommandEnd {
    /// Keeps the beginning of what was written, as much as an answer may hold.
    pub fn new(exit_code: Option<i32>, output: &str, errors: &str) -> Self {
        let most = MAX_COMMAND_OUTPUT_BYTES;
        Self {
            exit_code,
            truncated: output.len() > most || errors.len() > most,
            output: beginning(output, most).to_owned(),
            errors: beginning(errors, most).to_owned(),
        }
    }
}

impl HttpResponse {
    /// Keeps the beginning of a body that is too long.
    pub fn new(status: u16, headers: BTreeMap<String, String>, body: &str) -> Self {
        Self {
            status,
            headers,
            truncated: body.len() > MAX_RESPONSE_BODY_BYTES,
            body: beginning(body, MAX_RESPONSE_BODY_BYTES).to_owned(),
        }
    }
}

impl Answer {
    pub fn failed(why: &str) -> Self {
        Self::Failed(why.chars().take(MAX_MESSAGE_CHARS).collect())
    }

    pub(crate) fn map_texts(self, map: &dyn Fn(&str) -> String) -> Self {
        match self {
            Self::Command(end) => Self::Command(CommandEnd {
                output: map(&end.output),
                errors: map(&end.errors),
                ..end
            }),
            Self::Http(response) => Self::Http(HttpResponse {
                headers: (response.headers.into_iter())
                    .map(|(name, value)| (name, map(&value)))
                    .collect(),
                body: map(&response.body),
                ..response
            }),
            Self::Failed(why) => Self::Failed(map(&why)),
            other @ (Self::Moment(_) | Self::Chance(_) | Self::Computer(_)) => other,
        }
    }
}

/// At most so many bytes of a text, ending between two characters.
fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_is_cut_between_characters_and_says_so() {
        let long = "ä".repeat(MAX_COMMAND_OUTPUT_BYTES);
        let end = CommandEnd::new(Some(0), &format!("x{long}"), "");
        assert!(end.truncated);
        assert_eq!(end.output.len(), MAX_COMMAND_OUTPUT_BYTES - 1);
        assert!(!CommandEnd::new(Some(0), "short", "").truncated);
    }
}

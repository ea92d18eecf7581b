//! What came of a run.

use crate::call::PendingCall;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A run: how it ended, and what it said on its way. A later run of the same journal says the same again, and then more.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub outcome: Outcome,
    pub log: Vec<LogLine>,
    /// What it said last of how far it is.
    pub progress: Option<Progress>,
    /// Steps that it took, from its first line on.
    pub steps: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It came to its end; what it returned.
    Completed { value: Value },
    /// It waits for the answer to this call.
    Suspended { call: PendingCall },
    /// It made a mistake.
    Failed { error: Failure },
    /// It took more than it may.
    Exhausted { limit: Limit },
    /// It is not what the journal is of.
    Refused { refusal: Refusal },
}

/// Something that the script logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// How many calls had been answered before.
    pub after_calls: usize,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// From 0 to 1.
    pub fraction: f64,
    pub text: String,
}

/// A mistake, and where it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub message: String,
    /// Nothing if the script said no place on purpose, or has none.
    pub place: Option<Place>,
    /// Who called whom, the innermost first: `metascript:3 function install`.
    pub stack: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// `metascript`, or the name of a shared function.
    pub chunk: String,
    pub line: u32,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(Place { chunk, line }) => write!(f, "{chunk}, line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// What there was not enough of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Limit {
    #[error("the script needs more memory than it may: keep less at once")]
    Memory,
    #[error("the script takes more steps than it may: look for a loop that does not end")]
    Steps,
    #[error("the script computes longer than it may: have the computer do the work")]
    Time,
    #[error("the script logs more than it may: log what people read")]
    Log,
    #[error("the script makes more calls than it may: do more in each of them")]
    Calls,
}

/// Why a journal is not played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    #[error(
        "the script is not the one that began: one that waits goes on with the text that it began with"
    )]
    AnotherScript,
    #[error("parameters or secrets are not those that the script began with")]
    OtherInputs,
    #[error("call {number} was {was}, and is now {now}: the script does not do again what it did")]
    AnotherCall {
        number: usize,
        was: String,
        now: String,
    },
    #[error("the answer to call {number}, {summary}, is of another kind")]
    AnotherAnswer { number: usize, summary: String },
    #[error(
        "the script ended before call {number}, {summary}, which it had made: it does not do again what it did"
    )]
    FewerCalls { number: usize, summary: String },
    #[error("the journal is longer than it may be, or has a gap: it was not written by the server")]
    Journal,
}

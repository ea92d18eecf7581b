//! What a run answered, apart from what a script printed: text is for people, and a result is not made of its last word
//! (reference powershell.md, decision 3).

use crate::catalogue::program::FoundPrograms;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a run answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum RunResult {
    /// It had to answer and did not: whatever its exit code is, what it did or found is not known.
    Missing {
        why: MissingResult,
    },
    Given(Box<GivenResult>),
    /// Of a look at the installed programs.
    Programs(FoundPrograms),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingResult {
    /// Its process ended before anything was written.
    Unwritten,
    /// There was more than the limits allow.
    TooLarge,
    /// What there was could not be read.
    Unreadable,
}

/// An answer that came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GivenResult {
    /// The last of the values that it put out, at most `MAX_RESULT_VALUES`.
    pub values: Vec<ResultValue>,
    /// How many it put out.
    pub value_count: u64,
    /// The first of the errors that did not end it, at most `MAX_RESULT_FAULTS`. Of a script that changes something only
    /// their count is told.
    pub errors: Vec<ScriptFault>,
    pub error_count: u64,
    /// The error that ended it, or for which it never began.
    pub fatal: Option<ScriptFault>,
    /// The code that it ended with in so many words, if that was not 0. The process's own may be cut off: 3010 arrives as 194.
    pub exit_code: Option<i32>,
    /// The code of the last program that it ran, if it ran one.
    pub last_native_code: Option<i32>,
    /// Lines that it wrote for people alone.
    pub host_lines: u64,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultValue {
    /// What its language calls its type; nothing for no value at all.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// At most `MAX_RESULT_BYTES` and `MAX_RESULT_DEPTH` deep.
    pub json: Value,
}

/// One error of a script. What is not known is empty or absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScriptFault {
    pub message: String,
    #[serde(rename = "type")]
    pub type_name: String,
    /// What its language tells errors apart by.
    pub id: String,
    /// Counted from 1.
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// The line of the script.
    pub source: String,
    pub stack: String,
}

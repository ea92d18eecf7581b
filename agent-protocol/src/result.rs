//! What a run answered, apart from what a script printed.

use crate::Programs;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the server wants of a script besides its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerMode {
    /// What it finds out.
    Value,
    /// Nothing but how it went: it changes something, and may leave programs behind that nobody waits for.
    Act,
    /// Something newer than this program: nothing is made of it.
    #[serde(other)]
    Unknown,
}

/// What a run answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum RunResult {
    /// It had to answer and did not: whatever its exit code is, what it did or found is not known.
    Missing {
        why: Missing,
    },
    Given(Box<Given>),
    /// Of a look at the installed programs.
    Programs(Programs),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// Its process ended before anything was written.
    Unwritten,
    /// There is more than the limits allow.
    TooLarge,
    /// What is there cannot be read: it is torn, of another version, or no JSON where JSON begins.
    #[serde(other)]
    Unreadable,
}

/// An answer that came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Given {
    /// The last of the values that it put out, at most [`MAX_RESULT_VALUES`](crate::MAX_RESULT_VALUES).
    pub values: Vec<ResultValue>,
    /// How many values it put out.
    pub value_count: u64,
    /// The first of the errors that did not end it, at most [`MAX_RESULT_FAULTS`](crate::MAX_RESULT_FAULTS).
    pub errors: Vec<Fault>,
    pub error_count: u64,
    /// The error that ended it, or for which it never began.
    pub fatal: Option<Fault>,
    /// The code that it ended with in so many words, if that was not 0; the process's own code may be cut off.
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
    pub json: Value,
}

impl ResultValue {
    /// How many lists and objects are within each other in it, at most.
    pub fn depth(&self) -> usize {
        fn depth(json: &Value) -> usize {
            match json {
                Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
                Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        depth(&self.json)
    }
}

/// One error of a script. What is not known is empty or absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Fault {
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

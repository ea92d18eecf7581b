//! What scripts of `sh`, `bash` and Python write into the file that `UPKEEP_RESULT` names.
//!
//! A text stands there as it is. What begins as JSON that is no number is JSON: 1.10 is a version, and no number.

use super::text;
use serde_json::Value;
use upkeep_agent_protocol::{Given, ResultValue};

/// Nothing if it cannot be read. `null` says that there is nothing; an empty file is what a program that failed leaves behind
/// `>`, and says nothing at all.
pub(super) fn read(bytes: &[u8]) -> Option<Given> {
    let said = text(bytes)?.trim();
    if said.is_empty() {
        return None;
    }
    let is_json = said.starts_with(['{', '[', '"']) || ["true", "false", "null"].contains(&said);
    let (type_name, json) = if is_json {
        let json: Value = serde_json::from_str(said).ok()?;
        // A text is a text, whichever way it is written.
        let name = if json.is_string() { "text" } else { "json" };
        (name, json)
    } else {
        ("text", Value::from(said))
    };
    let mut given = Given::default();
    if !json.is_null() {
        given.value_count = 1;
        given.values.push(ResultValue {
            type_name: Some(type_name.to_owned()),
            json,
        });
    }
    Some(given)
}

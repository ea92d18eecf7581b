//! The frame that the wrapper around PowerShell scripts writes (`agent/src/up.ps1`).

use super::{shortened, text};
use serde::Deserialize;
use serde_json::Value;
use upkeep_agent_protocol::{Fault, Given, MAX_FAULT_BYTES, MAX_RESULT_FAULTS, ResultValue};

/// The wrapper's word for what it writes now.
const VERSION: u32 = 1;

/// What was collected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collected {
    v: u32,
    #[serde(default)]
    exit: Option<i64>,
    #[serde(default)]
    last_native: Option<i64>,
    count: u64,
    #[serde(default)]
    host: u64,
    #[serde(default)]
    error_count: u64,
    #[serde(default)]
    errors: Vec<Thrown>,
    #[serde(default)]
    fatal: Option<Thrown>,
    values: Vec<Put>,
}

#[derive(Deserialize)]
struct Put {
    #[serde(rename = "type", default)]
    type_name: Option<String>,
    #[serde(default)]
    value: Value,
}

/// An error; of what has no place in a script there is none.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Thrown {
    message: Option<String>,
    #[serde(rename = "type")]
    type_name: Option<String>,
    id: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    source: Option<String>,
    stack: Option<String>,
}

/// How an action went.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Act {
    v: u32,
    ok: bool,
    #[serde(default)]
    last: Option<i64>,
    #[serde(default)]
    error_count: u64,
}

pub(super) fn of_values(bytes: &[u8]) -> Option<Given> {
    let frame: Collected = serde_json::from_str(text(bytes)?).ok()?;
    let values = frame.values.into_iter().map(|put| ResultValue {
        type_name: put.type_name.map(|name| shortened(&name, MAX_FAULT_BYTES)),
        json: put.value,
    });
    let errors = frame.errors.into_iter().take(MAX_RESULT_FAULTS);
    (frame.v == VERSION).then_some(())?;
    Some(Given {
        values: values.collect(),
        value_count: frame.count,
        errors: errors.map(Fault::from).collect(),
        error_count: frame.error_count,
        fatal: frame.fatal.map(Fault::from),
        exit_code: frame.exit.map(i32::try_from).transpose().ok()?,
        last_native_code: frame.last_native.map(i32::try_from).transpose().ok()?,
        host_lines: frame.host,
    })
}

pub(super) fn of_act(bytes: &[u8]) -> Option<Given> {
    let frame: Act = serde_json::from_str(text(bytes)?).ok()?;
    (frame.v == VERSION).then_some(())?;
    let last = frame.last.map(i32::try_from).transpose().ok()?;
    // What went badly and names no code never began: it does not parse, or wants what was not given.
    let never_began = (!frame.ok && last.is_none()).then(|| Fault {
        message: "it could not begin: standard error says why".to_owned(),
        ..Fault::default()
    });
    Some(Given {
        error_count: frame.error_count,
        fatal: never_began,
        exit_code: last.filter(|code| !frame.ok && *code != 0),
        last_native_code: last,
        ..Given::default()
    })
}

impl From<Thrown> for Fault {
    fn from(thrown: Thrown) -> Self {
        let text = |text: Option<String>| shortened(&text.unwrap_or_default(), MAX_FAULT_BYTES);
        Self {
            message: text(thrown.message),
            type_name: text(thrown.type_name),
            id: text(thrown.id),
            line: thrown.line,
            column: thrown.column,
            source: text(thrown.source),
            stack: text(thrown.stack),
        }
    }
}

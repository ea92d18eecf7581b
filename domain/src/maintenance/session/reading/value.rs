//! What a get script told: one value, of any shape.

use super::{Look, Nothing};
use crate::kernel::limits::{MAX_MONITORED_BYTES, RUN_TAIL_BYTES};
use crate::maintenance::session::action::ResultReason;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::report::RunReport;
use crate::maintenance::session::result::{GivenResult, ResultValue};
use crate::maintenance::session::unread::Unread;
use crate::maintenance::session::words;
use serde_json::Value;

/// What a text is called in the file of `sh`, `bash` and Python, where a number is a text: 1.10 may be a version.
const TEXT_IN_FILE: &str = "text";

impl RunReport {
    /// The value that a get script answered with. Anything but one value of at most [`MAX_MONITORED_BYTES`] says nothing at all.
    pub(in crate::maintenance::session) fn value(&self) -> Result<Value, Nothing> {
        let look = Look {
            script: words::script_of(RunPurpose::Get),
            unclear: ResultReason::ValueUnclear,
        };
        let value = match self.looked(&look)? {
            Some(given) => given.value().map_err(|why| look.said(&why))?,
            None => self.printed_value()?,
        };
        match value.to_string().len() {
            bytes if bytes > MAX_MONITORED_BYTES => Err(look.said(&Unread::ValueTooLong(bytes))),
            _ => Ok(value),
        }
    }

    /// The same where what is printed is the answer: then it is JSON, so that it can be told from notes.
    fn printed_value(&self) -> Result<Value, Nothing> {
        let unclear = ResultReason::ValueUnclear;
        // Of what was cut the end alone is known; a character that would have been cut in two is left out, too.
        if self.stdout_tail.len() + char::MAX.len_utf8() > RUN_TAIL_BYTES {
            return Err((unclear, words::told_too_much()));
        }
        let answer = self.stdout_tail.trim_start_matches('\u{feff}').trim();
        serde_json::from_str(answer).map_err(|_| (unclear, words::told_no_value(answer)))
    }
}

impl GivenResult {
    fn value(&self) -> Result<Value, Unread> {
        match (self.value_count, &self.values[..]) {
            (0, _) => Err(Unread::NoValue),
            (1, [value]) => value.told(),
            // It was too large to be told.
            (1, _) => Err(Unread::TooLarge),
            (_, values) if values.iter().any(ResultValue::is_formatted) => {
                Err(Unread::ValueFormatted)
            }
            (count, _) => Err(Unread::Values(count)),
        }
    }
}

impl ResultValue {
    fn told(&self) -> Result<Value, Unread> {
        match &self.json {
            _ if self.is_formatted() => Err(Unread::ValueFormatted),
            Value::String(text) if self.type_name.as_deref() == Some(TEXT_IN_FILE) => {
                Ok(number(text).unwrap_or_else(|| self.json.clone()))
            }
            json => Ok(json.clone()),
        }
    }
}

/// A text that is a number, if none of it is lost: 1.10 stays a text.
fn number(text: &str) -> Option<Value> {
    let number: Value = serde_json::from_str(text).ok()?;
    let said = number.to_string();
    (number.is_number() && said == text).then_some(number)
}

#[cfg(test)]
mod tests;

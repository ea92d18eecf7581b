//! What a run's report is worth: what a detection found, whether a test passed, whether an action's step went well.
//!
//! What cannot be told apart from noise is not known, and that is never absence and never compliance
//! (reference powershell.md, decisions 4 to 7).

use super::action::ResultReason;
use super::finding::Finding;
use super::report::{RunOutcome, RunReport};
use super::result::{GivenResult, ResultValue, RunResult};
use super::runs::RunPurpose;
use super::unread::{Unread, place_of, shown};
use super::words;
use crate::catalogue::version::Version;
use crate::kernel::limits::{MAX_QUOTED_LINE_CHARS, RUN_TAIL_BYTES};
use serde_json::{Map, Value};

/// What a text is called in PowerShell, and in the file of the other languages.
const TEXTS: [&str; 2] = ["System.String", "text"];
/// What is no text and has one that is a version.
const VERSIONS: [&str; 3] = [
    "System.Version",
    "System.Management.Automation.SemanticVersion",
    "System.Diagnostics.FileVersionInfo",
];
/// Where an object says its version, in the order in which it is believed.
const MEMBERS: [&str; 3] = ["DisplayVersion", "Version", "FileVersion"];
/// What `Format-Table` and its like put out.
const FORMATTED: &str = "Microsoft.PowerShell.Commands.Internal.Format.";
/// Who is asked whether everything is as it should be.
const TEST: &str = "the test script";
/// Who is asked what there is.
const MONITOR: &str = "the monitoring script";

/// Why a look tells nothing.
type Nothing = (ResultReason, String);

impl RunReport {
    /// The code that the script ended with, if it ended by itself: what it said, or else what its process kept of it.
    pub fn exit_code(&self) -> Option<i32> {
        let RunOutcome::Exited { code } = self.outcome else {
            return None;
        };
        let said = self.given().and_then(|given| given.exit_code);
        Some(said.unwrap_or(code))
    }

    /// Errors that did not end it.
    pub fn error_count(&self) -> u64 {
        self.given().map_or(0, |given| given.error_count)
    }

    fn given(&self) -> Option<&GivenResult> {
        match &self.result {
            Some(RunResult::Given(given)) => Some(given),
            Some(RunResult::Missing { .. }) | None => None,
        }
    }

    /// Why an action fails that this run is a step of; nothing if the step went well. Errors that did not end it are no
    /// reason: what they are worth shows when it is looked again.
    pub(super) fn failure(&self, purpose: RunPurpose) -> Option<Nothing> {
        self.fails(words::script_of(purpose))
    }

    fn fails(&self, script: &str) -> Option<Nothing> {
        let why = match (&self.outcome, &self.result) {
            (RunOutcome::Exited { .. }, Some(RunResult::Given(given))) => {
                given.fatal.as_ref().map(Unread::fatal)
            }
            (RunOutcome::Exited { code: 0 }, Some(RunResult::Missing { why })) => {
                Some((*why).into())
            }
            _ => None,
        };
        let message = match why {
            Some(why) => format!("{script} {why}"),
            None if self.exit_code() == Some(0) => return None,
            None => words::run_failure(script, self),
        };
        Some((self.outcome.failure(), message))
    }

    /// What came of a look that went well and wrote no errors.
    fn looked(&self, script: &str) -> Result<Option<&GivenResult>, Nothing> {
        if let Some((reason, message)) = self.fails(script) {
            let reason = match reason {
                ResultReason::ScriptFailed => ResultReason::DetectionFailed,
                other => other,
            };
            return Err((reason, message));
        }
        match self.given() {
            Some(given) if given.error_count > 0 => {
                let first = given.errors.first().map(place_of);
                let first = first.unwrap_or_else(|| "see what it wrote".to_owned());
                let count = given.error_count;
                Err(said(script, &Unread::Errors { count, first }))
            }
            given => Ok(given),
        }
    }

    /// What a detection found: the version that it answered with, or absence where it answered with nothing. A script that
    /// failed, or that answered anything else, says nothing at all.
    pub(super) fn finding(&self) -> Result<Finding, Nothing> {
        let script = words::script_of(RunPurpose::Detect);
        match self.looked(script)? {
            Some(given) => given.finding().map_err(|why| said(script, &why)),
            None => self.printed(),
        }
    }

    /// The same where what is printed is the answer.
    fn printed(&self) -> Result<Finding, Nothing> {
        let failed = ResultReason::DetectionFailed;
        // What was cut may have said more than a version; a character that would have been cut in two is left out, too.
        if self.stdout_tail.len() + char::MAX.len_utf8() > RUN_TAIL_BYTES {
            return Err((failed, words::said_too_much()));
        }
        // PowerShell may begin its output with a byte order mark.
        let answer = self.stdout_tail.trim_start_matches('\u{feff}').trim();
        if answer.is_empty() {
            return Ok(Finding::Absent);
        }
        let version = Version::new(answer);
        version
            .map(Finding::from)
            .map_err(|_| (failed, words::said_no_version(answer)))
    }

    /// Whether a test passed, or why it says nothing: it answers with one boolean and nothing else.
    pub fn verdict(&self) -> Result<bool, String> {
        let value = self.one(TEST)?;
        value
            .as_bool()
            .ok_or_else(|| format!("{TEST} {}", Unread::NoVerdict(shown(value))))
    }

    /// What a monitoring script tells, or why that is nothing: one value, of whatever shape.
    pub fn value(&self) -> Result<&Value, String> {
        self.one(MONITOR)
    }

    fn one(&self, script: &str) -> Result<&Value, String> {
        let looked = self.looked(script).map_err(|(_, message)| message)?;
        let unread = match looked {
            None => Unread::Unwritten,
            Some(GivenResult {
                values,
                value_count: 1,
                ..
            }) if values.len() == 1 => return Ok(&values[0].json),
            Some(given) => Unread::NotOne(given.value_count),
        };
        Err(format!("{script} {unread}"))
    }
}

fn said(script: &str, why: &Unread) -> Nothing {
    (ResultReason::DetectionFailed, format!("{script} {why}"))
}

impl GivenResult {
    fn finding(&self) -> Result<Finding, Unread> {
        match (self.value_count, &self.values[..]) {
            (0, _) => self.absence(),
            (1, [value]) => value.version().map(Finding::from),
            // It was too large to be told.
            (1, _) => Err(Unread::TooLarge),
            (_, values) if values.iter().any(ResultValue::is_formatted) => Err(Unread::Formatted),
            (count, values) => Err(Unread::Several {
                count,
                last: values
                    .last()
                    .map_or_else(String::new, |value| shown(&value.json)),
            }),
        }
    }

    /// No value means that it is not there, unless it may as well mean something else.
    fn absence(&self) -> Result<Finding, Unread> {
        match self.last_native_code {
            Some(code) if code != 0 => Err(Unread::ProgramFailed(code)),
            _ if self.host_lines > 0 => Err(Unread::OnlyForPeople {
                lines: self.host_lines,
            }),
            _ => Ok(Finding::Absent),
        }
    }
}

impl ResultValue {
    fn is_formatted(&self) -> bool {
        let name = self.type_name.as_deref().unwrap_or_default();
        name.starts_with(FORMATTED)
    }

    fn version(&self) -> Result<Version, Unread> {
        let name = self.type_name.as_deref().unwrap_or_default();
        match &self.json {
            _ if self.is_formatted() => Err(Unread::Formatted),
            Value::String(text) if TEXTS.contains(&name) || VERSIONS.contains(&name) => {
                version(text)
            }
            Value::String(_) => Err(Unread::Object(words::shorten(name, MAX_QUOTED_LINE_CHARS))),
            Value::Number(number) => Err(Unread::Number(number.to_string())),
            Value::Object(members) => member(members),
            other => Err(Unread::NoVersion(shown(other))),
        }
    }
}

fn version(text: &str) -> Result<Version, Unread> {
    let answer = text.trim_start_matches('\u{feff}').trim();
    Version::new(answer).map_err(|_| Unread::NoVersion(shown(&Value::from(answer))))
}

/// PowerShell tells names apart whatever their case is.
fn member(members: &Map<String, Value>) -> Result<Version, Unread> {
    let called = |wanted: &str| {
        let mut all = members.iter();
        all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    };
    match MEMBERS.into_iter().find_map(called) {
        Some(Value::String(text)) => version(text),
        Some(Value::Number(number)) => Err(Unread::Number(number.to_string())),
        _ => Err(Unread::NoVersionMember),
    }
}

#[cfg(test)]
mod tests;

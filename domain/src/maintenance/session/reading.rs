//! What a run's report is worth: what a detection found, whether a test passed, what a value is (`value.rs`), whether an action's
//! step went well.
//!
//! What cannot be told apart from noise is not known, and that is never absence and never compliance
//! (reference powershell.md, decisions 4 to 7).

mod availability;
mod programs;
mod value;

use super::action::ResultReason;
use super::finding::Finding;
use super::job::Job;
use super::purpose::RunPurpose;
use super::report::{RunOutcome, RunReport};
use super::result::{GivenResult, ResultValue, RunResult};
use super::unread::{Unread, place_of, shown};
use super::words;
use crate::catalogue::software::{ExitCodes, ExitMeaning};
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
            Some(RunResult::Missing { .. } | RunResult::Programs(_)) | None => None,
        }
    }

    /// What the end of a step means, by its software's exit codes. What broke off has failed whatever its code is: an error that
    /// ends PowerShell ends it with 1, which may stand for success. Errors that ended nothing are no reason: what they are worth
    /// shows when it is looked again.
    pub(super) fn meaning(&self, codes: &ExitCodes) -> ExitMeaning {
        match self.exit_code() {
            Some(code) if self.broke_off().is_none() => codes.meaning(code),
            _ => ExitMeaning::Failure,
        }
    }

    /// Why the action fails that this run is a step of, if it failed.
    pub(super) fn failure(&self, purpose: RunPurpose) -> Nothing {
        (self.outcome.failure(), self.why(&words::script_of(purpose)))
    }

    /// An error ended it, or it had to answer and did not.
    fn broke_off(&self) -> Option<Unread> {
        match &self.result {
            Some(RunResult::Given(given)) => given.fatal.as_ref().map(Unread::fatal),
            Some(RunResult::Missing { why }) => Some((*why).into()),
            Some(RunResult::Programs(_)) | None => None,
        }
    }

    /// How a run failed. That there is no answer is worth saying where nothing else says why.
    fn why(&self, script: &str) -> String {
        match (&self.outcome, &self.result, self.broke_off()) {
            (RunOutcome::Exited { .. }, Some(RunResult::Given(_)), Some(why))
            | (RunOutcome::Exited { code: 0 }, _, Some(why)) => format!("{script} {why}"),
            _ => words::run_failure(script, self),
        }
    }

    fn went_well(&self, look: &Look) -> Result<(), Nothing> {
        if self.meaning(&ExitCodes::default()) == ExitMeaning::Success {
            return Ok(());
        }
        let reason = match self.outcome.failure() {
            ResultReason::ScriptFailed => look.unclear,
            other => other,
        };
        Err((reason, self.why(&look.script)))
    }

    /// What came of a look that went well and wrote no errors; nothing if what it printed is its answer.
    fn looked(&self, look: &Look) -> Result<Option<&GivenResult>, Nothing> {
        self.went_well(look)?;
        match self.given() {
            // Its agent mixed it up: nothing that it printed is an answer either.
            None if matches!(self.result, Some(RunResult::Programs(_))) => {
                Err(look.said(&Unread::Unreadable))
            }
            Some(given) if given.error_count > 0 => {
                let first = given.errors.first().map(place_of);
                let first = first.unwrap_or_else(|| "see what it wrote".to_owned());
                let count = given.error_count;
                Err(look.said(&Unread::Errors { count, first }))
            }
            given => Ok(given),
        }
    }

    /// What a detection found: the version that it answered with, or absence where it answered with nothing. A script that
    /// failed, or that answered anything else, says nothing at all.
    fn finding(&self) -> Result<Finding, Nothing> {
        let look = Look {
            script: words::script_of(RunPurpose::Detect),
            unclear: ResultReason::DetectionFailed,
        };
        match self.looked(&look)? {
            Some(given) => given.finding().map_err(|why| look.said(&why)),
            None => self.printed(),
        }
    }

    /// What a test said of what is there: true if it works. Anything but one boolean says nothing at all (design.md, section 7).
    pub(super) fn verdict(&self) -> Result<bool, Nothing> {
        let look = Look {
            script: words::script_of(RunPurpose::Test),
            unclear: ResultReason::TestUnclear,
        };
        match self.looked(&look)? {
            Some(given) => given.verdict().map_err(|why| look.said(&why)),
            None => self.printed_verdict(),
        }
    }

    /// The same where what is printed is the answer.
    fn printed(&self) -> Result<Finding, Nothing> {
        let failed = ResultReason::DetectionFailed;
        let Some(answer) = self.all_printed() else {
            return Err((failed, words::said_too_much()));
        };
        if answer.is_empty() {
            return Ok(Finding::Absent);
        }
        let version = Version::new(answer);
        version
            .map(Finding::from)
            .map_err(|_| (failed, words::said_no_version(answer)))
    }

    /// All that it printed; nothing where that is not all: what was cut may have said more.
    fn all_printed(&self) -> Option<&str> {
        // A character that would have been cut in two is left out, too.
        if self.stdout_tail.len() + char::MAX.len_utf8() > RUN_TAIL_BYTES {
            return None;
        }
        // PowerShell may begin its output with a byte order mark.
        Some(self.stdout_tail.trim_start_matches('\u{feff}').trim())
    }

    /// The same of a test: the last line that it printed.
    fn printed_verdict(&self) -> Result<bool, Nothing> {
        // PowerShell may begin its output with a byte order mark.
        let plain = |line: &'_ str| line.trim_start_matches('\u{feff}').trim().to_owned();
        let mut lines = self.stdout_tail.lines().map(plain);
        let last = lines.rfind(|line| !line.is_empty()).unwrap_or_default();
        if last.eq_ignore_ascii_case("true") {
            Ok(true)
        } else if last.eq_ignore_ascii_case("false") {
            Ok(false)
        } else {
            Err((ResultReason::TestUnclear, words::said_no_verdict(&last)))
        }
    }
}

/// What came of a look, with what looked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    pub(super) job: &'a Job,
    pub(super) report: &'a RunReport,
}

impl Answer<'_> {
    /// What it found.
    pub(super) fn finding(self) -> Result<Finding, Nothing> {
        match self.job {
            Job::Script { .. } => self.report.finding(),
            Job::Program { .. } => self.report.found(),
        }
    }
}

/// Who is asked, and what it is called if nothing comes of it.
struct Look {
    script: String,
    unclear: ResultReason,
}

impl Look {
    fn said(&self, why: &Unread) -> Nothing {
        (self.unclear, format!("{} {why}", self.script))
    }
}

impl GivenResult {
    fn finding(&self) -> Result<Finding, Unread> {
        match self.only()? {
            Some(value) => value.version().map(Finding::from),
            None => Ok(Finding::Absent),
        }
    }

    /// The one value that it answered with; nothing if it told nothing.
    fn only(&self) -> Result<Option<&ResultValue>, Unread> {
        match (self.value_count, &self.values[..]) {
            (0, _) => self.nothing().map(|()| None),
            (1, [value]) => Ok(Some(value)),
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

    fn verdict(&self) -> Result<bool, Unread> {
        match &self.values[..] {
            [
                ResultValue {
                    json: Value::Bool(works),
                    ..
                },
            ] if self.value_count == 1 => Ok(*works),
            [value] if self.value_count == 1 => Err(Unread::NoVerdict(shown(&value.json))),
            _ => Err(Unread::NoVerdict(format!("{} values", self.value_count))),
        }
    }

    /// No value means that there is none, unless it may as well mean something else.
    fn nothing(&self) -> Result<(), Unread> {
        match self.last_native_code {
            Some(code) if code != 0 => Err(Unread::ProgramFailed(code)),
            _ if self.host_lines > 0 => Err(Unread::OnlyForPeople {
                lines: self.host_lines,
            }),
            _ => Ok(()),
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
fn called<'a>(members: &'a Map<String, Value>, wanted: &str) -> Option<&'a Value> {
    let mut all = members.iter();
    all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

fn member(members: &Map<String, Value>) -> Result<Version, Unread> {
    match MEMBERS
        .into_iter()
        .find_map(|wanted| called(members, wanted))
    {
        Some(Value::String(text)) => version(text),
        Some(Value::Number(number)) => Err(Unread::Number(number.to_string())),
        _ => Err(Unread::NoVersionMember),
    }
}

#[cfg(test)]
mod tests;

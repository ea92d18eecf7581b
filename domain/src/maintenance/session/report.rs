//! What is known of a run when it ended.

use super::action::ResultReason;
use super::finding::Finding;
use super::runs::RunPurpose;
use super::words;
use crate::catalogue::software::{ExitCodes, ExitMeaning};
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::limits::RUN_TAIL_BYTES;
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum RunOutcome {
    /// The script ended by itself.
    Exited {
        code: i32,
    },
    /// A signal that was not ours ended it.
    Signalled {
        signal: i32,
    },
    /// Its time was over; the whole process tree was killed.
    TimedOut,
    /// The session was cancelled; the whole process tree was killed.
    Cancelled,
    /// The agent or its computer died after the start: the outcome is unknown, and it is never run again.
    Interrupted,
    /// It never started: no such interpreter, no space, ...
    CouldNotStart {
        why: String,
    },
    PackageUnavailable {
        why: String,
    },
    PackageCorrupt {
        expected: Sha256Digest,
        actual: Sha256Digest,
    },
    /// The agent refused: a bad signature, a deadline that had passed.
    Refused {
        why: String,
    },
    /// The server waited for the deadline and heard nothing.
    Lost,
}

impl RunOutcome {
    pub fn is_success(&self) -> bool {
        *self == Self::Exited { code: 0 }
    }

    /// Why an action fails that such a run belongs to.
    pub(super) fn failure(&self) -> ResultReason {
        match self {
            Self::Exited { .. }
            | Self::Signalled { .. }
            | Self::Cancelled
            | Self::CouldNotStart { .. }
            | Self::Refused { .. } => ResultReason::ScriptFailed,
            Self::TimedOut => ResultReason::ScriptTimedOut,
            Self::Interrupted => ResultReason::OutcomeUnknown,
            Self::PackageUnavailable { .. } => ResultReason::PackageUnavailable,
            Self::PackageCorrupt { .. } => ResultReason::PackageCorrupt,
            Self::Lost => ResultReason::DeviceOffline,
        }
    }
}

/// What is known of a run when it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    pub outcome: RunOutcome,
    /// The end of standard output, at most 4 KiB.
    pub stdout_tail: String,
    /// The end of standard error, at most 4 KiB.
    pub stderr_tail: String,
    /// Of both together, before anything was cut.
    pub output_bytes: u64,
    /// Of both together in the order of arrival, before anything was cut.
    pub output_sha256: Sha256Digest,
    /// Whether the stored output is shorter than what was written.
    pub truncated: bool,
    pub duration_ms: u64,
    /// What the agent says besides, such as what of the run stays on the computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl RunReport {
    /// A report of something that never wrote anything.
    pub fn without_output(outcome: RunOutcome) -> Self {
        Self {
            outcome,
            stdout_tail: String::new(),
            stderr_tail: String::new(),
            output_bytes: 0,
            output_sha256: Sha256Digest::of(b""),
            truncated: false,
            duration_ms: 0,
            remark: None,
        }
    }

    /// What the end of a step means.
    pub(super) fn meaning(&self, exit_codes: &ExitCodes) -> ExitMeaning {
        match self.outcome {
            RunOutcome::Exited { code } => exit_codes.meaning(code),
            _ => ExitMeaning::Failure,
        }
    }

    /// What a test said of what is there: true if it works. Anything but true or false on the last line of a script that
    /// succeeded says nothing at all (design.md, section 7).
    pub(super) fn verdict(&self) -> Result<bool, (ResultReason, String)> {
        if !self.outcome.is_success() {
            let reason = match self.outcome.failure() {
                ResultReason::ScriptFailed => ResultReason::TestUnclear,
                other => other,
            };
            return Err((reason, words::run_failure(RunPurpose::Test, self)));
        }
        let mut lines = without_mark(&self.stdout_tail).lines().map(str::trim);
        let last = lines.rfind(|line| !line.is_empty()).unwrap_or_default();
        if last.eq_ignore_ascii_case("true") {
            Ok(true)
        } else if last.eq_ignore_ascii_case("false") {
            Ok(false)
        } else {
            Err((ResultReason::TestUnclear, words::said_no_verdict(last)))
        }
    }

    /// What a detection found: the version that it printed, or absence where it printed nothing. A script that failed, or that
    /// printed anything else, says nothing at all.
    pub(super) fn finding(&self) -> Result<Finding, (ResultReason, String)> {
        if !self.outcome.is_success() {
            let reason = match self.outcome.failure() {
                ResultReason::ScriptFailed => ResultReason::DetectionFailed,
                other => other,
            };
            return Err((reason, words::run_failure(RunPurpose::Detect, self)));
        }
        // What was cut may have said more than a version; a character that would have been cut in two is left out, too.
        if self.stdout_tail.len() + char::MAX.len_utf8() > RUN_TAIL_BYTES {
            return Err((ResultReason::DetectionFailed, words::said_too_much()));
        }
        let answer = without_mark(&self.stdout_tail).trim();
        if answer.is_empty() {
            return Ok(Finding::Absent);
        }
        let version = Version::new(answer);
        version.map(Finding::from).map_err(|_| {
            (
                ResultReason::DetectionFailed,
                words::said_no_version(answer),
            )
        })
    }
}

/// PowerShell may begin its output with a byte order mark.
fn without_mark(output: &str) -> &str {
    output.trim_start_matches('\u{feff}')
}

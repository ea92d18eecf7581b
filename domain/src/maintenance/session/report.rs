//! What is known of a run when it ended.

use super::action::ResultReason;
use super::result::RunResult;
use crate::kernel::digest::Sha256Digest;
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
    /// What the script answered. Nothing where what it printed is its answer: its agent, or its language, knows no other way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RunResult>,
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
            result: None,
        }
    }
}

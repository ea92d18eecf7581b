//! An action: what is done to an item, why, and what came of it.

use super::available::Availability;
use super::finding::Finding;
use super::need::JudgedNeed;
use super::plan::PlannedAction;
use super::purpose::RunPurpose;
use crate::catalogue::software::ExitCodes;
use crate::catalogue::version::Version;
use crate::kernel::ids::RunId;
use serde::{Deserialize, Serialize};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionType {
    Install,
    Update,
    Downgrade,
    Uninstall,
    /// The right version is there and does not work.
    Repair,
    NoAction,
    /// A task is brought about.
    Enforce,
    /// A task is tested, and nothing else.
    Audit,
    /// A task's value is collected.
    Monitor,
}

/// Why an action has its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionReason {
    SoftwareMissing,
    UpdateAvailable,
    OlderVersionRequired,
    SoftwareDetected,
    UpToDate,
    Ignored,
    /// It is a prerequisite of what needs nothing here, or does not apply.
    NotNeeded,
    /// The catalogue has no version that would do.
    NoApplicableVersion,
    /// Its test says that it does not work.
    TestFailed,
    /// A task's test says that it is not as it should be.
    NotCompliant,
    /// Its value is wanted, whatever it is.
    ValueWanted,
}

/// Whether an action achieved what it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Success,
    Failed,
}

/// Why an action ended as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResultReason {
    /// Nothing had to be done.
    Compliant,
    /// The deployment says to leave it alone.
    Ignored,
    /// It was executed, and a new detection confirms it.
    Verified,
    DetectionFailed,
    NoApplicableVersion,
    ScriptFailed,
    ScriptTimedOut,
    /// The agent died while the script ran: nobody knows what it did.
    OutcomeUnknown,
    PackageUnavailable,
    /// The package's content is not what the catalogue says.
    PackageCorrupt,
    /// Everything ran, and the state is still not the desired one.
    VerificationFailed,
    DeviceOffline,
    /// An update is due, and the software's upgrade strategy forbids updates.
    UpgradeForbidden,
    /// It does not work, and the software's repair strategy forbids repairs.
    RepairForbidden,
    /// What would have to run is not in the catalogue.
    ScriptMissing,
    /// The test did not say whether it works, or is as it should be.
    TestUnclear,
    /// An audit found that it is not as it should be: nothing was done, and nothing is as it should be.
    AuditDiffers,
    /// The value of a monitored task was collected.
    ValueCollected,
    /// The get script did not tell one value.
    ValueUnclear,
    /// It was planned as a prerequisite, and nothing needs it here.
    NotNeeded,
    /// What it needs first failed, or it could not be told whether it needs it.
    PrerequisiteFailed,
    /// A prerequisite says that it fails here.
    PrerequisiteForbids,
    /// What it needs first contradicts what a deployment or another prerequisite wants.
    PrerequisiteContradicted,
    /// What it needs first would need it first, by way of others or at once.
    PrerequisiteCircle,
    /// What the deployment tells its task does not fit the task's parameters: nothing was run.
    ParametersDoNotFit,
    /// The task is brought about on one computer at a time, and the turn of this one did not come.
    LockUnavailable,
    /// The computer did not say which version is the newest that it can get.
    AvailabilityUnclear,
}

/// One script of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub purpose: RunPurpose,
    /// Whose script it is; nothing for an item that has no versions.
    pub version: Option<Version>,
}

/// How far an action has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ActionProgress {
    Planned,
    Assessed {
        action_type: ActionType,
        reason: ActionReason,
    },
    /// The steps run, one after the other.
    Executing {
        action_type: ActionType,
        reason: ActionReason,
        steps: Vec<Step>,
        exit_codes: ExitCodes,
    },
    Completed {
        /// Nothing if it failed before it was known what to do.
        assessment: Option<(ActionType, ActionReason)>,
        verdict: Verdict,
        reason: ResultReason,
        message: String,
    },
}

impl ActionProgress {
    /// What is to be done and why, as soon as detection told.
    pub fn assessment(&self) -> Option<(ActionType, ActionReason)> {
        match self {
            Self::Planned => None,
            Self::Assessed {
                action_type,
                reason,
            }
            | Self::Executing {
                action_type,
                reason,
                ..
            } => Some((*action_type, *reason)),
            Self::Completed { assessment, .. } => *assessment,
        }
    }

    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed { .. })
    }
}

/// One maintenance action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    pub plan: PlannedAction,
    pub progress: ActionProgress,
    /// What was found when the session looked first; nothing before a look told something.
    pub before: Option<Finding>,
    /// What was found when it looked last.
    pub finding: Option<Finding>,
    /// What the computer said that it can get; nothing before it was asked, or where the catalogue says what "latest" means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Availability>,
    /// What was run for it, in the order in which it was asked for.
    pub runs: Vec<RunId>,
    /// Which of its needs apply; nothing before that was judged.
    pub judged: Option<Vec<JudgedNeed>>,
}

impl From<&PlannedAction> for Action {
    fn from(plan: &PlannedAction) -> Self {
        Self {
            plan: plan.clone(),
            progress: ActionProgress::Planned,
            before: None,
            finding: None,
            available: None,
            runs: vec![],
            judged: None,
        }
    }
}

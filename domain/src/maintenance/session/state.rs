use crate::catalogue::script::{ScriptTimeout, Sha256Digest};
use crate::catalogue::software::Package;
use crate::catalogue::version::Version;
use crate::fleet::computer::Computer;
use crate::kernel::ids::{
    ActionId, AgentId, ComputerId, DeploymentId, RunId, ServerId, SoftwareId, TenantId,
};
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use crate::rules::resolution::{ComputerFacts, Occasion, Phase, Rulebook, World};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a session is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "item", rename_all = "camelCase")]
pub enum SessionKind {
    /// Every item that a deployment wins.
    Full,
    /// One item, if a deployment wins it.
    SingleItem(MaintenanceItem),
    /// The deployment that somebody named: it wins its item if its target holds the computer.
    AdHoc(DeploymentId),
    /// The same, named by somebody who may not touch what is to be left alone (access/matrix.rs).
    AdHocUnlessIgnored(DeploymentId),
}

impl SessionKind {
    /// The deployment that was named.
    pub fn named(self) -> Option<DeploymentId> {
        match self {
            Self::Full | Self::SingleItem(_) => None,
            Self::AdHoc(deployment) | Self::AdHocUnlessIgnored(deployment) => Some(deployment),
        }
    }

    /// For what such a session asks the rules of a computer. Only a full session ends its onboarding.
    pub fn occasion(self, computer: &Computer) -> Occasion {
        match self {
            Self::Full => Occasion::next_of(computer),
            Self::SingleItem(_) => Occasion {
                phase: Phase::Maintenance,
                named: None,
            },
            Self::AdHoc(deployment) | Self::AdHocUnlessIgnored(deployment) => Occasion {
                named: Some(deployment),
                ..Occasion::next_of(computer)
            },
        }
    }

    /// The same at the moment of its resolution: what is to be left alone by then is left alone, whoever may not say otherwise.
    pub fn occasion_among<W: World>(
        self,
        rulebook: &Rulebook,
        facts: &ComputerFacts<'_, W>,
    ) -> Occasion {
        let occasion = self.occasion(facts.computer);
        let Self::AdHocUnlessIgnored(deployment) = self else {
            return occasion;
        };
        let unnamed = Occasion {
            named: None,
            ..occasion
        };
        let slot = rulebook
            .number_of(deployment)
            .and_then(|number| rulebook.slot(number));
        match slot {
            Some(slot) if rulebook.leaves_alone(slot.rule.item, facts, &unnamed) => unnamed,
            _ => occasion,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    Resolution,
    Detection,
    Execution,
    Verification,
}

/// How a session ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// Every action succeeded; no action at all is a success too.
    Passed,
    PartiallyPassed,
    Failed,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// In the queue, or for its computer to come online.
    #[default]
    Waiting,
    Running(Stage),
    Ended(Ending),
    Cancelled,
    Missed,
}

impl Status {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended(_) | Self::Cancelled | Self::Missed)
    }
}

/// A winner, made into something to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedAction {
    pub action: ActionId,
    pub item: MaintenanceItem,
    pub item_name: String,
    pub deployment: DeploymentId,
    pub desired: DesiredState,
    /// What "latest" meant at this moment, or the exact version; nothing where no version is wanted or there is none.
    pub desired_version: Option<Version>,
    /// What, and because of which deployment, in one sentence.
    pub because: String,
    /// How wide that deployment reached when it won: who may see the sentence.
    pub scope: Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionType {
    Install,
    Update,
    Downgrade,
    Uninstall,
    NoAction,
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
    /// The catalogue has no version that would do.
    NoApplicableVersion,
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
}

/// What a script is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RunPurpose {
    Detect,
    Recheck,
    Uninstall,
    Install,
    Upgrade,
    Verify,
}

impl RunPurpose {
    /// Part of the ids of runs: it never changes, whatever the purpose comes to be called.
    pub fn key(self) -> &'static str {
        match self {
            Self::Detect => "Detect",
            Self::Recheck => "Recheck",
            Self::Uninstall => "Uninstall",
            Self::Install => "Install",
            Self::Upgrade => "Upgrade",
            Self::Verify => "Verify",
        }
    }
}

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
}

/// One script of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub purpose: RunPurpose,
    /// Whose script it is.
    pub version: Version,
}

/// A run inside a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub action: ActionId,
    pub purpose: RunPurpose,
    pub agent: AgentId,
    pub software: SoftwareId,
    pub version: Option<Version>,
    pub script: Sha256Digest,
    pub timeout: ScriptTimeout,
    pub package: Option<Package>,
    pub deadline: DateTime<Utc>,
    pub requested_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub report: Option<RunReport>,
}

impl Run {
    /// Whether its agent told how it ended. A run that was counted as lost may still be answered, late: what it did
    /// is worth knowing, whatever became of its session.
    pub fn is_answered(&self) -> bool {
        let is_lost = |report: &RunReport| report.outcome == RunOutcome::Lost;
        self.report.as_ref().is_some_and(|report| !is_lost(report))
    }
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
    /// What was there when the session began.
    pub detected_before: Option<Version>,
    /// What was there when last looked.
    pub detected: Option<Version>,
}

/// What is known of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Nothing until it was created.
    pub request: Option<Requested>,
    pub status: Status,
    /// The server that works on it.
    pub claim: Option<ServerId>,
    pub actions: Vec<Action>,
    pub left_out: u32,
    pub runs: BTreeMap<RunId, Run>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When something last moved: the wait for a lost computer is counted from here.
    pub last_progress: Option<DateTime<Utc>>,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    pub computer: ComputerId,
    pub tenant: TenantId,
    pub kind: SessionKind,
    pub at: DateTime<Utc>,
}

impl Session {
    /// The runs that were asked for and have no result yet.
    pub fn open_runs(&self) -> impl Iterator<Item = (RunId, &Run)> {
        self.runs
            .iter()
            .filter(|(_, run)| run.report.is_none())
            .map(|(id, run)| (*id, run))
    }

    /// The computer that this session has onboarded: the first full one that achieved something does.
    pub fn onboards(&self) -> Option<(ComputerId, TenantId)> {
        let request = self.request?;
        let achieved = matches!(
            self.status,
            Status::Ended(Ending::Passed | Ending::PartiallyPassed)
        );
        (achieved && request.kind == SessionKind::Full)
            .then_some((request.computer, request.tenant))
    }

    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.plan.action == id)
    }

    pub(super) fn run_for(&self, action: ActionId, purpose: RunPurpose) -> Option<&Run> {
        self.runs
            .values()
            .find(|run| run.action == action && run.purpose == purpose)
    }
}

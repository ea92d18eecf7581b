use super::about::{About, Subject};
use super::action::{ActionReason, ActionType, ResultReason, Step, Verdict};
use super::available::Availability;
use super::draft::{Draft, Reading};
use super::finding::Finding;
use super::job::Job;
use super::need::JudgedNeed;
use super::plan::{Goal, PlannedAction};
use super::purpose::RunPurpose;
use super::report::RunReport;
use super::runs::RunContext;
use super::state::{Ending, Stage};
use super::waits::{WaitCause, WaitOutcome};
use crate::catalogue::script::ScriptTimeout;
use crate::catalogue::software::ExitCodes;
use crate::kernel::ids::{ActionId, RunId, ServerId, TaskId, TenantId};
use crate::rules::deployment::MaintenanceItem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

crate::domain_events! {
    /// What happened in a maintenance session.
    SessionEvent {
        Created(SessionCreated),
        DraftWritten(DraftWritten),
        Claimed(SessionClaimed),
        Started(SessionStarted),
        StageStarted(StageStarted),
        WaitBegan(WaitBegan),
        WaitEnded(WaitEnded),
        Resolved(SessionResolved after session_resolved_v1),
        RunRequested(RunRequested),
        RunStarted(RunStarted),
        RunEnded(RunEnded),
        DraftRead(DraftRead),
        LatestFound(LatestFound),
        ActionAssessed(ActionAssessed),
        PrerequisitesJudged(PrerequisitesJudged),
        ActionGoalSettled(ActionGoalSettled),
        ActionRechecked(ActionRechecked after action_rechecked_v1),
        ActionCompleted(ActionCompleted),
        TaskLocked(TaskLocked),
        Completed(SessionCompleted),
        Cancelled(SessionCancelled),
        Missed(SessionMissed),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCreated {
    pub subject: Subject,
    pub tenant: TenantId,
    pub about: About,
    /// From the clock.
    pub at: DateTime<Utc>,
}

/// The script that the session tries. It is in no catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftWritten {
    pub draft: Draft,
}

/// From now on this server works on it, and no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionClaimed {
    pub server: ServerId,
}

/// It left the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionStarted {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageStarted {
    pub stage: Stage,
}

/// It cannot go on by itself. It waits once at a time for each cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitBegan {
    pub cause: WaitCause,
    /// When it stops waiting, at the earliest.
    pub deadline: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// It does not wait for that any more. A session that was cancelled waits for nothing, without this being said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitEnded {
    pub cause: WaitCause,
    pub outcome: WaitOutcome,
    pub at: DateTime<Utc>,
}

/// The winners became actions. They do not change any more, whatever happens to the deployments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionResolved {
    pub actions: Vec<PlannedAction>,
    /// Items beyond the limit of one session, for the next one.
    pub left_out: u32,
}

/// Something is to be run, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRequested {
    pub run: RunId,
    /// What it is a part of; nothing if it belongs to the session as a whole.
    pub action: Option<ActionId>,
    pub purpose: RunPurpose,
    /// Which one for this action and purpose it is, from 1.
    pub ordinal: u32,
    pub context: RunContext,
    /// What it is about.
    pub item: Option<MaintenanceItem>,
    pub job: Job,
    pub timeout: ScriptTimeout,
    /// It is not started later than this, and the server does not wait longer.
    pub deadline: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// The agent wrote the run down and started it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunStarted {
    pub run: RunId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEnded {
    pub run: RunId,
    pub report: RunReport,
    pub at: DateTime<Utc>,
}

/// What the script that was tried came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftRead {
    pub reading: Reading,
}

/// The computer said which version is the newest that it can get: until the session is over that is what "latest" means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LatestFound {
    pub action: ActionId,
    pub available: Availability,
}

/// Detection told what is there; this is what will be done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionAssessed {
    pub action: ActionId,
    /// Nothing if it was not looked at.
    pub finding: Option<Finding>,
    pub action_type: ActionType,
    pub reason: ActionReason,
}

/// Of an action that has something to do: which of its needs apply on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrerequisitesJudged {
    pub action: ActionId,
    pub judged: Vec<JudgedNeed>,
}

/// What needs it wants it in another way than was planned: this is what it brings about from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionGoalSettled {
    pub action: ActionId,
    pub goal: Goal,
}

/// From now on, until its set script has ended, no other session brings this serial task about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskLocked {
    pub action: ActionId,
    pub task: TaskId,
}

/// What is there right before the execution, and the scripts that will run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionRechecked {
    pub action: ActionId,
    /// Nothing if it was not looked at.
    pub finding: Option<Finding>,
    pub steps: Vec<Step>,
    /// What the ends of the steps mean, whatever is chosen meanwhile.
    pub exit_codes: ExitCodes,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionCompleted {
    pub action: ActionId,
    pub verdict: Verdict,
    pub reason: ResultReason,
    /// What happened, in one sentence.
    pub message: String,
    /// What was found when it was looked at last; nothing if no look told anything.
    pub finding: Option<Finding>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCompleted {
    pub ending: Ending,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCancelled {
    pub at: DateTime<Utc>,
}

/// The computer did not come online in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMissed {
    pub at: DateTime<Utc>,
}

/// Version 1 kept no exit codes: a step was judged by those that its software had when it ended, which are not known here. An action
/// that was completed has its verdict from then; of one that was not, nothing but 0 counts as success.
fn action_rechecked_v1(mut payload: Value) -> Value {
    if let Some(members) = payload.as_object_mut() {
        let none = json!({ "success": [], "reboot": [] });
        members.insert("exitCodes".to_owned(), none);
    }
    payload
}

/// In version 1 no action needed another one: of what it does not say there is none.
fn session_resolved_v1(payload: Value) -> Value {
    payload
}

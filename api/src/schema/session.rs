use super::computer::ComputerNode;
use super::deployment::{DeploymentNode, DesiredStateNode};
use super::page::{TEXT_COST, assumed, times};
use super::shown::names_the_rule;
use super::software::SoftwareNode;
use super::types::{ByteCount, Change, global_id};
use crate::error;
use crate::request::{Request, services};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::Arc;
use upkeep_domain::access::Action as Permission;
use upkeep_domain::kernel::ids::{ActionId, RunId, SessionId};
use upkeep_domain::maintenance::session::{
    self, Action, ActionProgress, Ending, Requested, Run, RunOutcome, Session, SessionKind, Status,
};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::desired_phrase;
use upkeep_event_store::{Direction, StreamName};
use upkeep_projections::{Entry, View};

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum SessionStatus {
    /// It waits for its turn.
    Queued,
    /// It waits for its computer to come online.
    PendingConnectivity,
    /// It runs; `stage` tells how far it is.
    Running,
    /// Every action succeeded; no action at all is a success too.
    Passed,
    /// Some actions succeeded, some failed.
    PartiallyPassed,
    /// Every action failed.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// The computer did not come online within 7 days.
    Missed,
}

/// A stage of a session.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::Stage")]
pub enum SessionStage {
    /// Which deployments win.
    Resolution,
    /// What is there; only reads.
    Detection,
    /// What has to be done, each after one more look.
    Execution,
    /// Whether it is there now.
    Verification,
}

/// What a session is about.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum SessionKindName {
    /// Every item that a deployment wins.
    Full,
    /// One item.
    SingleItem,
    /// What one deployment says of its item.
    AdHoc,
}

/// What is done about an item.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::ActionType")]
pub enum ActionType {
    /// It is installed.
    Install,
    /// It is brought to a newer version.
    Update,
    /// It is brought to an older version.
    Downgrade,
    /// It is removed.
    Uninstall,
    /// Nothing.
    NoAction,
}

/// Why an action has its type.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::ActionReason")]
pub enum ActionReason {
    /// It is not there.
    SoftwareMissing,
    /// An older version is there.
    UpdateAvailable,
    /// A newer version is there than the one that is wanted.
    OlderVersionRequired,
    /// It is there and should not be.
    SoftwareDetected,
    /// It is as it should be.
    UpToDate,
    /// The deployment says to leave it alone.
    Ignored,
    /// The catalogue has no version that would do.
    NoApplicableVersion,
}

/// Whether an action achieved what it was for.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActionResult {
    /// It goes on.
    Pending,
    /// It did.
    Success,
    /// It did not.
    Failed,
    /// The session was over before it could.
    Cancelled,
}

/// Why an action ended as it did.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::ResultReason")]
pub enum ActionResultReason {
    /// Nothing had to be done.
    Compliant,
    /// The deployment says to leave it alone.
    Ignored,
    /// It was executed, and a new detection confirms it.
    Verified,
    /// The detection script failed: nothing is known, so nothing is done.
    DetectionFailed,
    /// The catalogue has no version that would do.
    NoApplicableVersion,
    /// A script ended with an error, or could not start.
    ScriptFailed,
    /// A script took too long and was killed with all that it had started.
    ScriptTimedOut,
    /// The agent died while a script ran: nobody knows what it did, and it is not run again.
    OutcomeUnknown,
    /// The package could not be fetched.
    PackageUnavailable,
    /// The package's content is not what the catalogue says; the script was not run.
    PackageCorrupt,
    /// Every script succeeded, and the state is still not the desired one.
    VerificationFailed,
    /// The computer went away and did not come back in time.
    DeviceOffline,
}

/// What a script is run for.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::RunPurpose")]
pub enum RunPurpose {
    /// To see what is there.
    Detect,
    /// To see it once more, right before something is done.
    Recheck,
    /// To remove a version.
    Uninstall,
    /// To install a version.
    Install,
    /// To bring an older version to a newer one.
    Upgrade,
    /// To see whether it is there now.
    Verify,
}

/// Where a script run stands.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum RunStatus {
    /// The agent was not heard to have started it.
    Requested,
    /// It runs.
    Started,
    /// It ended by itself; `exitCode` tells how.
    Exited,
    /// A signal ended it.
    Signalled,
    /// It took too long and was killed.
    TimedOut,
    /// The session was cancelled.
    Cancelled,
    /// The agent died after the start; the outcome is unknown.
    Interrupted,
    /// It never started.
    CouldNotStart,
    /// It never started, because its package could not be fetched.
    PackageUnavailable,
    /// It never started, because its package is not what the catalogue says.
    PackageCorrupt,
    /// The agent refused to start it.
    Refused,
    /// The server waited and heard nothing.
    Lost,
}

/// A maintenance session.
#[derive(Clone)]
pub struct SessionNode {
    view: Arc<View>,
    id: SessionId,
    entry: Arc<Entry<Session>>,
    request: Requested,
}

impl SessionNode {
    /// The session, whoever asks: for lists whose tenant was checked.
    pub fn get(view: &Arc<View>, id: SessionId) -> Option<Self> {
        Self::new(view, id, view.sessions.get(id)?.clone())
    }

    fn new(view: &Arc<View>, id: SessionId, entry: Arc<Entry<Session>>) -> Option<Self> {
        let request = entry.state.request?;
        Some(Self {
            view: view.clone(),
            id,
            entry,
            request,
        })
    }

    /// The session, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: SessionId) -> Option<Self> {
        Self::get(view, id).filter(|node| node.is_visible(request))
    }

    /// The same, also for sessions that are too old for the view: those are read from their streams.
    pub async fn load(
        context: &Context<'_>,
        view: &Arc<View>,
        id: SessionId,
    ) -> Result<Option<Self>> {
        let request = Request::of(context);
        if let Some(node) = Self::find(request, view, id) {
            return Ok(Some(node));
        }
        let archived = services(context)
            .projections
            .archived_session(view, id)
            .await
            .map_err(|error| error::of_view(&error))?;
        Ok(archived
            .and_then(|entry| Self::new(view, id, Arc::new(entry)))
            .filter(|node| node.is_visible(request)))
    }

    pub fn is_visible(&self, request: &Request) -> bool {
        request.may(Permission::ReadComputer {
            tenant: self.request.tenant,
        })
    }

    pub fn revision_now(&self) -> u64 {
        self.entry.revision
    }

    pub fn is_over(&self) -> bool {
        self.entry.state.status.is_over()
    }

    fn action_nodes(&self) -> impl Iterator<Item = ActionNode> {
        self.entry.state.actions.iter().map(|action| ActionNode {
            session: self.clone(),
            action: action.clone(),
        })
    }
}

/// A maintenance session: brings one computer into the state that its winning deployments describe.
#[Object(name = "MaintenanceSession")]
impl SessionNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("MaintenanceSession", self.id.0)
    }

    /// The computer.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        ComputerNode::find(Request::of(context), &self.view, self.request.computer)
    }

    /// What it is about.
    async fn kind(&self) -> SessionKindName {
        match self.request.kind {
            SessionKind::Full => SessionKindName::Full,
            SessionKind::SingleItem(_) => SessionKindName::SingleItem,
            SessionKind::AdHoc(_) | SessionKind::AdHocUnlessIgnored(_) => SessionKindName::AdHoc,
        }
    }

    /// The software, for SINGLE_ITEM.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        match self.request.kind {
            SessionKind::SingleItem(MaintenanceItem::Software(id)) => {
                SoftwareNode::find(Request::of(context), &self.view, id)
            }
            _ => None,
        }
    }

    /// The deployment that was named, for AD_HOC, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        let named = self.request.kind.named()?;
        DeploymentNode::find(Request::of(context), &self.view, named)
    }

    /// Where it stands.
    async fn status(&self) -> SessionStatus {
        match self.entry.state.status {
            Status::Waiting if self.view.working_agent(self.request.computer).is_none() => {
                SessionStatus::PendingConnectivity
            }
            Status::Waiting => SessionStatus::Queued,
            Status::Running(_) => SessionStatus::Running,
            Status::Ended(Ending::Passed) => SessionStatus::Passed,
            Status::Ended(Ending::PartiallyPassed) => SessionStatus::PartiallyPassed,
            Status::Ended(Ending::Failed) => SessionStatus::Failed,
            Status::Cancelled => SessionStatus::Cancelled,
            Status::Missed => SessionStatus::Missed,
        }
    }

    /// The stage that it is in, while it runs.
    async fn stage(&self) -> Option<SessionStage> {
        match self.entry.state.status {
            Status::Running(stage) => Some(stage.into()),
            _ => None,
        }
    }

    /// Its actions, in the order of execution.
    #[graphql(complexity = "times(assumed::ACTIONS, child_complexity)")]
    async fn actions(&self) -> Vec<ActionNode> {
        self.action_nodes().collect()
    }

    /// Items beyond the 500 of one session, which are left to the next one.
    async fn left_out(&self) -> u32 {
        self.entry.state.left_out
    }

    /// When it left the queue.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.entry.state.started_at
    }

    /// When it was over.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.entry.state.ended_at
    }

    /// Counts its changes.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who asked for it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// When something in it last happened.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// One maintenance action.
pub struct ActionNode {
    session: SessionNode,
    action: Action,
}

/// One maintenance action: what is done about one item, why, and how it ended.
#[Object(name = "MaintenanceAction")]
impl ActionNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("MaintenanceAction", self.action.plan.action.0)
    }

    /// The software.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.action.plan.item.software()?;
        SoftwareNode::find(Request::of(context), &self.session.view, id)
    }

    /// The software's name when the session resolved.
    async fn item_name(&self) -> &str {
        &self.action.plan.item_name
    }

    /// The deployment that won, as it is now; nothing if you may not see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        let deployment = self.action.plan.deployment;
        DeploymentNode::find(Request::of(context), &self.session.view, deployment)
    }

    /// What should be there, as it was decided when the session resolved.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.action.plan.desired.clone(),
            latest: self.action.plan.desired_version.clone(),
        }
    }

    /// What should be there, and because of which deployment, in one sentence.
    async fn because(&self, context: &Context<'_>) -> Result<String> {
        let plan = &self.action.plan;
        let principal = Request::of(context).principal()?;
        let of = Some(self.session.request.tenant);
        Ok(
            if names_the_rule(principal, &self.session.view, plan.scope, of) {
                plan.because.clone()
            } else {
                let desired = desired_phrase(&plan.desired, plan.desired_version.as_ref());
                let item = &plan.item_name;
                format!(
                    "{item} should be {desired} because of a deployment that is not your tenant's alone"
                )
            },
        )
    }

    /// What is done; nothing before detection told.
    #[graphql(name = "type")]
    async fn action_type(&self) -> Option<ActionType> {
        self.action
            .progress
            .assessment()
            .map(|(action_type, _)| action_type.into())
    }

    /// Why that is done; nothing before detection told.
    async fn reason(&self) -> Option<ActionReason> {
        self.action
            .progress
            .assessment()
            .map(|(_, reason)| reason.into())
    }

    /// Whether it achieved what it was for.
    async fn result(&self) -> ActionResult {
        match &self.action.progress {
            ActionProgress::Completed {
                verdict: session::Verdict::Success,
                ..
            } => ActionResult::Success,
            ActionProgress::Completed {
                verdict: session::Verdict::Failed,
                ..
            } => ActionResult::Failed,
            _ if self.session.is_over() => ActionResult::Cancelled,
            _ => ActionResult::Pending,
        }
    }

    /// Why it ended as it did.
    async fn result_reason(&self) -> Option<ActionResultReason> {
        match &self.action.progress {
            ActionProgress::Completed { reason, .. } => Some((*reason).into()),
            _ => None,
        }
    }

    /// What happened, in one sentence.
    async fn message(&self) -> Option<&str> {
        match &self.action.progress {
            ActionProgress::Completed { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The version that was there when the session looked first; nothing if it was not there, or not looked for.
    async fn detected_before(&self) -> Option<String> {
        self.action
            .detected_before
            .as_ref()
            .map(ToString::to_string)
    }

    /// The version that was there when the session looked last.
    async fn detected(&self) -> Option<String> {
        self.action.detected.as_ref().map(ToString::to_string)
    }

    /// The scripts that were run for it, in the order in which they were asked for.
    #[graphql(complexity = "times(assumed::RUNS, child_complexity)")]
    async fn runs(&self) -> Vec<RunNode> {
        let id: ActionId = self.action.plan.action;
        let mut runs: Vec<RunNode> = self
            .session
            .entry
            .state
            .runs
            .iter()
            .filter(|(_, run)| run.action == id)
            .map(|(id, run)| RunNode {
                view: self.session.view.clone(),
                id: *id,
                run: run.clone(),
            })
            .collect();
        runs.sort_by_key(|node| (node.run.requested_at, node.run.purpose));
        runs
    }
}

/// One run of one script.
pub struct RunNode {
    view: Arc<View>,
    id: RunId,
    run: Run,
}

/// A piece of a script's output.
#[derive(Clone, SimpleObject)]
pub struct OutputChunk {
    /// Counts the pieces from 0.
    index: u64,
    /// The text; bytes that are no UTF-8 were replaced.
    text: String,
}

#[derive(Deserialize)]
struct StoredChunk {
    index: u64,
    text: String,
}

/// One run of one script on the computer. It is started at most once.
#[Object(name = "ScriptRun")]
impl RunNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("ScriptRun", self.id.0)
    }

    /// What it is for.
    async fn purpose(&self) -> RunPurpose {
        self.run.purpose.into()
    }

    /// The version that it installs or removes; nothing for a detection.
    async fn version(&self) -> Option<String> {
        self.run.version.as_ref().map(ToString::to_string)
    }

    /// The script, by the digest of what was run.
    async fn script_digest(&self) -> String {
        self.run.script.to_string()
    }

    /// The script's text.
    async fn script(&self) -> Option<super::software::ScriptNode> {
        let script = self.view.script(&self.run.script)?;
        Some(super::software::ScriptNode(
            upkeep_domain::catalogue::script::Script::clone(script),
        ))
    }

    /// Where it stands.
    async fn status(&self) -> RunStatus {
        match self.run.report.as_ref().map(|report| &report.outcome) {
            None if self.run.started_at.is_none() => RunStatus::Requested,
            None => RunStatus::Started,
            Some(RunOutcome::Exited { .. }) => RunStatus::Exited,
            Some(RunOutcome::Signalled { .. }) => RunStatus::Signalled,
            Some(RunOutcome::TimedOut) => RunStatus::TimedOut,
            Some(RunOutcome::Cancelled) => RunStatus::Cancelled,
            Some(RunOutcome::Interrupted) => RunStatus::Interrupted,
            Some(RunOutcome::CouldNotStart { .. }) => RunStatus::CouldNotStart,
            Some(RunOutcome::PackageUnavailable { .. }) => RunStatus::PackageUnavailable,
            Some(RunOutcome::PackageCorrupt { .. }) => RunStatus::PackageCorrupt,
            Some(RunOutcome::Refused { .. }) => RunStatus::Refused,
            Some(RunOutcome::Lost) => RunStatus::Lost,
        }
    }

    /// The exit code, if it ended by itself.
    async fn exit_code(&self) -> Option<i32> {
        match self.run.report.as_ref()?.outcome {
            RunOutcome::Exited { code } => Some(code),
            _ => None,
        }
    }

    /// The end of standard output, at most 4 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn stdout_tail(&self) -> Option<&str> {
        self.run
            .report
            .as_ref()
            .map(|report| report.stdout_tail.as_str())
    }

    /// The end of standard error, at most 4 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn stderr_tail(&self) -> Option<&str> {
        self.run
            .report
            .as_ref()
            .map(|report| report.stderr_tail.as_str())
    }

    /// What the agent says besides, such as what of the run stays on the computer because it could not be removed.
    async fn remark(&self) -> Option<&str> {
        self.run.report.as_ref()?.remark.as_deref()
    }

    /// How much it wrote before anything was cut.
    async fn output_bytes(&self) -> Option<ByteCount> {
        let report = self.run.report.as_ref()?;
        Some(ByteCount(report.output_bytes))
    }

    /// The SHA-256 of all that it wrote, before anything was cut.
    async fn output_sha256(&self) -> Option<String> {
        self.run
            .report
            .as_ref()
            .map(|report| report.output_sha256.to_string())
    }

    /// Whether the stored output is shorter than what it wrote.
    async fn is_truncated(&self) -> Option<bool> {
        self.run.report.as_ref().map(|report| report.truncated)
    }

    /// Its output as it arrived, at most 16 MiB per run in pieces of at most 32 KiB. Short output of a short run
    /// is only in the tails. While it runs, follow the `events` of the stream `output-{run}`.
    #[graphql(complexity = "50 + times(first, TEXT_COST + child_complexity)")]
    async fn output(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first piece.", default = 0)] from: u64,
        #[graphql(
            desc = "How many pieces, 1 to 100.",
            default = 50,
            validator(minimum = 1, maximum = 100)
        )]
        first: usize,
    ) -> Result<Vec<OutputChunk>> {
        let stream = StreamName::of("output", self.id);
        let services = services(context);
        let _turn = services.event_read().await?;
        let store = services.handler.store();
        let events = store
            .read_stream(&stream, from, Direction::Forwards, first)
            .await
            .map_err(|error| error::of_read(&error))?;
        events
            .iter()
            .filter(|event| event.position <= self.view.position())
            .map(|event| {
                let chunk: StoredChunk =
                    serde_json::from_slice(&event.data).map_err(|error| error::internal(&error))?;
                Ok(OutputChunk {
                    index: chunk.index,
                    text: chunk.text,
                })
            })
            .collect()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.run.requested_at
    }

    /// When the server heard that it started.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.run.started_at
    }

    /// When the server heard that it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.run.ended_at
    }

    /// How long it ran, in milliseconds, by the agent's clock; never more than an `Int` can say.
    async fn duration_ms(&self) -> Option<i32> {
        let report = self.run.report.as_ref()?;
        Some(i32::try_from(report.duration_ms).unwrap_or(i32::MAX))
    }
}

//! What a session does about one item.

use super::need::ActionNeed;
use super::node::SessionNode;
use super::run::RunNode;
use crate::request::Request;
use crate::schema::catalogue::parameter::{GivenParameter, known};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::page::{TEXT_COST, assumed, times};
use crate::schema::rules::deployment::{DeploymentNode, DesiredStateNode};
use crate::schema::rules::prerequisite::PrerequisiteNode;
use crate::schema::shown::names_the_rule;
use crate::schema::types::global_id_of;
use async_graphql::{Context, Enum, ID, Json, Object, Result};
use serde_json::Value;
use std::sync::Arc;
use upkeep_domain::maintenance::session::{self, Action, ActionProgress, Cause, Finding};

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
    /// The right version is there, does not work, and is mended.
    Repair,
    /// Nothing.
    NoAction,
    /// A task is brought about.
    Enforce,
    /// A task is tested, and nothing else.
    Audit,
    /// A task's value is collected.
    Monitor,
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
    /// It was planned as a prerequisite, and nothing needs it here.
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
    /// It was planned as a prerequisite, and nothing needs it here: what would is as it should be, or its conditions do not hold.
    NotNeeded,
    /// What it needs first failed, or it could not be told whether it needs it: it was not carried out.
    PrerequisiteFailed,
    /// A prerequisite says that it fails here; the message is its own.
    PrerequisiteForbids,
    /// What it needs first contradicts what a deployment or another prerequisite wants: it was not carried out.
    PrerequisiteContradicted,
    /// What it needs first would need it first, by way of others or at once: it was not carried out.
    PrerequisiteCircle,
    /// What the deployment tells its task does not fit the task's parameters: nothing was run.
    ParametersDoNotFit,
    /// The task is brought about on one computer at a time, and the turn of this one did not come within a day.
    LockUnavailable,
    /// The computer did not say which version is the newest that it can get.
    AvailabilityUnclear,
}

/// One maintenance action.
pub struct ActionNode {
    pub session: SessionNode,
    pub action: Arc<Action>,
}

impl ActionNode {
    pub const KIND: &'static str = "MaintenanceAction";

    /// Whether the caller may know which deployment won.
    fn names_the_rule(&self, context: &Context<'_>) -> Result<bool> {
        let principal = Request::of(context).principal()?;
        let of = Some(self.session.request.tenant);
        Ok(match self.action.plan.cause {
            Cause::Deployment { scope, .. } => {
                names_the_rule(principal, &self.session.view, scope, of)
            }
            // It names software alone.
            Cause::Prerequisite { .. } => true,
        })
    }
}

/// One maintenance action: what is done about one item, why, and how it ended.
#[Object(name = "MaintenanceAction")]
impl ActionNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        let (session, action) = (self.session.id.0, self.action.plan.action.0);
        let view = &self.session.view;
        global_id_of(view, Self::KIND, &format_args!("{session}/{action}"))
    }

    /// The task, if the item is one.
    async fn task(&self, context: &Context<'_>) -> Option<TaskNode> {
        let view = &self.session.view;
        TaskNode::of(Request::of(context), view, self.action.plan.item)
    }

    /// The software, if the item is one.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.action.plan.item.software()?;
        SoftwareNode::find(Request::of(context), &self.session.view, id)
    }

    /// The item's name when the session resolved.
    async fn item_name(&self) -> &str {
        &self.action.plan.item_name
    }

    /// The deployment that won, as it is now; nothing if you may not see it, and for a prerequisite.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        match self.action.plan.cause {
            Cause::Deployment { deployment, .. } => {
                DeploymentNode::find(Request::of(context), &self.session.view, deployment)
            }
            Cause::Prerequisite { .. } => None,
        }
    }

    /// The prerequisite because of which it was planned, as it is now; nothing for what a deployment wants, and if it was removed.
    async fn prerequisite(&self, context: &Context<'_>) -> Option<PrerequisiteNode> {
        match self.action.plan.cause {
            Cause::Deployment { .. } => None,
            Cause::Prerequisite { prerequisite, .. } => {
                PrerequisiteNode::find(Request::of(context), &self.session.view, prerequisite)
            }
        }
    }

    /// The action that it is a part of: the first one that needs it before it. Nothing for what a deployment wants.
    async fn parent(&self) -> Option<Self> {
        self.session.action_node(self.action.plan.parent?)
    }

    /// The actions that are a part of it, at most 500, in the order of execution.
    #[graphql(complexity = "times(assumed::NEEDS, child_complexity)")]
    async fn children(&self) -> Vec<Self> {
        let parent = Some(self.action.plan.action);
        let children = self
            .session
            .action_nodes(|action| action.plan.parent == parent);
        children.collect()
    }

    /// What it needs before it, at most 50, in the order in which that is brought about.
    #[graphql(complexity = "times(assumed::NEEDS, child_complexity)")]
    async fn needs(&self) -> Vec<ActionNeed> {
        let needs = self.action.plan.needs.iter().map(|need| ActionNeed {
            session: self.session.clone(),
            action: self.action.clone(),
            need: need.clone(),
        });
        needs.collect()
    }

    /// What should be there, as it was decided when the session resolved; of a prerequisite, once it is known what needs it.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.action.plan.goal.desired.clone(),
            latest: self.action.plan.goal.version.clone(),
        }
    }

    /// What a task is told, at most 50 parameters, as it was decided when the session resolved: the deployment's values, and the task's defaults at that moment. Nothing
    /// if the deployment is not your tenant's alone and you may not see it.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self, context: &Context<'_>) -> Result<Vec<GivenParameter>> {
        Ok(if self.names_the_rule(context)? {
            known(&self.action.plan.goal.parameters)
        } else {
            vec![]
        })
    }

    /// What should be there, and because of which deployment or of what needs it, in one sentence.
    async fn because(&self, context: &Context<'_>) -> Result<String> {
        let plan = &self.action.plan;
        Ok(if self.names_the_rule(context)? {
            plan.because.clone()
        } else {
            format!(
                "{} should be {} because of a deployment that is not your tenant's alone",
                plan.item_name,
                plan.goal.phrase()
            )
        })
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
        version(self.action.before.as_ref())
    }

    /// The version that was there when the session looked last.
    async fn detected(&self) -> Option<String> {
        version(self.action.finding.as_ref())
    }

    /// Whether the test of what was there last said that it does not work.
    async fn is_broken(&self) -> bool {
        matches!(self.action.finding, Some(Finding::Broken { .. }))
    }

    /// What the test of a task said last: true if it is as it should be; nothing if no test said anything.
    async fn tested(&self) -> Option<bool> {
        match self.action.finding {
            Some(Finding::Yes) => Some(true),
            Some(Finding::No) => Some(false),
            _ => None,
        }
    }

    /// The value that was collected of a monitored task, at most 16 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn value(&self) -> Option<Json<Value>> {
        match &self.action.finding {
            Some(Finding::Value { value }) => Some(Json(value.clone())),
            _ => None,
        }
    }

    /// The scripts that were run for it, one for each step at most, in the order in which they were asked for.
    #[graphql(complexity = "times(assumed::RUNS, child_complexity)")]
    async fn runs(&self) -> Vec<RunNode> {
        let runs = self.action.runs.iter();
        runs.filter_map(|id| self.session.run_node(*id)).collect()
    }
}

fn version(found: Option<&Finding>) -> Option<String> {
    found?.version().map(ToString::to_string)
}

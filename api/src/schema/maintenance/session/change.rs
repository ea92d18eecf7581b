//! Starting and cancelling maintenance sessions.

use super::node::SessionNode;
use crate::schema::change::{change, seen};
use crate::schema::page::{CHANGE_COST, times};
use crate::schema::shown::SeenNames;
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::access::{self, Action, Guarded as _, Overridden, Principal};
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::catalogue::task::Task;
use upkeep_domain::fleet::computer::{Computer, ComputerRejection};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, SessionId, TenantId};
use upkeep_domain::maintenance::session::{About, Requested, Session, SessionCommand};
use upkeep_domain::rules::deployment::{Deployment, MaintenanceItem};
use upkeep_domain::rules::resolution::{NotCandidateReason, RuleOutcome};

payloads! {
    /// The answer to a mutation of a session.
    [StartSessionPayload CancelSessionPayload] of Session {
        /// The session, with the change.
        session: SessionNode
    }
}

inputs! {
    /// A new session.
    StartSessionInput {
        /// The computer.
        computer_id: ID,
        /// Only this software; every item if not given.
        software_id: Option<ID>,
        /// Only this task; every item if not given.
        task_id: Option<ID>,
        /// Only what this deployment says of its item, whatever else is said of it: the way to run an ad hoc deployment.
        deployment_id: Option<ID>,
    }
    /// A session.
    CancelSessionInput {
        /// The session.
        id: ID,
    }
}

bulk! {
    /// A new session for each of many computers.
    StartSessionsInput {
        /// The computers, at most 500.
        computer_ids,
        /// Only this software; every item if not given.
        software_id: Option<ID>,
        /// Only this task; every item if not given.
        task_id: Option<ID>,
        /// Only what this deployment says of its item, whatever else is said of it: the way to run an ad hoc deployment.
        deployment_id: Option<ID>,
    }
    each "startSession": StartSessionInput, "computerIds" of "computerId" = |many, id, options| StartSessionInput {
        computer_id: id.clone(),
        software_id: many.software_id.clone(),
        task_id: many.task_id.clone(),
        deployment_id: many.deployment_id.clone(),
        options,
    };
    StartSessionsPayload of StartSessionsResult {
        /// The session.
        session: SessionNode
    }
    /// Sessions to be cancelled.
    CancelSessionsInput {
        /// The sessions, at most 500.
        ids,
    }
    each "cancelSession": CancelSessionInput, "ids" of "id" = |_many, id, options| CancelSessionInput {
        id: id.clone(),
        options,
    };
    CancelSessionsPayload of CancelSessionsResult {
        /// The session, with the change.
        session: SessionNode
    }
}

impl Change for StartSessionInput {
    type Of = Session;

    fn plan(&self, ask: &Ask) -> Result<Plan<Session>, Stop> {
        let computer = seen::<Computer>(ask, &self.computer_id, "computerId")?.id;
        let view = ask.view();
        let Some(tenant) = view.tenant_of(computer) else {
            return Err(Stop::not_found(Computer::NOUN).at("computerId"));
        };
        ask.require(Action::RunSession { tenant })?;
        ask.refuse_if_removed(Some(tenant))?;
        if view.is_removed(computer) {
            return Err(Stop::rejected(&ComputerRejection::Removed).at("computerId"));
        }
        let request = Requested {
            subject: computer.into(),
            tenant,
            about: self.about(ask, computer, tenant)?,
            at: ask.now(),
        };
        let id = SessionId(ask.new_id("session"));
        ask.make(id, SessionCommand::Create { request })
    }
}

impl StartSessionInput {
    fn about(&self, ask: &Ask, computer: ComputerId, tenant: TenantId) -> Result<About, Stop> {
        match (&self.software_id, &self.task_id, &self.deployment_id) {
            (None, None, None) => Ok(About::Everything),
            (None, None, Some(id)) => naming(ask, (computer, tenant), id),
            (None, Some(id), None) => {
                let task = seen::<Task>(ask, id, "taskId")?.id;
                Ok(About::Item {
                    item: MaintenanceItem::Task(task),
                })
            }
            (Some(id), None, None) => {
                let software = seen::<Software>(ask, id, "softwareId")?.id;
                Ok(About::Item {
                    item: MaintenanceItem::Software(software),
                })
            }
            (_, task, deployment) => {
                let message = "give softwareId, taskId or deploymentId, and not two of them";
                let field = match (task, deployment) {
                    (_, Some(_)) => "deploymentId",
                    _ => "taskId",
                };
                Err(Stop::invalid(message).at(field))
            }
        }
    }
}

impl Change for CancelSessionInput {
    type Of = Session;

    fn plan(&self, ask: &Ask) -> Result<Plan<Session>, Stop> {
        seen::<Session>(ask, &self.id, "id")?.plan(SessionCommand::Cancel)
    }
}

/// The session that a deployment is named for, if whoever asks may, and if naming is all that it waits for.
fn naming(ask: &Ask, (computer, tenant): (ComputerId, TenantId), id: &ID) -> Result<About, Stop> {
    let deployment = seen::<Deployment>(ask, id, "deploymentId")?;
    let (id, view, at) = (deployment.id, ask.view(), ask.now());
    let Some(rule) = deployment.state.rule.as_ref() else {
        return Err(Stop::not_found(Deployment::NOUN).at("deploymentId"));
    };
    if let Some(RuleOutcome::NotCandidate(
        reason @ (NotCandidateReason::NotApproved | NotCandidateReason::OnlyInOnboarding),
    )) = view.outcome_if_named(id, computer, at)
    {
        let principal = Some(ask.principal());
        let sentence = reason.sentence(&SeenNames { principal, view });
        let message = format!("naming the deployment does not change that {sentence}");
        return Err(Stop::refused(Code::DoesNotApply, message).at("deploymentId"));
    }
    let name = |over| Action::NameDeployment { tenant, over };
    if view.is_left_alone(rule.item, computer, at) {
        ask.require(name(Overridden::LeftAlone))?;
    } else {
        ask.require(name(Overridden::Wanted))?;
    }
    Ok(ad_hoc(ask.principal(), tenant, id))
}

/// What a session is that names a deployment for this caller: what is left alone only later is left alone by those who may
/// not say otherwise.
pub fn ad_hoc(principal: Principal, tenant: TenantId, deployment: DeploymentId) -> About {
    let over = Overridden::LeftAlone;
    let may = access::may(principal, Action::NameDeployment { tenant, over }).is_ok();
    About::Deployment {
        deployment,
        over: if may { over } else { Overridden::Wanted },
    }
}

/// What can be changed about maintenance sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Starts a maintenance session. It waits for its turn, and for its computer to come online.
    async fn start_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] input: StartSessionInput,
    ) -> Result<Option<StartSessionPayload>> {
        change(context, "startSession", input).await
    }

    /// Starts a maintenance session on each of many computers, with an answer for each.
    #[graphql(complexity = "1 + times(input.computer_ids.len(), CHANGE_COST + child_complexity)")]
    async fn start_sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computers, and what for.")] input: StartSessionsInput,
    ) -> Result<Option<StartSessionsPayload>> {
        StartSessionsPayload::of(context, &input).await
    }

    /// Cancels many sessions, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn cancel_sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The sessions.")] input: CancelSessionsInput,
    ) -> Result<Option<CancelSessionsPayload>> {
        CancelSessionsPayload::of(context, &input).await
    }

    /// Cancels a session; a script that runs is killed with all that it started.
    async fn cancel_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] input: CancelSessionInput,
    ) -> Result<Option<CancelSessionPayload>> {
        change(context, "cancelSession", input).await
    }
}

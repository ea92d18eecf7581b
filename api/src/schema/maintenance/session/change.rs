//! Starting and cancelling maintenance sessions.

use super::node::SessionNode;
use crate::request::{Request, services};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::change::{Checked, Order, refuse_if_removed};
use crate::schema::fleet::computer::tenant_of_visible;
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::shown::SeenNames;
use crate::schema::types::{UserError, UserErrorCode, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::{Action, Overridden};
use upkeep_domain::fleet::computer::ComputerRejection;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, SessionId, SoftwareId, TenantId};
use upkeep_domain::maintenance::session::{
    Requested, Session, SessionCommand, SessionKind, Status,
};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{NotCandidateReason, RuleOutcome};
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a session.
    SessionPayload {
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
        /// Only what this deployment says of its item, whatever else is said of it: the way to run an ad hoc deployment.
        deployment_id: Option<ID>,
    }
    /// A session.
    SessionInput {
        /// The session.
        id: ID,
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
    ) -> Result<SessionPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let computer = ComputerId(uuid_of("Computer", &input.computer_id)?);
        let Some(tenant) = tenant_of_visible(request, &view, computer) else {
            let error = UserError::not_found("computer").at("computerId");
            return Ok(SessionPayload::new(context, Err(error)));
        };
        request.require(Action::RunSession { tenant })?;
        ok!(
            SessionPayload,
            context,
            refuse_if_removed(&view, Some(tenant))
        );
        if view.is_removed(computer) {
            let removed = ComputerRejection::Removed;
            let error = UserError::new(UserErrorCode::Removed, removed.to_string());
            return Ok(SessionPayload::new(context, Err(error.at("computerId"))));
        }
        let kind = match (&input.software_id, &input.deployment_id) {
            (None, None) => SessionKind::Full,
            (Some(_), Some(_)) => {
                let message = "give softwareId or deploymentId, not both";
                let error = UserError::invalid("deploymentId", &message);
                return Ok(SessionPayload::new(context, Err(error)));
            }
            (None, Some(id)) => {
                let deployment = DeploymentId(uuid_of("Deployment", id)?);
                let place = (computer, tenant);
                ok!(
                    SessionPayload,
                    context,
                    naming(context, &view, place, deployment)?
                )
            }
            (Some(id), None) => {
                let software = SoftwareId(uuid_of("Software", id)?);
                if SoftwareNode::find(request, &view, software).is_none() {
                    let error = UserError::not_found("software").at("softwareId");
                    return Ok(SessionPayload::new(context, Err(error)));
                }
                SessionKind::SingleItem(MaintenanceItem::Software(software))
            }
        };
        let order =
            Order::new(context, "startSession", &input, &input.options)?.of_tenant(Some(tenant));
        let id = SessionId(order.new_id("session"));
        let waiting = view
            .sessions
            .of_computer(computer)
            .filter(|(_, entry)| entry.state.status == Status::Waiting)
            .count();
        let at = services(context).handler.clock().now();
        let request = Requested {
            computer,
            tenant,
            kind,
            at,
        };
        let create = SessionCommand::Create { request, waiting };
        ok!(
            SessionPayload,
            context,
            order.execute::<Session>(context, id, create).await?
        );
        answer!(
            SessionPayload,
            context,
            |r, v| SessionNode::find(r, v, id),
            "session"
        )
    }

    /// Cancels a session; a script that runs is killed with all that it started.
    async fn cancel_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] input: SessionInput,
    ) -> Result<SessionPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = SessionId(uuid_of("MaintenanceSession", &input.id)?);
        let requested = view.sessions.get(id).and_then(|entry| entry.state.request);
        let visible = requested.filter(|r| request.may(Action::ReadComputer { tenant: r.tenant }));
        let Some(requested) = visible else {
            return Ok(SessionPayload::new(
                context,
                Err(UserError::not_found("session")),
            ));
        };
        request.require(Action::RunSession {
            tenant: requested.tenant,
        })?;
        let order = Order::new(context, "cancelSession", &input, &input.options)?
            .of_tenant(Some(requested.tenant));
        let cancel = SessionCommand::Cancel;
        ok!(
            SessionPayload,
            context,
            order.execute::<Session>(context, id, cancel).await?
        );
        answer!(
            SessionPayload,
            context,
            |r, v| SessionNode::find(r, v, id),
            "session"
        )
    }
}

/// The session that a deployment is named for, if the caller may, and if naming is all that it waits for.
fn naming(
    context: &Context<'_>,
    view: &Arc<View>,
    (computer, tenant): (ComputerId, TenantId),
    deployment: DeploymentId,
) -> Checked<SessionKind> {
    let request = Request::of(context);
    let rule = view
        .deployments
        .get(deployment)
        .and_then(|entry| entry.state.rule.as_ref())
        .filter(|_| DeploymentNode::find(request, view, deployment).is_some());
    let Some(rule) = rule else {
        return Ok(Err(UserError::not_found("deployment").at("deploymentId")));
    };
    let at = services(context).handler.clock().now();
    if let Some(RuleOutcome::NotCandidate(
        reason @ (NotCandidateReason::NotApproved | NotCandidateReason::OnlyInOnboarding),
    )) = view.outcome_if_named(deployment, computer, at)
    {
        let sentence = reason.sentence(&SeenNames { request, view });
        let message = format!("naming the deployment does not change that {sentence}");
        let error = UserError::new(UserErrorCode::DoesNotApply, message);
        return Ok(Err(error.at("deploymentId")));
    }
    let name = |over| Action::NameDeployment { tenant, over };
    if view.is_left_alone(rule.item, computer, at) {
        request.require(name(Overridden::LeftAlone))?;
    } else {
        request.require(name(Overridden::Wanted))?;
    }
    Ok(Ok(ad_hoc(request, tenant, deployment)))
}

/// What a session is that names a deployment for this caller: what is left alone only later is left alone by those who may
/// not say otherwise.
pub fn ad_hoc(request: &Request, tenant: TenantId, deployment: DeploymentId) -> SessionKind {
    let over = Overridden::LeftAlone;
    if request.may(Action::NameDeployment { tenant, over }) {
        SessionKind::AdHoc(deployment)
    } else {
        SessionKind::AdHocUnlessIgnored(deployment)
    }
}

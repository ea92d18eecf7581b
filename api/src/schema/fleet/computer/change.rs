//! Changing what is decided about a computer.

use super::node::ComputerNode;
use crate::request::Request;
use crate::schema::change::{Checked, Order, Plan, Planned, found, refuse_if_removed};
use crate::schema::fleet::computer::moving;
use crate::schema::fleet::person::present_person;
use crate::schema::fleet::tenant::visible_tenant;
use crate::schema::types::{UserError, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::rules::deployment::Scope;
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a computer.
    ComputerPayload {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// The answer to a mutation of what is known of a computer.
    ComputerFactsPayload {
        /// The computer, with the change.
        computer: ComputerNode
    }
}

inputs! {
    /// A computer.
    ComputerInput {
        /// The computer.
        id: ID,
    }
    /// Whose computer it is.
    SetPrimaryPersonInput {
        /// The computer.
        computer_id: ID,
        /// The person, of the same tenant; nothing if it is nobody's.
        person_id: Option<ID>,
    }
    /// Whether deployments apply to a computer.
    SetMaintenanceInput {
        /// The computer.
        computer_id: ID,
        /// `true`: none does any more. `false`: they do again.
        is_excluded: bool,
    }
    /// A computer that is gone.
    RemoveComputerInput {
        /// The computer.
        id: ID,
    }
    /// A computer that goes to another tenant.
    MoveComputerInput {
        /// The computer.
        id: ID,
        /// The tenant that it goes to.
        tenant_id: ID,
    }
    /// A removed computer that is there again.
    RestoreComputerInput {
        /// The computer.
        id: ID,
    }
    /// Whether an optional deployment may apply to a computer.
    SetOptionalApprovalInput {
        /// The computer.
        computer_id: ID,
        /// The deployment.
        deployment_id: ID,
        /// `true`: it may. `false`: it may not any more.
        is_approved: bool,
    }
}

changes! {
    SetPrimaryPersonInput = "setPrimaryPerson", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let person = match &this.person_id {
            None => None,
            Some(id) => Some(check!(present_person(request, view, id, "personId")?)),
        };
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::SetPrimaryPerson { person }))
    }
    SetMaintenanceInput = "setMaintenance", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let command = if this.is_excluded {
            ComputerCommand::ExcludeFromMaintenance
        } else {
            ComputerCommand::IncludeInMaintenance
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
    RemoveComputerInput = "removeComputer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.id, "id")?);
        request.require(Action::ManageComputer { tenant })?;
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::Remove))
    }
    MoveComputerInput = "moveComputer", |this, request, view, _command| {
        let (computer, from) = check!(visible_computer(request, view, &this.id, "id")?);
        let to = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        for tenant in [from, to] {
            request.require(Action::ManageComputer { tenant })?;
            check!(refuse_if_removed(view, Some(tenant)));
        }
        if from != to {
            let own = |scope| scope == Scope::Individual { computer };
            check!(moving::check_room(view, to, own));
        }
        Plan::of(to, Planned::Computer(computer, ComputerCommand::Move { tenant: to }))
    }
    RestoreComputerInput = "restoreComputer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.id, "id")?);
        request.require(Action::ManageComputer { tenant })?;
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::Restore))
    }
    SetOptionalApprovalInput = "setOptionalApproval", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let deployment = DeploymentId(uuid_of("Deployment", &this.deployment_id)?);
        let is_there = is_shown(request, view, (computer, tenant), deployment);
        check!(found(is_there.then_some(()), "deployment", "deploymentId"));
        let command = if this.is_approved {
            ComputerCommand::ApproveOptional { deployment }
        } else {
            ComputerCommand::WithdrawApproval { deployment }
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
}

/// Whether the caller knows of a deployment: by seeing it, or because it reaches a computer in whose resolution it is named.
fn is_shown(
    request: &Request,
    view: &View,
    (computer, own): (ComputerId, TenantId),
    deployment: DeploymentId,
) -> bool {
    let entry = view.deployments.get(deployment);
    let Some(rule) = entry.and_then(|entry| entry.state.rule.as_ref()) else {
        return false;
    };
    let scope = rule.target.scope;
    let tenant = view.tenant_of_scope(scope);
    let reaches = match scope {
        Scope::CrossTenant => true,
        Scope::SingleTenant {
            tenant,
            include_children,
        } => tenant == own || include_children && view.ancestors(own).contains(&tenant),
        Scope::Individual { computer: one } => one == computer,
        Scope::Person { .. } => tenant == Some(own),
    };
    reaches || request.may(Action::ReadDeployment { scope, tenant })
}

pub fn visible_computer(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(ComputerId, TenantId)> {
    let computer = ComputerId(uuid_of("Computer", id)?);
    let tenant = view.tenant_of(computer);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }));
    Ok(found(tenant, "computer", field).map(|tenant| (computer, tenant)))
}

pub fn tenant_of_visible(request: &Request, view: &View, computer: ComputerId) -> Option<TenantId> {
    view.tenant_of(computer)
        .filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }))
}

/// What can be changed about computers.
#[derive(Default)]
pub struct ComputerMutation;

#[Object]
impl ComputerMutation {
    /// Says that a computer needs no onboarding any more.
    async fn complete_onboarding(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: ComputerInput,
    ) -> Result<ComputerPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = ComputerId(uuid_of("Computer", &input.id)?);
        let Some(tenant) = tenant_of_visible(request, &view, id) else {
            return Ok(ComputerPayload::new(
                context,
                Err(UserError::not_found("computer")),
            ));
        };
        request.require(Action::ManageComputer { tenant })?;
        let order = Order::new(context, "completeOnboarding", &input, &input.options)?
            .of_tenant(Some(tenant));
        let complete = ComputerCommand::CompleteOnboarding;
        ok!(
            ComputerPayload,
            context,
            order.execute::<Computer>(context, id, complete).await?
        );
        answer!(
            ComputerPayload,
            context,
            |r, v| ComputerNode::find(r, v, id),
            "computer"
        )
    }

    /// Says whose computer it is.
    async fn set_primary_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the person.")] input: SetPrimaryPersonInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Excludes a computer from maintenance, or includes it again: while it is excluded no deployment applies to it.
    async fn set_maintenance(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: SetMaintenanceInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Removes a computer: nothing applies to it any more, its sessions are cancelled and none starts, its agents get nothing.
    /// What is known of it is kept, and restoreComputer brings it back.
    async fn remove_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: RemoveComputerInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Brings a removed computer back, as it was.
    async fn restore_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: RestoreComputerInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Brings a computer to another tenant; one must be allowed to manage computers in both. What is known of it, its tags, its
    /// approvals and the deployments for it alone go along, and its agents follow. Its sessions are cancelled; they and its
    /// events of before stay with the tenant that it leaves, and so do groups and its primary person: they count again if it
    /// comes back, or if the person follows.
    async fn move_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the tenant.")] input: MoveComputerInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Lets an optional deployment apply to a computer, or not any more.
    async fn set_optional_approval(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the deployment.")] input: SetOptionalApprovalInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }
}

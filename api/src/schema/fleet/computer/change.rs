//! Changing what is decided about a computer.

use super::node::ComputerNode;
use crate::schema::change::{change, id_of, seen};
use crate::schema::fleet::person::present_person;
use crate::schema::page::{CHANGE_COST, times};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, At as _, Change, Plan, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId};
use upkeep_domain::rules::deployment::{Deployment, Scope};

payloads! {
    /// The answer to a mutation of a computer.
    [CompleteOnboardingPayload] of Computer {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// The answer to a mutation of what is known of a computer.
    [SetComputerPrimaryPersonPayload SetComputerMaintenanceExclusionPayload RemoveComputerPayload RestoreComputerPayload MoveComputerPayload SetComputerDeploymentApprovalPayload RecordMetascriptAnswerPayload ReportInventoryDetailPayload] of Computer {
        /// The computer, with the change.
        computer: ComputerNode
    }
}

bulk! {
    /// Whether deployments apply to many computers.
    SetComputersMaintenanceExclusionInput {
        /// The computers, at most 500.
        ids,
        /// `true`: none does any more. `false`: they do again.
        is_excluded: bool,
    }
    each "setComputerMaintenanceExclusion": SetComputerMaintenanceExclusionInput, "ids" of "id" = |many, id, options| SetComputerMaintenanceExclusionInput {
        id: id.clone(),
        is_excluded: many.is_excluded,
        options,
    };
    SetComputersMaintenanceExclusionPayload of SetComputersMaintenanceExclusionResult {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// Computers that need no onboarding any more.
    CompleteOnboardingsInput {
        /// The computers, at most 500.
        ids,
    }
    each "completeOnboarding": CompleteOnboardingInput, "ids" of "id" = |_many, id, options| CompleteOnboardingInput {
        id: id.clone(),
        options,
    };
    CompleteOnboardingsPayload of CompleteOnboardingsResult {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// Computers that are gone.
    RemoveComputersInput {
        /// The computers, at most 500.
        ids,
    }
    each "removeComputer": RemoveComputerInput, "ids" of "id" = |_many, id, options| RemoveComputerInput {
        id: id.clone(),
        options,
    };
    RemoveComputersPayload of RemoveComputersResult {
        /// The computer, with the change.
        computer: ComputerNode
    }
}

inputs! {
    /// A computer.
    CompleteOnboardingInput {
        /// The computer.
        id: ID,
    }
    /// Whose computer it is.
    SetComputerPrimaryPersonInput {
        /// The computer.
        id: ID,
        /// The person, of the same tenant; nothing if it is nobody's.
        person_id: Option<ID>,
    }
    /// Whether deployments apply to a computer.
    SetComputerMaintenanceExclusionInput {
        /// The computer.
        id: ID,
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
    SetComputerDeploymentApprovalInput {
        /// The computer.
        id: ID,
        /// The deployment.
        deployment_id: ID,
        /// `true`: it may. `false`: it may not any more.
        is_approved: bool,
    }
}

impl Change for CompleteOnboardingInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        seen::<Computer>(ask, &self.id, "id")?.plan(ComputerCommand::CompleteOnboarding)
    }
}

impl Change for SetComputerPrimaryPersonInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let computer = seen::<Computer>(ask, &self.id, "id")?;
        let person = match &self.person_id {
            None => None,
            Some(id) => Some(present_person(ask, id, "personId")?),
        };
        computer.plan(ComputerCommand::SetPrimaryPerson { person })
    }
}

impl Change for SetComputerMaintenanceExclusionInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let command = if self.is_excluded {
            ComputerCommand::ExcludeFromMaintenance
        } else {
            ComputerCommand::IncludeInMaintenance
        };
        seen::<Computer>(ask, &self.id, "id")?.plan(command)
    }
}

impl Change for RemoveComputerInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        seen::<Computer>(ask, &self.id, "id")?.plan(ComputerCommand::Remove)
    }
}

impl Change for MoveComputerInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let computer = seen::<Computer>(ask, &self.id, "id")?;
        let from = ask.view().tenant_of(computer.id);
        let tenant = seen::<Tenant>(ask, &self.tenant_id, "tenantId")?.id;
        let plan = computer.plan(ComputerCommand::Move { tenant })?;
        ask.refuse_if_removed(from)?;
        if from != Some(tenant) {
            let computer = plan.id();
            let own = |scope| scope == Scope::Individual { computer };
            ask.has_room_for(tenant, own).at("tenantId")?;
        }
        Ok(plan)
    }
}

impl Change for RestoreComputerInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        seen::<Computer>(ask, &self.id, "id")?.plan(ComputerCommand::Restore)
    }
}

impl Change for SetComputerDeploymentApprovalInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let computer = seen::<Computer>(ask, &self.id, "id")?;
        let deployment = id_of::<Deployment>(&self.deployment_id, "deploymentId")?;
        let id = computer.id;
        let plan = computer.plan(if self.is_approved {
            ComputerCommand::ApproveOptional { deployment }
        } else {
            ComputerCommand::WithdrawApproval { deployment }
        })?;
        if is_shown(ask, id, deployment) {
            Ok(plan)
        } else {
            Err(Stop::not_found(Deployment::NOUN).at("deploymentId"))
        }
    }
}

/// Whether whoever asks knows of a deployment: by seeing it, or because it reaches a computer in whose resolution it is named.
fn is_shown(ask: &Ask, computer: ComputerId, deployment: DeploymentId) -> bool {
    let view = ask.view();
    let entry = view.deployments.get(deployment);
    let Some(rule) = entry.and_then(|entry| entry.state.rule.as_ref()) else {
        return false;
    };
    let scope = rule.target.scope;
    let own = view.tenant_of(computer);
    let reaches = match scope {
        Scope::CrossTenant => true,
        Scope::SingleTenant {
            tenant,
            include_children,
        } => own.is_some_and(|own| {
            tenant == own || include_children && view.ancestors(own).contains(&tenant)
        }),
        Scope::Individual { computer: one } => one == computer,
        Scope::Person { .. } => own.is_some() && view.tenant_of_scope(scope) == own,
    };
    reaches || ask.see::<Deployment>(deployment).is_ok()
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
        #[graphql(desc = "The computer.")] input: CompleteOnboardingInput,
    ) -> Result<Option<CompleteOnboardingPayload>> {
        change(context, "completeOnboarding", input).await
    }

    /// Says of many computers that they need no onboarding any more, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn complete_onboardings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computers.")] input: CompleteOnboardingsInput,
    ) -> Result<Option<CompleteOnboardingsPayload>> {
        CompleteOnboardingsPayload::of(context, &input).await
    }

    /// Excludes many computers from maintenance, or includes them again, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn set_computers_maintenance_exclusion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computers.")] input: SetComputersMaintenanceExclusionInput,
    ) -> Result<Option<SetComputersMaintenanceExclusionPayload>> {
        SetComputersMaintenanceExclusionPayload::of(context, &input).await
    }

    /// Removes many computers, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn remove_computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computers.")] input: RemoveComputersInput,
    ) -> Result<Option<RemoveComputersPayload>> {
        RemoveComputersPayload::of(context, &input).await
    }

    /// Says whose computer it is.
    async fn set_computer_primary_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the person.")] input: SetComputerPrimaryPersonInput,
    ) -> Result<Option<SetComputerPrimaryPersonPayload>> {
        change(context, "setComputerPrimaryPerson", input).await
    }

    /// Excludes a computer from maintenance, or includes it again: while it is excluded no deployment applies to it.
    async fn set_computer_maintenance_exclusion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: SetComputerMaintenanceExclusionInput,
    ) -> Result<Option<SetComputerMaintenanceExclusionPayload>> {
        change(context, "setComputerMaintenanceExclusion", input).await
    }

    /// Removes a computer: nothing applies to it any more, its sessions are cancelled and none starts, its agents get nothing.
    /// What is known of it is kept, and restoreComputer brings it back.
    async fn remove_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: RemoveComputerInput,
    ) -> Result<Option<RemoveComputerPayload>> {
        change(context, "removeComputer", input).await
    }

    /// Brings a removed computer back, as it was.
    async fn restore_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: RestoreComputerInput,
    ) -> Result<Option<RestoreComputerPayload>> {
        change(context, "restoreComputer", input).await
    }

    /// Brings a computer to another tenant; one must be allowed to manage computers in both. What is known of it, its tags, its
    /// approvals and the deployments for it alone go along, and its agents follow. Its sessions are cancelled; they and its
    /// events of before stay with the tenant that it leaves, and so do groups and its primary person: they count again if it
    /// comes back, or if the person follows.
    async fn move_computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the tenant.")] input: MoveComputerInput,
    ) -> Result<Option<MoveComputerPayload>> {
        change(context, "moveComputer", input).await
    }

    /// Lets an optional deployment apply to a computer, or not any more.
    async fn set_computer_deployment_approval(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer and the deployment.")]
        input: SetComputerDeploymentApprovalInput,
    ) -> Result<Option<SetComputerDeploymentApprovalPayload>> {
        change(context, "setComputerDeploymentApproval", input).await
    }
}

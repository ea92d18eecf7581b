//! Changing what targets read: tags, people, groups, agreements, tenants' settings, what is known of computers.

use super::fact_inputs::{
    AddAgreementInput, AddPersonInput, AgreementInput, ChangeAgreementInput,
    ChangeGroupMembersInput, ChangeTagsInput, CreateCloudTaskInput, CreateGroupInput, GroupInput,
    MoveComputerInput, MovePersonInput, PersonInput, RecordAdditionInput,
    RecordMetascriptAnswerInput, RemoveAdditionInput, RemoveComputerInput, RemoveTenantInput,
    RenameCloudTaskInput, RenamePersonInput, ReportInventoryDetailInput, RestoreComputerInput,
    RestoreTenantInput, SetCrossTenantInput, SetMaintenanceInput, SetOptionalApprovalInput,
    SetPrimaryPersonInput, SetTenantParentInput, SetTimeZoneInput, SetUpnInput,
};
use crate::request::Request;
use crate::schema::change::{Order, Planned, carry_out, name};
use crate::schema::computer::ComputerNode;
use crate::schema::facts::{AgreementNode, CloudTaskNode, GroupNode, PersonNode};
use crate::schema::tenant::TenantNode;
use crate::schema::types::{PositionScalar, UserError, uuid_of};
use async_graphql::{Context, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::kernel::ids::CloudTaskId;
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a person.
    PersonPayload {
        /// The person, with the change.
        person: PersonNode
    }
    /// The answer to a mutation of a group.
    GroupPayload {
        /// The group, with the change.
        group: GroupNode
    }
    /// The answer to a mutation of an agreement.
    AgreementPayload {
        /// The agreement, with the change.
        agreement: AgreementNode
    }
    /// The answer to a mutation of a cloud task.
    CloudTaskPayload {
        /// The cloud task, with the change.
        cloud_task: CloudTaskNode
    }
    /// The answer to a mutation of what is known of a computer.
    ComputerFactsPayload {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// The answer to a mutation of a tenant's settings.
    TenantSettingsPayload {
        /// The tenant, with the change.
        tenant: TenantNode
    }
}

/// The answer to a change of tags.
#[derive(SimpleObject)]
pub struct ChangeTagsPayload {
    /// The computer with the change, if it was about one.
    computer: Option<ComputerNode>,
    /// The tenant with the change, if it was about one.
    tenant: Option<TenantNode>,
    /// The person with the change, if it was about one.
    person: Option<PersonNode>,
    /// Why nothing was changed; empty if all is well.
    user_errors: Vec<UserError>,
    /// The position at which this answer is true.
    position: PositionScalar,
}

impl ChangeTagsPayload {
    fn new(context: &Context<'_>, done: Result<Planned, UserError>) -> Self {
        let request = Request::of(context);
        let view = request.view();
        let mut payload = Self {
            computer: None,
            tenant: None,
            person: None,
            user_errors: vec![],
            position: PositionScalar(view.position()),
        };
        match done {
            Ok(Planned::Computer(id, _)) => {
                payload.computer = ComputerNode::find(request, &view, id);
            }
            Ok(Planned::Tenant(id, _)) => payload.tenant = TenantNode::find(request, &view, id),
            Ok(Planned::Person(id, _)) => payload.person = PersonNode::find(request, &view, id),
            Ok(_) => {}
            Err(error) => payload.user_errors.push(error),
        }
        payload
    }
}

/// Everything that can be changed about what targets read.
#[derive(Default)]
pub struct FactMutation;

/// Everything that can be changed about what targets read.
#[Object]
impl FactMutation {
    /// Gives tags to a computer, a tenant or a person, and takes them away.
    async fn change_tags(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who, and which tags.")] input: ChangeTagsInput,
    ) -> Result<ChangeTagsPayload> {
        let done = carry_out(context, &input).await?;
        Ok(ChangeTagsPayload::new(context, done))
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

    /// Records what a metascript said of a computer, so that deployments can be for those of which it said yes.
    async fn record_metascript_answer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RecordMetascriptAnswerInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Reports what an integration knows of a computer besides its agent.
    async fn report_inventory_detail(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is known.")] input: ReportInventoryDetailInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Adds a person.
    async fn add_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person.")] input: AddPersonInput,
    ) -> Result<PersonPayload> {
        changed!(PersonPayload, context, input, Person => PersonNode, "person")
    }

    /// Gives a person another name.
    async fn rename_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the name.")] input: RenamePersonInput,
    ) -> Result<PersonPayload> {
        changed!(PersonPayload, context, input, Person => PersonNode, "person")
    }

    /// Gives a person another user principal name, or takes it away.
    async fn set_upn(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the user principal name.")] input: SetUpnInput,
    ) -> Result<PersonPayload> {
        changed!(PersonPayload, context, input, Person => PersonNode, "person")
    }

    /// Says that a person left: nobody's primary person and in no group any more.
    async fn remove_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person.")] input: PersonInput,
    ) -> Result<PersonPayload> {
        changed!(PersonPayload, context, input, Person => PersonNode, "person")
    }

    /// Brings a person to another tenant; one must be allowed to manage people in both. Tags and the deployments for the
    /// person's computers go along. Computers and groups of the tenant that the person leaves do not count any more.
    async fn move_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the tenant.")] input: MovePersonInput,
    ) -> Result<PersonPayload> {
        changed!(PersonPayload, context, input, Person => PersonNode, "person")
    }

    /// Creates a group.
    async fn create_group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group.")] input: CreateGroupInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }

    /// Adds members to a group and takes members away.
    async fn change_group_members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group and the members.")] input: ChangeGroupMembersInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }

    /// Removes a group; targets that name it match nothing any more.
    async fn remove_group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group.")] input: GroupInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }

    /// Adds an agreement of a tenant.
    async fn add_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: AddAgreementInput,
    ) -> Result<AgreementPayload> {
        changed!(AgreementPayload, context, input, Agreement => AgreementNode, "agreement")
    }

    /// Changes an agreement's type, its days, or both.
    async fn change_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeAgreementInput,
    ) -> Result<AgreementPayload> {
        changed!(AgreementPayload, context, input, Agreement => AgreementNode, "agreement")
    }

    /// Puts a product on an agreement, or changes the days on which it counts: an offboarding can be scheduled so.
    async fn record_addition(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The product and its days.")] input: RecordAdditionInput,
    ) -> Result<AgreementPayload> {
        changed!(AgreementPayload, context, input, Agreement => AgreementNode, "agreement")
    }

    /// Takes a product off an agreement.
    async fn remove_addition(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The product.")] input: RemoveAdditionInput,
    ) -> Result<AgreementPayload> {
        changed!(AgreementPayload, context, input, Agreement => AgreementNode, "agreement")
    }

    /// Removes an agreement.
    async fn remove_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: AgreementInput,
    ) -> Result<AgreementPayload> {
        changed!(AgreementPayload, context, input, Agreement => AgreementNode, "agreement")
    }

    /// Says in which time zone a tenant's days begin and end.
    async fn set_time_zone(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and the zone.")] input: SetTimeZoneInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Excludes a tenant and its computers from cross-tenant deployments, or includes it again.
    async fn set_cross_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: SetCrossTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Removes a tenant that has none below it: nothing applies to it and its computers any more, sessions are cancelled and none
    /// starts, nobody enrols, its API tokens are worth nothing, and nothing in it changes; tokens and agents can still be revoked. What is
    /// known of it is kept, and restoreTenant brings it back.
    async fn remove_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RemoveTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Brings a removed tenant back, as it was.
    async fn restore_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RestoreTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Puts a tenant below another one, or at the top.
    async fn set_tenant_parent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and its parent.")] input: SetTenantParentInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Creates a cloud task. Assign it to tenants by deployments.
    async fn create_cloud_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The cloud task.")] input: CreateCloudTaskInput,
    ) -> Result<CloudTaskPayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "createCloudTask", &input, &input.options)?;
        let id = CloudTaskId(order.new_id("cloudTask"));
        let name = ok!(CloudTaskPayload, context, name("name", &input.name));
        change_task(context, &order, id, CloudTaskCommand::Create { name }).await
    }

    /// Gives a cloud task another name.
    async fn rename_cloud_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The cloud task and its name.")] input: RenameCloudTaskInput,
    ) -> Result<CloudTaskPayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "renameCloudTask", &input, &input.options)?;
        let id = CloudTaskId(uuid_of("CloudTask", &input.id)?);
        let name = ok!(CloudTaskPayload, context, name("name", &input.name));
        change_task(context, &order, id, CloudTaskCommand::Rename { name }).await
    }
}

async fn change_task(
    context: &Context<'_>,
    order: &Order,
    id: CloudTaskId,
    command: CloudTaskCommand,
) -> Result<CloudTaskPayload> {
    let done = order.execute::<CloudTask>(context, id, command).await?;
    ok!(CloudTaskPayload, context, done);
    let find = |request: &Request, view: &Arc<View>| CloudTaskNode::find(request, view, id);
    answer!(CloudTaskPayload, context, find, "cloud task")
}

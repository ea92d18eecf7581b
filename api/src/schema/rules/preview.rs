//! What would change: any change of what resolution reads, imagined.

use crate::request::{Request, view_at};
use crate::schema::change::{Change, Checked, Plan, imagined};
use crate::schema::fleet::agreement::{
    AddAgreementInput, AgreementInput, ChangeAgreementInput, RecordAdditionInput,
    RemoveAdditionInput,
};
use crate::schema::fleet::computer::{
    MoveComputerInput, RecordMetascriptAnswerInput, RemoveComputerInput,
    ReportInventoryDetailInput, RestoreComputerInput, SetMaintenanceInput,
    SetOptionalApprovalInput, SetPrimaryPersonInput,
};
use crate::schema::fleet::group::{ChangeGroupMembersInput, GroupInput};
use crate::schema::fleet::person::{MovePersonInput, PersonInput, RenamePersonInput, SetUpnInput};
use crate::schema::fleet::tag::ChangeTagsInput;
use crate::schema::fleet::tenant::{
    RemoveTenantInput, RenameTenantInput, RestoreTenantInput, SetCrossTenantInput,
    SetTenantParentInput, SetTimeZoneInput,
};
use crate::schema::rules::deployment::{
    Approve, ChangeDeploymentInput, CreateDeploymentInput, Delete, DeploymentInput, Disable,
    Dismiss, Enable,
};
use crate::schema::rules::difference::DifferenceNode;
use crate::schema::types::{AsOfInput, UserError};
use async_graphql::{Context, Object, OneofObject, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_projections::View;
use uuid::Uuid;

/// A change to be imagined: give exactly one. The inputs are those of the mutations of the same name; their options and
/// confirmImpact are not looked at.
#[derive(Clone, Debug, OneofObject)]
pub enum PreviewInput {
    /// A new deployment.
    CreateDeployment(CreateDeploymentInput),
    /// Something else in a deployment.
    ChangeDeployment(ChangeDeploymentInput),
    /// A deployment disabled.
    DisableDeployment(DeploymentInput),
    /// A deployment enabled.
    EnableDeployment(DeploymentInput),
    /// A deployment deleted.
    DeleteDeployment(DeploymentInput),
    /// A recommended deployment approved.
    ApproveRecommendation(DeploymentInput),
    /// A recommended deployment dismissed.
    DismissRecommendation(DeploymentInput),
    /// Other tags on a computer, a tenant or a person.
    ChangeTags(ChangeTagsInput),
    /// Other members of a group.
    ChangeGroupMembers(ChangeGroupMembersInput),
    /// A group removed.
    RemoveGroup(GroupInput),
    /// Another primary person of a computer.
    SetPrimaryPerson(SetPrimaryPersonInput),
    /// A person who leaves.
    RemovePerson(PersonInput),
    /// A person who goes to another tenant.
    MovePerson(MovePersonInput),
    /// Another name for a person.
    RenamePerson(RenamePersonInput),
    /// Another user principal name of a person.
    SetUpn(SetUpnInput),
    /// Another name for a tenant.
    RenameTenant(RenameTenantInput),
    /// A tenant removed.
    RemoveTenant(RemoveTenantInput),
    /// A removed tenant restored.
    RestoreTenant(RestoreTenantInput),
    /// Another parent of a tenant.
    SetTenantParent(SetTenantParentInput),
    /// A tenant excluded from cross-tenant deployments, or included.
    SetCrossTenant(SetCrossTenantInput),
    /// Another time zone of a tenant.
    SetTimeZone(SetTimeZoneInput),
    /// A new agreement.
    AddAgreement(AddAgreementInput),
    /// Something else in an agreement.
    ChangeAgreement(ChangeAgreementInput),
    /// An agreement removed.
    RemoveAgreement(AgreementInput),
    /// A product on an agreement, or other days of one.
    RecordAddition(RecordAdditionInput),
    /// A product off an agreement.
    RemoveAddition(RemoveAdditionInput),
    /// A computer that goes to another tenant.
    MoveComputer(MoveComputerInput),
    /// A computer removed.
    RemoveComputer(RemoveComputerInput),
    /// A removed computer restored.
    RestoreComputer(RestoreComputerInput),
    /// A computer excluded from maintenance, or included.
    SetMaintenance(SetMaintenanceInput),
    /// An optional deployment approved for a computer, or not any more.
    SetOptionalApproval(SetOptionalApprovalInput),
    /// Another inventory of a computer.
    ReportInventoryDetail(ReportInventoryDetailInput),
    /// Another answer of a metascript.
    RecordMetascriptAnswer(RecordMetascriptAnswerInput),
}

impl PreviewInput {
    fn plan(self, request: &Request, view: &View, command: CommandId) -> Checked<Plan> {
        match self {
            Self::CreateDeployment(input) => input.plan(request, view, command),
            Self::ChangeDeployment(input) => input.plan(request, view, command),
            Self::DisableDeployment(input) => Disable(input).plan(request, view),
            Self::EnableDeployment(input) => Enable(input).plan(request, view),
            Self::DeleteDeployment(input) => Delete(input).plan(request, view),
            Self::ApproveRecommendation(input) => Approve(input).plan(request, view),
            Self::DismissRecommendation(input) => Dismiss(input).plan(request, view),
            Self::ChangeTags(input) => input.plan(request, view, command),
            Self::ChangeGroupMembers(input) => input.plan(request, view, command),
            Self::RemoveGroup(input) => input.plan(request, view, command),
            Self::SetPrimaryPerson(input) => input.plan(request, view, command),
            Self::RemovePerson(input) => input.plan(request, view, command),
            Self::MovePerson(input) => input.plan(request, view, command),
            Self::RenamePerson(input) => input.plan(request, view, command),
            Self::SetUpn(input) => input.plan(request, view, command),
            Self::RenameTenant(input) => input.plan(request, view, command),
            Self::RemoveTenant(input) => input.plan(request, view, command),
            Self::RestoreTenant(input) => input.plan(request, view, command),
            Self::SetTenantParent(input) => input.plan(request, view, command),
            Self::SetCrossTenant(input) => input.plan(request, view, command),
            Self::SetTimeZone(input) => input.plan(request, view, command),
            Self::AddAgreement(input) => input.plan(request, view, command),
            Self::ChangeAgreement(input) => input.plan(request, view, command),
            Self::RemoveAgreement(input) => input.plan(request, view, command),
            Self::RecordAddition(input) => input.plan(request, view, command),
            Self::RemoveAddition(input) => input.plan(request, view, command),
            Self::MoveComputer(input) => input.plan(request, view, command),
            Self::RemoveComputer(input) => input.plan(request, view, command),
            Self::RestoreComputer(input) => input.plan(request, view, command),
            Self::SetMaintenance(input) => input.plan(request, view, command),
            Self::SetOptionalApproval(input) => input.plan(request, view, command),
            Self::ReportInventoryDetail(input) => input.plan(request, view, command),
            Self::RecordMetascriptAnswer(input) => input.plan(request, view, command),
        }
    }
}

/// The difference that a change would make; only those who may make it may ask.
pub async fn preview(
    context: &Context<'_>,
    view: &Arc<View>,
    input: PreviewInput,
) -> Result<PreviewNode> {
    let command = CommandId(Uuid::now_v7());
    let planned = input.plan(Request::of(context), view, command)?;
    let found = match planned {
        Ok(plan) => imagined(context, view, &plan, command).await?,
        Err(error) => Err(error),
    };
    Ok(match found {
        Ok(difference) => PreviewNode {
            difference: Some(DifferenceNode::new(difference)),
            error: None,
        },
        Err(error) => PreviewNode {
            difference: None,
            error: Some(error),
        },
    })
}

/// The answer to a question of what would change.
pub struct PreviewNode {
    pub difference: Option<DifferenceNode>,
    pub error: Option<UserError>,
}

/// The answer to a question of what would change. Nothing was saved.
#[Object(name = "Preview")]
impl PreviewNode {
    /// The exact difference; nothing if the change would be refused.
    async fn difference(&self) -> Option<&DifferenceNode> {
        self.difference.as_ref()
    }

    /// Why the change would be refused; empty if it would not.
    async fn user_errors(&self) -> Vec<UserError> {
        self.error.iter().cloned().collect()
    }
}

/// What can be asked about what is not saved.
#[derive(Default)]
pub struct PreviewQuery;

#[Object]
impl PreviewQuery {
    /// What would change if something were changed: the exact difference, found by the code that would make the change.
    /// Nothing is saved.
    #[graphql(complexity = "100 + child_complexity")]
    async fn preview_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The change.")] change: PreviewInput,
        #[graphql(desc = "A moment; a future one shows what will be different then.")]
        as_of: Option<AsOfInput>,
    ) -> Result<PreviewNode> {
        let view = view_at(context, as_of).await?;
        preview(context, &view, change).await
    }
}

//! What would change: any change of what resolution reads, imagined.

use crate::error;
use crate::request::{Request, services, view_at};
use crate::schema::fleet::agreement::{
    AddAgreementInput, ChangeAgreementInput, RecordAgreementAdditionInput,
    RemoveAgreementAdditionInput, RemoveAgreementInput,
};
use crate::schema::fleet::computer::{
    MoveComputerInput, RecordMetascriptAnswerInput, RemoveComputerInput,
    ReportInventoryDetailInput, RestoreComputerInput, SetComputerDeploymentApprovalInput,
    SetComputerMaintenanceExclusionInput, SetComputerPrimaryPersonInput,
};
use crate::schema::fleet::group::{ChangeGroupMembersInput, RemoveGroupInput};
use crate::schema::fleet::person::{
    MovePersonInput, RemovePersonInput, RenamePersonInput, SetPersonUpnInput,
};
use crate::schema::fleet::tag::ChangeTagsInput;
use crate::schema::fleet::tenant::{
    RemoveTenantInput, RenameTenantInput, RestoreTenantInput, SetTenantCrossTenantExclusionInput,
    SetTenantParentInput, SetTenantTimeZoneInput,
};
use crate::schema::rules::deployment::{
    ApproveRecommendationInput, ChangeDeploymentInput, CreateDeploymentInput,
    DeleteDeploymentInput, DisableDeploymentInput, DismissRecommendationInput,
    EnableDeploymentInput,
};
use crate::schema::rules::difference::DifferenceNode;
use crate::schema::types::{AsOfInput, UserError};
use async_graphql::{Context, InputType, Object, OneofObject, Result, Value};
use std::sync::Arc;
use upkeep_commands::{Ask, Commands, Stop};
use upkeep_projections::{Difference, View};

/// A change to be imagined: give exactly one. The inputs are those of the mutations of the same name; their options and
/// confirmImpact are not looked at.
#[derive(Clone, Debug, OneofObject)]
pub enum PreviewInput {
    /// A new deployment.
    CreateDeployment(CreateDeploymentInput),
    /// Something else in a deployment.
    ChangeDeployment(ChangeDeploymentInput),
    /// A deployment disabled.
    DisableDeployment(DisableDeploymentInput),
    /// A deployment enabled.
    EnableDeployment(EnableDeploymentInput),
    /// A deployment deleted.
    DeleteDeployment(DeleteDeploymentInput),
    /// A recommended deployment approved.
    ApproveRecommendation(ApproveRecommendationInput),
    /// A recommended deployment dismissed.
    DismissRecommendation(DismissRecommendationInput),
    /// Other tags on a computer, a tenant or a person.
    ChangeTags(ChangeTagsInput),
    /// Other members of a group.
    ChangeGroupMembers(ChangeGroupMembersInput),
    /// A group removed.
    RemoveGroup(RemoveGroupInput),
    /// Another primary person of a computer.
    SetComputerPrimaryPerson(SetComputerPrimaryPersonInput),
    /// A person who leaves.
    RemovePerson(RemovePersonInput),
    /// A person who goes to another tenant.
    MovePerson(MovePersonInput),
    /// Another name for a person.
    RenamePerson(RenamePersonInput),
    /// Another user principal name of a person.
    SetPersonUpn(SetPersonUpnInput),
    /// Another name for a tenant.
    RenameTenant(RenameTenantInput),
    /// A tenant removed.
    RemoveTenant(RemoveTenantInput),
    /// A removed tenant restored.
    RestoreTenant(RestoreTenantInput),
    /// Another parent of a tenant.
    SetTenantParent(SetTenantParentInput),
    /// A tenant excluded from cross-tenant deployments, or included.
    SetTenantCrossTenantExclusion(SetTenantCrossTenantExclusionInput),
    /// Another time zone of a tenant.
    SetTenantTimeZone(SetTenantTimeZoneInput),
    /// A new agreement.
    AddAgreement(AddAgreementInput),
    /// Something else in an agreement.
    ChangeAgreement(ChangeAgreementInput),
    /// An agreement removed.
    RemoveAgreement(RemoveAgreementInput),
    /// A product on an agreement, or other days of one.
    RecordAgreementAddition(RecordAgreementAdditionInput),
    /// A product off an agreement.
    RemoveAgreementAddition(RemoveAgreementAdditionInput),
    /// A computer that goes to another tenant.
    MoveComputer(MoveComputerInput),
    /// A computer removed.
    RemoveComputer(RemoveComputerInput),
    /// A removed computer restored.
    RestoreComputer(RestoreComputerInput),
    /// A computer excluded from maintenance, or included.
    SetComputerMaintenanceExclusion(SetComputerMaintenanceExclusionInput),
    /// An optional deployment approved for a computer, or not any more.
    SetComputerDeploymentApproval(SetComputerDeploymentApprovalInput),
    /// Another inventory of a computer.
    ReportInventoryDetail(ReportInventoryDetailInput),
    /// Another answer of a metascript.
    RecordMetascriptAnswer(RecordMetascriptAnswerInput),
}

impl PreviewInput {
    async fn imagine(&self, ask: &Ask) -> Result<Difference, Stop> {
        match self {
            Self::CreateDeployment(input) => Commands::imagine(ask, input).await,
            Self::ChangeDeployment(input) => Commands::imagine(ask, input).await,
            Self::DisableDeployment(input) => Commands::imagine(ask, input).await,
            Self::EnableDeployment(input) => Commands::imagine(ask, input).await,
            Self::DeleteDeployment(input) => Commands::imagine(ask, input).await,
            Self::ApproveRecommendation(input) => Commands::imagine(ask, input).await,
            Self::DismissRecommendation(input) => Commands::imagine(ask, input).await,
            Self::ChangeTags(input) => input.imagine(ask).await,
            Self::ChangeGroupMembers(input) => Commands::imagine(ask, input).await,
            Self::RemoveGroup(input) => Commands::imagine(ask, input).await,
            Self::SetComputerPrimaryPerson(input) => Commands::imagine(ask, input).await,
            Self::RemovePerson(input) => Commands::imagine(ask, input).await,
            Self::MovePerson(input) => Commands::imagine(ask, input).await,
            Self::RenamePerson(input) => Commands::imagine(ask, input).await,
            Self::SetPersonUpn(input) => Commands::imagine(ask, input).await,
            Self::RenameTenant(input) => Commands::imagine(ask, input).await,
            Self::RemoveTenant(input) => Commands::imagine(ask, input).await,
            Self::RestoreTenant(input) => Commands::imagine(ask, input).await,
            Self::SetTenantParent(input) => Commands::imagine(ask, input).await,
            Self::SetTenantCrossTenantExclusion(input) => Commands::imagine(ask, input).await,
            Self::SetTenantTimeZone(input) => Commands::imagine(ask, input).await,
            Self::AddAgreement(input) => Commands::imagine(ask, input).await,
            Self::ChangeAgreement(input) => Commands::imagine(ask, input).await,
            Self::RemoveAgreement(input) => Commands::imagine(ask, input).await,
            Self::RecordAgreementAddition(input) => Commands::imagine(ask, input).await,
            Self::RemoveAgreementAddition(input) => Commands::imagine(ask, input).await,
            Self::MoveComputer(input) => Commands::imagine(ask, input).await,
            Self::RemoveComputer(input) => Commands::imagine(ask, input).await,
            Self::RestoreComputer(input) => Commands::imagine(ask, input).await,
            Self::SetComputerMaintenanceExclusion(input) => Commands::imagine(ask, input).await,
            Self::SetComputerDeploymentApproval(input) => Commands::imagine(ask, input).await,
            Self::ReportInventoryDetail(input) => Commands::imagine(ask, input).await,
            Self::RecordMetascriptAnswer(input) => Commands::imagine(ask, input).await,
        }
    }
}

impl PreviewInput {
    /// The member that is given.
    fn name(&self) -> String {
        match self.to_value() {
            Value::Object(members) => members.keys().map(ToString::to_string).collect(),
            _ => String::new(),
        }
    }
}

/// The difference that a change would make; only those who may make it may ask.
pub async fn preview(
    context: &Context<'_>,
    view: &Arc<View>,
    input: PreviewInput,
) -> Result<PreviewNode> {
    let principal = Request::of(context).principal()?;
    let commands = &services(context).commands;
    let now = commands.clock().now();
    let ask = Ask::imagined(principal, view.clone(), now, commands.world());
    Ok(match input.imagine(&ask).await {
        Ok(difference) => PreviewNode {
            difference: Some(DifferenceNode::new(difference)),
            error: None,
        },
        Err(stop) => PreviewNode {
            difference: None,
            error: Some(error::of_stop_in(stop, &["change", &input.name()])?),
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
    async fn preview_change(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The change.")] change: PreviewInput,
        #[graphql(
            desc = "A moment; a future one shows what will be different then; now if not given."
        )]
        as_of: Option<AsOfInput>,
    ) -> Result<Option<PreviewNode>> {
        let view = view_at(context, as_of).await?;
        preview(context, &view, change).await.map(Some)
    }
}

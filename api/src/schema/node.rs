use super::agent::AgentNode;
use super::computer::ComputerNode;
use super::deployment::DeploymentNode;
use super::facts::{AgreementNode, CloudTaskNode, GroupNode, PersonNode};
use super::session::SessionNode;
use super::software::SoftwareNode;
use super::tenant::TenantNode;
use super::token::{ApiTokenNode, EnrolmentTokenNode};
use super::types::parse_global_id;
use crate::error::ErrorCode;
use crate::request::Request;
use async_graphql::{Context, ID, Interface, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{
    AgentId, AgreementId, ApiTokenId, CloudTaskId, ComputerId, DeploymentId, EnrolmentTokenId,
    GroupId, PersonId, SessionId, SoftwareId, TenantId,
};
use upkeep_projections::View;

/// Whatever has a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub enum Node {
    /// A tenant.
    Tenant(TenantNode),
    /// A software.
    Software(SoftwareNode),
    /// A deployment.
    Deployment(DeploymentNode),
    /// A computer.
    Computer(ComputerNode),
    /// An agent.
    Agent(AgentNode),
    /// A maintenance session.
    MaintenanceSession(SessionNode),
    /// An API token.
    ApiToken(ApiTokenNode),
    /// An enrolment token.
    EnrolmentToken(EnrolmentTokenNode),
    /// A person.
    Person(PersonNode),
    /// A group.
    Group(GroupNode),
    /// An agreement.
    Agreement(AgreementNode),
    /// A cloud task.
    CloudTask(CloudTaskNode),
}

/// The thing with this global id, if it exists and the caller may see it.
pub async fn find(context: &Context<'_>, view: &Arc<View>, id: &ID) -> Result<Option<Node>> {
    let request = Request::of(context);
    let Some((Some(kind), uuid)) = parse_global_id(id) else {
        return Err(ErrorCode::BadUserInput.error(format!("{:?} is no global id", id.as_str())));
    };
    Ok(match kind.as_str() {
        "Tenant" => TenantNode::find(request, view, TenantId(uuid)).map(Node::Tenant),
        "Software" => SoftwareNode::find(request, view, SoftwareId(uuid)).map(Node::Software),
        "Deployment" => {
            DeploymentNode::find(request, view, DeploymentId(uuid)).map(Node::Deployment)
        }
        "Computer" => ComputerNode::find(request, view, ComputerId(uuid)).map(Node::Computer),
        "Agent" => AgentNode::find(request, view, AgentId(uuid)).map(Node::Agent),
        "MaintenanceSession" => SessionNode::load(context, view, SessionId(uuid))
            .await?
            .map(Node::MaintenanceSession),
        "ApiToken" => ApiTokenNode::find(request, view, ApiTokenId(uuid)).map(Node::ApiToken),
        "EnrolmentToken" => EnrolmentTokenNode::find(request, view, EnrolmentTokenId(uuid))
            .map(Node::EnrolmentToken),
        "Person" => PersonNode::find(request, view, PersonId(uuid)).map(Node::Person),
        "Group" => GroupNode::find(request, view, GroupId(uuid)).map(Node::Group),
        "Agreement" => AgreementNode::find(request, view, AgreementId(uuid)).map(Node::Agreement),
        "CloudTask" => CloudTaskNode::find(request, view, CloudTaskId(uuid)).map(Node::CloudTask),
        _ => None,
    })
}

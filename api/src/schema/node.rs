//! Whatever has a global id.

use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::access::api_token::ApiTokenNode;
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::fleet::agent::AgentNode;
use crate::schema::fleet::agreement::AgreementNode;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::enrolment::EnrolmentTokenNode;
use crate::schema::fleet::group::GroupNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::maintenance::session::SessionNode;
use crate::schema::page::times;
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::types::{AsOfInput, parse_global_id};
use async_graphql::{Context, ID, Interface, Object, Result};
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

/// What can be asked by global ids.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this global id.
    #[graphql(complexity = "1 + child_complexity")]
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<Node>> {
        let view = view_at(context, as_of).await?;
        find(context, &view, &id).await
    }

    /// The things with these global ids, in their order; nothing for what does not exist.
    #[graphql(complexity = "1 + times(ids.len().min(100), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.", validator(max_items = 100))] ids: Vec<ID>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Vec<Option<Node>>> {
        let view = view_at(context, as_of).await?;
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            nodes.push(find(context, &view, &id).await?);
        }
        Ok(nodes)
    }
}

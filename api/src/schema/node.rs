//! Whatever has a global id.

use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::access::api_token::ApiTokenNode;
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::secret::SecretNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::change::Global;
use crate::schema::event::EventNode;
use crate::schema::fleet::agent::AgentNode;
use crate::schema::fleet::agreement::AgreementNode;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::enrolment::EnrolmentTokenNode;
use crate::schema::fleet::group::GroupNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::maintenance::session::{ActionNode, RunNode, SessionNode};
use crate::schema::page::times;
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::rules::prerequisite::PrerequisiteNode;
use crate::schema::types::{GlobalId, When};
use async_graphql::{Context, ID, Interface, Object, PathSegment, Result};
use std::sync::Arc;
use upkeep_domain::access::api_token::ApiToken;
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::secret::Secret;
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::catalogue::task::Task;
use upkeep_domain::fleet::agent::Agent;
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::enrolment::EnrolmentToken;
use upkeep_domain::fleet::group::Group;
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::installation::server::Server;
use upkeep_domain::kernel::ids::PrerequisiteId;
use upkeep_domain::maintenance::session::Session;
use upkeep_domain::rules::deployment::Deployment;
use upkeep_projections::View;
use uuid::Uuid;

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
    /// A secret.
    Secret(SecretNode),
    /// A task.
    Task(TaskNode),
    /// What has to come before a software.
    Prerequisite(PrerequisiteNode),
    /// What a session does about one item.
    MaintenanceAction(ActionNode),
    /// One run of one script.
    ScriptRun(RunNode),
    /// Something that happened.
    Event(EventNode),
}

/// An aggregate that is shown under its global id.
pub(super) trait Shown: Global {
    /// The one with this id, if the view has it and the caller may see it.
    fn find(request: &Request, view: &Arc<View>, id: Self::Id) -> Option<Node>;

    /// The same, also where more than the view has to be read.
    async fn shown(context: &Context<'_>, view: &Arc<View>, id: Self::Id) -> Result<Option<Node>> {
        Ok(Self::find(Request::of(context), view, id))
    }
}

macro_rules! shown {
    ($($aggregate:ty => $node:ty,)*) => {$(
        impl Shown for $aggregate {
            fn find(request: &Request, view: &Arc<View>, id: Self::Id) -> Option<Node> {
                <$node>::find(request, view, id).map(Node::from)
            }
        }
    )*};
}

shown! {
    Tenant => TenantNode,
    Software => SoftwareNode,
    Deployment => DeploymentNode,
    Computer => ComputerNode,
    Agent => AgentNode,
    ApiToken => ApiTokenNode,
    EnrolmentToken => EnrolmentTokenNode,
    Person => PersonNode,
    Group => GroupNode,
    Agreement => AgreementNode,
    CloudTask => CloudTaskNode,
    Secret => SecretNode,
    Task => TaskNode,
}

/// One that is too old for the view is read from its stream.
impl Shown for Session {
    fn find(request: &Request, view: &Arc<View>, id: Self::Id) -> Option<Node> {
        SessionNode::find(request, view, id).map(Node::from)
    }

    async fn shown(context: &Context<'_>, view: &Arc<View>, id: Self::Id) -> Result<Option<Node>> {
        let node = SessionNode::load(context, view, id).await?;
        Ok(node.map(Node::from))
    }
}

/// Servers are listed, and have no global id.
impl Shown for Server {
    fn find(_: &Request, _: &Arc<View>, _: Self::Id) -> Option<Node> {
        None
    }
}

/// Looks for a thing by its kind in the list of all aggregates: one that is not [`Shown`] does not compile.
macro_rules! find_by_kind {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        async fn find_by_kind(
            context: &Context<'_>,
            view: &Arc<View>,
            (kind, id): (&str, Uuid),
        ) -> Result<Option<Node>> {
            match kind {
                $(<$many_type>::KIND => <$many_type>::shown(context, view, id.into()).await,)*
                $(<$hand_type>::KIND => <$hand_type>::shown(context, view, id.into()).await,)*
                _ => Ok(None),
            }
        }
    };
}

for_all_aggregates!(find_by_kind);

/// The thing with this global id, if it exists and the caller may see it.
async fn find(context: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let none = || ErrorCode::BadUserInput.error(format!("{:?} is no global id", id.as_str()));
    let known = GlobalId::parse(id).ok_or_else(none)?;
    let uuid = known.uuid();
    let GlobalId { kind, name, when } = known;
    let kind = kind.ok_or_else(none)?;
    let moment = match when {
        When::Now => None,
        When::At(moment) => Some(moment),
        When::Never => return Ok(None),
    };
    let view = &view_at(context, moment).await?;
    // What is part of something else, or has a place and no UUID.
    match kind.as_str() {
        EventNode::KIND => {
            let event = EventNode::load(context, view, &name).await?;
            Ok(event.map(Node::from))
        }
        ActionNode::KIND => {
            let action = SessionNode::action_named(context, view, &name).await?;
            Ok(action.map(Node::from))
        }
        RunNode::KIND => {
            let run = SessionNode::run_named(context, view, &name).await?;
            Ok(run.map(Node::from))
        }
        PrerequisiteNode::KIND => {
            let id = uuid.map(PrerequisiteId).ok_or_else(none)?;
            let found = PrerequisiteNode::find(Request::of(context), view, id);
            Ok(found.map(Node::from))
        }
        kind => {
            let uuid = uuid.ok_or_else(none)?;
            find_by_kind(context, view, (kind, uuid)).await
        }
    }
}

/// How many ids `nodes` takes.
pub const MAX_NODES: usize = 100;

/// What can be asked by global ids.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this global id, as it is, or as it was at the moment that the id names.
    #[graphql(complexity = "20 + child_complexity")]
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Result<Option<Node>> {
        find(context, &id).await
    }

    /// The things with these global ids, in their order; nothing for what does not exist. A request may name at most eight
    /// past moments.
    #[graphql(complexity = "20 + times(ids.len().min(MAX_NODES), 5 + child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.", validator(max_items = 100))] ids: Vec<ID>,
    ) -> Vec<Option<Node>> {
        let mut nodes = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            // One that is no id is null, and leaves the others.
            nodes.push(find(context, id).await.unwrap_or_else(|error| {
                let error = error.into_server_error(context.item.pos);
                let mut error = context.set_error_path(error);
                error.path.push(PathSegment::Index(place));
                context.add_error(error);
                None
            }));
        }
        nodes
    }
}

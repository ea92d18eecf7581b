//! What an event is about, by name.

use crate::request::Request;
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
use crate::schema::node::Node;
use crate::schema::rules::deployment::DeploymentNode;
use async_graphql::SimpleObject;
use std::sync::Arc;
use upkeep_domain::access::api_token::ApiToken;
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::fleet::agent::Agent;
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::enrolment::EnrolmentToken;
use upkeep_domain::fleet::group::Group;
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::installation::server::Server;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{Session, Subject};
use upkeep_domain::rules::deployment::{Deployment, MaintenanceItem};
use upkeep_event_store::StreamName;
use upkeep_projections::{Known, View};

/// What an event is about.
#[derive(SimpleObject)]
pub struct EventSubject {
    /// The thing, as it was at the moment that is asked about; as it is now if none is.
    node: Node,
    /// What it was called then; of a deployment, what it deploys is called so, of a session its computer, of an enrolment token its tenant. Nothing
    /// where you may not see what has the name.
    title: Option<String>,
}

impl EventSubject {
    /// What a stream is of, if the view has it and the caller may see it. Nothing is read for it.
    pub fn of(request: &Request, view: &Arc<View>, stream: &StreamName) -> Option<Self> {
        let (node, title) = find(&Look { request, view }, stream)?;
        let title = title.map(|name| name.to_string());
        Some(Self { node, title })
    }
}

/// Who looks, and at what.
struct Look<'a> {
    request: &'a Request,
    view: &'a Arc<View>,
}

/// An aggregate that events are about.
trait Shown: Known {
    fn node(look: &Look<'_>, id: Self::Id) -> Option<Node>;

    /// What it is called, for whoever may see it.
    fn title(&self, look: &Look<'_>) -> Option<Name>;
}

macro_rules! shown {
    ($($aggregate:ty => $node:ty, $title:expr;)*) => {$(
        impl Shown for $aggregate {
            fn node(look: &Look<'_>, id: Self::Id) -> Option<Node> {
                <$node>::find(look.request, look.view, id).map(Node::from)
            }

            fn title(&self, look: &Look<'_>) -> Option<Name> {
                let title: fn(&Self, &Look<'_>) -> Option<Name> = $title;
                title(self, look)
            }
        }
    )*};
}

shown! {
    Tenant => TenantNode, |tenant, _| tenant.name.clone();
    Computer => ComputerNode, |computer, _| Some(computer.registration.as_ref()?.name.clone());
    Agent => AgentNode, |agent, _| Some(agent.enrolment.as_ref()?.name.clone());
    EnrolmentToken => EnrolmentTokenNode, |token, look| look.at::<Tenant>(token.terms.as_ref()?.tenant);
    Person => PersonNode, |person, _| Some(person.profile.as_ref()?.name.clone());
    Group => GroupNode, |group, _| Some(group.definition.as_ref()?.name.clone());
    Agreement => AgreementNode, |agreement, _| Some(agreement.terms.as_ref()?.name.clone());
    Software => SoftwareNode, |software, _| Some(software.definition.as_ref()?.name.clone());
    CloudTask => CloudTaskNode, |task, _| task.name.clone();
    Deployment => DeploymentNode, |deployment, look| match deployment.rule.as_ref()?.item {
        MaintenanceItem::Software(id) => look.at::<Software>(id),
        MaintenanceItem::CloudTask(id) => look.at::<CloudTask>(id),
    };
    ApiToken => ApiTokenNode, |token, _| Some(token.grant.as_ref()?.name.clone());
    // One that is too old for the view would have to be read, for each event of a page.
    Session => SessionNode, |session, look| match session.request.as_ref()?.subject {
        Subject::Computer { computer } => look.at::<Computer>(computer),
    };
}

/// Servers are listed, and have no global id.
impl Shown for Server {
    fn node(_: &Look<'_>, _: Self::Id) -> Option<Node> {
        None
    }

    fn title(&self, _: &Look<'_>) -> Option<Name> {
        None
    }
}

impl Look<'_> {
    /// What something is called, if the caller may see it.
    fn at<D: Shown<Id: Copy>>(&self, id: D::Id) -> Option<Name> {
        D::node(self, id)?;
        D::known(self.view, id)?.title(self)
    }

    fn find<D: Shown<Id: Copy>>(&self, id: D::Id) -> Option<(Node, Option<Name>)> {
        let node = D::node(self, id)?;
        let title = D::known(self.view, id).and_then(|known| known.title(self));
        Some((node, title))
    }
}

/// Looks for what a stream is of in the list of all aggregates: one that is not [`Shown`] does not compile.
macro_rules! find_by_category {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        fn find(look: &Look<'_>, stream: &StreamName) -> Option<(Node, Option<Name>)> {
            match stream.category() {
                $(<$many_type as Decider>::CATEGORY => look.find::<$many_type>(stream.id().parse().ok()?),)*
                $(<$hand_type as Decider>::CATEGORY => look.find::<$hand_type>(stream.id().parse().ok()?),)*
                _ => None,
            }
        }
    };
}

for_all_aggregates!(find_by_category);

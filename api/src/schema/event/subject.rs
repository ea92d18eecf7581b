//! What an event is about, by name.

use crate::request::Request;
use crate::schema::node::{Node, Shown};
use async_graphql::SimpleObject;
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
trait Titled: Shown + Known {
    /// What it is called, for whoever may see it.
    fn title(&self, look: &Look<'_>) -> Option<Name>;
}

macro_rules! titled {
    ($($aggregate:ty => $title:expr;)*) => {$(
        impl Titled for $aggregate {
            fn title(&self, look: &Look<'_>) -> Option<Name> {
                let title: fn(&Self, &Look<'_>) -> Option<Name> = $title;
                title(self, look)
            }
        }
    )*};
}

titled! {
    Tenant => |tenant, _| tenant.name.clone();
    Computer => |computer, _| Some(computer.registration.as_ref()?.name.clone());
    Agent => |agent, _| Some(agent.enrolment.as_ref()?.name.clone());
    EnrolmentToken => |token, look| look.at::<Tenant>(token.terms.as_ref()?.tenant);
    Person => |person, _| Some(person.profile.as_ref()?.name.clone());
    Group => |group, _| Some(group.definition.as_ref()?.name.clone());
    Agreement => |agreement, _| Some(agreement.terms.as_ref()?.name.clone());
    Software => |software, _| Some(software.definition.as_ref()?.name.clone());
    Task => |task, _| task.name.clone();
    CloudTask => |task, _| task.name.clone();
    Secret => |secret, _| secret.name().cloned();
    Deployment => |deployment, look| match deployment.rule.as_ref()?.item {
        MaintenanceItem::Software(id) => look.at::<Software>(id),
        MaintenanceItem::CloudTask(id) => look.at::<CloudTask>(id),
        MaintenanceItem::Task(id) => look.at::<Task>(id),
    };
    ApiToken => |token, _| Some(token.grant.as_ref()?.name.clone());
    // Servers have no name.
    Server => |_, _| None;
    // One that is too old for the view would have to be read, for each event of a page.
    Session => |session, look| match session.request.as_ref()?.subject {
        Subject::Computer { computer } => look.at::<Computer>(computer),
    };
}

impl Look<'_> {
    /// What something is called, if the caller may see it.
    fn at<D: Titled<Id: Copy>>(&self, id: D::Id) -> Option<Name> {
        D::find(self.request, self.view, id)?;
        D::known(self.view, id)?.title(self)
    }

    fn find<D: Titled<Id: Copy>>(&self, id: D::Id) -> Option<(Node, Option<Name>)> {
        let node = D::find(self.request, self.view, id)?;
        let title = D::known(self.view, id).and_then(|known| known.title(self));
        Some((node, title))
    }
}

/// Looks for what a stream is of in the list of all aggregates: one that is not [`Titled`] does not compile.
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

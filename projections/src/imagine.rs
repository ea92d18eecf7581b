//! What if: a view in which commands were carried out that nobody sent.
//!
//! The same deciders decide and the same fold applies, so that what is shown before a change is what it will do.

use crate::entry::Registry;
use crate::view::View;
use upkeep_domain::access::api_token::ApiToken;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::fleet::agent::Agent;
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::enrolment::EnrolmentToken;
use upkeep_domain::fleet::group::Group;
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::installation::instance::{Instance, TheInstance};
use upkeep_domain::kernel::decider::{Context, Decider};
use upkeep_domain::maintenance::session::Session;
use upkeep_domain::rules::deployment::Deployment;

/// An aggregate that a view knows: what a command is judged on.
pub trait Known: Decider {
    fn known(view: &View, id: Self::Id) -> Option<&Self>;
}

macro_rules! known {
    ($($aggregate:ident in $registry:ident,)*) => {$(
        impl Known for $aggregate {
            fn known(view: &View, id: Self::Id) -> Option<&Self> {
                view.$registry.get(id).map(|entry| &entry.state)
            }
        }
    )*};
}

known! {
    Tenant in tenants,
    Person in persons,
    Group in groups,
    Agreement in agreements,
    Computer in computers,
    Deployment in deployments,
    Software in software,
    CloudTask in cloud_tasks,
    Agent in agents,
    Session in sessions,
    EnrolmentToken in enrolment_tokens,
    ApiToken in api_tokens,
}

impl Known for Instance {
    fn known(view: &View, _: TheInstance) -> Option<&Self> {
        Some(&view.instance)
    }
}

/// An aggregate whose changes can be imagined.
pub trait Imaginable: Decider<Id: Ord> {
    fn registry(view: &View) -> &Registry<Self>;
    fn event(event: Self::Event) -> DomainEvent;
}

macro_rules! imaginable {
    ($($aggregate:ident in $registry:ident,)*) => {$(
        impl Imaginable for $aggregate {
            fn registry(view: &View) -> &Registry<Self> {
                &view.$registry
            }

            fn event(event: Self::Event) -> DomainEvent {
                DomainEvent::$aggregate(event)
            }
        }
    )*};
}

imaginable! {
    Tenant in tenants,
    Person in persons,
    Group in groups,
    Agreement in agreements,
    Computer in computers,
    Deployment in deployments,
}

impl View {
    /// What a command for this instance is judged on here.
    pub fn premise<D: Known>(&self, id: D::Id) -> D::Premise {
        match D::known(self, id) {
            Some(state) => state.premise(),
            None => D::default().premise(),
        }
    }

    /// Carries a command out in this view alone; refuses what the domain refuses.
    pub fn imagine<D: Imaginable>(
        &mut self,
        id: D::Id,
        command: D::Command,
        context: &Context,
    ) -> Result<(), D::Rejection> {
        let known = D::registry(self).get(id);
        let next = known.map_or(0, |entry| entry.revision + 1);
        let state = known.map(|entry| entry.state.clone()).unwrap_or_default();
        let name = id.to_string();
        let events = state.decide(command, context)?;
        for (revision, event) in (next..).zip(events) {
            let stamp = (context.actor, context.now);
            self.suppose(&D::event(event), &name, revision, stamp)
                .expect("an id reads its own text");
        }
        Ok(())
    }
}

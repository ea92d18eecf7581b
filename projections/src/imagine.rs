//! What if: a view in which commands were carried out that nobody sent.
//!
//! The same deciders decide and the same fold applies, so that what is shown before a change is what it will do.

use crate::entry::Registry;
use crate::view::View;
use upkeep_domain::agreement::Agreement;
use upkeep_domain::computer::Computer;
use upkeep_domain::decider::{Context, Decider};
use upkeep_domain::deployment::Deployment;
use upkeep_domain::event::DomainEvent;
use upkeep_domain::group::Group;
use upkeep_domain::person::Person;
use upkeep_domain::tenant::Tenant;

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

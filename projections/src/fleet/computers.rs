//! Where computers are, whose they are, and which count as onboarded from now on.

use crate::index::{Index, Place, Within, between};
use crate::registries::Registries;
use crate::registry::Entry;
use crate::view::View;
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::access::Whereabouts;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::computer::{Computer, ComputerEvent, OnboardingStatus};
use upkeep_domain::kernel::ids::{AgentId, ComputerId, PersonId, SecretId, SessionId, TenantId};
use upkeep_domain::maintenance::session::Requested;
use upkeep_event_store::Position;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Computers {
    by_tenant: OrdMap<TenantId, OrdSet<Place<ComputerId>>>,
    by_person: Index<PersonId, Place<ComputerId>>,
    /// Computers that a session has onboarded, and that do not count as onboarded yet.
    onboarding_due: OrdMap<ComputerId, Onboarding>,
}

/// What a session has brought about and the computer's stream does not say yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onboarding {
    /// The tenant that the computer is of now.
    pub tenant: TenantId,
    /// The first session that has onboarded it.
    pub session: SessionId,
}

impl Computers {
    /// Takes in what happens to what was there before.
    pub fn apply(
        &mut self,
        before: &Registries,
        event: &DomainEvent,
        id: &str,
        at: Position,
    ) -> Result<(), uuid::Error> {
        if let DomainEvent::Computer(event) = event {
            let place = before.computers.place(id.parse()?, at);
            self.place_computer(before, place, event);
        }
        Ok(())
    }

    fn place_computer(
        &mut self,
        before: &Registries,
        place: Place<ComputerId>,
        event: &ComputerEvent,
    ) {
        let computer = place.id;
        match event {
            ComputerEvent::Registered(registered) => {
                self.by_tenant
                    .entry(registered.tenant)
                    .or_default()
                    .insert(place);
            }
            ComputerEvent::Onboarded(_) => {
                self.onboarding_due.remove(&computer);
            }
            ComputerEvent::Moved(moved) => self.move_computer(before, place, moved.tenant),
            ComputerEvent::PrimaryPersonSet(set) => {
                let known = before.computers.get(computer);
                let former = known.and_then(|entry| entry.state.primary_person);
                self.by_person.place(place, former, set.person);
            }
            _ => {}
        }
    }

    fn move_computer(&mut self, before: &Registries, place: Place<ComputerId>, to: TenantId) {
        if let Some(from) = before.tenant_of(place.id)
            && let Some(computers) = self.by_tenant.get_mut(&from)
        {
            computers.remove(&place);
        }
        let there = self.by_tenant.entry(to).or_default();
        there.insert(place);
        if let Some(due) = self.onboarding_due.get_mut(&place.id) {
            due.tenant = to;
        }
    }

    /// Takes in that a session is over.
    pub fn note_onboarding(&mut self, after: &Registries, session: SessionId) {
        let ended = after.sessions.get(session);
        let onboarded = ended.and_then(|entry| entry.state.onboards());
        // Its tenant is the one that it is of now.
        let Some((computer, tenant)) =
            onboarded.and_then(|(computer, _)| Some((computer, after.tenant_of(computer)?)))
        else {
            return;
        };
        let needs_it = after
            .computers
            .get(computer)
            .is_some_and(|entry| entry.state.onboarding == OnboardingStatus::NeedsOnboarding);
        if needs_it {
            let onboarding = Onboarding { tenant, session };
            self.onboarding_due.entry(computer).or_insert(onboarding);
        }
    }
}

impl Registries {
    /// The tenant of a computer.
    pub fn tenant_of(&self, computer: ComputerId) -> Option<TenantId> {
        let entry = self.computers.get(computer)?;
        entry.state.registration.as_ref().map(|known| known.tenant)
    }

    pub(crate) fn computer_of(&self, agent: AgentId) -> Option<ComputerId> {
        self.agents.get(agent)?.state.computer
    }

    pub(crate) fn tenant_of_agent(&self, agent: AgentId) -> Option<TenantId> {
        let enrolment = self.agents.get(agent)?.state.enrolment.as_ref()?;
        Some(enrolment.tenant)
    }

    /// The tenant that a person works for, or did.
    pub fn tenant_of_person(&self, person: PersonId) -> Option<TenantId> {
        let profile = self.persons.get(person)?.state.profile.as_ref();
        profile.map(|profile| profile.tenant)
    }
}

impl Whereabouts for View {
    fn tenant_of_computer(&self, computer: ComputerId) -> Option<TenantId> {
        self.tenant_of(computer)
    }

    fn tenant_of_person(&self, person: PersonId) -> Option<TenantId> {
        Registries::tenant_of_person(self, person)
    }

    fn owner_of_secret(&self, secret: SecretId) -> Option<Option<TenantId>> {
        self.secrets.get(secret)?.state.owner()
    }

    fn computer_of_agent(&self, agent: AgentId) -> Option<ComputerId> {
        self.computer_of(agent)
    }
}

impl View {
    /// The computers that a session has onboarded, and that do not count as onboarded yet; those that were removed wait.
    pub fn onboarding_due(&self) -> impl Iterator<Item = (ComputerId, Onboarding)> {
        (self.computers_by.onboarding_due.iter())
            .filter(|(computer, _)| !self.is_removed(**computer))
            .map(|(computer, onboarding)| (*computer, *onboarding))
    }

    /// Whether a computer is among them, removed or not.
    pub fn is_onboarding_due(&self, computer: ComputerId) -> bool {
        self.computers_by.onboarding_due.contains_key(&computer)
    }

    /// Whether a computer was removed, or its tenant.
    pub fn is_removed(&self, computer: ComputerId) -> bool {
        let entry = self.computers.get(computer);
        entry.is_some_and(|entry| entry.state.is_removed)
            || self
                .tenant_of(computer)
                .is_some_and(|tenant| self.is_tenant_removed(tenant))
    }

    /// Whether a tenant was removed.
    pub fn is_tenant_removed(&self, tenant: TenantId) -> bool {
        let entry = self.tenants.get(tenant);
        entry.is_some_and(|entry| entry.state.is_removed())
    }

    /// Whether the computer that a session was asked for is not there any more, or not of the tenant that it was of then.
    pub fn has_left(&self, request: &Requested) -> bool {
        self.is_removed(request.computer())
            || self.tenant_of(request.computer()) != Some(request.tenant)
    }

    /// The computers of a tenant, removed ones too.
    pub fn computers_of(
        &self,
        tenant: TenantId,
    ) -> impl DoubleEndedIterator<Item = (ComputerId, &Arc<Entry<Computer>>)> {
        self.computers_by
            .by_tenant
            .get(&tenant)
            .into_iter()
            .flatten()
            .filter_map(|Place { id, .. }| Some((*id, self.computers.get(*id)?)))
    }

    /// The computers of one tenant or of all between two places, removed ones too.
    pub fn computers_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<ComputerId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<ComputerId>> + '_> {
        match of {
            Some(tenant) => {
                let computers = self.computers_by.by_tenant.get(&tenant);
                let stretch = computers.map(|computers| between(computers, within));
                Box::new(stretch.into_iter().flatten().copied())
            }
            None => Box::new(self.computers.within(within)),
        }
    }

    /// Every tenant that has computers, with their ids.
    pub fn tenants_with_computers(
        &self,
    ) -> impl Iterator<Item = (TenantId, impl Iterator<Item = ComputerId>)> {
        self.computers_by
            .by_tenant
            .iter()
            .map(|(tenant, computers)| (*tenant, computers.iter().map(|place| place.id)))
    }

    /// The computers whose primary person this is.
    pub fn computers_of_person(&self, person: PersonId) -> impl Iterator<Item = ComputerId> {
        self.computers_by.by_person.of(person).map(|place| place.id)
    }

    /// Those between two places.
    pub fn computers_of_person_within(
        &self,
        person: PersonId,
        within: Within<Place<ComputerId>>,
    ) -> impl DoubleEndedIterator<Item = Place<ComputerId>> {
        self.computers_by.by_person.of_within(person, within)
    }
}

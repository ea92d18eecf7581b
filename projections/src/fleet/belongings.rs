//! What is of which tenant: agents, people, groups, agreements, and the tokens that agents enrol with.

use crate::index::{Index, Place, Within};
use crate::registries::Registries;
use crate::registry::Entry;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::AgentEvent;
use upkeep_domain::fleet::agreement::{Agreement, AgreementEvent};
use upkeep_domain::fleet::enrolment::EnrolmentTokenEvent;
use upkeep_domain::fleet::group::GroupEvent;
use upkeep_domain::fleet::person::PersonEvent;
use upkeep_domain::kernel::ids::{
    AgentId, AgreementId, EnrolmentTokenId, GroupId, PersonId, TenantId,
};
use upkeep_event_store::Position;

/// Removed ones too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Belongings {
    agents: Index<TenantId, Place<AgentId>>,
    people: Index<TenantId, Place<PersonId>>,
    groups: Index<TenantId, Place<GroupId>>,
    agreements: Index<TenantId, Place<AgreementId>>,
    enrolment_tokens: Index<TenantId, Place<EnrolmentTokenId>>,
}

impl Belongings {
    /// Takes in what happens to what was there before.
    pub fn apply(
        &mut self,
        before: &Registries,
        event: &DomainEvent,
        id: &str,
        at: Position,
    ) -> Result<(), uuid::Error> {
        match event {
            DomainEvent::Agent(event) => {
                let to = match event {
                    AgentEvent::Enrolled(enrolled) => enrolled.tenant,
                    AgentEvent::Moved(moved) => moved.tenant,
                    _ => return Ok(()),
                };
                let agent = id.parse()?;
                let from = before.tenant_of_agent(agent);
                let place = before.agents.place(agent, at);
                self.agents.place(place, from, Some(to));
            }
            DomainEvent::Person(event) => {
                let to = match event {
                    PersonEvent::Added(added) => added.tenant,
                    PersonEvent::Moved(moved) => moved.tenant,
                    _ => return Ok(()),
                };
                let person = id.parse()?;
                let from = before.tenant_of_person(person);
                let place = before.persons.place(person, at);
                self.people.place(place, from, Some(to));
            }
            DomainEvent::Group(GroupEvent::Created(created)) => {
                let place = before.groups.place(id.parse()?, at);
                self.groups.place(place, None, Some(created.tenant));
            }
            DomainEvent::Agreement(AgreementEvent::Added(added)) => {
                let place = before.agreements.place(id.parse()?, at);
                self.agreements.place(place, None, Some(added.tenant));
            }
            DomainEvent::EnrolmentToken(EnrolmentTokenEvent::Created(created)) => {
                let place = before.enrolment_tokens.place(id.parse()?, at);
                let tenant = created.terms.tenant;
                self.enrolment_tokens.place(place, None, Some(tenant));
            }
            _ => {}
        }
        Ok(())
    }
}

impl View {
    /// The agreements of a tenant, removed ones too.
    pub fn agreements_of(
        &self,
        tenant: TenantId,
    ) -> impl Iterator<Item = (AgreementId, &Arc<Entry<Agreement>>)> {
        let agreements = self.belongings.agreements.of(tenant);
        agreements.filter_map(|Place { id, .. }| Some((id, self.agreements.get(id)?)))
    }

    /// The agreements of one tenant or of all between two places, removed ones too.
    pub fn agreements_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<AgreementId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<AgreementId>> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.agreements.of_within(tenant, within)),
            None => Box::new(self.agreements.within(within)),
        }
    }

    /// The agents of one tenant or of all between two places.
    pub fn agents_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<AgentId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<AgentId>> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.agents.of_within(tenant, within)),
            None => Box::new(self.agents.within(within)),
        }
    }

    /// The people of one tenant or of all between two places, also those who left.
    pub fn people_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<PersonId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<PersonId>> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.people.of_within(tenant, within)),
            None => Box::new(self.persons.within(within)),
        }
    }

    /// The groups of one tenant or of all between two places, removed ones too.
    pub fn groups_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<GroupId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<GroupId>> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.groups.of_within(tenant, within)),
            None => Box::new(self.groups.within(within)),
        }
    }

    /// The enrolment tokens of one tenant or of all between two places.
    pub fn enrolment_tokens_within(
        &self,
        of: Option<TenantId>,
        within: Within<Place<EnrolmentTokenId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<EnrolmentTokenId>> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.enrolment_tokens.of_within(tenant, within)),
            None => Box::new(self.enrolment_tokens.within(within)),
        }
    }
}

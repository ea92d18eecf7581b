//! What is of which tenant: agents, people, groups, agreements, and the tokens that agents enrol with.

use crate::index::{Index, Within};
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

/// Removed ones too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Belongings {
    agents: Index<TenantId, AgentId>,
    people: Index<TenantId, PersonId>,
    groups: Index<TenantId, GroupId>,
    agreements: Index<TenantId, AgreementId>,
    enrolment_tokens: Index<TenantId, EnrolmentTokenId>,
}

impl Belongings {
    /// Takes in what happens to what was there before.
    pub fn apply(
        &mut self,
        before: &Registries,
        event: &DomainEvent,
        id: &str,
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
                self.agents.place(agent, from, Some(to));
            }
            DomainEvent::Person(event) => {
                let to = match event {
                    PersonEvent::Added(added) => added.tenant,
                    PersonEvent::Moved(moved) => moved.tenant,
                    _ => return Ok(()),
                };
                let person = id.parse()?;
                let from = before.tenant_of_person(person);
                self.people.place(person, from, Some(to));
            }
            DomainEvent::Group(GroupEvent::Created(created)) => {
                self.groups.place(id.parse()?, None, Some(created.tenant));
            }
            DomainEvent::Agreement(AgreementEvent::Added(added)) => {
                self.agreements.place(id.parse()?, None, Some(added.tenant));
            }
            DomainEvent::EnrolmentToken(EnrolmentTokenEvent::Created(created)) => {
                let tenant = created.terms.tenant;
                self.enrolment_tokens.place(id.parse()?, None, Some(tenant));
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
        agreements.filter_map(|id| Some((id, self.agreements.get(id)?)))
    }

    /// The agreements of one tenant or of all between two ids, removed ones too.
    pub fn agreements_within(
        &self,
        of: Option<TenantId>,
        within: Within<AgreementId>,
    ) -> Box<dyn DoubleEndedIterator<Item = AgreementId> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.agreements.of_within(tenant, within)),
            None => Box::new(self.agreements.within(within)),
        }
    }

    /// The agents of one tenant or of all between two ids.
    pub fn agents_within(
        &self,
        of: Option<TenantId>,
        within: Within<AgentId>,
    ) -> Box<dyn DoubleEndedIterator<Item = AgentId> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.agents.of_within(tenant, within)),
            None => Box::new(self.agents.within(within)),
        }
    }

    /// The people of one tenant or of all between two ids, also those who left.
    pub fn people_within(
        &self,
        of: Option<TenantId>,
        within: Within<PersonId>,
    ) -> Box<dyn DoubleEndedIterator<Item = PersonId> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.people.of_within(tenant, within)),
            None => Box::new(self.persons.within(within)),
        }
    }

    /// The groups of one tenant or of all between two ids, removed ones too.
    pub fn groups_within(
        &self,
        of: Option<TenantId>,
        within: Within<GroupId>,
    ) -> Box<dyn DoubleEndedIterator<Item = GroupId> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.groups.of_within(tenant, within)),
            None => Box::new(self.groups.within(within)),
        }
    }

    /// The enrolment tokens of one tenant or of all between two ids.
    pub fn enrolment_tokens_within(
        &self,
        of: Option<TenantId>,
        within: Within<EnrolmentTokenId>,
    ) -> Box<dyn DoubleEndedIterator<Item = EnrolmentTokenId> + '_> {
        match of {
            Some(tenant) => Box::new(self.belongings.enrolment_tokens.of_within(tenant, within)),
            None => Box::new(self.enrolment_tokens.within(within)),
        }
    }
}

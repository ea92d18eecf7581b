//! Changing people.

use super::node::PersonNode;
use crate::schema::change::{change, name, optional_name, seen};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, At as _, Change as Changing, Confirmation, Plan, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::{PersonId, TenantId};
use upkeep_domain::rules::deployment::Scope;

payloads! {
    /// The answer to a mutation of a person.
    [AddPersonPayload RenamePersonPayload SetPersonUpnPayload RemovePersonPayload MovePersonPayload] of Person {
        /// The person, with the change.
        person: PersonNode
    }
}

inputs! {
    /// A new person.
    AddPersonInput {
        /// The tenant that the person works for.
        tenant_id: ID,
        /// The name.
        name: String,
        /// The user principal name; none if not given. Nobody else of the tenant may have it, in whatever case it is written.
        upn: Option<String>,
    }
    /// Another name for a person.
    RenamePersonInput {
        /// The person.
        id: ID,
        /// The new name.
        name: String,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// The user principal name of a person.
    SetPersonUpnInput {
        /// The person.
        id: ID,
        /// The user principal name, which nobody else of the tenant may have; nothing takes it away.
        upn: Option<String>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A person.
    RemovePersonInput {
        /// The person.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A person who works for another tenant from now on.
    MovePersonInput {
        /// The person.
        id: ID,
        /// The tenant that the person goes to.
        tenant_id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Changing for AddPersonInput {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        let tenant = seen::<Tenant>(ask, &self.tenant_id, "tenantId")?.id;
        let id = PersonId(ask.new_id("person"));
        let name = name("name", &self.name)?;
        let upn = optional_name("upn", self.upn.as_ref())?;
        ask.make(id, PersonCommand::Add { tenant, name, upn })
    }
}

impl Changing for RenamePersonInput {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        let name = name("name", &self.name)?;
        seen::<Person>(ask, &self.id, "id")?.plan(PersonCommand::Rename { name })
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for SetPersonUpnInput {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        let upn = optional_name("upn", self.upn.as_ref())?;
        seen::<Person>(ask, &self.id, "id")?.plan(PersonCommand::ChangeUpn { upn })
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for RemovePersonInput {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        seen::<Person>(ask, &self.id, "id")?.plan(PersonCommand::Remove)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for MovePersonInput {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        let person = seen::<Person>(ask, &self.id, "id")?;
        let from = ask.view().tenant_of_person(person.id);
        let tenant = seen::<Tenant>(ask, &self.tenant_id, "tenantId")?.id;
        let plan = person.plan(PersonCommand::Move { tenant })?;
        ask.refuse_if_removed(from)?;
        if from != Some(tenant) {
            let person = plan.id();
            let own = |scope| scope == Scope::Person { person };
            ask.has_room_for(tenant, own).at("tenantId")?;
        }
        Ok(plan)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

/// Somebody who did not leave, with the tenant.
pub fn present_person(
    ask: &Ask,
    id: &ID,
    field: &'static str,
) -> Result<(PersonId, TenantId), Stop> {
    let person = seen::<Person>(ask, id, field)?;
    match person.state.present() {
        Some(profile) => Ok((person.id, profile.tenant)),
        None => Err(Stop::not_found(Person::NOUN).at(field)),
    }
}

/// What can be changed about people.
#[derive(Default)]
pub struct PersonMutation;

#[Object]
impl PersonMutation {
    /// Adds a person.
    async fn add_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person.")] input: AddPersonInput,
    ) -> Result<Option<AddPersonPayload>> {
        change(context, "addPerson", input).await
    }

    /// Gives a person another name.
    async fn rename_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the name.")] input: RenamePersonInput,
    ) -> Result<Option<RenamePersonPayload>> {
        change(context, "renamePerson", input).await
    }

    /// Gives a person another user principal name, or takes it away.
    async fn set_person_upn(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the user principal name.")] input: SetPersonUpnInput,
    ) -> Result<Option<SetPersonUpnPayload>> {
        change(context, "setPersonUpn", input).await
    }

    /// Says that a person left: nobody's primary person and in no group any more.
    async fn remove_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person.")] input: RemovePersonInput,
    ) -> Result<Option<RemovePersonPayload>> {
        change(context, "removePerson", input).await
    }

    /// Brings a person to another tenant, where nobody may have the same user principal name; one must be allowed to manage people
    /// in both. Tags and the deployments for the
    /// person's computers go along. Computers and groups of the tenant that the person leaves do not count any more.
    async fn move_person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The person and the tenant.")] input: MovePersonInput,
    ) -> Result<Option<MovePersonPayload>> {
        change(context, "movePerson", input).await
    }
}

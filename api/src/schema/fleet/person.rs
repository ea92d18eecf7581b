//! People who work for tenants.

use crate::request::{Request, view_at};
use crate::schema::change::{change, name, optional_name, seen};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tag::texts;
use crate::schema::fleet::tenant::{TenantNode, confine};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Order, OrderDirection, SortKey, walk_in};
use crate::schema::page::{Page, PageArguments, assumed, list_cost, skip_cost, walk};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{AsOfInput, Change, global_id_in, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::sync::Arc;
use upkeep_commands::{Ask, At as _, Change as Changing, Confirmation, Plan, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::fleet::person::{Person, PersonCommand, Profile};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::{PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::Scope;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// A person who works for a tenant.
#[derive(Clone)]
pub struct PersonNode {
    view: Arc<View>,
    id: PersonId,
    entry: Arc<Entry<Person>>,
    profile: Profile,
}

impl PersonNode {
    /// The person, if known and the caller may see the tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: PersonId) -> Option<Self> {
        let entry = view.persons.get(id)?.clone();
        let profile = entry.state.profile.clone()?;
        let action = Action::ReadTenant {
            tenant: profile.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            profile,
        })
    }
}

/// A person who works for a tenant, reached through the computers whose primary person it is.
#[Object(name = "Person")]
impl PersonNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Person", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.profile.name.as_str()
    }

    /// The user principal name, where there is one.
    async fn upn(&self) -> Option<&str> {
        self.profile.upn.as_ref().map(Name::as_str)
    }

    /// The tenant that the person works for.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.profile.tenant)
    }

    /// The person's tags, at most 200.
    #[graphql(complexity = "assumed::TAGS")]
    async fn tags(&self) -> Vec<String> {
        texts(&self.entry.state.tags)
    }

    /// Whether the person left.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// The computers of the person's tenant whose primary person it is.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ComputerNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        // Who left is nobody's primary person any more.
        let (person, own) = (self.id, self.profile.tenant);
        let is_removed = self.entry.state.is_removed;
        walk(
            context,
            &self.view,
            &arguments,
            move |view, within| Box::new(view.computers_of_person_within(person, within)),
            move |_, view, id| {
                !is_removed && !view.is_removed(id) && view.tenant_of(id) == Some(own)
            },
            |id| ComputerNode::get(&self.view, id),
        )
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Person>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Person>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who added the person, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed something, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// Which people; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PersonFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name or user principal name contains this, whatever the case.
    text_contains: Option<String>,
    /// Only those who carry this tag; upper and lower case are the same.
    tag: Option<String>,
}

orders! {
    /// By what people are sorted.
    PersonOrder by PersonOrderField {
        /// When they were added.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
    }
}

/// The order that is asked for; that of creation if none is.
fn order(asked: Option<PersonOrder>) -> Order<PersonId> {
    let Some(PersonOrder { field, direction }) = asked else {
        return Order::of_creation(OrderDirection::Asc);
    };
    match field {
        PersonOrderField::CreatedAt => Order::of_creation(direction.0),
        PersonOrderField::Name => Order::by("NAME", direction.0, |_, view, id| {
            let profile = view.persons.get(id);
            let profile = profile.and_then(|entry| entry.state.present());
            SortKey::text(profile.map_or("", |profile| profile.name.as_str()))
        }),
    }
}

/// What a person is called.
fn texts_of(profile: &Profile) -> impl Iterator<Item = &str> {
    let upn = profile.upn.as_ref().map(Name::as_str);
    std::iter::once(profile.name.as_str()).chain(upn)
}

/// What can be asked about people.
#[derive(Default)]
pub struct PersonQuery;

#[Object]
impl PersonQuery {
    /// One person.
    async fn person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<PersonNode>> {
        let view = view_at(context, as_of).await?;
        let id = PersonId(uuid_of("Person", &id)?);
        Ok(PersonNode::find(Request::of(context), &view, id))
    }

    /// The people whom you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn people(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            PersonFilter,
        >,
        #[graphql(desc = "In which order; that in which they were added if not given.")]
        order_by: Option<PersonOrder>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<PersonNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let PersonFilter {
            tenant_id,
            text_contains,
            tag,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let part = Part::of(text_contains.as_deref());
        let tag = tag.map(|text| Tag::known(&text));
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk_in(
            order(order_by),
            context,
            &view,
            &arguments,
            move |view, within| view.people_within(of, within),
            move |_, view, id| {
                let entry = view.persons.get(id);
                entry.is_some_and(|entry| {
                    let profile = entry.state.present();
                    profile.is_some_and(|profile| part.is_in_any(texts_of(profile)))
                        && (tag.as_ref()).is_none_or(|tag| entry.state.tags.contains(tag))
                })
            },
            |id| PersonNode::find(request, &view, id),
        )
        .map(Some)
    }
}

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

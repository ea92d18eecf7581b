//! Giving tags and taking them away.

use crate::error;
use crate::request::Request;
use crate::schema::change::{asking, carry_out, seen};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{CHANGE_COST, times};
use crate::schema::types::{PositionScalar, UserError};
use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use std::collections::BTreeSet;
use upkeep_commands::{Ask, Change, Commands, Confirmation, Plan, Stop};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::ids::{ComputerId, PersonId, TenantId};
use upkeep_projections::Difference;

/// Who gets or loses tags: give exactly one.
#[derive(Clone, Debug, OneofObject)]
#[expect(clippy::enum_variant_names, reason = "they are the fields' names")]
pub enum TagBearerInput {
    /// A computer.
    ComputerId(ID),
    /// A tenant.
    TenantId(ID),
    /// A person.
    PersonId(ID),
}

inputs! {
    /// Tags to be given and taken away.
    ChangeTagsInput {
        /// Whose.
        on: TagBearerInput,
        /// Tags to be given, at most 200; none if not given. Upper and lower case are the same.
        #[graphql(validator(max_items = 200))]
        add: OrDefault<Vec<String>>,
        /// Tags to be taken away, at most 200; none if not given.
        #[graphql(validator(max_items = 200))]
        remove: OrDefault<Vec<String>>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl ChangeTagsInput {
    fn tags(&self) -> Result<TagChange, Stop> {
        Ok(TagChange {
            add: new_tags(&self.add)?,
            remove: self.remove.iter().map(|text| Tag::known(text)).collect(),
        })
    }
}

/// The change, of the tags of this kind of bearer.
macro_rules! tags_of {
    ($($name:ident: $bearer:ident, $command:ident, $field:literal;)*) => {$(
        struct $name<'a> {
            input: &'a ChangeTagsInput,
            id: &'a ID,
        }

        impl Change for $name<'_> {
            type Of = $bearer;

            fn plan(&self, ask: &Ask) -> Result<Plan<$bearer>, Stop> {
                let change = $command::ChangeTags(self.input.tags()?);
                seen::<$bearer>(ask, self.id, $field)?.plan(change)
            }

            fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
                Confirmation::Wanted(self.input.confirm_impact)
            }
        }
    )*};
}

tags_of! {
    OfComputer: Computer, ComputerCommand, "on.computerId";
    OfTenant: Tenant, TenantCommand, "on.tenantId";
    OfPerson: Person, PersonCommand, "on.personId";
}

/// Of one of many computers: never in the schema.
#[derive(Clone, Debug, InputObject)]
pub struct TagOneComputer {
    id: ID,
    change: ChangeTagsInput,
}

impl Change for TagOneComputer {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let (input, id) = (&self.change, &self.id);
        OfComputer { input, id }.plan(ask)
    }
}

bulk! {
    /// Tags to be given to many computers and taken away from them.
    TagComputersInput {
        /// The computers, at most 500. Each is named, so that none has to be confirmed.
        ids,
        /// Tags to be given, at most 200; none if not given. Upper and lower case are the same.
        #[graphql(validator(max_items = 200))]
        add: OrDefault<Vec<String>>,
        /// Tags to be taken away, at most 200; none if not given.
        #[graphql(validator(max_items = 200))]
        remove: OrDefault<Vec<String>>,
    }
    each "changeTags": TagOneComputer, "ids" of "on.computerId" = |many, id, options| TagOneComputer {
        id: id.clone(),
        change: ChangeTagsInput {
            on: TagBearerInput::ComputerId(id.clone()),
            add: many.add.clone(),
            remove: many.remove.clone(),
            confirm_impact: None,
            options,
        },
    };
    TagComputersPayload of TagComputersResult {
        /// The computer, with the change.
        computer: ComputerNode
    }
}

impl ChangeTagsInput {
    /// The difference that it would make.
    pub async fn imagine(&self, ask: &Ask) -> Result<Difference, Stop> {
        let input = self;
        match &self.on {
            TagBearerInput::ComputerId(id) => {
                Commands::imagine(ask, &OfComputer { input, id }).await
            }
            TagBearerInput::TenantId(id) => Commands::imagine(ask, &OfTenant { input, id }).await,
            TagBearerInput::PersonId(id) => Commands::imagine(ask, &OfPerson { input, id }).await,
        }
    }

    async fn carry_out(&self, context: &Context<'_>, ask: &mut Ask) -> Result<Bearer, Stop> {
        let input = self;
        match &self.on {
            TagBearerInput::ComputerId(id) => carry_out(context, ask, &OfComputer { input, id })
                .await
                .map(|(id, _)| Bearer::Computer(id)),
            TagBearerInput::TenantId(id) => carry_out(context, ask, &OfTenant { input, id })
                .await
                .map(|(id, _)| Bearer::Tenant(id)),
            TagBearerInput::PersonId(id) => carry_out(context, ask, &OfPerson { input, id })
                .await
                .map(|(id, _)| Bearer::Person(id)),
        }
    }
}

/// Whose tags were changed.
enum Bearer {
    Computer(ComputerId),
    Tenant(TenantId),
    Person(PersonId),
}

fn new_tags(texts: &[String]) -> Result<BTreeSet<Tag>, Stop> {
    let tag = |(index, text): (usize, &String)| {
        Tag::new(text).map_err(|error| Stop::invalid(&error).at(format!("add.{index}")))
    };
    texts.iter().enumerate().map(tag).collect()
}

/// The answer to a change of tags.
#[derive(SimpleObject)]
pub struct ChangeTagsPayload {
    /// The computer with the change, if it was about one.
    computer: Option<ComputerNode>,
    /// The tenant with the change, if it was about one.
    tenant: Option<TenantNode>,
    /// The person with the change, if it was about one.
    person: Option<PersonNode>,
    /// Why nothing was changed; empty if all is well.
    user_errors: Vec<UserError>,
    /// The position at which this answer is true.
    position: PositionScalar,
}

impl ChangeTagsPayload {
    fn new(context: &Context<'_>, done: Result<Bearer, Stop>) -> Result<Option<Self>> {
        let request = Request::of(context);
        let view = request.view();
        let mut payload = Self {
            computer: None,
            tenant: None,
            person: None,
            user_errors: vec![],
            position: PositionScalar(view.position()),
        };
        match done {
            Ok(Bearer::Computer(id)) => {
                payload.computer = ComputerNode::find(request, &view, id);
            }
            Ok(Bearer::Tenant(id)) => payload.tenant = TenantNode::find(request, &view, id),
            Ok(Bearer::Person(id)) => payload.person = PersonNode::find(request, &view, id),
            Err(stop) => payload.user_errors.push(error::of_stop(stop)?),
        }
        Ok(Some(payload))
    }
}

/// What can be changed about tags.
#[derive(Default)]
pub struct TagMutation;

#[Object]
impl TagMutation {
    /// Gives tags to many computers, and takes them away, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn tag_computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computers, and which tags.")] input: TagComputersInput,
    ) -> Result<Option<TagComputersPayload>> {
        TagComputersPayload::of(context, &input).await
    }

    /// Gives tags to a computer, a tenant or a person, and takes them away.
    async fn change_tags(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who, and which tags.")] input: ChangeTagsInput,
    ) -> Result<Option<ChangeTagsPayload>> {
        let mut ask = asking(context, "changeTags", &input, &input.options)?;
        let done = input.carry_out(context, &mut ask).await;
        ChangeTagsPayload::new(context, done)
    }
}

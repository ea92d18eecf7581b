//! What inputs hold, checked.

use crate::schema::types::{CommandOptions, parse_present_id};
use async_graphql::{Context, ID, InputType, Result};
use upkeep_commands::{Ask, At as _, Sight, Stop};
use upkeep_domain::access::Guarded;
use upkeep_domain::catalogue::software::Notes;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::Known;
use uuid::Uuid;

/// The input of a mutation.
pub trait Input: InputType {
    fn options(&self) -> &CommandOptions;
}

/// The answer of a mutation that is about one object.
pub trait Payload: Sized {
    type Of: Guarded;

    /// With the object as the request sees it now, or with why nothing was changed.
    fn answer(
        context: &Context<'_>,
        done: std::result::Result<<Self::Of as Decider>::Id, Stop>,
    ) -> Result<Option<Self>>;
}

/// An aggregate with a global id.
pub trait Global: Guarded<Id: From<Uuid>> + Known {
    /// What its global id begins with: the name of its type in the schema.
    const KIND: &'static str;
}

macro_rules! global {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        $(impl Global for $many_type {
            const KIND: &'static str = stringify!($many);
        })*
    };
}

for_all_aggregates!(global);

impl Global for upkeep_domain::maintenance::session::Session {
    const KIND: &'static str = "MaintenanceSession";
}

/// The id in a global id of a field of an input.
pub fn id_of<D: Global>(id: &ID, field: &'static str) -> Result<D::Id, Stop> {
    parse_present_id(D::KIND, id)
        .map(D::Id::from)
        .map_err(|why| Stop::invalid(&why).at(field))
}

/// What a field of an input names, if whoever asks may know of it.
pub fn seen<'a, D: Global>(
    ask: &'a Ask,
    id: &ID,
    field: &'static str,
) -> Result<Sight<'a, D>, Stop> {
    ask.see::<D>(id_of::<D>(id, field)?).at(field)
}

pub fn name(field: &'static str, text: &str) -> Result<Name, Stop> {
    Name::new(text).map_err(|error| Stop::invalid(&error).at(field))
}

pub fn optional_name(field: &'static str, text: Option<&String>) -> Result<Option<Name>, Stop> {
    text.map(|text| name(field, text)).transpose()
}

pub fn optional_notes(field: &'static str, text: Option<&String>) -> Result<Option<Notes>, Stop> {
    let notes = text.map(|text| Notes::new(text)).transpose();
    notes.map_err(|error| Stop::invalid(&error).at(field))
}

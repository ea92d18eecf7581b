//! One change of many things: as if each were asked for by itself, under a command id that follows from the one of them all.

use super::asking::{asking, carry_out};
use super::together::Together;
use crate::request::services;
use crate::schema::types::{CommandOptions, GlobalId, UserError};
use async_graphql::{Context, ID, InputObject, InputType, Result};
use std::collections::HashMap;
use upkeep_commands::{Ask, Change};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::derive;
use uuid::Uuid;

/// Most things that one mutation changes.
pub const MAX_BULK: usize = 500;

/// What goes with a mutation of many things.
#[derive(Clone, Debug, Default, InputObject)]
pub struct BulkOptions {
    /// Names the command. Each one's command id follows from this one and its id: sent again, what is done already is not done again. Chosen
    /// by the server if not given.
    pub command_id: Option<Uuid>,
    /// Why you do it, in your words; it is kept with the events. At most 1,000 characters, in lines, of what can be seen; none if not given.
    #[graphql(validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// The input of a mutation of many things.
pub trait Bulk {
    /// The input for one of them.
    type Each: Change + InputType;
    /// The mutation for one of them.
    const EACH: &'static str;
    /// The member that holds the ids.
    const IDS: &'static str;
    /// The member of the input for one of them that holds its id.
    const ID_OF_EACH: &'static str;

    fn ids(&self) -> &[ID];
    fn options(&self) -> &BulkOptions;
    fn each(&self, id: &ID, options: CommandOptions) -> Self::Each;
}

type IdOf<B> = <<<B as Bulk>::Each as Change>::Of as Decider>::Id;

/// What became of one of them: its id as it was given, and what it is or why it was not changed.
pub type Became<I> = (ID, std::result::Result<I, UserError>);

/// Changes one after the other, in the order of the ids. What stops one leaves the others; when the store takes nothing, or it takes too
/// long, the others are not tried.
pub async fn change_each<B: Bulk>(
    context: &Context<'_>,
    input: &B,
) -> Result<Vec<Became<IdOf<B>>>> {
    let given = input.options();
    let command = given.command_id.unwrap_or_else(Uuid::now_v7);
    let together = Together::begin(services(context).commands.clock());
    let mut became: Vec<Became<IdOf<B>>> = Vec::with_capacity(input.ids().len());
    // A thing that is named twice is one, however it is written.
    let mut done_before: HashMap<String, usize> = HashMap::new();
    for (index, id) in input.ids().iter().enumerate() {
        if let Some(error) = together.is_over() {
            became.push((id.clone(), Err(error)));
            continue;
        }
        let name = name_of(id);
        if let Some(before) = done_before.get(&name) {
            let (_, done) = &became[*before];
            became.push((id.clone(), done.clone()));
            continue;
        }
        let options = CommandOptions {
            command_id: Some(derive(command, &name)),
            expected_revision: None,
            reason: given.reason.clone(),
        };
        let each = input.each(id, options.clone());
        let mut ask: Ask = asking(context, B::EACH, &each, &options)?;
        let done = carry_out(context, &mut ask, &each).await;
        let done = done.map(|(id, _)| id);
        let done = done.map_err(|stop| placed::<B>(together.stopped(stop), index));
        if let Some(outage) = together.outage().filter(|_| index == 0) {
            return Err(outage.clone());
        }
        done_before.insert(name, index);
        became.push((id.clone(), done));
    }
    Ok(became)
}

/// What names a thing, in whatever way its id is written.
fn name_of(id: &ID) -> String {
    let uuid = GlobalId::parse(id).and_then(|id| id.uuid());
    uuid.map_or_else(|| id.to_string(), |uuid| uuid.to_string())
}

/// What is wrong with an id is told where it stands.
fn placed<B: Bulk>(error: UserError, index: usize) -> UserError {
    let of_id = ["input"].into_iter().chain(B::ID_OF_EACH.split('.'));
    let is_about_its_id = (error.field.iter().flatten().map(String::as_str)).eq(of_id);
    if !is_about_its_id {
        return error;
    }
    let place = ["input", B::IDS].map(str::to_owned).into_iter();
    UserError {
        field: Some(place.chain([index.to_string()]).collect()),
        ..error
    }
}

/// Mutations of many things: the input, what it comes to for one of them, and the answer.
macro_rules! bulk {
    ($(
        $(#[$meta:meta])*
        $input:ident { $(#[$ids_meta:meta])* $ids:ident, $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
        each $each_name:literal: $each:ty, $ids_name:literal of $id_of_each:literal = |$this:ident, $id:ident, $options:ident| $make:expr;
        $payload:ident of $result:ident { $(#[$node_meta:meta])* $node_field:ident: $node:ty }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $input {
            $(#[$ids_meta])*
            #[graphql(validator(max_items = 500))]
            pub(crate) $ids: Vec<async_graphql::ID>,
            $($(#[$field_meta])* pub(crate) $field: $ty,)*
            /// Retries and reasons; none if not given.
            pub(crate) options: $crate::schema::or_default::OrDefault<$crate::schema::change::BulkOptions>,
        }

        impl $crate::schema::change::Bulk for $input {
            type Each = $each;
            const EACH: &'static str = $each_name;
            const IDS: &'static str = $ids_name;
            const ID_OF_EACH: &'static str = $id_of_each;

            fn ids(&self) -> &[async_graphql::ID] {
                &self.$ids
            }

            fn options(&self) -> &$crate::schema::change::BulkOptions {
                &self.options
            }

            fn each(
                &self,
                $id: &async_graphql::ID,
                options: $crate::schema::types::CommandOptions,
            ) -> $each {
                let $this = self;
                let $options = $crate::schema::or_default::OrDefault(options);
                $make
            }
        }

        /// What became of one of many.
        #[derive(async_graphql::SimpleObject)]
        pub struct $result {
            /// The id, as it was given.
            given_id: async_graphql::ID,
            $(#[$node_meta])*
            $node_field: Option<$node>,
            /// Why it was not changed; empty if all is well.
            user_errors: Vec<$crate::schema::types::UserError>,
        }

        /// The answer to a mutation of many.
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            /// One for each id, at most 500, in their order.
            results: Vec<$result>,
            /// The position at which this answer is true.
            position: $crate::schema::types::PositionScalar,
        }

        impl $payload {
            pub async fn of(
                context: &async_graphql::Context<'_>,
                input: &$input,
            ) -> async_graphql::Result<Option<Self>> {
                let became = $crate::schema::change::change_each(context, input).await?;
                let request = $crate::request::Request::of(context);
                let view = request.view();
                let result = |(given_id, done): $crate::schema::change::Became<_>| {
                    let (node, error) = match done {
                        // Who changed it may not see it any more.
                        Ok(id) => (<$node>::find(request, &view, id), None),
                        Err(error) => (None, Some(error)),
                    };
                    $result {
                        given_id,
                        $node_field: node,
                        user_errors: error.into_iter().collect(),
                    }
                };
                Ok(Some(Self {
                    results: became.into_iter().map(result).collect(),
                    position: $crate::schema::types::PositionScalar(view.position()),
                }))
            }
        }
    )*};
}

//! One change of many things: as if each were asked for by itself, under a command id that follows from the one of them all.

use super::asking::{asking, carry_out};
use crate::error;
use crate::schema::types::{CommandOptions, UserError, UserErrorCode};
use async_graphql::{Context, Error, ID, InputType, Result, Value};
use upkeep_commands::{Ask, Change, Stop};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::derive;
use uuid::Uuid;

/// Most things that one mutation changes.
pub const MAX_BULK: usize = 500;

/// The input of a mutation of many things.
pub trait Bulk {
    /// The input for one of them.
    type Each: Change + InputType;
    /// The mutation for one of them.
    const EACH: &'static str;

    fn ids(&self) -> &[ID];
    fn options(&self) -> &CommandOptions;
    fn each(&self, id: &ID, options: CommandOptions) -> Self::Each;
}

type IdOf<B> = <<<B as Bulk>::Each as Change>::Of as Decider>::Id;

/// What became of one of them: its id as it was given, and what it is or why it was not changed.
pub type Became<I> = (ID, std::result::Result<I, UserError>);

/// Changes one after the other, in the order of the ids. What stops one leaves the others; when the store takes nothing, the others are
/// not tried.
pub async fn change_each<B: Bulk>(
    context: &Context<'_>,
    input: &B,
) -> Result<Vec<Became<IdOf<B>>>> {
    let given = input.options();
    let command = given.command_id.unwrap_or_else(Uuid::now_v7);
    let mut became: Vec<Became<IdOf<B>>> = Vec::with_capacity(input.ids().len());
    let mut away: Option<UserError> = None;
    for id in input.ids() {
        if let Some(error) = &away {
            became.push((id.clone(), Err(error.clone())));
            continue;
        }
        let options = CommandOptions {
            command_id: Some(derive(command, id)),
            expected_revision: None,
            reason: given.reason.clone(),
        };
        let each = input.each(id, options.clone());
        let mut ask: Ask = asking(context, B::EACH, &each, &options)?;
        let done = carry_out(context, &mut ask, &each).await;
        let done = done.map(|(id, _)| id).map_err(told);
        if let Err(error) = &done
            && error.code == UserErrorCode::Unavailable
        {
            away = Some(error.clone());
        }
        became.push((id.clone(), done));
    }
    Ok(became)
}

/// What would be an error of the whole mutation is one of the thing that it is about.
fn told(stop: Stop) -> UserError {
    error::of_stop(stop).unwrap_or_else(|error| UserError {
        code: code_of(&error).into(),
        message: error.message,
        field: None,
    })
}

fn code_of(error: &Error) -> Code {
    let code = error.extensions.as_ref().and_then(|it| it.get("code"));
    match code {
        Some(Value::String(code)) if code == "FORBIDDEN" => Code::Forbidden,
        Some(Value::String(code)) if code == "UNAVAILABLE" => Code::Unavailable,
        _ => Code::Rejected,
    }
}

/// Mutations of many things: the input, what it comes to for one of them, and the answer.
macro_rules! bulk {
    ($(
        $(#[$meta:meta])*
        $input:ident { $(#[$ids_meta:meta])* $ids:ident, $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
        each $each_name:literal: $each:ty = |$this:ident, $id:ident, $options:ident| $make:expr;
        $payload:ident of $result:ident { $(#[$node_meta:meta])* $node_field:ident: $node:ty }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $input {
            $(#[$ids_meta])*
            #[graphql(validator(max_items = 500))]
            pub(crate) $ids: Vec<async_graphql::ID>,
            $($(#[$field_meta])* pub(crate) $field: $ty,)*
            /// Retries and reasons; none if not given. Each one's command id follows from this one and its id: sent again, what is done already is not done
            /// again. There is no `expectedRevision` for many.
            pub(crate) options: $crate::schema::or_default::OrDefault<$crate::schema::types::CommandOptions>,
        }

        impl $crate::schema::change::Bulk for $input {
            type Each = $each;
            const EACH: &'static str = $each_name;

            fn ids(&self) -> &[async_graphql::ID] {
                &self.$ids
            }

            fn options(&self) -> &$crate::schema::types::CommandOptions {
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
                use $crate::schema::types::{PositionScalar, UserError, UserErrorCode};
                let became = $crate::schema::change::change_each(context, input).await?;
                let request = $crate::request::Request::of(context);
                let view = request.view();
                let gone = || UserError {
                    code: UserErrorCode::NotFound,
                    message: "it was changed, and you may not see it any more".to_owned(),
                    field: None,
                };
                let result = |(given, done): $crate::schema::change::Became<_>| {
                    let node = done.and_then(|id| <$node>::find(request, &view, id).ok_or_else(gone));
                    let (node, error) = match node {
                        Ok(node) => (Some(node), None),
                        Err(error) => (None, Some(error)),
                    };
                    $result { given_id: given, $node_field: node, user_errors: error.into_iter().collect() }
                };
                Ok(Some(Self {
                    results: became.into_iter().map(result).collect(),
                    position: PositionScalar(view.position()),
                }))
            }
        }
    )*};
}

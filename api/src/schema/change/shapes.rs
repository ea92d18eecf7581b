//! The shapes that mutations are written in: inputs and answers.

/// The answers of mutations, one for each: those that hold the same object together, and of which aggregate that is.
macro_rules! payloads {
    ($($(#[$meta:meta])* [$($name:ident)+] $(of $of:ty)? { $($field:tt)* })*) => {
        $(payloads! { @each [$($name)+] { $(#[$meta])* } { $(of $of)? } { $($field)* } })*
    };
    (@each [] $meta:tt $of:tt $field:tt) => {};
    (@each [$name:ident $($others:ident)*] $meta:tt $of:tt $field:tt) => {
        payloads! { @one $name $meta $of $field }
        payloads! { @each [$($others)*] $meta $of $field }
    };
    (
        @one $name:ident
        { $(#[$meta:meta])* }
        { $(of $of:ty)? }
        { $(#[$field_meta:meta])* $field:ident: $node:ty }
    ) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_meta])*
            $field: Option<$node>,
            /// Why nothing was changed; empty if all is well.
            user_errors: Vec<$crate::schema::types::UserError>,
            /// The position at which this answer is true.
            position: $crate::schema::types::PositionScalar,
        }

        impl $name {
            /// With the changed object, or with why nothing was changed. There is always one; that it might not be keeps what
            /// stops one mutation from taking the answers of those before it with it.
            pub fn new(
                context: &async_graphql::Context<'_>,
                result: Result<$node, upkeep_commands::Stop>,
            ) -> async_graphql::Result<Option<Self>> {
                let request = $crate::request::Request::of(context);
                let position = $crate::schema::types::PositionScalar(request.view().position());
                Ok(Some(match result {
                    Ok(node) => Self { $field: Some(node), user_errors: vec![], position },
                    Err(stop) => {
                        let error = $crate::error::of_stop(stop)?;
                        Self { $field: None, user_errors: vec![error], position }
                    }
                }))
            }
        }

        $(impl $crate::schema::change::Payload for $name {
            type Of = $of;

            fn answer(
                context: &async_graphql::Context<'_>,
                done: Result<<$of as upkeep_domain::kernel::decider::Decider>::Id, upkeep_commands::Stop>,
            ) -> async_graphql::Result<Option<Self>> {
                let request = $crate::request::Request::of(context);
                let node = done.and_then(|id| {
                    let noun = <$of as upkeep_domain::access::Guarded>::NOUN;
                    <$node>::find(request, &request.view(), id)
                        .ok_or_else(|| upkeep_commands::Stop::not_found(noun))
                });
                Self::new(context, node)
            }
        })?
    };
}

/// The answers of mutations that make a token: with its secret, which is shown once.
macro_rules! secret_payloads {
    ([$($name:ident)+] $field:ident: $node:ty, in $created:ident) => {
        $(secret_payloads! { @one $name $field: $node, in $created })+
    };
    (@one $name:ident $field:ident: $node:ty, in $created:ident) => {
        /// The answer to creating a token.
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// The new token.
            $field: Option<$node>,
            /// What its holder shows. It is shown only now, and not when the command is sent again: keep it.
            secret: Option<String>,
            /// Why nothing was changed; empty if all is well.
            user_errors: Vec<$crate::schema::types::UserError>,
            /// The position at which this answer is true.
            position: $crate::schema::types::PositionScalar,
        }

        impl $name {
            /// With the new token, or with why there is none.
            pub fn new(
                context: &async_graphql::Context<'_>,
                created: Result<$created, upkeep_commands::Stop>,
            ) -> async_graphql::Result<Option<Self>> {
                let request = $crate::request::Request::of(context);
                let position = $crate::schema::types::PositionScalar(request.view().position());
                Ok(Some(match created {
                    Ok($created { $field, secret }) => Self {
                        $field: Some($field),
                        secret,
                        user_errors: vec![],
                        position,
                    },
                    Err(stop) => Self {
                        $field: None,
                        secret: None,
                        user_errors: vec![$crate::error::of_stop(stop)?],
                        position,
                    },
                }))
            }
        }
    };
}

/// The inputs of mutations: each has the options that every mutation has.
macro_rules! inputs {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $name {
            $($(#[$field_meta])* pub(crate) $field: $ty,)*
            /// Retries, concurrency, reasons; none if not given.
            pub(crate) options: $crate::schema::or_default::OrDefault<$crate::schema::types::CommandOptions>,
        }

        impl $crate::schema::change::Input for $name {
            fn options(&self) -> &$crate::schema::types::CommandOptions {
                &self.options
            }
        }
    )*};
}

/// Changes of one thing of the catalogue that change what runs on computers: whoever makes them says on how many.
macro_rules! runs_on_computers {
    ($of:ty: $($input:ident => |$this:ident| $command:expr;)*) => {$(
        impl upkeep_commands::Change for $input {
            type Of = $of;

            fn plan(
                &self,
                ask: &upkeep_commands::Ask,
            ) -> Result<upkeep_commands::Plan<$of>, upkeep_commands::Stop> {
                ask.require(upkeep_domain::access::Action::ManageCatalogue)?;
                let $this = self;
                let command = $command;
                $crate::schema::change::seen::<$of>(ask, &self.id, "id")?.plan(command)
            }

            fn confirmation(
                &self,
                plan: &upkeep_commands::Plan<$of>,
            ) -> upkeep_commands::Confirmation {
                upkeep_commands::Confirmation::run(plan.id(), self.confirm_impact)
            }
        }
    )*};
}

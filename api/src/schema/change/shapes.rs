//! The shapes that mutations are written in: inputs, plans, answers.

macro_rules! payloads {
    ($($(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $node:ty })*) => {$(
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
            pub fn new(
                context: &async_graphql::Context<'_>,
                result: Result<$node, $crate::schema::types::UserError>,
            ) -> Self {
                let request = $crate::request::Request::of(context);
                let position = $crate::schema::types::PositionScalar(request.view().position());
                match result {
                    Ok(node) => Self { $field: Some(node), user_errors: vec![], position },
                    Err(error) => Self { $field: None, user_errors: vec![error], position },
                }
            }
        }
    )*};
}

macro_rules! inputs {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $name {
            $($(#[$field_meta])* pub(crate) $field: $ty,)*
            /// Retries, concurrency, reasons.
            #[graphql(default)]
            pub(crate) options: $crate::schema::types::CommandOptions,
        }
    )*};
}

/// Leaves a check with a user error.
macro_rules! check {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        }
    };
}

/// The mutations of inputs: for each its name, whether it has to be confirmed where it reaches many, and its plan.
macro_rules! changes {
    ($($input:ident = $name:literal $(, as $confirmed:ident)?, |$this:ident, $request:ident, $view:ident, $command:ident| $plan:block)*) => {$(
        impl $crate::schema::change::Change for $input {
            const NAME: &'static str = $name;

            fn options(&self) -> &$crate::schema::types::CommandOptions {
                &self.options
            }

            $(fn confirmation(&self) -> $crate::schema::change::Confirmation {
                $crate::schema::change::Confirmation::Needed(self.$confirmed)
            })?

            fn plan(
                &self,
                $request: &$crate::request::Request,
                $view: &upkeep_projections::View,
                $command: upkeep_domain::kernel::ids::CommandId,
            ) -> $crate::schema::change::Checked<$crate::schema::change::Plan> {
                let $this = self;
                $plan
            }
        }
    )*};
}

/// Leaves the mutation with a user error.
macro_rules! ok {
    ($payload:ident, $context:expr, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Ok($payload::new($context, Err(error))),
        }
    };
}

/// Answers with the changed object from the view that contains the change.
macro_rules! answer {
    ($payload:ident, $context:expr, $find:expr, $what:literal) => {{
        let request = $crate::request::Request::of($context);
        let view = request.view();
        let node =
            $find(request, &view).ok_or_else(|| $crate::schema::types::UserError::not_found($what));
        Ok($payload::new($context, node))
    }};
}

/// Carries a change out and answers with the object that it was about.
macro_rules! changed {
    ($payload:ident, $context:expr, $input:expr, $variant:ident => $node:ident, $what:literal) => {{
        let planned = ok!(
            $payload,
            $context,
            $crate::schema::change::carry_out($context, &$input).await?
        );
        let find =
            |request: &$crate::request::Request,
             view: &std::sync::Arc<upkeep_projections::View>| match planned {
                $crate::schema::change::Planned::$variant(id, _) => $node::find(request, view, id),
                _ => None,
            };
        answer!($payload, $context, find, $what)
    }};
}

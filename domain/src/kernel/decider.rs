//! The shape of every decision: `decide(state, command, context) -> events | rejection` and `evolve(state, event) -> state`.

use crate::kernel::ids::CommandId;
use crate::kernel::metadata::Actor;
use chrono::{DateTime, Utc};
use std::fmt::Display;
use uuid::Uuid;

/// An aggregate: what it was told, what it knows, what it answers.
pub trait Decider: Default + Clone + Send + Sync + 'static {
    /// The id of one instance; with [`Self::CATEGORY`] it names the stream.
    type Id: Copy + Display + Send + Sync;
    type Command: Clone + Send + Sync;
    type Event: EventPayload;
    type Rejection: Rejection;
    /// What whoever commands it is judged by before: whose it is, and where a change's reach is confirmed all that the reach
    /// follows from.
    type Premise: Clone + PartialEq + Send + Sync + 'static;

    /// The first part of the stream's name: `tenant` in `tenant-0190…`.
    const CATEGORY: &'static str;

    /// What happens because of this command: nothing, one event, several; or why it may not happen.
    fn decide(
        &self,
        command: Self::Command,
        context: &Context,
    ) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// What permission and reach are judged on now.
    fn premise(&self) -> Self::Premise;

    /// The state after the event. No rule and no failure here: only what happened.
    #[must_use]
    fn evolve(self, event: &Self::Event) -> Self;
}

/// Why nothing happens because of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused<R> {
    /// What permission and reach were judged on is not so any more: somebody else was faster.
    #[error(
        "this was changed while it was looked whether you may and how far it reaches: read it again and repeat your change"
    )]
    Overtaken,
    #[error(transparent)]
    Rejected(R),
}

/// The code of [`Refused::Overtaken`].
pub const OVERTAKEN: &str = "CHANGED_MEANWHILE";

/// Decides a command whose permission and reach were judged on a view, which may be behind the stream: nothing happens
/// unless what was judged still holds. Nothing was judged where the command is the system's own.
pub fn decide_as_judged<D: Decider>(
    state: &D,
    judged: Option<&D::Premise>,
    command: D::Command,
    context: &Context,
) -> Result<Vec<D::Event>, Refused<D::Rejection>> {
    if judged.is_some_and(|judged| *judged != state.premise()) {
        return Err(Refused::Overtaken);
    }
    state.decide(command, context).map_err(Refused::Rejected)
}

/// An event type that can be written down and read back.
pub trait EventPayload: Clone + Send + Sync + 'static {
    /// The name under which it is stored.
    fn event_type(&self) -> &'static str;
    /// The version of the payload's shape, from 1.
    fn schema_version(&self) -> u16;
    /// The payload as JSON.
    fn to_json(&self) -> Result<Vec<u8>, serde_json::Error>;
    /// Reads a payload; nothing if this aggregate has no event of that type.
    fn from_json(
        event_type: &str,
        schema_version: u16,
        data: &[u8],
    ) -> Option<Result<Self, serde_json::Error>>;
}

/// A refused command. The code is part of the public contract and never changes.
pub trait Rejection: std::error::Error + Send + Sync + 'static {
    /// `SCREAMING_SNAKE_CASE`, stable for ever.
    fn code(&self) -> &'static str;
    /// The input field that is at fault, if one is.
    fn field(&self) -> Option<&'static str> {
        None
    }
}

/// What a decision may know besides its own history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    pub actor: Actor,
    pub now: DateTime<Utc>,
    pub command_id: CommandId,
}

impl Context {
    /// The id of the event number `index` of this command.
    pub fn event_id(&self, index: usize) -> Uuid {
        self.command_id.event_id(index)
    }
}

impl CommandId {
    /// The id of the event number `index` that the command made.
    pub fn event_id(self, index: usize) -> Uuid {
        Uuid::new_v5(&self.0, &(index as u64).to_be_bytes())
    }
}

/// Declares the events of one aggregate. The payload's type name is the event's stored type name.
#[macro_export]
macro_rules! domain_events {
    ($(#[$meta:meta])* $name:ident { $($variant:ident($payload:ident) v $version:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name { $($variant($payload),)* }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self { Self::$variant(payload) }
        })*

        impl $crate::kernel::decider::EventPayload for $name {
            fn event_type(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($payload),)* }
            }

            fn schema_version(&self) -> u16 {
                match self { $(Self::$variant(_) => $version,)* }
            }

            fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
                match self { $(Self::$variant(payload) => serde_json::to_vec(payload),)* }
            }

            fn from_json(
                event_type: &str,
                _schema_version: u16,
                data: &[u8],
            ) -> Option<Result<Self, serde_json::Error>> {
                match event_type {
                    $(stringify!($payload) => {
                        Some(serde_json::from_slice::<$payload>(data).map(Self::$variant))
                    })*
                    _ => None,
                }
            }
        }

        impl $name {
            /// The stored type names of all events of this aggregate.
            pub const TYPES: &'static [&'static str] = &[$(stringify!($payload)),*];
        }
    };
}

//! The shape of every decision: `decide(state, command, context) -> events | rejection` and `evolve(state, event) -> state`.

use crate::kernel::codes::Code;
use crate::kernel::ids::CommandId;
use crate::kernel::metadata::Actor;
use chrono::{DateTime, Utc};
use serde::de::{DeserializeOwned, Error as _};
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
    /// The stored type names of all events of the aggregate.
    const TYPES: &'static [&'static str];
    /// The name under which it is stored.
    fn event_type(&self) -> &'static str;
    /// The version of the payload's shape, from 1.
    fn version(&self) -> u16;
    /// The payload as JSON.
    fn to_json(&self) -> Result<Vec<u8>, serde_json::Error>;
    /// Reads a payload of any version that was ever written; nothing if this aggregate has no event of that type.
    fn from_json(
        event_type: &str,
        version: u16,
        data: &[u8],
    ) -> Option<Result<Self, serde_json::Error>>;
}

/// Brings a payload from one version's shape to the next one's.
pub type Upcast = fn(serde_json::Value) -> serde_json::Value;

/// Reads a payload that was written in some version, of which the last is the one that `upcasts` lead to.
pub fn read_payload<P: DeserializeOwned>(
    data: &[u8],
    version: u16,
    upcasts: &[Upcast],
) -> Result<P, serde_json::Error> {
    let current = upcasts.len() + 1;
    let written = usize::from(version);
    if written == current {
        return serde_json::from_slice(data).map_err(|error| misshapen(&error));
    }
    let Some(upcasts) = written
        .checked_sub(1)
        .and_then(|first| upcasts.get(first..))
    else {
        return Err(serde_json::Error::custom(format!(
            "it has version {written}, and this program knows those up to {current}: run a newer one"
        )));
    };
    let old = serde_json::from_slice(data)?;
    let new = upcasts.iter().fold(old, |payload, upcast| upcast(payload));
    serde_json::from_value(new).map_err(|error| misshapen(&error))
}

/// Builds from before 0.1 changed shapes and called them version 1 all the same.
fn misshapen(error: &serde_json::Error) -> serde_json::Error {
    serde_json::Error::custom(format!(
        "it does not have the shape of its version ({error}): it was written by a build from before 0.1, whose events had other \
         shapes, or it is damaged; this program begins with an empty store"
    ))
}

/// A refused command.
pub trait Rejection: std::error::Error + Send + Sync + 'static {
    /// Of the one list of codes.
    fn code(&self) -> Code;
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

/// Declares the events of one aggregate. The payload's type name is the event's stored type name. An event whose shape
/// has changed names the functions that bring it from version to version, beginning with the first: `Created(TenantCreated
/// after created_v1)`; it is of one version more than there are functions.
#[macro_export]
macro_rules! domain_events {
    ($(#[$meta:meta])* $name:ident { $($variant:ident($payload:ident $(after $($upcast:path),+)?),)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name { $($variant($payload),)* }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self { Self::$variant(payload) }
        })*

        impl $crate::kernel::decider::EventPayload for $name {
            const TYPES: &'static [&'static str] = &[$(stringify!($payload)),*];

            fn event_type(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($payload),)* }
            }

            fn version(&self) -> u16 {
                match self { $(Self::$variant(_) => 1 $($(+ $crate::domain_events!(@one $upcast))+)?,)* }
            }

            fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
                match self { $(Self::$variant(payload) => serde_json::to_vec(payload),)* }
            }

            fn from_json(
                event_type: &str,
                version: u16,
                data: &[u8],
            ) -> Option<Result<Self, serde_json::Error>> {
                match event_type {
                    $(stringify!($payload) => Some(
                        $crate::kernel::decider::read_payload::<$payload>(
                            data, version, &[$($($upcast),+)?],
                        ).map(Self::$variant),
                    ),)*
                    _ => None,
                }
            }
        }
    };
    (@one $upcast:path) => { 1 };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    crate::domain_events! {
        /// What happened to something that has changed its shape twice.
        LampEvent {
            Lit(LampLit after lit_v1, lit_v2),
            PutOut(LampPutOut),
        }
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct LampLit {
        lumens: u32,
        by: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct LampPutOut {}

    /// Version 1 said watts.
    fn lit_v1(mut payload: Value) -> Value {
        let watts = payload["watts"].as_u64().unwrap_or_default();
        payload["lumens"] = json!(watts * 15);
        payload
    }

    /// Version 2 did not say by whom.
    fn lit_v2(mut payload: Value) -> Value {
        payload["by"] = json!("nobody");
        payload
    }

    fn read(version: u16, payload: &Value) -> Result<LampEvent, String> {
        let data = serde_json::to_vec(payload).unwrap();
        let read = LampEvent::from_json("LampLit", version, &data).unwrap();
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn what_was_written_in_any_version_is_read_as_the_newest() {
        let lit = |by: &str| {
            let by = by.to_owned();
            Ok(LampEvent::from(LampLit { lumens: 600, by }))
        };
        assert_eq!(read(1, &json!({ "watts": 40 })), lit("nobody"));
        assert_eq!(read(2, &json!({ "lumens": 600 })), lit("nobody"));
        assert_eq!(read(3, &json!({ "lumens": 600, "by": "Ada" })), lit("Ada"));
        assert_eq!(lit("Ada").unwrap().version(), 3);
        assert_eq!(LampEvent::from(LampPutOut {}).version(), 1);
    }

    #[test]
    fn what_a_newer_program_wrote_is_not_guessed_at() {
        for unknown in [0, 4] {
            let refused = read(unknown, &json!({ "lumens": 600, "by": "Ada" }));
            assert!(refused.unwrap_err().contains("run a newer one"));
        }
        let other_shape = read(3, &json!({ "watts": 40 })).unwrap_err();
        assert!(
            other_shape.contains("missing field `lumens`")
                && other_shape.contains("begins with an empty store"),
            "nor is a version: {other_shape}"
        );
    }
}

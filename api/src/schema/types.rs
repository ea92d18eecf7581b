//! Scalars, enums and small types that many others use.

use crate::error::ErrorCode;
use async_graphql::{
    Enum, ID, InputObject, InputValueError, InputValueResult, OneofObject, Result, Scalar,
    ScalarType, SimpleObject, Value,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use upkeep_commands::Refusal;
use upkeep_domain::for_all_codes;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::metadata;
use upkeep_event_store::Position;
use upkeep_projections::{AsOf, Stamp};
use uuid::Uuid;

/// The global id of a thing: its kind and its UUID, for clients opaque.
pub fn global_id(kind: &str, id: Uuid) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.hyphenated())))
}

/// The global id of what is named by something else than one UUID.
pub fn global_id_of(kind: &str, name: &impl std::fmt::Display) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{name}")))
}

/// The kind in a global id, and what it names.
pub fn decode_global_id(id: &ID) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
    let (kind, name) = text.split_once(':')?;
    Some((kind.to_owned(), name.to_owned()))
}

/// The kind and the UUID in a global id; a plain UUID has no kind.
pub fn parse_global_id(id: &ID) -> Option<(Option<String>, Uuid)> {
    if let Ok(uuid) = Uuid::try_parse(id) {
        return Some((None, uuid));
    }
    let (kind, name) = decode_global_id(id)?;
    Some((Some(kind), Uuid::try_parse(&name).ok()?))
}

/// The UUID in an id of this kind, or why it is none; ids from logs, which are plain UUIDs, are accepted too.
pub fn parse_id(kind: &str, id: &ID) -> std::result::Result<Uuid, String> {
    match parse_global_id(id) {
        Some((None, uuid)) => Ok(uuid),
        Some((Some(found), uuid)) if found == kind => Ok(uuid),
        Some((Some(found), _)) => Err(format!("the id names a {found}, and a {kind} is needed")),
        None => Err(format!("{:?} is no id of a {kind}", id.as_str())),
    }
}

/// The same, for what is only asked.
pub fn uuid_of(kind: &str, id: &ID) -> Result<Uuid> {
    parse_id(kind, id).map_err(|why| ErrorCode::BadUserInput.error(why))
}

/// A place in the one order of all events, as decimal text: it may be larger than an `Int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionScalar(pub Position);

#[Scalar(name = "Position")]
/// A place in the one order of all events: a whole number from 0, as decimal text. "0" is before the first event.
impl ScalarType for PositionScalar {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number
            .filter(|number| *number <= Position::END.0)
            .map(|number| Self(Position(number)))
            .ok_or_else(|| InputValueError::custom("a position is a whole number from 0, as text"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A number of bytes. An `Int` ends at 2 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteCount(pub u64);

impl ByteCount {
    /// The largest whole number that every reader of JSON keeps exactly, JavaScript too.
    const MAX: u64 = (1 << 53) - 1;
}

#[Scalar(
    name = "ByteCount",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
/// A number of bytes: a whole number from 0 to 9,007,199,254,740,991 (2^53 - 1), as a JSON number, which every client can
/// hold exactly. As input it may be decimal text, too.
impl ScalarType for ByteCount {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number
            .filter(|number| *number <= Self::MAX)
            .map(Self)
            .ok_or_else(|| {
                InputValueError::custom("a number of bytes is a whole number from 0 to 2^53 - 1")
            })
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.min(Self::MAX))
    }
}

/// A past moment: give exactly one of the two.
#[derive(Clone, Copy, OneofObject)]
pub enum AsOfInput {
    /// After the last event that was recorded at or before this time.
    Time(DateTime<Utc>),
    /// After the event at this position.
    Position(PositionScalar),
}

impl From<AsOfInput> for AsOf {
    fn from(input: AsOfInput) -> Self {
        match input {
            AsOfInput::Time(time) => Self::Time(time),
            AsOfInput::Position(position) => Self::Position(position.0),
        }
    }
}

/// What goes with every mutation.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CommandOptions {
    /// Names the command. Sending it again with the same id and input answers as the first time and changes
    /// nothing more; with another input it is the error COMMAND_ID_REUSED.
    pub command_id: Option<Uuid>,
    /// The object's `revision` that you have seen; if somebody changed it since, the error is REVISION_CONFLICT.
    pub expected_revision: Option<u64>,
    /// Why you do it, in your words; it is kept with the events. At most 1,000 characters, in lines, of what can be seen.
    #[graphql(validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Who did something.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActorKind {
    /// A person or an integration, by an API token.
    User,
    /// An agent.
    Agent,
    /// Somebody with an account on the server's own machine.
    Operator,
    /// Upkeep itself.
    System,
}

/// Who did something.
#[derive(Clone, SimpleObject)]
pub struct Actor {
    /// What kind of actor it was.
    kind: ActorKind,
    /// The API token of a person or an integration, by its global id.
    api_token_id: Option<ID>,
    /// The agent, by its global id.
    agent_id: Option<ID>,
}

impl From<metadata::Actor> for Actor {
    fn from(actor: metadata::Actor) -> Self {
        let (mut api_token_id, mut agent_id) = (None, None);
        let kind = match actor {
            metadata::Actor::User(token) => {
                api_token_id = Some(global_id("ApiToken", token.0));
                ActorKind::User
            }
            metadata::Actor::Agent(agent) => {
                agent_id = Some(global_id("Agent", agent.0));
                ActorKind::Agent
            }
            metadata::Actor::Operator => ActorKind::Operator,
            metadata::Actor::System => ActorKind::System,
        };
        Self {
            kind,
            api_token_id,
            agent_id,
        }
    }
}

/// When something happened, by whom, and where it is written.
#[derive(Clone, SimpleObject)]
#[graphql(name = "Change")]
pub struct Change {
    /// When it was recorded.
    at: DateTime<Utc>,
    /// Who did it.
    by: Actor,
    /// The position of the event.
    position: PositionScalar,
}

impl From<Stamp> for Change {
    fn from(stamp: Stamp) -> Self {
        Self {
            at: stamp.time,
            by: stamp.actor.into(),
            position: PositionScalar(stamp.position),
        }
    }
}

macro_rules! user_error_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// Why a mutation changed nothing. Codes are never taken away.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        #[graphql(remote = "Code")]
        pub enum UserErrorCode { $($(#[$meta])* $variant,)* }
    };
}

for_all_codes!(user_error_codes);

/// Why a mutation changed nothing.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// Stable, for programs.
    pub code: UserErrorCode,
    /// What happened and what to do, for people.
    pub message: String,
    /// The path to the input field that is at fault, if one is.
    pub field: Option<Vec<String>>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let field = refusal.field;
        Self {
            code: refusal.code.into(),
            message: refusal.message,
            field: field.map(|field| vec!["input".to_owned(), field.into_owned()]),
        }
    }
}

//! Scalars, enums and small types that many others use.

use crate::error::{self, ErrorCode};
use crate::request::Request;
use crate::schema::access::api_token::ApiTokenNode;
use crate::schema::event::EventNode;
use crate::schema::fleet::agent::AgentNode;
use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, InputValueError, InputValueResult, OneofObject,
    Result, Scalar, ScalarType, SimpleObject, Value,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use upkeep_commands::Refusal;
use upkeep_domain::for_all_codes;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::metadata;
use upkeep_event_store::Position;
use upkeep_projections::{AsOf, Stamp, View};
use uuid::Uuid;

/// The global id of a thing as it is now: its kind and its UUID, for clients opaque. What refers to a thing by its id alone has this
/// one at every moment; what is shown has the one [of its moment](global_id_in).
pub fn global_id(kind: &str, id: Uuid) -> ID {
    encode(&format!("{kind}:{}", id.hyphenated()))
}

/// In the place of a moment: what is shown has not happened.
const IMAGINED: &str = "imagined";

/// When a thing is what a global id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    At(AsOf),
    /// Where a change was imagined; nobody finds it again.
    Never,
}

/// The global id of a thing in a view. Of a past moment it is another object for whoever keeps objects by their ids.
pub fn global_id_in(view: &View, kind: &str, id: Uuid) -> ID {
    global_id_of(view, kind, &id.hyphenated())
}

/// The same for what is named by something else than one UUID.
pub fn global_id_of(view: &View, kind: &str, name: &impl std::fmt::Display) -> ID {
    let position = view.position();
    if view.is_imagined() {
        return encode(&format!("{kind}:{name}@{IMAGINED}"));
    }
    match view.moment() {
        None => encode(&format!("{kind}:{name}")),
        moment if moment == view.time() => encode(&format!("{kind}:{name}@{position}")),
        // Between two events an agreement may have begun or ended.
        Some(moment) => encode(&format!("{kind}:{name}@{}", moment.to_rfc3339())),
    }
}

pub fn encode(text: &str) -> ID {
    ID(URL_SAFE_NO_PAD.encode(text))
}

/// What a global id says.
pub struct GlobalId {
    /// A plain UUID has none.
    pub kind: Option<String>,
    pub name: String,
    pub when: When,
}

impl GlobalId {
    pub fn parse(id: &ID) -> Option<Self> {
        if let Ok(uuid) = Uuid::try_parse(id) {
            return Some(Self {
                kind: None,
                name: uuid.to_string(),
                when: When::Now,
            });
        }
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
        let (kind, name) = text.split_once(':')?;
        // An event is what it is at every moment, and its place in its stream is part of its name.
        let (name, when) = match name.rsplit_once('@') {
            Some((name, when)) if kind != EventNode::KIND => (name, when_of(when)?),
            _ => (name, When::Now),
        };
        Some(Self {
            kind: Some(kind.to_owned()),
            name: name.to_owned(),
            when,
        })
    }

    /// As it is written in ids and no other way, so that a thing has one.
    pub fn uuid(&self) -> Option<Uuid> {
        let uuid = Uuid::try_parse(&self.name).ok()?;
        (uuid.to_string() == self.name).then_some(uuid)
    }
}

fn when_of(text: &str) -> Option<When> {
    if text == IMAGINED {
        return Some(When::Never);
    }
    if let Ok(position) = text.parse().map(Position) {
        let is_ours = position.to_string() == text;
        return is_ours.then_some(When::At(AsOf::Position(position)));
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    (time.to_rfc3339() == text).then_some(When::At(AsOf::Time(time)))
}

/// The UUID in an id of this kind, or why it is none; plain UUIDs, as logs have them, are accepted too. What it says of a moment is
/// passed over: which moment is asked about is said by `asOf`.
fn parse_id(kind: &str, id: &ID) -> std::result::Result<Uuid, String> {
    let known = GlobalId::parse(id);
    let known = known.and_then(|id| Some((id.uuid()?, id.kind)));
    match known {
        Some((uuid, None)) => Ok(uuid),
        Some((uuid, Some(found))) if found == kind => Ok(uuid),
        Some((_, Some(found))) => Err(format!("the id names a {found}, and a {kind} is needed")),
        None => Err(format!("{:?} is no id of a {kind}", id.as_str())),
    }
}

/// The same for what is to be changed: only what is there now can be.
pub fn parse_present_id(kind: &str, id: &ID) -> std::result::Result<Uuid, String> {
    let uuid = parse_id(kind, id)?;
    match GlobalId::parse(id).map(|id| id.when) {
        None | Some(When::Now) => Ok(uuid),
        Some(When::At(_)) => Err(format!(
            "the id names the {kind} as it was at a past moment: give its uuid, or the id that it has without asOf"
        )),
        Some(When::Never) => Err(format!(
            "the id names the {kind} as it would be after a change that was only previewed: give its uuid, or the id that it has elsewhere"
        )),
    }
}

/// The same, for what is only asked.
pub fn uuid_of(kind: &str, id: &ID) -> Result<Uuid> {
    parse_id(kind, id).map_err(|why| ErrorCode::BadUserInput.error(why))
}

/// A day of the calendar, without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

#[Scalar(name = "Date")]
/// A day of the calendar as ISO 8601 has it, like "2026-11-27": of which time zone is said where it is used.
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let day = text.parse().map(Self);
        day.map_err(|_| InputValueError::custom("a day is written like 2026-11-27"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
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

/// A whole number that an `Int` may be too small for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub u64);

#[Scalar(
    name = "Long",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
/// A whole number from 0 to 9,007,199,254,740,991 (2^53 - 1), as a JSON number, which every client can hold exactly: where an `Int` is too
/// small. As input it may be decimal text, too.
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        ByteCount::parse(value)
            .map(|ByteCount(number)| Self(number))
            .map_err(|_| InputValueError::custom("a whole number from 0 to 2^53 - 1 is needed"))
    }

    fn to_value(&self) -> Value {
        ByteCount(self.0).to_value()
    }
}

/// A moment: give exactly one of the two.
#[derive(Clone, Copy, OneofObject)]
pub enum AsOfInput {
    /// After the last event that was recorded at or before this time; a time in the future is as if nothing else happened until then.
    Time(DateTime<Utc>),
    /// After the event at this position, which must have happened.
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
    /// The object's `revision` that you have seen; if somebody changed it since, the error is REVISION_CONFLICT. Whatever is there is changed if not given.
    pub expected_revision: Option<u64>,
    /// Why you do it, in your words; it is kept with the events. At most 1,000 characters, in lines, of what can be seen; none if not given.
    #[graphql(validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
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
#[graphql(complex)]
pub struct Actor {
    /// What kind of actor it was.
    kind: ActorKind,
    /// The API token of a person or an integration, by its global id.
    api_token_id: Option<ID>,
    /// The agent, by its global id.
    agent_id: Option<ID>,
    #[graphql(skip)]
    who: metadata::Actor,
}

#[ComplexObject]
impl Actor {
    /// The API token of a person or an integration, as it is now, if you may see it.
    async fn api_token(&self, context: &Context<'_>) -> Option<ApiTokenNode> {
        let request = Request::of(context);
        match self.who {
            metadata::Actor::User(token) => ApiTokenNode::find(request, &request.view(), token),
            _ => None,
        }
    }

    /// The agent, as it is now, if you may see it.
    async fn agent(&self, context: &Context<'_>) -> Option<AgentNode> {
        let request = Request::of(context);
        match self.who {
            metadata::Actor::Agent(agent) => AgentNode::find(request, &request.view(), agent),
            _ => None,
        }
    }
}

impl From<metadata::Actor> for ActorKind {
    fn from(actor: metadata::Actor) -> Self {
        match actor {
            metadata::Actor::User(_) => Self::User,
            metadata::Actor::Agent(_) => Self::Agent,
            metadata::Actor::Operator => Self::Operator,
            metadata::Actor::System => Self::System,
        }
    }
}

impl From<metadata::Actor> for Actor {
    fn from(actor: metadata::Actor) -> Self {
        let (mut api_token_id, mut agent_id) = (None, None);
        match actor {
            metadata::Actor::User(token) => api_token_id = Some(global_id("ApiToken", token.0)),
            metadata::Actor::Agent(agent) => agent_id = Some(global_id("Agent", agent.0)),
            metadata::Actor::Operator | metadata::Actor::System => {}
        }
        Self {
            kind: actor.into(),
            api_token_id,
            agent_id,
            who: actor,
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
    /// The way to what is at fault, if one thing is, from the argument on: `["input", "target", "scope", "computerId"]`; an element of
    /// a list by its index from 0. It has at most ten steps.
    pub field: Option<Vec<String>>,
}

impl UserError {
    /// Why the change in this argument is refused.
    pub fn new(refusal: Refusal, argument: &[&str]) -> Self {
        let field = refusal.field.map(|field| {
            let argument = argument.iter().copied();
            argument
                .chain(field.split('.'))
                .map(str::to_owned)
                .collect()
        });
        Self {
            code: refusal.code.into(),
            message: error::shortened(refusal.message),
            field,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_has_one_id_at_each_moment() {
        let thing = "01a21eac-55bd-7490-8a04-ee23b145b8a6";
        for (name, is_one) in [
            (thing.to_owned(), true),
            (thing.to_uppercase(), false),
            (thing.replace('-', ""), false),
            (format!("{thing}@50"), true),
            (format!("{thing}@050"), false),
            (format!("{thing}@+50"), false),
            (format!("{thing}@2026-11-27T12:00:00+00:00"), true),
            (format!("{thing}@2026-11-27T12:00:00Z"), false),
            (format!("{thing}@2026-11-27T13:00:00+01:00"), false),
            (format!("{thing}@imagined"), true),
            (format!("{thing}@"), false),
        ] {
            let known = GlobalId::parse(&encode(&format!("Tenant:{name}")));
            let uuid = known.and_then(|id| id.uuid());
            assert_eq!(uuid.is_some(), is_one, "{name}");
        }
    }
}

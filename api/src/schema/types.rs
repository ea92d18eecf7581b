//! Scalars, enums and small types that many others use.

use crate::error::ErrorCode;
use async_graphql::{
    Enum, ID, InputObject, InputValueError, InputValueResult, OneofObject, Result, Scalar,
    ScalarType, SimpleObject, Value,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use upkeep_domain::kernel::decider::OVERTAKEN;
use upkeep_domain::kernel::metadata;
use upkeep_event_store::{CommandError, Position};
use upkeep_projections::{AsOf, Stamp};
use uuid::Uuid;

/// The global id of a thing: its kind and its UUID, for clients opaque.
pub fn global_id(kind: &str, id: Uuid) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.hyphenated())))
}

/// The kind and the UUID in a global id; a plain UUID has no kind.
pub fn parse_global_id(id: &ID) -> Option<(Option<String>, Uuid)> {
    if let Ok(uuid) = Uuid::try_parse(id) {
        return Some((None, uuid));
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
    let (kind, uuid) = text.split_once(':')?;
    Some((Some(kind.to_owned()), Uuid::try_parse(uuid).ok()?))
}

/// The UUID in an id of this kind; ids from logs, which are plain UUIDs, are accepted too.
pub fn uuid_of(kind: &str, id: &ID) -> Result<Uuid> {
    match parse_global_id(id) {
        Some((None, uuid)) => Ok(uuid),
        Some((Some(found), uuid)) if found == kind => Ok(uuid),
        Some((Some(found), _)) => Err(ErrorCode::BadUserInput
            .error(format!("the id names a {found}, and a {kind} is needed"))),
        None => {
            Err(ErrorCode::BadUserInput.error(format!("{:?} is no id of a {kind}", id.as_str())))
        }
    }
}

/// A place in the one order of all events, as decimal text: it may be larger than an `Int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionScalar(pub Position);

#[Scalar(
    name = "Position",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
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
    /// The id of the API token or of the agent, where there is one.
    id: Option<ID>,
}

impl From<metadata::Actor> for Actor {
    fn from(actor: metadata::Actor) -> Self {
        let (kind, id) = match actor {
            metadata::Actor::User(token) => (ActorKind::User, Some(global_id("ApiToken", token.0))),
            metadata::Actor::Agent(agent) => (ActorKind::Agent, Some(global_id("Agent", agent.0))),
            metadata::Actor::Operator => (ActorKind::Operator, None),
            metadata::Actor::System => (ActorKind::System, None),
        };
        Self { kind, id }
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
        pub enum UserErrorCode { $($(#[$meta])* $variant,)* }

        impl UserErrorCode {
            pub fn of(code: &str) -> Self {
                match code {
                    $($text => Self::$variant,)*
                    _ => Self::Rejected,
                }
            }
        }
    };
}

user_error_codes! {
    /// There is no such thing, or you may not see it.
    NotFound = "NOT_FOUND",
    /// It exists already.
    AlreadyExists = "ALREADY_EXISTS",
    /// A value is not possible; the message says why.
    Invalid = "INVALID",
    /// Somebody changed it since you read it.
    RevisionConflict = "REVISION_CONFLICT",
    /// Somebody changed it while it was looked whether you may and how far your change reaches. Read it again, and repeat it.
    ChangedMeanwhile = "CHANGED_MEANWHILE",
    /// The command id was used for another command.
    CommandIdReused = "COMMAND_ID_REUSED",
    /// The tenant would become its own ancestor.
    TenantCycle = "TENANT_CYCLE",
    /// The tenant tree would become too deep.
    TenantTooDeep = "TENANT_TOO_DEEP",
    /// The version is published already.
    VersionExists = "VERSION_EXISTS",
    /// The software has no such version.
    VersionNotFound = "VERSION_NOT_FOUND",
    /// The software has as many versions as it may.
    TooManyVersions = "TOO_MANY_VERSIONS",
    /// The package's file name is not a bare file name.
    BadFileName = "BAD_FILE_NAME",
    /// The package is too large.
    PackageTooLarge = "PACKAGE_TOO_LARGE",
    /// The package was not uploaded yet.
    PackageMissing = "PACKAGE_MISSING",
    /// The deployment was deleted.
    DeploymentDeleted = "DEPLOYMENT_DELETED",
    /// The agent was revoked.
    AgentRevoked = "AGENT_REVOKED",
    /// The agent is held.
    AgentHeld = "AGENT_HELD",
    /// The agent claims a known computer's hardware, and releasedAs does not say what it is.
    AgentUndecided = "AGENT_UNDECIDED",
    /// The number of uses is not possible.
    BadMaxUses = "BAD_MAX_USES",
    /// The moment of expiry is not possible.
    BadExpiry = "BAD_EXPIRY",
    /// The session is over.
    SessionOver = "SESSION_OVER",
    /// The computer has as many sessions waiting as it may.
    TooManySessionsWaiting = "TOO_MANY_SESSIONS_WAITING",
    /// There is an administrator already.
    HasAdministrator = "HAS_ADMINISTRATOR",
    /// The setup token is not the newest one.
    WrongSetupToken = "WRONG_SETUP_TOKEN",
    /// It was removed.
    Removed = "REMOVED",
    /// There are tenants below the one that would be removed.
    TenantHasChildren = "TENANT_HAS_CHILDREN",
    /// The tenant has another computer with the same hardware.
    HardwareKnown = "HARDWARE_KNOWN",
    /// It is of another tenant.
    OtherTenant = "OTHER_TENANT",
    /// There would be more tags than there may.
    TooManyTags = "TOO_MANY_TAGS",
    /// More members would change at once, or be in the group, than may.
    TooManyMembers = "TOO_MANY_MEMBERS",
    /// The agreement has as many products as it may.
    TooManyAdditions = "TOO_MANY_ADDITIONS",
    /// The computer keeps as many metascripts' answers as it may.
    TooManyAnswers = "TOO_MANY_ANSWERS",
    /// As many optional deployments are approved for the computer as may be.
    TooManyApprovals = "TOO_MANY_APPROVALS",
    /// The deployment does not apply, whoever names it: it waits for an approval, or for a new computer.
    DoesNotApply = "DOES_NOT_APPLY",
    /// No catalogue recommends the deployment.
    NotRecommended = "NOT_RECOMMENDED",
    /// The change reaches many computers, and confirmImpact does not say how many.
    ImpactUnconfirmed = "IMPACT_UNCONFIRMED",
    /// There are as many deployments for the tenant as may be, or as many with a filter expression.
    TooManyDeployments = "TOO_MANY_DEPLOYMENTS",
    /// The package is empty.
    PackageEmpty = "PACKAGE_EMPTY",
    /// The groups would be nested too deep.
    GroupTooDeep = "GROUP_TOO_DEEP",
    /// Another reason; the message says which.
    Rejected = "REJECTED",
}

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

impl UserError {
    pub fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
        }
    }

    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(vec!["input".to_owned(), field.to_owned()]);
        self
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(
            UserErrorCode::NotFound,
            format!("there is no such {what}: check the id"),
        )
    }

    /// A value that the domain's types refuse.
    pub fn invalid(field: &str, error: &dyn std::fmt::Display) -> Self {
        Self::new(UserErrorCode::Invalid, error.to_string()).at(field)
    }
}

impl From<&CommandError> for UserError {
    fn from(error: &CommandError) -> Self {
        match error {
            CommandError::Rejected {
                code,
                message,
                field,
            } => {
                let error = Self::new(UserErrorCode::of(code), message);
                match field {
                    Some(field) => error.at(field),
                    None => error,
                }
            }
            CommandError::Overtaken { .. } => {
                Self::new(UserErrorCode::of(OVERTAKEN), error.to_string())
            }
            CommandError::RevisionConflict { .. } => {
                Self::new(UserErrorCode::RevisionConflict, error.to_string()).at("options")
            }
            _ => Self::new(UserErrorCode::CommandIdReused, error.to_string()).at("options"),
        }
    }
}

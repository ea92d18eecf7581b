use super::state::{DetailReport, HardwareIdentity, Inventory};
use crate::fleet::tag::{TagChange, TagError};
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::{DeploymentId, PersonId, SessionId, TenantId};
use crate::kernel::limits::{MAX_APPROVALS, MAX_METASCRIPT_ANSWERS};
use crate::kernel::name::Name;
use chrono::{DateTime, Utc};

/// What can be asked of a computer.
#[derive(Clone, Debug)]
pub enum ComputerCommand {
    Register {
        tenant: TenantId,
        name: Name,
        hardware: HardwareIdentity,
    },
    ReportInventory(Inventory),
    CompleteOnboarding,
    /// Lets a session begin if no other one runs. Servers that ask at the same moment for different sessions meet here,
    /// so that only one begins.
    AdmitSession {
        session: SessionId,
        /// Whose computer it was when the session was asked for.
        tenant: TenantId,
        /// The session that was admitted before, if it is known to be over.
        over: Option<SessionId>,
    },
    /// What an integration knows besides the agent; what it leaves out stays as it is known.
    ReportDetail(Box<DetailReport>),
    ChangeTags(TagChange),
    /// The person comes with the tenant that the person works for.
    SetPrimaryPerson {
        person: Option<(PersonId, TenantId)>,
    },
    /// From now on no deployment applies to it.
    ExcludeFromMaintenance,
    IncludeInMaintenance,
    /// What a metascript said of this computer.
    RecordMetascriptAnswer {
        metascript: Name,
        answer: bool,
        /// Now, if whoever asked does not say.
        observed_at: Option<DateTime<Utc>>,
    },
    /// Lets an optional deployment apply to this computer.
    ApproveOptional {
        deployment: DeploymentId,
    },
    WithdrawApproval {
        deployment: DeploymentId,
    },
    /// It is gone. Its agents may still say what they see of it, and nothing else happens to it.
    Remove,
    /// It is there again, as it was.
    Restore,
    /// Brings it to another tenant, which has claimed its hardware for it.
    Move {
        tenant: TenantId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComputerRejection {
    #[error("there is no such computer: check the id")]
    NotFound,
    #[error("this computer is registered for another tenant or hardware: identify the agent again")]
    RegisteredDifferently,
    #[error("this computer was removed: restore it first")]
    Removed,
    #[error("another session runs on this computer: this one waits for its end")]
    SessionRunning,
    #[error("the computer belongs to another tenant by now: ask for a session there")]
    Elsewhere,
    #[error("the person works for another tenant than the computer's: choose one of its own")]
    PersonOfOtherTenant,
    #[error(
        "the answer was observed at {0}, which is in the future: check the clock of whoever observed it"
    )]
    ObservedInFuture(DateTime<Utc>),
    #[error("the computer keeps the answers of {MAX_METASCRIPT_ANSWERS} metascripts: no more fit")]
    TooManyAnswers,
    #[error(
        "{MAX_APPROVALS} optional deployments are approved for the computer: withdraw some first"
    )]
    TooManyApprovals,
    #[error(transparent)]
    Tags(#[from] TagError),
}

impl Rejection for ComputerRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Removed => Code::Removed,
            Self::SessionRunning => Code::SessionRunning,
            Self::RegisteredDifferently => Code::ComputerRegisteredDifferently,
            Self::Elsewhere | Self::PersonOfOtherTenant => Code::OtherTenant,
            Self::ObservedInFuture(_) => Code::Invalid,
            Self::TooManyAnswers => Code::TooManyAnswers,
            Self::TooManyApprovals => Code::TooManyApprovals,
            Self::Tags(_) => Code::TooManyTags,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::PersonOfOtherTenant => Some("personId"),
            Self::ObservedInFuture(_) => Some("observedAt"),
            _ => None,
        }
    }
}

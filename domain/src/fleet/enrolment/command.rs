use super::state::TokenTerms;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::AgentId;
use crate::kernel::limits::{MAX_ENROLMENT_LIFE, MAX_ENROLMENT_USES};
use crate::kernel::secret::SecretHash;
use chrono::{DateTime, Utc};

/// What can be asked of an enrolment token.
#[derive(Clone, Debug)]
pub enum EnrolmentTokenCommand {
    Create(TokenTerms),
    /// An agent shows the token. The same agent may show it again, when its first answer was lost.
    Use {
        agent: AgentId,
        secret_hash: SecretHash,
    },
    Revoke,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EnrolmentTokenRejection {
    /// One answer for "no such token" and "wrong secret": it tells nothing to a guesser.
    #[error("the enrolment token is not known: copy the whole token, or create a new one")]
    Unknown,
    #[error("this enrolment token exists already: use another id")]
    AlreadyExists,
    #[error("the enrolment token expired at {0}: create a new one")]
    Expired(DateTime<Utc>),
    #[error("the enrolment token was used {0} times, which is its limit: create a new one")]
    UsedUp(u32),
    #[error("the enrolment token was revoked: create a new one")]
    Revoked,
    #[error("a token may be used 1 to {MAX_ENROLMENT_USES} times, not {0}")]
    BadUses(u32),
    #[error("a token must expire in the future and within {days} days", days = MAX_ENROLMENT_LIFE.as_secs() / 86_400)]
    BadExpiry,
}

impl Rejection for EnrolmentTokenRejection {
    fn code(&self) -> Code {
        match self {
            Self::Unknown => Code::EnrolmentTokenUnknown,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Expired(_) => Code::EnrolmentTokenExpired,
            Self::UsedUp(_) => Code::EnrolmentTokenUsedUp,
            Self::Revoked => Code::EnrolmentTokenRevoked,
            Self::BadUses(_) => Code::BadMaxUses,
            Self::BadExpiry => Code::BadExpiry,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::BadUses(_) => Some("maxUses"),
            Self::BadExpiry => Some("expiresAt"),
            _ => None,
        }
    }
}

use super::state::Grant;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;

/// What can be asked of an API token.
#[derive(Clone, Debug)]
pub enum ApiTokenCommand {
    Create(Grant),
    Revoke,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ApiTokenRejection {
    #[error("there is no such API token: check the id")]
    NotFound,
    #[error("this API token exists already: use another id")]
    AlreadyExists,
    #[error("the token would be expired from the start: give a moment in the future")]
    AlreadyExpired,
}

impl Rejection for ApiTokenRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::AlreadyExpired => Code::BadExpiry,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::AlreadyExpired => Some("expiresAt"),
            Self::NotFound | Self::AlreadyExists => None,
        }
    }
}

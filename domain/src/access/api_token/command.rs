use super::state::Grant;
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
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::AlreadyExpired => "BAD_EXPIRY",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::AlreadyExpired => Some("expiresAt"),
            Self::NotFound | Self::AlreadyExists => None,
        }
    }
}

use super::Sealed;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;

/// What can be asked of a secret.
#[derive(Clone, Debug)]
pub enum SecretCommand {
    Create {
        /// Nothing: it is the installation's.
        tenant: Option<TenantId>,
        name: Name,
        sealed: Sealed,
    },
    /// Changes whatever is given, in one step.
    Change {
        name: Option<Name>,
        sealed: Option<Sealed>,
    },
    Remove,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SecretRejection {
    #[error("there is no such secret: check the id")]
    NotFound,
    #[error("this secret exists already: use another id")]
    AlreadyExists,
    #[error("this secret was removed: create a new one")]
    Removed,
}

impl Rejection for SecretRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Removed => Code::Removed,
        }
    }
}

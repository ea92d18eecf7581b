use super::Period;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::TenantId;
use crate::kernel::limits::MAX_ADDITIONS;
use crate::kernel::name::Name;

/// What can be asked of an agreement.
#[derive(Clone, Debug)]
pub enum AgreementCommand {
    Add {
        tenant: TenantId,
        name: Name,
        agreement_type: Name,
        period: Period,
    },
    /// Changes whatever is given, in one step.
    Change {
        agreement_type: Option<Name>,
        period: Option<Period>,
    },
    /// Puts a product on it, or changes the days on which it counts; where none are given they stay, and a new product counts
    /// on all days.
    RecordAddition {
        product: Name,
        period: Option<Period>,
    },
    RemoveAddition {
        product: Name,
    },
    Remove,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AgreementRejection {
    #[error("there is no such agreement: check the id")]
    NotFound,
    #[error("this agreement exists already: use another id")]
    AlreadyExists,
    #[error("this agreement was removed: add it anew")]
    Removed,
    #[error("the last day is before the first: change one of them")]
    Backwards,
    #[error("the agreement has {MAX_ADDITIONS} products: take one away first")]
    TooManyAdditions,
}

impl Rejection for AgreementRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Removed => Code::Removed,
            Self::Backwards => Code::Invalid,
            Self::TooManyAdditions => Code::TooManyAdditions,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Backwards => Some("lastDay"),
            Self::TooManyAdditions => Some("product"),
            Self::NotFound | Self::AlreadyExists | Self::Removed => None,
        }
    }
}

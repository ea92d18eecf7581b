use crate::fleet::tag::{TagChange, TagError};
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;

/// What can be asked of a person.
#[derive(Clone, Debug)]
pub enum PersonCommand {
    Add {
        tenant: TenantId,
        name: Name,
        upn: Option<Name>,
    },
    Rename {
        name: Name,
    },
    /// Another user principal name, or none any more.
    ChangeUpn {
        upn: Option<Name>,
    },
    ChangeTags(TagChange),
    Remove,
    /// The person works for this tenant from now on.
    Move {
        tenant: TenantId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PersonRejection {
    #[error("there is no such person: check the id")]
    NotFound,
    #[error("this person exists already: use another id")]
    AlreadyExists,
    #[error("this person was removed: add the person anew")]
    Removed,
    #[error(transparent)]
    Tags(#[from] TagError),
}

impl Rejection for PersonRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Removed => Code::Removed,
            Self::Tags(_) => Code::TooManyTags,
        }
    }
}

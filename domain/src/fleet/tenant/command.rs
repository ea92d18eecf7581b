use super::Presence;
use crate::fleet::tag::{TagChange, TagError};
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::TenantId;
use crate::kernel::limits::MAX_TENANT_DEPTH;
use crate::kernel::name::Name;
use chrono_tz::Tz;

/// What can be asked of a tenant.
#[derive(Clone, Debug)]
pub enum TenantCommand {
    /// With a parent only once the tree has placed it there.
    Create {
        name: Name,
        parent: Option<TenantId>,
    },
    Rename {
        name: Name,
    },
    /// What the tree has decided, in its turn.
    SetParent {
        parent: Option<TenantId>,
        turn: u64,
    },
    ChangeTags(TagChange),
    /// In which its days begin and end.
    SetTimeZone {
        time_zone: Tz,
    },
    /// From now on cross-tenant deployments do not apply to it and its computers.
    ExcludeFromCrossTenant,
    IncludeInCrossTenant,
    /// What the tree has decided on whether it is there, in its turn.
    SetPresence {
        presence: Presence,
        turn: u64,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TenantRejection {
    #[error("there is no such tenant: check the id")]
    NotFound,
    #[error("this tenant exists already: use another id")]
    AlreadyExists,
    #[error(
        "tenant {0} cannot be its own ancestor: choose a parent that is not below it in the tree"
    )]
    Cycle(TenantId),
    #[error(
        "the tenant tree would be deeper than {MAX_TENANT_DEPTH}, with what is below this tenant: choose a higher parent"
    )]
    TooDeep,
    #[error(
        "the tenant was moved while it was looked whether you may and how far it reaches: read it again and repeat your change"
    )]
    MovedMeanwhile,
    #[error("this tenant was removed: restore it first")]
    Removed,
    #[error("the tenant above was removed: restore that one first, or choose another one")]
    ParentRemoved,
    #[error("there are tenants below this one: move them or remove them first")]
    HasChildren,
    #[error(transparent)]
    Tags(#[from] TagError),
}

impl Rejection for TenantRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Cycle(_) => Code::TenantCycle,
            Self::TooDeep => Code::TenantTooDeep,
            Self::MovedMeanwhile => Code::ChangedMeanwhile,
            Self::Removed | Self::ParentRemoved => Code::Removed,
            Self::HasChildren => Code::TenantHasChildren,
            Self::Tags(_) => Code::TooManyTags,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Cycle(_) | Self::TooDeep => Some("parentId"),
            Self::NotFound
            | Self::AlreadyExists
            | Self::MovedMeanwhile
            | Self::Removed
            | Self::ParentRemoved
            | Self::HasChildren
            | Self::Tags(_) => None,
        }
    }
}

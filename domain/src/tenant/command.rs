use crate::decider::Rejection;
use crate::ids::TenantId;
use crate::limits::MAX_TENANT_DEPTH;
use crate::name::Name;
use crate::tag::{TagChange, TagError};
use chrono_tz::Tz;

/// A parent with everything above it, nearest first: what is needed to see a cycle coming.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    pub parent: TenantId,
    pub ancestors: Vec<TenantId>,
}

impl Lineage {
    fn is_too_deep(&self) -> bool {
        self.ancestors.len() + 2 > MAX_TENANT_DEPTH
    }

    fn holds(&self, tenant: TenantId) -> bool {
        self.parent == tenant || self.ancestors.contains(&tenant)
    }
}

/// What can be asked of a tenant.
#[derive(Clone, Debug)]
pub enum TenantCommand {
    Create {
        name: Name,
        parent: Option<Lineage>,
    },
    Rename {
        name: Name,
    },
    /// `this` is the tenant itself, which must not become its own ancestor.
    SetParent {
        this: TenantId,
        parent: Option<Lineage>,
    },
    ChangeTags(TagChange),
    /// In which its days begin and end.
    SetTimeZone {
        time_zone: Tz,
    },
    /// From now on cross-tenant deployments do not apply to it and its computers.
    ExcludeFromCrossTenant,
    IncludeInCrossTenant,
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
    #[error("the tenant tree would be deeper than {MAX_TENANT_DEPTH}: choose a higher parent")]
    TooDeep,
    #[error(transparent)]
    Tags(#[from] TagError),
}

impl Rejection for TenantRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Cycle(_) => "TENANT_CYCLE",
            Self::TooDeep => "TENANT_TOO_DEEP",
            Self::Tags(_) => "TOO_MANY_TAGS",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Cycle(_) | Self::TooDeep => Some("parentId"),
            Self::NotFound | Self::AlreadyExists | Self::Tags(_) => None,
        }
    }
}

/// Checks a place in the tree for `this`.
pub(super) fn check_place(
    this: Option<TenantId>,
    parent: Option<&Lineage>,
) -> Result<(), TenantRejection> {
    let Some(lineage) = parent else {
        return Ok(());
    };
    match this {
        Some(this) if lineage.holds(this) => Err(TenantRejection::Cycle(this)),
        _ if lineage.is_too_deep() => Err(TenantRejection::TooDeep),
        _ => Ok(()),
    }
}

use super::{GroupKind, Member};
use crate::decider::Rejection;
use crate::ids::{GroupId, TenantId};
use crate::limits::{MAX_GROUP_MEMBERS, MAX_MEMBERS_PER_CHANGE};
use crate::name::Name;
use std::collections::BTreeSet;

/// What can be asked of a group.
#[derive(Clone, Debug)]
pub enum GroupCommand {
    Create {
        tenant: TenantId,
        kind: GroupKind,
        name: Name,
    },
    Rename {
        name: Name,
    },
    /// `add` comes with the tenant of each: nobody of another tenant gets in.
    ChangeMembers {
        this: GroupId,
        add: Vec<(Member, TenantId)>,
        remove: BTreeSet<Member>,
    },
    Remove,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GroupRejection {
    #[error("there is no such group: check the id")]
    NotFound,
    #[error("this group exists already: use another id")]
    AlreadyExists,
    #[error("this group was removed: create it anew")]
    Removed,
    #[error(
        "a member is of another tenant than the group: only its own people and computers may be in it"
    )]
    OtherTenant,
    #[error(
        "a device group of an RMM holds computers only: use a directory group for people and groups"
    )]
    DevicesOnly,
    #[error("a group cannot be in itself: leave it out")]
    Itself,
    #[error("the group would have {0} members: at most {MAX_GROUP_MEMBERS} are allowed")]
    TooManyMembers(usize),
    #[error(
        "{0} members change at once: at most {MAX_MEMBERS_PER_CHANGE} are allowed, send several commands"
    )]
    ChangeTooLarge(usize),
}

impl Rejection for GroupRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Removed => "REMOVED",
            Self::OtherTenant => "OTHER_TENANT",
            Self::DevicesOnly | Self::Itself => "INVALID",
            Self::TooManyMembers(_) | Self::ChangeTooLarge(_) => "TOO_MANY_MEMBERS",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::OtherTenant | Self::DevicesOnly | Self::Itself | Self::TooManyMembers(_) => {
                Some("add")
            }
            _ => None,
        }
    }
}

use super::{GroupKind, Member};
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::{GroupId, TenantId};
use crate::kernel::limits::{MAX_GROUP_DEPTH, MAX_GROUP_MEMBERS, MAX_MEMBERS_PER_CHANGE};
use crate::kernel::name::Name;
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
        /// How many groups would be in each other, from the outermost around this one to the innermost that is added; 0 where
        /// no group is added. Groups are followed to their end however deep they are, so that who counts may miss what is
        /// being written at this moment.
        levels: usize,
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
    #[error(
        "{0} groups would be in each other: at most {MAX_GROUP_DEPTH} may be, add the members themselves or a less nested group"
    )]
    TooDeep(usize),
    #[error("the group would have {0} members: at most {MAX_GROUP_MEMBERS} are allowed")]
    TooManyMembers(usize),
    #[error(
        "{0} members change at once: at most {MAX_MEMBERS_PER_CHANGE} are allowed, send several commands"
    )]
    ChangeTooLarge(usize),
}

impl Rejection for GroupRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Removed => Code::Removed,
            Self::OtherTenant => Code::OtherTenant,
            Self::DevicesOnly | Self::Itself => Code::Invalid,
            Self::TooDeep(_) => Code::GroupTooDeep,
            Self::TooManyMembers(_) | Self::ChangeTooLarge(_) => Code::TooManyMembers,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::OtherTenant
            | Self::DevicesOnly
            | Self::Itself
            | Self::TooDeep(_)
            | Self::TooManyMembers(_) => Some("add"),
            _ => None,
        }
    }
}

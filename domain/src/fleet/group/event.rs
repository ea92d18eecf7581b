use super::{GroupKind, Member};
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::domain_events! {
    /// What happened to a group.
    GroupEvent {
        Created(GroupCreated),
        Renamed(GroupRenamed),
        MembersAdded(GroupMembersAdded),
        MembersRemoved(GroupMembersRemoved),
        Removed(GroupRemoved),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupCreated {
    pub tenant: TenantId,
    pub kind: GroupKind,
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRenamed {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMembersAdded {
    pub members: BTreeSet<Member>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMembersRemoved {
    pub members: BTreeSet<Member>,
}

/// The group is gone; it has nobody in it from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRemoved {}

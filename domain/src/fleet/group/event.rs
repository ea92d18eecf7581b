use super::{GroupKind, Member};
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::domain_events! {
    /// What happened to a group.
    GroupEvent {
        Created(GroupCreated) v 1,
        Renamed(GroupRenamed) v 1,
        MembersAdded(GroupMembersAdded) v 1,
        MembersRemoved(GroupMembersRemoved) v 1,
        Removed(GroupRemoved) v 1,
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

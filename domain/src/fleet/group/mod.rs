//! A group: of a directory (people, devices, other groups) or of an RMM (devices). Who is in it chooses computers.

mod access;
mod command;
mod decide;
mod event;

pub use command::{GroupCommand, GroupRejection};
pub use event::{
    GroupCreated, GroupEvent, GroupMembersAdded, GroupMembersRemoved, GroupRemoved, GroupRenamed,
};

use crate::kernel::ids::{ComputerId, GroupId, PersonId, TenantId};
use crate::kernel::name::Name;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a group comes from, which says what may be in it and how it ranks as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupKind {
    /// Of a directory, such as Entra ID: people, devices, other groups.
    Directory,
    /// Of an RMM: devices only.
    Device,
}

/// Somebody or something in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "camelCase")]
pub enum Member {
    Person(PersonId),
    Computer(ComputerId),
    /// Everybody in that group.
    Group(GroupId),
}

impl Member {
    /// Whoever and whatever has this id, in their order.
    pub fn with(id: Uuid) -> [Self; 3] {
        [
            Self::Person(PersonId(id)),
            Self::Computer(ComputerId(id)),
            Self::Group(GroupId(id)),
        ]
    }

    pub fn id(self) -> Uuid {
        match self {
            Self::Person(id) => id.0,
            Self::Computer(id) => id.0,
            Self::Group(id) => id.0,
        }
    }
}

/// What is known of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Nothing until it was created.
    pub definition: Option<Definition>,
    pub members: OrdSet<Member>,
    /// A removed group has nobody in it.
    pub is_removed: bool,
}

/// What a group is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub tenant: TenantId,
    pub kind: GroupKind,
    pub name: Name,
}

impl Group {
    /// What it is, if it is there.
    pub fn present(&self) -> Option<&Definition> {
        self.definition.as_ref().filter(|_| !self.is_removed)
    }
}

use crate::fleet::tag::Tag;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::domain_events! {
    /// What happened to a person.
    PersonEvent {
        Added(PersonAdded),
        Renamed(PersonRenamed),
        UpnChanged(UpnChanged),
        Tagged(PersonTagged),
        Untagged(PersonUntagged),
        Removed(PersonRemoved),
        Moved(PersonMoved),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonAdded {
    pub tenant: TenantId,
    pub name: Name,
    pub upn: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonRenamed {
    pub name: Name,
}

/// From now on this is the user principal name; nothing if there is none any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpnChanged {
    pub upn: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonTagged {
    pub tags: BTreeSet<Tag>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonUntagged {
    pub tags: BTreeSet<Tag>,
}

/// The person left: is in no group and nobody's primary person from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRemoved {}

/// The person works for this tenant from now on: computers and groups of the one before do not count any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonMoved {
    pub tenant: TenantId,
}

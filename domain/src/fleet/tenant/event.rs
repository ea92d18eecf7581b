use crate::fleet::tag::Tag;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::domain_events! {
    /// What happened to a tenant.
    TenantEvent {
        Created(TenantCreated),
        Renamed(TenantRenamed),
        ParentChanged(TenantParentChanged),
        Tagged(TenantTagged),
        Untagged(TenantUntagged),
        TimeZoneSet(TenantTimeZoneSet),
        ExcludedFromCrossTenant(TenantExcludedFromCrossTenant),
        IncludedInCrossTenant(TenantIncludedInCrossTenant),
        Removed(TenantRemoved),
        Restored(TenantRestored),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantCreated {
    pub name: Name,
    pub parent: Option<TenantId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRenamed {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantParentChanged {
    pub parent: Option<TenantId>,
    /// The turn of the tree in which it was decided.
    pub turn: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantTagged {
    pub tags: BTreeSet<Tag>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantUntagged {
    pub tags: BTreeSet<Tag>,
}

/// Its days begin and end in this time zone from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantTimeZoneSet {
    pub time_zone: Tz,
}

/// Cross-tenant deployments do not apply to it and its computers any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenantExcludedFromCrossTenant {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenantIncludedInCrossTenant {}

/// The tenant is gone: nothing applies to it and its computers, nobody works for it here. What is known of it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRemoved {
    /// The turn of the tree in which it was decided.
    pub turn: u64,
}

/// The tenant is there again, as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRestored {
    /// The turn of the tree in which it was decided.
    pub turn: u64,
}

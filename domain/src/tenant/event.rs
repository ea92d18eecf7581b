use crate::{ids::TenantId, name::Name};
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a tenant.
    TenantEvent {
        Created(TenantCreated) v 1,
        Renamed(TenantRenamed) v 1,
        ParentChanged(TenantParentChanged) v 1,
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
}

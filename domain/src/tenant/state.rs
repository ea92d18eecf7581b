use crate::{ids::TenantId, name::Name};
use serde::{Deserialize, Serialize};

/// What is known of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// Nothing until it was created.
    pub name: Option<Name>,
    pub parent: Option<TenantId>,
}

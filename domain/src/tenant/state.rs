use crate::{ids::TenantId, name::Name};

/// What is known of a tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tenant {
    /// Nothing until it was created.
    pub name: Option<Name>,
    pub parent: Option<TenantId>,
}

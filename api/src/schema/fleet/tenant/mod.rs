//! A tenant: a customer of the MSP, or the MSP itself. Tenants form a tree.

mod change;
mod node;
mod query;

pub use change::{
    RemoveTenantInput, RenameTenantInput, RestoreTenantInput, SetTenantCrossTenantExclusionInput,
    SetTenantParentInput, SetTenantTimeZoneInput, TenantMutation,
};
pub use node::TenantNode;
pub use query::{TenantQuery, confine};
